"""Files that hold several tables with headings of their own, laid out as one table in the same rows.

Interactive Brokers' statements and Flex queries interleave tables line by line, which no column can tell apart: their
rows are rewritten under one heading, row for row, so that row numbers stay those of the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.importing.dates import parse_date
from core.importing.grid import Row
from core.importing.sheets import Sheet, is_blank

_STATEMENT = (
    *("Statement Row", "Account", "Account Name", "Account Type", "As Of", "Asset Category", "Instrument Type"),
    *("Currency", "Symbol", "Description", "Security ID", "Quantity", "Mult", "Cost Price", "Cost Basis"),
    *("Close Price", "Value", "Unrealized P/L", "Code"),
)
_FLEX = (
    *("levelOfDetail", "accountId", "acctAlias", "accountType", "reportDate", "assetCategory", "subCategory"),
    *("currency", "symbol", "description", "cusip", "position", "multiplier", "markPrice", "positionValue"),
    *("costBasisPrice", "costBasisMoney", "fifoPnlUnrealized", "openDateTime", "endingCash"),
)
_FLEX_CSV = {
    "clientaccountid": "accountId",
    "accountalias": "acctAlias",
    "currencyprimary": "currency",
    "assetclass": "assetCategory",
    "quantity": "position",
    **{name.casefold(): name for name in _FLEX},
}
NO_POSITIONS = "Flex Query Without Open Positions"


def arrange(sheet: Sheet) -> Sheet:
    """The sheet as one table, where it is one of the kinds told above; any other as it is."""
    top = [row for row in sheet.rows[:60] if not is_blank(row)]
    if any(cell.startswith('="') for row in top for cell in row):
        # Text kept from the spreadsheet's guesses: ="007" is 007.
        sheet = Sheet(sheet.name, [[_plain(cell) for cell in row] for row in sheet.rows])
        top = [row for row in sheet.rows[:60] if not is_blank(row)]
    if any(len(row) > 2 and row[1].strip() == "Header" for row in top[:3]):
        return Sheet(sheet.name, _statement(sheet.rows))
    if any(cell.strip() == "ClientAccountID" for row in top[:12] for cell in row[:4]):
        return Sheet(sheet.name, _flex_csv(sheet.rows))
    for index, row in enumerate(sheet.rows[:40]):
        if any(cell.strip() == "ET" for cell in row):
            rows = list(sheet.rows)
            rows[index] = _joined_times(row)
            return Sheet(sheet.name, rows)
    return sheet


def _plain(cell: str) -> str:
    return cell[2:-1].replace('""', '"') if cell.startswith('="') and cell.endswith('"') and len(cell) > 2 else cell


def _joined_times(row: Row) -> Row:
    """A heading whose times of day (``... 02:17 PM, ET``) were split at their commas."""
    result: Row = []
    for cell in row:
        if cell.strip() == "ET" and result and result[-1].rstrip()[-2:] in ("AM", "PM"):
            result[-1] += ", ET"
        else:
            result.append(cell)
    return result


# -- activity statement ----------------------------------------------------------------------------------------


def _statement(rows: Sequence[Row]) -> list[Row]:
    said = {row[2].strip(): row[3].strip() for row in rows if len(row) > 3 and row[0] in ("Account Information",)}
    period = next((row[3] for row in rows if len(row) > 3 and row[:3] == ["Statement", "Data", "Period"]), "")
    names = _instruments(rows)
    cash = [row for row in rows if len(row) > 4 and row[0] == "Cash Report" and row[2].strip() == "Ending Cash"]
    several = any(row[3].strip() != "Base Currency Summary" for row in cash)
    common = [said.get("Account", ""), said.get("Name", ""), said.get("Account Type", ""), _last_day(period)]
    if not any(row and row[0] == "Open Positions" for row in rows):
        return [["Statement Without Open Positions", *_STATEMENT[1:3]], *rows[1:]]
    result: list[Row] = []
    places: dict[str, int] = {}
    for row in rows:
        if is_blank(row):
            result.append([])
        elif not any(line and line[0] == _STATEMENT[0] for line in result):
            result.append(list(_STATEMENT))
            if row[0] == "Open Positions":
                places = {name.strip(): place for place, name in enumerate(row)}
        elif row[0] == "Open Positions" and len(row) > 3:
            if row[1] == "Header":
                places = {name.strip(): place for place, name in enumerate(row)}
                result.append(["Other"])
            else:
                result.append(_open_position(row, places, common, names))
        elif row[0] == "Cash Report" and len(row) > 4 and row[2].strip() == "Ending Cash":
            currency = row[3].strip()
            if currency == "Base Currency Summary":
                currency = said.get("Base Currency", "")
                kind = "Other" if several else "Cash"
            else:
                kind = "Cash"
            cells = dict(zip(_STATEMENT, [kind, *common], strict=False)) | {"Currency": currency, "Value": row[4]}
            result.append([cells.get(name, "") for name in _STATEMENT])
        else:
            result.append(["Other"])
    return result


def _open_position(
    row: Row, places: dict[str, int], common: Sequence[str], names: dict[str, tuple[str, str, str]]
) -> Row:
    cells = {name: row[place] for name, place in places.items() if place < len(row)}
    kind = cells.get("DataDiscriminator", "").strip() if row[1] == "Data" else row[1]
    if row[1] == "Total" and len(row) >= 6 and row[3].strip().isupper() and len(row[3].strip()) == 3:
        # Some totals are printed without the blank cells of the columns that they leave out.
        cells = {"Asset Category": row[2], "Currency": row[3], "Cost Basis": row[4], "Value": row[5]}
    if row[1] == "Total" and cells.get("Currency", "").strip() != "USD":
        return ["Other"]
    if row[1] not in ("Data", "Total"):
        return ["Other"]
    account, name, account_type, day = common
    description, identity, kind_of = names.get(cells.get("Symbol", "").strip(), ("", "", ""))
    extra = {
        "Statement Row": kind,
        "Account": cells.get("Account", "").strip() or account,
        "Account Name": name,
        "Account Type": account_type,
        "As Of": day,
        "Description": description,
        "Security ID": identity,
        "Instrument Type": kind_of if kind_of == "ETF" else cells.get("Asset Category", ""),
    }
    return [extra.get(name) or cells.get(name, "") for name in _STATEMENT]


def _instruments(rows: Sequence[Row]) -> dict[str, tuple[str, str, str]]:
    """Symbol -> (name, CUSIP out of a US ISIN, type) of the table of instruments; a cell may hold several symbols."""
    result: dict[str, tuple[str, str, str]] = {}
    places: dict[str, int] = {}
    for row in rows:
        if len(row) < 5 or row[0] != "Financial Instrument Information":
            continue
        if row[1] == "Header":
            places = {name.strip(): place for place, name in enumerate(row)}
            continue
        cells = {name: row[place].strip() for name, place in places.items() if place < len(row)}
        isin = cells.get("Security ID", "")
        cusip = isin[2:11] if len(isin) == 12 and isin.startswith("US") else isin
        for symbol in cells.get("Symbol", "").split(","):
            result[symbol.strip()] = (cells.get("Description", ""), cusip, cells.get("Type", ""))
    return result


def _last_day(period: str) -> str:
    """The last day of a period such as ``January 1, 2026 - January 31, 2026``, or "" where it is none."""
    text = period.rpartition(" - ")[2].strip()
    try:
        return text if parse_date(text) else ""
    except ValueError:
        return ""


# -- Flex queries ----------------------------------------------------------------------------------------------


def _flex_csv(rows: Sequence[Row]) -> list[Row]:
    items: list[tuple[str, dict[str, str]]] = []
    names: list[str] = []
    kind = "Other"
    for row in rows:
        if any(cell.strip() == "ClientAccountID" for cell in row[:4]):
            names = [_FLEX_CSV.get(cell.strip().casefold(), "") for cell in row]
            kind = "OpenPosition" if "positionValue" in names or "markPrice" in names else "Other"
            kind = "CashReportCurrency" if "endingCash" in names else kind
            items.append(("Other", {}))
        elif is_blank(row):
            items.append(("Blank", {}))
        elif kind == "Other" or row[0].strip() in ("BOF", "BOA", "BOS", "EOS", "EOA", "EOF", "MSG"):
            items.append(("Other", {}))
        else:
            items.append((kind, {name: cell for name, cell in zip(names, row, strict=False) if name}))
    table = flex_rows(items)
    return [table[0], *table[2:]]  # the first line of the file holds no data: the heading stands in its place


def flex_rows(items: Iterable[tuple[str, dict[str, str]]]) -> list[Row]:
    """Elements of a Flex query as one table, its heading first.

    Parameters
    ----------
    items
        (name of the element, its attributes): OpenPosition, CashReportCurrency and AccountInformation count.
    """
    items = list(items)
    held = [attributes for kind, attributes in items if kind == "OpenPosition"]
    if not held:
        return [[NO_POSITIONS, "accountId"], *(["Other"] for _ in items)]
    accounts = {
        attributes.get("accountId", ""): attributes for kind, attributes in items if kind == "AccountInformation"
    }
    summed = {_position(attributes) for attributes in held if _level(attributes) != "LOT"}
    currencies = {
        attributes.get("accountId", "")
        for kind, attributes in items
        if kind == "CashReportCurrency" and attributes.get("currency") != "BASE_SUMMARY"
    }
    result: list[Row] = [list(_FLEX)]
    for kind, attributes in items:
        account = attributes.get("accountId", "")
        owner = accounts.get(account, {})
        cells = dict(attributes)
        cells["acctAlias"] = cells.get("acctAlias") or owner.get("acctAlias") or owner.get("name", "")
        cells["accountType"] = owner.get("accountType", "")
        if kind == "Blank":
            result.append([])
            continue
        if kind == "OpenPosition":
            level = _level(attributes)
            # Lots without their position are the holdings themselves.
            cells["levelOfDetail"] = "SUMMARY" if level == "LOT" and _position(attributes) not in summed else level
        elif kind == "CashReportCurrency":
            base = attributes.get("currency") == "BASE_SUMMARY"
            cells["levelOfDetail"] = "Other" if base and account in currencies else "Cash"
            cells["currency"] = owner.get("currency", "") if base else cells.get("currency", "")
            cells["reportDate"] = attributes.get("toDate", "")
        else:
            cells = {"levelOfDetail": "Other"}
        result.append([cells.get(name, "") for name in _FLEX])
    return result


def _level(attributes: dict[str, str]) -> str:
    return attributes.get("levelOfDetail", "").strip().upper() or "SUMMARY"


def _position(attributes: dict[str, str]) -> tuple[str, ...]:
    return tuple(attributes.get(key, "") for key in ("accountId", "symbol", "currency"))
