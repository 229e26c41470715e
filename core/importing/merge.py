"""Readings of any number of files -> one household.

The newest file wins for each account; lots are laid onto positions; every row that is not used after all is listed as
skipped, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import attrs

from core.errors import UsageError
from core.household import (
    Account,
    AccountKind,
    Finding,
    Household,
    Lot,
    Security,
    Severity,
    SkippedRow,
    SourceFile,
    Term,
)
from core.importing.accounts import kind_from_name, same_account, visible_digits
from core.importing.lots import lay_onto
from core.importing.memo import Memo
from core.importing.records import AccountRead, CashRecord, Reading, Record, Role
from core.money import ZERO
from core.money import market_value as value_of
from core.tax.holding_period import term


@attrs.define
class _Joined:
    """An account over all files: the readings that list it, in file order."""

    id: str
    name: str
    custodian: str | None
    kind_text: str
    kind_source: str
    parts: list[tuple[Reading, AccountRead]] = attrs.Factory(list)


def merge(readings: Sequence[Reading], *, name: str, kinds: Mapping[str, str], today: date) -> Household:
    """One household out of the readings of its files.

    Parameters
    ----------
    readings
        In the order of the files.
    kinds
        Account (its id, the digits that are legible of it, or its name) -> tax kind, as the user says.
    today
        The household's date where no file states one.

    Raises
    ------
    UsageError
        Where ``kinds`` names an account that no file has, or a kind that there is not.
    """
    as_of = max((reading.as_of for reading in readings if reading.as_of is not None), default=today)
    findings = [finding for reading in readings for finding in reading.findings]
    joined, ambiguous = _join(readings)
    findings += ambiguous
    securities = _securities(readings)
    terms: Memo[date | None, Term] = Memo(lambda acquired: term(acquired, as_of))
    chosen = chosen_kinds([(account.id, account.name) for account in joined], kinds)
    accounts: list[Account] = []
    lots: list[Lot] = []
    for account in joined:
        held, cash, pending = _holdings(account, securities, terms, findings)
        kind, source, found = _kind(account, chosen)
        findings += found
        value = sum((lot.market_value for lot in held), ZERO) + cash + pending
        accounts.append(Account(account.id, account.name, account.custodian, kind, source, cash, pending, value))
        lots += held
    used = {lot.security for lot in lots}
    findings += _dates(readings, as_of, today)
    findings += _future(lots, as_of)
    return Household(
        name,
        as_of,
        tuple(accounts),
        tuple(security for security in securities.values() if security.id in used),
        tuple(lots),
        tuple(_source(reading) for reading in readings),
        tuple(findings),
    )


# -- accounts over files ---------------------------------------------------------------------------------------


def _join(readings: Sequence[Reading]) -> tuple[list[_Joined], list[Finding]]:
    """Bring the same account under its different masks together; position files first, for they name it best."""
    joined: list[_Joined] = []
    findings: list[Finding] = []
    ordered = [
        (reading, account)
        for lots_only in (False, True)
        for reading in readings
        for account in reading.accounts.values()
        if (reading.role is Role.LOTS) is lots_only
    ]
    for reading, account in ordered:
        # Two accounts of one file are never one, however alike their masks are.
        others = [
            item
            for item in joined
            if _custodians_agree(item, reading, account) and all(part is not reading for part, _ in item.parts)
        ]
        fitting = [item for item in others if item.id == account.id]
        if account.unnamed and reading.role is Role.LOTS and len(joined) == 1:
            fitting = joined[:]
            message = f"The file names no account; its lots are taken to be of {joined[0].id}, the only account."
            findings.append(Finding(Severity.INFO, "lots-account", reading.where, message))
        fitting = fitting or [item for item in others if same_account(item.id, account.id)]
        if len(fitting) == 1:
            item = fitting[0]
            item.custodian = item.custodian or account.custodian or reading.custodian
            if item.name == item.id and account.name not in ("", account.id):
                item.name = account.name
            item.kind_text = item.kind_text or account.kind_text
            item.parts.append((reading, account))
            continue
        if len(fitting) > 1:
            which = ", ".join(item.id for item in fitting)
            message = f"Account {account.id} can be any of {which}; it is kept apart. Use a file with the full number."
            findings.append(Finding(Severity.WARNING, "account-ambiguous", reading.where, message))
        identity = account.id
        if any(item.id == identity for item in joined):
            identity = f"{account.id} ({reading.custodian or reading.file.name})"
        joined.append(
            _Joined(
                identity,
                account.name,
                account.custodian or reading.custodian,
                account.kind_text,
                account.kind_source,
                [(reading, account)],
            )
        )
    first = {id(account): place for place, (_, account) in enumerate(_in_file_order(readings))}
    joined.sort(key=lambda item: min(first[id(account)] for _, account in item.parts))
    return joined, findings


def _in_file_order(readings: Sequence[Reading]) -> Iterable[tuple[Reading, AccountRead]]:
    return ((reading, account) for reading in readings for account in reading.accounts.values())


def _custodians_agree(item: _Joined, reading: Reading, account: AccountRead) -> bool:
    custodian = account.custodian or reading.custodian
    return item.custodian is None or custodian is None or item.custodian == custodian


def chosen_kinds(accounts: Sequence[tuple[str, str]], kinds: Mapping[str, str]) -> dict[str, AccountKind]:
    """Tax kinds by account id, as the user says.

    Parameters
    ----------
    accounts
        (id, name) of every account.
    kinds
        Account (its id, the digits that are legible of it, or its name) -> tax kind.

    Raises
    ------
    UsageError
        Where a key names no account or several, or a kind does not exist.
    """
    chosen: dict[str, AccountKind] = {}
    for key, text in kinds.items():
        try:
            kind = AccountKind(text.strip().casefold())
        except ValueError:
            known = ", ".join(kind.value for kind in AccountKind)
            raise UsageError(f"account kind {text!r} of {key} is unknown; kinds are {known}") from None
        hits = [identity for identity, _ in accounts if key.strip() == identity]
        hits = hits or [identity for identity, name in accounts if key.strip().casefold() == name.casefold()]
        hits = hits or [identity for identity, _ in accounts if visible_digits(key)[0] == visible_digits(identity)[0]]
        if len(hits) != 1:
            known = ", ".join(identity for identity, _ in accounts) or "none"
            problem = "fits several accounts" if hits else "is no account of these files"
            raise UsageError(f"account {key!r} {problem}; accounts are {known}")
        chosen[hits[0]] = kind
    return chosen


def _kind(account: _Joined, chosen: Mapping[str, AccountKind]) -> tuple[AccountKind, str, list[Finding]]:
    if account.id in chosen:
        return chosen[account.id], "user", []
    stated: AccountKind | None = None
    if account.kind_text:
        try:
            return AccountKind(account.kind_text), account.kind_source or "file", []
        except ValueError:
            stated = kind_from_name(account.kind_text)
    guess = kind_from_name(account.name)
    if stated is not None and (stated is not AccountKind.TAXABLE or guess is None):
        return stated, "file", []  # "Brokerage" in a column of types says less than "Traditional IRA" in the name
    if guess is not None:
        message = f"Tax kind {guess.value} is guessed from the name {account.name!r}. Correct it if it is wrong."
        return guess, "guess", [Finding(Severity.INFO, "account-kind-guessed", account.id, message)]
    message = f"The name {account.name!r} does not tell the tax kind; taxable is assumed. Set the kind of this account."
    return AccountKind.TAXABLE, "guess", [Finding(Severity.WARNING, "account-kind-unknown", account.id, message)]


# -- holdings of one account -----------------------------------------------------------------------------------


def _holdings(
    account: _Joined, securities: Mapping[str, Security], terms: Memo[date | None, Term], findings: list[Finding]
) -> tuple[list[Lot], Decimal, Decimal]:
    """Lots, cash and pending activity of an account.

    The newest file that lists its positions (or nothing but its cash) tells what it holds; lot files add to that. Where
    there are lot files only, they are the holdings.
    """
    listing = [part for part in account.parts if part[1].positions or (part[1].cash and not part[1].lots)]
    base = listing or [part for part in account.parts if part[1].cash]
    kept: list[tuple[Reading, AccountRead]] = []
    if base:
        newest = max(base, key=lambda part: part[0].stamp)[0]
        for reading, read in account.parts:
            if reading.file == newest.file:
                kept.append((reading, read))
            elif read.positions or read.cash:
                _supersede(account, reading, read, newest, findings)
    cash = [entry for _, read in kept for entry in read.cash]
    settled = sum((entry.amount for entry in cash if not entry.pending), ZERO)
    pending = sum((entry.amount for entry in cash if entry.pending), ZERO)
    lot_parts = _newest_lots(account, [part for part in account.parts if part[1].lots])
    if listing:
        return _laid(account, kept, lot_parts, securities, terms, findings), settled, pending
    held = [
        lot
        for reading, records in lot_parts
        for lot in _lots(account.id, records, securities, terms, reading, findings)
    ]
    return held, settled, pending


def _supersede(account: _Joined, reading: Reading, read: AccountRead, newest: Reading, findings: list[Finding]) -> None:
    """Put aside what an older file says an account holds."""
    _unuse(reading, [*read.positions, *read.cash], f"{newest.file.name} lists account {account.id} and is used instead")
    same_day = reading.as_of == newest.as_of and reading.minutes == newest.minutes
    message = f"Account {account.id} stands in {newest.file.name} too; that file is " + (
        "of the same date and was named later, so it is used instead. Leave one of the two out."
        if same_day
        else "newer and is used instead."
    )
    severity = Severity.WARNING if same_day else Severity.INFO
    findings.append(Finding(severity, "superseded", reading.where, message))
    read.positions.clear()
    read.cash.clear()


def _newest_lots(account: _Joined, parts: Sequence[tuple[Reading, AccountRead]]) -> list[tuple[Reading, list[Record]]]:
    """The lots of each security from the newest file that has them (lot files come one for each security)."""
    if len(parts) < 2:
        return [(reading, read.lots) for reading, read in parts]
    newest: dict[str, Reading] = {}
    for reading, read in parts:
        for security in {record.security for record in read.lots}:
            if security not in newest or reading.stamp > newest[security].stamp:
                newest[security] = reading
    result = []
    for reading, read in parts:
        kept = [record for record in read.lots if newest[record.security].file == reading.file]
        if len(kept) < len(read.lots):
            old = [record for record in read.lots if newest[record.security].file != reading.file]
            _unuse(reading, old, f"superseded: a newer file has the lots of account {account.id}")
        result.append((reading, kept))
    return result


def _unuse(reading: Reading, records: Iterable[Record | CashRecord], reason: str) -> None:
    """Move rows from used to skipped."""
    reading.skipped.extend(SkippedRow(record.row, reason) for record in records)


def _lots(
    account: str,
    records: Sequence[Record],
    securities: Mapping[str, Security],
    terms: Memo[date | None, Term],
    reading: Reading,
    findings: list[Finding],
) -> list[Lot]:
    """Records as they stand, valued at the security's price where the file states no value."""
    return [
        Lot(
            account,
            security,
            quantity,
            _valued(record, securities[security], reading, findings) if value is None else value,
            cost,
            acquired,
            terms[acquired],
            side,
        )
        for record in records
        for _, security, quantity, value, cost, acquired, side in (record,)
    ]


def _valued(record: Record, security: Security, reading: Reading, findings: list[Finding]) -> Decimal:
    if security.price is not None:
        return value_of(record.quantity, security.price, security.multiplier)
    message = f"{record.security}: neither a value nor a price is stated; it counts as $0.00."
    findings.append(Finding(Severity.WARNING, "no-value", f"{reading.where} row {record.row}", message))
    return ZERO


def _laid(
    account: _Joined,
    kept: Sequence[tuple[Reading, AccountRead]],
    lot_parts: Sequence[tuple[Reading, list[Record]]],
    securities: Mapping[str, Security],
    terms: Memo[date | None, Term],
    findings: list[Finding],
) -> list[Lot]:
    """Positions, each replaced by its lots where a file lists them."""
    lots: dict[str, list[tuple[Reading, Record]]] = {}
    for reading, records in lot_parts:
        for record in records:
            lots.setdefault(record.security, []).append((reading, record))
    if not lots:
        return [
            lot
            for reading, read in kept
            for lot in _lots(account.id, read.positions, securities, terms, reading, findings)
        ]
    positions: dict[str, list[Lot]] = {}
    for reading, read in kept:
        for lot in _lots(account.id, read.positions, securities, terms, reading, findings):
            positions.setdefault(lot.security, []).append(lot)
    result: list[Lot] = []
    for security, held in positions.items():
        own = lots.pop(security, [])
        laid = lay_onto(held, [record for _, record in own], securities[security], terms)
        result += laid.lots
        where = own[0][0].where if own else account.id
        findings += [Finding(severity, code, where, message) for severity, code, message in laid.findings]
        if not laid.used:
            for reading, record in own:
                _unuse(reading, [record], "the lots hold more than the position; the position file is used")
    for security, unused in lots.items():
        reading = unused[0][0]
        for one, record in unused:
            _unuse(one, [record], f"account {account.id} holds no {security} in its positions file")
        total = sum((record.quantity for _, record in unused), ZERO)
        message = (
            f"{len(unused)} lots of {security} ({total:f} units) are not used: the positions file of {account.id} "
            f"lists no {security}."
        )
        findings.append(Finding(Severity.WARNING, "lots-without-position", reading.where, message))
    return result


# -- the rest --------------------------------------------------------------------------------------------------


def _securities(readings: Sequence[Reading]) -> dict[str, Security]:
    """Every security once, as the newest file describes it; order of first appearance."""
    found: dict[str, tuple[tuple[bool, bool, tuple[date, int, int]], Security]] = {}
    for reading in readings:
        for security in reading.securities.values():
            rank = (security.price is not None, security.name != security.id, reading.stamp)
            if security.id not in found or rank > found[security.id][0]:
                found[security.id] = (rank, security)
    return {identity: security for identity, (_, security) in found.items()}


def _dates(readings: Sequence[Reading], as_of: date, today: date) -> list[Finding]:
    dates = sorted(
        {reading.as_of for reading in readings if reading.as_of is not None and reading.role is Role.POSITIONS}
    )
    if readings and not any(reading.as_of for reading in readings):
        message = f"No file states its date; {today.isoformat()} is taken."
        return [Finding(Severity.WARNING, "no-date", "household", message)]
    if len(dates) > 1:
        span = f"{dates[0]} to {dates[-1]}"
        message = (
            f"The files are of {len(dates)} dates, {span}; values are as each file states them, terms as of {as_of}."
        )
        return [Finding(Severity.WARNING, "several-dates", "household", message)]
    return []


def _future(lots: Sequence[Lot], as_of: date) -> list[Finding]:
    latest = max((lot.acquired for lot in lots if lot.acquired is not None), default=as_of)
    if latest <= as_of:
        return []
    late = [lot for lot in lots if lot.acquired is not None and lot.acquired > as_of]
    first = f"{late[0].security} on {late[0].acquired}"
    message = f"{len(late)} lots were acquired after {as_of}, the first of {first}. Is a date wrong?"
    return [Finding(Severity.WARNING, "acquired-later", late[0].account, message)]


def _source(reading: Reading) -> SourceFile:
    skipped = tuple(sorted(reading.skipped, key=lambda row: row.row))
    return SourceFile(
        reading.where,
        reading.file.sha256,
        reading.layout,
        reading.as_of,
        reading.rows,
        reading.rows - len(skipped),
        skipped,
        tuple(reading.control_totals),
    )
