"""The commands that the documentation quotes: found in code blocks and in code between words."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import attrs

ROOT = Path(__file__).resolve().parents[2]
#: First words of what counts as a command.
STARTS = ("trimtab", "python", "python3", "py", "pip", "dask", "git", "sudo", "mkdir")
#: Where they lie after the set-up.
_VENV = ".venv/bin/"
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


@attrs.frozen
class Quoted:
    """A command as it stands, and where."""

    text: str
    place: str

    @property
    def words(self) -> list[str]:
        """Its words, without comment and background sign; an optional part in brackets counts as written."""
        plain = self.text.replace("[", " ").replace("]", " ").replace("\\|", "|").replace("packaging\\", "packaging/")
        return [word for word in shlex.split(plain.removeprefix(_VENV), comments=True) if word != "&"]


def pages() -> list[Path]:
    """Every page of the documentation."""
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("**/*.md"))]


def commands_in(text: str, name: str) -> list[Quoted]:
    """The commands of one page, in order; what begins with no known first word is no command."""
    found: list[Quoted] = []
    for block in _BLOCK.finditer(text):
        if block[1] in {"", "sh", "bash", "console", "shell"}:
            joined = block[2].replace("\\\n", " ")
            found += [Quoted(line.strip().removeprefix("$ "), name) for line in joined.splitlines()]
    rest = _BLOCK.sub("", text)
    found += [Quoted(code[1], name) for code in _CODE.finditer(rest)]
    return [one for one in found if _is_command(one.text.strip())]


def _is_command(text: str) -> bool:
    program, _, rest = text.removeprefix(_VENV).partition(" ")
    return program in STARTS and bool(rest or program == "trimtab")


def all_commands() -> list[Quoted]:
    """The commands of every page, each once."""
    seen: dict[str, Quoted] = {}
    for page in pages():
        for one in commands_in(page.read_text("utf-8"), page.relative_to(ROOT).as_posix()):
            seen.setdefault(one.text, one)
    return list(seen.values())
