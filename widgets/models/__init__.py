"""Item models over core values. They hold no copies of the figures and no knowledge of windows."""
