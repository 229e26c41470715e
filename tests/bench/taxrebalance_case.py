"""The problem of the package taxrebalance, solved by it and by our relaxation with its exclusions settled.

Its model: continuous shares, one taxable account, each lot's tax as a number a share, fees a share of what is traded
(taken from cash), tracking error in the objective and at most a limit, gross turnover at most a limit, and no security
both bought and sold. Both answers are judged by its own ``evaluate``.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import numpy as np

from core.classify.exposure import Confidence, Exposure
from core.household import Account, AccountKind, Household, Lot, Security, SecurityType
from core.money import market_value
from core.rebalance.engine import wanted_of
from core.rebalance.exclusions import settle_exclusions
from core.rebalance.holdings import build_holdings
from core.rebalance.limits import default_buy_limits
from core.rebalance.problem import build_problem
from core.rebalance.risk_relaxation import relaxation_of
from core.rebalance.support import Support
from core.tax.holding_period import term
from core.tilt.risk import Risk, covariance_of
from core.tilt.target import ModelLine, Target, TaxSettings, Trading

_ROUNDS = 3


def scenario(securities: int, seed: int) -> Any:
    """Securities of three lots each, a covariance of four factors, tracking error 2.5 %, gross turnover 35 %."""
    from tax_rebalancing.models import Scenario, TaxLot

    rng = np.random.default_rng(seed)
    loadings = rng.normal(0, 0.08, (securities, 4))
    loadings[:, 0] = rng.normal(0.16, 0.03, securities)
    own = rng.uniform(0.12, 0.30, securities) ** 2
    covariance = loadings @ loadings.T + np.diag(own)
    covariance = (covariance + covariance.T) / 2
    prices = np.round(rng.uniform(20, 300, securities), 2)
    tickers = tuple(f"T{i:03d}" for i in range(securities))
    lots = tuple(
        TaxLot(
            f"{ticker}-{k}",
            ticker,
            float(round(rng.uniform(0.3, 1.7) * 20_000 / price)) or 1.0,
            float(round(price * rng.uniform(0.6, 1.35), 2)),
            int(rng.integers(40, 1500)),
        )
        for ticker, price in zip(tickers, prices, strict=True)
        for k in range(3)
    )
    weights = rng.dirichlet(np.full(securities, 4.0))
    return Scenario(
        name=f"{securities} securities",
        tickers=tickers,
        prices=tuple(float(p) for p in prices),
        target_weights=tuple(float(w) for w in weights / weights.sum()),
        lots=lots,
        annual_covariance=tuple(tuple(float(x) for x in row) for row in covariance),
        starting_cash=0.0,
        max_tracking_error=0.025,
        max_turnover_fraction=0.35,
        risk_aversion=1.0,
    )


class Ours:
    """The scenario as a household and a target; ``solve`` is what is timed, from arrays to shares."""

    def __init__(self, s: Any) -> None:
        from tax_rebalancing.optimizer import _arrays

        self.s = s
        _, _, _, _, now, later = _arrays(s)
        self.tax = {lot.lot_id: float(a + b) for lot, a, b in zip(s.lots, now, later, strict=True)}
        day = date(2026, 6, 30)
        prices = {t: Decimal(repr(p)) for t, p in zip(s.tickers, s.prices, strict=True)}
        lots = []
        for lot in s.lots:
            bought = date.fromordinal(day.toordinal() - lot.days_held)
            quantity = Decimal(repr(lot.shares))
            basis = quantity * Decimal(repr(lot.basis_per_share))
            value = market_value(quantity, prices[lot.ticker], Decimal(1))
            lots.append(Lot("A", lot.ticker, quantity, value, basis, bought, term(bought, day)))
        worth = sum((lot.market_value for lot in lots), Decimal(0))
        cash = Decimal(repr(s.starting_cash))
        self.household = Household(
            s.name,
            day,
            (Account("A", "A", None, AccountKind.TAXABLE, "file", cash, Decimal(0), worth + cash),),
            tuple(Security(t, t, None, t, SecurityType.STOCK, p) for t, p in prices.items()),
            tuple(lots),
        )
        source = {"mix": "case", "style_box": "case", "sectors": "case"}
        self.exposures = {
            t: Exposure(
                t,
                t,
                SecurityType.STOCK,
                (1.0, *(0.0,) * 6),
                (0.0,) * 9,
                (*(0.0,) * 11, 1.0),
                source,
                None,
                Confidence.HIGH,
            )
            for t in s.tickers
        }
        self.target = Target(
            model=tuple(ModelLine(t, w) for t, w in zip(s.tickers, s.target_weights, strict=True)),
            tax=TaxSettings(avoid_short_term=False),
            trading=Trading(
                eagerness=0.0,
                min_trade=0.0,
                ticket=0.0,
                half_spread=s.trading_cost_bps / 10_000,
                cash_reserve=0.0,
                max_turnover=s.max_turnover_fraction / 2,
                max_stock=1.0,
                location=False,
            ),
            risk=Risk(covariance_of(s.tickers, s.annual_covariance, s.name), s.max_tracking_error, s.risk_aversion),
        )

    def solve(self) -> tuple[Any, Any, float]:
        """Shares bought by security, shares sold by lot, and a lower bound on its objective."""
        s = self.s
        holdings = build_holdings(self.household, self.exposures)
        problem = build_problem(holdings, self.target)
        # Its own tax a lot instead of ours.
        lot_ids = [s.lots[int(i)].lot_id for i in holdings.lot_source]
        tax = np.array([self.tax[lot_ids[int(lots[0])]] for lots in problem.segments.lots])
        price = holdings.unit_price[problem.segments.security]
        segments = attrs.evolve(
            problem.segments, tax=tax / price, reluctance=np.zeros(len(tax), dtype=np.int64), short_gain=tax / price
        )
        problem = attrs.evolve(problem, segments=segments, exits=())
        relaxation = relaxation_of(problem)
        relaxation.aim(wanted_of(problem, self.target))
        support = Support(relaxation, relaxation.sale_limits, default_buy_limits(problem))
        bound, relaxed = -np.inf, None
        for _ in range(_ROUNDS):
            # Fees come out of cash: what the last plan's cost is kept back.
            first = support.solve()
            settled = None if first is None else settle_exclusions(support, first)
            if settled is None:
                raise ValueError("no plan")
            if relaxed is None:
                bound = settled.bound
            support, relaxed = settled.support, settled.relaxed
            fees = float(relaxed.sold.sum() + relaxed.bought.sum()) * self.target.trading.half_spread
            cash = float(problem.start_cash[0] + relaxed.sold.sum() - relaxed.bought.sum())
            if fees <= cash + 1e-3:
                break
            support.cash_floors = np.array([fees])
        buys = np.zeros(len(s.tickers))
        place = {t: i for i, t in enumerate(s.tickers)}
        for security, dollars in zip(problem.purchases.security, relaxed.bought, strict=True):
            symbol = holdings.securities[int(security)]
            buys[place[symbol]] += dollars / holdings.unit_price[int(security)]
        number = {lot.lot_id: j for j, lot in enumerate(s.lots)}
        sells = np.zeros(len(s.lots))
        for lots, dollars, p in zip(segments.lots, relaxed.sold, price, strict=True):
            sells[number[lot_ids[int(lots[0])]]] += dollars / p
        return buys, sells, bound
