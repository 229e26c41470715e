"""The observations that ship, held row by row against the table they were specified in (where it lies)."""

import re

import pytest

from core.market.observations import Direction, Side, snapshot
from tests.shared_reference import shared

#: Words of the table's last column, as pointings.
POINTS = {
    "for small": {("for", "size")},
    "for value": {("for", "value")},
    "for small and value": {("for", "size"), ("for", "value")},
    "for small (momentum), against (already moved)": {("for", "size"), ("against", "size")},
    "against": {("against", "size")},
    "context": {("context", None)},
    "context, risk": {("context", None), ("risk", None)},
    "risk": {("risk", None)},
    "sector tilt +": {("sector +", None)},
    "sector tilt -": {("sector -", None)},
}


def table():
    text = shared("design", "market.md").read_text("utf-8")
    rows = [line for line in text.splitlines() if re.match(r"\| `\w+` \|", line)]
    return [[cell.strip().replace("`", "").replace("**", "") for cell in row.strip("|").split("|")] for row in rows]


def test_every_row_ships_and_nothing_else():
    ids = [row[0] for row in table()]
    assert len(ids) == 21
    assert sorted(ids) == sorted(snapshot().ids())


def test_value_time_publisher_and_direction_of_every_row():
    for id_, _what, value, as_of, publisher, points in table():
        observation = snapshot().current(id_)
        assert observation.text == value, id_
        assert observation.as_of == as_of, id_
        assert observation.published_by == publisher, id_
        found = {(p.direction.value, p.side.value if p.side else None) for p in observation.points}
        assert found == POINTS[points], id_


def test_words_of_every_row():
    """The titles say what the table says, apart from capitals and a word that makes a row read alone."""
    for id_, what, *_ in table():
        title = snapshot().current(id_).title.lower()
        if id_.startswith("sector_"):
            said = {sector.replace("_", " ") for sector in snapshot().current(id_).sectors}
            assert said == set(what.lower().split(", "))
            continue
        skipped = {"the", "one", "tech", "reg", "cap", "of"}
        words = [w for w in re.findall(r"[a-z0-9]+", what.lower()) if w not in skipped]
        assert all(word in title for word in words), (id_, what, title)


# -- what needs no table ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("observation", snapshot().observations, ids=lambda o: f"{o.id} {o.as_of}")
def test_figures_are_those_of_the_text(observation):
    """Every figure of the text is a value of the observation, and the other way round."""
    if observation.state is not None:
        assert observation.values == ()
        return
    said = [float(x) for x in re.findall(r"(?:(?<=\s)-|^-)?\d+(?:\.\d+)?", observation.text)]
    scale = 100 if observation.unit.value in ("share", "points", "points a year") else 1
    assert said == pytest.approx([value * scale for value in observation.values])


def test_the_snapshot_speaks_for_and_against_and_of_risks():
    ways = [p.direction for o in snapshot().newest() for p in o.points]
    assert ways.count(Direction.FOR) >= 10
    assert ways.count(Direction.AGAINST) == 4
    assert {Direction.CONTEXT, Direction.RISK, Direction.SECTOR_UP, Direction.SECTOR_DOWN} <= set(ways)
    assert snapshot().current("small_trailing_pe").directions(Side.SIZE) == {Direction.AGAINST}
