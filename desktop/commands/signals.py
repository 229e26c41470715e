"""Targets that follow the market signals: the one place where the commands make them a point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.console import Console

if TYPE_CHECKING:
    from core.household import Household
    from core.market.quote import MarketView
    from core.tilt.target import Target


def with_signals(target: Target, household: Household, console: Console) -> Target:
    """The target with the preset ``signals`` made a point, by the adviser's observations on the household's day."""
    from core.market.store import load_case
    from core.market.suggestion import is_open, resolved

    if not is_open(target.style):
        return target
    found, suggestion = resolved(target, household.as_of, load_case())
    if suggestion is not None:
        console.note(
            f"The market signals suggest size {suggestion.point.size:+.2f}, value {suggestion.point.value:+.2f} on "
            f"{suggestion.on}; see: trimtab market"
        )
    return found


def market_view(target: Target, household: Household, console: Console) -> MarketView:
    """The market case that goes with a plan, on the household's day: followed where the target is at its suggestion.

    Where the adviser's own observations can't be read, that is said and the shipped ones stand in for them: trades
    that don't hang on them are not held up.
    """
    from core.errors import InputError
    from core.market.observations import snapshot
    from core.market.quote import MarketView
    from core.market.store import load_case
    from core.market.suggestion import suggest
    from core.tilt.target import SIGNALS

    try:
        case = load_case()
    except InputError as error:
        console.note(f"{error} The shipped observations are quoted.")
        case = snapshot()
    suggestion = suggest(case, household.as_of)
    point, style = suggestion.point, target.style
    followed = style.preset == SIGNALS and (style.size, style.value) == (point.size, point.value)
    return MarketView(case, household.as_of, suggestion if followed else None)
