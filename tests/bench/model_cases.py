"""Reference cases with security-level targets: read into a household, planned, and scored by the cases' own scorer."""

from __future__ import annotations

import csv
import importlib.util
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

from core.classify.exposure import STYLE_BOXES, Confidence, Exposure
from core.household import Account, AccountKind, Household, Lot, Security, SecurityType
from core.money import ZERO, market_value
from core.rebalance.proposal import Action, Trade
from core.tax.holding_period import term
from core.tilt.risk import Risk, read_covariance
from core.tilt.target import Bands, Destination, ModelLine, RuleKey, Rules, Target, TaxSettings, Trading
from tests.shared_reference import SHARED

AS_OF = date(2026, 6, 30)


def cases() -> list[Path]:
    """Folders of the cases, none where they are absent."""
    folder = SHARED / "bench" / "data"
    return sorted(path for path in folder.glob("case*") if path.is_dir())


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def read_case(folder: Path) -> tuple[Household, dict[str, Exposure], Target]:
    """The household of a case and its model as a target (eagerness and risk still the standard ones)."""
    prices = {row["ticker"]: Decimal(row["price"]) for row in _rows(folder, "prices")}
    styles = {row["ticker"]: row for row in _rows(folder, "securities")}
    securities = tuple(Security(s, s, None, s, SecurityType.STOCK, price) for s, price in prices.items())
    lots = []
    for row in _rows(folder, "lots"):
        bought = date.fromisoformat(row["date"])
        quantity, price = Decimal(row["quantity"]), prices[row["ticker"]]
        value = market_value(quantity, price, Decimal(1))
        basis = Decimal(row["cost_basis"])
        lots.append(Lot(row["account"], row["ticker"], quantity, value, basis, bought, term(bought, AS_OF)))
    accounts = []
    for row in _rows(folder, "accounts"):
        cash = Decimal(row["cash"])
        worth = sum((lot.market_value for lot in lots if lot.account == row["account"]), ZERO) + cash
        accounts.append(
            Account(row["account"], row["account"], None, AccountKind(row["type"]), "file", cash, ZERO, worth)
        )
    restrictions = _rows(folder, "restrictions")
    sold_of_late = {row["ticker"] for row in _rows(folder, "closed_lots")}
    no_buy = sold_of_late | {row["ticker"] for row in restrictions if row["can_buy"] == "False"}
    no_sell = {row["ticker"] for row in restrictions if row["can_sell"] == "False"}
    target = Target(
        model=tuple(ModelLine(row["ticker"], float(row["target_weight"])) for row in _rows(folder, "targets")),
        bands=Bands(relative=0.25, floor=0.0005, cap=0.05, destination=Destination.TARGET),
        tax=TaxSettings(short=0.408, long=0.238, avoid_short_term=False),
        trading=Trading(min_trade=500.0, ticket=0.0, half_spread=0.0, max_stock=1.0, location=False),
        rules=Rules(
            no_buy=tuple(RuleKey(s) for s in sorted(no_buy)), no_sell=tuple(RuleKey(s) for s in sorted(no_sell))
        ),
    )
    household = Household(folder.name, AS_OF, tuple(accounts), securities, tuple(lots))
    return household, {s: _exposure(s, styles[s]) for s in prices}, target


def risk_of(folder: Path, limit: float | None, aversion: float) -> Risk:
    return Risk(read_covariance(folder / "cov.csv"), limit, aversion)


def _exposure(symbol: str, row: dict[str, str]) -> Exposure:
    style = row["style"].replace("Core", "Blend")
    box = tuple(1.0 if name == f"{row['size']} {style}".lower() else 0.0 for name in STYLE_BOXES)
    sectors = (*(0.0,) * 11, 1.0)
    source = {"mix": "case", "style_box": "case", "sectors": "case"}
    return Exposure(symbol, symbol, SecurityType.STOCK, (1.0, *(0.0,) * 6), box, sectors, source, None, Confidence.HIGH)


def score(household: Household, case: Path, trades: tuple[Trade, ...], label: str) -> dict[str, Any]:
    """The scorer's figures of a list of trades."""
    import pandas

    numbers = {id(lot): row["lot_id"] for lot, row in zip(household.lots, _rows(case, "lots"), strict=True)}
    sells = [
        {"lot_id": numbers[id(household.lots[part.lot])], "quantity": float(part.quantity)}
        for trade in trades
        for part in trade.lots
    ]
    buys = [
        {"account": trade.account, "ticker": trade.security, "quantity": float(trade.quantity)}
        for trade in trades
        if trade.action is Action.BUY
    ]
    frames = (
        pandas.DataFrame(sells, columns=["lot_id", "quantity"]),
        pandas.DataFrame(buys, columns=["account", "ticker", "quantity"]),
    )
    scored: dict[str, Any] = _scorer().score(case.name, *frames, label=label, verbose=False)
    return scored


def _scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("case_scorer", SHARED / "bench" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
