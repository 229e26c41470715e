"""The rows of the workbook as plain figures: what each formula will give, computed once, here.

Nothing is taken from the proposal that can be worked out from its trades and the household, so that a difference
between the two shows in the workbook's checks instead of being copied into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import attrs

from core.classify.exposure import ASSET_CLASSES, EQUITY_CLASSES, SECTORS, Exposure, unclassified
from core.household import Account, Household, Security, Term
from core.money import CENT, ZERO, to_cents
from core.rebalance.proposal import Action, Proposal, Trade
from core.tilt.target import Scope, Target


@attrs.frozen
class LotRow:
    """The part of one lot that a sale closes. ``counts_as``: short, long or (not taxed, unknown) empty."""

    trade: int  # number of the trade, from 1
    account: str
    security: Security
    acquired: date | None
    term: Term
    taxed: bool
    counts_as: str
    held: Decimal
    sold: Decimal
    price: Decimal
    proceeds: Decimal
    lot_basis: Decimal | None
    basis: Decimal | None
    gain: Decimal | None
    file_value: Decimal
    value_given_up: Decimal


@attrs.frozen
class TradeRow:
    """One trade; ``gain`` of a sale in a taxed account, the known part of it."""

    number: int
    trade: Trade
    security: Security
    taxed: bool
    gain: Decimal | None
    term: str


@attrs.frozen
class PositionRow:
    """One security in one account, before and after."""

    account: str
    security: Security
    quantity_before: Decimal
    bought: Decimal
    sold: Decimal
    value_before: Decimal
    value_bought: Decimal
    value_given_up: Decimal

    @property
    def quantity_after(self) -> Decimal:
        """Units after the trades."""
        return self.quantity_before + self.bought - self.sold

    @property
    def value_after(self) -> Decimal:
        """Dollars after the trades: what is kept at the file's value, purchases at their amount."""
        return self.value_before + self.value_bought - self.value_given_up


@attrs.frozen
class AccountRow:
    """Cash and value of an account; ``planned_cash`` is the cash after the trades by the proposal."""

    account: Account
    sells: Decimal
    buys: Decimal
    orders: int
    tickets: Decimal
    flows: Decimal
    holdings_before: Decimal
    holdings_after: Decimal
    planned_cash: Decimal

    @property
    def cash_after(self) -> Decimal:
        """Before + sells - buys - tickets + flows."""
        return self.account.cash + self.sells - self.buys - self.tickets + self.flows

    @property
    def value_before(self) -> Decimal:
        """Holdings, cash and pending before."""
        return self.holdings_before + self.account.cash + self.account.pending

    @property
    def value_after(self) -> Decimal:
        """Holdings, cash and pending after."""
        return self.holdings_after + self.cash_after + self.account.pending


@attrs.frozen
class ExposureRow:
    """A security's exposure with what is held of it in all accounts. ``scope``: its share of the scope's equity."""

    security: Security
    exposure: Exposure
    value_before: Decimal
    value_after: Decimal
    scope: float
    equity: float


@attrs.frozen
class Figures:
    """All rows, and what they sum to."""

    trades: tuple[TradeRow, ...]
    lots: tuple[LotRow, ...]
    positions: tuple[PositionRow, ...]
    accounts: tuple[AccountRow, ...]
    exposures: tuple[ExposureRow, ...]
    scope: Scope
    household: Household

    @property
    def bought(self) -> Decimal:
        """Dollars bought."""
        return sum((row.trade.amount for row in self.trades if row.trade.action is Action.BUY), ZERO)

    @property
    def sold(self) -> Decimal:
        """Dollars sold."""
        return sum((row.trade.amount for row in self.trades if row.trade.action is Action.SELL), ZERO)

    @property
    def value_before(self) -> Decimal:
        """The household's value before."""
        return sum((row.value_before for row in self.accounts), ZERO)

    @property
    def value_after(self) -> Decimal:
        """The household's value after."""
        return sum((row.value_after for row in self.accounts), ZERO)

    @property
    def cash_before(self) -> Decimal:
        """Cash and pending of all accounts before."""
        return sum((row.account.cash + row.account.pending for row in self.accounts), ZERO)

    @property
    def cash_after(self) -> Decimal:
        """Cash and pending of all accounts after."""
        return sum((row.cash_after + row.account.pending for row in self.accounts), ZERO)

    def lot_gain(self, counts_as: str) -> Decimal:
        """Gains of the lots sold in taxed accounts that count as ``short`` or ``long``."""
        return sum((row.gain for row in self.lots if row.gain is not None and row.counts_as == counts_as), ZERO)

    def mix(self, after: bool) -> dict[str, float]:
        """Shares of the value by asset class, cash balances included."""
        total = float(self.value_after if after else self.value_before)
        if total == 0:
            return dict.fromkeys(ASSET_CLASSES, 0.0)
        sums = dict.fromkeys(ASSET_CLASSES, 0.0)
        for row, value in self._held(after):
            for name, share in zip(ASSET_CLASSES, row.exposure.mix, strict=True):
                sums[name] += value * share
        sums["cash"] += float(self.cash_after if after else self.cash_before)
        return {name: amount / total for name, amount in sums.items()}

    def style_box(self, after: bool) -> tuple[float, ...]:
        """Nine shares of the scope's equity of known style; zeros where there is none."""
        sums = [0.0] * 9
        for row, value in self._held(after):
            for k, share in enumerate(row.exposure.style_box):
                sums[k] += value * row.scope * share
        total = sum(sums)
        return tuple(amount / total if total else 0.0 for amount in sums)

    def sectors(self, after: bool) -> dict[str, float]:
        """Shares of all equity by sector."""
        sums = dict.fromkeys(SECTORS, 0.0)
        for row, value in self._held(after):
            for name, share in zip(SECTORS, row.exposure.sectors, strict=True):
                sums[name] += value * row.equity * share
        total = sum(sums.values())
        return {name: amount / total if total else 0.0 for name, amount in sums.items()}

    def _held(self, after: bool) -> list[tuple[ExposureRow, float]]:
        return [(row, float(row.value_after if after else row.value_before)) for row in self.exposures]


def figures(proposal: Proposal, household: Household, exposures: Mapping[str, Exposure], target: Target) -> Figures:
    """The rows of the workbook.

    ``exposures`` by security id; a security without one counts as unclassified. Raises KeyError where a trade
    names an account or security that the household doesn't have.
    """
    lots, trades = _trades(proposal, household)
    positions = _positions(proposal, household, lots)
    return Figures(
        trades=trades,
        lots=lots,
        positions=positions,
        accounts=_accounts(proposal, household, target, positions),
        exposures=_exposures(positions, exposures, target),
        scope=target.style.scope,
        household=household,
    )


def _trades(proposal: Proposal, household: Household) -> tuple[tuple[LotRow, ...], tuple[TradeRow, ...]]:
    lots: list[LotRow] = []
    trades: list[TradeRow] = []
    for number, trade in enumerate(proposal.trades, start=1):
        security = household.security_by_id[trade.security]
        taxed = household.account_by_id[trade.account].kind.is_taxable
        own: list[LotRow] = []
        for part in trade.lots:
            lot = household.lots[part.lot]
            counts = "" if not taxed or part.gain is None else ("long" if part.term is Term.LONG else "short")
            own.append(
                LotRow(
                    trade=number,
                    account=trade.account,
                    security=security,
                    acquired=part.acquired,
                    term=part.term,
                    taxed=taxed,
                    counts_as=counts,
                    held=lot.quantity,
                    sold=part.quantity,
                    price=trade.price,
                    proceeds=to_cents(part.quantity * trade.price * security.multiplier),
                    lot_basis=lot.cost_basis,
                    basis=part.cost_basis,
                    gain=part.gain,
                    file_value=lot.market_value,
                    value_given_up=lot.market_value * part.quantity / lot.quantity if lot.quantity else ZERO,
                )
            )
        gains = [row.gain for row in own if row.gain is not None]
        trades.append(
            TradeRow(
                number=number,
                trade=trade,
                security=security,
                taxed=taxed,
                gain=sum(gains, ZERO) if taxed and gains else None,
                term=_term(trade, taxed, own),
            )
        )
        lots += own
    return tuple(lots), tuple(trades)


def _term(trade: Trade, taxed: bool, lots: list[LotRow]) -> str:
    if trade.action is Action.BUY:
        return ""
    if not taxed:
        return "not taxed"
    words = [term.value for term in Term if any(row.term is term for row in lots)]
    text = " and ".join(words)
    return f"{text}, basis unknown" if any(row.gain is None for row in lots) else text


def _positions(proposal: Proposal, household: Household, lots: tuple[LotRow, ...]) -> tuple[PositionRow, ...]:
    """Positions account by account, those held in the order of the files, then those newly bought."""
    held = household.lots_by_position
    traded: dict[tuple[str, str], list[Trade]] = {}
    for trade in proposal.trades:
        traded.setdefault((trade.account, trade.security), []).append(trade)
    given_up: dict[tuple[str, str], Decimal] = {}
    for row in lots:
        key = (row.account, row.security.id)
        given_up[key] = given_up.get(key, ZERO) + row.value_given_up
    place = {account.id: i for i, account in enumerate(household.accounts)}
    keys = sorted([*held, *(key for key in traded if key not in held)], key=lambda key: place[key[0]])
    rows = []
    for key in keys:
        buys = [t for t in traded.get(key, ()) if t.action is Action.BUY]
        sells = [t for t in traded.get(key, ()) if t.action is Action.SELL]
        rows.append(
            PositionRow(
                account=key[0],
                security=household.security_by_id[key[1]],
                quantity_before=sum((lot.quantity for lot in held.get(key, ())), ZERO),
                bought=sum((t.quantity for t in buys), ZERO),
                sold=sum((t.quantity for t in sells), ZERO),
                value_before=sum((lot.market_value for lot in held.get(key, ())), ZERO),
                value_bought=sum((t.amount for t in buys), ZERO),
                value_given_up=given_up.get(key, ZERO),
            )
        )
    return tuple(rows)


def _accounts(
    proposal: Proposal, household: Household, target: Target, positions: tuple[PositionRow, ...]
) -> tuple[AccountRow, ...]:
    ticket = Decimal(repr(float(target.trading.ticket)))
    rows = []
    for account in household.accounts:
        trades = [t for t in proposal.trades if t.account == account.id]
        own = [row for row in positions if row.account == account.id]
        rows.append(
            AccountRow(
                account=account,
                sells=sum((t.amount for t in trades if t.action is Action.SELL), ZERO),
                buys=sum((t.amount for t in trades if t.action is Action.BUY), ZERO),
                orders=len(trades),
                tickets=len(trades) * to_cents(ticket),
                flows=sum((to_cents(f.amount) for f in target.flows if f.account == account.id), ZERO),
                holdings_before=sum((row.value_before for row in own), ZERO),
                holdings_after=sum((row.value_after for row in own), ZERO),
                planned_cash=proposal.after.cash[account.id],
            )
        )
    return tuple(rows)


def _exposures(
    positions: tuple[PositionRow, ...], exposures: Mapping[str, Exposure], target: Target
) -> tuple[ExposureRow, ...]:
    of_security: dict[str, list[PositionRow]] = {}
    for position in positions:
        of_security.setdefault(position.security.id, []).append(position)
    rows = []
    for own in of_security.values():
        security = own[0].security
        exposure = exposures.get(security.id) or unclassified(security.id, security.name, security.type)
        equity = sum(exposure.mix[ASSET_CLASSES.index(name)] for name in EQUITY_CLASSES)
        rows.append(
            ExposureRow(
                security=security,
                exposure=exposure,
                value_before=sum((row.value_before for row in own), ZERO),
                value_after=sum((row.value_after for row in own), ZERO),
                scope=exposure.mix[0] if target.style.scope is Scope.US_EQUITY else equity,
                equity=equity,
            )
        )
    return tuple(rows)


def basis_by_share(row: LotRow) -> bool:
    """Whether the basis of the part sold is what the formula basis x sold / held, rounded to cents, surely gives.

    Not so near a half cent, where a spreadsheet's binary arithmetic might round the other way; there the workbook
    states the figure itself.
    """
    if row.lot_basis is None or row.basis is None or row.held == 0:
        return False
    exact = row.lot_basis * row.sold / row.held
    distance = abs(exact - exact.quantize(CENT, rounding=ROUND_HALF_UP))
    return to_cents(exact) == row.basis and distance < Decimal("0.00499")
