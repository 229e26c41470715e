"""Tracking error: by hand, in every plan of random households, and against every whole-share plan there is."""

from __future__ import annotations

import itertools
import math
from decimal import Decimal

import attrs
import numpy as np
import pytest

from core.classify.exposure import Confidence, Exposure
from core.errors import NoPlanError
from core.household import Account, AccountKind, Household, Lot, Security, SecurityType, Severity, Term
from core.money import ZERO
from core.rebalance.engine import Engine, wanted_of
from core.rebalance.evaluate import evaluate
from core.rebalance.holdings import build_holdings
from core.rebalance.problem import build_problem
from core.rebalance.proposal import Action, Proposal, Trade
from core.rebalance.risk_relaxation import RiskRelaxation, relaxation_of
from core.rebalance.tracking import TrackingOfMoves, build_tracking
from core.tilt.risk import Covariance, Risk, covariance_of
from core.tilt.target import ModelLine, RuleKey, Rules, Target, TaxSettings, Trading
from tests.orders import buy, sell
from tests.rebalance.model_household import model_household, without_risk
from tests.rebalance.small import AS_OF, NO_SECTOR, US, dec

SEEDS = range(12)
BLEND = (0.0, 1.0, *(0.0,) * 7)


def stock(symbol: str) -> Exposure:
    source = {"mix": "test", "style_box": "test", "sectors": "test"}
    return Exposure(symbol, symbol, SecurityType.STOCK, US, BLEND, NO_SECTOR, source, None, Confidence.HIGH, "", None)


def three_stocks(shares: tuple[int, int, int], cash: str, kind: AccountKind = AccountKind.TAXABLE) -> Household:
    """A, B, C at $1,000, $800 and $500, bought long ago at $900 each lot's share."""
    prices = {"A": dec("1000"), "B": dec("800"), "C": dec("500")}
    basis = {"A": dec("700"), "B": dec("900"), "C": dec("450")}
    day = AS_OF.replace(year=AS_OF.year - 3)
    lots = tuple(
        Lot("T", s, Decimal(n), n * prices[s], n * basis[s], day, Term.LONG)
        for s, n in zip(prices, shares, strict=True)
        if n
    )
    worth = sum((lot.market_value for lot in lots), ZERO) + dec(cash)
    account = Account("T", "T", None, kind, "file", dec(cash), ZERO, worth)
    securities = tuple(Security(s, s, None, s, SecurityType.STOCK, p) for s, p in prices.items())
    return Household("Three", AS_OF, (account,), securities, lots)


EXPOSURES = {s: stock(s) for s in "ABC"}
COVARIANCE = covariance_of("ABC", [[0.04, 0.01, 0.0], [0.01, 0.09, 0.02], [0.0, 0.02, 0.16]], "test")


def asks(limit: float | None, aversion: float, eagerness: float = 0.0, covariance: Covariance = COVARIANCE) -> Target:
    return Target(
        model=(ModelLine("A", 0.5), ModelLine("B", 0.3), ModelLine("C", 0.2)),
        tax=TaxSettings(short=0.4, long=0.2),
        trading=Trading(
            eagerness=eagerness,
            min_trade=0.0,
            ticket=0.0,
            half_spread=0.001,
            cash_reserve=0.0,
            max_stock=1.0,
            location=False,
        ),
        risk=Risk(covariance, limit, aversion),
    )


# -- by hand ------------------------------------------------------------------------------------------------


def test_two_securities_by_hand():
    # 10,000: A 6,000 (6), B 4,000 (5); wanted 50/30/20. Away: 0.10, 0.10, -0.20.
    household = three_stocks((6, 5, 0), "0")
    judged = evaluate(household, EXPOSURES, asks(0.05, 3.0), ())
    # 0.01*0.04 + 0.01*0.09 + 0.04*0.16 + 2*0.01*0.01 - 2*0.02*0.02 = 0.0004 + 0.0009 + 0.0064 + 0.0002 - 0.0008
    assert judged.tracking is not None
    assert judged.tracking.after == pytest.approx(math.sqrt(0.0071), rel=1e-12)
    assert judged.do_nothing == pytest.approx(3.0 * 10_000 * 0.0071, rel=1e-12)
    assert [v.rule for v in judged.violations] == ["risk"]
    assert "8.426 %" in judged.violations[0].message
    # One A sold, two C bought: away 0, 0.10, -0.10.
    moved = evaluate(household, EXPOSURES, asks(0.05, 3.0), (sell(household, {0: 1}), buy(household, "T", "C", 2)))
    assert moved.tracking is not None
    assert moved.tracking.before == judged.tracking.before
    assert moved.tracking.after == pytest.approx(math.sqrt(0.0009 + 0.0016 - 2 * 0.0002), rel=1e-12)
    assert not moved.violations


def test_what_has_no_covariance_is_left_out_and_said():
    household = three_stocks((6, 5, 0), "0")
    covariance = covariance_of("AC", [[0.04, 0.0], [0.0, 0.16]], "test")
    judged = evaluate(household, EXPOSURES, asks(None, 1.0, covariance=covariance), ())
    assert judged.tracking is not None
    assert judged.tracking.after == pytest.approx(math.sqrt(0.01 * 0.04 + 0.04 * 0.16), rel=1e-12)
    messages = [f.message for f in judged.findings if f.code == "no_covariance"]
    assert any(m.startswith("40.0 % of the household (B)") for m in messages)
    assert any(m.startswith("30.0 % of the model (B)") for m in messages)


def test_cash_has_no_risk():
    # All of the model's weights are away, whole: held as cash.
    judged = evaluate(three_stocks((0, 0, 0), "10000"), EXPOSURES, asks(None, 1.0), ())
    away = np.array([0.5, 0.3, 0.2])
    assert judged.tracking is not None
    assert judged.tracking.after == pytest.approx(math.sqrt(away @ COVARIANCE.matrix @ away), rel=1e-12)


# -- moves --------------------------------------------------------------------------------------------------


@attrs.frozen(eq=False)
class Moves:
    pair: np.ndarray
    change: np.ndarray


@pytest.mark.parametrize("seed", SEEDS)
def test_moves_change_the_square_as_a_whole_recount_does(seed: int):
    household, exposures, target = model_household(seed, limit=0.02, aversion=2.0)
    holdings = build_holdings(household, exposures)
    problem = build_problem(holdings, target)
    tracking = build_tracking(holdings, target, problem.by_security, problem.value)
    assert tracking is not None
    rng = np.random.default_rng(seed)
    count = 2 * len(holdings.securities)  # two accounts: a security may be moved in both
    security = np.arange(count) % len(holdings.securities)
    worth = rng.normal(0, 3000, count)
    moves = TrackingOfMoves(tracking, security)
    moves.stand(worth)
    one, other = (Moves(rng.integers(0, count, 40), rng.normal(0, 3000, (5, 40))) for _ in range(2))

    def recount(*parts: tuple[int, float]) -> float:
        away = tracking.start.copy()
        changed = worth.copy()
        for p, dollars in parts:
            changed[p] += dollars
        for p, dollars in enumerate(changed):
            if tracking.row[security[p]] >= 0:
                away[tracking.row[security[p]]] += dollars
        return float(away @ tracking.matrix @ away)

    def expected(square: float) -> tuple[float, float]:
        return target.risk.aversion / problem.value * square, max(math.sqrt(square) - 0.02 * problem.value, 0.0)

    np.testing.assert_allclose(moves.now(), expected(recount()), rtol=1e-9)
    term, breach = moves.after([one])
    both_term, both_breach = moves.after([one, other])
    for m in range(40):
        first = (int(one.pair[m]), float(one.change[0, m]))
        second = (int(other.pair[m]), float(other.change[0, m]))
        np.testing.assert_allclose((term[m], breach[m]), expected(recount(first)), rtol=1e-7, atol=1e-6)
        np.testing.assert_allclose(
            (both_term[m], both_breach[m]), expected(recount(first, second)), rtol=1e-7, atol=1e-6
        )


# -- plans of random households -----------------------------------------------------------------------------


def planned(engine: Engine, target: Target) -> Proposal | None:
    """The plan, or None where the limit on tracking error stands in its way."""
    try:
        return engine.final(target)
    except NoPlanError as error:
        if any(rule.startswith("risk limit") for rule in error.rules):
            return None
        raise


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("limit", "aversion"), [(None, 5.0), (0.03, 0.0), (0.03, 5.0)])
def test_plans_keep_the_limit_and_the_evaluator_agrees(seed: int, limit: float | None, aversion: float):
    household, exposures, target = model_household(seed, limit=limit, aversion=aversion)
    engine = Engine(household, exposures)
    proposal = planned(engine, target)
    if proposal is None:
        return
    judged = evaluate(household, exposures, target, proposal.trades)
    assert not judged.violations
    assert not [f for f in proposal.findings if f.severity is Severity.ERROR]
    assert proposal.tracking == judged.tracking
    objective = proposal.objective
    assert objective.lower_bound <= objective.plan + 1e-6
    if not evaluate(household, exposures, target, ()).violations:
        assert objective.plan <= objective.do_nothing + 1e-6
    live = engine.live(target)
    assert not live.conflict
    assert live.objective <= objective.plan + 1e-4 * max(1.0, abs(objective.plan))
    if limit is not None:
        assert live.tracking_error <= limit + 1e-6


def averse_relaxation(household: Household, exposures: dict[str, Exposure], target: Target):
    """The relaxation with risk, aimed, and its problem."""
    problem = build_problem(build_holdings(household, exposures), target)
    relaxation = relaxation_of(problem)
    assert isinstance(relaxation, RiskRelaxation)
    relaxation.aim(wanted_of(problem, target))
    assert relaxation.admit_what_must_be_sold()
    return relaxation, problem


@pytest.mark.parametrize("seed", SEEDS)
def test_the_relaxation_closes_its_own_gap(seed: int):
    household, exposures, target = model_household(seed, limit=None, aversion=5.0)
    relaxation, problem = averse_relaxation(household, exposures, target)
    relaxed = relaxation.solve()
    assert relaxed is not None
    away = relaxation.away(relaxed)
    risk = relaxation.tracking.price * float(away @ relaxation.tracking.matrix @ away)
    # What the plan costs, put together from its dollars, is the dual's bound: neither can be far from the optimum.
    linear = relaxation_of(build_problem(build_holdings(household, exposures), without_risk(target)))
    linear.aim(wanted_of(problem, target))
    linear.admit_what_must_be_sold()
    linear.limit(
        sale_limits=relaxed.sold + 1e-6,
        sale_floors=np.maximum(relaxed.sold - 1e-6, 0.0),
        buy_limits=relaxed.bought + 1e-6,
        buy_floors=np.maximum(relaxed.bought - 1e-6, 0.0),
    )
    cost = linear.solve()
    assert cost is not None
    assert cost.objective + risk == pytest.approx(relaxed.objective, abs=1e-5 * problem.value / 100)


@pytest.mark.parametrize("seed", SEEDS)
def test_next_to_the_optimum_the_linear_model_stays_there(seed: int):
    """Its slopes are those of risk at the plan, and moving away costs: so nothing is to be won by it."""
    relaxation, problem = averse_relaxation(*model_household(seed, limit=None, aversion=5.0))
    optimum = relaxation.solve()
    assert optimum is not None
    with relaxation.near(optimum):
        near = relaxation.solve()
    assert near is not None
    moved = np.abs(relaxation.away(near) - relaxation.away(optimum)).max()
    assert moved <= 1e-5 * problem.value
    again = relaxation.solve()
    assert again is not None
    assert again.objective == pytest.approx(optimum.objective, abs=1e-6 * problem.value)


@pytest.mark.parametrize("seed", SEEDS)
def test_more_aversion_means_less_tracking_error(seed: int):
    errors = []
    for aversion in (0.0, 1.0, 10.0, 100.0):
        household, exposures, target = model_household(seed, limit=None, aversion=aversion)
        errors.append(Engine(household, exposures).live(target).tracking_error)
    assert all(later <= earlier + 1e-6 for earlier, later in itertools.pairwise(errors))


def test_a_limit_out_of_reach_is_named_with_the_least_there_is():
    household = three_stocks((6, 5, 0), "0")
    target = attrs.evolve(asks(0.001, 0.0), rules=Rules(hold=tuple(RuleKey(s) for s in "ABC")))
    with pytest.raises(NoPlanError, match=r"at most 0\.10 % is asked, 8\.43 % can be reached") as caught:
        Engine(household, EXPOSURES).final(target)
    assert "risk limit" in caught.value.rules
    assert "hold A" not in caught.value.rules  # letting one of them go is not enough
    live = Engine(household, EXPOSURES).live(target)
    assert live.conflict == caught.value.rules


def test_a_limit_that_only_fractions_could_keep():
    household = three_stocks((6, 5, 0), "0")
    with pytest.raises(NoPlanError, match="in whole shares") as caught:
        Engine(household, EXPOSURES).final(asks(0.001, 0.0))
    assert "risk limit" in caught.value.rules


# -- every whole-share plan ---------------------------------------------------------------------------------


def every_plan(household: Household) -> list[tuple[Trade, ...]]:
    """Every plan in whole shares of the three stocks that the cash can pay."""
    prices = {s.id: s.price for s in household.securities}
    held = {lot.security: (i, int(lot.quantity)) for i, lot in enumerate(household.lots)}
    choices = []
    for symbol in "ABC":
        lot, count = held.get(symbol, (-1, 0))
        sells = [sell(household, {lot: n}) for n in range(1, count + 1)]
        buys = [buy(household, "T", symbol, n) for n in range(1, 13)]
        choices.append([None, *sells, *buys])
    plans = []
    for picked in itertools.product(*choices):
        trades = tuple(trade for trade in picked if trade is not None)
        cash = household.accounts[0].cash
        for trade in trades:
            cash += trade.amount if trade.action is Action.SELL else -trade.amount
        if cash >= 0:
            plans.append(trades)
    assert prices
    return plans


@pytest.mark.parametrize(
    ("limit", "aversion", "eagerness"),
    [(None, 0.5, 0.0), (None, 3.0, 0.0), (None, 3.0, 0.05), (0.03, 0.0, 0.0), (0.02, 0.5, 0.01)],
)
@pytest.mark.parametrize("shares", [(6, 5, 0), (2, 9, 3), (1, 1, 9)])
def test_small_households_against_every_plan(
    shares: tuple[int, int, int], limit: float | None, aversion: float, eagerness: float
):
    household = three_stocks(shares, "700")
    target = asks(limit, aversion, eagerness)
    best = math.inf
    for trades in every_plan(household):
        judged = evaluate(household, EXPOSURES, target, trades)
        if not judged.violations:
            best = min(best, judged.objective)
    proposal = Engine(household, EXPOSURES).final(target)
    possible = max(evaluate(household, EXPOSURES, target, ()).objective - proposal.objective.lower_bound, 1.0)
    assert proposal.objective.lower_bound <= best + 1e-6
    assert proposal.objective.plan <= best + 0.005 * possible
