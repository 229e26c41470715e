"""The adviser's own case as a file, and the monthly returns of a refresh."""

import json

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.market import store
from core.market.observations import Origin, Unit, kinds, observe, snapshot
from core.market.series import Factors, Portfolios, embedded, read_factors, read_portfolios
from core.market.signals import signal_specs
from core.tilt.box import PadPoint

KEYS = sorted(kinds())


@st.composite
def observations(draw):
    kind = kinds()[draw(st.sampled_from(KEYS))]
    values, state = [], None
    if kind.unit is Unit.STATE:
        state = draw(st.sampled_from(kind.states))
    else:
        values = draw(st.lists(st.floats(0.01, 100), min_size=1, max_size=2))
    day = draw(st.dates())
    return observe(
        kind.id,
        as_of=day.isoformat(),
        published_by=draw(st.text(max_size=20)),
        values=values,
        state=state,
        origin=draw(st.sampled_from([Origin.LIVE, Origin.ADVISER])),
    )


@st.composite
def cases(draw):
    keys = [spec.key for spec in signal_specs()]
    return attrs.evolve(
        snapshot().adding(draw(st.lists(observations(), max_size=4))),
        set_aside=draw(st.frozensets(st.sampled_from(KEYS))),
        weights=draw(st.dictionaries(st.sampled_from(keys), st.tuples(st.floats(0, 1), st.floats(0, 1)))),
        maximum=draw(st.none() | st.builds(PadPoint, st.floats(-0.9, 0.6), st.floats(0, 0.9))),
    )


@given(cases())
def test_a_case_reads_back_as_it_was(case):
    assert store.case_from_json(json.loads(json.dumps(store.case_to_json(case)))) == case


def test_only_differences_are_written(tmp_path):
    store.save_case(snapshot(), tmp_path)
    written = json.loads((tmp_path / store.FILE).read_text())
    assert written["observations"] == []
    assert store.load_case(tmp_path) == snapshot()
    assert store.load_case(tmp_path / "none") is snapshot()


@pytest.mark.parametrize(
    "damage",
    ["", "{", "[]", "null", '{"schema": "other"}', '{"schema": "trimtab/market-store/1"}', "\x00\x01", "1e999"],
)
def test_a_damaged_file_is_named_and_kept(tmp_path, damage):
    path = tmp_path / store.FILE
    path.write_text(damage)
    with pytest.raises(InputError, match=r"market\.json"):
        store.load_case(tmp_path)
    assert path.read_text() == damage


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_any_json_is_a_case_or_an_input_error(junk):
    document = {"schema": store.SCHEMA, "observations": [junk], "set_aside": [], "weights": {}, "maximum": None}
    with pytest.raises((InputError, ValueError, KeyError, TypeError)):
        store.case_from_json(document)


def newer(months):
    rng = np.random.default_rng(1)
    columns = rng.normal(0, 300, (4, months)).round() / 10_000
    return Factors(embedded().first, *columns, source="test")


def test_returns_of_a_refresh_are_kept(tmp_path):
    factors = newer(1300)
    six = Portfolios(embedded().first, np.full((1300, 6), 0.0123), "test")
    store.save_returns(factors, six, tmp_path)
    read, portfolios = store.load_returns(tmp_path)
    assert read.months == 1300
    assert read.smb == pytest.approx(factors.smb)
    assert portfolios.returns == pytest.approx(six.returns)
    # a refresh without returns leaves them
    store.save_returns(None, None, tmp_path)
    assert store.load_returns(tmp_path)[0].months == 1300


def test_older_or_damaged_returns_give_way_to_the_embedded_ones(tmp_path):
    assert store.load_returns(tmp_path) == (embedded(), None)
    store.save_returns(newer(700), None, tmp_path)
    assert store.load_returns(tmp_path)[0] is embedded()
    (tmp_path / store.FACTORS).write_text("month 1926-07,mkt_rf,smb,hml,rf\n1,2,x,4\n")
    assert store.load_returns(tmp_path)[0] is embedded()


@pytest.mark.parametrize(
    "text", ["", "x", "month 1926-07,mkt_rf,smb,hml,rf\n1,2,3\n", "month 1926-0x,mkt_rf,smb,hml,rf\n"]
)
def test_tables_that_are_none_are_refused(text):
    with pytest.raises(InputError):
        read_factors(text, "here")
    with pytest.raises(InputError):
        read_portfolios(text.replace("mkt_rf,smb,hml,rf", "six"), "here")
