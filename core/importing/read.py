"""Files of any brokers in, one household out: the public face of the import."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path, PurePath

import attrs

from core.errors import InputError, UsageError
from core.household import Finding, Household, Severity, SkippedRow, SourceFile
from core.household_json import with_kinds
from core.importing import household_reading
from core.importing.decimal_commas import with_points
from core.importing.detect import NotHoldingsError, detect
from core.importing.interpret import interpret
from core.importing.joining import chosen_kinds
from core.importing.layout import library
from core.importing.mapping import TableMapping, apply_mapping, remembered
from core.importing.merge import merge
from core.importing.records import FileInfo, Reading
from core.importing.sections import arrange
from core.importing.sheets import Sheet, check_size, is_blank, read_sheets
from core.importing.watch import TIME_LIMIT, UNWATCHED, Watch

_MANY_OBJECTS = 50_000
_NO_KINDS: Mapping[str, str] = {}


def layout_names() -> list[tuple[str, str, str]]:
    """Every layout that can be read: (name for ``--layout``, title, what it reads), by name; the generic one last."""
    found = library()
    return [(layout.name, layout.title, layout.reads) for layout in (*found.layouts, found.generic)]


def load(path: Path) -> bytes:
    """A file's content, after its size is checked.

    Raises
    ------
    InputError
        Where it is no readable file or beyond 200 MB.
    """
    try:
        if path.is_dir():
            raise InputError(f"{path}: this is a folder; name the files in it.")
        check_size(str(path), path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: the file cannot be read ({error.strerror or error}).") from None


def read_files(
    paths: Sequence[Path],
    *,
    layout: str | None = None,
    kinds: Mapping[str, str] | None = None,
    today: date,
    collect_errors: bool = False,
    mappings: Mapping[str, TableMapping] | None = None,
    cancelled: Callable[[], bool] | None = None,
    seconds: float = TIME_LIMIT,
) -> Household:
    """One household out of any number of exports and household JSON files, in any order and mix.

    Parameters
    ----------
    paths
        The files.
    layout
        Name of the layout to read tables with, instead of finding it.
    kinds
        Account (id, legible digits, or name) -> tax kind, as the user says.
    today
        The household's date where no file states one.
    collect_errors
        Go on with the other files where one cannot be used, and report it as a finding of severity error.
    mappings
        Columns as the user corrected them, by the fingerprint of the heading: they go before every layout.
    cancelled
        Asked between pieces of work; true ends it.
    seconds
        Time the whole import may take.

    Raises
    ------
    InputError
        Where a file cannot be used (``collect_errors``: where none can), or the time is over.
    ImportCancelledError
        Where ``cancelled`` says so.
    UsageError
        Where the layout or an account or kind in ``kinds`` is unknown.
    """
    sources = [(str(path), path.name, (lambda path=path: load(path))) for path in paths]
    ways = _Ways(layout, mappings or {}, Watch(cancelled, seconds))
    return _read(sources, ways, kinds or _NO_KINDS, today, collect_errors)


def read_bytes(
    name: str,
    data: bytes,
    *,
    layout: str | None = None,
    kinds: Mapping[str, str] | None = None,
    today: date,
    mappings: Mapping[str, TableMapping] | None = None,
    cancelled: Callable[[], bool] | None = None,
    seconds: float = TIME_LIMIT,
) -> Household:
    """The same as :func:`read_files` for one file that is in memory; ``name`` is its file name.

    Raises
    ------
    InputError, UsageError, ImportCancelledError
    """
    ways = _Ways(layout, mappings or {}, Watch(cancelled, seconds))
    return _read([(name, PurePath(name).name, lambda: data)], ways, kinds or _NO_KINDS, today, False)


@attrs.frozen
class _Ways:
    """How tables are to be read: by a layout by name, by the user's own columns; and until when."""

    layout: str | None = None
    mappings: Mapping[str, TableMapping] = attrs.field(factory=dict)
    watch: Watch = UNWATCHED


def _read(
    sources: Sequence[tuple[str, str, Callable[[], bytes]]],
    ways: _Ways,
    kinds: Mapping[str, str],
    today: date,
    collect_errors: bool,
) -> Household:
    if not sources:
        raise UsageError("no file to read")
    if ways.layout is not None and ways.layout not in {name for name, _, _ in layout_names()}:
        known = ", ".join(name for name, _, _ in layout_names())
        raise UsageError(f"unknown layout {ways.layout!r}; known layouts: {known}")
    with _collector_paused():
        return _read_all(sources, ways, kinds, today, collect_errors)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """No cyclic collection meanwhile: reading makes many objects and few cycles, and collecting would cost half
    as much again.

    What a large import made counts as old afterwards, so that the next collection of young objects does not walk it.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] > _MANY_OBJECTS:
            gc.freeze()
            gc.unfreeze()
        if running:
            gc.enable()


def _read_all(
    sources: Sequence[tuple[str, str, Callable[[], bytes]]],
    ways: _Ways,
    kinds: Mapping[str, str],
    today: date,
    collect_errors: bool,
) -> Household:
    readings: list[Reading] = []
    households: list[Household] = []
    errors: list[InputError] = []
    unused: list[Finding] = []
    copies: list[tuple[FileInfo, str]] = []
    seen: dict[str, str] = {}
    for order, (path, name, content) in enumerate(sources):
        try:
            ways.watch.check()
            data = content()
            file = FileInfo(path, name, hashlib.sha256(data).hexdigest(), order)
            if file.sha256 in seen:
                copies.append((file, seen[file.sha256]))
                continue
            seen[file.sha256] = path
            household = household_reading.parse(path, data)
            if household is not None:
                households.append(household)
                readings.append(household_reading.reading_of(household, file))
            else:
                readings += _tables(file, data, ways)
        except InputError as error:
            if not collect_errors:
                raise
            errors.append(error)
            # Nothing is missing from a household for want of its transactions; of a broken file nobody can say.
            severity = Severity.WARNING if isinstance(error, NotHoldingsError) else Severity.ERROR
            unused.append(Finding(severity, "file-not-used", path, _without_path(str(error), path)))
    if not readings:
        raise InputError("\n".join(map(str, errors)) or "no file holds any holding")
    numbers = {reading.where: _row_numbers(reading) for reading in readings} if copies else {}
    result = household_reading.alone(households, readings)
    if result is not None:
        named = [(account.id, account.name) for account in result.accounts]
        result = with_kinds(result, chosen_kinds(named, kinds))
    else:
        name = next((household.name for household in households), "Household")
        result = merge(readings, name=name, kinds=kinds, today=today, watch=ways.watch)
    return _with_copies(result, copies, numbers).with_findings(unused)


def _without_path(message: str, path: str) -> str:
    """An error's message without the file's path, for places that name the file beside it."""
    rest = message.removeprefix(path).lstrip(":, ")
    return rest[:1].upper() + rest[1:]


def _of_sheet(message: str, path: str) -> str:
    """An error of one sheet of a workbook, without the file's path: the finding names the file."""
    sheet, _, rest = message.removeprefix(path).strip().partition("]: ")
    return f"Sheet {sheet.lstrip('[')}: {rest}" if rest else _without_path(message, path)


def read_tables(file: FileInfo, data: bytes, layout: str | None = None) -> list[Reading]:
    """Every table of holdings in one file's content.

    Sheets of a workbook without a table of holdings are passed over with a finding where another sheet has one.

    Raises
    ------
    InputError
    """
    return _tables(file, data, _Ways(layout))


def open_sheets(name: str, data: bytes, watch: Watch = UNWATCHED) -> list[Sheet]:
    """The sheets of a file that are not empty, each laid out as one table; a lone sheet has no name.

    Raises
    ------
    InputError
    """
    sheets = [arrange(sheet) for sheet in read_sheets(name, data, watch) if not all(map(is_blank, sheet.rows))]
    if not sheets:
        raise InputError(f"{name}: the file is empty. Export the positions again.")
    return [sheets[0]._replace(name="")] if len(sheets) == 1 else sheets


def _tables(file: FileInfo, data: bytes, ways: _Ways) -> list[Reading]:
    readings: list[Reading] = []
    problems: list[InputError] = []
    for sheet in open_sheets(file.path, data, ways.watch):
        try:
            reading = _table(sheet, file, ways)
        except InputError as error:
            american = with_points(sheet)
            if american is None:
                problems.append(error)
                continue
            try:
                reading = _table(american, file, ways)
            except InputError:
                problems.append(error)
                continue
            message = "Numbers are written with decimal commas (1.234,56) and were read so."
            reading.findings.append(Finding(Severity.INFO, "decimal-commas", reading.where, message))
        readings.append(reading)
    if not readings:
        raise problems[0]
    for problem in problems:
        readings[0].findings.append(
            Finding(Severity.WARNING, "sheet-not-used", file.path, _of_sheet(str(problem), file.path))
        )
    return readings


def _table(sheet: Sheet, file: FileInfo, ways: _Ways) -> Reading:
    own = remembered(sheet, ways.mappings) if ways.layout is None else None
    if own is not None:
        return apply_mapping(sheet, own, file, ways.watch)
    match, sentence = detect(sheet, file, library(), ways.layout)
    assert match.header is not None
    reading = interpret(sheet, match.layout, match.header, match.columns, file, ways.watch)
    doubtful = bool(match.note) and match.score < 0.8
    severity = Severity.WARNING if doubtful else Severity.INFO
    reading.findings.insert(0, Finding(severity, "layout", reading.where, sentence))
    return reading


def _row_numbers(reading: Reading) -> list[int]:
    """Numbers of all rows that are not wholly empty."""
    records = [
        row for read in reading.accounts.values() for rows in (read.positions, read.lots, read.cash) for row in rows
    ]
    return sorted([record.row for record in records] + [row.row for row in reading.skipped])


def _with_copies(
    household: Household, copies: Sequence[tuple[FileInfo, str]], numbers: Mapping[str, Sequence[int]]
) -> Household:
    """List files that are the same as another, byte by byte, with all their rows passed over."""
    files, findings = list(household.files), []
    for file, original in copies:
        for source in household.files:
            if source.sha256 != file.sha256:
                continue
            path = source.path.replace(original, file.path, 1)
            rows = numbers.get(source.path, ())
            skipped = tuple(SkippedRow(row, f"the same file as {original}") for row in rows)
            files.append(
                SourceFile(
                    path, file.sha256, source.layout, source.as_of, len(skipped), 0, skipped, source.control_totals
                )
            )
        findings.append(
            Finding(
                Severity.INFO, "same-file", file.path, f"The content is the same as that of {original}; it counts once."
            )
        )
    return attrs.evolve(household, files=tuple(files)).with_findings(findings) if copies else household
