"""Live data behind small interfaces: the only package that may open a connection, on the adviser's request only."""
