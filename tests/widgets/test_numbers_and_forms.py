"""Figures in words and in the locale, labels for every key, and the fields of forms."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QHBoxLayout, QPushButton, QWidget

from core.classify.exposure import ASSET_CLASSES, SECTORS, Confidence
from core.household import AccountKind, SecurityType, Severity, Term
from widgets import labels
from widgets.forms import FormGrid, IntField, MoneyField, PercentField, level
from widgets.numbers import (
    MINUS,
    UNKNOWN,
    date_text,
    money,
    money_short,
    number,
    percent,
    plural,
    points,
    price,
    quantity,
    written_date,
)


@pytest.fixture(autouse=True)
def _locale():
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(before)


def test_money():
    assert money(Decimal("1234.5")) == "$1,235"
    assert money(Decimal("-1234.50"), cents=True) == f"{MINUS}$1,234.50"
    assert money(12, sign=True) == "+$12"
    assert money(0, sign=True) == "$0"
    assert money(Decimal("-0.001")) == "$0"
    assert money(None) == "unknown"


def test_money_in_few_characters():
    assert money_short(950) == "$950"
    assert money_short(12_400) == "$12.4K"
    assert money_short(-3_210_000) == f"{MINUS}$3.21M"
    assert money_short(999_700) == "$1.00M"
    assert money_short(2_100_000_000) == "$2.10B"


def test_shares_and_points():
    assert percent(0.1234) == "12.3\u202f%"
    assert percent(-0.05, 0) == f"{MINUS}5\u202f%"
    assert points(0.024) == "+2.4\u202fpt"
    assert points(-0.00001) == "0.0\u202fpt"
    assert percent(None) == "unknown"


def test_quantities_and_prices_have_the_decimals_they_need():
    assert quantity(Decimal("100.000")) == "100"
    assert quantity(Decimal("12.5")) == "12.5"
    assert quantity(Decimal("0.12345")) == "0.1234"
    assert quantity(Decimal(1200)) == "1,200"
    assert price(Decimal("12.3")) == "12.30"
    assert price(Decimal("12.3456")) == "12.3456"
    assert price(None) == "unknown"


def test_figures_follow_the_locale():
    QLocale.setDefault(QLocale("de_DE"))
    assert money(Decimal("1234567.89"), cents=True) == "$1.234.567,89"
    assert percent(0.125) == "12,5\u202f%"
    assert date_text(date(2026, 3, 4)) == "04.03.2026"
    QLocale.setDefault(QLocale("en_US"))
    assert date_text(date(2026, 3, 4)) == "3/4/2026"
    QLocale.setDefault(QLocale.c())
    assert date_text(date(2026, 3, 4)) == "2026-03-04"
    assert date_text(None) == "unknown"


@given(st.decimals(-(10**9), 10**9, places=2))
def test_cents_are_never_lost(amount):
    text = money(amount, cents=True).replace("$", "").replace(",", "").replace(MINUS, "-")
    assert Decimal(text) == amount


def test_counts_have_their_noun():
    assert plural(1, "trade") == "1 trade"
    assert plural(0, "trade") == "0 trades"
    assert plural(1200, "security", "securities") == "1,200 securities"
    assert number(2.5) == "3", "half away from zero, as money is rounded"


def test_every_key_has_words():
    assert all(labels.class_label(key) != key for key in ASSET_CLASSES)
    assert all(labels.sector_label(key) != key for key in SECTORS)
    assert len({labels.box_label(cell) for cell in range(9)}) == 9
    assert labels.box_label(0) == "Large value"
    assert labels.box_label(8) == "Small growth"
    for kinds, label in (
        (AccountKind, labels.kind_label),
        (SecurityType, labels.type_label),
        (Term, labels.term_label),
        (Severity, labels.severity_label),
        (Confidence, labels.confidence_label),
    ):
        assert len({label(kind) for kind in kinds}) == len(kinds)
    assert labels.rule_label("max_turnover") == "Max turnover"
    assert labels.rule_label("sell_all 1234:VTI") == "Sell all 1234:VTI"


@pytest.mark.parametrize(
    ("make", "typed", "signal", "value"),
    [
        (lambda: MoneyField("Amount", cents=True), "1234.5", "amountEdited", 1234.5),
        (lambda: PercentField("Share"), "12.5", "fractionEdited", 0.125),
        (lambda: IntField("Days"), "30", "countEdited", 30),
    ],
)
def test_fields_say_what_was_typed_once_it_is_done(shown, qtbot, make, typed, signal, value):
    field = shown(make(), 140, 32)
    field.setFocus()
    field.selectAll()
    heard = []
    getattr(field, signal).connect(heard.append)
    qtbot.keyClicks(field, typed)
    assert heard == []
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard == [pytest.approx(value)]


def test_setters_of_fields_are_silent(shown, qtbot):
    money_field, share, count = MoneyField("Amount"), PercentField("Share"), IntField("Days")
    for field, signal in ((money_field, "amountEdited"), (share, "fractionEdited"), (count, "countEdited")):
        shown(field, 120, 32)
        with qtbot.assertNotEmitted(getattr(field, signal)):
            money_field.set_amount(Decimal(2500))
            share.set_fraction(0.4)
            count.set_count(9)
    assert money_field.amount() == Decimal(2500)
    assert money_field.text() == "$2,500"
    assert share.fraction() == pytest.approx(0.4)


def test_the_wheel_turns_only_a_focused_field(shown):
    box = QWidget()
    field, other = PercentField("Share"), PercentField("Other")
    grid = FormGrid(box)
    grid.add_field("Share", field)
    grid.add_field("Other", other)
    shown(box, 300, 100)
    other.setFocus()
    place = QPointF(5, 5)
    event = QWheelEvent(
        place,
        place,
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(field, event)
    assert field.value() == 0
    field.setFocus()
    QApplication.sendEvent(field, event)
    assert field.value() == 1


def test_labels_of_a_form_lead_to_their_fields(shown):
    box = QWidget()
    grid = FormGrid(box)
    field = PercentField("")
    caption = grid.add_field("Cash &reserve", field, "Kept in every account.")
    shown(box, 300, 100)
    assert caption.buddy() is field
    assert field.accessibleName() == "Cash reserve"
    assert field.accessibleDescription() == "Kept in every account."


def test_rows_of_forms_beside_each_other_are_level(shown):
    page = QWidget()
    row, left, right = QHBoxLayout(page), FormGrid(), FormGrid()
    row.addLayout(left)
    row.addLayout(right)
    high = QPushButton("high")
    high.setMinimumHeight(44)
    for form, fields in ((left, [QComboBox(), high, QComboBox()]), (right, [QComboBox(), QComboBox(), QComboBox()])):
        for number_, field in enumerate(fields):
            form.add_field(f"Field {number_}", field)
    level((left, right))
    shown(page, 500, 300)
    for line in range(3):
        assert left.cellRect(line, 1).center().y() == right.cellRect(line, 1).center().y()


def test_fields_write_and_read_a_real_minus(shown):
    field = shown(PercentField("Lowest change", minimum=-1.0, maximum=0.0))
    field.set_fraction(-0.02)
    assert field.text().startswith(f"{MINUS}2")
    for typed in ("-3.5", f"{MINUS}4.5"):
        field.lineEdit().selectAll()
        field.lineEdit().insert(typed)  # the keyboard of tests knows no such minus
        field.interpretText()
        assert field.fraction() == pytest.approx(-float(typed[1:]) / 100)


def test_sources_of_classifications_are_words():
    assert labels.source_label("core table: us(sp500)") == "core table: US stocks (S&P\u00a0500)"
    assert labels.source_label("core table: us(crsp_small, value)") == "core table: US stocks (CRSP small, value)"
    assert labels.source_label("core table: stock(large_growth, energy)") == "core table: stock (large growth, energy)"


def test_written_dates_are_as_the_user_writes_them():
    assert written_date("2025-12-31") == "12/31/2025"
    assert written_date("2025-Q4") == "2025-Q4"
    assert written_date(None) == UNKNOWN
