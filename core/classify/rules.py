"""Rules of the core table: a short expression such as ``us(crsp_small, value)`` expands to vectors.

Grammar: ``name`` or ``name(argument, argument, ...)``. The figures behind the names are data,
``resources/core_table/basis.toml``; what each rule means is written down beside it, in ``README.md``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import attrs

from core.classify.exposure import ASSET_CLASSES, SECTORS, STYLE_BOXES, Confidence

Vector = tuple[float, ...]

NO_STYLE: Vector = (0.0,) * 9
UNKNOWN_SECTORS: Vector = (0.0,) * 11 + (1.0,)

_SIZES = ("large", "mid", "small")
_STYLES = ("value", "blend", "growth")
_CUTS = (0.0, 0.70, 0.90, 1.0)
_CLASS_WORDS = {
    "us": "us_equity",
    "dev": "developed_equity",
    "em": "emerging_equity",
    "bonds": "bonds",
    "cash": "cash",
    "other": "other",
}
_EXPRESSION = re.compile(r"^\s*([a-z_0-9]+)\s*(?:\((.*)\))?\s*$")


class RuleError(ValueError):
    """A rule that cannot be expanded; the message says why."""


@attrs.frozen
class Vectors:
    """What a rule expands to: mix (7), style_box (9), sectors (12), and how sure the rule is."""

    mix: Vector
    style_box: Vector
    sectors: Vector
    confidence: Confidence


@attrs.frozen
class Basis:
    """The figures of ``basis.toml``, read once: sizes of slices, styles, sectors, glide paths."""

    as_of: str
    market: Vector
    slices: Mapping[str, Vector]
    styles: Mapping[str, Vector]
    one_box: Mapping[str, Vector]
    us_sectors: tuple[Vector, ...]
    sector_vectors: Mapping[str, Vector]
    regions: Mapping[str, tuple[float, float]]
    target_date: Mapping[str, Any]
    defined: frozenset[str]  # slices and styles that follow from the definition of an index


def clean(shares: Sequence[float], total: float = 1.0) -> Vector:
    """Shares scaled so that they sum to ``total``; all zero stays all zero."""
    factor = sum(shares)
    return tuple(share * total / factor for share in shares) if factor else tuple(shares)


def outer(size: Sequence[float], style: Sequence[float]) -> Vector:
    """Style box (9) of a size vector (3) and a style vector (3)."""
    return clean([a * b for a in size for b in style])


def blend(parts: Sequence[tuple[float, Sequence[float]]]) -> Vector:
    """Weighted sum of vectors of one length; weights as given."""
    return tuple(sum(weight * vector[i] for weight, vector in parts) for i in range(len(parts[0][1])))


def mix_of(**shares: float) -> Vector:
    """Mix vector from shares by class name; must sum to 1 within 0.001 and is then scaled."""
    total = sum(shares.values())
    if abs(total - 1) > 1e-3 or min(shares.values()) < 0:
        raise RuleError(f"shares sum to {total:g}, not 1")
    return clean([shares.get(name, 0.0) for name in ASSET_CLASSES])


@cache
def basis() -> Basis:
    """The figures behind the rules. Read on first use, then kept."""
    with files("resources").joinpath("core_table", "basis.toml").open("rb") as stream:
        raw = tomllib.load(stream)
    order = raw["sectors"]["order"]

    def sectors(values: Sequence[float]) -> Vector:
        by_name = dict(zip(order, values, strict=True))
        return clean([by_name.get(name, 0.0) for name in SECTORS])

    one_box = raw["one_box"]
    return Basis(
        as_of=raw["as_of"],
        market=outer(raw["market"]["size"], raw["market"]["style"]),
        slices={name: _slice(fact) for name, fact in raw["slices"].items()},
        styles={name: clean(shares) for name, shares in raw["styles"].items()},
        one_box={
            f"{size} {style}": outer(one_box["size"][size], one_box["style"][style])
            for size in _SIZES
            for style in _STYLES
        }
        | {size: outer(one_box["size"][size], raw["market"]["style"]) for size in _SIZES},
        us_sectors=tuple(sectors(raw["sectors"]["us"][cell]) for cell in STYLE_BOXES),
        sector_vectors={name: sectors(values) for name, values in raw["sectors"]["vectors"].items()},
        regions={name: (region["developed"], region["emerging"]) for name, region in raw["regions"].items()},
        target_date=raw["target_date"],
        defined=frozenset((*raw["definitions"]["slices"], *raw["definitions"]["styles"])),
    )


def _slice(fact: Mapping[str, Sequence[float]]) -> Vector:
    """Size vector of a slice: given, or the overlap of its range with the cuts at 70 and 90 % of the market."""
    if "size" in fact:
        return clean(fact["size"])
    low, high = fact["range"]
    return clean(
        [max(0.0, min(high, b) - max(low, a)) for a, b in pairwise(_CUTS)],
    )


@cache
def expand(rule: str, box: str = "", sectors: str = "") -> Vectors:
    """Vectors of a rule.

    ``box`` replaces the rule's style box: a rule of its own such as ``us(sp500, value)`` or ``unknown``.
    ``sectors`` replaces its sectors: a named vector of the basis, ``us`` (the boxes' own sectors), a sector name
    or ``unknown``.

    Raises RuleError where a name or an argument is not known.
    """
    result = _expand(rule)
    if box == "unknown":
        result = attrs.evolve(result, style_box=NO_STYLE)
    elif box:
        other = _expand(box)
        sure = Confidence.HIGH if result.confidence is other.confidence is Confidence.HIGH else Confidence.MEDIUM
        result = attrs.evolve(result, style_box=other.style_box, confidence=sure)
    if sectors:
        result = attrs.evolve(result, sectors=_named_sectors(sectors, result.style_box))
    return result


def _expand(rule: str) -> Vectors:
    match = _EXPRESSION.match(rule)
    if not match or match[1] not in _RULES:
        raise RuleError(f"unknown rule {rule!r}")
    arguments = [argument.strip() for argument in match[2].split(",")] if match[2] else []
    try:
        return _RULES[match[1]](*arguments)
    except RuleError as error:
        raise RuleError(f"{rule!r}: {error}") from None
    except (TypeError, ValueError, KeyError) as error:
        raise RuleError(f"{rule!r} has a wrong argument: {error}") from error


def _named_sectors(name: str, style_box: Vector) -> Vector:
    if name == "us":
        return us_sectors(style_box)
    if name in SECTORS:
        return tuple(1.0 if sector == name else 0.0 for sector in SECTORS)
    vectors = basis().sector_vectors
    if name not in vectors:
        raise RuleError(f"unknown sector vector {name!r}")
    return vectors[name]


def us_sectors(style_box: Vector) -> Vector:
    """Sectors (12) of a US style box (9): each box's own sectors, weighted; the unknown part is ``unknown``."""
    known = blend(list(zip(style_box, basis().us_sectors, strict=True)))
    return (*known[:-1], max(0.0, 1.0 - sum(known[:-1])))


def _size(name: str) -> Vector:
    slices = basis().slices
    if name not in slices:
        raise RuleError(f"unknown slice {name!r}")
    return slices[name]


def _style(name: str) -> Vector:
    styles = basis().styles
    if name not in styles:
        raise RuleError(f"unknown style {name!r}")
    return styles[name]


def _sure(*names: str) -> Confidence:
    """High where every slice and style named follows from the definition of an index, else medium."""
    return Confidence.HIGH if basis().defined.issuperset(names) else Confidence.MEDIUM


def _market() -> Vectors:
    box = basis().market
    return Vectors(mix_of(us_equity=1.0), box, us_sectors(box), Confidence.HIGH)


def _us(slice_: str, style: str = "market") -> Vectors:
    box = outer(_size(slice_), _style(style))
    return Vectors(mix_of(us_equity=1.0), box, us_sectors(box), _sure(slice_, style))


def _one_box(cell: str) -> Vectors:
    box = basis().one_box[cell]
    return Vectors(mix_of(us_equity=1.0), box, us_sectors(box), Confidence.MEDIUM)


def _sector(name: str, slice_: str = "") -> Vectors:
    """One US sector: the boxes are where the sector's capitalisation lies, by the table of sectors read backwards."""
    index = SECTORS.index(name)
    whole = outer(_size(slice_), _style("market")) if slice_ else basis().market
    box = clean([share * row[index] for share, row in zip(whole, basis().us_sectors, strict=True)])
    return Vectors(mix_of(us_equity=1.0), box, _named_sectors(name, box), Confidence.MEDIUM)


def _foreign(region: str) -> Callable[..., Vectors]:
    def rule(slice_: str = "all_cap", style: str = "market") -> Vectors:
        size = _size(slice_)
        lean = "value" if "value" in style else "growth" if "growth" in style else ""
        name = "_".join(part for part in (region, "small" if size[2] > 0.5 else "", lean) if part)
        sectors = basis().sector_vectors.get(name, UNKNOWN_SECTORS)
        box = outer(size, _style(style))
        return Vectors(mix_of(**{f"{region}_equity": 1.0}), box, sectors, _sure(slice_, style))

    return rule


def _shares(arguments: Sequence[str]) -> tuple[dict[str, float], list[str]]:
    """Arguments such as ``us 0.6`` as shares by class, and the arguments after them."""
    shares: dict[str, float] = {}
    for position, argument in enumerate(arguments):
        word, _, number = argument.partition(" ")
        if word not in _CLASS_WORDS or not number:
            return shares, list(arguments[position:])
        shares[_CLASS_WORDS[word]] = float(number)
    return shares, []


def _mix(*arguments: str) -> Vectors:
    """Any mix: each region's equity is its market, or the slice and style named after the shares."""
    shares, rest = _shares(arguments)
    return _compose(shares, *rest)


def _compose(shares: Mapping[str, float], slice_: str = "all_cap", style: str = "market") -> Vectors:
    mix = mix_of(**shares)
    equity = mix[0] + mix[1] + mix[2]
    if not equity:
        return Vectors(mix, NO_STYLE, UNKNOWN_SECTORS, Confidence.MEDIUM)
    us = _us(slice_, style) if slice_ != "all_cap" or style != "market" else _market()
    regions = (us, _foreign("developed")(slice_, style), _foreign("emerging")(slice_, style))
    weights = [share / equity for share in mix[:3]]
    box = blend([(w, part.style_box) for w, part in zip(weights, regions, strict=True)])
    sectors = blend([(w, part.sectors) for w, part in zip(weights, regions, strict=True)])
    return Vectors(mix, clean(box), clean(sectors), Confidence.MEDIUM)


def _world(*arguments: str) -> Vectors:
    """Equity of several regions, by index definition."""
    result = _mix(*arguments)
    if sum(result.mix[:3]) < 1 - 1e-9:
        raise RuleError("world() holds equity only; use mix()")
    _, rest = _shares(arguments)
    return attrs.evolve(result, confidence=_sure(*rest))


def _balanced(ratio: str, international: str = "0") -> Vectors:
    """``60/40`` equity and bonds; the second argument is the part of the equity outside the US."""
    stocks, bonds = (float(part) / 100 for part in ratio.split("/"))
    return _with_regions(stocks, bonds, 0.0, 1 - float(international), basis().regions["ftse_ex_us"][0])


def _with_regions(equity: float, bonds: float, cash: float, us: float, developed: float) -> Vectors:
    abroad = equity * (1 - us)
    return _compose(
        {
            "us_equity": equity * us,
            "developed_equity": abroad * developed,
            "emerging_equity": abroad * (1 - developed),
            "bonds": bonds,
            "cash": cash,
        }
    )


def _target_date(year: str, family: str = "typical") -> Vectors:
    """Target-date fund: equity from the family's glide path at the reference year, straight lines between points."""
    data = basis().target_date
    facts = data["families"][family]
    years, equity = facts["years"], facts["equity"]
    left = int(year) - data["reference_year"] if year != "income" else years[0]
    left = min(max(left, years[0]), years[-1])
    upper = next(i for i, value in enumerate(years) if left <= value)
    if years[upper] == left:
        share = equity[upper]
    else:
        part = (left - years[upper - 1]) / (years[upper] - years[upper - 1])
        share = equity[upper - 1] + part * (equity[upper] - equity[upper - 1])
    cash = facts.get("cash", 0.0)
    return _with_regions(share, 1 - share - cash, cash, facts["us"], facts["developed"])


def _only(**shares: float) -> Callable[..., Vectors]:
    def rule(*_kind: str) -> Vectors:
        return Vectors(mix_of(**shares), NO_STYLE, UNKNOWN_SECTORS, Confidence.HIGH)

    return rule


def _stock(cell: str, sector: str, region: str = "us") -> Vectors:
    """One company: wholly in one box and one sector."""
    box = NO_STYLE if cell == "unknown" else tuple(1.0 if name == cell else 0.0 for name in STYLE_BOXES)
    if cell != "unknown" and cell not in STYLE_BOXES:
        raise RuleError(f"unknown style box {cell!r}")
    return Vectors(mix_of(**{_CLASS_WORDS[region]: 1.0}), box, _named_sectors(sector, box), Confidence.MEDIUM)


_RULES: dict[str, Callable[..., Vectors]] = {
    "market": _market,
    "us": _us,
    "one_box": _one_box,
    "sector": _sector,
    "developed": _foreign("developed"),
    "emerging": _foreign("emerging"),
    "world": _world,
    "mix": _mix,
    "balanced": _balanced,
    "target_date": _target_date,
    "bonds": _only(bonds=1.0),
    "cash": _only(cash=1.0),
    "other": _only(other=1.0),
    "stock": _stock,
}
