"""Numbers and dates as brokers print them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.importing.dates import date_in_file_name, parse_date, parse_minutes
from core.importing.numbers import CellError, decimals, parse_column, parse_number

NUMBERS = {
    "$1,234.56": "1234.56",
    "-$1.00": "-1.00",
    "$-1.00": "-1.00",
    "+$2.24": "2.24",
    "($1,140.00)": "-1140.00",
    "(3)": "-3",
    "+3.4%": "3.4",
    ".1250": "0.1250",
    "-.0000": "0.0000",
    "1,273": "1273",
    "12.00 ": "12.00",
    "18S": "18",
    "@195.00": "195.00",
    "$1234.56": "1234.56",
    "$12,000.00*": "12000.00",
    "9,500.00 †": "9500.00",
    '="1,000.5"': "1000.5",
    "\N{MINUS SIGN}7": "-7",
    "1.5E+05": "150000",
    "2.": "2",
}
NULLS = ["", " ", "-", "--", "---", "----", "N/A", "n/a", "not applicable", "Add", "Multiple", "  --  "]
BAD = [
    "abc",
    "1,23",
    "1.234,56",
    "1 234",
    "12-3",
    "--1",
    "$",
    "1e99",
    "9" * 41,
    "(5",
    "5)",
    "1$2",
    "1,,000",
    "NaN5",
    "٣",
]


@pytest.mark.parametrize(("text", "value"), NUMBERS.items())
def test_number(text, value):
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize("text", NULLS)
def test_nothing(text):
    assert parse_number(text) is None


@pytest.mark.parametrize("text", BAD)
def test_no_number(text):
    with pytest.raises(ValueError):  # noqa: PT011 - the text itself is the message
        parse_number(text)
    with pytest.raises(CellError) as caught:
        parse_column(["1", text])
    assert caught.value.index == 1
    assert caught.value.text == text


def test_infinity_is_no_number():
    for text in ("Infinity", "inf", "sNaN", "1_000"):
        with pytest.raises(ValueError, match=text):
            parse_number(text)


@given(st.lists(st.sampled_from([*NUMBERS, *NULLS]), max_size=30))
def test_a_column_is_its_cells(cells):
    numbers = parse_column(cells)
    assert numbers.values == [parse_number(cell) for cell in cells]
    assert numbers.complete == all(value is not None for value in numbers.values)
    if any(value is not None and decimals(value) > 2 for value in numbers.values):
        assert numbers.fine
    if any(value is not None and value < 0 for value in numbers.values):
        assert numbers.signed


@given(st.lists(st.decimals(-(10**9), 10**9, places=3, allow_nan=False), max_size=30), st.booleans())
def test_a_column_of_printed_decimals_is_read_back(values, dollars):
    cells = [f"{'-' if v < 0 else ''}${abs(v):,.3f}" if dollars else f"{v:.3f}" for v in values]
    assert parse_column(cells).values == values


@given(st.text(max_size=50))
def test_any_text_is_a_number_or_nothing_or_an_error(text):
    try:
        value = parse_number(text)
    except ValueError:
        return
    assert value is None or value.is_finite()


DATES = {
    "03/04/2026": date(2026, 3, 4),
    "3/4/2026": date(2026, 3, 4),
    "2026/03/04": date(2026, 3, 4),
    "2026-03-04": date(2026, 3, 4),
    "20260304": date(2026, 3, 4),
    "Mar-04-2026": date(2026, 3, 4),
    "04-MAR-2026": date(2026, 3, 4),
    "Mar 04 2026": date(2026, 3, 4),
    "March 4, 2026": date(2026, 3, 4),
    "3/4/26": date(2026, 3, 4),
    "03/04/2026 13:22:52": date(2026, 3, 4),
    "5/15/26 03:00 AM ET": date(2026, 5, 15),
    "2026-03-04, 10:30:00": date(2026, 3, 4),
    "12/31/1969": None,
    "19510101": None,
    "--": None,
    "Multiple": None,
    "": None,
}


@pytest.mark.parametrize(("text", "value"), DATES.items())
def test_date(text, value):
    assert parse_date(text) == value


@pytest.mark.parametrize("text", ["17/11/2021", "02/30/2024", "yesterday", "13.5", "2024", "1/1/1700", "x" * 60])
def test_no_date(text):
    with pytest.raises(ValueError):  # noqa: PT011 - the text itself is the message
        parse_date(text)


@given(st.dates(date(1971, 1, 1), date(2068, 12, 31)))
def test_every_day_in_every_order(day):
    for form in ("%m/%d/%Y", "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%b-%d-%Y", "%d-%b-%Y", "%m/%d/%y", "%m/%d/%Y %H:%M:%S"):
        assert parse_date(day.strftime(form)) == day


@given(st.text(max_size=45))
def test_any_text_is_a_date_or_nothing_or_an_error(text):
    try:
        parse_date(text)
    except ValueError:
        return


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Individual-Positions-2026-03-10-171456.csv", date(2026, 3, 10)),
        ("Portfolio_Positions_Aug-15-2026.csv", date(2026, 8, 15)),
        ("Holdings_05182026.csv", date(2026, 5, 18)),
        ("U1234567_20260101_20260131.csv", date(2026, 1, 1)),
        ("lots.csv", None),
        ("account 1234567890.csv", None),
    ],
)
def test_date_in_a_file_name(name, value):
    assert date_in_file_name(name) == value


@pytest.mark.parametrize(("text", "minutes"), [("05:14 PM", 1034), ("12:00 AM", 0), ("9:12 a", 552), ("soon", None)])
def test_time_of_day(text, minutes):
    assert parse_minutes(text) == minutes
