"""The sheet Exposures: what each security is made of, beside what is held of it before and after."""

from __future__ import annotations

from collections.abc import Sequence

from core.classify.exposure import ASSET_CLASSES, SECTORS
from core.classify.source_words import source_words
from core.export.cells import Book, Cell
from core.export.figures import Figures
from core.export.sheets.places import ACCOUNTS, EXPOSURES, Places
from core.export.sheets.words import CLASSES, columns_of_boxes, sector_name
from core.words import period_words

#: Column numbers, from 1.
BEFORE, AFTER, SCOPE, EQUITY = 3, 4, 5, 6
FIRST_CLASS = 7
FIRST_BOX = FIRST_CLASS + len(ASSET_CLASSES)
FIRST_SECTOR = FIRST_BOX + 9
FIRST_NOTE = FIRST_SECTOR + len(SECTORS)
_WIDTHS = (10, 38, 14, 14, 9, *(10 for _ in range(1 + 7 + 9)), *(13 for _ in SECTORS), 11, 12, 50, 50, 50, 30)


def write_exposures(book: Book, figures: Figures, places: Places, boxes: Sequence[int]) -> None:
    """Write the sheet; the shares are those the plan was made with, so that mix and boxes can be followed.

    boxes : the style boxes in the order of their columns.
    """
    sheet = book.sheet(EXPOSURES, _WIDTHS)
    sheet.prepare(landscape=True, freeze="C2", repeat="1:1", repeat_columns="A:B", pages_wide=3)
    headings = [
        *("Value before", "Value after", "In scope", "Equity"),
        *(CLASSES[name] for name in ASSET_CLASSES),
        *columns_of_boxes(boxes),
        *(sector_name(name) for name in SECTORS),
    ]
    notes = ("Confidence", "As of", "Source of mix", "Source of style", "Source of sectors", "Note")
    sheet.row(
        [
            Cell("Symbol", "head"),
            Cell("Name", "head"),
            *(Cell(h, "head_number") for h in headings),
            *(Cell(n, "head") for n in notes),
        ],
        height=32,
    )
    for row, data in enumerate(figures.exposures, start=2):
        mine = f"({places.position('Symbol')}=$A{row})"
        exposure = data.exposure
        sheet.row(
            [
                Cell(data.security.id, "strong"),
                Cell(data.security.name),
                Cell(data.value_before, "money", f"SUMPRODUCT({mine}*{places.position('Value before')})"),
                Cell(data.value_after, "money", f"SUMPRODUCT({mine}*{places.position('Value after')})"),
                Cell(data.scope, "share"),
                Cell(data.equity, "share"),
                *(Cell(share, "share") for share in exposure.mix),
                *(Cell(exposure.style_box[box], "share") for box in boxes),
                *(Cell(share, "share") for share in exposure.sectors),
                Cell(exposure.confidence.value),
                Cell(period_words(exposure.as_of) if exposure.as_of else "unknown"),
                Cell(source_words(exposure.source.get("mix", ""))),
                Cell(source_words(exposure.source.get("style_box", ""))),
                Cell(source_words(exposure.source.get("sectors", ""))),
                Cell(exposure.note),
            ]
        )
    if not figures.exposures:
        sheet.blank()
    total = max(places.accounts, 1) + 2
    sheet.row(
        [
            Cell("Cash", "strong"),
            Cell("Cash and pending of all accounts"),
            Cell(figures.cash_before, "money", f"{ACCOUNTS}!E{total}+{ACCOUNTS}!O{total}"),
            Cell(figures.cash_after, "money", f"{ACCOUNTS}!K{total}+{ACCOUNTS}!O{total}"),
            Cell(0, "share"),
            Cell(0, "share"),
            *(Cell(1 if name == "cash" else 0, "share") for name in ASSET_CLASSES),
        ]
    )
