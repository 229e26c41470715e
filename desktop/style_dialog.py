"""The dialog with the returns-based style of one holding: asked for only when the adviser says so."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.classify.exposure import Exposure
from core.classify.returns_style import PROXIES
from core.classify.style_request import StyleAnswer, override_of
from core.household import Security
from desktop.override_dialog import exposure_words
from widgets.pictures import picture_button
from widgets.style_fit import StyleFitView
from widgets.theme import S, font


class StyleDialog(QDialog):
    """``asked()`` when prices shall be fetched, ``stopped()`` when not after all, ``decided(Override)`` when the fit is
    taken as the adviser's classification, ``failed(words)`` where a picture can't be written.
    """

    asked = Signal()
    stopped = Signal()
    decided = Signal(object)
    failed = Signal(str)

    def __init__(self, security: Security, exposure: Exposure | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.security = security
        self._answer: StyleAnswer | None = None
        self._busy = False
        name = security.symbol or security.id
        self.setWindowTitle("Style from returns")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(940, 640)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S.xl, S.lg, S.xl, S.lg)
        layout.setSpacing(S.md)
        head = QHBoxLayout()
        title = QLabel(f"Style of {name} from its returns")
        title.setFont(font("title"))
        head.addWidget(title)
        head.addStretch(1)
        self.view = StyleFitView()
        self.picture = picture_button(self.view, f"Style of {name}", self.failed.emit)
        head.addWidget(self.picture)
        layout.addLayout(head)
        now = QLabel(
            f"{security.name}. " + (f"Now: {exposure_words(exposure)}." if exposure is not None else ""), wordWrap=True
        )
        now.setTextFormat(Qt.TextFormat.PlainText)
        now.setProperty("muted", True)
        layout.addWidget(now)
        self.words = QLabel(wordWrap=True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.view, 1)
        self.everything = QCheckBox("Take asset classes and sectors from it too, not the style box alone")
        self.everything.setChecked(_is_open(exposure))
        layout.addWidget(self.everything)
        self.progress = QLabel()
        self.progress.setProperty("muted", True)
        row = QHBoxLayout()
        row.addWidget(self.progress, 1)
        self.ask = QPushButton("Ask for prices")
        self.ask.setToolTip(f"Asks Yahoo for three years of weekly prices of {name} and {len(PROXIES)} style funds")
        self.ask.setAutoDefault(False)
        self.ask.clicked.connect(self._on_ask)
        self.use = QPushButton("Use as classification")
        self.use.setProperty("primary", True)
        self.use.setToolTip(
            "Becomes your own classification of the holding, with R2 and dates as its note; can be undone"
        )
        self.use.setAutoDefault(False)
        self.use.clicked.connect(self._on_use)
        buttons = QDialogButtonBox()
        buttons.addButton(self.ask, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
        buttons.addButton(self.use, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.rejected.connect(self.reject)
        row.addWidget(buttons)
        layout.addLayout(row)
        self.finished.connect(lambda _result: self.stopped.emit())
        self._show()

    def show_answer(self, answer: StyleAnswer) -> None:
        """Show what came of it."""
        self._answer, self._busy = answer, False
        self.progress.clear()
        if answer.fit is not None:
            self.view.set_fit(answer.fit)
        self._show()

    def show_progress(self, text: str) -> None:
        """Say how far the request is."""
        if self._busy:
            self.progress.setText(text)

    def show_failure(self, words: str) -> None:
        """Say why nothing came."""
        self._busy = False
        self.progress.setText(words)
        self._show()

    def _show(self) -> None:
        answer = self._answer
        fit = None if answer is None else answer.fit
        self.view.setVisible(fit is not None)
        self.picture.setVisible(fit is not None)
        self.words.setVisible(fit is None)
        self.words.setText(self._plain(answer))
        self.everything.setVisible(fit is not None and fit.can_tell)
        self.use.setEnabled(fit is not None and fit.can_tell and not self._busy)
        self.ask.setText(
            "Stop" if self._busy else "Ask again" if answer is not None and answer.asked else "Ask for prices"
        )

    def _plain(self, answer: StyleAnswer | None) -> str:
        name = self.security.symbol or self.security.id
        why = "" if answer is None else answer.words
        return (
            f"{why}\n\nThe fund's weekly returns of three years are laid over those of {len(PROXIES)} style funds: the "
            "mix of them that moved most like the fund says what it holds, whatever its name is.\n\n"
            f"Asking sends the symbols {name}, {', '.join(PROXIES)} to Yahoo, and nothing else."
        ).strip()

    @Slot()
    def _on_ask(self) -> None:
        self._busy = not self._busy
        if self._busy:
            self.progress.setText("Asking for prices…")
            self.asked.emit()
        else:
            self.progress.setText("Stopped.")
            self.stopped.emit()
        self._show()

    @Slot()
    def _on_use(self) -> None:
        assert self._answer is not None
        assert self._answer.fit is not None
        self.decided.emit(override_of(self._answer.fit, self.security, style_only=not self.everything.isChecked()))
        self.accept()


def _is_open(exposure: Exposure | None) -> bool:
    """Whether the asset mix that is known rests on a guess, or on nothing."""
    return exposure is None or exposure.mix[-1] > 0.5 or "guess" in exposure.source["mix"]
