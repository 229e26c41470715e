"""Answers of providers as JSON values for the cache, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import attrs

from core.classify.stocks import Fundamentals
from core.household import SecurityType
from core.providers.protocols import Failure, PriceHistory, Profile, Quote, Reason

Answer = Quote | Profile | PriceHistory | Failure


def to_json(answer: Answer) -> dict[str, Any]:
    """An answer as a JSON value with the key ``is`` for its kind."""
    if isinstance(answer, Quote):
        return {
            "is": "quote",
            "symbol": answer.symbol,
            "price": str(answer.price),
            "as_of": answer.as_of.isoformat(),
            "name": answer.name,
            "type": answer.type.value if answer.type else None,
        }
    if isinstance(answer, PriceHistory):
        dates = [day.isoformat() for day in answer.dates]
        return {"is": "history", "symbol": answer.symbol, "dates": dates, "closes": list(answer.closes)}
    if isinstance(answer, Failure):
        return {"is": "failure", "symbol": answer.symbol, "reason": answer.reason.value, "message": answer.message}
    return {
        "is": "profile",
        "symbol": answer.symbol,
        "as_of": answer.as_of.isoformat(),
        "name": answer.name,
        "type": answer.type.value if answer.type else None,
        "category": answer.category,
        "asset_classes": dict(answer.asset_classes),
        "sectors": dict(answer.sectors),
        "fundamentals": attrs.asdict(answer.fundamentals) if answer.fundamentals else None,
        "sector": answer.sector,
        "country": answer.country,
        "price_earnings": answer.price_earnings,
        "price_book": answer.price_book,
    }


def from_json(body: Mapping[str, Any]) -> Answer:
    """The answer of a JSON value. Raises KeyError, TypeError or ValueError where it is none (decimal's errors too)."""
    kind, symbol = body["is"], str(body["symbol"])
    if kind == "quote":
        price = Decimal(str(body["price"]))
        if not price.is_finite() or price <= 0:
            raise ValueError(f"{symbol}: price {price}")
        return Quote(symbol, price, date.fromisoformat(body["as_of"]), str(body["name"]), _type(body["type"]))
    if kind == "history":
        dates = tuple(date.fromisoformat(day) for day in body["dates"])
        closes = tuple(float(close) for close in body["closes"])
        if len(dates) != len(closes):
            raise ValueError(f"{symbol}: dates and closes differ in number")
        return PriceHistory(symbol, dates, closes)
    if kind == "failure":
        return Failure(symbol, Reason(body["reason"]), str(body["message"]))
    if kind != "profile":
        raise ValueError(f"{symbol}: unknown kind {kind!r}")
    known = body["fundamentals"]
    return Profile(
        symbol=symbol,
        as_of=date.fromisoformat(body["as_of"]),
        name=str(body["name"]),
        type=_type(body["type"]),
        category=body["category"],
        asset_classes={str(key): float(share) for key, share in body["asset_classes"].items()},
        sectors={str(key): float(share) for key, share in body["sectors"].items()},
        fundamentals=Fundamentals(**known) if known else None,
        sector=body["sector"],
        country=body["country"],
        price_earnings=body["price_earnings"],
        price_book=body["price_book"],
    )


def _type(value: str | None) -> SecurityType | None:
    return SecurityType(value) if value else None
