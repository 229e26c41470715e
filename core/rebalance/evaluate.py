"""The independent evaluator: every figure of a plan, computed again from the household and the trades alone.

It shares no code with what builds a plan (holdings, cells, problem, relaxation, plan): both are written from
docs/methods.md, and every plan is run through this one before anybody sees it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from core.classify.exposure import Exposure
from core.household import Finding, Household, Severity
from core.money import ZERO, to_cents
from core.rebalance.booking import Booked, book, exact, flow_by_account, identical_group
from core.rebalance.case import Case
from core.rebalance.check_rules import check_rules, reluctant_sales
from core.rebalance.evaluation import Evaluation
from core.rebalance.measure import (
    Composition,
    Wanted,
    cells_in_band,
    complete,
    composition,
    held_cells,
    location_drag,
    misfit_share,
    snapshot,
    target_snapshot,
    total_penalty,
    wanted_cells,
)
from core.rebalance.measure_risk import risk_findings, risk_objective, tracking_error
from core.rebalance.proposal import Costs, TaxOfPlan, TrackingError, Trade
from core.tax.flat import flat_tax
from core.tax.liability import plan_tax
from core.tilt.target import Mode, Target
from core.words import list_words


def evaluate(
    household: Household, exposures: Mapping[str, Exposure], target: Target, trades: Sequence[Trade]
) -> Evaluation:
    """Figures and rule violations of ``trades``.

    ``exposures`` by security id; a security without one counts as unclassified. Raises ValueError where a trade or
    flow names an account, security or lot that the household doesn't have.
    """
    exposures = complete(exposures, household)
    trading = target.trading
    booked = book(household, exposures, trades, target.flows, trading.ticket)
    idle = book(household, exposures, (), target.flows, trading.ticket) if trades else booked

    pending = sum((account.pending for account in household.accounts), ZERO)
    cash = {account.id: account.cash for account in household.accounts}
    value_before = household.value
    value = value_before + sum(flow_by_account(target.flows).values(), ZERO)
    value_after = sum(booked.values.values(), ZERO) + sum(booked.cash.values(), ZERO) + pending

    before = composition(idle.values, sum(cash.values(), ZERO) + pending)
    nothing = composition(idle.values, sum(idle.cash.values(), ZERO) + pending)
    after = composition(booked.values, sum(booked.cash.values(), ZERO) + pending)

    wanted = wanted_cells(before, exposures, target)
    held_after = held_cells(after, exposures, target)
    held_idle = held_cells(nothing, exposures, target)

    quiet: frozenset[object] = frozenset()
    if trading.mode is Mode.OUT_OF_BAND:
        quiet = cells_in_band(held_idle, wanted.cells, float(value), target.bands)
    case = Case(household, exposures, target, trades, booked, before, after, value_before, value)
    scope = target.style.scope
    snapshot_before = snapshot(before, value_before, cash, exposures, scope)
    traded = sum((trade.amount for trade in trades), ZERO)
    return Evaluation(
        before=snapshot_before,
        target=target_snapshot(snapshot_before, wanted, value, exposures, target),
        after=snapshot(after, value_after, booked.cash, exposures, scope),
        misfit_before=misfit_share(held_idle, wanted.cells, float(value)),
        misfit_after=misfit_share(held_after, wanted.cells, float(value)),
        tax=TaxOfPlan(
            short_gain=booked.short_gain,
            long_gain=booked.long_gain,
            tax=tax_of(target, booked.short_gain, booked.long_gain),
            unknown_basis_proceeds=booked.unknown_basis_proceeds,
            disallowed_loss=booked.disallowed_loss,
        ),
        costs=Costs(spread=to_cents(traded * exact(trading.half_spread)), tickets=booked.tickets),
        turnover=float(traded / 2 / value_before) if value_before else 0.0,
        objective=objective(case, booked, after, wanted, trades, quiet),
        do_nothing=objective(case, idle, nothing, wanted, (), quiet),
        realised=booked.realised,
        washes=booked.washes,
        violations=check_rules(case),
        reluctant=reluctant_sales(case),
        findings=(*_findings(case), *risk_findings(case)),
        tracking=None
        if target.risk is None
        else TrackingError(
            before=tracking_error(nothing, target, float(value)),
            after=tracking_error(after, target, float(value)),
            limit=target.risk.limit,
        ),
    )


def tax_of(target: Target, short_gain: Decimal, long_gain: Decimal) -> Decimal:
    """Tax of a plan's net gains in dollars: by the year's tables where there is a situation, else at flat rates."""
    if target.tax.situation is not None:
        return plan_tax(target.tax.situation, short_gain, long_gain).total
    return flat_tax(short_gain, long_gain, target.tax.short, target.tax.long)


def objective(
    case: Case,
    booked: Booked,
    held: Composition,
    wanted: Wanted,
    trades: Sequence[Trade],
    quiet: frozenset[object] = frozenset(),
) -> float:
    """J in dollars: penalties at the adviser's eagerness, tax, half spreads, tickets and location drag."""
    target, trading = case.target, case.target.trading
    cells = held_cells(held, case.exposures, target)
    misfit = total_penalty(cells, wanted.cells, float(case.value), target.bands, quiet)
    tax = target.tax.short * float(booked.short_gain) + target.tax.long * float(booked.long_gain)
    if target.tax.situation is not None:
        tax = float(tax_of(target, booked.short_gain, booked.long_gain))
    if not target.tax.harvest:
        tax = max(0.0, tax)
    traded = float(sum((trade.amount for trade in trades), ZERO))
    drag = location_drag(booked.values, case.exposures, case.household) if trading.location else 0.0
    risk = risk_objective(held, target, float(case.value))
    return trading.eagerness * misfit + tax + trading.half_spread * traded + trading.ticket * len(trades) + drag + risk


def _findings(case: Case) -> tuple[Finding, ...]:
    """What the evaluator can't tell: wash sales where identical shares are held since an unknown date."""
    household, exposures = case.household, case.exposures
    sold_at_loss = sorted({r.security for r in case.booked.realised if r.taxable and r.is_loss})
    if not sold_at_loss:
        return ()
    undated: dict[tuple[str, str], set[str]] = {}
    for index, lot in enumerate(household.lots):
        kept: Decimal = lot.quantity - case.booked.sold.get(index, ZERO)
        if lot.acquired is None and kept > 0:
            group = identical_group(lot.security, exposures)
            undated.setdefault(group, set()).add(f"{lot.account}:{lot.security}")
    findings = []
    for security in sold_at_loss:
        where = undated.get(identical_group(security, exposures))
        if where:
            held = list_words([household.place_words(place) for place in sorted(where)])
            findings.append(
                Finding(
                    Severity.WARNING,
                    "wash_check_not_possible",
                    security,
                    f"{security} is sold at a loss while identical shares are held that were bought on an unknown date "
                    f"({held}): wash check not possible. Add the purchase dates, or make sure that none was "
                    "bought in the 30 days before the sale (reinvested dividends count).",
                )
            )
    return tuple(findings)
