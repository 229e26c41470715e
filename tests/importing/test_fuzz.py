"""No bytes, however broken, raise anything but an error in words; what is read is always accounted for."""

from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.importing.read import read_bytes
from tests.importing.reading import FIXTURES, TODAY, check

FILES = {path.name: path.read_bytes() for path in sorted(FIXTURES.glob("*/*"))}
PIECES = [
    *[
        b",",
        b"\t",
        b";",
        b"\n",
        b"\r\n",
        b'"',
        b"$1,234.56",
        b"-",
        b"--",
        b"(5)",
        b"1e9",
        b"999999999999999",
        b"\xff",
        b"\0",
    ],
    *[
        b"Symbol",
        b"Quantity",
        b"Price",
        b"Market Value",
        b"Cost Basis",
        b"Account",
        b"Total",
        b"CASH",
        b"VTI",
        b"1969-12-31",
    ],
    *[
        b"Date Acquired",
        b"912828ZZ6",
        b"=1+1",
        b"     02/09/2015",
        b"Pending activity",
        b"\xef\xbb\xbf",
        b"<table>",
        b"{}",
    ],
    *[
        b"Positions for account X ...252 as of 05:14 PM ET, 2026/03/10\n\n",
        b"X Lot Details for ...4321 as of 1:00 AM ET, 1/1/2020\n",
    ],
]


def survive(name: str, data: bytes) -> None:
    try:
        household = read_bytes(name, data, today=TODAY)
    except InputError:
        return
    check(household)


@given(st.binary(max_size=300))
def test_bytes(data):
    survive("file.csv", data)


@given(st.lists(st.sampled_from(PIECES), max_size=60).map(b"".join))
def test_pieces_of_brokers_files(data):
    survive("file.csv", data)


@given(st.lists(st.lists(st.sampled_from(PIECES[6:]), min_size=2, max_size=8), min_size=2, max_size=12))
def test_tables_of_pieces(rows):
    survive("file.csv", b"\n".join(b",".join(row) for row in rows))


@given(
    st.sampled_from(sorted(FILES)),
    st.lists(st.tuples(st.integers(0, 9999), st.sampled_from(PIECES), st.booleans()), max_size=4),
)
def test_damaged_exports(name, wounds):
    data = FILES[name]
    for at, piece, replace in wounds:
        at %= len(data) + 1
        data = data[:at] + piece + data[at + (len(piece) if replace else 0) :]
    survive(name, data)


@given(st.sampled_from(sorted(FILES)), st.integers(0, 9999))
def test_exports_that_break_off(name, length):
    survive(name, FILES[name][: length % len(FILES[name])])
