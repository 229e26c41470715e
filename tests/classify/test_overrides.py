"""Overrides: what the file may say, what is refused, and that it survives a round trip."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.classify.exposure import ASSET_CLASSES, SECTORS, STYLE_BOXES
from core.classify.overrides import Override, overrides_csv, parse_overrides, read_overrides
from core.errors import InputError


def test_friendly_columns() -> None:
    text = "Symbol,Class,Style,Sector,Note,As of\nbrk/b,US equity,Large Value,Financial Services,mine,2026-05-01\n"
    override = parse_overrides(text)["BRK.B"]
    assert override.mix is not None
    assert override.mix[0] == 1
    assert override.style_box is not None
    assert override.style_box[0] == 1
    assert override.sectors is not None
    assert override.sectors[SECTORS.index("financials")] == 1
    assert (override.note, override.as_of) == ("mine", "2026-05-01")


def test_shares_as_fractions_and_per_cent() -> None:
    for a, b in (("0.6", "0.4"), ("60", "40"), ("60%", "40%")):
        mix = parse_overrides(f"symbol,us_equity,bonds\nX,{a},{b}\n")["X"].mix
        assert mix is not None
        assert mix[0] == pytest.approx(0.6)
    header = ",".join(STYLE_BOXES)
    box = parse_overrides(f"symbol,{header}\nX,10,10,10,10,10,10,10,10,20\n")["X"].style_box
    assert box is not None
    assert box[8] == pytest.approx(0.2)


def test_empty_rows_and_marks_at_the_start_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("﻿symbol,class\n\nVTI,bonds\n,,\n", encoding="utf-8")
    assert list(read_overrides(path)) == ["VTI"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["empty"]),
        ("class\nbonds\n", ["row 1", "symbol"]),
        ("symbol,colour\nVTI,blue\n", ["row 1", "colour"]),
        ("symbol,class,class\nVTI,bonds,bonds\n", ["row 1", "twice"]),
        ("symbol,class\nVTI,bonds\nVTI,cash\n", ["row 3", "VTI"]),
        ("symbol,class\n,bonds\n", ["row 2", "symbol"]),
        ("symbol,class\nVTI,shares\n", ["row 2", "class", "shares", "us_equity"]),
        ("symbol,style\nVTI,tiny value\n", ["row 2", "style", "tiny value", "small value"]),
        ("symbol,sector\nVTI,magic\n", ["row 2", "sector", "magic"]),
        ("symbol,us_equity,bonds\nVTI,0.6,0.3\n", ["row 2", "0.9"]),
        ("symbol,us_equity\nVTI,lots\n", ["row 2", "us_equity", "lots"]),
        ("symbol,us_equity\nVTI,nan\n", ["row 2", "nan"]),
        ("symbol,us_equity,bonds\nVTI,-1,2\n", ["row 2", "-1"]),
        ("symbol,class,us_equity\nVTI,bonds,1\n", ["row 2", "both"]),
        ("symbol,style,small value\nVTI,small value,1\n", ["row 2", "both"]),
        ("symbol,class,as_of\nVTI,bonds,May\n", ["row 2", "as_of", "May"]),
        ("symbol,note\nVTI,hello\n", ["row 2", "VTI"]),
        ("symbol,class\nVTI,bonds,what,is,this\n", ["row 2", "5 cells"]),
    ],
)
def test_nonsense_is_refused_with_its_place(text: str, words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        parse_overrides(text, "mine.csv")
    message = str(caught.value)
    assert "mine.csv" in message
    for word in words:
        assert word in message


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_overrides(tmp_path / "absent.csv")
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"symbol,class\n\xff\xfe,bonds\n")
    with pytest.raises(InputError, match="UTF-8"):
        read_overrides(bad)


def shares(count: int) -> st.SearchStrategy[tuple[float, ...] | None]:
    numbers = st.lists(st.integers(0, 1000), min_size=count, max_size=count).filter(any)
    return st.none() | numbers.map(lambda values: tuple(value / sum(values) for value in values))


@given(
    mix=shares(len(ASSET_CLASSES)),
    box=shares(len(STYLE_BOXES)),
    sectors=shares(len(SECTORS)),
    note=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30).map(str.strip),
)
def test_round_trip(
    mix: tuple[float, ...] | None, box: tuple[float, ...] | None, sectors: tuple[float, ...] | None, note: str
) -> None:
    if mix is None and box is None and sectors is None:
        mix = (1.0, *[0.0] * 6)
    override = Override("ABC", mix, box, sectors, note, "2026-01-31")
    again = parse_overrides(overrides_csv({"ABC": override}))["ABC"]
    for before, after in ((mix, again.mix), (box, again.style_box), (sectors, again.sectors)):
        assert (before is None) == (after is None)
        if before is not None:
            assert after == pytest.approx(before)
    assert (again.note, again.as_of) == (note, "2026-01-31")


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_politely(text: str) -> None:
    with contextlib.suppress(InputError):
        parse_overrides(text)
