"""Market observations: dated, sourced values that speak for the tilt, against it, or give context.

The snapshot that ships is ``resources/market/observations.toml``. A ``MarketCase`` is a value: every change (a newer
figure, an observation set aside) makes another one, and older values of an observation stay beside the newer.
"""

from __future__ import annotations

import math
import re
import tomllib
from calendar import monthrange
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import attrs

from core.classify.exposure import SECTORS
from core.errors import InputError, UsageError
from core.tilt.box import PadPoint

#: The average month, in days.
MONTH = 30.436875
#: An age in months from which an observation is called stale on screen.
STALE_MONTHS = 6.0


class Side(StrEnum):
    """What a signal speaks of."""

    SIZE = "size"
    VALUE = "value"


class Direction(StrEnum):
    """Which way an observation points."""

    FOR = "for"
    AGAINST = "against"
    CONTEXT = "context"
    RISK = "risk"
    SECTOR_UP = "sector +"
    SECTOR_DOWN = "sector -"

    @property
    def words(self) -> str:
        """The way within a sentence."""
        return {"sector +": "for these sectors", "sector -": "against these sectors"}.get(self.value, self.value)


class Unit(StrEnum):
    """What the values of an observation are. Shares are fractions; ``points`` are differences of shares."""

    SHARE = "share"
    POINTS = "points"
    POINTS_A_YEAR = "points a year"
    PERCENTILE = "percentile"
    RATIO = "ratio"
    YEARS = "years"
    STATE = "state"


class Origin(StrEnum):
    """Who put an observation in."""

    SNAPSHOT = "snapshot"
    LIVE = "live"
    ADVISER = "adviser"


@attrs.frozen
class Pointing:
    """One way an observation points; ``side`` None for context, risks and sectors, ``note`` says why where it must."""

    direction: Direction
    side: Side | None = None
    note: str = ""


@attrs.frozen
class Kind:
    """What an observation is, apart from its value: its words, unit, directions and, for a state, the choices."""

    id: str
    title: str
    unit: Unit
    points: tuple[Pointing, ...]
    states: tuple[str, ...] = ()
    ships: bool = True


@attrs.frozen
class Observation:
    """One dated value.

    text : as its publisher puts it. values : as figures (a range has two), empty for a state. state : the state, or
    None. sectors : those a rating speaks of. as_of : ``2025-12-31``, ``2025-12``, ``2025-Q3`` or ``2025``, the time
    it speaks of. Raises InputError where the time can't be read or a value is not a finite number.
    """

    id: str
    title: str
    text: str
    unit: Unit
    as_of: str
    published_by: str
    points: tuple[Pointing, ...]
    values: tuple[float, ...] = ()
    state: str | None = None
    sectors: tuple[str, ...] = ()
    origin: Origin = Origin.SNAPSHOT

    def __attrs_post_init__(self) -> None:
        day_of(self.as_of)
        if not all(math.isfinite(value) for value in self.values):
            raise InputError(f"{self.id}: the values must be finite numbers, found {self.values}.")

    @property
    def day(self) -> date:
        """The last day of the time it speaks of."""
        return day_of(self.as_of)

    @property
    def number(self) -> float | None:
        """The value as one figure: the middle of a range; None for a state."""
        return math.fsum(self.values) / len(self.values) if self.values else None

    def age(self, on: date) -> float:
        """Months from the time it speaks of to ``on``; 0 where that is later."""
        return max(0, (on - self.day).days) / MONTH

    def directions(self, side: Side | None = None) -> frozenset[Direction]:
        """Which ways it points, of one side or of all."""
        return frozenset(p.direction for p in self.points if side is None or p.side is side)


_PERIOD = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(\d{2})(?:-(\d{2}))?))?")


@cache
def written_observation(observation: Observation) -> dict[str, Any]:
    """What every document says of an observation; where it points, each says in its own way."""
    return {
        "id": observation.id,
        "title": observation.title,
        "text": observation.text,
        "values": list(observation.values),
        "state": observation.state,
        "unit": observation.unit.value,
        "sectors": list(observation.sectors),
        "as_of": observation.as_of,
        "published_by": observation.published_by,
        "origin": observation.origin.value,
    }


def day_of(text: str) -> date:
    """The last day of a time written ``2025-12-31``, ``2025-12``, ``2025-Q3`` or ``2025``. Raises InputError."""
    match = _PERIOD.fullmatch(text.strip())
    if match is not None:
        year, quarter, month, day = match.groups()
        last = int(quarter) * 3 if quarter else int(month or 12)
        with suppress(ValueError):  # a month 13, a 31 February
            return date(int(year), last, int(day) if day else monthrange(int(year), last)[1])
    raise InputError(f"'{text}' is not a time; write 2025-12-31, 2025-12, 2025-Q3 or 2025.")


@attrs.frozen
class MarketCase:
    """All observations with their history, those set aside, the weights, and the strongest tilt the adviser takes.

    observations : every dated value, in the order of the snapshot, later ones of the same id after earlier ones.
    set_aside : ids that are shown but don't count. weights : (size, value) weights by signal key where the adviser
    changed them. maximum : where full conviction leads on the pad; None is the shipped one.
    """

    observations: tuple[Observation, ...] = ()
    set_aside: frozenset[str] = frozenset()
    weights: Mapping[str, tuple[float, float]] = attrs.field(factory=dict)
    maximum: PadPoint | None = None

    @cached_property
    def _by_id(self) -> dict[str, tuple[Observation, ...]]:
        found: dict[str, list[Observation]] = {}
        for observation in self.observations:
            found.setdefault(observation.id, []).append(observation)
        return {key: tuple(sorted(values, key=lambda o: o.day)) for key, values in found.items()}

    def ids(self) -> tuple[str, ...]:
        """Ids of all observations there are, in the snapshot's order."""
        return tuple(self._by_id)

    def history(self, id_: str) -> tuple[Observation, ...]:
        """Every value of an observation, oldest first; of two of one day the later entered last."""
        return self._by_id.get(id_, ())

    def current(self, id_: str) -> Observation | None:
        """The newest value of an observation; None where there is none."""
        history = self._by_id.get(id_)
        return history[-1] if history else None

    def counted(self, id_: str) -> Observation | None:
        """The newest value, unless the observation is set aside."""
        return None if id_ in self.set_aside else self.current(id_)

    def newest(self) -> tuple[Observation, ...]:
        """The newest value of every observation, in the snapshot's order."""
        return tuple(history[-1] for history in self._by_id.values())

    def adding(self, observations: Iterable[Observation]) -> MarketCase:
        """With newer values. One of the same id, time and publisher takes the place of the older one."""
        kept = list(self.observations)
        for new in observations:
            same = [o for o in kept if (o.id, o.as_of, o.published_by) == (new.id, new.as_of, new.published_by)]
            if same:
                kept[kept.index(same[0])] = new
            else:
                kept.append(new)
        return attrs.evolve(self, observations=tuple(kept))

    def without(self, id_: str, as_of: str | None = None) -> MarketCase:
        """Without an observation, or without its values of one time."""
        kept = tuple(o for o in self.observations if o.id != id_ or (as_of is not None and o.as_of != as_of))
        return attrs.evolve(self, observations=kept)

    def setting_aside(self, id_: str, aside: bool) -> MarketCase:
        """With an observation set aside (shown, not counted), or counted again."""
        if id_ not in self._by_id:
            raise UsageError(f"There is no observation {id_}.")
        return attrs.evolve(self, set_aside=self.set_aside | {id_} if aside else self.set_aside - {id_})


# -- the snapshot -----------------------------------------------------------------------------------------------------


def _file() -> dict[str, Any]:
    return tomllib.loads((files("resources") / "market" / "observations.toml").read_text("utf-8"))


@cache
def snapshot_name() -> str:
    """What the shipped snapshot is called."""
    return str(_file()["snapshot"])


@cache
def snapshot() -> MarketCase:
    """The observations that ship with the program."""
    observations = []
    for row in _file()["observation"]:
        row = {key: value for key, value in row.items() if key != "general"}
        notes = row.pop("notes", ())
        points = tuple(pointing(text, notes[i] if i < len(notes) else "") for i, text in enumerate(row.pop("points")))
        for name in ("values", "sectors"):
            row[name] = tuple(row.get(name, ()))
        unknown = set(row["sectors"]) - set(SECTORS)
        if unknown:
            raise InputError(f"observations.toml: {row['id']}: no sectors: {', '.join(sorted(unknown))}")
        row["values"] = tuple(float(value) for value in row["values"])
        observations.append(Observation(points=points, unit=Unit(row.pop("unit")), **row))
    return MarketCase(tuple(observations))


@cache
def kinds() -> dict[str, Kind]:
    """Every observation the program knows, by id: those that ship and those that a refresh or the adviser may add."""
    document = _file()
    states: dict[str, list[str]] = document["states"]
    general = {row["id"]: row["general"] for row in document["observation"] if "general" in row}
    found: dict[str, Kind] = {}
    for observation in snapshot().newest():
        key = observation.id
        title = general.get(key, observation.title)
        found[key] = Kind(key, title, observation.unit, observation.points, tuple(states.get(key, ())))
    for row in document["known"]:
        points = tuple(pointing(text) for text in row["points"])
        found[row["id"]] = Kind(
            row["id"], row["title"], Unit(row["unit"]), points, tuple(states.get(row["id"], ())), ships=False
        )
    return found


def pointing(text: str, note: str = "") -> Pointing:
    """``for size``, ``against value``, ``context``, ``risk``, ``sector +`` as a Pointing."""
    first, _, rest = text.partition(" ")
    if rest in (Side.SIZE.value, Side.VALUE.value):
        return Pointing(Direction(first), Side(rest), note)
    return Pointing(Direction(text), None, note)


def observe(
    id_: str,
    *,
    as_of: str,
    published_by: str,
    values: Iterable[float] = (),
    state: str | None = None,
    text: str | None = None,
    origin: Origin = Origin.ADVISER,
) -> Observation:
    """A new value of a known observation; its text is made from the figures where none is given.

    Raises UsageError for an unknown id or state, InputError for a time or figures that can't be used.
    """
    kind = kinds().get(id_)
    if kind is None:
        raise UsageError(f"There is no observation {id_}; known are {', '.join(kinds())}.")
    figures = tuple(float(value) for value in values)
    if kind.unit is Unit.STATE:
        if state not in kind.states:
            raise UsageError(f"{kind.title}: one of {', '.join(kind.states)} is expected, found {state!r}.")
        figures = ()
    elif not figures:
        raise InputError(f"{kind.title}: a figure is needed.")
    elif kind.unit in (Unit.RATIO, Unit.YEARS) and min(figures) <= 0:
        raise InputError(f"{kind.title}: a figure above 0 is needed, found {min(figures):g}.")
    else:
        state = None
    shipped = snapshot().current(id_)
    return Observation(
        id=id_,
        title=kind.title,
        text=text or value_text(kind.unit, figures, state),
        unit=kind.unit,
        as_of=as_of,
        published_by=published_by,
        points=kind.points,
        values=figures,
        state=state,
        sectors=shipped.sectors if shipped is not None else (),
        origin=origin,
    )


def value_text(unit: Unit, values: tuple[float, ...], state: str | None) -> str:
    """Figures or a state in words: ``-10 %``, ``3.50-3.75 %``, ``20th``, ``6 points a year``, ``14 years``."""
    if unit is Unit.STATE:
        return state or ""
    if unit is Unit.SHARE:
        return "-".join(f"{100 * v:.2f}" if len(values) > 1 else _short(100 * v, 2) for v in values) + " %"
    if unit in (Unit.POINTS, Unit.POINTS_A_YEAR):
        return f"{_short(100 * values[0], 2)} points{' a year' if unit is Unit.POINTS_A_YEAR else ''}"
    if unit is Unit.PERCENTILE:
        return _ordinal(round(values[0]))
    if unit is Unit.YEARS:
        return f"{_short(values[0], 1)} years"
    return _short(values[0], 2)


def _short(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _ordinal(value: int) -> str:
    ending = "th" if 10 <= value % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


@attrs.frozen
class Contradiction:
    """Observations that don't go together, and how both can be true."""

    observations: tuple[str, ...]
    about: str


@cache
def contradictions() -> tuple[Contradiction, ...]:
    """Contradictions within the snapshot."""
    return tuple(Contradiction(tuple(row["observations"]), row["about"]) for row in _file()["contradiction"])
