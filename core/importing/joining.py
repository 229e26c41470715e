"""The same account over several files: brought together under its different masks, with its tax kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import attrs

from core.errors import UsageError
from core.household import AccountKind, Finding, Severity
from core.importing.accounts import kind_from_name, same_account, visible_digits
from core.importing.records import AccountRead, Reading, Role
from core.words import name_and_number


@attrs.define
class JoinedAccount:
    """An account over all files: the readings that list it, in file order."""

    id: str
    name: str = ""
    custodian: str | None = None
    kind_text: str = ""
    kind_source: str = ""
    parts: list[tuple[Reading, AccountRead]] = attrs.Factory(list)

    @property
    def called(self) -> str:
        """The account in messages: its name and the end of its number."""
        return name_and_number(self.name, self.id)

    def add(self, reading: Reading, account: AccountRead) -> None:
        """Take in one more file's view of the account; the first that says something is believed."""
        self.custodian = self.custodian or account.custodian or reading.custodian
        if self.name in ("", self.id):
            self.name = account.name or self.id
        if not self.kind_text:
            self.kind_text, self.kind_source = account.kind_text, account.kind_source
        self.parts.append((reading, account))


def join_accounts(readings: Sequence[Reading]) -> tuple[list[JoinedAccount], list[Finding]]:
    """Bring the same account under its different masks together; position files first, for they name it best."""
    joined: dict[str, JoinedAccount] = {}
    findings: list[Finding] = []
    for reading in sorted(readings, key=lambda reading: reading.role is Role.LOTS):
        # Two accounts of one file are never one, however alike their masks are.
        others = list(joined.values())
        taken: set[str] = set()
        for account in reading.accounts.values():
            free = [item for item in others if item.id not in taken and _custodians_agree(item, reading, account)]
            fitting = [item for item in free if item.id == account.id and not (account.unnamed and item.parts)]
            if account.unnamed and reading.role is Role.LOTS and len(others) == 1:
                fitting = others
                message = (
                    f"The file names no account; its lots are taken to be of {others[0].called}, the only account."
                )
                findings.append(Finding(Severity.INFO, "lots-account", reading.where, message))
            fitting = fitting or [item for item in free if same_account(item.id, account.id)]
            if len(fitting) == 1:
                taken.add(fitting[0].id)
                fitting[0].add(reading, account)
                continue
            if fitting:
                which = ", ".join(item.called for item in fitting)
                named = name_and_number(account.name, account.id)
                message = f"{named} can be any of {which}; it is kept apart. Use a file with the full number."
                findings.append(Finding(Severity.WARNING, "account-ambiguous", reading.where, message))
            identity = account.id
            while identity in joined:
                identity += f" ({reading.custodian or reading.file.name})"
            joined[identity] = JoinedAccount(identity)
            joined[identity].add(reading, account)
    first = {id(account): place for place, (_, account) in enumerate(_in_file_order(readings))}
    ordered = sorted(joined.values(), key=lambda item: min(first[id(account)] for _, account in item.parts))
    return ordered, findings


def _in_file_order(readings: Sequence[Reading]) -> Iterable[tuple[Reading, AccountRead]]:
    return ((reading, account) for reading in readings for account in reading.accounts.values())


def _custodians_agree(item: JoinedAccount, reading: Reading, account: AccountRead) -> bool:
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


def tax_kind(account: JoinedAccount, chosen: Mapping[str, AccountKind]) -> tuple[AccountKind, str, list[Finding]]:
    """Tax kind of an account, where it comes from ("user", "file" or "guess"), and what to say of a guess."""
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
        message = f"Tax kind {guess.words} is guessed from the name '{account.name}'. Correct it if it is wrong."
        return guess, "guess", [Finding(Severity.INFO, "account-kind-guessed", account.id, message)]
    message = f"The name '{account.name}' does not tell the tax kind; taxable is assumed. Set the kind of this account."
    return AccountKind.TAXABLE, "guess", [Finding(Severity.WARNING, "account-kind-unknown", account.id, message)]
