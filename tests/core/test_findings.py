"""Alike findings stand as one for the reader, and nothing of them is lost."""

from datetime import date
from decimal import Decimal

import attrs
import pytest

from core.findings import grouped, place_of, still_open
from core.household import Account, AccountKind, Finding, Household, Severity

ZERO = Decimal(0)
NAMES = [f"Client {number}" for number in range(25)]
ACCOUNTS = tuple(
    Account(f"5512-{1000 + n}", name, None, AccountKind.TAXABLE, "guess", ZERO, ZERO, ZERO)
    for n, name in enumerate(NAMES)
)
UNKNOWN = tuple(
    Finding(Severity.WARNING, "account-kind-unknown", account.id, f"The name '{account.name}' does not tell.")
    for account in ACCOUNTS
)
HOUSEHOLD = Household("Invented", date(2026, 3, 2), ACCOUNTS, (), (), (), UNKNOWN)


def test_twenty_five_accounts_of_unknown_kind_are_one_finding_that_names_them_all():
    odd = Finding(Severity.WARNING, "no-cost", "/home/ada/a.csv", "The file states no cost basis.")
    first, other = grouped((UNKNOWN[0], odd, *UNKNOWN[1:]), HOUSEHOLD)
    assert first.findings == UNKNOWN
    assert (first.severity, first.place) == (Severity.WARNING, "25 accounts")
    assert first.message.startswith("The names of 25 accounts do not tell the tax kind; taxable is assumed.")
    assert first.message.endswith(f": {', '.join(NAMES)}.")
    assert (other.findings, other.place) == ((odd,), "a.csv")


def test_one_keeps_its_own_words():
    (only,) = grouped(UNKNOWN[:1], HOUSEHOLD)
    assert (only.message, only.place) == (UNKNOWN[0].message, "Client 0")


def test_the_same_words_of_several_files_are_said_once_with_the_files():
    said = [Finding(Severity.WARNING, "no-date", f"C:\\files\\{n}.csv", "The file states no date.") for n in "ab"]
    note = attrs.evolve(said[0], severity=Severity.INFO)
    group, alone = grouped([*said, note])
    assert (group.message, group.place) == ("The file states no date. (a.csv, b.csv)", "2 places")
    assert alone.findings == (note,)


def test_the_same_words_of_one_place_do_not_repeat_it():
    (group,) = grouped([UNKNOWN[0], UNKNOWN[0]])
    assert group.findings == (UNKNOWN[0], UNKNOWN[0])
    two = attrs.evolve(UNKNOWN[0], code="lot-term")
    (group,) = grouped([two, two])
    assert (group.message, group.place) == (two.message, two.where)


def test_a_kind_that_the_user_set_is_settled():
    chosen = attrs.evolve(ACCOUNTS[3], kind_source="user")
    household = attrs.evolve(HOUSEHOLD, accounts=(*ACCOUNTS[:3], chosen, *ACCOUNTS[4:]))
    assert set(UNKNOWN) - set(still_open(household)) == {UNKNOWN[3]}
    assert still_open(HOUSEHOLD) == UNKNOWN


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("/a/b.csv row 4", "b.csv row 4"),
        ("5512-1003", "Client 3"),
        ("5512-1003:VTI", "VTI in Client 3"),
        ("household", "Household"),
        ("", ""),
    ],
)
def test_places(where, words):
    assert place_of(where, HOUSEHOLD) == words
