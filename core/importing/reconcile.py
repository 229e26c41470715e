"""Checks of what was read against what the file itself says: row arithmetic and control totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from core.household import ControlTotal, Finding, Severity
from core.importing.numbers import decimals
from core.money import CENT

_HALF = Decimal("0.5")


def printed_tolerance(quantity: Decimal, price: Decimal, value: Decimal, multiplier: Decimal) -> Decimal:
    """Largest gap between quantity x price x multiplier and value that rounding of the printed digits explains.

    Half a unit of the last digit of price and value each (two digits at least: trailing zeros may be lost), and of
    quantity where three or more digits are printed; a quantity with fewer is exact.
    """
    price_error = _HALF.scaleb(-max(decimals(price), 2)) if price != 1 else Decimal(0)
    quantity_error = _HALF.scaleb(-decimals(quantity)) if decimals(quantity) >= 3 else Decimal(0)
    value_error = _HALF.scaleb(-max(decimals(value), 2)) if decimals(value) < 2 else _HALF * CENT
    return value_error + multiplier * (abs(quantity) * price_error + abs(price) * quantity_error) + CENT / 10


def dollars(amount: Decimal) -> str:
    """An amount for a message: ``-$1,234.56``."""
    return f"{'-' if amount < 0 else ''}${abs(amount):,.2f}"


def fits(quantity: Decimal, price: Decimal, value: Decimal, multiplier: Decimal) -> bool:
    """Whether quantity x price x multiplier is the value, within the printed digits."""
    gap = abs(quantity * price * multiplier - value)
    return gap <= printed_tolerance(quantity, price, value, multiplier)


def check_percentages(
    rows: Iterable[tuple[str, Decimal, Decimal]], totals: Mapping[str, tuple[Decimal, Decimal]], where: str
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
    """
    largest: dict[str, tuple[Decimal, Decimal]] = {}
    for account, value, share in rows:
        if share > 0 and value > 0 and (account not in largest or share > largest[account][0]):
            largest[account] = (share, value)
    findings = []
    for account, (share, value) in largest.items():
        total, pending = totals[account]
        implied = value * 100 / share
        slack = implied * max(_HALF.scaleb(-decimals(share)) * 3 / share, Decimal("0.001"))
        if min(abs(implied - total), abs(implied - (total - pending))) > slack:
            message = (
                f"Account {account}: by the file's own percentages it is worth about {dollars(implied)}, its rows sum "
                f"to {dollars(total)}. Rows may be missing from the file: export it again."
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
