"""Rules as switches, and the edits of restrictions, ranges, flows and hand-decided trades."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.edits import Document, ImportHousehold, Part
from core.errors import UsageError
from core.tilt.edits import FixOrder, FixOrders, FreeOrder, Restrict, SetFlow, SetSectors, Substitute, SwitchRule
from core.tilt.switches import has_switch, in_force, parse_rule, rules_in_force, switched_off, switched_on, value_of
from core.tilt.target import FixedOrder, LotMethod, MaySell, ModelLine, RuleKey, Rules, Target, TaxSettings, Trading
from tests.desktop.small_household import small_household

FULL = Target(
    tax=TaxSettings(gain_limit=5000.0, may_sell=MaySell.LONG, lot_method=LotMethod.FIFO),
    trading=Trading(max_turnover=0.3, max_position=0.2),
    rules=Rules(
        no_buy=(RuleKey("VTI"),), no_sell=(RuleKey("AAPL", "1111"),), hold=(RuleKey("BND"),), sell_all=(RuleKey("X"),)
    ),
    sectors={"energy": (-0.01, 0.02)},
    orders=(FixedOrder("1111", "VTI", -3.0),),
)


def document():
    return Document(small_household())


def test_every_rule_of_a_full_target_has_a_switch_that_works_both_ways():
    rules = rules_in_force(FULL)
    assert len(rules) == 14
    for rule in rules:
        assert has_switch(rule)
        off = switched_off(FULL, rule)
        assert off != FULL
        assert not in_force(off, rule)
        assert rule not in rules_in_force(off)
        back = switched_on(off, rule, value_of(FULL, rule))
        assert in_force(back, rule)
        assert rules_in_force(back) == rules


@given(st.permutations(rules_in_force(FULL)))
def test_the_order_of_switching_off_makes_no_difference(order):
    target = FULL
    for rule in order:
        target = switched_off(target, rule)
    assert rules_in_force(target) == ()


@pytest.mark.parametrize("rule", ["taxes", "wash_sale", "whole_shares_and_minimum_trade", "unknown_basis"])
def test_what_is_no_choice_has_no_switch(rule):
    assert not has_switch(rule)
    assert in_force(FULL, rule)
    with pytest.raises(UsageError):
        switched_off(FULL, rule)


def test_standard_value_comes_back_where_none_was_kept():
    off = switched_off(Target(), "cash_reserve")
    assert off.trading.cash_reserve == 0
    assert switched_on(off, "cash_reserve") == Target()
    with pytest.raises(UsageError):
        switched_on(Target(), "gain_limit")


def test_rule_names_of_one_account():
    assert parse_rule("no_buy 12:34:VTI") == ("no_buy", RuleKey("VTI", "12:34"))
    assert parse_rule("hold VTI") == ("hold", RuleKey("VTI"))
    assert parse_rule("taxes") == ("taxes", None)


def test_switch_edit_says_which_part_changed_and_undoes_itself():
    before = document()
    after, changes, inverse = SwitchRule("avoid_short_term", on=False).apply(before)
    assert changes.parts == {Part.TAX}
    assert not after.target.tax.avoid_short_term
    assert inverse.apply(after)[0] == before


def test_sector_ranges_contain_no_change_and_known_sectors_only():
    after = SetSectors({"energy": (-0.02, 0.01)}).apply(document())[0]
    assert after.target.sectors == {"energy": (-0.02, 0.01)}
    for bad in ({"energy": (0.01, 0.02)}, {"unknown": (-0.1, 0.1)}, {"gold": (-0.1, 0.1)}):
        with pytest.raises(UsageError):
            SetSectors(bad).apply(document())


def test_one_flow_an_account_and_none_at_zero():
    after = SetFlow("1111", 5000.0).apply(document())[0]
    after = SetFlow("1111", -2500.0).apply(after)[0]
    assert [(flow.account, flow.amount) for flow in after.target.flows] == [("1111", -2500.0)]
    assert SetFlow("1111", 0.0).apply(after)[0].target.flows == ()
    with pytest.raises(UsageError):
        SetFlow("nowhere", 1.0).apply(document())


def test_restrictions_come_once_and_go():
    after = Restrict("no_sell", RuleKey("VTI", "1111")).apply(document())[0]
    again = Restrict("no_sell", RuleKey("VTI", "1111")).apply(after)[0]
    assert again.target.rules.no_sell == (RuleKey("VTI", "1111"),)
    assert Restrict("no_sell", RuleKey("VTI", "1111"), on=False).apply(again)[0].target == Target()


def test_a_fixed_order_replaces_the_one_before_and_can_be_freed():
    after = FixOrder(FixedOrder("1111", "VTI", -3.0)).apply(document())[0]
    after = FixOrder(FixedOrder("1111", "VTI", -5.0)).apply(after)[0]
    assert after.target.orders == (FixedOrder("1111", "VTI", -5.0),)
    excluded = FixOrder(FixedOrder("1111", "VTI", 0.0)).apply(after)[0]
    assert excluded.target.orders == ()
    assert excluded.target.rules.hold == (RuleKey("VTI", "1111"),)
    assert FreeOrder("1111", "VTI").apply(excluded)[0].target == Target()


def test_more_than_is_held_cannot_be_sold():
    with pytest.raises(UsageError, match="held"):
        FixOrder(FixedOrder("1111", "VTI", -1e9)).apply(document())


def test_locking_all_is_one_edit():
    orders = (FixedOrder("1111", "VTI", -1.0), FixedOrder("1111", "VBR", 4.0))
    assert FixOrders(orders).apply(document())[0].target.orders == orders


def test_substitute_joins_the_model_line_and_forbids_the_first():
    start = attrs.evolve(document(), target=Target(model=(ModelLine("VBR", 0.2),), universe=("VBR",)))
    after = Substitute("VBR", "AVUV").apply(start)[0].target
    assert after.model == (ModelLine("VBR", 0.2, ("AVUV",)),)
    assert after.universe == ("VBR", "AVUV")
    assert after.rules.no_buy == (RuleKey("VBR"),)
    with pytest.raises(UsageError):
        Substitute("VBR", "VBR").apply(start)


def test_orders_of_accounts_that_are_gone_go_with_an_import():
    start = attrs.evolve(
        document(), target=Target(orders=(FixedOrder("gone", "VTI", 1.0), FixedOrder("1111", "VTI", -1.0)))
    )
    other = small_household("Okafor household")
    after = ImportHousehold(other).apply(start)[0]
    assert after.target.orders == (FixedOrder("1111", "VTI", -1.0),)
