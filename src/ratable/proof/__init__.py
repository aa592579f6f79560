"""The stand-alone verifier: one file that shares no code with the rest, and is put into every proof bundle."""
