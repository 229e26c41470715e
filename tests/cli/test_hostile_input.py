"""Whatever stands in a file, the program ends with a status of its own and plain words."""

import contextlib
import io
import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.sample import sample_text
from desktop.cli import FAULT, main

LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))


def run(arguments):
    """Exit status and what was written, the streams kept apart."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(arguments)
    return status, out.getvalue(), err.getvalue()


def check(arguments):
    status, out, err = run(arguments)
    assert status in (0, 1, 2, 3), err
    assert "Traceback" not in err
    assert FAULT not in err
    if status == 0:
        json.loads(out)
    else:
        assert out == ""
        assert err.startswith("trimtab: ")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_any_bytes(tmp_path, content):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    check(["import", str(path), "--json", "-"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_household_with_one_value_wrong(tmp_path, data):
    document = json.loads(sample_text())
    part = data.draw(st.sampled_from(["accounts", "securities", "lots"]))
    row = data.draw(st.sampled_from(document[part]))
    key = data.draw(st.sampled_from(sorted(row)))
    row[key] = data.draw(LEAVES)
    path = tmp_path / "household.json"
    path.write_text(json.dumps(document))
    check(["rebalance", str(path), "--json", "-"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["mix", "style", "model", "bands", "tax", "trading", "rules", "flows", "other"]),
        st.sampled_from(["1", '"x"', "[]", "[1]", "{a = 1}", "{preset = 'market'}", "{size = 9, value = -9}", "nan"]),
        max_size=3,
    )
)
def test_any_target(tmp_path, tables):
    path, household = tmp_path / "t.toml", tmp_path / "household.json"
    path.write_text("\n".join(f"{key} = {value}" for key, value in tables.items()))
    household.write_text(sample_text())
    check(["rebalance", str(household), "--target", str(path), "--json", "-"])
