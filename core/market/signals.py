"""Six signals over the observations, and the conviction they add up to.

Each input is a score in [-1, +1] by a formula over one or two observations; formulas, scales and weights are data
(``resources/market/signals.toml``). With the weight W of a signal, w of an input in its signal and the freshness
f = 2^(-age / half-life) of the oldest observation it uses, an input counts a = W f w / (sum of w of its signal), and

    conviction = sum of a x score / sum of a          over the inputs there are
    confidence = sum of a / sum of W                  over all that could be

so a missing or stale observation lowers the confidence and never counts as a score of nothing.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import attrs

from core.market.observations import Direction, MarketCase, Observation, Origin, Pointing, Side
from core.tilt.box import PadPoint

_YEAR_DAYS = (270, 460)  # what counts as about a year before


@attrs.frozen
class InputSpec:
    """One input of a signal; see the head of signals.toml for the formulas."""

    key: str
    side: Side
    observations: tuple[str, ...]
    formula: str
    weight: float
    about: str
    neutral: float = 0.0
    scale: float = 1.0
    scores: Mapping[str, float] = attrs.field(factory=dict)
    runs: str = ""


@attrs.frozen
class SignalSpec:
    """One signal: its weights for size and value and how fast its observations age."""

    key: str
    title: str
    about: str
    half_life_months: float
    size: float
    value: float
    inputs: tuple[InputSpec, ...]

    def weights(self, case: MarketCase) -> tuple[float, float]:
        """Its (size, value) weights, the adviser's own before the shipped ones."""
        return case.weights.get(self.key, (self.size, self.value))

    def of(self, side: Side) -> tuple[InputSpec, ...]:
        """Its inputs of one side."""
        return tuple(spec for spec in self.inputs if spec.side is side)


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((files("resources") / "market" / "signals.toml").read_text("utf-8"))


@cache
def signal_specs() -> tuple[SignalSpec, ...]:
    """The six signals, in order."""
    specs = []
    for row in _file()["signal"]:
        inputs = tuple(
            InputSpec(
                **{
                    **entry,
                    "side": Side(entry["side"]),
                    "observations": tuple(entry["observations"]),
                    "scores": dict(entry.get("scores", {})),
                }
            )
            for entry in row["input"]
        )
        specs.append(SignalSpec(inputs=inputs, **{key: value for key, value in row.items() if key != "input"}))
    return tuple(specs)


@cache
def shipped_maximum() -> PadPoint:
    """Where full conviction leads, as shipped."""
    row = _file()["maximum"]
    return PadPoint(float(row["size"]), float(row["value"]))


@cache
def sector_steps() -> dict[str, tuple[float, float]]:
    """Range of change by rating: ``outperform`` and ``underperform``."""
    return {key: (float(low), float(high)) for key, (low, high) in _file()["sectors"].items()}


# -- scores -----------------------------------------------------------------------------------------------------------


@attrs.frozen
class InputScore:
    """What one input says. ``score`` None where an observation is missing; ``counts`` is its a (see the module)."""

    spec: InputSpec
    signal: str
    observations: tuple[Observation, ...]
    score: float | None
    freshness: float
    counts: float
    share: float = 0.0

    @property
    def contribution(self) -> float:
        """Its part of the conviction; the parts of a side add up to it."""
        return self.share * (self.score or 0.0)


@attrs.frozen
class SignalScore:
    """One signal of one side: ``weight`` as set, ``counts`` as aged; ``score`` None where no input is there."""

    spec: SignalSpec
    side: Side
    score: float | None
    weight: float
    counts: float
    inputs: tuple[InputScore, ...]


@attrs.frozen
class Conviction:
    """All signals of one side. ``score`` None where nothing is known. ``confidence`` 0..1."""

    side: Side
    score: float | None
    confidence: float
    signals: tuple[SignalScore, ...]

    @property
    def inputs(self) -> tuple[InputScore, ...]:
        """Every input of every signal."""
        return tuple(part for signal in self.signals for part in signal.inputs)

    def reasons(self, direction: Direction) -> tuple[InputScore, ...]:
        """The inputs that speak for or against, the weightiest first; neutral ones are in neither."""
        sign = 1 if direction is Direction.FOR else -1
        found = [part for part in self.inputs if part.score is not None and sign * part.contribution > 0]
        return tuple(sorted(found, key=lambda part: (-abs(part.contribution), part.spec.key)))

    @property
    def missing(self) -> tuple[InputScore, ...]:
        """The inputs whose observations aren't there, or are set aside."""
        return tuple(part for part in self.inputs if part.score is None)


@attrs.frozen
class Verdict:
    """Both convictions on a day."""

    on: date
    size: Conviction
    value: Conviction

    def of(self, side: Side) -> Conviction:
        """One side."""
        return self.size if side is Side.SIZE else self.value


def evaluate(case: MarketCase, on: date) -> Verdict:
    """The signals of a case on a day. Deterministic: the day is the only clock."""
    return Verdict(on, _conviction(case, Side.SIZE, on), _conviction(case, Side.VALUE, on))


def _conviction(case: MarketCase, side: Side, on: date) -> Conviction:
    signals = [_signal_score(case, spec, side, on) for spec in signal_specs()]
    counted = math.fsum(part.counts for signal in signals for part in signal.inputs)
    weights = math.fsum(signal.weight for signal in signals if signal.inputs)
    if counted <= 0:
        return Conviction(side, None, 0.0, tuple(signals))
    shared = tuple(
        attrs.evolve(s, inputs=tuple(attrs.evolve(part, share=part.counts / counted) for part in s.inputs))
        for s in signals
    )
    score = math.fsum(part.contribution for signal in shared for part in signal.inputs)
    return Conviction(side, max(-1.0, min(1.0, score)), counted / weights, shared)


def _signal_score(case: MarketCase, spec: SignalSpec, side: Side, on: date) -> SignalScore:
    weight = spec.weights(case)[0 if side is Side.SIZE else 1]
    specs = spec.of(side)
    whole = math.fsum(each.weight for each in specs)
    inputs = tuple(_input_score(case, spec, each, on, weight * each.weight / whole) for each in specs)
    counted = math.fsum(part.counts for part in inputs)
    score = math.fsum(part.counts * (part.score or 0.0) for part in inputs) / counted if counted > 0 else None
    return SignalScore(spec, side, score, weight, counted, inputs)


def _input_score(case: MarketCase, signal: SignalSpec, spec: InputSpec, on: date, weight: float) -> InputScore:
    used = [case.counted(key) for key in spec.observations]
    found = tuple(observation for observation in used if observation is not None)
    score = _score(case, spec, found) if len(found) == len(used) else None
    if score is None:
        return InputScore(spec, signal.key, found, None, 0.0, 0.0)
    freshness = 0.5 ** (max(observation.age(on) for observation in found) / signal.half_life_months)
    return InputScore(spec, signal.key, found, max(-1.0, min(1.0, score)), freshness, weight * freshness)


def _score(case: MarketCase, spec: InputSpec, found: tuple[Observation, ...]) -> float | None:
    first = found[0]
    if spec.formula == "state":
        return spec.scores.get(first.state or "")
    x = first.number
    if x is None:
        return None
    if spec.formula == "linear":
        return (x - spec.neutral) / spec.scale
    if spec.formula == "log":
        return -math.log(x / spec.neutral) / math.log(spec.scale) if x > 0 else None
    if spec.formula == "change":
        before = year_before(case, first)
        return None if before is None or before.number is None else (x - before.number) / spec.scale
    if spec.formula == "runs":
        return _among_runs(x, spec.runs)
    y = found[1].number
    if y is None or x <= 0 or y <= 0:
        return None
    if spec.formula == "log_against":
        return -math.log(x / y) / math.log(spec.scale)
    if spec.formula == "log_ratio":
        return math.log(x / y / spec.neutral) / math.log(spec.scale)
    raise ValueError(f"{spec.key}: no formula {spec.formula}")


def _among_runs(years: float, leader: str) -> float | None:
    from core.market.evidence import past_runs

    runs = past_runs(leader)
    return 2 * sum(run < years for run in runs) / len(runs) - 1 if runs else None


def year_before(case: MarketCase, observation: Observation) -> Observation | None:
    """The value of the same observation about a year before (270 to 460 days), the nearest to a year; None without."""
    earlier = [o for o in case.history(observation.id) if o.number is not None]
    near = [o for o in earlier if _YEAR_DAYS[0] <= (observation.day - o.day).days <= _YEAR_DAYS[1]]
    return min(near, key=lambda o: abs((observation.day - o.day).days - 365), default=None)


def pointings(observation: Observation, verdict: Verdict) -> tuple[Pointing, ...]:
    """Which way an observation points now.

    The snapshot's point as published. A newer value points where the inputs that use it do: the words of an older
    one may no longer hold.
    """
    if observation.origin is Origin.SNAPSHOT:
        return observation.points
    found = []
    for side in Side:
        signs = {
            Direction.FOR if part.contribution > 0 else Direction.AGAINST
            for part in verdict.of(side).inputs
            if part.score and observation in part.observations
        }
        found += [Pointing(direction, side) for direction in (Direction.FOR, Direction.AGAINST) if direction in signs]
    kept = tuple(p for p in observation.points if p.side is None)
    return (*found, *kept) if found else (kept or (Pointing(Direction.CONTEXT),))
