"""Random files made from a layout's own description: its names of columns, its kinds of rows.

What is written and what must come back are reckoned here, with nothing of the readers but the layout's description.
"""

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import attrs
from hypothesis import assume
from hypothesis import strategies as st

from core.importing.columns import names_of
from core.importing.layout import Layout, RowRule
from tests.importing.writers import AS_OF, NAMES, SYMBOLS

CENT = Decimal("0.01")
CANDIDATES = (
    *(
        "CASH",
        "Cash",
        "Cash & Cash Investments",
        "SPAXX**",
        "IIAXX",
        "QACDS",
        "----",
        "VMFXX",
        "$$CASH",
        "$CASH",
        "USD",
    ),
    *("USD999997", "19510101", "990156937", "Cash, MMF and BDP", "Core Account ", "VANGUARD FEDERAL MONEY MARKET FUND"),
    *("HELD IN MONEY MARKET", "Bank Deposit Program", "Total", "TOTAL", "Account Total", "Totals", "Purchase", "Grant"),
    *("SUMMARY", "Summary", "Vest Schedule", "Total Equities", "    Cash", "7", "", "-", "LOT", "Lot"),
)
NULLS = ("", "--", "-", "N/A", "n/a", " ", "---", "not applicable")
# Titles without which a layout's files say nothing of security or account.
TITLES = {
    "schwab-lots": ("{symbol} Lot Details for XXXX-4321 as of 02:46 AM ET, 03/10/2026", "XXXX-4321"),
    "fidelity-option-summary": ("Fidelity Investments - Option Summary X12345678", "X12345678"),
    "thinkorswim-positions": ("Position Statement for 12345678SCHW (Individual) on 3/10/26 22:14:27", "12345678"),
}
NUMERIC = ("quantity", "price", "value", "cost", "unit_cost", "gain")


@attrs.frozen
class Item:
    """One holding that was written, and what must come back of it."""

    account: str
    security: str
    quantity: Decimal
    value: Decimal
    cost: Decimal | None
    acquired: date | None


@attrs.frozen
class File:
    """A file, its holdings by account in the order written, and each account's cash (None: the file states none)."""

    name: str
    data: bytes
    items: tuple[Item, ...]
    cash: dict[str, Decimal]
    totals: int


@attrs.frozen
class Styles:
    """How one file prints its numbers."""

    dollar: bool
    thousands: bool
    parentheses: bool
    plus: bool
    null: str
    space: bool

    def number(self, value: Decimal | None, money: bool = True) -> str:
        if value is None:
            return self.null
        digits = f"{abs(value):,f}" if self.thousands else f"{abs(value):f}"
        text = f"${digits}" if self.dollar and money else digits
        if value < 0:
            text = f"({text})" if self.parentheses else f"-{text}"
        elif self.plus and money:
            text = f"+{text}"
        return text + (" " if self.space else "")


styles = st.builds(
    Styles, st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.sampled_from(NULLS), st.booleans()
)


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def _matching(pattern: re.Pattern[str]) -> list[str]:
    return [text for text in CANDIDATES if pattern.search(text)]


def _example(layout: Layout, kind: str, keys: Sequence[str]) -> dict[str, str] | None:
    """Cells that make a row of this kind by one of the layout's rules, or None where none can be made."""
    for rule in layout.rules:
        if rule.kind != kind or rule.shift_at or any(key not in keys and key != "first" for key, _ in rule.when):
            continue
        if any(key == "first" for key, _ in rule.when) and "#1" not in str(layout.columns.get("description", "")):
            continue
        if rule.amount and rule.amount not in keys:
            continue
        found = {key: _matching(pattern) for key, pattern in rule.when}
        if all(found.values()):
            cells = {("description" if key == "first" else key): texts[0] for key, texts in found.items()}
            if rule.amount:
                cells["__amount"] = rule.amount
            return cells
    return None


def _matches(rule: RowRule, cells: dict[str, str], first: str) -> bool:
    values = {**cells, "first": first, "section": ""}
    return all(key in values and pattern.search(values[key]) for key, pattern in rule.when)


@st.composite
def headings(draw, layout: Layout) -> tuple[list[str], dict[str, int]]:
    """A heading of the layout in any order and generation, and the place of each key."""
    fixed = "#1" in str(layout.columns.get("description", ""))
    optional = [key for key in layout.columns if key not in layout.required]
    named = [key for key in ("symbol", "description") if key in layout.columns and key not in layout.required]
    keys = [*layout.required, *named[: 1 if named else 0]]
    keys += (
        [key for key in draw(st.lists(st.sampled_from(optional), unique=True)) if key not in keys] if optional else []
    )
    if not layout.lot_columns and draw(st.booleans()):
        keys += [key for key in ("price", "cost") if key in layout.columns and key not in keys]
    columns: list[tuple[str | None, str]] = []
    for key in keys:
        name = draw(st.sampled_from(layout.columns[key]))
        if name == "#1":
            continue
        if name.endswith("*"):
            name = name[:-1] + " 03/10/2026 02:17 PM, ET"
        number = re.fullmatch(r"(.+)#(\d)", name)
        if number:
            # The first column of that name is another one.
            columns += [(None, number[1])] * (int(number[2]) - 1)
            name = number[1]
        columns.append((key, name))
    if not fixed:
        columns = draw(st.permutations(columns))
        for _, name in list(columns):
            places = [index for index, (_, other) in enumerate(columns) if other == name]
            own = [columns[index] for index in places]
            for index, column in zip(places, sorted(own, key=lambda item: item[0] is not None), strict=True):
                columns[index] = column
    # A heading that only marks the broker's files, or else one whose column is then left blank.
    own = {name for names in layout.columns.values() for name in names}
    signs = sorted(layout.signature, key=lambda name: any(part in own for part in names_of(name)))
    if layout.signature and not any(name in layout.signature for _, name in columns):
        columns.insert(0 if not fixed and draw(st.booleans()) else len(columns), (None, signs[0]))
    for number in range(draw(st.integers(0, 2))):
        columns.insert(len(columns) if fixed else draw(st.integers(0, len(columns))), (None, f"Extra {number}"))
    if fixed:
        columns.insert(0, ("description", ""))
    case = draw(st.sampled_from((str, str.upper, str.title, lambda text: f" {text} ")))
    places = {key: index for index, (key, _) in enumerate(columns) if key is not None}
    return [case(name) for _, name in columns], places


@st.composite
def files(draw, layout: Layout) -> File:
    """A file of the layout, and what it holds."""
    heading, places = draw(headings(layout))
    style = draw(styles)
    keys = list(places)
    template, titled = TITLES.get(layout.name, ("", ""))
    name = "holdings 2026-03-10.csv"
    by_account = "account" in keys or "account_name" in keys
    numbers = draw(st.lists(st.integers(10_000, 99_999), min_size=1, max_size=3 if by_account else 1, unique=True))
    constant = draw(SYMBOLS) if "{symbol}" in template else ""
    rows: list[list[str]] = [[template.format(symbol=constant)], []] if template else []
    items: list[Item] = []
    cash: dict[str, Decimal] = {}
    rows.append(heading)
    total_value = total_cost = Decimal(0)
    costs_known = True
    cash_cells = _example(layout, "cash", keys)
    for number in numbers:
        account_text, account = _account(layout, number, keys)
        account = account if by_account else titled
        symbols = draw(st.lists(SYMBOLS, min_size=1, max_size=1 if constant else 4, unique=True))
        for symbol in symbols:
            cells, item = draw(_holding(layout, keys, style, constant or symbol, account_text, account))
            assume(not any(_matches(rule, cells, "\0") for rule in layout.rules if rule.kind != "position"))
            rows.append(_row(cells, places, len(heading), draw(st.booleans())))
            items.append(item)
            total_value += item.value
            costs_known = costs_known and item.cost is not None
            total_cost += item.cost or 0
        if cash_cells is not None and draw(st.booleans()):
            amount = Decimal(draw(st.integers(-(10**6), 10**8))) / 100
            cells = {**account_text, **{key: text for key, text in cash_cells.items() if key != "__amount"}}
            at = cash_cells.get("__amount") or ("value" if "value" in keys else "quantity")
            cells |= {"currency": "USD"} if "currency" in keys else {}
            cells[at] = style.number(amount)
            rows.append(_row(cells, places, len(heading), draw(st.booleans())))
            cash[account] = amount
            total_value += amount
    totals = 0
    total_cells = _example(layout, "total", keys)
    if total_cells is not None and "value" in keys and draw(st.booleans()):
        cells = {**total_cells, "value": style.number(total_value)}
        if "cost" in keys and costs_known and not cash:
            cells["cost"] = style.number(total_cost)
            totals += 1
        rows.append(_row(cells, places, len(heading), False))
        totals += 1
    return File(name, draw(encoded(rows)), tuple(items), cash, totals)


def _account(layout: Layout, number: int, keys: Sequence[str]) -> tuple[dict[str, str], str]:
    if layout.account_cell is not None and "account" in keys:
        text = f"Doe - {number % 10_000:04d}" if layout.mask else f"(ACCT {number}) Doe Trust"
        return {"account": text}, f"{layout.mask}{number % 10_000:04d}" if layout.mask else str(number)
    cells = {key: "Roth IRA" for key in ("account_name",) if key in keys}
    if "account" in keys:
        cells["account"] = str(number)
    elif "account_name" in keys:
        cells["account_name"] = f"Roth IRA {number}"
    return cells, cells.get("account") or cells.get("account_name", "")


@st.composite
def _holding(draw, layout, keys, style, symbol, account_text, account) -> tuple[dict[str, str], Item]:
    quantity = Decimal(draw(st.integers(1, 10**7))) / 10 ** draw(st.integers(0, 4))
    if draw(st.integers(0, 9)) == 0 and layout.role == "positions":
        quantity = -quantity
    price = Decimal(draw(st.integers(1, 10**5))) / 100
    value = cents(quantity * price)
    assume(value != 0)
    cost: Decimal | None = Decimal(draw(st.integers(1, 10**8))) / 100
    lots = layout.role == "lots"
    if not lots and draw(st.integers(0, 5)) == 0:
        cost = None
    if quantity < 0 and cost is not None:
        cost = -cost
    acquired = AS_OF - timedelta(days=draw(st.integers(0, 9000)))
    unit = None if cost is None else (cost / quantity).quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)
    gain = None if cost is None else value - cost
    amounts = {"quantity": quantity, "price": price, "value": value, "cost": cost, "unit_cost": unit, "gain": gain}
    description = draw(NAMES)
    texts = {
        "symbol": symbol,
        "description": f"    {description}" if "#1" in str(layout.columns.get("description", "")) else description,
        "acquired": draw(st.sampled_from(("%m/%d/%Y", "%Y-%m-%d", "%Y/%m/%d", "%b-%d-%Y", "%d-%b-%Y"))),
        "as_of": f"{AS_OF:%m/%d/%Y}",
        "currency": "USD",
        "multiplier": "1",
        "type": next((text for text, kind in layout.types.items() if kind in ("stock", "etf")), "Stock"),
        "lot_id": "" if any(rule.kind == "lot" for rule in layout.rules) else "7",
        **account_text,
    }
    texts["acquired"] = acquired.strftime(texts["acquired"])
    for key in ("level", "closed"):
        if key in keys:
            texts[key] = _harmless(layout, key)
    for key, amount in amounts.items():
        texts[key] = style.number(amount, money=key not in ("quantity",))
    back = _cost_that_comes_back(layout, keys, quantity, value, cost, unit, gain)
    identity = symbol if "symbol" in keys or (layout.name in TITLES and "symbol" not in layout.columns) else ""
    identity = identity or re.sub(r"[^a-z0-9]+", "-", " ".join(description.split()).casefold())[:60].strip("-")
    if "value" not in keys and "price" not in keys:
        value = Decimal(0) if "gain" not in keys or back is None or gain is None else back + gain
    dated = acquired if "acquired" in keys else None
    return {key: text for key, text in texts.items() if key in keys}, Item(
        account, identity, quantity, value, back, dated
    )


def _harmless(layout: Layout, key: str) -> str:
    """A cell of this column that makes the row no special one."""
    rules = [rule for rule in layout.rules if rule.kind != "position" and [name for name, _ in rule.when] == [key]]
    return next(text for text in ("", *CANDIDATES) if not any(rule.when[0][1].search(text) for rule in rules))


def _cost_that_comes_back(layout, keys, quantity, value, cost, unit, gain) -> Decimal | None:
    if "cost" in keys or cost is None:
        return cost if set(keys) & {"cost", "unit_cost", "gain"} else None
    if "gain" in keys and "value" in keys and (layout.cost_from_gain or "unit_cost" not in keys):
        return value - gain
    return cents(quantity * unit) if "unit_cost" in keys else None


def _row(cells: dict[str, str], places: dict[str, int], width: int, extra: bool) -> list[str]:
    row = [""] * width
    for key, text in cells.items():
        if key in places:
            row[places[key]] = text
    return [*row, ""] if extra else row


@st.composite
def encoded(draw, rows: Sequence[Sequence[str]]) -> bytes:
    """The rows as text in any of the dialects and encodings that brokers use."""
    stream = io.StringIO()
    quoting = draw(st.sampled_from((csv.QUOTE_ALL, csv.QUOTE_MINIMAL)))
    delimiter = draw(st.sampled_from((",", ",", ",", "\t", ";")))
    end = draw(st.sampled_from(("\n", "\r\n", "\r")))
    csv.writer(stream, quoting=quoting, delimiter=delimiter, lineterminator=end).writerows(rows)
    text = stream.getvalue()
    if draw(st.integers(0, 9)) == 0:
        return text.encode("utf-16")
    return (b"\xef\xbb\xbf" if draw(st.booleans()) else b"") + text.encode()
