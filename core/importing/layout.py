"""Layouts: declarative descriptions of brokers' files, one TOML file per custodian, found by discovery.

A file in ``core/importing/layouts`` holds ``custodian``, any number of ``[[layout]]`` tables and any number of
``[[refuse]]`` tables. Its keys are documented at :class:`Layout`, :class:`RowRule` and :class:`Refusal`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import attrs

from core.household import SecurityType
from core.importing.columns import KEYS, names_of
from core.importing.records import Role

ROW_KINDS = (
    *("cash", "pending", "total", "subtotal", "grand_total", "skip", "stop", "refuse", "account", "section"),
    *("lot", "child", "position"),
)
_RULE_COLUMNS = (*KEYS, "first", "section")


@attrs.frozen
class RowRule:
    """A kind of row other than a holding; the first rule that matches a row decides.

    ``kind``: ``cash`` and ``pending`` are amounts, taken from the column ``amount`` where it is given; ``total`` states
    its account, ``subtotal`` the rows since the last one, ``grand_total`` the whole file; ``account`` and ``section``
    are headings inside the table, and an account's heading may state its total; ``lot`` is a lot under its position,
    read by the layout's ``lot_columns``, its date in ``date_in``; ``child`` is a holding whose name continues that of
    the holding above it; ``position`` is a holding after all, whatever later rules say; ``stop`` ends the table;
    ``skip`` is passed over for ``reason``; ``refuse`` makes the file unusable for ``reason``.
    ``when``: column key (also ``first``, the first cell, and ``section``) -> regular expression, searched without
    case in the untrimmed cell; all must match. ``shift_at``: the row lacks this column: its later cells stand one
    place to the left. ``cost_in``: the column in which a total states the cost basis, where it is not ``cost``.
    """

    kind: str
    when: tuple[tuple[str, re.Pattern[str]], ...]
    reason: str = ""
    date_in: str = ""
    shift_at: str = ""
    amount: str = ""
    cost_in: str = ""


@attrs.frozen
class Layout:
    """How to read one kind of file.

    ``titles``: expressions for a line above the table; their groups ``account``, ``name``, ``symbol``, ``date``,
    ``time`` and ``count`` (of rows) are taken over. ``file_names``: the same for the file's name, weaker. ``labels``:
    for the line that names the account above a repeated heading. ``dates``: for any line outside the table, with a
    group ``date``. ``stated``: for a line outside the table that states totals, with groups ``value`` and ``cost``.
    ``account_cell``: splits an account cell into ``account`` and ``name``. ``mask``: put before account numbers of
    which the file prints only the end. ``unnamed``: name of the account where the file names none.
    ``required``: column keys a heading must have. ``signature``: headings that only this broker has; one of them, or
    a title, must occur where any is given. ``absent``: headings that must not occur.
    ``columns``: key -> names, in order of preference. ``lot_columns``: those that differ in rows of lots.
    ``types``: the file's words for a security's type. ``trim_description``: expression of what is cut off
    descriptions. ``partial``: the file lists some holdings of its accounts only. ``snapshots``: the file repeats its
    holdings at several dates. ``cost_from_gain``: value less gain is the cost basis, before unit cost x quantity
    (which leaves out commissions). ``advice``: what to export when columns lack.
    """

    name: str
    title: str
    reads: str
    role: Role
    custodian: str | None = None
    titles: tuple[re.Pattern[str], ...] = ()
    file_names: tuple[re.Pattern[str], ...] = ()
    labels: tuple[re.Pattern[str], ...] = ()
    dates: tuple[re.Pattern[str], ...] = ()
    stated: tuple[re.Pattern[str], ...] = ()
    account_cell: re.Pattern[str] | None = None
    mask: str = ""
    unnamed: str = ""
    required: tuple[str, ...] = ()
    signature: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    lot_columns: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    rules: tuple[RowRule, ...] = ()
    types: Mapping[str, SecurityType] = attrs.field(factory=dict)
    trim_description: re.Pattern[str] | None = None
    partial: bool = False
    snapshots: bool = False
    cost_from_gain: bool = False
    advice: str = ""


@attrs.frozen
class Refusal:
    """A file to recognise and refuse: by a title line, or by headings that all stand in one row.

    ``absent`` are headings that must not stand there; ``message`` says which export to use and where it is offered.
    """

    name: str
    title: str
    titles: tuple[re.Pattern[str], ...]
    header: tuple[str, ...]
    absent: tuple[str, ...]
    message: str


@attrs.frozen
class Library:
    """All layouts and refusals, in the order of their names."""

    layouts: tuple[Layout, ...]
    refusals: tuple[Refusal, ...]
    generic: Layout


def _patterns(texts: list[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text, re.IGNORECASE) for text in texts)


def _take(table: dict[str, Any], allowed: set[str], where: str) -> None:
    unknown = set(table) - allowed
    if unknown:
        raise ValueError(f"{where}: unknown keys {sorted(unknown)}")


def _rule(table: dict[str, Any], where: str) -> RowRule:
    _take(table, {"kind", "when", "reason", "date_in", "shift_at", "amount", "cost_in"}, where)
    if table["kind"] not in ROW_KINDS:
        raise ValueError(f"{where}: unknown row kind {table['kind']!r}")
    for column in table["when"]:
        if column not in _RULE_COLUMNS:
            raise ValueError(f"{where}: unknown column {column!r}")
    when = tuple((column, re.compile(text, re.IGNORECASE)) for column, text in table["when"].items())
    extra = (table.get(key, "") for key in ("reason", "date_in", "shift_at", "amount", "cost_in"))
    return RowRule(table["kind"], when, *extra)


def _columns(table: dict[str, list[str]], where: str) -> dict[str, tuple[str, ...]]:
    if unknown := set(table) - set(KEYS):
        raise ValueError(f"{where}: unknown columns {sorted(unknown)}")
    return {key: tuple(_name(name) for name in names) for key, names in table.items()}


def _name(name: str) -> str:
    return name.casefold() if name.endswith("*") or name.startswith("#") else names_of(name)[0]


def parse_layout(table: dict[str, Any], custodian: str | None, where: str) -> Layout:
    """One ``[[layout]]`` table.

    Raises
    ------
    ValueError, KeyError, re.error
        Where the table is not a layout: a mistake in the program's own data.
    """
    _take(table, {field.name for field in attrs.fields(Layout)} - {"custodian", "rules"} | {"rows"}, where)
    return Layout(
        name=table["name"],
        title=table["title"],
        reads=table["reads"],
        role=Role(table.get("role", "positions")),
        custodian=custodian,
        titles=_patterns(table.get("titles", [])),
        file_names=_patterns(table.get("file_names", [])),
        labels=_patterns(table.get("labels", [])),
        dates=_patterns(table.get("dates", [])),
        stated=_patterns(table.get("stated", [])),
        account_cell=re.compile(table["account_cell"]) if "account_cell" in table else None,
        mask=table.get("mask", ""),
        unnamed=table.get("unnamed", ""),
        required=tuple(table.get("required", [])),
        signature=tuple(names_of(name)[0] for name in table.get("signature", [])),
        absent=tuple(names_of(name)[0] for name in table.get("absent", [])),
        columns=_columns(table.get("columns", {}), where),
        lot_columns=_columns(table.get("lot_columns", {}), where),
        rules=tuple(_rule(rule, f"{where}, rows {number}") for number, rule in enumerate(table.get("rows", []))),
        types={text.casefold(): SecurityType(kind) for text, kind in table.get("types", {}).items()},
        trim_description=re.compile(table["trim_description"]) if "trim_description" in table else None,
        partial=bool(table.get("partial", False)),
        snapshots=bool(table.get("snapshots", False)),
        cost_from_gain=bool(table.get("cost_from_gain", False)),
        advice=table.get("advice", ""),
    )


def parse_file(text: str, where: str) -> tuple[list[Layout], list[Refusal]]:
    """Layouts and refusals of one custodian's file.

    Raises
    ------
    ValueError, KeyError, re.error
        A mistake in the program's own data.
    """
    document = tomllib.loads(text)
    _take(document, {"custodian", "layout", "refuse"}, where)
    layouts = [
        parse_layout(table, document.get("custodian"), f"{where}, layout {number}")
        for number, table in enumerate(document.get("layout", []))
    ]
    refusals = []
    for number, table in enumerate(document.get("refuse", [])):
        _take(table, {"name", "title", "titles", "header", "absent", "message"}, f"{where}, refuse {number}")
        refusals.append(
            Refusal(
                table["name"],
                table["title"],
                _patterns(table.get("titles", [])),
                tuple(names_of(name)[0] for name in table.get("header", [])),
                tuple(names_of(name)[0] for name in table.get("absent", [])),
                table["message"],
            )
        )
    return layouts, refusals


@cache
def library() -> Library:
    """Every layout file of the package, read once."""
    layouts: list[Layout] = []
    refusals: list[Refusal] = []
    folder = resources.files("core.importing.layouts")
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            some, refused = parse_file(entry.read_text(encoding="utf-8"), entry.name)
            layouts += some
            refusals += refused
    generic = next(layout for layout in layouts if layout.name == "generic")
    named = sorted((layout for layout in layouts if layout is not generic), key=lambda layout: layout.name)
    return Library(tuple(named), tuple(sorted(refusals, key=lambda refusal: refusal.name)), generic)
