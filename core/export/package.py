"""The last touch on a workbook's package: formula values, a fixed date, the program's name."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape

_FORMULA_CELL = re.compile(r'<c r="([A-Z]+[0-9]+)"([^>]*)><f>(.*?)</f><v(?: ?/>|></v>)</c>', re.DOTALL)
_STAMP = re.compile(r"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")
_APPLICATION = re.compile(r"<Application>.*?</Application>(<AppVersion>.*?</AppVersion>)?")


def finish_package(package: bytes, formula_values: Sequence[Mapping[str, object]], stamp: datetime) -> bytes:
    """The package with the value of each formula beside it.

    ``formula_values`` holds, sheet by sheet, cell address -> value. ``stamp`` becomes the date of the document and
    of the package's parts, so that equal input gives equal bytes. The application is named truthfully: programs
    that trust the figures of known spreadsheets then calculate anew.
    """
    result = io.BytesIO()
    moment = (max(1980, stamp.year), stamp.month, stamp.day, 0, 0, 0)
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            sheet = re.fullmatch(r"xl/worksheets/sheet([0-9]+)\.xml", part.filename)
            if sheet is not None:
                content = _with_values(content.decode(), formula_values[int(sheet[1]) - 1]).encode()
            elif part.filename == "docProps/core.xml":
                content = _STAMP.sub(rf"\g<1>{stamp:%Y-%m-%dT%H:%M:%SZ}\g<3>", content.decode()).encode()
            elif part.filename == "docProps/app.xml":
                content = _APPLICATION.sub("<Application>Trimtab</Application>", content.decode()).encode()
            entry = zipfile.ZipInfo(part.filename, moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            new.writestr(entry, content)
    return result.getvalue()


def _with_values(sheet: str, values: Mapping[str, object]) -> str:
    def put(found: re.Match[str]) -> str:
        address, attributes, formula = found.groups()
        kind, text = _written(values[address])
        return f'<c r="{address}"{attributes}{kind}><f>{formula}</f><v>{text}</v></c>'

    return _FORMULA_CELL.sub(put, sheet)


def _written(value: object) -> tuple[str, str]:
    """The type attribute and the text of a value."""
    if isinstance(value, str):
        return ' t="str"', escape(value)
    if isinstance(value, float):
        return "", repr(value)
    if isinstance(value, int | Decimal):
        return "", str(value)
    if isinstance(value, date):
        return "", str((value - date(1899, 12, 30)).days)
    raise TypeError(f"a formula can't have the value {value!r}")
