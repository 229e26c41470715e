"""The household: accounts, securities and tax lots of one client family, as read from files.

All money is Decimal dollars, all dates are trade dates. Unknown values are ``None`` and stay so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

import attrs

from core.money import ZERO
from core.words import name_and_number


class AccountKind(StrEnum):
    """Tax kind of an account. Only TAXABLE and TRUST realise gains for tax."""

    TAXABLE = "taxable"
    TRADITIONAL = "traditional"
    ROTH = "roth"
    HSA = "hsa"
    EDUCATION = "529"
    TRUST = "trust"
    OTHER = "other"

    @property
    def is_taxable(self) -> bool:
        """Whether sales in the account are taxed now. OTHER is treated as taxable, the cautious side."""
        return self in (AccountKind.TAXABLE, AccountKind.TRUST, AccountKind.OTHER)

    @property
    def words(self) -> str:
        """The kind within a sentence: Roth, traditional IRA or 401(k)."""
        return _KIND_WORDS.get(self, self.value)


_KIND_WORDS = {
    AccountKind.TRADITIONAL: "traditional IRA or 401(k)",
    AccountKind.ROTH: "Roth",
    AccountKind.HSA: "HSA",
}


class SecurityType(StrEnum):
    """What kind of instrument a security is."""

    STOCK = "stock"
    ETF = "etf"
    MUTUAL_FUND = "mutual_fund"
    MONEY_MARKET = "money_market"
    BOND = "bond"
    OPTION = "option"
    CASH = "cash"
    OTHER = "other"

    @property
    def words(self) -> str:
        """The kind within a sentence or table: ETF, mutual fund."""
        return "ETF" if self is SecurityType.ETF else self.value.replace("_", " ")


class Term(StrEnum):
    """Holding period of a lot at the household's date."""

    SHORT = "short"
    LONG = "long"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """How serious a finding is: an error blocks, a warning must be read, info explains."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@attrs.frozen
class Finding:
    """One thing the user should know, in plain words: where, what was found, what to do."""

    severity: Severity
    code: str
    where: str
    message: str


@attrs.frozen
class Account:
    """One brokerage account.

    ``cash`` is the settled balance (may be negative: a margin debit), ``pending`` the unsettled activity kept
    apart from it. ``market_value`` = lots + cash + pending.
    """

    id: str
    name: str
    custodian: str | None
    kind: AccountKind
    kind_source: str  # "file", "guess" or "user"
    cash: Decimal
    pending: Decimal
    market_value: Decimal


@attrs.frozen
class Security:
    """One security. ``multiplier`` turns quantity x price into dollars: bonds 0.01, options 100, else 1."""

    id: str
    symbol: str | None
    cusip: str | None
    name: str
    type: SecurityType
    price: Decimal | None
    multiplier: Decimal = Decimal(1)

    @property
    def label(self) -> str:
        """What people call it: its symbol, else its CUSIP, else its name."""
        return self.symbol or self.cusip or self.name


@attrs.frozen
class Lot:
    """A tax lot, or a whole position where the files give no lots (then ``acquired`` is None)."""

    account: str
    security: str
    quantity: Decimal
    market_value: Decimal
    cost_basis: Decimal | None
    acquired: date | None
    term: Term
    side: str | None = None  # "cash", "margin" or None


@attrs.frozen
class SkippedRow:
    """A row of a file that holds no holding: its number (from 1) and why it was passed over."""

    row: int
    reason: str


@attrs.frozen
class ControlTotal:
    """A total that a file states, against what was read from its rows; dollars."""

    scope: str
    stated: Decimal
    read: Decimal

    @property
    def difference(self) -> Decimal:
        """Read minus stated."""
        return self.read - self.stated


@attrs.frozen
class SourceFile:
    """A file the household was read from. ``rows == used + len(skipped)``."""

    path: str
    sha256: str
    layout: str
    as_of: date | None
    rows: int
    used: int
    skipped: tuple[SkippedRow, ...] = ()
    control_totals: tuple[ControlTotal, ...] = ()


@attrs.frozen(slots=False)
class Household:
    """Everything known of one client household at one date.

    ``lots`` may be given as what makes them: then it is called when they are first asked for.
    """

    name: str
    as_of: date
    accounts: tuple[Account, ...]
    securities: tuple[Security, ...]
    _lots: tuple[Lot, ...] | Callable[[], tuple[Lot, ...]] = attrs.field(
        alias="lots", eq=lambda lots: lots() if callable(lots) else lots, repr=False
    )
    files: tuple[SourceFile, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def lots(self) -> tuple[Lot, ...]:
        """Every tax lot, account by account in file order."""
        if callable(self._lots):
            object.__setattr__(self, "_lots", self._lots())
        return self._lots  # type: ignore[return-value]

    @cached_property
    def account_by_id(self) -> dict[str, Account]:
        """Accounts by id."""
        return {account.id: account for account in self.accounts}

    @cached_property
    def account_names(self) -> dict[str, str]:
        """What people call each account, by id: its name, else its number; of a name that several share, the end of
        the number too.
        """
        names = [" ".join(account.name.split()) or account.id for account in self.accounts]
        times = Counter(names)
        return {
            account.id: name if times[name] == 1 else name_and_number(name, account.id)
            for account, name in zip(self.accounts, names, strict=True)
        }

    def place_words(self, where: str) -> str:
        """Where a finding is, with accounts by name: ``5512-8047:VTI`` is VTI in Joint; other places as they are."""
        if where in self.account_names:
            return self.account_names[where]
        account, _, security = where.rpartition(":")
        return f"{security} in {self.account_names[account]}" if account in self.account_names else where

    @cached_property
    def security_by_id(self) -> dict[str, Security]:
        """Securities by id."""
        return {security.id: security for security in self.securities}

    @cached_property
    def lots_by_position(self) -> dict[tuple[str, str], tuple[Lot, ...]]:
        """Lots of each (account id, security id), in file order."""
        positions: dict[tuple[str, str], list[Lot]] = {}
        for lot in self.lots:
            positions.setdefault((lot.account, lot.security), []).append(lot)
        return {key: tuple(lots) for key, lots in positions.items()}

    @cached_property
    def value(self) -> Decimal:
        """Household value in dollars: every lot, cash balance and pending amount."""
        lots = sum((lot.market_value for lot in self.lots), ZERO)
        return lots + sum((a.cash + a.pending for a in self.accounts), ZERO)

    def with_findings(self, findings: Iterable[Finding]) -> Household:
        """A copy with more findings at the end."""
        return attrs.evolve(self, findings=(*self.findings, *findings))
