"""The cells of a target: divisions of the household into parts with a wanted share each.

methods.md ("Cells") is the definition. A division is a matrix of weights: dollars of each cell in a dollar of each
security, the cell that cash balances belong to, and names for the screen.
"""

from __future__ import annotations

import attrs
import numpy as np

from core.classify.exposure import ASSET_CLASSES, STYLE_BOXES
from core.errors import InputError
from core.rebalance.holdings import Bools, Floats, Holdings
from core.rebalance.penalty import inside_band
from core.tilt.box import Box
from core.tilt.target import Bands, Mode, ModelLine, Scope, Target

_CASH = ASSET_CLASSES.index("cash")
_UNCLASSIFIED = ASSET_CLASSES.index("unclassified")
_EQUITY = (0, 1, 2)


@attrs.frozen(eq=False)
class Division:
    """One division: ``weights`` (S, K) dollars of each cell a dollar; ``cash_cell`` takes cash balances (or -1)."""

    names: tuple[str, ...]
    weights: Floats
    cash_cell: int


@attrs.frozen(eq=False)
class Present:
    """Today's composition of what the style cells speak of (all of it, or what lies outside the model).

    mix : (7,) dollars by class, cash balances and pending included. box : (9,) dollars of the scope's equity by
    style box; unknown_style : dollars of it whose style is not known.
    """

    mix: Floats
    box: Floats
    unknown_style: float

    @property
    def box_shares(self) -> Box:
        """Style box of the known part; sums to 1, zeros where there is none."""
        total = float(self.box.sum())
        return tuple(float(x) / total for x in self.box) if total > 0 else (0.0,) * 9


@attrs.frozen(eq=False)
class Cells:
    """The divisions of a target over a household, and what is needed to turn a target into wanted dollars.

    ``first`` is the number of cells that the misfit counts (the first division, the model's lines included).
    """

    divisions: tuple[Division, ...]
    names: tuple[str, ...]
    weights: Floats  # (S, K) all divisions side by side
    cash_weights: Floats  # (K,) 1 where cash balances count
    first: int
    scope: Scope
    model: tuple[ModelLine, ...]
    in_model: Floats  # (S,) 1 for securities of a model line
    outside: Present


def scope_share(holdings: Holdings, scope: Scope) -> Floats:
    """(S,) share of each security that is the scope's equity."""
    if scope is Scope.US_EQUITY:
        return holdings.mix[:, 0]
    equity: Floats = holdings.mix[:, :3].sum(axis=1)
    return equity


def build_cells(holdings: Holdings, target: Target) -> Cells:
    """Divisions for a target. Raises InputError where the model's weights sum to more than 1."""
    scope = target.style.scope
    model = target.model
    in_model = np.zeros(len(holdings.securities))
    line_weights = np.zeros((len(holdings.securities), len(model)))
    for j, line in enumerate(model):
        for symbol in (line.symbol, *line.alternates):
            index = holdings.security_index.get(symbol)
            if index is not None and not in_model[index]:
                in_model[index] = 1.0
                line_weights[index, j] = 1.0
    if sum(line.weight for line in model) > 1 + 1e-6:
        raise InputError("[model]: the weights sum to more than 1; lower them to 1 or less.")
    free = (1.0 - in_model)[:, None]
    known = scope_share(holdings, scope)[:, None] * holdings.box
    unknown = scope_share(holdings, scope)[:, None] * (1 - holdings.box.sum(axis=1, keepdims=True)).clip(0.0)
    rest_classes = (1, 2, 3, 4, 5, 6) if scope is Scope.US_EQUITY else (3, 4, 5, 6)
    style_names = (*STYLE_BOXES, "unknown style", *(ASSET_CLASSES[c] for c in rest_classes))
    style = Division(
        names=style_names,
        weights=free * np.hstack([known, unknown, holdings.mix[:, list(rest_classes)]]),
        cash_cell=style_names.index("cash"),
    )
    divisions = [style]
    if model:
        divisions.append(Division(tuple(f"model {line.symbol}" for line in model), line_weights, -1))
    first = sum(len(d.names) for d in divisions)
    if scope is Scope.ALL_EQUITY:
        regions = Division(tuple(ASSET_CLASSES[c] for c in _EQUITY), free * holdings.mix[:, :3], -1)
        divisions.append(regions)
    cash_weights = np.concatenate([_one_hot(len(d.names), d.cash_cell) for d in divisions])
    return Cells(
        divisions=tuple(divisions),
        names=tuple(name for d in divisions for name in d.names),
        weights=np.hstack([d.weights for d in divisions]),
        cash_weights=cash_weights,
        first=first,
        scope=scope,
        model=model,
        in_model=in_model,
        outside=present_composition(holdings, scope, 1.0 - in_model),
    )


def _one_hot(length: int, index: int) -> Floats:
    vector = np.zeros(length)
    if index >= 0:
        vector[index] = 1.0
    return vector


def present_composition(holdings: Holdings, scope: Scope, share: Floats) -> Present:
    """Composition today of ``share`` (S,) of each security and all cash and pending."""
    by_security = np.zeros(len(holdings.securities))
    np.add.at(by_security, holdings.lot_security, holdings.value)
    by_security = by_security * share
    mix = by_security @ holdings.mix
    mix[_CASH] += holdings.cash.sum() + holdings.pending.sum()
    equity = by_security * scope_share(holdings, scope)
    box = equity @ holdings.box
    return Present(mix=mix, box=box, unknown_style=float(equity.sum() - box.sum()))


def target_mix(present: Floats, wanted: dict[str, float] | None) -> Floats:
    """(7,) wanted class shares: those given, the others sharing the rest in their present proportion.

    ``present`` is dollars by class. Raises InputError where the given shares sum to more than 1, or to less than
    1 with nothing held in the other classes to take the rest.
    """
    held: Floats = np.clip(present, 0, None)
    if wanted is None:
        return _proportions(held)
    given = np.array([wanted.get(name, np.nan) for name in ASSET_CLASSES])
    stated = float(np.nansum(given))
    if stated > 1 + 1e-6:
        raise InputError(f"[mix]: the shares sum to {stated:.4f}; they must sum to 1 or less.")
    rest = 1.0 - stated
    shares: Floats = np.nan_to_num(given)
    if rest <= 1e-6:
        return _proportions(shares)
    others = np.where(np.isnan(given), held, 0.0)
    if others.sum() > 0:
        filled: Floats = shares + rest * others / others.sum()
        return filled
    if not np.isnan(given[_CASH]):
        raise InputError(
            f"[mix]: the shares sum to {stated:.4f} and nothing is held in other classes; make them sum to 1."
        )
    shares[_CASH] = rest
    return shares


def _proportions(amounts: Floats) -> Floats:
    """Shares of a total; all cash where the total is nothing."""
    total = float(amounts.sum())
    shares: Floats = amounts / total if total > 0 else _one_hot(len(amounts), _CASH)
    return shares


@attrs.frozen(eq=False)
class Wanted:
    """A target in figures: shares of every cell (K,), of the classes (7,) and the box (9,) of the scope's equity.

    ``bands`` and ``eagerness`` are the target's own: all that can change while the problem stays the same.
    """

    shares: Floats
    mix: Floats
    box: Box
    bands: Bands
    eagerness: float
    quiet: Bools  # (K,) cells left alone inside their whole band


def wanted_shares(cells: Cells, target: Target, today: Floats, value: float) -> Wanted:
    """Wanted share of the household's value for every cell (all divisions).

    ``today`` (K,) is dollars in each cell without trades, ``value`` the household's: where the plan is only for what is
    out of band, cells inside theirs are left alone.
    """
    present = cells.outside
    rest = max(0.0, 1.0 - sum(line.weight for line in cells.model))
    mix = target_mix(present.mix, dict(target.mix) if target.mix is not None else None)
    box = target.style.target_box(present.box_shares)
    total = float(present.mix.sum())
    if cells.scope is Scope.US_EQUITY:
        equity, others = float(mix[0]), mix[1:]
    else:
        equity, others = float(mix[:3].sum()), mix[3:]
    unknown = min(present.unknown_style / total, equity) if total > 0 else 0.0
    if sum(box) <= 0:
        # No equity of known style today and no style asked for: what is wanted stays of unknown style.
        unknown = equity
    styled = np.concatenate([(equity - unknown) * np.array(box), [unknown], others])
    parts = [rest * styled]
    if cells.model:
        parts.append(np.array([line.weight for line in cells.model]))
    if cells.scope is Scope.ALL_EQUITY:
        parts.append(rest * mix[:3])
    shares = np.concatenate(parts)
    quiet = np.zeros(len(shares), dtype=bool)
    if target.trading.mode is Mode.OUT_OF_BAND:
        quiet = inside_band(np.abs(today - shares * value), shares, target.bands, value)
    return Wanted(shares, mix, box, target.bands, target.trading.eagerness, quiet)
