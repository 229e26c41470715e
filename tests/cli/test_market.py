"""``trimtab market`` and the preset ``signals`` of a target, in process."""

import json

import pytest

from core.market import sources, store
from core.market.observations import snapshot
from core.providers.protocols import Reason
from desktop.cli import main
from desktop.commands import market
from tests.market.fake_sources import DAY, fake_sources


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "data"))
    monkeypatch.setattr(store, "default_folder", lambda: tmp_path / "data")
    return tmp_path / "data"


def document(capsys, *arguments):
    assert main(["market", "--json", "-", *arguments]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_document_holds_every_observation_and_what_follows(capsys):
    found = document(capsys, "--as-of", "2025-12-31")
    assert found["schema"] == "trimtab/market/1"
    assert [o["id"] for o in found["observations"]] == list(snapshot().ids())
    for observation in found["observations"]:
        assert observation["as_of"]
        assert observation["published_by"]
        assert observation["points"]
    assert [s["key"] for s in found["signals"]][:2] == ["valuation_spread", "absolute_valuation"]
    for side in ("size", "value"):
        parts = [p for s in found["signals"] for p in s[side]["inputs"] if p["score"] is not None]
        score = sum(p["score"] * p["share"] for p in parts)
        assert found["conviction"][side]["score"] == pytest.approx(score, abs=1e-4)
    suggestion = found["suggestion"]
    assert suggestion["size"] == pytest.approx(0.6 - 0.9 * found["conviction"]["size"]["score"], abs=1e-3)
    assert {r["direction"] for r in suggestion["reasons"]} == {"for", "against"}
    assert found["contradictions"][0]["observations"][0] == "small_discount_to_large"


def test_same_day_same_document(capsys):
    assert document(capsys, "--as-of", "2026-05-01") == document(capsys, "--as-of", "2026-05-01")


def test_words_show_both_sides(capsys):
    assert main(["market", "--as-of", "2026-11-25"]) == 0
    out = capsys.readouterr().out
    for words in (
        "For the tilt",
        "Against the tilt",
        "Context, risks and sectors",
        "36.75",
        "11 months old",
        "Suggestion",
    ):
        assert words in out


@pytest.mark.parametrize("day", ["tomorrow", "2025-13-01", ""])
def test_a_day_that_is_none_is_wrong_usage(capsys, day):
    assert main(["market", "--as-of", day]) == 2
    assert "YYYY-MM-DD" in capsys.readouterr().err


def test_live_keeps_newer_figures_for_next_time(capsys, monkeypatch, own_folder):
    monkeypatch.setattr(sources, "open_sources", fake_sources)
    monkeypatch.setattr(market, "_today", lambda: DAY)
    found = document(capsys, "--live", "--as-of", "2026-03-02")
    current = {o["id"]: o for o in found["observations"]}
    assert current["fed_funds_range"]["as_of"] == "2026-03-01"
    assert [h["as_of"] for h in current["fed_funds_range"]["history"]] == [
        "2024-12",
        "2025-03-01",
        "2025-12",
        "2026-03-01",
    ]
    assert found["failures"] == []
    assert {path.name for path in own_folder.iterdir()} == {store.FILE, store.FACTORS, store.PORTFOLIOS}
    again = document(capsys, "--as-of", "2026-03-02")
    assert again == found


def test_live_with_nothing_to_be_had_keeps_the_old_values(capsys, monkeypatch):
    monkeypatch.setattr(sources, "open_sources", lambda: fake_sources(Reason.OFFLINE))
    assert main(["market", "--live", "--json", "-", "--as-of", "2025-12-31"]) == 0
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert len(found["failures"]) == 3
    assert "not refreshed: Yahoo" in captured.err
    assert [o["text"] for o in found["observations"]] == [o.text for o in snapshot().newest()]


def test_a_damaged_file_of_the_adviser_is_an_input_error(capsys, own_folder):
    own_folder.mkdir()
    (own_folder / store.FILE).write_text("{")
    assert main(["market"]) == 1
    assert "market.json" in capsys.readouterr().err


def test_a_target_may_follow_the_signals(capsys, tmp_path):
    from core.sample import sample_text

    household = tmp_path / "household.json"
    household.write_text(sample_text())
    target = tmp_path / "target.toml"
    target.write_text('[style]\npreset = "signals"\n')
    assert main(["rebalance", str(household), "--target", str(target), "--json", "-"]) == 0
    captured = capsys.readouterr()
    proposal = json.loads(captured.out)
    day = proposal["as_of"]
    suggestion = document(capsys, "--as-of", day)["suggestion"]
    assert proposal["target"]["size"] == pytest.approx(suggestion["size"], abs=1e-3)
    assert proposal["target"]["value_tilt"] == pytest.approx(suggestion["value"], abs=1e-3)
    assert "signals suggest" in captured.err


def test_a_book_keeps_the_point_of_the_day(capsys, tmp_path):
    from core.sample import sample_text

    household, word = tmp_path / "household.json", tmp_path / "word"
    household.write_text(sample_text())
    word.write_text("a long and invented passphrase\n")
    target = tmp_path / "target.toml"
    target.write_text('[style]\npreset = "signals"\n')
    book = str(tmp_path / "clients.trimtab")
    with_word = ("--passphrase-file", str(word))
    assert main(["book", "add", book, str(household), "--target", str(target), *with_word]) == 0
    assert "signals suggest" in capsys.readouterr().err
    assert main(["book", "review", book, *with_word]) == 0


@pytest.fixture
def job(tmp_path):
    """A household and two targets, one of which follows the signals; and where its files go."""
    from core.sample import sample_text

    (tmp_path / "household.json").write_text(sample_text())
    (tmp_path / "signals.toml").write_text('[style]\npreset = "signals"\n')
    (tmp_path / "plain.toml").write_text('[style]\npreset = "small-value"\n')

    def run(target, *more):
        return main(["rebalance", str(tmp_path / "household.json"), "--target", str(tmp_path / target), *more])

    return run


def texts_of(path):
    """The rows of the sheet Market case as text."""
    import openpyxl

    rows = openpyxl.load_workbook(path, data_only=True)["Market case"].iter_rows(values_only=True)
    return [str(cell) for row in rows for cell in row if cell is not None]


def test_a_plan_that_follows_the_signals_quotes_them(job, tmp_path, capsys):
    assert job("signals.toml", "--out", str(tmp_path / "t.xlsx")) == 0
    texts = texts_of(tmp_path / "t.xlsx")
    assert any("The target follows the suggestion of" in text for text in texts)
    assert "For small caps" in texts
    assert "Against small caps" in texts
    assert any("36.75 (Dec 2025, market commentary)" in text for text in texts)


def test_another_plan_has_the_case_for_information_with_the_advisers_own_figures(job, tmp_path, capsys, own_folder):
    from core.market.observations import observe

    mine = observe("value_forward_pe", as_of="2026-01-15", published_by="=My desk", values=[19.25])
    store.save_case(snapshot().adding([mine]), own_folder)
    assert job("plain.toml", "--out", str(tmp_path / "t.xlsx"), "--report", str(tmp_path / "r.pdf")) == 0
    texts = texts_of(tmp_path / "t.xlsx")
    assert any("the target was not taken from it" in text for text in texts)
    assert "=My desk" in texts
    assert "19.25" in texts
    assert "an older value" in texts
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")


def test_a_damaged_file_of_observations_does_not_hold_up_other_trades(job, tmp_path, capsys, own_folder):
    own_folder.mkdir()
    (own_folder / store.FILE).write_text("{")
    assert job("plain.toml", "--out", str(tmp_path / "t.xlsx")) == 0
    error = capsys.readouterr().err
    assert "market.json" in error
    assert "shipped observations are quoted" in error
    assert "36.75" in texts_of(tmp_path / "t.xlsx")
    assert job("signals.toml") == 1  # here the trades hang on them
