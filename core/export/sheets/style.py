"""The sheet Style: the nine boxes one below the other, before, as wanted and after, and what is out of place."""

from __future__ import annotations

from collections.abc import Sequence

from core.export.cells import Book, Cell, column_letter
from core.export.figures import Figures
from core.export.sheets.places import STYLE, SUMMARY
from core.export.sheets.summary_figures import SummaryCells
from core.export.sheets.words import columns_of_boxes
from core.rebalance.proposal import Proposal
from core.tilt.target import Scope

_WIDTHS = (22, 14, 14, 14, 14, 16)
#: Where the figures of the charts on the sheet Summary stand.
FIRST_BOX = 4
MISFIT_ROW = 15


def write_style(book: Book, proposal: Proposal, figures: Figures, summary: SummaryCells, boxes: Sequence[int]) -> None:
    """Write the sheet; every share is that of the sheet Summary. boxes : in the order of the boxes there."""
    sheet = book.sheet(STYLE, _WIDTHS)
    sheet.prepare(landscape=False)
    scope = "US equity" if figures.scope is Scope.US_EQUITY else "all equity"
    sheet.row([Cell("Style", "title")], height=24)
    sheet.row([Cell(f"Shares of {scope} whose style is known; they sum to one.", "subtitle")])
    heads = ("Before", "Target", "After", "Change", "After - target")
    sheet.row([Cell("Box", "head"), *(Cell(name, "head_number") for name in heads)], height=20)
    before, after = figures.style_box(after=False), figures.style_box(after=True)
    target = proposal.target.style_box
    for place, (k, name) in enumerate(zip(boxes, columns_of_boxes(boxes), strict=True)):
        row, line = sheet.next_row, summary.first_box_row + place // 3
        places = [f"{SUMMARY}!{column_letter(start + place % 3)}{line}" for start in (2, 6, 10)]
        sheet.row(
            [
                Cell(name, "strong"),
                *(Cell(box[k], "share", place) for box, place in zip((before, target, after), places, strict=True)),
                Cell(after[k] - before[k], "share_change", f"D{row}-B{row}"),
                Cell(after[k] - target[k], "share_change", f"D{row}-C{row}"),
            ]
        )
    sheet.blank()
    sheet.row([Cell("Out of place", "head"), Cell("Share", "head_number")], height=20)
    if sheet.next_row != MISFIT_ROW:
        raise AssertionError("the misfit is not where the chart looks for it")
    for label, key, share in (
        ("Before", "misfit_before", proposal.misfit_before),
        ("After", "misfit_after", proposal.misfit_after),
    ):
        sheet.row([Cell(label, "strong"), Cell(share, "share", f"{SUMMARY}!{summary.blocks.address(key)}")])
    sheet.blank()
    sheet.note(
        "Out of place is half the sum of what each part of the household (style boxes, other equity, bonds, cash) is "
        "away from its target, as a share of the household.",
        len(_WIDTHS),
        sum(_WIDTHS),
    )
