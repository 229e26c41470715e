"""What the frozen program starts with."""

import importlib
import multiprocessing
import sys

if __name__ == "__main__":
    # The workers of a book are started as this same program: they end inside this call.
    multiprocessing.freeze_support()
    # By name, since the recipe puts in every module of ours anyway.
    sys.exit(importlib.import_module("desktop.cli").main())
