"""The table [risk] of a target: covariances read, refused, and written back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError
from core.tilt.factors import factors_of
from core.tilt.risk import Covariance, Risk, covariance_of, read_covariance
from core.tilt.target_toml import read_target, target_from_dict, target_toml

MODEL = "[model]\nAAA = 0.6\nBBB = 0.4\n"
CSV = "ticker,BBB,AAA\nAAA,0.01,0.04\nBBB,0.09,0.01\n"


def write(folder: Path, toml: str, csv: str = CSV) -> Path:
    (folder / "cov.csv").write_text(csv, "utf-8")
    (folder / "target.toml").write_text(MODEL + toml, "utf-8")
    return folder / "target.toml"


def test_the_covariance_lies_beside_the_target_file(tmp_path: Path):
    target = read_target(write(tmp_path, '[risk]\nlimit = 0.01\naversion = 2.5\ncovariance = "cov.csv"\n'))
    assert target.risk is not None
    assert (target.risk.limit, target.risk.aversion) == (0.01, 2.5)
    assert target.risk.covariance.symbols == ("AAA", "BBB")
    assert target.risk.covariance.matrix.tolist() == [[0.04, 0.01], [0.01, 0.09]]


def test_written_targets_read_back_equal(tmp_path: Path):
    target = read_target(write(tmp_path, '[risk]\ncovariance = "cov.csv"\n'))
    (tmp_path / "again.toml").write_text(target_toml(target), "utf-8")
    (tmp_path / "cov.csv").unlink()
    again = read_target(tmp_path / "again.toml")
    assert again == target
    assert again.risk == Risk(covariance_of(["BBB", "AAA"], [[0.09, 0.01], [0.01, 0.04]], "x"))


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("[risk]\nlimit = 0.01\n", "covariance"),
        ('[risk]\ncovariance = "cov.csv"\nlimit = -0.01\n', "limit"),
        ('[risk]\ncovariance = "cov.csv"\nlimits = 0.01\n', "limits"),
        ('[risk]\ncovariance = "nowhere.csv"\n', "nowhere.csv"),
        ("[risk]\ncovariance = 3\n", "found 3"),
        ('[risk.covariance]\nsymbols = ["AAA", "BBB"]\nlower = [[0.1], [0.1]]\n', "lower"),
    ],
)
def test_wrong_settings_are_refused_by_name(tmp_path: Path, toml: str, words: str):
    with pytest.raises(InputError, match=words):
        read_target(write(tmp_path, toml))


def test_tracking_error_needs_a_model():
    risk = {"covariance": {"symbols": ["AAA"], "lower": [[0.04]]}}
    with pytest.raises(InputError, match=r"\[model\]"):
        target_from_dict({"risk": risk}, "here")


@pytest.mark.parametrize(
    ("csv", "words"),
    [
        ("", "empty"),
        ("ticker,AAA,BBB\nAAA,0.04,0.01\n", "BBB has a column but no row"),
        ("ticker,AAA\nAAA,0.04\nBBB,0.04\n", "row 3"),
        ("ticker,AAA,BBB\nAAA,0.04,0.01\nBBB,0.02,0.09\n", "symmetric"),
        ("ticker,AAA,BBB\nAAA,0.04,0.09\nBBB,0.09,0.04\n", "negative variance"),
        ("ticker,AAA,BBB\nAAA,0.04,much\nBBB,0.01,0.09\n", "row 2, column BBB"),
        ("ticker,AAA,BBB\nAAA,0.04\nBBB,0.01,0.09\n", "row 2"),
        ("ticker,AAA,AAA\nAAA,0.04,0.04\n", "AAA"),
    ],
)
def test_what_is_no_covariance_is_refused_with_its_place(tmp_path: Path, csv: str, words: str):
    (tmp_path / "cov.csv").write_text(csv, "utf-8")
    with pytest.raises(InputError, match=words) as caught:
        read_covariance(tmp_path / "cov.csv")
    assert "cov.csv" in str(caught.value)


def test_rounding_below_zero_is_forgiven():
    # Rank one with its figures rounded: the smaller eigenvalue is a trifle below zero.
    covariance = covariance_of(["A", "B"], [[0.04, 0.0600000001], [0.0600000001, 0.09]], "x")
    assert np.linalg.eigvalsh(covariance.matrix)[0] >= -1e-17


@pytest.mark.parametrize("rank", [1, 4, 7])
def test_factors_are_found_in_the_matrix_alone(rank: int):
    rng = np.random.default_rng(rank)
    loadings, own = rng.normal(0, 0.1, (60, rank)), rng.uniform(0.01, 0.09, 60)
    matrix = loadings @ loadings.T + np.diag(own)
    found = factors_of(matrix)
    assert found is not None
    assert found.loadings.shape == (60, rank)
    np.testing.assert_allclose(found.loadings @ found.loadings.T + np.diag(found.own), matrix, atol=1e-12)
    np.testing.assert_allclose(found.own, own, atol=1e-10)


def test_no_factors_are_found_where_there_are_none():
    sample = np.random.default_rng(1).normal(0, 0.01, (300, 60))
    assert factors_of(np.cov(sample.T)) is None
    assert factors_of(np.eye(60)) is None


def test_factors_do_not_count_in_equality():
    one, other = (Covariance(("A", "B"), np.eye(2)) for _ in range(2))
    assert one.factors is None
    assert one == other
    assert one != Covariance(("A", "B"), 2 * np.eye(2))
