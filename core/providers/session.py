"""The one door to the network: a session that keeps the pace, knows its hosts and notices "too many requests"."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from core.providers.pace import Pace

#: The only hosts that requests may go to. Consent and cookie hosts are the provider's own.
HOSTS = frozenset(
    {
        "query1.finance.yahoo.com",
        "query2.finance.yahoo.com",
        "finance.yahoo.com",
        "fc.yahoo.com",
        "guce.yahoo.com",
        "consent.yahoo.com",
    }
)
TOO_MANY = 429


class ForeignHostError(Exception):
    """A request to a host that the program does not talk to; it was not sent."""


class _Paced:
    """Mixed into a session class of the library's HTTP backend: every request passes here."""

    pace: Pace
    #: Status of the last answer; the library hides that of prices.
    last_status = 0

    def address(self, url: str) -> str:
        """Where a request goes; tests lead it to this machine."""
        return url

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        """Send a request when the pace allows.

        Raises PausedError, CancelledError, ForeignHostError, and what the backend raises. Starts a pause where the
        answer is "too many requests".
        """
        host = urlsplit(str(url)).hostname or ""
        if host not in HOSTS:
            raise ForeignHostError(host)
        self.pace.wait()
        response = super().request(method, self.address(str(url)), *args, **kwargs)  # type: ignore[misc]
        self.last_status = response.status_code
        if response.status_code == TOO_MANY:
            self.pace.pause()
        return response


def session_class() -> type[Any]:
    """The class of session: curl_cffi's, which looks like a browser, or requests' where that cannot be loaded."""
    backend: Any
    try:
        from curl_cffi import requests as backend
    except ImportError:
        import requests as backend
    return type("PacedSession", (_Paced, backend.Session), {"__doc__": "A session that keeps the pace."})


def new_session(pace: Pace, kind: type[Any] | None = None, **settings: Any) -> Any:
    """A session that keeps a pace. ``kind`` is a class from `session_class`, or one made from it."""
    chosen = kind or session_class()
    if any("curl_cffi" in base.__module__ for base in chosen.__mro__):
        settings.setdefault("impersonate", "chrome")
        session = chosen(**settings)
    else:
        session = chosen()
        session.headers["User-Agent"] = "Mozilla/5.0"
    session.pace = pace
    return session
