"""What to look at before a plan leaves the program, as findings; and the cash of each account, which must tie."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs

from core.edits import Document
from core.household import Account, Finding, Severity
from core.money import CENT, ZERO, to_cents
from core.rebalance.proposal import Action, Proposal
from desktop.header import OLD_DAYS, age_words

#: Share of the value that may be unclassified before the style figures are called shaky.
MOST_UNCLASSIFIED = 0.05


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


def account_cash(document: Document, proposal: Proposal) -> tuple[AccountCash, ...]:
    """The cash of every account, from the trades, in the household's order."""
    rows = []
    ticket = Decimal(repr(document.target.trading.ticket))
    share = Decimal(repr(document.target.trading.cash_reserve))
    for account in document.household.accounts:
        trades = [trade for trade in proposal.trades if trade.account == account.id]
        flows = sum((Decimal(repr(f.amount)) for f in document.target.flows if f.account == account.id), ZERO)
        rows.append(
            AccountCash(
                account=account,
                before=proposal.before.cash.get(account.id, account.cash),
                sales=sum((t.amount for t in trades if t.action is Action.SELL), ZERO),
                purchases=sum((t.amount for t in trades if t.action is Action.BUY), ZERO),
                tickets=to_cents(ticket * len(trades)),
                flows=to_cents(flows),
                after=proposal.after.cash.get(account.id, account.cash),
                reserve=to_cents(share * (account.market_value + flows)),
            )
        )
    return tuple(rows)


def checks(document: Document, proposal: Proposal, today: date) -> tuple[Finding, ...]:
    """The plan's own findings and those of the household that touch trading; nothing found means ready."""
    household = document.household
    found = list(proposal.findings)
    # What the import could not use or doubts stands in the way of trading as much as of the command line.
    found.extend(f for f in household.findings if f.severity is Severity.ERROR and f not in found)
    for row in account_cash(document, proposal):
        name = row.account.name or row.account.id
        if not row.ties:
            found.append(
                Finding(
                    Severity.ERROR, "cash-does-not-tie", name, "The trades do not add up to the cash after the plan."
                )
            )
        if not row.keeps_reserve:
            found.append(Finding(Severity.ERROR, "reserve", name, "The plan leaves less cash than the reserve."))
    days = (today - household.as_of).days
    if days > OLD_DAYS or days < 0:
        severity = Severity.ERROR if days < 0 else Severity.WARNING
        words = f"The prices are {age_words(household.as_of, today)}; import today's positions before trading."
        found.append(Finding(severity, "old-data", household.as_of.isoformat(), words))
    if 1 - proposal.before.coverage > MOST_UNCLASSIFIED:
        words = f"{1 - proposal.before.coverage:.0%} of the value is not classified; the style figures leave it out."
        found.append(Finding(Severity.WARNING, "coverage", household.name, words))
    found.extend(
        Finding(
            Severity.WARNING,
            "account-kind",
            account.name or account.id,
            "The kind of this account is guessed from its name; taxes depend on it. Check it on the Household page.",
        )
        for account in household.accounts
        if account.kind_source == "guess"
    )
    return tuple(found)


def passed(document: Document, proposal: Proposal, today: date) -> tuple[str, ...]:
    """What was checked and found good, in words."""
    rows = account_cash(document, proposal)
    words = []
    if all(row.ties for row in rows):
        words.append("Cash ties to the cent in every account")
    if all(row.keeps_reserve for row in rows):
        words.append("reserves kept")
    if 0 <= (today - document.household.as_of).days <= OLD_DAYS:
        words.append(f"prices {age_words(document.household.as_of, today)}")
    words.append(f"{proposal.before.coverage:.0%} of the value classified")
    return tuple(words)
