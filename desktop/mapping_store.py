"""Columns as the user named them, one small file a heading: read again with the next file of the same heading.

The files hold headings and no holdings. One that can't be read is passed over: it only means asking again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths

from core.atomic_file import write_atomically
from core.errors import InputError

if TYPE_CHECKING:
    from core.importing.mapping import TableMapping


def default_folder() -> Path:
    """Where mappings are kept."""
    kind = QStandardPaths.StandardLocation.AppDataLocation
    return Path(QStandardPaths.writableLocation(kind) or Path.home()) / "mappings"


def load_mappings(folder: Path) -> dict[str, TableMapping]:
    """Every mapping there, by the fingerprint of its heading."""
    from core.importing.mapping import mapping_from_json

    found: dict[str, TableMapping] = {}
    if not folder.is_dir():
        return found
    for path in sorted(folder.glob("*.json")):
        try:
            mapping = mapping_from_json(json.loads(path.read_text("utf-8")), path.name)
        except (OSError, ValueError, InputError):
            continue
        found[mapping.fingerprint] = mapping
    return found


def save_mapping(folder: Path, mapping: TableMapping) -> None:
    """Keep a mapping; the older one of the same heading is replaced. Raises OSError or InputError."""
    from core.importing.mapping import mapping_json

    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(mapping_json(mapping), indent=1) + "\n"
    write_atomically(folder / f"{mapping.fingerprint}.json", text.encode("utf-8"), overwrite=True)


def forget_mapping(folder: Path, fingerprint: str) -> None:
    """Forget a mapping. Raises OSError."""
    (folder / f"{fingerprint}.json").unlink(missing_ok=True)
