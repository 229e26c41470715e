"""Rules of a target in an adviser's words, with their values: for the price list and the inspector."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from core.tilt.switches import parse_rule
from core.tilt.target import LotMethod, MaySell, RuleKey, Target
from widgets.labels import rule_label, sector_label
from widgets.numbers import money, percent, plural

_MAY_SELL = {
    MaySell.ALL: "Sell anything",
    MaySell.LONG: "Sell nothing at a short-term gain",
    MaySell.SHELTERED: "Sell only in sheltered accounts",
    MaySell.NOTHING: "Sell nothing",
}
_LOTS = {
    LotMethod.OPTIMAL: "Lots with the least tax first",
    LotMethod.HIFO: "Highest-cost lots first",
    LotMethod.FIFO: "Oldest lots first",
    LotMethod.LIFO: "Newest lots first",
}
_SIDES = {"lowest": "Least", "highest": "Largest"}
_NOBODY: Mapping[str, str] = {}
_SECURITY = {"no_buy": "Do not buy", "no_sell": "Do not sell", "hold": "Hold", "sell_all": "Sell all"}
_FIXED = {
    "taxes": ("Taxes on realised gains", "What the plan would do if gains were not taxed"),
    "wash_sale": ("Wash sales of recent purchases", "Losses that a purchase of the last 30 days would wash away"),
    "wash_sale_in_plan": ("Wash sales within the plan", "No loss is taken where the plan buys the same security"),
    "mode": ("What the plan is for", "Only trades of the plan's mode are made: purchases, sales, or losses taken"),
    "risk limit": ("Limit of the tracking error", "The household stays so close to the model"),
    "unknown_basis": ("Lots of unknown cost basis", "They are sold only where the rules leave no other way"),
    "whole_shares_and_minimum_trade": (
        "Whole shares and smallest trade",
        "What rounding to whole shares, tickets and the smallest trade cost",
    ),
    "avoid_short_term": ("Avoid short-term gains", "Lots held for a year or less are not sold at a gain"),
}


def rule_words(rule: str, target: Target, accounts: Mapping[str, str] = _NOBODY) -> str:
    """A rule with its value: 'Keep 1.0 % of each account in cash', 'Do not buy VTI in Joint'.

    accounts : names by account id.
    """
    kind, key = parse_rule(rule)
    if key is not None:
        return security_rule_words(kind, key, accounts)
    tax, trading = target.tax, target.trading
    if kind == "cash_reserve":
        return f"Keep {percent(trading.cash_reserve)} of each account in cash"
    if kind == "max_stock":
        return f"A single stock bought to at most {percent(trading.max_stock)}"
    if kind == "max_position":
        return f"A position bought to at most {percent(trading.max_position)}"
    if kind == "max_turnover":
        return f"Turnover of at most {percent(trading.max_turnover, 0)}"
    if kind == "gain_limit":
        return "Limit of net gains" if tax.gain_limit is None else f"Net gains of at most {money(tax.gain_limit)}"
    if kind == "may_sell":
        return _MAY_SELL[tax.may_sell]
    if kind == "lot_method":
        return _LOTS[tax.lot_method]
    if kind == "sectors":
        count = len(target.sectors)
        return f"Ranges of {plural(count, 'sector')}" if count else "Ranges of sectors"
    if kind == "orders":
        count = len(target.orders)
        return f"{plural(count, 'trade')} set by hand" if count else "Trades set by hand"
    key, _, rest = rule.partition(" ")
    if key == "ranges" and rest:
        return f"Range to hold of {_place(rest, accounts)}"
    if key == "cash_reserve" and rest:
        return f"Keep {percent(trading.cash_reserve)} of {accounts.get(rest) or rest} in cash"
    if key == "flows" and rest:
        return f"Cash flow of {accounts.get(rest) or rest}"
    if key == "orders" and rest:
        return f"Trade set by hand of {_place(rest, accounts)}"
    if key in ("max_position", "max_stock") and rest:
        return f"{rule_words(key, target, accounts)} ({rest})"
    if key == "sectors" and rest:
        return _range_words(rest)
    if rule.startswith("cash of "):
        account = rule.removeprefix("cash of ")
        return f"Cash of {accounts.get(account) or account}"
    if rule == "tax":
        return "Tax on lots that could be sold"
    return _FIXED[kind][0] if kind in _FIXED else rule_label(rule)


def in_words(message: str, rules: Iterable[str], target: Target, accounts: Mapping[str, str] = _NOBODY) -> str:
    """A message with these rules in words where their keys stand in it; a key inside another word is none."""
    words = {rule: rule_words(rule, target, accounts) for rule in rules}
    if not words:
        return message
    keys = "|".join(re.escape(rule) for rule in sorted(words, key=len, reverse=True))
    # BRK is not BRK.B, and "mode" is not a part of "model".
    return re.sub(rf"(?<!\w)({keys})(?!\w|[.:/-]\w)", lambda found: words[found[1]], message)


def named_together(rules: Iterable[str], target: Target, accounts: Mapping[str, str] = _NOBODY) -> str:
    """Several rules in one line: 'Do not buy VTI and keep 1.0 % of Joint in cash'."""
    words = [rule_words(rule, target, accounts) for rule in rules]
    return " and ".join(word if number == 0 else word[:1].lower() + word[1:] for number, word in enumerate(words))


def _range_words(rest: str) -> str:
    """``health_care (lowest)``: the side of a sector's range that binds."""
    sector, _, side = rest.partition(" (")
    side = side.removesuffix(")")
    if side in _SIDES:
        return f"{_SIDES[side]} share of {sector_label(sector).lower()}"
    return f"Range of {sector_label(rest).lower().replace('_', ' ')}"


def _place(key: str, accounts: Mapping[str, str]) -> str:
    """``1234:VTI`` is VTI in Joint, ``VTI`` is VTI."""
    account, colon, symbol = key.rpartition(":")
    return f"{symbol} in {accounts.get(account) or account}" if colon else key


def security_rule_words(kind: str, key: RuleKey, accounts: Mapping[str, str] = _NOBODY) -> str:
    """A restriction of a security."""
    where = "" if key.account is None else f" in {accounts.get(key.account) or key.account}"
    return f"{_SECURITY[kind]} {key.symbol}{where}"


def rule_hint(rule: str) -> str:
    """What a rule means, where its words don't say it."""
    return _FIXED[rule][1] if rule in _FIXED else ""
