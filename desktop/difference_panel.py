"""What an import changes against what is open, before it is taken over."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QTreeWidgetItem, QVBoxLayout, QWidget

from core.household import AccountKind, Household
from core.importing.compare import Difference
from desktop.import_tables import SmallTable
from widgets.labels import kind_label
from widgets.numbers import date_text, money, percent, plural, quantity
from widgets.theme import S

_MOST = 200


class DifferencePanel(QWidget):
    """Accounts, positions, splits, cash and kinds that differ; nothing is shown of what did not change."""

    def __init__(self, difference: Difference, old: Household, new: Household, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._new = new
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(S.sm)
        change = new.value - old.value
        words = QLabel(
            f"{old.name} was worth {money(old.value)} on {date_text(old.as_of)}; now {money(new.value)}, "
            f"{money(change, sign=True)}"
            + (f" ({percent(float(change / old.value), sign=True)})" if old.value else ""),
            wordWrap=True,
        )
        column.addWidget(words)
        self.table = SmallTable("Changes", ("What", "Account", "Before", "After"), (2, 3))
        self._fill(difference)
        if self.table.topLevelItemCount():
            column.addWidget(self.table)
        else:
            same = QLabel("Nothing but prices changed.")
            same.setProperty("muted", True)
            column.addWidget(same)
        column.addStretch(1)

    def _account(self, key: str) -> str:
        account = self._new.account_by_id.get(key)
        return key if account is None else account.name or account.id

    def _fill(self, difference: Difference) -> None:
        table = self.table

        def group(title: str, rows: Sequence[tuple[str, str, str, str]]) -> None:
            if not rows:
                return
            top = table.add_row((f"{title} ({len(rows)})", "", "", ""))
            for row in rows[:_MOST]:
                table.add_row(row, top)
            if len(rows) > _MOST:
                table.add_row((f"{plural(len(rows) - _MOST, 'more row')}", "", "", ""), top)
            top.setExpanded(len(rows) <= 12)
            _strong(top)

        table.setRootIsDecorated(True)
        group("New accounts", [(a.name or a.id, a.id, "", money(a.market_value)) for a in difference.accounts_new])
        group(
            "Accounts that are gone",
            [(a.name or a.id, a.id, money(a.market_value), "") for a in difference.accounts_gone],
        )
        group(
            "Accounts under another number or name",
            [(m.reason or "renamed", "", m.old_name or m.old_id, m.new_name or m.new_id)
             for m in difference.accounts_renamed],
        )  # fmt: skip
        group("Probable splits", [(s.security, s.reason, "", s.text) for s in difference.splits])
        for title, changes in (
            ("New holdings", difference.new),
            ("Sold or gone", difference.gone),
            ("Other quantities", difference.changed),
        ):
            group(
                title,
                [
                    (
                        c.security + (" (lots changed)" if c.lots_changed else ""),
                        self._account(c.account),
                        quantity(c.old_quantity),
                        quantity(c.new_quantity),
                    )
                    for c in changes
                ],
            )
        group(
            "Cash",
            [("Cash and pending", self._account(key), money(a, cents=True), money(b, cents=True))
             for key, a, b in difference.cash],
        )  # fmt: skip
        group(
            "Kinds of account",
            [("Kind", self._account(key), _kind(a), _kind(b)) for key, a, b in difference.kinds],
        )
        table._fit()


def _kind(word: str) -> str:
    try:
        return kind_label(AccountKind(word))
    except ValueError:
        return word


def _strong(item: QTreeWidgetItem) -> None:
    chosen = item.font(0)
    chosen.setBold(True)
    item.setFont(0, chosen)
    item.setTextAlignment(0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
