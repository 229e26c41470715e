"""The journeys of an adviser through the program as it is delivered: a real screen, real pointer and keys, no way in.

With ``TRIMTAB_PROGRAM`` naming a built program they hold for the build; without it they drive the source the same way.
"""

import csv
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

if not sys.platform.startswith("linux"):
    pytest.skip("X and AT-SPI are a matter of Linux", allow_module_level=True)
pytest.importorskip("jeepney")

from openpyxl import load_workbook

from tests.accessibility import CHECKED, session_bus
from tests.journeys.test_whole_journey import HEAD, LOTS
from tests.real_user import User, dragged_from
from tests.virtual_screen import virtual_screen

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not shutil.which("xdotool"), reason="no xdotool on this machine"),
]

SHORT_TERM = "Avoid short-term gains"
FAMILY = "Lindqvist family"
#: Quantities that a trade is given one after the other; with the drag and the rule that makes six steps.
BY_HAND = ("3", "4", "5", "6")
PASSPHRASE = "four words that do"


@pytest.fixture
def user(tmp_path):
    """Somebody at a screen, at home on an empty machine: no settings, no book."""
    # Sockets lie in the folder, and their addresses must be short.
    with (
        virtual_screen(1540, 960) as screen,
        tempfile.TemporaryDirectory(prefix="bus-") as short,
        session_bus(screen, Path(short)) as environment,
    ):
        home = tmp_path / "home"
        own = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
        someone = User({**environment, **own, "HOME": str(home)}, tmp_path)
        yield someone
        someone.leave()
    assert (tmp_path / "stderr.txt").read_text() == ""


@pytest.fixture
def files(tmp_path):
    """Five files of one household, invented."""
    made = []
    for number, (name, rows) in enumerate(LOTS.items()):
        lines = [
            f"90{number},{rows[0][0]},{symbol},{words},{count},{each}.00,{count * each}.00,{basis}.00,03/15/2021"
            for _, symbol, words, count, each, basis in rows
        ]
        made.append(tmp_path / f"{name}.csv")
        made[-1].write_text(HEAD + "\n".join(lines) + "\n")
    return made


def quantities(user):
    """Symbol -> quantity of each trade on the Trades page, as its cells say."""
    symbols, numbers = {}, {}
    for cell in user.find("tree", "Trades").children():
        column, _, words = cell.name.partition(": ")
        if column == "Symbol" and words != "empty":  # rows of lots have none
            symbols[cell.extents[1]] = words
        elif column == "Quantity" and words.isdigit():  # rows of accounts count trades
            numbers[cell.extents[1]] = words
    return [(symbols[row], numbers[row]) for row in sorted(symbols) if row in numbers]


def cell_of(user, symbol):
    """The cell with the quantity of a trade."""
    cells = list(user.find("tree", "Trades").children())
    row = next(cell.extents[1] for cell in cells if cell.name == f"Symbol: {symbol}")
    return next(cell for cell in cells if cell.name.startswith("Quantity: ") and cell.extents[1] == row)


def order(user, symbol, quantity):
    """Give a trade another quantity, by mouse and keys."""
    user.click(cell_of(user, symbol))
    user.keys("F2")
    user.wait(0.3)  # the field in the cell has no place in AT-SPI's tree of a table
    user.type(quantity)
    user.keys("Return")
    user.until(lambda: (symbol, quantity) in quantities(user), f"{quantity} of {symbol}, set by hand")
    user.final_plan()


def in_workbook(path):
    """The same from the workbook."""
    rows = [[cell.value for cell in row] for row in load_workbook(path, data_only=True)["Trades"].iter_rows()]
    head = next(number for number, row in enumerate(rows) if "Symbol" in row and "Quantity" in row)
    symbol, quantity, action = (rows[head].index(name) for name in ("Symbol", "Quantity", "Action"))
    trades = [row for row in rows[head + 1 :] if str(row[action]).lower() in {"buy", "sell"}]
    return [(row[symbol], str(row[quantity])) for row in trades]


def exported(user, path):
    """Whether a workbook holds the trades that the window shows, and as many as it counts."""
    written = in_workbook(path)
    assert set(quantities(user)) <= set(written)
    assert str(len(written)) == user.figures()["Trades"]
    return True


def spoken_target(user):
    """Size and value of the target, from what the pad says of itself."""
    words = user.find("chart", "Tilt pad").description.replace("−", "-")
    found = re.search(r"Target size ([-+.\d]+), value ([-+.\d]+)", words)
    return float(found[1]), float(found[2])


def accounts(user):
    """What the header says of the household."""
    return user.find("label", re.compile("^[0-9]+ accounts?")).name


def accept(user):
    """In the preview of an import: give the household its name and open it, by mouse."""
    dialog = user.find("dialog", "Import")
    assert user.find("label", re.compile("^5 accounts, 7 securities, 7 lots"), within=dialog)
    user.click(user.find("text", "Name of the household", within=dialog))
    user.keys("ctrl+a")
    user.type(FAMILY)
    user.click(user.find("push button", "Open household", within=dialog))
    opened(user)


def opened(user):
    """Wait until the household of the five files is the one in the window."""
    user.until(lambda: accounts(user).startswith("5 accounts"), "the household of the files")
    user.final_plan()


def test_by_mouse_from_the_first_run_to_the_second(user, files, tmp_path):
    user.start("--size", "1440x900")
    assert user.find("label", re.compile("invented, to try things out"))
    assert user.figures()["Trades"].isdigit()

    with dragged_from(user.environment, (1450, 300), files) as grip:
        user.drag(grip, (700, 400), steps=25)
        accept(user)
    assert user.find("label", FAMILY)

    user.click(user.find("check box", "Target"))
    pad = user.find("chart", "Tilt pad")
    before, figures = spoken_target(user), user.figures()
    size, value = before
    square = pad.extents[2] * 0.85
    start = (round(pad.centre[0] + value * square / 2), round(pad.centre[1] - size * square / 2))
    said = user.drag(start, pad.point(0.62, 0.72), seen=user.plan)
    assert any(words.startswith("Estimate") for words in said), said
    user.until(lambda: spoken_target(user)[0] < -0.2, "the target among the small")
    user.final_plan()
    assert user.figures() != figures
    dragged = spoken_target(user)

    user.click(user.find("check box", SHORT_TERM))
    user.until(lambda: not user.find("check box", SHORT_TERM).has(CHECKED), "the rule off")
    user.final_plan()

    user.click(user.find("check box", "Trades"))
    user.click(user.find("push button", "Dismiss the message"))  # so that every trade is in sight
    user.until(lambda: quantities(user), "the trades")
    symbol, was = next(row for row in quantities(user) if int(row[1]) > len(BY_HAND) + 3)
    for quantity in BY_HAND:
        order(user, symbol, quantity)
    by_hand, told = quantities(user), user.figures()

    undo, redo = user.find("push button", "Undo"), user.find("push button", "Redo")
    for quantity in (*reversed(BY_HAND[:-1]), was):
        user.click(undo)
        user.until(lambda quantity=quantity: (symbol, quantity) in quantities(user), f"{quantity} of {symbol} again")
    user.click(undo)
    user.click(undo)
    user.click(user.find("check box", "Target"))
    user.until(lambda: spoken_target(user) == before, "the target as it was")
    assert user.find("check box", SHORT_TERM).has(CHECKED)
    for _ in range(2 + len(BY_HAND)):
        user.click(redo)
    user.until(lambda: spoken_target(user) == dragged, "the target dragged again")
    user.until(lambda: not user.find("check box", SHORT_TERM).has(CHECKED), "the rule off again")
    user.final_plan()
    user.click(user.find("check box", "Trades"))
    # Lots that were unfolded before may have kept the last trades out of sight.
    user.until(lambda: quantities(user)[: len(by_hand)] == by_hand, "the same plan again")
    assert user.figures() == told

    out = tmp_path / "trades.xlsx"
    user.click(user.find("push button", "Export to Excel"))
    user.choose_files(out)
    user.find("label", re.compile("Saved trades.xlsx"))
    assert exported(user, out)

    report(user, tmp_path / "report.pdf")
    user.click(user.find("menu item", "File"))
    user.click(user.find("menu item", "Quit"))
    user.click(user.find("push button", "Discard"))
    assert user.ended() == 0

    user.start()
    assert user.bus.windows("Trimtab")[0].extents[2:] == (1440, 900)
    user.click(user.find("menu item", "File"))
    user.click(user.find("menu item", "Open recent"))
    user.click(user.find("menu item", re.compile(r"joint\.csv|5 files")))
    user.click(user.find("push button", "Open household"))
    opened(user)
    user.keys("ctrl+q")
    user.find("push button", "Discard")
    user.keys("Escape")  # stays
    assert accounts(user)
    user.keys("ctrl+q")
    user.click(user.find("push button", "Discard"))
    assert user.ended() == 0


def report(user, path):
    """A report for the client as PDF, by the menu."""
    user.click(user.find("menu item", "File"))
    user.click(user.find("menu item", re.compile("^Client report")))
    user.find("text", "Your name and firm")
    user.type("Harbour Light Advisers")
    user.click(user.find("push button", re.compile("^Choose where to save")))
    user.choose_files(path)
    user.find("label", re.compile("report.pdf"))
    assert path.read_bytes().startswith(b"%PDF")
    if shutil.which("pdftotext"):
        text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
        assert "Harbour Light Advisers" in text
        assert FAMILY in text


def quit_by_keys(user):
    """Quit with a household that is in no book, and let go of it."""
    user.keys("ctrl+q")
    user.find("push button", "Discard")
    user.tab_to("push button", "Discard")
    user.keys("space")
    assert user.ended() == 0


def open_by_keys(user, files):
    """Choose the files and open what they hold, without the mouse."""
    user.keys("ctrl+o")
    user.choose_files(*files)
    user.find("push button", "Open household")
    user.tab_to("push button", "Open household")
    user.keys("Return")
    opened(user)


def test_by_keyboard_alone(user, files, tmp_path):
    user.start("--size", "1440x900")
    open_by_keys(user, files)

    user.keys("ctrl+2")
    user.tab_to("chart", "Tilt pad")
    before = spoken_target(user)
    user.keys(*["Down", "Right"] * 8)
    user.until(lambda: spoken_target(user)[0] < before[0] - 0.1 < spoken_target(user)[1], "the target moved by keys")
    user.final_plan()
    user.tab_to("check box", SHORT_TERM)
    user.keys("space")
    user.until(lambda: not user.find("check box", SHORT_TERM).has(CHECKED), "the rule off")
    user.final_plan()

    user.keys("ctrl+3")
    user.until(lambda: quantities(user), "the trades")
    user.tab_to(("tree", "tree item"), re.compile("^(Trades$|Action:)"))
    user.keys("Home", "Down")
    symbol, was = quantities(user)[0]
    for quantity in BY_HAND:
        user.keys("F2")
        user.wait(0.3)
        user.type(quantity)
        user.keys("Return")
        user.until(lambda quantity=quantity: (symbol, quantity) in quantities(user), f"{quantity} of {symbol}, by hand")
        user.final_plan()
    by_hand = quantities(user)
    for quantity in (*reversed(BY_HAND[:-1]), was):
        user.keys("ctrl+z")
        user.until(lambda quantity=quantity: (symbol, quantity) in quantities(user), f"{quantity} of {symbol} again")
    user.keys("ctrl+z", "ctrl+z", "ctrl+2")
    user.until(lambda: user.find("check box", SHORT_TERM).has(CHECKED), "the rule on again")
    user.keys(*["ctrl+shift+z"] * (2 + len(BY_HAND)))
    user.until(lambda: not user.find("check box", SHORT_TERM).has(CHECKED), "the rule off once more")
    user.final_plan()
    user.keys("ctrl+3")
    user.until(lambda: quantities(user)[: len(by_hand)] == by_hand, "the same plan again")

    out = tmp_path / "trades.xlsx"
    user.keys("ctrl+e")
    user.choose_files(out)
    user.find("label", re.compile("Saved trades.xlsx"))
    assert exported(user, out)
    quit_by_keys(user)

    user.start()
    open_by_keys(user, files)
    quit_by_keys(user)


def test_a_book_made_filled_run_and_opened_again(user, files, tmp_path):
    path = tmp_path / "Clients.trimtab"
    user.start("--size", "1440x900", *map(str, files))
    accept(user)

    user.click(user.find("check box", "Book"))
    user.click(user.find("push button", "New book…"))
    user.choose_files(path)
    user.find("text", "The same again")
    user.type(PASSPHRASE)
    user.keys("Tab")
    user.type(PASSPHRASE)
    keep = user.find("check box", re.compile("key store"))
    if keep.has(CHECKED):
        user.click(keep)
    user.click(user.find("push button", "Create"))
    user.click(user.find("push button", "Add open household"))
    assert user.find("cell", f"Household: {FAMILY}")
    user.click(user.find("push button", "Rebalance all 1"))
    user.until(lambda: user.all("check box", "Never run: 0 households"), "the plan of the book's household")
    user.keys("ctrl+q")
    assert user.ended() == 0
    assert b"Lindqvist" not in path.read_bytes()

    user.start(str(path))
    user.find("text", "Passphrase")
    user.type(PASSPHRASE)
    user.keys("Return")
    user.click(user.find("check box", "Book"))
    assert user.find("cell", f"Household: {FAMILY}")
    user.keys("ctrl+q")
    assert user.ended() == 0


def test_a_file_that_cannot_be_used_is_said_and_nothing_is_lost(user, tmp_path):
    broken = tmp_path / "history.csv"
    with broken.open("w", newline="") as file:
        csv.writer(file).writerows([["Date", "Action", "Symbol", "Amount"], ["01/02/2026", "Buy", "VTI", "-300.00"]])
    user.start("--size", "1440x900")
    before = accounts(user)
    user.keys("ctrl+o")
    user.choose_files(broken)
    answer = re.compile("^(?!Reading).*history.csv")
    user.until(lambda: user.all("label", answer) or user.all("dialog", "Import"), "an answer")
    user.keys("Escape")
    assert accounts(user) == before
    user.keys("ctrl+q")
    assert user.ended() == 0
