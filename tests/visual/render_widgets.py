"""Render every widget in light and dark, at 1x and 2x, to PNG files: ``python tests/visual/render_widgets.py FOLDER``.

Made to be looked at. Each widget is shown on the window's ground at the size it gets in a page.
"""

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def scenes():
    """Name -> (function that makes the widget, width, height)."""
    from PySide6.QtCore import QPointF, Qt
    from PySide6.QtWidgets import (
        QCheckBox,
        QComboBox,
        QHBoxLayout,
        QLineEdit,
        QPushButton,
        QRadioButton,
        QSpinBox,
        QVBoxLayout,
        QWidget,
    )

    from core.household import Severity
    from core.tilt.box import PadPoint, point_of
    from core.tilt.target import TaxSettings
    from tests.widgets import samples
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
    from widgets.preset_bar import PresetBar
    from widgets.style_box import StyleBoxView
    from widgets.theme import set_icon
    from widgets.tilt_pad import TiltPad
    from widgets.trades_table import TradesTable

    present, target, after = samples.boxes()
    mix, wanted, then = samples.mixes()
    home, exposures = samples.household(), samples.exposures()

    def carded(title, widget, subtitle=""):
        card = Card(title, subtitle)
        card.body.addWidget(widget)
        return card

    def stacked(*widgets, spacing=12):
        box = QWidget()
        layout = QVBoxLayout(box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(spacing)
        for widget in widgets:
            layout.addWidget(widget)
        return box

    def pad():
        widget = TiltPad()
        widget.set_present(point_of(present))
        widget.set_target(PadPoint(0.1, 0.3))
        widget.set_after(point_of(after))
        return widget

    def pad_crowded():
        widget = TiltPad()
        widget.set_present(PadPoint(0.58, -0.03))
        widget.set_target(PadPoint(0.55, 0.05))
        widget.set_after(PadPoint(0.57, 0.02))
        return widget

    def pad_corner():
        widget = TiltPad()
        widget.set_present(PadPoint(0.9, -0.95))
        widget.set_target(PadPoint(-0.97, 0.98))
        widget.set_after(PadPoint(-0.9, 0.93))
        widget.mouseMoveEvent(_move(QPointF(120, 200)))
        return widget

    def _move(position):
        from PySide6.QtCore import QEvent
        from PySide6.QtGui import QMouseEvent

        return QMouseEvent(
            QEvent.Type.MouseMove,
            position,
            position,
            Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        )

    def style():
        widget = StyleBoxView()
        widget.set_box(present)
        return carded("Style box", widget, "US equity of known style, today")

    def style_empty():
        widget = StyleBoxView("Today")
        widget.set_box(None)
        return widget

    def editor():
        widget = BoxEditor()
        widget.set_boxes(present, target, after)
        widget.set_pins({6, 2})
        return carded("Nine boxes", widget)

    def mix_editor():
        widget = MixEditor()
        widget.set_present(mix)
        widget.set_mix(wanted)
        widget.set_after(then)
        widget.set_locked(frozenset({"bonds"}))
        return carded("Asset mix", widget)

    def sector_bars():
        widget = SectorBars()
        widget.set_sectors(*samples.sectors())
        return carded("Sectors", widget, "Shares of all equity")

    def sector_bars_today():
        widget = SectorBars()
        widget.set_sectors(samples.sectors()[0])
        return carded("Sectors", widget, "Shares of all equity")

    def accounts():
        widget = AccountBars()
        widget.set_accounts(account_bars(home, exposures, samples.trades(home)))
        return carded("Accounts", widget)

    def accounts_today():
        widget = AccountBars()
        widget.set_accounts(account_bars(home, exposures))
        return carded("Accounts", widget)

    def strip(fill):
        widget = BalanceStrip()
        fill(widget)
        return widget

    def holdings():
        widget = HoldingsTree()
        widget.set_household(home, exposures)
        top = widget.model.index(0, 0)
        widget.view.expand(widget.model.index(0, 0, top))
        widget.view.setCurrentIndex(widget.model.index(1, 0, top))
        return widget

    def trades():
        widget = TradesTable()
        widget.set_proposal(samples.proposal(home=home), home, TaxSettings(), exposures)
        top = widget.model.index(0, 0)
        widget.view.expand(widget.model.index(0, 0, top))
        return widget

    def trades_live():
        widget = TradesTable()
        widget.set_live(samples.live_plan(), home, exposures)
        return widget

    def trades_empty():
        return TradesTable()

    def findings():
        widget = FindingsPanel()
        widget.set_findings(samples.findings())
        return carded("Findings", widget)

    def totals():
        widget = ControlTotalsTable()
        widget.set_files(samples.files())
        return carded("Control totals", widget)

    def coverage():
        good, poor, none = CoverageMeter(), CoverageMeter(), CoverageMeter()
        good.set_household(home, exposures)
        poor.set_coverage(0.71, [("Quillmark", 40000.0), ("ABC", 2000.0), ("DEF", 20.0), ("GHI", 1.0)])
        return stacked(good, poor, none)

    def messages():
        bars = []
        for text, severity, remedy, details in (
            ("Saved to trades.xlsx.", Severity.INFO, "Open the folder", ""),
            (
                "Prices are 9 days old: amounts and taxes may be off by what the market has moved since.",
                Severity.WARNING,
                "Refresh prices",
                "",
            ),
            (
                "Elm-Positions.csv could not be read: row 14 has no account number. Export it again with all columns, "
                "or choose the layout by hand.",
                Severity.ERROR,
                "Choose the layout",
                "details",
            ),
        ):
            bar = MessageBar()
            bar.show_message(text, severity, remedy, details)
            bars.append(bar)
        return stacked(*bars)

    def drops():
        compact, over, busy = DropArea(compact=True), DropArea(compact=True), DropArea(compact=True)
        over._over = True
        over._say_over()
        busy.set_busy("Reading Elm-Positions-2026-06-30.csv")
        return stacked(compact, over, busy)

    def presets():
        widget = PresetBar()
        widget.set_current("small-value")
        return widget

    def form():
        box = QWidget()
        grid = FormGrid(box)
        reserve, smallest, share, count = (
            PercentField("Cash reserve", digits=1),
            MoneyField("Smallest trade"),
            PercentField("Position"),
            IntField("Days", suffix=" days"),
        )
        reserve.set_fraction(0.01)
        smallest.set_amount(2500)
        share.set_fraction(0.05)
        count.set_count(1200)
        share.setEnabled(False)
        grid.add_field("Cash reserve of each account", reserve, "Never bought into, in any account.")
        grid.add_field("Smallest trade", smallest)
        grid.add_field("Largest position bought", share)
        grid.add_field("Almost long within", count)
        return carded("Trading", box)

    def controls():
        box = QWidget()
        layout = QVBoxLayout(box)
        combo, off, spin = QComboBox(), QComboBox(), QSpinBox(value=12)
        combo.addItems(["Half of the band", "Target", "Edge"])
        off.addItems(["Not now"])
        off.setEnabled(False)
        spin.setMaximumWidth(120)
        for widget in (combo, off, spin, QLineEdit(placeholderText="A name"), QLineEdit("Elm family")):
            layout.addWidget(widget)
        for text, state, enabled in (
            ("Harvest losses", Qt.CheckState.Checked, True),
            ("Avoid short-term gains", Qt.CheckState.Unchecked, True),
            ("Some accounts", Qt.CheckState.PartiallyChecked, True),
            ("Not now", Qt.CheckState.Unchecked, False),
        ):
            check = QCheckBox(text)
            check.setCheckState(state)
            check.setEnabled(enabled)
            layout.addWidget(check)
        radio = QRadioButton("Only one")
        radio.setChecked(True)
        layout.addWidget(radio)
        return carded("Controls", box)

    def buttons():
        box = QWidget()
        layout = QHBoxLayout(box)
        for text, properties in (
            ("Export", {"primary": True}),
            ("Import", {}),
            ("Checked", {"on": True}),
            ("Disabled", {"off": True}),
        ):
            button = QPushButton(text)
            set_icon(
                button,
                "export" if properties.get("primary") else "import",
                "accent_text" if properties.get("primary") else "text",
            )
            button.setProperty("primary", properties.get("primary", False))
            if properties.get("on"):
                button.setCheckable(True)
                button.setChecked(True)
            button.setEnabled(not properties.get("off"))
            layout.addWidget(button)
        layout.addStretch(1)
        return box

    def icons():
        from PySide6.QtWidgets import QGridLayout, QLabel

        from widgets.theme import icon_names, pixmap, tokens

        box = QWidget()
        grid = QGridLayout(box)
        for number, name in enumerate(icon_names()):
            sign = QLabel()
            sign.setPixmap(pixmap(name, 24, tokens().text, sign.devicePixelRatioF()))
            grid.addWidget(sign, number // 8 * 2, number % 8, Qt.AlignmentFlag.AlignCenter)
            grid.addWidget(QLabel(name), number // 8 * 2 + 1, number % 8, Qt.AlignmentFlag.AlignCenter)
        return box

    live, final = samples.live_plan(), samples.proposal()
    return {
        "tilt_pad": (pad, 460, 500),
        "tilt_pad_crowded": (pad_crowded, 400, 430),
        "tilt_pad_corner": (pad_corner, 300, 330),
        "style_box": (style, 380, 340),
        "style_box_empty": (style_empty, 300, 280),
        "box_editor": (editor, 520, 400),
        "mix_editor": (mix_editor, 520, 320),
        "sector_bars": (sector_bars, 520, 380),
        "sector_bars_today": (sector_bars_today, 400, 360),
        "account_bars": (accounts, 520, 320),
        "account_bars_today": (accounts_today, 400, 260),
        "strip_final": (lambda: strip(lambda s: s.show_final(final)), 1280, 64),
        "strip_live": (lambda: strip(lambda s: s.show_live(live, 14)), 1280, 64),
        "strip_narrow": (lambda: strip(lambda s: s.show_final(final)), 800, 64),
        "strip_no_plan": (
            lambda: strip(lambda s: s.show_no_plan("No trades keep all of them", ("sell_all VTI", "no_sell VTI"))),
            1280,
            64,
        ),
        "strip_conflict": (
            lambda: strip(lambda s: (s.show_final(final), s.show_live(samples.live_plan(("cash_reserve",)), 0))),
            1280,
            64,
        ),
        "strip_empty": (lambda: strip(lambda s: None), 1280, 64),
        "holdings": (holdings, 1280, 480),
        "trades": (trades, 1280, 440),
        "trades_live": (trades_live, 1000, 320),
        "trades_empty": (trades_empty, 700, 220),
        "findings": (findings, 720, 260),
        "control_totals": (totals, 820, 220),
        "coverage": (coverage, 520, 130),
        "messages": (messages, 860, 190),
        "drop_area": (DropArea, 640, 300),
        "drop_area_compact": (drops, 760, 240),
        "presets": (presets, 620, 50),
        "form": (form, 420, 260),
        "controls": (controls, 420, 380),
        "buttons": (buttons, 560, 60),
        "icons": (icons, 760, 380),
    }


def render(folder, mode, only=()):
    """Render all scenes in one theme at the scale of this process."""
    from PySide6.QtCore import QEvent, QSize, Qt
    from PySide6.QtGui import QFont
    from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

    from widgets.theme import apply_theme

    app = QApplication.instance() or QApplication([])
    if os.environ.get("TRIMTAB_PICTURE_FONT"):
        app.setFont(QFont(os.environ["TRIMTAB_PICTURE_FONT"], 10))
    apply_theme(app, mode)
    scale = round(app.devicePixelRatio())
    for name, (make, width, height) in scenes().items():
        if only and name not in only:
            continue
        ground = QWidget()
        ground.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        layout = QVBoxLayout(ground)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.addWidget(make())
        ground.resize(QSize(width + 24, height + 24))
        ground.show()
        for _ in range(3):
            app.processEvents()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        ground.grab().save(str(folder / f"{name}-{mode}-{scale}x.png"))
        ground.close()


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "widget-pictures")
    folder.mkdir(parents=True, exist_ok=True)
    if os.environ.get("TRIMTAB_RENDER_MODE"):
        render(folder, os.environ["TRIMTAB_RENDER_MODE"], sys.argv[2:])
        return
    for mode in ("light", "dark"):
        for scale in ("1", "2"):
            environment = os.environ | {
                "QT_QPA_PLATFORM": "offscreen",
                "QT_SCALE_FACTOR": scale,
                "TRIMTAB_RENDER_MODE": mode,
            }
            subprocess.run([sys.executable, __file__, str(folder), *sys.argv[2:]], check=True, env=environment)
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


if __name__ == "__main__":
    main()
