"""What is remembered of custodians: choices, codes, templates, account numbers; as TOML and back."""

import tomllib
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError, UsageError
from core.export.orders.custodians import (
    INTERACTIVE_BROKERS,
    NEUTRAL,
    PERSHING,
    TEMPLATE,
    WEALTHSCAPE,
    Choice,
    CustodianFormats,
    formats_from_dict,
    formats_toml,
    read_formats,
)
from core.export.orders.order import OrderType, Terms
from core.export.orders.template import read_template, shipped_template
from core.export.orders.wealthscape import WealthscapeCodes

CODES = WealthscapeCodes("B", "S", "M", "D", "L")


@pytest.mark.parametrize(
    ("custodian", "expected"),
    [
        ("Interactive Brokers", INTERACTIVE_BROKERS),
        ("IBKR", INTERACTIVE_BROKERS),
        ("Pershing LLC", PERSHING),
        ("Schwab", NEUTRAL),
        ("Fidelity", NEUTRAL),  # its codes are not public: not used unless given
        (None, NEUTRAL),
        ("Ibis Trust", NEUTRAL),
    ],
)
def test_a_custodian_without_a_choice_has_a_public_format(custodian, expected):
    assert CustodianFormats().choice(custodian).format == expected


def test_a_choice_is_remembered_whatever_the_case():
    first = CustodianFormats().remember("Schwab", Choice(TEMPLATE, shipped_template("schwab")))
    assert first.choice("  SCHWAB ").format == TEMPLATE
    second = first.remember("schwab", Choice(NEUTRAL))
    assert second.choice("Schwab").format == NEUTRAL
    assert len(second.by_custodian) == 1
    assert first.choice("Schwab").format == TEMPLATE  # a value: the older one is as it was


ALL = CustodianFormats(
    by_custodian={
        "Fidelity": Choice(WEALTHSCAPE, codes=CODES),
        'Sch"wab\\ & Söhne': Choice(TEMPLATE, shipped_template("schwab")),
        "P": Choice(PERSHING, shipped_template("pershing")),
        "N": Choice(),
    },
    accounts={"...234": "12345678", "a = b": "x\ty"},
    terms=Terms(OrderType.LIMIT, Decimal("0.0075")),
)


def test_everything_comes_back_from_toml():
    assert formats_from_dict(tomllib.loads(formats_toml(ALL)), "x") == ALL


@given(st.dictionaries(st.text(max_size=12), st.text(max_size=12), max_size=4))
def test_any_text_comes_back_from_toml(accounts):
    legal = {k: v for k, v in accounts.items() if not any("\ud800" <= c <= "\udfff" for c in k + v)}
    formats = attrs.evolve(ALL, accounts=legal, by_custodian={key: Choice() for key in legal})
    assert formats_from_dict(tomllib.loads(formats_toml(formats)), "x") == formats


def test_a_file_with_a_template_beside_it(tmp_path):
    (tmp_path / "mine.toml").write_text(
        'name = "Mine"\n'
        + "".join(f'[[columns]]\ntitle = "{f}"\nfield = "{f}"\n' for f in ("account", "action", "quantity", "symbol"))
    )
    (tmp_path / "formats.toml").write_text(
        '[custodians.LPL]\ntemplate = "mine.toml"\n[custodians.Schwab]\ntemplate = "schwab"\n'
        '[orders]\ntype = "limit"\nlimit_percent = 1\n'
    )
    formats = read_formats(tmp_path / "formats.toml")
    assert formats.choice("LPL").template == read_template(tmp_path / "mine.toml")
    assert formats.choice("Schwab").template == shipped_template("schwab")
    assert formats.terms == Terms(OrderType.LIMIT, Decimal("0.01"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = ", "not a TOML document"),
        ("custodian = 1", "no key 'custodian'"),
        ("custodians = 1", "must be tables"),
        ('[custodians.A]\nformat = "fax"', "must be one of"),
        ('[custodians.A]\nformat = "template"', "needs a template"),
        ("[custodians.A]\ntemplate = 3", "must be a table"),
        ('[custodians.A]\nformat = "wealthscape"', "needs \\[codes\\]"),
        ('[custodians.A]\nformat = "wealthscape"\ncodes = {buy = "B"}', "missing"),
        ('[custodians.A]\nformat = "wealthscape"\ncodes = {bye = "B"}', "no key 'bye'"),
        ("[accounts]\nA = 12345678", "text numbers"),
        ('[orders]\ntype = "stop"', "market or limit"),
        ("[orders]\nlimit_percent = 50", "0 to 10"),
        ('[custodians.A]\ntemplate = "nothing.toml"', "nothing.toml"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path, text, said):
    path = tmp_path / "formats.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        read_formats(path)


def test_a_missing_file_and_a_missing_template(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_formats(tmp_path / "no.toml")
    with pytest.raises(UsageError, match="Those that come along"):
        shipped_template("../../etc")
