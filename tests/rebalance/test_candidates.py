"""Candidates by cell and in the place of a security; present holdings before others of the same worth."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs
import pytest

from core.classify.exposure import Confidence, Exposure
from core.classify.relation import Relation, relation, unlikeness
from core.household import Account, AccountKind, Household, Lot, Security, SecurityType, Term
from core.rebalance.candidates import ranked_candidates, replacements
from core.rebalance.engine import Engine
from core.rebalance.holdings import build_holdings
from core.rebalance.problem import Problem, build_problem
from core.tilt.target import RuleKey, Rules, Style, Target, Trading

US = (1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
SMALL_VALUE = (0.0,) * 6 + (1.0, 0.0, 0.0)
LARGE_BLEND = (0.0, 1.0) + (0.0,) * 7


def exposure(symbol: str, box: tuple[float, ...], **more: object) -> Exposure:
    return Exposure(
        symbol=symbol,
        name=symbol,
        type=SecurityType.ETF,
        mix=US,
        style_box=box,
        sectors=(0.0,) * 11 + (1.0,),
        source={},
        as_of=None,
        confidence=Confidence.HIGH,
        **more,  # type: ignore[arg-type]
    )


EXPOSURES = {
    "BIG": exposure("BIG", LARGE_BLEND),
    "OLDSV": exposure("OLDSV", SMALL_VALUE, identical_group="small value index"),
    "NEWSV": exposure("NEWSV", SMALL_VALUE, substitutes=("OLDSV",)),
    "SAMESV": exposure("SAMESV", SMALL_VALUE, identical_group="small value index"),
    "MIXED": exposure("MIXED", (0.0, 0.3) + (0.0,) * 4 + (0.7, 0.0, 0.0)),
}


def household(held: dict[str, str]) -> Household:
    securities = tuple(
        Security(id=s, symbol=s, cusip=None, name=s, type=SecurityType.ETF, price=Decimal("50.00"))
        for s in sorted(EXPOSURES)
    )
    lots = tuple(
        Lot(
            account="A",
            security=s,
            quantity=Decimal(q),
            acquired=date(2020, 3, 2),
            cost_basis=Decimal(q) * 50,
            market_value=Decimal(q) * 50,
            term=Term.LONG,
        )
        for s, q in held.items()
    )
    account = Account(
        id="A",
        custodian="test",
        name="IRA",
        kind=AccountKind.TRADITIONAL,
        kind_source="file",
        cash=Decimal("1000.00"),
        pending=Decimal("0.00"),
        market_value=sum((lot.market_value for lot in lots), Decimal("1000.00")),
    )
    return Household(name="Candidates", as_of=date(2026, 3, 2), accounts=(account,), securities=securities, lots=lots)


def problem(held: dict[str, str], target: Target) -> Problem:
    return build_problem(build_holdings(household(held), EXPOSURES), target)


def test_relations_do_not_depend_on_which_is_named_first():
    pairs = {("OLDSV", "NEWSV"): "substitute", ("OLDSV", "SAMESV"): "identical", ("OLDSV", "BIG"): "unknown"}
    for (one, other), expected in pairs.items():
        assert relation(EXPOSURES[one], EXPOSURES[other]) == expected
        assert relation(EXPOSURES[other], EXPOSURES[one]) == expected
    assert relation(EXPOSURES["BIG"], EXPOSURES["BIG"]) is Relation.IDENTICAL


def test_unlikeness_counts_what_is_apart():
    assert unlikeness(EXPOSURES["OLDSV"], EXPOSURES["NEWSV"]) == 0
    assert unlikeness(EXPOSURES["OLDSV"], EXPOSURES["MIXED"]) == pytest.approx(0.3)
    assert unlikeness(EXPOSURES["OLDSV"], EXPOSURES["BIG"]) == pytest.approx(1.0)


def test_present_holdings_come_first_in_a_cell():
    found = ranked_candidates(problem({"BIG": "100", "MIXED": "10"}, Target()))
    assert [c.security for c in found["small value"]] == ["MIXED", "NEWSV", "OLDSV", "SAMESV"]
    assert [c.security for c in found["large blend"]] == ["BIG"]
    assert found["small value"][0].held == 500
    assert found["small value"][0].share == pytest.approx(0.7)


def test_the_universe_orders_the_rest_and_rules_leave_out():
    target = Target(universe=("SAMESV", "NEWSV", "MIXED", "BIG"), rules=Rules(no_buy=(RuleKey("BIG"),)))
    found = ranked_candidates(problem({"BIG": "100"}, target))
    assert [c.security for c in found["small value"]] == ["SAMESV", "NEWSV", "MIXED"]
    assert "large blend" not in found


def test_replacements_put_substitutes_first_and_identical_last():
    ranked = replacements(problem({"BIG": "100"}, Target()), "OLDSV", EXPOSURES)
    assert [(r.security, str(r.relation)) for r in ranked] == [
        ("NEWSV", "substitute"),
        ("MIXED", "unknown"),
        ("BIG", "unknown"),
        ("SAMESV", "identical"),
    ]
    assert ranked[0].alike == 1


@pytest.mark.parametrize("held", ["NEWSV", "OLDSV", "SAMESV"])
def test_of_purchases_worth_the_same_the_present_holding_is_bought(held: str):
    target = Target(style=Style(box=SMALL_VALUE), trading=Trading(eagerness=0.1, ticket=1.0, min_trade=250.0))
    plan = Engine(household({"BIG": "1000", held: "20"}), EXPOSURES).final(attrs.evolve(target))
    assert [t.security for t in plan.trades if t.action == "buy"] == [held]
