"""Figures of one household that the list shows, from its document alone: no classification, no plan."""

from __future__ import annotations

from decimal import Decimal

import attrs

from core.book.codec import sha256
from core.book.connection import Database
from core.edits import Document
from core.household import SecurityType, Severity
from core.money import ZERO, to_cents

_CASH_TYPES = (SecurityType.MONEY_MARKET, SecurityType.CASH)


@attrs.frozen
class Figures:
    """Dollars; ``as_of`` ISO.

    cash : balances, pending amounts and money-market funds. reserve_short : what accounts lack of their cash reserve.
    losses : unrealised losses of lots in taxable accounts, positive. missing_basis : value of lots in taxable
    accounts whose basis isn't known. errors : findings that forbid a plan.
    """

    as_of: str
    value: Decimal
    cash: Decimal
    reserve_short: Decimal
    losses: Decimal
    missing_basis: Decimal
    accounts: int
    lots: int
    errors: int


def figures_of(document: Document) -> Figures:
    """The figures of a document."""
    household = document.household
    taxable = {account.id for account in household.accounts if account.kind.is_taxable}
    funds = {security.id for security in household.securities if security.type in _CASH_TYPES}
    cash = sum((account.cash + account.pending for account in household.accounts), ZERO)
    losses = missing = ZERO
    for lot in household.lots:
        if lot.security in funds:
            cash += lot.market_value
        elif lot.account in taxable:
            if lot.cost_basis is None:
                missing += lot.market_value
            elif lot.market_value < lot.cost_basis:
                losses += lot.cost_basis - lot.market_value
    reserve = Decimal(repr(document.target.trading.cash_reserve))
    short = sum((max(ZERO, to_cents(a.market_value * reserve) - a.cash) for a in household.accounts), ZERO)
    errors = sum(finding.severity is Severity.ERROR for finding in household.findings)
    return Figures(
        household.as_of.isoformat(),
        household.value,
        cash,
        short,
        losses,
        missing,
        len(household.accounts),
        len(household.lots),
        errors,
    )


def state_of(database: Database, household: int) -> bytes:
    """A hash of the household's present document: another document, another hash."""
    rows = database.rows(
        "SELECT s.kind, p.sha256 FROM household h JOIN step_part s ON s.household = h.id AND s.number = h.position "
        "JOIN part p ON p.id = s.part WHERE h.id = ? ORDER BY s.kind",
        (household,),
    )
    return sha256(b"".join(kind.encode() + digest for kind, digest in rows))


def write_figures(database: Database, household: int, figures: Figures) -> None:
    """Keep the figures of a household's present document."""
    plain = [str(value) if isinstance(value, Decimal) else value for value in attrs.astuple(figures)]
    database.run(
        "INSERT OR REPLACE INTO figures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (household, state_of(database, household), *plain),
    )
