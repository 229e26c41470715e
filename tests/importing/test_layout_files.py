"""The layout files: found by discovery, checked throughout, and open to more."""

from pathlib import Path

import pytest

from core.errors import InputError, UsageError
from core.importing.layout import library, parse_file
from core.importing.read import layout_names
from tests.importing.reading import FIXTURES, read, read_text

NEW = """
custodian = "Example Trust Company"

[[layout]]
name = "example-positions"
title = "Example Trust positions"
reads = "Positions (CSV)"
required = ["symbol", "quantity"]

[layout.columns]
symbol = ["Thing"]
quantity = ["How Many"]

[[layout.rows]]
kind = "cash"
when = { symbol = '^money$' }
"""


def test_names_are_unique_and_speak():
    names = [name for name, _, _ in layout_names()]
    assert names[-1] == "generic"
    assert {"schwab-positions", "schwab-lots", "fidelity-positions"} <= set(names)
    assert len(set(names)) == len(names)
    refusals = [refusal.name for refusal in library().refusals]
    assert len(set(refusals)) == len(refusals)
    assert all(title and reads for _, title, reads in layout_names())


def test_a_custodian_is_one_file():
    (layout,), refusals = parse_file(NEW, "example.toml")
    assert (layout.custodian, layout.columns["symbol"]) == ("Example Trust Company", ("thing",))
    assert not refusals


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('kind = "cash"', 'kind = "money"'),
        ("symbol = '^money$'", "colour = '^red$'"),
        ('quantity = ["How Many"]', 'amount = ["How Many"]'),
        ("reads =", "says ="),
        ("'^money$'", "'(money'"),
    ],
)
def test_mistakes_in_a_layout_file_are_noticed(old, new):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - any but the user's kind
        parse_file(NEW.replace(old, new), "example.toml")
    assert not isinstance(caught.value, InputError)


def test_a_layout_can_be_forced():
    path = FIXTURES / "schwab" / "Individual-Positions-2025-05-19-090807.csv"
    assert read(path, layout="generic").files[0].layout == "generic"
    assert read(path, layout="generic").value == read(path).value
    with pytest.raises(InputError, match="Charles Schwab lot details"):
        read(path, layout="schwab-lots")
    with pytest.raises(UsageError, match=r"unknown layout 'nobody'.*schwab-positions"):
        read_text("Symbol,Quantity\nA,1\n", layout="nobody")


def test_the_worked_example_of_the_contributors_page_is_the_layout_that_was_added_so():
    page = Path(__file__).resolve().parents[2] / "docs" / "layouts.md"
    example = page.read_text("utf-8").split("```toml\n")[1].split("```")[0]
    (written,), _ = parse_file(example, "the page")
    added = next(layout for layout in library().layouts if layout.name == written.name)

    def told(layout):
        rules = [(rule.kind, [(key, pattern.pattern) for key, pattern in rule.when]) for rule in layout.rules]
        return (layout.title, layout.reads, layout.role, layout.required, layout.signature, layout.absent), rules

    assert told(written) == told(added)
    assert written.columns.items() <= added.columns.items()
