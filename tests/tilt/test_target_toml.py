import tomllib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.errors import InputError
from core.tilt.target import (
    FixedOrder,
    HoldRange,
    LotMethod,
    MaySell,
    Mode,
    ModelLine,
    RangeUnit,
    RuleKey,
    Scope,
    Target,
)
from core.tilt.target_toml import read_target, target_from_dict, target_toml
from tests.households import random_household

FULL = """
[mix]
us_equity = 0.55
bonds = 0.3

[style]
box = [[0.20, 0.15, 0.10], [0.10, 0.08, 0.05], [0.17, 0.10, 0.05]]
scope = "all_equity"

[model]
VTI = 0.40
VBR = { weight = 0.15, alternates = ["AVUV", "SLYV"] }

[sectors]
industrials = [0.0, 0.05]

[bands]
destination = "edge"

[tax]
mode = "flat"
short = 0.37
gain_limit = 20000
may_sell = "long"
lot_method = "hifo"

[trading]
eagerness = 0.02
fractional = true
order_worth = 75

[rules]
no_buy = ["META"]
sell_all = ["1234:T"]

[universe]
buy = ["AVUV", "VBR"]

[[flows]]
account = "1234"
amount = -25000
"""


def parse(text):
    return target_from_dict(tomllib.loads(text), "t.toml")


def test_every_table_is_read():
    target = parse(FULL)
    assert target.mix == {"us_equity": 0.55, "bonds": 0.3}
    assert target.style.scope is Scope.ALL_EQUITY
    assert target.style.box is not None
    assert target.style.box[6] == 0.17
    assert target.model == (ModelLine("VTI", 0.4), ModelLine("VBR", 0.15, ("AVUV", "SLYV")))
    assert target.sectors == {"industrials": (0.0, 0.05)}
    assert target.tax.may_sell is MaySell.LONG
    assert target.tax.lot_method is LotMethod.HIFO
    assert target.tax.gain_limit == 20_000
    assert target.tax.long == 0.238
    assert target.trading.fractional
    assert target.trading.order_worth == 75
    assert target.rules.sell_all == (RuleKey("T", "1234"),)
    assert target.universe == ("AVUV", "VBR")
    assert target.flows[0].amount == -25_000


def test_tax_by_tables_and_fixed_orders_survive_writing_and_reading():
    text = """
[tax]
mode = "tables"
year = 2026
filing = "mfj"
income = 410000
state_rate = 0.093
short_carry = 12000

[trading]
mode = "harvest"

[rules.ranges]
VTI = { least = 0.05, most = 0.1 }
"1234:AAPL" = { most = 100, unit = "units" }

[[orders]]
account = "1234"
symbol = "VBR"
quantity = -12.5
"""
    target = parse(text)
    assert target.tax.situation is not None
    assert target.tax.situation.filing == "married_joint"
    assert target.tax.situation.short_carry == 12_000
    assert target.orders == (FixedOrder("1234", "VBR", -12.5),)
    assert target.trading.mode is Mode.HARVEST
    assert target.rules.ranges == (
        HoldRange(RuleKey("VTI"), 0.05, 0.1),
        HoldRange(RuleKey("AAPL", "1234"), None, 100, RangeUnit.UNITS),
    )
    assert parse(target_toml(target)) == target


def test_an_empty_file_is_the_standard_target():
    assert parse("") == Target()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[style]\npreset = 'tiny'", ["[style] preset", "market", "tiny"]),
        ("[style]\npreset = 'market'\nsize = 0.1\nvalue = 0.1", ["not several"]),
        ("[style]\nsize = 0.1", ["both size and value"]),
        ("[style]\nbox = [[0.5, 0.5, 0.5]]", ["three rows"]),
        ("[style]\nbox = [[0.5, 0.5, 0.5], [0, 0, 0], [0, 0, 0]]", ["sum to 1.5"]),
        ("[mix]\nus_equity = 0.9\nbonds = 0.3", ["sum to 1.2"]),
        ("[mix]\nus_equty = 0.9", ["us_equty", "not a setting"]),
        ("[trading]\neagerness = 'high'", ["[trading] eagerness", "a number"]),
        ("[trading]\ncash_reserve = 1.5", ["between 0 and 1"]),
        ("[trading]\norder_worth = -1", ["[trading] order_worth"]),
        ("[trading]\nfractional = 1", ["true or false"]),
        ("[tax]\nlot_method = 'best'", ["optimal, hifo, fifo, lifo"]),
        ("[tax]\nmode = 'exact'", ["flat, tables"]),
        ("[tax]\nmode = 'tables'", ["[tax] year", "needed"]),
        ("[tax]\nmode = 'tables'\nyear = 1999\nfiling = 'single'\nincome = 1", ["1999", "2026"]),
        ("[[orders]]\naccount = '1'\nsymbol = 'VTI'", ["quantity"]),
        ("[[orders]]\naccount = '1'\nsymbol = 'A'\nquantity = 1\n" * 2, ["twice"]),
        ("[trading]\nmode = 'half'", ["full, out_of_band"]),
        ("[rules]\nno_buy = 'META'", ["a list of names"]),
        ("[rules.ranges]\nVTI = { unit = 'share' }", ["least, most or both"]),
        ("[rules.ranges]\nVTI = { least = 0.2, most = 0.1 }", ["above the most"]),
        ("[rules.ranges]\nVTI = { least = 0.2, unit = 'kg' }", ["share, dollars, units"]),
        ("[rules]\nno_buy = ['1234:']", ["ACCOUNT:SYMBOL"]),
        ("[sectors]\ntech = [0, 0.1]", ["tech", "not a setting"]),
        ("[sectors]\nenergy = [0.1, 0.0]", ["above the highest"]),
        ("[model]\nVTI = 0.7\nVBR = 0.4", ["sum to 1.1"]),
        ("[model]\nVTI = 0.7\nVBR = { weight = 0.1, alternates = ['VTI'] }", ["two lines"]),
        ("[[flows]]\naccount = '1'", ["account and amount"]),
        ("[[flows]]\naccount = 1234\namount = 5", ["in quotes"]),
        ("[rebalance]\nx = 1", ["rebalance", "not a setting"]),
        ("style = 3", ["a table [style]"]),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(text, words):
    with pytest.raises(InputError) as caught:
        parse(text)
    message = str(caught.value)
    assert message.startswith("t.toml: ")
    for word in words:
        assert word in message


def test_a_file_that_is_not_toml_or_not_there(tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_text("[style\n", "utf-8")
    with pytest.raises(InputError, match="not a valid TOML"):
        read_target(bad)
    with pytest.raises(InputError, match="can't be read"):
        read_target(tmp_path / "none.toml")


def test_the_full_example_survives_writing_and_reading():
    target = parse(FULL)
    assert parse(target_toml(target)) == target


@given(st.integers(0, 10_000))
def test_any_target_survives_writing_and_reading(seed):
    target = random_household(seed, 2, 8, 12)[2]
    names = [name for line in target.model for name in (line.symbol, *line.alternates)]
    assume(len(names) == len(set(names)))  # a security in two lines is refused on reading
    assert parse(target_toml(target)) == target


@given(st.text(min_size=1).filter(lambda s: s.strip() == s))
def test_any_name_survives_writing_and_reading(name):
    target = Target(universe=(name,))
    assert parse(target_toml(target)) == target
