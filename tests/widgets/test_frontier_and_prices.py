"""The frontier's marks and words, and the price list."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QLocale, QPointF, QRectF

from widgets.frontier_chart import FrontierChart, _dollars
from widgets.price_list import PriceList, PriceRow


def point(eagerness, misfit, cost, knee=False):
    return SimpleNamespace(eagerness=eagerness, misfit=misfit, cost=cost, tax=cost, knee=knee)


POINTS = (point(0.01, 0.3, 0.0), point(0.05, 0.1, 800.0, knee=True), point(0.5, 0.05, 9000.0))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((0, 10_000, 20_000), ["$0", "$10K", "$20K"]),
        ((-10_000_000, -9_000_000, -8_000_000), ["−$10M", "−$9M", "−$8M"]),
        ((0, 200e6, 800e6, 1e9), ["$0", "$200M", "$800M", "$1B"]),
        ((10_000, 12_500, 15_000), ["$10.0K", "$12.5K", "$15.0K"]),
        ((100, 250), ["$100", "$250"]),
        ((), []),
    ],
)
def test_marks_of_the_cost_axis_have_no_more_decimals_than_they_need(values, words):
    assert _dollars(values) == words


def test_marks_of_the_cost_axis_in_a_language_with_a_decimal_comma():
    before = QLocale()
    QLocale.setDefault(QLocale("de_DE"))
    try:
        assert _dollars((10_000, 12_500)) == ["$10,0K", "$12,5K"]
        assert _dollars((9_000_000, 10_000_000)) == ["$9M", "$10M"]
    finally:
        QLocale.setDefault(before)


@pytest.fixture
def chart(shown, qtbot):
    chart = shown(FrontierChart(), 500, 300)
    chart.set_points(POINTS)
    chart.set_eagerness(0.5)
    qtbot.waitUntil(lambda: chart._plot is not None and chart._plot.isVisible())
    return chart


def words_hide_the_point(chart):
    box, at = chart._plot.getPlotItem().vb, chart._shown()
    centre, radius = box.mapViewToScene(QPointF(at.cost, at.misfit)), chart._items["point"].opts["size"] / 2
    return (
        chart._items["knee_words"]
        .sceneBoundingRect()
        .intersects(QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius))
    )


@pytest.mark.parametrize("knee_at", [0.0, 800.0])
def test_the_knee_s_word_gives_way_to_the_point(chart, knee_at):
    assert not words_hide_the_point(chart)
    chart.set_points((point(0.05, 0.1, knee_at, knee=True), POINTS[2]))
    chart.set_here(0.099, knee_at + 300.0, 1000.0)
    assert not words_hide_the_point(chart)
    plot = chart._plot.getPlotItem().vb.sceneBoundingRect()
    assert plot.contains(chart._items["knee_words"].sceneBoundingRect())


def test_what_costs_more_and_is_no_nearer_is_not_on_the_frontier(chart):
    worse = point(0.2, 0.11, 5000.0)
    chart.set_points((*POINTS, worse))
    assert chart.points() == POINTS
    chart.set_points((POINTS[0], point(0.05, 0.31, 800.0, knee=True)))
    assert chart.points() == ()
    assert "no nearer to the target" in chart._empty.text()


def test_the_knee_s_word_is_never_cut_by_the_edge(chart):
    chart.set_points((POINTS[0], point(0.05, 0.1, 800.0, knee=True)))
    chart.set_here(0.3, -100_000.0, -100_000.0)  # losses taken: the whole curve is at the right edge
    plot = chart._plot.getPlotItem().vb.sceneBoundingRect()
    assert plot.contains(chart._items["knee_words"].sceneBoundingRect())


def test_figures_of_the_price_list_are_never_under_its_scroll_bar(shown):
    prices = PriceList()
    words = "A rule of so many words that it needs two lines"
    prices.set_rows([PriceRow(f"rule {k}", words, points=1.0, dollars=2e8) for k in range(9)])
    shown(prices, prices.minimumSizeHint().width(), 120)
    assert prices._body.width() >= prices._body.minimumSizeHint().width()
    assert prices._body.width() <= prices._scroll.viewport().width()


def test_a_rule_whose_cost_is_not_known_has_no_empty_track(shown):
    prices = PriceList()
    shown(prices, 500, 200)
    prices.set_rows(
        (
            PriceRow("taxes", "Taxes on realised gains", switchable=False, points=7.0, dollars=100.0),
            PriceRow("max_stock", "A single stock bought to at most 1 %"),
            PriceRow("avoid_short_term", "Avoid short-term gains", on=False),
        )
    )
    assert [line.bar.known for line in prices._lines.values()] == [True, False, False]
