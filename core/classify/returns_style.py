"""Returns-based style analysis: which mix of style funds moved like this fund.

W. F. Sharpe, "Asset Allocation: Management Style and Performance Measurement" (1992): weights ``w`` of proxy funds,
none negative, sum 1, that leave the least variance of ``fund - sum(w * proxy)`` over weekly returns; the share of the
fund's variance that the mix explains is R2. Under `LEAST_R2` the answer is "cannot tell".

The proxies are the nine US style funds, developed and emerging markets, bonds and bills. A blend fund is nearly half
its value and half its growth fund, so that single weights among the three may trade places; the exposure that the
weights amount to does not change by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import attrs

from core.classify.answer import Answer, Query
from core.classify.core_table import rows_by_symbol
from core.classify.exposure import Confidence
from core.classify.rules import NO_STYLE, UNKNOWN_SECTORS, Vector, blend, clean
from core.providers.protocols import PriceHistory

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: The proxies, in the order of their weights.
PROXIES: tuple[str, ...] = (
    "VTV", "VV", "VUG", "VOE", "VO", "VOT", "VBR", "VB", "VBK", "VEA", "VWO", "BND", "BIL",
)  # fmt: skip
LEAST_R2 = 0.90
#: Fewest weekly returns in common: two years.
LEAST_WEEKS = 104
#: Most weekly returns used, the last ones: three years.
MOST_WEEKS = 156
#: Weights below this are rounding of the solver.
NOTHING = 1e-4
#: Ridge on the covariance matrix, of its mean variance: makes the weights unique without moving them.
_RIDGE = 1e-7
#: How far the solver's answer may be from optimal, of the fund's variance.
_SLACK = 1e-5


class StyleError(ValueError):
    """The analysis cannot be made; the message says why."""


@attrs.frozen
class StyleFit:
    """The mix that moved like a fund.

    weights : by proxy, none negative, sum 1. r2 : share of the variance explained, at most 1; negative where even the
    best mix is further from the fund than no mix. weeks : returns used. dates : the Fridays of ``fund`` and ``fitted``,
    growth of 1 dollar in the fund and in the mix, rebalanced weekly; both start at 1.
    """

    symbol: str
    weights: Mapping[str, float]
    r2: float
    weeks: int
    dates: tuple[date, ...]
    fund: tuple[float, ...]
    fitted: tuple[float, ...]

    @property
    def can_tell(self) -> bool:
        """Whether the mix explains enough to be believed."""
        return self.r2 >= LEAST_R2

    @property
    def words(self) -> str:
        """The verdict in words."""
        if not self.can_tell:
            return f"cannot tell: the best mix of style funds explains {100 * max(0.0, self.r2):.0f} % of its moves"
        largest = sorted(self.weights.items(), key=lambda pair: -pair[1])[:4]
        parts = ", ".join(f"{100 * weight:.0f} % {symbol}" for symbol, weight in largest if weight >= 0.005)
        return f"moved like {parts} over {self.weeks} weeks (R2 {self.r2:.2f})"


def fit_style(fund: PriceHistory, proxies: Mapping[str, PriceHistory]) -> StyleFit:
    """Fit a fund to the proxies over the weeks that all of them have.

    proxies : histories by symbol; proxies without one are left out. Raises StyleError where fewer than `LEAST_WEEKS`
    returns are in common, where the fund did not move, or where no proxy is there.
    """
    import numpy as np

    names = [name for name in PROXIES if name in proxies]
    if not names:
        raise StyleError("no prices of style funds")
    dates, prices = _aligned([fund, *(proxies[name] for name in names)])
    returns = prices[1:] / prices[:-1] - 1
    if len(returns) < LEAST_WEEKS:
        raise StyleError(f"only {len(returns)} weeks in common with the style funds, {LEAST_WEEKS} needed")
    target, factors = returns[:, 0], returns[:, 1:]
    variance = float(np.var(target))
    if variance <= 0:
        raise StyleError("its price does not move")
    weights = least_variance(target, factors)
    mixed = factors @ weights
    r2 = 1 - float(np.var(target - mixed)) / variance
    return StyleFit(
        symbol=fund.symbol,
        weights={name: float(weight) for name, weight in zip(names, weights, strict=True) if weight > 0},
        r2=r2,
        weeks=len(returns),
        dates=tuple(dates),
        fund=tuple(np.concatenate([[1.0], np.cumprod(1 + target)]).tolist()),
        fitted=tuple(np.concatenate([[1.0], np.cumprod(1 + mixed)]).tolist()),
    )


def _aligned(histories: Sequence[PriceHistory]) -> tuple[list[date], NDArray[np.float64]]:
    """Prices of the weeks that all histories have, one column each, and their dates.

    A week that any of them lacks is left out for all: the return over the gap is then one of two weeks for everyone.
    """
    import numpy as np

    common = set(histories[0].dates).intersection(*(history.dates for history in histories[1:]))
    dates = sorted(common)[-(MOST_WEEKS + 1) :]
    columns = []
    for history in histories:
        known = dict(zip(history.dates, history.closes, strict=True))
        columns.append([known[day] for day in dates])
    return dates, np.array(columns, dtype=float).reshape(len(histories), len(dates)).T


def least_variance(target: NDArray[np.float64], factors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights (k) of the factors' returns (n x k), none negative, sum 1, least variance of the target's rest (n).

    Solved as a quadratic program by HiGHS and checked against the optimality conditions. Raises StyleError where no
    solution passes the check.
    """
    import numpy as np

    count = factors.shape[1]
    scale = float(np.std(target))
    moved = (factors - factors.mean(axis=0)) / scale
    aim = (target - target.mean()) / scale
    covariance = moved.T @ moved / len(aim)
    covariance += np.eye(count) * (_RIDGE * float(np.trace(covariance)) / count)
    linear = -(moved.T @ aim) / len(aim)
    weights = np.clip(_solve(covariance, linear), 0, None)
    weights /= weights.sum()
    gradient = covariance @ weights + linear
    # at the optimum no weight gains by moving to the factor with the lowest gradient
    if float(gradient @ weights - gradient.min()) > _SLACK:
        raise StyleError("the solver found no mix")
    weights[weights < NOTHING] = 0
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _solve(covariance: NDArray[np.float64], linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """Minimise ``w' C w / 2 + l' w`` with w >= 0 and sum w = 1."""
    import highspy
    import numpy as np

    count = len(linear)
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = count, 1
    model.col_cost_ = linear
    model.col_lower_, model.col_upper_ = np.zeros(count), np.ones(count)
    model.row_lower_ = model.row_upper_ = np.ones(1)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.arange(count + 1, dtype=np.int32)
    model.a_matrix_.index_ = np.zeros(count, dtype=np.int32)
    model.a_matrix_.value_ = np.ones(count)
    solver.passModel(model)
    rows, columns = np.tril_indices(count)
    order = np.lexsort((rows, columns))
    hessian = highspy.HighsHessian()
    hessian.dim_ = count
    hessian.format_ = highspy.HessianFormat.kTriangular
    hessian.start_ = np.concatenate([[0], np.cumsum(np.arange(count, 0, -1))]).astype(np.int32)
    hessian.index_ = rows[order].astype(np.int32)
    hessian.value_ = covariance[rows[order], columns[order]]
    solver.passHessian(hessian)
    solver.run()
    solution = np.array(solver.getSolution().col_value, dtype=float)
    if len(solution) != count or not np.isfinite(solution).all() or solution.sum() <= 0.5:
        raise StyleError("the solver found no mix")
    return solution


def exposure_of(weights: Mapping[str, float]) -> tuple[Vector, Vector, Vector]:
    """Mix (7), style box (9) and sectors (12) of a mix of proxies, by the core table's exposures of the proxies."""
    parts = [(weight, rows_by_symbol()[symbol].vectors) for symbol, weight in weights.items()]
    mix = clean(blend([(weight, part.mix) for weight, part in parts]))
    equity = [(weight * sum(part.mix[:3]), part) for weight, part in parts]
    total = sum(weight for weight, _ in equity)
    if total <= 0:
        return mix, NO_STYLE, UNKNOWN_SECTORS
    box = clean(blend([(weight / total, part.style_box) for weight, part in equity]))
    sectors = clean(blend([(weight / total, part.sectors) for weight, part in equity]))
    return mix, box, sectors


class ReturnsStyles:
    """Fits by normalised symbol, as a source: place three of the order of truth, after live profiles.

    A fit that cannot tell answers nothing. With ``style_only`` the fits answer for the style box alone: they then stand
    before the live profiles of funds whose category and name disagree, and decide between the two.
    """

    def __init__(self, fits: Mapping[str, StyleFit], as_of: date, *, style_only: bool = False) -> None:
        self._fits = {symbol: fit for symbol, fit in fits.items() if fit.can_tell}
        self._as_of = as_of
        self._style_only = style_only

    def answer(self, query: Query) -> Answer | None:
        """The exposure of the mix that moved like the query's symbol."""
        fit = self._fits.get(query.symbol)
        if fit is None:
            return None
        mix, box, sectors = exposure_of(fit.weights)
        answer = Answer(
            source=f"returns-based style (R2 {fit.r2:.2f})",
            as_of=self._as_of.isoformat(),
            confidence=Confidence.MEDIUM,
            style_box=box,
            note=fit.words,
        )
        return answer if self._style_only else attrs.evolve(answer, mix=mix, sectors=sectors)
