"""What a rule is said to cost comes back when it is switched off; every trade says why."""

import itertools

import attrs
import pytest

from core.classify.truth import Classifier
from core.errors import NoPlanError
from core.rebalance.duals import Duals
from core.rebalance.engine import Engine, wanted_of
from core.rebalance.plan import never, prove_plan
from core.rebalance.proposal import Action
from core.sample import sample_household, sample_target
from core.tilt.target import LotMethod, MaySell, RuleKey, Rules, Style, Target
from tests.households import random_household
from tests.rebalance.model_household import model_household

HOUSEHOLD = sample_household()
EXPOSURES = Classifier().classify_household(HOUSEHOLD)


def ruled() -> Target:
    """The sample's target under many rules that bind."""
    target = sample_target()
    return attrs.evolve(
        target,
        rules=Rules(no_sell=(RuleKey("FXAIX"),), no_buy=(RuleKey("VOE"),), hold=(RuleKey("QQQM"),)),
        tax=attrs.evolve(target.tax, gain_limit=2_000.0),
        trading=attrs.evolve(target.trading, max_turnover=0.12, cash_reserve=0.02),
    )


def without(target: Target, rule: str) -> Target:
    """The target with one rule really taken out."""
    key, _, symbol = rule.partition(" ")
    if key in ("no_sell", "no_buy", "hold"):
        kept = tuple(k for k in getattr(target.rules, key) if str(k) != symbol)
        return attrs.evolve(target, rules=attrs.evolve(target.rules, **{key: kept}))
    if key in ("max_turnover", "max_stock", "max_position", "cash_reserve"):
        free = {"max_turnover": 100.0, "cash_reserve": 0.0}.get(key, 1.0)
        return attrs.evolve(target, trading=attrs.evolve(target.trading, **{key: free}))
    settings = {
        "gain_limit": {"gain_limit": None},
        "avoid_short_term": {"avoid_short_term": False},
        "may_sell": {"may_sell": MaySell.ALL},
        "lot_method": {"lot_method": LotMethod.OPTIMAL},
        "taxes": {"short": 0.0, "long": 0.0},
    }[key]
    return attrs.evolve(target, tax=attrs.evolve(target.tax, **settings))


CASES = {
    "many rules": ruled(),
    "sheltered sales only": attrs.evolve(
        sample_target(), tax=attrs.evolve(sample_target().tax, may_sell=MaySell.SHELTERED)
    ),
    "oldest first": attrs.evolve(sample_target(), tax=attrs.evolve(sample_target().tax, lot_method=LotMethod.FIFO)),
}


@pytest.mark.parametrize("name", CASES)
def test_switching_a_rule_off_wins_back_what_it_is_said_to_cost(name: str):
    target = CASES[name]
    proposal = Engine(HOUSEHOLD, EXPOSURES).final(target)
    base = Engine(HOUSEHOLD, EXPOSURES).live(target)
    checked = 0
    for lost in proposal.tilt_lost:
        if lost.rule in ("wash_sale", "wash_sale_in_plan", "unknown_basis", "whole_shares_and_minimum_trade"):
            continue  # no setting of the target switches these off
        free = Engine(HOUSEHOLD, EXPOSURES).live(without(target, lost.rule))
        assert base.objective - free.objective == pytest.approx(lost.dollars, abs=0.02), lost.rule
        # Of several optima a misfit may be any: the dollars are exact, the points within a tenth.
        assert 100 * (base.misfit_after - free.misfit_after) == pytest.approx(lost.points, abs=0.1), lost.rule
        checked += 1
    assert checked >= 2


def test_a_rule_switched_off_really_moves_the_plan():
    target = ruled()
    proposal = Engine(HOUSEHOLD, EXPOSURES).final(target)
    dearest = next(t for t in proposal.tilt_lost if t.rule == "max_turnover")
    free = Engine(HOUSEHOLD, EXPOSURES).final(without(target, "max_turnover"))
    won = 100 * (proposal.misfit_after - free.misfit_after)
    assert dearest.points > 1
    assert won == pytest.approx(dearest.points, abs=0.5)


def test_every_trade_says_why_and_each_sale_what_it_does_to_taxes():
    proposal = Engine(HOUSEHOLD, EXPOSURES).final(sample_target())
    kinds = HOUSEHOLD.account_by_id
    assert len(proposal.trades) > 10
    for trade in proposal.trades:
        assert trade.reason.endswith(".")
        if trade.action is Action.SELL and not kinds[trade.account].kind.is_taxable:
            assert "No tax in this account." in trade.reason
        if trade.action is Action.SELL and kinds[trade.account].kind.is_taxable:
            gain = sum(lot.gain for lot in trade.lots)
            words = f"${abs(gain):,.2f}"
            assert words in trade.reason
            assert ("loss" in trade.reason) == (gain < 0)


def test_a_forced_sale_says_so_and_a_full_one_is_limited_by_nothing():
    target = attrs.evolve(sample_target(), rules=Rules(sell_all=(RuleKey("VXUS"),)))
    proposal = Engine(HOUSEHOLD, EXPOSURES).final(target)
    sales = [t for t in proposal.trades if t.security == "VXUS"]
    assert sales
    for trade in sales:
        assert trade.reason.startswith("Sold as asked")
        assert trade.limited_by == ()


def test_the_frontier_falls_with_cost_and_has_one_knee():
    points = Engine(HOUSEHOLD, EXPOSURES).frontier(sample_target(), 40)
    assert len(points) == 40
    assert sum(p.knee for p in points) == 1
    misfits = [p.misfit for p in points]
    costs = [p.cost for p in points]
    assert misfits[-1] < misfits[0]
    assert all(later >= earlier - 0.01 for earlier, later in itertools.pairwise(costs))
    # Eager plans are nearer; a hair of slack for penalties that differ from plain misfit.
    assert all(later <= earlier + 0.004 for earlier, later in itertools.pairwise(misfits))


def test_fewer_trades_cost_more_of_the_target():
    plans = Engine(HOUSEHOLD, EXPOSURES).fewer_trades(sample_target())
    assert len(plans) >= 3
    assert [p.trades for p in plans] == sorted({p.trades for p in plans}, reverse=True)
    assert plans[0].objective == pytest.approx(min(p.objective for p in plans), abs=0.01)


def test_a_proof_tightens_the_certificate():
    target = attrs.evolve(sample_target(), universe=("AVUV", "VBR", "IJS", "VOE"))
    engine = Engine(HOUSEHOLD, EXPOSURES)
    plain = engine.final(target)
    proved = engine.prove(target, 3.0)
    assert proved.objective.lower_bound >= plain.objective.lower_bound - 1e-6
    assert proved.objective.plan <= plain.objective.plan + 1e-6
    assert proved.objective.lower_bound <= proved.objective.plan


def test_a_small_household_is_proved_to_the_cent():
    household, exposures, _ = random_household(3, 1, 8, 20, features=(), value=3e5)
    proved = Engine(household, exposures).prove(Target(style=Style(preset="small-value")), 60.0)
    assert proved.objective.plan - proved.objective.lower_bound < 0.03


def test_a_program_without_the_plan_at_hand_proves_nothing():
    """Where the program finds no plan as good as one there is, that one is not the best for that."""
    engine, target = Engine(HOUSEHOLD, EXPOSURES), sample_target()
    relaxation = engine._relaxed_model(target)
    wanted = wanted_of(relaxation.problem, target)
    relaxation.aim(wanted)
    better, bound = prove_plan(relaxation, wanted, -1e6, 10.0, never)
    assert better is None
    assert bound == float("-inf")


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("risk", [False, True])
def test_rules_that_are_not_solved_without_cost_nothing(monkeypatch, seed, risk):
    """Limits without a price are passed over; solved without, they give the same list."""
    if risk:
        household, exposures, target = model_household(seed, limit=0.05, aversion=2.0)
    else:
        household, exposures, target = random_household(seed, 3, 20, 60)
    try:
        quick = Engine(household, exposures).final(target).tilt_lost
    except NoPlanError:
        pytest.skip("no plan satisfies the rules")
    for ask in ("free", "unwanted", "idle_cash"):
        monkeypatch.setattr(Duals, ask, lambda _duals, _limits: False)
    full = Engine(household, exposures).final(target).tilt_lost
    dear = {lost.rule: lost.dollars for lost in full if lost.dollars > 1.0}
    assert dear == pytest.approx({lost.rule: lost.dollars for lost in quick if lost.dollars > 1.0}, abs=0.05)
