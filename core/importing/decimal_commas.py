"""Tables whose numbers have decimal commas and points for thousands: rewritten the American way."""

from __future__ import annotations

import re

from core.importing.sheets import Sheet

_SAMPLE = 500
_EUROPEAN = re.compile(r"[-+(]?\$? ?(?:[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]+,(?:[0-9]{1,2}|[0-9]{4,}))%?\)?")
_AMERICAN = re.compile(r"[-+(]?\$? ?(?:[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[0-9]*\.(?:[0-9]{1,2}|[0-9]{4,}))%?\)?")
_EITHER = re.compile(r"[-+(]?\$? ?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,[0-9]+)?%?\)?")
_LONGEST = 40


def with_points(sheet: Sheet) -> Sheet | None:
    """The sheet with its numbers written the American way, or None where it is not clearly one with decimal commas.

    Clear is a sheet in whose first 500 rows a number can only be read so (``1.234,56``, ``12,5``), and none only the
    American way.
    """
    cells = {cell.strip() for row in sheet.rows[:_SAMPLE] for cell in row if len(cell) <= _LONGEST}
    if not any(_EUROPEAN.fullmatch(cell) for cell in cells) or any(_AMERICAN.fullmatch(cell) for cell in cells):
        return None
    return Sheet(sheet.name, [[_rewritten(cell) for cell in row] for row in sheet.rows])


def _rewritten(cell: str) -> str:
    text = cell.strip()
    if len(text) > _LONGEST or not ("," in text or "." in text) or not _EITHER.fullmatch(text):
        return cell
    return text.replace(".", "").replace(",", ".")
