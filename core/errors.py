"""Errors a user can cause and mend. The command line turns each into its exit status, never a traceback."""

from __future__ import annotations

from collections.abc import Sequence


class TrimtabError(Exception):
    """Base of all errors meant for the user's eyes; ``str()`` is the message, in plain words."""

    exit_status = 1


class InputError(TrimtabError):
    """The input cannot be used. The message says file, row, what was expected and what to do (exit 1)."""

    exit_status = 1


class UsageError(TrimtabError):
    """The command or a setting is wrong (exit 2)."""

    exit_status = 2


class NoPlanError(TrimtabError):
    """No plan satisfies the rules (exit 3).

    ``rules`` names the conflicting rules by their keys with account and symbols, for example
    ``sell_all VTI`` and ``no_sell VTI``.
    """

    exit_status = 3

    def __init__(self, message: str, rules: Sequence[str]) -> None:
        super().__init__(message)
        self.rules = tuple(rules)
