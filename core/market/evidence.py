"""What the tilt has been worth: premium, drawdowns, leadership cycles, and the range of this target.

All of it from monthly returns of the factors (``series.py``). A premium is the return of one side minus the other,
geometric: the growth of the ratio of their wealth. Small value minus large growth is taken as SMB + HML, which is
exact where the size premium is the same in value and growth, and an approximation otherwise; portfolios that a
refresh brings are used as they are.

A style box's loadings. With the market's mean size 0.6 and value 0 (box.py), a box of mean size s and value v loads
(0.6 - s) / 2 on SMB and v / 2 on HML: a row of small minus a row of large is one SMB, a column of value minus one of
growth is one HML, and the market itself loads nothing.
"""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

import attrs
import numpy as np

from core.market.series import Factors, Floats, Portfolios, embedded
from core.tilt.box import MARKET_BOX, PadPoint, point_of
from core.words import period_words

#: Years of the rolling windows.
WINDOWS = (1, 3, 5, 10, 20)
#: A lead has changed when the leader has given back this share of its relative wealth.
REVERSAL = 0.30
DECADE = 120

PREMIA = {
    "small_value": "Small value minus large growth",
    "size": "Small minus large (SMB)",
    "value": "Value minus growth (HML)",
}


def premium_returns(factors: Factors, premium: str) -> Floats:
    """(n,) monthly returns of a premium: ``size``, ``value`` or ``small_value``."""
    if premium == "size":
        return factors.smb
    if premium == "value":
        return factors.hml
    both: Floats = factors.smb + factors.hml
    return both


def log_wealth(returns: Floats) -> Floats:
    """(n + 1,) logarithm of a dollar's growth, starting at 0."""
    return np.concatenate([[0.0], np.cumsum(np.log1p(returns))])


# -- windows ----------------------------------------------------------------------------------------------------------


@attrs.frozen
class Window:
    """Rolling windows of one length: annualised returns, and the share of windows below nothing.

    apart : how many windows fit without overlapping, the honest size of the sample.
    """

    years: int
    count: int
    apart: int
    negative: float
    worst: float
    low: float
    median: float
    high: float
    best: float


def rolling(returns: Floats, years: int) -> Floats:
    """(n - 12 years + 1,) annualised returns of every window of whole months; empty where there are too few."""
    months = 12 * years
    wealth = log_wealth(returns)
    if len(wealth) <= months:
        return np.empty(0)
    annual: Floats = np.expm1((wealth[months:] - wealth[:-months]) / years)
    return annual


def windows(returns: Floats) -> tuple[Window, ...]:
    """The rolling windows of each length in WINDOWS; ``low`` and ``high`` are the 5th and 95th percentiles."""
    found = []
    for years in WINDOWS:
        annual = rolling(returns, years)
        if not len(annual):
            continue
        low, median, high = (float(q) for q in np.quantile(annual, [0.05, 0.5, 0.95]))
        found.append(
            Window(
                years=years,
                count=len(annual),
                apart=len(returns) // (12 * years),
                negative=float(np.mean(annual < 0)),
                worst=float(annual.min()),
                low=low,
                median=median,
                high=high,
                best=float(annual.max()),
            )
        )
    return tuple(found)


@attrs.frozen
class Decade:
    """Annualised premium of one calendar decade; ``whole`` is false where months of it are missing."""

    start: int
    annual: float
    whole: bool


def by_decade(returns: Floats, first: int) -> tuple[Decade, ...]:
    """Each calendar decade, the first and last as far as the series goes; ``first`` is the number of its month."""
    years = (first + np.arange(len(returns))) // 12
    found = []
    for start in range(int(years[0]) // 10 * 10, int(years[-1]) + 1, 10):
        part = returns[(years >= start) & (years < start + 10)]
        annual = math.expm1(12 * float(np.log1p(part).sum()) / len(part))
        found.append(Decade(start, annual, len(part) == DECADE))
    return tuple(found)


def annual_premium(returns: Floats) -> float:
    """Geometric premium a year over the whole series."""
    return math.expm1(12 * float(np.log1p(returns).mean()))


# -- drawdowns --------------------------------------------------------------------------------------------------------


@attrs.frozen
class Drawdown:
    """From a peak to the next month as high: indices of ``log_wealth``; ``recovered`` None where it still lasts."""

    peak: int
    trough: int
    recovered: int | None
    depth: float
    months: int


def underwater(returns: Floats) -> Floats:
    """(n + 1,) distance of wealth from its highest so far, as a fraction, 0 or less."""
    wealth = log_wealth(returns)
    below: Floats = np.expm1(wealth - np.maximum.accumulate(wealth))
    return below


def drawdowns(returns: Floats) -> tuple[Drawdown, ...]:
    """Every time under water, deepest first; ``months`` is from the peak to the recovery, or to the end."""
    below = underwater(returns)
    found = []
    peak: int | None = None
    for index in range(1, len(below)):
        if below[index] < -1e-12 and peak is None:
            peak = index - 1
        if peak is not None and below[index] >= -1e-12:
            found.append(_drawdown(below, peak, index))
            peak = None
    if peak is not None:
        found.append(_drawdown(below, peak, None))
    return tuple(sorted(found, key=lambda d: (d.depth, d.peak)))


def _drawdown(below: Floats, peak: int, recovered: int | None) -> Drawdown:
    end = len(below) - 1 if recovered is None else recovered
    trough = peak + int(np.argmin(below[peak : end + 1]))
    return Drawdown(peak, trough, recovered, float(below[trough]), end - peak)


# -- leadership cycles ------------------------------------------------------------------------------------------------


@attrs.frozen
class Cycle:
    """One run of leadership, from a turning point to the next: indices of ``log_wealth``.

    leader : ``first`` where the premium rose (small, value), ``second`` where it fell (large, growth). gap : relative
    wealth gained by the leader, cumulative. complete : false where the data don't show both ends: the first run, the
    one that no turn of the full size has ended yet, and the lead that has begun since.
    """

    start: int
    end: int
    leader: str
    gap: float
    complete: bool

    @property
    def years(self) -> float:
        """Its length."""
        return (self.end - self.start) / 12


def leadership_cycles(returns: Floats, reversal: float = REVERSAL) -> tuple[Cycle, ...]:
    """Runs of leadership between turning points of relative wealth.

    A turning point is the highest (lowest) relative wealth that is followed by a fall of ``reversal`` (a rise by
    1 / (1 - reversal) - 1) before a new extreme: the rule chart readers call a zigzag. After the last one stands the
    run to its extreme so far, and the lead of the other side since then.
    """
    wealth = log_wealth(returns)
    limit = -math.log1p(-reversal)
    turns: list[int] = []
    high = low = 0
    rising: bool | None = None
    for index in range(1, len(wealth)):
        if rising is not False and wealth[index] > wealth[high]:
            high = index
        if rising is not True and wealth[index] < wealth[low]:
            low = index
        if rising is not False and wealth[high] - wealth[index] >= limit:
            turns.append(high)
            rising, low = False, index
        elif rising is not True and wealth[index] - wealth[low] >= limit:
            turns.append(low)
            rising, high = True, index
    if rising is None:
        return ()
    extreme = high if rising else low
    points = sorted({0, *turns, extreme, len(wealth) - 1})
    runs: list[Cycle] = []
    for start, end in pairwise(points):
        change = float(wealth[end] - wealth[start])
        rose = change > 0 if change else bool(runs) and runs[-1].leader == "second"
        leader = "first" if rose else "second"
        runs.append(Cycle(start, end, leader, math.expm1(abs(change)), start in turns and end in turns))
    return tuple(runs)


@cache
def past_runs(leader: str) -> tuple[float, ...]:
    """Lengths in years, shortest first, of completed runs in the embedded series of ``large`` or ``growth``."""
    factors = embedded()
    returns = premium_returns(factors, {"large": "size", "growth": "value"}[leader])
    return tuple(sorted(c.years for c in leadership_cycles(returns) if c.complete and c.leader == "second"))


# -- this target ------------------------------------------------------------------------------------------------------


@attrs.frozen
class Loadings:
    """How much of SMB and HML a box carries against the market."""

    smb: float
    hml: float


def loadings(point: PadPoint) -> Loadings:
    """Loadings of a box with these means, by the rule of this module."""
    market = point_of(MARKET_BOX)
    return Loadings((market.size - point.size) / 2, (point.value - market.value) / 2)


@attrs.frozen
class TargetRange:
    """What a tilt has meant against the market. Returns are annualised and relative (ratio of wealth).

    tracking_error : standard deviation of the monthly difference, a year. recent : the same over the last 20 years.
    decades : rolling decades; ``decades.low`` is the bad decade of which 1 in 20 was worse.
    """

    loadings: Loadings
    tracking_error: float
    recent: float
    premium: float
    decades: Window | None
    worst: Drawdown | None
    longest: Drawdown | None
    series: Floats = attrs.field(eq=False, repr=False)


def tilt_returns(factors: Factors, point: PadPoint) -> Floats:
    """(n,) monthly return of the tilted box over the market's: the ratio of their growth, less one."""
    loads = loadings(point)
    total = factors.total_market
    tilted = total + loads.smb * factors.smb + loads.hml * factors.hml
    relative: Floats = (1 + tilted) / (1 + total) - 1
    return relative


def target_range(factors: Factors, point: PadPoint) -> TargetRange:
    """Tracking error, premium and range of rolling decades of a tilt; an estimate from loadings, not a forecast."""
    loads = loadings(point)
    difference = loads.smb * factors.smb + loads.hml * factors.hml
    relative = tilt_returns(factors, point)
    every = drawdowns(relative)
    return TargetRange(
        loadings=loads,
        tracking_error=float(np.std(difference, ddof=1) * math.sqrt(12)),
        recent=float(np.std(difference[-240:], ddof=1) * math.sqrt(12)),
        premium=annual_premium(relative),
        decades=next((w for w in windows(relative) if w.years == 10), None),
        worst=every[0] if every else None,
        longest=max(every, key=lambda d: d.months, default=None),
        series=relative,
    )


def cell_growth(factors: Factors) -> Floats:
    """(9, n + 1) growth of a dollar in each style box, by the loadings of this module; cell order of box.py."""
    from core.tilt.box import SIZE_SCORES, VALUE_SCORES

    rows = []
    for size, value in zip(SIZE_SCORES, VALUE_SCORES, strict=True):
        loads = loadings(PadPoint(size, value))
        returns = factors.total_market + loads.smb * factors.smb + loads.hml * factors.hml
        rows.append(np.exp(log_wealth(returns)))
    return np.stack(rows)


# -- all of it --------------------------------------------------------------------------------------------------------


@attrs.frozen(eq=False)
class Evidence:
    """The monthly returns on show: factors, and the six portfolios where a refresh brought them."""

    factors: Factors
    portfolios: Portfolios | None

    @property
    def source(self) -> str:
        """Whose returns they are and how far they go."""
        factors = self.factors
        first, last = (period_words(factors.month(k)) for k in (0, factors.months - 1))
        return f"{factors.source}, {first} to {last}"

    def years(self) -> list[float]:
        """(n + 1) times of ``log_wealth``, in years: the ends of months."""
        return [(self.factors.first + k) / 12 for k in range(self.factors.months + 1)]

    def premium(self, premium: str) -> Floats:
        """(n,) monthly returns of a premium over the months of the factors.

        Small value minus large growth is that of the two portfolios themselves where they cover these months.
        """
        six, factors = self.portfolios, self.factors
        if premium != "small_value" or six is None:
            return premium_returns(factors, premium)
        start = factors.first - six.first
        if start < 0 or start + factors.months > six.months:
            return premium_returns(factors, premium)
        part = six.returns[start : start + factors.months]
        ratio: Floats = (1 + part[:, 2]) / (1 + part[:, 3]) - 1
        return ratio
