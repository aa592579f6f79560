"""Reports on one outcome of the engine: typed frames, each checked against its own identities before it is shown."""
