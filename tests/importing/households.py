"""Random households for property tests; every name and number invented."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from core.household import (
    Account,
    AccountKind,
    ControlTotal,
    Finding,
    Household,
    Lot,
    Security,
    SecurityType,
    Severity,
    SkippedRow,
    SourceFile,
    Term,
)

AS_OF = date(2026, 3, 10)
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)


def cents(low: int, high: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low, high).map(lambda number: Decimal(number) / 100)


def decimals(low: int, high: int, places: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low * 10**places, high * 10**places).map(lambda number: Decimal(number) / 10**places)


quantities = decimals(-5_000, 5_000, 4).filter(bool)


@st.composite
def sources(draw) -> SourceFile:
    skipped = draw(st.lists(st.builds(SkippedRow, st.integers(1, 99), words), max_size=3))
    used = draw(st.integers(0, 99))
    totals = draw(st.lists(st.builds(ControlTotal, words, cents(-(10**9), 10**9), cents(0, 10**9)), max_size=2))
    day = draw(st.none() | st.dates(date(2000, 1, 1), AS_OF))
    return SourceFile(
        draw(words), draw(words), draw(words), day, used + len(skipped), used, tuple(skipped), tuple(totals)
    )


@st.composite
def households(draw) -> Household:
    """Any household that keeps the contract's own rules."""
    securities = [
        Security(
            identity,
            draw(st.none() | words),
            draw(st.none() | words),
            draw(words),
            draw(st.sampled_from(SecurityType)),
            draw(st.none() | decimals(0, 9_000, 4)),
            draw(st.sampled_from([Decimal(1), Decimal(100), Decimal("0.01")])),
        )
        for identity in draw(st.lists(words, min_size=1, max_size=4, unique=True))
    ]
    ids = draw(st.lists(words, min_size=1, max_size=3, unique=True))
    lots = []
    for _ in range(draw(st.integers(0, 6))):
        acquired = draw(st.none() | st.dates(date(1990, 1, 1), AS_OF))
        long = acquired is not None and (AS_OF - acquired) > timedelta(days=400)
        if acquired is not None and not long and (AS_OF - acquired) > timedelta(days=360):
            acquired = None  # near the year the calendar decides: that is another test's matter
        term = Term.UNKNOWN if acquired is None else Term.LONG if long else Term.SHORT
        lots.append(
            Lot(
                draw(st.sampled_from(ids)),
                draw(st.sampled_from(securities)).id,
                draw(quantities),
                draw(cents(-(10**9), 10**9)),
                draw(st.none() | cents(-(10**9), 10**9)),
                acquired,
                term,
                draw(st.sampled_from([None, "cash", "margin"])),
            )
        )
    accounts = []
    for identity in ids:
        cash, pending = draw(cents(-(10**8), 10**8)), draw(cents(-(10**8), 10**8))
        value = sum((lot.market_value for lot in lots if lot.account == identity), cash + pending)
        kind, source = draw(st.sampled_from(AccountKind)), draw(st.sampled_from(["file", "guess", "user"]))
        accounts.append(Account(identity, draw(words), draw(st.none() | words), kind, source, cash, pending, value))
    findings = draw(st.lists(st.builds(Finding, st.sampled_from(Severity), words, words, words), max_size=2))
    files = draw(st.lists(sources(), max_size=2))
    return Household(draw(words), AS_OF, tuple(accounts), tuple(securities), tuple(lots), tuple(files), tuple(findings))
