"""What a refresh found, before and after, to be used or left."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.classify.exposure import ASSET_CLASSES, SECTORS, STYLE_BOXES
from core.classify.refresh import Difference, Refreshed
from core.classify.truth import Classifier
from core.household import Household, Security
from desktop.pages.tabs import TAB_STYLE
from widgets.findings_panel import FindingsPanel
from widgets.labels import box_label, class_label, sector_label
from widgets.models.classification import chip_text
from widgets.numbers import UNKNOWN, percent, plural, price
from widgets.theme import S, font

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_FIELDS = {"mix": "Asset mix", "style_box": "Style", "sectors": "Sectors"}


class RefreshDialog(QDialog):
    """``accepted`` when the user takes what was found."""

    def __init__(
        self,
        found: Refreshed,
        household: Household,
        candidates: Sequence[Security] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Refreshed prices and profiles")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(820, 560)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S.xl, S.lg, S.xl, S.lg)
        layout.setSpacing(S.md)
        title = QLabel("What has changed")
        title.setFont(font("title"))
        layout.addWidget(title)
        words = QLabel(
            f"{plural(len(found.prices), 'price')}, {plural(len(found.differences), 'difference')} in classifications, "
            f"{plural(len(candidates), 'security', 'securities')} more that may be bought. Nothing is used until you "
            "say so.",
            wordWrap=True,
        )
        words.setProperty("muted", True)
        layout.addWidget(words)
        self.prices = _table("Prices", ("Security", "Name", "Price before", "Price now", "Change"), 2)
        for key, quote in sorted(found.prices.items()):
            security = household.security_by_id[key]
            new, old = float(quote.price), security.price
            change = "" if not old else percent(new / float(old) - 1, sign=True)
            before = UNKNOWN if old is None else price(old)
            _add(self.prices, (security.symbol or key, security.name, before, price(new), change), 2)
        self.differences = _table("Classifications", ("Security", "Of its", "Before", "After", "Moves"), 4)
        for difference in sorted(found.differences, key=lambda d: -d.moved):
            cells = (
                difference.security,
                _FIELDS[difference.field],
                f"{_largest(difference, difference.before)} ({difference.before_source})",
                f"{_largest(difference, difference.after)} ({difference.after_source})",
                percent(difference.moved, 0),
            )
            _add(self.differences, cells, 4)
        self.candidates = _table("May be bought", ("Security", "Name", "What it is", "Price"), 3)
        classify = Classifier().classify_security
        for security in candidates:
            cells = (
                security.symbol or security.id,
                security.name,
                chip_text(classify(security)),
                price(security.price),
            )
            _add(self.candidates, cells, 3)
        self.findings = FindingsPanel()
        self.findings.set_findings(found.findings)
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.tabBar().setDrawBase(False)
        tabs.setStyleSheet(TAB_STYLE)
        tabs.addTab(self.prices, f"Prices ({len(found.prices)})")
        tabs.addTab(self.differences, f"Classifications ({len(found.differences)})")
        tabs.addTab(self.candidates, f"May be bought ({len(candidates)})")
        tabs.addTab(self.findings, f"Findings ({len(found.findings)})")
        layout.addWidget(tabs, 1)
        buttons = QDialogButtonBox()
        buttons.addButton("Leave as it was", QDialogButtonBox.ButtonRole.RejectRole)
        accept = QPushButton("Use these")
        accept.setProperty("primary", True)
        accept.setDefault(True)
        accept.setEnabled(bool(found.prices or found.differences or candidates))
        buttons.addButton(accept, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)


def _largest(difference: Difference, shares: Sequence[float]) -> str:
    """The largest part of a vector in words."""
    if sum(shares) <= 0:
        return "not known"
    k = max(range(len(shares)), key=lambda n: shares[n])
    if difference.field == "mix":
        name = class_label(ASSET_CLASSES[k])
    elif difference.field == "style_box":
        name = box_label(k) if k < len(STYLE_BOXES) else ""
    else:
        name = sector_label(SECTORS[k])
    return f"{name} {percent(shares[k], 0)}"


def _table(name: str, headings: Sequence[str], first_figure: int) -> QTreeWidget:
    table = QTreeWidget()
    table.setAccessibleName(name)
    table.setRootIsDecorated(False)
    table.setUniformRowHeights(True)
    table.setHeaderLabels(list(headings))
    table.header().setStretchLastSection(False)  # the names have what is left over
    for column in range(len(headings)):
        mode = QHeaderView.ResizeMode.Stretch if column == 1 else QHeaderView.ResizeMode.ResizeToContents
        table.header().setSectionResizeMode(column, mode)
        if column >= first_figure:
            table.headerItem().setTextAlignment(column, _RIGHT)
    return table


def _add(table: QTreeWidget, cells: Sequence[str], first_figure: int) -> None:
    item = QTreeWidgetItem(table, list(cells))
    for column in range(first_figure, len(cells)):
        item.setTextAlignment(column, _RIGHT)
