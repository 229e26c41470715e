"""Makes the embedded sample household, ``resources/sample/household.json``: the same bytes on every run.

Everything in it is invented: the family, the accounts, the lots and every price. Only the securities' symbols and
names are real, so that they are classified as a client's would be. Run it after a change of the tables below:

    python3 packaging/make_sample.py [--check]

``--check`` writes nothing and fails where the file kept in the repository is not what this script makes.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

AS_OF = date(2026, 11, 20)
TARGET_FILE = Path(__file__).resolve().parents[1] / "resources" / "sample" / "household.json"

#: Symbol: (name, type, prices in dollars at the start of 2018, 2019, ... 2026 and today). The paths are invented.
HELD: dict[str, tuple[str, str, tuple[float, ...]]] = {
    "VOO": ("Vanguard S&P 500 ETF", "etf", (241, 228, 296, 344, 437, 351, 437, 538, 628, 664.18)),
    "QQQM": ("Invesco NASDAQ 100 ETF", "etf", (64, 63, 88, 129, 164, 109, 169, 210, 253, 268.45)),
    "VUG": ("Vanguard Growth ETF", "etf", (141, 134, 183, 254, 321, 213, 311, 411, 489, 521.70)),
    "AAPL": ("Apple Inc.", "stock", (42, 39, 74, 132, 178, 130, 192, 250, 272, 281.36)),
    "MSFT": ("Microsoft Corp.", "stock", (86, 101, 158, 222, 336, 240, 376, 421, 484, 512.94)),
    "NVDA": ("NVIDIA Corp.", "stock", (4.9, 3.4, 5.9, 13.1, 29.5, 14.6, 49.5, 134, 187, 176.52)),
    "AMZN": ("Amazon.com Inc.", "stock", (58, 75, 92, 163, 167, 84, 152, 219, 231, 238.07)),
    "GOOGL": ("Alphabet Inc. Class A", "stock", (53, 52, 67, 88, 145, 88, 140, 189, 313, 297.85)),
    "JPM": ("JPMorgan Chase & Co.", "stock", (107, 98, 139, 127, 158, 134, 170, 240, 322, 308.64)),
    "PG": ("Procter & Gamble Co.", "stock", (92, 92, 125, 139, 164, 152, 147, 168, 143, 149.28)),
    "XOM": ("Exxon Mobil Corp.", "stock", (84, 68, 70, 41, 61, 110, 100, 108, 120, 113.71)),
    "IJH": ("iShares Core S&P Mid-Cap ETF", "etf", (38, 33, 41, 46, 57, 48, 55, 62, 66, 69.83)),
    "VB": ("Vanguard Small-Cap ETF", "etf", (148, 132, 166, 195, 226, 184, 213, 240, 258, 266.12)),
    "VXUS": ("Vanguard Total International Stock ETF", "etf", (57, 47, 56, 60, 64, 52, 58, 59, 75, 79.46)),
    "VWO": ("Vanguard FTSE Emerging Markets ETF", "etf", (46, 38, 44, 50, 49.5, 39, 41, 44, 54, 47.92)),
    "MUB": ("iShares National Muni Bond ETF", "etf", (111, 109, 114, 117.2, 116.3, 105.5, 108.4, 106.6, 107.1, 106.35)),
    "SWVXX": ("Schwab Value Advantage Money Fund", "money_market", (1,) * 10),
    "FXAIX": ("Fidelity 500 Index Fund", "mutual_fund", (93, 87, 112, 130, 165, 133, 165, 204, 238, 251.37)),
    "FSPGX": ("Fidelity Large Cap Growth Index Fund", "mutual_fund", (13, 13, 17.5, 24, 31, 22, 31, 41, 48, 50.92)),
    "FTIHX": (
        "Fidelity Total International Index Fund", "mutual_fund",
        (13, 10.9, 13, 14, 15, 12, 13.3, 13.6, 17.4, 18.24),
    ),
    "FXNAX": (
        "Fidelity U.S. Bond Index Fund", "mutual_fund",
        (11.5, 11.3, 11.9, 12.4, 12, 10.2, 10.4, 10.2, 10.5, 10.48),
    ),
    "AGG": ("iShares Core U.S. Aggregate Bond ETF", "etf", (109, 106.5, 112.4, 118.2, 114, 97, 99.2, 96.9, 100, 99.74)),
    "VCIT": (
        "Vanguard Intermediate-Term Corporate Bond ETF", "etf",
        (87, 83, 91, 97, 92.7, 77.5, 81.3, 80.3, 83.8, 83.59),
    ),
    "TIP": ("iShares TIPS Bond ETF", "etf", (114, 109.5, 116.6, 127.6, 129.2, 106.4, 107.5, 106.6, 110, 109.38)),
    "SCHD": ("Schwab U.S. Dividend Equity ETF", "etf", (17, 15.7, 19.3, 21.4, 26.9, 25.2, 25.4, 27.3, 27.5, 28.66)),
    "SPAXX": ("Fidelity Government Money Market Fund", "money_market", (1,) * 10),
    "VTSAX": (
        "Vanguard Total Stock Market Index Fund Admiral", "mutual_fund",
        (67, 62, 79, 93, 116, 92, 114, 142, 164, 173.41),
    ),
    "VIGAX": ("Vanguard Growth Index Fund Admiral", "mutual_fund", (73, 69, 94, 131, 166, 109, 160, 211, 251, 267.88)),
    "VTIAX": (
        "Vanguard Total International Stock Index Fund Admiral", "mutual_fund",
        (30.6, 25, 29.8, 32.5, 34.3, 27.8, 31, 31.6, 40, 42.35),
    ),
    "VGT": ("Vanguard Information Technology ETF", "etf", (165, 167, 245, 354, 458, 319, 484, 622, 754, 801.26)),
    "VBTLX": (
        "Vanguard Total Bond Market Index Fund Admiral", "mutual_fund",
        (10.7, 10.4, 11, 11.6, 11.2, 9.5, 9.7, 9.5, 9.8, 9.77),
    ),
    "VMFXX": ("Vanguard Federal Money Market Fund", "money_market", (1,) * 10),
}  # fmt: skip

#: Securities that are not held but have a price, so that they may be bought.
CANDIDATES: dict[str, tuple[str, str, str]] = {
    "AVUV": ("Avantis U.S. Small Cap Value ETF", "etf", "108.42"),
    "VBR": ("Vanguard Small-Cap Value ETF", "etf", "219.87"),
    "DFSV": ("Dimensional US Small Cap Value ETF", "etf", "34.56"),
    "IJS": ("iShares S&P Small-Cap 600 Value ETF", "etf", "118.73"),
    "SLYV": ("SPDR S&P 600 Small Cap Value ETF", "etf", "94.21"),
    "DFAT": ("Dimensional U.S. Targeted Value ETF", "etf", "62.08"),
    "VOE": ("Vanguard Mid-Cap Value ETF", "etf", "184.35"),
    "IJR": ("iShares Core S&P Small-Cap ETF", "etf", "124.90"),
    "VTV": ("Vanguard Value ETF", "etf", "196.54"),
    "AVDV": ("Avantis International Small Cap Value ETF", "etf", "95.17"),
    "BND": ("Vanguard Total Bond Market ETF", "etf", "74.03"),
}


@dataclass(frozen=True)
class AccountPlan:
    """An account and its positions: symbol, number of lots, total quantity, first year bought."""

    id: str
    name: str
    custodian: str
    kind: str
    cash: Decimal
    pending: Decimal
    positions: tuple[tuple[str, int, str, int], ...]


ACCOUNTS: tuple[AccountPlan, ...] = (
    AccountPlan(
        "5512-8047",
        "Rivera-Holt Joint",
        "Schwab",
        "taxable",
        Decimal("13846.52"),
        Decimal("318.44"),
        (
            ("VOO", 11, "268", 2018),
            ("QQQM", 8, "236", 2020),
            ("VUG", 7, "138", 2018),
            ("AAPL", 6, "310", 2018),
            ("MSFT", 6, "142", 2018),
            ("NVDA", 5, "345", 2020),
            ("AMZN", 5, "164", 2019),
            ("GOOGL", 4, "128", 2019),
            ("JPM", 3, "84.317", 2018),
            ("PG", 3, "126", 2019),
            ("XOM", 3, "190", 2021),
            ("IJH", 6, "480", 2018),
            ("VB", 4, "96", 2018),
            ("VXUS", 8, "1120", 2019),
            ("VWO", 6, "740", 2021),
            ("MUB", 6, "690", 2020),
            ("SWVXX", 1, "21480.15", 2026),
        ),
    ),
    AccountPlan(
        "Z40-518862",
        "Rollover IRA",
        "Fidelity",
        "traditional",
        Decimal("0.00"),
        Decimal("0.00"),
        (
            ("FXAIX", 4, "742.318", 2018),
            ("FSPGX", 3, "2318.406", 2019),
            ("FTIHX", 3, "2964.557", 2020),
            ("FXNAX", 3, "7425.913", 2018),
            ("AGG", 1, "410", 2021),
            ("VCIT", 1, "365", 2021),
            ("TIP", 1, "210", 2022),
            ("SCHD", 2, "1150", 2021),
            ("IJH", 1, "340", 2023),
            ("SPAXX", 1, "14276.88", 2026),
        ),
    ),
    AccountPlan(
        "71830945",
        "Roth IRA",
        "Vanguard",
        "roth",
        Decimal("182.09"),
        Decimal("0.00"),
        (
            ("VTSAX", 2, "362.184", 2019),
            ("VIGAX", 2, "254.709", 2019),
            ("VTIAX", 1, "512.633", 2021),
            ("VGT", 1, "38", 2020),
            ("VBTLX", 1, "1840.275", 2021),
            ("VMFXX", 1, "4102.66", 2026),
        ),
    ),
)

#: Lots with a story of their own: (account, symbol, place in the position): (acquired, price paid per unit).
TOLD_LOTS: dict[tuple[str, str, int], tuple[date, str]] = {
    # Bought lately: a loss sale of the older VWO and MUB lots is washed by these.
    ("5512-8047", "VWO", 5): (date(2026, 11, 5), "48.33"),
    ("5512-8047", "MUB", 5): (date(2026, 10, 30), "106.11"),
    ("5512-8047", "VOO", 10): (date(2026, 11, 12), "659.40"),
    ("Z40-518862", "FTIHX", 2): (date(2026, 11, 16), "18.11"),
    # Short-term losses, free of any recent purchase.
    ("5512-8047", "NVDA", 4): (date(2026, 7, 14), "203.86"),
    ("5512-8047", "XOM", 2): (date(2026, 3, 26), "127.44"),
    ("5512-8047", "GOOGL", 3): (date(2026, 2, 3), "339.12"),
    ("5512-8047", "QQQM", 7): (date(2026, 8, 19), "277.90"),
    # A short-term gain that turns long in nineteen days.
    ("5512-8047", "VUG", 6): (date(2025, 12, 9), "478.25"),
    # A long-term loss.
    ("5512-8047", "PG", 1): (date(2024, 9, 18), "174.06"),
    ("5512-8047", "VWO", 0): (date(2021, 2, 17), "55.84"),
    ("5512-8047", "MUB", 0): (date(2020, 12, 22), "117.02"),
}
#: Came as a gift: the broker states neither what was paid nor when.
UNKNOWN_LOT = ("5512-8047", "PG", 2)

CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """Round to cents, half away from zero."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def price_today(symbol: str) -> Decimal:
    """Today's price of a held security."""
    return Decimal(str(HELD[symbol][2][-1]))


def price_at(symbol: str, day: date) -> Decimal:
    """Invented price of a day: between the yearly prices along a straight line in the logarithm, with a small wave."""
    path = HELD[symbol][2]
    if path[0] == path[-1] == 1:
        return Decimal(1)
    starts = [date(2018 + i, 1, 1) for i in range(9)] + [AS_OF]
    year = max(i for i in range(9) if starts[i] <= day)
    part = (day - starts[year]).days / (starts[year + 1] - starts[year]).days
    level = math.log(path[year]) * (1 - part) + math.log(path[year + 1]) * part
    wave = 0.035 * math.sin(day.toordinal() / 23.0 + len(symbol)) * math.sin(math.pi * part)
    return Decimal(repr(round(math.exp(level + wave), 4)))


def trading_day(day: date) -> date:
    """The day itself, or the next one that is neither weekend nor a fixed-date holiday."""
    while day.weekday() >= 5 or (day.month, day.day) in {(1, 1), (7, 4), (12, 25)}:
        day += timedelta(days=1)
    return day


def dates_of_lots(account: str, symbol: str, count: int, first_year: int) -> list[date]:
    """Purchase dates, oldest first, spread from ``first_year`` to two months ago."""
    draw = random.Random(f"{account}/{symbol}")  # noqa: S311 - repeatable, not secret
    start = max(date(first_year, 1, 15), date(2018, 1, 15))
    span = (AS_OF - timedelta(days=60) - start).days
    days = [
        trading_day(start + timedelta(days=int(span * (i + 0.15 + 0.7 * draw.random()) / count))) for i in range(count)
    ]
    return sorted(days)


def quantities_of_lots(account: str, symbol: str, count: int, total: Decimal) -> list[Decimal]:
    """The total in ``count`` uneven parts: whole shares for stocks and ETFs but for what dividends bought."""
    draw = random.Random(f"{account}/{symbol}/quantity")  # noqa: S311 - repeatable, not secret
    weights = [0.5 + draw.random() for _ in range(count)]
    step = Decimal("0.001") if HELD[symbol][1] == "mutual_fund" else Decimal(1)
    parts = [
        max(step, (total * Decimal(repr(round(weight / sum(weights), 6)))).quantize(step, rounding=ROUND_HALF_UP))
        for weight in weights[:-1]
    ]
    return [*parts, total - sum(parts, Decimal(0))]


def term_of(acquired: date | None) -> str:
    """Long from one year and a day after the trade date."""
    if acquired is None:
        return "unknown"
    start = acquired + timedelta(days=1)
    leap_day = (start.month, start.day) == (2, 29)
    first_long = date(start.year + 1, 3, 1) if leap_day else start.replace(year=start.year + 1)
    return "long" if first_long <= AS_OF else "short"


def lots_of(account: AccountPlan) -> Iterator[dict[str, object]]:
    """The lots of an account in the order of its positions, oldest first."""
    for symbol, count, total, first_year in account.positions:
        price = price_today(symbol)
        days = dates_of_lots(account.id, symbol, count, first_year)
        quantities = quantities_of_lots(account.id, symbol, count, Decimal(total))
        rows: list[tuple[date | None, Decimal, Decimal | None]] = []
        for place, (day, quantity) in enumerate(zip(days, quantities, strict=True)):
            told = TOLD_LOTS.get((account.id, symbol, place))
            if HELD[symbol][1] == "money_market":
                rows.append((None, quantity, cents(quantity)))
            elif (account.id, symbol, place) == UNKNOWN_LOT:
                rows.append((None, quantity, None))
            elif told is not None:
                rows.append((told[0], quantity, cents(quantity * Decimal(told[1]))))
            else:
                rows.append((day, quantity, cents(quantity * price_at(symbol, day))))
        rows.sort(key=lambda row: (row[0] is None, row[0] or AS_OF))
        for acquired, quantity, basis in rows:
            yield {
                "account": account.id,
                "security": symbol,
                "quantity": quantity,
                "market_value": cents(quantity * price),
                "cost_basis": basis,
                "acquired": None if acquired is None else acquired.isoformat(),
                "term": term_of(acquired),
                "side": None if account.kind != "taxable" else "cash",
            }


def household() -> dict[str, object]:
    """The whole document, by the schema ``trimtab/household/1``."""
    accounts: list[dict[str, object]] = []
    lots: list[dict[str, object]] = []
    for plan in ACCOUNTS:
        own = list(lots_of(plan))
        lots += own
        held = sum((Decimal(str(lot["market_value"])) for lot in own), Decimal(0))
        accounts.append(
            {
                "id": plan.id,
                "name": plan.name,
                "custodian": plan.custodian,
                "kind": plan.kind,
                "kind_source": "file",
                "cash": plan.cash,
                "pending": plan.pending,
                "market_value": held + plan.cash + plan.pending,
            }
        )
    securities = [
        {"id": symbol, "symbol": symbol, "cusip": None, "name": name, "type": kind, "price": price, "multiplier": 1}
        for symbol, (name, kind, price) in (
            *((s, (row[0], row[1], price_today(s))) for s, row in HELD.items()),
            *((s, (row[0], row[1], Decimal(row[2]))) for s, row in CANDIDATES.items()),
        )
    ]
    return {
        "schema": "trimtab/household/1",
        "name": "Rivera-Holt household",
        "as_of": AS_OF.isoformat(),
        "accounts": accounts,
        "securities": securities,
        "lots": lots,
        "files": [],
        "findings": [
            {
                "severity": "info",
                "code": "sample_household",
                "where": "household",
                "message": "This is the sample household: the family, accounts, lots and prices are invented.",
            }
        ],
    }


def document() -> str:
    """The household as JSON text, one account, security, lot a line, numbers as short as their value allows."""

    def plain(value: object) -> object:
        if isinstance(value, Decimal):
            return int(value) if value == value.to_integral_value() else float(value)
        return value

    whole = household()
    out = ["{"]
    for key, value in whole.items():
        comma = "" if key == "findings" else ","
        if isinstance(value, list) and value:
            rows = [json.dumps({k: plain(v) for k, v in row.items()}, ensure_ascii=False) for row in value]
            out.append(f"  {json.dumps(key)}: [\n    " + ",\n    ".join(rows) + f"\n  ]{comma}")
        else:
            out.append(f"  {json.dumps(key)}: {json.dumps(value)}{comma}")
    return "\n".join([*out, "}"]) + "\n"


def main() -> int:
    """Write the file, or with ``--check`` compare it."""
    parser = argparse.ArgumentParser(description="Make the embedded sample household.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where the file is out of date")
    options = parser.parse_args()
    text = document()
    if options.check:
        same = TARGET_FILE.is_file() and TARGET_FILE.read_bytes() == text.encode()
        print("up to date" if same else f"{TARGET_FILE} is not what packaging/make_sample.py makes: run it")
        return 0 if same else 1
    TARGET_FILE.parent.mkdir(parents=True, exist_ok=True)
    TARGET_FILE.write_bytes(text.encode())
    print(f"{TARGET_FILE}: {len(text.encode()):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
