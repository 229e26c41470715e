"""How two securities stand to each other for wash sales: identical, substitutes, or not known."""

from __future__ import annotations

from enum import StrEnum

from core.classify.exposure import ASSET_CLASSES, EQUITY_CLASSES, Exposure

#: Asset classes without "unclassified".
_KNOWN = ASSET_CLASSES.index("unclassified")


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
    """How unlike two securities are, from 0 (the same) to 2 (nothing in common).

    What they have in common is counted twice, each time as a share of the whole: by asset class, and by style, where
    equity of every region counts by its style boxes and the rest by its class. Stocks of the same class in another
    style are half alike, and so are those of the same style abroad; what is not known is not alike.
    """
    classes = range(_KNOWN)
    mix = sum(min(one.mix[k], other.mix[k]) for k in classes)
    style = sum(min(one.equity * a, other.equity * b) for a, b in zip(one.style_box, other.style_box, strict=True))
    style += sum(min(one.mix[k], other.mix[k]) for k in classes if k >= len(EQUITY_CLASSES))
    return max(0.0, 2 - mix - style)
