"""The one box that a nine-box style box amounts to.

Size is the row that holds most. Style is placed by its mean, as nine-box methods place a fund: on an axis from 0
(value) to 300 (growth), with stocks at the middles of their columns (50, 150, 250), a fund is value below 125 and
growth above 175, a narrower blend than a stock's. Here the axis runs from +1 (value) to -1 (growth), so the cuts lie
at a quarter.
The result is ours ("nine-box, our method"), nobody's published box.
"""

from __future__ import annotations

from collections.abc import Sequence

SIZES: tuple[str, ...] = ("large", "mid", "small")
STYLES: tuple[str, ...] = ("value", "blend", "growth")

_STYLE_CUT = 0.25
#: Cuts are compared a hair inside, so that a vector made to lie on one is not decided by rounding.
_HAIR = 1e-9


def size_shares(style_box: Sequence[float]) -> tuple[float, float, float]:
    """Shares of large, mid and small in a style box (9 shares)."""
    return sum(style_box[0:3]), sum(style_box[3:6]), sum(style_box[6:9])


def mean_size(style_box: Sequence[float]) -> float:
    """Mean size of the known part of a style box (9 shares): +1 large, 0 mid, -1 small; 0 where nothing is known."""
    large, mid, small = size_shares(style_box)
    known = large + mid + small
    return (large - small) / known if known > 0 else 0.0


def mean_value(style_box: Sequence[float]) -> float:
    """Mean style of the known part of a style box (9 shares): +1 all value, 0 blend, -1 growth."""
    known = sum(style_box)
    return (sum(style_box[0::3]) - sum(style_box[2::3])) / known if known > 0 else 0.0


def main_box(style_box: Sequence[float]) -> tuple[str, str] | None:
    """Size and style that a style box (9 shares) amounts to, such as ("small", "value").

    None where less than half of it is known. Of two sizes that hold the same the larger is named.
    """
    if sum(style_box) < 0.5:
        return None
    shares, value = size_shares(style_box), mean_value(style_box)
    row = max(range(3), key=lambda k: (round(shares[k], 9), -k))
    column = 0 if value > _STYLE_CUT + _HAIR else 2 if value < -_STYLE_CUT - _HAIR else 1
    return SIZES[row], STYLES[column]
