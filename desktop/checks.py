"""The checks of a plan in the terms of the window: findings for its lists, the cash of each account, what passed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from core.classify.exposure import Exposure
from core.edits import Document
from core.export.account_cash import AccountCash
from core.export.account_cash import account_cash as cash_of
from core.export.checks import CHECKS, Checkup, run_checks
from core.export.issue import Case, Issue, Light
from core.export.sheets.words import sentence
from core.household import Finding, Severity
from core.rebalance.proposal import Proposal
from widgets.numbers import percent

__all__ = [
    "AccountCash",
    "account_cash",
    "checks",
    "checkup_of",
    "finding_of",
    "findings_of",
    "passed",
    "passed_titles",
    "passed_words",
]


def account_cash(document: Document, proposal: Proposal) -> tuple[AccountCash, ...]:
    """The cash of every account, from the trades, in the household's order."""
    return cash_of(document.household, document.target, proposal)


def checkup_of(
    document: Document,
    proposal: Proposal,
    today: date,
    exposures: Mapping[str, Exposure],
    numbers: Mapping[str, str] | None = None,
) -> Checkup:
    """Every check of the plan; ``numbers``: the custodian's numbers of accounts, where the user has mapped them."""
    return run_checks(Case(document.household, exposures, document.target, proposal, today, numbers or {}))


def finding_of(issue: Issue, *, orders: bool = False) -> Finding:
    """An issue as the window's lists show it. What stops order files alone is a warning unless they are spoken of."""
    stops = issue.severity is Light.RED and (orders or not issue.orders_only)
    severity = Severity.ERROR if stops else Severity.WARNING
    return Finding(severity, issue.check, issue.where, f"{issue.message} {issue.fix}".rstrip())


def checks(
    document: Document, proposal: Proposal, today: date, exposures: Mapping[str, Exposure] | None = None
) -> tuple[Finding, ...]:
    """What to know before the plan leaves: issues, and the plan's own notes. What only order files care about waits."""
    return findings_of(checkup_of(document, proposal, today, exposures or {}), proposal)


def findings_of(checkup: Checkup, proposal: Proposal) -> tuple[Finding, ...]:
    """The same of a checkup that is there already."""
    issues = [finding_of(i) for i in checkup.issues if not i.orders_only or i.severity is Light.RED]
    return (*issues, *(finding for finding in proposal.findings if finding.severity is Severity.INFO))


def passed_titles(checkup: Checkup) -> tuple[str, ...]:
    """What the checks that found nothing make sure of, one sentence each."""
    return tuple(f"{sentence(check.title)}." for check in checkup.passed)


def passed(
    document: Document, proposal: Proposal, today: date, exposures: Mapping[str, Exposure] | None = None
) -> tuple[str, ...]:
    """What was checked and found good, in words."""
    return passed_words(checkup_of(document, proposal, today, exposures or {}), proposal)


def passed_words(checkup: Checkup, proposal: Proposal) -> tuple[str, ...]:
    """The same of a checkup that is there already."""
    words = [f"{len(checkup.passed)} of {len(CHECKS)} checks passed"]
    if not checkup.of("cash"):
        words.append("cash ties to the cent in every account")
    share = proposal.before.coverage
    words.append(f"{percent(share, 0 if share in (0.0, 1.0) else 1)} of the value classified")
    return tuple(words)
