"""The core table is complete, consistent, and says sensible things."""

from __future__ import annotations

import itertools
import re

import pytest

from core.classify.boxes import main_box
from core.classify.core_table import CoreTable, find, identical_to, read_rows, substitutes_for
from core.classify.exposure import STYLE_BOXES, Confidence
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
    assert row_share("IWM", "small") > 0.9
    assert column_share("VTV", "value") > 0.55
    assert column_share("VUG", "growth") > 0.55
    for value, growth, whole in (("VTV", "VUG", "VV"), ("SPYV", "SPYG", "SPY"), ("VBR", "VBK", "VB")):
        for cell in STYLE_BOXES:
            assert (box(value, cell) + box(growth, cell)) / 2 == pytest.approx(box(whole, cell), abs=1e-6)


def test_mid_cap_indexes_follow_one_rule() -> None:
    # companies between 70 and 85 % of the market, and those ranked 501 to 1,000, are boxed alike wherever they are held
    for symbol in ("IJH", "MDY", "IJJ", "IJK", "SCHM", "SPMD", "IVOO"):
        assert row_share(symbol, "mid") == pytest.approx(row_share("SCHM", "mid")), symbol
    assert 0.55 <= row_share("IJH", "mid") <= 0.60
    assert row_share("IJH", "large") < 0.03
    for symbol in ("VO", "VOE", "VOT"):
        assert row_share(symbol, "large") == pytest.approx(0.40)
        assert row_share(symbol, "mid") == pytest.approx(0.60)
    assert row_share("VO", "large") > row_share("IWR", "large") > row_share("IJH", "large")
    # the parts add up to the whole: mega and mid are large; large, small and the smallest 2 % are the market
    for size in ("large", "mid", "small"):
        large = (0.70 * row_share("MGC", size) + 0.15 * row_share("VO", size)) / 0.85
        assert large == pytest.approx(row_share("VV", size), abs=1e-3)
        market = 0.85 * row_share("VV", size) + 0.13 * row_share("VB", size) + (0.02 if size == "small" else 0)
        assert market == pytest.approx(row_share("VTI", size), abs=1e-3)


_SIZE_WORDS = (
    ("small", ("small-cap", "small cap", "smallcap", "small company", "micro", "russell 2000", "s&p 600", "(small")),
    ("mid", ("mid-cap", "mid cap", "midcap", "s&p 400")),
    ("large", ("large-cap", "large cap", "mega cap", "s&p 500 value", "s&p 500 growth", "russell 1000", "blue chip")),
)


def test_every_fund_is_boxed_as_its_name_says() -> None:
    checked = 0
    for row in read_rows():
        box_ = main_box(row.vectors.style_box)
        if row.file != "us_equity" or box_ is None:
            continue
        name = f"{row.name} {row.rule}".lower()
        sizes = [size for size, words in _SIZE_WORDS if any(word in name for word in words)]
        if len(sizes) == 1:
            checked += 1
            assert box_[0] == sizes[0], (row.symbol, row.name, box_)
        for style in ("value", "growth"):
            plain = row.name.lower().replace("dividend growth", "").replace("growth and income", "")
            if re.search(rf"\b{style}\b", plain) and "growth & income" not in plain:
                assert box_[1] == style, (row.symbol, row.name, box_)
        if re.search(r"one_box\((\w+) (\w+)\)", row.rule) and not row.box:
            assert row.rule == f"one_box({box_[0]} {box_[1]})", row.symbol
    assert checked > 100


def test_high_confidence_is_for_index_definitions_alone() -> None:
    for symbol in ("VTI", "VOO", "VBR", "IWN", "IJH", "VXUS", "VWO", "BND", "SPAXX"):
        assert Classifier().classify(symbol).confidence is Confidence.HIGH, symbol
    for symbol in (
        "AVUV",
        "DFSV",
        "DFAC",
        "VYM",
        "VIG",
        "QUAL",
        "MTUM",
        "USMV",
        "FCNTX",
        "DODGX",
        "XLK",
        "VBIAX",
        "AAPL",
    ):
        assert Classifier().classify(symbol).confidence is Confidence.MEDIUM, symbol


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
