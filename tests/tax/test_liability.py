"""The tax of a return and of a plan: boundaries, the forms' worksheets, and what must hold for every household."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.money import to_cents
from core.tax.flat import flat_tax
from core.tax.liability import exact_tax, liability, plan_tax
from core.tax.situation import TaxSituation
from core.tax.tables import FilingStatus, tax_tables
from tests.tax.situations import YEARS, gains, random_situation, situations
from tests.tax.worksheet import Filed, Return, file

CENT = Decimal("0.01")
ZERO = Decimal(0)
EVERY_STATUS = [(year, filing) for year in YEARS for filing in FilingStatus]


def filed(situation: TaxSituation, short: Decimal = ZERO, long: Decimal = ZERO) -> Filed:
    return file(
        Return(
            year=situation.year,
            filing=situation.filing.value,
            income=situation.income,
            short=situation.short_ytd + short,
            long=situation.long_ytd + long,
            short_carry=situation.short_carry,
            long_carry=situation.long_carry,
            collectibles=situation.collectibles_ytd,
            section_1250=situation.unrecaptured_1250_ytd,
            qualified=situation.qualified_dividends,
            investment=situation.investment_income,
            magi=situation.magi,
            state_rate=situation.state_rate,
        )
    )


# --- boundaries -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("year", "filing"), EVERY_STATUS)
def test_each_bracket_begins_a_cent_above_the_one_below(year: int, filing: FilingStatus):
    table = tax_tables(year).statuses[filing]
    rates = [Decimal(x) / 100 for x in (10, 12, 22, 24, 32, 35, 37)]
    for i, top in enumerate(table.ordinary.tops):
        # 10,000 dollars of short gain across the boundary cost exactly the two rates' shares.
        below, above = Decimal(4_000), Decimal(6_000)
        base = TaxSituation(year, filing, top - below, magi=ZERO)
        assert plan_tax(base, below, ZERO).ordinary == to_cents(below * rates[i])
        assert plan_tax(base, below + above, ZERO).total == to_cents(below * rates[i] + above * rates[i + 1])
        # A cent on either side.
        at = table.ordinary.tax(top)
        assert at - table.ordinary.tax(top - CENT) == CENT * rates[i]
        assert table.ordinary.tax(top + CENT) - at == CENT * rates[i + 1]
    assert table.ordinary.tax(Decimal(10_000_000)) - table.ordinary.tax(Decimal(9_999_900)) == 37


@pytest.mark.parametrize(("year", "filing"), EVERY_STATUS)
def test_each_long_term_rate_begins_a_cent_above_the_one_below(year: int, filing: FilingStatus):
    table = tax_tables(year).statuses[filing]
    quiet = {"magi": Decimal(-10_000_000)}
    for top, below, above in ((table.zero_top, "0", "0.15"), (table.fifteen_top, "0.15", "0.20")):
        start = top - 30_000
        situation = TaxSituation(year, filing, start, **quiet)
        assert plan_tax(situation, ZERO, Decimal(30_000)).total == 30_000 * Decimal(below)
        across = exact_tax(situation, ZERO, Decimal(30_000) + CENT) - exact_tax(situation, ZERO, Decimal(30_000))
        assert across == CENT * Decimal(above)
        across = exact_tax(situation, ZERO, Decimal(30_000)) - exact_tax(situation, ZERO, Decimal(30_000) - CENT)
        assert across == CENT * Decimal(below)


@pytest.mark.parametrize(("year", "filing"), EVERY_STATUS)
def test_the_investment_income_tax_begins_a_cent_above_its_threshold(year: int, filing: FilingStatus):
    threshold = Decimal({"married_joint": 250_000, "married_separate": 125_000}.get(filing.value, 200_000))
    at = TaxSituation(year, filing, Decimal(90_000), magi=threshold, investment_income=Decimal(1_000))
    assert liability(at).niit == 0
    assert liability(at, CENT * 100).niit == CENT * 4  # 3.8 cents
    assert liability(at, Decimal(500), Decimal(500)).niit == 38
    # MAGI far above: all net investment income and no more.
    far = TaxSituation(year, filing, Decimal(90_000), magi=threshold * 4, investment_income=Decimal(1_000))
    assert liability(far).niit == 38
    assert liability(far, Decimal(1_000)).niit == 76
    # A deducted loss reduces it, and it is never less than nothing.
    assert liability(far, Decimal(-500)).niit == 19
    assert liability(far, Decimal(-50_000)).niit == 0


@pytest.mark.parametrize("filing", list(FilingStatus))
def test_top_rates_are_40_8_and_23_8(filing: FilingStatus):
    rich = TaxSituation(2026, filing, Decimal(3_000_000))
    assert plan_tax(rich, Decimal(10_000), ZERO).total == 4_080
    assert plan_tax(rich, ZERO, Decimal(10_000)).total == 2_380


@pytest.mark.parametrize(("filing", "limit"), [("single", 3000), ("married_joint", 3000), ("married_separate", 1500)])
def test_a_loss_counts_to_its_limit(filing: str, limit: int):
    income = Decimal(180_000 if filing == "married_joint" else 90_000)  # in the 22 % bracket
    situation = TaxSituation(2026, filing, income, magi=ZERO)
    assert plan_tax(situation, Decimal(-limit), ZERO).total == -Decimal(limit) * Decimal("0.22")
    more = plan_tax(situation, ZERO, Decimal(-limit) - CENT)
    assert more.total == -Decimal(limit) * Decimal("0.22")
    assert more.long_carry == CENT
    assert more.short_carry == 0


def test_long_gain_stacks_on_ordinary_income():
    # Single, 2026: 40,000 ordinary, 20,000 long: 9,450 at 0 %, 10,550 at 15 %.
    bill = liability(TaxSituation(2026, "single", Decimal(40_000)), ZERO, Decimal(20_000))
    assert bill.ordinary == Decimal("4552.00")  # 1,240 + 27,600 x 12 %
    assert bill.long_term == Decimal("1582.50")
    # 1,000 of ordinary income more pushes as much gain from 0 to 15 %: 120 + 150.
    pushed = plan_tax(TaxSituation(2026, "single", Decimal(40_000), long_ytd=20_000), Decimal(1_000), ZERO)
    assert (pushed.ordinary, pushed.long_term, pushed.total) == (120, 150, 270)


def test_the_favoured_rates_never_cost_more_than_the_brackets():
    # Single, 2025: the 0 % rate ends at 48,350, the 12 % bracket at 48,475. Wholly above the first, below the second,
    # gain is taxed at 12 %, not at 15.
    bill = liability(TaxSituation(2025, "single", Decimal(48_350)), ZERO, Decimal(125))
    assert bill.long_term == Decimal("15.00")


def test_special_groups_are_taxed_at_no_more_than_28_and_25():
    rich = TaxSituation(2026, "single", Decimal(700_000), magi=ZERO)
    assert liability(TaxSituation(2026, "single", 700_000, magi=0, collectibles_ytd=10_000)).long_term == 2_800
    assert liability(TaxSituation(2026, "single", 700_000, magi=0, unrecaptured_1250_ytd=10_000)).long_term == 2_500
    assert plan_tax(rich, ZERO, Decimal(10_000)).total == 2_000
    # In the 12 % bracket they are taxed like other income.
    modest = liability(TaxSituation(2026, "single", 20_000, magi=0, collectibles_ytd=10_000))
    assert (modest.ordinary, modest.long_term) == (Decimal("3352.00"), 0)  # 1,240 + 17,600 x 12 %


def test_the_state_taxes_gains_as_ordinary_and_nothing_else():
    situation = TaxSituation(2026, "single", Decimal(90_000), state_rate=Decimal("0.093"), magi=ZERO)
    assert liability(situation).state == 0
    assert liability(situation, Decimal(1_000), Decimal(1_000)).state == 186
    assert liability(situation, Decimal(-10_000)).state == -279


# --- against the worksheets -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("groups", [False, True])
def test_thousands_of_random_returns_agree_with_the_worksheets_to_the_cent(groups: bool):
    rng = random.Random(20260401 + groups)
    taxed = capped = 0
    for _ in range(4_000):
        situation = random_situation(rng, groups=groups)
        short = Decimal(rng.randint(-9_000_000, 9_000_000)) / 100
        long = Decimal(rng.randint(-9_000_000, 20_000_000)) / 100
        for s, g in ((ZERO, ZERO), (short, long)):
            expected = filed(situation, s, g)
            bill = liability(situation, s, g)
            assert bill.total == expected.total, (situation, s, g)
            assert bill.ordinary + bill.long_term == to_cents(expected.at_brackets) + to_cents(
                expected.income_tax - expected.at_brackets
            )
            assert bill.niit == to_cents(expected.niit)
            assert bill.netting.short_carry == expected.short_carryover, (situation, s, g)
            assert bill.netting.long_carry == expected.long_carryover, (situation, s, g)
            taxed += bill.niit > 0
            capped += bill.netting.deducted > 0
        assert plan_tax(situation, short, long).total == filed(situation, short, long).total - filed(situation).total
    # The sample reaches what it should.
    assert taxed > 500
    assert capped > 500


@given(situations(), gains(), gains())
@settings(max_examples=400, deadline=None)
def test_any_return_agrees_with_the_worksheets(situation: TaxSituation, short: Decimal, long: Decimal):
    expected = filed(situation, short, long)
    bill = liability(situation, short, long)
    assert bill.total == expected.total
    assert (bill.netting.short_carry, bill.netting.long_carry) == (expected.short_carryover, expected.long_carryover)


# --- what must hold -------------------------------------------------------------------------------------------------


@given(situations(), gains(), gains(), st.integers(1, 50_000_00), st.booleans())
@settings(max_examples=300, deadline=None)
def test_more_gain_is_never_less_tax(situation: TaxSituation, short: Decimal, long: Decimal, more: int, of_short: bool):
    step = Decimal(more) / 100
    greater = (short + step, long) if of_short else (short, long + step)
    assert exact_tax(situation, *greater) >= exact_tax(situation, short, long)
    assert liability(situation, *greater).total >= liability(situation, short, long).total - 4 * CENT


@given(situations(), gains(), gains(), gains(), gains())
@settings(max_examples=200, deadline=None)
def test_a_plan_in_two_steps_costs_what_it_costs_in_one(situation, short, long, short_more, long_more):
    whole = plan_tax(situation, short + short_more, long + long_more)
    first = plan_tax(situation, short, long)
    second = plan_tax(situation.after(short, long), short_more, long_more)
    assert first.total + second.total == whole.total
    assert first.niit + second.niit == whole.niit
    assert first.long_carry + second.long_carry == whole.long_carry


@given(situations(), gains(), gains())
@settings(max_examples=300, deadline=None)
def test_gains_less_losses_are_taxed_deducted_or_carried(situation: TaxSituation, short: Decimal, long: Decimal):
    n = situation.netting(short, long)
    put_in = (
        situation.short_ytd
        + situation.long_ytd
        + situation.collectibles_ytd
        + situation.unrecaptured_1250_ytd
        + short
        + long
        - situation.short_carry
        - situation.long_carry
    )
    assert n.short_gain + n.net_capital_gain - n.used - n.short_carry - n.long_carry == put_in
    assert min(n.short_gain, n.long_gain, n.collectibles_gain, n.unrecaptured_gain, n.short_carry, n.long_carry) >= 0
    assert 0 <= n.used <= n.deducted <= situation.table.loss_limit
    if n.deducted:
        assert n.short_gain == n.net_capital_gain == 0
    layers = liability(situation, short, long).layers
    assert layers.taxable_income == max(ZERO, situation.income + situation.qualified_dividends + n.counted)
    assert min(layers.ordinary, layers.zero, layers.fifteen, layers.twenty) >= 0
    assert min(layers.twenty_five, layers.twenty_eight) >= 0


@given(st.integers(0, 200_000), st.integers(0, 200_000), st.sampled_from(EVERY_STATUS))
@settings(max_examples=200, deadline=None)
def test_in_one_bracket_it_is_the_flat_tax(short: int, long: int, status: tuple[int, FilingStatus]):
    year, filing = status
    situation = TaxSituation(year, filing, Decimal(1_500_000))
    for short_gain, long_gain in ((5 * short, 5 * long), (-5 * min(short, long), 5 * long)):
        s, g = Decimal(short_gain), Decimal(long_gain)
        if s < 0:
            # A short loss set against long gain: it saves at the long rate.
            assert plan_tax(situation, s, g).total == flat_tax(ZERO, s + g, 0.408, 0.238)
        else:
            assert plan_tax(situation, s, g).total == flat_tax(s, g, 0.408, 0.238)


def test_flat_rates_where_gains_and_losses_meet_gains_of_their_kind():
    # Enough gain of both kinds realised already: a plan's losses save at the rate of their kind, as flat rates say.
    situation = TaxSituation(2026, "married_joint", 2_000_000, short_ytd=500_000, long_ytd=500_000)
    for s, g in ((-40_000, 25_000), (15_000, -60_000), (-1_000, -1_000)):
        assert plan_tax(situation, Decimal(s), Decimal(g)).total == flat_tax(Decimal(s), Decimal(g), 0.408, 0.238)
