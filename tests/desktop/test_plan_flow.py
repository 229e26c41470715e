"""Prove and fewer orders: beside the window, void with the next edit, and fewer orders are an edit to undo."""

import threading

import attrs
import pytest

from core.edits import SetTrading
from core.rebalance.frontier import FewerTrades
from core.rebalance.proposal import Objective
from tests.desktop.window_fixtures import OpenWindow
from widgets.numbers import percent
from widgets.theme import apply_theme

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")

PLANS = (
    FewerTrades(0.0, 14, 0.031, 5000.0, 300.0, 40.0),
    FewerTrades(40.0, 9, 0.034, 5120.0, 280.0, 30.0),
    FewerTrades(250.0, 4, 0.052, 5900.0, 120.0, 15.0),
)


@pytest.fixture
def opened(qtbot, tmp_path, qapp):
    apply_theme(qapp, "light")
    opened = OpenWindow(tmp_path).start(qtbot, page="trades")
    opened.window.plan_flow.tasks.crashed.connect(opened.crashes.append)
    yield opened
    opened.end()


@pytest.fixture
def said(opened):
    heard = []
    opened.bench.message.connect(lambda one: heard.append(one.text))
    return heard


def better(proposal, by, room):
    plan = proposal.objective.plan - by
    return attrs.evolve(proposal, objective=Objective(plan, proposal.objective.do_nothing, plan - room))


def test_a_better_plan_is_taken_and_said(opened, qtbot, said):
    flow, before = opened.window.plan_flow, opened.bench.proposal
    flow.prove_with = lambda _h, _e, _t, _w: better(before, 12.0, 3.0)
    opened.window.actions_["prove"].trigger()
    qtbot.waitUntil(lambda: opened.bench.proposal is not before, timeout=10_000)
    assert opened.bench.proposal.objective.plan == before.objective.plan - 12
    assert "worth $12 more" in said[-1]
    assert "more than $3" in said[-1]


def test_a_tighter_bound_is_kept_where_no_better_plan_is_found(opened, qtbot, said):
    flow, before = opened.window.plan_flow, opened.bench.proposal
    flow.prove_with = lambda _h, _e, _t, _w: better(before, 0.0, 0.1)
    opened.window.actions_["prove"].trigger()
    qtbot.waitUntil(lambda: any("No better plan" in words for words in said), timeout=10_000)
    assert opened.bench.proposal.trades == before.trades
    assert opened.bench.proposal.objective.lower_bound >= before.objective.lower_bound
    assert "the best there is" in said[-1]


def test_an_edit_makes_a_proof_void(opened, qtbot, said):
    flow, before = opened.window.plan_flow, opened.bench.proposal
    asked = threading.Event()

    def slow(_household, _exposures, _target, watch):
        while not watch.cancelled():
            asked.wait(0.01)
        return better(before, 99.0, 0.0)

    flow.prove_with = slow
    opened.window.actions_["prove"].trigger()
    trading = opened.session.document.target.trading
    opened.session.push(SetTrading(attrs.evolve(trading, ticket=7.0)))
    opened.settle(qtbot)
    qtbot.waitUntil(lambda: not flow.tasks.busy)
    assert opened.bench.proposal.objective.plan != before.objective.plan - 99
    assert not any("better plan was found" in words for words in said)


def test_stopping_a_proof_leaves_the_plan(opened, qtbot, said):
    flow, before = opened.window.plan_flow, opened.bench.proposal
    gate = threading.Event()

    def slow(_household, _exposures, _target, watch):
        while not watch.cancelled():
            gate.wait(0.01)
        return better(before, 99.0, 0.0)

    flow.prove_with = slow
    opened.window.actions_["prove"].trigger()
    flow.stop()
    assert not flow.tasks.busy
    assert opened.bench.proposal is before
    assert said[-1].startswith("Stopped")


def test_fewer_orders_are_an_edit_that_can_be_undone(opened, qtbot):
    flow = opened.window.plan_flow
    flow.fewer_with = lambda _h, _e, _t, _w: PLANS
    opened.window.actions_["fewer_trades"].trigger()
    dialog = flow.dialog
    qtbot.waitUntil(lambda: dialog.list.topLevelItemCount() == 3, timeout=10_000)
    rows = [[dialog.list.topLevelItem(r).text(c) for c in range(6)] for r in range(3)]
    assert rows[0][0] == "14"
    assert rows[0][4:] == ["–", "its ticket"]
    assert rows[2] == ["4", percent(0.052), "$120", "$15", "$900", "$250"]
    assert not dialog.use.isEnabled()  # that is the plan there is
    dialog.list.setCurrentItem(dialog.list.topLevelItem(1))
    dialog.use.click()
    assert opened.session.document.target.trading.order_worth == 40.0
    opened.settle(qtbot)
    assert opened.engines[-1].finals[-1].trading.order_worth == 40.0
    assert opened.window.actions_["undo"].toolTip() == "Undo make do with 9 orders"
    opened.window.actions_["undo"].trigger()
    assert opened.session.document.target.trading.order_worth == 0.0
    opened.settle(qtbot)


def test_the_plan_that_a_proof_has_found_is_the_one_in_use_in_the_list(opened, qtbot):
    flow, before = opened.window.plan_flow, opened.bench.proposal
    flow.fewer_with = lambda _h, _e, _t, _w: PLANS
    flow.prove_with = lambda _h, _e, _t, _w: attrs.evolve(
        better(before, 12.0, 3.0), misfit_after=0.029, objective=Objective(4_890.0, 9_000.0, 4_880.0)
    )
    opened.bench.proposal = before = attrs.evolve(before, objective=Objective(5_000.0, 9_000.0, 4_800.0))
    opened.window.actions_["prove"].trigger()
    qtbot.waitUntil(lambda: opened.bench.proposal is not before, timeout=10_000)
    opened.window.actions_["fewer_trades"].trigger()
    rows = flow.dialog.list
    qtbot.waitUntil(lambda: rows.topLevelItemCount() == 3, timeout=10_000)
    assert rows.currentItem() is rows.topLevelItem(0)
    assert rows.topLevelItem(0).text(0) == str(len(opened.bench.proposal.trades))
    assert rows.topLevelItem(0).text(1) == percent(0.029)
    assert [rows.topLevelItem(row).text(4) for row in range(3)] == ["–", "$230", "$1,010"]
    assert [rows.topLevelItem(row).toolTip(0) for row in range(3)] == ["The plan in use", "", ""]
    flow.dialog.reject()
    opened.bench.replace_plan(attrs.evolve(opened.bench.proposal))  # another plan, not of the proof
    opened.window.actions_["fewer_trades"].trigger()
    qtbot.waitUntil(lambda: flow.dialog.list.topLevelItemCount() == 3, timeout=10_000)
    assert flow.dialog.list.topLevelItem(0).text(0) == "14"


def test_without_a_plan_there_is_nothing_to_prove(opened):
    opened.bench.proposal = None
    opened.window.plan_flow.prove()
    opened.window.plan_flow.show_fewer_trades()
    assert not opened.window.plan_flow.tasks.busy
    assert opened.window.plan_flow.dialog is None


def test_the_engine_itself_makes_do_with_fewer(qtbot, tmp_path, qapp):
    from core.edits import Document
    from core.sample import sample_household, sample_target

    opened = OpenWindow(tmp_path, Document(sample_household(), target=sample_target()), real=True)
    opened.start(qtbot, page="trades")
    try:
        from desktop.plan_flow import fewer_trades
        from desktop.tasks import Watch

        document = opened.session.document
        found = fewer_trades(document.household, opened.bench.exposures, document.target, Watch(print))
        counts = [plan.trades for plan in found]
        assert counts == sorted(counts, reverse=True)
        assert counts[0] == len(opened.bench.proposal.trades)
        assert len(counts) > 1
    finally:
        opened.end()
