"""Named points on the tilt pad, read from ``resources/presets.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import attrs

from core.tilt.box import PadPoint


@attrs.frozen
class Preset:
    """A named point with a sentence on what it means."""

    key: str
    title: str
    point: PadPoint
    note: str


@cache
def presets() -> dict[str, Preset]:
    """All presets by key, in the file's order (from the market outward)."""
    text = (files("resources") / "presets.toml").read_text("utf-8")
    return {
        key: Preset(key, row["title"], PadPoint(float(row["size"]), float(row["value"])), row["note"])
        for key, row in tomllib.loads(text).items()
    }
