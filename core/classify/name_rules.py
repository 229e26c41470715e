"""Guesses from the name of a fund or a bond, for what no table knows.

A guess is a rule of the core table's language (`core.classify.rules`), of low confidence and marked as a guess.
Where the words leave the asset class open there is no guess: unclassified is shown, a wrong class is not.
"""

from __future__ import annotations

import re
from functools import cache

import attrs

from core.classify.answer import Answer, Query
from core.classify.exposure import Confidence
from core.classify.rules import expand
from core.household import SecurityType

SOURCE = "name rule (guess)"


@attrs.frozen
class Guess:
    """A guessed rule, with the box and sectors that replace the rule's own ("" for none)."""

    rule: str
    box: str = ""
    sectors: str = ""


#: Abbreviations of brokers' exports, spelled out before the rules look.
_SPELLED = (
    (r"[®™©*]", " "),
    (r"\bsm(?:l|all)?[ -]?(?:cap|cp|co)s?\b|\bsmall[ -]?(?:cap|compan(?:y|ies)|co)(?:italization)?\b", "small cap"),
    (r"\bmid(?:dle)?[ -]?(?:cap|cp|size(?:d)?)(?:italization)?\b", "mid cap"),
    (r"\b(?:lg|lrg|large)[ -]?(?:cap|cp|compan(?:y|ies)|co)(?:italization)?\b", "large cap"),
    (r"\bmicro[ -]?cap\b", "small cap"),
    (r"\bmega[ -]?cap\b", "large cap"),
    (r"\bint['’]?l\b", "international"),
    (r"\bem(?:e?rg)?(?:ing)? ?m(?:ar)?kts?\b", "emerging markets"),
    (r"\bmkts?\b", "market"),
    (r"\bidx\b", "index"),
    (r"\bgovt\b", "government"),
    (r"\b(?:treas|tsy|trsy)\b", "treasury"),
    (r"\bval\b", "value"),
    (r"\b(?:grw|grwth|gro|gr)\b", "growth"),
    (r"\b(?:ret|retire|rtmt)\b", "retirement"),
    (r"\b(?:tgt|trgt)\b", "target"),
    (r"\bdivd?\b", "dividend"),
    (r"\beq\b", "equity"),
    (r"\bcorp bd\b", "corporate bond"),
    (r"\bbd\b", "bond"),
    (r"\binfl(?:ation)?[ -]?(?:prot(?:ected)?|linked|indexed)\b", "inflation protected"),
    (r"\bex[ -]?u\.?s\.?a?\b(?!\w)\.?", "ex us"),
    (r"\bu\.s\.?", "us "),
    (r"\bs ?& ?p ?|\bs and p ", "s&p "),
    (r"\bsp ?(?=[4-6]00\b)", "s&p "),
    (r"\bnasdaq[ -]?100\b", "nasdaq 100"),
    (r"\bglobal x\b", " "),
    (r"\bvalue line\b", " "),
    (r"[-/,()]", " "),
    (r"\s+", " "),
)

_FUND = (
    r"\b(?:etf|etn|fund|fd|index|portfolio|pool|trust (?:i|ii|iii|plus|select)|ishares|vanguard|spdr|proshares|"
    r"invesco|"
    r"schwab|fidelity|dimensional|dfa|avantis|wisdomtree|admiral|institutional (?:shares|class)|class [a-z]\b|"
    r"target retirement)"
)
_CASH = (
    r"^(?:cash(?: (?:balance|& cash investments|and cash investments|or equivalents?))?|us dollars?)$|"
    r"money market|money fund|money mkt|cash reserves?\b|bank deposit|insured deposit|fdic.insured|"
    r"deposit sweep|cash sweep|liquid assets|preferred savings|savings ?deposit"
)
_UNSURE = (
    r"\b(?:ultra(?:pro|short)? (?!short)|ultrapro|ultrashort (?:s&p|dow|qqq|russell|msci|bloomberg)|leveraged|"
    r"inverse|bear|[23]x|1\.5x|"
    r"daily (?:target|bull|bear)|short (?:s&p|dow|qqq|russell|msci|mid|small|20|7)|long.?short|market neutral|"
    r"vix|volatility (?:short|long)|"
    r"managed futures|covered call|buy.?write|buffer|option income|collar|premium income|yieldmax|defined outcome|"
    r"hedged equity|"
    r"merger|arbitrage|hedge fund|multi.?strategy|absolute return|real return|long shrt|annuity|"
    r"limited partnership)\b"
)
_SINGLE_BOND = (
    r"\bunited states treas|\bus treasury (?:bill|note|bond|n/?b)\b|\btreasury (?:bill|note|strip)s?\b|"
    r"\b\d{1,2}(?:\.\d+)?% .*\b(?:19|20)\d\d\b|\b\d{1,2}\.\d{2,6}%? ?\d{1,2} ?\d{1,2} ?(?:19|20)?\d\d\b|"
    r"\bcertificates? of deposit\b|\bbrokered cd\b|\bfdic ins(?:ured)? cd\b|\bcd fdic\b"
)
_BOND = (
    r"\b(?:bonds?|treasury|treasuries|fixed income|us aggregate|corporate (?:credit|income)|credit|municipals?|"
    r"muni|tips|"
    r"inflation protected|mortgage backed|mortgage securities|gnma|ginnie|floating rate|senior loans?|bank loans?|"
    r"high yield(?! (?:dividend|equity))|ultra ?short|tax (?:exempt|free)|government (?:securities|income)|debt|"
    r"(?:short|limited|low|intermediate|long) (?:term|duration)|investment grade|bulletshares|ibonds|clo|securitized|"
    r"strategic income|multisector income|core plus|gilt|t bills?)\b"
)
_EQUITY = (
    r"\b(?:stocks?|equity|equities|small cap|mid cap|large cap|all cap|multi cap|compan(?:y|ies)|shareholders?|"
    r"dividends?|"
    r"russell|s&p|msci|nasdaq|dow jones|index|etf|blue chip)\b"
)
_OTHER = (
    r"\b(?:gold (?:trust|shares|mini ?shares|bullion|etf)|physical (?:gold|silver|platinum|palladium)|"
    r"silver (?:trust|shares)|bullion|"
    r"commodit(?:y|ies)|crude oil|oil fund|natural gas fund|bitcoin|ethereum|ether|crypto(?:currency)?|"
    r"currencyshares|"
    r"preferred (?:stock|securities|and income|&)|preferreds?|convertibles?)\b"
)
_NOT_OTHER = r"\b(?:miners?|producers?|equity|equities|stock)\b"
_ALLOCATION = (
    r"\b(?:allocation|multi asset|lifestyle|lifestrategy|conservative|moderate|aggressive|managed (?:risk|"
    r"payout)|income builder)\b"
)
_EMERGING = (
    r"\b(?:emerging|frontier|bric|china|india|brazil|taiwan|south korea|korea|mexico|latin america|turkey|thailand|"
    r"indonesia|vietnam|malaysia|philippines|chile|peru|poland|south africa|saudi arabia|asia ex japan|csi 300)\b"
)
_DEVELOPED = (
    r"\b(?:eafe|developed|europe|european|eurozone|pacific|japan|germany|united kingdom|france|canada|australia|"
    r"switzerland|"
    r"italy|spain|sweden|hong kong|singapore|netherlands|nordic)\b"
)
_FOREIGN = r"\b(?:international|foreign|overseas)\b"
_EX_US = r"\b(?:ex us|total international|world ex|all world ex)\b"
_WORLD = r"\b(?:global|world|acwi|worldwide)\b"

_SECTORS = (
    ("real_estate", r"\b(?:real estate|reits?|realty)\b"),
    (
        "information_technology",
        r"\b(?:technology|information tech|software|semiconductors?|cybersecurity|cloud computing)\b",
    ),
    ("communication_services", r"\b(?:communications?(?: services)?|telecom(?:munications?)?)\b"),
    ("health_care", r"\b(?:health ?care|biotech(?:nology)?|pharma(?:ceuticals?)?|medical|life sciences)\b"),
    (
        "financials",
        r"\b(?:financials?(?! (?:square|group|advisors))|banks?|banking|insurance|broker dealers?)\b",
    ),
    ("energy", r"\b(?:energy|oil & gas|oil and gas|mlps?|midstream)\b"),
    ("utilities", r"\b(?:utilities|utility)\b"),
    ("materials", r"\b(?:materials|metals & mining|metals and mining|chemicals?)\b"),
    ("industrials", r"\b(?:industrials?|aerospace|defense|transportation|airlines?)\b"),
    (
        "consumer_discretionary",
        r"\b(?:consumer discretionary|retail(?! (?:class|shares|fund))|homebuilders?|home construction|leisure)\b",
    ),
    ("consumer_staples", r"\b(?:consumer staples|food & beverage|food and beverage)\b"),
)
_THEMES = (
    r"\b(?:clean|green|solar|wind|infrastructure|water|natural resources|innovation|disruptive|thematic|"
    r"blockchain|cannabis|space)\b"
)

#: Index names and the rule of each, first match wins; {style} becomes ", value" or ", growth" where the name says so.
_INDEXES = (
    (r"s&p 500.*equal weight|equal weight.*s&p 500", "us(sp500_equal)"),
    (r"s&p 500|\b500 index\b", "us(sp500{style})"),
    (r"s&p (?:mid cap )?400", "us(sp400{style})"),
    (r"s&p (?:small cap )?600", "us(sp600{style})"),
    (r"s&p 100\b", "us(sp100)"),
    (r"s&p (?:composite )?1500", "us(sp1500{style})"),
    (r"russell top 200", "us(russell_top200{style})"),
    (r"russell ?1000", "us(russell1000{style})"),
    (r"russell ?2000", "us(russell2000{style})"),
    (r"russell ?2500", "us(russell2500{style})"),
    (r"russell ?3000", "us(russell3000{style})"),
    (r"russell mid ?cap", "us(russell_midcap{style})"),
    (r"nasdaq 100|\bqqq\b", "us(nasdaq100, strong_growth)"),
    (r"dow jones industrial|\bdow 30\b", "us(dow30, value_tilt)"),
    (r"extended market|completion index", "us(sp_completion)"),
    (r"total (?:us )?(?:stock )?market|us broad market|total us stock", "market"),
)
_FACTOR_STYLES = (
    (r"dividend (?:growth|appreciation|growers|achievers)|rising dividends?", "dividend_growth"),
    (r"low volatility|minimum volatility|min vol", "low_volatility"),
    (r"\bquality\b", "quality"),
    (r"\bmomentum\b", "momentum"),
)
_FAMILIES = (
    (r"\bvanguard\b", "vanguard"),
    (r"\bfidelity freedom index\b|\bfid(?:elity)? fr(?:ee)?dm idx\b", "fidelity_index"),
    (r"\bfidelity\b", "fidelity"),
    (r"\bschwab\b", "schwab"),
    (r"\bt\.? rowe\b|\btrowe\b", "t_rowe_price"),
    (r"\bamerican funds\b", "american_funds"),
    (r"\blifepath\b", "lifepath"),
)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def _has(text: str, name: str) -> bool:
    return _pattern(text).search(name) is not None


def spelled_out(name: str) -> str:
    """The name in lower case with abbreviations spelled out and marks removed."""
    text = name.lower()
    for pattern, replacement in _SPELLED:
        text = _pattern(pattern).sub(replacement, text)
    return text.strip()


def guess(name: str, type_: SecurityType | None = None) -> Guess | None:
    """The rule that the words of a name suggest, or None where they leave the class open.

    For a stock, or where the type is not known, only names that speak of a fund, a bond or cash are looked at:
    a company may be called Growth Capital.
    """
    text = spelled_out(name)
    if not text:
        return None
    certain_fund = type_ in (SecurityType.ETF, SecurityType.MUTUAL_FUND)
    if type_ is not SecurityType.STOCK and _has(_SINGLE_BOND, text) and not certain_fund:
        return Guess("bonds")
    if _has(_CASH, text) and type_ is not SecurityType.STOCK:
        return Guess("cash")
    if not certain_fund and not _has(_FUND, text):
        return None
    return _fund(text)


def _fund(text: str) -> Guess | None:
    if _has(_UNSURE, text) and not _has(r"\bultra ?short\b", text):
        return None
    dated = _pattern(r"\b20[0-9]{2}\b").search(text)
    if dated and _has(_BOND, text):
        return Guess("bonds")
    if dated and _has(r"\b(?:target|retirement|freedom|lifepath|lifecycle|one choice|smartretirement|date)\b", text):
        family = next((name for pattern, name in _FAMILIES if _has(pattern, text)), "typical")
        return Guess(f"target_date({dated[0]}, {family})")
    if _has(_OTHER, text) and not _has(_NOT_OTHER, text):
        return Guess("other")
    balanced = _allocation(text)
    if balanced is not None:
        return balanced if balanced.rule else None
    if _has(_BOND, text):
        return None if _has(r"\b(?:equity|stock|small cap|mid cap|large cap)\b", text) else Guess("bonds")
    if _has(_THEMES, text):
        return None
    sector = next((name for name, pattern in _SECTORS if _has(pattern, text)), "")
    region = _region(text)
    if sector:
        return _sector(sector, region)
    return _foreign(text, region) if region else _us(text)


def _allocation(text: str) -> Guess | None:
    """A mixed fund: its ratio where the name says it, 60/40 for "balanced"; an empty rule where it stays open."""
    ratio = _pattern(r"\b(\d0) (\d0)\b").search(text)
    if ratio and int(ratio[1]) + int(ratio[2]) == 100 and _has(r"\b(?:allocation|balanced|portfolio)\b", text):
        return Guess(f"balanced({ratio[1]}/{ratio[2]}, 0.3)", sectors="unknown")
    if _has(r"\bbalanced\b", text):
        return Guess("balanced(60/40, 0.2)", sectors="unknown")
    return Guess("") if _has(_ALLOCATION, text) else None


def _region(text: str) -> str:
    """Rule of the region that the name speaks of; empty for the US."""
    if _has(_EX_US, text):
        return "world(dev 0.74, em 0.26{slice})" if not _has(_EMERGING, text) else "emerging({slice})"
    if _has(_EMERGING, text):
        return "emerging({slice})"
    if _has(_DEVELOPED, text) or _has(_FOREIGN, text):
        return "developed({slice})"
    if _has(_WORLD, text):
        return "world(us 0.62, dev 0.27, em 0.11{slice})"
    return ""


def _style(text: str) -> str:
    growth = _has(r"\bgrowth\b", text) and not _has(r"growth (?:&|and) income|dividend growth", text)
    value = _has(r"\b(?:value|cash cows?|equity income|high dividend|dividend yield|undervalued)\b", text)
    return "value" if value and not growth else "growth" if growth and not value else ""


def _foreign(text: str, region: str) -> Guess | None:
    if not _has(_EQUITY, text) and not _style(text) and not _has(_FOREIGN, text):
        return None
    style = _style(text)
    size = "intl_small" if _has(r"\bsmall cap\b", text) else "standard"
    slice_ = size + (f", {style}" if style else "")
    inner = f", {slice_}" if region.startswith("world") else slice_
    rule = region.replace("{slice}", inner)
    # without a word for size or style, an active fund's box is open; an index fund holds its market
    known = style or size == "intl_small" or _has(r"\b(?:index|etf|eafe|msci|ftse)\b", text)
    return Guess(rule, box="" if known else "unknown", sectors="" if known and not style else "unknown")


def _sector(sector: str, region: str) -> Guess:
    if not region:
        return Guess(f"sector({sector})")
    rule = region.replace("{slice}", ", standard" if region.startswith("world") else "standard")
    return Guess(rule, box="unknown", sectors=sector)


def _us(text: str) -> Guess | None:
    style = _style(text)
    for pattern, rule in _INDEXES:
        if _has(pattern, text):
            factor = next((name for words, name in _FACTOR_STYLES if _has(words, text)), "")
            lean = style or factor
            return Guess(rule.replace("{style}", f", {lean}" if lean else ""), sectors="unknown" if factor else "")
    size = _us_size(text)
    factor = next((name for words, name in _FACTOR_STYLES if _has(words, text)), "")
    if factor:
        slice_ = {"small": "sp600", "mid": "sp400"}.get(size, "factor_large")
        return Guess(f"us({slice_}, {factor})", sectors="unknown")
    if size and style:
        return Guess(f"one_box({size} {style})")
    if size:
        core = _has(r"\b(?:blend|core|index|etf|equity portfolio)\b", text)
        return Guess(f"one_box({size} blend)") if core else Guess("market", box="unknown", sectors="unknown")
    if _has(r"equity income|high dividend|dividend yield|select dividend|high yield dividend", text):
        return Guess("us(dividend_large, value)", sectors="unknown")
    if style and _has(_EQUITY, text):
        return Guess(f"one_box(large {style})")
    if _has(r"growth (?:&|and) income|\bblue chip\b|\bus (?:core )?equity|\bequity index\b", text):
        return Guess("one_box(large blend)")
    if _has(r"\bus\b.*\b(?:equity|stock)|\b(?:dividend)\b", text):
        return Guess("market", box="unknown", sectors="unknown")
    return None


def _us_size(text: str) -> str:
    """Size that the name says; empty where it says none, or several without a common name."""
    found = [size for size in ("small", "mid", "large") if _has(rf"\b{size} cap\b", text)]
    if _has(r"\bsmid\b|small mid cap|small cap mid cap", text):
        return "small"
    if _has(r"\btargeted value\b|\bsmall (?:value|growth|blend|core)\b", text):
        return "small"
    if _has(r"\bmid (?:value|growth|blend|core)\b", text):
        return "mid"
    if _has(r"\blarge (?:value|growth|blend|core)\b|\bmega\b", text):
        return "large"
    return found[0] if len(found) == 1 else ""


class NameRules:
    """Name rules as the last source of the order of truth."""

    def answer(self, query: Query) -> Answer | None:
        """A guess from the query's name."""
        found = guess(query.name, query.type) if query.name else None
        # the exchange keeps five letters ending in XX for money-market funds
        if query.type is not SecurityType.STOCK and _pattern(r"^[A-Z]{3}XX$").match(query.symbol):
            found = Guess("cash")
        if found is None:
            return None
        vectors = expand(found.rule, found.box, found.sectors)
        return Answer.of(vectors, f"{SOURCE}: {found.rule}", None, Confidence.LOW)
