"""Companies that a file gives by name alone, such as ``APPLE INC COM``: a careful match against the known companies.

A name is compared without its legal form, share class and abbreviations. An equal name is of medium confidence; a very
close one, with no other company near, of low. Everything that may not be the common stock itself (bonds, preferred
shares, warrants, funds) is left alone. The match is written into the note, so that it can be checked and overridden.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import attrs

from core.classify.answer import Answer, Query
from core.classify.core_table import CoreTable, read_rows
from core.classify.exposure import Confidence
from core.classify.wide_list import WideList, company_rows
from core.household import SecurityType

SOURCE = "matched by name"
#: Least similarity (0-100, rapidfuzz's token sort ratio) of a close name, and its lead over the next company.
CLOSE, LEAD = 92.0, 6.0

_OTHER_PAPER = re.compile(
    r"%|\b(?:pfd|preferred|prf|dep(?:ositary)? sh\w*|warrants?|wts?|rights?|rts|units?|notes?|bonds?|debentures?|"
    r"bills?|cds?|call|put|contra|escrow|when issued|etf|etn|funds?|fd|index|portfolio|pool)\b|\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_FORM = re.compile(
    r"\b(?:inc|incorporated|corp|corporation|co|company|companies|cos|ltd|limited|plc|sa|nv|ag|the|com|common|stock|stk|"
    r"cap|capital stock|shs?|shares?|ord|ordinary|new|del|delaware|class|cl|ser|series|and|of|par \S+|npv|usd)\b"
)
_CLASS = re.compile(r"\b(?:cl|class)\s*([a-c])\b")
_SPELLED: Mapping[str, str] = {
    "amer": "american", "bk": "bank", "chem": "chemical", "chems": "chemicals", "comm": "communications",
    "commun": "communications", "commns": "communications", "elec": "electric", "ent": "entertainment",
    "fin": "financial", "finl": "financial", "fincl": "financial", "gen": "general", "grp": "group", "gp": "group",
    "hldg": "holdings", "hldgs": "holdings", "holding": "holdings", "inds": "industries",
    "ins": "insurance",
    "instrs": "instruments", "intl": "international", "labs": "laboratories", "lab": "laboratories",
    "mach": "machines", "machs": "machines", "matls": "materials", "mfg": "manufacturing", "mtrs": "motors",
    "mls": "mills", "mtr": "motor", "natl": "national", "pharma": "pharmaceuticals",
    "pharmaceutical": "pharmaceuticals", "pete": "petroleum",
    "prods": "products", "ptrs": "partners", "res": "resources", "svc": "services", "svcs": "services",
    "sys": "systems", "tech": "technologies", "technology": "technologies", "whsl": "wholesale",
    "wldwide": "worldwide",
}  # fmt: skip


@attrs.frozen
class Company:
    """A known company: its symbol, the name as listed and as compared, and its share class where the name has one."""

    symbol: str
    name: str
    plain: str
    share_class: str


def plain_name(name: str) -> str:
    """A company's name for comparing: lower case, abbreviations spelled out, legal form and share class removed."""
    text = re.sub(r"\(.*?\)", " ", name.lower().replace("&", " and "))
    text = re.sub(r"[.']", "", text)
    text = re.sub(r"[^a-z0-9]+", " ", text)
    text = _CLASS.sub(" ", text)
    words = [_SPELLED.get(word, word) for word in _FORM.sub(" ", text).split()]
    return " ".join(words)


def _share_class(name: str) -> str:
    found = _CLASS.search(re.sub(r"[^a-z0-9]+", " ", name.lower()))
    return found[1] if found else ""


@cache
def _companies() -> tuple[Company, ...]:
    """The companies of the core table, then those of the wide list that it lacks."""
    listed = [(row.symbol, row.name) for row in read_rows() if row.type is SecurityType.STOCK]
    known = {symbol for symbol, _ in listed}
    listed += [(symbol, name) for symbol, _, name in company_rows() if symbol not in known]
    companies = (Company(symbol, name, plain_name(name), _share_class(name)) for symbol, name in listed)
    return tuple(company for company in companies if company.plain)


@cache
def _by_plain() -> Mapping[str, tuple[Company, ...]]:
    groups: dict[str, list[Company]] = {}
    for company in _companies():
        groups.setdefault(company.plain, []).append(company)
    return {plain: tuple(companies) for plain, companies in groups.items()}


def find_company(name: str) -> tuple[Company, bool] | None:
    """The company that a name means and whether the names are equal, or None where it may not be one of them."""
    if _OTHER_PAPER.search(name):
        return None
    plain = plain_name(name)
    if len(plain) < 2:
        return None
    same = _by_plain().get(plain)
    if same is not None:
        return _of_class(same, name), True
    return _close(plain, name)


def _of_class(companies: tuple[Company, ...], name: str) -> Company:
    """The share class that the name says; the first where it says none."""
    wanted = _share_class(name)
    return next((company for company in companies if company.share_class == wanted), companies[0])


def _close(plain: str, name: str) -> tuple[Company, bool] | None:
    from rapidfuzz import fuzz, process

    if len(plain) < 6:  # a slip in a short name is another name
        return None
    found = process.extract(plain, _by_plain().keys(), scorer=fuzz.token_sort_ratio, limit=2)
    if not found or found[0][1] < CLOSE or (len(found) > 1 and found[0][1] - found[1][1] < LEAD):
        return None
    best = found[0][0]
    if plain.split()[0][:3] != best.split()[0][:3]:
        return None
    return _of_class(_by_plain()[best], name), False


def _is_a_name(symbol: str) -> bool:
    return " " in symbol.strip()


class CompanyNames:
    """Known companies as a source for holdings that have a name and no ticker."""

    def answer(self, query: Query) -> Answer | None:
        """What is known of the company that the query names; None where it has a ticker, or is no company's stock."""
        if query.type not in (None, SecurityType.STOCK, SecurityType.OTHER):
            return None
        name = query.name
        if _is_a_name(query.symbol):
            name = name or query.symbol
        elif query.symbol and query.symbol != query.cusip and not _looks_like_a_cusip(query.symbol):
            return None
        found = find_company(name) if name else None
        if found is None:
            return None
        company, equal = found
        listed = Query(company.symbol, company.name, SecurityType.STOCK)
        answer = CoreTable().answer(listed) or WideList().answer(listed)
        if answer is None:
            return None
        note = f"taken for {company.name} ({company.symbol}) by its name{'' if equal else ', which is only close'}"
        return attrs.evolve(
            answer,
            source=f"{SOURCE}, {answer.source}",
            confidence=Confidence.MEDIUM if equal else Confidence.LOW,
            note="; ".join(part for part in (note, answer.note) if part),
            final=True,
        )


def _looks_like_a_cusip(symbol: str) -> bool:
    return re.fullmatch(r"[0-9A-Z]{8}[0-9]", symbol) is not None and any(c.isdigit() for c in symbol[:5])
