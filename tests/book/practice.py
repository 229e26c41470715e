"""Books of many random households, for tests and the benchmark."""

from __future__ import annotations

from pathlib import Path

import attrs

from core.book.keys import Key
from core.book.store import Book
from core.classify.overrides import Override
from core.edits import Document
from core.tilt.target import Style, Target
from tests.households import random_household

KEY = Key(bytes(range(64, 96)), bytes([1]) + bytes(range(15)))


def document(seed: int, accounts: int = 3, securities: int = 12, lots: int = 40) -> Document:
    """A random household whose classifications are the adviser's own."""
    household, exposures, _ = random_household(seed, accounts, securities, lots, features=(), value=2e6)
    household = attrs.evolve(household, name=f"Household {seed:04d}")
    overrides = {
        key: Override(exposure.symbol, exposure.mix, exposure.style_box, exposure.sectors)
        for key, exposure in exposures.items()
    }
    return Document(household, overrides, Target(style=Style(preset="small-value")))


def practice(path: Path, count: int, **sizes: int) -> Book:
    """A new book with ``count`` households."""
    book = Book.create(path, KEY)
    for seed in range(count):
        book.add(document(seed, **sizes))
    return book
