"""Undo brings back exactly what was there, for every kind of edit the program has, in any order."""

from datetime import date
from decimal import Decimal

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import core.edits as edits
import core.market.edits as market_edits
import core.tilt.edits as tilt_edits
from core.classify.overrides import Override
from core.edits import Document, Edit
from core.household import AccountKind
from core.market.observations import observe, snapshot
from core.market.suggestion import suggest
from core.tilt.box import MARKET_BOX, PadPoint
from core.tilt.target import Bands, FixedOrder, ModelLine, RuleKey, Rules, Style, Target, TaxSettings, Trading
from desktop.session import Session
from tests.desktop.small_household import small_household

HOME = small_household()
SOLD = next(lot for lot in HOME.lots if lot.quantity > 1)
WHERE, WHAT = SOLD.account, SOLD.security
KEY = RuleKey(WHAT, WHERE)
SEEN = observe("small_trailing_pe", as_of="2026-06", published_by="a paper", values=[30.0])
DEARER = attrs.evolve(HOME, securities=tuple(attrs.evolve(s, price=Decimal("7.00")) for s in HOME.securities))

#: One of every kind, each of which changes the document below.
ONE_OF_EACH = (
    edits.Replace({"pins": {0: 0.2}}),
    edits.ImportHousehold(attrs.evolve(HOME, name="Another")),
    edits.SetAccountKind(HOME.accounts[0].id, AccountKind.HSA),
    edits.OverrideExposure(WHAT, Override(WHAT, note="mine")),
    edits.UseRefresh(DEARER, ()),
    edits.SetOverrides({WHAT: Override(WHAT, note="of a file")}),
    edits.SetTarget(Target(style=Style(preset="modest"))),
    edits.SetStyle(Style(preset="small-value")),
    edits.SetPoint(-0.2, 0.3),
    edits.SetBoxCell(6, 0.4, MARKET_BOX),
    edits.PinCell(2, True, MARKET_BOX),
    edits.SetMix({"us_equity": 0.6, "bonds": 0.4}),
    edits.SetTax(TaxSettings(short=0.3)),
    edits.SetTrading(Trading(eagerness=0.11)),
    edits.SetRules(Rules(hold=(RuleKey("VTI"),))),
    edits.SetBands(Bands(relative=0.3)),
    tilt_edits.SwitchRule("avoid_short_term", False),
    tilt_edits.SetSectors({"utilities": (-0.02, 0.0)}),
    tilt_edits.SetModel((ModelLine("VTI", 0.3),)),
    tilt_edits.SetUniverse(("VBR", "AVUV")),
    tilt_edits.SetFlow(WHERE, -900.0),
    tilt_edits.Restrict("no_sell", KEY),
    tilt_edits.FixOrder(FixedOrder(WHERE, WHAT, -1.0)),
    tilt_edits.FreeOrder(WHERE, "VBR"),
    tilt_edits.FreeOrders(((WHERE, "VBR"),)),
    tilt_edits.FixOrders((FixedOrder(WHERE, WHAT, 3.0),)),
    tilt_edits.Substitute(WHAT, "AVUV"),
    market_edits.AddObservations((SEEN,)),
    market_edits.RemoveObservation(snapshot().observations[0]),
    market_edits.SetAside(snapshot().ids()[0], True),
    market_edits.SetSignalWeight("valuation_spread", 0.1, 0.2),
    market_edits.SetMaximum(PadPoint(-0.4, 0.6)),
    market_edits.SetMarket(attrs.evolve(snapshot(), observations=snapshot().observations[1:])),
    market_edits.UseSuggestion(suggest(snapshot(), date(2026, 3, 2))),
)


def opened():
    """A session with an order of VBR set by hand, so that there is one to free."""
    order = FixedOrder(WHERE, "VBR", 2.0)
    return Session(Document(HOME, target=Target(orders=(order,))))


def kinds(of=Edit):
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


def test_no_kind_of_edit_is_left_out():
    ours = {kind for kind in kinds() if kind.__module__.startswith(("core.", "desktop."))}
    assert {type(edit) for edit in ONE_OF_EACH} == ours


@pytest.mark.parametrize("edit", ONE_OF_EACH, ids=lambda edit: type(edit).__name__)
def test_undo_brings_back_what_was_there_and_redo_what_was_done(edit):
    session = opened()
    before = session.document
    fields = attrs.asdict(before, recurse=False)
    assert session.push(edit), "the edit changes nothing"
    after = session.document
    assert after != before
    assert session.stack.undoText()
    session.stack.undo()
    assert session.document == before
    assert all(getattr(session.document, name) is value for name, value in fields.items())  # the very same values
    session.stack.redo()
    assert session.document == after
    session.stack.undo()
    assert session.document == before


@settings(max_examples=60)
@given(st.lists(st.sampled_from(ONE_OF_EACH), max_size=14), st.booleans())
def test_any_edits_in_any_order_come_back_step_by_step(chosen, dragged):
    session = opened()
    states = [session.document]
    for edit in chosen:
        if dragged:
            session.begin_gesture()
        if session.push(edit):
            states.append(session.document)
        if dragged:
            session.end_gesture()
    assert session.stack.count() == len(states) - 1
    for expected in reversed(states[:-1]):
        session.stack.undo()
        assert session.document == expected
    for expected in states[1:]:
        session.stack.redo()
        assert session.document == expected
