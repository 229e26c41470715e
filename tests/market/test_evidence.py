"""Premiums, drawdowns, cycles and ranges: computed a second time, in plain Python, from the shipped series.

The second calculation reads the file by itself and multiplies growth month by month; it shares nothing with the code.
Published figures that the series is held against (monthly averages, per cent):

- Fama and French (1993), Journal of Financial Economics 33, table 2, 1963-07 to 1991-12: RM-RF 0.43, SMB 0.27,
  HML 0.40;
- Fama and French (2015), Journal of Financial Economics 116, table 4, 1963-07 to 2013-12: RM-RF 0.50, HML 0.37;
- Davis, Fama and French (2000), Journal of Finance 55, table 1, 1929-07 to 1997-06: RM-RF 0.67, SMB 0.20, HML 0.46.

The library has since revised its figures, so the bounds are a few hundredths wide. Turning points of small and large
caps: small caps led 1974-1983 (Siegel, Stocks for the Long Run), large caps from mid-1983 and from April 2011 (The
Leuthold Group's small and large cap cycles). The market's fall of 1929-1932 and its recovery at the end of 1944 or
the beginning of 1945, dividends included, are those of the CRSP and Ibbotson series: 83 to 84 %.
"""

import gzip
import math
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.market import evidence
from core.market.series import embedded, read_factors, write_factors
from core.tilt.box import MARKET_BOX, PadPoint, box_at, point_of


def series():
    """Rows (month, market above bills, small minus big, high minus low, bill), fractions, read by hand."""
    lines = gzip.decompress((files("resources") / "market" / "factors.csv.gz").read_bytes()).decode().split()
    heading = lines[1].split(",")[0] if lines[0] == "month" else ""
    year, month = (int(x) for x in heading.split("-"))
    rows = []
    for line in lines[2:]:
        rows.append((f"{year}-{month:02}", *(int(cell) / 10_000 for cell in line.split(","))))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return rows


ROWS = series()
PREMIA = {"size": lambda r: r[2], "value": lambda r: r[3], "small_value": lambda r: r[2] + r[3]}


def growth(returns):
    dollar = [1.0]
    for r in returns:
        dollar.append(dollar[-1] * (1 + r))
    return dollar


def test_the_series_is_whole():
    assert (ROWS[0][0], ROWS[-1][0], len(ROWS)) == ("1926-07", "2018-11", 1109)
    factors = embedded()
    assert factors.months == 1109
    assert factors.month(0) == "1926-07"
    assert factors.month(1108) == "2018-11"
    assert factors.month(-1) == "1926-06"
    assert [float(x) for x in (factors.market[0], factors.smb[0], factors.hml[0], factors.bill[0])] == [
        0.0296,
        -0.0230,
        -0.0287,
        0.0022,
    ]
    assert read_factors(write_factors(factors), "x").hml.tolist() == factors.hml.tolist()


@pytest.mark.parametrize(
    ("start", "end", "market", "smb", "hml"),
    [
        ("1963-07", "1991-12", 0.43, 0.27, 0.40),
        ("1963-07", "2013-12", 0.50, None, 0.37),
        ("1929-07", "1997-06", 0.67, 0.20, 0.46),
    ],
)
def test_average_premiums_are_the_published_ones(start, end, market, smb, hml):
    factors = embedded()
    low = next(k for k in range(factors.months) if factors.month(k) == start)
    high = next(k for k in range(factors.months) if factors.month(k) == end) + 1
    for array, published in ((factors.market, market), (factors.smb, smb), (factors.hml, hml)):
        if published is not None:
            assert 100 * float(array[low:high].mean()) == pytest.approx(published, abs=0.05)


@pytest.mark.parametrize("key", sorted(PREMIA))
def test_premium_of_decades_and_windows_again(key):
    returns = [PREMIA[key](row) for row in ROWS]
    found = evidence.premium_returns(embedded(), key)
    dollar = growth(returns)
    assert evidence.annual_premium(found) == pytest.approx(dollar[-1] ** (12 / len(returns)) - 1)
    for decade in evidence.by_decade(found, embedded().first):
        part = [PREMIA[key](row) for row in ROWS if row[0][:3] == str(decade.start)[:3]]
        assert decade.annual == pytest.approx(growth(part)[-1] ** (12 / len(part)) - 1)
        assert decade.whole == (len(part) == 120)
    for window in evidence.windows(found):
        months = 12 * window.years
        every = sorted((dollar[k + months] / dollar[k]) ** (1 / window.years) - 1 for k in range(len(dollar) - months))
        assert window.count == len(every)
        assert window.negative == pytest.approx(sum(x < 0 for x in every) / len(every))
        assert (window.worst, window.best) == pytest.approx((every[0], every[-1]))
        place = 0.05 * (len(every) - 1)
        low = every[math.floor(place)] + (place % 1) * (every[math.floor(place) + 1] - every[math.floor(place)])
        assert window.low == pytest.approx(low)
        assert window.apart == 1109 // months


@pytest.mark.parametrize("key", sorted(PREMIA))
def test_drawdowns_again(key):
    dollar = growth([PREMIA[key](row) for row in ROWS])
    worst, peak = 0.0, 0
    at = (0, 0)
    longest = 0
    for k, value in enumerate(dollar):
        if value >= dollar[peak] * (1 - 1e-12):
            longest, peak = max(longest, k - peak), k
        elif value / dollar[peak] - 1 < worst:
            worst, at = value / dollar[peak] - 1, (peak, k)
    longest = max(longest, len(dollar) - 1 - peak)
    found = evidence.drawdowns(evidence.premium_returns(embedded(), key))
    assert found[0].depth == pytest.approx(worst)
    assert (found[0].peak, found[0].trough) == at
    assert max(d.months for d in found) == longest


def test_the_markets_worst_fall_is_the_known_one():
    worst = evidence.drawdowns(embedded().total_market)[0]
    factors = embedded()
    assert worst.depth == pytest.approx(-0.837, abs=0.005)
    assert factors.month(worst.peak - 1) == "1929-08"
    assert factors.month(worst.trough - 1) == "1932-06"
    assert factors.month(worst.recovered - 1) in ("1944-12", "1945-01")


def turns(dollar, share):
    """Turning points the slow way: from each extreme look ahead for a reversal before a new extreme."""
    found, k, way = [], 0, 0
    while True:
        best, hit = k, None
        for j in range(k, len(dollar)):
            for side in (1, -1) if way == 0 else (way,):
                high = max(range(k, j + 1), key=lambda i, side=side: (side * dollar[i], -i))
                ratio = dollar[j] / dollar[high] if side == 1 else dollar[high] / dollar[j]
                if ratio <= 1 - share:
                    best, hit, way = high, j, -side
                    break
            if hit is not None:
                break
        if hit is None:
            return found
        found.append(best)
        k = best


@pytest.mark.parametrize("key", ["size", "value"])
def test_leadership_cycles_again(key):
    returns = [PREMIA[key](row) for row in ROWS]
    dollar = growth(returns)
    expected = turns(dollar, 0.30)
    runs = evidence.leadership_cycles(np.array(returns))
    done = [run for run in runs if run.complete]
    assert [run.start for run in done] + [done[-1].end] == expected
    for run in runs:
        ratio = dollar[run.end] / dollar[run.start]
        assert run.gap == pytest.approx(max(ratio, 1 / ratio) - 1)
        assert run.leader == ("first" if ratio > 1 else "second")
    assert [r.end for r in runs[:-1]] == [r.start for r in runs[1:]]
    assert (runs[0].start, runs[-1].end) == (0, 1109)


def test_size_cycles_are_the_published_ones():
    factors = embedded()
    runs = evidence.leadership_cycles(factors.smb)
    spans = {(factors.month(r.start - 1), factors.month(r.end - 1), r.leader) for r in runs}
    assert ("1974-12", "1983-07", "first") in spans
    assert ("1983-07", "1999-03", "second") in spans
    assert ("2011-03", "2018-11", "second") in spans  # the run the snapshot calls 14 years old in 2025
    lengths = [r.years for r in runs if r.complete and r.leader == "second"]
    assert sum(lengths) / len(lengths) == pytest.approx(11, abs=0.75)
    assert list(evidence.past_runs("large")) == sorted(lengths)


@given(st.lists(st.floats(-0.3, 0.3), min_size=1, max_size=60))
def test_cycles_and_drawdowns_cover_the_series_once(returns):
    array = np.array(returns)
    runs = evidence.leadership_cycles(array)
    if runs:
        assert runs[0].start == 0
        assert runs[-1].end == len(returns)
        assert all(a.end == b.start for a, b in pairwise(runs))
        assert all(a.leader != b.leader for a, b in pairwise(runs))
        assert all(run.gap >= 1 / 0.7 - 1 - 1e-9 for run in runs if run.complete)
    below = evidence.underwater(array)
    found = evidence.drawdowns(array)
    assert sum(d.months for d in found) <= len(returns)
    assert min((d.depth for d in found), default=0.0) == pytest.approx(min(0.0, float(below.min())), abs=1e-11)


# -- the target -------------------------------------------------------------------------------------------------------


def test_loadings_are_rows_and_columns_of_the_box():
    assert evidence.loadings(point_of(MARKET_BOX)) == evidence.Loadings(pytest.approx(0), pytest.approx(0))
    large, small = (evidence.loadings(PadPoint(size, 0)) for size in (1, -1))
    assert small.smb - large.smb == pytest.approx(1)
    value, growth_ = (evidence.loadings(PadPoint(0.6, v)) for v in (1, -1))
    assert value.hml - growth_.hml == pytest.approx(1)
    # a box's loadings are the mean of its cells'
    box = box_at(-0.2, 0.4).box
    from core.tilt.box import SIZE_SCORES, VALUE_SCORES

    cells = [evidence.loadings(PadPoint(s, v)) for s, v in zip(SIZE_SCORES, VALUE_SCORES, strict=True)]
    assert sum(w * c.smb for w, c in zip(box, cells, strict=True)) == pytest.approx(0.4)
    assert sum(w * c.hml for w, c in zip(box, cells, strict=True)) == pytest.approx(0.2)


def test_tracking_error_and_bad_decade_again():
    found = evidence.target_range(embedded(), PadPoint(0.1, 0.3))
    gaps = [0.25 * row[2] + 0.15 * row[3] for row in ROWS]
    mean = sum(gaps) / len(gaps)
    assert found.tracking_error == pytest.approx(math.sqrt(12 * sum((g - mean) ** 2 for g in gaps) / (len(gaps) - 1)))
    tilted = growth([row[1] + row[4] + gap for row, gap in zip(ROWS, gaps, strict=True)])
    market = growth([row[1] + row[4] for row in ROWS])
    ratio = [a / b for a, b in zip(tilted, market, strict=True)]
    decades = sorted((ratio[k + 120] / ratio[k]) ** 0.1 - 1 for k in range(len(ratio) - 120))
    place = 0.05 * (len(decades) - 1)
    low = decades[math.floor(place)] + (place % 1) * (decades[math.floor(place) + 1] - decades[math.floor(place)])
    assert found.decades.low == pytest.approx(low)
    assert found.decades.worst == pytest.approx(decades[0])


def test_no_tilt_means_no_tracking_error():
    found = evidence.target_range(embedded(), point_of(MARKET_BOX))
    assert found.tracking_error == pytest.approx(0, abs=1e-12)
    assert found.premium == pytest.approx(0, abs=1e-12)


@given(st.floats(-0.9, 0.6), st.floats(0, 0.9), st.floats(0.1, 1))
def test_half_the_tilt_half_the_tracking_error(size, value, share):
    whole = evidence.target_range(embedded(), PadPoint(size, value)).tracking_error
    part = PadPoint(0.6 + share * (size - 0.6), share * value)
    assert evidence.target_range(embedded(), part).tracking_error == pytest.approx(share * whole, abs=1e-12)


def test_the_market_is_the_mean_of_the_cells():
    cells = evidence.cell_growth(embedded())
    first = cells[:, 1] - 1
    assert float(np.dot(MARKET_BOX, first)) == pytest.approx(ROWS[0][1] + ROWS[0][4])
