"""The adviser's own classifications: a CSV file, one security a row, that outranks every other source.

The file, with a heading row; every column but ``symbol`` is optional, and so is every cell:

======================  ==================================================================================
symbol                  ticker, or the CUSIP or name that stands for a security without one
class                   one asset class: us_equity, developed_equity, emerging_equity, bonds, cash, other
us_equity, ...          or the mix: one column an asset class, shares or per cent, sum 1 or 100 %
style                   one style box (``small value``), or ``market`` for the box of the US market
large value, ...        or the nine boxes: shares or per cent of the equity, sum 1 or 100 %
sector                  one sector (``energy``, ``Health Care``; the names of Yahoo Finance are known too)
note, as_of             free text; date as YYYY-MM-DD
======================  ==================================================================================

A field that a row leaves empty comes from the next source in the order of truth.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import attrs

from core.classify.answer import Answer, Query
from core.classify.exposure import ASSET_CLASSES, SECTORS, STYLE_BOXES, Confidence
from core.classify.rules import Vector, basis, clean
from core.classify.symbols import normalise_symbol
from core.errors import InputError

SOURCE = "override"

_CLASS_ALIASES = {
    "us": "us_equity",
    "us_stock": "us_equity",
    "us_stocks": "us_equity",
    "developed": "developed_equity",
    "international": "developed_equity",
    "international_equity": "developed_equity",
    "emerging": "emerging_equity",
    "emerging_markets": "emerging_equity",
    "bond": "bonds",
    "fixed_income": "bonds",
    "money_market": "cash",
    "alternative": "other",
    "alternatives": "other",
}
_SECTOR_ALIASES = {
    "technology": "information_technology",
    "consumer_cyclical": "consumer_discretionary",
    "consumer_defensive": "consumer_staples",
    "basic_materials": "materials",
    "financial_services": "financials",
    "financial": "financials",
    "healthcare": "health_care",
    "industrial": "industrials",
    "realestate": "real_estate",
    "utility": "utilities",
    "communications": "communication_services",
    "telecommunications": "communication_services",
}
#: How far given shares may be from 1 (rounded percentages).
_SUM_TOLERANCE = 0.01


@attrs.frozen
class Override:
    """The adviser's word on one security; None where the adviser leaves the field to the other sources."""

    symbol: str
    mix: Vector | None = None
    style_box: Vector | None = None
    sectors: Vector | None = None
    note: str = ""
    as_of: str | None = None

    def answer(self) -> Answer:
        """The override as an answer, sure by definition."""
        return Answer(
            source=SOURCE,
            as_of=self.as_of,
            confidence=Confidence.HIGH,
            mix=self.mix,
            style_box=self.style_box,
            sectors=self.sectors,
            note=self.note,
        )


class OverrideTable:
    """Overrides as the first source of the order of truth."""

    def __init__(self, overrides: Mapping[str, Override] | Iterable[Override]) -> None:
        listed = overrides.values() if isinstance(overrides, Mapping) else overrides
        self._by_symbol = {normalise_symbol(override.symbol): override for override in listed}

    def answer(self, query: Query) -> Answer | None:
        """The override of the query's symbol, else of its CUSIP, else of its name."""
        for key in (query.symbol, query.cusip, query.name):
            override = self._by_symbol.get(normalise_symbol(key)) if key else None
            if override is not None:
                return override.answer()
        return None


def read_overrides(path: Path | str) -> dict[str, Override]:
    """Overrides by symbol from a CSV file. Raises InputError where it cannot be read or a cell makes no sense."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: cannot be read as a UTF-8 text file ({error}). Save the overrides as CSV UTF-8."
        ) from error
    return parse_overrides(text, str(path))


def parse_overrides(text: str, where: str = "overrides") -> dict[str, Override]:
    """Overrides by symbol from CSV text; ``where`` names the file in messages.

    Raises InputError with file, row, column, found text and remedy.
    """
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise InputError(f"{where}: not a readable CSV file ({error}).") from error
    if not rows:
        raise InputError(f"{where}: empty. The first row must name the columns: symbol, class, style, sector, note.")
    header = [_column(cell, where) for cell in rows[0]]
    if "symbol" not in header:
        raise InputError(f"{where}, row 1: no column 'symbol'. Found: {', '.join(rows[0])}.")
    twice = next((name for name in header if name and header.count(name) > 1), None)
    if twice:
        raise InputError(f"{where}, row 1: column '{twice}' stands twice. Leave one.")
    result: dict[str, Override] = {}
    for number, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
            raise InputError(
                f"{where}, row {number}: {len(cells)} cells but {len(header)} columns. Quote cells with commas."
            )
        fields = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name}
        override = _Row(fields, f"{where}, row {number}").read()
        if override.symbol in result:
            raise InputError(
                f"{where}, row {number}, column symbol: '{override.symbol}' is already overridden above. Leave one row."
            )
        result[override.symbol] = override
    return result


def overrides_csv(overrides: Mapping[str, Override]) -> str:
    """The overrides as CSV text that `parse_overrides` reads back to equal values."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    classes = ASSET_CLASSES
    writer.writerow(["symbol", *classes, *STYLE_BOXES, "sector", *SECTORS, "note", "as_of"])
    for override in overrides.values():
        one = next((name for name, share in zip(SECTORS, override.sectors or (), strict=False) if share == 1), "")
        writer.writerow(
            [
                override.symbol,
                *_cells(override.mix, len(classes)),
                *_cells(override.style_box, len(STYLE_BOXES)),
                one,
                *_cells(None if one else override.sectors, len(SECTORS)),
                override.note,
                override.as_of or "",
            ]
        )
    return out.getvalue()


def _cells(shares: Vector | None, count: int) -> list[str]:
    return [repr(share) for share in shares] if shares is not None else [""] * count


def _column(heading: str, where: str) -> str:
    """A heading as the name of a column; empty for one without a heading."""
    name = _word(heading)
    if not name or name in {"symbol", "class", "style", "sector", "note", "as_of", *ASSET_CLASSES, *SECTORS}:
        return name
    if name.replace("_", " ") in STYLE_BOXES:
        return name.replace("_", " ")
    if name in ("asset_class", "name", "security", "ticker", "date"):
        return {"asset_class": "class", "ticker": "symbol", "date": "as_of"}.get(name, "")
    raise InputError(
        f"{where}, row 1: unknown column '{heading.strip()}'. Known: symbol, class, style, sector, note, as_of, "
        f"an asset class such as us_equity, or a style box such as 'small value'."
    )


def _word(text: str) -> str:
    return re.sub(r"[\s_/-]+", "_", text.strip().lower()).strip("_")


class _Row:
    """One row of the file while it is read; ``where`` opens its messages."""

    def __init__(self, fields: Mapping[str, str], where: str) -> None:
        self.fields = fields
        self.where = where

    def read(self) -> Override:
        symbol = normalise_symbol(self.fields.get("symbol", ""))
        if not symbol:
            raise InputError(
                f"{self.where}, column symbol: empty. Give the ticker, CUSIP or name that the row speaks of."
            )
        override = Override(
            symbol=symbol,
            mix=self._mix(),
            style_box=self._style_box(),
            sectors=self._sectors(),
            note=self.fields.get("note", ""),
            as_of=self._date(),
        )
        if override.mix is None and override.style_box is None and override.sectors is None:
            raise InputError(
                f"{self.where}: '{symbol}' is given no class, style or sector. Fill one or remove the row."
            )
        return override

    def _mix(self) -> Vector | None:
        return self._one_of(ASSET_CLASSES, "asset classes", "class", "classes", _CLASS_ALIASES)

    def _style_box(self) -> Vector | None:
        shares = self._shares(STYLE_BOXES, "style boxes")
        text = self.fields.get("style", "")
        if not text:
            return shares
        if shares is not None:
            raise InputError(f"{self.where}: both a style ('{text}') and shares of style boxes. Leave one of the two.")
        cell = _word(text).replace("_", " ").replace("core", "blend")
        if cell == "market":
            return basis().market
        if cell not in STYLE_BOXES:
            self._nonsense("style", text, "market, " + ", ".join(STYLE_BOXES))
        return tuple(1.0 if box == cell else 0.0 for box in STYLE_BOXES)

    def _sectors(self) -> Vector | None:
        return self._one_of(SECTORS, "sectors", "sector", "sectors", _SECTOR_ALIASES)

    def _one_of(
        self, names: tuple[str, ...], label: str, field: str, many: str, aliases: Mapping[str, str]
    ) -> Vector | None:
        """All of it in the one that the field names, else the shares of the columns."""
        shares = self._shares(names, label)
        text = self.fields.get(field, "")
        if not text:
            return shares
        if shares is not None:
            raise InputError(f"{self.where}: both a {field} ('{text}') and shares of {many}. Leave one of the two.")
        chosen = aliases.get(_word(text), _word(text))
        if chosen not in names:
            self._nonsense(field, text, ", ".join(names))
        return tuple(1.0 if name == chosen else 0.0 for name in names)

    def _shares(self, names: tuple[str, ...], label: str) -> Vector | None:
        """Shares from one column each; None where all of them are empty."""
        texts = {name: self.fields.get(name, "") for name in names}
        if not any(texts.values()):
            return None
        values = [self._number(name, text) for name, text in texts.items()]
        total = sum(values)
        percent = any("%" in text for text in texts.values()) or total > 1 + _SUM_TOLERANCE
        if abs(total - (100.0 if percent else 1.0)) > _SUM_TOLERANCE * (100 if percent else 1):
            raise InputError(f"{self.where}: the {label} sum to {total:g}; they must sum to 1 or to 100 %.")
        return clean(values)

    def _number(self, name: str, text: str) -> float:
        if not text:
            return 0.0
        try:
            value = float(text.rstrip("%").strip())
        except ValueError:
            value = -1.0
        # `not >=` also refuses nan
        if not 0 <= value <= 100:
            raise InputError(f"{self.where}, column {name}: '{text}' is not a share. Write 0.25, 25 or 25%.")
        return value

    def _date(self) -> str | None:
        text = self.fields.get("as_of", "")
        if not text:
            return None
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise InputError(f"{self.where}, column as_of: '{text}' is not a date. Write YYYY-MM-DD.") from None

    def _nonsense(self, column: str, text: str, known: str) -> None:
        raise InputError(f"{self.where}, column {column}: '{text}' is not known. Use one of: {known}.")
