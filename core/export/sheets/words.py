"""Names in the workbook's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath, PureWindowsPath

from core.classify.exposure import STYLE_BOXES
from core.household import Household, Severity, SourceFile

CLASSES: dict[str, str] = {
    "us_equity": "US equity",
    "developed_equity": "Developed equity",
    "emerging_equity": "Emerging equity",
    "bonds": "Bonds",
    "cash": "Cash",
    "other": "Other",
    "unclassified": "Unclassified",
}

SEVERITIES: dict[Severity, str] = {Severity.ERROR: "Error", Severity.WARNING: "Warning", Severity.INFO: "Note"}

SIZES = ("Large", "Mid", "Small")
STYLES = ("Value", "Blend", "Growth")


def file_name(path: str) -> str:
    """The name alone: a workbook is passed on, and folders tell more than its reader should know."""
    return PureWindowsPath(path).name if "\\" in path else PurePath(path).name


def without_folders(text: str, files: Sequence[SourceFile]) -> str:
    """The text with files called by their names alone."""
    for file in files:
        text = text.replace(file.path, file_name(file.path))
    return text


def sector_name(key: str) -> str:
    """A sector's key in words."""
    return key.replace("_", " ").capitalize()


def columns_of_boxes(boxes: Iterable[int]) -> tuple[str, ...]:
    """Style boxes as headings."""
    return tuple(STYLE_BOXES[box].capitalize() for box in boxes)


_RULES: dict[str, str] = {
    "taxes": "taxes",
    "tax": "the tax it would cost",
    "whole_shares_and_minimum_trade": "whole shares and minimum trade",
    "wash_sale": "wash sales",
    "wash_sale_in_plan": "not buying what is sold at a loss",
    "cash_reserve": "cash reserve",
    "max_stock": "largest single stock",
    "max_position": "largest position",
    "max_turnover": "largest turnover",
    "avoid_short_term": "avoiding short-term gains",
    "unknown_basis": "unknown cost basis",
    "gain_limit": "limit of the net gain",
    "may_sell": "what may be sold",
    "lot_method": "lot method",
    "min_trade": "minimum trade",
    "no_buy": "do not buy",
    "no_sell": "do not sell",
    "sell_all": "sell all",
    "hold": "hold",
    "sectors": "sector ranges",
    "universe": "what may be bought",
    "orders": "trades set by hand",
    "ranges": "range to hold of",
    "mode": "what the plan is for",
    "cash": "cash",
    "risk limit": "limit of the tracking error",
}


def sentence(words: str) -> str:
    """The words with a capital first; the case of the others (symbols, accounts) is kept."""
    return words[:1].upper() + words[1:]


def rule_words(rule: str, household: Household) -> str:
    """A rule's key in words, with the symbols and the account's name behind it: ``no_sell 8047:VTI`` is do not sell
    VTI in Joint.
    """
    if rule in _RULES:
        return _RULES[rule]
    if rule.startswith("cash of "):
        return f"cash of {household.place_words(rule.removeprefix('cash of '))}"
    key, space, rest = rule.partition(" ")
    return _RULES.get(key, key.replace("_", " ")) + space + household.place_words(rest)
