"""Households written the way brokers write them: the tests' own writers, which share nothing with the readers."""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import attrs
from hypothesis import strategies as st

AS_OF = date(2026, 3, 10)


@attrs.frozen
class Holding:
    """A position, or with a date a lot."""

    symbol: str
    name: str
    quantity: Decimal
    price: Decimal
    value: Decimal
    cost: Decimal | None
    acquired: date | None = None


@attrs.frozen
class Book:
    """One account as a broker knows it."""

    id: str
    name: str
    cash: Decimal
    holdings: tuple[Holding, ...]


SYMBOLS = st.from_regex(r"[A-Z]{1,4}", fullmatch=True).filter(lambda s: s not in {"CASH", "CORE", "USD", "NA", "BRKA"})
SYMBOLS = SYMBOLS.filter(lambda s: s not in {"BRKB", "BFA", "BFB", "NULL", "NAN", "NONE", "ADD", "TBD"})
SYMBOLS = SYMBOLS.filter(lambda s: s not in {"TOTA", "SUB"})
NAMES = st.from_regex(r"[A-Z][A-Z &,\"']{2,20}[A-Z]", fullmatch=True).map(lambda text: " ".join(f"{text} INC".split()))


def cents(low: int, high: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low, high).map(lambda number: Decimal(number) / 100)


@st.composite
def positions(draw, symbol: str, *, dated: bool = False) -> Holding:
    quantity = Decimal(draw(st.integers(1, 10**8))) / 10 ** draw(st.integers(0, 4))
    price = draw(cents(1, 10**5))
    value = (quantity * price).quantize(Decimal("0.01"))
    cost = draw(cents(1, 10**8) if dated else st.none() | cents(1, 10**8))
    acquired = draw(st.dates(AS_OF - timedelta(days=9000), AS_OF)) if dated else None
    return Holding(symbol, draw(NAMES), quantity, price, value, cost, acquired)


@st.composite
def books(draw, *, dated: bool = False) -> list[Book]:
    result = []
    for number in draw(st.lists(st.integers(1000, 9999), min_size=1, max_size=3, unique=True)):
        symbols = draw(st.lists(SYMBOLS, min_size=1, max_size=5, unique=True))
        held = tuple(draw(positions(symbol, dated=dated)) for symbol in symbols)
        name = draw(st.sampled_from(["Individual", "Roth IRA", "Doe Trust, Jane", "Rollover IRA"]))
        result.append(Book(f"XXXX-{number}", name, draw(cents(-(10**7), 10**8)), held))
    return result


def dollars(amount: Decimal | None, thousands: bool = True) -> str:
    if amount is None:
        return "--"
    digits = f"{abs(amount):,.2f}" if thousands else f"{abs(amount):.2f}"
    return f"{'-' if amount < 0 else ''}${digits}"


def table(rows: Sequence[Sequence[str]], quoted: bool, end: str) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL, lineterminator=end)
    writer.writerows(rows)
    return stream.getvalue()


def schwab(all_books: Sequence[Book]) -> tuple[str, bytes]:
    heading = [
        "Symbol",
        "Description",
        "Qty (Quantity)",
        "Price",
        "Mkt Val (Market Value)",
        "Cost Basis",
        "Asset Type",
        "",
    ]
    rows: list[list[str]] = [["Positions for All-Accounts as of 05:14 PM ET, 03/10/2026"], []]
    for book in all_books:
        rows += [[f"{book.name} {book.id}"], heading]
        for h in book.holdings:
            rows.append(
                [h.symbol, h.name, f"{h.quantity:,f}", f"{h.price:,}", dollars(h.value), dollars(h.cost), "Equity", ""]
            )
        rows.append(
            ["Cash & Cash Investments", "--", "--", "--", dollars(book.cash), "--", "Cash and Money Market", ""]
        )
        total = book.cash + sum(h.value for h in book.holdings)
        costs = sum(h.cost for h in book.holdings if h.cost is not None)
        rows += [["Positions Total", "", "--", "--", dollars(total), dollars(Decimal(costs)), "--"], [], []]
    return "All-Accounts-Positions-2026-03-10-171456.csv", table(rows, True, "\r\n").encode()


def fidelity(all_books: Sequence[Book]) -> tuple[str, bytes]:
    heading = "Account number,Account name,Symbol,Description,Quantity,Last price,Current value,Cost basis total,Type"
    rows = [heading.split(",")]
    for book in all_books:
        rows.append(
            [book.id, book.name, "SPAXX**", "HELD IN MONEY MARKET", "", "", dollars(book.cash, False), "", "Cash", ""]
        )
        for h in book.holdings:
            cells = [f"{h.quantity:f}", dollars(h.price, False), dollars(h.value, False), dollars(h.cost, False)]
            rows.append([book.id, book.name, h.symbol, h.name, *cells, "Cash", ""])
    rows += [
        [],
        ["Brokerage services are provided by a member, of SIPC."],
        [],
        ["Date downloaded Mar-10-2026 6:00 p.m ET"],
    ]
    return "Portfolio_Positions.csv", b"\xef\xbb\xbf" + table(rows, False, "\n").encode()


def generic(all_books: Sequence[Book]) -> tuple[str, bytes]:
    heading = [
        "Account",
        "Account Name",
        "Ticker",
        "Name",
        "Shares",
        "Price",
        "Market Value",
        "Cost Basis",
        "Date Acquired",
    ]
    rows = [heading]
    for book in all_books:
        rows.append([book.id, book.name, "CASH", "Cash", "", "", f"{book.cash}", "", ""])
        for h in book.holdings:
            cost = "" if h.cost is None else f"{h.cost}"
            day = f"{h.acquired:%m/%d/%Y}" if h.acquired else ""
            cells = [f"{h.quantity:f}", f"{h.price}", f"{h.value}", cost, day]
            rows.append([book.id, book.name, h.symbol, h.name, *cells])
    return "holdings 2026-03-10.csv", table(rows, False, "\n").encode("utf-16")
