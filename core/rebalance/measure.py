"""What a household is made of and how far from its target: the evaluator's cells, misfit, penalty and snapshots.

Written from docs/methods.md alone, in plain loops; shares no code with the plan's builder. Dollars are floats here.
Securities are always visited in the order of their ids, so that the order of files can't change a figure.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from functools import cache
from importlib.resources import files

import attrs

from core.classify.exposure import ASSET_CLASSES, EQUITY_CLASSES, SECTORS, STYLE_BOXES, Exposure, unclassified
from core.household import Household
from core.money import ZERO, to_cents
from core.rebalance.proposal import Snapshot
from core.tilt.box import Box, point_of
from core.tilt.target import Bands, Scope, Target

#: Slopes of the penalty: inside the destination, and in the three zones beyond it.
INSIDE_SLOPE = 0.005
ZONE_SLOPES = (1.0, 1.5, 2.0)

UNKNOWN_STYLE = "unknown style"

#: Amounts or wanted shares of every cell, by (division, cell). Divisions: "model", "style" and "region".
Cells = dict[tuple[str, str], float]


@attrs.frozen
class Composition:
    """Dollars of every security, and cash with pending activity, of one household at one moment."""

    securities: Mapping[str, float]
    cash: float

    @property
    def total(self) -> float:
        """All of it, dollars."""
        return sum(self.securities.values()) + self.cash

    def outside(self, excluded: frozenset[str]) -> Composition:
        """Without some securities; cash stays."""
        return Composition({s: v for s, v in self.securities.items() if s not in excluded}, self.cash)


def composition(values: Mapping[tuple[str, str], Decimal], cash: Decimal) -> Composition:
    """The composition of positions (dollars by account and security) and cash."""
    totals: dict[str, Decimal] = {}
    for (_, security), value in values.items():
        totals[security] = totals.get(security, ZERO) + value
    return Composition({s: float(totals[s]) for s in sorted(totals)}, float(cash))


def complete(exposures: Mapping[str, Exposure], household: Household) -> dict[str, Exposure]:
    """An exposure for every security of the household; what has none is unclassified."""
    return {
        s.id: exposures[s.id] if s.id in exposures else unclassified(s.id, s.name, s.type) for s in household.securities
    }


# --- what is held ---------------------------------------------------------------------------------------------------


def class_dollars(held: Composition, exposures: Mapping[str, Exposure]) -> dict[str, float]:
    """Dollars by asset class, cash balances in ``cash``."""
    totals = [0.0] * len(ASSET_CLASSES)
    for security, value in held.securities.items():
        for k, share in enumerate(exposures[security].mix):
            if share:
                totals[k] += value * share
    totals[ASSET_CLASSES.index("cash")] += held.cash
    return dict(zip(ASSET_CLASSES, totals, strict=True))


def scope_share(exposure: Exposure, scope: Scope) -> float:
    """Share of a security that is the equity the style box speaks of."""
    return exposure.mix[0] if scope is Scope.US_EQUITY else exposure.equity


def style_dollars(held: Composition, exposures: Mapping[str, Exposure], scope: Scope) -> tuple[list[float], float]:
    """Dollars of the scope's equity in each of the nine boxes, and of unknown style."""
    boxes = [0.0] * len(STYLE_BOXES)
    unknown = 0.0
    for security, value in held.securities.items():
        exposure = exposures[security]
        equity = value * scope_share(exposure, scope)
        if equity:
            for k, share in enumerate(exposure.style_box):
                boxes[k] += equity * share
            unknown += equity * max(0.0, 1.0 - sum(exposure.style_box))
    return boxes, unknown


def sector_dollars(held: Composition, exposures: Mapping[str, Exposure], scope: Scope) -> list[float]:
    """Dollars of the scope's equity in each sector, in the order of SECTORS."""
    totals = [0.0] * len(SECTORS)
    for security, value in held.securities.items():
        exposure = exposures[security]
        equity = value * scope_share(exposure, scope)
        if equity:
            for k, share in enumerate(exposure.sectors):
                totals[k] += equity * share
    return totals


def shares_of(amounts: Sequence[float]) -> tuple[float, ...]:
    """Amounts as shares of their sum; zeros where there is nothing."""
    total = sum(amounts)
    return tuple(amount / total for amount in amounts) if total > 0 else (0.0,) * len(amounts)


def model_lines(target: Target) -> dict[str, str]:
    """The line (its first symbol) that each security of the model counts toward; the first to name it has it."""
    lines: dict[str, str] = {}
    for line in target.model:
        for symbol in (line.symbol, *line.alternates):
            lines.setdefault(symbol, line.symbol)
    return lines


def held_cells(held: Composition, exposures: Mapping[str, Exposure], target: Target) -> Cells:
    """Dollars in every cell of every division."""
    scope = target.style.scope
    lines = model_lines(target)
    cells: Cells = {("model", line.symbol): 0.0 for line in target.model}
    for security, value in held.securities.items():
        if security in lines:
            cells["model", lines[security]] += value

    outside = held.outside(frozenset(lines))
    classes = class_dollars(outside, exposures)
    boxes, unknown = style_dollars(outside, exposures, scope)
    cells |= {("style", name): amount for name, amount in zip(STYLE_BOXES, boxes, strict=True)}
    cells["style", UNKNOWN_STYLE] = unknown
    for name in ASSET_CLASSES:
        if name not in _scope_classes(scope):
            cells["style", name] = classes[name]
    if scope is Scope.ALL_EQUITY:
        cells |= {("region", name): classes[name] for name in EQUITY_CLASSES}
    return cells


def _scope_classes(scope: Scope) -> tuple[str, ...]:
    return ("us_equity",) if scope is Scope.US_EQUITY else EQUITY_CLASSES


# --- what is wanted -------------------------------------------------------------------------------------------------


@attrs.frozen
class Wanted:
    """A target in figures: share of V of every cell, and the mix and box outside the model (all, without one)."""

    cells: Cells
    mix: Mapping[str, float]
    box: Box


def wanted_cells(before: Composition, exposures: Mapping[str, Exposure], target: Target) -> Wanted:
    """Wanted share of V for every cell. ``before`` is the household before flows and trades."""
    scope = target.style.scope
    outside = before.outside(frozenset(model_lines(target)))
    mix = _wanted_mix(target, class_dollars(outside, exposures))
    boxes, unknown = style_dollars(outside, exposures, scope)
    box = target.style.target_box(shares_of(boxes))

    equity = sum(mix[name] for name in _scope_classes(scope))
    unknown_share = min(unknown / outside.total, equity) if outside.total > 0 else 0.0
    if sum(box) <= 0:
        unknown_share = equity  # no equity of known style today, and no style asked for

    free = max(0.0, 1.0 - sum(line.weight for line in target.model))
    cells: Cells = {}
    for line in target.model:
        cells["model", line.symbol] = cells.get(("model", line.symbol), 0.0) + line.weight
    for name, share in zip(STYLE_BOXES, box, strict=True):
        cells["style", name] = free * (equity - unknown_share) * share
    cells["style", UNKNOWN_STYLE] = free * unknown_share
    for name in ASSET_CLASSES:
        if name not in _scope_classes(scope):
            cells["style", name] = free * mix[name]
    if scope is Scope.ALL_EQUITY:
        cells |= {("region", name): free * mix[name] for name in EQUITY_CLASSES}
    return Wanted(cells, mix, box)


def _wanted_mix(target: Target, present: Mapping[str, float]) -> dict[str, float]:
    """Wanted class shares (sum 1): those given, the others sharing the rest in their present proportion.

    A class that is owed (a margin debit, short positions) counts as nothing; with nothing to go by the rest is cash.
    """
    given = dict(target.mix) if target.mix is not None else {}
    rest = 1.0 - sum(given.values())
    others = {name: max(0.0, present[name]) for name in ASSET_CLASSES if name not in given}
    held = sum(others.values())
    mix = {name: given.get(name, 0.0) for name in ASSET_CLASSES}
    if rest > 1e-6:
        if held > 0:
            for name, amount in others.items():
                mix[name] = rest * amount / held
        else:
            mix["cash"] += rest
    total = sum(mix.values())
    return {name: share / total for name, share in mix.items()}


# --- the distance between them --------------------------------------------------------------------------------------


def penalty(misfit: float, value: float, target_share: float, bands: Bands, quiet: bool = False) -> float:
    """pen_k in dollars for a misfit of ``misfit`` dollars of a cell wanted at ``target_share`` of ``value``.

    ``quiet``: the cell is left alone inside its whole band.
    """
    band = value * max(bands.floor, min(bands.cap, bands.relative * target_share))
    destination = band if quiet else {"target": 0.0, "half": band / 2, "edge": band}[bands.destination.value]
    first, second, third = ZONE_SLOPES
    return (
        INSIDE_SLOPE * min(misfit, destination)
        + first * min(max(misfit - destination, 0.0), band)
        + second * min(max(misfit - destination - band, 0.0), band)
        + third * max(misfit - destination - 2 * band, 0.0)
    )


def total_penalty(held: Cells, wanted: Cells, value: float, bands: Bands, quiet: Collection[object] = ()) -> float:
    """Sum of the penalties of all cells, dollars."""
    return sum(penalty(abs(held[k] - share * value), value, share, bands, k in quiet) for k, share in wanted.items())


def cells_in_band(held: Cells, wanted: Cells, value: float, bands: Bands) -> frozenset[object]:
    """Cells whose misfit lies within their band."""
    return frozenset(
        k
        for k, share in wanted.items()
        if abs(held[k] - share * value) <= value * max(bands.floor, min(bands.cap, bands.relative * share))
    )


def misfit_share(held: Cells, wanted: Cells, value: float) -> float:
    """Half the sum of the misfits, as a share of ``value``; regions, a second division of the same, left out."""
    if value <= 0:
        return 0.0
    return sum(abs(held[k] - share * value) for k, share in wanted.items() if k[0] != "region") / (2 * value)


@cache
def location_table() -> tuple[float, ...]:
    """Drag of a dollar of each asset class in a taxable account over the horizon, dollars."""
    table = tomllib.loads((files("resources") / "location.toml").read_text("utf-8"))
    yearly: Mapping[str, float] = table["drag"]["taxable"]
    return tuple(float(yearly[name]) * float(table["horizon_years"]) for name in ASSET_CLASSES)


def location_drag(
    values: Mapping[tuple[str, str], Decimal], exposures: Mapping[str, Exposure], household: Household
) -> float:
    """Dollars that taxes take over the horizon from the positions, by class, in taxable accounts."""
    taxable = {account.id for account in household.accounts if account.kind.is_taxable}
    totals: dict[str, Decimal] = {}
    for (account, security), value in values.items():
        if account in taxable:
            totals[security] = totals.get(security, ZERO) + value
    drag = location_table()
    return sum(
        float(totals[s]) * sum(share * rate for share, rate in zip(exposures[s].mix, drag, strict=True))
        for s in sorted(totals)
    )


# --- snapshots ------------------------------------------------------------------------------------------------------


def snapshot(
    held: Composition, value: Decimal, cash: Mapping[str, Decimal], exposures: Mapping[str, Exposure], scope: Scope
) -> Snapshot:
    """The household at one moment; ``value`` is the sum of ``held`` in exact dollars."""
    total = held.total
    classes = class_dollars(held, exposures)
    mix = {name: amount / total if total else 0.0 for name, amount in classes.items()}
    box = shares_of(style_dollars(held, exposures, scope)[0])
    point = point_of(box)
    sectors = shares_of(sector_dollars(held, exposures, Scope.ALL_EQUITY))
    return Snapshot(
        value=to_cents(value),
        mix=mix,
        style_box=box,
        size=point.size,
        value_tilt=point.value,
        sectors=dict(zip(SECTORS, sectors, strict=True)),
        coverage=1.0 - mix["unclassified"],
        cash={account: to_cents(amount) for account, amount in cash.items()},
    )


def target_snapshot(
    before: Snapshot, wanted: Wanted, value: Decimal, exposures: Mapping[str, Exposure], target: Target
) -> Snapshot:
    """The household as wanted: with a model, its first choices at their weights and the rest as mix and style say.

    A style that is asked for is shown as it was asked. Sectors and cash are those of ``before``: a target sets
    ranges for the sectors and a reserve for cash, not figures.
    """
    scope = target.style.scope
    free = max(0.0, 1.0 - sum(line.weight for line in target.model))
    mix = {name: free * share for name, share in wanted.mix.items()}
    boxes = [wanted.cells["style", name] for name in STYLE_BOXES]
    for line in target.model:
        exposure = exposures.get(line.symbol)
        if exposure is None:
            mix["unclassified"] += line.weight
            continue
        for k, name in enumerate(ASSET_CLASSES):
            mix[name] += line.weight * exposure.mix[k]
        for k, share in enumerate(exposure.style_box):
            boxes[k] += line.weight * scope_share(exposure, scope) * share
    style = target.style
    asked = style.box is not None or style.preset is not None or (style.size is not None and style.value is not None)
    box = tuple(wanted.box) if asked or not target.model else shares_of(boxes)
    point = point_of(box)
    return attrs.evolve(
        before,
        value=to_cents(value),
        mix=mix,
        style_box=box,
        size=point.size,
        value_tilt=point.value,
        coverage=1.0 - mix["unclassified"],
    )
