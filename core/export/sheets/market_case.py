"""The sheet Market case: what was known for the tilt and against it, when and by whom, and what the signals made of it.

Nothing of it changes a trade: a target follows the signals only where the adviser chose so, and the sheet says which.
"""

from __future__ import annotations

from core.export.cells import Book, Cell, SheetWriter, row_height
from core.export.sheets.places import MARKET
from core.market.observations import STALE_MONTHS, MarketCase, Observation, Origin, Side
from core.market.quote import MarketView, quote
from core.market.signals import Verdict, evaluate, pointings
from core.words import day_words, period_words

_WIDTHS = (64, 22, 13, 34, 30, 13, 26)
_ORIGINS = {Origin.SNAPSHOT: "shipped", Origin.LIVE: "refreshed", Origin.ADVISER: "the adviser's"}
_SIDES = {Side.SIZE: "small caps", Side.VALUE: "value"}


def write_market_case(book: Book, view: MarketView) -> None:
    """Write the sheet: the case in words, every observation with its history, what each input counts."""
    sheet = book.sheet(MARKET, _WIDTHS)
    sheet.prepare(landscape=True)
    sheet.row([Cell("The market case, for and against", "title")], height=24)
    if view.suggestion is not None:
        words = f"The target follows the suggestion of {day_words(view.suggestion.on)}, as the adviser chose."
    else:
        words = f"For information, as of {day_words(view.on)}: the target was not taken from it."
    sheet.row([Cell(words, "subtitle")])
    if not view.case.observations:
        sheet.row([Cell("There are no observations.", "label")])
        return
    for line in quote(view.case, view.on, view.suggestion):
        if line.heading:
            sheet.blank()
            _band(sheet, line.text)
        else:
            sheet.note(line.text, len(_WIDTHS), sum(_WIDTHS))
    verdict = evaluate(view.case, view.on)
    sheet.blank()
    _write_observations(sheet, view, verdict)
    sheet.blank()
    _write_inputs(sheet, verdict)


def _band(sheet: SheetWriter, text: str) -> None:
    sheet.row([Cell(text, "section"), *(Cell("", "section") for _ in _WIDTHS[1:])], height=18)


def _write_observations(sheet: SheetWriter, view: MarketView, verdict: Verdict) -> None:
    """A row for every value there is, the newest of an observation before its older ones."""
    heads = ("Observation", "Value", "As of", "Published by", "Points", "From", "Counts")
    sheet.row([Cell(name, "head") for name in heads], height=20)
    for newest in view.case.newest():
        for observation in reversed(view.case.history(newest.id)):
            title, points = _title(observation), _points(observation, verdict)
            sheet.row(
                [
                    Cell(title, "wrapped"),
                    Cell(observation.text, "wrapped"),
                    Cell(period_words(observation.as_of)),
                    Cell(observation.published_by, "wrapped"),
                    Cell(points, "wrapped"),
                    Cell(_ORIGINS[observation.origin]),
                    Cell(_counts(view, observation, newest), "wrapped"),
                ],
                height=row_height(
                    (title, _WIDTHS[0]),
                    (observation.text, _WIDTHS[1]),
                    (observation.published_by, _WIDTHS[3]),
                    (points, _WIDTHS[4]),
                ),
            )


def _title(observation: Observation) -> str:
    sectors = ", ".join(sector.replace("_", " ") for sector in observation.sectors)
    return observation.title + (f" ({sectors})" if sectors else "")


def _points(observation: Observation, verdict: Verdict) -> str:
    words = []
    for each in pointings(observation, verdict):
        side = f" {_SIDES[each.side]}" if each.side is not None else ""
        words.append(f"{each.direction.words}{side}" + (f" ({each.note})" if each.note else ""))
    return ", ".join(words)


def _counts(view: MarketView, observation: Observation, newest: Observation) -> str:
    case: MarketCase = view.case
    if observation is not newest:
        return "an older value"
    if observation.id in case.set_aside:
        return "set aside: shown, not counted"
    months = observation.age(view.on)
    return f"{months:.0f} months old: counts for less" if months > STALE_MONTHS else "yes"


def _write_inputs(sheet: SheetWriter, verdict: Verdict) -> None:
    """What each input of the signals counts; the convictions are the sums of the parts."""
    _band(sheet, f"What each input counts on {day_words(verdict.on)}: score x share")
    heads = [Cell(name, "head") for name in ("Input", "Signal", "Speaks of")]
    numbers = ("Score, -1 to +1", "Share of the conviction", "Part")
    rest = [Cell("", "head")] * (len(_WIDTHS) - len(heads) - len(numbers))  # as wide as its band
    sheet.row([*heads, *(Cell(name, "head_number") for name in numbers), *rest], height=20)
    for side in Side:
        conviction = verdict.of(side)
        first = sheet.next_row
        for signal in conviction.signals:
            for part in signal.inputs:
                row = sheet.next_row
                cells = [
                    Cell(part.spec.about, "wrapped"),
                    Cell(signal.spec.title, "wrapped"),
                    Cell(_SIDES[side]),
                ]
                if part.score is None:
                    cells.append(Cell("no figure", "right_text"))
                else:
                    cells.append(Cell(part.score, "points"))
                    cells.append(Cell(part.share, "share"))
                    cells.append(Cell(part.score * part.share, "points", f"D{row}*E{row}"))
                sheet.row(cells, height=row_height((part.spec.about, _WIDTHS[0]), (signal.spec.title, _WIDTHS[1])))
        last = sheet.next_row - 1
        label = f"Conviction for {_SIDES[side]}, confidence {conviction.confidence:.0%}"
        total = Cell(conviction.score or 0.0, "total_points", f"SUM(F{first}:F{last})")
        sheet.row([Cell(label, "total_text"), *(Cell("", "total_text") for _ in range(4)), total])
