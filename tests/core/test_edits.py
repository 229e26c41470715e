"""Edits of a document: what they change, that they can be taken back, and what they refuse."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.classify.overrides import Override
from core.edits import (
    Document,
    ImportHousehold,
    OverrideExposure,
    Part,
    PinCell,
    SetAccountKind,
    SetBands,
    SetBoxCell,
    SetMix,
    SetOverrides,
    SetPoint,
    SetRules,
    SetStyle,
    SetTarget,
    SetTax,
    SetTrading,
    box_with_cell,
    changes_between,
)
from core.errors import UsageError
from core.household import AccountKind, Security, SecurityType
from core.tilt.box import MARKET_BOX, point_of
from core.tilt.target import Bands, Flow, MaySell, RuleKey, Rules, Style, Target, TaxSettings, Trading
from tests.desktop.small_household import small_household

HOUSEHOLD = small_household()
OTHER = attrs.evolve(
    HOUSEHOLD,
    name="Other",
    accounts=HOUSEHOLD.accounts[:2],
    lots=tuple(lot for lot in HOUSEHOLD.lots if lot.account != "3333"),
)

shares = st.floats(0, 1)
boxes = st.lists(st.floats(0.01, 1), min_size=9, max_size=9).map(lambda xs: tuple(x / sum(xs) for x in xs))
edits = st.one_of(
    st.builds(SetPoint, st.floats(-0.9, 0.9), st.floats(-0.9, 0.9)),
    st.builds(SetBoxCell, st.integers(0, 8), shares, boxes),
    st.builds(PinCell, st.integers(0, 8), st.booleans(), boxes),
    st.builds(
        SetStyle, st.sampled_from([Style(), Style(preset="modest"), Style(size=0.1, value=0.2), Style(box=MARKET_BOX)])
    ),
    st.builds(SetMix, st.sampled_from([None, {"us_equity": 0.6, "bonds": 0.4}, {"cash": 0.1}])),
    st.builds(SetTax, st.builds(TaxSettings, short=shares, may_sell=st.sampled_from(MaySell))),
    st.builds(SetTrading, st.builds(Trading, eagerness=shares)),
    st.builds(SetRules, st.sampled_from([Rules(), Rules(hold=(RuleKey("VTI"), RuleKey("VUG", "3333")))])),
    st.builds(SetBands, st.builds(Bands, relative=shares)),
    st.builds(SetTarget, st.sampled_from([Target(), Target(flows=(Flow("3333", 500.0), Flow("9999", 1.0)))])),
    st.builds(SetAccountKind, st.sampled_from(["1111", "2222", "3333"]), st.sampled_from(AccountKind)),
    st.builds(
        OverrideExposure,
        st.sampled_from(["VTI", "ZZQX"]),
        st.sampled_from([None, Override("ZZQX", mix=(0, 0, 0, 0, 0, 1.0, 0))]),
    ),
    st.builds(SetOverrides, st.sampled_from([{}, {"VTI": Override("VTI", note="a"), "ZZ": Override("ZZ", note="b")}])),
    st.builds(ImportHousehold, st.sampled_from([HOUSEHOLD, OTHER])),
)


@given(st.lists(edits, max_size=25))
def test_undo_and_redo_are_the_identity(sequence):
    document = Document(HOUSEHOLD)
    history = [document]
    inverses = []
    for edit in sequence:
        try:
            document, changes, inverse = edit.apply(document)
        except UsageError:
            continue  # refused edits leave no trace
        assert bool(changes) == (document != history[-1])
        history.append(document)
        inverses.append(inverse)
    for earlier, inverse in zip(reversed(history[:-1]), reversed(inverses), strict=True):
        later = document
        document, _, redo = inverse.apply(document)
        assert document == earlier
        assert redo.apply(document)[0] == later
    assert document == Document(HOUSEHOLD)


@given(edits, edits)
def test_two_inverses_in_one_take_back_both(first, second):
    start = Document(HOUSEHOLD)
    try:
        middle, _, undo_first = first.apply(start)
        end, _, undo_second = second.apply(middle)
    except UsageError:
        return
    assert undo_first.over(undo_second).apply(end)[0] == start


@given(boxes, st.integers(0, 8), shares, st.dictionaries(st.integers(0, 8), st.floats(0, 0.12), max_size=7))
def test_box_with_cell_keeps_pins_and_sum(base, cell, share, pins):
    limit = 1 - sum(v for k, v in pins.items() if k != cell)
    box = box_with_cell(base, cell, share * limit, pins)
    assert sum(box) == pytest.approx(1)
    assert box[cell] == pytest.approx(share * limit)
    for k, pinned in pins.items():
        if k != cell:
            assert box[k] == pinned
    free = [k for k in range(9) if k != cell and k not in pins]
    assert all(box[a] * base[b] == pytest.approx(box[b] * base[a], abs=1e-12) for a in free for b in free)


def test_changes_name_exactly_what_changed():
    document = Document(HOUSEHOLD)
    moved, changes, _ = SetPoint(0.1, 0.3).apply(document)
    assert changes.parts == {Part.STYLE}
    assert changes.target
    assert not changes.holdings
    _, changes, _ = SetAccountKind("2222", AccountKind.ROTH).apply(moved)
    assert changes.parts == {Part.ACCOUNT_KINDS}
    assert changes.accounts == {"2222"}
    assert changes.holdings
    other = Override("ZZQX", note="mine")
    _, changes, _ = OverrideExposure("ZZQX", other).apply(document)
    assert (changes.parts, changes.securities) == ({Part.OVERRIDES}, {"ZZQX"})
    assert not changes_between(document, Document(small_household()))


def test_pad_keeps_pinned_cells():
    document = Document(HOUSEHOLD)
    document = PinCell(6, True, MARKET_BOX).apply(document)[0]
    assert document.pins == {6: MARKET_BOX[6]}
    document, changes, _ = SetPoint(0.2, 0.1).apply(document)
    assert changes.parts == {Part.STYLE}
    box = document.target.style.box
    assert box[6] == MARKET_BOX[6]
    assert point_of(box).size == pytest.approx(0.2, abs=1e-6)
    assert point_of(box).value == pytest.approx(0.1, abs=1e-6)
    assert SetStyle(Style(preset="market")).apply(document)[0].pins == {}


def test_a_typed_cell_that_is_pinned_moves_its_pin():
    document = PinCell(0, True, MARKET_BOX).apply(Document(HOUSEHOLD))[0]
    document = SetBoxCell(0, 0.5, MARKET_BOX).apply(document)[0]
    assert document.pins == {0: 0.5}
    assert document.target.style.box[0] == 0.5


def test_classifications_of_a_file_find_their_securities():
    household = attrs.evolve(
        HOUSEHOLD,
        securities=(*HOUSEHOLD.securities, Security("912828ZQ6", None, "912828ZQ6", "A note", SecurityType.BOND, None)),
    )
    read = {word: Override(word, note=word) for word in ("vti", "912828ZQ6", "QUIXOTE HOLDINGS", "ELSEWHERE")}
    document = SetOverrides(read).apply(Document(household))[0]
    found = {key: override.note for key, override in document.overrides.items()}
    assert found == {
        "VTI": "vti",
        "912828ZQ6": "912828ZQ6",
        "ZZQX": "QUIXOTE HOLDINGS",
        "ELSEWHERE": "ELSEWHERE",
    }


def test_import_keeps_the_users_account_kinds_unless_the_file_states_them():
    document = SetAccountKind("2222", AccountKind.ROTH).apply(Document(HOUSEHOLD))[0]
    again = ImportHousehold(HOUSEHOLD).apply(document)[0]
    assert again.household.account_by_id["2222"].kind == AccountKind.ROTH
    document = SetAccountKind("1111", AccountKind.TRUST).apply(document)[0]
    again = ImportHousehold(HOUSEHOLD).apply(document)[0]
    assert again.household.account_by_id["1111"].kind == AccountKind.TAXABLE


def test_import_drops_flows_and_rules_of_accounts_that_are_gone():
    target = Target(
        flows=(Flow("3333", -10.0), Flow("1111", 5.0)), rules=Rules(no_sell=(RuleKey("VUG", "3333"), RuleKey("VTI")))
    )
    document = SetTarget(target).apply(Document(HOUSEHOLD))[0]
    document = ImportHousehold(OTHER).apply(document)[0]
    assert document.target.flows == (Flow("1111", 5.0),)
    assert document.target.rules.no_sell == (RuleKey("VTI"),)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (SetAccountKind("9999", AccountKind.ROTH), "no account 9999"),
        (SetStyle(Style(preset="huge")), "no preset huge"),
        (SetMix({"bonds": 1.2}), "100 %"),
        (SetMix({"bonds": -0.2}), "100 %"),
        (SetBoxCell(0, 1.5, MARKET_BOX), "between 0 and 100"),
    ],
)
def test_senseless_edits_are_refused_in_plain_words(edit, words):
    with pytest.raises(UsageError, match=words):
        edit.apply(Document(HOUSEHOLD))
