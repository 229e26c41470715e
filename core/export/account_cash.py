"""The cash of each account from before to after the plan, reckoned from the trades."""

from __future__ import annotations

from decimal import Decimal

import attrs

from core.household import Account, Household
from core.money import CENT, ZERO, to_cents
from core.rebalance.proposal import Action, Proposal
from core.tilt.target import Target


@attrs.frozen
class AccountCash:
    """Cash of one account through the plan, dollars. ``after`` is the plan's own figure."""

    account: Account
    before: Decimal
    sales: Decimal
    purchases: Decimal
    tickets: Decimal
    flows: Decimal
    after: Decimal
    reserve: Decimal

    @property
    def ties(self) -> bool:
        """Whether before + sales - purchases - tickets + flows is what the plan says is left, to the cent."""
        reckoned = self.before + self.sales - self.purchases - self.tickets + self.flows
        return abs(reckoned - self.after) < CENT

    @property
    def keeps_reserve(self) -> bool:
        """Whether the reserve is kept, or the cash at least not lowered where it was short to begin with."""
        return self.after >= min(self.reserve, self.before) - CENT

    @property
    def overdrawn(self) -> bool:
        """Whether the plan leaves a debit that was not there, or makes one larger."""
        return self.after < min(ZERO, self.before) - CENT


def account_cash(household: Household, target: Target, proposal: Proposal) -> tuple[AccountCash, ...]:
    """The cash of every account, in the household's order."""
    rows = []
    ticket = to_cents(target.trading.ticket)
    share = Decimal(repr(float(target.trading.cash_reserve)))
    for account in household.accounts:
        trades = [trade for trade in proposal.trades if trade.account == account.id]
        flows = sum((to_cents(flow.amount) for flow in target.flows if flow.account == account.id), ZERO)
        rows.append(
            AccountCash(
                account=account,
                before=proposal.before.cash.get(account.id, account.cash),
                sales=sum((t.amount for t in trades if t.action is Action.SELL), ZERO),
                purchases=sum((t.amount for t in trades if t.action is Action.BUY), ZERO),
                tickets=ticket * len(trades),
                flows=flows,
                after=proposal.after.cash.get(account.id, account.cash),
                reserve=to_cents(share * (account.market_value + flows)),
            )
        )
    return tuple(rows)
