"""Where no file states a price, value / quantity gives it, and that is said."""

from datetime import date
from decimal import Decimal

from core.importing.read import read_bytes

DAY = date(2026, 6, 30)


def household(text: str):
    return read_bytes("holdings.csv", text.encode(), today=DAY)


def test_value_and_quantity_give_the_price_to_four_digits():
    found = household("Symbol,Name,Quantity,Market Value\nVOO,Vanguard S&P 500 ETF,14.83,10585.80\n")
    assert found.security_by_id["VOO"].price == Decimal("713.8098")
    (note,) = [f for f in found.findings if f.code == "price-from-value"]
    assert "VOO" in note.message


def test_a_stated_price_stands():
    found = household("Symbol,Name,Quantity,Price,Market Value\nVOO,Vanguard S&P 500 ETF,10,700.00,7000.00\n")
    assert found.security_by_id["VOO"].price == Decimal("700.00")
    assert "price-from-value" not in {f.code for f in found.findings}


def test_the_largest_lot_decides_where_rounding_differs():
    text = "Symbol,Acquired,Quantity,Market Value\nVTI,2024-01-02,1,250.00\nVTI,2024-01-03,1000,250123.00\n"
    assert household(text).security_by_id["VTI"].price == Decimal("250.1230")
