"""The evaluator's figures on a household small enough to be worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs
import pytest

from core.household import Term
from core.rebalance import measure
from core.rebalance.evaluate import evaluate
from core.tilt.box import MARKET_BOX
from core.tilt.target import Bands, Destination, Flow, ModelLine, Scope, Style, Target, Trading
from tests.orders import buy, sell, sell_position
from tests.rebalance import small
from tests.rebalance.small import (
    BD_IRA,
    DEVELOPED,
    EXPOSURES,
    HOUSEHOLD,
    LV_LOSS,
    LV_OLD,
    LV_UNKNOWN,
    SMALL_VALUE_BOX,
    SV_IRA,
    TARGET,
    US,
    dec,
    exposure,
    lot,
    taxes,
)

TRADES = [
    sell(HOUSEHOLD, {LV_LOSS: 50, LV_OLD: 30}),  # 8,000 out of large value: loss 500 short, gain 1,200 long
    buy(HOUSEHOLD, "T", "SV", 150),  # 7,500
    sell(HOUSEHOLD, {BD_IRA: 50}),  # 500
    buy(HOUSEHOLD, "I", "SV", 18),  # 900
]


def test_every_figure_by_hand():
    result = evaluate(HOUSEHOLD, EXPOSURES, TARGET, TRADES)

    assert result.before.value == dec("22000.00")
    assert result.before.cash == {"T": dec("1000.00"), "I": dec("500.00")}
    assert result.before.mix["us_equity"] == pytest.approx(19000 / 22000)
    assert result.before.style_box == pytest.approx((17 / 19, 0, 0, 0, 0, 0, 2 / 19, 0, 0))
    assert result.before.size == pytest.approx(15 / 19)
    assert result.before.value_tilt == pytest.approx(1)
    assert result.before.sectors["energy"] == pytest.approx(17 / 19)

    # Wanted: 9,500 in each of the two boxes, 1,500 of bonds and of cash.
    assert result.target.style_box == TARGET.style.box
    assert result.target.mix["us_equity"] == pytest.approx(19000 / 22000)
    assert result.misfit_before == pytest.approx((7500 + 7500) / 2 / 22000)
    # Band of a box: min(5 %, 20 % x 43.2 %) of V = 1,100, destination 550.
    # pen(7,500) = 0.005 x 550 + 1,100 + 1.5 x 1,100 + 2 x 4,750 = 12,252.75, twice.
    assert result.do_nothing == pytest.approx(0.05 * 2 * 12252.75)

    # After: 9,000 and 10,400 in the boxes, 1,000 of bonds, 1,498 + 98 of cash.
    assert result.after.cash == {"T": dec("1498.00"), "I": dec("98.00")}
    assert result.after.value == dec("21996.00")  # four tickets less
    assert result.after.mix["cash"] == pytest.approx(1596 / 21996)
    assert result.after.style_box == pytest.approx((90 / 194, 0, 0, 0, 0, 0, 104 / 194, 0, 0))
    assert result.misfit_after == pytest.approx((500 + 900 + 500 + 96) / 2 / 22000)

    assert result.tax.short_gain == dec("-500.00")
    assert result.tax.long_gain == dec("1200.00")
    assert result.tax.tax == dec("81.60")  # 0.408 x -500 + 0.238 x 1,200
    assert result.tax.unknown_basis_proceeds == 0
    assert result.tax.disallowed_loss == 0
    assert result.costs.spread == dec("8.45")  # 16,900 x 0.05 %
    assert result.costs.tickets == dec("4.00")
    assert result.turnover == pytest.approx(16900 / 2 / 22000)

    # 500 and 96 lie inside their destinations (550, 150); 900 is 350 beyond; bonds: band 300, destination 150,
    # 500 = 150 + 300 + 50.
    penalties = 0.005 * 500 + (0.005 * 550 + 350) + (0.005 * 150 + 300 + 1.5 * 50) + 0.005 * 96
    assert result.objective == pytest.approx(0.05 * penalties + 81.60 + 8.45 + 4)
    assert result.violations == ()
    assert result.reluctant == ()


def test_no_trades_is_doing_nothing():
    result = evaluate(HOUSEHOLD, EXPOSURES, TARGET, [])
    assert result.objective == result.do_nothing
    assert result.misfit_after == result.misfit_before
    assert result.after == result.before
    assert result.tax.tax == 0
    assert result.violations == ()


def test_loss_beside_shares_of_unknown_date_says_that_the_wash_check_is_not_possible():
    result = evaluate(HOUSEHOLD, EXPOSURES, TARGET, TRADES)
    (finding,) = result.findings
    assert finding.code == "wash_check_not_possible"
    assert "LV in T" in finding.message
    assert evaluate(HOUSEHOLD, EXPOSURES, TARGET, [sell(HOUSEHOLD, {LV_OLD: 30})]).findings == ()


def test_unknown_basis_has_no_gain_and_its_proceeds_stand_apart():
    result = evaluate(HOUSEHOLD, EXPOSURES, TARGET, [sell(HOUSEHOLD, {LV_UNKNOWN: 20})])
    assert result.tax.unknown_basis_proceeds == dec("2000.00")
    assert (result.tax.short_gain, result.tax.long_gain) == (0, 0)
    assert [(r.reason, r.lot, r.amount) for r in result.reluctant] == [("unknown_basis", LV_UNKNOWN, dec("2000.00"))]


def test_gains_of_sheltered_accounts_are_not_taxed():
    result = evaluate(HOUSEHOLD, EXPOSURES, TARGET, [sell(HOUSEHOLD, {SV_IRA: 40})])
    assert (result.tax.short_gain, result.tax.long_gain, result.tax.tax) == (0, 0, 0)
    assert result.realised[0].gain == dec("500.00")


def test_short_term_gain_is_reported_where_it_is_to_be_avoided():
    household = small.with_lots(lot("T", "SV", "40", "2000", "1900", date(2026, 1, 5)))
    trades = [sell(household, {5: 40})]
    result = evaluate(household, EXPOSURES, TARGET, trades)
    assert result.tax.short_gain == dec("100.00")
    assert [r.reason for r in result.reluctant] == ["short_term_gain"]
    assert evaluate(household, EXPOSURES, taxes(avoid_short_term=False), trades).reluctant == ()


@pytest.mark.parametrize("stated", list(Term))
def test_an_undated_lot_counts_as_short_whatever_its_file_states(stated: Term):
    household = small.with_lots(lot("T", "SV", "40", "2000", "1600", None, stated))
    result = evaluate(household, EXPOSURES, TARGET, [sell(household, {5: 40})])
    assert (result.tax.short_gain, result.tax.long_gain) == (dec("400.00"), dec("0"))


def test_wash_sale_by_a_recent_purchase_in_the_ira():
    # 30 shares of the other share class bought in the IRA 20 days ago: 30 of the 50 sold at a loss are washed.
    household = small.with_lots(lot("I", "LV2", "30", "750", "700", date(2026, 10, 10)))
    result = evaluate(household, EXPOSURES, TARGET, [sell(household, {LV_LOSS: 50})])
    assert result.tax.disallowed_loss == dec("300.00")
    assert result.tax.short_gain == dec("-200.00")
    assert result.washes[0].permanent
    assert [r.reason for r in result.reluctant] == ["washed_loss"]
    assert result.violations == ()


def test_rest_of_a_recent_lot_washes_its_own_sale():
    household = small.with_lots(lot("T", "SV", "40", "2000", "2400", date(2026, 10, 10)))
    part = evaluate(household, EXPOSURES, TARGET, [sell(household, {5: 25})])
    assert part.tax.disallowed_loss == dec("150.00")  # 15 of the 25 sold are still held
    assert part.tax.short_gain == dec("-100.00")
    whole = evaluate(household, EXPOSURES, TARGET, [sell(household, {5: 40})])
    assert whole.tax.disallowed_loss == 0
    assert whole.tax.short_gain == dec("-400.00")


def test_without_harvesting_a_credit_counts_as_nothing_in_the_objective():
    trades = [sell(HOUSEHOLD, {LV_LOSS: 50})]
    with_credit = evaluate(HOUSEHOLD, EXPOSURES, TARGET, trades)
    without = evaluate(HOUSEHOLD, EXPOSURES, taxes(harvest=False), trades)
    assert with_credit.tax.tax == without.tax.tax == dec("-204.00")
    assert without.objective - with_credit.objective == pytest.approx(204)


def test_location_drag_of_taxable_positions_only(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(measure, "location_table", lambda: (0.01, 0.0, 0.0, 0.05, 0.0, 0.0, 0.0))
    located = attrs.evolve(TARGET, trading=attrs.evolve(TARGET.trading, location=True))
    extra = evaluate(HOUSEHOLD, EXPOSURES, located, []).objective - evaluate(HOUSEHOLD, EXPOSURES, TARGET, []).objective
    assert extra == pytest.approx(17000 * 0.01)  # the IRA's bonds have none


def test_location_table_of_the_program_is_read():
    table = measure.location_table()
    assert len(table) == 7
    assert table[3] > table[0] > 0 == table[4]


def test_flows_are_in_the_value_and_in_the_cash():
    target = attrs.evolve(TARGET, flows=(Flow("T", 2000.0), Flow("I", -100.0)))
    result = evaluate(HOUSEHOLD, EXPOSURES, target, [])
    assert result.before.value == dec("22000.00")
    assert result.after.value == result.target.value == dec("23900.00")
    assert result.after.cash == {"T": dec("3000.00"), "I": dec("400.00")}
    # Cash wanted: 1,500 / 22,000 of 23,900 = 1,629.55; held 3,400.
    boxes = abs(17000 - 9500 / 22000 * 23900) + abs(2000 - 9500 / 22000 * 23900)
    rest = abs(1500 - 1500 / 22000 * 23900) + abs(3400 - 1500 / 22000 * 23900)
    assert result.misfit_before == pytest.approx((boxes + rest) / 2 / 23900)


def test_pending_counts_in_the_mix_but_not_as_cash():
    accounts = (attrs.evolve(HOUSEHOLD.accounts[0], pending=dec("-400")), HOUSEHOLD.accounts[1])
    result = evaluate(attrs.evolve(HOUSEHOLD, accounts=accounts), EXPOSURES, TARGET, [])
    assert result.before.value == dec("21600.00")
    assert result.before.mix["cash"] == pytest.approx(1100 / 21600)
    assert result.before.cash["T"] == dec("1000.00")


def test_named_classes_and_the_rest_in_proportion():
    target = attrs.evolve(TARGET, mix={"bonds": 0.4})
    result = evaluate(HOUSEHOLD, EXPOSURES, target, [])
    assert result.target.mix["bonds"] == pytest.approx(0.4)
    assert result.target.mix["us_equity"] == pytest.approx(0.6 * 19000 / 20500)
    assert result.target.mix["cash"] == pytest.approx(0.6 * 1500 / 20500)


def test_equity_of_unknown_style_keeps_its_share():
    exposures = EXPOSURES | {"SV": exposure("SV", US, tuple(x / 2 for x in SMALL_VALUE_BOX))}
    result = evaluate(HOUSEHOLD, exposures, TARGET, [])
    # 1,000 of the IRA's 2,000 is of unknown style and stays; 18,000 are spread half and half.
    assert result.misfit_before == pytest.approx((17000 - 9000 + 9000 - 1000) / 2 / 22000)
    assert result.before.style_box == pytest.approx((17 / 18, 0, 0, 0, 0, 0, 1 / 18, 0, 0))


def test_all_equity_has_regions_as_a_second_division():
    exposures = EXPOSURES | {"SV": exposure("SV", DEVELOPED, SMALL_VALUE_BOX)}
    edge = Bands(destination=Destination.TARGET, floor=0.0, cap=0.0)
    target = attrs.evolve(TARGET, style=Style(box=TARGET.style.box, scope=Scope.ALL_EQUITY), bands=edge)
    result = evaluate(HOUSEHOLD, exposures, target, [])
    # Boxes as before: 7,500 too much and too little. Regions keep the present mix, so they are in place.
    assert result.misfit_before == pytest.approx(7500 / 22000)
    assert result.do_nothing == pytest.approx(0.05 * 2.0 * 15000)  # no band: all at the last slope
    us_only = evaluate(
        HOUSEHOLD, exposures, attrs.evolve(target, mix={"us_equity": 19 / 22, "developed_equity": 0.0}), []
    )
    assert us_only.misfit_before == pytest.approx(7500 / 22000)
    assert us_only.do_nothing == pytest.approx(0.05 * 2.0 * (15000 + 4000))  # regions 2,000 out, twice


def test_model_lines_and_the_outside():
    # SV or ST 30 %, LV 50 %; outside: 1,500 bonds and 1,500 cash today share the remaining 20 %.
    target = Target(
        model=(ModelLine("SV", 0.3, ("ST",)), ModelLine("LV", 0.5)), trading=Trading(location=False, eagerness=0.05)
    )
    result = evaluate(HOUSEHOLD, EXPOSURES, target, [])
    # 17,000 against 11,000; 2,000 against 6,600; 1,500 against 2,200 twice.
    assert result.misfit_before == pytest.approx((6000 + 4600 + 700 + 700) / 2 / 22000)
    assert result.target.mix["us_equity"] == pytest.approx(0.8)
    assert result.target.mix["bonds"] == pytest.approx(0.1)
    assert result.target.style_box == pytest.approx((5 / 8, 0, 0, 0, 0, 0, 3 / 8, 0, 0))
    after = evaluate(HOUSEHOLD, EXPOSURES, target, [buy(HOUSEHOLD, "I", "ST", 20)])
    assert after.misfit_after == pytest.approx((6000 + 4200 + 700 + 1101) / 2 / 22000)


def test_model_without_an_outside_leaves_the_remainder_in_cash():
    household = attrs.evolve(
        HOUSEHOLD,
        lots=HOUSEHOLD.lots[:3],
        accounts=tuple(attrs.evolve(a, cash=Decimal(0)) for a in HOUSEHOLD.accounts),
    )
    target = Target(model=(ModelLine("LV", 0.9),), trading=Trading(location=False))
    result = evaluate(household, EXPOSURES, target, [])
    assert result.target.mix["cash"] == pytest.approx(0.1)
    assert result.misfit_before == pytest.approx((1700 + 1700) / 2 / 17000)


def test_style_asked_for_is_shown_exactly():
    for style in (Style(preset="market"), Style(box=MARKET_BOX)):
        assert evaluate(HOUSEHOLD, EXPOSURES, attrs.evolve(TARGET, style=style), []).target.style_box == MARKET_BOX
    point = Style(size=-0.5, value=0.4)
    result = evaluate(HOUSEHOLD, EXPOSURES, attrs.evolve(TARGET, style=point), [])
    assert (result.target.size, result.target.value_tilt) == pytest.approx((-0.5, 0.4))
    kept = evaluate(HOUSEHOLD, EXPOSURES, attrs.evolve(TARGET, style=Style()), [])
    assert kept.misfit_before == pytest.approx(0)


@pytest.mark.parametrize(
    ("misfit", "destination", "expected"),
    [
        (0, Destination.HALF, 0),
        (50, Destination.HALF, 0.25),  # band 100, destination 50
        (150, Destination.HALF, 0.25 + 100),
        (250, Destination.HALF, 0.25 + 100 + 150),
        (350, Destination.HALF, 0.25 + 100 + 150 + 200),
        (350, Destination.TARGET, 100 + 150 + 300),
        (350, Destination.EDGE, 0.5 + 100 + 150 + 100),
    ],
)
def test_penalty(misfit: float, destination: Destination, expected: float):
    bands = Bands(relative=0.2, floor=0.01, cap=0.05, destination=destination)
    assert measure.penalty(misfit, 1000.0, 0.5, attrs.evolve(bands, cap=0.1)) == pytest.approx(expected)


def test_bands_floor_and_cap():
    bands = Bands(relative=0.2, floor=0.01, cap=0.05, destination=Destination.EDGE)
    # Inside the band only the small slope counts: 10 for a small cell, 50 for a large one, of 1,000.
    for share, band in ((0.0, 10), (0.02, 10), (0.1, 20), (0.9, 50)):
        assert measure.penalty(band, 1000.0, share, bands) == pytest.approx(0.005 * band)
        assert measure.penalty(band + 1, 1000.0, share, bands) == pytest.approx(0.005 * band + 1)


def test_missing_exposure_is_unclassified():
    result = evaluate(HOUSEHOLD, {k: v for k, v in EXPOSURES.items() if k != "BD"}, TARGET, [])
    assert result.before.mix["unclassified"] == pytest.approx(1500 / 22000)
    assert result.before.coverage == pytest.approx(1 - 1500 / 22000)


def test_strangers_are_refused():
    with pytest.raises(ValueError, match="doesn't have"):
        evaluate(HOUSEHOLD, EXPOSURES, TARGET, [attrs.evolve(TRADES[1], account="X")])
    with pytest.raises(ValueError, match="doesn't have"):
        evaluate(HOUSEHOLD, EXPOSURES, attrs.evolve(TARGET, flows=(Flow("X", 1.0),)), [])
    with pytest.raises(ValueError, match="names a lot of"):
        evaluate(HOUSEHOLD, EXPOSURES, TARGET, [attrs.evolve(sell_position(HOUSEHOLD, "I", "SV"), security="BD")])
