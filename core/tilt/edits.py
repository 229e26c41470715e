"""Edits of the target's rules: switches, restrictions, ranges, flows, and trades decided by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import attrs

from core.classify.exposure import SECTORS
from core.edits import Document, Edit
from core.errors import UsageError
from core.tilt.switches import SECURITY_RULES, switched_off, switched_on
from core.tilt.target import FixedOrder, Flow, ModelLine, RuleKey, Target


@attrs.frozen
class SwitchRule(Edit):
    """Takes a rule out of the target or puts it back; ``value`` is what it was, None for the standard setting."""

    rule: str
    on: bool
    value: Any = None
    words: str = ""

    @property
    def text(self) -> str:  # type: ignore[override]
        """The words of the Undo menu."""
        return f"Switch {'on' if self.on else 'off'} {self.words or self.rule.replace('_', ' ')}"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        target = document.target
        changed = switched_on(target, self.rule, self.value) if self.on else switched_off(target, self.rule)
        return {"target": changed}


@attrs.frozen
class SetSectors(Edit):
    """Ranges of sectors: (lowest, highest) change of the share of equity against today, by sector."""

    sectors: Mapping[str, tuple[float, float]]
    text: str = "Change sector ranges"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        for name, (low, high) in self.sectors.items():
            if name not in SECTORS[:-1] or not -1 <= low <= 0 <= high <= 1:
                raise UsageError("A sector's range goes from at most 0 to at least 0 points, within 100 either way.")
        ordered = {name: self.sectors[name] for name in SECTORS if name in self.sectors}
        return {"target": attrs.evolve(document.target, sectors=ordered)}

    def _merge_key(self) -> str:
        return "sectors"


@attrs.frozen
class SetModel(Edit):
    """The model: securities held at a share of the household."""

    model: tuple[ModelLine, ...]
    text: str = "Change model"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        symbols = [symbol for line in self.model for symbol in (line.symbol, *line.alternates)]
        if len(symbols) != len(set(symbols)):
            raise UsageError("A security stands in one line of the model only.")
        if math.fsum(line.weight for line in self.model) > 1 + 1e-9 or any(line.weight < 0 for line in self.model):
            raise UsageError("The shares of the model sum to at most 100 %.")
        return {"target": attrs.evolve(document.target, model=self.model)}

    def _merge_key(self) -> str:
        return "model"


@attrs.frozen
class SetUniverse(Edit):
    """The only symbols that may be bought; None is the candidate list and what is held."""

    universe: tuple[str, ...] | None
    text: str = "Change what may be bought"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        return {"target": attrs.evolve(document.target, universe=self.universe)}


@attrs.frozen
class SetFlow(Edit):
    """Money that comes into (+) or leaves (-) an account with the plan, dollars; 0 is none."""

    account: str
    amount: float
    text: str = "Change cash flow"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        _account(document, self.account)
        if not math.isfinite(self.amount):
            raise UsageError("A cash flow is an amount in dollars.")
        kept = [flow for flow in document.target.flows if flow.account != self.account]
        if self.amount:
            kept.append(Flow(self.account, self.amount))
        order = [account.id for account in document.household.accounts]
        kept.sort(key=lambda flow: order.index(flow.account) if flow.account in order else len(order))
        return {"target": attrs.evolve(document.target, flows=tuple(kept))}


@attrs.frozen
class Restrict(Edit):
    """Adds a restriction of a security (household-wide, or in one account), or takes it away."""

    kind: str
    key: RuleKey
    on: bool = True

    @property
    def text(self) -> str:  # type: ignore[override]
        """The words of the Undo menu."""
        return f"{'Add' if self.on else 'Remove'} rule {self.kind.replace('_', ' ')} {self.key}"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        if self.kind not in SECURITY_RULES:
            raise UsageError(f"There is no restriction {self.kind}; known: {', '.join(SECURITY_RULES)}.")
        if self.key.account is not None:
            _account(document, self.key.account)
        if not self.key.symbol:
            raise UsageError("A restriction needs a symbol.")
        rule = f"{self.kind} {self.key}"
        target = document.target
        return {"target": switched_on(target, rule) if self.on else switched_off(target, rule)}


@attrs.frozen
class FixOrder(Edit):
    """The plan trades exactly this; the rest is solved again. Quantity 0 keeps the position as it is (exclude)."""

    order: FixedOrder
    text: str = "Edit trade"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        order = self.order
        _account(document, order.account)
        if not math.isfinite(order.quantity):
            raise UsageError("A trade needs a quantity.")
        target = _free(document.target, order.account, order.symbol)
        if order.quantity == 0:
            return {"target": switched_on(target, f"hold {RuleKey(order.symbol, order.account)}")}
        held = sum(
            float(lot.quantity) for lot in document.household.lots_by_position.get((order.account, order.symbol), ())
        )
        if order.quantity < 0 and -order.quantity > held + 1e-9:
            raise UsageError(f"Only {held:,.10g} {order.symbol} are held there; no more can be sold.")
        return {"target": attrs.evolve(target, orders=(*target.orders, order))}


@attrs.frozen
class FreeOrder(Edit):
    """A trade decided by hand, or an excluded one, is the plan's to decide again."""

    account: str
    symbol: str
    text: str = "Free trade"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        return {"target": _free(document.target, self.account, self.symbol)}


@attrs.frozen
class FreeOrders(Edit):
    """Several at once: (account, symbol) each."""

    keys: tuple[tuple[str, str], ...]
    text: str = "Free trades"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        target = document.target
        for account, symbol in self.keys:
            target = _free(target, account, symbol)
        return {"target": target}


@attrs.frozen
class FixOrders(Edit):
    """Several orders at once, as when all trades of a plan are locked."""

    orders: tuple[FixedOrder, ...]
    text: str = "Lock trades"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        for order in self.orders:
            document = attrs.evolve(document, **FixOrder(order)._fields(document))
        return {"target": document.target}


@attrs.frozen
class Substitute(Edit):
    """Buys another security in the place of one, everywhere or in one account: the first may not be bought.

    The other joins the model line of the first as an alternate, or, where the target names its universe, that.
    """

    symbol: str
    other: str
    account: str | None = None

    @property
    def text(self) -> str:  # type: ignore[override]
        """The words of the Undo menu."""
        return f"Substitute {self.other} for {self.symbol}"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        if not self.other or self.other == self.symbol:
            raise UsageError("A substitute is another security.")
        target = document.target
        model = tuple(_with_alternate(line, self.symbol, self.other) for line in target.model)
        universe = target.universe
        if universe is not None and self.other not in universe:
            universe = (*universe, self.other)
        target = switched_on(
            attrs.evolve(target, model=model, universe=universe), f"no_buy {RuleKey(self.symbol, self.account)}"
        )
        for key in (RuleKey(self.other, self.account), RuleKey(self.other)):
            target = switched_off(switched_off(target, f"no_buy {key}"), f"hold {key}")
        return {"target": target}


def _with_alternate(line: ModelLine, symbol: str, other: str) -> ModelLine:
    known = (line.symbol, *line.alternates)
    if symbol not in known or other in known:
        return line
    return attrs.evolve(line, alternates=(*line.alternates, other))


def _free(target: Target, account: str, symbol: str) -> Target:
    orders = tuple(o for o in target.orders if (o.account, o.symbol) != (account, symbol))
    return switched_off(attrs.evolve(target, orders=orders), f"hold {RuleKey(symbol, account)}")


def _account(document: Document, account: str) -> None:
    if account not in document.household.account_by_id:
        raise UsageError(f"There is no account {account} in {document.household.name}.")
