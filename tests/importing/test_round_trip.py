"""Random accounts, written as brokers write them, are read back equal."""

import csv

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.importing.read import read_bytes
from tests.importing import writers
from tests.importing.reading import TODAY, check


def read_back(name: str, data: bytes):
    household = read_bytes(name, data, today=TODAY)
    check(household)
    return household


def accounts(household):
    return [
        (
            account.id,
            account.name,
            account.cash,
            [
                (lot.security, lot.quantity, lot.market_value, lot.cost_basis, lot.acquired)
                for lot in household.lots
                if lot.account == account.id
            ],
        )
        for account in household.accounts
    ]


def expected(books):
    return [
        (book.id, book.name, book.cash, [(h.symbol, h.quantity, h.value, h.cost, h.acquired) for h in book.holdings])
        for book in books
    ]


@pytest.mark.parametrize("writer", [writers.schwab, writers.fidelity, writers.generic])
@given(books=writers.books())
def test_positions(writer, books):
    household = read_back(*writer(books))
    assert accounts(household) == expected(books)
    assert household.as_of == writers.AS_OF
    for total in household.files[0].control_totals:
        assert total.difference == 0
    prices = {(book.id, h.symbol): h.price for book in books for h in book.holdings}
    assert {s.id: s.price for s in household.securities} == {
        symbol: next(price for (_, other), price in prices.items() if other == symbol) for _, symbol in prices
    }
    assert not [finding for finding in household.findings if finding.code in ("row-arithmetic", "control-total")]


@given(books=writers.books(dated=True))
def test_lots(books):
    assert accounts(read_back(*writers.generic(books))) == expected(books)


@given(books=writers.books(), drop=st.integers(0, 10**6))
def test_a_row_that_is_lost_is_noticed(books, drop):
    name, data = writers.schwab(books)
    lines = data.decode().split("\r\n")
    held = [index for index, line in enumerate(lines) if line.endswith('"Equity",""')]
    lost = held[drop % len(held)]
    gone = next(csv.reader([lines[lost]]))[4]
    assume(gone != "$0.00" and gone != "$0.01")  # a cent is within the tolerance
    del lines[lost]
    household = read_back(name, "\r\n".join(lines).encode())
    assert "control-total" in [finding.code for finding in household.findings]
