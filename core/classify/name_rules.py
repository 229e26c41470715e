"""Guesses from the name of a fund or a bond, for what no table knows.

A guess is a rule of the core table's language (`core.classify.rules`), of low confidence and marked as a guess.
Where the words leave the asset class open there is no guess: unclassified is shown, a wrong class is not.
"""

from __future__ import annotations

import attrs

from core.classify import name_words as words
from core.classify.answer import Answer, Query
from core.classify.exposure import Confidence
from core.classify.name_style import Guess, size_word, us_equity
from core.classify.rules import expand
from core.classify.wording import has, pattern, spelled_out
from core.household import SecurityType

SOURCE = "name rule (guess)"


def guess(name: str, type_: SecurityType | None = None) -> Guess | None:
    """The rule that the words of a name suggest, or None where they leave the class open.

    For a stock, or where the type is not known, only names that speak of a fund, a bond or cash are looked at:
    a company may be called Growth Capital.
    """
    text = spelled_out(name)
    if not text:
        return None
    certain_fund = type_ in (SecurityType.ETF, SecurityType.MUTUAL_FUND)
    if type_ is not SecurityType.STOCK and not certain_fund:
        if has(words.TREASURY_BILL, text):
            return Guess("cash", note=words.BILLS_ARE_CASH)
        if has(words.SINGLE_BOND, text):
            return Guess("bonds")
    if has(words.CASH, text) and type_ is not SecurityType.STOCK:
        return Guess("cash")
    if not certain_fund and not has(words.FUND, text):
        return None
    return _fund(text)


def _fund(text: str) -> Guess | None:
    if has(words.BILL_FUND, text):
        return Guess("cash", note=words.BILLS_ARE_CASH)
    if has(words.UNSURE, text) and not has(r"\bultra ?short\b", text):
        return None
    dated = pattern(r"\b20[1-7][0-9]\b").search(text)
    if dated and has(words.BOND, text):
        return Guess("bonds")
    if dated and has(words.TARGET_DATE, text):
        family = next((name for wanted, name in words.FAMILIES if has(wanted, text)), "typical")
        return Guess(f"target_date({dated[0]}, {family})")
    if dated:
        return None  # an outcome or a maturity at a date
    if has(words.OTHER, text) and not has(words.NOT_OTHER, text):
        return Guess("other")
    balanced = _allocation(text)
    if balanced is not None:
        return balanced if balanced.rule else None
    sure_equity = has(words.SURE_EQUITY, text)
    if has(words.BOND, text) or (has(words.SOFT_BOND, text) and not sure_equity):
        return None if sure_equity else Guess("bonds")
    if has(words.THEMES, text) and not has(r"\bgrowth\b|\bcap\b", text):
        return None
    sector = next((name for name, wanted in words.SECTORS if has(wanted, text)), "")
    region = _region(text)
    if sector:
        return _sector(sector, region, text)
    return _foreign(text, region) if region else us_equity(text)


def _allocation(text: str) -> Guess | None:
    """A mixed fund: its ratio where the name says it, 60/40 for "balanced"; an empty rule where it stays open."""
    ratio = pattern(r"\b(\d0) (\d0)\b").search(text)
    if ratio and int(ratio[1]) + int(ratio[2]) == 100 and has(r"\b(?:allocation|balanced|portfolio)\b", text):
        return Guess(f"balanced({ratio[1]}/{ratio[2]}, 0.3)", sectors="unknown")
    if has(r"\bbalanced\b", text):
        return Guess("balanced(60/40, 0.2)", sectors="unknown")
    return Guess("") if has(words.ALLOCATION, text) else None


def _region(text: str) -> str:
    """Rule of the region that the name speaks of; empty for the US."""
    if has(words.EX_US, text):
        return "world(dev 0.74, em 0.26{slice})" if not has(words.EMERGING, text) else "emerging({slice})"
    if has(words.EMERGING, text):
        return "emerging({slice})"
    if has(words.DEVELOPED, text) or has(words.FOREIGN, text):
        return "developed({slice})"
    if has(words.WORLD, text):
        return "world(us 0.62, dev 0.27, em 0.11{slice})"
    return ""


def _foreign_style(text: str) -> str:
    growth = has(r"\bgrowth\b", text) and not has(r"growth (?:&|and) income|dividend growth", text)
    value = has(r"\b(?:value|cash cows?|equity income|high dividend|dividend yield|undervalued)\b", text)
    return "value" if value and not growth else "growth" if growth and not value else ""


def _foreign(text: str, region: str) -> Guess | None:
    style = _foreign_style(text)
    if not has(words.EQUITY, text) and not style and not has(words.FOREIGN, text):
        return None
    size = "intl_small" if has(r"\bsmall cap\b", text) else "standard"
    slice_ = size + (f", {style}" if style else "")
    inner = f", {slice_}" if region.startswith("world") else slice_
    rule = region.replace("{slice}", inner)
    # without a word for size or style, an active fund's box is open; an index fund holds its market
    known = style or size == "intl_small" or has(r"\b(?:index|etf|eafe|msci|ftse)\b", text)
    return Guess(rule, box="" if known else "unknown", sectors="" if known and not style else "unknown")


def _sector(sector: str, region: str, text: str) -> Guess:
    if not region:
        slice_ = {"small": ", russell2000", "mid": ", russell_midcap", "smid": ", russell2500"}.get(size_word(text), "")
        return Guess(f"sector({sector}{slice_})")
    rule = region.replace("{slice}", ", standard" if region.startswith("world") else "standard")
    return Guess(rule, box="unknown", sectors=sector)


class NameRules:
    """Name rules as the last source of the order of truth."""

    def answer(self, query: Query) -> Answer | None:
        """A guess from the query's name."""
        found = guess(query.name, query.type) if query.name else None
        # the exchange keeps five letters ending in XX for money-market funds
        if query.type is not SecurityType.STOCK and pattern(r"^[A-Z]{3}XX$").match(query.symbol):
            found = Guess("cash")
        if found is None:
            return None
        vectors = expand(found.rule, found.box, found.sectors)
        answer = Answer.of(vectors, f"{SOURCE}: {found.rule}", None, Confidence.LOW)
        return attrs.evolve(answer, note=found.note)
