"""What the inspector says about an account, and about one tax lot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from core.classify.exposure import ASSET_CLASSES, Exposure
from core.household import Account, Household, Lot
from core.money import ZERO
from core.rebalance.proposal import Action, Proposal
from desktop.inspector_column import Column
from widgets.labels import class_label, kind_label, term_label
from widgets.numbers import UNKNOWN, date_text, money, percent, plural, quantity

_MOST: Final = 8
_SOURCES: Final = {"file": "From the file", "guess": "Guessed", "user": "Set by you"}


def explain_account(
    page: Column,
    account: Account,
    household: Household,
    exposures: Mapping[str, Exposure],
    proposal: Proposal | None,
) -> None:
    """What it is and holds, and what the plan does in it."""
    page.title(account.name or account.id, kind_label(account.kind))
    lots = [lot for lot in household.lots if lot.account == account.id]
    held: dict[str, Decimal] = {}
    for lot in lots:
        held[lot.security] = held.get(lot.security, ZERO) + lot.market_value
    share = float(account.market_value / household.value) if household.value else None
    page.facts(
        (
            ("Number", account.id),
            ("Custodian", account.custodian or UNKNOWN),
            ("Kind", _SOURCES.get(account.kind_source, account.kind_source)),
            ("Value", money(account.market_value)),
            ("Of the household", percent(share)),
            ("Cash", money(account.cash, cents=True)),
            *((("Not settled yet", money(account.pending, cents=True)),) if account.pending else ()),
            ("Securities", str(len(held))),
        )
    )
    if proposal is not None:
        _explain_plan(page, account, proposal)
    mix = _mix(lots, exposures, account)
    if mix:
        page.heading("Asset classes")
        page.facts([(class_label(key), percent(part)) for key, part in mix])
    if held:
        page.heading("Largest holdings")
        names = household.security_by_id
        largest = sorted(held.items(), key=lambda item: -item[1])[:_MOST]
        page.facts([(names[key].symbol or names[key].name, money(value)) for key, value in largest])


def _explain_plan(page: Column, account: Account, proposal: Proposal) -> None:
    page.heading("What the plan does")
    trades = [trade for trade in proposal.trades if trade.account == account.id]
    if not trades:
        page.muted("Nothing is traded in it.")
        return
    sold = sum((trade.amount for trade in trades if trade.action is Action.SELL), ZERO)
    bought = sum((trade.amount for trade in trades if trade.action is Action.BUY), ZERO)
    page.facts(
        (
            ("Trades", str(len(trades))),
            ("Sold", money(sold)),
            ("Bought", money(bought)),
            ("Cash after", money(proposal.after.cash.get(account.id), cents=True)),
        )
    )
    gains = [lot.gain for trade in trades for lot in trade.lots]
    if account.kind.is_taxable and gains:
        known = sum((gain for gain in gains if gain is not None), ZERO)
        page.facts((("Gains realised", money(known, sign=True)),))
        if None in gains:
            page.muted(f"{plural(gains.count(None), 'lot')} of unknown cost basis left out.")
    elif gains:
        page.muted("Gains in this account are not taxed now.")


def _mix(lots: Iterable[Lot], exposures: Mapping[str, Exposure], account: Account) -> list[tuple[str, float]]:
    """Shares of the account's value by asset class, cash balances included, in the order of the classes."""
    whole = float(account.market_value)
    if whole <= 0:
        return []
    parts = dict.fromkeys(ASSET_CLASSES, 0.0)
    for lot in lots:
        exposure = exposures.get(lot.security)
        if exposure is not None:
            for key, part in zip(ASSET_CLASSES, exposure.mix, strict=True):
                parts[key] += part * float(lot.market_value) / whole
    parts["cash"] += float(account.cash + account.pending) / whole
    return [(key, part) for key, part in parts.items() if part > 0.0005]


def explain_lot(page: Column, lot: Lot, index: int, proposal: Proposal | None) -> None:
    """One tax lot: when and at what it was bought, and whether the plan sells of it."""
    page.heading("This lot")
    gain = None if lot.cost_basis is None else lot.market_value - lot.cost_basis
    trades = () if proposal is None else proposal.trades
    sold = sum((part.quantity for trade in trades for part in trade.lots if part.lot == index), ZERO)
    page.facts(
        (
            ("Bought", date_text(lot.acquired)),
            ("Quantity", quantity(lot.quantity)),
            ("Value", money(lot.market_value, cents=True)),
            ("Cost basis", UNKNOWN if lot.cost_basis is None else money(lot.cost_basis, cents=True)),
            ("Gain", UNKNOWN if gain is None else money(gain, cents=True, sign=True)),
            ("Term", term_label(lot.term)),
            *((("The plan sells", f"{quantity(sold)} of {quantity(lot.quantity)}"),) if sold else ()),
        )
    )
