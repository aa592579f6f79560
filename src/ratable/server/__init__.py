"""The application as one running thing: its settings, its addresses, and the server that carries it."""
