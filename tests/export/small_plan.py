"""A small household with every oddity a workbook must survive, trades made by hand, and the proposal of them."""

from __future__ import annotations

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
from core.rebalance.evaluate import evaluate
from core.rebalance.proposal import Action, Objective, Proposal, TiltLost, Trade, TradeLot
from core.tilt.target import Flow, Style, Target, TaxSettings, Trading

AS_OF = date(2026, 11, 20)
TAXABLE, IRA = "*0042", "42"  # a wildcard, and a number that another account's digits end in

TARGET = Target(
    style=Style(preset="small-value"),
    tax=TaxSettings(short=0.408, long=0.238),
    trading=Trading(ticket=4.95, half_spread=0.0005, cash_reserve=0.01),
    flows=(Flow(TAXABLE, -250.25),),
)


def lot(account, security, quantity, value, basis, acquired, term):
    return Lot(
        account, security, Decimal(quantity), Decimal(value), None if basis is None else Decimal(basis), acquired, term
    )


LOTS = (
    lot(TAXABLE, "AAA", "100", "5000.00", "6100.00", date(2026, 6, 1), Term.SHORT),  # 0: short loss
    lot(TAXABLE, "AAA", "30.5", "1525.00", "900.10", date(2020, 1, 2), Term.LONG),  # 1: long gain, sold in part
    lot(TAXABLE, "BBB", "40", "801.20", None, None, Term.UNKNOWN),  # 2: unknown basis
    lot(TAXABLE, "BBB", "7", "140.21", "100.00", None, Term.UNKNOWN),  # 3: known basis, unknown date
    lot(IRA, "AAA", "60", "3000.00", "1000.00", date(2019, 5, 6), Term.LONG),  # 4: not taxed
    lot(IRA, "912828XX1", "5000", "4987.50", "5000.00", date(2022, 2, 22), Term.LONG),  # 5: a bond
)

SECURITIES = (
    Security("AAA", "AAA", None, "=1+1 Fund", SecurityType.ETF, Decimal("50")),
    Security("BBB", "BBB", None, "@Stock\x07 plc <&>", SecurityType.STOCK, Decimal("20.03")),
    Security("912828XX1", None, "912828XX1", "-Treasury 4%", SecurityType.BOND, Decimal("99.75"), Decimal("0.01")),
    Security("SV", "SV", None, "Small Value ETF", SecurityType.ETF, Decimal("10.001")),
    Security("NONE", "NONE", None, "", SecurityType.OTHER, None),
)


def household():
    def account(id_, name, kind, cash, pending):
        held = sum(x.market_value for x in LOTS if x.account == id_)
        return Account(
            id_, name, "Schwab", kind, "guess", Decimal(cash), Decimal(pending), held + Decimal(cash) + Decimal(pending)
        )

    return Household(
        name="+Doe & Söhne \ud800",
        as_of=AS_OF,
        accounts=(
            account(TAXABLE, "\tJoint", AccountKind.TAXABLE, "1000.00", "-12.34"),
            account(IRA, "-IRA", AccountKind.TRADITIONAL, "55.55", "0"),
        ),
        securities=SECURITIES,
        lots=LOTS,
        files=(
            SourceFile(
                "C:\\Clients\\Doe\\positions.csv",
                "ab" * 32,
                "schwab-positions",
                AS_OF,
                8,
                6,
                (SkippedRow(7, "total"), SkippedRow(8, "blank")),
                (ControlTotal("*0042 Account Total", Decimal("8466.41"), Decimal("8466.41")),),
            ),
        ),
    )


def exposures():
    def fund(symbol, mix, box):
        sectors = (0.05,) * 10 + (0.2, 0.3)
        source = {"mix": "core table", "style_box": "core table", "sectors": "none"}
        return Exposure(
            symbol, symbol, SecurityType.ETF, mix, box, sectors, source, "2026-01-31", Confidence.HIGH, "=note"
        )

    return {
        "AAA": fund("AAA", (0.9, 0.1, 0, 0, 0, 0, 0), (0.1, 0.2, 0.4, 0.1, 0.1, 0.1, 0, 0, 0)),
        "BBB": fund("BBB", (1, 0, 0, 0, 0, 0, 0), (0, 0, 0.5, 0, 0, 0.25, 0, 0, 0)),  # style partly known
        "912828XX1": fund("912828XX1", (0, 0, 0, 1, 0, 0, 0), (0,) * 9),
        "SV": fund("SV", (1, 0, 0, 0, 0, 0, 0), (0, 0, 0, 0.2, 0, 0, 0.7, 0.1, 0)),
    }


def sale(account, security, price, parts, amount, **more):
    """A sale; ``parts`` are (lot, quantity, basis, gain)."""
    lots = tuple(
        TradeLot(
            i,
            LOTS[i].acquired,
            Decimal(q),
            None if basis is None else Decimal(basis),
            None if gain is None else Decimal(gain),
            LOTS[i].term,
        )
        for i, q, basis, gain in parts
    )
    total = sum(part.quantity for part in lots)
    return Trade(account, security, Action.SELL, total, Decimal(price), Decimal(amount), lots, **more)


def purchase(account, security, quantity, price, amount, **more):
    return Trade(account, security, Action.BUY, Decimal(quantity), Decimal(price), Decimal(amount), **more)


#: Every figure worked out by hand.
TRADES = (
    sale(
        TAXABLE,
        "AAA",
        "50",
        # 100 x 50 - 6100 = -1100; 20.5 x 50 = 1025 - 900.10 x 20.5 / 30.5 = 604.99 -> 420.01
        [(0, "100", "6100.00", "-1100.00"), (1, "20.5", "604.99", "420.01")],
        "6025.00",
        reason="=HYPERLINK(evil) trims large growth. " * 6,
        limited_by=("avoid_short_term", "cash of *0042"),
    ),
    # 45 x 20.03 = 901.35; of the known lot 5 x 20.03 = 100.15 - 100 x 5 / 7 = 71.43 -> 28.72
    sale(TAXABLE, "BBB", "20.03", [(2, "40", None, None), (3, "5", "71.43", "28.72")], "901.35"),
    purchase(TAXABLE, "SV", "605", "10.001", "6050.61"),  # 6050.605, a half cent
    # 3000 x 99.75 x 0.01 = 2992.50 - 3000 = -7.50
    sale(IRA, "912828XX1", "99.75", [(5, "3000", "3000.00", "-7.50")], "2992.50"),
    purchase(IRA, "SV", "301.005", "10.001", "3010.35"),  # 3010.351005
)


def proposal(trades=TRADES, *, target=TARGET, findings=()):
    judged = evaluate(household(), exposures(), target, trades)
    return Proposal(
        household=household().name,
        as_of=AS_OF,
        trades=tuple(trades),
        before=judged.before,
        target=judged.target,
        after=judged.after,
        misfit_before=judged.misfit_before,
        misfit_after=judged.misfit_after,
        tax=judged.tax,
        costs=judged.costs,
        turnover=judged.turnover,
        objective=Objective(judged.objective, judged.do_nothing, judged.objective - 5),
        tilt_lost=(TiltLost("taxes", 1.25, 310.5), TiltLost("no_sell AAA", -0.0, 12.0)),
        findings=(
            Finding(Severity.WARNING, "x", "*0042:BBB", "40 shares were sold at an unknown basis. " * 8),
            Finding(Severity.INFO, "y", "=cmd|' /C calc'!A0", "@SUM(A1:A9)"),
            *findings,
        ),
    )
