"""Checks of what was read against what the file itself says: row arithmetic and control totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from operator import mul, sub
from typing import cast

from core.household import ControlTotal, Finding, Severity
from core.importing.grid import Row
from core.importing.numbers import Numbers, decimals, parse_number
from core.importing.records import Reading
from core.money import CENT, ZERO
from core.tax.holding_period import term
from core.words import count_words, day_words, dollars, name_and_number

_HALF = Decimal("0.5")
_HALF_CENT = CENT / 2
_MOST_TERMS = 10


def printed_tolerance(quantity: Decimal, price: Decimal, value: Decimal, multiplier: Decimal) -> Decimal:
    """Largest gap between quantity x price x multiplier and value that rounding of the printed digits explains.

    Half a unit of the last digit of price and value each (two digits at least: trailing zeros may be lost), and of
    quantity where three or more digits are printed; a quantity with fewer is exact.
    """
    price_error = _HALF.scaleb(-max(decimals(price), 2)) if price != 1 else Decimal(0)
    quantity_error = _HALF.scaleb(-decimals(quantity)) if decimals(quantity) >= 3 else Decimal(0)
    value_error = _HALF.scaleb(-max(decimals(value), 2)) if decimals(value) < 2 else _HALF * CENT
    return value_error + multiplier * (abs(quantity) * price_error + abs(price) * quantity_error) + CENT / 10


def fits(quantity: Decimal, price: Decimal, value: Decimal, multiplier: Decimal) -> bool:
    """Whether quantity x price x multiplier is the value, within the printed digits."""
    gap = abs(quantity * price * multiplier - value)
    return gap <= _HALF_CENT or gap <= printed_tolerance(quantity, price, value, multiplier)


def misfits(quantity: Numbers, price: Numbers, value: Numbers, plain: bool) -> Iterable[int]:
    """Indices of the rows that :func:`fits` must look at: all, or those off by more than half a cent where it is plain
    quantity x price throughout (``plain``).
    """
    if not (plain and quantity.complete and price.complete and value.complete):
        return range(len(value.values))
    q, p, v = (cast("list[Decimal]", numbers.values) for numbers in (quantity, price, value))
    gaps = list(map(sub, map(mul, q, p), v))
    if max(gaps) <= _HALF_CENT and min(gaps) >= -_HALF_CENT:
        return ()
    return [index for index, gap in enumerate(gaps) if not -_HALF_CENT <= gap <= _HALF_CENT]


def file_percentages(reading: Reading, rows: Sequence[Row], places: Sequence[int]) -> list[Finding]:
    """Compare accounts with the shares of them that their rows print; only the first 20,000 rows are looked at.

    Parameters
    ----------
    rows
        All rows of the sheet.
    places
        Of the column of shares; none where the file has none.
    """
    if not places:
        return []
    shares: list[tuple[str, Decimal, Decimal]] = []
    totals: dict[str, tuple[Decimal, Decimal]] = {}
    names = {account.id: name_and_number(account.name, account.id) for account in reading.accounts.values()}
    for account in reading.accounts.values():
        pending = sum((entry.amount for entry in account.cash if entry.pending), ZERO)
        amounts = [(record.row, record.value or ZERO) for record in account.positions]
        amounts += [(entry.row, entry.amount) for entry in account.cash]
        totals[account.id] = (sum((amount for _, amount in amounts), ZERO), pending)
        for number, amount in amounts[:20_000]:
            row = rows[number - 1]
            try:
                share = parse_number(row[places[0]]) if places[0] < len(row) else None
            except ValueError:
                share = None
            if share is not None:
                shares.append((account.id, amount, share))
    return check_percentages(shares, totals, reading.where, names)


def stated_terms(pairs: Mapping[tuple[date, str], int], reading: Reading) -> list[Finding]:
    """A warning for each holding period that the file states otherwise than its dates say at the file's date.

    Parameters
    ----------
    pairs
        (acquired, stated term) -> number of the first such row.
    """
    if reading.as_of is None:
        return []
    wrong = [
        (number, acquired, stated)
        for (acquired, stated), number in pairs.items()
        if term(acquired, reading.as_of).value != stated
    ]
    findings = [
        Finding(
            Severity.WARNING,
            "lot-term",
            f"{reading.where} row {number}",
            f"The file calls a lot of {day_words(acquired)} {stated}-term; by its date it is "
            f"{term(acquired, reading.as_of).value}-term on {day_words(reading.as_of)}, which is used.",
        )
        for number, acquired, stated in sorted(wrong)[:_MOST_TERMS]
    ]
    if len(wrong) > _MOST_TERMS:
        message = f"{count_words(len(wrong) - _MOST_TERMS, 'more date')} with a stated holding period that differs."
        findings.append(Finding(Severity.WARNING, "lot-term", reading.where, message))
    return findings


def check_percentages(
    rows: Iterable[tuple[str, Decimal, Decimal]],
    totals: Mapping[str, tuple[Decimal, Decimal]],
    where: str,
    names: Mapping[str, str],
) -> list[Finding]:
    """Check each account against the shares of it that a file prints, for files that state no totals.

    The largest printed share implies the account's value; it must be the sum of the rows, with or without pending
    activity, within the rounding of the share (and a tenth of a per cent).

    Parameters
    ----------
    rows
        (account, value in dollars, share of the account in per cent) of each row.
    totals
        Account -> (sum of its rows, pending activity among it), dollars.
    names
        Account -> what messages call it.
    """
    largest: dict[str, tuple[Decimal, Decimal]] = {}
    for account, value, share in rows:
        if share > 0 and value > 0 and (account not in largest or share > largest[account][0]):
            largest[account] = (share, value)
    findings: list[Finding] = []
    for account, (share, value) in largest.items():
        total, pending = totals[account]
        implied = value * 100 / share
        slack = implied * max(_HALF.scaleb(-decimals(share)) * 3 / share, Decimal("0.001"))
        if min(abs(implied - total), abs(implied - (total - pending))) > slack:
            message = (
                f"{names.get(account, account)}: by the file's own percentages it is worth about {dollars(implied)}, "
                f"its rows sum to {dollars(total)}. Rows may be missing from the file: export it again."
            )
            findings.append(Finding(Severity.WARNING, "percent-of-account", where, message))
    return findings


def compare_totals(totals: Iterable[ControlTotal], where: str) -> list[Finding]:
    """A warning for each stated total that differs from what was read by more than a cent."""
    return [
        Finding(
            Severity.WARNING,
            "control-total",
            where,
            f"{total.scope}: the file states {dollars(total.stated)}, its rows add up to {dollars(total.read)}; "
            f"difference {dollars(total.difference)}. Rows may be missing from the file: export it again.",
        )
        for total in totals
        if abs(total.difference) > CENT
    ]
