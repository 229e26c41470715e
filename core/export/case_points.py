"""The case for the tilt and against it as the client report has it: every observation, dated and with its source."""

from __future__ import annotations

import attrs

from core.market.observations import STALE_MONTHS, Direction, Observation, Side, contradictions
from core.market.quote import MarketView
from core.market.signals import Verdict, evaluate, pointings
from core.market.suggestion import conviction_words, suggestion_of
from core.words import day_words, period_words


@attrs.frozen
class CasePoint:
    """One point for or against the tilt, or (``speaks_for`` None) to know beside it; with its date and source.

    side : of what it speaks: small, value, both, or (nothing in particular) empty.
    """

    text: str
    speaks_for: bool | None
    as_of: str
    source: str
    side: str = ""


#: What research says of the tilt, for and against: where there are no observations of the market.
STANDING_CASE: tuple[CasePoint, ...] = (
    CasePoint(
        "From 1963 to 1990 US stocks of small companies, and stocks cheap against their book value, earned more on "
        "average than other stocks.",
        True,
        "1992",
        "Fama and French, The Cross-Section of Expected Stock Returns, Journal of Finance 47 (2)",
    ),
    CasePoint(
        "The extra return of value stocks was on average much lower in the second half of 1963 to 2019. It varies so "
        "much from month to month that nobody can say whether it has gone.",
        False,
        "2021",
        "Fama and French, The Value Premium, Review of Asset Pricing Studies 11 (1)",
    ),
)


def case_points(view: MarketView | None) -> tuple[CasePoint, ...]:
    """What speaks for the tilt, what against it, and what to know beside it; nothing is left out.

    An observation that points both ways stands on both sides. Without observations: the standing case.
    """
    if view is None or not view.case.observations:
        return STANDING_CASE
    verdict = evaluate(view.case, view.on)
    sides: dict[bool | None, list[CasePoint]] = {True: [], False: [], None: []}
    for observation in view.case.newest():
        for speaks_for, side, note in _directions(observation, verdict):
            aside = ". Set aside by your adviser" if observation.id in view.case.set_aside else ""
            sides[speaks_for].append(
                CasePoint(
                    f"{_named(observation)}: {observation.text}{f' ({note})' if note else ''}{aside}",
                    speaks_for,
                    period_words(observation.as_of),
                    observation.published_by,
                    side,
                )
            )
    return (*sides[True], *sides[False], *sides[None])


def _directions(observation: Observation, verdict: Verdict) -> list[tuple[bool | None, str, str]]:
    """The ways an observation points: for or against or neither, of what, and a note."""
    found: dict[bool | None, tuple[list[str], list[str]]] = {}
    for each in pointings(observation, verdict):
        key = {Direction.FOR: True, Direction.AGAINST: False}.get(each.direction)
        sides, notes = found.setdefault(key, ([], []))
        if each.side is not None:
            sides.append("small" if each.side is Side.SIZE else "value")
        notes += [each.note] if each.note else ["a risk"] if each.direction is Direction.RISK else []
    if len(found) > 1 and None in found and not found[None][1]:
        del found[None]  # mere context adds nothing to a side
    return [
        (key, "both" if len(set(sides)) > 1 else "".join(sides[:1]), ", ".join(dict.fromkeys(notes)))
        for key, (sides, notes) in found.items()
    ]


def _named(observation: Observation) -> str:
    sectors = ", ".join(sector.replace("_", " ") for sector in observation.sectors)
    return observation.title + (f" ({sectors})" if sectors else "")


def case_words(view: MarketView | None) -> tuple[str, ...]:
    """What the points have to do with this plan, and how they are to be read."""
    if view is None or not view.case.observations:
        return (
            "These findings are about the past. Whether and how far to tilt is for you and your adviser to decide.",
        )
    used = view.suggestion or suggestion_of(view.case, evaluate(view.case, view.on))
    convictions = (
        f"{conviction_words(used.size, Side.SIZE)} and {conviction_words(used.value, Side.VALUE)} (confidence "
        f"{used.size_confidence:.0%} and {used.value_confidence:.0%})"
    )
    if view.suggestion is not None:
        first = (
            f"The tilt proposed follows what these observations suggested on {day_words(used.on, full=True)}, weighed "
            f"by the signals in the workbook: {convictions}. It was your adviser's choice to follow them."
        )
    else:
        first = (
            "For your information: the tilt proposed was not taken from these observations. Weighed together on "
            f"{day_words(used.on, full=True)}: {convictions}."
        )
    words = [f"{first} They say what was known, when and by whom; they are no forecast."]
    old = [o for o in view.case.newest() if o.age(view.on) > STALE_MONTHS]
    if old:
        count = f"All {len(old)}" if len(old) == len(view.case.newest()) else f"{len(old)} of the observations"
        words.append(f"{count} are more than six months old, and count for less the older they are.")
    if any("P/E" in o.title for o in view.case.newest()):
        words.append("P/E is a price divided by a year's earnings: expected ones (forward) or past ones (trailing).")
    there = set(view.case.ids())
    words += [each.about for each in contradictions() if set(each.observations) <= there]
    return tuple(words)
