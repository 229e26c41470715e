"""Order files by the user's own description: columns, constants and codes, for custodians whose layout is not public.

A template is a TOML document (docs/orders.md); nothing in it is a program. What it describes can be written and read
back, so that every file is checked against the plan before it leaves.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import attrs

from core.errors import InputError, UsageError
from core.export.text import looks_like_formula
from core.household import SecurityType

#: What a column can hold.
FIELDS = (
    "number",
    "account",
    "account_type",
    "action",
    "quantity",
    "quantity_or_blank",
    "quantity_type",
    "symbol",
    "cusip",
    "name",
    "security_type",
    "order_type",
    "limit_price",
    "time_in_force",
    "price",
    "amount",
    "lot_method",
    "reason",
)
LOT_FIELDS = ("lot_date", "lot_quantity")
#: What each code list may name. A value without a code is written as it stands here.
CODES: Mapping[str, tuple[str, ...]] = {
    "action": ("buy", "sell"),
    "account_type": ("cash", "margin"),
    "quantity_type": ("shares", "all"),
    "security_type": tuple(kind.value for kind in SecurityType),
    "order_type": ("market", "limit"),
    "time_in_force": ("day",),
    "lot_method": ("lots", "fifo"),
}
DELIMITERS: Mapping[str, str] = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
SPLITS = ("none", "equities-funds", "accounts")
#: Shipped with the program as a start; each says in its name that it is one.
SHIPPED = ("pershing", "schwab")


@attrs.frozen
class Column:
    """One column: its heading, and a field or a constant; ``width`` is the most characters it holds, 0 any."""

    title: str = ""
    field: str = ""
    constant: str = ""
    width: int = 0


@attrs.frozen
class Template:
    """A description of an order file.

    columns : of an order. lot_columns : of the rows that follow a sale, one a lot; none where empty.
    takes : kinds of security that it carries. codes : what the custodian writes, by list and value.
    decimals : the most a quantity may have.
    """

    name: str
    columns: tuple[Column, ...]
    lot_columns: tuple[Column, ...] = ()
    header: bool = True
    delimiter: str = "comma"
    quote_all: bool = False
    line_end: str = "crlf"
    extension: str = "csv"
    split: str = "none"
    date_format: str = "%m/%d/%Y"
    decimals: int = 4
    takes: tuple[str, ...] = ("stock", "etf", "mutual_fund", "money_market")
    codes: Mapping[str, Mapping[str, str]] = attrs.field(factory=dict)

    def code(self, group: str, value: str) -> str:
        """What the custodian writes for a value."""
        return self.codes.get(group, {}).get(value, value)

    def value_of(self, group: str, code: str) -> str:
        """The value that a code stands for. Raises KeyError where none does."""
        for value in CODES[group]:
            if self.code(group, value) == code:
                return value
        raise KeyError(code)


def read_document(path: Path) -> dict[str, Any]:
    """A TOML file of the user's. Raises InputError where it cannot be read or is none."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path} is not a TOML document: {error}.") from error


def read_template(path: Path) -> Template:
    """A template from a file. Raises InputError, naming file and key."""
    return template_from_dict(read_document(path), str(path))


@cache
def shipped_template(name: str) -> Template:
    """A template that comes with the program. Raises UsageError where there is none of that name."""
    if name not in SHIPPED:
        raise UsageError(f"There is no template {name!r}. Those that come along: {', '.join(SHIPPED)}.")
    text = (files("resources") / "orders" / f"{name}.toml").read_text("utf-8")
    return template_from_dict(tomllib.loads(text), f"template {name}")


def template_from_dict(document: Mapping[str, Any], where: str) -> Template:
    """A template from a parsed document. Raises InputError with the key that is wrong, and what it may be."""
    known = {field.name for field in attrs.fields(Template)}
    for key in document:
        if key not in known:
            raise InputError(f"{where}: a template has no key {key!r}. It may have: {', '.join(sorted(known))}.")
    values = dict(document)
    for key, kind, words in (
        ("name", str, "text"),
        ("header", bool, "true or false"),
        ("quote_all", bool, "true or false"),
        ("extension", str, "text"),
        ("date_format", str, "text such as %m/%d/%Y"),
        ("decimals", int, "a number from 0 to 9"),
    ):
        if key in values and (type(values[key]) is not kind):
            raise InputError(f"{where}: {key} must be {words}.")
    if not values.get("name"):
        raise InputError(f"{where}: a template needs a name.")
    for key, allowed in (("delimiter", tuple(DELIMITERS)), ("split", SPLITS), ("line_end", ("crlf", "lf"))):
        if values.get(key, allowed[0]) not in allowed:
            raise InputError(f"{where}: {key} must be one of {', '.join(allowed)}.")
    if not 0 <= values.get("decimals", 4) <= 9:
        raise InputError(f"{where}: decimals must be a number from 0 to 9.")
    if not str(values.get("extension", "csv")).isalnum():
        raise InputError(f"{where}: extension must be letters and digits, such as csv or txt.")
    values["columns"] = _columns(values.get("columns"), FIELDS, "columns", where)
    values["lot_columns"] = _columns(values.get("lot_columns", []), (*FIELDS, *LOT_FIELDS), "lot_columns", where)
    values["takes"] = _takes(values.get("takes", attrs.fields(Template).takes.default), where)
    values["codes"] = _codes(values.get("codes", {}), where)
    template = Template(**values)
    _refuse_incomplete(template, where)
    return template


def _columns(listed: Any, allowed: Sequence[str], key: str, where: str) -> tuple[Column, ...]:
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise InputError(f"{where}: {key} must be tables, one [[{key}]] a column.")
    columns = []
    for number, item in enumerate(listed, start=1):
        place = f"{where}, {key} {number}"
        extra = set(item) - {"title", "field", "constant", "width"}
        if extra:
            raise InputError(f"{place}: unknown key {sorted(extra)[0]!r}; title, field, constant and width are known.")
        if not all(isinstance(item.get(name, ""), str) for name in ("title", "field", "constant")):
            raise InputError(f"{place}: title, field and constant must be text.")
        width = item.get("width", 0)
        if type(width) is not int or width < 0:
            raise InputError(f"{place}: width must be a number of characters.")
        column = Column(item.get("title", ""), item.get("field", ""), item.get("constant", ""), width)
        if column.field and column.field not in allowed:
            raise InputError(f"{place}: there is no field {column.field!r}. The fields are: {', '.join(allowed)}.")
        if looks_like_formula(column.title) or looks_like_formula(column.constant):
            raise InputError(f"{place}: title and constant must not begin like a formula (=, +, -, @).")
        if column.field and column.constant:
            raise InputError(f"{place}: give a field or a constant, not both.")
        columns.append(column)
    return tuple(columns)


def _takes(listed: Any, where: str) -> tuple[str, ...]:
    kinds = CODES["security_type"]
    if not isinstance(listed, list | tuple) or not listed or not all(kind in kinds for kind in listed):
        raise InputError(f"{where}: takes must list kinds of security: {', '.join(kinds)}.")
    return tuple(listed)


def _codes(groups: Any, where: str) -> dict[str, dict[str, str]]:
    if not isinstance(groups, dict):
        raise InputError(f"{where}: codes must be tables, as in [codes.action].")
    for group, codes in groups.items():
        if group not in CODES:
            raise InputError(f"{where}: there is no code list {group!r}. The lists are: {', '.join(CODES)}.")
        if not isinstance(codes, dict):
            raise InputError(f"{where}: codes.{group} must be a table of codes.")
        for value, code in codes.items():
            if value not in CODES[group] or not isinstance(code, str) or looks_like_formula(code):
                raise InputError(f"{where}: codes.{group} gives text codes for: {', '.join(CODES[group])}.")
        written = [codes.get(value, value) for value in CODES[group]]
        if group != "security_type" and len(set(written)) < len(written):
            raise InputError(f"{where}: codes.{group} has one code for two values.")
    return {group: dict(codes) for group, codes in groups.items()}


def _refuse_incomplete(template: Template, where: str) -> None:
    """An order file has to say account, side, security and quantity, else it cannot be checked."""
    fields = {column.field for column in template.columns}
    for needed, words in (
        ({"account"}, "account"),
        ({"action"}, "action"),
        ({"symbol", "cusip"}, "symbol or cusip"),
        ({"quantity", "quantity_or_blank"}, "quantity"),
    ):
        if not fields & needed:
            raise InputError(f"{where}: no column holds the {words}; an order file needs one.")
    if "quantity_or_blank" in fields and not fields & {"quantity", "quantity_type"}:
        raise InputError(f"{where}: with quantity_or_blank a column must say quantity_type (shares or all).")
    if template.lot_columns:
        lots = {column.field for column in template.lot_columns}
        if not {"lot_date", "lot_quantity"} <= lots:
            raise InputError(f"{where}: lot_columns need both lot_date and lot_quantity.")
        marks = [column.constant for column in template.lot_columns if column.constant]
        if not marks or template.lot_columns[0].constant == "":
            raise InputError(f"{where}: the first of lot_columns must be a constant that marks the row, such as VSP.")
