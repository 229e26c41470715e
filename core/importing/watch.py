"""Work that can be cancelled, and that ends by itself when it takes too long."""

from __future__ import annotations

import time
from collections.abc import Callable

from core.errors import InputError, TrimtabError

TIME_LIMIT = 120.0
"""Seconds that one import may take; the largest files that are read at all take some tens of seconds."""


class ImportCancelledError(TrimtabError):
    """The user cancelled the import; nothing was taken over."""


class Watch:
    """Asked between pieces of work: raises where the work is cancelled or beyond its time.

    Parameters
    ----------
    cancelled
        Asked each time; true ends the work.
    seconds
        Time the work may take from now on.
    """

    def __init__(self, cancelled: Callable[[], bool] | None = None, seconds: float = TIME_LIMIT) -> None:
        self._cancelled = cancelled
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def check(self) -> None:
        """Go on, or end the work.

        Raises
        ------
        ImportCancelledError, InputError
        """
        if self._cancelled is not None and self._cancelled():
            raise ImportCancelledError("The import was cancelled; nothing was taken over.")
        if time.monotonic() > self._end:
            raise InputError(
                f"Reading takes more than {self._seconds:g} seconds and was ended. Import fewer files at once, or "
                "split the largest."
            )


class _Unwatched(Watch):
    def check(self) -> None:
        """Go on."""


UNWATCHED = _Unwatched()
"""For short work: never ends it."""
