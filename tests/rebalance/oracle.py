"""The best plan of a small household by brute optimisation: one mixed-integer program, written from docs/methods.md.

It knows nothing of the engine. Its cells are the evaluator's, which hand-worked examples check; its answer comes back
as orders, so that the evaluator, not the solver, says what they are worth and whether they keep the rules.

HiGHS can call a wrong answer optimal where a whole-share variable has a fractional bound that is also the big-M of
its switch, so every such bound is rounded down here.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

import attrs
import highspy

from core.classify.exposure import SECTORS, Exposure
from core.household import Household, Lot, SecurityType, Term
from core.rebalance import measure
from core.rebalance.booking import identical_group, lot_term
from core.rebalance.check_rules import lot_rank
from core.rebalance.proposal import Trade
from core.tilt.target import LotMethod, MaySell, Target
from tests.orders import buy, sell

INF = highspy.kHighsInf
FUNDS = (SecurityType.MUTUAL_FUND, SecurityType.MONEY_MARKET)


class Model:
    """A mixed-integer program, built a column and a row at a time."""

    def __init__(self) -> None:
        self.highs = highspy.Highs()
        self.highs.setOptionValue("output_flag", False)
        self.highs.setOptionValue("threads", 1)
        self.highs.setOptionValue("mip_rel_gap", 1e-7)
        self.highs.setOptionValue("mip_abs_gap", 1e-4)
        self.count = 0

    def column(self, low: float, high: float, cost: float = 0.0, *, whole: bool = False) -> int:
        if whole:
            high = math.floor(high + 1e-9)
        self.highs.addVar(low, high)
        index = self.count
        self.count += 1
        if cost:
            self.highs.changeColCost(index, cost)
        if whole:
            self.highs.changeColIntegrality(index, highspy.HighsVarType.kInteger)
        return index

    def row(self, low: float, high: float, terms: Mapping[int, float]) -> None:
        used = {k: v for k, v in terms.items() if v}
        self.highs.addRow(low, high, len(used), list(used), list(used.values()))

    def solve(self, seconds: float) -> list[float] | None:
        self.highs.setOptionValue("time_limit", seconds)
        self.highs.run()
        info = self.highs.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        return list(self.highs.getSolution().col_value)


@attrs.define
class _Position:
    """Columns of one (account, security): units bought, units sold by lot, and the switches."""

    buy_steps: int | None = None
    buy_step: float = 1.0
    buying: int | None = None
    selling: int | None = None
    lots: dict[int, int] = attrs.field(factory=dict)
    closing: int | None = None


def best_trades(
    household: Household,
    exposures: Mapping[str, Exposure],
    target: Target,
    seconds: float = 20.0,
    *,
    full_exit: bool = True,
) -> list[Trade] | None:
    """The orders of the least J that keep every rule, sales that nobody makes by choice left out.

    ``full_exit``: a loss may be taken where all that was bought of the group in the last 30 days is sold with it;
    else no loss is taken beside such purchases. None where the solver finds no plan in ``seconds``. Amounts are exact
    within the program, rounded after it.
    """
    return _Builder(household, exposures, target, full_exit).solve(seconds)


class _Builder:
    def __init__(
        self, household: Household, exposures: Mapping[str, Exposure], target: Target, full_exit: bool
    ) -> None:
        self.full_exit = full_exit
        self.household, self.exposures, self.target = household, exposures, target
        self.model = Model()
        self.taxable = {a.id: a.kind.is_taxable for a in household.accounts}
        self.unit = {s.id: float((s.price or Decimal(0)) * s.multiplier) for s in household.securities}
        flows = {a.id: sum(f.amount for f in target.flows if f.account == a.id) for a in household.accounts}
        self.flows = flows
        self.value = float(household.value) + sum(flows.values())
        self.positions: dict[tuple[str, str], _Position] = {}
        # Funds are continuous in the program and rounded after it: limits of cash and turnover leave that a dollar.
        self.rounding = 1.0 if any(self._step(s.id) == 0 for s in household.securities) else 0.0
        self.groups = {s.id: identical_group(s.id, exposures) for s in household.securities}
        self.held = {k: [i for i in self._indices(k) if household.lots[i].quantity > 0] for k in self._keys()}

    def _keys(self) -> list[tuple[str, str]]:
        return [(a.id, s.id) for a in self.household.accounts for s in self.household.securities]

    def _indices(self, position: tuple[str, str]) -> list[int]:
        return [i for i, lot in enumerate(self.household.lots) if (lot.account, lot.security) == position]

    def solve(self, seconds: float) -> list[Trade] | None:
        self._positions()
        self._wash_sales()
        self._money()
        self._cells()
        self._limits()
        self._lot_methods()
        values = self.model.solve(seconds)
        return None if values is None else self._trades(values)

    # -- what can be traded ----------------------------------------------------------------------------------------

    def _tradable(self, position: tuple[str, str]) -> bool:
        security = self.household.security_by_id[position[1]]
        short = any(self.household.lots[i].quantity < 0 for i in self._indices(position))
        untraded = security.type in (SecurityType.OPTION, SecurityType.CASH)
        return self.unit[position[1]] > 0 and not untraded and not short

    def _named(self, keys, position: tuple[str, str]) -> bool:
        return any(key.matches(*position) for key in keys)

    def _gain(self, lot: Lot) -> float | None:
        """Gain of one unit; None where the basis is unknown."""
        if lot.cost_basis is None:
            return None
        return self.unit[lot.security] - float(lot.cost_basis / lot.quantity)

    def _may_sell(self, lot: Lot) -> bool:
        rules, tax = self.target.rules, self.target.tax
        position = (lot.account, lot.security)
        if self._named(rules.no_sell, position) or self._named(rules.hold, position):
            return False
        taxable = self.taxable[lot.account]
        if tax.may_sell is MaySell.NOTHING or (tax.may_sell is MaySell.SHELTERED and taxable):
            return False
        if not taxable:
            return True
        gain = self._gain(lot)
        if gain is None:
            return False  # never by choice
        short_gain = gain > 0 and lot_term(lot, self.household.as_of) is not Term.LONG
        return not (short_gain and (tax.may_sell is MaySell.LONG or tax.avoid_short_term))

    def _may_buy(self, position: tuple[str, str]) -> bool:
        rules, target = self.target.rules, self.target
        if any(self._named(keys, position) for keys in (rules.no_buy, rules.hold, rules.sell_all)):
            return False
        security = self.household.security_by_id[position[1]]
        if target.universe is not None:
            return position[1] in target.universe or position[1] in measure.model_lines(target)
        return security.type not in (SecurityType.BOND, SecurityType.OTHER)

    def _step(self, security_id: str) -> float:
        """Smallest change of an order, units; 0 for funds: their thousandths count as continuous."""
        type_ = self.household.security_by_id[security_id].type
        if type_ in FUNDS or (self.target.trading.fractional and type_ in (SecurityType.STOCK, SecurityType.ETF)):
            return 0.0
        return 1000.0 if type_ is SecurityType.BOND else 1.0

    def _positions(self) -> None:
        model, trading = self.model, self.target.trading
        for position in self._keys():
            if not self._tradable(position):
                continue
            columns = _Position()
            self.positions[position] = columns
            unit, step = self.unit[position[1]], self._step(position[1])
            if self._may_buy(position):
                self._buy_columns(columns, unit, step)
            lots = [i for i in self.held[position] if self._may_sell(self.household.lots[i])]
            if lots:
                self._sell_columns(columns, position, lots, unit, step)
            if columns.buying is not None and columns.selling is not None:
                model.row(-INF, 1, {columns.buying: 1, columns.selling: 1})
            for switch in (columns.buying, columns.selling):
                if switch is not None:
                    model.highs.changeColCost(switch, trading.ticket)

    def _buy_columns(self, columns: _Position, unit: float, step: float) -> None:
        model, trading = self.model, self.target.trading
        columns.buying = model.column(0, 1, whole=True)
        columns.buy_step = step or 1.0
        most = 2 * abs(self.value) / (unit * columns.buy_step)
        columns.buy_steps = model.column(0, most, whole=step > 0)
        big = math.floor(most)
        model.row(-INF, 0, {columns.buy_steps: 1, columns.buying: -big})
        dollars = unit * columns.buy_step
        model.row(0, INF, {columns.buy_steps: dollars, columns.buying: -trading.min_trade})

    def _sell_columns(
        self, columns: _Position, position: tuple[str, str], lots: list[int], unit: float, step: float
    ) -> None:
        model, household = self.model, self.household
        held = float(sum(household.lots[i].quantity for i in self.held[position]))
        columns.selling = model.column(0, 1, whole=True)
        columns.closing = model.column(0, 1 if lots == self.held[position] else 0, whole=True)
        for i in lots:
            quantity = float(household.lots[i].quantity)
            columns.lots[i] = model.column(0, quantity)
            model.row(-INF, 0, {columns.lots[i]: 1, columns.selling: -quantity})
            model.row(0, INF, {columns.lots[i]: 1, columns.closing: -quantity})
        model.row(-INF, 0, {columns.closing: 1, columns.selling: -1})
        if step:
            # Units sold are whole steps, and the odd rest of the position where it is closed.
            steps = model.column(0, held / step, whole=True)
            odd = held - step * math.floor(held / step + 1e-9)
            odd = 0.0 if odd < 1e-9 else odd
            model.row(0, 0, {steps: -step, columns.closing: -odd} | dict.fromkeys(columns.lots.values(), 1.0))
        least = self.target.trading.min_trade
        model.row(
            0, INF, {columns.selling: -least, columns.closing: least} | dict.fromkeys(columns.lots.values(), unit)
        )

    # -- wash sales ------------------------------------------------------------------------------------------------

    def _wash_sales(self) -> None:
        """No purchase beside a loss; no loss while shares bought in the last 30 days stay."""
        model, lots = self.model, self.household.lots
        today = self.household.as_of
        for group in sorted(set(self.groups.values())):
            members = [(p, c) for p, c in self.positions.items() if self.groups[p[1]] == group]
            losing = [
                (i, column)
                for position, c in members
                if self.taxable[position[0]]
                for i, column in c.lots.items()
                if (self._gain(lots[i]) or 0) < 0
            ]
            if not losing:
                continue
            at_loss = model.column(0, 1, whole=True)
            for i, column in losing:
                model.row(-INF, 0, {column: 1, at_loss: -float(lots[i].quantity)})
            for _, c in members:
                if c.buying is not None:
                    model.row(-INF, 1, {c.buying: 1, at_loss: 1})
            sold = {i: column for _, c in members for i, column in c.lots.items()}
            for i, lot in enumerate(lots):
                recent = lot.acquired is not None and 0 <= (today - lot.acquired).days <= 30
                if recent and lot.quantity > 0 and self.groups[lot.security] == group:
                    if i in sold and self.full_exit:
                        model.row(0, INF, {sold[i]: 1, at_loss: -float(lot.quantity)})
                    else:
                        model.row(-INF, 0, {at_loss: 1})

    # -- money -----------------------------------------------------------------------------------------------------

    def _flows_of(self, position: tuple[str, str]) -> tuple[dict[int, float], dict[int, float]]:
        """Dollars bought and dollars sold of a position, by column."""
        columns, unit = self.positions[position], self.unit[position[1]]
        bought = {} if columns.buy_steps is None else {columns.buy_steps: unit * columns.buy_step}
        return bought, dict.fromkeys(columns.lots.values(), unit)

    def _switches(self, position: tuple[str, str]) -> list[int]:
        return [k for k in (self.positions[position].buying, self.positions[position].selling) if k is not None]

    def _money(self) -> None:
        model, target = self.model, self.target
        trading, tax = target.trading, target.tax
        taxes: dict[int, float] = {}
        gains: dict[int, float] = {}
        turnover: dict[int, float] = {}
        drag = measure.location_table()
        for position, columns in self.positions.items():
            bought, sold = self._flows_of(position)
            turnover |= bought | sold
            rate = 0.0
            if trading.location and self.taxable[position[0]]:
                mix = self.exposures[position[1]].mix
                rate = sum(share * yearly for share, yearly in zip(mix, drag, strict=True))
            for k, dollars in bought.items():
                self._add_cost(k, dollars * (trading.half_spread + rate))
            for i, k in columns.lots.items():
                lot = self.household.lots[i]
                self._add_cost(k, sold[k] * trading.half_spread - rate * float(lot.market_value / lot.quantity))
                if self.taxable[position[0]]:
                    gain = self._gain(lot) or 0.0
                    long = lot_term(lot, self.household.as_of) is Term.LONG
                    gains[k] = gain
                    taxes[k] = gain * (tax.long if long else tax.short)
        if tax.harvest:
            for k, dollars in taxes.items():
                self._add_cost(k, dollars)
        else:
            due = model.column(0, INF, 1.0)
            model.row(0, INF, {due: 1.0} | {k: -v for k, v in taxes.items()})
        if tax.gain_limit is not None:
            model.row(-INF, tax.gain_limit - min(self.rounding, max(0.0, tax.gain_limit)), gains)
        model.row(-INF, 2 * trading.max_turnover * float(self.household.value) - self.rounding, turnover)

        for account in self.household.accounts:
            lots = sum(float(lot.market_value) for lot in self.household.lots if lot.account == account.id)
            start = float(account.cash) + self.flows[account.id]
            worth = lots + start + float(account.pending)
            needed = trading.cash_reserve * max(0.0, worth) + max(0.0, -float(account.pending))
            sellable = any(
                self.held[position] and self._tradable(position) for position in self.held if position[0] == account.id
            )
            if self.flows[account.id] >= 0 and not sellable:
                needed = min(needed, start)  # nothing could be sold: it may stay as short as it is
            spare = max(0.0, min(self.rounding, start - needed))  # doing nothing stays a plan
            model.row(needed - start + spare, INF, self._cash_terms(account.id))

    def _cash_terms(self, account: str) -> dict[int, float]:
        terms: dict[int, float] = {}
        for position in self.positions:
            if position[0] == account:
                bought, sold = self._flows_of(position)
                terms |= {k: -v for k, v in bought.items()} | sold
                terms |= dict.fromkeys(self._switches(position), -self.target.trading.ticket)
        return terms

    def _add_cost(self, column: int, cost: float) -> None:
        old = self.model.highs.getLp().col_cost_[column]
        self.model.highs.changeColCost(column, old + cost)

    # -- cells -----------------------------------------------------------------------------------------------------

    def _holdings_terms(self, security: str) -> dict[int, float]:
        """Change of the dollars held of a security, by column."""
        terms: dict[int, float] = {}
        for position, columns in self.positions.items():
            if position[1] != security:
                continue
            terms |= self._flows_of(position)[0]
            for i, k in columns.lots.items():
                lot = self.household.lots[i]
                terms[k] = -float(lot.market_value / lot.quantity)
        return terms

    def _cells(self) -> None:
        target = self.target
        exposures = measure.complete(self.exposures, self.household)
        start: dict[str, float] = {s.id: 0.0 for s in self.household.securities}
        for lot in self.household.lots:
            start[lot.security] += float(lot.market_value)
        cash = sum(float(a.cash + a.pending) for a in self.household.accounts)
        wanted = measure.wanted_cells(measure.Composition(start, cash), exposures, target).cells
        held = measure.held_cells(measure.Composition(start, cash + sum(self.flows.values())), exposures, target)
        of_cash = measure.held_cells(measure.Composition({}, 1.0), exposures, target)
        changes = {
            s: (measure.held_cells(measure.Composition({s: 1.0}, 0.0), exposures, target), self._holdings_terms(s))
            for s in start
        }
        cash_terms: dict[int, float] = {}
        for account in self.household.accounts:
            cash_terms |= self._cash_terms(account.id)
        for cell, share in wanted.items():
            terms: dict[int, float] = {}
            for weights, columns in changes.values():
                if weights[cell]:
                    for k, v in columns.items():
                        terms[k] = terms.get(k, 0.0) + weights[cell] * v
            if of_cash[cell]:
                for k, v in cash_terms.items():
                    terms[k] = terms.get(k, 0.0) + v
            self._penalise(terms, share, share * self.value - held[cell])

    def _penalise(self, terms: dict[int, float], share: float, needed: float) -> None:
        """Cost of the distance between a cell's change and the change it needs."""
        model, bands = self.model, self.target.bands
        eagerness = self.target.trading.eagerness
        band = self.value * max(bands.floor, min(bands.cap, bands.relative * share))
        destination = {"target": 0.0, "half": band / 2, "edge": band}[bands.destination.value]
        more, less = model.column(0, INF), model.column(0, INF)
        model.row(needed, needed, terms | {more: -1.0, less: 1.0})
        zones = ((0.005, destination), (1.0, band), (1.5, band), (2.0, INF))
        parts = [model.column(0, width, eagerness * slope) for slope, width in zones]
        model.row(0, 0, dict.fromkeys(parts, 1.0) | {more: -1.0, less: -1.0})

    # -- limits ----------------------------------------------------------------------------------------------------

    def _limits(self) -> None:
        model, target = self.model, self.target
        trading = target.trading
        named = set(measure.model_lines(target)) | set(target.universe or ())
        for security in self.household.securities:
            limit = trading.max_position
            if security.type is SecurityType.STOCK and security.id not in named:
                limit = min(limit, trading.max_stock)
            if security.type is SecurityType.MONEY_MARKET:
                continue
            start = sum(float(lot.market_value) for lot in self.household.lots if lot.security == security.id)
            terms = self._holdings_terms(security.id)
            for position, columns in self.positions.items():
                if position[1] == security.id and columns.buying is not None:
                    # Bought: at most the limit. Not bought: whatever is held.
                    slack = abs(start) + 2 * abs(self.value)
                    model.row(-INF, limit * self.value - start + slack - self.rounding, terms | {columns.buying: slack})
        for position in self.held:
            if self._named(target.rules.sell_all, position) and self.held[position]:
                columns = self.positions.get(position)
                if columns is None or columns.closing is None:
                    model.row(1, INF, {})  # can't be met
                else:
                    model.row(1, INF, {columns.closing: 1.0})
        self._sectors()

    def _sectors(self) -> None:
        scope = self.target.style.scope
        start: dict[str, float] = {s.id: 0.0 for s in self.household.securities}
        for lot in self.household.lots:
            start[lot.security] += float(lot.market_value)
        exposures = measure.complete(self.exposures, self.household)
        today = measure.sector_dollars(measure.Composition(start, 0.0), exposures, scope)
        equity = sum(today)
        if equity <= 0:
            return
        for name, (lowest, highest) in self.target.sectors.items():
            k = SECTORS.index(name)
            for bound, sign in ((today[k] / equity + lowest, 1.0), (today[k] / equity + highest, -1.0)):
                # sign x (sector - bound x equity) >= 0
                terms: dict[int, float] = {}
                constant = 0.0
                for security, exposure in exposures.items():
                    weight = sign * measure.scope_share(exposure, scope) * (exposure.sectors[k] - bound)
                    constant += weight * start[security]
                    for column, dollars in self._holdings_terms(security).items():
                        terms[column] = weight * dollars
                self.model.row(-constant, INF, terms)

    def _lot_methods(self) -> None:
        method = self.target.tax.lot_method
        if method is LotMethod.OPTIMAL:
            return
        model, lots = self.model, self.household.lots
        for position, columns in self.positions.items():
            if not self.taxable[position[0]]:
                continue
            order = sorted(self.held[position], key=lambda i: lot_rank(lots[i], method))
            for earlier, later in itertools.pairwise(order):
                if lot_rank(lots[earlier], method) == lot_rank(lots[later], method):
                    continue
                if later not in columns.lots:
                    continue
                if earlier not in columns.lots:
                    model.row(0, 0, {columns.lots[later]: 1.0})
                    for after in order[order.index(later) :]:
                        if after in columns.lots:
                            model.row(0, 0, {columns.lots[after]: 1.0})
                    continue
                begun = model.column(0, 1, whole=True)
                model.row(-INF, 0, {columns.lots[later]: 1.0, begun: -float(lots[later].quantity)})
                model.row(0, INF, {columns.lots[earlier]: 1.0, begun: -float(lots[earlier].quantity)})

    # -- orders ----------------------------------------------------------------------------------------------------

    def _trades(self, values: list[float]) -> list[Trade]:
        trades = []
        for position, columns in self.positions.items():
            step = self._step(position[1])
            # A switch a hair above nothing lets crumbs through; they are no orders.
            if columns.buy_steps is not None and columns.buying is not None and values[columns.buying] > 0.5:
                units = values[columns.buy_steps] * columns.buy_step
                quantity = _units(units, step)
                if quantity > 0 and units * self.unit[position[1]] > 0.005:
                    trades.append(buy(self.household, *position, quantity))
            sold = columns.selling is not None and values[columns.selling] > 0.5
            parts = self._sold(columns, values, step) if sold else {}
            if parts:
                trades.append(sell(self.household, parts))
        return trades

    def _sold(self, columns: _Position, values: list[float], step: float) -> dict[int, Decimal]:
        """Exact units by lot whose sum is a whole number of steps, or the position."""
        raw = {i: values[k] for i, k in columns.lots.items()}
        lots = self.household.lots
        if columns.closing is not None and values[columns.closing] > 0.5:
            return {i: lots[i].quantity for i in raw}
        total = _units(sum(raw.values()), step)
        parts: dict[int, Decimal] = {}
        # Lots sold whole first, then those in part; the last takes what is left.
        for i in sorted(raw, key=lambda i: -raw[i] / float(lots[i].quantity)):
            part = min(lots[i].quantity, total, _units(raw[i], 0.0) if raw[i] < float(lots[i].quantity) else total)
            if raw[i] <= 1e-6:
                part = Decimal(0)
            if part > 0:
                parts[i] = part
                total -= part
        for i in parts:
            more = min(total, lots[i].quantity - parts[i])
            parts[i] += more
            total -= more
        return parts


def _units(amount: float, step: float) -> Decimal:
    quantum = Decimal("0.001") if step == 0 else Decimal(1)
    return Decimal(repr(round(amount, 6))).quantize(quantum, rounding=ROUND_HALF_UP)
