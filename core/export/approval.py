"""The stamp of approval: who let which plan leave, when, over which red checks and why. A value, to be kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from core.errors import InputError, UsageError
from core.export.checks import Checkup, Override
from core.export.issue import Issue, Light
from core.rebalance.proposal import Proposal

SCHEMA = "trimtab/approval/1"


@attrs.frozen
class Approval:
    """Given by a person to one plan. ``plan`` is the digest of its orders: another plan has another.

    red, amber : issues that stood at the time; overrides say why the red ones were let pass.
    """

    by: str
    at: datetime
    plan: str
    note: str = ""
    red: int = 0
    amber: int = 0
    overrides: tuple[Override, ...] = ()

    def covers(self, proposal: Proposal) -> bool:
        """Whether it was given to this very plan."""
        return self.plan == plan_digest(proposal)


def plan_digest(proposal: Proposal) -> str:
    """SHA-256 of everything that is ordered, exact to the last digit; reasons and timings don't count."""
    orders = [
        [
            *(trade.account, trade.security, trade.action.value),
            *(f"{figure.normalize():f}" for figure in (trade.quantity, trade.price, trade.amount)),
            [
                [lot.lot, None if lot.acquired is None else lot.acquired.isoformat(), f"{lot.quantity.normalize():f}"]
                for lot in trade.lots
            ],
        ]
        for trade in proposal.trades
    ]
    document = [proposal.household, proposal.as_of.isoformat(), orders]
    return hashlib.sha256(json.dumps(document, ensure_ascii=True).encode("ascii")).hexdigest()


def approve(
    proposal: Proposal,
    checkup: Checkup,
    by: str,
    at: datetime,
    overrides: Sequence[Override] = (),
    *,
    note: str = "",
    orders: bool = True,
) -> Approval:
    """Approve a plan. ``at`` needs a time zone.

    Raises UsageError, naming the issues, where a red one stands that no override lets pass; also without a name.
    """
    if not by.strip():
        raise UsageError("An approval needs the name of who gives it.")
    if at.tzinfo is None:
        raise UsageError("The moment of an approval needs a time zone.")
    blocking = checkup.blocking(overrides, orders=orders)
    if blocking:
        raise UsageError(blocked_words(blocking))
    # Overrides of checks that found nothing red are no part of the record.
    red = {issue.check for issue in checkup.issues if issue.severity is Light.RED}
    return Approval(
        by=by.strip(),
        at=at,
        plan=plan_digest(proposal),
        note=note.strip(),
        red=checkup.count(Light.RED),
        amber=checkup.count(Light.AMBER),
        overrides=tuple(override for override in overrides if override.check in red),
    )


def blocked_words(blocking: Sequence[Issue]) -> str:
    """What stands in the way, and how to mend it or let it pass."""
    lines = [f"{issue.where}: {issue.message} {issue.fix} [{issue.check}]" for issue in blocking]
    return "these checks are red; mend them, or override each with a reason:\n  " + "\n  ".join(lines)


def approval_json(approval: Approval) -> dict[str, Any]:
    """The stamp as a document."""
    return {
        "schema": SCHEMA,
        "by": approval.by,
        "at": approval.at.isoformat(),
        "plan": approval.plan,
        "note": approval.note,
        "red": approval.red,
        "amber": approval.amber,
        "overrides": [{"check": item.check, "reason": item.reason} for item in approval.overrides],
    }


def approval_from_json(document: Mapping[str, Any], where: str) -> Approval:
    """The stamp read back. Raises InputError where the document is not one."""
    try:
        if document["schema"] != SCHEMA:
            raise InputError(f"{where} is not a document of the schema {SCHEMA}.")
        return Approval(
            by=str(document["by"]),
            at=datetime.fromisoformat(document["at"]),
            plan=str(document["plan"]),
            note=str(document["note"]),
            red=int(document["red"]),
            amber=int(document["amber"]),
            overrides=tuple(Override(item["check"], item["reason"]) for item in document["overrides"]),
        )
    except (KeyError, TypeError, ValueError, UsageError) as error:
        raise InputError(f"{where} is not a stamp of approval: {error}.") from error
