"""The charts of the evidence: what they say, by keys and mouse, in both themes, with nothing, and at any size."""

import pytest
from PySide6.QtCore import Qt

from tests.widgets.conftest import unnamed_controls
from widgets import evidence_charts
from widgets.evidence_charts import Band, Bar, BarChart, Level, Line, LineChart, RangeBars, RangeRow
from widgets.pictures import picture_of
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
    chart = LineChart("Growth", values="dollar")
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


def test_a_line_is_as_heavy_on_a_fine_screen_as_on_an_ordinary_one(qtbot, qapp):
    """The red ink in one column of a picture, drawn once and twice as fine, of a level line."""
    apply_theme(qapp, "light")
    chart = LineChart("Level", values="number")
    chart.set_lines(YEARS, [Line("one", [0.5] * 121, "loss")], str, "level")
    qtbot.addWidget(chart)
    chart.resize(500, 300)
    chart.show()
    qtbot.waitExposed(chart)

    def ink(scale):
        picture = picture_of(chart, float(scale)).toImage()
        column = [picture.pixelColor(picture.width() * 3 // 4, y) for y in range(picture.height() * 3 // 4)]
        return sum(max(0, dot.red() - dot.blue()) for dot in column)

    qtbot.waitUntil(lambda: ink(1) > 0)
    assert 1.5 * ink(1) < ink(2) < 3 * ink(1)


def test_the_name_of_a_level_keeps_off_the_lines():
    rising = [0.0] * 300 + [1.0] * 700
    place = evidence_charts._clear_place([rising], 0.0, above=True)
    assert place > 0.3
    assert evidence_charts._clear_place([[1.0 - y for y in rising]], 0.0, above=True) == pytest.approx(0.02)


def test_marks_of_a_ratio_are_doublings():
    marks = evidence_charts._doublings(-1.5, 1.5)
    assert [evidence_charts._times(mark).split("\u202f")[0] for mark in marks] == ["0.25", "0.5", "1", "2", "4"]
    assert [evidence_charts._digits(spacing) for spacing in (20, 1, 0.5, 0.05)] == [0, 0, 1, 2]
