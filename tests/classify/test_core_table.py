"""The core table is complete, consistent, and says sensible things."""

from __future__ import annotations

import itertools

import pytest

from core.classify.core_table import CoreTable, find, identical_to, read_rows, substitutes_for
from core.classify.exposure import STYLE_BOXES
from core.classify.truth import Classifier
from core.household import SecurityType

#: Funds and cash symbols that must be covered, family by family.
_LISTED = """
VTI ITOT SCHB VTSAX FSKAX FZROX SWTSX VT VTWAX VOO IVV SPY SPLG VFIAX FXAIX SWPPX QQQ QQQM VUG IWF SCHG SPYG MGK VONG
VIGAX FSPGX VTV IWD SCHV SPYV VONV VVIAX RPV VLUE AVLV DFLV DFLVX VO IJH MDY IWR SCHM VIMAX VOE IWS VOT IWP VB IJR IWM
SCHA VTWO VSMAX FSSNX SPSM VIOO VBR IJS IWN SLYV VIOV VTWV AVUV DFSV DFAT DFSVX DFFVX VSIAX RZV CALF XSVM ISCV VBK IJT
IWO SLYG VIOG VYM SCHD DVY HDV VIG DGRO SDY NOBL USMV QUAL MTUM COWZ RSP DFAC DFUS AVUS XLB XLC XLE XLF XLI XLK XLP
XLRE XLU XLV XLY VNQ SCHH VGT VHT VFH VXUS VEA VWO IEFA IEMG EFA EEM VEU SCHF IXUS VTIAX FTIHX AVDV DISV VSS SCZ VTRIX
EFV AVES DFEVX BND AGG SCHZ VBTLX FXNAX BSV BIV BLV VCIT VCSH LQD HYG JNK TIP VTIP SCHP SHY IEF TLT GOVT MUB VTEB BNDX
VWOB BIL SGOV SHV PIMIX DODIX GLD IAU SLV DBC PDBC IBIT FBTC VBIAX VWENX VWELX VWINX VMFXX SPAXX FDRXX FZFXX SWVXX
SNVXX SNSXX VUSXX VMRXX FCASH CORE QACDS BRK.B GOOGL GOOG
VTTVX VTHRX VTTHX VFORX VTIVX VFIFX VFFVX FXIFX FIHFX FIOFX FFFEX FFFFX SWYEX SWYHX TRRCX TRRDX TRRKX AAETX AAGTX AAHTX
"""
MUST_COVER = _LISTED.split()


def row_share(symbol: str, size: str) -> float:
    row = find(symbol)
    assert row is not None
    return sum(share for cell, share in zip(STYLE_BOXES, row.vectors.style_box, strict=True) if cell.startswith(size))


def column_share(symbol: str, style: str) -> float:
    row = find(symbol)
    assert row is not None
    return sum(share for cell, share in zip(STYLE_BOXES, row.vectors.style_box, strict=True) if cell.endswith(style))


def box(symbol: str, cell: str) -> float:
    row = find(symbol)
    assert row is not None
    return row.vectors.style_box[STYLE_BOXES.index(cell)]


@pytest.mark.parametrize("symbol", MUST_COVER)
def test_listed_symbols_are_covered(symbol: str) -> None:
    assert find(symbol) is not None


def test_enough_funds_and_stocks() -> None:
    rows = read_rows()
    assert sum(row.is_fund for row in rows) >= 350
    assert sum(row.type is SecurityType.STOCK for row in rows) >= 150


def test_every_row_expands_and_sums_to_one() -> None:
    for row in read_rows():
        vectors = row.vectors
        assert sum(vectors.mix) == pytest.approx(1, abs=1e-9), row.symbol
        assert sum(vectors.sectors) == pytest.approx(1, abs=1e-9), row.symbol
        equity = sum(vectors.mix[:3])
        total = sum(vectors.style_box)
        assert total == pytest.approx(1, abs=1e-9) or total == 0, row.symbol
        assert equity > 0 or total == 0, row.symbol
        assert vectors.mix[6] == 0, row.symbol


def test_no_symbol_twice_and_all_normalised() -> None:
    symbols = [row.symbol for row in read_rows()]
    assert len(symbols) == len(set(symbols))
    for row in read_rows():
        assert find(row.symbol) is row


def test_every_row_is_named_and_dated() -> None:
    for row in read_rows():
        assert row.name
        assert len(row.as_of) == 10, row.symbol


def test_identical_groups_share_their_exposure_and_are_symmetric() -> None:
    rows = sorted((row for row in read_rows() if row.identical_group), key=lambda row: row.identical_group)
    for _, members in itertools.groupby(rows, key=lambda row: row.identical_group):
        listed = list(members)
        assert len({(row.rule, row.box, row.sectors, row.purpose) for row in listed}) == 1, listed[0].identical_group
        for one, other in itertools.permutations(listed, 2):
            assert other.symbol in identical_to(one.symbol)


def test_substitutes_exist_and_are_never_identical() -> None:
    for row in read_rows():
        for symbol in substitutes_for(row.symbol):
            other = find(symbol)
            assert other is not None
            assert other.is_fund
            assert symbol != row.symbol
            assert symbol not in identical_to(row.symbol)


def test_known_identities_and_substitutes() -> None:
    assert "VTI" in identical_to("VTSAX")
    assert {"IVV", "SPY", "SPLG", "VFIAX", "FXAIX", "SWPPX"} <= set(identical_to("VOO"))
    assert {"SLYV", "VIOV"} <= set(identical_to("IJS"))
    assert "ITOT" not in identical_to("VTI")
    assert {"IJS", "AVUV", "SLYV"} <= set(substitutes_for("VBR"))
    assert "VBR" in substitutes_for("IJS")
    assert "VOO" not in substitutes_for("SPY")
    assert "GOOG" in identical_to("GOOGL")


def test_small_value_funds_differ_where_they_truly_do() -> None:
    assert 0.30 <= row_share("VBR", "mid") <= 0.40
    for symbol in ("IJS", "SLYV", "AVUV", "DFSV", "VIOV"):
        assert row_share(symbol, "small") > 0.9, symbol
    assert 0.7 < row_share("DFAT", "small") < row_share("DFSV", "small")
    assert box("AVUV", "small value") > box("IJS", "small value") > box("VBR", "small value")


def test_broad_funds_follow_their_index() -> None:
    assert row_share("VTI", "large") == pytest.approx(0.70, abs=1e-6)
    assert row_share("VTI", "small") == pytest.approx(0.10, abs=1e-6)
    assert 0.75 < row_share("VOO", "large") < 0.85
    assert row_share("VOO", "small") < 0.03
    assert row_share("VO", "mid") > 0.9
    assert row_share("IWM", "small") > 0.9
    assert column_share("VTV", "value") > 0.55
    assert column_share("VUG", "growth") > 0.55
    for value, growth, whole in (("VTV", "VUG", "VV"), ("SPYV", "SPYG", "SPY"), ("VBR", "VBK", "VB")):
        for cell in STYLE_BOXES:
            assert (box(value, cell) + box(growth, cell)) / 2 == pytest.approx(box(whole, cell), abs=1e-6)


def test_sector_funds_hold_their_sector_alone() -> None:
    exposures = Classifier()
    for symbol, sector in (("XLK", 7), ("XLE", 3), ("VNQ", 9), ("VHT", 5), ("VFH", 4)):
        assert exposures.classify(symbol).sectors[sector] == 1


def test_target_date_funds_hold_less_equity_near_the_date() -> None:
    table = Classifier()
    equities = [table.classify(symbol).equity for symbol in ("VTTVX", "VTHRX", "VTTHX", "VFORX", "VTIVX", "VFIFX")]
    assert equities == sorted(equities)
    assert 0.45 < equities[0] < 0.60
    assert equities[-1] == pytest.approx(0.90, abs=0.02)


def test_an_unlisted_symbol_has_no_answer() -> None:
    from core.classify.answer import Query

    assert CoreTable().answer(Query("31617E471")) is None
