"""Which orders to place: a mixed-integer program that knows all but whole shares, searched briefly.

Without whole shares the program is small enough for its root to find choices as good as a long search of the whole
program does. Which of several that cost the same rounds best shows only with their sizes, so it is asked for the next
choice, and the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import highspy
import numpy as np

from core.rebalance.cells import Wanted
from core.rebalance.limits import default_buy_limits
from core.rebalance.program import Exact, Program
from core.rebalance.support import Pair, Support, trade_sizes, within_securities

#: Share of an order's price that a choice may cost more than the best.
_GAP = 0.2
#: Orders in which a choice has to differ from the ones before.
_APART = 2
#: Nodes of the search among some securities, and among all.
_ROOT, _NODES = 1, 20


class Choices:
    """Choices of orders within ``whole``, of securities that one of ``plans`` trades on that side, in any account.

    ``plans`` are signed dollars by (account, security); None: of every security.
    """

    def __init__(self, whole: Support, wanted: Wanted, plans: Iterable[Mapping[Pair, float]] | None) -> None:
        problem = whole.problem
        self._problem = problem
        sale_limits, buy_limits = whole.sale_limits, default_buy_limits(problem)
        if plans is not None:
            sale_limits, buy_limits = within_securities(problem, sale_limits, buy_limits, plans)
        self._nodes = _NODES if plans is None else _ROOT
        self._program = Program(problem, wanted, sale_limits, buy_limits, whole_shares=False)

    def next(self, cutoff: float) -> Exact:
        """A choice whose cost without whole shares is below ``cutoff``, apart from those before; maybe none."""
        gap = max(_GAP * self._problem.target.trading.order_price, 1e-3)
        found = self._program.search(self._nodes, cutoff, gap, neighbourhoods=False)
        if found.plan is not None:
            self.forbid(trade_sizes(self._problem, found.plan))
        return found

    def forbid(self, orders: dict[Pair, float]) -> None:
        """No choice from here on keeps all of these orders, by (account, security) with the sign of their side."""
        program = self._program
        sides = ((program.selling if size < 0 else program.buying, pair) for pair, size in orders.items())
        switches = [side[pair] for side, pair in sides if pair in side]
        columns = np.array(switches, dtype=np.int32)
        most = float(len(switches) - _APART)
        program.model.addRow(-highspy.kHighsInf, most, len(columns), columns, np.ones(len(columns)))
