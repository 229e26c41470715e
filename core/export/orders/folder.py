"""Order files into a folder, with a control sheet that says what they hold, whole or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs

from core.atomic_file import write_atomically
from core.errors import InputError
from core.export.approval import Approval, approval_json, plan_digest
from core.export.checks import Checkup, Override
from core.export.orders.order import Order, Written
from core.money import ZERO
from core.rebalance.proposal import Action, Proposal

CONTROL_SHEET = "orders-control.json"
SCHEMA = "trimtab/orders/1"


@attrs.frozen
class Record:
    """What is kept beside order files: the plan they are of, what the checks found, what was overridden, by whom."""

    proposal: Proposal
    checkup: Checkup
    overrides: tuple[Override, ...] = ()
    approval: Approval | None = None


def write_folder(folder: Path, written: Written, record: Record) -> tuple[Path, ...]:
    """Write all files and ``orders-control.json``; the folder is made where it is missing.

    Raises InputError, before anything is written, where one of the files is there already: yesterday's orders are
    not to be mistaken for today's, nor lost.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"The folder {folder} can't be made: {error.strerror or error}.") from error
    sheet = json.dumps(control_sheet(written, record), indent=2, ensure_ascii=True) + "\n"
    contents = [(folder / file.name, file.content) for file in written.files]
    contents.append((folder / CONTROL_SHEET, sheet.encode("ascii")))
    # Any order file is in the way, also one that this plan would not write: it would be imported with the others.
    older = sorted(path.name for path in folder.glob("orders-*") if path.is_file())
    if older:
        raise InputError(
            f"{folder} already holds order files ({', '.join(older)}). Nothing was written: move them away, or give "
            "another folder."
        )
    done: list[Path] = []
    try:
        for path, content in contents:
            write_atomically(path, content, overwrite=False)
            done.append(path)
    except InputError:
        for path in done:
            path.unlink(missing_ok=True)
        raise
    return tuple(done)


def control_sheet(written: Written, record: Record) -> dict[str, Any]:
    """What the files hold, to be compared with what the custodian shows after the import."""
    return {
        "schema": SCHEMA,
        "household": record.proposal.household,
        "as_of": record.proposal.as_of.isoformat(),
        "plan": plan_digest(record.proposal),
        "approval": None if record.approval is None else approval_json(record.approval),
        "overrides": [{"check": item.check, "reason": item.reason} for item in record.overrides],
        "files": [
            {
                "name": file.name,
                "format": file.format,
                "sha256": hashlib.sha256(file.content).hexdigest(),
                "orders": len(file.orders),
                "accounts": _sums(file.orders),
                "notes": list(file.notes),
            }
            for file in written.files
        ],
        "by_hand": [
            {
                "account": item.order.account,
                "symbol": item.order.symbol,
                "name": item.order.name,
                "action": item.order.action.value,
                "quantity": float(item.order.quantity),
                "why": item.why,
            }
            for item in written.left_out
        ],
        "issues": [
            {
                "check": issue.check,
                "severity": issue.severity.value,
                "where": issue.where,
                "message": issue.message,
                "fix": issue.fix,
            }
            for issue in record.checkup.issues
        ],
        "passed": [check.key for check in record.checkup.passed],
    }


def _sums(orders: Sequence[Order]) -> list[dict[str, Any]]:
    """Orders, purchases and sales of each account, dollars at the plan's prices."""

    def total(account: str, action: Action) -> Decimal:
        return sum((o.amount for o in orders if o.account == account and o.action is action), ZERO)

    return [
        {
            "account": account,
            "orders": sum(order.account == account for order in orders),
            "buys": float(total(account, Action.BUY)),
            "sells": float(total(account, Action.SELL)),
        }
        for account in dict.fromkeys(order.account for order in orders)
    ]
