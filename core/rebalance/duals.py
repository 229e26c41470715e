"""What limits cost at an optimum: so that those which cost nothing need not be solved without."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from core.rebalance.holdings import Bools, Floats

#: Dollars a dollar: below this a limit costs nothing.
_NOTHING = 1e-7


@attrs.frozen(eq=False)
class Duals:
    """Prices of limits at an optimum, dollars of objective a dollar.

    rows (rows of the model,): 0 where a row does not bind. trades (N + B,): reduced costs of sale segments and
    purchases, below 0 where more of one would help. cash (A,): of each account's cash, above 0 where its floor binds.
    By duality of convex programs the optimum stays what it is where only limits without a price are taken away.
    """

    rows: Floats
    trades: Floats
    cash: Floats

    def free(self, rows: Sequence[int]) -> bool:
        """Whether these rows can go for nothing."""
        return bool((np.abs(self.rows[list(rows)]) <= _NOTHING).all())

    def unwanted(self, trades: Bools) -> bool:
        """Whether nothing is won by more of these trades (N + B,)."""
        return bool((self.trades[trades] >= -_NOTHING).all())

    def idle_cash(self, accounts: Bools) -> bool:
        """Whether nothing is won by less cash in these accounts (A,)."""
        return bool((self.cash[accounts] <= _NOTHING).all())
