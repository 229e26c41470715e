"""Prints what the changelog says of one version: ``python3 packaging/changes.py 0.1.0``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

CHANGELOG = Path(__file__).resolve().parents[1] / "CHANGELOG.md"


def changes(text: str, version: str) -> str:
    """The section of a version, without its heading. Raises ValueError where there is none, or an empty one."""
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    for section in sections:
        heading, _, body = section.partition("\n")
        if version in heading.split():
            if not body.strip():
                raise ValueError(f"the changelog says nothing of {version}")
            return body.strip() + "\n"
    raise ValueError(f"the changelog has no section for {version}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        print(changes(CHANGELOG.read_text("utf-8"), sys.argv[1]), end="")
    except ValueError as error:
        sys.exit(str(error))
