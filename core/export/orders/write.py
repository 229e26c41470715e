"""All orders of a plan as files, custodian by custodian, each read back before it is handed over."""

from __future__ import annotations

import re
from collections.abc import Sequence

import attrs

from core.errors import InputError
from core.export.orders import interactive_brokers, mapped, neutral, pershing, wealthscape
from core.export.orders.custodians import (
    INTERACTIVE_BROKERS,
    PERSHING,
    TEMPLATE,
    WEALTHSCAPE,
    Choice,
    CustodianFormats,
)
from core.export.orders.order import LeftOut, Order, OrderFile, ReadOrder, Written, refuse_unfit
from core.money import ZERO


def order_files(orders: Sequence[Order], formats: CustodianFormats) -> Written:
    """The files of all custodians, and the orders that none of them carries.

    Accounts get the numbers that ``formats`` maps them to. Every file is read back by the reader of its format and
    compared with the orders it was made from.

    Raises InputError where codes or a template are missing or don't fit, where an account number or symbol can't
    stand in an order file, or where two accounts are mapped to one number.
    """
    _refuse_joined_accounts(orders, formats)
    numbered = [attrs.evolve(o, account=formats.accounts.get(o.account, o.account)) for o in orders]
    refuse_unfit(numbered)
    by_custodian: dict[str | None, list[Order]] = {}
    for order in numbered:
        by_custodian.setdefault(order.custodian, []).append(order)
    files: list[OrderFile] = []
    left: list[LeftOut] = []
    stems: set[str] = set()
    for custodian, own in by_custodian.items():
        choice = formats.choice(custodian)
        stem = _stem(custodian, choice, stems)
        written = _write(own, choice, formats, stem)
        for file in written.files:
            _verify(file, choice)
        files += written.files
        left += written.left_out
    return Written(tuple(files), tuple(left))


def _refuse_joined_accounts(orders: Sequence[Order], formats: CustodianFormats) -> None:
    """Two accounts under one number would send one client's orders to another's account."""
    owner: dict[str, str] = {}
    for account in dict.fromkeys(order.account for order in orders):
        number = formats.accounts.get(account, account)
        if owner.setdefault(number, account) != account:
            raise InputError(f"The accounts {owner[number]} and {account} are both mapped to the number {number}.")


def _stem(custodian: str | None, choice: Choice, taken: set[str]) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", (custodian or "").casefold()).strip("-") or "no-custodian"
    label = choice.template.name if choice.format == TEMPLATE and choice.template is not None else choice.format
    kind = re.sub(r"[^a-z0-9]+", "-", label.casefold()).strip("-") or "template"
    stem = f"orders-{words}" if words == kind else f"orders-{words}-{kind}"
    number = 2
    while stem in taken:
        stem, number = f"{stem}-{number}", number + 1
    taken.add(stem)
    return stem


def _write(orders: Sequence[Order], choice: Choice, formats: CustodianFormats, stem: str) -> Written:
    terms = formats.terms
    if choice.format == INTERACTIVE_BROKERS:
        return interactive_brokers.write(orders, terms, stem)
    if choice.format == PERSHING:
        return pershing.write(orders, terms, stem, choice.template)
    if choice.format == WEALTHSCAPE:
        if choice.codes is None:
            raise InputError("The Wealthscape format needs the custodian's codes (docs/orders.md).")
        return wealthscape.write(orders, terms, stem, choice.codes)
    if choice.format == TEMPLATE and choice.template is not None:
        return mapped.write(orders, terms, stem, choice.template)
    return neutral.write(orders, terms, stem)


def read_back(file: OrderFile, choice: Choice) -> tuple[ReadOrder, ...]:
    """The orders of a file, read by its format."""
    if choice.format == INTERACTIVE_BROKERS:
        return interactive_brokers.read(file.content, file.name)
    if choice.format == PERSHING:
        return mapped.read(file.content, pershing.template_of(choice.template), file.name)
    if choice.format == WEALTHSCAPE and choice.codes is not None:
        return wealthscape.read(file.content, choice.codes, file.name)
    if choice.format == TEMPLATE and choice.template is not None:
        return mapped.read(file.content, choice.template, file.name)
    return neutral.read(file.content, file.name)


def _verify(file: OrderFile, choice: Choice) -> None:
    """Compare what a reader finds with the orders that went in. Raises InputError at the first difference."""
    found = read_back(file, choice)
    if len(found) != len(file.orders):
        raise InputError(f"{file.name} holds {len(found)} orders instead of {len(file.orders)}; it was not written.")
    for order, seen in zip(file.orders, found, strict=True):
        symbols = {order.symbol, interactive_brokers.symbol_at_the_broker(order.symbol), order.cusip}
        quantity_kept = order.sell_all if seen.quantity is None else seen.quantity == order.quantity
        lots_kept = not seen.lots or (
            seen.lots == order.lots and sum((lot.quantity for lot in seen.lots), ZERO) == order.quantity
        )
        if not (
            seen.account == order.account
            and seen.symbol in symbols
            and seen.action is order.action
            and quantity_kept
            and lots_kept
        ):
            raise InputError(
                f"{file.name} does not read back as it was planned: {order.action.value} {order.symbol} in "
                f"{order.account}. It was not written. A column of the format may be too narrow or its codes unclear."
            )
