"""Data shipped with Trimtab, read through importlib.resources."""
