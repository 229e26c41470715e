"""A small invented household for tests of the window: three accounts, seven securities, eleven lots."""

from datetime import date
from decimal import Decimal

from core.classify.exposure import Confidence, Exposure
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

AS_OF = date(2026, 6, 30)


def _money(text):
    return Decimal(text)


SECURITIES = (
    Security("VTI", "VTI", None, "Vanguard Total Stock Market ETF", SecurityType.ETF, _money("250.00")),
    Security("VUG", "VUG", None, "Vanguard Growth ETF", SecurityType.ETF, _money("400.00")),
    Security("VBR", "VBR", None, "Vanguard Small-Cap Value ETF", SecurityType.ETF, _money("180.00")),
    Security("VXUS", "VXUS", None, "Vanguard Total International Stock ETF", SecurityType.ETF, _money("60.00")),
    Security("BND", "BND", None, "Vanguard Total Bond Market ETF", SecurityType.ETF, _money("72.00")),
    Security("AAPL", "AAPL", None, "Apple Inc", SecurityType.STOCK, _money("200.00")),
    Security("ZZQX", "ZZQX", None, "Quixote Holdings", SecurityType.OTHER, _money("10.00")),
)

_LOTS = (
    ("1111", "VTI", "400", "60000", date(2019, 3, 4), Term.LONG),
    ("1111", "VTI", "100", "26000", date(2026, 2, 2), Term.SHORT),
    ("1111", "VUG", "150", "30000", date(2018, 5, 7), Term.LONG),
    ("1111", "AAPL", "200", "12000", date(2016, 1, 11), Term.LONG),
    ("1111", "ZZQX", "300", None, None, Term.UNKNOWN),
    ("2222", "VTI", "300", None, None, Term.UNKNOWN),
    ("2222", "BND", "1000", None, None, Term.UNKNOWN),
    ("2222", "VXUS", "900", None, None, Term.UNKNOWN),
    ("3333", "VUG", "80", "19200", date(2019, 5, 6), Term.LONG),
    ("3333", "VBR", "90", None, None, Term.UNKNOWN),
)


def small_household(name="Harper household"):
    """The household itself."""
    prices = {security.id: security.price for security in SECURITIES}
    lots = tuple(
        Lot(
            account,
            security,
            Decimal(quantity),
            Decimal(quantity) * prices[security],
            None if basis is None else Decimal(basis),
            acquired,
            term,
        )
        for account, security, quantity, basis, acquired, term in _LOTS
    )
    accounts = tuple(
        Account(
            id_,
            title,
            "Invented Brokerage",
            kind,
            source,
            Decimal(cash),
            Decimal(0),
            Decimal(cash) + sum(lot.market_value for lot in lots if lot.account == id_),
        )
        for id_, title, kind, source, cash in (
            ("1111", "Joint brokerage", AccountKind.TAXABLE, "file", "8200.50"),
            ("2222", "Rollover IRA", AccountKind.TRADITIONAL, "guess", "3100"),
            ("3333", "Roth IRA", AccountKind.ROTH, "file", "950.25"),
        )
    )
    total = sum(account.market_value for account in accounts)
    return Household(
        name=name,
        as_of=AS_OF,
        accounts=accounts,
        securities=SECURITIES,
        lots=lots,
        files=(
            SourceFile(
                "positions.csv",
                "0" * 64,
                "generic",
                AS_OF,
                rows=12,
                used=11,
                skipped=(SkippedRow(12, "total line"),),
                control_totals=(ControlTotal("household", total, total),),
            ),
        ),
        findings=(
            Finding(Severity.WARNING, "account-kind", "2222", "The account's kind is a guess from its name; check it."),
        ),
    )


def _exposure(symbol, mix, box, type_=SecurityType.ETF, confidence=Confidence.HIGH):
    security = next(s for s in SECURITIES if s.id == symbol)
    return Exposure(
        symbol=symbol,
        name=security.name,
        type=type_,
        mix=mix,
        style_box=box,
        sectors=(0.1,) * 10 + (0.0, 0.0) if sum(mix[:3]) else (0.0,) * 11 + (1.0,),
        source={"mix": "core table", "style_box": "core table", "sectors": "core table"},
        as_of="2026-03-31",
        confidence=confidence,
    )


def small_exposures():
    """Exposures of the household's securities by id."""
    us, world, bonds = (1.0, 0, 0, 0, 0, 0, 0), (0, 0.75, 0.25, 0, 0, 0, 0), (0, 0, 0, 1.0, 0, 0, 0)
    none = (0.0,) * 9
    return {
        "VTI": _exposure("VTI", us, (0.24, 0.24, 0.24, 0.06, 0.06, 0.06, 0.04, 0.03, 0.03)),
        "VUG": _exposure("VUG", us, (0.02, 0.18, 0.70, 0.0, 0.02, 0.08, 0.0, 0.0, 0.0)),
        "VBR": _exposure("VBR", us, (0.0, 0.0, 0.0, 0.2, 0.1, 0.0, 0.5, 0.2, 0.0)),
        "VXUS": _exposure("VXUS", world, none),
        "BND": _exposure("BND", bonds, none),
        "AAPL": _exposure("AAPL", us, (0.0, 0.3, 0.7, 0, 0, 0, 0, 0, 0), SecurityType.STOCK),
        "ZZQX": _exposure("ZZQX", (0, 0, 0, 0, 0, 0, 1.0), none, SecurityType.OTHER, Confidence.NONE),
    }
