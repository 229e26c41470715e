"""The whole way of an adviser in the program's own window, by mouse and keyboard; says on stdout what came of it.

``python whole_journey_driver.py first|keys|again|again-by-keys FOLDER``: FOLDER holds the brokerage files and takes the
workbook. ``first`` goes by mouse and keys, ``keys`` by keyboard alone, the other two open the program a second time.
"""

import json
import sys
import time
from pathlib import Path

from PySide6.QtCore import QEventLoop, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton

from desktop.app import WindowOptions, _application, _open, _settings

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


def rest(milliseconds):
    """The event loop for a while. QTest's own waiting keeps Python's lock, so the workers would hardly get on."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


class Journey:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.app = _application(dialogs=False)
        self.crashes = []
        self.window = _open(self.app, WindowOptions(size=(1440, 900)), _settings(self.app, remember=True))
        for source in (self.window.bench.service, self.window.bench.tasks, self.window.bench.quiet_tasks):
            source.crashed.connect(lambda error: self.crashes.append(repr(error)))
        self.window.move(0, 0)
        self.window.show()
        QTest.qWaitForWindowExposed(self.window)
        self.window.activateWindow()
        QTest.qWaitForWindowActive(self.window)
        self.window.bench.start()
        self.settle()
        #: The document after each step that can be undone.
        self.states = {0: self.document}
        self.bench.session.stack.indexChanged.connect(lambda index: self.states.setdefault(index, self.document))

    # --- tools ------------------------------------------------------------------------------------------------------

    @property
    def bench(self):
        return self.window.bench

    @property
    def document(self):
        return self.bench.document

    def until(self, done, what, seconds=60):
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end:
                self.picture("failed")
                self.bench.shutdown()
                raise SystemExit(f"{what} did not come; {self.window.message_bar.text()}")
            rest(10)

    def settle(self):
        def calm():
            there = self.bench.proposal is not None or self.bench.failure is not None
            return there and not self.bench.service.busy and not self.bench.tasks.busy

        self.until(calm, "the plan")

    def picture(self, name):
        rest(150)
        self.window.screen().grabWindow(self.window.winId()).save(str(self.folder / f"{name}.png"))

    def key(self, key, modifier=NONE, widget=None):
        if self.app.activeModalWidget() is None and not self.window.isActiveWindow():
            # Without a window manager nobody gives the focus back when a dialog closes.
            self.window.activateWindow()
            QTest.qWaitForWindowActive(self.window)
        QTest.keyClick(widget or self.app.focusWidget() or self.window, key, modifier)

    def click(self, widget):
        QTest.mouseClick(widget, LEFT, NONE, widget.rect().center())

    def say(self, step, **facts):
        print(json.dumps({"step": step, **facts}), flush=True)

    # --- steps ------------------------------------------------------------------------------------------------------

    def first_run(self):
        self.key(Qt.Key.Key_1, CTRL, self.window)
        page = self.window.household_page
        self.say(
            "first run",
            platform=self.app.platformName(),
            household=self.document.household.name,
            invites=page.drop.isVisible(),
            state=self.window.strip.state_text(),
        )
        self.picture("1-first-run")

    def import_files(self, *, drop):
        names = sorted(path for path in self.folder.glob("*.csv"))
        if drop:
            mime = QMimeData()
            mime.setUrls([QUrl.fromLocalFile(str(path)) for path in names])
            # A drag between programs needs a second program: its events are sent as Qt sends them.
            copy = Qt.DropAction.CopyAction
            self.app.sendEvent(self.window, QDragEnterEvent(QPoint(500, 400), copy, mime, LEFT, NONE))
            self.until(self.window._overlay.isVisible, "the drop area", 5)
            self.picture("1-drop")
            self.app.sendEvent(self.window._overlay, QDropEvent(QPointF(300, 300), copy, mime, LEFT, NONE))
        else:
            self.key(Qt.Key.Key_O, CTRL, self.window)
            self.type_files(" ".join(f'"{path.name}"' for path in names))
        self.until(lambda: self.window.import_flow.dialog is not None, "the preview")
        dialog = self.window.import_flow.dialog
        rest(100)
        accept = next(button for button in dialog.findChildren(QPushButton) if button.text() == "Open household")
        self.picture("2-import")
        if drop:
            self.click(accept)
        else:
            self.key(Qt.Key.Key_Return, widget=accept)
        self.settle()
        self.say(
            "import",
            files=len(names),
            accounts=len(self.document.household.accounts),
            name=self.document.household.name,
            trades=len(self.bench.proposal.trades) if self.bench.proposal else None,
        )

    def type_files(self, text):
        dialog = self.file_dialog()
        dialog.setDirectory(str(self.folder))
        rest(600)  # the dialog empties the field once more when it has read the folder
        edit = dialog.findChild(QLineEdit, "fileNameEdit")
        edit.setFocus()
        edit.clear()
        QTest.keyClicks(edit, text)
        QTest.keyClick(edit, Qt.Key.Key_Return)

    def file_dialog(self):
        found = []

        def look():
            found[:] = [d for d in self.window.findChildren(QFileDialog) if d.isVisible()]
            return bool(found)

        self.until(look, "the file dialog", 10)
        return found[0]

    def drag_to_small_value(self):
        self.key(Qt.Key.Key_2, CTRL, self.window)
        pad = self.window.target_page.pad
        before = len(self.bench.proposal.trades)
        start = pad.position_of(pad.target()).toPoint()
        QTest.mousePress(pad, LEFT, NONE, start)
        estimates = 0
        for step in range(1, 16):
            QTest.mouseMove(pad, start + QPoint(3 * step, 5 * step))
            rest(16)
            estimates += self.window.strip.state_text().startswith("Estimate")
        QTest.mouseRelease(pad, LEFT, NONE, start + QPoint(45, 75))
        self.settle()
        self.say("drag", estimates=estimates, before=before, after=len(self.bench.proposal.trades), undo=self.steps())
        self.picture("3-dragged")

    def tilt_by_keys(self):
        self.key(Qt.Key.Key_2, CTRL, self.window)
        pad = self.window.target_page.pad
        self.tab_to(pad)
        for _ in range(10):
            self.key(Qt.Key.Key_Down)
            self.key(Qt.Key.Key_Right)
        self.settle()
        target = pad.target()
        self.say("drag", small=target.size, value=target.value, undo=self.steps())

    def tab_to(self, widget, most=150):
        for _ in range(most):
            focus = self.app.focusWidget()
            if focus is widget or (focus is not None and focus.focusProxy() is widget):
                return
            self.key(Qt.Key.Key_Tab, widget=focus or self.window)
        raise SystemExit(f"{widget.accessibleName()!r} cannot be reached with the Tab key")

    def switch_rule_off(self, *, keys=False):
        switch = self.window.target_page.prices.list.switch_of("avoid_short_term")
        if keys:
            self.tab_to(switch)
            self.key(Qt.Key.Key_Space)
        else:
            self.click(switch)
        self.settle()
        self.say("rule off", avoid_short_term=self.document.target.tax.avoid_short_term, undo=self.steps())
        self.picture("4-rule-off")

    def preset(self):
        self.click(self.window.target_page.presets.buttons["small-value"])
        self.settle()
        self.say("preset", preset=self.document.target.style.preset)

    def reserve(self):
        field = self.window.target_page.trading.reserve
        self.window.target_page.tabs.show_tab("trading")
        rest(50)
        self.click(field)
        field.selectAll()
        QTest.keyClicks(field, "2")
        self.key(Qt.Key.Key_Return, widget=field)
        self.settle()
        self.window.target_page.tabs.show_tab("costs")
        self.say("reserve", reserve=self.document.target.trading.cash_reserve)

    def edit_trade(self):
        self.key(Qt.Key.Key_3, CTRL, self.window)
        table = self.window.trades_page.table
        trade = self.bench.proposal.trades[0]
        view = table.view
        view.setFocus()
        view.setCurrentIndex(table.model.index(0, 0))
        self.key(Qt.Key.Key_Down, widget=view)
        rest(30)
        chosen = table.chosen()[0]
        self.key(Qt.Key.Key_F2, widget=view)
        editors = []
        self.until(
            lambda: editors.extend(w for w in view.viewport().children() if w.inherits("QDoubleSpinBox")) or editors,
            "the editor of the quantity",
        )
        QTest.keyClicks(editors[0], "3")
        QTest.keyClick(editors[0], Qt.Key.Key_Return)
        self.until(lambda: self.document.target.orders != (), "the order")
        self.settle()
        same = [t for t in self.bench.proposal.trades if (t.account, t.security) == (chosen.account, chosen.security)]
        self.say(
            "edit trade",
            was=str(chosen.quantity),
            quantity=str(same[0].quantity) if same else None,
            failure=self.bench.failure.message if self.bench.failure else None,
            first=trade.security,
            undo=self.steps(),
        )
        self.picture("5-trade-edited")

    def steps(self):
        return self.bench.session.stack.index()

    def undo_and_redo(self):
        start, end = self.states[self.steps() - 6], self.document
        for _ in range(6):
            self.key(Qt.Key.Key_Z, CTRL, self.window)
        undone = self.document == start
        left = self.steps()
        self.settle()
        for _ in range(6):
            self.key(Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier, self.window)
        self.settle()
        self.say("undo and redo", undone=undone, left=left, redone=self.document == end)

    def export(self):
        self.key(Qt.Key.Key_E, CTRL, self.window)
        out = self.folder / "trades.xlsx"
        rest(200)
        box = self.app.activeModalWidget()
        if box is not None and not isinstance(box, QFileDialog):  # warnings are read before they are passed over
            self.say("before export", dialog=box.windowTitle())
            self.release(box)
        self.type_files(str(out))
        self.until(out.exists, "the workbook")
        self.settle()
        self.say("export", size=out.stat().st_size, message=self.window.message_bar.text())
        self.picture("6-exported")

    def release(self, box):
        for field in box.findChildren(QLineEdit):
            if field.isVisible() and field.isEnabled() and not field.text():
                QTest.keyClicks(field, "AB")
        from PySide6.QtWidgets import QCheckBox, QPlainTextEdit

        for text in box.findChildren(QPlainTextEdit):
            QTest.keyClicks(text, "read")
        for check in box.findChildren(QCheckBox):
            if not check.isChecked():
                self.click(check)
        default = next((b for b in box.findChildren(QPushButton) if b.isDefault() and b.isEnabled()), None)
        if default is None:
            raise SystemExit(f"the dialog {box.windowTitle()!r} cannot be answered")
        self.click(default)

    def quit(self):
        self.key(Qt.Key.Key_Q, CTRL, self.window)
        self.until(lambda: self.window.unsaved.box is not None, "the question what becomes of the household", 5)
        discard = next(button for button in self.window.unsaved.box.buttons() if button.text() == "Discard")
        QTimer.singleShot(50, lambda: self.click(discard))
        status = self.app.exec()
        self.bench.shutdown()
        self.say("quit", status=status, crashes=self.crashes)

    def again(self, *, keys=False):
        self.say("again", size=[self.window.width(), self.window.height()], theme=self.window.settings.theme)
        menu = self.window.recent.menu
        if keys:
            self.open_recent_by_keys(menu)
        else:
            self.window.recent._fill()
            menu.actions()[0].trigger()
        recent = len(menu.actions())
        self.until(lambda: self.window.import_flow.dialog is not None, "the preview")
        dialog = self.window.import_flow.dialog
        rest(50)
        accept = next(button for button in dialog.findChildren(QPushButton) if button.text() == "Open household")
        if keys:
            self.tab_to(accept)
            self.key(Qt.Key.Key_Return)
        else:
            self.click(accept)
        self.settle()
        self.say("reopened", recent=recent, accounts=len(self.document.household.accounts))

    def open_recent_by_keys(self, menu):
        """File by its letter, down to the list of recent files, into it, and the newest."""
        self.key(Qt.Key.Key_F, ALT, self.window)
        self.until(lambda: self.app.activePopupWidget() is not None, "the File menu", 5)
        file_menu = self.app.activePopupWidget()
        for _ in file_menu.actions():
            if file_menu.activeAction() is menu.menuAction():
                break
            self.key(Qt.Key.Key_Down, widget=file_menu)
        self.key(Qt.Key.Key_Right, widget=file_menu)
        self.until(menu.isVisible, "the recent files", 5)
        self.key(Qt.Key.Key_Return, widget=menu)


def main(what, folder):
    journey = Journey(folder)
    if what.startswith("again"):
        journey.again(keys=what == "again-by-keys")
        journey.quit()
        return
    journey.first_run()
    if what == "keys":
        journey.import_files(drop=False)
        journey.tilt_by_keys()
        journey.switch_rule_off(keys=True)
        journey.edit_trade()
        journey.undo_and_redo()
        journey.export()
        journey.quit()
        return
    journey.import_files(drop=True)
    journey.drag_to_small_value()
    journey.switch_rule_off()
    journey.preset()
    journey.reserve()
    journey.edit_trade()
    journey.undo_and_redo()
    journey.export()
    journey.quit()


if __name__ == "__main__":
    assert QApplication.instance() is None
    main(*sys.argv[1:])
