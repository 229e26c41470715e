"""Readings of any number of files -> one household.

The newest file wins for each account; lots are laid onto positions; every row that is not used after all is listed as
skipped, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain, repeat
from types import NoneType

import attrs

from core.household import (
    Account,
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
from core.importing.drafts import make_lots
from core.importing.held import all_lots, days_of, in_columns, securities_of, worth
from core.importing.joining import JoinedAccount, chosen_kinds, join_accounts, tax_kind
from core.importing.lots import lay_onto
from core.importing.memo import Memo
from core.importing.records import AccountRead, CashRecord, Reading, Record, Role
from core.importing.unify import unify_securities
from core.importing.watch import UNWATCHED, Watch
from core.money import ZERO, to_cents
from core.money import market_value as value_of
from core.tax.holding_period import term
from core.words import count_words, day_words, number_words


def merge(
    readings: Sequence[Reading], *, name: str, kinds: Mapping[str, str], today: date, watch: Watch = UNWATCHED
) -> Household:
    """One household out of the readings of its files.

    Parameters
    ----------
    readings
        In the order of the files.
    kinds
        Account (its id, the digits that are legible of it, or its name) -> tax kind, as the user says.
    today
        The household's date where no file states one.
    watch
        Ends the work when it is cancelled or takes too long.

    Raises
    ------
    UsageError
        Where ``kinds`` names an account that no file has, or a kind that there is not.
    """
    as_of = max((reading.as_of for reading in readings if reading.as_of is not None), default=today)
    unify_securities(readings)
    findings = [finding for reading in readings for finding in reading.findings]
    joined, ambiguous = join_accounts(readings)
    findings += ambiguous
    securities = _securities(readings)
    terms: Memo[date | None, Term] = Memo(lambda acquired: term(acquired, as_of))
    chosen = chosen_kinds([(account.id, account.name) for account in joined], kinds)
    accounts: list[Account] = []
    parts: list[Sequence[Lot]] = []
    for account in joined:
        watch.check()
        held, cash, pending = _holdings(account, securities, terms, findings)
        kind, source, found = tax_kind(account, chosen)
        findings += found
        value = worth(held) + cash + pending
        accounts.append(Account(account.id, account.name, account.custodian, kind, source, cash, pending, value))
        parts.append(held)
    used = set[str]().union(*map(securities_of, parts))
    findings += _dates(readings, as_of, today)
    findings += _future(parts, as_of)
    priced = _priced([security for security in securities.values() if security.id in used], parts, findings)
    return Household(
        name,
        as_of,
        tuple(accounts),
        priced,
        all_lots(parts),
        tuple(_source(reading) for reading in readings),
        tuple(findings),
    )


#: Types whose price may follow from quantity and value; of options and bonds the files' own words decide.
_PLAIN_TYPES = (SecurityType.STOCK, SecurityType.ETF, SecurityType.MUTUAL_FUND, SecurityType.MONEY_MARKET)
_PRICE_DIGITS = Decimal("0.0001")


def _priced(
    securities: Sequence[Security], parts: Sequence[Sequence[Lot]], findings: list[Finding]
) -> tuple[Security, ...]:
    """Securities without a stated price get value / quantity of their largest lot, to four digits, and that is said."""
    missing = {s.id for s in securities if s.price is None and s.type in _PLAIN_TYPES}
    if not missing:
        return tuple(securities)
    largest: dict[str, Lot] = {}
    for lot in chain.from_iterable(parts):
        known = largest.get(lot.security)
        usable = lot.security in missing and lot.quantity > 0 and lot.market_value > 0
        if usable and (known is None or lot.market_value > known.market_value):
            largest[lot.security] = lot
    if largest:
        some = sorted(s.label for s in securities if s.id in largest)
        named = ", ".join(some[:8]) + (f" and {len(some) - 8} more" if len(some) > 8 else "")
        message = f"The files state no price for {named}; it is taken as value / quantity, to four digits."
        findings.append(Finding(Severity.INFO, "price-from-value", "", message))
    return tuple(
        attrs.evolve(s, price=(largest[s.id].market_value / largest[s.id].quantity).quantize(_PRICE_DIGITS))
        if s.id in largest
        else s
        for s in securities
    )


# -- holdings of one account -----------------------------------------------------------------------------------


def _holdings(
    account: JoinedAccount, securities: Mapping[str, Security], terms: Memo[date | None, Term], findings: list[Finding]
) -> tuple[Sequence[Lot], Decimal, Decimal]:
    """Lots, cash and pending activity of an account.

    The newest file that lists its positions (or nothing but its cash) tells what it holds; lot files add to that. Where
    there are lot files only, they are the holdings.
    """
    listing = [part for part in account.parts if part[1].positions or (part[1].cash and not part[1].lots)]
    whole = [part for part in listing if not part[0].partial]
    if whole and len(whole) < len(listing):
        for reading, read in listing:
            if reading.partial:
                _supersede(account, reading, read, max(whole, key=lambda part: part[0].stamp)[0], findings)
        listing = whole
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
    return _joined(account, lot_parts, securities, terms, findings), settled, pending


def _joined(
    account: JoinedAccount,
    parts: Sequence[tuple[Reading, Sequence[Record]]],
    securities: Mapping[str, Security],
    terms: Memo[date | None, Term],
    findings: list[Finding],
) -> Sequence[Lot]:
    """The records of an account as they stand, one file after another."""
    held = [_lots(account.id, records, securities, terms, reading, findings) for reading, records in parts]
    return held[0] if len(held) == 1 else list(chain.from_iterable(held))


def _supersede(
    account: JoinedAccount, reading: Reading, read: AccountRead, newest: Reading, findings: list[Finding]
) -> None:
    """Put aside what an older file says an account holds."""
    _unuse(reading, [*read.positions, *read.cash], f"{newest.file.name} lists {account.called} and is used instead")
    same_day = reading.as_of == newest.as_of and reading.minutes == newest.minutes
    if reading.partial:
        same_day, why = False, "the list of all its holdings and is used instead."
    elif same_day:
        why = "of the same date and was named later, so it is used instead. Leave one of the two out."
    else:
        why = "newer and is used instead."
    message = f"{account.called} stands in {newest.file.name} too; that file is {why}"
    severity = Severity.WARNING if same_day else Severity.INFO
    findings.append(Finding(severity, "superseded", reading.where, message))
    read.positions = ()
    read.cash.clear()


def _newest_lots(
    account: JoinedAccount, parts: Sequence[tuple[Reading, AccountRead]]
) -> list[tuple[Reading, Sequence[Record]]]:
    """The lots of each security from the newest file that has them (lot files come one for each security)."""
    if len(parts) < 2:
        return [(reading, read.lots) for reading, read in parts]
    result: list[tuple[Reading, Sequence[Record]]] = []
    newest: dict[str, Reading] = {}
    for reading, read in parts:
        for security in {record.security for record in read.lots}:
            if security not in newest or reading.stamp > newest[security].stamp:
                newest[security] = reading
    for reading, read in parts:
        kept = [record for record in read.lots if newest[record.security].file == reading.file]
        if len(kept) < len(read.lots):
            old = [record for record in read.lots if newest[record.security].file != reading.file]
            _unuse(reading, old, f"a newer file has the lots of {account.called}")
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
) -> Sequence[Lot]:
    """Records as they stand, valued at the security's price where the file states no value."""
    if not records:
        return []
    if in_columns(records):
        from core.importing.record_columns import LotColumns

        return LotColumns(account, records, terms.__getitem__)
    _, ids, quantities, values, costs, acquired, sides, stated = zip(*records, strict=True)
    if NoneType in set(map(type, values)):
        values = tuple(
            _valued(record, securities[record.security], reading, findings) if record.value is None else record.value
            for record in records
        )
    held: Iterable[Term] = map(terms.__getitem__, acquired)
    if any(stated) and None in set(acquired):
        held = [own if own is not Term.UNKNOWN else said or own for own, said in zip(held, stated, strict=True)]
    return make_lots(repeat(account), ids, quantities, values, costs, acquired, held, sides, count=len(records))


def _valued(record: Record, security: Security, reading: Reading, findings: list[Finding]) -> Decimal:
    if security.price is not None:
        return value_of(record.quantity, security.price, security.multiplier)
    message = f"{security.label}: neither a value nor a price is stated; it counts as $0.00. Give it a price."
    findings.append(Finding(Severity.WARNING, "no-value", f"{reading.where} row {record.row}", message))
    return ZERO


def _laid(
    account: JoinedAccount,
    kept: Sequence[tuple[Reading, AccountRead]],
    lot_parts: Sequence[tuple[Reading, Sequence[Record]]],
    securities: Mapping[str, Security],
    terms: Memo[date | None, Term],
    findings: list[Finding],
) -> Sequence[Lot]:
    """Positions, each replaced by its lots where a file lists them."""
    lots: dict[str, list[tuple[Reading, Record]]] = {}
    for reading, records in lot_parts:
        for record in records:
            lots.setdefault(record.security, []).append((reading, record))
    if not lots:
        listed = [(reading, read.positions) for reading, read in kept]
        return _joined(account, listed, securities, terms, findings)
    positions: dict[str, list[Lot]] = {}
    for reading, read in kept:
        records = _with_values_of_lots(read.positions, lots, securities)
        for lot in _lots(account.id, records, securities, terms, reading, findings):
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
            _unuse(one, [record], f"{account.called} holds no {security} in its positions file")
        total = sum((record.quantity for _, record in unused), ZERO)
        label = securities[security].label
        units = f"{number_words(total)} unit{'' if abs(total) == 1 else 's'}"
        lots_are = f"{count_words(len(unused), 'lot')} of {label} ({units})"
        message = (
            f"{lots_are} {'is' if len(unused) == 1 else 'are'} not used: the positions file of {account.called} lists "
            f"no {label}. Export both on the same day."
        )
        findings.append(Finding(Severity.WARNING, "lots-without-position", reading.where, message))
    return result


def _with_values_of_lots(
    records: Sequence[Record], lots: Mapping[str, Sequence[tuple[Reading, Record]]], securities: Mapping[str, Security]
) -> Sequence[Record]:
    """Positions of which the file states neither value nor price are worth what their lots are, where those are all."""
    lacking: dict[str, list[Record]] = {}
    for record in records:
        if record.value is None and securities[record.security].price is None:
            lacking.setdefault(record.security, []).append(record)
    found: dict[int, Decimal] = {}
    for security, held in lacking.items():
        values = [record.value for _, record in lots.get(security, ())]
        quantity = sum((record.quantity for _, record in lots.get(security, ())), ZERO)
        if None in values or quantity == 0 or quantity != sum((record.quantity for record in held), ZERO):
            continue
        left = total = sum((value for value in values if value is not None), ZERO)
        for record in held[:-1]:
            found[record.row] = to_cents(total * record.quantity / quantity)
            left -= found[record.row]
        found[held[-1].row] = left
    return [record._replace(value=found.get(record.row, record.value)) for record in records] if found else records


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
        message = (
            f"No file states its date; {day_words(today)} is taken. If it is another, write it into the file's name: "
            f"positions {today.isoformat()}.csv."
        )
        return [Finding(Severity.WARNING, "no-date", "household", message)]
    if len(dates) > 1:
        span = f"{day_words(dates[0])} to {day_words(dates[-1])}"
        message = (
            f"The files are of {len(dates)} dates, {span}; values are as each file states them, holding periods as of "
            f"{day_words(as_of)}. Export all files on the same day."
        )
        return [Finding(Severity.WARNING, "several-dates", "household", message)]
    return []


def _future(parts: Sequence[Sequence[Lot]], as_of: date) -> list[Finding]:
    latest = max(filter(None, set[date | None]().union(*map(days_of, parts))), default=as_of)
    if latest <= as_of:
        return []
    late = [lot for lot in chain.from_iterable(parts) if lot.acquired is not None and lot.acquired > as_of]
    first = late[0]
    found = f"{first.security} on {day_words(first.acquired)}" if first.acquired else first.security
    were = f"{count_words(len(late), 'lot')} {'was' if len(late) == 1 else 'were'}"
    message = f"{were} acquired after {day_words(as_of)}, the first of {found}. Is a date wrong?"
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
