"""What must hold of every plan, on random households, judged by the evaluator.

``TRIMTAB_HOUSEHOLDS`` sets how many households are tried (thousands before a release), ``TRIMTAB_FIRST_HOUSEHOLD``
with which seed they begin.
"""

from __future__ import annotations

import os
import random
from decimal import Decimal
from functools import cache

import attrs
import pytest

from core.classify.exposure import SECTORS, Exposure
from core.errors import NoPlanError
from core.household import Household, Severity
from core.money import ZERO
from core.rebalance import measure
from core.rebalance.apply import apply_trades
from core.rebalance.booking import identical_group
from core.rebalance.engine import Engine
from core.rebalance.evaluate import evaluate
from core.rebalance.evaluation import Evaluation
from core.rebalance.proposal import Proposal, Trade
from core.tilt.target import Flow, RuleKey, Scope, Style, Target
from tests.households import FEATURES, Case, random_household

HOUSEHOLDS = int(os.environ.get("TRIMTAB_HOUSEHOLDS", "30"))
FIRST = int(os.environ.get("TRIMTAB_FIRST_HOUSEHOLD", "0"))
SEEDS = range(FIRST, FIRST + HOUSEHOLDS)

#: Households that were planned wrongly once: a gain of a cent under a limit of none; a program no basis settles.
ONCE_WRONG = (20848, 23963)

each_household = pytest.mark.parametrize("seed", [*SEEDS, *ONCE_WRONG])


def case_of(seed: int) -> Case:
    """The household of a seed: its size, features and target all follow from it."""
    rng = random.Random(seed * 7 + 1)
    return random_household(seed, rng.randint(1, 4), rng.randint(3, 25), rng.randint(3, 80))


@cache
def planned(seed: int) -> tuple[Case, Proposal | None, tuple[str, ...]]:
    """The plan of a seed's household, or None and the rules that stand in its way."""
    case = case_of(seed)
    household, exposures, target = case
    try:
        return case, Engine(household, exposures).final(target), ()
    except NoPlanError as error:
        return case, None, error.rules


def plan_of(seed: int) -> tuple[Case, Proposal]:
    case, proposal, _ = planned(seed)
    if proposal is None:
        pytest.skip("no plan satisfies the rules")
    return case, proposal


def judged(case: Case, proposal: Proposal) -> Evaluation:
    return evaluate(*case, proposal.trades)


def test_most_random_households_have_a_plan():
    plans = [planned(seed)[1] for seed in SEEDS]
    assert sum(plan is not None for plan in plans) >= 0.6 * HOUSEHOLDS
    assert sum(plan is not None and len(plan.trades) > 0 for plan in plans) >= 0.5 * HOUSEHOLDS


@each_household
def test_a_plan_or_the_rules_that_forbid_one(seed: int):
    case, proposal, rules = planned(seed)
    if proposal is None:
        assert rules, "no plan, and no rule is named"
        broken = evaluate(*case, ()).violations
        assert broken, f"doing nothing keeps every rule, yet no plan was found: {rules}"


@each_household
def test_figures_are_the_evaluators(seed: int):
    case, proposal = plan_of(seed)
    right = judged(case, proposal)
    assert proposal.tax == right.tax
    assert proposal.costs == right.costs
    for name in ("before", "target", "after"):
        stated, true = getattr(proposal, name), getattr(right, name)
        assert stated.value == true.value
        assert stated.cash == true.cash
        for shares in ("mix", "style_box", "sectors"):
            assert getattr(stated, shares) == pytest.approx(getattr(true, shares), abs=1e-9)
    assert proposal.misfit_before == pytest.approx(right.misfit_before, abs=1e-9)
    assert proposal.misfit_after == pytest.approx(right.misfit_after, abs=1e-9)
    assert proposal.turnover == pytest.approx(right.turnover, abs=1e-9)
    assert proposal.objective.plan == pytest.approx(right.objective, abs=0.005)
    assert proposal.objective.do_nothing == pytest.approx(right.do_nothing, abs=0.005)


@each_household
def test_no_rule_is_broken(seed: int):
    case, proposal = plan_of(seed)
    assert [str(v) for v in judged(case, proposal).violations] == []
    assert [f.message for f in proposal.findings if f.severity is Severity.ERROR] == []


@each_household
def test_bound_plan_nothing(seed: int):
    case, proposal = plan_of(seed)
    objective = proposal.objective
    assert objective.lower_bound <= objective.plan + 1e-6
    if not evaluate(*case, ()).violations:
        assert objective.plan <= objective.do_nothing + 1e-6


@each_household
def test_live_plan_is_no_dearer_than_the_final_one(seed: int):
    (household, exposures, target), proposal = plan_of(seed)
    live = Engine(household, exposures).live(target)
    assert live.conflict == ()
    slack = 0.02 + 1e-7 * abs(proposal.objective.plan)
    assert live.objective <= proposal.objective.plan + slack
    assert live.do_nothing == pytest.approx(proposal.objective.do_nothing, abs=slack)
    assert live.value == pytest.approx(float(proposal.target.value), abs=0.01)
    assert live.misfit_before == pytest.approx(proposal.misfit_before, abs=1e-6)


@each_household
def test_reluctant_sales_only_where_doing_nothing_breaks_a_rule(seed: int):
    case, proposal = plan_of(seed)
    if not evaluate(*case, ()).violations:
        stable = {s.id for s in case[0].securities if s.type == "money_market"}
        assert [r for r in judged(case, proposal).reluctant if r.security not in stable] == []


# --- the order of files -----------------------------------------------------------------------------------------------


def essence(trades: tuple[Trade, ...]) -> list[tuple[object, ...]]:
    """Trades without the numbers of their lots."""
    return sorted(
        (
            t.account,
            t.security,
            str(t.action),
            t.quantity,
            t.amount,
            tuple(sorted((str(p.acquired), p.quantity, str(p.cost_basis), str(p.gain)) for p in t.lots)),
        )
        for t in trades
    )


@each_household
def test_the_order_of_files_changes_no_trade(seed: int):
    (household, exposures, target), proposal = plan_of(seed)
    rng = random.Random(seed)
    shuffled = attrs.evolve(
        household,
        accounts=tuple(rng.sample(household.accounts, len(household.accounts))),
        securities=tuple(rng.sample(household.securities, len(household.securities))),
        lots=tuple(rng.sample(household.lots, len(household.lots))),
    )
    names = rng.sample(sorted(exposures), len(exposures))
    again = Engine(shuffled, {name: exposures[name] for name in names}).final(target)
    assert essence(again.trades) == essence(proposal.trades)
    assert again.objective.plan == pytest.approx(proposal.objective.plan, rel=1e-12)


@each_household
def test_a_used_engine_plans_as_a_fresh_one(seed: int):
    (household, exposures, target), proposal = plan_of(seed)
    engine = Engine(household, exposures)
    for size, value in ((0.5, -0.5), (-0.8, 0.8), (0.0, 0.2)):
        engine.live(attrs.evolve(target, style=Style(size=size, value=value, scope=target.style.scope)))
    assert essence(engine.final(target).trades) == essence(proposal.trades)


# --- the second run ---------------------------------------------------------------------------------------------------


def sector_shares(household: Household, exposures: dict[str, Exposure], scope: Scope) -> dict[str, float]:
    """Today's sector shares of the scope's equity."""
    totals = dict.fromkeys(SECTORS, 0.0)
    for lot in household.lots:
        exposure = exposures[lot.security]
        equity = exposure.mix[0] if scope is Scope.US_EQUITY else exposure.equity
        for name, share in zip(SECTORS, exposure.sectors, strict=True):
            totals[name] += float(lot.market_value) * equity * share
    whole = sum(totals.values())
    return {name: total / whole if whole > 0 else 0.0 for name, total in totals.items()}


def wanted_of(household: Household, exposures: dict[str, Exposure], target: Target) -> measure.Wanted:
    cash = sum((a.cash + a.pending for a in household.accounts), ZERO)
    values: dict[tuple[str, str], Decimal] = {}
    for lot in household.lots:
        values[lot.account, lot.security] = values.get((lot.account, lot.security), ZERO) + lot.market_value
    return measure.wanted_cells(measure.composition(values, cash), exposures, target)


def at_their_most(household: Household, target: Target) -> set[str]:
    """Securities that the first run may not buy and a second one could: sold as asked, or at their largest share."""
    share: dict[str, Decimal] = {}
    for lot in household.lots:
        share[lot.security] = share.get(lot.security, ZERO) + lot.market_value / household.value
    trading = target.trading
    most = {s.id: min(trading.max_position, trading.max_stock) for s in household.securities if s.type == "stock"}
    full = {s for s in share if share[s] >= Decimal(str(most.get(s, trading.max_position)))}
    return full | {key.symbol for key in target.rules.sell_all}


def held_in_place(case: Case, proposal: Proposal, after: Household) -> Target:
    """The same target for a second run: as it was in figures, flows done, and nothing bought that the first may not."""
    household, exposures, target = case
    wanted = wanted_of(household, exposures, target)
    style = Style(box=wanted.box if sum(wanted.box) > 0 else None, scope=target.style.scope)
    lost = {identical_group(r.security, exposures) for r in judged(case, proposal).realised if r.taxable and r.is_loss}
    never_bought = {s for s in exposures if identical_group(s, exposures) in lost} | at_their_most(household, target)
    before, now = (sector_shares(h, exposures, target.style.scope) for h in (household, after))
    sectors = {
        name: (low + before[name] - now[name], high + before[name] - now[name])
        for name, (low, high) in target.sectors.items()
        if any(before.values())  # without equity today a range speaks of nothing
    }
    return attrs.evolve(
        target,
        mix=dict(wanted.mix),
        style=style,
        sectors=sectors,
        flows=(),
        rules=attrs.evolve(target.rules, no_buy=(*target.rules.no_buy, *map(RuleKey, sorted(never_bought)))),
    )


def together(household: Household, target: Target, *runs: Proposal) -> list[tuple[Decimal, Decimal]]:
    """Dollars that runs trade of each security in each account, netted, and the least that one run may trade of it."""
    net: dict[tuple[str, str], Decimal] = {}
    for trade in (trade for run in runs for trade in run.trades):
        amount = trade.amount if trade.action == "buy" else -trade.amount
        net[trade.account, trade.security] = net.get((trade.account, trade.security), ZERO) + amount
    least, share = (Decimal(str(x)) for x in (target.trading.min_trade, target.trading.min_trade_share))
    value = {a.id: a.cash + a.pending for a in household.accounts}
    for lot in household.lots:
        value[lot.account] += lot.market_value
    return [(amount, max(least, share * value[account])) for (account, _), amount in net.items()]


@each_household
def test_a_second_run_finds_almost_nothing_to_do(seed: int):
    case, proposal = plan_of(seed)
    household, exposures, target = case
    if target.tax.gain_limit is not None or proposal.turnover > 0.9 * target.trading.max_turnover:
        pytest.skip("a second run has a second year's limit")
    after = apply_trades(household, proposal.trades, target.flows, target.trading.ticket)
    if target.sectors and not any(sector_shares(after, exposures, target.style.scope).values()):
        pytest.skip("without equity left, ranges of sectors speak of nothing any more")
    second = held_in_place(case, proposal, after)
    first_cells = wanted_of(household, exposures, target).cells
    second_cells = wanted_of(after, exposures, second).cells
    if max(abs(second_cells[k] - first_cells[k]) for k in first_cells) > 1e-3:
        pytest.skip("the share of unknown style has changed, so that the target can't be held in place")
    again = Engine(after, exposures).final(second)
    if proposal.turnover + again.turnover > target.trading.max_turnover:
        pytest.skip("together they turn over more than one run may")
    if abs(again.misfit_before - proposal.misfit_after) > 1e-4:
        pytest.skip("the household after is measured otherwise, so that the target can't be held in place")
    if any(0 < abs(net) < least for net, least in together(household, target, proposal, again)):
        pytest.skip("together they trade less of a security than one run may")
    traded = sum((t.amount for t in again.trades), ZERO)
    # A plan may be a thousandth of what can be won from the best one, and a second look may find that.
    could = proposal.objective.do_nothing - proposal.objective.lower_bound
    found = again.objective.do_nothing - again.objective.plan
    assert float(traded) <= 0.01 * float(after.value) or found <= 0.001 * could, essence(again.trades)


# --- scale, candidates, rules -----------------------------------------------------------------------------------------


def in_whole_cents(household: Household) -> Household:
    """Money-market funds in whole cents: a gain or loss that is rounding alone would become one at other prices."""
    stable = {s.id for s in household.securities if s.type == "money_market"}
    lots = tuple(
        attrs.evolve(lot, quantity=lot.market_value, cost_basis=lot.market_value) if lot.security in stable else lot
        for lot in household.lots
    )
    return attrs.evolve(household, lots=lots)


def scaled(case: Case, factor: int) -> Case:
    """Every price and every dollar times ``factor``; quantities as they are.

    Limits too, with the cent that they leave to rounding.
    """
    household, exposures, target = case
    times, limit, value = Decimal(factor), target.tax.gain_limit, float(sum(a.market_value for a in household.accounts))
    return (
        attrs.evolve(
            household,
            accounts=tuple(
                attrs.evolve(a, cash=a.cash * times, pending=a.pending * times, market_value=a.market_value * times)
                for a in household.accounts
            ),
            securities=tuple(
                attrs.evolve(s, price=None if s.price is None else s.price * times) for s in household.securities
            ),
            lots=tuple(
                attrs.evolve(
                    lot,
                    market_value=lot.market_value * times,
                    cost_basis=None if lot.cost_basis is None else lot.cost_basis * times,
                )
                for lot in household.lots
            ),
        ),
        exposures,
        attrs.evolve(
            target,
            flows=tuple(Flow(f.account, f.amount * factor) for f in target.flows),
            tax=attrs.evolve(target.tax, gain_limit=None if limit is None else (limit + 0.01) * factor - 0.01),
            trading=attrs.evolve(
                target.trading,
                min_trade=target.trading.min_trade * factor,
                ticket=target.trading.ticket * factor,
                max_turnover=target.trading.max_turnover + 0.01 * (factor - 1) / (factor * value),
            ),
        ),
    )


@each_household
@pytest.mark.parametrize("factor", [4, 100])
def test_prices_scale_the_live_plan(seed: int, factor: int):
    case, _ = plan_of(seed)
    case = (in_whole_cents(case[0]), *case[1:])
    one = Engine(case[0], case[1]).live(case[2])
    household, exposures, target = scaled(case, factor)
    many = Engine(household, exposures).live(target)
    slack = 1e-6 * max(1.0, abs(one.objective))
    assert many.objective / factor == pytest.approx(one.objective, abs=slack)
    assert many.do_nothing / factor == pytest.approx(one.do_nothing, abs=slack)
    assert many.misfit_before == pytest.approx(one.misfit_before, abs=1e-9)


@each_household
def test_another_candidate_never_hurts_the_live_plan(seed: int):
    (household, exposures, target), proposal = plan_of(seed)
    if judged(((household, exposures, target)), proposal).reluctant:
        pytest.skip("with a sale nobody makes by choice, more choices can mean fewer of them")
    fund = next((s for s in household.securities if s.type == "etf" and s.price is not None), None)
    if fund is None:
        pytest.skip("no fund to copy")
    new = attrs.evolve(fund, id="NEW", symbol="NEW", price=Decimal("31.00"))
    box = tuple(1.0 if k == 6 else 0.0 for k in range(9))
    us = (1.0, *(0.0,) * 6)
    exposure = attrs.evolve(exposures[fund.id], symbol="NEW", mix=us, style_box=box, identical_group=None)
    wider = attrs.evolve(target, universe=None if target.universe is None else (*target.universe, "NEW"))
    before = Engine(household, exposures).live(target).objective
    more = attrs.evolve(household, securities=(*household.securities, new))
    after = Engine(more, exposures | {"NEW": exposure}).live(wider).objective
    assert after <= before + 0.01 + 1e-7 * abs(before)


@each_household
def test_loosening_a_rule_never_raises_the_bound(seed: int):
    case, proposal = plan_of(seed)
    household, exposures, target = case
    if judged(case, proposal).reluctant:
        pytest.skip("without the rule that forces them, sales that nobody makes by choice are out of the bound")
    trading = target.trading
    looser = {
        "sectors": attrs.evolve(target, sectors={}),
        "max_turnover": attrs.evolve(target, trading=attrs.evolve(trading, max_turnover=10.0)),
        "max_position": attrs.evolve(target, trading=attrs.evolve(trading, max_position=1.0, max_stock=1.0)),
        "cash_reserve": attrs.evolve(target, trading=attrs.evolve(trading, cash_reserve=0.0)),
        "gain_limit": attrs.evolve(target, tax=attrs.evolve(target.tax, gain_limit=None)),
        "no_buy": attrs.evolve(target, rules=attrs.evolve(target.rules, no_buy=())),
    }
    bound = Engine(household, exposures).live(target).objective
    for name, loose in looser.items():
        relaxed = Engine(household, exposures).live(loose)
        assert relaxed.objective <= bound + 0.01 + 1e-7 * abs(bound), name


def test_generator_draws_every_feature():
    wanted = set(FEATURES)
    for feature in wanted:
        household, _, target = random_household(3, 3, 20, 60, features=frozenset({feature}))
        assert household.lots
        assert isinstance(target, Target)
