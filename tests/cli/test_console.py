"""Tables and words on consoles of every kind."""

import io
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from desktop.console import Column, Console, counted, money, one_line, price, quantity, share, shortened


def console(encoding="utf-8"):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="")
    made = Console(stream, io.StringIO())

    def written():
        stream.flush()
        return raw.getvalue().decode(encoding)

    return made, written


def test_numbers_stand_at_the_right_and_the_total_under_a_line():
    made, written = console()
    made.table((Column("Name"), Column("Value", right=True)), [("a", "1.00"), ("bb", "20.00")], total=("Sum", "21.00"))
    assert written() == ("  Name  Value\n  a      1.00\n  bb    20.00\n  ────  ─────\n  Sum   21.00\n")


def test_signs_a_code_page_lacks_are_said_otherwise():
    made, written = console("ascii")
    made.line("✓ a → b – c…")
    assert written() == "ok a -> b - c...\n"


def test_elastic_columns_give_way_to_the_width():
    made, written = console()
    made.table((Column("Name", elastic=True), Column("Value", right=True)), [("x" * 400, "1.00")])
    assert max(len(line) for line in written().splitlines()) <= 160


def test_shortened_keeps_both_ends():
    assert shortened("abcdefghij", 7, "…") == "abcd…ij"
    assert shortened("abc", 7, "…") == "abc"


def test_figures():
    assert money(Decimal("1234567.8")) == "1,234,567.80"
    assert quantity(Decimal("1000.000")) == "1,000"
    assert quantity(Decimal("12.3450")) == "12.345"
    assert price(Decimal("521.7")) == "521.70"
    assert price(Decimal("1.00000")) == "1.00"
    assert price(Decimal("10.0015")) == "10.0015"
    assert share(-0.00001) == "0.0 %"
    assert [counted(0, "trade"), counted(1, "trade"), counted(2, "trade")] == ["0 trades", "1 trade", "2 trades"]
    assert one_line("a \n b\t c") == "a b c"


@given(st.text(max_size=60), st.sampled_from(["ascii", "cp1252", "cp437", "utf-8"]))
def test_no_text_stops_a_table(text, encoding):
    made, written = console(encoding)
    made.table((Column("A", elastic=True), Column("B", right=True)), [(text, "1")])
    made.line(text.replace("\n", " "))
    made.paragraph(text)
    assert "\x1b" not in written()


@given(st.decimals(min_value="0.0001", max_value="9999999", places=4))
def test_quantities_and_prices_lose_nothing(number):
    assert Decimal(quantity(number).replace(",", "")) == number
    assert Decimal(price(number).replace(",", "")) == number
