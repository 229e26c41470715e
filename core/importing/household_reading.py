"""Household JSON files among the inputs: taken as they are when alone, merged with exports otherwise."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from core.errors import InputError
from core.household import Household, SkippedRow, Term
from core.household_json import household_from_json
from core.importing.records import AccountRead, CashRecord, FileInfo, Reading, Record, Role
from core.importing.sheets import decode

LAYOUT = "household-json"
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        raise InputError(f"the key {next(name for name in names if names.count(name) > 1)!r} stands twice")
    return result


def parse(path: str, data: bytes) -> Household | None:
    """The household in a JSON file, or None where the content is not a JSON object.

    Raises
    ------
    InputError
        Where it starts like one but is damaged or does not follow the schema.
    """
    start = data[:256]
    for mark in _MARKS:
        start = start.removeprefix(mark)
    start = start.replace(b"\0", b"").lstrip()
    if not start.startswith(b"{"):
        return None
    try:
        document = json.loads(decode(path, data), parse_float=Decimal, object_pairs_hook=_no_repeats)
    except InputError as error:
        raise InputError(f"{path}: {str(error).removeprefix(f'{path}: ')}.") from None
    except RecursionError:
        raise InputError(f"{path}: the JSON is nested too deeply to be a household.") from None
    except ValueError as error:
        raise InputError(f"{path}: the JSON is damaged ({error}).") from None
    return household_from_json(document, path)


def reading_of(household: Household, file: FileInfo) -> Reading:
    """The household as a reading, to be merged with other files. Each lot and balance counts as a row."""
    reading = Reading(file, LAYOUT, Role.POSITIONS, None, as_of=household.as_of)
    reading.securities = dict(household.security_by_id)
    reading.findings = list(household.findings)
    row = 0
    for account in household.accounts:
        read = AccountRead(account.id, account.name, account.kind.value, account.kind_source, account.custodian)
        reading.accounts[account.id] = read
        for amount, pending in ((account.cash, False), (account.pending, True)):
            row += 1
            if amount:
                read.cash.append(CashRecord(row, amount, pending))
            else:
                reading.skipped.append(SkippedRow(row, "no cash" if not pending else "no pending activity"))
    positions: dict[str, list[Record]] = {}
    for lot in household.lots:
        row += 1
        stated = None if lot.acquired is not None or lot.term is Term.UNKNOWN else lot.term
        amounts = (lot.quantity, lot.market_value, lot.cost_basis)
        record = Record(row, lot.security, *amounts, lot.acquired, lot.side, stated)
        positions.setdefault(lot.account, []).append(record)
    for account_id, records in positions.items():
        reading.accounts[account_id].add(records, lots=False)
    reading.rows = row
    return reading


def alone(households: list[Household], readings: list[Reading]) -> Household | None:
    """The household as its JSON says it, where one JSON file is the only input; else None."""
    return households[0] if len(households) == len(readings) == 1 else None
