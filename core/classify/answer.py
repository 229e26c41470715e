"""What one source says of a security: any of the fields of an Exposure, the rest left open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import attrs

from core.classify.exposure import Confidence, Exposure, unclassified
from core.classify.rules import NO_STYLE, UNKNOWN_SECTORS, Vector, Vectors
from core.household import SecurityType


@attrs.frozen
class Query:
    """What is known of a security before it is classified. ``symbol`` is normalised, ``type`` None if not known."""

    symbol: str
    name: str = ""
    type: SecurityType | None = None
    cusip: str | None = None


@attrs.frozen
class Answer:
    """A source's answer, field by field: None where the source does not know.

    ``source`` is shown to the user for each field that this answer wins, ``style_source`` in its place for the style
    box where it is given. After a ``final`` answer no other source is asked.
    """

    source: str
    as_of: str | None
    confidence: Confidence
    mix: Vector | None = None
    style_box: Vector | None = None
    sectors: Vector | None = None
    note: str = ""
    name: str = ""
    type: SecurityType | None = None
    identical_group: str | None = None
    substitutes: tuple[str, ...] = ()
    style_source: str = ""
    final: bool = False

    @classmethod
    def of(cls, vectors: Vectors, source: str, as_of: str | None, confidence: Confidence | None = None) -> Answer:
        """An answer from expanded vectors; a wholly unknown style or sector stays open for the next source."""
        equity = sum(vectors.mix[:3]) > 0
        return cls(
            source=source,
            as_of=as_of,
            confidence=confidence or vectors.confidence,
            mix=vectors.mix,
            style_box=vectors.style_box if not equity or sum(vectors.style_box) > 0 else None,
            sectors=vectors.sectors if not equity or vectors.sectors[-1] < 1 else None,
        )


class Source(Protocol):
    """Anything that can answer for a security: a table, a file of overrides, a live profile, a set of rules."""

    def answer(self, query: Query) -> Answer | None:
        """The source's answer, or None where it knows nothing of the security."""
        ...


_ORDER = (Confidence.NONE, Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)


def merge(query: Query, answers: Iterable[Answer]) -> Exposure:
    """The exposure from answers in order of truth: each field from the first answer that has it.

    The confidence is the lowest among the answers used. Notes of the answers used are joined.
    """
    found = list(answers)
    name = query.name or next((a.name for a in found if a.name), "")
    type_ = next((a.type for a in found if a.type), None) or query.type or SecurityType.OTHER
    by_mix = next((a for a in found if a.mix is not None), None)
    identity = next((a for a in found if a.identical_group or a.substitutes), None)
    if by_mix is None or by_mix.mix is None:
        notes = [a.note for a in found if a.note]
        if any(a.style_box is not None or a.sectors is not None for a in found):
            notes.append("style and sector have no effect while the asset class is not known")
        return unclassified(query.symbol, name, type_, "; ".join(notes) or "not in any table")
    mix = by_mix.mix
    used = [by_mix]
    style_box, style_source = NO_STYLE, by_mix.source
    sectors, sector_source = UNKNOWN_SECTORS, by_mix.source
    if sum(mix[:3]) > 0:
        style_source = sector_source = "none"
        by_style = next((a for a in found if a.style_box is not None and sum(a.style_box) > 0), None)
        by_sector = next((a for a in found if a.sectors is not None and a.sectors[-1] < 1), None)
        if by_style and by_style.style_box is not None:
            style_box, style_source = by_style.style_box, by_style.style_source or by_style.source
            used.append(by_style)
        if by_sector and by_sector.sectors is not None:
            sectors, sector_source = by_sector.sectors, by_sector.source
            used.append(by_sector)
    notes = list(dict.fromkeys(a.note for a in used if a.note))
    return Exposure(
        symbol=query.symbol,
        name=name,
        type=type_,
        mix=mix,
        style_box=style_box,
        sectors=sectors,
        source={"mix": by_mix.source, "style_box": style_source, "sectors": sector_source},
        as_of=by_mix.as_of,
        confidence=min((a.confidence for a in used), key=_ORDER.index),
        note="; ".join(notes),
        identical_group=identity.identical_group if identity else None,
        substitutes=identity.substitutes if identity else (),
    )
