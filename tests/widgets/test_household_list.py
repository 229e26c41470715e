"""The list of a book's households: order, filter, selection."""

import random
from datetime import date

import attrs
import pytest
from PySide6.QtCore import Qt

from core.book.job import Job, Status
from core.book.store import Book
from core.book.summary import HouseholdRow, Result, summarise
from tests.book.practice import practice
from widgets.household_list import HouseholdList
from widgets.models.household_list_model import HouseholdListModel

TODAY = date(2026, 11, 25)
DOWN, UP = Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder
COLUMNS = {column.key: place for place, column in enumerate(HouseholdListModel.columns)}


def with_drift(row: HouseholdRow, drift: float | None) -> HouseholdRow:
    if drift is None:
        return row
    return attrs.evolve(row, plan=Result(Job.PLAN, "2026-11-20", Status.DONE, "", {"drift": drift, "trades": 3}, True))


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[HouseholdRow]:
    book: Book
    with practice(tmp_path_factory.mktemp("list") / "b.trimtab", 12, accounts=1, securities=2, lots=3) as book:
        found = summarise(book, TODAY).rows
    chance = random.Random(1)
    return [with_drift(row, None if n % 4 == 0 else chance.random()) for n, row in enumerate(found)]


@pytest.fixture
def shown(qtbot, rows) -> HouseholdList:
    view = HouseholdList()
    qtbot.addWidget(view)
    view.set_rows(rows, TODAY)
    return view


def test_the_model_keeps_qts_rules(shown, qtmodeltester):
    qtmodeltester.check(shown.households)


@pytest.mark.parametrize("key", COLUMNS)
def test_each_column_sorts_both_ways_with_what_is_not_known_last(shown, rows, key):
    model = shown.households
    raw = {row.id: model._raw(row, key) for row in rows}
    for order in (DOWN, UP):
        shown.sortByColumn(COLUMNS[key], order)
        found = [raw[household] for household in shown.shown()]
        known = [value for value in found if value is not None]
        assert known == sorted(known, reverse=order == DOWN)
        assert found[len(known) :] == [None] * (len(found) - len(known))
        assert sorted(shown.shown()) == sorted(raw)


def test_the_filter_knows_no_letter_case(shown, rows):
    shown.set_filter("HOUSEHOLD 000")
    assert len(shown.shown()) == 10
    shown.set_filter("nobody")
    assert shown.shown() == []
    shown.set_filter("")
    assert len(shown.shown()) == 12


def test_what_is_selected_stays_selected(shown, rows):
    shown.selectRow(3)
    chosen = shown.chosen()
    shown.sortByColumn(COLUMNS["drift"], DOWN)
    assert shown.chosen() == chosen
    shown.set_filter("000")
    assert shown.chosen() == chosen
    shown.set_rows([with_drift(row, 0.01 * row.id) for row in rows], TODAY)  # a run ended: another order
    assert shown.chosen() == chosen
    assert shown.shown() == list(range(10, 0, -1))
    shown.set_rows([row for row in rows if row.id not in chosen], TODAY)
    assert shown.chosen() == []


def test_where_there_is_little_room_the_last_plan_is_its_date_and_no_column_is_cut(shown, rows):
    place, header = COLUMNS["plan"], shown.horizontalHeader()
    needed = header.length() - header.sectionSize(0) + shown._least_name
    shown.resize(needed + 60, 400)
    shown.show()

    def plans(role=Qt.ItemDataRole.DisplayRole):
        return [shown.model().index(row, place).data(role) for row in range(len(rows))]

    whole = plans()
    assert any("trade" in words for words in whole)
    shown.resize(needed - 40, 400)
    assert not any("trade" in words for words in plans())
    assert header.length() <= shown.viewport().width()
    for words, brief, tip in zip(whole, plans(), plans(Qt.ItemDataRole.ToolTipRole), strict=True):
        assert words in (brief, tip)
    shown.resize(needed + 60, 400)
    assert plans() == whole
