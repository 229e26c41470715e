"""What comes and goes: tips, menus, messages, work under way."""

from tests.visual.states.waiting import rest, show


def drop_over(_app, window, _folder):
    window._overlay.setGeometry(window._central.rect())
    window._overlay.show()
    window._overlay.raise_()


def messages(severity):
    def go(_app, window, _folder):
        from core.household import Severity

        window.bench.say(
            Severity(severity),
            "Positions.csv, row 14, column Quantity: 'n/a' is not a quantity. Correct the cell, or export it again.",
            "Name the columns",
            lambda: None,
        )

    return go


def tip(find):
    """The words that hovering shows."""

    def go(app, window, _folder):
        from PySide6.QtWidgets import QApplication, QLabel, QToolTip

        words = find(window)
        QToolTip.showText(window.mapToGlobal(window.rect().center()), words, window)
        rest(100)
        shown = next(w for w in QApplication.topLevelWidgets() if w.inherits("QTipLabel") and w.isVisible())
        picture = QLabel()  # a tip goes by itself
        picture.setPixmap(shown.grab())
        return show(picture)

    return go


def menu(name):
    def go(_app, window, _folder):
        from PySide6.QtCore import QPoint

        shown = next(a.menu() for a in window.menuBar().actions() if a.text().replace("&", "") == name)
        shown.popup(window.mapToGlobal(QPoint(40, 40)))
        rest(100)
        return shown

    return go


def reading(_app, window, _folder):
    window.show_page("household")
    window.import_flow.reading.emit("Reading 5 files…")


def proving(_app, window, _folder):
    window.show_page("target")
    window.plan_flow.prove()
    rest(300)


def no_network(_app, window, _folder):
    window.show_page("household")
    window.refresh_flow._failed(
        "query1.finance.yahoo.com cannot be reached. Check the connection; what is known stays in use."
    )


STATES = {
    "drop": drop_over,
    "tip-cell": tip(lambda w: w.target_page.boxes.cells[6].toolTip()),
    "tip-strip": tip(lambda w: w.strip._tiles["misfit"].toolTip()),
    "menu-file": menu("File"),
    "menu-plan": menu("Plan"),
    "menu-book": menu("Book"),
    "menu-help": menu("Help"),
    "reading": reading,
    "proving": proving,
    "no-network": no_network,
    "message-error": messages("error"),
    "message-warning": messages("warning"),
}
