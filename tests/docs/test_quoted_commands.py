"""Every command that the documentation quotes does what it stands for.

Commands of the program are run, on files of the names they have in the text, and those of the tests with less to do.
What would take minutes, a screen, a network or a cluster is taken as far as that allows: read by its parser, or looked
up where it is defined. A command that no rule here knows fails.
"""

import importlib
import shutil
import subprocess
import sys
import tomllib

import pytest

import build
import dev_commands
from core.edits import Document
from core.sample import sample_household, sample_target, sample_text
from desktop import cli
from tests.docs.quoted import ROOT, all_commands, commands_in, pages
from tests.journeys.test_main_job import POSITIONS

PASSPHRASE = "four words that do"
PROGRAM = [one for one in all_commands() if one.words[0] == "trimtab"]
OTHERS = [one for one in all_commands() if one not in PROGRAM]
#: What a word in capitals stands for.
STAND_INS = {
    "FILE...": "Positions.csv",
    "FILE": "Positions.csv",
    "SYMBOL...": "VTI",
    "BOOK": "Clients.trimtab",
    "FOLDER": "folder",
    "NAME": "Name",
    "HASH": None,
}
#: What follows a job of the book where the text names the job alone.
OPERANDS = {"backup": ["Backup.trimtab"], "restore": ["Restored.trimtab"], "add": ["Positions.csv"]}
#: Books that commands make.
MADE = {"Backup.trimtab", "Restored.trimtab"}
#: Options after which a file is written, not read.
OUTPUTS = {"--out", "--json", "--report", "--orders", "--picture"}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A folder with a book that holds the sample household, and its passphrase."""
    from core.book.keys import new_key
    from core.book.store import Book

    folder = tmp_path_factory.mktemp("documented")
    with Book.create(folder / "Clients.trimtab", new_key(PASSPHRASE)) as book:
        book.add(Document(sample_household(), target=sample_target()))
    (folder / "passphrase.txt").write_text(PASSPHRASE + "\n")
    (folder / "plans").mkdir()  # the line before the command that needs it makes it
    (folder / "household.json").write_text(sample_text(), "utf-8")
    return folder


def fill(folder, words):
    """Put the files that a command reads into a folder, by the endings of their names."""
    target = (ROOT / "resources" / "sample" / "target.toml").read_text("utf-8")
    for before, word in zip(["", *words], words, strict=False):
        path = folder / word
        if before in OUTPUTS or path.exists():
            continue
        if path.suffix == ".csv":
            account = POSITIONS if not list(folder.glob("*.csv")) else POSITIONS.replace("700", "800")
            path.write_text(account)
        elif path.suffix == ".toml":
            path.write_text(target, "utf-8")
        elif path.suffix == ".json":
            path.write_text(sample_text(), "utf-8")
        elif path.suffix == ".trimtab" and words[1:3] != ["book", "add"] and word not in MADE:
            shutil.copy(folder / "Clients.trimtab", path)


def variants(words):
    """A command for each of the jobs that a text lists at once; words in capitals replaced."""
    jobs = next((word.split("|") for word in words if "|" in word), [""])
    for job in jobs:
        chosen = [job if "|" in word else word for word in words]
        yield [STAND_INS.get(word) or word for word in chosen if STAND_INS.get(word, word) is not None]


def runnable(words):
    """The same command for a machine without network and terminal, and with few processors."""
    arguments = [word for word in words[1:] if word != "--live"]
    if "--workers" in arguments:
        arguments[arguments.index("--workers") + 1] = "1"
    if arguments[:1] == ["book"]:
        if not any(word.endswith(".trimtab") for word in arguments):
            arguments.append("Clients.trimtab")
        job, named = arguments[1], [word for word in arguments[2:] if not word.startswith("-")]
        if len(named) < 2:
            arguments += OPERANDS.get(job, [])
        arguments += ["--passphrase-file", "passphrase.txt"]
    return arguments


@pytest.mark.parametrize("quoted", PROGRAM, ids=lambda one: one.text.split("  ")[0])
def test_a_quoted_command_of_the_program_runs(quoted, template, tmp_path, monkeypatch, capsys):
    folder = tmp_path / "folder"
    shutil.copytree(template, folder)
    monkeypatch.chdir(folder)
    for words in variants(quoted.words):
        arguments = runnable(words)
        fill(folder, ["trimtab", *arguments])
        if "--scheduler" in arguments:  # needs a cluster: tests/book/test_batch.py runs one
            cli.build_parser().parse_args(arguments)
            continue
        if arguments[:1] == [cli.SMOKE]:  # takes a window: tests/cli/test_smoke.py
            continue
        if cli._wants_window(arguments):
            from desktop.app import parse_options

            parse_options(arguments)
            continue
        assert cli.main(arguments) == 0, f"{quoted.place}: {quoted.text}\n{capsys.readouterr().err}"


#: Modules that the text runs for minutes: the same with less to do.
SHORTER = {
    "pytest": ["--collect-only", "-q", "-p", "no:cacheprovider"],
    "tests.book.killing": ["1"],
    "tests.classify.accuracy": [],
    "tests.fuzz.importing": ["--inputs", "5"],
}
MODULES = [one for one in OTHERS if one.words[1:2] == ["-m"] and one.words[2] != "pip"]
REST = [one for one in OTHERS if one not in MODULES]


@pytest.mark.skipif(sys.platform == "win32", reason="they kill, limit and fork as Unix does")
@pytest.mark.parametrize("quoted", MODULES, ids=lambda one: one.text)
def test_a_quoted_module_runs(quoted):
    module, *arguments = quoted.words[2:]
    paths = [word for word in arguments if "/" in word]
    command = [sys.executable, "-m", module, *paths, *SHORTER[module]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{quoted.place}: {quoted.text}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"


@pytest.mark.parametrize("quoted", REST, ids=lambda one: one.text.split("  ")[0])
def test_any_other_quoted_command_is_one_that_there_is(quoted, tmp_path):
    program, *rest = quoted.words
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    if program in {"python", "python3", "py"} and rest[:3] == ["-m", "pip", "install"]:
        (asked,) = [word for word in rest[3:] if not word.startswith("-")]
        assert asked.startswith("."), f"{quoted.place}: {asked} may be anybody's"
        assert {one.strip() for one in asked.removeprefix(".").split(",")} <= {"", *extras}, quoted.place
    elif program in {"python", "python3", "py"}:
        assert (ROOT / rest[0]).is_file(), quoted.place
        helps = {"packaging/dev.py": dev_commands.HELP, "packaging/build.py": build.HELP}
        if rest[0] in helps and len(rest) > 1:
            assert f"\n  {rest[1]} " in helps[rest[0]], quoted.place
            assert all(option in helps[rest[0]] for option in rest[2:] if option.startswith("-")), quoted.place
    elif program == "dask":
        command = importlib.import_module(f"distributed.cli.dask_{rest[0]}").main
        command.make_context(rest[0], rest[1:])  # read, not run: tests/book/test_batch.py runs a cluster
    elif program == "mkdir":
        if sys.platform != "win32":  # there it is a word of the shell
            subprocess.run([program, *rest], cwd=tmp_path, check=True)
    else:
        assert (program, rest[0]) == ("git", "tag"), f"{quoted.place}: nothing is known of {quoted.text}"


def test_commands_are_found_wherever_they_stand():
    block = "```\n$ .venv/bin/trimtab import \\\n  A.csv  # read it\nnot a command\n```\n```toml\ntrimtab = 1\n```\n"
    text = f"Type `trimtab demo`, or:\n\n{block}"
    assert [one.words for one in commands_in(text, "page")] == [["trimtab", "import", "A.csv"], ["trimtab", "demo"]]


def test_there_are_commands_to_run():
    assert len(PROGRAM) >= 10
    assert len(OTHERS) >= 8


def test_links_of_every_page_lead_somewhere():
    import re

    lost = []
    for page in pages():
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text("utf-8")):
            if not (page.parent / target).exists():
                lost.append(f"{page.relative_to(ROOT).as_posix()}: {target}")
    assert lost == []


def test_every_page_of_the_documentation_is_in_its_index():
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    names = [path.name for path in (ROOT / "docs").glob("*.md") if path.name != "README.md"]
    assert [name for name in names if f"({name})" not in index] == []


def test_exit_codes_and_commands_in_the_readme_are_those_of_the_program():
    from desktop.commands import COMMANDS

    readme = (ROOT / "README.md").read_text("utf-8")
    assert [command.name for command in COMMANDS if f"`trimtab {command.name}" not in readme] == []
