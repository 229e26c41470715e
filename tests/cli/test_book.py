"""``trimtab book`` as users run it: one file for many households, clear words for every mistake."""

import hashlib
import json
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from core.book import chain
from core.book.keys import Key
from core.book.proposals import kept_proposal, reproduces
from core.book.store import Book
from core.sample import sample_text
from tests.book.practice import KEY, practice
from tests.cli.program import ROOT, run_program

PASSPHRASE = "four plain words here"
NO_KEY_STORE = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a household, a target, a passphrase and a book of two households."""
    folder = tmp_path_factory.mktemp("book")
    (folder / "household.json").write_text(sample_text(), "utf-8")
    (folder / "target.toml").write_bytes((ROOT / "resources" / "sample" / "target.toml").read_bytes())
    (folder / "pass").write_text(PASSPHRASE + "\nmore\n")
    added = book(folder, "add", "c.trimtab", "household.json", "--target", "target.toml")
    assert added.returncode == 0, added.stderr
    assert b"A forgotten passphrase cannot be recovered" in added.stderr
    assert book(folder, "add", "c.trimtab", "household.json", "--name", "Two").returncode == 0
    return folder


def book(folder: Path, job: str, *arguments, passphrase: bool = True):
    extra = ("--passphrase-file", "pass") if passphrase else ()
    return run_program("book", job, *arguments, *extra, cwd=folder, **NO_KEY_STORE)


def test_list_review_rebalance_verify(folder: Path):
    listed = json.loads(book(folder, "list", "c.trimtab", "--json", "-").stdout)
    assert [row["name"] for row in listed["households"]] == ["Rivera-Holt household", "Two"]
    assert listed["tiles"]["never run"] == 2
    reviewed = book(folder, "review", "c.trimtab", "--workers", "1", "--json", "-")
    assert reviewed.returncode == 0, reviewed.stderr
    first = json.loads(reviewed.stdout)["households"][0]
    assert first["status"] == "done"
    assert 0.05 < first["drift"] < 0.6
    (folder / "plans").mkdir()
    planned = book(
        folder, "rebalance", "c.trimtab", "--workers", "2", "--out", "plans", "--reason", "yearly", "--json", "-"
    )
    assert planned.returncode == 0, planned.stderr
    outcomes = json.loads(planned.stdout)["households"]
    assert {row["status"] for row in outcomes} == {"done"}
    written = [row for row in outcomes if row["figures"]["trades"] > 0]
    assert len(list((folder / "plans").glob("*.xlsx"))) == len(written)
    again = book(folder, "rebalance", "c.trimtab", "--workers", "1")
    assert b"0 households in" in again.stderr
    assert b"2 were up to date" in again.stderr
    verified = book(folder, "verify", "c.trimtab", "--json", "-")
    assert verified.returncode == 0
    document = json.loads(verified.stdout)
    assert document["intact"]
    assert document["records"] == 2 + len(written)
    assert document["head"].encode() in planned.stderr
    assert book(folder, "verify", "c.trimtab", "--head", "ab" * 32).returncode == 1
    with Book.open(folder / "c.trimtab", PASSPHRASE) as opened:
        kept = kept_proposal(opened, 3)
        assert kept.reason == "yearly"
        assert kept.exported[0][0].endswith(".xlsx")
        assert reproduces(kept)
    shown = book(folder, "list", "c.trimtab", "--only", "never-run")
    assert b"Two" not in shown.stdout


def test_what_leaves_is_checked_household_by_household(folder: Path, tmp_path: Path):
    """Three households: a good one, one whose data are old, one whose approval a red check forbids."""
    household = json.loads(sample_text())
    day = datetime.now(UTC).date() - timedelta(days=1)
    (tmp_path / "target.toml").write_bytes((folder / "target.toml").read_bytes())
    (tmp_path / "pass").write_text(PASSPHRASE + "\n")
    for name, as_of in (("Fresh", day), ("Stale", day - timedelta(days=60))):
        (tmp_path / f"{name}.json").write_text(json.dumps({**household, "as_of": as_of.isoformat()}))
        done = book(tmp_path, "add", "c.trimtab", f"{name}.json", "--name", name, "--target", "target.toml")
        assert done.returncode == 0, done.stderr
    for name in ("plans", "orders", "later"):
        (tmp_path / name).mkdir()
    files = ("--out", "plans", "--orders", "orders", "--approved-by", "A. Adviser", "--reason", "yearly")
    done = book(tmp_path, "rebalance", "c.trimtab", "--workers", "1", *files)
    assert done.returncode == 1
    assert b"not written  Stale: The plan was not approved" in done.stderr
    assert b"1 plan written" in done.stderr
    (plan,) = (tmp_path / "plans").iterdir()
    (orders,) = (tmp_path / "orders").iterdir()
    assert plan.stem == orders.name
    assert plan.stem.startswith("Fresh-")
    control = json.loads((orders / "orders-control.json").read_text())
    assert control["approval"]["by"] == "A. Adviser"
    sheet = openpyxl.load_workbook(plan, read_only=True)["Checks"]
    assert any("A. Adviser" in str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
    with Book.open(tmp_path / "c.trimtab", PASSPHRASE) as opened:
        kinds = [record.kind.value for record in chain.records(opened.database)]
        assert kinds == ["import", "import", "proposal", "approval"]
        kept = kept_proposal(opened, 3)
        left = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (plan, *orders.iterdir())}
        assert dict(kept.exported) == left
    overridden = book(
        tmp_path, "rebalance", "c.trimtab", "--household", "Stale", "--orders", "later", "--override", "prices=known"
    )
    assert overridden.returncode == 0, overridden.stderr
    assert [path.name.split("-")[0] for path in (tmp_path / "later").iterdir()] == ["Stale"]
    with Book.open(tmp_path / "c.trimtab", PASSPHRASE) as opened:
        assert kept_proposal(opened, 5).reason == "prices: known"


def test_what_is_kept_can_be_taken_out_and_made_again(folder: Path, tmp_path: Path):
    shutil.copy(folder / "c.trimtab", tmp_path)
    shutil.copy(folder / "pass", tmp_path)
    (tmp_path / "plans").mkdir()
    done = book(tmp_path, "rebalance", "c.trimtab", "--workers", "1", "--out", "plans", "--household", "Two")
    assert done.returncode == 0, done.stderr
    listed = json.loads(book(tmp_path, "records", "c.trimtab", "--json", "-").stdout)["records"]
    imported = next(row for row in listed if row["household"] == "Two" and row["kind"] == "import")
    assert imported["holds"].startswith("household.json, ")
    number = imported["number"]
    assert book(tmp_path, "record", "c.trimtab", number, "--out", "again.json").returncode == 0
    assert (tmp_path / "again.json").read_bytes() == (folder / "household.json").read_bytes()
    over = book(tmp_path, "record", "c.trimtab", number, "--out", "again.json")
    assert b"exists already" in over.stderr
    assert over.returncode == 1
    plans = [row["number"] for row in listed if row["kind"] == "proposal"]
    for plan in plans:
        done = book(tmp_path, "record", "c.trimtab", plan, "--again", "--out", f"{plan}.xlsx")
        assert b"the same plan to the last cent" in done.stdout
        assert "Trades" in openpyxl.load_workbook(tmp_path / f"{plan}.xlsx", read_only=True).sheetnames
        book(tmp_path, "record", "c.trimtab", plan, "--out", f"{plan}.json")
        assert json.loads((tmp_path / f"{plan}.json").read_text())["household"]
    only = book(tmp_path, "records", "c.trimtab", "--household", "Two")
    assert b"Rivera" not in only.stdout


def test_another_name_and_taken_out(folder: Path, tmp_path: Path):
    shutil.copy(folder / "c.trimtab", tmp_path)
    shutil.copy(folder / "pass", tmp_path)
    assert book(tmp_path, "rename", "c.trimtab", "Two", "Three & Co").returncode == 0
    taken = book(tmp_path, "rename", "c.trimtab", "three & co", "rivera-holt HOUSEHOLD")
    assert b"Another household is called" in taken.stderr
    asked = book(tmp_path, "remove", "c.trimtab", "Three & Co")
    assert asked.returncode == 1
    assert b"cannot be brought back except from a backup" in asked.stderr
    assert b"stay, as the law asks" in asked.stderr
    before = json.loads(book(tmp_path, "records", "c.trimtab", "--json", "-").stdout)["records"]
    assert book(tmp_path, "remove", "c.trimtab", "Three & Co", "--yes").returncode == 0
    listed = json.loads(book(tmp_path, "list", "c.trimtab", "--json", "-").stdout)
    assert [row["name"] for row in listed["households"]] == ["Rivera-Holt household"]
    after = json.loads(book(tmp_path, "records", "c.trimtab", "--json", "-").stdout)["records"]
    assert [row["hash"] for row in after] == [row["hash"] for row in before]
    assert any(row["household"] is None for row in after)
    assert book(tmp_path, "verify", "c.trimtab").returncode == 0


def test_backup_restore_and_another_passphrase(folder: Path, tmp_path: Path):
    copy = tmp_path / "backup.trimtab"
    assert book(folder, "backup", "c.trimtab", copy).returncode == 0
    assert book(folder, "backup", "c.trimtab", copy).returncode == 1  # never over an existing file
    restored = tmp_path / "new.trimtab"
    assert book(folder, "restore", copy, restored).returncode == 0
    (tmp_path / "pass").write_text("another one of four words\n")
    changed = book(folder, "passphrase", restored, "--new-passphrase-file", tmp_path / "pass")
    assert changed.returncode == 0, changed.stderr
    assert book(folder, "list", restored).returncode == 1
    assert run_program(
        "book", "list", restored, "--passphrase-file", tmp_path / "pass", cwd=tmp_path, **NO_KEY_STORE
    ).stdout.startswith(b"2 households")
    assert book(folder, "expire", copy).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("list", "none.trimtab"), 1, b"is not there"),
        (("list", "pass"), 1, b"cannot be opened: the passphrase or key is not the right one"),
        (("list", "."), 1, b"is a folder"),
        (("add", "c.trimtab", "household.json"), 1, b"already"),
        (("add", "c.trimtab", "household.json", "--each", "--name", "x"), 2, b"--each"),
        (("add", "c.trimtab", "none.csv"), 1, b"none.csv"),
        (("list", "c.trimtab", "--only", "rich"), 2, b"known are"),
        (("rebalance", "c.trimtab", "--household", "Nobody"), 1, b"no household called Nobody"),
        (("rebalance", "c.trimtab", "--out", "nowhere"), 1, b"is not a folder"),
        (("rebalance", "c.trimtab", "--again", "--workers", "0"), 2, b"from 1 to 256"),
        (("rebalance", "c.trimtab", "--workers", "1", "--scheduler", "tcp://x:1"), 2, b"one of the two"),
        (("verify", "c.trimtab", "--head", "xyz"), 2, b"64 hex digits"),
        (("restore", "household.json", "new.trimtab"), 1, b"cannot be opened"),
        (("rename", "c.trimtab", "Nobody", "Somebody"), 1, b"no household called Nobody"),
        (("rename", "c.trimtab", "Two", " "), 1, b"1 to 200 characters"),
        (("remove", "c.trimtab", "Nobody", "--yes"), 1, b"no household called Nobody"),
        (("record", "c.trimtab", "99"), 1, b"no record 99"),
        (("record", "c.trimtab", "1", "--again"), 1, b"no plan"),
    ],
)
def test_mistakes_are_told_in_plain_words(folder: Path, arguments: tuple[str, ...], status: int, words: bytes):
    before = (folder / "c.trimtab").read_bytes()
    done = book(folder, *arguments)
    assert done.returncode == status, done.stderr
    assert words in done.stderr
    assert b"Traceback" not in done.stderr
    assert (folder / "c.trimtab").read_bytes() == before


def test_without_a_passphrase_and_a_screen_it_says_how_to_give_one(folder: Path):
    done = book(folder, "list", "c.trimtab", passphrase=False)
    assert done.returncode == 1
    assert b"Give it with --passphrase-file" in done.stderr
    new = book(folder, "add", "new.trimtab", "household.json", passphrase=False)
    assert new.returncode == 1
    assert not (folder / "new.trimtab").exists()
    only = book(folder, "add", "new.trimtab", "household.json", "--key-store-only", passphrase=False)
    assert b"no key store that can keep the key" in only.stderr


def test_a_run_with_failures_says_which_and_goes_on(tmp_path: Path):
    path = tmp_path / "p.trimtab"
    (tmp_path / "pass").write_text("x\n")
    practice(path, 1).close()
    code = """
import sys
from pathlib import Path
from core.book import keys
from tests.book.practice import KEY
keys.derived_key = lambda passphrase, salt: KEY
from desktop.cli import main
sys.exit(main(sys.argv[1:]))
"""
    import subprocess

    from core.tilt.target import RuleKey, Rules, Target
    from tests.book.practice import document

    with Book.open_with(path, Key(KEY.secret, KEY.salt)) as opened:
        import attrs

        base = document(7)
        held = base.household.lots[0].security
        rules = Rules(sell_all=(RuleKey(held),), no_sell=(RuleKey(held),))
        opened.add(attrs.evolve(base, target=Target(rules=rules)))
    done = subprocess.run(
        [sys.executable, "-c", code, "book", "review", path, "--workers", "1", "--passphrase-file", tmp_path / "pass"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            code,
            "book",
            "rebalance",
            path,
            "--workers",
            "1",
            "--passphrase-file",
            tmp_path / "pass",
        ],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert b"no plan  Household 0007" in done.stdout
    assert held.encode() in done.stdout
    assert b"Answers for 1 of 2 households." in done.stdout
