"""Trimtab's core: import, classification, tilt, tax, trades and export. Nothing here knows Qt."""


def __getattr__(name: str) -> str:
    # Read when asked for: importlib.metadata is slow to import, and a window starts without it.
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("trimtab")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0+source"
