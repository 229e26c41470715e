"""The table of cash: to the cent where there is room, in whole dollars where not, never half a figure."""

from decimal import Decimal

import attrs
import pytest

from core.household import Account, AccountKind
from desktop.pages.cash_table import CashTable


@attrs.frozen
class Row:
    account: Account
    before: Decimal
    sales: Decimal
    purchases: Decimal
    after: Decimal
    tickets: Decimal = Decimal(0)
    flows: Decimal = Decimal(0)
    reserve: Decimal = Decimal("10.00")
    ties: bool = True
    keeps_reserve: bool = True


@pytest.fixture
def table(qtbot):
    table = CashTable()
    qtbot.addWidget(table)
    cash = Decimal("12.34")
    account = Account("1", "Joint brokerage of the family", None, AccountKind.TAXABLE, "file", cash, Decimal(0), cash)
    table.show_rows((Row(account, cash, Decimal("1500000.60"), Decimal("1400000.10"), Decimal("100012.84")),))
    return table


def amounts(table):
    item = table.topLevelItem(0)
    return [item.text(column) for column in (1, 2, 3, 6)]


def test_the_cents_go_before_a_figure_is_cut(table):
    whole = table.fit(2_000)
    assert amounts(table) == ["$12.34", "$1,500,000.60", "−$1,400,000.10", "$100,012.84"]
    assert table.fit(whole - 1) < whole
    assert amounts(table) == ["$12", "$1,500,001", "−$1,400,000", "$100,013"]
    assert table.topLevelItem(0).toolTip(2).startswith("$1,500,000.60\n")
    assert table.fit(whole) == whole
    assert amounts(table)[0] == "$12.34"


def test_where_nothing_fits_names_can_be_read_all_the_same(table):
    assert table.fit(200) == 200
    assert table.columnWidth(0) > 100
    table.show_rows(())
    assert table.fit(200) == 0
    assert table.topLevelItemCount() == 0
