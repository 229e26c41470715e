"""A stand-in for the engine on the sample household: a plan that no better engine changes, for pictures."""

from decimal import Decimal

import attrs

from core.rebalance.frontier import FrontierPoint
from core.rebalance.proposal import (
    Action,
    Costs,
    Objective,
    Proposal,
    Snapshot,
    TaxOfPlan,
    TiltLost,
    Trade,
    TradeLot,
)
from core.tilt.box import point_of
from tests.desktop.fake_engine import PRESENT_BOX, FakeEngine

#: Bought for what is sold, in each account in turn.
BOUGHT = (("VBR", "Small value is below its target."), ("AVUV", "Small value is below its target."), ("VOE", ""))
CENT = Decimal("0.01")
RULES = (
    ("taxes", 7.2, 21_800.0),
    ("avoid_short_term", 1.4, 3_600.0),
    ("max_stock", 0.6, 1_600.0),
    ("whole_shares_and_minimum_trade", 0.2, 4.0),
)


class PictureEngine(FakeEngine):
    """A quarter of the first holdings of each account is sold, for three funds."""

    def live(self, target):
        return attrs.evolve(super().live(target), trades=())

    def final(self, target, *, cancelled=lambda: False):
        live = self.live(target)
        ticket = Decimal(repr(target.trading.ticket)).quantize(CENT)
        trades = self.trades(ticket)
        cash = {account.id: account.cash for account in self.household.accounts}
        after = dict(cash)
        for trade in trades:
            after[trade.account] += (trade.amount if trade.action is Action.SELL else -trade.amount) - ticket
        gain = sum((lot.gain or Decimal(0) for trade in trades for lot in trade.lots), Decimal(0))

        def snapshot(box, cash):
            point = point_of(box)
            mix, sectors = live.present_mix, live.sectors_before
            return Snapshot(self.household.value, mix, box, point.size, point.value, sectors, 0.98, cash)

        return Proposal(
            household=self.household.name,
            as_of=self.household.as_of,
            trades=trades,
            before=snapshot(PRESENT_BOX, cash),
            target=snapshot(live.target_box, cash),
            after=snapshot(live.after_box, after),
            misfit_before=live.misfit_before,
            misfit_after=live.misfit_after,
            tax=TaxOfPlan(Decimal(0), gain, Decimal("7366.00"), Decimal(0), Decimal(0)),
            costs=Costs(Decimal("752.00"), ticket * len(trades)),
            turnover=0.42,
            objective=Objective(10_004.0, 74_000.0, 10_000.0),
            tilt_lost=tuple(TiltLost(*rule) for rule in RULES),
        )

    def trades(self, ticket):
        """The same for every target."""
        household, made = self.household, []
        for account in household.accounts:
            held = list(dict.fromkeys(lot.security for lot in household.lots if lot.account == account.id))
            room = Decimal(0)
            for key in [k for k in held if (household.security_by_id[k].price or 0) > 1][:4]:
                place, lot = next(
                    (n, one) for n, one in enumerate(household.lots) if (one.account, one.security) == (account.id, key)
                )
                price = household.security_by_id[key].price
                quantity = Decimal(int(lot.quantity / 4) or 1)
                amount = (quantity * price).quantize(CENT)
                basis = None if lot.cost_basis is None else (lot.cost_basis * quantity / lot.quantity).quantize(CENT)
                gain = None if basis is None else amount - basis
                closed = TradeLot(place, lot.acquired, quantity, basis, gain, lot.term)
                reason = "Large growth is above its target."
                made.append(Trade(account.id, key, Action.SELL, quantity, price, amount, (closed,), reason, ("tax",)))
                room += amount - ticket
            for key, reason in BOUGHT:
                price = household.security_by_id[key].price
                quantity = Decimal(int((room - 3 * ticket) / 3 / price))
                if quantity:
                    amount = (quantity * price).quantize(CENT)
                    made.append(Trade(account.id, key, Action.BUY, quantity, price, amount, (), reason))
        return tuple(made)


def frontier_of(_household, _exposures, _target):
    """Twelve points on a curve, the fifth its knee."""
    costs = [-3e3, -2.5e3, -1.5e3, 0.0, 1.5e3, 4e3, 7e3, 11e3, 16e3, 22e3, 28e3, 34e3]
    return tuple(
        FrontierPoint(
            0.0005 * 2**n, 0.32 * 0.78**n, float(cost), float(cost), 0.05 * n, n == 4, 0.5 - 0.06 * n, 0.05 * n
        )
        for n, cost in enumerate(costs)
    )
