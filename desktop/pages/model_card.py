"""The model (securities held at a share of the household) and the universe (what may be bought at all)."""

from __future__ import annotations

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QToolButton, QWidget

from core.edits import Changes, Part
from core.tilt.edits import SetModel, SetUniverse
from core.tilt.target import ModelLine
from desktop.pages.rules_cards import clear, scrolling_grid
from desktop.workbench import Workbench
from widgets.card import Card
from widgets.forms import PercentField
from widgets.theme import S, font, set_icon


class ModelCard(Card):
    """A line a security: symbol, share of the household, and what counts in its place."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__("Model", "securities at a share of the household", parent)
        self._bench = bench
        self._scroll, self._grid = scrolling_grid("model", "Lines of the model")
        self.body.addWidget(self._scroll, 1)
        self._lines: list[tuple[QLineEdit, PercentField, QLineEdit]] = []
        self.add = QPushButton("Add a security")
        self.add.clicked.connect(self._on_add)
        foot = QHBoxLayout()
        self.total = QLabel()
        self.total.setProperty("muted", True)
        foot.addWidget(self.total, 1)
        foot.addWidget(self.add)
        self.body.addLayout(foot)
        bench.session.changed.connect(self._on_changed)
        self._build()

    @Slot(object, object)
    def _on_changed(self, changes: Changes, initiator: object) -> None:
        if Part.MODEL in changes.parts and initiator is not self:
            self._build()

    def _build(self) -> None:
        clear(self._grid)
        self._lines = []
        model = self._bench.document.target.model
        for column, words in enumerate(("Symbol", "Share", "Counts as well", "")):
            label = QLabel(words)
            label.setFont(font("label"))
            label.setProperty("muted", True)
            if model and words:
                self._grid.addWidget(label, 0, column)
        self._grid.setColumnStretch(0, 2)
        self._grid.setColumnStretch(2, 3)
        for row, line in enumerate(model, start=1):
            self._add_line(row, line)
        if not model:
            none = QLabel("No model: the nine boxes alone say what is wanted.", wordWrap=True)
            none.setProperty("muted", True)
            self._grid.addWidget(none, 0, 0, 1, 4)
        self._grid.setRowStretch(len(model) + 1, 1)
        self._say()

    def _add_line(self, row: int, line: ModelLine) -> None:
        symbol = QLineEdit(line.symbol)
        symbol.setAccessibleName(f"Symbol of line {row}")
        share = PercentField(f"Share of line {row}", step=0.01)
        share.set_fraction(line.weight)
        others = QLineEdit(", ".join(line.alternates))
        others.setAccessibleName(f"Alternates of line {row}")
        others.setPlaceholderText("none")
        others.setToolTip("Symbols that count toward the same line, such as VBR, IJS")
        remove = QToolButton()
        remove.setProperty("quiet", True)
        remove.setIconSize(QSize(16, 16))
        remove.setAccessibleName(f"Remove line {row}")
        remove.setToolTip("Remove this line")
        set_icon(remove, "close", "text_muted")
        symbol.editingFinished.connect(self._on_edited)
        others.editingFinished.connect(self._on_edited)
        share.fractionEdited.connect(self._on_edited)
        remove.clicked.connect(lambda: self._remove(row - 1))
        self._lines.append((symbol, share, others))
        for column, part in enumerate((symbol, share, others, remove)):
            self._grid.addWidget(part, row, column)

    def lines(self) -> tuple[ModelLine, ...]:
        """The model as typed; lines without a symbol are left out."""
        return tuple(
            ModelLine(symbol.text().strip().upper(), share.fraction(), symbols_of(others.text()))
            for symbol, share, others in self._lines
            if symbol.text().strip()
        )

    @Slot()
    def _on_edited(self) -> None:
        self._bench.session.push(SetModel(self.lines()), self)
        self._say()

    @Slot()
    def _on_add(self) -> None:
        self._grid.setRowStretch(len(self._lines) + 1, 0)
        self._add_line(len(self._lines) + 1, ModelLine("", 0.05))
        self._grid.setRowStretch(len(self._lines) + 1, 1)
        self._lines[-1][0].setFocus()

    def _remove(self, number: int) -> None:
        lines = list(self._bench.document.target.model)
        if number < len(lines):
            del lines[number]
            self._bench.session.push(SetModel(tuple(lines)), None)
        else:
            self._build()

    def _say(self) -> None:
        model = self._bench.document.target.model
        total = sum(line.weight for line in model)
        self.total.setText(f"{100 * total:.1f} % of the household" if model else "")


class UniverseCard(Card):
    """Whether anything on the candidate list may be bought, or only the symbols named."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__("What may be bought", parent=parent)
        self._bench = bench
        self.only = QCheckBox("Only these symbols")
        self.symbols = QLineEdit()
        self.symbols.setAccessibleName("Symbols that may be bought")
        self.symbols.setPlaceholderText("such as AVUV, VBR, VTI")
        words = QLabel(
            "Otherwise: what the household holds, and the funds of the candidate list for which there is a price "
            "(File, Add prices).",
            wordWrap=True,
        )
        words.setProperty("muted", True)
        self.body.setSpacing(S.sm)
        self.body.addWidget(self.only)
        self.body.addWidget(self.symbols)
        self.body.addWidget(words)
        self.body.addStretch(1)
        self.only.clicked.connect(self._on_edited)
        self.symbols.editingFinished.connect(self._on_typed)
        bench.session.changed.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        universe = self._bench.document.target.universe
        self.only.setChecked(universe is not None)
        self.symbols.setEnabled(universe is not None)
        if universe is not None:
            self.symbols.setText(", ".join(universe))

    @Slot()
    def _on_typed(self) -> None:
        if self.only.isChecked():
            self._on_edited()

    @Slot()
    def _on_edited(self) -> None:
        chosen = None
        if self.only.isChecked():
            held = self._bench.document.household
            standard = sorted({held.security_by_id[lot.security].symbol or lot.security for lot in held.lots})
            chosen = symbols_of(self.symbols.text()) or tuple(standard)
        self._bench.session.push(SetUniverse(chosen), self)


def symbols_of(text: str) -> tuple[str, ...]:
    """Symbols in a text, by commas or spaces, each once."""
    return tuple(dict.fromkeys(word.upper() for word in text.replace(",", " ").replace(";", " ").split()))
