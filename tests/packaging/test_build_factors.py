"""The script that makes the embedded series compact."""

import gzip

import pytest

import build_factors
from core.market.series import embedded, read_factors


def packed(*rows, heading="Date,Mkt-RF,SMB,HML,RF"):
    return gzip.compress("\n".join([heading, *rows]).encode())


def test_figures_come_through_unchanged():
    out = build_factors.compact(
        packed("192611,2.96,-2.3,-2.87,0.22", "192612,2.64,-1.4,4.19,0.25", "192701,0.0,0,-0.05,0")
    )
    found = read_factors(gzip.decompress(out).decode(), "x")
    assert (found.month(0), found.months) == ("1926-11", 3)
    assert found.smb.tolist() == [-0.023, -0.014, 0.0]
    assert found.hml.tolist() == [-0.0287, 0.0419, -0.0005]


def test_same_input_same_bytes():
    rows = ("192607,2.96,-2.3,-2.87,0.22",)
    assert build_factors.compact(packed(*rows)) == build_factors.compact(packed(*rows))


@pytest.mark.parametrize(
    ("rows", "heading", "words"),
    [
        (("192607,1,1,1,1", "192609,1,1,1,1"), "Date,Mkt-RF,SMB,HML,RF", "month is missing"),
        (("192607,1.234,1,1,1",), "Date,Mkt-RF,SMB,HML,RF", "decimals"),
        (("192607,1,1,1,1",), "Date,Mkt-RF,SMB,HML,MOM", "columns"),
    ],
)
def test_another_table_is_refused(rows, heading, words):
    with pytest.raises(ValueError, match=words):
        build_factors.compact(packed(*rows, heading=heading))


def test_the_notice_ships_beside_the_series():
    from importlib.resources import files

    notice = (files("resources") / "market" / "NOTICE.txt").read_text("utf-8")
    assert "Kevin Sheppard" in notice
    assert "Kenneth R. French" in notice
    assert "THE SOFTWARE IS PROVIDED" in notice
    assert f"{embedded().months:,}" == "1,109"
