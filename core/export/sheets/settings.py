"""The target in words for the sheet Inputs: every setting that a plan was made with, whether or not it is standard."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from decimal import Decimal

import attrs

from core.classify.exposure import STYLE_BOXES, shown_boxes
from core.export.sheets.words import CLASSES, sector_name
from core.household import Household
from core.tax.situation import TaxSituation
from core.tax.tables import FilingStatus
from core.tilt.risk import Risk
from core.tilt.target import HoldRange, RangeUnit, Rules, Style, Target, TaxSettings, Trading
from core.tilt.target_words import DESTINATIONS, LOT_METHODS, MAY_SELL, MODES, preset_words

_FILING: dict[FilingStatus, str] = {
    FilingStatus.SINGLE: "single",
    FilingStatus.MARRIED_JOINT: "married, jointly",
    FilingStatus.MARRIED_SEPARATE: "married, separately",
    FilingStatus.HEAD_OF_HOUSEHOLD: "head of household",
}
_SITUATION: dict[str, str] = {
    "income": "Taxable ordinary income",
    "state_rate": "State rate on gains",
    "short_ytd": "Net short-term gain so far this year",
    "long_ytd": "Net long-term gain so far this year",
    "short_carry": "Short-term loss carried into the year",
    "long_carry": "Long-term loss carried into the year",
    "magi": "Modified adjusted gross income without gains",
    "qualified_dividends": "Qualified dividends",
    "investment_income": "Other net investment income",
    "collectibles_ytd": "Net gain so far of the 28 % group",
    "unrecaptured_1250_ytd": "Unrecaptured section 1250 gain so far",
}


def settings(target: Target, household: Household) -> Iterator[tuple[str, str]]:
    """Name and value of every setting but the five that open the sheet: formulas use those."""
    yield from _style(target.style)
    if target.mix is None:
        yield "Mix", "as it is today"
    for name, share in (target.mix or {}).items():
        yield f"Mix, {CLASSES.get(name, name).lower()}", _percent(share)
    for line in target.model:
        other = f" or {', '.join(line.alternates)}" if line.alternates else ""
        yield f"Model, {line.symbol}{other}", _percent(line.weight)
    for name, (low, high) in target.sectors.items():
        yield f"Sector, {sector_name(name).lower()}", f"{100 * low:+g} to {100 * high:+g} points"
    bands = target.bands
    yield "Band, relative", _percent(bands.relative)
    yield "Band, at least", _percent(bands.floor)
    yield "Band, at most", _percent(bands.cap)
    yield "What is out of its band is brought", DESTINATIONS[bands.destination]
    yield from _tax(target.tax)
    yield from _trading(target.trading)
    yield from _rules(target.rules, household)
    universe = target.universe
    yield (
        "May buy",
        "the embedded candidates and what is held" if universe is None else ", ".join(universe) or "nothing",
    )
    for flow in target.flows:
        yield (
            f"{'Deposit to' if flow.amount >= 0 else 'Withdrawal from'} {household.place_words(flow.account)}",
            f"{abs(flow.amount):,.2f}",
        )
    for order in target.orders:
        side = "buy" if order.quantity >= 0 else "sell"
        yield (
            f"Set by hand, {household.place_words(order.account)}",
            f"{side} {_number(abs(order.quantity))} {order.symbol}",
        )
    yield from _risk(target.risk)


def _style(style: Style) -> Iterator[tuple[str, str]]:
    found = False
    if style.box is not None:
        found = True
        yield "Style", ", ".join(f"{STYLE_BOXES[k]} {_percent(style.box[k])}" for k in shown_boxes())
    if style.preset is not None:
        yield "Style" if not found else "Style, named", f"{preset_words(style.preset)} (preset)"
        found = True
    if style.size is not None or style.value is not None:
        ends = (f"{name} {_number(x)}" for name, x in (("size", style.size), ("value", style.value)) if x is not None)
        yield "Style" if not found else "Style, point", ", ".join(ends)
        found = True
    if not found:
        yield "Style", "as it is today"
    yield "Style of", "US equity" if style.scope.value == "us_equity" else "all equity"


def _tax(tax: TaxSettings) -> Iterator[tuple[str, str]]:
    if tax.situation is None:
        yield "Tax", "at the flat rates above"
    else:
        yield from _situation(tax.situation)
    yield "Limit of the net gain", _dollars_or_none(tax.gain_limit)
    yield "Tax budget (warns only)", _dollars_or_none(tax.tax_budget)
    yield "Gains soon long-term wait, days", f"{tax.almost_long_days}"
    yield "May sell", MAY_SELL[tax.may_sell]
    yield "Avoid short-term gains", _yes(tax.avoid_short_term)
    yield "Harvest losses", _yes(tax.harvest)
    yield "Harvest, least loss, of the basis", _percent(tax.harvest_share)
    yield "Harvest, least loss, dollars", _dollars(tax.harvest_dollars)
    yield "Harvest, threshold falls over the year", _yes(tax.harvest_season)
    yield "Lot method", LOT_METHODS[tax.lot_method]


def _situation(situation: TaxSituation) -> Iterator[tuple[str, str]]:
    yield "Tax", f"by the tables of {situation.year}; the flat rates above are not used"
    yield "Filing status", _FILING[situation.filing]
    for field in attrs.fields(TaxSituation):
        value = getattr(situation, field.name)
        if field.name not in _SITUATION:
            continue
        if value is None:
            yield _SITUATION[field.name], "reckoned from income, qualified dividends and standard deduction"
        else:
            yield _SITUATION[field.name], _percent(value) if field.name == "state_rate" else f"{value:,.2f}"


def _trading(trading: Trading) -> Iterator[tuple[str, str]]:
    yield "What the plan is for", MODES[trading.mode]
    yield "Eagerness, dollars of cost a dollar moved", _number(trading.eagerness)
    yield "Smallest trade, dollars", _dollars(trading.min_trade)
    yield "Smallest trade, of its account", _percent(trading.min_trade_share)
    if trading.order_worth:
        yield "What an order has to be worth, dollars", _dollars(trading.order_worth)
    yield "Largest turnover", _percent(trading.max_turnover)
    yield "Largest position bought", _percent(trading.max_position)
    yield "Largest single stock bought", _percent(trading.max_stock)
    yield "Parts of shares", _yes(trading.fractional)
    yield "Asset location counts", _yes(trading.location)


def _rules(rules: Rules, household: Household) -> Iterator[tuple[str, str]]:
    for label, keys in (
        ("Do not buy", rules.no_buy),
        ("Do not sell", rules.no_sell),
        ("Sell all", rules.sell_all),
        ("Hold", rules.hold),
    ):
        if keys:
            yield label, ", ".join(household.place_words(str(key)) for key in keys)
    for wanted in rules.ranges:
        yield f"Range to hold, {household.place_words(str(wanted.key))}", _range(wanted)


def _range(wanted: HoldRange) -> str:
    def said(end: float) -> str:
        if wanted.unit is RangeUnit.SHARE:
            return _percent(end)
        return f"${_dollars(end)}" if wanted.unit is RangeUnit.DOLLARS else f"{_number(end)} units"

    ends = []
    if wanted.least is not None:
        ends.append(f"at least {said(wanted.least)}")
    if wanted.most is not None:
        ends.append(f"at most {said(wanted.most)}")
    whole = "the household" if wanted.key.account is None else "the account"
    of = f" of {whole}" if wanted.unit is RangeUnit.SHARE and ends else ""
    return (", ".join(ends) or f"any number of {wanted.unit.value}") + of


def _risk(risk: Risk | None) -> Iterator[tuple[str, str]]:
    if risk is None:
        yield "Tracking error", "does not matter"
        return
    yield "Tracking error, at most a year", "no limit" if risk.limit is None else _percent(risk.limit)
    yield "Tracking error, dollars a dollar of variance", _number(risk.aversion)
    covariance = risk.covariance
    yield "Covariance of", ", ".join(covariance.symbols)
    digest = hashlib.sha256(",".join(repr(float(x)) for x in covariance.matrix.ravel()).encode())
    yield "Covariance, SHA-256 of its figures", digest.hexdigest()


def _number(number: float) -> str:
    return f"{number:.10g}"


def _dollars(amount: float) -> str:
    return f"{amount:,.2f}"


def _dollars_or_none(amount: float | None) -> str:
    return "none" if amount is None else _dollars(amount)


def _percent(share: float | Decimal) -> str:
    return f"{100 * share:.6g} %"


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
