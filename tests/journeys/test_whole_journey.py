"""The whole way of an adviser through a real window: first run, import, tilt, rules, trades, undo, export, reopen."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.virtual_screen import virtual_screen

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 240

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="an X display is a matter of Linux"),
]

HEAD = "Account Number,Account Name,Symbol,Description,Quantity,Price,Market Value,Cost Basis,Date Acquired\n"
LOTS = {
    "joint": [
        ("Joint brokerage", "VOO", "Vanguard S&P 500 ETF", 300, 600, 95_000),
        ("", "VUG", "Vanguard Growth ETF", 200, 450, 61_000),
    ],
    "ira": [("Rollover IRA", "QQQ", "Invesco QQQ Trust", 220, 500, 88_000)],
    "roth": [("Roth IRA", "VBR", "Vanguard Small-Cap Value ETF", 150, 200, 24_000)],
    "trust": [
        ("Trust account", "AAPL", "Apple Inc.", 400, 250, 30_000),
        ("", "BND", "Vanguard Total Bond Market ETF", 900, 72, 66_000),
    ],
    "hsa": [("HSA", "VTI", "Vanguard Total Stock Market ETF", 90, 300, 21_000)],
}


@pytest.fixture
def files(tmp_path):
    """Five files of one household, invented."""
    for number, (name, rows) in enumerate(LOTS.items()):
        lines = [
            f"90{number},{rows[0][0]},{symbol},{words},{count},{each}.00,{count * each}.00,{basis}.00,03/15/2021"
            for _, symbol, words, count, each, basis in rows
        ]
        (tmp_path / f"{name}.csv").write_text(HEAD + "\n".join(lines) + "\n")
    return tmp_path


@pytest.fixture
def screen(tmp_path_factory):
    with virtual_screen(1500, 960) as environment:
        home = tmp_path_factory.mktemp("settings")
        own = {f"XDG_{kind}_HOME": str(home) for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
        yield {**environment, **own, "PYTHONPATH": str(ROOT), "QT_LOGGING_RULES": "*.debug=false"}


def run(what, folder, environment):
    """The steps that the driver went, by name; its own words where it gave up."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("whole_journey_driver.py")), what, str(folder)],
        env={**os.environ, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    steps = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert done.returncode == 0, f"{done.stderr[-3000:]}\nafter {steps[-1:]}"
    return {step["step"]: step for step in steps}


def test_by_mouse_and_again(files, screen):
    steps = run("first", files, screen)
    assert steps["first run"]["platform"] == "xcb"
    assert steps["first run"]["invites"]
    assert steps["first run"]["state"].startswith("Final")
    assert (steps["import"]["files"], steps["import"]["accounts"]) == (5, 5)
    assert steps["import"]["trades"]
    assert steps["drag"]["estimates"] >= 3
    assert steps["rule off"]["avoid_short_term"] is False
    assert steps["preset"]["preset"] == "small-value"
    assert steps["reserve"]["reserve"] == pytest.approx(0.02)
    assert steps["edit trade"]["failure"] is None
    assert steps["edit trade"]["quantity"] == "3"
    assert steps["edit trade"]["undo"] == 6
    assert steps["undo and redo"] == {"step": "undo and redo", "undone": True, "left": 0, "redone": True}
    assert steps["export"]["size"] > 5_000
    assert "Saved trades.xlsx" in steps["export"]["message"]
    assert (steps["quit"]["status"], steps["quit"]["crashes"]) == (0, [])
    for name in ("1-first-run", "2-import", "3-dragged", "4-rule-off", "5-trade-edited", "6-exported"):
        assert (files / f"{name}.png").stat().st_size > 10_000
    again = run("again", files, screen)
    assert again["reopened"] == {"step": "reopened", "recent": 1, "accounts": 5}
    assert again["quit"]["crashes"] == []


def test_by_keyboard_alone(files, screen):
    steps = run("keys", files, screen)
    assert steps["first run"]["platform"] == "xcb"
    assert steps["first run"]["state"].startswith("Final")
    assert steps["import"]["accounts"] == 5
    assert steps["drag"]["undo"] > 1
    assert steps["rule off"]["avoid_short_term"] is False
    assert steps["edit trade"]["quantity"] == "3"
    undone = steps["undo and redo"]
    assert (undone["undone"], undone["left"], undone["redone"]) == (True, steps["edit trade"]["undo"] - 6, True)
    assert "Saved trades.xlsx" in steps["export"]["message"]
    assert (steps["quit"]["status"], steps["quit"]["crashes"]) == (0, [])
    again = run("again-by-keys", files, screen)
    assert again["reopened"] == {"step": "reopened", "recent": 1, "accounts": 5}
    assert again["quit"]["crashes"] == []
