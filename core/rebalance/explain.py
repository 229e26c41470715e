"""Why each trade is made, what limits it, and what each rule costs in tilt."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import numpy as np

from core.money import ZERO
from core.rebalance.cells import Wanted
from core.rebalance.holdings import Floats
from core.rebalance.limits import default_buy_limits, default_sale_limits
from core.rebalance.problem import Problem
from core.rebalance.proposal import Action, TiltLost, Trade
from core.rebalance.relaxation import Relaxation, Relaxed
from core.rebalance.sales import Reluctance
from core.rebalance.tracking import RISK_LIMIT
from core.tilt.target import LotMethod, MaySell, Target, TaxSettings
from core.words import dollars

_POINTS_SHOWN = 0.005
_DOLLARS_SHOWN = 0.5
_NAMES = {
    "us_equity": "US stocks",
    "developed_equity": "developed-market stocks",
    "emerging_equity": "emerging-market stocks",
    "bonds": "bonds",
    "cash": "cash",
    "other": "other assets",
    "unclassified": "unclassified holdings",
    "unknown style": "stocks of unknown style",
}


# -- reasons ------------------------------------------------------------------------------------------------


def explain_trades(problem: Problem, wanted: Wanted, trades: tuple[Trade, ...]) -> tuple[Trade, ...]:
    """The same trades with a reason in words and the rules that limited each."""
    before, after = _cells(problem, ()), _cells(problem, trades)
    cash_after = _cash_after(problem, trades)
    return tuple(
        attrs.evolve(
            trade,
            reason=_reason(problem, wanted, before, after, trade),
            limited_by=_limits(problem, trades, trade, cash_after),
        )
        for trade in trades
    )


def _dollars(trade: Trade) -> float:
    return float(trade.amount) * (1 if trade.action is Action.BUY else -1)


def _cash_after(problem: Problem, trades: tuple[Trade, ...]) -> Floats:
    cash: Floats = problem.start_cash.copy()
    for trade in trades:
        cash[problem.holdings.account_index[trade.account]] -= _dollars(trade) + problem.target.trading.ticket
    return cash


def _cells(problem: Problem, trades: tuple[Trade, ...]) -> Floats:
    """(K,) dollars in each cell with the trades done."""
    cells: Floats = problem.fixed + problem.cells.cash_weights * _cash_after(problem, trades).sum()
    for trade in trades:
        cells += _dollars(trade) * problem.cells.weights[problem.holdings.security_index[trade.security]]
    return cells


def _reason(problem: Problem, wanted: Wanted, before: Floats, after: Floats, trade: Trade) -> str:
    security = problem.holdings.security_index[trade.security]
    goal = wanted.shares * problem.value
    direction = 1.0 if trade.action is Action.BUY else -1.0
    # How much of what was out of place in each cell the trade moves the right way.
    useful = problem.cells.weights[security] * np.clip(direction * (goal - before), 0, None)
    best = int(np.argmax(useful))
    parts = []
    if (problem.holdings.account_index[trade.account], security) in problem.orders:
        parts.append("Ordered by the adviser.")
    elif _forced(problem, trade):
        parts.append("Sold as asked (sell all).")
    elif trade.action is Action.SELL and _short_of_cash(problem, trade.account):
        parts.append("Raises cash in this account.")
    if useful[best] > 0:
        parts.append(_cell_sentence(problem, best, before, goal, after, trade.action))
    elif not parts:
        parts.append(
            "Takes up cash or moves the holding to a better place."
            if trade.action is Action.BUY
            else "Frees money for what is under its target, at the least cost."
        )
    if trade.action is Action.SELL:
        parts.append(_tax_sentence(problem, trade))
    return " ".join(parts)


def _cell_sentence(problem: Problem, k: int, before: Floats, goal: Floats, after: Floats, action: Action) -> str:
    name = problem.cells.names[k]
    label = _NAMES.get(name, name)
    today, target, then = (100 * float(x[k]) / problem.value for x in (before, goal, after))
    verb = "Adds to" if action is Action.BUY else "Trims"
    return f"{verb} {label}: {today:.1f} % of the household today, {target:.1f} % wanted, {then:.1f} % after."


def _forced(problem: Problem, trade: Trade) -> bool:
    return trade.action is Action.SELL and any(
        key.matches(trade.account, trade.security) for key in problem.target.rules.sell_all
    )


def _short_of_cash(problem: Problem, account: str) -> bool:
    a = problem.holdings.account_index[account]
    return bool(problem.start_cash[a] < problem.floor[a])


def _tax_sentence(problem: Problem, trade: Trade) -> str:
    a = problem.holdings.account_index[trade.account]
    if not problem.holdings.taxable[a]:
        return "No tax in this account."
    gain = sum((lot.gain for lot in trade.lots if lot.gain is not None), ZERO)
    unknown = any(lot.gain is None for lot in trade.lots)
    if unknown:
        return "The cost basis of a lot is not known, so no tax can be stated for it."
    if gain < 0:
        return f"Realises a loss of {dollars(-gain)}."
    lots = "one lot" if len(trade.lots) == 1 else f"{len(trade.lots)} lots"
    return f"Closes {lots} with a gain of {dollars(gain)}, those with the least tax first."


def _limits(problem: Problem, trades: tuple[Trade, ...], trade: Trade, cash: Floats) -> tuple[str, ...]:
    account = problem.holdings.account_index[trade.account]
    security = problem.holdings.security_index[trade.security]
    price = float(problem.holdings.unit_price[security])
    if trade.action is Action.BUY:
        held = problem.by_security[security] + sum(_dollars(t) for t in trades if t.security == trade.security)
        names = [c.rule for c in problem.caps if c.security == security and held > c.limit - 2 * price]
        if cash[account] - problem.floor[account] < 2 * price:
            names.append(f"cash of {trade.account}")
        return tuple(names)
    segments = problem.segments
    sold = {lot.lot for lot in trade.lots}
    names = []
    for i in np.flatnonzero((segments.account == account) & (segments.security == security)):
        if any(int(problem.holdings.lot_source[lot]) in sold for lot in segments.lots[i]):
            continue
        names.extend(sorted(segments.blocks[i]))
        if segments.reluctance[i]:
            names.append(Reluctance(int(segments.reluctance[i])).rule)
        elif segments.tax[i] > 0:
            names.append("tax")
    return tuple(dict.fromkeys(names))


# -- tilt lost ----------------------------------------------------------------------------------------------


def misfit_share(problem: Problem, wanted: Wanted, relaxed: Relaxed) -> float:
    """Share of the household out of place in a relaxed plan: half the misfit of the first cells over the value."""
    segments, buys = problem.segments, problem.purchases
    change = np.zeros(len(problem.by_security))
    sold, bought = np.flatnonzero(relaxed.sold), np.flatnonzero(relaxed.bought)  # few of many
    np.subtract.at(change, segments.security[sold], relaxed.sold[sold] * segments.ratio[sold])
    np.add.at(change, buys.security[bought], relaxed.bought[bought])
    cash = float(relaxed.sold.sum() - relaxed.bought.sum())
    cells = problem.today() + change @ problem.cells.weights + problem.cells.cash_weights * cash
    first = slice(0, problem.cells.first)
    gap = np.abs(cells[first] - wanted.shares[first] * problem.value).sum()
    return float(gap / 2 / problem.value) if problem.value > 0 else 0.0


def tilt_lost(
    relaxation: Relaxation,
    wanted: Wanted,
    rebuilt: Callable[[Target], tuple[Relaxation, Wanted]],
    *,
    plan_objective: float,
    plan_misfit: float,
    settled: Relaxed,
) -> tuple[TiltLost, ...]:
    """What each rule in force costs: the relaxed plan with the rule switched off, against the one with it.

    ``settled`` is its optimum with the either-or rules (no loss sold beside an identical purchase): what they cost lies
    between the relaxation and it, what whole shares and minimum trades cost between it and the plan. ``rebuilt`` makes
    the relaxation of another target: some rules shape the problem itself and can't be switched off in it.
    Rules that cost nothing are left out (many need no solve for it: their limits have no price at the optimum); the
    dearest come first.
    """
    problem = relaxation.problem
    relaxation.limit()
    base = relaxation.solve()
    if base is None:
        return ()
    base_misfit = misfit_share(problem, wanted, base)
    duals = relaxation.duals()
    found: list[TiltLost] = []

    def note(rule: str, points: float, dollars: float) -> None:
        if points > _POINTS_SHOWN or dollars > _DOLLARS_SHOWN:
            found.append(TiltLost(rule, round(points, 4), round(dollars, 2)))

    def compare(rule: str) -> None:
        relaxed = relaxation.solve()
        if relaxed is not None:
            misfit = misfit_share(problem, wanted, relaxed)
            note(rule, 100 * (base_misfit - misfit), base.objective - relaxed.objective)

    for rule, target in _other_targets(problem):
        other, aim = rebuilt(target)
        relaxed = other.solve() if other.admit_what_must_be_sold() else None
        if relaxed is not None:
            misfit = misfit_share(other.problem, aim, relaxed)
            note(rule, 100 * (base_misfit - misfit), base.objective - relaxed.objective)
    for rule in _switchable(problem):
        off: Callable[[str], bool] = rule.__eq__
        # Where the rules force sales of lots kept by choice, those bounds hold unless the rule itself is off.
        sales = np.maximum(default_sale_limits(problem, off), relaxation.sale_limits)
        buys = default_buy_limits(problem, off)
        more = np.concatenate([sales > relaxation.sale_limits, buys > default_buy_limits(problem)])
        if not duals.unwanted(more):
            relaxation.limit(sale_limits=sales, buy_limits=buys)
            compare(rule)
    floors = np.minimum(problem.floor, np.clip(-problem.holdings.pending, 0, None))
    if not duals.idle_cash(floors < problem.floor):
        relaxation.limit(cash_floors=floors)
        compare("cash_reserve")
    relaxation.limit()
    for rows in (
        "gain_limit",
        "max_turnover",
        "sectors",
        "max_position",
        "max_stock",
        "wash_sale",
        "orders",
        RISK_LIMIT,
    ):
        if not duals.free([row for row, name in enumerate(relaxation.row_names) if name.startswith(rows)]):
            relaxation.free_rows(rows, free=True)
            compare(rows)
            relaxation.free_rows(rows, free=False)
    relaxation.ignore_tax(ignore=True)
    compare("taxes")
    relaxation.ignore_tax(ignore=False)
    # A plan found another way may be better than what whole shares were made of; nothing is lost between them then.
    rest, rest_misfit = settled.objective, misfit_share(problem, wanted, settled)
    if rest > plan_objective:
        rest, rest_misfit = plan_objective, plan_misfit
    note("wash_sale_in_plan", 100 * (rest_misfit - base_misfit), rest - base.objective)
    note("whole_shares_and_minimum_trade", 100 * (plan_misfit - rest_misfit), plan_objective - rest)
    return tuple(sorted(found, key=lambda t: (-t.points, -t.dollars, t.rule)))


def _other_targets(problem: Problem) -> list[tuple[str, Target]]:
    """Rules in force that decide which lots belong together, each with the target without it."""
    target = problem.target
    free: list[tuple[str, TaxSettings]] = []
    if target.tax.may_sell is not MaySell.ALL:
        free.append(("may_sell", attrs.evolve(target.tax, may_sell=MaySell.ALL)))
    if target.tax.avoid_short_term and (problem.segments.reluctance == Reluctance.SHORT_TERM_GAIN).any():
        free.append(("avoid_short_term", attrs.evolve(target.tax, avoid_short_term=False)))
    if target.tax.lot_method is not LotMethod.OPTIMAL:
        free.append(("lot_method", attrs.evolve(target.tax, lot_method=LotMethod.OPTIMAL)))
    return [(rule, attrs.evolve(target, tax=tax)) for rule, tax in free]


def _switchable(problem: Problem) -> list[str]:
    """Rules that work through bounds of single sales and purchases, by name."""
    names = {name for blocks in problem.segments.blocks for name in blocks}
    names |= {name for blocks in problem.purchases.blocks for name in blocks}
    names |= {Reluctance(int(r)).rule for r in problem.segments.reluctance if r}
    names -= {"may_sell", "avoid_short_term"}  # _other_targets
    return sorted(name for name in names if not name.startswith("sell_all"))
