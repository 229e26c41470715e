"""Every setting of a target is on the sheet Inputs: whatever is changed, something that is written changes."""

import io
import itertools

import attrs
import numpy as np
import openpyxl
import pytest

from core.classify.truth import Classifier
from core.export.cells import Book
from core.export.sheets.inputs import write_inputs
from core.export.sheets.words import _RULES as RULES
from core.export.sheets.words import rule_words
from core.rebalance import tracking
from core.rebalance.engine import Engine
from core.rebalance.sales import Reluctance
from core.sample import sample_household
from core.tax.situation import TaxSituation
from core.tax.tables import FilingStatus
from core.tilt import switches
from core.tilt.risk import Covariance, Risk, covariance_of
from core.tilt.target import (
    Bands,
    Destination,
    FixedOrder,
    Flow,
    HoldRange,
    LotMethod,
    MaySell,
    Mode,
    ModelLine,
    RangeUnit,
    RuleKey,
    Rules,
    Scope,
    Style,
    Target,
    TaxSettings,
    Trading,
)
from tests.export import small_plan

SITUATION = TaxSituation(2026, FilingStatus.SINGLE, 100000)
RISK = Risk(covariance_of(["AAA", "SV"], [[0.04, 0.01], [0.01, 0.09]], "test"), 0.05, 1.0)
RANGE = HoldRange(RuleKey("AAA"), 0.1, 0.2)
ORDER = FixedOrder("42", "SV", 10)
FLOW = Flow("42", 1000)
LINE = ModelLine("AAA", 0.5)
#: Where each part of a target is, with nothing in it standard that would hide another part.
BASE = Target(
    mix={"us_equity": 0.6},
    style=Style(size=0.1, value=0.2),
    model=(LINE,),
    tax=TaxSettings(situation=SITUATION),
    rules=Rules(ranges=(RANGE,)),
    flows=(FLOW,),
    orders=(ORDER,),
    risk=RISK,
)

#: Another value of every setting.
OTHER = {
    Target: {
        "mix": {"bonds": 0.4},
        "style": Style(preset="small-value"),
        "model": (ModelLine("SV", 1.0),),
        "sectors": {"utilities": (-0.03, 0.0)},
        "bands": Bands(cap=0.06),
        "tax": TaxSettings(),
        "trading": Trading(fractional=True),
        "rules": Rules(),
        "universe": ("SV",),
        "flows": (),
        "orders": (),
        "risk": None,
    },
    Style: {
        "preset": "signals",
        "size": -0.3,
        "value": 0.4,
        "box": (0.2, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1),
        "scope": Scope.ALL_EQUITY,
    },
    ModelLine: {"symbol": "SV", "weight": 0.51, "alternates": ("BBB",)},
    Bands: {"relative": 0.21, "floor": 0.02, "cap": 0.07, "destination": Destination.EDGE},
    TaxSettings: {
        "short": 0.4081,
        "long": 0.2381,
        "situation": None,
        "gain_limit": 0.0,
        "tax_budget": 500.0,
        "almost_long_days": 30,
        "harvest_share": 0.05,
        "harvest_dollars": 100.0,
        "harvest_season": True,
        "may_sell": MaySell.LONG,
        "avoid_short_term": False,
        "harvest": False,
        "lot_method": LotMethod.FIFO,
    },
    TaxSituation: {
        "year": 2025,
        "filing": FilingStatus.MARRIED_JOINT,
        "income": 100001,
        "state_rate": 0.05,
        "short_ytd": -5,
        "long_ytd": 6,
        "short_carry": 7,
        "long_carry": 8,
        "magi": 120000,
        "qualified_dividends": 9,
        "investment_income": 10,
        "collectibles_ytd": 11,
        "unrecaptured_1250_ytd": 12,
    },
    Trading: {
        "mode": Mode.HARVEST,
        "eagerness": 0.051,
        "min_trade": 251.0,
        "order_worth": 25.0,
        "min_trade_share": 0.001,
        "ticket": 1.01,
        "half_spread": 0.00051,
        "cash_reserve": 0.011,
        "max_turnover": 0.5,
        "max_position": 0.25,
        "max_stock": 0.02,
        "fractional": True,
        "location": False,
    },
    Rules: {
        "no_buy": (RuleKey("AAA"),),
        "no_sell": (RuleKey("AAA", "42"),),
        "sell_all": (RuleKey("BBB"),),
        "hold": (RuleKey("SV"),),
        "ranges": (),
    },
    HoldRange: {"key": RuleKey("AAA", "42"), "least": 0.11, "most": None, "unit": RangeUnit.DOLLARS},
    RuleKey: {"symbol": "BBB", "account": "42"},
    Flow: {"account": "*0042", "amount": -1000.0},
    FixedOrder: {"account": "*0042", "symbol": "AAA", "quantity": -10.0},
    Risk: {
        "covariance": covariance_of(["AAA", "SV"], [[0.04, 0.01], [0.01, 0.091]], "test"),
        "limit": None,
        "aversion": 2.0,
    },
    Covariance: {"symbols": ("AAA", "SX"), "matrix": np.array([[0.05, 0.01], [0.01, 0.09]])},
}


def _in_tax(tax):
    return attrs.evolve(BASE, tax=tax)


#: The target with one of its parts in the place of the base's.
PLACED = {
    Target: (BASE, lambda part: part),
    Style: (BASE.style, lambda part: attrs.evolve(BASE, style=part)),
    ModelLine: (LINE, lambda part: attrs.evolve(BASE, model=(part,))),
    Bands: (BASE.bands, lambda part: attrs.evolve(BASE, bands=part)),
    TaxSettings: (BASE.tax, _in_tax),
    TaxSituation: (SITUATION, lambda part: _in_tax(attrs.evolve(BASE.tax, situation=part))),
    Trading: (BASE.trading, lambda part: attrs.evolve(BASE, trading=part)),
    Rules: (BASE.rules, lambda part: attrs.evolve(BASE, rules=part)),
    HoldRange: (RANGE, lambda part: attrs.evolve(BASE, rules=Rules(ranges=(part,)))),
    RuleKey: (RANGE.key, lambda part: attrs.evolve(BASE, rules=Rules(no_sell=(part,)))),
    Flow: (FLOW, lambda part: attrs.evolve(BASE, flows=(part,))),
    FixedOrder: (ORDER, lambda part: attrs.evolve(BASE, orders=(part,))),
    Risk: (RISK, lambda part: attrs.evolve(BASE, risk=part)),
    Covariance: (RISK.covariance, lambda part: attrs.evolve(BASE, risk=attrs.evolve(RISK, covariance=part))),
}


def shown(target):
    """What the sheet says: its rows of settings, as a reader sees them."""
    book = Book("t", small_plan.AS_OF)
    write_inputs(book, small_plan.household(), target)
    sheet = openpyxl.load_workbook(io.BytesIO(book.saved_bytes()))["Inputs"]
    rows = itertools.takewhile(lambda row: row[0] != "File", sheet.iter_rows(min_row=3, max_col=2, values_only=True))
    return [row for row in rows if row[0] is not None]


@pytest.mark.parametrize(
    ("part", "name"),
    [(part, field.name) for part in PLACED for field in attrs.fields(part)],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_a_changed_setting_changes_the_sheet(part, name):
    before, placed = PLACED[part]
    assert name in OTHER[part], f"{part.__name__}.{name} is new: show it on the sheet Inputs, and give a value here"
    after = attrs.evolve(before, **{name: OTHER[part][name]})
    assert shown(placed(before)) != shown(placed(after))


def test_every_kind_of_part_is_walked():
    """A new class of settings inside a target is walked too."""
    found, queue = set(), [BASE]
    while queue:
        value = queue.pop()
        if attrs.has(type(value)):
            found.add(type(value))
            queue += [getattr(value, field.name) for field in attrs.fields(type(value))]
        elif isinstance(value, (tuple, list)):
            queue += value
    assert found == set(PLACED)


def test_every_row_has_a_value_and_its_own_name():
    rows = shown(BASE)
    assert all(value not in (None, "") for _, value in rows)
    names = [name for name, _ in rows]
    assert len(names) == len(set(names))


def test_every_rule_the_engine_names_is_in_words():
    named = {"taxes", "tax", "mode", "universe", "wash_sale_in_plan", "whole_shares_and_minimum_trade", "cash of 42"}
    named |= {*switches._FIELDS, *switches._WHOLE, tracking.RISK_LIMIT}
    named |= {f"{field.name} VTI" for field in attrs.fields(Rules)}
    named |= {Reluctance(number).rule for number in Reluctance if number}
    named |= rules_of_a_plan()
    for rule in named:
        assert rule in RULES or rule.split(" ")[0] in RULES, rule
        assert "_" not in rule_words(rule, small_plan.household())
    assert rule_words("ranges *0042:VTI", small_plan.household()) == "range to hold of VTI in Joint"
    assert rule_words("cash of 42", small_plan.household()) == "cash of -IRA"
    assert rule_words("ranges 1234:VTI", small_plan.household()) == "range to hold of 1234:VTI"
    assert rule_words("risk limit", small_plan.household()) == "limit of the tracking error"
    assert rule_words("no_sell VTI", small_plan.household()) == "do not sell VTI"


def rules_of_a_plan():
    """What the engine itself names in a plan with many rules in force."""
    household = sample_household()
    account, symbol = next(iter(household.lots_by_position))
    target = Target(
        style=Style(preset="small-value"),
        tax=TaxSettings(may_sell=MaySell.LONG, gain_limit=1000.0, lot_method=LotMethod.FIFO),
        trading=Trading(mode=Mode.INVEST_CASH, max_turnover=0.02, max_position=0.05, cash_reserve=0.0),
        rules=Rules(no_sell=(RuleKey(symbol, account),), ranges=(HoldRange(RuleKey(symbol), most=0.9),)),
    )
    exposures = Classifier().classify_household(household)
    found = set()
    for mode in (Mode.FULL, Mode.INVEST_CASH):
        asked = attrs.evolve(target, trading=attrs.evolve(target.trading, mode=mode))
        plan = Engine(household, exposures).final(asked)
        found |= {item.rule for item in plan.tilt_lost} | {rule for t in plan.trades for rule in t.limited_by}
    assert len(found) > 5
    return found
