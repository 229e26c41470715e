"""The trades that move a household toward its target, and why."""
