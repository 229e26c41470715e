"""Returns-based style: a fund's growth against that of the mix of style funds that moved most like it, and the mix."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.classify.returns_style import LEAST_R2, PROXIES, StyleFit, exposure_of
from widgets.evidence_charts import Line, LineChart
from widgets.numbers import date_text, number, percent, points
from widgets.share_bars import ShareBar, ShareBars
from widgets.style_box import StyleBoxView
from widgets.theme import S, font

#: What each style fund stands for.
PROXY_WORDS: Final[Mapping[str, str]] = {
    "VTV": "Large value", "VV": "Large blend", "VUG": "Large growth",
    "VOE": "Mid value", "VO": "Mid blend", "VOT": "Mid growth",
    "VBR": "Small value", "VB": "Small blend", "VBK": "Small growth",
    "VEA": "Developed markets", "VWO": "Emerging markets", "BND": "Bonds", "BIL": "Treasury bills",
}  # fmt: skip
#: Weights below this would show as 0 %.
_LEAST = 0.005


class StyleFitView(QWidget):
    """Shows one `StyleFit`, verdict first. Nothing is shown until there is one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fit: StyleFit | None = None
        self.setAccessibleName("Style from returns")
        self.verdict = QLabel(wordWrap=True)
        self.verdict.setFont(font("heading"))
        self.verdict.setTextFormat(Qt.TextFormat.PlainText)
        self.facts = QLabel(wordWrap=True)
        self.facts.setProperty("muted", True)
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.chart = LineChart("Growth of the fund and of the mix")
        self.bars = ShareBars("Weights of the mix")
        self.box = StyleBoxView("Style box of the mix's equity")
        self.box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(S.xs, S.xs, S.xs, S.xs)
        outer.setSpacing(S.sm)
        outer.addWidget(self.verdict)
        outer.addWidget(self.facts)
        sides = QHBoxLayout()
        sides.setSpacing(S.lg)
        outer.addLayout(sides, 1)
        sides.addWidget(self.chart, 3)
        right = QVBoxLayout()
        right.setSpacing(S.sm)
        right.addWidget(_heading("The mix"))
        right.addWidget(self.bars)
        right.addSpacing(S.sm)
        right.addWidget(self.box)
        right.addStretch(1)
        sides.addLayout(right, 2)

    def fit(self) -> StyleFit | None:
        """What is shown."""
        return self._fit

    def set_fit(self, fit: StyleFit) -> None:
        """Show a fit, also one that cannot tell."""
        self._fit = fit
        self.verdict.setText(_verdict(fit))
        self.facts.setText(
            f"R2 {number(max(0.0, fit.r2), 2)} · {fit.weeks} weekly returns, {date_text(fit.dates[0])} to "
            f"{date_text(fit.dates[-1])} · {fit.symbol} {percent(fit.fund[-1] - 1, sign=True)}, the mix "
            f"{percent(fit.fitted[-1] - 1, sign=True)}"
        )
        years = [_year(day) for day in fit.dates]
        fund, mixed = [value - 1 for value in fit.fund], [value - 1 for value in fit.fitted]

        def speak(index: int) -> str:
            return (
                f"{date_text(fit.dates[index])}: {fit.symbol} {percent(fund[index], sign=True)}, the mix "
                f"{percent(mixed[index], sign=True)}, apart {points(fund[index] - mixed[index])}"
            )

        self.chart.set_lines(
            years,
            [Line(fit.symbol, fund, "after"), Line("Mix of style funds", mixed, "target", "dash")],
            speak,
            "Growth since the first day, dividends included; the mix is rebalanced every week. Point at a week to read "
            "it.",
        )
        self.bars.set_bars(
            [
                ShareBar(
                    f"{PROXY_WORDS[symbol]} ({symbol})",
                    fit.weights[symbol],
                    f"{PROXY_WORDS[symbol]}: {percent(fit.weights[symbol])} of {symbol}",
                )
                for symbol in PROXIES
                if fit.weights.get(symbol, 0.0) >= _LEAST
            ]
        )
        # A mix that explains little has a style box too, but it is not the fund's.
        box = exposure_of(fit.weights)[1]
        self.box.setVisible(fit.can_tell and sum(box) > 0)
        self.box.set_box(box)
        self.setAccessibleDescription(f"{self.verdict.text()} {self.facts.text()}")


def _verdict(fit: StyleFit) -> str:
    if fit.can_tell:
        return f"{fit.symbol} moved like this mix: it explains {percent(fit.r2, 0)} of the fund's moves."
    return (
        f"Cannot tell: the best mix explains only {percent(max(0.0, fit.r2), 0)} of {fit.symbol}'s moves; "
        f"{percent(LEAST_R2, 0)} are needed. The mix below is no classification."
    )


def _year(day: date) -> float:
    first = date(day.year, 1, 1)
    return day.year + (day - first).days / (date(day.year + 1, 1, 1) - first).days


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(font("label"))
    label.setProperty("muted", True)
    return label
