"""What is doubtful in the data that a plan was made from."""

from __future__ import annotations

from collections.abc import Iterator

from core.export.issue import Case, Check, Issue, Light
from core.export.sheets.words import file_name, without_folders
from core.household import Severity
from core.money import CENT
from core.words import dollars

#: Share of the value that may be unclassified before the style figures are called shaky.
MOST_UNCLASSIFIED = 0.05
#: Findings of the engine that a check here makes itself.
_OWN = {"wash_check_not_possible"}


def _import(case: Case) -> Iterator[Issue]:
    for finding in case.household.findings:
        where, message = (without_folders(text, case.household.files) for text in (finding.where, finding.message))
        if finding.severity is Severity.ERROR:
            yield Issue("import", Light.RED, where, message, "Correct the file, and import it again.")
        elif finding.code == "file-not-used":
            remedy = "Make sure that the positions of its accounts were imported."
            yield Issue("import", Light.AMBER, where, message, remedy)


def _totals(case: Case) -> Iterator[Issue]:
    for file in case.household.files:
        for total in file.control_totals:
            if abs(total.difference) >= CENT:
                yield Issue(
                    "totals",
                    Light.AMBER,
                    file_name(file.path),
                    f"{total.scope}: the file states {dollars(total.stated)}, its rows give {dollars(total.read)} "
                    f"(difference {dollars(total.difference)}).",
                    "Compare with the statement; a row may be missing.",
                )


def _basis(case: Case) -> Iterator[Issue]:
    proceeds = case.proposal.tax.unknown_basis_proceeds
    if proceeds > 0:
        yield Issue(
            "basis",
            Light.AMBER,
            case.household.name,
            f"{dollars(proceeds)} are sold whose cost basis is not known; no tax is stated for them.",
            "Add the basis on import, or ask the custodian for it before selling.",
        )


def _kinds(case: Case) -> Iterator[Issue]:
    names = case.household.account_names
    guessed = [account for account in case.household.accounts if account.kind_source == "guess"]
    if len(guessed) == 1:
        kind = guessed[0].kind.words
        message = f"The kind of this account ({kind}) is guessed from its name; taxes depend on it."
        yield Issue("kinds", Light.AMBER, names[guessed[0].id], message, "Check it on the Household page.")
    elif guessed:
        listed = "; ".join(f"{names[account.id]}: {account.kind.words}" for account in guessed)
        message = f"The kinds of {len(guessed)} accounts are guessed from their names; taxes depend on them. {listed}."
        yield Issue("kinds", Light.AMBER, case.household.name, message, "Check them on the Household page.")


def _coverage(case: Case) -> Iterator[Issue]:
    missing = 1 - case.proposal.before.coverage
    if missing > MOST_UNCLASSIFIED:
        yield Issue(
            "coverage",
            Light.AMBER,
            case.household.name,
            f"{missing:.0%} of the value is not classified; the style figures leave it out.",
            "Classify the largest holdings on the Household page.",
        )


def _plan(case: Case) -> Iterator[Issue]:
    """What the engine itself says of its plan, notes apart."""
    for finding in case.proposal.findings:
        if finding.severity is Severity.INFO or finding.code in _OWN or finding in case.household.findings:
            continue
        light = Light.RED if finding.severity is Severity.ERROR else Light.AMBER
        where, message = (without_folders(text, case.household.files) for text in (finding.where, finding.message))
        yield Issue("plan", light, case.household.place_words(where), message, "")


DATA_CHECKS: tuple[Check, ...] = (
    Check("import", "everything in the files could be used", _import),
    Check("totals", "the totals that the files state tie", _totals),
    Check("basis", "the cost basis of all that is sold is known", _basis),
    Check("kinds", "the kind of every account is known", _kinds),
    Check("coverage", "enough of the value is classified", _coverage),
    Check("plan", "the engine has nothing against its plan", _plan),
)
