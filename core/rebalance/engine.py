"""The engine of one household: live plans while a control is dragged, the final plan when the hand comes off.

The warm model is kept as long as only what a drag changes has changed: mix, style, bands, eagerness.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import attrs
import numpy as np

from core import words
from core.classify.exposure import ASSET_CLASSES, SECTORS, STYLE_BOXES, Exposure
from core.household import Finding, Household, SecurityType, Severity
from core.rebalance.cells import Present, Wanted, present_composition, wanted_shares
from core.rebalance.conflicts import explain_conflict, explain_rounding
from core.rebalance.evaluate import evaluate
from core.rebalance.evaluation import Evaluation
from core.rebalance.explain import explain_trades, misfit_share, tilt_lost
from core.rebalance.frontier import FewerTrades, FrontierPoint, frontier
from core.rebalance.holdings import Floats, build_holdings
from core.rebalance.live_plan import LivePlan, LiveTrade
from core.rebalance.orders import trades_of
from core.rebalance.penalty import kinks, penalties
from core.rebalance.plan import Plan, make_plan, never, prove_plan
from core.rebalance.problem import Problem, build_problem, cash_reserves
from core.rebalance.proposal import Action, Objective, Proposal, Snapshot, Trade
from core.rebalance.relaxation import Relaxation, Relaxed
from core.rebalance.risk_relaxation import relaxation_of
from core.rebalance.tax_notes import tax_notes
from core.tilt.target import Bands, Mode, Style, Target

#: The builder and the evaluator may differ by the rounding of amounts and gains to cents, no more.
_AGREEMENT = 0.02
#: Dollars of tax by which half a cent of gain that is rounded away can differ.
_ROUNDED_LOT = 0.0025
_LIVE_SMALL = 0.5
#: Dollars that every order of a plan has to win over doing nothing.
_WORTH_AN_ORDER = 0.01
#: Dollars an order has to be worth, to find plans with fewer of them.
_ORDER_WORTHS = (0.0, 5.0, 15.0, 40.0, 100.0, 250.0, 600.0, 1500.0, 4000.0)
_CASH = ASSET_CLASSES.index("cash")


class Engine:
    """Plans for one household. Not for use from two threads at once.

    ``exposures`` by security id, one for every security of the household (KeyError otherwise).
    """

    def __init__(self, household: Household, exposures: Mapping[str, Exposure]) -> None:
        self.household = household
        self.exposures = dict(exposures)
        self._holdings = build_holdings(household, exposures)
        self._structure: Target | None = None
        self._relaxation: Relaxation | None = None

    # -- live -----------------------------------------------------------------------------------------------

    def live(self, target: Target) -> LivePlan:
        """The relaxed optimum for a target: an estimate within milliseconds.

        Raises InputError for settings that make no sense; rules that can't all be met are named in ``conflict``.
        """
        relaxation = self._relaxed_model(target)
        wanted = wanted_of(relaxation.problem, target)
        relaxation.aim(wanted)
        conflict: tuple[str, ...] = ()
        relaxed = relaxation.solve() if relaxation.admit_what_must_be_sold() else None
        if relaxed is None:
            conflict = explain_conflict(relaxation.problem).rules
        return _live_plan(relaxation.problem, wanted, relaxed, conflict)

    def _relaxed_model(self, target: Target) -> Relaxation:
        structure = attrs.evolve(
            target,
            mix=None,
            style=Style(scope=target.style.scope),
            bands=Bands(),
            trading=attrs.evolve(target.trading, eagerness=0.0),
        )
        if self._relaxation is None or structure != self._structure:
            self._relaxation = self._built(target)
            self._structure = structure
        return self._relaxation

    def _built(self, target: Target) -> Relaxation:
        """The relaxation of a target.

        Where cash can be raised only by a loss beside recent purchases, selling those whole for it could cost the
        household its shape: then such a loss is one of the things sold as little as the rules force.
        """
        relaxation = relaxation_of(build_problem(self._holdings, target))
        if relaxation.leans_on_exits():
            relaxation = relaxation_of(build_problem(self._holdings, target, exits=False))
        return relaxation

    # -- final ----------------------------------------------------------------------------------------------

    def final(self, target: Target, *, thorough: bool = False, cancelled: Callable[[], bool] = never) -> Proposal:
        """The whole-share plan with its certificate, explained and checked by the evaluator.

        ``thorough`` takes a few times as long to bring the last part in ten thousand of what can be won.
        ``cancelled`` is asked now and then; once true the best plan so far is finished. Raises NoPlanError where no
        plan satisfies the rules, InputError for settings that make no sense.
        """
        started = time.perf_counter()
        relaxation = self._relaxed_model(target)
        wanted = wanted_of(relaxation.problem, target)
        relaxation.aim(wanted)
        plan = make_plan(relaxation, wanted, thorough=thorough, cancelled=cancelled)
        if plan is None:
            relaxation.limit()
            solvable = relaxation.admit_what_must_be_sold() and relaxation.solve() is not None
            raise explain_rounding(relaxation.problem) if solvable else explain_conflict(relaxation.problem)
        proposal = self._proposal(target, relaxation, wanted, plan)
        elapsed = round(1000 * (time.perf_counter() - started), 3)
        return attrs.evolve(proposal, timing_ms={"final_plan": elapsed})

    def prove(self, target: Target, seconds: float, *, cancelled: Callable[[], bool] = never) -> Proposal:
        """The thorough plan, then the mixed-integer program for up to ``seconds``: a tighter bound, a better plan.

        For work in the background: how far the program gets depends on the machine. Raises as ``final`` does.
        """
        proposal = self.final(target, thorough=True, cancelled=cancelled)
        relaxation = self._relaxed_model(target)
        wanted = wanted_of(relaxation.problem, target)
        relaxation.aim(wanted)
        at_hand = _steered(target, proposal)
        better, bound = prove_plan(relaxation, wanted, at_hand, seconds, cancelled)
        worth = target.trading.order_worth
        if better is not None and better.objective < at_hand - 0.005:
            proposal = self._proposal(target, relaxation, wanted, better)
        # The program's bound counts what orders have to be worth, which the plan's objective does not.
        known = proposal.objective.lower_bound if worth else max(proposal.objective.lower_bound, bound)
        objective = attrs.evolve(proposal.objective, lower_bound=min(known, proposal.objective.plan))
        return attrs.evolve(proposal, objective=objective)

    def _proposal(self, target: Target, relaxation: Relaxation, wanted: Wanted, plan: Plan) -> Proposal:
        """A plan judged by the evaluator and explained; doing nothing where that is as good and breaks no rule."""
        problem = relaxation.problem
        trades = trades_of(self._holdings, target, plan.orders)
        judged = evaluate(self.household, self.exposures, target, trades)
        worth = target.trading.order_worth
        findings = list(
            _check(problem, judged, attrs.evolve(plan, objective=plan.objective - worth * len(plan.orders)))
        )
        idle = evaluate(self.household, self.exposures, target, ()) if trades else judged
        if (
            trades
            and not idle.violations
            and idle.objective <= judged.objective + (_WORTH_AN_ORDER + worth) * len(trades)
        ):
            trades, judged, findings = (), idle, []
        findings += [*judged.findings, *_findings(problem, wanted, judged, trades)]
        findings += tax_notes(self.household, target, trades, judged.tax)
        lost = tilt_lost(
            relaxation,
            wanted,
            lambda other: self._aimed(other, wanted),
            plan_objective=judged.objective,
            plan_misfit=judged.misfit_after,
            settled=plan.settled,
        )
        return Proposal(
            household=self.household.name,
            as_of=self.household.as_of,
            trades=explain_trades(problem, wanted, trades),
            before=judged.before,
            target=judged.target,
            after=judged.after,
            misfit_before=judged.misfit_before,
            misfit_after=judged.misfit_after,
            tax=judged.tax,
            costs=judged.costs,
            turnover=judged.turnover,
            objective=Objective(judged.objective, judged.do_nothing, min(plan.lower_bound, judged.objective)),
            tilt_lost=lost,
            findings=tuple(findings),
            tracking=judged.tracking,
        )

    def _aimed(self, target: Target, like: Wanted) -> tuple[Relaxation, Wanted]:
        """A relaxation of another target of the same mix, style, bands and eagerness, aimed as ``like``."""
        relaxation = self._built(target)
        relaxation.aim(like)
        return relaxation, like

    def fewer_trades(self, target: Target, *, cancelled: Callable[[], bool] = never) -> tuple[FewerTrades, ...]:
        """Plans in which each order has to be worth ever more: most orders and the best objective first.

        A target with that ``order_worth`` has that plan. Of plans with as many orders the best is named. () where no
        plan satisfies the rules; once ``cancelled`` answers yes, what was found until then.
        """
        found: list[FewerTrades] = []
        for worth in _ORDER_WORTHS:
            if cancelled():
                break
            dearer = attrs.evolve(target, trading=attrs.evolve(target.trading, order_worth=worth))
            relaxation = self._built(dearer)
            wanted = wanted_of(relaxation.problem, dearer)
            relaxation.aim(wanted)
            plan = make_plan(relaxation, wanted, cancelled=cancelled)
            if plan is None:
                break
            trades = trades_of(self._holdings, dearer, plan.orders)
            judged = evaluate(self.household, self.exposures, target, trades)
            if not found or len(trades) < found[-1].trades:
                tax, costs = float(judged.tax.tax), float(judged.costs.spread + judged.costs.tickets)
                found.append(FewerTrades(worth, len(trades), judged.misfit_after, judged.objective, tax, costs))
            if not trades:
                break
        return tuple(found)

    def frontier(self, target: Target, points: int = 40) -> tuple[FrontierPoint, ...]:
        """Misfit against cost for ``points`` degrees of eagerness, relaxed; () where no plan satisfies the rules."""
        relaxation = self._relaxed_model(target)
        return frontier(relaxation, wanted_of(relaxation.problem, target), points)

    def snapshot(self, target: Target) -> Snapshot:
        """The household today, in the target's scope."""
        return evaluate(self.household, self.exposures, target, ()).before


def _steered(target: Target, proposal: Proposal) -> float:
    """The objective that a plan is looked for by: the proposal's own, and what each order has to be worth."""
    return proposal.objective.plan + target.trading.order_worth * len(proposal.trades)


def wanted_of(problem: Problem, target: Target) -> Wanted:
    """The target in figures for a problem built for it (or for one that differs in mix, style, bands, eagerness)."""
    return wanted_shares(problem.cells, target, problem.today(), problem.value)


# -- live figures -------------------------------------------------------------------------------------------


def _live_plan(problem: Problem, wanted: Wanted, relaxed: Relaxed | None, conflict: tuple[str, ...]) -> LivePlan:
    holdings, segments, buys = problem.holdings, problem.segments, problem.purchases
    scope = problem.target.style.scope
    today = present_composition(holdings, scope, np.ones(len(holdings.securities)))
    nothing = Relaxed(np.zeros(len(segments.most)), np.zeros(len(buys.account)), 0.0)
    plan = relaxed or nothing
    change = np.zeros(len(holdings.securities))
    np.add.at(change, segments.security, -plan.sold * segments.ratio)
    np.add.at(change, buys.security, plan.bought)
    by_security = problem.by_security + change
    cash = float(problem.start_cash.sum() + holdings.pending.sum() + plan.sold.sum() - plan.bought.sum())
    after_mix = by_security @ holdings.mix
    after_mix[_CASH] += cash
    share = holdings.mix[:, 0] if scope == "us_equity" else holdings.mix[:, :3].sum(axis=1)
    after = Present(after_mix, (by_security * share) @ holdings.box, 0.0)
    equity = holdings.mix[:, :3].sum(axis=1)
    traded = float(plan.sold.sum() + plan.bought.sum())
    start = float(holdings.account_value.sum())
    short, long = _gains(problem, plan.sold)
    return LivePlan(
        value=problem.value,
        present_box=today.box_shares,
        target_box=wanted.box if sum(wanted.box) > 0 else today.box_shares,
        after_box=after.box_shares,
        present_mix=_by_class(today.mix),
        target_mix=_by_class(wanted.mix),
        after_mix=_by_class(after_mix),
        sectors_before=_by_sector((problem.by_security * equity) @ holdings.sector),
        sectors_after=_by_sector((by_security * equity) @ holdings.sector),
        misfit_before=misfit_share(problem, wanted, nothing),
        misfit_after=misfit_share(problem, wanted, plan),
        tax=float(problem.tax.value(np.array([short]), np.array([long]))[0]),
        short_gain=short,
        long_gain=long,
        spread=traded * problem.target.trading.half_spread,
        turnover=traded / 2 / start if start > 0 else 0.0,
        trades=_live_trades(problem, plan),
        objective=plan.objective,
        do_nothing=_objective_of_nothing(problem, wanted),
        conflict=conflict,
        tracking_error=_tracking_error(problem, plan),
    )


def _tracking_error(problem: Problem, plan: Relaxed) -> float | None:
    tracking = problem.tracking
    if tracking is None:
        return None
    away = tracking.start.copy()
    for number, dollars in (
        (tracking.row[problem.segments.security], -plan.sold * problem.segments.ratio),
        (tracking.row[problem.purchases.security], plan.bought),
    ):
        np.add.at(away, number[number >= 0], dollars[number >= 0])
    return tracking.error(away)


def _objective_of_nothing(problem: Problem, wanted: Wanted) -> float:
    misfit = np.abs(problem.today() - wanted.shares * problem.value)
    at = kinks(wanted.shares, wanted.bands, problem.value, wanted.quiet)
    risk = 0.0
    if problem.tracking is not None:
        risk = problem.tracking.price * problem.tracking.square(problem.tracking.start)
    return wanted.eagerness * float(penalties(misfit, at).sum()) + problem.start_drag + risk


def _by_class(dollars: Floats) -> dict[str, float]:
    total = float(dollars.sum())
    return {name: float(x) / total if total else 0.0 for name, x in zip(ASSET_CLASSES, dollars, strict=True)}


def _by_sector(dollars: Floats) -> dict[str, float]:
    total = float(dollars.sum())
    return {name: float(x) / total if total else 0.0 for name, x in zip(SECTORS, dollars, strict=True)}


def _gains(problem: Problem, sold: Floats) -> tuple[float, float]:
    """Net short and net long gains of taxable accounts, dollars."""
    return float(sold @ problem.segments.short_gain), float(sold @ problem.segments.long_gain)


def _live_trades(problem: Problem, plan: Relaxed) -> tuple[LiveTrade, ...]:
    segments, buys = problem.segments, problem.purchases
    sold, bought = np.flatnonzero(plan.sold > _LIVE_SMALL), np.flatnonzero(plan.bought > _LIVE_SMALL)
    accounts, securities = problem.holdings.accounts, problem.holdings.securities
    keys = np.concatenate([segments.account[sold], buys.account[bought]]) * len(securities)
    keys += np.concatenate([segments.security[sold], buys.security[bought]])
    pairs, places = np.unique(keys, return_inverse=True)
    dollars = np.bincount(places, weights=np.concatenate([-plan.sold[sold], plan.bought[bought]]), minlength=len(pairs))
    return tuple(
        LiveTrade(accounts[a], securities[s], x)
        for a, s, x in zip(
            (pairs // len(securities)).tolist(), (pairs % len(securities)).tolist(), dollars.tolist(), strict=True
        )
    )


# -- findings -----------------------------------------------------------------------------------------------


def _check(problem: Problem, judged: Evaluation, plan: Plan) -> Sequence[Finding]:
    """What the evaluator has against a plan. Nothing, unless the program is wrong; then it must be seen."""
    findings = [
        Finding(Severity.ERROR, "plan_breaks_rule", violation.account or "", f"The plan breaks a rule: {violation}.")
        for violation in judged.violations
    ]
    difference = judged.objective - plan.objective
    # A loss that has to be taken though it is washed counts for the builder and not for the evaluator.
    washed = float(judged.tax.disallowed_loss)
    # The evaluator has each taxed lot's gain in whole cents, as a broker's statement has; at most half of it is tax.
    rounded = _ROUNDED_LOT * sum(len(order.lots) for order in plan.orders if problem.holdings.taxable[order.account])
    if abs(difference) > _AGREEMENT + rounded + 1e-9 * abs(judged.objective) + washed:
        findings.append(
            Finding(
                Severity.ERROR,
                "evaluator_disagrees",
                "",
                f"The check of the plan differs from the plan by {words.dollars(difference)}. Do not trade on it; "
                "report it.",
            )
        )
    return findings


def _findings(problem: Problem, wanted: Wanted, judged: Evaluation, trades: tuple[Trade, ...]) -> Sequence[Finding]:
    findings: list[Finding] = []
    why = {
        "unknown_basis": "whose cost basis is not known: no tax is stated for it",
        "short_term_gain": "at a short-term gain",
        "washed_loss": "at a loss that a purchase of the last 30 days washes away",
    }
    findings += [
        Finding(
            Severity.WARNING,
            f"sold_{sale.reason}",
            f"{sale.account}:{sale.security}",
            f"{words.number_words(sale.quantity)} {sale.security} {'is' if sale.quantity == 1 else 'are'} sold "
            f"{why[sale.reason]}. "
            "The rules could not be met without.",
        )
        for sale in judged.reluctant
        if not _stable(problem, sale.security)
    ]
    findings += _over_budget(problem, judged)
    findings += _reserves_out_of_reach(problem)
    findings += _unheld_rules(problem)
    findings += _missing_candidates(problem, wanted, trades)
    if judged.before.coverage < 0.9995:
        findings.append(
            Finding(
                Severity.WARNING,
                "coverage",
                "",
                f"{100 * judged.before.coverage:.1f} % of the value is classified; the rest is kept apart as "
                "unclassified and not counted in the style box. Classify it to make the tilt whole.",
            )
        )
    return findings


def _over_budget(problem: Problem, judged: Evaluation) -> list[Finding]:
    """The tax budget warns where the gain limit forbids."""
    budget = problem.target.tax.tax_budget
    if budget is None or float(judged.tax.tax) <= budget:
        return []
    over = float(judged.tax.tax) - budget
    tax, beyond, limit = (words.dollars(amount) for amount in (judged.tax.tax, over, budget))
    message = f"The plan's tax of {tax} is {beyond} over the budget of {limit}."
    return [Finding(Severity.WARNING, "tax_budget", "", message)]


def _stable(problem: Problem, security: str) -> bool:
    """Money-market funds: sold at the dollar they cost, whatever is known of their basis."""
    return problem.holdings.types[problem.holdings.security_index[security]] is SecurityType.MONEY_MARKET


def _why_not_sold(problem: Problem) -> str:
    investing = problem.target.trading.mode is Mode.INVEST_CASH
    return "nothing is sold where cash is only invested" if investing else "holds nothing that could be sold"


def _reserves_out_of_reach(problem: Problem) -> list[Finding]:
    """Accounts short of their cash reserve with nothing that could be sold for it."""
    flows = problem.start_cash - problem.holdings.cash
    reserves = cash_reserves(problem.holdings, problem.target, flows)
    names = problem.holdings.household.account_names
    return [
        Finding(
            Severity.WARNING,
            "reserve_out_of_reach",
            account,
            f"{names[account]} has {words.dollars(problem.start_cash[a])} in cash and should keep "
            f"{words.dollars(reserves[a])}, but {_why_not_sold(problem)}. It is left as it is.",
        )
        for a, account in enumerate(problem.holdings.accounts)
        if problem.floor[a] < reserves[a] - 0.005
    ]


def _unheld_rules(problem: Problem) -> list[Finding]:
    """Rules that speak of a security the household doesn't know: most likely a misspelling."""
    rules = problem.target.rules
    known = set(problem.holdings.securities)
    accounts = set(problem.holdings.accounts)
    place = problem.holdings.household.place_words
    return [
        Finding(
            Severity.WARNING,
            "rule_without_holding",
            str(key),
            f"The rule '{label.replace('_', ' ')} {place(str(key))}' matches nothing in the household; check the "
            "spelling.",
        )
        for label in ("no_buy", "no_sell", "sell_all", "hold")
        for key in getattr(rules, label)
        if key.symbol not in known or (key.account is not None and key.account not in accounts)
    ]


def _missing_candidates(problem: Problem, wanted: Wanted, trades: tuple[Trade, ...]) -> list[Finding]:
    """Style boxes that stay well short because nothing with a price can be bought for them."""
    cells = problem.fixed.copy()
    for trade in trades:
        sign = 1.0 if trade.action is Action.BUY else -1.0
        cells += sign * float(trade.amount) * problem.cells.weights[problem.holdings.security_index[trade.security]]
    short = wanted.shares - cells / problem.value if problem.value > 0 else wanted.shares
    free = np.array([not names for names in problem.purchases.blocks], dtype=bool)
    funds = [
        int(s) for s in problem.purchases.security[free] if problem.holdings.types[int(s)] is not SecurityType.STOCK
    ]
    findings = []
    for k, name in enumerate(STYLE_BOXES):
        band = problem.target.bands.half_width(float(wanted.shares[k]))
        if short[k] > band and not any(problem.cells.weights[s, k] > 0.25 for s in funds):
            findings.append(
                Finding(
                    Severity.WARNING,
                    "no_candidate",
                    name,
                    f"{name.capitalize()} stays {100 * short[k]:.1f} points short: no fund for it with a price may be "
                    "bought. Add the price of one (for example from a file of symbols and prices).",
                )
            )
    return findings
