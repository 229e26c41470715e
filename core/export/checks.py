"""What to look at before a plan leaves the program: Check -> Issue -> fix, and the overrides that a red one needs."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from core.errors import UsageError
from core.export.check_data import DATA_CHECKS
from core.export.check_trades import TRADE_CHECKS
from core.export.issue import Case, Check, Issue, Light

#: Every check, the trade errors first.
CHECKS: tuple[Check, ...] = (*TRADE_CHECKS, *DATA_CHECKS)
_KEYS = {check.key for check in CHECKS}


@attrs.frozen
class Override:
    """A red check let pass, with the reason. Raises UsageError where the check is unknown or no reason is given."""

    check: str
    reason: str

    def __attrs_post_init__(self) -> None:
        if self.check not in _KEYS:
            raise UsageError(f"There is no check {self.check!r}. The checks are: {', '.join(sorted(_KEYS))}.")
        if not self.reason.strip():
            raise UsageError(f"The check {self.check} can be overridden only with a reason.")


@attrs.frozen
class Checkup:
    """What all checks found, in their order."""

    issues: tuple[Issue, ...]

    def of(self, check: str) -> tuple[Issue, ...]:
        """The issues of one check."""
        return tuple(issue for issue in self.issues if issue.check == check)

    @property
    def passed(self) -> tuple[Check, ...]:
        """The checks that found nothing."""
        found = {issue.check for issue in self.issues}
        return tuple(check for check in CHECKS if check.key not in found)

    def count(self, light: Light) -> int:
        """How many issues there are of a severity."""
        return sum(issue.severity is light for issue in self.issues)

    def blocking(self, overrides: Sequence[Override] = (), *, orders: bool = True) -> tuple[Issue, ...]:
        """Red issues that no override lets pass; ``orders`` false leaves out those that stop order files only."""
        passed = {override.check for override in overrides}
        return tuple(
            issue
            for issue in self.issues
            if issue.severity is Light.RED and issue.check not in passed and (orders or not issue.orders_only)
        )


def run_checks(case: Case) -> Checkup:
    """Run every check. The same case gives the same issues in the same order."""
    issues = tuple(issue for check in CHECKS for issue in check.find(case))
    return Checkup(tuple(dict.fromkeys(issues)))
