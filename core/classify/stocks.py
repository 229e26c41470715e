"""Size and style of one company: market capitalisation against dated break points, and a value score.

The value score is the weighted mean of the percentiles, within the company's size band, of five yields: earnings, book,
sales, cash flow and dividend, each over price. Yields that are missing are left out and the others' weights scaled up.
The score's outer thirds are value and growth. Figures: ``resources/stock_style.toml``. The result is a nine-box of our
own method, with no growth forecasts in it; it is nobody's published style box.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise

import attrs

from core.classify.boxes import SIZES
from core.classify.exposure import STYLE_BOXES

FACTORS: tuple[str, ...] = ("earnings", "book", "sales", "cash_flow", "dividend")

#: Quantile of the standard normal distribution at two thirds: the half width of a middle third, in deviations.
_THIRD = 0.4307


@attrs.frozen
class Fundamentals:
    """What is known of a company. Yields are per dollar of price (a P/E of 20 is an earnings yield of 0.05).

    market_cap : dollars. None where a figure is not known; a company that pays no dividend has 0.
    """

    market_cap: float | None = None
    earnings: float | None = None
    book: float | None = None
    sales: float | None = None
    cash_flow: float | None = None
    dividend: float | None = None


@attrs.frozen
class Settings:
    """Break points (dollars) and the figures of the value score; see ``resources/stock_style.toml``."""

    large: float
    mid: float
    as_of: str
    weights: Mapping[str, float]
    least_weight: float
    correlation: float
    at: tuple[float, ...]
    percentiles: Mapping[str, Mapping[str, tuple[float, ...]]]


@attrs.frozen
class Part:
    """One yield's part in a score: its percentile in the size band (0-1, high is cheap) and its weight (sum 1)."""

    factor: str
    percentile: float
    weight: float


@attrs.frozen
class StockStyle:
    """The box of a company.

    ``style``, ``score`` (0-1, high is cheap) and ``parts`` are empty where too little is known.

    cuts : scores at which growth ends and value begins.
    """

    size: str
    style: str | None = None
    score: float | None = None
    cuts: tuple[float, float] | None = None
    parts: tuple[Part, ...] = ()

    @property
    def box(self) -> str | None:
        """Name of the style box, such as ``mid value``; None where the style is not known."""
        return f"{self.size} {self.style}" if self.style else None

    @property
    def vector(self) -> tuple[float, ...]:
        """Style box (9 shares): wholly one box, or zeros where the style is not known."""
        return tuple(1.0 if name == self.box else 0.0 for name in STYLE_BOXES)

    def explained(self) -> str:
        """The score and its parts in words, for a note."""
        if self.score is None:
            return f"{self.size} by capitalisation; too little is known for a style"
        parts = ", ".join(f"{p.factor.replace('_', ' ')} {100 * p.percentile:.0f}" for p in self.parts)
        return f"value score {100 * self.score:.0f} of 100 within {self.size} ({parts})"


@cache
def settings() -> Settings:
    """The shipped settings. Read on first use, then kept."""
    with files("resources").joinpath("stock_style.toml").open("rb") as stream:
        raw = tomllib.load(stream)
    table = raw["percentiles"]
    return Settings(
        large=raw["breakpoints"]["large"] * 1e9,
        mid=raw["breakpoints"]["mid"] * 1e9,
        as_of=raw["breakpoints"]["as_of"],
        weights={factor: raw["weights"][factor] for factor in FACTORS},
        least_weight=raw["needs"]["weight"],
        correlation=raw["spread"]["correlation"],
        at=tuple(table["at"]),
        percentiles={size: {factor: tuple(table[size][factor]) for factor in FACTORS} for size in SIZES},
    )


def size_of(market_cap: float, to: Settings | None = None) -> str:
    """Large, mid or small by market capitalisation (dollars, positive)."""
    cuts = to or settings()
    return "large" if market_cap >= cuts.large else "mid" if market_cap >= cuts.mid else "small"


def percentile(value: float, at: Sequence[float], values: Sequence[float]) -> float:
    """Percentile (0-1) of a value on a line through (values, at), both rising; beyond the ends it nears 0 and 1."""
    if value <= values[0]:
        # of equal values (a yield of nothing, paid by many) the middle of their range
        last = max(k for k, known in enumerate(values) if known == values[0])
        return (at[last] / 2) if value == values[0] else at[0] / 2
    if value >= values[-1]:
        return (1 + at[-1]) / 2
    for (low, high), (p, q) in zip(pairwise(values), pairwise(at), strict=True):
        if low <= value < high:
            return p + (q - p) * (value - low) / (high - low)
    raise AssertionError("a value between the ends lies on one of the lines")


def stock_style(known: Fundamentals, to: Settings | None = None) -> StockStyle | None:
    """Box a company; None without a market capitalisation. The style stays open where too little is known."""
    use = to or settings()
    if known.market_cap is None or not math.isfinite(known.market_cap) or known.market_cap <= 0:
        return None
    size = size_of(known.market_cap, use)
    yields = {factor: getattr(known, factor) for factor in FACTORS}
    usable = {factor: value for factor, value in yields.items() if value is not None and math.isfinite(value)}
    total = sum(use.weights[factor] for factor in usable)
    if total < use.least_weight or not usable.keys() & {"earnings", "book"}:
        return StockStyle(size)
    parts = tuple(
        Part(factor, percentile(value, use.at, use.percentiles[size][factor]), use.weights[factor] / total)
        for factor, value in usable.items()
    )
    score = sum(part.weight * part.percentile for part in parts)
    cuts = _cuts(parts, use.correlation)
    style = "growth" if score < cuts[0] else "value" if score >= cuts[1] else "blend"
    return StockStyle(size, style, score, cuts, parts)


def _cuts(parts: Iterable[Part], correlation: float) -> tuple[float, float]:
    """Scores between which the middle third lies: a mean of evenly spread percentiles with that mean correlation."""
    squares = sum(part.weight**2 for part in parts)
    deviation = math.sqrt((squares + correlation * (1 - squares)) / 12)
    half = min(_THIRD * deviation, 1 / 6)
    return 0.5 - half, 0.5 + half
