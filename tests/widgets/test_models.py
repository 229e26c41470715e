"""The item models: Qt's own consistency checks, figures against plain loops, sorting, filtering, lasting names."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from core.classify.exposure import Confidence
from core.household import Account, AccountKind, ControlTotal, Finding, Household, Lot, Severity, SourceFile, Term
from core.rebalance.proposal import Action
from core.tilt.target import TaxSettings
from tests.widgets import samples
from widgets.models.control_totals_model import ControlTotalsModel
from widgets.models.findings_model import FindingsModel
from widgets.models.holdings_model import CHIP_ROLE, HoldingsModel
from widgets.models.trades_model import TradesModel
from widgets.models.tree import KEY_ROLE, OBJECT_ROLE, SORT_ROLE

ASCENDING, DESCENDING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


@pytest.fixture
def home():
    return samples.household()


@pytest.fixture
def holdings(home):
    model = HoldingsModel()
    model.set_household(home, samples.exposures())
    return model


@pytest.fixture
def trades(home):
    model = TradesModel()
    model.set_proposal(samples.proposal(home=home), home, TaxSettings(short=0.4, long=0.2), samples.exposures())
    return model


def walk(model, parent=None):
    """Every first-column index, parents before children."""
    parent = parent or QModelIndex()
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        yield index
        yield from walk(model, index)


def cell(model, index, key, role=Qt.ItemDataRole.DisplayRole):
    return index.siblingAtColumn(model.column_of(key)).data(role)


def raws(model, key, parent=None):
    return [
        cell(model, model.index(row, 0, parent or QModelIndex()), key, SORT_ROLE)
        for row in range(model.rowCount(parent or QModelIndex()))
    ]


# --- consistency ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", [-1, 0, 2, 5, 11])
def test_holdings_model_is_consistent(home, column):
    model = HoldingsModel()
    tester = QAbstractItemModelTester(model, FATAL)
    model.set_household(home, samples.exposures())
    list(walk(model))
    model.sort(column, DESCENDING)
    list(walk(model))
    for text in ("vti", "nora", "nothing like it", ""):
        model.set_filter(text)
        list(walk(model))
        model.sort(column, ASCENDING)
    model.set_household(None, {})
    assert model.rowCount() == 0
    assert tester.model() is model


@pytest.mark.parametrize("column", [-1, 0, 5, 7, 10])
def test_trades_model_is_consistent(home, column):
    model = TradesModel()
    tester = QAbstractItemModelTester(model, FATAL)
    model.set_live(samples.live_plan(), home)
    list(walk(model))
    model.sort(column, DESCENDING)
    model.set_proposal(samples.proposal(home=home), home, TaxSettings())
    list(walk(model))
    for text in ("vbr", "theo", "wash", "nothing like it", ""):
        model.set_filter(text)
        list(walk(model))
        model.sort(column, ASCENDING)
    model.clear()
    assert model.rowCount() == 0
    assert tester.model() is model


def test_tables_are_consistent():
    findings, totals = FindingsModel(), ControlTotalsModel()
    testers = [QAbstractItemModelTester(model, FATAL) for model in (findings, totals)]
    findings.set_findings(samples.findings())
    totals.set_files(samples.files())
    assert [tester.model().rowCount() for tester in testers] == [3, 3]
    findings.set_findings(())
    totals.set_files(())
    assert [tester.model().rowCount() for tester in testers] == [0, 0]


@settings(max_examples=40)
@given(data=st.data())
def test_any_household_makes_a_consistent_tree_with_every_dollar_in_it(data):
    money = st.decimals(-10_000, 10_000, places=2)
    count = data.draw(st.integers(0, 3))
    accounts = tuple(
        Account(str(n), "", None, AccountKind.ROTH, "guess", data.draw(money), data.draw(money), Decimal(0))
        for n in range(count)
    )
    securities = samples.household().securities
    lots = tuple(
        Lot(
            data.draw(st.sampled_from([account.id for account in accounts])),
            data.draw(st.sampled_from([security.id for security in securities])),
            data.draw(money),
            data.draw(money),
            data.draw(st.none() | money),
            data.draw(st.none() | st.dates(date(1990, 1, 1), date(2026, 1, 1))),
            data.draw(st.sampled_from(Term)),
        )
        for _ in range(data.draw(st.integers(0, 12)) if accounts else 0)
    )
    home = Household("x", samples.AS_OF, accounts, securities, lots)
    model = HoldingsModel()
    tester = QAbstractItemModelTester(model, FATAL)
    model.set_household(home, samples.exposures())
    for column in data.draw(st.lists(st.integers(-1, len(model.columns) - 1), max_size=3)):
        model.sort(column, data.draw(st.sampled_from([ASCENDING, DESCENDING])))
    every = list(walk(model))
    keys = [index.data(KEY_ROLE) for index in every]
    assert len(set(keys)) == len(keys)
    assert sorted(key[1] for key in keys if key[0] == "lot") == list(range(len(lots)))
    assert sum(raws(model, "value"), Decimal(0)) == home.value
    for index in every:
        for column in range(len(model.columns)):
            index.siblingAtColumn(column).data()
            index.siblingAtColumn(column).data(Qt.ItemDataRole.ToolTipRole)
    assert tester.model() is model


# --- figures ----------------------------------------------------------------------------------------------------


def test_accounts_and_positions_sum_their_lots(holdings, home):
    for top, account in zip(range(holdings.rowCount()), home.accounts, strict=True):
        index = holdings.index(top, 0)
        held = [lot for lot in home.lots if lot.account == account.id]
        value = sum(lot.market_value for lot in held) + account.cash + account.pending
        assert cell(holdings, index, "value", SORT_ROLE) == value == account.market_value
        known = [lot for lot in held if lot.cost_basis is not None]
        basis = sum(lot.cost_basis for lot in known) if known else None
        assert cell(holdings, index, "basis", SORT_ROLE) == basis
        assert sum(raws(holdings, "value", index)) == value
        assert sum(raws(holdings, "weight", index)) == pytest.approx(float(value / home.value))


def test_a_position_s_gain_leaves_unknown_bases_out_and_says_so(home):
    lots = (
        Lot("5501-2210", "VTI", Decimal(1), Decimal(300), Decimal(200), None, Term.LONG),
        Lot("5501-2210", "VTI", Decimal(1), Decimal(300), None, None, Term.UNKNOWN),
    )
    model = HoldingsModel()
    model.set_household(Household("x", samples.AS_OF, home.accounts[:1], home.securities, lots), {})
    position = model.index(0, 0, model.index(0, 0))
    assert cell(model, position, "gain", SORT_ROLE) == 100
    assert cell(model, position, "gain") == "+$100.00*"
    assert "1 lot without a cost basis" in cell(model, position, "gain", Qt.ItemDataRole.ToolTipRole)
    assert cell(model, position, "term") == "Mixed"
    assert cell(model, position, "class") == "Unclassified"


def test_unknown_is_a_word_and_not_a_zero(holdings):
    for index in walk(holdings):
        if index.data(KEY_ROLE)[:1] == ("position",) and index.data() == "QZXC":
            assert cell(holdings, index, "basis") == "unknown"
            assert cell(holdings, index, "basis", SORT_ROLE) is None
            assert cell(holdings, index, "gain") == "unknown"
            break
    else:
        pytest.fail("QZXC is not shown")


def test_cash_and_pending_have_lines_of_their_own(holdings, home):
    nora = holdings.index(1, 0)
    lines = {cell(holdings, index, "holding"): index for index in walk(holdings, nora)}
    assert cell(holdings, lines["Cash"], "value", SORT_ROLE) == home.accounts[1].cash
    assert cell(holdings, lines["Pending activity"], "value", SORT_ROLE) == home.accounts[1].pending
    assert cell(holdings, lines["Cash"], "gain") == ""


def test_guessed_kinds_are_marked_as_guesses(holdings):
    assert "(guess)" in cell(holdings, holdings.index(1, 0), "name")
    assert "(guess)" not in cell(holdings, holdings.index(0, 0), "name")


def test_classifications_show_as_chips_with_their_source(holdings):
    chips = {
        index.data(): index.siblingAtColumn(holdings.column_of("class"))
        for index in walk(holdings, holdings.index(0, 0))
    }
    assert chips["VTI"].data(CHIP_ROLE) == ("US · Large blend", Confidence.HIGH)
    assert chips["IVW"].data(CHIP_ROLE)[0] == "US · Large growth"
    assert chips["QZXC"].data(CHIP_ROLE) == ("Unclassified", Confidence.NONE)
    assert "core table" in chips["VTI"].data(Qt.ItemDataRole.ToolTipRole)
    assert chips["Cash"].data(CHIP_ROLE) is None


def test_figures_are_right_aligned_and_words_left(holdings, trades):
    for model in (holdings, trades):
        for number, column in enumerate(model.columns):
            for index in (model.index(0, number), model.index(0, number, model.index(0, 0))):
                align = index.data(Qt.ItemDataRole.TextAlignmentRole)
                right = bool(align & int(Qt.AlignmentFlag.AlignRight))
                assert right is column.figures
            head = model.headerData(number, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
            assert bool(head & int(Qt.AlignmentFlag.AlignRight)) is column.figures


def test_screen_readers_hear_the_column(holdings):
    index = holdings.index(0, holdings.column_of("value"))
    assert index.data(Qt.ItemDataRole.AccessibleTextRole).startswith("Value: $")


# --- order ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["holding", "value", "gain", "acquired", "class", "price"])
@pytest.mark.parametrize("order", [ASCENDING, DESCENDING])
def test_sorting_orders_every_level_with_unknown_last(holdings, key, order):
    holdings.sort(holdings.column_of(key), order)
    parents = [None, *(index for index in walk(holdings) if holdings.rowCount(index))]
    for parent in parents:
        values = raws(holdings, key, parent)
        known = [value for value in values if value is not None]
        assert values[: len(known)] == known, "unknown values are last either way"
        plain = [value.casefold() if isinstance(value, str) else value for value in known]
        if len({type(value) for value in plain}) == 1:
            assert plain == sorted(plain, reverse=order is DESCENDING)


def test_sorting_back_is_the_order_of_the_files(holdings):
    before = [index.data(KEY_ROLE) for index in walk(holdings)]
    holdings.sort(holdings.column_of("value"), DESCENDING)
    assert [index.data(KEY_ROLE) for index in walk(holdings)] != before
    holdings.sort(-1)
    assert [index.data(KEY_ROLE) for index in walk(holdings)] == before


@pytest.mark.parametrize("fixture", ["holdings", "trades"])
def test_kept_indexes_follow_their_items(request, fixture):
    model = request.getfixturevalue(fixture)
    kept = [(index.data(KEY_ROLE), QPersistentModelIndex(index)) for index in walk(model)]
    for column in range(len(model.columns)):
        model.sort(column, DESCENDING)
        assert all(index.data(KEY_ROLE) == key for key, index in kept)


# --- filter -----------------------------------------------------------------------------------------------------


def test_the_filter_takes_every_word_in_any_order(holdings):
    holdings.set_filter("total vanguard")
    shown = {cell(holdings, index, "holding") for index in walk(holdings) if index.data(KEY_ROLE)[0] == "position"}
    assert shown == {"VTI", "VXUS", "BND"}
    assert holdings.counts() == (4, 13)
    holdings.set_filter("nora vti")
    assert [cell(holdings, index, "holding") for index in walk(holdings) if index.data(KEY_ROLE)[0] != "lot"] == [
        "Nora rollover IRA",
        "VTI",
    ]
    holdings.set_filter("unclassified")
    assert holdings.counts()[0] == 1
    holdings.set_filter("")
    assert holdings.counts() == (13, 13)


def test_a_big_household_makes_no_lots_until_one_looks():
    big = samples.big_household(20_000, 50)
    model = HoldingsModel()
    model.set_household(big, {})
    model.sort(model.column_of("value"), DESCENDING)
    assert all(position.order is None for position in model._positions)
    position = model.index(0, 0, model.index(0, 0))
    assert model.rowCount(position) > 50
    values = raws(model, "value", position)
    assert values == sorted(values, reverse=True)
    assert sum(position.order is not None for position in model._positions) == 1


# --- trades -----------------------------------------------------------------------------------------------------


def test_trades_show_their_own_figures(trades, home):
    shown = {}
    for index in walk(trades):
        value = index.data(OBJECT_ROLE)
        if index.data(KEY_ROLE)[0] == "trade":
            shown[index.data(KEY_ROLE)[1:3]] = value
            assert cell(trades, index, "amount", SORT_ROLE) == value.amount
            assert cell(trades, index, "quantity", SORT_ROLE) == value.quantity
            assert cell(trades, index, "action") == ("Buy" if value.action is Action.BUY else "Sell")
            assert cell(trades, index, "reason") == value.reason
            assert trades.rowCount(index) == len(value.lots)
    assert set(shown.values()) == set(samples.proposal(home=home).trades)


def test_account_rows_tie_to_the_cash(trades, home):
    for row in range(trades.rowCount()):
        index = trades.index(row, 0)
        account = index.data(OBJECT_ROLE).id
        net = sum(
            (t.amount if t.action is Action.SELL else -t.amount)
            for t in samples.proposal(home=home).trades
            if t.account == account
        )
        assert cell(trades, index, "amount", SORT_ROLE) == net


def test_the_tax_effect_is_the_gain_at_the_flat_rate_of_its_term(trades, home):
    kinds = {account.id: account.kind for account in home.accounts}
    for index in walk(trades):
        if index.data(KEY_ROLE)[0] != "trade":
            continue
        trade = index.data(OBJECT_ROLE)
        tax = cell(trades, index, "tax", SORT_ROLE)
        if not kinds[trade.account].is_taxable or not trade.lots:
            assert tax is None
            continue
        expected = sum(
            float(lot.gain) * (0.2 if lot.term is Term.LONG else 0.4) for lot in trade.lots if lot.gain is not None
        )
        assert float(tax) == pytest.approx(expected)


def test_rules_are_named_in_words(trades):
    words = {cell(trades, index, "limited_by") for index in walk(trades)}
    assert {"Avoid short term", "Cash reserve", "Max position"} <= words


def test_an_estimate_says_about_and_names_securities_not_held(home):
    model = TradesModel()
    model.set_live(samples.live_plan(), home, samples.exposures())
    assert model.estimate
    rows = [index for index in walk(model) if index.data(KEY_ROLE)[0] == "trade"]
    assert all(cell(model, index, "amount").startswith("\u2248") for index in rows)
    assert {cell(model, index, "symbol") for index in rows} == {"IVW", "VBR", "VTI", "AVUV"}
    names = {cell(model, index, "symbol"): cell(model, index, "name") for index in rows}
    assert names["AVUV"] == "Avantis US Small Cap Value ETF"
    first = next(index for index in rows if cell(model, index, "symbol") == "VBR")
    assert cell(model, first, "quantity", SORT_ROLE) == round(30100 / 201.75)


# --- findings and totals ----------------------------------------------------------------------------------------


def test_findings_come_worst_first_with_word_and_icon():
    model = FindingsModel()
    model.set_findings(samples.findings())
    assert [model.index(row, 0).data() for row in range(3)] == ["Error", "Warning", "Note"]
    icons = [model.index(row, 0).data(Qt.ItemDataRole.DecorationRole) for row in range(3)]
    assert not any(icon.isNull() for icon in icons)
    assert isinstance(model.index(0, 0).data(OBJECT_ROLE), Finding)
    assert model.index(0, 1).data() == samples.findings()[2].message


def test_equal_severities_keep_their_order():
    model = FindingsModel()
    given_order = [Finding(Severity.WARNING, "c", str(n), "m") for n in range(20)]
    model.set_findings(given_order)
    assert list(model.findings()) == given_order


def test_what_is_said_of_many_accounts_is_one_row_that_names_them():
    household = samples.household()
    told = [
        Finding(Severity.WARNING, "account-kind-unknown", account.id, f"'{account.name}' does not tell the kind.")
        for account in household.accounts
    ]
    model = FindingsModel()
    model.set_findings(told, household)
    assert (model.rowCount(), model.findings()) == (1, tuple(told))
    shown = [model.index(0, column).data() for column in range(3)]
    assert shown[0] == "Warning"
    assert all(name in shown[1] for name in household.account_names.values())
    assert shown[2] == f"{len(told)} accounts"
    assert all(finding.where in model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole) for finding in told)


@pytest.mark.parametrize(
    ("stated", "read", "word"),
    [("10.00", "10.00", "Ties"), ("10.00", "10.01", "Differs"), ("10.00", "9.99", "Differs")],
)
def test_a_total_ties_to_the_cent_or_not_at_all(stated, read, word):
    model = ControlTotalsModel()
    total = ControlTotal("account", Decimal(stated), Decimal(read))
    model.set_files([SourceFile("a.csv", "", "x", None, 1, 1, (), (total,))])
    assert model.index(0, 0).data() == word
    assert model.all_tie() is (word == "Ties")
    assert model.index(0, 5).data(SORT_ROLE) == Decimal(read) - Decimal(stated)


def test_a_file_without_totals_is_not_passed_over():
    model = ControlTotalsModel()
    model.set_files(samples.files())
    assert [model.index(row, 0).data() for row in range(3)] == ["Ties", "Differs", "None stated"]
    assert model.index(2, 1).data() == "roth.xlsx"
    assert not model.all_tie()
