"""Findings for reading: those that say the same of several places stand as one, with all the places named."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePath, PureWindowsPath

import attrs

from core.household import Finding, Household, Severity
from core.words import count_words

_KIND_UNKNOWN, _KIND_GUESSED = "account-kind-unknown", "account-kind-guessed"

#: What is said of several accounts at once, by the code of the findings; {} is how many accounts.
_OF_ACCOUNTS = {
    _KIND_UNKNOWN: "The names of {} do not tell the tax kind; taxable is assumed. Set the kind of each:",
    _KIND_GUESSED: "The tax kinds of {} are guessed from their names. Correct those that are wrong:",
}


@attrs.frozen
class FindingGroup:
    """One finding, or several of one severity and code that say the same.

    message : in words, all places named where there are several. place : where it is, or of how many places it speaks.
    """

    findings: tuple[Finding, ...]
    message: str
    place: str

    @property
    def severity(self) -> Severity:
        """How serious each of them is."""
        return self.findings[0].severity


def grouped(
    findings: Iterable[Finding], household: Household | None = None, place: Callable[[str], str] | None = None
) -> tuple[FindingGroup, ...]:
    """Findings in their order, each group where its first one stands; none is left out.

    household : its accounts are called by their names. place : the words for where a finding is; usually
    :func:`place_of`.
    """
    words = place or (lambda where: place_of(where, household))
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        same = "" if finding.code in _OF_ACCOUNTS else finding.message
        groups.setdefault((finding.severity.value, finding.code, same), []).append(finding)
    return tuple(_group(tuple(held), words) for held in groups.values())


def still_open(household: Household) -> tuple[Finding, ...]:
    """The household's findings but those that the user has settled since: kinds of accounts that are set by hand."""
    settled = {account.id for account in household.accounts if account.kind_source == "user"}
    return tuple(
        finding for finding in household.findings if finding.code not in _OF_ACCOUNTS or finding.where not in settled
    )


def place_of(where: str, household: Household | None = None) -> str:
    """Where a finding is, in words: accounts by name, files without their folders."""
    if where == "household":
        return "Household"
    if household is not None:
        named = household.place_words(where)
        if named != where:
            return named
    name = PureWindowsPath(where).name if "\\" in where else PurePath(where).name
    return name or where


def _group(held: tuple[Finding, ...], words: Callable[[str], str]) -> FindingGroup:
    first = held[0]
    if len(held) == 1:
        return FindingGroup(held, first.message, words(first.where))
    places = list(dict.fromkeys(words(finding.where) for finding in held))
    if first.code in _OF_ACCOUNTS:
        accounts = count_words(len(held), "account")
        return FindingGroup(held, f"{_OF_ACCOUNTS[first.code].format(accounts)} {', '.join(places)}.", accounts)
    if len(places) == 1:
        return FindingGroup(held, first.message, places[0])
    return FindingGroup(held, f"{first.message} ({', '.join(places)})", count_words(len(places), "place"))
