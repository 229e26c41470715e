"""The sheet Checks: every check before the plan leaves, what was let pass and why, and who approved it."""

from __future__ import annotations

from collections.abc import Sequence

from core.export.approval import Approval, plan_digest
from core.export.cells import Book, Cell, SheetWriter, row_height
from core.export.checks import CHECKS as ALL_CHECKS
from core.export.checks import Checkup, Override
from core.export.sheets.places import CHECKS
from core.export.sheets.words import sentence
from core.rebalance.proposal import Proposal
from core.words import moment_words

_WIDTHS = (16, 12, 38, 62, 50)


def write_checks(
    book: Book, proposal: Proposal, checkup: Checkup, overrides: Sequence[Override], approval: Approval | None
) -> None:
    """Write the sheet: issues under their checks, then overrides, then the stamp of approval."""
    sheet = book.sheet(CHECKS, _WIDTHS)
    last = 3 + sum(max(1, len(checkup.of(check.key))) for check in ALL_CHECKS)
    sheet.prepare(landscape=True, freeze="A4", filtered=f"A3:E{last}", repeat="3:3")
    sheet.row([Cell("Checks before trading", "title")], height=24)
    red, amber = (sum(i.severity.value == light for i in checkup.issues) for light in ("red", "amber"))
    sheet.row(
        [Cell(f"{red} red, {amber} amber, {len(checkup.passed)} of {len(ALL_CHECKS)} checks passed.", "subtitle")]
    )
    heads = ("Check", "Result", "Where", "What was found", "What to do")
    sheet.row([Cell(name, "head") for name in heads], height=20)
    for check in ALL_CHECKS:
        name = check.key.replace("_", " ").capitalize()
        issues = checkup.of(check.key)
        if not issues:
            sheet.row([Cell(name, "strong"), Cell("passed", "buy"), None, Cell(sentence(check.title) + ".", "wrapped")])
        for issue in issues:
            found = issue.message + (" This stops order files only." if issue.orders_only else "")
            sheet.row(
                [
                    Cell(name, "strong"),
                    Cell(issue.severity.value, issue.severity.value),
                    Cell(issue.where, "wrapped"),
                    Cell(found, "wrapped"),
                    Cell(issue.fix, "wrapped"),
                ],
                height=row_height((issue.where, _WIDTHS[2]), (found, _WIDTHS[3]), (issue.fix, _WIDTHS[4])),
            )
    sheet.blank()
    _write_overrides(sheet, approval.overrides if approval is not None else overrides)
    sheet.blank()
    sheet.row([Cell("Approval", "section"), *(Cell("", "section") for _ in _WIDTHS[1:])], height=18)
    for label, text in _stamp(proposal, approval):
        sheet.row([Cell(label, "strong"), None, Cell(text)])


def _write_overrides(sheet: SheetWriter, overrides: Sequence[Override]) -> None:
    sheet.row([Cell("Overridden, and why", "section"), *(Cell("", "section") for _ in _WIDTHS[1:])], height=18)
    if not overrides:
        sheet.row([Cell("Nothing was overridden.", "label")])
    for override in overrides:
        row = sheet.next_row
        sheet.merge(f"C{row}", f"E{row}")
        sheet.row(
            [
                Cell(override.check.replace("_", " ").capitalize(), "strong"),
                Cell("overridden", "sell"),
                Cell(override.reason, "wrapped"),
            ],
            height=row_height((override.reason, sum(_WIDTHS[2:]))),
        )


def _stamp(proposal: Proposal, approval: Approval | None) -> list[tuple[str, str]]:
    digest = plan_digest(proposal)
    if approval is None:
        return [("Approved by", "nobody yet"), ("Plan", digest)]
    stamp = [("Approved by", approval.by), ("At", moment_words(approval.at))]
    if approval.note:
        stamp.append(("Note", approval.note))
    covers = "this plan" if approval.covers(proposal) else "ANOTHER PLAN: the orders have changed since"
    return [*stamp, ("Given to", covers), ("Plan", digest)]
