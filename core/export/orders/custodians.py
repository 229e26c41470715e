"""Which format each custodian's orders leave in: a plain value that can be kept anywhere, as TOML.

It holds no setting of the program and no client data but the account numbers that the user maps.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs

from core.errors import InputError
from core.export.orders.order import OrderType, Terms
from core.export.orders.template import Template, read_document, read_template, shipped_template, template_from_dict
from core.export.orders.wealthscape import WealthscapeCodes

NEUTRAL, INTERACTIVE_BROKERS, WEALTHSCAPE, PERSHING, TEMPLATE = (
    "neutral",
    "interactive-brokers",
    "wealthscape",
    "pershing",
    "template",
)
FORMATS = (NEUTRAL, INTERACTIVE_BROKERS, WEALTHSCAPE, PERSHING, TEMPLATE)


@attrs.frozen
class Choice:
    """The format of one custodian, with what it needs: codes for Wealthscape, a template for a mapped file."""

    format: str = NEUTRAL
    template: Template | None = None
    codes: WealthscapeCodes | None = None


@attrs.frozen
class CustodianFormats:
    """Choices by custodian (compared without case), the custodian's numbers of accounts, and how orders are priced.

    accounts : the account number to write, by the account id of the household; files often show only its end.
    """

    by_custodian: Mapping[str, Choice] = attrs.field(factory=dict)
    accounts: Mapping[str, str] = attrs.field(factory=dict)
    terms: Terms = attrs.field(factory=Terms)

    def choice(self, custodian: str | None) -> Choice:
        """The choice for a custodian: what is remembered, else a public format where there is one, else neutral."""
        for name, choice in self.by_custodian.items():
            if _key(name) == _key(custodian):
                return choice
        name = _key(custodian)
        if "interactive brokers" in name or name in ("ib", "ibkr"):
            return Choice(INTERACTIVE_BROKERS)
        return Choice(PERSHING) if "pershing" in name else Choice()

    def remember(self, custodian: str, choice: Choice) -> CustodianFormats:
        """The same with a choice for a custodian, in place of an older one."""
        others = {name: old for name, old in self.by_custodian.items() if _key(name) != _key(custodian)}
        return attrs.evolve(self, by_custodian={**others, custodian: choice})


def _key(custodian: str | None) -> str:
    return " ".join((custodian or "").casefold().split())


def read_formats(path: Path) -> CustodianFormats:
    """Formats from a TOML file; templates named in it lie beside it. Raises InputError with file and key."""
    return formats_from_dict(read_document(path), str(path), path.parent)


def formats_from_dict(document: Mapping[str, Any], where: str, folder: Path | None = None) -> CustodianFormats:
    """Formats from a parsed document. ``folder`` is where templates named by a file lie."""
    _only(document, ("custodians", "accounts", "orders"), where)
    custodians, accounts = document.get("custodians", {}), document.get("accounts", {})
    if not isinstance(custodians, dict) or not all(isinstance(item, dict) for item in custodians.values()):
        raise InputError(f"{where}: custodians must be tables, as in [custodians.Fidelity].")
    if not isinstance(accounts, dict) or not all(isinstance(number, str) for number in accounts.values()):
        raise InputError(f'{where}: [accounts] must give text numbers, as in "...234" = "12345678".')
    return CustodianFormats(
        by_custodian={name: _choice(item, f"{where}, custodians.{name}", folder) for name, item in custodians.items()},
        accounts=dict(accounts),
        terms=_terms(document.get("orders", {}), f"{where}, orders"),
    )


def _choice(item: Mapping[str, Any], where: str, folder: Path | None) -> Choice:
    _only(item, ("format", "template", "codes"), where)
    name = item.get("format", TEMPLATE if "template" in item else NEUTRAL)
    if name not in FORMATS:
        raise InputError(f"{where}: format must be one of {', '.join(FORMATS)}, not {name!r}.")
    template = item.get("template")
    if isinstance(template, dict):
        template = template_from_dict(template, f"{where}, template")
    elif isinstance(template, str):
        template = (
            read_template((folder or Path()) / template) if template.endswith(".toml") else shipped_template(template)
        )
    elif template is not None:
        raise InputError(f"{where}: template must be a table, a .toml file, or the name of one that comes along.")
    if name == TEMPLATE and template is None:
        raise InputError(f"{where}: the format template needs a template.")
    return Choice(name, template, _wealthscape_codes(item.get("codes"), where) if name == WEALTHSCAPE else None)


def _wealthscape_codes(codes: Any, where: str) -> WealthscapeCodes:
    keys = tuple(field.name for field in attrs.fields(WealthscapeCodes))
    if not isinstance(codes, dict):
        raise InputError(
            f"{where}: Wealthscape needs [codes] with {', '.join(keys)}: take them from the list on the site's Import "
            "Orders page."
        )
    _only(codes, keys, f"{where}, codes")
    if not all(isinstance(code, str) for code in codes.values()):
        raise InputError(f"{where}: codes must be text, in quotes.")
    made = WealthscapeCodes(**{key: codes.get(key, "") for key in keys})
    problem = made.problem()
    if problem is not None:
        raise InputError(f"{where}: {problem}.")
    return made


def _terms(item: Any, where: str) -> Terms:
    if not isinstance(item, dict):
        raise InputError(f"{where}: [orders] must be a table.")
    _only(item, ("type", "limit_percent"), where)
    kind, percent = item.get("type", OrderType.MARKET.value), item.get("limit_percent", 0.5)
    if kind not in (OrderType.MARKET.value, OrderType.LIMIT.value):
        raise InputError(f"{where}: type must be market or limit.")
    if type(percent) not in (int, float) or not 0 <= percent <= 10:
        raise InputError(f"{where}: limit_percent must be a number from 0 to 10.")
    return Terms(OrderType(kind), Decimal(repr(percent)) / 100)


def _only(document: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in document:
        if key not in known:
            raise InputError(f"{where}: there is no key {key!r} here. Known: {', '.join(known)}.")


# --- back to TOML -------------------------------------------------------------------------------------------------


def formats_toml(formats: CustodianFormats) -> str:
    """The document that ``formats_from_dict`` reads back to the same value; templates are written out in it."""
    lines = ["[orders]", f"type = {_text(formats.terms.order_type.value)}"]
    lines += [f"limit_percent = {float(formats.terms.band * 100)!r}", "", "[accounts]"]
    lines += [f"{_text(key)} = {_text(number)}" for key, number in formats.accounts.items()]
    for custodian, choice in formats.by_custodian.items():
        place = f"custodians.{_text(custodian)}"
        lines += ["", f"[{place}]", f"format = {_text(choice.format)}"]
        if choice.codes is not None:
            lines += ["", f"[{place}.codes]"]
            lines += [f"{key} = {_text(code)}" for key, code in attrs.asdict(choice.codes).items()]
        if choice.template is not None:
            lines += _template_lines(choice.template, f"{place}.template")
    return "\n".join(lines) + "\n"


def _template_lines(template: Template, place: str) -> list[str]:
    lines = ["", f"[{place}]"]
    for key in ("name", "header", "delimiter", "quote_all", "line_end", "extension", "split", "date_format"):
        value = getattr(template, key)
        lines.append(f"{key} = {str(value).lower() if isinstance(value, bool) else _text(value)}")
    lines.append(f"decimals = {template.decimals}")
    lines.append(f"takes = [{', '.join(_text(kind) for kind in template.takes)}]")
    for key in ("columns", "lot_columns"):
        for column in getattr(template, key):
            lines += ["", f"[[{place}.{key}]]", f"title = {_text(column.title)}"]
            lines += [f"{k} = {_text(getattr(column, k))}" for k in ("field", "constant") if getattr(column, k)]
            lines += [f"width = {column.width}"] if column.width else []
    for group, codes in template.codes.items():
        lines += ["", f"[{place}.codes.{group}]"]
        lines += [f"{value} = {_text(code)}" for value, code in codes.items()]
    return lines


def _text(value: str) -> str:
    """A basic string of TOML: the escapes of JSON are among its own."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
