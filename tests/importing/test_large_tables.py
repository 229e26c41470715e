"""Large tables are read by columns; what comes of them is what reading them row by row gives, to the last digit."""

import csv
import io
import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.importing import sheets, workbooks
from core.importing.byte_table import byte_table
from core.importing.numbers import CellError, parse_number
from core.importing.read import read_bytes, read_files
from core.importing.sheets import read_text
from core.importing.value_table import ValueTable
from core.importing.workbooks import _text
from tests.importing.reading import TODAY, check

LOTS = "Account,Symbol,Quantity,Price,Market Value\n" + "1,AAA,2,5.00,10.00\n" * 5000
NUMBERS = (
    *("", "--", "n/a", ".5", "5.", "0", "-0.00", "(5)", "(-3)", "$1,234.56", "-$5", "$-5", "+4", "1,234", "0001"),
    *("12,345,678.9", "18S", "3.4%", " 7 ", "  ", "1e3", "123456789012345", "0.000000001", "999999999999999.99"),
    *("1234567.123456789", "$1,234,567,890.12", "(1,140.00)", "-.25", "0.10", "100"),
)
WRONG = ("1,23", "1234,567", ".", "-.", "()", "1..2", "1.2.3", "$", "1000000000000000", "12x", "--5", "1,2,3")


def table_of(rows: list[list[str]], delimiter: str = ",", quoted: bool = False, end: str = "\n", last: bool = True):
    stream = io.StringIO()
    how = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(stream, delimiter=delimiter, quoting=how, lineterminator=end).writerows(rows)
    text = stream.getvalue()
    return text if last else text.removesuffix(end)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.text("ab1 .é", max_size=3), min_size=2, max_size=5), max_size=4),
    st.integers(2, 5),
    st.lists(st.text('ab1 .,"\né', max_size=9), min_size=8, max_size=8),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.booleans(),
)
def test_a_table_of_bytes_is_what_a_csv_reader_makes(head, width, cells, end, quoted, last):
    middle = [(cells * 2)[index % 3 : index % 3 + width] for index in range(2100)]
    text = table_of([*head, *middle[:1000], [], *middle[1000:]], quoted=quoted, end=end, last=last)
    table = byte_table(text.encode(), ",", 10**6)
    expected = list(csv.reader(io.StringIO(text, newline="")))
    assert table is not None
    assert list(table) == [table[index] for index in range(len(table))] == expected
    assert len(table) == len(expected)
    assert table.width == max(map(len, expected))
    for place in range(6):
        column = [row[place] if place < len(row) else "" for row in expected]
        assert table.column(place) == column
        typed = table.typed(place)
        assert typed.distinct() == list(dict.fromkeys(column))
        assert [typed.distinct()[code] for code in typed.codes()[0]] == column
        assert typed.places_of({column[0], "b"}) == [i for i, cell in enumerate(column) if cell in (column[0], "b")]
        assert table.rows_with(place, column[5]) == [i for i, cell in enumerate(column) if cell == column[5]]
    for part in (slice(0, 3), slice(1, 1900), slice(len(head) + 5, None), slice(-3, None), slice(5, 2)):
        assert list(table[part]) == expected[part]
    assert list(table.chosen([7, 3, 1004])) == [expected[7], expected[3], expected[1004]]


@pytest.mark.parametrize("odd", ['a "b" c,1', '"a"b,1', ' "a",1', "a\rb,1"])
def test_odd_quotes_and_line_ends_are_left_to_the_csv_reader(odd):
    text = "x,1\n" * 2500 + odd + "\n" + "y,2\n" * 2500
    (sheet,) = read_text("x.csv", text.encode())
    assert list(sheet.rows) == list(csv.reader(io.StringIO(text, newline="")))


def test_long_cells_are_told_apart():
    same = "x" * 64
    cells = [same + end for end in ("", "a", "b" * 900, "b" * 900, "a", "")] * 400 + ["y" * 100_000]
    table = byte_table("".join(f"{cell},1\n" for cell in cells).encode(), ",", 10**6)
    assert table is not None
    assert table.typed(0).distinct() == list(dict.fromkeys(cells))
    assert [table.typed(0).distinct()[code] for code in table.typed(0).codes()[0]] == cells


def test_large_tables_are_kept_as_bytes():
    (sheet,) = read_text("x.csv", LOTS.encode())
    assert type(sheet.rows).__name__ == "ByteTable"
    (sheet,) = read_text("x.csv", LOTS.replace("AAA", '"AAA"').encode())
    assert type(sheet.rows).__name__ == "ByteTable"
    (sheet,) = read_text("x.csv", LOTS.encode("utf-16"))
    assert type(sheet.rows).__name__ == "ByteTable"
    (sheet,) = read_text("x.csv", LOTS[:2000].encode())
    assert type(sheet.rows) is list


def test_too_many_cells_are_refused(monkeypatch):
    monkeypatch.setattr(sheets, "MAX_CELLS", 10_000)
    with pytest.raises(InputError, match="more than 10,000 cells"):
        read_text("x.csv", LOTS.encode())


def printed(rng: random.Random) -> str:
    """A number as brokers print it, or a word for none."""
    if rng.random() < 0.1:
        return rng.choice(NUMBERS)
    digits = rng.randint(0, 5)
    number = Decimal(rng.randint(0, 10 ** rng.randint(1, 15))).scaleb(-digits)
    text = f"{number:,f}" if rng.random() < 0.4 else f"{number:f}"
    text = f"${text}" if rng.random() < 0.2 else text
    return rng.choice((text, text, text, f"-{text}", f"({text})", f"+{text}", f" {text}"))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9), st.booleans(), st.sampled_from(["", *WRONG]))
def test_columns_of_numbers_are_what_each_cell_says(seed, quoted, wrong):
    rng = random.Random(seed)
    cells = [printed(rng) for _ in range(2500)]
    if wrong:
        cells[rng.randrange(2500)] = wrong
    table = byte_table(table_of([["x", cell] for cell in cells], ";", quoted).encode(), ";", 10**6)
    assert table is not None
    if wrong:
        with pytest.raises(CellError) as caught:
            table.typed(1).numbers()
        assert (caught.value.index, caught.value.text) == (cells.index(wrong), wrong)
        return
    column = table.typed(1).numbers()
    expected = [parse_number(cell) for cell in cells]
    assert list(column.decimals()) == [column.at(index) for index in range(2500)] == expected
    for ours, theirs in zip(column.decimals(), expected, strict=True):
        assert ours is theirs or (theirs is not None and ours.as_tuple() == theirs.as_tuple())
    assert column.total() == sum((number for number in expected if number is not None), Decimal(0))
    assert column.complete == (None not in expected)


def test_a_number_beyond_eighteen_digits_is_read_alone():
    text = LOTS.replace("5.00", "5.0000000000000000001", 1)
    assert read_bytes("lots.csv", text.encode(), today=TODAY).securities[0].price == Decimal("5.0000000000000000001")


# -- whole files ---------------------------------------------------------------------------------------------------


def lots_file(rng: random.Random) -> str:
    """A file of some thousand lots or positions with whatever brokers do to such files, some of it by chance."""

    def often() -> bool:
        return rng.random() < 0.8

    quoted, dollars, fine = rng.random() < 0.5, rng.random() < 0.5, rng.random() < 0.3
    keys = ["Account", "Symbol", "Quantity", "Market Value"]
    keys += [key for key in ("Description", "Price", "Date Acquired") if often()]
    keys += [key for key in ("Term", "Side", "CUSIP", "Account Name", "Currency", "Date") if rng.random() < 0.25]
    keys += rng.choice((["Cost Basis"], ["Cost Basis"], ["Unit Cost"], ["Gain/Loss"], ["Cost Basis", "Gain/Loss"], []))
    rng.shuffle(keys)
    symbols = [f"S{number:02d}" for number in range(40)] + ["912828ZZ6", "BRK/B", "ACME  260516C00055000"]
    odd = rng.choice((0.0, 0.0, 0.0005, 0.01))

    def money(amount: Decimal) -> str:
        if rng.random() < odd:
            return rng.choice(NUMBERS)
        text = f"{abs(amount):,.{3 if fine else 2}f}" if dollars else f"{abs(amount):.{3 if fine else 2}f}"
        text = f"${text}" if dollars else text
        return text if amount >= 0 else f"({text})" if dollars else f"-{text}"

    rows = [["Lots as of 03/10/2026"], [], keys] if rng.random() < 0.5 else [keys]
    for _ in range(rng.randint(2100, 2600)):
        number = rng.randrange(len(symbols))
        quantity = Decimal(rng.randint(1, 10**6)).scaleb(-rng.choice((0, 0, 3)))
        quantity = -quantity if rng.random() < odd else quantity
        price = Decimal(100 * (number + 3) + 7).scaleb(-2)
        value = quantity * price * (100 if number == 42 else 1) / (100 if number == 40 else 1)
        cost = Decimal(rng.randint(0, 10**6)).scaleb(-2) * rng.choice((1, 1, 1, -1 if quantity < 0 else 1))
        day = date(2026, 3, 1) - timedelta(days=rng.randint(-20, 5000))
        cells = {
            "Account": f"{1000 + rng.randrange(3)}",
            "Account Name": "Roth IRA",
            "Symbol": symbols[number],
            "Description": f"EXAMPLE {number}, INC" if quoted else f"EXAMPLE {number} INC",
            "CUSIP": "",
            "Quantity": f"{quantity:,f}" if dollars and quoted else f"{quantity:f}",
            "Price": money(price),
            "Market Value": money(value),
            "Cost Basis": money(cost),
            "Unit Cost": money(cost / quantity),
            "Gain/Loss": money(value - cost),
            "Date Acquired": "" if rng.random() < odd else f"{day:%m/%d/%Y}",
            "Term": rng.choice(("Long", "Short Term", "")),
            "Side": rng.choice(("Cash", "Margin", "")),
            "Currency": "EUR" if rng.random() < odd else "USD",
            "Date": "03/09/2026",
        }
        rows.append([cells[key] for key in keys])
        if rng.random() < odd / 4:
            special = rng.choice(("CASH", "Total", "a note that is no holding", ""))
            rows.append([special if key == "Symbol" else money(cost) if key == "Market Value" else "" for key in keys])
    if rng.random() < 0.3:
        rows += [[], ["Values are not verified, see the notes."]]
    if not quoted and dollars:
        return table_of(rows, "\t", False, rng.choice(("\n", "\r\n")))
    return table_of(rows, ",", quoted, rng.choice(("\n", "\r\n")), rng.random() < 0.7)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9))
def test_by_columns_is_by_rows(seed):
    data = lots_file(random.Random(seed)).encode()
    results = []
    for large in (0, 1 << 40):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sheets, "_LARGE", large)
            try:
                household = read_bytes("lots.csv", data, today=TODAY)
            except InputError as error:
                results.append(str(error))
                continue
            check(household)
            results.append(household)
    assert results[0] == results[1]
    if not isinstance(results[0], str):
        pairs = zip(results[0].lots, results[1].lots, strict=True)
        assert all(str(one) == str(other).replace("'-0.00'", "'0.00'") for one, other in pairs)


def test_lots_are_made_when_they_are_asked_for(tmp_path):
    rng = random.Random(7)
    lines = ["Account,Symbol,Description,Acquired,Quantity,Price,Market Value,Cost Basis"]
    for number in range(3000):
        quantity = rng.randint(1, 90)
        lines.append(
            f"{number % 3},S{number % 9},Example,05/06/20{number % 20:02d},{quantity},2.50,{quantity * 2.5:.2f},7.00"
        )
    path = tmp_path / "lots.csv"
    path.write_text("\n".join(lines))
    household = read_files([path], today=TODAY)
    assert callable(household._lots)
    assert [len(part) for part in household._lots.parts] == [1000, 1000, 1000]
    part = household._lots.parts[1]
    assert part[5] == part[5:6][0] == list(part)[5]
    lots = household.lots
    assert household.lots is lots
    assert type(lots) is tuple
    assert len(lots) == 3000
    assert sum(lot.market_value for lot in lots) == sum(account.market_value for account in household.accounts)


def test_large_positions_take_their_lots_and_are_renamed_by_cusip():
    lines = ["Account,CUSIP,Quantity,Price,Market Value"]
    lines += [f"{number},037833100,2,5.00,10.00" for number in range(3000)]
    small = "Account,Symbol,CUSIP,Quantity,Market Value\n7777,AAPL,037833100,1,5.00\n"
    both = read_two(("large.csv", "\n".join(lines)), ("small.csv", small))
    assert {lot.security for lot in both.lots} == {"AAPL"}
    assert len(both.lots) == 3001


def read_two(*files: tuple[str, str]):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, text in files:
            paths.append(Path(folder) / name)
            paths[-1].write_text(text)
        return read_files(paths, today=TODAY)


# -- workbooks -----------------------------------------------------------------------------------------------------


def workbook(rows: list[list[object]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Lots")
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**9))
def test_numbers_of_a_workbook_are_what_their_texts_say(seed):
    rng = random.Random(seed)

    def cell() -> object:
        kind = rng.random()
        if kind < 0.85:
            number = rng.choice((1, -1)) * rng.randint(0, 10 ** rng.randint(1, 15)) / 10 ** rng.randint(0, 9)
            return number if rng.random() < 0.9 else rng.uniform(1, 1000) * rng.choice((1, -1, 1000))
        return "" if kind < 0.9 else rng.choice(("--", "$5.00", "n/a", "(3)", 7, 0, -0.0, "1,234.5"))

    cells = [cell() for _ in range(2200)]
    plain = [[number] for number in cells if type(number) is float] + [[2.5]] * 2000
    for rows in ([[number] for number in cells], plain):
        texts = ["" if number is None else _text(number) for (number,) in rows]
        column = ValueTable([tuple(number for (number,) in rows)], range(len(rows)), _text).typed(0)
        assert list(column.numbers().decimals()) == [parse_number(text) for text in texts]
        assert column.listed() == texts
        assert column.distinct() == list(dict.fromkeys(texts))


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**9))
def test_a_workbook_by_columns_is_by_rows(seed):
    rng = random.Random(seed)
    rows: list[list[object]] = [["Account", "Symbol", "Quantity", "Price", "Market Value", "Cost Basis", "Acquired"]]
    for _ in range(2200):
        quantity, price = rng.randint(1, 10**5) / rng.choice((1, 1000)), rng.randint(1, 10**5) / 100
        cost = rng.choice((round(quantity, 2), "--", 0, None)) if rng.random() < 0.01 else round(quantity * 3, 2)
        day = date(2026, 3, 1) - timedelta(days=rng.randint(0, 4000))
        value = round(quantity * price, 2)
        rows.append([1000 + rng.randrange(3), f"S{rng.randrange(30)}", quantity, price, value, cost, day])
    rows.insert(1000, [None] * 7)
    data = workbook(rows)
    one = read_bytes("lots.xlsx", data, today=TODAY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workbooks, "_MANY", 1 << 40)
        other = read_bytes("lots.xlsx", data, today=TODAY)
    check(one)
    assert one == other
