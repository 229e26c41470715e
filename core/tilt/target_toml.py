"""Targets as TOML: read, checked key by key, and written back.

Every table and key is optional. Anything misspelled or out of range is refused with the key's name and what it takes.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from core.classify.exposure import ASSET_CLASSES, SECTORS
from core.errors import InputError
from core.tax.situation import SITUATION_KEYS, TaxSituation, situation_from_table
from core.tilt.presets import presets
from core.tilt.risk import Covariance, Risk, covariance_of, read_covariance
from core.tilt.target import (
    SIGNALS,
    Bands,
    Destination,
    FixedOrder,
    Flow,
    HoldRange,
    LotMethod,
    MaySell,
    Mode,
    ModelLine,
    RangeUnit,
    RuleKey,
    Rules,
    Scope,
    Style,
    Target,
    TaxSettings,
    Trading,
)

_E = TypeVar("_E", bound=StrEnum)
_INF = math.inf


def read_target(path: Path) -> Target:
    """The target in a TOML file. Raises InputError where it can't be read or says something it may not."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: the target file can't be read ({error}).") from error
    try:
        return target_from_dict(tomllib.loads(text), str(path), path.parent)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not a valid TOML file: {error}.") from error


def target_from_dict(document: Mapping[str, Any], where: str, folder: Path | None = None) -> Target:
    """A target from the tables of a TOML document; ``where`` names it in messages. Raises InputError.

    Files it names (a covariance) are looked for in ``folder``, the target file's own.
    """
    top = _Table(document, where, "")
    target = Target(
        mix=_mix(top),
        style=_style(top.table("style")),
        model=_model(top),
        sectors=_sectors(top),
        bands=_bands(top.table("bands")),
        tax=_tax(top.table("tax")),
        trading=_trading(top.table("trading")),
        rules=_rules(top.table("rules")),
        universe=_universe(top),
        flows=_flows(top),
        orders=_orders(top),
        risk=_risk(top, folder),
    )
    if target.risk is not None and not target.model:
        raise top.error("risk", "tracking error is measured against a model; give its weights in [model].")
    top.finish()
    return target


class _Table:
    """One TOML table; remembers which keys were asked for, so that the rest can be refused."""

    def __init__(self, values: Mapping[str, Any], where: str, name: str) -> None:
        self.values = values
        self.where = where
        self.name = name
        self._known: set[str] = set()

    def error(self, key: str, message: str) -> InputError:
        place = f"[{self.name}] {key}" if self.name else key
        return InputError(f"{self.where}: {place}: {message}")

    def has(self, key: str) -> bool:
        self._known.add(key)
        return key in self.values

    def table(self, key: str) -> _Table:
        found = self.values.get(key, {}) if self.has(key) else {}
        if not isinstance(found, Mapping):
            raise self.error(key, f"a table [{key}] is expected, found {found!r}.")
        return _Table(found, self.where, key)

    def number(self, key: str, default: float, low: float = -_INF, high: float = _INF) -> float:
        if not self.has(key):
            return default
        return self.checked(key, self.values[key], low, high)

    def checked(self, key: str, value: object, low: float = -_INF, high: float = _INF) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.error(key, f"a number is expected, found {value!r}.")
        if not low <= value <= high:
            limits = f"between {low:g} and {high:g}" if high < _INF else f"{low:g} or more"
            raise self.error(key, f"must be {limits}, found {value!r}.")
        return float(value)

    def flag(self, key: str, *, default: bool) -> bool:
        value = self.values[key] if self.has(key) else default
        if not isinstance(value, bool):
            raise self.error(key, f"true or false is expected, found {value!r}.")
        return value

    def choice(self, key: str, kind: type[_E], default: _E) -> _E:
        if not self.has(key):
            return default
        value = self.values[key]
        choices = [member.value for member in kind]
        if value not in choices:
            raise self.error(key, f"one of {', '.join(choices)} is expected, found {value!r}.")
        return kind(value)

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values[key] if self.has(key) else []
        if not isinstance(value, Sequence) or isinstance(value, str) or not all(isinstance(x, str) for x in value):
            raise self.error(key, f"a list of names is expected, found {value!r}.")
        return tuple(x.strip() for x in value)

    def finish(self) -> None:
        unknown = sorted(set(self.values) - self._known)
        if unknown:
            raise self.error(unknown[0], f"not a setting; the settings here are {', '.join(sorted(self._known))}.")


def _mix(top: _Table) -> dict[str, float] | None:
    if not top.has("mix"):
        return None
    table = top.table("mix")
    known = [name for name in ASSET_CLASSES if name != "unclassified"]
    mix = {name: table.number(name, 0.0, 0, 1) for name in known if table.has(name)}
    table.finish()
    if sum(mix.values()) > 1 + 1e-6:
        raise table.error("", f"the shares sum to {sum(mix.values()):.4f}; they must sum to 1 or less.")
    return mix


def _style(table: _Table) -> Style:
    preset = None
    if table.has("preset"):
        preset = table.values["preset"]
        known = (*presets(), SIGNALS)
        if preset not in known:
            raise table.error("preset", f"one of {', '.join(known)} is expected, found {preset!r}.")
    box = _box(table)
    has_point = table.has("size"), table.has("value")
    size = table.number("size", 0.0, -1, 1) if has_point[0] else None
    value = table.number("value", 0.0, -1, 1) if has_point[1] else None
    if has_point[0] != has_point[1]:
        raise table.error("size", "a point on the pad needs both size and value.")
    # "signals" may come with the point it was resolved to, so that a plan can be made again as it was
    named = preset is not None and not (preset == SIGNALS and has_point[0])
    if sum([named, box is not None, has_point[0]]) > 1:
        raise table.error("preset", "give one of preset, a point (size and value) or a box, not several.")
    style = Style(preset, size, value, box, table.choice("scope", Scope, Scope.US_EQUITY))
    table.finish()
    return style


def _box(table: _Table) -> tuple[float, ...] | None:
    if not table.has("box"):
        return None
    rows = table.values["box"]
    shape_ok = (
        isinstance(rows, Sequence)
        and len(rows) == 3
        and all(isinstance(row, Sequence) and not isinstance(row, str) and len(row) == 3 for row in rows)
    )
    if not shape_ok:
        raise table.error("box", "three rows (large, mid, small) of three shares (value, blend, growth) are expected.")
    cells = tuple(table.checked("box", cell, 0, 1) for row in rows for cell in row)
    if abs(sum(cells) - 1) > 1e-4:
        raise table.error("box", f"the nine shares sum to {sum(cells):.4f}; they must sum to 1.")
    return cells


def _model(top: _Table) -> tuple[ModelLine, ...]:
    table = top.table("model")
    lines = []
    used: set[str] = set()
    for symbol, entry in table.values.items():
        table.has(symbol)
        alternates: tuple[str, ...] = ()
        if isinstance(entry, Mapping):
            inner = _Table(entry, table.where, f"model.{symbol}")
            if not inner.has("weight"):
                raise inner.error("weight", "a weight is needed.")
            weight = inner.number("weight", 0.0, 0, 1)
            alternates = inner.texts("alternates")
            inner.finish()
        else:
            weight = table.checked(symbol, entry, 0, 1)
        for name in (symbol, *alternates):
            if name in used:
                raise table.error(name, "stands in two lines; a security belongs to one line.")
            used.add(name)
        lines.append(ModelLine(symbol, weight, alternates))
    if sum(line.weight for line in lines) > 1 + 1e-6:
        raise table.error("", f"the weights sum to {sum(line.weight for line in lines):.4f}; the most is 1.")
    return tuple(lines)


def _sectors(top: _Table) -> dict[str, tuple[float, float]]:
    table = top.table("sectors")
    ranges = {}
    for name in SECTORS:
        if not table.has(name):
            continue
        value = table.values[name]
        if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
            raise table.error(name, f"[lowest, highest] is expected, found {value!r}.")
        low, high = (table.checked(name, x, -1, 1) for x in value)
        if low > high:
            raise table.error(name, "the lowest change is above the highest.")
        ranges[name] = (low, high)
    table.finish()
    return ranges


def _bands(table: _Table) -> Bands:
    standard = Bands()
    bands = Bands(
        relative=table.number("relative", standard.relative, 0, 10),
        floor=table.number("floor", standard.floor, 0, 1),
        cap=table.number("cap", standard.cap, 0, 1),
        destination=table.choice("destination", Destination, standard.destination),
    )
    table.finish()
    return bands


def _tax(table: _Table) -> TaxSettings:
    standard = TaxSettings()
    mode = table.values.get("mode", "flat") if table.has("mode") else "flat"
    if mode not in ("flat", "tables"):
        raise table.error("mode", f"one of flat, tables is expected, found {mode!r}.")
    situation = None
    if mode == "tables":
        situation = situation_from_table({**table.values, **_filing(table)}, table.where)
        for key in SITUATION_KEYS:
            table.has(key)
    tax = TaxSettings(
        short=table.number("short", standard.short, 0, 1),
        long=table.number("long", standard.long, 0, 1),
        situation=situation,
        gain_limit=table.number("gain_limit", 0.0) if table.has("gain_limit") else None,
        tax_budget=table.number("tax_budget", 0.0) if table.has("tax_budget") else None,
        almost_long_days=int(table.number("almost_long_days", standard.almost_long_days, 0, 366)),
        harvest_share=table.number("harvest_share", standard.harvest_share, 0, 1),
        harvest_dollars=table.number("harvest_dollars", standard.harvest_dollars, 0),
        harvest_season=table.flag("harvest_season", default=standard.harvest_season),
        may_sell=table.choice("may_sell", MaySell, standard.may_sell),
        avoid_short_term=table.flag("avoid_short_term", default=standard.avoid_short_term),
        harvest=table.flag("harvest", default=standard.harvest),
        lot_method=table.choice("lot_method", LotMethod, standard.lot_method),
    )
    table.finish()
    return tax


def _filing(table: _Table) -> dict[str, Any]:
    """The filing status under the short names it also goes by."""
    short = {"mfj": "married_joint", "mfs": "married_separate", "hoh": "head_of_household", "joint": "married_joint"}
    value = table.values.get("filing")
    return {"filing": short[value.lower()]} if isinstance(value, str) and value.lower() in short else {}


def _trading(table: _Table) -> Trading:
    standard = Trading()

    def number(key: str, low: float, high: float = _INF) -> float:
        return table.number(key, getattr(standard, key), low, high)

    trading = Trading(
        mode=table.choice("mode", Mode, standard.mode),
        eagerness=number("eagerness", 0),
        min_trade=number("min_trade", 0),
        min_trade_share=number("min_trade_share", 0, 1),
        ticket=number("ticket", 0),
        order_worth=number("order_worth", 0, 1e6),
        half_spread=number("half_spread", 0, 1),
        cash_reserve=number("cash_reserve", 0, 1),
        max_turnover=number("max_turnover", 0),
        max_position=number("max_position", 0, 1),
        max_stock=number("max_stock", 0, 1),
        fractional=table.flag("fractional", default=standard.fractional),
        location=table.flag("location", default=standard.location),
    )
    table.finish()
    return trading


def _rules(table: _Table) -> Rules:
    def keys(name: str) -> tuple[RuleKey, ...]:
        return tuple(key_of(name, text) for text in table.texts(name))

    def key_of(name: str, text: str) -> RuleKey:
        account, colon, symbol = text.rpartition(":")
        if not symbol or (colon and not account):
            raise table.error(name, f"'SYMBOL' or 'ACCOUNT:SYMBOL' is expected, found {text!r}.")
        return RuleKey(symbol, account or None)

    rules = Rules(
        no_buy=keys("no_buy"),
        no_sell=keys("no_sell"),
        sell_all=keys("sell_all"),
        hold=keys("hold"),
        ranges=_ranges(table, key_of),
    )
    table.finish()
    return rules


def _ranges(table: _Table, key_of: Callable[[str, str], RuleKey]) -> tuple[HoldRange, ...]:
    """[rules.ranges]: each key a security (or account and security), with least, most and unit."""
    if not table.has("ranges"):
        return ()
    entries = table.table("ranges")
    found = []
    for text in entries.values:
        entries.has(text)
        inner = entries.table(text)
        inner.name = f"rules.ranges.{text}"
        least = inner.number("least", 0.0, 0) if inner.has("least") else None
        most = inner.number("most", 0.0, 0) if inner.has("most") else None
        if least is None and most is None:
            raise inner.error("least", "a range needs least, most or both.")
        if least is not None and most is not None and least > most:
            raise inner.error("least", "the least is above the most.")
        unit = inner.choice("unit", RangeUnit, RangeUnit.SHARE)
        inner.finish()
        found.append(HoldRange(key_of("ranges", text), least, most, unit))
    return tuple(found)


def _universe(top: _Table) -> tuple[str, ...] | None:
    table = top.table("universe")
    buy = table.texts("buy") if table.has("buy") else None
    table.finish()
    return buy


def _flows(top: _Table) -> tuple[Flow, ...]:
    entries = top.values["flows"] if top.has("flows") else []
    if not isinstance(entries, Sequence) or not all(isinstance(entry, Mapping) for entry in entries):
        raise top.error("flows", "write each flow as a table [[flows]] with account and amount.")
    flows = []
    for entry in entries:
        table = _Table(entry, top.where, "flows")
        if not table.has("account") or not table.has("amount"):
            raise table.error("account", "a flow needs account and amount.")
        account = table.values["account"]
        if not isinstance(account, str):
            raise table.error("account", f"the account's id in quotes is expected, found {account!r}.")
        flows.append(Flow(account, table.number("amount", 0.0)))
        table.finish()
    return tuple(flows)


def _orders(top: _Table) -> tuple[FixedOrder, ...]:
    entries = top.values["orders"] if top.has("orders") else []
    if not isinstance(entries, Sequence) or not all(isinstance(entry, Mapping) for entry in entries):
        raise top.error("orders", "write each order as a table [[orders]] with account, symbol and quantity.")
    orders = []
    for entry in entries:
        table = _Table(entry, top.where, "orders")
        for key in ("account", "symbol"):
            if not table.has(key) or not isinstance(table.values[key], str):
                raise table.error(key, "an order needs account and symbol in quotes, and a quantity.")
        if not table.has("quantity"):
            raise table.error("quantity", "an order needs a quantity: + buys, - sells.")
        orders.append(FixedOrder(table.values["account"], table.values["symbol"], table.number("quantity", 0.0)))
        table.finish()
    seen = [(order.account, order.symbol) for order in orders]
    if len(seen) != len(set(seen)):
        raise top.error("orders", "a security stands twice for one account; give one order for it.")
    return tuple(orders)


def _risk(top: _Table, folder: Path | None) -> Risk | None:
    if not top.has("risk"):
        return None
    table = top.table("risk")
    if not table.has("covariance"):
        raise table.error("covariance", "the name of a CSV file is expected, symbols in its first row and column.")
    given = table.values["covariance"]
    if isinstance(given, str):
        covariance = read_covariance(Path(given) if folder is None else folder / given)
    elif isinstance(given, Mapping):
        covariance = _covariance(_Table(given, table.where, "risk.covariance"))
    else:
        raise table.error("covariance", f"the name of a CSV file is expected, found {given!r}.")
    limit = table.number("limit", 0.0, 0, 10) if table.has("limit") else None
    risk = Risk(covariance, limit, table.number("aversion", 0.0, 0))
    table.finish()
    return risk


def _covariance(table: _Table) -> Covariance:
    """A covariance within the target: symbols, and the rows of its lower triangle."""
    symbols = table.texts("symbols")
    rows = table.values["lower"] if table.has("lower") else []
    lengths_fit = isinstance(rows, Sequence) and all(
        isinstance(row, Sequence) and not isinstance(row, str) and len(row) == i + 1 for i, row in enumerate(rows)
    )
    if not lengths_fit or len(rows) != len(symbols):
        raise table.error("lower", "one row for each symbol is expected, the first of one figure, the next of two ...")
    figures = [[table.checked("lower", x) for x in row] for row in rows]
    table.finish()
    count = len(symbols)
    full = [[figures[max(i, j)][min(i, j)] for j in range(count)] for i in range(count)]
    return covariance_of(symbols, full, f"{table.where}: [risk.covariance]")


# -- writing ------------------------------------------------------------------------------------------------


def target_toml(target: Target) -> str:
    """The target as TOML that ``read_target`` reads back to an equal one (full precision)."""
    parts: list[str] = []

    def section(name: str, rows: Mapping[str, str]) -> None:
        if rows:
            parts.append("\n".join([f"[{name}]", *(f"{key} = {value}" for key, value in rows.items())]))

    if target.mix is not None:
        section("mix", {k: repr(float(v)) for k, v in target.mix.items()})
        if not target.mix:
            parts.append("[mix]")
    section("style", _style_rows(target.style))
    section("model", {_quoted(line.symbol): _line_text(line) for line in target.model})
    section("sectors", {k: f"[{low!r}, {high!r}]" for k, (low, high) in target.sectors.items()})
    for name, value, standard in (
        ("bands", target.bands, Bands()),
        ("tax", target.tax, TaxSettings()),
        ("trading", target.trading, Trading()),
    ):
        rows = _changed_rows(value, standard)
        if isinstance(value, TaxSettings) and value.situation is not None:
            rows = {"mode": _quoted("tables"), **_situation_rows(value.situation), **rows}
        section(name, rows)
    rules = {name: _list_text([str(key) for key in getattr(target.rules, name)]) for name in _RULE_NAMES}
    rules = {k: v for k, v in rules.items() if v != "[]"}
    rules |= {f"ranges.{_quoted(str(r.key))}": _range_text(r) for r in target.rules.ranges}
    section("rules", rules)
    if target.universe is not None:
        section("universe", {"buy": _list_text(target.universe)})
    if target.risk is not None:
        section("risk", _risk_rows(target.risk))
        section("risk.covariance", _covariance_rows(target.risk.covariance))
    parts += [f"[[flows]]\naccount = {_quoted(f.account)}\namount = {f.amount!r}" for f in target.flows]
    parts += [
        f"[[orders]]\naccount = {_quoted(o.account)}\nsymbol = {_quoted(o.symbol)}\nquantity = {o.quantity!r}"
        for o in target.orders
    ]
    return "\n\n".join(parts) + "\n" if parts else ""


def _range_text(held: HoldRange) -> str:
    parts = [f"{name} = {getattr(held, name)!r}" for name in ("least", "most") if getattr(held, name) is not None]
    return "{ " + ", ".join([*parts, f"unit = {_quoted(held.unit.value)}"]) + " }"


_RULE_NAMES = ("no_buy", "no_sell", "sell_all", "hold")


def _changed_rows(value: Any, standard: Any) -> dict[str, str]:
    """Every setting that isn't the standard one."""
    rows = {}
    for field in type(value).__attrs_attrs__:
        mine = getattr(value, field.name)
        if field.name != "situation" and mine != getattr(standard, field.name):
            rows[field.name] = _scalar(mine)
    return rows


def _situation_rows(situation: TaxSituation) -> dict[str, str]:
    rows = {}
    for key in SITUATION_KEYS:
        value = getattr(situation, key)
        if value is not None:
            rows[key] = _scalar(value) if isinstance(value, StrEnum | int) else f"{value}"
    return rows


def _risk_rows(risk: Risk) -> dict[str, str]:
    rows = {} if risk.limit is None else {"limit": repr(float(risk.limit))}
    return rows | {"aversion": repr(float(risk.aversion))}


def _covariance_rows(covariance: Covariance) -> dict[str, str]:
    lower = ",\n  ".join(_number_list([float(x) for x in row[: i + 1]]) for i, row in enumerate(covariance.matrix))
    return {"symbols": _list_text(covariance.symbols), "lower": f"[\n  {lower},\n]"}


def _style_rows(style: Style) -> dict[str, str]:
    rows: dict[str, str] = {}
    if style.preset is not None:
        rows["preset"] = _quoted(style.preset)
    if style.size is not None and style.value is not None:
        rows |= {"size": repr(style.size), "value": repr(style.value)}
    if style.box is not None:
        rows["box"] = "[" + ", ".join(_number_list(style.box[i : i + 3]) for i in (0, 3, 6)) + "]"
    if style.scope is not Scope.US_EQUITY:
        rows["scope"] = _quoted(style.scope.value)
    return rows


def _number_list(values: Sequence[float]) -> str:
    return "[" + ", ".join(repr(float(v)) for v in values) + "]"


def _line_text(line: ModelLine) -> str:
    if not line.alternates:
        return repr(float(line.weight))
    return f"{{ weight = {float(line.weight)!r}, alternates = {_list_text(line.alternates)} }}"


def _list_text(values: Sequence[str]) -> str:
    return "[" + ", ".join(_quoted(v) for v in values) + "]"


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, StrEnum):
        return _quoted(value.value)
    return repr(value)


_ESCAPES: Mapping[str, str] = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _quoted(text: str) -> str:
    escape: Callable[[str], str] = lambda c: _ESCAPES.get(c, c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}")  # noqa: E731
    return '"' + "".join(escape(c) for c in text) + '"'
