"""Before order files leave: what stands in the way and why it may pass, what to know, and who approves."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.export.checks import CHECKS, Checkup, Override
from core.export.issue import Issue, Light
from core.export.sheets.words import sentence
from desktop.checks import finding_of, passed_titles
from desktop.pages.checks_list import ChecksList
from widgets.numbers import plural
from widgets.theme import S, font


class ReleaseDialog(QDialog):
    """``released(name, overrides)`` when the user approves: possible once every red check has a reason, and a name."""

    released = Signal(str, object)

    def __init__(self, checkup: Checkup, approver: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.checkup = checkup
        self.setWindowTitle("Write order files")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(640, 560)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S.xl, S.lg, S.xl, S.lg)
        layout.setSpacing(S.md)
        red = [issue for issue in checkup.issues if issue.severity is Light.RED]
        head = QLabel(_verdict(checkup))
        head.setFont(font("title"))
        layout.addWidget(head)
        self.found = ChecksList("Checks before the orders leave")
        self.found.set_findings(finding_of(issue, orders=True) for issue in checkup.issues)
        self.found.set_passed(passed_titles(checkup))
        layout.addWidget(self.found, 1)
        self.reasons: dict[str, QLineEdit] = {}
        self._captions: list[QLabel] = []
        if red:
            layout.addWidget(self._reasons(red))
        form = QFormLayout()
        self.approver = QLineEdit(approver, placeholderText="Name or initials")
        self.approver.setAccessibleName("Approved by")
        self.approver.textChanged.connect(self._on_changed)
        form.addRow("&Approved by", self.approver)
        layout.addLayout(form)
        captions = [form.labelForField(self.approver), *self._captions]
        for caption in captions:
            caption.setMinimumWidth(max(each.sizeHint().width() for each in captions))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.approve = QPushButton("Approve and choose a folder…")
        self.approve.setProperty("primary", True)
        self.buttons.addButton(self.approve, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self._on_accepted)
        self.buttons.rejected.connect(self.reject)
        layout.addWidget(self.buttons)
        self._on_changed()

    def _reasons(self, red: list[Issue]) -> QWidget:
        """A line for the reason of each red check."""
        inner = QWidget()
        form = QFormLayout(inner)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(S.md)  # as the form below
        intro = QLabel("Mend what is red, or say why it may pass. The reasons are kept with the files.", wordWrap=True)
        form.addRow(intro)
        for check in CHECKS:
            if any(issue.check == check.key for issue in red):
                name = sentence(check.key.replace("_", " "))
                line = QLineEdit(placeholderText="Reason")
                line.setAccessibleName(f"Reason for {name}")
                line.textChanged.connect(self._on_changed)
                self.reasons[check.key] = line
                self._captions.append(QLabel(name))
                form.addRow(self._captions[-1], line)
        area = QScrollArea(widgetResizable=True)
        area.setAccessibleName("Reasons for what is red")
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(inner)
        area.setFixedHeight(min(form.totalHeightForWidth(self.width() - 2 * S.xl), 220))
        return area

    def overrides(self) -> tuple[Override, ...]:
        """The red checks that have a reason."""
        return tuple(Override(key, line.text().strip()) for key, line in self.reasons.items() if line.text().strip())

    @Slot()
    def _on_changed(self) -> None:
        whole = bool(self.approver.text().strip()) and not self.checkup.blocking(self.overrides())
        self.approve.setEnabled(whole)
        missing = "Give a name, and a reason for everything red" if self.reasons else "Give a name"
        self.approve.setToolTip("" if whole else missing)

    @Slot()
    def _on_accepted(self) -> None:
        self.released.emit(self.approver.text().strip(), self.overrides())
        self.accept()


def _verdict(checkup: Checkup) -> str:
    red, amber = checkup.count(Light.RED), checkup.count(Light.AMBER)
    if red:
        return f"{plural(red, 'issue')} in the way of the order files"
    if amber:
        return f"{plural(amber, 'issue')} to know before ordering"
    return "Every check passed"
