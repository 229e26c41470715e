"""The case in plain words, for the proposal's workbook and the report: reasons, and every observation with its source.

    from core.market.quote import quote
    lines = quote(case, on)          # headings and paragraphs, no formatting
    reasons(evaluate(case, on))      # the same as values

Both sides are quoted, whichever way the suggestion goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import attrs

from core.market.observations import Direction, MarketCase, Observation, Side, contradictions
from core.market.signals import InputScore, Verdict, evaluate, pointings
from core.tilt.box import PadPoint
from core.words import day_words, period_words

if TYPE_CHECKING:
    from core.market.suggestion import Suggestion

_WHAT = {Side.SIZE: "small caps", Side.VALUE: "value stocks"}


@attrs.frozen
class Reason:
    """One sentence for or against, with its figure, time and source.

    weight : its part of the conviction of its side, signed.
    """

    side: Side
    direction: Direction
    text: str
    weight: float
    observations: tuple[str, ...]


@attrs.frozen
class MarketView:
    """The case as it goes with a plan.

    on : the plan's day. suggestion : the one that the plan's target follows; None where it follows none, and the case
    is for information.
    """

    case: MarketCase
    on: date
    suggestion: Suggestion | None = None


@attrs.frozen
class QuoteLine:
    """A line of the quote: a heading, or a paragraph under it."""

    text: str
    heading: bool = False


def cited(observation: Observation) -> str:
    """``value (time, publisher)``."""
    return f"{observation.text} ({period_words(observation.as_of)}, {observation.published_by})"


def reason_text(part: InputScore) -> str:
    """An input in a sentence: what was observed, when and by whom, and what it counts."""
    seen = " against ".join(f"{_lower(o.title)}: {cited(o)}" for o in part.observations)
    return f"{_upper(seen)}. {part.spec.about} Score {part.score:+.2f}, weight {part.share:.0%}."


def reasons(verdict: Verdict) -> list[Reason]:
    """Every input with a score, as a reason: size before value, for before against, the weightiest first."""
    found = []
    for side in Side:
        for direction in (Direction.FOR, Direction.AGAINST):
            for part in verdict.of(side).reasons(direction):
                keys = tuple(o.id for o in part.observations)
                found.append(Reason(side, direction, reason_text(part), part.contribution, keys))
    return found


def quote(case: MarketCase, on: date, suggestion: Suggestion | None = None) -> list[QuoteLine]:
    """The whole case for a workbook or a report.

    ``suggestion`` is the one that was used (with the reasons of its day); None quotes what the case suggests on
    ``on``. All observations follow, those set aside too.
    """
    from core.market.suggestion import conviction_words, suggest

    used = suggestion or suggest(case, on)
    lines = [QuoteLine("What the market signals suggest", heading=True)]
    sides = ((Side.SIZE, used.size, used.size_confidence), (Side.VALUE, used.value, used.value_confidence))
    for side, score, confidence in sides:
        figure = "" if score is None else f", conviction {score:+.2f} on a scale from -1 to +1"
        lines.append(QuoteLine(f"{_upper(conviction_words(score, side))}{figure}, confidence {confidence:.0%}."))
    lines.append(
        QuoteLine(
            f"Suggested point on {day_words(used.on)}: size {used.point.size:+.2f}, value {used.point.value:+.2f}. The "
            f"market lies at +0.60 and 0, the strongest tilt considered at {_pair(used.maximum)}."
        )
    )
    for side in Side:
        for direction, word in ((Direction.FOR, "For"), (Direction.AGAINST, "Against")):
            lines.append(QuoteLine(f"{word} {_WHAT[side]}", heading=True))
            said = [r for r in used.reasons if r.side is side and r.direction is direction]
            lines += [QuoteLine(reason.text) for reason in said] or [QuoteLine("No observation.")]
    lines += _others(case, on)
    return lines


def _others(case: MarketCase, on: date) -> list[QuoteLine]:
    verdict = evaluate(case, on)
    parts = [part for side in Side for part in verdict.of(side).inputs if part.score is not None]
    scored = {observation.id for part in parts for observation in part.observations}
    rest = [o for o in case.newest() if o.id not in scored]
    lines = []
    if rest:
        lines.append(QuoteLine("Context, risks and what no signal uses", heading=True))
        lines += [QuoteLine(_other(case, observation, verdict)) for observation in rest]
    there = set(case.ids())
    kept = [each for each in contradictions() if set(each.observations) <= there]
    if kept:
        lines.append(QuoteLine("Where the observations contradict each other", heading=True))
        lines += [QuoteLine(each.about) for each in kept]
    lines.append(QuoteLine("Signals are judgements about the past and present, not a forecast of return."))
    return lines


def _other(case: MarketCase, observation: Observation, verdict: Verdict) -> str:
    words = ", ".join(dict.fromkeys(p.direction.words for p in pointings(observation, verdict)))
    aside = "; set aside by the adviser" if observation.id in case.set_aside else ""
    sectors = ", ".join(s.replace("_", " ") for s in observation.sectors)
    about = f" ({sectors})" if sectors else ""
    return f"{observation.title}{about}: {cited(observation)}; {words}{aside}."


def plain(lines: Sequence[QuoteLine]) -> str:
    """The lines as one text, headings set off by an empty line."""
    return "\n".join(("\n" if line.heading else "") + line.text for line in lines).strip() + "\n"


def _pair(point: PadPoint) -> str:
    return f"{point.size:+.2f} and {point.value:+.2f}"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    return text if text.split(" ", 1)[0] in _NAMES or text[1:2].isupper() else text[:1].lower() + text[1:]


#: Names that begin a title and keep their capital.
_NAMES = frozenset({"Russell", "Morningstar", "Federal"})
