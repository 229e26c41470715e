"""Exposure: what one security is made of, field by field, each with its source.

Cell order everywhere in data: large value, large blend, large growth, mid value, ... small growth (rows large, mid,
small; columns value, blend, growth). What people see has value on the right: :func:`shown_columns`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

import attrs

from core.household import SecurityType

#: Asset classes of the mix, in display order. ``unclassified`` is a class of its own, never spread.
ASSET_CLASSES: tuple[str, ...] = (
    "us_equity",
    "developed_equity",
    "emerging_equity",
    "bonds",
    "cash",
    "other",
    "unclassified",
)
EQUITY_CLASSES: tuple[str, ...] = ("us_equity", "developed_equity", "emerging_equity")

#: The nine style boxes, in cell order.
STYLE_BOXES: tuple[str, ...] = tuple(
    f"{size} {style}" for size in ("large", "mid", "small") for style in ("value", "blend", "growth")
)

#: The side on which value stands where people see a style box.
Side = Literal["left", "right"]


def shown_columns(value_side: Side = "right") -> tuple[int, int, int]:
    """Style columns (0 value, 1 blend, 2 growth) from left to right as people see them: as on the tilt pad, where
    more tilt to value is farther to the right, or with value on the left, as style boxes are often printed.
    """
    return (0, 1, 2) if value_side == "left" else (2, 1, 0)


def shown_boxes(value_side: Side = "right") -> tuple[int, ...]:
    """The nine style boxes (places in ``STYLE_BOXES``) as people see them, row by row from the left."""
    return tuple(3 * row + column for row in range(3) for column in shown_columns(value_side))


#: The 11 sectors, in their standard order, and the part whose sector is not known.
SECTORS: tuple[str, ...] = (
    "communication_services",
    "consumer_discretionary",
    "consumer_staples",
    "energy",
    "financials",
    "health_care",
    "industrials",
    "information_technology",
    "materials",
    "real_estate",
    "utilities",
    "unknown",
)

#: Rounding allowed when shares must sum to 1.
SHARE_TOLERANCE = 1e-6


class Confidence(StrEnum):
    """How sure an exposure is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"


@attrs.frozen
class Exposure:
    """What one security is made of.

    mix : shares over ASSET_CLASSES, length 7, sums to 1.
    style_box : shares of the equity part over STYLE_BOXES, length 9, sums to 1, or to less where the style of
        a part is not known (zeros where there is no equity).
    sectors : shares of the equity part over SECTORS, length 12, sums to 1 (``unknown`` 1 where nothing is known
        or there is no equity).
    source : where each field came from: keys mix, style_box, sectors.
    as_of : date of the facts, ISO, or None.
    identical_group : name shared by securities that are identical for wash sales (share classes of one fund,
        funds on the same index), or None: identical to itself only.
    substitutes : symbols that serve the same purpose without being identical.

    Raises ValueError where a vector has the wrong length, a negative share or a wrong sum.
    """

    symbol: str
    name: str
    type: SecurityType
    mix: tuple[float, ...]
    style_box: tuple[float, ...]
    sectors: tuple[float, ...]
    source: Mapping[str, str]
    as_of: str | None
    confidence: Confidence
    note: str = ""
    identical_group: str | None = None
    substitutes: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        for label, shares, length in (
            ("mix", self.mix, len(ASSET_CLASSES)),
            ("style_box", self.style_box, len(STYLE_BOXES)),
            ("sectors", self.sectors, len(SECTORS)),
        ):
            if len(shares) != length:
                raise ValueError(f"{self.symbol}: {label} has {len(shares)} shares, {length} expected")
            if min(shares) < 0:
                raise ValueError(f"{self.symbol}: {label} has a negative share")
        for label, total in (("mix", sum(self.mix)), ("sectors", sum(self.sectors))):
            if abs(total - 1) > SHARE_TOLERANCE:
                raise ValueError(f"{self.symbol}: {label} sums to {total:.6f}, not 1")
        if sum(self.style_box) > 1 + SHARE_TOLERANCE:
            raise ValueError(f"{self.symbol}: style_box sums to more than 1")

    @property
    def equity(self) -> float:
        """Share of the security that is equity of any region."""
        return self.mix[0] + self.mix[1] + self.mix[2]


def unclassified(symbol: str, name: str, type_: SecurityType, note: str = "") -> Exposure:
    """The exposure of a security nothing is known about: wholly unclassified, shown as such."""
    return Exposure(
        symbol=symbol,
        name=name,
        type=type_,
        mix=(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0),
        style_box=(0.0,) * 9,
        sectors=(0.0,) * 11 + (1.0,),
        source={"mix": "none", "style_box": "none", "sectors": "none"},
        as_of=None,
        confidence=Confidence.NONE,
        note=note,
    )
