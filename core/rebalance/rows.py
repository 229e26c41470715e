"""The rows of the relaxation: cells, cash, caps, ranges, sectors, own orders, lot order, exits, gains, tax."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import highspy
import numpy as np

from core.rebalance.holdings import Floats, Ints
from core.rebalance.limits import gain_limit, turnover_limit
from core.rebalance.problem import Problem
from core.tilt.target import LotMethod

_INF = highspy.kHighsInf


@attrs.define(eq=False)
class Rows:
    """Rows lower <= values @ x[columns] <= upper, each with the name of its rule.

    zones : first and last + 1 row of each tax zone's planes, the envelope first. region : the first of three rows that
    keep gains (short, long, net) inside a zone.
    """

    names: list[str] = attrs.field(factory=list)
    columns: list[Ints] = attrs.field(factory=list)
    values: list[Floats] = attrs.field(factory=list)
    lower: list[float] = attrs.field(factory=list)
    upper: list[float] = attrs.field(factory=list)
    zones: list[tuple[int, int]] = attrs.field(factory=list)
    region: int = 0

    def add(self, name: str, columns: Ints, values: Floats, lower: float, upper: float) -> None:
        """Add a row; zeros are left out."""
        keep = values != 0
        self.names.append(name)
        self.columns.append(columns[keep].astype(np.int32))
        self.values.append(values[keep].astype(float))
        self.lower.append(lower)
        self.upper.append(upper)


def model_rows(problem: Problem, *, sales: Ints, buys: Ints, cash: Ints, stretches: Ints, tax: int) -> Rows:
    """All rows of a problem over the given columns.

    ``sales`` (N,), ``buys`` (B,), ``cash`` (A,); ``stretches`` (K, 2 n): shortfall, then excess, of each cell; ``tax``:
    the column of the tax that counts. Wanted dollars of cells are set later.
    """
    rows = Rows()
    trades = np.concatenate([sales, buys])
    _cells(rows, problem, trades, cash, stretches)
    _cash(rows, problem, trades, cash)
    _caps_and_ranges(rows, problem, trades)
    _sectors(rows, problem, trades)
    _own_orders(rows, problem, trades)
    segments = problem.segments
    for name, earlier, later in _enforced_order(problem):
        # A later lot is touched only once the earlier is gone: in shares of each lot, later <= earlier.
        pair = np.array([earlier, later])
        shares = np.array([-1.0, 1.0]) * float(segments.most[earlier]) / segments.most[pair]
        rows.add(name, sales[pair], shares, -_INF, 0.0)
    for way_out in problem.exits:
        # A loss is taken only with all recent purchases sold: in shares of each, loss <= purchase.
        for i in way_out.losses:
            for r in way_out.recent:
                if i != r:
                    shares = np.array([1.0, -1.0]) / segments.most[[i, r]] * float(segments.most[i])
                    rows.add("wash_sale", sales[[i, r]], shares, -_INF, 0.0)
    if problem.target.tax.gain_limit is not None:
        rows.add("gain_limit", sales, segments.limited_gain, -_INF, gain_limit(problem))
    rows.add("max_turnover", trades, np.ones(len(trades)), -_INF, turnover_limit(problem))
    _tax(rows, problem, sales, tax)
    return rows


def _cells(rows: Rows, problem: Problem, trades: Ints, cash: Ints, stretches: Ints) -> None:
    segments, buys = problem.segments, problem.purchases
    for k, name in enumerate(problem.cells.names):
        weights = problem.cells.weights[:, k]
        values = [
            -segments.ratio * weights[segments.security],
            weights[buys.security],
            np.full(len(cash), problem.cells.cash_weights[k]),
            np.repeat([1.0, -1.0], stretches.shape[1] // 2),
        ]
        rows.add(name, np.concatenate([trades, cash, stretches[k]]), np.concatenate(values), 0.0, 0.0)


def _cash(rows: Rows, problem: Problem, trades: Ints, cash: Ints) -> None:
    segments, buys = problem.segments, problem.purchases
    for a, account in enumerate(problem.holdings.accounts):
        values = [-1.0 * (segments.account == a), 1.0 * (buys.account == a), np.ones(1)]
        start = float(problem.start_cash[a])
        rows.add(
            f"cash_reserve {account}", np.concatenate([trades, cash[a : a + 1]]), np.concatenate(values), start, start
        )


def _caps_and_ranges(rows: Rows, problem: Problem, trades: Ints) -> None:
    segments, buys = problem.segments, problem.purchases
    for cap in problem.caps:
        room = cap.limit - float(problem.by_security[cap.security])
        if room > 0:
            values = [-segments.ratio * (segments.security == cap.security), 1.0 * (buys.security == cap.security)]
            name = f"{cap.rule} {problem.holdings.securities[cap.security]}"
            rows.add(name, trades, np.concatenate(values), -_INF, room)
    held_now = problem.holdings.position_values()
    for held in problem.held_ranges:
        here = 1.0 if held.account < 0 else segments.account == held.account
        there = 1.0 if held.account < 0 else buys.account == held.account
        now = held_now[:, held.security].sum() if held.account < 0 else held_now[held.account, held.security]
        values = [
            -segments.ratio * (segments.security == held.security) * here,
            1.0 * (buys.security == held.security) * there,
        ]
        least = held.least - float(now) if held.least > 0 else -_INF
        most = held.most - float(now) if np.isfinite(held.most) else _INF
        rows.add(held.rule, trades, np.concatenate(values), least, most)


def _sectors(rows: Rows, problem: Problem, trades: Ints) -> None:
    segments, buys = problem.segments, problem.purchases
    for sector in problem.sector_ranges:
        values = [-segments.ratio * sector.weights[segments.security], sector.weights[buys.security]]
        rows.add(sector.rule, trades, np.concatenate(values), -_INF, -float(problem.by_security @ sector.weights))


def _own_orders(rows: Rows, problem: Problem, trades: Ints) -> None:
    segments, buys, holdings = problem.segments, problem.purchases, problem.holdings
    for (account, security), units in problem.orders.items():
        dollars = abs(units) * float(holdings.unit_price[security])
        sold = (segments.account == account) & (segments.security == security)
        bought = (buys.account == account) & (buys.security == security)
        values = np.concatenate([1.0 * sold * (units < 0), 1.0 * bought * (units > 0)])
        name = f"orders {holdings.accounts[account]}:{holdings.securities[security]}"
        rows.add(name, trades, values, dollars, dollars)


def _enforced_order(problem: Problem) -> Iterator[tuple[str, int, int]]:
    """Consecutive segments (earlier, later) of one position where a lot method is enforced."""
    if problem.target.tax.lot_method is LotMethod.OPTIMAL:
        return
    segments = problem.segments
    for i in range(1, len(segments.most)):
        if segments.account[i] == segments.account[i - 1] and segments.security[i] == segments.security[i - 1]:
            yield "lot_method", i - 1, i


def _tax(rows: Rows, problem: Problem, sales: Ints, column: int) -> None:
    segments = problem.segments
    rows.region = len(rows.names)
    if problem.tax.envelope is None:
        return
    for gains in (segments.short_gain, segments.long_gain, segments.gain):
        rows.add("tax region", sales, gains, -_INF, _INF)
    columns = np.append(sales, column)
    for zone in (problem.tax.envelope, *problem.tax.zones):
        start = len(rows.names)
        for _, short, long in zone.planes:
            values = np.append(-short * segments.short_gain - long * segments.long_gain, 1.0)
            rows.add("tax plane", columns, values, -_INF, _INF)
        rows.zones.append((start, len(rows.names)))
