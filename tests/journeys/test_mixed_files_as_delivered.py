"""The drop of everything again, in the program as it is delivered: a real pointer drags the files, real keys name the
columns of the one that nobody knows.
"""

import re

import pytest

from tests.journeys.client_files import write_client
from tests.journeys.test_as_delivered import accounts, pytestmark, user
from tests.real_user import dragged_from

__all__ = ["pytestmark", "user"]


def tab_into(user, name):
    """Go to a table with the Tab key; the focus is then said of the table or of its current cell."""
    table = user.find("tree", name)
    inside = {(cell.role, cell.name) for cell in table.walk()} | {("tree", name)}
    for _ in range(40):
        here = user.focus()
        x, y, _, height = table.extents
        where = (x - 1, y) if here is None else here.extents[:2]
        if where[0] >= x and y - 2 <= where[1] <= y + height and here and (here.role, here.name) in inside:
            return
        user.keys("Tab")
        table = user.find("tree", name)
    pytest.fail(f"the table {name!r} cannot be reached with the Tab key")


def tab_to_choice(user, dialog, place):
    """Go with the Tab key to what a column means, the columns counted from the top."""
    for _ in range(40):
        choices = sorted(user.all("combo box", within=dialog), key=lambda one: one.extents[1])
        here = user.focus()
        if here is not None and here.extents == choices[place].extents:
            return
        user.keys("Tab")
    pytest.fail(f"the choice of column {place} cannot be reached with the Tab key")


def below(user, words):
    """Go down a table by the arrow key until the current cell says the words."""
    for _ in range(12):
        here = user.focus()
        if here is not None and words in here.name:
            return
        user.keys("Down")
    pytest.fail(f"no row {words!r}")


def test_a_drop_of_everything(user, tmp_path):
    files = write_client(tmp_path / "client")
    user.start("--size", "1440x900")
    before = accounts(user)
    with dragged_from(user.environment, (1450, 300), files) as grip:
        user.drag(grip, (700, 400), steps=25)
        dialog = user.find("dialog", "Import")
    user.picture("dropped.png")
    assert user.find("label", re.compile("^4 accounts, 6 securities, 7 lots"), within=dialog)
    assert user.find("label", "Household value $388,810.44", within=dialog)
    for words in (
        "No table of holdings is found",
        "This file is Charles Schwab transactions",
        "The workbook is damaged",
    ):
        assert user.find("cell", re.compile(words), within=dialog)

    tab_into(user, "Files")
    below(user, "papers.csv")
    user.tab_to("push button", re.compile("^Name the columns"))
    user.keys("space")
    columns = user.find("dialog", re.compile("papers.csv"))
    for place, letters in enumerate(("Sym", "Quan", "Mark", "Date")):
        tab_to_choice(user, columns, place)
        user.type(letters)
    assert user.find("label", re.compile("^2 holdings in 1 account"), within=columns)
    user.picture("columns.png")
    user.keys("Return")

    again = user.find("dialog", "Import")
    assert user.find("label", re.compile("^5 accounts, 8 securities, 9 lots"), within=again)
    assert user.find("label", "Household value $403,559.94", within=again)
    user.picture("again.png")
    assert accounts(user) == before
    user.keys("Return")
    user.until(lambda: accounts(user).startswith("5 accounts"), "the household of the files")
    user.final_plan()
    user.picture("opened.png")

    # Next month's export of one account: what changes is shown, and nothing is taken without a yes.
    newer = tmp_path / "client" / "Individual-Positions-2026-11-30-171456.csv"
    text = files[[path.name for path in files].index("Individual-Positions-2026-10-30-171456.csv")].read_text()
    text = text.replace("2026/10/30", "2026/11/30").replace('"310","$300.00"', '"300","$310.00"')
    newer.write_text(text.replace('"VUG","VANGUARD GROWTH ETF"', '"AVUV","AVANTIS US SMALL CAP VALUE ETF"'))
    with dragged_from(user.environment, (1450, 300), [newer]) as grip:
        user.drag(grip, (700, 400), steps=25)
        dialog = user.find("dialog", "Import")
    assert user.find("label", "What changes against the open household", within=dialog)
    user.wait(0.5)
    user.picture("changes.png")
    user.keys("Escape")
    assert accounts(user).startswith("5 accounts")
    user.keys("ctrl+q")
    user.click(user.find("push button", "Discard"))
    assert user.ended() == 0
