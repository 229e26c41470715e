"""The pages of the main window. They know the workbench and no other page."""
