"""The dialog in which the user says what a holding is made of."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from core.classify.exposure import ASSET_CLASSES, SECTORS, STYLE_BOXES, Exposure
from core.classify.overrides import Override
from core.household import Security
from widgets.forms import FormGrid
from widgets.labels import box_label, class_label, confidence_label, sector_label, source_label
from widgets.models.classification import has_returns
from widgets.numbers import percent
from widgets.orientation import columns
from widgets.shares_grid import SharesGrid
from widgets.theme import S, font

_KEEP = "As the program has it"
_OWN = "Several (as it is now)"
_SEVERAL = "several"

Shares = tuple[float, ...]


class OverrideDialog(QDialog):
    """Asset class, style and sector of one security. ``decided(Override or None)``; None takes the user's word back.

    ``styleWanted()`` when the dialog is left for the style from returns.
    """

    decided = Signal(object)
    styleWanted = Signal()

    def __init__(
        self,
        security: Security,
        exposure: Exposure | None,
        override: Override | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._security = security
        self._override = override
        self.setWindowTitle(f"Classification of {security.symbol or security.id}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(S.xl, S.lg, S.xl, S.lg)
        layout.setSpacing(S.md)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)  # as high as what it shows
        title = QLabel(security.symbol or security.id)
        title.setFont(font("title"))
        layout.addWidget(title)
        name = QLabel(security.name, wordWrap=True)
        name.setMinimumWidth(420)
        name.setProperty("muted", True)
        layout.addWidget(name)
        if exposure is not None:
            now = QLabel(f"Now: {exposure_words(exposure)}", wordWrap=True)
            now.setTextFormat(Qt.TextFormat.PlainText)
            layout.addWidget(now)
        form = FormGrid()
        old_mix, old_box = (override.mix, override.style_box) if override else (None, None)
        self.asset_class = _combo([(k, class_label(k)) for k in ASSET_CLASSES[:-1]], ASSET_CLASSES, old_mix)
        self.style_box = _combo([(k, k.capitalize()) for k in STYLE_BOXES], STYLE_BOXES, old_box)
        self.sector = _combo(
            [(k, sector_label(k)) for k in SECTORS[:-1]], SECTORS, override.sectors if override else None, several=False
        )
        self.mix_shares = SharesGrid([class_label(k) for k in ASSET_CLASSES[:-1]], 3)
        self.box_shares = SharesGrid([box_label(k) for k in range(9)], 3, _boxes_as_shown())
        # What is typed begins with what is known.
        self.mix_shares.set_shares((old_mix or (exposure.mix if exposure else (0.0,) * len(ASSET_CLASSES)))[:-1])
        self.box_shares.set_shares(old_box or (exposure.style_box if exposure else (0.0,) * 9))
        self.note = QLineEdit(override.note if override else "")
        self.note.setPlaceholderText("Where it is from, for the file")
        form.add_field("Asset class", self.asset_class)
        _below(form, self.mix_shares)
        form.add_field("Style of its equity", self.style_box)
        _below(form, self.box_shares)
        form.add_field("Sector of its equity", self.sector)
        form.add_field("Note", self.note)
        form.setColumnStretch(0, 0)
        form.setColumnStretch(1, 1)
        layout.addLayout(form)
        self.problem = QLabel(wordWrap=True)
        self.problem.setProperty("muted", True)
        self.problem.hide()
        layout.addWidget(self.problem)
        for combo in (self.asset_class, self.style_box):
            combo.currentIndexChanged.connect(self._show_shares)
        for grid in (self.mix_shares, self.box_shares):
            grid.edited.connect(self._show_shares)
        buttons = QDialogButtonBox()
        buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        accept = QPushButton("Classify")
        accept.setProperty("primary", True)
        accept.setDefault(True)
        buttons.addButton(accept, QDialogButtonBox.ButtonRole.AcceptRole)
        if override is not None:
            reset = buttons.addButton("Use the program's", QDialogButtonBox.ButtonRole.ResetRole)
            reset.clicked.connect(self._on_reset)
        if has_returns(security):
            style = buttons.addButton("Style from returns…", QDialogButtonBox.ButtonRole.HelpRole)
            style.setToolTip("Look at how the fund has moved instead")
            style.clicked.connect(self._on_style)
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self._accept = accept
        self._show_shares()

    @Slot()
    def _show_shares(self) -> None:
        """The fields for several parts only where several are meant; no classification while they do not sum up."""
        pairs = ((self.asset_class, self.mix_shares), (self.style_box, self.box_shares))
        for combo, grid in pairs:
            grid.setVisible(combo.currentData() == _SEVERAL)
        wrong = [grid for combo, grid in pairs if combo.currentData() == _SEVERAL and not grid.is_whole()]
        self.problem.setText("The shares must sum to 100 %." if wrong else "")
        self.problem.setVisible(bool(wrong))
        self._accept.setEnabled(not wrong)

    @Slot()
    def _on_accepted(self) -> None:
        old = self._override
        override = Override(
            symbol=self._security.symbol or self._security.cusip or self._security.name,
            mix=_shares(self.asset_class, ASSET_CLASSES, None, self.mix_shares),
            style_box=_shares(self.style_box, STYLE_BOXES, None, self.box_shares),
            sectors=_shares(self.sector, SECTORS, old.sectors if old else None),
            note=self.note.text().strip(),
            as_of=old.as_of if old else None,
        )
        said = override.mix is not None or override.style_box is not None or override.sectors is not None
        self.decided.emit(override if said else None)
        self.accept()

    @Slot()
    def _on_style(self) -> None:
        self.reject()
        self.styleWanted.emit()

    @Slot()
    def _on_reset(self) -> None:
        self.decided.emit(None)
        self.accept()


def exposure_words(exposure: Exposure) -> str:
    """The largest parts of an exposure in a line."""
    parts = [
        f"{class_label(key)} {percent(share, 0)}"
        for key, share in zip(ASSET_CLASSES, exposure.mix, strict=True)
        if share >= 0.005
    ]
    if exposure.equity > 0 and sum(exposure.style_box) > 0:
        largest = max(range(9), key=lambda k: exposure.style_box[k])
        parts.append(f"mostly {STYLE_BOXES[largest]}")
    sure, source = confidence_label(exposure.confidence).lower(), source_label(exposure.source["mix"])
    return f"{', '.join(parts)}; {sure}, from {source}"


def _boxes_as_shown() -> list[int]:
    """The nine boxes with growth and value on the sides that every style box has them on."""
    return [3 * row + column for row in range(3) for column in columns()]


def _below(form: FormGrid, widget: QWidget) -> None:
    row = form._next
    form.addWidget(widget, row, 0, 1, 2)
    form._next = row + 1


def _combo(
    choices: Sequence[tuple[str, str]], names: Sequence[str], shares: Shares | None, *, several: bool = True
) -> QComboBox:
    """A choice of one part, of several with their shares, or to leave the field to the program."""
    box = QComboBox()
    box.addItem(_KEEP, "")
    for key, words in choices:
        box.addItem(words, key)
    if several:
        box.addItem("Several parts…", _SEVERAL)
    if shares is not None:
        whole = [name for name, share in zip(names, shares, strict=True) if share > 1 - 1e-9]
        if whole:
            box.setCurrentIndex(box.findData(whole[0]))
        elif several:
            box.setCurrentIndex(box.findData(_SEVERAL))
        else:
            box.insertItem(1, _OWN, "own")
            box.setCurrentIndex(1)
    return box


def _shares(box: QComboBox, names: Sequence[str], old: Shares | None, grid: SharesGrid | None = None) -> Shares | None:
    key = box.currentData()
    if key == "own":
        return old
    if key == _SEVERAL and grid is not None:
        shares = grid.normalised()
        return (*shares, *(0.0 for _ in range(len(names) - len(shares))))
    if not key:
        return None
    return tuple(1.0 if name == key else 0.0 for name in names)
