"""Size and style of a US equity fund from the words of its name.

In order: the index that the name tells, then words for size and for style, then what a fund house is known for. A fund
that says no size is taken for large, one that says no style for blend: both are what such a name usually means, and the
guess says so.
"""

from __future__ import annotations

import attrs

from core.classify.wording import has


@attrs.frozen
class Guess:
    """A guessed rule, with the box and sectors that replace the rule's own ("" for none)."""

    rule: str
    box: str = ""
    sectors: str = ""
    note: str = ""


_NO_SIZE = "the name says no size: taken for large"
_NO_STYLE = "the name says no style: spread like its market"

_EQUITY = (
    r"\b(?:stocks?|equity|equities|small cap|mid cap|large cap|all cap|smid cap|companies|shareholders?|"
    r"dividends?|russell|s&p|nasdaq|dow jones|blue chips?|(?:disciplined|contrarian|enhanced|sustainable) core|"
    r"factor|multifactor|momentum|quality|moat|low volatility|minimum volatility|profitability|cash flow|"
    r"cash cows?|esg|500|1000)\b"
)

#: Indexes and the slice of each, first match wins.
_INDEXES = (
    (r"kld 400", "crsp_large"),
    (r"s&p 500.*equal weight|equal weight.*s&p 500|\b500 equal weight|msci us\b.*equal weight", "sp500_equal"),
    (r"russell 1000.*equal weight", "russell1000_equal"),
    (r"s&p (?:mid cap )?400|\b400 (?:index )?(?:etf|fund)\b|mid cap.*\b400\b", "sp400"),
    (r"s&p (?:small cap )?600|small cap.*\b600\b", "sp600"),
    (r"s&p (?:composite )?1500", "sp1500"),
    (r"s&p 100\b", "sp100"),
    (r"next 500\b", "russell_midcap"),
    (r"s&p (?:500|900)|\b500\b(?! (?:growth )?allocation)", "sp500"),
    (r"russell ?(?:top )?200\b|\btop (?:20|50|100|200)\b", "russell_top200"),
    (r"russell ?1000.*\bfocus\b", "factor_mid"),
    (r"russell ?1000|\b1000\b", "russell1000"),
    (r"russell ?2000|\bus 2000\b", "russell2000"),
    (r"russell ?2500|\b2500\b", "russell2500"),
    (r"russell ?3000|\b3000\b", "russell3000"),
    (r"russell mid ?cap", "russell_midcap"),
    (r"nasdaq next|nasdaq future|next gen(?:eration)? (?:100|200)|nasdaq 100 ex\b", "nasdaq_next"),
    (r"nasdaq 100|\bqqq\b|nasdaq top", "nasdaq100"),
    (r"nasdaq (?:composite|stock)", "nasdaq_composite"),
    (r"dow jones industrial|\bdow 30\b|\bthe dow\b", "dow30"),
    (r"extended market|completion", "sp_completion"),
    (r"msci us\b.*small cap", "russell2000"),
    (r"msci us\b|ftse us\b", "crsp_large"),
)
#: The whole market, named or meant.
_MARKET = (
    r"total (?:us )?(?:stock |equity )?market|us broad market|broad us market|total us (?:stock|equity)|"
    r"dow jones us\b|us market\b|wilshire 5000"
)

_DIVIDEND_GROWTH = (
    r"dividend (?:\w+ )?(?:growth|growers?|appreciation|aristocrats?|accelerator)|rising dividends?|"
    r"growing dividends?|1000 dividend|dividend leaders growth|income growers"
)
_VALUE = (
    r"\b(?:value(?! partners)|undervalued|intrinsic|contrarian|equity income|dividends?|income rising|"
    r"shareholder yield|high yield equity|yield focus|cash cows?|free cash flow|rafi|fundamental (?:us|index|1000|"
    r"3000)|low price|buybacks?|repurchase|revenue|acquirers?|dow 30|dow jones industrial|power factor|yield)\b"
)
_GROWTH = (
    r"\b(?:growth|growers?|garp|momentum|capital appreciation|nasdaq(?! dividend)|qqq|innovat\w+|disrupt\w+|"
    r"breakouts?|ibd|relative strength|next gen\w*|aggressive equity|select tech|discovery(?! value)|"
    r"emerging growth)\b"
)
_BOTH = r"growth (?:&|and) income|income (?:&|and) growth|growth (?:&|and) value|value (?:&|and) growth|blended"
#: Words that make a fund of several leanings, or of none.
_NEUTRAL = r"\b(?:blend|core|multifactor|equal weight|total market|broad market)\b"

#: Factors whose funds are spread in a way of their own; the style vector of each.
_FACTORS = (
    (r"low volatility|minimum volatility|min vol|minimum variance|low beta|defensive", "low_volatility"),
    (r"\bquality\b|profitability|\bmoat\b", "quality"),
)

#: What fund houses are known for where the name tells less: (words, size, style); "" leaves it open.
_HOUSES = (
    (r"^royce\b", "small", ""),
    (r"^bridgeway (?:ultra small|small cap|omni)\b", "small", "value"),
    (r"^heartland (?!mid)", "small", "value"),
    (r"^(?:aegis|towle|queens road)\b|\bskyline\b", "small", "value"),
    (r"^vanguard explorer\b", "small", ""),
    (r"^(?:ab|alliancebernstein) discovery\b|^lord abbett value opp", "smid", ""),
    (r"^ariel\b", "mid", "value"),
    (r"^(?:wasatch|conestoga|brown capital)\b", "small", "growth"),
    (r"^baron (?:growth|asset)\b", "mid", "growth"),
    (r"^primecap odyssey aggressive\b", "mid", "growth"),
    (r"^primecap odyssey stock\b", "", ""),
    # their own US indexes of mid and small companies weigh by earnings
    (r"^wisdomtree us (?:mid|small) cap fund", "", "value"),
    (
        r"\b(?:alger|baron|buffalo|primecap|jennison|polen|winslow|marsico|artisan|motley fool|weatherbie|"
        r"magellan|contrafund|otc portfolio|sands|loomis sayles|amcap)\b",
        "",
        "growth",
    ),
    (
        r"\b(?:oakmark|diamond hill|davis|yacktman|brandes|longleaf|cambiar|lsv|tweedy|dodge & cox|pzena|hotchkis|"
        r"boston partners|becker|cullen|auxier|clipper|first eagle|franklin mutual|mutual shares|sound shore|"
        r"nuance|perkins|muhlenkamp|windsor|comstock)\b",
        "",
        "value",
    ),
)
#: Houses and funds whose name alone tells that the fund holds US equity, where no other word speaks of anything else.
_TELLING = (
    r"^(?:royce|heartland|ariel|baron|longleaf|primecap|wasatch|marsico|polen|alger|yacktman|amg yacktman|"
    r"bridgeway|oakmark (?:fund|select))\b|\b(?:magellan|contrafund|otc portfolio|comstock|windsor|"
    r"mutual shares)\b|^vanguard explorer\b|\bamerica\b|\bamerican (?!century|funds|beacon|national|express|"
    r"international)\w+.* etf\b"
)


def us_equity(text: str) -> Guess | None:
    """The guess for a fund that is neither foreign, nor bonds, nor one sector; None where it may not be equity.

    text : the name as `core.classify.wording.spelled_out` gives it.
    """
    slice_ = next((name for words, name in _INDEXES if has(words, text)), "")
    market = not slice_ and has(_MARKET, text)
    house_size, house_style = next(((size, style) for words, size, style in _HOUSES if has(words, text)), ("", ""))
    stated = size_word(text)
    style = _style(text)
    telling = has(_EQUITY, text) or has(r"\bvalue\b|\bgrowth\b|growers?\b|capital appreciation|\brafi\b", text)
    if not (telling or slice_ or market or has(_TELLING, text)):
        return None
    if market and not style and not stated:
        return Guess("market")
    if has(_BOTH, text) and not stated:
        return Guess("one_box(large blend)")
    factor = next((name for words, name in _FACTORS if has(words, text)), "")
    if slice_ and not (stated and _other_size(slice_, stated)):
        return _of_index(slice_, style, factor, text)
    return _of_words(stated or house_size, style or house_style, factor, text)


def _other_size(slice_: str, stated: str) -> bool:
    """Whether a number in the name is no index after all: a small cap fund of "500" companies."""
    sizes = {"sp500": "large", "russell1000": "large", "russell_top200": "large", "russell2000": "small"}
    return slice_ in sizes and stated != sizes[slice_]


def _of_index(slice_: str, style: str, factor: str, text: str) -> Guess:
    lean = style
    if slice_ == "factor_mid" and style == "growth":
        lean = ""
    elif slice_ in ("nasdaq100", "nasdaq_next", "nasdaq_composite"):
        lean = "strong_growth"
    elif slice_ == "dow30":
        lean = "mild_value"
    elif style == "dividend_growth":
        lean = "dividend_growth" if slice_ in ("sp500", "russell1000", "sp100", "crsp_large") else "value"
    elif style in ("value", "growth") and has(rf"\bpure {style}\b", text):
        lean = f"pure_{style}"
    elif style == "growth" and not has(r"\bgrowth\b", text) and has(r"\bmomentum\b", text):
        lean = "momentum"
    elif not style and factor:
        lean = factor
    if slice_ in ("russell1000", "russell_midcap", "russell2000") and style in ("value", "growth"):
        slice_ = f"{slice_}_{style}" if slice_ == "russell1000" else slice_
    own = has(r"\bsector neutral\b", text) or not (factor or "dividend" in text or lean in ("momentum", "mild_value"))
    return Guess(f"us({slice_}{', ' + lean if lean else ''})", sectors="" if own else "unknown")


def _of_words(size: str, style: str, factor: str, text: str) -> Guess:
    notes = [] if size else [_NO_SIZE]
    special = factor or "dividend" in text
    if style == "dividend_growth":
        if size in ("", "large"):
            return Guess("us(dividend_large, dividend_growth)", sectors="unknown", note="; ".join(notes))
        style = "value"
    if not style and factor:
        slice_ = {"small": "sp600", "smid": "russell2500", "mid": "sp400"}.get(size, "factor_flat")
        return Guess(f"us({slice_}, {factor})", sectors="unknown", note="; ".join(notes))
    sectors = "unknown" if special else ""
    if size == "smid":
        lean = f", {style}" if style else ""
        return Guess(f"us(russell2500{lean})", sectors=sectors, note="; ".join(notes))
    if not style and has(_NEUTRAL, text):
        return Guess(f"one_box({size or 'large'} blend)", sectors=sectors, note="; ".join(notes))
    if not style:
        return Guess(f"one_box({size or 'large'})", sectors=sectors, note="; ".join([*notes, _NO_STYLE]))
    return Guess(f"one_box({size or 'large'} {style})", sectors=sectors, note="; ".join(notes))


def _style(text: str) -> str:
    """Value, growth, dividend_growth, or "" for blend and for nothing said."""
    if has(_BOTH, text):
        return ""
    if has(_DIVIDEND_GROWTH, text):
        return "dividend_growth"
    plain = text.replace("income growth", "income rising")
    value, growth = has(_VALUE, plain), has(_GROWTH, plain)
    if value and growth:
        # the word itself outranks what only hints: value with momentum, growth by cash flow
        said_value, said_growth = has(r"\bvalue\b", plain), has(r"\bgrowth\b|\bgrowers?\b", plain)
        value, growth = said_value and not said_growth, said_growth and not said_value
    if has(r"\bcore\b|\bblend\b", plain) and not has(r"\bvalue\b|\bgrowth\b|\bgrowers\b|\bdividend", plain):
        return ""
    if has(r"\bmultifactor\b|\bqvm\b", plain) and not has(r"\bvalue\b|\bgrowth\b", plain):
        return ""
    return "value" if value else "growth" if growth else ""


def size_word(text: str) -> str:
    """Size that the name says: large, mid, small, smid; "" where it says none."""
    if has(r"\bsmid cap\b|small (?:cap )?(?:and |& )?mid\b|mid (?:cap )?(?:and |& )?small\b|small medium", text):
        return "smid"
    if has(r"\ball cap\b", text):
        return "mid" if has(r"alphadex", text) else "large"
    if has(r"large (?:cap )?(?:and |& )?mid\b", text):
        return "large"
    for size in ("small", "mid", "large"):
        if has(rf"\b{size} (?:cap|value|growth|blend|core)\b", text):
            return size
    if has(r"\bmicro\b|\btargeted value\b|\bultra small\b", text):
        return "small"
    if has(r"\bmega\b|\bblue chips?\b|\bgiants?\b", text):
        return "large"
    return ""
