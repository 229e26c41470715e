"""Price tables of securities that are not held."""

from decimal import Decimal

import attrs
import pytest

from core.errors import InputError
from core.household import SecurityType, Severity
from core.prices import PriceRow, read_prices, with_prices
from core.sample import sample_household


def table(tmp_path, text, name="prices.csv"):
    path = tmp_path / name
    path.write_text(text)
    return path


def test_symbols_names_and_types(tmp_path):
    path = table(tmp_path, 'Symbol,Price,Name,Type\nbrk/b,"$1,412.50",Berkshire,stock\n\nAVUV,108.42,,Mutual Fund\n')
    assert read_prices(path) == (
        PriceRow(2, "BRK.B", Decimal("1412.50"), "Berkshire", SecurityType.STOCK),
        PriceRow(4, "AVUV", Decimal("108.42"), "", SecurityType.MUTUAL_FUND),
    )


def test_the_order_of_columns_is_free_and_others_are_passed_over(tmp_path):
    path = table(tmp_path, "Last Price;Volume;Ticker\n12.5;9;IJS\n")
    assert read_prices(path) == (PriceRow(2, "IJS", Decimal("12.5")),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Symbol,Name\nIJS,x\n", "Price"),
        ("Symbol,Price\nIJS,\n", "row 2"),
        ("Symbol,Price\nIJS,-3\n", "'-3'"),
        ("Symbol,Price\nIJS,0\n", "above 0"),
        ("Symbol,Price\nIJS,cheap\n", "'cheap'"),
        ("Symbol,Price\n,3\n", "no symbol"),
        ("Symbol,Price,Type\nIJS,3,boat\n", "'boat'"),
        ("Symbol,Price\nIJS,3\nVBR,4\nijs,5\n", "row 4"),
        ("", "empty"),
    ],
)
def test_a_bad_table_is_refused_with_row_and_remedy(tmp_path, text, said):
    with pytest.raises(InputError, match=said):
        read_prices(table(tmp_path, text))


def test_new_securities_come_at_the_end_with_their_type():
    household = sample_household()
    priced = with_prices(household, [PriceRow(2, "ISCV", Decimal("70"))], "prices.csv")
    assert priced.securities[:-1] == household.securities
    added = priced.securities[-1]
    assert (added.id, added.price, added.type) == ("ISCV", Decimal("70"), SecurityType.ETF)
    assert priced.lots == household.lots


def test_a_price_that_was_missing_is_filled_in_and_a_stated_one_stays():
    household = sample_household()
    unpriced = attrs.evolve(
        household,
        securities=tuple(attrs.evolve(s, price=None) if s.id == "AVUV" else s for s in household.securities),
    )
    rows = [PriceRow(2, "AVUV", Decimal("99")), PriceRow(3, "VOO", Decimal("1"))]
    priced = with_prices(unpriced, rows, "prices.csv")
    assert priced.security_by_id["AVUV"].price == Decimal("99")
    assert priced.security_by_id["VOO"].price == household.security_by_id["VOO"].price
    note = priced.findings[-1]
    assert (note.severity, note.where) == (Severity.INFO, "prices.csv")
    assert "VOO" in note.message
