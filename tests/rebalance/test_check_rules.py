"""Each rule, kept and broken."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs
import pytest

from core.rebalance.evaluate import evaluate
from core.tilt.target import Flow, LotMethod, MaySell, ModelLine, RuleKey
from tests.orders import buy, sell, sell_position
from tests.rebalance.small import (
    BD_IRA,
    EXPOSURES,
    HOUSEHOLD,
    LV_LOSS,
    LV_OLD,
    LV_UNKNOWN,
    SV_IRA,
    TARGET,
    broken,
    dec,
    lot,
    rules,
    taxes,
    trading,
    with_lots,
)


def sold(**parts: int):
    return sell(HOUSEHOLD, {{"old": LV_OLD, "loss": LV_LOSS, "unknown": LV_UNKNOWN}[k]: v for k, v in parts.items()})


def test_cash_reserve():
    # The account is worth 18,000: 180 stay; 1,000 less 820 less a ticket is 179.
    assert broken([buy(HOUSEHOLD, "T", "ST", 40)]) == set()
    assert broken([buy(HOUSEHOLD, "T", "ST", 41)]) == {"cash_reserve"}
    assert broken([buy(HOUSEHOLD, "T", "ST", 41)], trading(ticket=0.0)) == set()
    (violation,) = evaluate(HOUSEHOLD, EXPOSURES, TARGET, [buy(HOUSEHOLD, "T", "ST", 41)]).violations
    assert (violation.account, violation.amount) == ("T", dec("1.00"))


def test_cash_reserve_counts_flows_and_pending_debits():
    assert broken([], attrs.evolve(TARGET, flows=(Flow("I", -464.0),))) == set()  # 36 of a value of 3,536
    assert broken([], attrs.evolve(TARGET, flows=(Flow("I", -465.0),))) == {"cash_reserve"}
    owing = attrs.evolve(HOUSEHOLD.accounts[0], pending=dec("-900"))
    assert broken([], household=attrs.evolve(HOUSEHOLD, accounts=(owing, HOUSEHOLD.accounts[1]))) == {"cash_reserve"}
    coming = attrs.evolve(HOUSEHOLD.accounts[0], pending=dec("900"))
    household = attrs.evolve(HOUSEHOLD, accounts=(coming, HOUSEHOLD.accounts[1]))
    assert broken([buy(household, "T", "ST", 50)], household=household) == {"cash_reserve"}


@pytest.mark.parametrize("account", [None, "T"])
def test_no_buy_no_sell_hold(account: str | None):
    lv, other = RuleKey("LV", account), RuleKey("LV", "I")
    sale, purchase = sold(old=10), buy(HOUSEHOLD, "T", "LV", 5)
    assert broken([sale], rules(no_buy=(lv,))) == set()
    assert broken([purchase], rules(no_buy=(lv,))) == {"no_buy"}
    assert broken([purchase], rules(no_sell=(lv,))) == set()
    assert broken([sale], rules(no_sell=(lv,))) == {"no_sell"}
    assert broken([sale], rules(hold=(lv,))) == broken([purchase], rules(hold=(lv,))) == {"hold"}
    assert broken([sale], rules(no_sell=(other,), hold=(other,))) == set()


def test_sell_all():
    everything = sell_position(HOUSEHOLD, "I", "SV")
    assert broken([everything], rules(sell_all=(RuleKey("SV"),))) == set()
    assert broken([], rules(sell_all=(RuleKey("SV"),))) == {"sell_all"}
    assert broken([sell(HOUSEHOLD, {SV_IRA: 39})], rules(sell_all=(RuleKey("SV", "I"),))) == {"sell_all"}
    assert broken([], rules(sell_all=(RuleKey("SV", "T"),))) == set()


def test_min_trade():
    assert broken([buy(HOUSEHOLD, "T", "SV", 5)]) == set()
    assert broken([buy(HOUSEHOLD, "T", "SV", 4)]) == {"min_trade"}
    tiny = with_lots(lot("T", "ST", "3", "60", "50", date(2020, 1, 1)))
    assert broken([sell(tiny, {5: 3})], household=tiny) == set()  # closes the position
    assert broken([sell(tiny, {5: 2})], household=tiny) == {"min_trade"}


def test_whole_shares():
    odd = with_lots(lot("T", "ST", "30.5", "610", "500", date(2020, 1, 1)))
    assert broken([sell(odd, {5: 30})], household=odd) == set()
    assert broken([sell(odd, {5: "30.5"})], household=odd) == set()  # closes the position
    assert broken([sell(odd, {5: "29.5"})], household=odd) == {"whole_shares"}
    assert broken([buy(HOUSEHOLD, "T", "SV", "5.25")]) == {"whole_shares"}
    assert broken([buy(HOUSEHOLD, "T", "SV", "5.2525")], trading(fractional=True)) == set()
    assert broken([buy(HOUSEHOLD, "T", "SV", "5.25255")], trading(fractional=True)) == {"whole_shares"}
    assert broken([buy(HOUSEHOLD, "T", "BD", "30.125")]) == set()
    assert broken([buy(HOUSEHOLD, "T", "BD", "30.1255")]) == {"whole_shares"}
    assert broken([buy(HOUSEHOLD, "T", "NOTE", 500)]) == {"whole_shares"}
    rich = attrs.evolve(HOUSEHOLD, accounts=tuple(attrs.evolve(a, cash=dec("5000")) for a in HOUSEHOLD.accounts))
    assert broken([buy(rich, "T", "NOTE", 2000)], household=rich) == set()


def test_oversell():
    assert broken([sell(HOUSEHOLD, {SV_IRA: 40})]) == set()
    assert broken([sell(HOUSEHOLD, {SV_IRA: 41})]) == {"oversell"}
    twice = [sell(HOUSEHOLD, {SV_IRA: 30}), sell(HOUSEHOLD, {SV_IRA: 20})]
    assert broken(twice) == {"oversell"}


def test_untradable():
    short = with_lots(
        lot("T", "ST", "-30", "-600", "-700", date(2026, 1, 1)), lot("T", "CALL", "1", "300", "100", date(2026, 1, 1))
    )
    assert broken([], household=short) == set()
    assert "untradable" in broken([sell(short, {5: -30})], household=short)
    assert broken([buy(short, "T", "ST", 30)], household=short) == {"untradable"}
    assert broken([sell(short, {6: 1})], household=short) == {"untradable"}
    unpriced = attrs.evolve(
        HOUSEHOLD, securities=tuple(attrs.evolve(s, price=None) if s.id == "ST" else s for s in HOUSEHOLD.securities)
    )
    assert "untradable" in broken([buy(unpriced, "T", "ST", 30)], household=unpriced)


def test_universe():
    only = attrs.evolve(TARGET, universe=("SV",), model=(ModelLine("BD", 0.1, ("LV2",)),))
    for symbol in ("SV", "BD", "LV2"):
        assert broken([buy(HOUSEHOLD, "T", symbol, 30)], only) <= {"cash_reserve"}
    assert broken([buy(HOUSEHOLD, "T", "ST", 30)], only) == {"universe"}
    assert broken([sold(old=10)], only) == set()


def test_buy_and_sell():
    assert broken([sold(old=10), buy(HOUSEHOLD, "I", "LV", 4)]) == set()
    assert broken([sold(old=10), buy(HOUSEHOLD, "T", "LV", 4)]) == {"buy_and_sell"}


def test_wash_sale():
    assert broken([sold(loss=50), buy(HOUSEHOLD, "I", "ST", 20)]) == set()
    assert broken([sold(old=50), buy(HOUSEHOLD, "I", "LV2", 12)]) == set()  # a gain is never washed
    assert broken([sold(loss=50), buy(HOUSEHOLD, "I", "LV2", 12)]) == {"wash_sale"}  # identical, in the IRA
    losing_ira = attrs.evolve(
        HOUSEHOLD, lots=(*HOUSEHOLD.lots[:3], attrs.evolve(HOUSEHOLD.lots[SV_IRA], cost_basis=dec("9000")))
    )
    trades = [sell(losing_ira, {SV_IRA: 20}), buy(losing_ira, "T", "SV", 5)]
    assert broken(trades, household=losing_ira) == set()  # a loss in the IRA is none


def test_max_turnover():
    trades = [sold(old=22)]  # 2,200 / 2 / 22,000 = 5 %
    assert broken(trades, trading(max_turnover=0.05)) == set()
    assert broken(trades, trading(max_turnover=0.0499)) == {"max_turnover"}


def test_max_position_and_max_stock():
    assert broken([buy(HOUSEHOLD, "T", "SV", 12)], trading(max_position=0.12)) == set()  # 2,600 of 22,000
    assert broken([buy(HOUSEHOLD, "T", "SV", 13)], trading(max_position=0.12)) == {"max_position"}
    assert broken([sold(old=10)], trading(max_position=0.12)) == set()  # an excess is not forced out
    assert broken([buy(HOUSEHOLD, "T", "ST", 22)], trading(max_stock=0.02)) == set()
    assert broken([buy(HOUSEHOLD, "T", "ST", 23)], trading(max_stock=0.02)) == {"max_stock"}
    named = attrs.evolve(trading(max_stock=0.02), universe=("ST",))
    assert broken([buy(HOUSEHOLD, "T", "ST", 23)], named) == set()
    assert broken([buy(HOUSEHOLD, "T", "SV", 15)], trading(max_stock=0.02)) == set()  # a fund


def test_sectors():
    # Energy is 17/19 of US equity; selling 2,000 of it leaves 15/17, 1.24 points less.
    trades = [sold(unknown=20)]
    assert broken(trades, attrs.evolve(TARGET, sectors={"energy": (-0.02, 0.0)})) == set()
    assert broken(trades, attrs.evolve(TARGET, sectors={"energy": (-0.01, 0.0)})) == {"sectors"}
    assert broken(trades, attrs.evolve(TARGET, sectors={"utilities": (0.0, 0.01)})) == {"sectors"}
    assert broken(trades, attrs.evolve(TARGET, sectors={"utilities": (0.0, 0.02)})) == set()
    # Without equity today there is no share to start from.
    bonds_only = attrs.evolve(HOUSEHOLD, lots=HOUSEHOLD.lots[BD_IRA:])
    assert (
        broken([buy(bonds_only, "T", "SV", 6)], attrs.evolve(TARGET, sectors={"energy": (0.0, 0.1)}), bonds_only)
        == set()
    )
    # A sector that must rise makes doing nothing a violation.
    assert broken([], attrs.evolve(TARGET, sectors={"utilities": (0.01, 0.5)})) == {"sectors"}


def test_gain_limit():
    assert broken([sold(old=50)], taxes(gain_limit=2000.0)) == set()
    assert broken([sold(old=51)], taxes(gain_limit=2000.0)) == {"gain_limit"}
    assert broken([sold(old=51, loss=10)], taxes(gain_limit=2000.0)) == set()  # net of a loss of 100


def test_may_sell():
    in_ira, in_taxable = sell(HOUSEHOLD, {BD_IRA: 50}), sold(old=10, loss=5)
    short_gain = with_lots(lot("T", "SV", "40", "2000", "1900", date(2026, 1, 5)))
    short_sale = sell(short_gain, {5: 40})
    expected = {
        MaySell.NOTHING: ({"may_sell"}, {"may_sell"}, {"may_sell"}),
        MaySell.SHELTERED: (set(), {"may_sell"}, {"may_sell"}),
        MaySell.LONG: (set(), set(), {"may_sell"}),
        MaySell.ALL: (set(), set(), set()),
    }
    for choice, (ira, taxable, short) in expected.items():
        target = taxes(may_sell=choice)
        assert broken([in_ira], target) == ira
        assert broken([in_taxable], target) == taxable
        assert broken([short_sale], target, short_gain) == short
        assert broken([buy(HOUSEHOLD, "T", "SV", 5)], target) == set()


def test_lot_method():
    household = with_lots(
        lot("T", "LV", "10", "1000", "900", date(2023, 1, 1)),  # unit cost 90
        lot("T", "LV", "10", "1000", "1100", date(2025, 1, 1)),  # 110, as LV_LOSS but older
        lot("I", "SV", "10", "500", "100", date(2026, 1, 1)),
    )
    # HIFO: the two at 110, older first, then 90, then 60, unknown basis last.
    # FIFO: undated counts as the oldest, 2020, 2023, 2025, 2026. LIFO the other way round.
    orders = {
        LotMethod.HIFO: [6, LV_LOSS, 5, LV_OLD, LV_UNKNOWN],
        LotMethod.FIFO: [LV_UNKNOWN, LV_OLD, 5, 6, LV_LOSS],
        LotMethod.LIFO: [LV_LOSS, 6, 5, LV_OLD, LV_UNKNOWN],
    }
    for method, order in orders.items():
        target = taxes(lot_method=method)
        for count in range(1, len(order) + 1):
            parts = {i: household.lots[i].quantity for i in order[:count]}
            parts[order[count - 1]] /= 2  # the last of them in part
            assert broken([sell(household, parts)], target, household) == set()
            if count > 1:
                first = order[count - 2]
                less = parts | {first: parts[first] - 1}
                assert broken([sell(household, less)], target, household) == {"lot_method"}
                without = {i: q for i, q in parts.items() if i != first}
                assert broken([sell(household, without)], target, household) == {"lot_method"}
        # The IRA's lots may be sold in any order.
        for index in (SV_IRA, 7):
            assert broken([sell(household, {index: 10})], target, household) == set()
    assert broken([sell(household, {LV_UNKNOWN: 10})], TARGET, household) == set()


def test_amount_and_cash_conservation():
    right = buy(HOUSEHOLD, "T", "SV", 5)
    assert broken([right]) == set()
    assert broken([attrs.evolve(right, amount=dec("250.01"))]) == {"amount", "cash_conservation"}
    assert broken([attrs.evolve(right, price=dec("50.01"), amount=dec("250.05"))]) == {"amount"}
    assert "amount" in broken([attrs.evolve(right, quantity=Decimal(-5), amount=dec("-250.00"))])


def test_value_conservation():
    # A price a hundred times what the file's market value says: a wrong multiplier makes money out of nothing.
    wrong = with_lots(lot("T", "NOTE", "50000", "492.50", "500", date(2020, 1, 1)))
    assert broken([sell(wrong, {5: 50000})], trading(max_turnover=9.0), wrong) == {"value_conservation"}
    right = with_lots(lot("T", "NOTE", "50000", "49250.03", "500", date(2020, 1, 1)))
    assert broken([sell(right, {5: 50000})], trading(max_turnover=9.0), right) == set()


def test_lots_of_a_sale():
    sale = sold(old=10)
    assert broken([sale]) == set()
    part = sale.lots[0]
    for wrong in (
        {"quantity": Decimal(9)},
        {"gain": dec("399.98")},
        {"gain": None},
        {"cost_basis": dec("1")},
        {"term": "short"},
    ):
        assert broken([attrs.evolve(sale, lots=(attrs.evolve(part, **wrong),))]) >= {"lots"}
    assert broken([attrs.evolve(buy(HOUSEHOLD, "T", "LV", 5), lots=(part,))]) == {"lots"}


def test_violation_reads_in_plain_words():
    (violation,) = evaluate(HOUSEHOLD, EXPOSURES, rules(hold=(RuleKey("LV"),)), [sold(old=10)]).violations
    assert str(violation) == "hold T:LV: sold"
    assert violation.amount == dec("1000.00")
