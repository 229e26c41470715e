"""The embedded sample: an invented household and the target that goes with it."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.household import Household
    from core.tilt.target import Target

#: How the sample is called where the name of a file is expected.
SAMPLE_NAME = "sample household"


def sample_text() -> str:
    """The sample household as it is kept: a document of the schema ``trimtab/household/1``."""
    return (files("resources") / "sample" / "household.json").read_text("utf-8")


@cache
def sample_household() -> Household:
    """The sample household: three accounts, about 30 holdings, 120 tax lots, all of it invented.

    A value that never changes, so every call gives the same object.
    """
    from core.household_json import household_from_json

    return household_from_json(json.loads(sample_text()), SAMPLE_NAME)


@cache
def sample_target() -> Target:
    """The target used for the sample household: a small-value tilt of its US equity, the mix kept."""
    from core.tilt.target_toml import target_from_dict

    text = (files("resources") / "sample" / "target.toml").read_text("utf-8")
    return target_from_dict(tomllib.loads(text), "sample target")
