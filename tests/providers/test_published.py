"""FRED and Kenneth French's library through the unpatched pandas-datareader, against a server on this machine."""

from datetime import date

import pytest

from core.providers.fred import FredProvider
from core.providers.french import FACTOR_COLUMNS, FACTORS, PORTFOLIO_COLUMNS, PORTFOLIOS, FrenchProvider
from core.providers.pace import Pace
from core.providers.protocols import CancelledError, Failure, Reason
from tests.providers.published_server import Published, fred_csv, french_zip

SINCE, UNTIL = date(2025, 1, 1), date(2026, 3, 1)


@pytest.fixture
def server():
    published = Published()
    yield published
    published.close()


def fred(server, pace=None):
    made = pace or Pace(interval=0.0)
    return FredProvider(made, session=server.session(made))


def french(server, pace=None):
    made = pace or Pace(interval=0.0)
    return FrenchProvider(made, session=server.session(made))


def test_a_series_is_read_and_days_without_a_value_are_left_out(server):
    server.answers["FEDFUNDS"] = fred_csv(
        [("2024-12-01", "4.48"), ("2025-11-01", "3.88"), ("2025-12-01", "."), ("2026-01-01", "3.64")]
    )
    found = fred(server).series("FEDFUNDS", SINCE, UNTIL)
    assert (found.name, found.dates, found.values) == (
        "FEDFUNDS",
        (date(2025, 11, 1), date(2026, 1, 1)),
        (3.88, 3.64),
    )
    assert found.before(date(2025, 12, 31)) == 3.88
    assert found.before(date(2025, 10, 31)) is None


def test_nothing_is_sent_but_the_name_of_the_series(server):
    server.answers["FEDFUNDS"] = fred_csv([("2025-11-01", "3.88")])
    fred(server).series("FEDFUNDS", SINCE, UNTIL)
    ((path, headers),) = server.asked
    assert path == "/graph/fredgraph.csv?id=FEDFUNDS"
    assert set(headers) <= {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
    assert headers["User-Agent"] == "Mozilla/5.0 (compatible; Trimtab)"


@pytest.mark.parametrize("name", ["A B", "1234-5678", "x&id=y", "", "é"])
def test_what_is_no_name_of_a_series_is_never_sent(server, name):
    assert fred(server).series(name, SINCE, UNTIL).reason is Reason.NOT_A_TICKER
    assert server.asked == []


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (404, Reason.UNKNOWN),
        (401, Reason.REFUSED),
        (403, Reason.REFUSED),
        (429, Reason.RATE_LIMITED),
        (500, Reason.UNAVAILABLE),
        (503, Reason.UNAVAILABLE),
        (302, Reason.UNREADABLE),
        (418, Reason.UNREADABLE),
        ("huge", Reason.UNREADABLE),
        ("cut", Reason.UNREADABLE),
        (b"", Reason.UNREADABLE),
        (b"<html>maintenance</html>", Reason.UNREADABLE),
        (b"\x00\xff\x00", Reason.UNREADABLE),
    ],
)
@pytest.mark.parametrize("which", ["fred", "french"])
def test_each_fault_is_a_failure_with_its_reason(server, which, fault, reason):
    server.fault = fault
    found = fred(server).series("WALCL", SINCE, UNTIL) if which == "fred" else french(server).factors()
    assert isinstance(found, Failure)
    assert found.reason is reason
    assert found.message
    assert len(server.asked) == 1


def test_no_connection(server):
    provider = fred(server)
    server.close()
    assert provider.series("WALCL", SINCE, UNTIL).reason is Reason.OFFLINE
    server.thread = type("Done", (), {"join": staticmethod(lambda: None)})()


def test_too_many_requests_pauses_all_that_share_the_pace(server):
    pace = Pace(interval=0.0)
    server.fault = 429
    assert fred(server, pace).series("WALCL", SINCE, UNTIL).until is not None
    server.fault = None
    assert french(server, pace).factors().reason is Reason.RATE_LIMITED
    assert len(server.asked) == 1


def test_a_cancelled_request_is_not_sent(server):
    pace = Pace(interval=0.0)
    pace.cancelled = lambda: True
    with pytest.raises(CancelledError):
        fred(server, pace).series("WALCL", SINCE, UNTIL)
    assert server.asked == []


def test_an_empty_stretch_is_said(server):
    server.answers["WALCL"] = fred_csv([("2019-01-02", "4058378")])
    assert fred(server).series("WALCL", SINCE, UNTIL).reason is Reason.EMPTY


def test_factors_and_portfolios_are_whole_tables(server):
    server.answers[f"{FACTORS}_CSV.zip"] = french_zip(FACTOR_COLUMNS, 120)
    server.answers[f"{PORTFOLIOS}_CSV.zip"] = french_zip(PORTFOLIO_COLUMNS, 100, "2.50")
    provider = french(server)
    factors, six = provider.factors(), provider.portfolios()
    assert (factors.first, len(factors.rows), factors.rows[0]) == ("1926-07", 120, (1.0, 1.0, 1.0, 1.0))
    assert (six.first, len(six.rows), six.rows[-1]) == ("1926-07", 100, (2.5,) * 6)
    assert [path.rsplit("/", 1)[-1] for path, _ in server.asked] == [f"{FACTORS}_CSV.zip", f"{PORTFOLIOS}_CSV.zip"]


@pytest.mark.parametrize(
    "archive",
    [
        french_zip(("Mkt-RF", "SMB", "XXX", "RF"), 120),
        french_zip(FACTOR_COLUMNS, 120, gap=True),
        french_zip(FACTOR_COLUMNS, 120, "-99.99"),
        french_zip(FACTOR_COLUMNS, 120, "many"),
        french_zip(FACTOR_COLUMNS, 0, annual=False),
        french_zip(FACTOR_COLUMNS, 120)[:400],
    ],
    ids=["column", "gap", "missing", "words", "empty", "cut"],
)
def test_a_table_that_is_another_is_refused(server, archive):
    server.answers[f"{FACTORS}_CSV.zip"] = archive
    found = french(server).factors()
    assert isinstance(found, Failure)
    assert found.reason is Reason.UNREADABLE


def test_other_hosts_are_never_asked(server):
    session = server.session()
    with pytest.raises(Exception, match=r"example\.com"):
        session.get("http://example.com/graph")
    assert server.asked == []
