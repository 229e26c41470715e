"""What holds for every widget: named controls, tooltips, both themes, doubled scale, no size that clips."""

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractButton, QWidget

from core.household import Severity
from core.tilt.box import PadPoint
from core.tilt.target import TaxSettings
from tests.widgets import samples
from tests.widgets.conftest import unnamed_controls
from widgets.balance_strip import BalanceStrip
from widgets.bars import AccountBars, SectorBars, account_bars
from widgets.box_editor import BoxEditor
from widgets.card import Card
from widgets.control_totals import ControlTotalsTable
from widgets.coverage_meter import CoverageMeter
from widgets.drop_area import DropArea
from widgets.findings_panel import FindingsPanel
from widgets.forms import FormGrid, IntField, MoneyField, PercentField
from widgets.holdings_tree import HoldingsTree
from widgets.message_bar import MessageBar
from widgets.mix_editor import MixEditor
from widgets.orientation import set_value_side
from widgets.preset_bar import PresetBar
from widgets.style_box import StyleBoxView
from widgets.theme import apply_theme
from widgets.tilt_pad import TiltPad
from widgets.trades_table import TradesTable


def _pad():
    pad = TiltPad()
    pad.set_present(PadPoint(0.55, -0.12))
    pad.set_after(PadPoint(0.2, 0.2))
    return pad


def _style():
    view = StyleBoxView("Today")
    view.set_box(samples.boxes()[0])
    return view


def _editor():
    editor = BoxEditor()
    editor.set_boxes(*samples.boxes())
    editor.set_pins({0})
    return editor


def _mix():
    editor = MixEditor()
    present, target, after = samples.mixes()
    editor.set_present(present)
    editor.set_mix(target)
    editor.set_after(after)
    return editor


def _sectors():
    bars = SectorBars()
    bars.set_sectors(*samples.sectors())
    return bars


def _accounts():
    bars = AccountBars()
    bars.set_accounts(account_bars(samples.household(), samples.exposures(), samples.trades()))
    return bars


def _strip():
    strip = BalanceStrip()
    strip.show_final(samples.proposal())
    return strip


def _holdings():
    tree = HoldingsTree()
    tree.set_household(samples.household(), samples.exposures())
    return tree


def _trades():
    table = TradesTable()
    table.set_proposal(samples.proposal(), samples.household(), TaxSettings(), samples.exposures())
    return table


def _findings():
    panel = FindingsPanel()
    panel.set_findings(samples.findings())
    return panel


def _totals():
    table = ControlTotalsTable()
    table.set_files(samples.files())
    return table


def _coverage():
    meter = CoverageMeter()
    meter.set_household(samples.household(), samples.exposures())
    return meter


def _message():
    bar = MessageBar()
    bar.show_message("Prices are old.", Severity.WARNING, "Refresh", "details")
    return bar


def _card():
    card = Card("Style box", "today")
    card.body.addWidget(_style())
    return card


def _form():
    box = QWidget()
    box.setAccessibleName("Form")
    grid = FormGrid(box)
    grid.add_field("Reserve", PercentField("Reserve"), "Kept in cash.")
    grid.add_field("Smallest trade", MoneyField("Smallest trade"))
    grid.add_field("Days", IntField("Days"))
    return box


MAKERS = {
    "tilt_pad": _pad,
    "style_box": _style,
    "box_editor": _editor,
    "mix_editor": _mix,
    "sector_bars": _sectors,
    "account_bars": _accounts,
    "balance_strip": _strip,
    "holdings_tree": _holdings,
    "trades_table": _trades,
    "findings_panel": _findings,
    "control_totals": _totals,
    "coverage_meter": _coverage,
    "message_bar": _message,
    "drop_area": DropArea,
    "preset_bar": PresetBar,
    "card": _card,
    "form": _form,
}


@pytest.fixture(params=MAKERS)
def widget(request, shown):
    return shown(MAKERS[request.param]())


def test_has_a_name_and_named_controls(widget):
    assert widget.accessibleName() or isinstance(widget, HoldingsTree | TradesTable)
    assert unnamed_controls(widget) == []


def test_icon_buttons_say_what_they_do(widget):
    silent = [
        button.accessibleName()
        for button in widget.findChildren(QAbstractButton)
        if not button.text()
        and not button.toolTip()
        and button.isVisible()
        and not button.objectName().startswith("qt_")
        and button.parent().metaObject().className() not in ("QLineEdit", "QTableView", "_Table", "ControlTotalsTable")
    ]
    assert silent == []


def test_something_can_take_the_focus_or_nothing_needs_it(widget):
    interactive = not isinstance(widget, SectorBars | AccountBars)
    parts = [widget, *widget.findChildren(QWidget)]
    focusable = any(part.focusPolicy() & Qt.FocusPolicy.TabFocus for part in parts)
    assert focusable or not interactive


def _colours(picture):
    """How often each colour occurs on a grid over the picture."""
    image = picture.toImage()
    return Counter(image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 2))


def test_paints_differently_in_the_dark(widget, qapp):
    light = _colours(widget.grab())
    apply_theme(qapp, "dark")
    qapp.processEvents()
    dark = _colours(widget.grab())
    assert min(len(light), len(dark)) > 2
    most = dark.most_common(1)[0][0]
    assert QColor(most).lightnessF() < 0.25, "the ground is dark"
    assert QColor(light.most_common(1)[0][0]).lightnessF() > 0.8
    assert dark[0xFFFFFFFF] < 0.02 * dark.total(), "only letters may be white"


def test_paints_at_its_least_size_and_mirrored(widget, qapp):
    widget.resize(widget.minimumSizeHint())
    assert not widget.grab().isNull()
    set_value_side("left")
    qapp.processEvents()
    assert not widget.grab().isNull()


def test_goes_away_quietly_and_the_theme_changes_after_it(qtbot, qapp):
    for make in MAKERS.values():
        gone = make()
        gone.deleteLater()
    qapp.processEvents()
    apply_theme(qapp, "dark")
    set_value_side("left")
    qapp.processEvents()
