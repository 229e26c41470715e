"""From the cells that name a security to one :class:`~core.household.Security`."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from decimal import Decimal

from core.household import Security, SecurityType
from core.importing.identifiers import is_cusip, is_ticker_like, normal_cusip, normal_symbol, slug
from core.importing.options import parse_option

ONE = Decimal(1)
PER_CENT = Decimal("0.01")
HUNDRED = Decimal(100)

# Words for a security's type as files print them, most specific first; a word counts as part of the text.
_TYPE_WORDS: tuple[tuple[str, SecurityType], ...] = (
    ("option", SecurityType.OPTION),
    ("etf", SecurityType.ETF),
    ("exchange traded", SecurityType.ETF),
    ("exchange-traded", SecurityType.ETF),
    ("closed end", SecurityType.ETF),
    ("money market", SecurityType.MONEY_MARKET),
    ("money fund", SecurityType.MONEY_MARKET),
    ("cash", SecurityType.MONEY_MARKET),
    ("sweep", SecurityType.MONEY_MARKET),
    ("mutual", SecurityType.MUTUAL_FUND),
    ("open-end", SecurityType.MUTUAL_FUND),
    ("open end", SecurityType.MUTUAL_FUND),
    ("fixed income", SecurityType.BOND),
    ("bond", SecurityType.BOND),
    ("treasur", SecurityType.BOND),
    ("certificate", SecurityType.BOND),
    ("municipal", SecurityType.BOND),
    ("fund", SecurityType.MUTUAL_FUND),
    ("equit", SecurityType.STOCK),
    ("stock", SecurityType.STOCK),
    ("adr", SecurityType.STOCK),
    ("reit", SecurityType.STOCK),
)
_ETF_NAME = re.compile(r"\b(?:ETF|ETN|ISHARES|SPDR|INVESCO QQQ|EXCHANGE[- ]TRADED|EXCH TRADED)\b")
_MONEY_NAME = re.compile(r"\bMONEY (?:MARKET|MKT|FUND)\b|\bMONEY\b.*\b(?:SHARES|FUND|FD|PORTFOLIO)\b|\bMMKT?\b")
_BOND_NAME = re.compile(
    r"\bTREAS(?:URY|URIES)?\b|\bT[- ]?(?:BILL|NOTE|BOND)S?\b|\bCPN\b|\bCOUPON\b|\d ?%|\bDUE\b|\bDEBENTURES?\b|\bMUNI\b|"
    r"\bCERTIFICATE OF DEPOSIT\b|\bCD\b.*\d|\bREV BDS?\b|\bNOTES?\b|\bBONDS?\b"
)
# A contract whose underlying stands in words, if at all: "S&P 500 INDEX 100 (Weeklys) 31 MAY 22 4650 PUT".
_OPTION_NAME = re.compile(r"\b\d{1,2} [A-Z]{3} \d{2,4} \$?\d+(?:\.\d+)? (?:CALL|PUT)$", re.IGNORECASE)
_FUND_NAME = re.compile(r"\b(?:FUNDS?|FDS?|POOL|ADMIRAL|ADM|INSTL|INSTITUTIONAL|TARGET|INDEX)\b")


def type_from_text(text: str, types: Mapping[str, SecurityType]) -> SecurityType | None:
    """The type a file's own type cell names, by the layout's words first, or None."""
    lowered = text.strip().casefold()
    if not lowered:
        return None
    if lowered in types:
        return types[lowered]
    if "stock" in lowered and "option" in lowered:
        return None  # a class of both; symbol and name tell which
    return next((kind for word, kind in _TYPE_WORDS if word in lowered), None)


def type_from_name(symbol: str | None, name: str) -> SecurityType:
    """The type that symbol and name suggest: five letters ending in X are a mutual fund, in XX a money fund."""
    upper = name.upper()
    if _OPTION_NAME.search(name):
        return SecurityType.OPTION
    if symbol and re.fullmatch(r"[A-Z]{3}XX", symbol):
        return SecurityType.MONEY_MARKET
    if symbol and re.fullmatch(r"[A-Z]{4}X", symbol):
        return SecurityType.MONEY_MARKET if _MONEY_NAME.search(upper) else SecurityType.MUTUAL_FUND
    if _ETF_NAME.search(upper):
        return SecurityType.ETF
    if symbol is None:
        if _FUND_NAME.search(upper):
            return SecurityType.MUTUAL_FUND
        return SecurityType.BOND if _BOND_NAME.search(upper) else SecurityType.OTHER
    return SecurityType.STOCK if re.fullmatch(r"[A-Z]{1,5}(?:\.[A-Z])?", symbol) else SecurityType.OTHER


def build_security(
    symbol_text: str,
    cusip_text: str,
    description: str,
    type_text: str,
    types: Mapping[str, SecurityType],
) -> Security:
    """The security that a row's cells name, without a price.

    The id is the normalised symbol, else the CUSIP, else a slug of the name ("" where the row names nothing).
    """
    name = re.sub(r"\s+", " ", html.unescape(description)).strip()
    symbol: str | None = normal_symbol(symbol_text) or None
    if symbol in ("-", "--", "---", "----", "N/A", "NONE"):
        symbol = None
    if symbol and " " in symbol and not is_ticker_like(symbol) and parse_option(symbol_text) is None:
        # A bond or certificate is named where its symbol would be: "KEY BANK CD 3.85% 08/24/2026".
        symbol, name = None, name or re.sub(r"\s+", " ", symbol_text).strip()
    cusip = normal_cusip(cusip_text)
    if symbol and is_cusip(symbol):
        symbol, cusip = None, symbol
    stated = type_from_text(type_text, types)
    option = parse_option(symbol_text) if symbol else None
    named_so = name.upper().startswith(("CALL ", "PUT "))
    if option is None and (symbol is None or stated is SecurityType.OPTION or named_so):
        option = parse_option(name)
    if option is not None:
        return Security(option.symbol, option.symbol, cusip, name or option.symbol, SecurityType.OPTION, None, HUNDRED)
    named = type_from_name(symbol, name)
    kind = stated if stated is not None else named
    if kind in (SecurityType.BOND, SecurityType.STOCK) and symbol and type_text.strip().casefold() not in types:
        # A column of asset classes calls a bond fund "Fixed Income" and a stock fund "Equity"; the name says fund.
        kind = named if named in (SecurityType.ETF, SecurityType.MUTUAL_FUND, SecurityType.MONEY_MARKET) else kind
    identity = symbol or cusip or slug(name)
    multiplier = HUNDRED if kind is SecurityType.OPTION else PER_CENT if kind is SecurityType.BOND else ONE
    return Security(identity, symbol, cusip, name or identity, kind, None, multiplier)


def possible_multipliers(security: Security) -> tuple[Decimal, ...]:
    """Multipliers that arithmetic may choose among, the usual one first: only what may be a bond may differ."""
    if security.type is SecurityType.OPTION:
        return (HUNDRED,) if parse_option(security.id) is not None else (HUNDRED, ONE)
    if security.type is SecurityType.BOND:
        return (PER_CENT, ONE)
    if security.symbol is None or security.type is SecurityType.OTHER:
        return (ONE, PER_CENT)
    return (ONE,)
