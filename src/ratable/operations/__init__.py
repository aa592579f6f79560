"""Acts on the store: one module each, with who may do it, one transaction, and one event."""
