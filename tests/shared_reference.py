"""Where the reference samples lie: a folder beside the checkout, or the one that TRIMTAB_SHARED names."""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("TRIMTAB_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def shared(*parts: str) -> Path:
    """Return a file or folder of the reference samples; skip the calling test where it is absent."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"no reference samples: {path} is absent (TRIMTAB_SHARED names their folder)")
    return path
