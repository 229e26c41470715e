"""The client report drawn as a PDF."""
