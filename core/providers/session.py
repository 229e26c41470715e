"""The one door to the network: a session that keeps the pace, knows its hosts and notices "too many requests"."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit

from core.providers.pace import Pace

TOO_MANY = 429
_MOVED = frozenset({301, 302, 303, 307, 308})
_MOST_MOVES = 6


class ForeignHostError(Exception):
    """A request, or a redirection, to a host that the program does not talk to; it was not sent."""


class _Paced:
    """Mixed into a session class of the library's HTTP backend: every request passes here.

    pace : what is waited for. hosts : the only hosts that requests may go to. last_status : of the last answer; the
    library hides that of prices.
    """

    pace: Pace
    hosts: frozenset[str]
    last_status = 0

    def address(self, url: str) -> str:
        """Where a request goes; tests lead it to this machine."""
        return url

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        """Send a request when the pace allows; redirections are followed here, host by host.

        Raises PausedError, CancelledError, ForeignHostError, and what the backend raises. Starts a pause where the
        answer is "too many requests".
        """
        follow = kwargs.pop("allow_redirects", True)
        for _ in range(_MOST_MOVES):
            host = urlsplit(str(url)).hostname or ""
            if host not in self.hosts:
                raise ForeignHostError(host)
            self.pace.wait()
            response = super().request(  # type: ignore[misc]
                method, self.address(str(url)), *args, allow_redirects=False, **kwargs
            )
            self.last_status = response.status_code
            if response.status_code == TOO_MANY:
                self.pace.pause()
            target = response.headers.get("location")
            if not follow or response.status_code not in _MOVED or not target:
                return response
            url = urljoin(str(url), target)
            if response.status_code not in (307, 308):
                method = "GET"
                kwargs = {key: value for key, value in kwargs.items() if key not in ("data", "json")}
            kwargs.pop("params", None)  # they are part of the new address
        return response


def session_class() -> type[Any]:
    """The class of session: curl_cffi's, which looks like a browser, or requests' where that cannot be loaded."""
    backend: Any
    try:
        from curl_cffi import requests as backend
    except ImportError:
        import requests as backend
    return type("PacedSession", (_Paced, backend.Session), {"__doc__": "A session that keeps the pace."})


def new_session(pace: Pace, hosts: frozenset[str], kind: type[Any] | None = None, **settings: Any) -> Any:
    """A session that keeps a pace and talks to some hosts. ``kind`` is made from `session_class`, for tests."""
    chosen = kind or session_class()
    if any("curl_cffi" in base.__module__ for base in chosen.__mro__):
        settings.setdefault("impersonate", "chrome")
        session = chosen(**settings)
    else:
        session = chosen()
        session.headers["User-Agent"] = "Mozilla/5.0"
    session.pace, session.hosts = pace, hosts
    return session
