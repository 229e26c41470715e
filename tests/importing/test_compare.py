"""What changed from one import to the next."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import attrs
from hypothesis import given
from hypothesis import strategies as st

from core.household import Account, AccountKind, Household, Lot, Security, SecurityType, Term
from core.importing.compare import compare
from tests.importing.households import households

D = Decimal


def household(*accounts: tuple[str, dict[str, tuple]], cash: dict[str, str] | None = None, **prices: str) -> Household:
    """Accounts as (id, {symbol: (quantity, cost)}); a quantity may be a list of (date, quantity) lots."""
    lots, listed, names = [], [], {}
    for identity, held in accounts:
        for symbol, (quantity, cost) in held.items():
            names[symbol] = D(prices.get(symbol, "10"))
            pieces = quantity if isinstance(quantity, list) else [(None, quantity)]
            for acquired, number in pieces:
                value = (D(number) * names[symbol]).quantize(D("0.01"))
                basis = None if cost is None else D(cost) / len(pieces)
                lots.append(Lot(identity, symbol, D(number), value, basis, acquired, Term.UNKNOWN))
        balance = D((cash or {}).get(identity, "0"))
        total = balance + sum((lot.market_value for lot in lots if lot.account == identity), D(0))
        listed.append(Account(identity, identity, "X", AccountKind.TAXABLE, "file", balance, D(0), total))
    securities = tuple(Security(s, s, None, s, SecurityType.STOCK, price) for s, price in names.items())
    return Household("H", date(2026, 1, 1), tuple(listed), securities, tuple(lots))


@given(households())
def test_nothing_changes_from_a_household_to_itself(one):
    assert compare(one, one).is_empty


def test_new_gone_and_changed():
    old = household(("A", {"AA": (10, "50"), "BB": (5, "20"), "CC": (7, None)}), cash={"A": "100"})
    new = household(("A", {"AA": (12, "70"), "CC": (7, None), "DD": (1, "9")}), cash={"A": "60"}, AA="11")
    difference = compare(old, new)
    assert [(c.security, c.old_quantity, c.new_quantity) for c in difference.changed] == [("AA", 10, 12)]
    assert [(c.security, c.new_value) for c in difference.new] == [("DD", D(10))]
    assert [(c.security, c.old_value) for c in difference.gone] == [("BB", D(50))]
    assert difference.cash == (("A", D(100), D(60)),)
    assert not difference.splits
    assert not difference.accounts_new
    assert not difference.is_empty


def test_a_price_alone_is_no_difference():
    assert compare(household(("A", {"AA": (10, "50")})), household(("A", {"AA": (10, "50")}), AA="14")).is_empty


def test_accounts_new_gone_masked_and_renumbered():
    held = {"AA": (10, "50"), "BB": (5, "20"), "CC": (3, "1")}
    old = household(
        ("XXXX-1234", held), ("T-77", {"DD": (1, "1"), "EE": (2, "2"), "FF": (3, "3")}), ("OLD", {"GG": (9, "9")})
    )
    new = household(
        ("...234", held), ("S-500", {"DD": (1, "1"), "EE": (2, "2"), "FF": (4, "4")}), ("NEW", {"HH": (9, "9")})
    )
    difference = compare(old, new)
    assert [(m.old_id, m.new_id) for m in difference.accounts_renamed] == [("XXXX-1234", "...234"), ("T-77", "S-500")]
    assert difference.accounts_renamed[0].reason == "both numbers end in 1234"
    assert "67%" in difference.accounts_renamed[1].reason
    assert [account.id for account in difference.accounts_gone] == ["OLD"]
    assert [account.id for account in difference.accounts_new] == ["NEW"]
    assert [(c.account, c.security) for c in difference.changed] == [("S-500", "FF")]
    assert not difference.new


def test_a_new_name_of_an_account():
    old = household(("A", {"AA": (10, "50")}))
    named = attrs.evolve(old.accounts[0], name="Jane's", kind=AccountKind.ROTH)
    difference = compare(old, attrs.evolve(old, accounts=(named,)))
    assert [(m.old_name, m.new_name, m.reason) for m in difference.accounts_renamed] == [("A", "Jane's", "")]
    assert difference.kinds == (("A", "taxable", "roth"),)


@given(
    st.sampled_from([(2, 1), (3, 2), (4, 1), (10, 1), (1, 10), (1, 4)]),
    st.integers(10, 4000).map(lambda n: n * 20),
    st.integers(80, 120),
)
def test_splits(terms, quantity, move):
    new, old = terms
    before = household(("A", {"AA": (quantity, "500")}), ("B", {"AA": (quantity * 3, "900")}), AA="120.00")
    price = (D(120) * old / new * move / 100).quantize(D("0.01"))
    after = household(
        ("A", {"AA": (D(quantity) * new / old, "500")}),
        ("B", {"AA": (D(quantity) * 3 * new / old, "900")}),
        AA=str(price),
    )
    difference = compare(before, after)
    assert [(s.security, s.ratio, s.text) for s in difference.splits] == [("AA", Fraction(new, old), f"{new}:{old}")]
    assert not difference.changed


def test_a_purchase_that_doubles_a_position_is_no_split():
    difference = compare(household(("A", {"AA": (10, "50")})), household(("A", {"AA": (20, "150")})))
    assert not difference.splits
    assert len(difference.changed) == 1


def test_other_lots_of_the_same_quantity():
    one = [(date(2020, 1, 2), 5), (date(2021, 1, 2), 5)]
    other = [(date(2020, 1, 2), 4), (date(2022, 1, 2), 6)]
    (change,) = compare(household(("A", {"AA": (one, "50")})), household(("A", {"AA": (other, "50")}))).changed
    assert change.lots_changed
    assert change.old_quantity == change.new_quantity
