"""Shorthands to read files in tests, and the accounting that every household must satisfy."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from core.household import Household
from core.importing.read import read_bytes, read_files

FIXTURES = Path(__file__).parent / "fixtures"
TODAY = date(2026, 11, 2)


def read(*paths: Path, **options) -> Household:
    household = read_files(paths, today=TODAY, **options)
    check(household)
    return household


def read_text(text: str, name: str = "file.csv", **options) -> Household:
    household = read_bytes(name, text.encode(), today=TODAY, **options)
    check(household)
    return household


def check(household: Household) -> None:
    """Rows are accounted for, accounts are the sum of their parts, ids refer to something."""
    for file in household.files:
        numbers = [row.row for row in file.skipped]
        assert file.rows == file.used + len(file.skipped)
        assert file.used >= 0
        assert numbers == sorted(numbers)
        assert len(set(numbers)) == len(numbers), f"a row is skipped twice in {file.path}"
        assert all(row.reason for row in file.skipped)
    for account in household.accounts:
        lots = [lot.market_value for lot in household.lots if lot.account == account.id]
        assert account.market_value == sum(lots, Decimal(0)) + account.cash + account.pending
    assert len(household.account_by_id) == len(household.accounts)
    assert len(household.security_by_id) == len(household.securities)
    for lot in household.lots:
        assert lot.account in household.account_by_id
        assert lot.security in household.security_by_id
        assert lot.quantity != 0
        assert lot.market_value == round(lot.market_value, 2)


def rows_with_content(path: Path) -> int:
    """Rows of a text file that are not wholly empty, counted with nothing of ours."""
    import csv
    import io

    text = path.read_bytes().decode("utf-8-sig", errors="replace").replace("\ufeff", "")
    return sum(any(cell.strip() for cell in row) for row in csv.reader(io.StringIO(text, newline="")))


def codes(household: Household) -> list[str]:
    return [finding.code for finding in household.findings]


def holdings(household: Household) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    """(account, security) -> (quantity, value)."""
    return {
        key: (sum((lot.quantity for lot in lots), Decimal(0)), sum((lot.market_value for lot in lots), Decimal(0)))
        for key, lots in household.lots_by_position.items()
    }
