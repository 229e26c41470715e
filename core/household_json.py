"""Household JSON, schema ``trimtab/household/1``, both ways.

Money, prices and quantities are JSON numbers; money is rounded to cents.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

import attrs

from core.errors import InputError
from core.household import (
    Account,
    AccountKind,
    ControlTotal,
    Finding,
    Household,
    Lot,
    Security,
    SecurityType,
    Severity,
    SkippedRow,
    SourceFile,
    Term,
)
from core.money import CENT, ZERO, to_cents
from core.tax.holding_period import term
from core.words import day_words, dollars, name_and_number, number_words

SCHEMA = "trimtab/household/1"

_KIND_SOURCES = ("file", "guess", "user")
_SIDES = ("cash", "margin")
_LIMIT = Decimal(10) ** 15
# Far outside what any market prints, and near enough to what a solver computes with.
_LOWEST_PRICE, _HIGHEST_PRICE = Decimal("1e-8"), Decimal("1e9")
_LOWEST_MULTIPLIER, _HIGHEST_MULTIPLIER = Decimal("1e-6"), Decimal("1e6")
_LEAST_QUANTITY = Decimal("1e-9")
E = TypeVar("E", bound=StrEnum)


def household_to_json(household: Household) -> dict[str, Any]:
    """The household as a JSON document: money rounded to cents, quantities and prices as they are."""
    return {
        "schema": SCHEMA,
        "name": household.name,
        "as_of": household.as_of.isoformat(),
        "accounts": [
            {
                "id": account.id,
                "name": account.name,
                "custodian": account.custodian,
                "kind": account.kind.value,
                "kind_source": account.kind_source,
                "cash": _money(account.cash),
                "pending": _money(account.pending),
                "market_value": _money(account.market_value),
            }
            for account in household.accounts
        ],
        "securities": [
            {
                "id": security.id,
                "symbol": security.symbol,
                "cusip": security.cusip,
                "name": security.name,
                "type": security.type.value,
                "price": None if security.price is None else float(security.price),
                "multiplier": float(security.multiplier),
            }
            for security in household.securities
        ],
        "lots": [
            {
                "account": lot.account,
                "security": lot.security,
                "quantity": float(lot.quantity),
                "market_value": _money(lot.market_value),
                "cost_basis": None if lot.cost_basis is None else _money(lot.cost_basis),
                "acquired": None if lot.acquired is None else lot.acquired.isoformat(),
                "term": lot.term.value,
                "side": lot.side,
            }
            for lot in household.lots
        ],
        "files": [_file_to_json(file) for file in household.files],
        "findings": [
            {
                "severity": finding.severity.value,
                "code": finding.code,
                "where": finding.where,
                "message": finding.message,
            }
            for finding in household.findings
        ],
    }


def _file_to_json(file: SourceFile) -> dict[str, Any]:
    return {
        "path": file.path,
        "sha256": file.sha256,
        "layout": file.layout,
        "as_of": None if file.as_of is None else file.as_of.isoformat(),
        "rows": file.rows,
        "used": file.used,
        "skipped": [{"row": row.row, "reason": row.reason} for row in file.skipped],
        "control_totals": [
            {
                "scope": total.scope,
                "stated": _money(total.stated),
                "read": _money(total.read),
                "difference": _money(total.difference),
            }
            for total in file.control_totals
        ],
    }


def _money(amount: Decimal) -> float:
    return float(to_cents(amount))


class _Item:
    """One JSON object, its values taken by key with the place named in every complaint."""

    def __init__(self, value: Any, where: str) -> None:
        if not isinstance(value, Mapping):
            raise InputError(f"{where}: expected an object in braces, found {_shown(value)}.")
        self.value = value
        self.where = where
        self._taken: set[str] = set()

    def _get(self, key: str, *default: Any) -> Any:
        self._taken.add(key)
        if key not in self.value:
            if default:
                return default[0]
            raise InputError(f"{self.where}: the key {key!r} is missing.")
        return self.value[key]

    def _bad(self, key: str, expected: str) -> InputError:
        return InputError(f"{self.where}.{key}: expected {expected}, found {_shown(self.value[key])}.")

    def text(self, key: str, *default: str) -> str:
        value = self._get(key, *default)
        if not isinstance(value, str):
            raise self._bad(key, "a text")
        return value

    def optional_text(self, key: str) -> str | None:
        return None if self._get(key, None) is None else self.text(key)

    def number(self, key: str, *default: Decimal) -> Decimal:
        value = self._get(key, *default)
        if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
            raise self._bad(key, "a number")
        try:
            number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        except InvalidOperation:
            raise self._bad(key, "a number") from None
        if not number.is_finite() or abs(number) >= _LIMIT:
            raise self._bad(key, "a number below 1e15")
        return number

    def optional_number(self, key: str) -> Decimal | None:
        return None if self._get(key, None) is None else self.number(key)

    def integer(self, key: str) -> int:
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self._bad(key, "a whole number, zero or more")
        return value

    def optional_date(self, key: str) -> date | None:
        value = self._get(key, None)
        if value is None:
            return None
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            raise self._bad(key, "a date such as 2026-03-31") from None

    def date(self, key: str) -> date:
        self._get(key)
        value = self.optional_date(key)
        if value is None:
            raise self._bad(key, "a date such as 2026-03-31")
        return value

    def choice(self, key: str, kind: type[E], *default: E) -> E:
        value = self._get(key, *default)
        try:
            return kind(value)
        except ValueError:
            raise self._bad(key, "one of " + ", ".join(member.value for member in kind)) from None

    def items(self, key: str, *, required: bool) -> list[_Item]:
        value = self._get(key) if required else self._get(key, [])
        if not isinstance(value, (list, tuple)):
            raise self._bad(key, "a list in brackets")
        return [_Item(entry, f"{self.where}.{key}[{index}]") for index, entry in enumerate(value)]

    def done(self) -> None:
        unknown = sorted(str(key) for key in self.value if key not in self._taken)
        if unknown:
            raise InputError(
                f"{self.where}: unknown key {unknown[0]!r}; known keys are {', '.join(sorted(self._taken))}."
            )


def _shown(value: Any) -> str:
    text = str(value) if isinstance(value, Decimal) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def household_from_json(document: Any, where: str) -> Household:
    """The household that a JSON document describes, checked throughout.

    Parameters
    ----------
    document
        The parsed JSON; numbers may be int, float or Decimal.
    where
        Name of the file, for messages.

    Returns
    -------
    Household
        With accounts' market values as the sum of their parts, and the terms of dated lots as of its date; a stated
        one that differs is reported as a finding.

    Raises
    ------
    InputError
        Where a key is missing, unknown, or of the wrong type; where ids repeat or refer to nothing.
    """
    root = _Item(document, where)
    schema = root.text("schema")
    if schema != SCHEMA:
        raise InputError(f"{where}: schema {schema!r} is not known; expected {SCHEMA!r}.")
    name, as_of = root.text("name"), root.date("as_of")
    findings: list[Finding] = []
    securities = [_security(item) for item in root.items("securities", required=True)]
    lot_items = root.items("lots", required=True)
    account_items = root.items("accounts", required=True)
    by_id = {security.id: security for security in securities}
    account_ids = _unique([item.text("id") for item in account_items], f"{where}.accounts")
    security_ids = _unique([security.id for security in securities], f"{where}.securities")
    lots = [_lot(item, account_ids, security_ids, as_of, findings) for item in lot_items]
    for lot, item in zip(lots, lot_items, strict=True):
        findings += _arithmetic(lot, by_id[lot.security], item.where)
    totals: dict[str, Decimal] = dict.fromkeys(account_ids, ZERO)
    for lot in lots:
        totals[lot.account] += lot.market_value
    accounts = [_account(item, totals, findings) for item in account_items]
    files = [_file(item) for item in root.items("files", required=False)]
    stated = [_finding(item) for item in root.items("findings", required=False)]
    root.done()
    household = Household(name, as_of, tuple(accounts), tuple(securities), tuple(lots), tuple(files), tuple(stated))
    return household.with_findings(finding for finding in findings if finding not in stated)


def _unique(ids: list[str], where: str) -> frozenset[str]:
    seen: set[str] = set()
    for index, identity in enumerate(ids):
        if identity in seen:
            raise InputError(f"{where}[{index}].id: {identity!r} stands twice; ids must differ.")
        seen.add(identity)
    return frozenset(seen)


def _account(item: _Item, lots: Mapping[str, Decimal], findings: list[Finding]) -> Account:
    identity = item.text("id")
    source = item.text("kind_source", "file")
    if source not in _KIND_SOURCES:
        raise item._bad("kind_source", "one of " + ", ".join(_KIND_SOURCES))
    cash, pending = to_cents(item.number("cash", ZERO)), to_cents(item.number("pending", ZERO))
    value = lots[identity] + cash + pending
    stated = item.optional_number("market_value")
    if stated is not None and abs(stated - value) > CENT:
        message = (
            f"{name_and_number(item.text('name', identity), identity)}: the stated market value is {dollars(stated)}, "
            f"its lots, cash and pending activity sum to {dollars(value)}; the sum is used."
        )
        findings.append(Finding(Severity.WARNING, "account-value", item.where, message))
    account = Account(
        identity,
        item.text("name", identity),
        item.optional_text("custodian"),
        item.choice("kind", AccountKind),
        source,
        cash,
        pending,
        value,
    )
    item.done()
    return account


def _security(item: _Item) -> Security:
    identity = item.text("id")
    price, multiplier = item.optional_number("price"), item.number("multiplier", Decimal(1))
    if not identity:
        raise item._bad("id", "a text that is not empty")
    if price is not None and price != 0 and not _LOWEST_PRICE <= price <= _HIGHEST_PRICE:
        raise item._bad("price", "a price of zero, or from 0.00000001 to a thousand million dollars")
    if not _LOWEST_MULTIPLIER <= multiplier <= _HIGHEST_MULTIPLIER:
        raise item._bad("multiplier", "a number from 0.000001 to a million")
    security = Security(
        identity,
        item.optional_text("symbol"),
        item.optional_text("cusip"),
        item.text("name", identity),
        item.choice("type", SecurityType),
        price,
        multiplier,
    )
    item.done()
    return security


def _lot(
    item: _Item, accounts: frozenset[str], securities: frozenset[str], as_of: date, findings: list[Finding]
) -> Lot:
    account, security = item.text("account"), item.text("security")
    if account not in accounts:
        raise item._bad("account", "the id of one of the accounts")
    if security not in securities:
        raise item._bad("security", "the id of one of the securities")
    quantity = item.number("quantity")
    if abs(quantity) < _LEAST_QUANTITY:
        raise item._bad("quantity", "a number other than zero, at least 0.000000001")
    cost, acquired = item.optional_number("cost_basis"), item.optional_date("acquired")
    stated = item.choice("term", Term, term(acquired, as_of))
    side = item.optional_text("side")
    if side is not None and side not in _SIDES:
        raise item._bad("side", "cash, margin or null")
    actual = stated if acquired is None else term(acquired, as_of)
    if acquired is not None and stated not in (actual, Term.UNKNOWN):
        message = (
            f"{security} acquired {day_words(acquired)} is {actual.value}-term on {day_words(as_of)}, not "
            f"{stated.value} as stated."
        )
        findings.append(Finding(Severity.WARNING, "lot-term", item.where, message))
    lot = Lot(
        account,
        security,
        quantity,
        to_cents(item.number("market_value")),
        None if cost is None else to_cents(cost),
        acquired,
        actual,
        side,
    )
    item.done()
    return lot


def _arithmetic(lot: Lot, security: Security, where: str) -> list[Finding]:
    """A finding where quantity x price x multiplier is not the stated market value.

    The price is that of the security, printed once for lots of several files, and values are in cents: half a per
    cent, or half a unit of the price's last digit, may lie between.
    """
    if security.price is None:
        return []
    product = lot.quantity * security.price * security.multiplier
    digits = security.price.as_tuple().exponent
    last = Decimal(1).scaleb(min(digits if isinstance(digits, int) else -2, -2)) / 2
    slack = max(abs(product) / 200, abs(lot.quantity) * last * security.multiplier, CENT)
    if abs(product - lot.market_value) <= slack:
        return []
    times = "" if security.multiplier == 1 else f" x {number_words(security.multiplier)}"
    message = (
        f"{security.label}: quantity {number_words(lot.quantity)} x price {number_words(security.price)}{times} = "
        f"{dollars(product)}, but the market value stated is {dollars(lot.market_value)}; the stated value is kept."
    )
    severity = Severity.INFO if security.type is SecurityType.OPTION else Severity.WARNING
    return [Finding(severity, "row-arithmetic", where, message)]


def _file(item: _Item) -> SourceFile:
    skipped = []
    for entry in item.items("skipped", required=False):
        skipped.append(SkippedRow(entry.integer("row"), entry.text("reason")))
        entry.done()
    totals = []
    for entry in item.items("control_totals", required=False):
        totals.append(
            ControlTotal(entry.text("scope"), to_cents(entry.number("stated")), to_cents(entry.number("read")))
        )
        entry.optional_number("difference")
        entry.done()
    file = SourceFile(
        item.text("path"),
        item.text("sha256"),
        item.text("layout"),
        item.optional_date("as_of"),
        item.integer("rows"),
        item.integer("used"),
        tuple(skipped),
        tuple(totals),
    )
    if file.rows != file.used + len(file.skipped):
        raise InputError(f"{item.where}: rows ({file.rows}) must be used ({file.used}) plus skipped ({len(skipped)}).")
    item.done()
    return file


def _finding(item: _Item) -> Finding:
    finding = Finding(item.choice("severity", Severity), item.text("code"), item.text("where"), item.text("message"))
    item.done()
    return finding


def with_kinds(household: Household, kinds: Mapping[str, AccountKind]) -> Household:
    """The household with the tax kinds of some accounts (by id) as the user says."""
    accounts = tuple(
        attrs.evolve(account, kind=kinds[account.id], kind_source="user") if account.id in kinds else account
        for account in household.accounts
    )
    return attrs.evolve(household, accounts=accounts)
