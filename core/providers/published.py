"""Published tables through pandas-datareader: the session, and every error as a `Failure`.

The library hides the status of an answer behind one error class, so the session keeps it. Requests go to two hosts,
name a series and nothing else, and are made over TLS also where the library asks for plain HTTP.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, TypeVar
from urllib.parse import urlsplit

from core.providers.pace import Pace, PausedError
from core.providers.protocols import CancelledError, Failure, Reason

T = TypeVar("T")

#: The only hosts that requests may go to.
HOSTS = frozenset({"fred.stlouisfed.org", "mba.tuck.dartmouth.edu"})
#: Seconds to wait for a connection and for each part of an answer.
TIMEOUT = 20.0
#: No table asked for is anywhere near this size.
MOST_BYTES = 20_000_000
_PARTS = 65_536


class ForeignAddressError(Exception):
    """A request, or a redirection, to a host that the program does not talk to; it was not sent."""


class TooLargeError(Exception):
    """An answer larger than any table asked for."""


@cache
def session_class() -> type[Any]:
    """The class of session: requests', made to keep the pace, know its hosts and remember the last status."""
    # the stubs of requests are not there everywhere
    requests: Any = import_module("requests")

    class PublishedSession(requests.Session):  # type: ignore[misc]
        """A session for published tables. ``status`` and ``start`` are those of the last answer."""

        pace: Pace
        status: int | None = None
        start: bytes = b""

        def address(self, url: str) -> str:
            """Where a request goes; tests lead it to this machine."""
            return url.replace("http://", "https://", 1)

        def get(self, url: str, **settings: Any) -> Any:
            """Fetch; a redirection counts as an error of the provider: both hosts answer where they are asked."""
            self.status, self.start = None, b""
            if (urlsplit(url).hostname or "") not in HOSTS:
                raise ForeignAddressError(urlsplit(url).hostname or url)
            self.pace.wait()
            settings["timeout"] = min(float(settings.get("timeout") or TIMEOUT), TIMEOUT)
            response = super().get(self.address(url), allow_redirects=False, stream=True, **settings)
            self.status = int(response.status_code)
            if self.status == 429:
                self.pace.pause()
            body = bytearray()
            for part in response.iter_content(_PARTS):
                body += part
                if len(body) > MOST_BYTES:
                    response.close()
                    raise TooLargeError
            response._content = bytes(body)
            self.start = bytes(body[:64])
            return response

    return PublishedSession


def new_session(pace: Pace, kind: type[Any] | None = None) -> Any:
    """A session that keeps a pace; ``kind`` is a class made from `session_class`, for tests."""
    session = (kind or session_class())()
    session.pace = pace
    session.headers["User-Agent"] = "Mozilla/5.0 (compatible; Trimtab)"
    return session


def ask(symbol: str, who: str, session: Any, read: Callable[[], T]) -> T | Failure:
    """``read()``, or why it could not be done. Raises CancelledError only."""
    pace: Pace = session.pace
    if (until := pace.paused_until) is not None:
        return _paused(symbol, who, pace, until)
    try:
        return read()
    except CancelledError:
        raise
    except PausedError as error:
        return _paused(symbol, who, pace, error.until)
    except ForeignAddressError as error:
        return Failure(symbol, Reason.UNREADABLE, f"{who}: {error} is not a host we ask; the request was not made")
    except TooLargeError:
        return Failure(symbol, Reason.UNREADABLE, f"{who}: the answer for {symbol} is too large to be that table")
    except Exception as error:
        return _failure(symbol, who, session, error)


def _paused(symbol: str, who: str, pace: Pace, until: Any) -> Failure:
    del pace
    return Failure(
        symbol, Reason.RATE_LIMITED, f"{who} asked for a pause: too many requests. Again after {until:%H:%M} UTC", until
    )


def _failure(symbol: str, who: str, session: Any, error: Exception) -> Failure:
    status = session.status
    pace: Pace = session.pace
    if status == 429:
        return _paused(symbol, who, pace, pace.paused_until or pace.pause())
    if status == 404:
        return Failure(symbol, Reason.UNKNOWN, f"{who} has no series {symbol}")
    if status in (401, 403):
        return Failure(symbol, Reason.REFUSED, f"{who} refused the request (HTTP {status})")
    if status is not None and status >= 500:
        return Failure(symbol, Reason.UNAVAILABLE, f"{who} is not available (HTTP {status})")
    if status is None and isinstance(error, OSError):
        return Failure(symbol, Reason.OFFLINE, f"{who} cannot be reached ({type(error).__name__})")
    if status is not None and status >= 300:
        return Failure(symbol, Reason.UNREADABLE, f"{who}: the answer for {symbol} is not understood (HTTP {status})")
    kind = "damaged archive" if isinstance(error, zipfile.BadZipFile) else type(error).__name__
    return Failure(symbol, Reason.UNREADABLE, f"{who}: the answer for {symbol} is not understood ({kind})")
