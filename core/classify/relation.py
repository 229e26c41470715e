"""How two securities stand to each other for wash sales: identical, substitutes, or not known."""

from __future__ import annotations

from enum import StrEnum

from core.classify.exposure import Exposure


class Relation(StrEnum):
    """Identical: buying one beside a loss on the other washes the loss. Substitute: keeps the exposure and doesn't.

    Substitutes are those the core table names. Unknown: neither is known, and the adviser judges.
    """

    IDENTICAL = "identical"
    SUBSTITUTE = "substitute"
    UNKNOWN = "unknown"


def relation(one: Exposure, other: Exposure) -> Relation:
    """How two securities stand to each other, whichever is named first (26 U.S.C. 1091: "substantially identical")."""
    if one.symbol == other.symbol:
        return Relation.IDENTICAL
    if one.identical_group is not None and one.identical_group == other.identical_group:
        return Relation.IDENTICAL
    if other.symbol in one.substitutes or one.symbol in other.substitutes:
        return Relation.SUBSTITUTE
    return Relation.UNKNOWN


def unlikeness(one: Exposure, other: Exposure) -> float:
    """How unlike two securities are, 0 (the same) to 2: half the differences of mix, and of the equity's style."""
    mix = sum(abs(a - b) for a, b in zip(one.mix, other.mix, strict=True)) / 2
    style = sum(abs(a - b) for a, b in zip(one.style_box, other.style_box, strict=True)) / 2
    return mix + min(one.equity, other.equity) * style
