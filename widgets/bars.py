"""Bars before and after: sectors as a share of all equity, accounts as stacks of asset classes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import attrs
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QHelpEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.classify.exposure import ASSET_CLASSES, SECTORS, Exposure, unclassified
from core.household import AccountKind, Household
from core.rebalance.proposal import Action, Trade
from widgets.labels import class_label, kind_label, sector_label
from widgets.numbers import money, percent, points
from widgets.painted import Painted, draw_text, hair, line_height
from widgets.spoken import Spoken, speaks_as
from widgets.theme import S, mix, text_width, tokens

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@speaks_as(Spoken.Chart)
class SectorBars(Painted):
    """A row a sector: a bar for after (or, without a plan, today), a tick for today, the figures beside it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before: Mapping[str, float] = {}
        self._after: Mapping[str, float] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self.setAccessibleName("Sectors of the equity")

    def set_sectors(self, before: Mapping[str, float], after: Mapping[str, float] | None = None) -> None:
        """Show shares by sector; ``after`` None while there is no plan."""
        self._before, self._after = dict(before), None if after is None else dict(after)
        self.setAccessibleDescription("; ".join(self._spoken(key) for key in self.shown()))
        self.updateGeometry()
        self.update()

    def shown(self) -> list[str]:
        """Sectors in their standard order; the unknown part only where there is one."""
        after = self._after or {}
        return [key for key in SECTORS if key != "unknown" or self._before.get(key, 0) + after.get(key, 0) > 5e-4]

    def _spoken(self, key: str) -> str:
        text = f"{sector_label(key)} {percent(self._before.get(key, 0.0))}"
        if self._after is None:
            return text
        after = self._after.get(key, 0.0)
        return f"{text}, after {percent(after)} ({points(after - self._before.get(key, 0.0))})"

    def _row_height(self) -> float:
        return line_height() * 1.5

    def sizeHint(self) -> QSize:
        """All sectors."""
        return QSize(420, round(self._row_height() * len(self.shown()) + self._foot()))

    def minimumSizeHint(self) -> QSize:
        """All sectors, narrower."""
        return QSize(300, self.sizeHint().height())

    def _foot(self) -> float:
        return line_height("small") * 1.6 if self._after is not None else 0.0

    def paint(self, painter: QPainter) -> None:
        """Names, bars, figures, key."""
        theme = tokens()
        keys = self.shown()
        after = self._after
        names = min(max(text_width(sector_label(key)) for key in SECTORS) + S.md, self.width() * 0.42)
        figure = text_width("00.0 %", "strong") + S.md
        figures = figure * (1 if after is None else 2) + (
            0 if after is None else text_width("+00.0 pt", "small") + S.md
        )
        bars = self.width() - names - figures
        with_change = after is not None and bars >= text_width("0" * 10)
        if after is not None and not with_change:  # the difference goes before the bars are too short to compare
            figures = 2 * figure
            bars = self.width() - names - figures
        bars = max(20.0, bars)
        top = max([0.05, *self._before.values(), *(after or {}).values()])
        row = self._row_height()
        for number, key in enumerate(keys):
            y = number * row
            today, then = self._before.get(key, 0.0), None if after is None else after.get(key, 0.0)
            draw_text(painter, QRectF(0, y, names, row), sector_label(key), theme.text, "body", _LEFT, elide=True)
            track = QRectF(names, y + row / 2 - 5, bars, 10)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.sunken)
            painter.drawRoundedRect(track, 2, 2)
            share = today if then is None else then
            painter.setBrush(theme.present if then is None else theme.after)
            painter.drawRoundedRect(QRectF(track.left(), track.top(), bars * share / top, 10), 2, 2)
            x = names + bars
            draw_text(painter, QRectF(x, y, figure, row), percent(today), theme.text, "body", _RIGHT)
            if then is not None:
                at = track.left() + bars * today / top
                painter.setPen(hair(theme.surface, 4))
                painter.drawLine(QPointF(at, track.top() - 3), QPointF(at, track.bottom() + 3))
                painter.setPen(hair(theme.present, 2))
                painter.drawLine(QPointF(at, track.top() - 3), QPointF(at, track.bottom() + 3))
                draw_text(painter, QRectF(x + figure, y, figure, row), percent(then), theme.after, "strong", _RIGHT)
                if with_change:
                    change = QRectF(x + 2 * figure, y, figures - 2 * figure, row)
                    draw_text(painter, change, points(then - today), theme.text_muted, "small", _RIGHT)
        if after is not None:
            foot = QRectF(0, len(keys) * row, self.width(), self._foot())
            draw_text(painter, foot, "Tick and first figure: today.  Bar: after.", theme.text_muted, "small", _LEFT)

    def event(self, event: QEvent) -> bool:
        """Tooltips by row."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = int(event.pos().y() / self._row_height())
            keys = self.shown()
            if 0 <= number < len(keys):
                QToolTip.showText(event.globalPos(), self._spoken(keys[number]), self)
                return True
        return super().event(event)


@attrs.frozen
class AccountBar:
    """One account: value in dollars, shares by asset class today and after (None: no plan)."""

    name: str
    kind: AccountKind
    value: float
    before: Mapping[str, float]
    after: Mapping[str, float] | None = None


def account_bars(
    household: Household, exposures: Mapping[str, Exposure], trades: Iterable[Trade] | None = None
) -> list[AccountBar]:
    """The accounts of a household, and what they hold after the trades of a plan.

    Cash and pending activity count as cash. Shares are of the account's value; amounts bought and sold move between
    a security's classes and cash.
    """
    before = {account.id: dict.fromkeys(ASSET_CLASSES, 0.0) for account in household.accounts}

    def spread(into: dict[str, float], security: str, dollars: float) -> None:
        held = household.security_by_id.get(security)
        exposure = exposures.get(security)
        if exposure is None and held is not None:
            exposure = unclassified(security, held.name, held.type)
        if exposure is None:
            into["unclassified"] += dollars
            return
        for key, share in zip(ASSET_CLASSES, exposure.mix, strict=True):
            into[key] += share * dollars

    for lot in household.lots:
        spread(before[lot.account], lot.security, float(lot.market_value))
    for account in household.accounts:
        before[account.id]["cash"] += float(account.cash + account.pending)
    after = {key: dict(parts) for key, parts in before.items()}
    for trade in trades or ():
        dollars = float(trade.amount) if trade.action is Action.BUY else -float(trade.amount)
        spread(after[trade.account], trade.security, dollars)
        after[trade.account]["cash"] -= dollars
    return [
        AccountBar(
            account.name or account.id,
            account.kind,
            sum(before[account.id].values()),
            _shares(before[account.id]),
            None if trades is None else _shares(after[account.id]),
        )
        for account in household.accounts
    ]


def _shares(parts: Mapping[str, float]) -> dict[str, float]:
    total = sum(parts.values())
    return {key: part / total for key, part in parts.items()} if total > 0 else dict.fromkeys(parts, 0.0)


@speaks_as(Spoken.Chart)
class AccountBars(Painted):
    """A stack of asset classes for each account, today above after; the account's value stands beside its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._accounts: tuple[AccountBar, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self.setAccessibleName("Accounts by asset class")
        self._segments: list[tuple[QRectF, str]] = []

    def set_accounts(self, accounts: Sequence[AccountBar]) -> None:
        """Show accounts in the order given."""
        self._accounts = tuple(accounts)
        spoken = (f"{a.name}, {money(a.value)}: {_mix_words(a.before)}" for a in self._accounts)
        self.setAccessibleDescription("; ".join(spoken))
        self.updateGeometry()
        self.update()

    def _classes(self) -> list[str]:
        return [
            key
            for key in ASSET_CLASSES
            if any(a.before.get(key, 0) > 5e-4 or (a.after or {}).get(key, 0) > 5e-4 for a in self._accounts)
        ]

    def _account_height(self) -> float:
        bars = 2 if any(a.after is not None for a in self._accounts) else 1
        return line_height() * 1.5 + bars * 17 + S.md

    def _key_rows(self, width: float) -> list[list[tuple[str, float]]]:
        """The key's entries in lines, each with its width."""
        rows: list[list[tuple[str, float]]] = [[]]
        used = 0.0
        for key in self._classes():
            entry = text_width(class_label(key), "small") + 16 + S.md
            if rows[-1] and used + entry > width:
                rows.append([])
                used = 0.0
            rows[-1].append((key, entry))
            used += entry
        return rows if rows[0] else []

    def sizeHint(self) -> QSize:
        """All accounts and the key."""
        return QSize(420, self.heightForWidth(max(300, self.width())))

    def minimumSizeHint(self) -> QSize:
        """All accounts, narrower."""
        return QSize(280, self.heightForWidth(max(280, self.width())))

    def heightForWidth(self, width: int) -> int:
        """The accounts and the lines of the key."""
        keys = len(self._key_rows(width)) * line_height("small") * 1.5
        return max(40, round(len(self._accounts) * self._account_height() + keys))

    def paint(self, painter: QPainter) -> None:
        """Names and values, stacks, key."""
        theme = tokens()
        self._segments = []
        label = max(text_width("Today", "small"), text_width("After", "small")) + S.sm
        y = 0.0
        for account in self._accounts:
            head = QRectF(0, y, self.width(), line_height() * 1.5)
            value = money(account.value)
            room = head.width() - text_width(value, "strong") - S.md
            name = f"{account.name}  \u00b7  {kind_label(account.kind, short=True)}"
            draw_text(painter, QRectF(0, y, room, head.height()), name, theme.text, "body", _LEFT, elide=True)
            draw_text(painter, head, value, theme.text, "strong", _RIGHT)
            top = y + head.height()
            for word, shares in (("Today", account.before), ("After", account.after)):
                if shares is None:
                    continue
                draw_text(painter, QRectF(0, top, label, 14), word, theme.text_muted, "small", _LEFT)
                area = QRectF(label, top, max(3.0, self.width() - label), 14)
                self._stack(painter, area, shares, f"{account.name}, {word.lower()}")
                top += 17
            y += self._account_height()
        for row in self._key_rows(self.width()):
            x = 0.0
            for key, entry in row:
                self._swatch(painter, QRectF(x, y + line_height("small") * 0.75 - 5, 10, 10), key)
                area = QRectF(x + 15, y, entry, line_height("small") * 1.5)
                draw_text(painter, area, class_label(key), theme.text_muted, "small", _LEFT)
                x += entry
            y += line_height("small") * 1.5

    def _stack(self, painter: QPainter, area: QRectF, shares: Mapping[str, float], name: str) -> None:
        theme = tokens()
        x = area.left()
        # With a margin debit the positive parts sum to more than 1; the bar keeps its length.
        whole = max(1.0, sum(share for share in shares.values() if share > 0))
        for key in ASSET_CLASSES:
            share = shares.get(key, 0.0)
            if share <= 5e-4:
                continue
            part = QRectF(x, area.top(), area.width() * share / whole, area.height())
            x += part.width()
            shown = part.adjusted(0, 0, -1 if part.width() > 3 else 0, 0)
            self._swatch(painter, shown, key)
            text = percent(share, 0)
            if shown.width() > text_width(text, "small") + 8 and key != "unclassified":
                draw_text(painter, shown, text, theme.on(theme.classes[key]), "small")
            self._segments.append((part, f"{name}: {class_label(key)} {percent(share)}"))

    def _swatch(self, painter: QPainter, area: QRectF, key: str) -> None:
        theme = tokens()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.classes[key])
        painter.drawRoundedRect(area, 2, 2)
        if key == "unclassified":
            painter.setBrush(QBrush(mix(theme.text_muted, theme.surface, 0.2), Qt.BrushStyle.BDiagPattern))
            painter.setPen(hair(theme.border_strong))
            painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)

    def event(self, event: QEvent) -> bool:
        """Tooltips by segment."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            for area, text in self._segments:
                if area.contains(QPointF(event.pos())):
                    QToolTip.showText(event.globalPos(), text, self)
                    return True
        return super().event(event)


def _mix_words(shares: Mapping[str, float]) -> str:
    parts = ((key, shares.get(key, 0.0)) for key in ASSET_CLASSES)
    return ", ".join(f"{class_label(key)} {percent(share, 0)}" for key, share in parts if share > 5e-4)
