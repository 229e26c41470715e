"""The header: whose household, how old the data are, what it is worth, and the commands used all day."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.export.check_limits import OLD_DAYS, STALE_DAYS
from core.household import Household
from desktop.actions import Actions
from widgets.elided import ElidedLabel
from widgets.numbers import date_text, money, plural
from widgets.theme import S, font, set_icon, theme_events, tokens


def age_words(as_of: date, today: date) -> str:
    """How old data are, in words."""
    days = (today - as_of).days
    if days < 0:
        return "dated in the future"
    if days == 0:
        return "today"
    if days == 1:
        return "yesterday"
    if days < 60:
        return f"{days} days old"
    months = days // 30
    return f"{months} months old" if months < 24 else f"{days // 365} years old"


def age_role(as_of: date, today: date) -> str:
    """The colour role that goes with the age; the words say it too."""
    days = (today - as_of).days
    if days < 0 or days > STALE_DAYS:
        return "error"
    return "warning" if days > OLD_DAYS else "ok"


class Header(QFrame):
    """One row at the top of the window. ``cancelRequested`` from the button beside what is under way."""

    cancelRequested = Signal()

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._household: Household | None = None
        self._today: date | None = None
        self.kept = True
        self.setObjectName("header")
        row = QHBoxLayout(self)
        row.setContentsMargins(S.lg, S.sm, S.md, S.sm)
        row.setSpacing(S.sm)
        words = QVBoxLayout()
        words.setSpacing(0)
        self.name = ElidedLabel()
        self.name.setFont(font("title"))
        self.name.setMinimumWidth(120)
        self.facts = QLabel()
        self.facts.setTextFormat(Qt.TextFormat.RichText)
        self.facts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        words.addWidget(self.name)
        words.addWidget(self.facts)
        row.addLayout(words, 1)
        self.busy = QLabel()
        self.busy.setProperty("muted", True)
        self.busy.setAccessibleName("Background work")
        row.addWidget(self.busy)
        self.cancel = QToolButton()
        self.cancel.setProperty("quiet", True)
        self.cancel.setAccessibleName("Cancel")
        self.cancel.setToolTip("Cancel what is under way")
        set_icon(self.cancel, "close", "text_muted")
        self.cancel.clicked.connect(self.cancelRequested)
        self.cancel.hide()
        row.addWidget(self.cancel)
        row.addSpacing(S.sm)
        self.value = QLabel()
        self.value.setFont(font("title"))
        self.value.setAccessibleName("Household value")
        row.addWidget(self.value)
        row.addSpacing(S.md)
        for key, style in (
            ("import", "button"),
            ("refresh", "quiet"),
            ("undo", "quiet"),
            ("redo", "quiet"),
            ("export", "primary"),
            ("switch_theme", "quiet"),
            ("inspector", "quiet"),
        ):
            row.addWidget(_button(actions, key, style))
        theme_events().themeChanged.connect(self._restyle)

    def show_household(self, household: Household, today: date, *, kept: bool = True) -> None:
        """Say whose household it is, its age and value, and where it is in no book that it ends with the window."""
        self._household, self._today, self.kept = household, today, kept
        self.facts.setToolTip(
            "" if kept else "Put it into a book on the Book page (Ctrl+5): encrypted, with every step"
        )
        self.name.setText(household.name)
        self.name.setToolTip(household.name)
        self.value.setText(money(household.value))
        self._restyle()

    def show_busy(self, text: str, *, stoppable: bool = False) -> None:
        """Say what is under way; ``stoppable`` work has a button that cancels it."""
        self.busy.setText(text)
        self.cancel.setVisible(bool(text) and stoppable)

    def _restyle(self) -> None:
        if self._household is None or self._today is None:
            return
        as_of = self._household.as_of
        colour = getattr(tokens(), age_role(as_of, self._today)).name()
        muted = tokens().text_muted.name()
        accounts = plural(len(self._household.accounts), "account")
        self.facts.setText(
            f'<span style="color:{muted}">{accounts} · prices of {date_text(as_of)}, </span>'
            f'<span style="color:{colour}">{age_words(as_of, self._today)}</span>'
            + ("" if self.kept else f'<span style="color:{muted}"> · in no book: ends with the window</span>')
        )


def _button(actions: Actions, key: str, style: str) -> QWidget:
    action = actions[key]
    if style in ("primary", "button"):
        return _push_button(action, primary=style == "primary")
    button = QToolButton()
    button.setDefaultAction(action)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(action.iconText())
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setProperty(style, True)
    return button


def _push_button(action: QAction, *, primary: bool) -> QPushButton:
    """A push button that does what an action does and is enabled with it."""
    button = QPushButton(action.iconText())
    button.setProperty("primary", primary)
    button.setToolTip(action.toolTip())
    set_icon(button, "export" if primary else "import", "accent_text" if primary else "text")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setEnabled(action.isEnabled())
    button.clicked.connect(action.trigger)
    action.enabledChanged.connect(button.setEnabled)
    return button
