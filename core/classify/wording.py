"""Names of funds in one spelling, so that the name rules see words and not a broker's abbreviations."""

from __future__ import annotations

import re
from functools import cache

#: Applied in order to the name in lower case.
_SPELLED = (
    (r"[®™©*]", " "),
    (r"[‐‑‒–—]", "-"),
    (r"[’`]", "'"),
    (r"\b([a-z]+)'s\b", r"\1s"),
    (r"\bsm(?:l|all)?[ -]?(?:cap|cp|co)s?\b|\bsmall[ -]?(?:cap|compan(?:y|ies)|co)(?:italization)?\b", "small cap"),
    (r"\bmid(?:dle)?[ -]?(?:cap|cp|size(?:d)?|compan(?:y|ies))(?:italization)?\b", "mid cap"),
    (r"\b(?:lg|lrg|large)[ -]?(?:cap|cp|compan(?:y|ies)|co)(?:italization)?\b", "large cap"),
    (r"\b(?:micro|ultra small|ultra-small)[ -]?(?:cap|compan(?:y|ies))\b", "small cap"),
    (r"\bmega[ -]?(?:cap|compan(?:y|ies))\b", "large cap"),
    (r"\b(?:all|multi|multiple)[ -]?cap(?:italization)?\b", "all cap"),
    (r"\bsmidcap\b|\bsmid\b", "smid cap"),
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
    (r"\bu\.s\.?(?:a\.?)?", "us "),
    (r"\busa\b(?! \d)", "us"),
    (r"\bunited states\b(?! treas)", "us"),
    (r"\bs ?& ?p ?|\bs and p ", "s&p "),
    (r"\bsp ?(?=[4-6]00\b)", "s&p "),
    (r"\bnasdaq[ -]?100\b", "nasdaq 100"),
    (r"\bequal(?:ly)?[ -]?weight(?:ed)?\b", "equal weight"),
    (r"\bmulti[ -]?factors?\b|\bmulti[ -]?style\b", "multifactor"),
    (r"\bglobal x\b", " "),
    (r"\bvalue line\b", " "),
    (r"\brisk[ -]managed\b", "risk managed"),
    (r"[-/,():]", " "),
    (r"\s+", " "),
)


@cache
def pattern(text: str) -> re.Pattern[str]:
    """A pattern, compiled once."""
    return re.compile(text)


def has(text: str, name: str) -> bool:
    """Whether the pattern occurs in the name."""
    return pattern(text).search(name) is not None


def spelled_out(name: str) -> str:
    """The name in lower case with abbreviations spelled out and marks removed."""
    text = name.lower()
    for wanted, replacement in _SPELLED:
        text = pattern(wanted).sub(replacement, text)
    return text.strip()
