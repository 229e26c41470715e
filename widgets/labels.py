"""The words on screen for the keys of core: classes, sectors, boxes, kinds of account, rules."""

from __future__ import annotations

from core.classify.exposure import STYLE_BOXES, Confidence
from core.classify.source_words import source_words
from core.household import AccountKind, SecurityType, Severity, Term

_CLASSES = {
    "us_equity": "US equity",
    "developed_equity": "Developed equity",
    "emerging_equity": "Emerging equity",
    "bonds": "Bonds",
    "cash": "Cash",
    "other": "Other",
    "unclassified": "Unclassified",
}
_SHORT_CLASSES = _CLASSES | {"us_equity": "US", "developed_equity": "Developed", "emerging_equity": "Emerging"}
_SECTORS = {
    "communication_services": "Communication services",
    "consumer_discretionary": "Consumer discretionary",
    "consumer_staples": "Consumer staples",
    "energy": "Energy",
    "financials": "Financials",
    "health_care": "Health care",
    "industrials": "Industrials",
    "information_technology": "Information technology",
    "materials": "Materials",
    "real_estate": "Real estate",
    "utilities": "Utilities",
    "unknown": "Sector not known",
}
_KINDS = {
    AccountKind.TAXABLE: "Taxable",
    AccountKind.TRADITIONAL: "Traditional IRA / 401(k)",
    AccountKind.ROTH: "Roth",
    AccountKind.HSA: "HSA",
    AccountKind.EDUCATION: "529",
    AccountKind.TRUST: "Trust",
    AccountKind.OTHER: "Other",
}
_SHORT_KINDS = _KINDS | {AccountKind.TRADITIONAL: "Traditional"}
_TYPES = {
    SecurityType.STOCK: "Stock",
    SecurityType.ETF: "ETF",
    SecurityType.MUTUAL_FUND: "Mutual fund",
    SecurityType.MONEY_MARKET: "Money market fund",
    SecurityType.BOND: "Bond",
    SecurityType.OPTION: "Option",
    SecurityType.CASH: "Cash",
    SecurityType.OTHER: "Other",
}
_TERMS = {Term.SHORT: "Short", Term.LONG: "Long", Term.UNKNOWN: "Unknown"}
_SEVERITIES = {Severity.ERROR: "Error", Severity.WARNING: "Warning", Severity.INFO: "Note"}
_CONFIDENCES = {
    Confidence.HIGH: "High confidence",
    Confidence.MEDIUM: "Medium confidence",
    Confidence.LOW: "Low confidence",
    Confidence.NONE: "Not known",
}

SIZES = ("Large", "Mid", "Small")
STYLES = ("Value", "Blend", "Growth")


def class_label(key: str, *, short: bool = False) -> str:
    """An asset class in words."""
    return (_SHORT_CLASSES if short else _CLASSES).get(key, key)


def sector_label(key: str) -> str:
    """A sector in words."""
    return _SECTORS.get(key, key)


def box_label(cell: int) -> str:
    """A style box in words: 0 is Large value, 8 is Small growth."""
    return STYLE_BOXES[cell].capitalize()


def kind_label(kind: AccountKind, *, short: bool = False) -> str:
    """A kind of account in words."""
    return (_SHORT_KINDS if short else _KINDS)[kind]


def type_label(kind: SecurityType) -> str:
    """A kind of security in words."""
    return _TYPES[kind]


def term_label(term: Term) -> str:
    """A holding period in a word."""
    return _TERMS[term]


def severity_label(severity: Severity) -> str:
    """A severity in a word."""
    return _SEVERITIES[severity]


def confidence_label(confidence: Confidence, *, short: bool = False) -> str:
    """How sure a classification is, in words; ``short`` where "confidence" stands beside it already."""
    words = _CONFIDENCES[confidence]
    return words.removesuffix(" confidence") if short else words


def rule_label(rule: str, *, start: bool = True) -> str:
    """A rule's key in words: ``max_turnover`` is Max turnover (``start`` False: max turnover), ``sell_all VTI`` is
    Sell all VTI.
    """
    key, _, rest = rule.partition(" ")
    words = key.replace("_", " ")
    head = words[:1].upper() if start else words[:1]
    return f"{head}{words[1:]}{' ' + rest if rest else ''}"


def limit_label(limit: str) -> str:
    """What limited a trade, in a word or two: a rule's key, ``tax``, or ``cash of`` its own account."""
    return "Cash of the account" if limit.startswith("cash of ") else rule_label(limit)


def source_label(source: str) -> str:
    """Where a classification is from, in words: ``core table: US stocks (S&P 500)``."""
    return source_words(source).replace("S&P 500", "S&P\u00a0500")  # not parted at the end of a line
