"""From convictions to a point on the tilt pad and sector ranges: a suggestion, never imposed.

The point lies between the market's and the strongest tilt the adviser takes: market + conviction x (strongest -
market), each axis by itself; a negative conviction leads the other way. A suggestion is a plain value that carries its
reasons in words, so that what was known when it was used stays with it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date

import attrs

from core.market.observations import Direction, MarketCase, Side, snapshot
from core.market.quote import Reason, reasons
from core.market.signals import Verdict, evaluate, sector_steps, shipped_maximum
from core.tilt.box import EDGE, MARKET_BOX, PadPoint, point_of
from core.tilt.target import SIGNALS, Style, Target


@attrs.frozen
class Suggestion:
    """What the signals suggest on a day.

    point : on the tilt pad. size, value : convictions -1..+1, None where nothing is known of a side. sectors :
    suggested ranges, changes in the share of the scope's equity. reasons : the weightiest first, for and against.
    """

    on: date
    point: PadPoint
    maximum: PadPoint
    size: float | None
    value: float | None
    size_confidence: float
    value_confidence: float
    sectors: Mapping[str, tuple[float, float]]
    reasons: tuple[Reason, ...]


def suggest(case: MarketCase, on: date) -> Suggestion:
    """The suggestion of a case on a day."""
    return suggestion_of(case, evaluate(case, on))


def suggestion_of(case: MarketCase, verdict: Verdict) -> Suggestion:
    """The suggestion that goes with a verdict of the same case."""
    maximum = case.maximum or shipped_maximum()
    market = point_of(MARKET_BOX)
    size = _between(market.size, maximum.size, verdict.size.score)
    value = _between(market.value, maximum.value, verdict.value.score)
    return Suggestion(
        on=verdict.on,
        point=PadPoint(size, value),
        maximum=maximum,
        size=verdict.size.score,
        value=verdict.value.score,
        size_confidence=verdict.size.confidence,
        value_confidence=verdict.value.confidence,
        sectors=sector_ranges(case),
        reasons=tuple(reasons(verdict)),
    )


def _between(market: float, maximum: float, conviction: float | None) -> float:
    point = market + (conviction or 0.0) * (maximum - market)
    # Four decimals are more than the pad can show, and write the same everywhere.
    return round(max(-EDGE, min(EDGE, point)), 4)


def sector_ranges(case: MarketCase) -> dict[str, tuple[float, float]]:
    """Suggested ranges by sector from the ratings that count; a sector rated both ways has no range."""
    steps = sector_steps()
    found: dict[str, tuple[float, float]] = {}
    both: set[str] = set()
    for observation in case.newest():
        if case.counted(observation.id) is None:
            continue
        rating = None
        if Direction.SECTOR_UP in observation.directions():
            rating = "outperform"
        elif Direction.SECTOR_DOWN in observation.directions():
            rating = "underperform"
        for sector in observation.sectors if rating else ():
            if found.get(sector, steps[rating or ""]) != steps[rating or ""]:
                both.add(sector)
            found[sector] = steps[rating or ""]
    return {sector: found[sector] for sector in found if sector not in both}


# -- the preset "signals" ---------------------------------------------------------------------------------------------


def is_open(style: Style) -> bool:
    """Whether a style asks for the suggestion and doesn't say yet which point that is."""
    return style.preset == SIGNALS and style.size is None


def with_suggestion(target: Target, suggestion: Suggestion, *, sectors: bool = True) -> Target:
    """A target at the suggested point; with ``sectors`` its sector ranges too."""
    style = Style(SIGNALS, suggestion.point.size, suggestion.point.value, scope=target.style.scope)
    ranges = {**target.sectors, **suggestion.sectors} if sectors else target.sectors
    return attrs.evolve(target, style=style, sectors=ranges)


def resolved(target: Target, on: date, case: MarketCase | None = None) -> tuple[Target, Suggestion | None]:
    """A target whose preset ``signals`` has become a point; other targets come back as they are.

    ``on`` is the day of the plan (the household's ``as_of``); ``case`` None is the shipped snapshot. Sector ranges
    stay the target's own: a file says in ``[sectors]`` what it wants.
    """
    if not is_open(target.style):
        return target, None
    suggestion = suggest(snapshot() if case is None else case, on)
    return with_suggestion(target, suggestion, sectors=False), suggestion


def strength(suggestion: Suggestion) -> float:
    """How far toward the strongest tilt the suggestion goes, 0..1: the mean of both convictions' sizes."""
    known = [abs(score) for score in (suggestion.size, suggestion.value) if score is not None]
    return math.fsum(known) / len(known) if known else 0.0


def conviction_words(score: float | None, side: Side) -> str:
    """A conviction in words: ``slightly for small caps``."""
    what = "small caps" if side is Side.SIZE else "value"
    if score is None:
        return f"nothing known about {what}"
    size = abs(score)
    if size < 0.05:
        return f"neither for nor against {what}"
    degree = "slightly" if size < 0.25 else "moderately" if size < 0.55 else "strongly"
    return f"{degree} {'for' if score > 0 else 'against'} {what}"
