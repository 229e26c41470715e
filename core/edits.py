"""Every change of a document as a value: ``edit.apply(document) -> (document, Changes, inverse)``.

A Document is all that the window shows and the engine reads. Edits are small frozen values; what they changed is
found by comparing the documents, so a record of changes cannot disagree with the change itself. The inverse is a
``Replace`` that puts back the fields the edit touched, so undo followed by redo is the identity.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import attrs

from core.classify.answer import Source
from core.classify.overrides import Override
from core.classify.symbols import normalise_symbol
from core.errors import UsageError
from core.household import AccountKind, Household
from core.market.observations import MarketCase, snapshot
from core.market.suggestion import Suggestion, resolved
from core.tilt.box import Box, box_with_pins
from core.tilt.presets import presets
from core.tilt.target import SIGNALS, Bands, FixedOrder, RuleKey, Rules, Style, Target, TaxSettings, Trading


@attrs.frozen
class Document:
    """What is open: the household, the user's own classifications, the target, and the pinned style cells.

    overrides : the user's own classifications by security id; they stand above every other source.
    pins : shares by style cell (0..8) that stay where they are while the pad is dragged.
    live : what a refresh found out about the securities, best source first; below the user's own classifications.
    market : the observations that speak for and against the tilt; the same for every household of the adviser.
    suggestion : the suggestion that the target follows, with the reasons of its day; None where it follows none.
    """

    household: Household
    overrides: Mapping[str, Override] = attrs.field(factory=dict)
    target: Target = attrs.field(factory=Target)
    pins: Mapping[int, float] = attrs.field(factory=dict)
    live: tuple[Source, ...] = ()
    market: MarketCase = attrs.field(factory=snapshot)
    suggestion: Suggestion | None = None

    @property
    def followed(self) -> Suggestion | None:
        """The suggestion while the target still is at its point; None once the adviser has moved on."""
        return self.suggestion if self.target.style.preset == SIGNALS else None


class Part(StrEnum):
    """The parts of a document that can change independently of each other."""

    HOUSEHOLD = "household"
    ACCOUNT_KINDS = "account kinds"
    OVERRIDES = "overrides"
    LIVE = "live"
    PINS = "pins"
    MIX = "mix"
    STYLE = "style"
    MODEL = "model"
    SECTORS = "sectors"
    BANDS = "bands"
    TAX = "tax"
    TRADING = "trading"
    RULES = "rules"
    UNIVERSE = "universe"
    FLOWS = "flows"
    ORDERS = "orders"
    MARKET = "market"


_TARGET_PARTS = {
    part.value: part
    for part in (
        Part.MIX,
        Part.STYLE,
        Part.MODEL,
        Part.SECTORS,
        Part.BANDS,
        Part.TAX,
        Part.TRADING,
        Part.RULES,
        Part.UNIVERSE,
        Part.FLOWS,
        Part.ORDERS,
    )
}
#: A change of these is a change of what is asked for, not of what is held.
TARGET_PARTS: frozenset[Part] = frozenset(_TARGET_PARTS.values()) | {Part.PINS}
#: What is known of the market changes neither what is asked for nor what is held, until a suggestion is used.
_BESIDE = TARGET_PARTS | {Part.MARKET}


@attrs.frozen
class Changes:
    """What is different between two documents.

    securities : ids whose override changed. accounts : ids whose kind changed (with HOUSEHOLD: empty, all may be).
    """

    parts: frozenset[Part] = frozenset()
    securities: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.parts)

    @property
    def target(self) -> bool:
        """Whether something asked for changed."""
        return bool(self.parts & TARGET_PARTS)

    @property
    def holdings(self) -> bool:
        """Whether something held, or what is known about it, changed."""
        return bool(self.parts - _BESIDE)


def changes_between(before: Document, after: Document) -> Changes:
    """The parts in which two documents differ."""
    parts: set[Part] = set()
    accounts: frozenset[str] = frozenset()
    if before.household is not after.household and before.household != after.household:
        accounts = _kinds_changed(before.household, after.household)
        parts.add(Part.ACCOUNT_KINDS if accounts else Part.HOUSEHOLD)
    securities = frozenset(
        key
        for key in before.overrides.keys() | after.overrides.keys()
        if before.overrides.get(key) != after.overrides.get(key)
    )
    if securities:
        parts.add(Part.OVERRIDES)
    if before.live is not after.live and before.live != after.live:
        parts.add(Part.LIVE)
    if before.pins != after.pins:
        parts.add(Part.PINS)
    moved = before.market is not after.market and before.market != after.market
    if moved or before.suggestion != after.suggestion:
        parts.add(Part.MARKET)
    if before.target is not after.target:
        parts.update(
            part for name, part in _TARGET_PARTS.items() if getattr(before.target, name) != getattr(after.target, name)
        )
    return Changes(frozenset(parts), securities, accounts)


def _kinds_changed(before: Household, after: Household) -> frozenset[str]:
    """Ids of the accounts whose kind differs where nothing else does, else empty."""
    if attrs.evolve(before, accounts=()) != attrs.evolve(after, accounts=()):
        return frozenset()
    changed = set()
    if len(before.accounts) != len(after.accounts):
        return frozenset()
    for old, new in zip(before.accounts, after.accounts, strict=True):
        if attrs.evolve(old, kind=new.kind, kind_source=new.kind_source) != new:
            return frozenset()
        if old != new:
            changed.add(new.id)
    return frozenset(changed)


class Edit(ABC):
    """One change of a document. ``text`` names it in the Undo menu."""

    text: str = "Change"

    @abstractmethod
    def _fields(self, document: Document) -> Mapping[str, Any]:
        """New values of the document's fields, by attribute name. Raises UsageError where the edit makes no sense."""

    def apply(self, document: Document) -> tuple[Document, Changes, Replace]:
        """The new document, what changed, and the edit that takes it back. The old document is untouched."""
        fields = dict(self._fields(document))
        before = {name: getattr(document, name) for name in fields}
        after = attrs.evolve(document, **fields)
        return after, changes_between(document, after), Replace(before, self.text)

    def merge_key(self) -> str | None:
        """Edits of one gesture (a drag, typing) with the same key become one step of undo; None never merges."""
        return self._merge_key()

    def _merge_key(self) -> str | None:
        return None


@attrs.frozen
class Replace(Edit):
    """Puts values back into fields of the document, exactly: the inverse of any edit."""

    values: Mapping[str, Any]
    text: str = "Change"

    def _fields(self, document: Document) -> Mapping[str, Any]:  # noqa: ARG002
        return self.values

    def over(self, other: Replace) -> Replace:
        """Both replacements in one; where they speak of the same field, this one counts."""
        return Replace({**other.values, **self.values}, self.text)


@attrs.frozen
class ImportHousehold(Edit):
    """Opens another household.

    Account kinds that the user set stay where the account is still there and the file doesn't state its kind.
    Flows, rules and orders that name an account which is gone are dropped with it; the rest of the target stays.
    """

    household: Household
    text: str = "Import household"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        chosen = {a.id: a for a in document.household.accounts if a.kind_source == "user"}
        accounts = tuple(
            attrs.evolve(account, kind=chosen[account.id].kind, kind_source="user")
            if account.id in chosen and account.kind_source != "file"
            else account
            for account in self.household.accounts
        )
        household = self.household
        if accounts != household.accounts:
            household = attrs.evolve(household, accounts=accounts)
        return {"household": household, "target": _without_lost_accounts(document.target, household), "live": ()}


def _without_lost_accounts(target: Target, household: Household) -> Target:
    known = household.account_by_id
    flows = tuple(flow for flow in target.flows if flow.account in known)

    def kept(keys: tuple[RuleKey, ...]) -> tuple[RuleKey, ...]:
        return tuple(key for key in keys if key.account is None or key.account in known)

    rules = Rules(
        no_buy=kept(target.rules.no_buy),
        no_sell=kept(target.rules.no_sell),
        sell_all=kept(target.rules.sell_all),
        hold=kept(target.rules.hold),
        ranges=tuple(r for r in target.rules.ranges if r.key.account is None or r.key.account in known),
    )
    orders = tuple(order for order in target.orders if _can_be_traded(order, household))
    if flows == target.flows and rules == target.rules and orders == target.orders:
        return target
    return attrs.evolve(target, flows=flows, rules=rules, orders=orders)


def _can_be_traded(order: FixedOrder, household: Household) -> bool:
    """Whether an order decided by hand still makes sense: its account is there, and holds what is to be sold."""
    if order.account not in household.account_by_id:
        return False
    lots = household.lots_by_position.get((order.account, order.symbol), ())
    return order.quantity > 0 or -order.quantity <= float(sum(lot.quantity for lot in lots)) + 1e-9


@attrs.frozen
class SetAccountKind(Edit):
    """Says what kind of account one is; stands above the file's word and any guess."""

    account: str
    kind: AccountKind
    text: str = "Change account kind"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        household = document.household
        if self.account not in household.account_by_id:
            raise UsageError(f"There is no account {self.account} in {household.name}.")
        accounts = tuple(
            attrs.evolve(account, kind=self.kind, kind_source="user") if account.id == self.account else account
            for account in household.accounts
        )
        return {"household": attrs.evolve(household, accounts=accounts)}


@attrs.frozen
class OverrideExposure(Edit):
    """The user's own classification of a security; None goes back to the program's."""

    security: str
    override: Override | None
    text: str = "Change classification"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        overrides = dict(document.overrides)
        if self.override is None:
            overrides.pop(self.security, None)
        else:
            overrides[self.security] = self.override
        return {"overrides": overrides}


@attrs.frozen
class UseRefresh(Edit):
    """Takes over what a refresh found: the household at newer prices, and live sources of classifications."""

    household: Household
    live: tuple[Source, ...]
    text: str = "Use refreshed data"

    def _fields(self, document: Document) -> Mapping[str, Any]:  # noqa: ARG002
        return {"household": self.household, "live": self.live}


@attrs.frozen
class SetOverrides(Edit):
    """All of the user's classifications at once, as read from a file: by symbol, CUSIP or name."""

    overrides: Mapping[str, Override]
    text: str = "Open classifications"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        # A security is found as the classifier finds it: by symbol, else CUSIP, else name.
        by_word = {normalise_symbol(override.symbol): override for override in self.overrides.values()}
        found: dict[str, Override] = {}
        for security in document.household.securities:
            for word in (security.symbol, security.cusip, security.name):
                if word and normalise_symbol(word) in by_word:
                    found[security.id] = by_word[normalise_symbol(word)]
                    break
        used = {normalise_symbol(override.symbol) for override in found.values()}
        found.update({word: override for word, override in by_word.items() if word not in used})
        return {"overrides": found}


@attrs.frozen
class SetTarget(Edit):
    """A whole target, as read from a file."""

    target: Target
    text: str = "Open target"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        target = _without_lost_accounts(self.target, document.household)
        return {"pins": {}, **_signals_resolved(document, target)}


def _signals_resolved(document: Document, target: Target) -> dict[str, Any]:
    """The target with the preset ``signals`` made a point by the document's observations on its household's day."""
    target, suggestion = resolved(target, document.household.as_of, document.market)
    if suggestion is None and target.style.preset == SIGNALS:
        return {"target": target}
    return {"target": target, "suggestion": suggestion}


@attrs.frozen
class SetStyle(Edit):
    """A whole style: a preset, a point, a box, or the present box (nothing asked). Pins are let go."""

    style: Style
    text: str = "Change style"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        known = (*presets(), SIGNALS)
        if self.style.preset is not None and self.style.preset not in known:
            raise UsageError(f"There is no preset {self.style.preset}; known: {', '.join(known)}.")
        return {"pins": {}, **_signals_resolved(document, attrs.evolve(document.target, style=self.style))}


@attrs.frozen
class SetPoint(Edit):
    """A point on the tilt pad; pinned cells keep their share, the others follow."""

    size: float
    value: float
    text: str = "Move tilt"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        scope = document.target.style.scope
        if document.pins:
            style = Style(box=box_with_pins(self.size, self.value, document.pins).box, scope=scope)
        else:
            style = Style(size=self.size, value=self.value, scope=scope)
        return {"target": attrs.evolve(document.target, style=style)}

    def _merge_key(self) -> str:
        return "point"


def cell_limit(cell: int, pins: Mapping[int, float]) -> float:
    """The largest share a cell may take beside the pinned ones."""
    return max(0.0, 1.0 - math.fsum(share for k, share in pins.items() if k != cell))


def box_with_cell(base: Box, cell: int, share: float, pins: Mapping[int, float]) -> Box:
    """``base`` with one cell at ``share``; pinned cells stay, the free ones keep their proportions and fill up to 1.

    Raises UsageError where the share is negative, above what the pinned cells leave, or no free cell is left to
    make up the sum.
    """
    limit = cell_limit(cell, pins)
    if not -1e-12 <= share <= limit + 1e-9:
        raise UsageError(f"This cell can hold between 0 and {limit:.1%}.")
    share = min(max(share, 0.0), limit)
    free = [k for k in range(9) if k != cell and k not in pins]
    rest = limit - share
    if not free and rest > 1e-9:
        raise UsageError("All other cells are pinned; unpin one so that the nine can sum to 100 %.")
    held = math.fsum(base[k] for k in free)
    box = [pins.get(k, 0.0) for k in range(9)]
    box[cell] = share
    for k in free:
        box[k] = rest * base[k] / held if held > 1e-12 else rest / len(free)
    return tuple(box)


@attrs.frozen
class SetBoxCell(Edit):
    """One cell of the nine-box editor, the others making room. ``base`` is the target box shown when it was edited."""

    cell: int
    share: float
    base: Box
    text: str = "Change style box"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        box = box_with_cell(self.base, self.cell, self.share, document.pins)
        style = Style(box=box, scope=document.target.style.scope)
        fields: dict[str, Any] = {"target": attrs.evolve(document.target, style=style)}
        if self.cell in document.pins:
            fields["pins"] = {**document.pins, self.cell: box[self.cell]}
        return fields

    def _merge_key(self) -> str:
        return f"cell {self.cell}"


@attrs.frozen
class PinCell(Edit):
    """Holds a cell at the share it has in ``base`` (the target box shown), or lets it go."""

    cell: int
    pinned: bool
    base: Box
    text: str = "Pin style cell"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        pins = dict(document.pins)
        if not self.pinned:
            pins.pop(self.cell, None)
            return {"pins": pins}
        pins[self.cell] = self.base[self.cell]
        style = Style(box=self.base, scope=document.target.style.scope)
        return {"pins": pins, "target": attrs.evolve(document.target, style=style)}


@attrs.frozen
class SetMix(Edit):
    """The wanted asset mix; None keeps the present one."""

    mix: Mapping[str, float] | None
    text: str = "Change mix"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        if self.mix is not None and (
            any(share < -1e-12 for share in self.mix.values()) or math.fsum(self.mix.values()) > 1 + 1e-6
        ):
            raise UsageError("The shares of a mix are between 0 and 100 % and sum to at most 100 %.")
        return {"target": attrs.evolve(document.target, mix=self.mix)}

    def _merge_key(self) -> str:
        return "mix"


@attrs.frozen
class SetTax(Edit):
    """Tax rates and what may be sold."""

    tax: TaxSettings
    text: str = "Change tax settings"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        return {"target": attrs.evolve(document.target, tax=self.tax)}

    def _merge_key(self) -> str:
        return "tax"


@attrs.frozen
class SetTrading(Edit):
    """Costs and limits of trading."""

    trading: Trading
    text: str = "Change trading settings"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        return {"target": attrs.evolve(document.target, trading=self.trading)}

    def _merge_key(self) -> str:
        return "trading"


@attrs.frozen
class SetRules(Edit):
    """Restrictions by security."""

    rules: Rules
    text: str = "Change rules"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        return {"target": attrs.evolve(document.target, rules=self.rules)}


@attrs.frozen
class SetBands(Edit):
    """Width of the bands and how far back into them to go."""

    bands: Bands
    text: str = "Change bands"

    def _fields(self, document: Document) -> Mapping[str, Any]:
        return {"target": attrs.evolve(document.target, bands=self.bands)}

    def _merge_key(self) -> str:
        return "bands"
