"""The Trimtab program: command line and main window."""
