"""Trimtab's core: import, classification, tilt, tax, trades and export. Nothing here knows Qt."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("trimtab")
except PackageNotFoundError:  # run from a source tree that was never installed
    __version__ = "0+source"
