"""Covariances from prices against pandas and against what they must keep."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.rebalance.covariance import MONTHS, factor_covariance, positive_semidefinite, sample_covariance


def prices(seed: int, dates: int, count: int) -> dict[str, list[float]]:
    rng = np.random.default_rng(seed)
    market = rng.normal(0.0004, 0.01, (dates - 1, 1))
    returns = market + rng.normal(0, 0.012, (dates - 1, count))
    table = 100 * np.vstack([np.ones(count), np.cumprod(1 + returns, axis=0)])
    return {f"S{i}": [float(x) for x in table[:, i]] for i in reversed(range(count))}


def test_the_sample_is_what_pandas_computes():
    given_prices = prices(1, 300, 6)
    covariance = sample_covariance(given_prices)
    expected = pd.DataFrame(given_prices).pct_change().dropna().cov() * 252
    np.testing.assert_allclose(
        covariance.matrix, expected.loc[list(covariance.symbols), list(covariance.symbols)], rtol=1e-9
    )
    assert covariance.symbols == tuple(sorted(given_prices))


def test_months_are_twelve_a_year():
    given_prices = prices(2, 40, 3)
    np.testing.assert_allclose(
        sample_covariance(given_prices, MONTHS).matrix * 21, sample_covariance(given_prices).matrix
    )


@given(st.integers(0, 1000), st.integers(3, 40), st.integers(1, 12), st.integers(0, 14))
def test_factors_keep_variances_and_add_up_to_a_covariance(seed: int, dates: int, count: int, factors: int):
    given_prices = prices(seed, dates, count)
    sample, modelled = sample_covariance(given_prices), factor_covariance(given_prices, factors)
    np.testing.assert_allclose(np.diag(modelled.matrix), np.diag(sample.matrix), rtol=1e-9)
    assert np.linalg.eigvalsh(modelled.matrix)[0] >= -1e-12
    if factors >= count:
        np.testing.assert_allclose(modelled.matrix, sample.matrix, atol=1e-12)
    if factors == 0:
        np.testing.assert_allclose(modelled.matrix, np.diag(np.diag(sample.matrix)), atol=1e-15)


@given(st.integers(0, 1000), st.integers(2, 10))
def test_repair_keeps_variances_and_leaves_none_below_zero(seed: int, size: int):
    rng = np.random.default_rng(seed)
    table = rng.normal(0, 1, (size, size))
    matrix = (table + table.T) / 2
    np.fill_diagonal(matrix, rng.uniform(0.1, 1.0, size))
    repaired = positive_semidefinite(matrix)
    assert np.linalg.eigvalsh(repaired)[0] >= -1e-9
    np.testing.assert_allclose(np.diag(repaired), np.diag(matrix), rtol=1e-9)
    whole = positive_semidefinite(table @ table.T)
    np.testing.assert_allclose(whole, table @ table.T, atol=1e-9)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({}, "no prices"),
        ({"A": [1.0, 2.0], "B": [1.0, 2.0]}, "three dates"),
        ({"A": [1.0, 2.0, 3.0], "B": [1.0, 2.0]}, "same dates"),
        ({"A": [1.0, float("nan"), 3.0]}, "price 2 of A"),
        ({"A": [1.0, 2.0, 0.0]}, "price 3 of A"),
    ],
)
def test_gaps_are_refused(bad: dict[str, list[float]], words: str):
    with pytest.raises(InputError, match=words):
        sample_covariance(bad)
