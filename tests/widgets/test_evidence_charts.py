"""The charts of the evidence: what they say, by keys and mouse, in both themes, with nothing, and at any size."""

import pytest
from PySide6.QtCore import Qt

from tests.widgets.conftest import unnamed_controls
from widgets.evidence_charts import Band, Bar, BarChart, Level, Line, LineChart, RangeBars, RangeRow
from widgets.score_bar import ScoreBar
from widgets.theme import apply_theme

YEARS = [2000 + k / 12 for k in range(121)]


def bars():
    chart = BarChart("Premium by decade")
    chart.set_bars([Bar("1990s", -0.02, True, "1990s lost"), Bar("2000s", 0.1, False, "2000s won")], "both")
    return chart


def lines():
    chart = LineChart("Lines")
    chart.set_lines(
        YEARS,
        [Line("one", [0.01 * k for k in range(121)], "target", fill=True), Line("two", [0.5] * 121, "after", "dash")],
        lambda k: f"place {k}",
        "all of it",
        bands=[Band(2001, 2004, "loss")],
        levels=[Level(0.4, "muted", "level"), Level(0.0, "loss", "nothing")],
    )
    return chart


def growth():
    chart = LineChart("Growth", share=False, logarithmic=True)
    chart.set_lines(YEARS, [Line("one", [1.05**k for k in range(121)], "target")], str, "grew")
    return chart


def ranges():
    chart = RangeBars("Windows")
    chart.set_rows([RangeRow("1 year", -0.4, -0.2, 0.05, 0.3, 1.5, "negative 39 %")])
    return chart


def score():
    bar = ScoreBar("Policy")
    bar.set_score(-0.4, 0.5)
    return bar


MAKERS = [bars, lines, growth, ranges, score]


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_drawn_in_both_themes_at_its_least_size(qtbot, qapp, make, theme):
    apply_theme(qapp, theme)
    widget = make()
    qtbot.addWidget(widget)
    widget.resize(widget.minimumSizeHint())
    widget.show()
    qtbot.waitExposed(widget)
    first = widget.grab().toImage()
    assert (
        len({first.pixelColor(x, y).rgb() for x in range(0, first.width(), 3) for y in range(0, first.height(), 3)}) > 3
    )
    assert unnamed_controls(widget) == []
    apply_theme(qapp, "light" if theme == "dark" else "dark")
    assert widget.grab().toImage() != first
    apply_theme(qapp, "light")


@pytest.mark.parametrize("make", MAKERS)
def test_says_what_it_shows(qtbot, make):
    widget = make()
    qtbot.addWidget(widget)
    assert widget.accessibleName()
    assert widget.accessibleDescription()


def test_keys_move_the_read_out(qtbot):
    chart = lines()
    qtbot.addWidget(chart)
    chart.show()
    assert chart.words.text() == "all of it"
    for key, said in (
        (Qt.Key.Key_Home, "place 0"),
        (Qt.Key.Key_Left, "place 0"),
        (Qt.Key.Key_Right, "place 1"),
        (Qt.Key.Key_PageDown, "place 13"),
        (Qt.Key.Key_PageUp, "place 1"),
        (Qt.Key.Key_End, "place 120"),
        (Qt.Key.Key_Right, "place 120"),
        (Qt.Key.Key_Escape, "all of it"),
    ):
        qtbot.keyClick(chart, key)
        assert chart.words.text() == said


def test_the_mouse_points_at_the_nearest_place(qtbot):
    from PySide6.QtCore import QPointF

    chart = lines()
    qtbot.addWidget(chart)
    chart.resize(500, 300)
    chart.show()
    qtbot.waitExposed(chart)
    box = chart._plot.getPlotItem().vb
    for k in (0, 37, 120):
        scene = box.mapViewToScene(QPointF(YEARS[k], 0.3))
        assert chart._under(QPointF(chart._plot.mapFromScene(scene))) in (k - 1, k, k + 1)


def test_new_values_replace_the_old(qtbot):
    chart = bars()
    qtbot.addWidget(chart)
    chart.show()
    chart.look_at(1)
    assert chart.words.text() == "2000s won"
    chart.set_bars([Bar("2010s", 0.02, True, "only one")], "one")
    assert chart.words.text() == "one"
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    assert chart.words.text() == "only one"
    assert len(chart._items) == 3  # a bar, its figure, the line at nothing


def test_nothing_to_show(qtbot):
    chart = LineChart("Empty")
    qtbot.addWidget(chart)
    chart.show()
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    chart.look_at(3)
    assert chart.words.text() == ""


def test_a_score_without_a_figure_says_so(qtbot):
    bar = ScoreBar("Cycle age")
    qtbot.addWidget(bar)
    assert bar.accessibleDescription() == "no figure"
    bar.set_score(0.3)
    assert bar.accessibleDescription() == "+0.30"
    bar.set_score(0.0)
    assert bar.accessibleDescription() in ("0.00", "+0.00")
