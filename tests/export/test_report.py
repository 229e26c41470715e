"""The client report as data: every sentence's figures are the plan's."""

from datetime import date
from decimal import Decimal

import attrs
import pytest

from core.export.case_points import STANDING_CASE
from core.export.report import MOST_ACCOUNTS, MOST_ORDERS, Letterhead, report_data
from core.export.report_words import account_words, dollars, per_cent, short_reason
from core.household import Account, AccountKind
from core.market.observations import Direction, MarketCase, snapshot
from core.market.quote import MarketView
from core.market.suggestion import suggest
from core.tax.situation import TaxSituation
from core.tax.tables import FilingStatus
from core.tilt.target import LotMethod, TaxSettings
from core.words import period_words
from tests.export import small_plan

DAY = date(2026, 11, 25)


def made(plan=None, *, household=None, target=small_plan.TARGET, **more):
    return report_data(
        plan or small_plan.proposal(), household or small_plan.household(), target, Letterhead("Ada"), DAY, **more
    )


def test_figures_of_the_small_plan():
    report = made()
    tiles = {tile.label: (tile.figure, tile.note) for tile in report.tiles}
    # lots 5000 + 1525 + 801.20 + 140.21 + 3000 + 4987.50, cash 1000 + 55.55, pending -12.34
    assert tiles["Household value"] == ("$16,497", "2 accounts")
    assert tiles["Orders"] == ("5", "sell $9,919, buy $9,061")
    # (-1071.28 x 0.408 + 420.01 x 0.238) = -337.12
    assert tiles["Estimated tax"] == ("\u2212$337", "a credit, if you have gains")
    # half spreads 0.0005 x (9918.85 + 9060.96) = 9.49, tickets 5 x 4.95
    assert tiles["Cost of trading"][0] == "$34"
    assert report.tax_lines[:3] == (
        ("Net short-term gain, at 40.8%", "\u2212$1,071.28"),
        ("Net long-term gain, at 23.8%", "$420.01"),
        ("Estimated tax (minus: credit)", "\u2212$337.12"),
    )
    assert ("Sold with unknown purchase price", "$801.20") in report.tax_lines
    assert "Losses of $1,100 are taken and set against gains." in report.tax_words
    assert any("$2,993 of the $9,919 sold is in accounts" in text for text in report.tax_words)
    assert report.dated == "Positions and prices of November 20, 2026. Prepared on November 25, 2026."


def test_orders_by_account_with_the_end_of_the_number_only():
    report = made()
    assert [account.title for account in report.accounts] == [
        "Joint (taxable, \u20260042)",
        "-IRA (traditional IRA or 401(k), 42)",
    ]
    first = report.accounts[0].orders[0]
    assert (first.action, first.quantity, first.symbol, first.amount) == ("Sell", "120.5", "AAA", "$6,025")
    long = Account("5512-8047", "Joint", None, AccountKind.TAXABLE, "file", Decimal(0), Decimal(0), Decimal(0))
    assert account_words(long) == "Joint (taxable, \u20268047)"


def test_a_sale_of_everything_is_called_so():
    whole = small_plan.sale("*0042", "BBB", "20.03", [(2, "40", None, None), (3, "7", "100", "40.21")], "941.41")
    assert made(small_plan.proposal((whole,))).accounts[0].orders[0].action == "Sell all"


def test_of_many_orders_the_largest_are_listed_and_the_rest_summed():
    trades = [small_plan.purchase("42", "SV", str(100 + i), "10.001", f"{(100 + i) * 10.001:.2f}") for i in range(60)]
    report = made(small_plan.proposal(tuple(trades)))
    (account,) = report.accounts
    assert len(account.orders) == MOST_ORDERS
    small = sum(trade.amount for trade in trades[: 60 - MOST_ORDERS])
    assert account.rest == f"and {60 - MOST_ORDERS} smaller orders, together {dollars(small)}"


def test_of_many_accounts_the_largest_are_listed_and_the_rest_summed():
    base = small_plan.household()
    many = tuple(attrs.evolve(base.accounts[1], id=f"7000{i:04d}") for i in range(MOST_ACCOUNTS + 3))
    trades = tuple(
        attrs.evolve(
            small_plan.purchase("42", "SV", str(10 + i), "10.001", f"{(10 + i) * 10.001:.2f}"), account=account.id
        )
        for i, account in enumerate(many)
    )
    plan = attrs.evolve(small_plan.proposal(), trades=trades)
    report = made(plan, household=attrs.evolve(base, accounts=(*base.accounts, *many)))
    assert len(report.accounts) == MOST_ACCOUNTS + 1
    total = sum(trade.amount for trade in trades[:3])
    assert report.accounts[-1].rest == f"3 other accounts: 3 orders, together {dollars(total)}"
    assert report.limits[-2].endswith(" and 9 more.")


def test_a_plan_that_goes_further_away_says_why():
    farther = attrs.evolve(small_plan.proposal(), misfit_before=0.1, misfit_after=0.2)
    assert "Afterwards it is 20.0%: keeping your rules" in made(farther).summary[-1]


def test_no_trades_is_a_proposal_too():
    report = made(small_plan.proposal(()))
    assert "propose to change nothing" in report.summary[0]
    assert report.accounts == ()


def test_limits_say_what_is_not_known():
    doubtful = attrs.evolve(small_plan.proposal(), before=attrs.evolve(small_plan.proposal().before, coverage=0.9))
    limits = " ".join(made(doubtful).limits)
    assert "10.0% of the household could not be classified" in limits
    assert "$801 of what is sold is not known" in limits
    assert "assumed from their names" in limits
    assert "not a forecast" in limits
    assert "no return is promised" in limits


def test_without_observations_the_standing_case_has_both_sides_dated_and_sourced():
    assert {point.speaks_for for point in STANDING_CASE} == {True, False}
    assert all(point.source and point.as_of for point in STANDING_CASE)
    assert made().case == STANDING_CASE
    assert made(market=MarketView(MarketCase(), DAY)).case == STANDING_CASE


def test_every_observation_is_in_the_case_on_the_side_it_points_to():
    case = snapshot()
    points = made(market=MarketView(case, DAY)).case
    for observation in case.newest():
        sectors = ", ".join(sector.replace("_", " ") for sector in observation.sectors)
        said = f"{observation.title}{f' ({sectors})' if sectors else ''}: {observation.text}"
        mine = [p for p in points if p.text.startswith(said)]
        assert {(p.as_of, p.source) for p in mine} == {(period_words(observation.as_of), observation.published_by)}
        directions = {each.direction for each in observation.points}
        sides = {True for d in directions if d is Direction.FOR} | {False for d in directions if d is Direction.AGAINST}
        sides |= {None for d in directions if d not in (Direction.FOR, Direction.AGAINST)}
        assert {p.speaks_for for p in mine} >= sides, observation.id
    assert sum(p.speaks_for is True for p in points) >= 10
    assert sum(p.speaks_for is False for p in points) >= 4


def test_the_case_says_whether_the_plan_follows_it():
    beside = made(market=MarketView(snapshot(), DAY)).case_words
    assert "For your information: the tilt proposed was not taken" in beside[0]
    used = suggest(snapshot(), date(2025, 12, 31))
    followed = made(market=MarketView(snapshot(), DAY, used)).case_words
    assert "follows what these observations suggested on December 31, 2025" in followed[0]
    assert "your adviser's choice" in followed[0]
    assert "76%" in followed[0]
    for words in (beside, followed):
        assert any("no forecast" in text for text in words)
        assert any("more than six months old" in text for text in words)
        assert any("trailing P/E past ones" in text for text in words)  # why both can be true


def test_an_observation_set_aside_is_still_shown():
    case = snapshot().setting_aside("small_trailing_pe", True)
    texts = [p.text for p in made(market=MarketView(case, DAY)).case]
    assert any("36.75" in text and "Set aside by your adviser" in text for text in texts)


def test_tax_by_tables_names_the_year_and_its_parts():
    """Single, $100,000 of 2025: $1,000 short-term are taxed at 22 %, $2,000 long-term at 15 % (Rev. Proc. 2024-40)."""
    situation = TaxSituation(2025, FilingStatus.SINGLE, 100000)
    target = attrs.evolve(small_plan.TARGET, tax=TaxSettings(situation=situation))
    plan = small_plan.proposal()
    tax = attrs.evolve(plan.tax, short_gain=Decimal(1000), long_gain=Decimal(2000), tax=Decimal(520))
    report = made(attrs.evolve(plan, tax=tax), target=target)
    assert report.tax_lines[:5] == (
        ("Net short-term gain", "$1,000.00"),
        ("Net long-term gain", "$2,000.00"),
        ("Estimated tax of 2025 (minus: saved)", "$520.00"),
        ("of it federal, at ordinary rates", "$220.00"),
        ("of it federal, at long-term rates", "$300.00"),
    )
    assert report.tiles[2].note == "added in 2025"
    assert any("by that year's tables" in text for text in report.tax_words)
    assert not any("flat rates" in text for text in report.tax_words)


def test_no_claim_of_least_tax_where_the_method_is_another():
    fifo = attrs.evolve(small_plan.TARGET, tax=attrs.evolve(small_plan.TARGET.tax, lot_method=LotMethod.FIFO))
    assert any("cost the least tax" in text for text in made().why)
    assert not any("cost the least tax" in text for text in made(target=fifo).why)


@pytest.mark.parametrize(
    ("amount", "cents", "text"),
    [
        ("1234.5", False, "$1,235"),
        ("-1234.5", True, "\u2212$1,234.50"),
        ("-0.4", False, "$0"),
        ("0.005", True, "$0.01"),
    ],
)
def test_dollars(amount, cents, text):
    assert dollars(Decimal(amount), cents=cents) == text


def test_words():
    assert (per_cent(0.12345), per_cent(-0.00001), per_cent(1)) == ("12.3%", "0.0%", "100.0%")
    trade = attrs.evolve(
        small_plan.TRADES[0],
        account="77",
        reason="Raises cash in this account. Trims large growth: 33.3 % today, 14.7 % after. No tax in this account.",
    )
    assert short_reason(trade) == "Trims large growth"
    assert short_reason(attrs.evolve(trade, reason="Raises cash in this account. No tax here.")) == "Raises cash"
    assert (
        short_reason(attrs.evolve(trade, reason="Frees money for what is under its target, cheaply.")) == "Frees money"
    )
    assert short_reason(attrs.evolve(trade, reason="")) == ""
