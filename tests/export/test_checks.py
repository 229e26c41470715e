"""Every check failing and passing, on plans with one thing wrong at a time."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import attrs
import pytest

from core.errors import InputError, UsageError
from core.export.approval import approval_from_json, approval_json, approve, plan_digest
from core.export.checks import CHECKS, Override, run_checks
from core.export.issue import Case, Light
from core.household import ControlTotal, Finding, SecurityType, Severity
from core.rebalance.proposal import Action
from core.tilt.risk import Risk, covariance_of
from core.tilt.target import FixedOrder, HoldRange, Mode, ModelLine, RangeUnit, RuleKey, Rules, Target, Trading
from tests.export import small_plan
from tests.orders import buy, sell

AS_OF = date(2026, 11, 20)
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def clean_household():
    """Two accounts with nothing doubtful: full numbers, known kinds, dated lots, prices that tie."""
    base = small_plan.household()
    accounts = tuple(
        attrs.evolve(account, id=number, name=name, kind_source="file", cash=cash, pending=Decimal(0))
        for account, number, name, cash in zip(
            base.accounts, ("11112222", "33334444"), ("Joint", "IRA"), (Decimal(5000), Decimal(2000)), strict=True
        )
    )
    lots = (
        attrs.evolve(base.lots[0], account="11112222"),  # 100 AAA, short loss, bought 2026-06-01
        attrs.evolve(base.lots[1], account="11112222"),  # 30.5 AAA, long gain
        attrs.evolve(
            base.lots[2],
            account="11112222",
            cost_basis=Decimal("700"),
            acquired=date(2020, 2, 3),
            term=base.lots[1].term,
            market_value=Decimal("801.20"),
        ),  # 40 BBB
        attrs.evolve(base.lots[4], account="33334444"),  # 60 AAA
    )
    accounts = tuple(
        attrs.evolve(a, market_value=sum((x.market_value for x in lots if x.account == a.id), a.cash)) for a in accounts
    )
    return attrs.evolve(base, name="Doe", accounts=accounts, lots=lots, files=(), findings=())


HOUSEHOLD = clean_household()
TARGET = Target(trading=Trading(ticket=0, min_trade=100, cash_reserve=0.01))
#: 100 + 20 AAA sold, SV bought in both accounts.
TRADES = (
    sell(HOUSEHOLD, {0: 100, 1: 20}),
    buy(HOUSEHOLD, "11112222", "SV", 200),
    buy(HOUSEHOLD, "33334444", "SV", 100),
)


def case_of(trades=TRADES, *, household=HOUSEHOLD, target=TARGET, today=AS_OF, **more):
    """The case of a plan whose cash after is reckoned here."""
    cash = {account.id: account.cash for account in household.accounts}
    for trade in trades:
        if trade.account in cash:
            cash[trade.account] += trade.amount if trade.action is Action.SELL else -trade.amount
    before = {account.id: account.cash for account in household.accounts}
    plan = small_plan.proposal(())
    plan = attrs.evolve(
        plan,
        household=household.name,
        as_of=household.as_of,
        trades=tuple(trades),
        before=attrs.evolve(plan.before, cash=before, coverage=1.0),
        after=attrs.evolve(plan.after, cash=cash),
        tax=attrs.evolve(plan.tax, unknown_basis_proceeds=Decimal(0)),
        turnover=0.1,
        findings=(),
    )
    plan = attrs.evolve(plan, **more.pop("plan", {}))
    return Case(household, small_plan.exposures(), target, plan, today, **more)


def found(case, check):
    return [issue for issue in run_checks(case).issues if issue.check == check]


def evolved(index, **changes):
    return tuple(attrs.evolve(t, **changes) if i == index else t for i, t in enumerate(TRADES))


def test_a_clean_plan_passes_every_check():
    checkup = run_checks(case_of())
    assert checkup.issues == ()
    assert checkup.passed == CHECKS
    assert len({check.key for check in CHECKS}) == len(CHECKS) == 17


def _household(**changes):
    return attrs.evolve(HOUSEHOLD, **changes)


def _account(index, **changes):
    accounts = tuple(attrs.evolve(a, **changes) if i == index else a for i, a in enumerate(HOUSEHOLD.accounts))
    return _household(accounts=accounts)


def _security(key, /, **changes):
    return _household(securities=tuple(attrs.evolve(s, **changes) if s.id == key else s for s in HOUSEHOLD.securities))


def _lot(index, **changes):
    return _household(lots=tuple(attrs.evolve(x, **changes) if i == index else x for i, x in enumerate(HOUSEHOLD.lots)))


def _part(**changes):
    """The first sale with its first lot changed."""
    lots = (attrs.evolve(TRADES[0].lots[0], **changes), *TRADES[0].lots[1:])
    return evolved(0, lots=lots)


RECENT = _household(
    lots=(*HOUSEHOLD.lots, attrs.evolve(HOUSEHOLD.lots[3], acquired=date(2026, 11, 1), cost_basis=Decimal(3000)))
)
UNDATED = _lot(3, acquired=None)
LONG_AGO = case_of(today=AS_OF + timedelta(days=40))


def ranged(symbol, least=None, most=None, unit=RangeUnit.SHARE, account=None):
    """The case with one range to hold."""
    wanted = HoldRange(RuleKey(symbol, account), least, most, unit)
    return case_of(target=attrs.evolve(TARGET, rules=Rules(ranges=(wanted,))))


def in_mode(mode, trades, **more):
    return case_of(trades, target=attrs.evolve(TARGET, trading=attrs.evolve(TARGET.trading, mode=mode), **more))


def by_hand(*orders):
    return case_of(target=attrs.evolve(TARGET, orders=tuple(FixedOrder(*order) for order in orders)))


def with_risk(limit):
    """AAA and SV of 20 % volatility each, unrelated; the model is all SV.

    Held after: 3525.00 of AAA and 3000.30 of SV in a household of 17326.20, so 20.345 % more AAA and 82.683 % less SV
    than the model: 0.2 x sqrt(0.20345^2 + 0.82683^2) = 17.03 % a year.
    """
    covariance = covariance_of(["AAA", "SV"], [[0.04, 0.0], [0.0, 0.04]], "test")
    model = (ModelLine("SV", 1.0),)
    return case_of(target=attrs.evolve(TARGET, model=model, risk=Risk(covariance, limit=limit)))


#: (name, check, case, light, words of the message)
BROKEN = [
    ("an account that is not there", "account", lambda: case_of(evolved(2, account="99998888")), "red", "99998888"),
    (
        "the end of a number",
        "account",
        lambda: case_of(
            household=_account(1, id="...4444", kind_source="file"),
            trades=(attrs.evolve(TRADES[2], account="...4444"),),
        ),
        "amber",
        "end of an account number",
    ),
    ("an unknown security", "security", lambda: case_of(evolved(1, security="QQQ")), "red", "QQQ"),
    (
        "no symbol",
        "security",
        lambda: case_of(household=_security("SV", symbol=None, cusip=None)),
        "red",
        "neither symbol nor CUSIP",
    ),
    (
        "an option",
        "security",
        lambda: case_of(household=_security("SV", type=SecurityType.OPTION)),
        "red",
        "an option",
    ),
    (
        "a bond",
        "security",
        lambda: case_of(household=_security("SV", type=SecurityType.BOND)),
        "amber",
        "Order files do not carry",
    ),
    (
        "a wrong digit in the amount",
        "quantity",
        lambda: case_of(evolved(1, amount=TRADES[1].amount + 1000)),
        "red",
        "not $",
    ),
    (
        "a wrong digit in the quantity",
        "quantity",
        lambda: case_of(evolved(1, quantity=Decimal(2000))),
        "red",
        "2,000 at 10.001",
    ),
    (
        "nothing of it",
        "quantity",
        lambda: case_of(evolved(1, quantity=Decimal(0), amount=Decimal(0))),
        "red",
        "quantity is 0",
    ),
    (
        "a part of a share",
        "quantity",
        lambda: case_of((buy(HOUSEHOLD, "11112222", "SV", "200.5"),)),
        "red",
        "a part of a share",
    ),
    (
        "more than is held",
        "oversell",
        lambda: case_of(evolved(0, quantity=Decimal(131), amount=Decimal(6550))),
        "red",
        "131 are sold and 130.5 are held",
    ),
    (
        "more of a lot than there is",
        "oversell",
        lambda: case_of(_part(quantity=Decimal(101))),
        "red",
        "101 are sold of a lot of 100",
    ),
    ("lots that do not add up", "lots", lambda: case_of(_part(quantity=Decimal(99))), "red", "add up to 119"),
    ("no lots", "lots", lambda: case_of(evolved(0, lots=())), "red", "add up to 0"),
    ("a lot of another position", "lots", lambda: case_of(_part(lot=3)), "red", "another position"),
    (
        "a lot of another day",
        "lots",
        lambda: case_of(_part(acquired=date(2019, 1, 1))),
        "red",
        "another purchase date",
    ),
    (
        "undated lots of a taxed account",
        "lots",
        lambda: case_of(_part(acquired=None), household=_lot(0, acquired=None)),
        "amber",
        "cannot name them",
    ),
    ("twice the same order", "duplicates", lambda: case_of((*TRADES, TRADES[1])), "red", "ordered 2 times"),
    (
        "bought and sold",
        "duplicates",
        lambda: case_of((*TRADES, buy(HOUSEHOLD, "11112222", "AAA", 10))),
        "red",
        "both bought and sold",
    ),
    (
        "cash that does not tie",
        "cash",
        lambda: case_of(plan={"after": attrs.evolve(small_plan.proposal(()).after, cash={"11112222": Decimal(1)})}),
        "red",
        "do not add up",
    ),
    (
        "purchases that are not paid for",
        "cash",
        lambda: case_of((buy(HOUSEHOLD, "33334444", "SV", 300),)),
        "red",
        "not paid for",
    ),
    (
        "the reserve",
        "cash",
        lambda: case_of((buy(HOUSEHOLD, "33334444", "SV", 199),)),
        "red",
        "less than the reserve",
    ),
    (
        "a held security",
        "restrictions",
        lambda: case_of(target=attrs.evolve(TARGET, rules=Rules(hold=(RuleKey("AAA"),)))),
        "red",
        "'hold' and is sold",
    ),
    (
        "one not to be bought",
        "restrictions",
        lambda: case_of(target=attrs.evolve(TARGET, rules=Rules(no_buy=(RuleKey("SV", "33334444"),)))),
        "red",
        "is bought",
    ),
    (
        "one not to be sold",
        "restrictions",
        lambda: case_of(target=attrs.evolve(TARGET, rules=Rules(no_sell=(RuleKey("AAA"),)))),
        "red",
        "is sold",
    ),
    (
        "one to be sold whole",
        "restrictions",
        lambda: case_of(target=attrs.evolve(TARGET, rules=Rules(sell_all=(RuleKey("BBB"),)))),
        "red",
        "sold whole",
    ),
    # 200 and 100 shares of SV at 10.001 are bought; 3000.30 of 17326.20 is 17.32 % of the household
    ("more than a range", "restrictions", lambda: ranged("SV", most=0.17), "red", "17.32 % of the household are held"),
    ("less than a range", "restrictions", lambda: ranged("SV", least=0.18), "red", "at least 18.00 % of the household"),
    (
        "more dollars than a range",
        "restrictions",
        lambda: ranged("SV", most=1000.0, unit=RangeUnit.DOLLARS, account="33334444"),
        "red",
        "$1,000.10 are held afterwards, at most $1,000.00",
    ),
    (
        "fewer units than a range",
        "restrictions",
        lambda: ranged("AAA", least=11, unit=RangeUnit.UNITS, account="11112222"),
        "red",
        "10.5 units are held afterwards, at least 11 units",
    ),
    ("an own order left out", "restrictions", lambda: by_hand(("11112222", "BBB", -5)), "red", "no such order"),
    (
        "an own order with a wrong digit",
        "restrictions",
        lambda: by_hand(("11112222", "SV", 2000)),
        "red",
        "You set buy 2,000 by hand; the plan has buy 200.",
    ),
    (
        "an own order turned round",
        "restrictions",
        lambda: by_hand(("11112222", "SV", -200)),
        "red",
        "You set sell 200 by hand; the plan has buy 200.",
    ),
    ("a sale to invest cash", "restrictions", lambda: in_mode(Mode.INVEST_CASH, TRADES), "red", "invests cash only"),
    ("a purchase to raise cash", "restrictions", lambda: in_mode(Mode.RAISE_CASH, TRADES), "red", "raises cash only"),
    (
        "a gain among the losses",
        "restrictions",
        lambda: in_mode(Mode.HARVEST, (sell(HOUSEHOLD, {1: 20}),)),
        "red",
        "without a loss",
    ),
    ("too much tracking error", "restrictions", lambda: with_risk(0.16), "red", "17.03 % a year; at most 16.00 %"),
    (
        "an order small for its account",
        "size",
        lambda: case_of(target=attrs.evolve(TARGET, trading=attrs.evolve(TARGET.trading, min_trade_share=0.22))),
        "amber",
        "$1,000.10 is less than the smallest trade of $1,100.00",
    ),
    (
        "a loss bought back",
        "wash_sales",
        lambda: case_of((TRADES[0], buy(HOUSEHOLD, "33334444", "AAA", 5))),
        "red",
        "same for a wash sale",
    ),
    ("a recent purchase that is kept", "wash_sales", lambda: case_of(household=RECENT), "amber", "within 30 days"),
    ("an undated purchase", "wash_sales", lambda: case_of(household=UNDATED), "amber", "check not possible"),
    ("a small order", "size", lambda: case_of((buy(HOUSEHOLD, "11112222", "SV", 2),)), "amber", "smallest trade"),
    (
        "an order out of proportion",
        "size",
        lambda: case_of((buy(HOUSEHOLD, "11112222", "SV", 900),)),
        "amber",
        "of the household",
    ),
    ("too much turnover", "size", lambda: case_of(plan={"turnover": 1.2}), "red", "turnover is 120.0%"),
    (
        "another price",
        "prices",
        lambda: case_of(household=_security("SV", price=Decimal("10.01"))),
        "red",
        "the price is $10.01",
    ),
    ("no price", "prices", lambda: case_of(household=_security("SV", price=None)), "red", "no price"),
    ("old prices", "prices", lambda: case_of(today=AS_OF + timedelta(days=6)), "amber", "6 days old"),
    ("prices of tomorrow", "prices", lambda: case_of(today=AS_OF - timedelta(days=1)), "red", "in the future"),
    (
        "a value that the price does not give",
        "prices",
        lambda: case_of(household=_lot(0, market_value=Decimal(4000))),
        "amber",
        "quantity times price",
    ),
    (
        "an error of the import",
        "import",
        lambda: case_of(household=_household(findings=(Finding(Severity.ERROR, "x", "a.csv", "Row 3 is cut."),))),
        "red",
        "Row 3 is cut.",
    ),
    (
        "a file of transactions among those imported",
        "import",
        lambda: case_of(
            household=_household(findings=(Finding(Severity.WARNING, "file-not-used", "a.csv", "Transactions."),))
        ),
        "amber",
        "Transactions.",
    ),
    (
        "a total that does not tie",
        "totals",
        lambda: case_of(
            household=_household(
                files=(
                    attrs.evolve(
                        small_plan.household().files[0],
                        control_totals=(ControlTotal("Account Total", Decimal(100), Decimal("99.99")),),
                    ),
                )
            )
        ),
        "amber",
        "the file states $100.00, its rows give $99.99",
    ),
    (
        "an unknown basis",
        "basis",
        lambda: case_of(plan={"tax": attrs.evolve(small_plan.proposal(()).tax, unknown_basis_proceeds=Decimal(5))}),
        "amber",
        "$5.00 are sold",
    ),
    (
        "a guessed kind",
        "kinds",
        lambda: case_of(household=_account(0, kind_source="guess")),
        "amber",
        "guessed from its name",
    ),
    (
        "much that is unclassified",
        "coverage",
        lambda: case_of(
            plan={
                "before": attrs.evolve(
                    small_plan.proposal(()).before, coverage=0.8, cash={a.id: a.cash for a in HOUSEHOLD.accounts}
                )
            }
        ),
        "amber",
        "20% of the value",
    ),
    (
        "what the engine says",
        "plan",
        lambda: case_of(plan={"findings": (Finding(Severity.ERROR, "plan_breaks_rule", "", "It breaks a rule."),)}),
        "red",
        "It breaks a rule.",
    ),
]


@pytest.mark.parametrize(
    ("check", "make", "light", "words"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_a_check_finds_what_is_wrong(check, make, light, words):
    issues = found(make(), check)
    assert [issue for issue in issues if issue.severity == light and words in issue.message], issues
    assert all(issue.fix or check == "plan" for issue in issues)
    assert check not in {passed.key for passed in run_checks(make()).passed}


def test_every_check_has_a_case_that_breaks_it():
    assert {row[1] for row in BROKEN} == {check.key for check in CHECKS}


def test_what_is_allowed_is_not_called_an_error():
    fractional = attrs.evolve(TARGET, trading=attrs.evolve(TARGET.trading, fractional=True))
    assert not found(case_of((buy(HOUSEHOLD, "11112222", "SV", "200.5"),), target=fractional), "quantity")
    closing = sell(HOUSEHOLD, {0: 100, 1: "30.5"})  # a part of a share that closes the position
    assert not found(case_of((closing,)), "quantity")
    little = attrs.evolve(TARGET, trading=attrs.evolve(TARGET.trading, min_trade=1000))
    assert not found(case_of((sell(HOUSEHOLD, {2: 40}),), target=little), "size")  # closes a small position
    assert not found(case_of(household=RECENT, trades=(sell(RECENT, {1: 20}),)), "wash_sales")  # a gain


def test_what_is_asked_for_and_kept_is_no_error():
    kept = [
        ranged("SV", 0.17, 0.18),
        ranged("SV", most=1000.10, unit=RangeUnit.DOLLARS, account="33334444"),
        ranged("AAA", 10.5, 10.5, RangeUnit.UNITS, "11112222"),
        ranged("QQQ", least=0.5),  # no such security: nothing of it can be held
        by_hand(("11112222", "SV", 200), ("33334444", "SV", 100)),
        in_mode(Mode.INVEST_CASH, TRADES[1:]),
        in_mode(Mode.RAISE_CASH, TRADES[:1]),
        in_mode(Mode.HARVEST, (sell(HOUSEHOLD, {0: 100}), TRADES[2])),
        in_mode(Mode.INVEST_CASH, TRADES, orders=(FixedOrder("11112222", "AAA", -120),)),
        in_mode(Mode.RAISE_CASH, TRADES[:1], rules=Rules(sell_all=())),
        in_mode(Mode.INVEST_CASH, (sell(HOUSEHOLD, {2: 40}),), rules=Rules(sell_all=(RuleKey("BBB"),))),
        with_risk(0.171),
        with_risk(None),
    ]
    for case in kept:
        assert not found(case, "restrictions")
    small = by_hand(("11112222", "SV", 5))
    small = attrs.evolve(small, proposal=attrs.evolve(small.proposal, trades=(buy(HOUSEHOLD, "11112222", "SV", 5),)))
    assert not found(small, "size")  # set by hand, however small


def test_old_prices_stop_order_files_and_not_the_workbook():
    checkup = run_checks(LONG_AGO)
    assert [issue.orders_only for issue in checkup.blocking()] == [True]
    assert checkup.blocking(orders=False) == ()
    assert checkup.blocking([Override("prices", "positions compared by telephone today")]) == ()


def test_a_mapped_number_is_looked_at_instead_of_the_files():
    short = _account(1, id="...4444")
    trades = (attrs.evolve(TRADES[2], account="...4444"),)
    assert found(case_of(trades, household=short), "account")
    assert not found(case_of(trades, household=short, numbers={"...4444": "33334444"}), "account")


def test_issues_are_in_the_same_order_every_time():
    broken = case_of((*TRADES, TRADES[1]), household=UNDATED, today=AS_OF + timedelta(days=50))
    assert run_checks(broken) == run_checks(broken)


# --- overrides and approval ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("check", "reason"), [("weather", "rain"), ("prices", ""), ("prices", "  ")])
def test_an_override_needs_a_check_and_a_reason(check, reason):
    with pytest.raises(UsageError):
        Override(check, reason)


def test_approval_is_refused_while_something_is_red():
    checkup = run_checks(LONG_AGO)
    with pytest.raises(UsageError, match=r"\[prices\]"):
        approve(LONG_AGO.proposal, checkup, "Ada Keel", NOW)
    reason = Override("prices", "positions compared by telephone today")
    stamp = approve(LONG_AGO.proposal, checkup, " Ada Keel ", NOW, [reason, Override("cash", "not needed")])
    assert (stamp.by, stamp.red, stamp.amber) == ("Ada Keel", 1, 1)
    assert stamp.overrides == (reason,)  # what was not red is no part of the record
    assert checkup.count(Light.RED) == 1


def test_an_approval_needs_a_name_and_a_zone():
    checkup = run_checks(case_of())
    with pytest.raises(UsageError, match="name"):
        approve(case_of().proposal, checkup, " ", NOW)
    with pytest.raises(UsageError, match="time zone"):
        approve(case_of().proposal, checkup, "Ada", NOW.replace(tzinfo=None))


def test_a_stamp_covers_one_plan_alone():
    plan = case_of().proposal
    stamp = approve(plan, run_checks(case_of()), "Ada", NOW)
    assert stamp.covers(plan)
    assert stamp.covers(attrs.evolve(plan, timing_ms={"import": 1.0}))
    other = attrs.evolve(plan, trades=evolved(1, quantity=Decimal(201)))
    assert not stamp.covers(other)
    assert plan_digest(plan) == plan_digest(attrs.evolve(plan, trades=evolved(1, quantity=Decimal("200.000"))))


def test_a_stamp_is_kept_as_json():
    stamp = approve(LONG_AGO.proposal, run_checks(LONG_AGO), "Ada", NOW, [Override("prices", "=why")], note="n")
    assert approval_from_json(approval_json(stamp), "x") == stamp
    for document in ({}, {**approval_json(stamp), "schema": "y"}, {**approval_json(stamp), "at": "soon"}):
        with pytest.raises(InputError):
            approval_from_json(document, "x")
