"""Live data in tests: the stand-in for Yahoo, and a provider that talks to it without waiting."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from core.providers.pace import Pace
from core.providers.session import new_session
from core.providers.yahoo import HOSTS, YahooProvider
from tests.providers.yahoo_server import YahooServer, yahoo_server

#: A Wednesday.
TODAY = date(2026, 11, 25)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[YahooServer]:
    with yahoo_server(tmp_path, TODAY) as running:
        yield running


@pytest.fixture
def pace() -> Pace:
    return Pace(0.0)


@pytest.fixture
def provider(server: YahooServer, pace: Pace, tmp_path: Path) -> Iterator[YahooProvider]:
    session = new_session(pace, HOSTS, server.session_class(), trust_env=False)
    yield YahooProvider(pace, tmp_path / "library", session=session, today=lambda: TODAY)
    session.close()


@pytest.fixture(autouse=True)
def _warnings_of_the_library_are_its_own() -> Iterator[None]:
    import warnings

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"yfinance(\.|$)")
        yield


def child_environment(server: YahooServer, home: Path) -> dict[str, str]:
    """Environment of a program of its own: led to the stand-in, with a cache folder of its own."""
    return {
        **os.environ,
        **server.environment(),
        "XDG_CACHE_HOME": str(home),
        "LOCALAPPDATA": str(home),
        "HOME": str(home),
    }
