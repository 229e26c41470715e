"""Asset-location drag: yearly tax cost of a class in a taxable account (``resources/location.toml``)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from core.classify.exposure import ASSET_CLASSES


@cache
def location_drag() -> tuple[float, ...]:
    """Drag over the horizon of a dollar in a taxable account, by ASSET_CLASSES (length 7, dollars a dollar)."""
    table = tomllib.loads((files("resources") / "location.toml").read_text("utf-8"))
    horizon = float(table["horizon_years"])
    return tuple(horizon * float(table["drag"]["taxable"][name]) for name in ASSET_CLASSES)
