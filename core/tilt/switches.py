"""Rules of a target as switches: which are in force, what it is to have one off, and how it comes back.

A rule's key is the name under which ``Proposal.tilt_lost`` states its cost: ``avoid_short_term``, ``cash_reserve``,
``no_buy VTI``, ``hold 1234:AAPL``. Rules that are not a matter of choice (taxes, whole shares, wash sales, a cost
basis that nobody knows) have no switch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from core.errors import UsageError
from core.tilt.target import LotMethod, MaySell, RuleKey, Target, TaxSettings, Trading

#: Rule -> (part of the target, field, value that means "off").
_FIELDS: Mapping[str, tuple[str, str, Any]] = {
    "avoid_short_term": ("tax", "avoid_short_term", False),
    "may_sell": ("tax", "may_sell", MaySell.ALL),
    "gain_limit": ("tax", "gain_limit", None),
    "lot_method": ("tax", "lot_method", LotMethod.OPTIMAL),
    "cash_reserve": ("trading", "cash_reserve", 0.0),
    "max_turnover": ("trading", "max_turnover", 1.0),
    "max_position": ("trading", "max_position", 1.0),
    "max_stock": ("trading", "max_stock", 1.0),
}
#: Rule -> field of the target itself; off is empty.
_WHOLE: Mapping[str, Any] = {"sectors": {}, "orders": ()}
#: Kinds of rules by security, as ``Rules`` has them.
SECURITY_RULES = ("no_buy", "no_sell", "hold", "sell_all")
#: Rules that stand in every target: shown whether or not they cost anything.
STANDARD_RULES = ("avoid_short_term", "cash_reserve", "max_stock")


def parse_rule(rule: str) -> tuple[str, RuleKey | None]:
    """``no_buy 1234:VTI`` into its kind and what it speaks of; other rules speak of nothing in particular."""
    kind, _, words = rule.partition(" ")
    if kind not in SECURITY_RULES or not words:
        return rule, None
    account, colon, symbol = words.rpartition(":")
    return kind, RuleKey(symbol, account if colon else None)


def has_switch(rule: str) -> bool:
    """Whether the adviser can do without the rule."""
    kind, key = parse_rule(rule)
    return key is not None or kind in _FIELDS or kind in _WHOLE


def in_force(target: Target, rule: str) -> bool:
    """Whether the rule binds anything in this target; rules without a switch always may."""
    kind, key = parse_rule(rule)
    if key is not None:
        return key in getattr(target.rules, kind)
    if kind in _FIELDS:
        part, field, off = _FIELDS[kind]
        return bool(getattr(getattr(target, part), field) != off)
    if kind in _WHOLE:
        return bool(getattr(target, kind))
    return True


def rules_in_force(target: Target) -> tuple[str, ...]:
    """Every rule with a switch that the target has on, settings first, then securities as they stand in it."""
    named = [rule for rule in (*_FIELDS, *_WHOLE) if in_force(target, rule)]
    named += [f"{kind} {key}" for kind in SECURITY_RULES for key in getattr(target.rules, kind)]
    return tuple(named)


def value_of(target: Target, rule: str) -> Any:
    """The rule's value in a target, to be given back to ``switched_on`` later; the key itself for securities."""
    kind, key = parse_rule(rule)
    if key is not None:
        return key
    if kind in _FIELDS:
        part, field, _ = _FIELDS[kind]
        return getattr(getattr(target, part), field)
    if kind in _WHOLE:
        return getattr(target, kind)
    raise UsageError(f"The rule '{rule}' has no switch.")


def switched_off(target: Target, rule: str) -> Target:
    """The target without the rule. Raises UsageError for a rule without a switch."""
    kind, key = parse_rule(rule)
    if key is not None:
        kept = tuple(other for other in getattr(target.rules, kind) if other != key)
        return attrs.evolve(target, rules=attrs.evolve(target.rules, **{kind: kept}))
    if kind in _FIELDS:
        part, field, off = _FIELDS[kind]
        return attrs.evolve(target, **{part: attrs.evolve(getattr(target, part), **{field: off})})
    if kind in _WHOLE:
        return attrs.evolve(target, **{kind: _WHOLE[kind]})
    raise UsageError(f"The rule '{rule}' has no switch.")


def switched_on(target: Target, rule: str, value: Any = None) -> Target:
    """The target with the rule, at ``value`` as ``value_of`` gave it; None is the standard setting.

    Raises UsageError for a rule without a switch, and where there is neither a value nor a standard one.
    """
    kind, key = parse_rule(rule)
    if key is not None:
        held = getattr(target.rules, kind)
        return target if key in held else attrs.evolve(target, rules=attrs.evolve(target.rules, **{kind: (*held, key)}))
    if kind in _FIELDS:
        part, field, off = _FIELDS[kind]
        standard = getattr(TaxSettings() if part == "tax" else Trading(), field)
        chosen = standard if value is None else value
        if chosen == off:
            raise UsageError(f"The rule '{rule}' needs a value; set it under Taxes and trading.")
        return attrs.evolve(target, **{part: attrs.evolve(getattr(target, part), **{field: chosen})})
    if kind in _WHOLE and value:
        return attrs.evolve(target, **{kind: value})
    raise UsageError(f"The rule '{rule}' has no switch or no value to go back to.")
