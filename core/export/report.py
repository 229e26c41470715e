"""The client report as data: plain sentences and the figures in them, nothing of how it is drawn.

Written for the client, not for the adviser: what changes and why, what it costs in tax, and what is not claimed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import attrs

from core import __version__
from core.classify.exposure import ASSET_CLASSES, EQUITY_CLASSES
from core.export.case_points import CasePoint, case_points, case_words
from core.export.report_words import (
    account_words,
    box_words,
    dollars,
    per_cent,
    short_reason,
    shortened,
)
from core.export.sheets.words import CLASSES, rule_words, sentence
from core.household import Household
from core.market.quote import MarketView
from core.money import ZERO
from core.rebalance.proposal import Action, Proposal, Trade
from core.tax.liability import plan_tax
from core.tilt.target import LotMethod, Scope, Target
from core.words import count_words, day_words, list_words

#: The most orders listed one by one, and the most lines of orders, market case and tax together, so that a report of
#: any household stays within four pages; the workbook has them all.
MOST_ORDERS, MOST_LINES = 44, 58
#: The fewest orders listed, however long the rest is.
_FEWEST = 12
#: The most accounts with orders of their own; those with the least traded are summed.
MOST_ACCOUNTS = 10
#: The most accounts named in a sentence.
_NAMED = 6
#: Least change of a style box, in share of the equity, that is worth a sentence.
_NOTABLE = 0.02


@attrs.frozen
class Letterhead:
    """Whose report it is: the adviser's name (also of the firm), and a picture."""

    adviser: str = ""
    logo: Path | None = None


@attrs.frozen
class Tile:
    """One figure that opens the report: its label, the figure, a few words under it."""

    label: str
    figure: str
    note: str


@attrs.frozen
class Bar:
    """One line of a chart: name, shares before, as wanted and after."""

    name: str
    before: float
    target: float
    after: float


@attrs.frozen
class OrderLine:
    """One order as the client reads it."""

    action: str
    quantity: str
    symbol: str
    name: str
    amount: str
    why: str


@attrs.frozen
class AccountOrders:
    """The orders of one account; ``rest`` says what is not listed."""

    title: str
    orders: tuple[OrderLine, ...]
    rest: str = ""


@attrs.frozen
class Report:
    """Everything the report says, in its order."""

    letterhead: Letterhead
    household: str
    title: str
    dated: str
    summary: tuple[str, ...]
    tiles: tuple[Tile, ...]
    scope: str
    before: tuple[float, ...]
    target: tuple[float, ...]
    after: tuple[float, ...]
    mix: tuple[Bar, ...]
    why: tuple[str, ...]
    accounts: tuple[AccountOrders, ...]
    tax_lines: tuple[tuple[str, str], ...]
    tax_words: tuple[str, ...]
    given_up: tuple[str, ...]
    case_words: tuple[str, ...]
    case: tuple[CasePoint, ...]
    limits: tuple[str, ...]
    made_with: str


def report_data(
    proposal: Proposal,
    household: Household,
    target: Target,
    letterhead: Letterhead,
    prepared_on: date,
    market: MarketView | None = None,
) -> Report:
    """The report of a plan.

    prepared_on : the day it is written. market : what is known for and against the tilt, all of
    which is shown; None shows the standing case.
    """
    scope = "US stocks" if target.style.scope is Scope.US_EQUITY else "stocks"
    tax_lines, case = _tax_lines(proposal, target), case_points(market)
    orders = max(_FEWEST, min(MOST_ORDERS, MOST_LINES - len(tax_lines) - len(case)))
    return Report(
        letterhead=letterhead,
        household=household.name,
        title="Your portfolio: what we propose to change, and why",
        dated=f"Positions and prices of {day_words(proposal.as_of, full=True)}. Prepared on "
        f"{day_words(prepared_on, full=True)}.",
        summary=_summary(proposal, household, scope),
        tiles=_tiles(proposal, household, target),
        scope=scope,
        before=tuple(proposal.before.style_box),
        target=tuple(proposal.target.style_box),
        after=tuple(proposal.after.style_box),
        mix=_mix(proposal),
        why=_why(proposal, target, scope),
        accounts=_accounts(proposal, household, orders),
        tax_lines=tax_lines,
        tax_words=_tax_words(proposal, household, target),
        given_up=_given_up(proposal, household),
        case_words=case_words(market),
        case=case,
        limits=_limits(proposal, household),
        made_with=f"Made with Trimtab {__version__}",
    )


def _sum(trades: Sequence[Trade], action: Action) -> Decimal:
    return sum((trade.amount for trade in trades if trade.action is action), ZERO)


def _tiles(proposal: Proposal, household: Household, target: Target) -> tuple[Tile, ...]:
    tax, costs = proposal.tax.tax, proposal.costs.spread + proposal.costs.tickets
    if target.tax.situation is not None:
        note = f"{'saved' if tax < 0 else 'added'} in {target.tax.situation.year}"
    else:
        note = "a credit, if you have gains" if tax < 0 else "for this plan alone"
    accounts = count_words(len(household.accounts), "account")
    return (
        Tile("Household value", dollars(proposal.before.value), accounts),
        Tile(
            "Orders",
            str(len(proposal.trades)),
            f"sell {dollars(_sum(proposal.trades, Action.SELL))}, buy {dollars(_sum(proposal.trades, Action.BUY))}",
        ),
        Tile("Estimated tax", dollars(tax), note),
        Tile("Cost of trading", dollars(costs), "estimated spreads and tickets"),
    )


def _summary(proposal: Proposal, household: Household, scope: str) -> tuple[str, ...]:
    if not proposal.trades:
        return (
            f"We looked at the whole household, {dollars(proposal.before.value)} in "
            f"{count_words(len(household.accounts), 'account')}, as one portfolio. We propose to change nothing: no "
            "trade that your rules allow is worth what it would cost.",
        )
    small = [sum(box[6:9]) for box in (proposal.before.style_box, proposal.after.style_box)]
    value = [box[0] + box[3] + box[6] for box in (proposal.before.style_box, proposal.after.style_box)]
    return (
        f"We looked at the whole household, {dollars(proposal.before.value)} in "
        f"{count_words(len(household.accounts), 'account')}, as one portfolio, and propose "
        f"{count_words(len(proposal.trades), 'order')}.",
        f"Small companies go from {per_cent(small[0])} to {per_cent(small[1])} of your {scope}, and value companies "
        f"from {per_cent(value[0])} to {per_cent(value[1])}.",
        f"Today {per_cent(proposal.misfit_before)} of the household is not where the plan we agreed wants it. "
        f"Afterwards it is {per_cent(proposal.misfit_after)}"
        + (
            "; getting nearer would cost more in tax and trading than it is worth, or break one of your rules."
            if proposal.misfit_after <= proposal.misfit_before
            else ": keeping your rules, and the money you put in or take out, ask for it."
        ),
    )


def _mix(proposal: Proposal) -> tuple[Bar, ...]:
    shots = (proposal.before, proposal.target, proposal.after)
    return tuple(
        Bar(CLASSES[name], *(shot.mix.get(name, 0.0) for shot in shots))
        for name in ASSET_CLASSES
        if any(shot.mix.get(name, 0.0) >= 0.0005 for shot in shots)
    )


def _why(proposal: Proposal, target: Target, scope: str) -> tuple[str, ...]:
    """What gets less and what gets more, by style and by asset class."""
    changes = [
        (after - before, k, before, after)
        for k, (before, after) in enumerate(zip(proposal.before.style_box, proposal.after.style_box, strict=True))
    ]
    less = [f"{box_words(k)} ({per_cent(b)} to {per_cent(a)})" for d, k, b, a in sorted(changes) if d <= -_NOTABLE]
    more = [
        f"{box_words(k)} ({per_cent(b)} to {per_cent(a)})"
        for d, k, b, a in sorted(changes, key=lambda item: -item[0])
        if d >= _NOTABLE
    ]
    words = []
    if less:
        words.append(f"Less of your {scope} will be in {list_words(less)}.")
    if more:
        words.append(f"More will be in {list_words(more)}.")
    shares = [sum(shot.mix.get(name, 0.0) for name in EQUITY_CLASSES) for shot in (proposal.before, proposal.after)]
    words.append(
        f"Stocks are {per_cent(shares[0])} of the household before and {per_cent(shares[1])} after, so how much of it "
        f"rises and falls with the stock market {'hardly changes' if abs(shares[1] - shares[0]) < 0.05 else 'changes'}."
    )
    if proposal.trades and target.tax.lot_method is LotMethod.OPTIMAL:
        words.append(
            "What is sold is chosen with its tax in mind: sales in retirement accounts cost none, and in taxable "
            "accounts the purchases that cost the least tax are sold first."
        )
    return tuple(words)


def _accounts(proposal: Proposal, household: Household, most: int) -> tuple[AccountOrders, ...]:
    """Orders by account; of very many accounts and orders the largest (at most ``most``) are listed, others summed."""
    traded: dict[str, Decimal] = {}
    for trade in proposal.trades:
        traded[trade.account] = traded.get(trade.account, ZERO) + trade.amount
    shown = set(sorted(traded, key=lambda account: (-traded[account], account))[:MOST_ACCOUNTS])
    numbers = [i for i, trade in enumerate(proposal.trades) if trade.account in shown]
    listed = set(sorted(numbers, key=lambda i: (-proposal.trades[i].amount, i))[:most])
    sections = []
    for account in household.accounts:
        own = [(i, trade) for i, trade in enumerate(proposal.trades) if trade.account == account.id]
        if account.id not in shown:
            continue
        lines = tuple(_line(trade, household) for i, trade in own if i in listed)
        rest = [trade for i, trade in own if i not in listed]
        words = ""
        if rest:
            total = sum((trade.amount for trade in rest), ZERO)
            words = f"and {count_words(len(rest), 'smaller order')}, together {dollars(total)}"
        sections.append(AccountOrders(account_words(account), lines, words))
    others = [trade for trade in proposal.trades if trade.account not in shown]
    if others:
        total = sum((trade.amount for trade in others), ZERO)
        accounts = count_words(len({trade.account for trade in others}), "other account")
        words = f"{accounts}: {count_words(len(others), 'order')}, together {dollars(total)}"
        sections.append(AccountOrders("", (), words))
    return tuple(sections)


def _line(trade: Trade, household: Household) -> OrderLine:
    security = household.security_by_id[trade.security]
    held = sum((x.quantity for x in household.lots_by_position.get((trade.account, trade.security), ())), ZERO)
    quantity = f"{trade.quantity:,f}"
    if "." in quantity:
        quantity = quantity.rstrip("0").rstrip(".")
    everything = trade.action is Action.SELL and trade.quantity == held
    return OrderLine(
        action="Sell all" if everything else trade.action.value.capitalize(),
        quantity=quantity,
        symbol=security.symbol or security.cusip or "",
        name=security.name,
        amount=dollars(trade.amount),
        why=short_reason(trade),
    )


def _tax_lines(proposal: Proposal, target: Target) -> tuple[tuple[str, str], ...]:
    tax, situation = proposal.tax, target.tax.situation
    at = ["", ""] if situation else [f", at {per_cent(rate)}" for rate in (target.tax.short, target.tax.long)]
    lines = [
        (f"Net short-term gain{at[0]}", dollars(tax.short_gain, cents=True)),
        (f"Net long-term gain{at[1]}", dollars(tax.long_gain, cents=True)),
    ]
    if situation is None:
        lines.append(("Estimated tax (minus: credit)", dollars(tax.tax, cents=True)))
    else:
        lines.append((f"Estimated tax of {situation.year} (minus: saved)", dollars(tax.tax, cents=True)))
        added = plan_tax(situation, tax.short_gain, tax.long_gain)
        for label, part in (
            ("of it federal, at ordinary rates", added.ordinary),
            ("of it federal, at long-term rates", added.long_term),
            ("of it net investment income tax", added.niit),
            ("of it state", added.state),
        ):
            if part:
                lines.append((label, dollars(part, cents=True)))
        carried = added.short_carry + added.long_carry
        if carried:
            lines.append(("Change of the loss carried into next year", dollars(carried, cents=True)))
    if tax.disallowed_loss:
        lines.append(("Losses that do not count (wash sales)", dollars(tax.disallowed_loss, cents=True)))
    if tax.unknown_basis_proceeds:
        lines.append(("Sold with unknown purchase price", dollars(tax.unknown_basis_proceeds, cents=True)))
    return tuple(lines)


def _tax_words(proposal: Proposal, household: Household, target: Target) -> tuple[str, ...]:
    taxed = {account.id for account in household.accounts if account.kind.is_taxable}
    sales = [trade for trade in proposal.trades if trade.action is Action.SELL]
    sheltered = sum((trade.amount for trade in sales if trade.account not in taxed), ZERO)
    losses = -sum(
        (lot.gain for t in sales if t.account in taxed for lot in t.lots if lot.gain is not None and lot.gain < 0), ZERO
    )
    words = []
    if sheltered:
        words.append(
            f"{dollars(sheltered)} of the {dollars(_sum(sales, Action.SELL))} sold is in accounts whose gains are not "
            "taxed now."
        )
    if losses:
        words.append(f"Losses of {dollars(losses)} are taken and set against gains.")
    situation = target.tax.situation
    if situation is None:
        if proposal.tax.tax < 0:
            words.append("The credit is worth that much only where you have other gains to set the losses against.")
        words.append(
            "The tax is an estimate at flat rates on this plan alone. It does not know your other income, losses "
            "carried forward, or sales elsewhere; your tax preparer does."
        )
    else:
        words.append(
            f"The tax is what this plan adds to your tax of {situation.year}, by that year's tables and the income, "
            "gains and losses that you told us. It knows nothing of credits, the alternative minimum tax, or what else "
            "depends on your income; your tax preparer does."
        )
    if any(lot.gain is not None and lot.gain < 0 for t in sales if t.account in taxed for lot in t.lots):
        words.append(
            "Please do not buy back what is sold at a loss within 30 days, in any account of the household, also not "
            "by reinvested dividends: the loss would not count."
        )
    return tuple(words)


def _it(rule: str) -> str:
    """The word for a rule spoken of."""
    return "them" if rule in ("taxes", "wash_sale", "sectors", "orders", "whole_shares_and_minimum_trade") else "it"


def _given_up(proposal: Proposal, household: Household) -> tuple[str, ...]:
    """The rules that keep the plan furthest from its target."""
    costly = [item for item in proposal.tilt_lost if item.points >= 0.05]
    costly.sort(key=lambda item: (-item.points, item.rule))
    return tuple(
        f"{sentence(rule_words(item.rule, household))}: without {_it(item.rule)}, {item.points:.1f} points more of the "
        "household would be in place."
        for item in costly[:4]
    )


def _limits(proposal: Proposal, household: Household) -> tuple[str, ...]:
    limits = [
        "This is a proposal, not a record of trades. Prices move: what is paid and received will differ from what "
        "stands here.",
        "A tilt to small and value companies is a choice of risks, not a forecast. It can trail the market for many "
        "years, and no return is promised here.",
    ]
    missing = 1 - proposal.before.coverage
    if missing >= 0.0005:
        limits.append(f"{per_cent(missing)} of the household could not be classified by style and is left out of it.")
    if proposal.tax.unknown_basis_proceeds:
        limits.append(
            f"The purchase price of {dollars(proposal.tax.unknown_basis_proceeds)} of what is sold is not known; its "
            "tax is not in the estimate."
        )
    if any(finding.code == "wash_check_not_possible" for finding in proposal.findings):
        limits.append("Some purchase dates are missing, so for some losses it could not be checked whether they count.")
    guessed = [account.name or account.id for account in household.accounts if account.kind_source == "guess"]
    if guessed:
        more = [f"{len(guessed) - _NAMED} more"] if len(guessed) > _NAMED else []
        names = [shortened(name) for name in guessed[:_NAMED]] + more
        limits.append(f"How these accounts are taxed is assumed from their names: {list_words(names)}.")
    limits.append("What a fund holds changes over time; the style of a fund is that of its index or last report.")
    return tuple(limits)
