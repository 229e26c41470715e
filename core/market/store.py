"""The adviser's own case as a file: what was refreshed, edited, set aside and weighted, beside the shipped snapshot.

Only what differs from the snapshot is written, so that a newer program's snapshot comes through. The file holds market
figures and nothing of any client.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from core.atomic_file import write_atomically
from core.errors import InputError, TrimtabError
from core.market.observations import (
    MarketCase,
    Observation,
    Origin,
    Unit,
    kinds,
    pointing,
    snapshot,
    written_observation,
)
from core.market.signals import signal_specs
from core.tilt.box import PadPoint

if TYPE_CHECKING:
    from core.market.series import Factors, Portfolios

SCHEMA = "trimtab/market-store/1"
FILE = "market.json"
FACTORS = "factors.csv"
PORTFOLIOS = "portfolios.csv"


def default_folder() -> Path:
    """The user's data folder of the program."""
    import platformdirs

    return Path(platformdirs.user_data_dir("trimtab", appauthor=False))


def load_case(folder: Path | None = None) -> MarketCase:
    """The snapshot with the adviser's changes; the snapshot alone where there is no file.

    Raises InputError, naming the file, where it can't be understood: the words say to put it away.
    """
    path = (default_folder() if folder is None else folder) / FILE
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return snapshot()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: the market observations can't be read ({error}). Remove the file.") from error
    try:
        return case_from_json(json.loads(text))
    except (ValueError, KeyError, TypeError, TrimtabError) as error:
        raise InputError(
            f"{path}: the market observations can't be understood ({error}). Remove the file to begin anew."
        ) from error


def save_case(case: MarketCase, folder: Path | None = None) -> None:
    """Write what differs from the snapshot. Raises InputError where the system refuses."""
    place = default_folder() if folder is None else folder
    place.mkdir(parents=True, exist_ok=True)
    text = json.dumps(case_to_json(case), indent=1, allow_nan=False, sort_keys=True) + "\n"
    write_atomically(place / FILE, text.encode("utf-8"), overwrite=True)


def load_returns(folder: Path | None = None) -> tuple[Factors, Portfolios | None]:
    """The newest monthly returns there are: those of the last refresh, else the embedded ones.

    A file that can't be read is left alone and the embedded series is used: it says on screen how far it goes.
    """
    from core.market.series import embedded, read_factors, read_portfolios

    place = default_folder() if folder is None else folder
    factors, portfolios = embedded(), None
    with suppress(OSError, UnicodeDecodeError, InputError):
        live = read_factors((place / FACTORS).read_text("ascii"), "Kenneth French's data library, refreshed")
        if live.first + live.months > factors.first + factors.months:
            factors = live
    with suppress(OSError, UnicodeDecodeError, InputError):
        portfolios = read_portfolios(
            (place / PORTFOLIOS).read_text("ascii"), "Kenneth French's data library, refreshed"
        )
    return factors, portfolios


def save_returns(factors: Factors | None, portfolios: Portfolios | None, folder: Path | None = None) -> None:
    """Keep what a refresh brought; None keeps what was there. Raises InputError where the system refuses."""
    from core.market.series import write_factors, write_portfolios

    place = default_folder() if folder is None else folder
    place.mkdir(parents=True, exist_ok=True)
    if factors is not None:
        write_atomically(place / FACTORS, write_factors(factors).encode("ascii"), overwrite=True)
    if portfolios is not None:
        write_atomically(place / PORTFOLIOS, write_portfolios(portfolios).encode("ascii"), overwrite=True)


def case_to_json(case: MarketCase) -> dict[str, Any]:
    """The differences from the snapshot as a JSON document."""
    shipped = set(snapshot().observations)
    return {
        "schema": SCHEMA,
        "observations": [_to_json(o) for o in case.observations if o not in shipped],
        "set_aside": sorted(case.set_aside),
        "weights": {key: list(pair) for key, pair in case.weights.items()},
        "maximum": None if case.maximum is None else [case.maximum.size, case.maximum.value],
    }


def case_from_json(document: Mapping[str, Any]) -> MarketCase:
    """The case of a document. Raises InputError, ValueError, KeyError or TypeError where it is not one."""
    schema = document.get("schema") if isinstance(document, Mapping) else None
    if schema != SCHEMA:
        raise InputError(f"the schema is {schema!r}, {SCHEMA} is expected")
    case = snapshot().adding([_from_json(row) for row in document["observations"]])
    known = {spec.key for spec in signal_specs()}
    weights = {key: (_weight(pair[0]), _weight(pair[1])) for key, pair in document["weights"].items() if key in known}
    maximum = document["maximum"]
    return attrs.evolve(
        case,
        set_aside=frozenset(key for key in document["set_aside"] if key in kinds()),
        weights=weights,
        maximum=None if maximum is None else PadPoint(float(maximum[0]), float(maximum[1])),
    )


def _weight(value: Any) -> float:
    weight = float(value)
    if not (math.isfinite(weight) and 0 <= weight <= 1):
        raise InputError(f"a weight is between 0 and 1, found {value!r}")
    return weight


def _to_json(observation: Observation) -> dict[str, Any]:
    points = [" ".join(filter(None, (p.direction.value, p.side and p.side.value))) for p in observation.points]
    return {**written_observation(observation), "points": points}


def _from_json(row: Mapping[str, Any]) -> Observation:
    texts = {key: row[key] for key in ("id", "title", "text", "as_of", "published_by")}
    if not all(isinstance(value, str) for value in texts.values()):
        raise InputError(f"an observation's words must be text: {texts}")
    kind = kinds().get(row["id"])
    return Observation(
        **texts,
        unit=Unit(row["unit"]),
        points=kind.points if kind is not None else tuple(pointing(text) for text in row["points"]),
        values=tuple(float(value) for value in row["values"]),
        state=row["state"],
        sectors=tuple(row["sectors"]),
        origin=Origin(row["origin"]),
    )
