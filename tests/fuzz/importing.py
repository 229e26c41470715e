"""Fuzzer of the import: ``python -m tests.fuzz.importing --inputs 200000 --seed 1``.

Every input is a damaged, spliced or invented file. Anything but a household whose rows are accounted for, or an error
in words, counts as a failure, as do another outcome by columns than by rows, 10 seconds for one input and a gigabyte of
memory. Failing inputs are kept in the folder that ``--save`` names. One seed always makes the same inputs.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import resource
import signal
import sys
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from unittest.mock import patch

from core.errors import InputError
from core.household import Household
from core.household_json import household_from_json, household_to_json
from core.importing import byte_column, byte_table, columnar, sheets, workbooks
from core.importing.compare import compare
from core.importing.mapping import apply_mapping, guess_mapping, mapping_from_json, mapping_json
from core.importing.read import open_sheets, read_bytes
from core.importing.records import FileInfo
from tests.importing.reading import FIXTURES, TODAY, check
from tests.shared_reference import SHARED

SECONDS = 10.0
MEGABYTES = 1024
_LARGEST = 200_000
_CELLS = [
    *(b"", b" ", b"--", b"-", b"N/A", b"$1,234.56", b"-$0.01", b"(5)", b"(", b"1e308", b"-1e-99", b"999999999999999"),
    *(b"1000000000000000", b"0", b"-0", b".", b"+", b"=1+1", b'="VTI"', b"=cmd|' /C calc'!A0", b"@SUM(A1)", b"1,2,3"),
    *(b"02/30/2024", b"2024-02-29", b"12/31/1969", b"19510101", b"     02/09/2015", b"        3/2/2026", b"--/--"),
    *(b"Total", b"TOTAL", b"Account Total", b"Subtotal of Stocks", b"CASH", b"Cash & Cash Investments", b"$$CASH"),
    *(b"Pending activity", b"SPAXX**", b"037833100", b"912828ZZ6", b"ACME  260516C00055000", b"BRK/B", b"USD", b"EUR"),
    *(
        b"Summary",
        b"Lot",
        b"LOT",
        b"SUMMARY",
        b"Vest Schedule",
        b"Symbol",
        b"Quantity",
        b"\xff\xfe",
        b"\x00",
        b"\xe2\x80",
    ),
    *("٣".encode(), "−5".encode(), b"A$1", b"1.234,56", b"A" * 400, b"(" * 60, b'"' * 3, b"\n", b"\r"),
    *(b"&amp;", b"&#x0;", b"<!ENTITY x 'y'>", b"Short Term", b"Long", b"Multiple", b"NaN", b"Infinity", b"True"),
]
_STARTS = [
    b"Positions for account X ...252 as of 05:14 PM ET, 2026/03/10\r\n\r\n",
    b"Account Summary\n",
    b"Position Statement for 1 (x) on 12/29/21 11:49:04\n",
    b"HOLDINGS\n",
    b"\xef\xbb\xbf",
    b"Statement,Header,Field Name,Field Value\n",
    b'"BOF","U1","x"\n"ClientAccountID","Symbol","Quantity","MarkPrice","PositionValue"\n',
]


def seeds() -> list[tuple[str, bytes]]:
    """Every fixture, every reference sample that is there, and each container made out of a small table."""
    files = [path for path in sorted(FIXTURES.glob("*/*")) if path.suffix.lower() != ".json"]
    files += [path for path in sorted((SHARED / "import" / "samples").glob("*/*")) if path.name != "SOURCES.md"]
    found = [(path.name, path.read_bytes()) for path in files]
    return [(name, data) for name, data in found if len(data) <= _LARGEST] + containers()


def containers() -> list[tuple[str, bytes]]:
    """The same small table as workbook, OpenDocument sheet, web page, SpreadsheetML, Flex query and household JSON."""
    import openpyxl

    rows = [
        ["Account", "Symbol", "Quantity", "Price", "Market Value"],
        ["1", "VTI", 2, 10.5, 21],
        ["1", "CASH", "", "", 5],
    ]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    xml = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in row) + "</Row>"
        for row in rows
    )
    spreadsheet = (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="A"><Table>'
        f"{xml}</Table></Worksheet></Workbook>"
    )
    flex = (
        '<FlexQueryResponse><FlexStatements><FlexStatement accountId="U1">'
        '<CashReportCurrency accountId="U1" currency="USD" endingCash="5"/>'
        '<OpenPosition accountId="U1" currency="USD" symbol="VTI" position="2" markPrice="10.5" positionValue="21" '
        'costBasisMoney="20" levelOfDetail="SUMMARY"/><OpenPosition accountId="U1" currency="USD" symbol="VTI" '
        'position="2" markPrice="10.5" positionValue="21" costBasisMoney="20" levelOfDetail="LOT" '
        'openDateTime="2025-12-02;10:58:02"/></FlexStatement></FlexStatements></FlexQueryResponse>'
    )
    ods = io.BytesIO()
    with zipfile.ZipFile(ods, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        body = "".join(
            "<table:table-row>"
            + "".join(
                f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
                for cell in row
            )
            + "</table:table-row>"
            for row in rows
        )
        archive.writestr(
            "content.xml",
            '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
            'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
            f'<table:table table:name="A">{body}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        )
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    plain = "\n".join(",".join(map(str, row)) for row in rows).encode()
    household = household_to_json(read_bytes("a.csv", plain, today=TODAY))
    return [
        ("a.csv", plain),
        ("a.xlsx", stream.getvalue()),
        ("a.ods", ods.getvalue()),
        ("a.xls", f"<html><table>{cells}</table></html>".encode()),
        ("b.xls", spreadsheet.encode()),
        ("c.xml", flex.encode()),
        ("d.csv", plain.decode().encode("utf-16")),
        ("e.json", json.dumps(household).encode()),
        ("f.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)),
    ]


def inputs(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """``count`` files, the same for the same seed."""
    pool = seeds()
    for number in range(count):
        rng = random.Random(seed * 1_000_003 + number)
        name, data = rng.choice(pool)
        if data.startswith(b"PK"):
            data = _inside(data, rng) if rng.random() < 0.8 else _damaged(data, rng, pool)
        else:
            data = _damaged(data, rng, pool)
        yield name, data[: 2 * _LARGEST]


def _inside(data: bytes, rng: random.Random) -> bytes:
    """A workbook with one of its parts damaged and the archive around it whole."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as copy:
        names = archive.namelist()
        hit = rng.choice([name for name in names if "sheet" in name or "content" in name or "shared" in name] or names)
        for name in names:
            part = archive.read(name)
            if name == hit:
                part = _far(part, rng) if rng.random() < 0.2 else _bytes_damaged(part, rng)
            if name != hit or rng.random() > 0.02:
                copy.writestr(name, part)
    return stream.getvalue()


def _far(part: bytes, rng: random.Random) -> bytes:
    """Cells far from the table, by their own names or by repetition."""
    choices = [
        (b'r="A1"', b'r="XFD1048576"'),
        (b'r="A2"', rng.choice((b'r="aaaa2"', b"r = 'ZZZZZZZ1'", b'r=""', b'r="A0"', b'r="99999999999"'))),
        (b'r="1"', b'r="%d"' % rng.randrange(10 ** rng.randrange(1, 12))),
        (b"<table:table-row>", b'<table:table-row table:number-rows-repeated="%d">' % rng.randrange(10**9)),
        (b"<table:table-cell ", b'<table:table-cell table:number-columns-repeated="%d" ' % rng.randrange(10**6)),
    ]
    old, new = rng.choice(choices)
    return part.replace(old, new, rng.choice((1, 1, 3, 1000)))


def _damaged(data: bytes, rng: random.Random, pool: list[tuple[str, bytes]]) -> bytes:
    ways: list[Callable[[bytes, random.Random], bytes]] = [
        _bytes_damaged,
        _lines_damaged,
        _cells_damaged,
        _cells_damaged,
    ]
    for _ in range(rng.randrange(1, 4)):
        data = rng.choice(ways)(data, rng)
    chance = rng.random()
    if chance < 0.04:
        data = rng.choice(_STARTS) + data
    elif chance < 0.08:
        other = rng.choice(pool)[1]
        cut = rng.randrange(len(other) + 1)
        data = data[: rng.randrange(len(data) + 1)] + other[cut:]
    elif chance < 0.10:
        with suppress(UnicodeDecodeError):
            data = data.decode().encode(rng.choice(("utf-16", "utf-16-le", "cp1252")), "replace")
    elif chance < 0.12:
        data = data.replace(b"\r\n", b"\n").replace(b"\n", rng.choice((b"\r", b"\r\n", b"\n\n")))
    elif chance < 0.14:
        data = data.replace(b",", rng.choice((b";", b"\t", b"|")))
    return data


def _bytes_damaged(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randrange(1, 6)):
        at = rng.randrange(len(changed) + 1)
        chance = rng.random()
        if chance < 0.4 and at < len(changed):
            changed[at] = rng.randrange(256)
        elif chance < 0.6:
            changed[at:at] = rng.choice(_CELLS)
        elif chance < 0.75:
            del changed[at : at + rng.randrange(1, 60)]
        elif chance < 0.9:
            changed[at:at] = changed[at : at + rng.randrange(1, 200)]
        else:
            del changed[at:]
    return bytes(changed)


def _lines_damaged(data: bytes, rng: random.Random) -> bytes:
    lines = data.split(b"\n")
    for _ in range(rng.randrange(1, 4)):
        if not lines:
            break
        at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
        chance = rng.random()
        if chance < 0.3:
            lines[at], lines[other] = lines[other], lines[at]
        elif chance < 0.6:
            lines.insert(at, lines[other])
        elif chance < 0.9:
            del lines[at]
        else:
            lines[at:at] = [lines[other]] * rng.randrange(1, 300)
    return b"\n".join(lines)


def _cells_damaged(data: bytes, rng: random.Random) -> bytes:
    lines = data.split(b"\n")
    for _ in range(rng.randrange(1, 5)):
        at = rng.randrange(len(lines))
        cells = lines[at].split(b",")
        place = rng.randrange(len(cells))
        chance = rng.random()
        if chance < 0.6:
            cells[place] = rng.choice(_CELLS)
        elif chance < 0.75:
            cells.insert(place, rng.choice(_CELLS))
        elif chance < 0.9:
            del cells[place]
        else:
            rng.shuffle(cells)
        lines[at] = b",".join(cells)
    return b"\n".join(lines)


@contextmanager
def by_columns() -> Iterator[None]:
    """Read small files the way that is meant for large ones, in small pieces."""
    with (
        patch.object(sheets, "_LARGE", 0),
        patch.object(byte_table, "LEAST_LINES", 1),
        patch.object(workbooks, "_MANY", 1),
        patch.object(byte_table, "_PIECE", 100),
        patch.object(byte_table, "_ROWS", 3),
        patch.object(byte_column, "PIECE", 3),
        patch.object(columnar, "_PIECE", 2),
    ):
        yield


def survive(name: str, data: bytes) -> str:
    """Import one file in every way; the outcome is "read" or "refused".

    Raises
    ------
    Exception
        Anything that is a fault of the program.
    """
    household, said = _outcome(name, data)
    if household is not None:
        check(household)
        assert compare(household, household).is_empty
        with suppress(InputError):
            again = household_from_json(household_to_json(household), name)
            assert len(again.lots) == len(household.lots)
    with by_columns():
        other, words = _outcome(name, data)
        assert (other, words) == (household, said)
    if not data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        with suppress(InputError):
            for sheet in open_sheets(name, data):
                mapping = guess_mapping(sheet)
                assert (
                    mapping_from_json(json.loads(json.dumps(mapping_json(mapping))), name).places() == mapping.places()
                )
                apply_mapping(sheet, mapping, FileInfo(name, name, ""))
    return "refused" if household is None else "read"


def _outcome(name: str, data: bytes) -> tuple[Household | None, str]:
    try:
        return read_bytes(name, data, today=TODAY), ""
    except InputError as error:
        return None, str(error)


def _too_long(*_: object) -> None:
    raise TimeoutError("still at it; the traceback shows where")


def _alarm(seconds: float) -> None:
    """Interrupt an input that hangs, where the system can."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.importing", description=__doc__.split("\n")[0])
    parser.add_argument("--inputs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", type=Path, help="folder for inputs that fail")
    chosen = parser.parse_args(arguments)
    counts = {"read": 0, "refused": 0}
    failures, slowest = 0, (0.0, "")
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _too_long)
    for number, (name, data) in enumerate(inputs(chosen.inputs, chosen.seed)):
        start = time.perf_counter()
        problem = ""
        try:
            _alarm(3 * SECONDS)
            counts[survive(name, data)] += 1
        except Exception:
            problem = traceback.format_exc()
        finally:
            _alarm(0)
        took = time.perf_counter() - start
        slowest = max(slowest, (took, f"{number} {name}"))
        if took > SECONDS:
            problem = problem or f"took {took:.1f} s"
        if problem:
            failures += 1
            print(f"--- input {number} of seed {chosen.seed} ({name}, {len(data)} bytes)\n{problem}", flush=True)
            if chosen.save:
                chosen.save.mkdir(parents=True, exist_ok=True)
                (chosen.save / f"{chosen.seed}-{number}-{name}").write_bytes(data)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if memory > MEGABYTES:
        failures += 1
        print(f"--- memory: {memory:,.0f} MB")
    print(
        f"{chosen.inputs:,} inputs of seed {chosen.seed}: {counts['read']:,} read, {counts['refused']:,} refused, "
        f"{failures} failed; slowest {slowest[0]:.2f} s (input {slowest[1]}); memory {memory:,.0f} MB"
    )
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
