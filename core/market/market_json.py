"""``trimtab market --json``: observations, signals and suggestion as one document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.market.observations import (
    STALE_MONTHS,
    MarketCase,
    Observation,
    Pointing,
    Side,
    contradictions,
    snapshot_name,
    written_observation,
)
from core.market.signals import Conviction, InputScore, SignalScore, Verdict, pointings
from core.market.suggestion import Suggestion, suggestion_of

SCHEMA = "trimtab/market/1"


def market_document(case: MarketCase, verdict: Verdict, failures: Sequence[str] = ()) -> dict[str, Any]:
    """The document; ``failures`` are the words of what a refresh could not bring."""
    suggestion = suggestion_of(case, verdict)
    return {
        "schema": SCHEMA,
        "as_of": verdict.on.isoformat(),
        "snapshot": snapshot_name(),
        "observations": [_observation(case, observation, verdict) for observation in case.newest()],
        "contradictions": [
            {"observations": list(each.observations), "note": each.about}
            for each in contradictions()
            if set(each.observations) <= set(case.ids())
        ],
        "signals": [_signal(verdict, number) for number in range(len(verdict.size.signals))],
        "conviction": {side.value: _conviction(verdict.of(side)) for side in Side},
        "suggestion": _suggestion(suggestion),
        "failures": list(failures),
    }


def _observation(case: MarketCase, observation: Observation, verdict: Verdict) -> dict[str, Any]:
    age = observation.age(verdict.on)
    return {
        **written_observation(observation),
        "points": [_pointing(each) for each in pointings(observation, verdict)],
        "age_months": round(age, 1),
        "stale": age > STALE_MONTHS,
        "counts": observation.id not in case.set_aside,
        "history": [
            {"as_of": o.as_of, "text": o.text, "published_by": o.published_by} for o in case.history(observation.id)
        ],
    }


def _pointing(each: Pointing) -> dict[str, Any]:
    return {"direction": each.direction.value, "side": each.side.value if each.side else None, "note": each.note}


def _signal(verdict: Verdict, number: int) -> dict[str, Any]:
    size, value = verdict.size.signals[number], verdict.value.signals[number]
    spec = size.spec
    return {
        "key": spec.key,
        "title": spec.title,
        "about": spec.about,
        "half_life_months": spec.half_life_months,
        "size": _side(size),
        "value": _side(value),
    }


def _side(signal: SignalScore) -> dict[str, Any]:
    return {
        "score": _figure(signal.score),
        "weight": signal.weight,
        "inputs": [_input(part) for part in signal.inputs],
    }


def _input(part: InputScore) -> dict[str, Any]:
    return {
        "key": part.spec.key,
        "observations": list(part.spec.observations),
        "formula": part.spec.formula,
        "about": part.spec.about,
        "score": _figure(part.score),
        "freshness": _figure(part.freshness),
        "share": _figure(part.share),
    }


def _conviction(conviction: Conviction) -> dict[str, Any]:
    return {"score": _figure(conviction.score), "confidence": _figure(conviction.confidence)}


def _suggestion(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "size": suggestion.point.size,
        "value": suggestion.point.value,
        "maximum": {"size": suggestion.maximum.size, "value": suggestion.maximum.value},
        "sectors": {sector: list(limits) for sector, limits in suggestion.sectors.items()},
        "reasons": [
            {
                "side": reason.side.value,
                "direction": reason.direction.value,
                "text": reason.text,
                "weight": _figure(reason.weight),
                "observations": list(reason.observations),
            }
            for reason in suggestion.reasons
        ],
    }


def _figure(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
