"""Edits of the market case, undoable like every other edit of the document."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import attrs

from core.edits import Document, Edit
from core.errors import UsageError
from core.market.observations import MarketCase, Observation
from core.market.signals import signal_specs
from core.market.suggestion import Suggestion, with_suggestion
from core.tilt.box import EDGE, MARKET_BOX, PadPoint, point_of


@attrs.frozen
class AddObservations(Edit):
    """Newer values beside the older ones; one of the same id, time and publisher takes its place."""

    observations: tuple[Observation, ...]
    text: str = "Change observation"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        return {"market": document.market.adding(self.observations)}


@attrs.frozen
class RemoveObservation(Edit):
    """Takes one dated value out; the value before it counts again. What ships can be set aside, not removed."""

    observation: Observation
    text: str = "Remove observation"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        if self.observation not in document.market.observations:
            raise UsageError("This observation is not there any more.")
        kept = tuple(o for o in document.market.observations if o != self.observation)
        return {"market": attrs.evolve(document.market, observations=kept)}


@attrs.frozen
class SetAside(Edit):
    """Leaves an observation out of the signals, or counts it again; it stays on show either way."""

    id: str
    aside: bool

    @property
    def text(self) -> str:  # type: ignore[override]
        """The words of the Undo menu."""
        return "Set observation aside" if self.aside else "Count observation"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        return {"market": document.market.setting_aside(self.id, self.aside)}


@attrs.frozen
class SetSignalWeight(Edit):
    """Weights of one signal for size and value, 0..1 each."""

    signal: str
    size: float
    value: float
    text: str = "Change signal weight"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        if self.signal not in {spec.key for spec in signal_specs()}:
            raise UsageError(f"There is no signal {self.signal}.")
        if not all(math.isfinite(w) and 0 <= w <= 1 for w in (self.size, self.value)):
            raise UsageError("A weight is between 0 and 100 %.")
        weights = {**document.market.weights, self.signal: (self.size, self.value)}
        return {"market": attrs.evolve(document.market, weights=weights)}

    def _merge_key(self) -> str:
        return f"signal {self.signal}"


@attrs.frozen
class SetMaximum(Edit):
    """The strongest tilt the adviser takes: where full conviction leads; None is the shipped one."""

    maximum: PadPoint | None
    text: str = "Change strongest tilt"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        if self.maximum is not None:
            market = point_of(MARKET_BOX)
            if not (-EDGE <= self.maximum.size <= market.size and 0 <= self.maximum.value <= EDGE):
                raise UsageError("The strongest tilt lies between the market and small value.")
        return {"market": attrs.evolve(document.market, maximum=self.maximum)}


@attrs.frozen
class SetMarket(Edit):
    """A whole case: as shipped, or as read from a file."""

    market: MarketCase
    text: str = "Reset observations"

    def _fields(self, document: Document) -> Mapping[str, Any]:  # noqa: ARG002
        return {"market": self.market}


@attrs.frozen
class UseSuggestion(Edit):
    """Puts a suggestion into the target, with its reasons; pins are let go, the rest of the target stays.

    sectors : whether the suggested sector ranges come along.
    """

    suggestion: Suggestion
    sectors: bool = True
    text: str = "Use market suggestion"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        target = with_suggestion(document.target, self.suggestion, sectors=self.sectors)
        return {"target": target, "pins": {}, "suggestion": self.suggestion}
