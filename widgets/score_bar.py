"""A score from -1 to +1 as a bar to the left or right of the middle, with its figure."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.numbers import number
from widgets.painted import Painted, draw_text, hair, line_height
from widgets.spoken import Spoken, speaks_as
from widgets.theme import S, text_width, tokens

_BAR = 9.0


@speaks_as(Spoken.Graphic)
class ScoreBar(Painted):
    """Left of the middle speaks against, right of it for; no figure is said in words, never drawn as nothing."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._score: float | None = None
        self._faint = 1.0
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_score(None)

    def set_score(self, score: float | None, freshness: float = 1.0) -> None:
        """Show a score; ``freshness`` 0..1 pales the bar of old observations."""
        self._score, self._faint = score, freshness
        self.setAccessibleDescription(self.words())
        self.update()

    def words(self) -> str:
        """The figure, or that there is none."""
        return "no figure" if self._score is None else number(self._score, 2, sign=True)

    def sizeHint(self) -> QSize:
        """A bar and its figure."""
        return QSize(150, round(line_height() * 1.5))

    def minimumSizeHint(self) -> QSize:
        """A shorter bar."""
        return QSize(110, self.sizeHint().height())

    def paint(self, painter: QPainter) -> None:
        """Track, bar, middle, figure."""
        theme = tokens()
        figure = text_width("no figure", "small") + S.sm
        track = QRectF(0, self.height() / 2 - _BAR / 2, max(20.0, self.width() - figure), _BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.sunken)
        painter.drawRoundedRect(track, 3, 3)
        middle = track.center().x()
        if self._score is not None:
            colour = theme.gain if self._score >= 0 else theme.loss
            painter.setOpacity(0.35 + 0.65 * self._faint)
            painter.setBrush(colour)
            end = middle + self._score * track.width() / 2
            painter.drawRect(QRectF(min(middle, end), track.top(), abs(end - middle), _BAR))
            painter.setOpacity(1.0)
        painter.setPen(hair(theme.border_strong))
        painter.drawLine(QPointF(middle, track.top() - 3), QPointF(middle, track.bottom() + 3))
        area = QRectF(track.right(), 0, self.width() - track.right(), self.height())
        colour = theme.text_muted if self._score is None else theme.text
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        draw_text(painter, area, self.words(), colour, "small" if self._score is None else "body", right)
