"""Reusable Qt parts. They know core types and nothing of the windows of this program."""
