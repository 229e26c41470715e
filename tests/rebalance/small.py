"""A tiny household that can be worked out by hand: a taxable account and an IRA, three funds, a stock, a note."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import attrs

from core.classify.exposure import Confidence, Exposure
from core.household import Account, AccountKind, Household, Lot, Security, SecurityType, Term
from core.rebalance.evaluate import evaluate
from core.rebalance.proposal import Trade
from core.tilt.target import Style, Target, Trading

AS_OF = date(2026, 10, 30)
NO_BOX = (0.0,) * 9
LARGE_VALUE_BOX = (1.0, *(0.0,) * 8)
SMALL_VALUE_BOX = (*(0.0,) * 6, 1.0, 0.0, 0.0)
US = (1.0, *(0.0,) * 6)
DEVELOPED = (0.0, 1.0, *(0.0,) * 5)
BONDS = (0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0)
NO_SECTOR = (*(0.0,) * 11, 1.0)
ENERGY = tuple(1.0 if k == 3 else 0.0 for k in range(12))
UTILITIES = tuple(1.0 if k == 10 else 0.0 for k in range(12))


def dec(text: str) -> Decimal:
    return Decimal(text)


def exposure(
    symbol: str,
    mix: Sequence[float],
    box: Sequence[float] = NO_BOX,
    sectors: Sequence[float] = NO_SECTOR,
    group: str | None = None,
    kind: SecurityType = SecurityType.ETF,
) -> Exposure:
    source = {"mix": "test", "style_box": "test", "sectors": "test"}
    return Exposure(
        symbol, symbol, kind, tuple(mix), tuple(box), tuple(sectors), source, None, Confidence.HIGH, "", group
    )


def lot(
    account: str,
    security: str,
    quantity: str,
    value: str,
    basis: str | None,
    acquired: date | None,
    lot_term: Term = Term.UNKNOWN,
) -> Lot:
    return Lot(account, security, dec(quantity), dec(value), None if basis is None else dec(basis), acquired, lot_term)


EXPOSURES = {
    "LV": exposure("LV", US, LARGE_VALUE_BOX, ENERGY, "large value index"),
    "LV2": exposure("LV2", US, LARGE_VALUE_BOX, ENERGY, "large value index"),
    "SV": exposure("SV", US, SMALL_VALUE_BOX, UTILITIES),
    "BD": exposure("BD", BONDS, kind=SecurityType.MUTUAL_FUND),
    "ST": exposure("ST", US, LARGE_VALUE_BOX, ENERGY, kind=SecurityType.STOCK),
    "NOTE": exposure("NOTE", BONDS, kind=SecurityType.BOND),
    "CALL": exposure("CALL", (*(0.0,) * 5, 1.0, 0.0), kind=SecurityType.OPTION),
}

SECURITIES = (
    Security("LV", "LV", None, "Large value", SecurityType.ETF, dec("100")),
    Security("LV2", "LV2", None, "Large value, other share class", SecurityType.ETF, dec("25")),
    Security("SV", "SV", None, "Small value", SecurityType.ETF, dec("50")),
    Security("BD", "BD", None, "Bond fund", SecurityType.MUTUAL_FUND, dec("10")),
    Security("ST", "ST", None, "Stock", SecurityType.STOCK, dec("20")),
    Security("NOTE", None, "000000AA0", "Note 2033", SecurityType.BOND, dec("98.5"), dec("0.01")),
    Security("CALL", None, None, "Call", SecurityType.OPTION, dec("3"), dec("100")),
)

#: Indices of LOTS.
LV_OLD, LV_LOSS, LV_UNKNOWN, SV_IRA, BD_IRA = range(5)
LOTS = (
    lot("T", "LV", "100", "10000", "6000", date(2020, 1, 15)),  # long gain 40 a share
    lot("T", "LV", "50", "5000", "5500", date(2026, 3, 2)),  # short loss 10 a share
    lot("T", "LV", "20", "2000", None, None),
    lot("I", "SV", "40", "2000", "1500", date(2024, 5, 1)),
    lot("I", "BD", "150", "1500", "1500", date(2024, 5, 1)),
)


def account(id_: str, kind: AccountKind, cash: str, pending: str = "0") -> Account:
    return Account(id_, id_, None, kind, "file", dec(cash), dec(pending), dec("0"))


HOUSEHOLD = Household(
    "Small",
    AS_OF,
    (account("T", AccountKind.TAXABLE, "1000"), account("I", AccountKind.TRADITIONAL, "500")),
    SECURITIES,
    LOTS,
)

#: Half large value, half small value; no location drag, so that every figure is on this page.
TARGET = Target(
    style=Style(box=(0.5, 0, 0, 0, 0, 0, 0.5, 0, 0)), trading=Trading(location=False, max_stock=1.0, min_trade=250.0)
)


def trading(**changes: object) -> Target:
    return attrs.evolve(TARGET, trading=attrs.evolve(TARGET.trading, **changes))


def taxes(**changes: object) -> Target:
    return attrs.evolve(TARGET, tax=attrs.evolve(TARGET.tax, **changes))


def rules(**changes: object) -> Target:
    return attrs.evolve(TARGET, rules=attrs.evolve(TARGET.rules, **changes))


def with_lots(*lots: Lot) -> Household:
    return attrs.evolve(HOUSEHOLD, lots=(*LOTS, *lots))


def broken(trades: Sequence[Trade], target: Target = TARGET, household: Household = HOUSEHOLD) -> set[str]:
    """Keys of the rules the evaluator finds broken."""
    return {violation.rule for violation in evaluate(household, EXPOSURES, target, trades).violations}
