"""Targets that follow the market signals: the one place where the commands make them a point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.console import Console

if TYPE_CHECKING:
    from core.household import Household
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
