"""The column of headings, facts and small tables in which the inspector explains."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from widgets.theme import S, font

Row = tuple[str, ...]


class Column(QWidget):
    """What the inspector shows for one selection: headings, words, facts and small tables."""

    def __init__(self) -> None:
        super().__init__()
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(S.lg, S.md, S.lg, S.lg)
        self._layout.setSpacing(S.xs)

    def add(self, widget: QWidget) -> None:
        """Put a widget below."""
        self._layout.addWidget(widget)

    def finish(self) -> None:
        """Nothing more comes."""
        self._layout.addStretch(1)

    def _label(self, text: str, role: str = "body", *, muted: bool = False) -> QLabel:
        label = QLabel(text, wordWrap=True)
        label.setFont(font(role))
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("muted", muted)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def title(self, text: str, below: str = "") -> QLabel:
        """What it is about, and a line below."""
        words = self._label(text, "title")
        self.add(words)
        if below:
            self.add(self._label(below, muted=True))
        self._layout.addSpacing(S.sm)
        return words

    def heading(self, text: str) -> None:
        """The heading of a part."""
        self._layout.addSpacing(S.md)
        self.add(self._label(text, "heading"))

    def text(self, text: str) -> None:
        """Plain words."""
        self.add(self._label(text))

    def muted(self, text: str) -> None:
        """A remark."""
        self.add(self._label(text, muted=True))

    def action(self, text: str, tip: str, act: Callable[[], object]) -> None:
        """A button."""
        self._layout.addSpacing(S.md)
        button = QPushButton(text)
        button.setToolTip(tip)
        button.clicked.connect(lambda: act())
        self._layout.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def facts(self, rows: Sequence[tuple[str, str]]) -> None:
        """Names and figures; a screen reader hears both together."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(S.md)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(rows):
            caption = self._label(name, muted=True)
            caption.setWordWrap(False)
            figure = self._label(value)
            figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            figure.setAccessibleName(f"{name}: {value}")
            grid.addWidget(caption, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(figure, row, 1)
        self._layout.addLayout(grid)

    def table(self, headings: Row, rows: Sequence[Row]) -> None:
        """A table whose first column names the row."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(S.sm)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        for line, row in enumerate((headings, *rows)):
            for column, words in enumerate(row):
                label = self._label(words, "label" if line == 0 else "body", muted=line == 0)
                label.setWordWrap(column == 0)
                side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
                label.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                across = QSizePolicy.Policy.Ignored if column == 0 else QSizePolicy.Policy.Minimum
                label.setSizePolicy(across, QSizePolicy.Policy.Preferred)
                if line and column:
                    label.setAccessibleName(f"{row[0]}, {headings[column].lower()}: {words}")
                grid.addWidget(label, line, column)
        self._layout.addLayout(grid)
        self._layout.addSpacing(S.xs)
