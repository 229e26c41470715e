"""Live profiles as a source of the order of truth, after the adviser's overrides.

A fund's category gives class, regions and box, its own shares of stocks, bonds and cash the mix, its sector weights the
sectors. A company is boxed by `core.classify.stocks`. Where the core table holds a fund on an index whose definition
agrees with the category, the definition's finer box is kept: ``Small Value`` says less than "85 to 98 % of the market".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import attrs

from core.classify.answer import Answer, Query
from core.classify.boxes import SIZES, STYLES, main_box, mean_size, mean_value
from core.classify.core_table import CoreRow, rows_by_symbol
from core.classify.exposure import ASSET_CLASSES, EQUITY_CLASSES, SECTORS, Confidence
from core.classify.name_rules import guess
from core.classify.rules import Vector, Vectors, clean, expand
from core.classify.stocks import stock_style
from core.household import SecurityType
from core.providers.protocols import Profile

#: Farthest that an index definition's mean may lie from the middle of the category's box (of 1 to the next) on either
#: axis for the two to agree.
AGREES = 0.75
#: Shares that sum to 1 within this are rounding.
ROUNDING = 0.03


@attrs.frozen
class Category:
    """What a category says: a rule ("" for none), and whether it is one of the boxes of a style box."""

    rule: str
    box: bool


@cache
def _words() -> Mapping[str, Any]:
    with files("resources").joinpath("categories.toml").open("rb") as stream:
        return tomllib.load(stream)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str, bool], ...]:
    listed = _words()["category"]
    return tuple((re.compile(row["match"], re.IGNORECASE), row["rule"], row.get("box", False)) for row in listed)


def read_category(name: str) -> Category | None:
    """What a category's name says; None where it is not known."""
    plain = " ".join(name.split())
    for pattern, rule, box in _patterns():
        if found := pattern.fullmatch(plain):
            groups = [(group or "").lower().replace("mid-cap", "mid") for group in found.groups()]
            for number, group in enumerate(groups, start=1):
                rule = rule.replace(f"{{{number}}}", group)
            return Category(rule, box)
    return None


def category_box(category: str | None) -> tuple[str, str] | None:
    """Size and style of a category that is a box of the US, such as ("small", "value")."""
    found = read_category(category) if category else None
    match = re.fullmatch(r"one_box\((\w+) (\w+)\)", found.rule) if found else None
    return (match[1], match[2]) if match else None


class LiveProfiles:
    """Profiles of a provider, by normalised symbol, as a source."""

    def __init__(self, profiles: Mapping[str, Profile], provider: str) -> None:
        self._profiles = dict(profiles)
        self._provider = provider

    def answer(self, query: Query) -> Answer | None:
        """What the profile of the query's symbol says."""
        profile = self._profiles.get(query.symbol)
        if profile is None:
            return None
        source = f"live, {self._provider} {profile.as_of.isoformat()}"
        row = rows_by_symbol().get(query.symbol)
        if profile.type is SecurityType.STOCK:
            return _company(profile, row, source)
        return _fund(profile, row, source, query.name or profile.name or (row.name if row else ""))


def _company(profile: Profile, row: CoreRow | None, source: str) -> Answer:
    known_as_us = row is not None and row.type is SecurityType.STOCK and row.vectors.mix[0] == 1
    region = _region(profile.country, known_as_us)
    mix = tuple(1.0 if name == region else 0.0 for name in ASSET_CLASSES) if region else None
    sectors = tuple(1.0 if name == profile.sector else 0.0 for name in SECTORS) if profile.sector else None
    style = stock_style(profile.fundamentals) if profile.fundamentals else None
    box = style.vector if style and style.style else None
    return Answer(
        source=source,
        as_of=profile.as_of.isoformat(),
        confidence=Confidence.MEDIUM,
        mix=mix,
        style_box=box,
        sectors=sectors,
        note=style.explained() if style else "",
        name=profile.name,
        type=SecurityType.STOCK,
    )


def _region(country: str | None, known_as_us: bool) -> str:
    countries = _words()["countries"]
    if country in countries["us"] or (known_as_us and country in countries["convenience"]):
        return "us_equity"
    if country in countries["emerging"]:
        return "emerging_equity"
    return "developed_equity" if country in countries["developed"] else ""


def _fund(profile: Profile, row: CoreRow | None, source: str, name: str) -> Answer | None:
    if _is_cash(row, name, profile.type):
        # bills count as cash, whatever a provider calls a fund of them
        return None
    category = read_category(profile.category) if profile.category else None
    rule = expand(category.rule) if category and category.rule else None
    whole = row.vectors if row else rule
    notes: list[str] = []
    mix = _mix(profile.asset_classes, rule, whole, notes)
    box, kept = _style_box(category, rule, row)
    if profile.category:
        source = f"{source}: {profile.category}"
    if kept is None and category and category.box and row and row.vectors.confidence is Confidence.HIGH:
        notes.append(f"the category {profile.category} differs from the index's definition ({row.rule})")
    return Answer(
        source=source,
        style_source=f"{source}, its box as the index defines it ({row.rule})" if kept and row else "",
        as_of=profile.as_of.isoformat(),
        confidence=Confidence.HIGH if kept or (mix is not None and sum(mix[:3]) <= ROUNDING) else Confidence.MEDIUM,
        mix=mix,
        style_box=box,
        sectors=_sectors(profile.sectors),
        note="; ".join(notes),
        name=profile.name,
        type=profile.type,
    )


def _is_cash(row: CoreRow | None, name: str, type_: SecurityType | None) -> bool:
    if row is not None:
        return row.rule == "cash"
    found = guess(name, type_) if name else None
    return found is not None and found.rule == "cash"


def _mix(shares: Mapping[str, float], rule: Vectors | None, whole: Vectors | None, notes: list[str]) -> Vector | None:
    """The mix from the fund's own shares, its equity divided among the regions as the core table or the category says.

    The rule's own mix where the shares can't be used; None where nothing says which equity it is.
    """
    fallback = rule.mix if rule else None
    if not shares:
        return fallback
    total = sum(shares.values())
    if min(shares.values()) < -ROUNDING or total > 1 + ROUNDING:
        notes.append("its shares of stocks and bonds show borrowing or short positions and were not used")
        return fallback
    stock = max(0.0, shares.get("stock", 0.0))
    regions = _regions(whole) or _regions(rule)
    if stock > ROUNDING and regions is None:
        return None
    parts = dict.fromkeys(ASSET_CLASSES, 0.0)
    for name, part in zip(EQUITY_CLASSES, regions or (1.0, 0.0, 0.0), strict=True):
        parts[name] = stock * part
    parts["bonds"] = max(0.0, shares.get("bond", 0.0))
    parts["cash"] = max(0.0, shares.get("cash", 0.0))
    parts["other"] = sum(max(0.0, shares.get(key, 0.0)) for key in ("preferred", "convertible", "other"))
    if total < 1 - ROUNDING:
        parts["unclassified"] = 1 - sum(parts.values())
        notes.append(f"{100 * parts['unclassified']:.0f} % of it is in none of the shares given")
    return clean([parts[name] for name in ASSET_CLASSES])


def _regions(vectors: Vectors | None) -> tuple[float, float, float] | None:
    equity = sum(vectors.mix[:3]) if vectors else 0.0
    if vectors is None or equity <= 0:
        return None
    return vectors.mix[0] / equity, vectors.mix[1] / equity, vectors.mix[2] / equity


def _style_box(
    category: Category | None, rule: Vectors | None, row: CoreRow | None
) -> tuple[Vector | None, bool | None]:
    """The box, and whether it is the core table's own: True where it agrees, None where the category replaces it."""
    if category is None or rule is None or sum(rule.style_box) == 0:
        return None, False
    if row is not None and not category.box:
        return None, False  # the core table's
    if row is not None and row.vectors.confidence is Confidence.HIGH and _agree(row.vectors.style_box, rule.style_box):
        return row.vectors.style_box, True
    return rule.style_box, None if row is not None else False


def _agree(own: Vector, said: Vector) -> bool:
    """Whether a definition's mean lies near the middle of the box that a category says."""
    box = main_box(said)
    if box is None or sum(own) < 0.5:
        return False
    size, style = 1 - SIZES.index(box[0]), 1 - STYLES.index(box[1])
    return abs(mean_size(own) - size) <= AGREES and abs(mean_value(own) - style) <= AGREES


def _sectors(shares: Mapping[str, float]) -> Vector | None:
    """Sectors of the equity; what is missing is unknown. None where less than half is said, or far more than all."""
    known = {key: share for key, share in shares.items() if key in SECTORS and share > 0}
    total = sum(known.values())
    if not 0.5 <= total <= 1 + ROUNDING:
        return None
    unknown = 0.0 if total >= 1 - ROUNDING else 1 - total
    vector = [known.get(name, 0.0) for name in SECTORS[:-1]]
    return clean([*vector, unknown])
