"""Random households for property tests and benchmarks: accounts of all kinds, funds, stocks and bonds, many tax lots.

``random_household(seed, ...)`` is a plain function of its arguments, so a failure is reproduced by them alone;
``households()`` is the hypothesis strategy over those arguments, which shrinks sizes and switches features off.
Every name and number is invented.
"""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from core.classify.exposure import ASSET_CLASSES, SECTORS, Confidence, Exposure
from core.household import Account, AccountKind, Household, Lot, Security, SecurityType, Term
from core.money import ZERO, market_value, to_cents
from core.tax.holding_period import term
from core.tilt.box import MARKET_BOX, box_at
from core.tilt.target import (
    Bands,
    Destination,
    Flow,
    LotMethod,
    MaySell,
    ModelLine,
    RuleKey,
    Rules,
    Scope,
    Style,
    Target,
    TaxSettings,
    Trading,
)

AS_OF = date(2026, 10, 30)

Case = tuple[Household, dict[str, Exposure], Target]

CENTI = Decimal("0.01")
FUND_TYPES = (SecurityType.MUTUAL_FUND, SecurityType.MONEY_MARKET)

#: What a random household may have beyond the ordinary.
FEATURES: tuple[str, ...] = (
    "unknown_basis",
    "unknown_dates",
    "recent_lots",
    "fractional_lots",
    "negative_cash",
    "pending",
    "unpriced",
    "odd_types",
    "rounded_values",
    "flows",
    "rules",
    "mix",
    "all_equity",
    "model",
    "sectors",
    "universe",
    "tax_settings",
    "trading_settings",
    "bands",
)

#: Rough sector weights of the whole US market, in the order of SECTORS without "unknown".
_SECTOR_WEIGHTS = (0.09, 0.11, 0.06, 0.04, 0.13, 0.10, 0.09, 0.30, 0.02, 0.03, 0.03)

#: Sleeves of funds: name, mix over ASSET_CLASSES, box rows kept (large, mid, small), tilt to value.
_FUNDS: tuple[tuple[str, tuple[float, ...], tuple[float, float, float], float], ...] = (
    ("Total Market Index", (1, 0, 0, 0, 0, 0, 0), (0.7, 0.2, 0.1), 0.0),
    ("500 Index", (0.995, 0.005, 0, 0, 0, 0, 0), (0.84, 0.16, 0.0), 0.0),
    ("Large Value", (0.98, 0.02, 0, 0, 0, 0, 0), (0.8, 0.2, 0.0), 0.8),
    ("Large Growth", (0.99, 0.01, 0, 0, 0, 0, 0), (0.85, 0.15, 0.0), -0.8),
    ("Mid Cap", (1, 0, 0, 0, 0, 0, 0), (0.1, 0.85, 0.05), 0.0),
    ("Small Cap", (0.99, 0, 0, 0, 0, 0, 0.01), (0.0, 0.15, 0.85), 0.0),
    ("Small Cap Value", (0.98, 0, 0, 0, 0.02, 0, 0), (0.0, 0.1, 0.9), 0.75),
    ("Small Cap Growth", (0.99, 0, 0, 0, 0.01, 0, 0), (0.0, 0.2, 0.8), -0.75),
    ("International", (0.01, 0.74, 0.25, 0, 0, 0, 0), (0.75, 0.18, 0.07), 0.1),
    ("Developed Small Value", (0, 0.97, 0.01, 0, 0.02, 0, 0), (0.0, 0.2, 0.8), 0.7),
    ("Emerging Markets", (0, 0.03, 0.96, 0, 0.01, 0, 0), (0.8, 0.15, 0.05), 0.0),
    ("Aggregate Bond", (0, 0, 0, 0.97, 0.03, 0, 0), (0, 0, 0), 0.0),
    ("Short Treasury", (0, 0, 0, 0.9, 0.1, 0, 0), (0, 0, 0), 0.0),
    ("Balanced", (0.36, 0.2, 0.04, 0.38, 0.02, 0, 0), (0.72, 0.2, 0.08), 0.1),
    ("Gold", (0, 0, 0, 0, 0, 1, 0), (0, 0, 0), 0.0),
    ("Strategic Opportunities", (0.5, 0.1, 0, 0.2, 0.05, 0.05, 0.1), (0.5, 0.2, 0.1), 0.2),
    ("Private Credit", (0, 0, 0, 0, 0, 0, 1), (0, 0, 0), 0.0),
)


def _normal(shares: Collection[float]) -> tuple[float, ...]:
    total = sum(shares)
    return tuple(share / total for share in shares) if total > 0 else tuple(0.0 for _ in shares)


def _box(rng: random.Random, rows: tuple[float, float, float], tilt: float) -> tuple[float, ...]:
    lean = max(-0.95, min(0.95, tilt + rng.uniform(-0.1, 0.1)))
    columns = (1 / 3 + lean / 3, 1 / 3 - abs(lean) / 6, 1 / 3 - lean / 3)
    columns = tuple(max(0.01, c) for c in columns)
    return tuple(r * c / sum(columns) for r in rows for c in columns)


def _sectors(rng: random.Random, equity: float, known: bool) -> tuple[float, ...]:
    if equity <= 0 or not known:
        return (0.0,) * 11 + (1.0,)
    unknown = rng.choice((0.0, 0.0, 0.02))
    weights = _normal([w * rng.uniform(0.5, 1.6) for w in _SECTOR_WEIGHTS])
    return (*(w * (1 - unknown) for w in weights), unknown)


def _security(rng: random.Random, number: int, features: Collection[str]) -> tuple[Security, Exposure]:
    """One security; funds and stocks in equal parts, now and then a bond, a money fund or something odd."""
    draw = rng.random()
    multiplier = Decimal(1)
    group = None
    price = Decimal(rng.randint(900, 45_000)) / 100
    if draw < 0.5:
        name, mix, rows, tilt = _FUNDS[rng.randrange(len(_FUNDS))]
        mutual = rng.random() < 0.3
        kind = SecurityType.MUTUAL_FUND if mutual else SecurityType.ETF
        symbol = f"F{number:03d}" + ("X" if mutual else "")
        mix = _normal(mix)
        box = _box(rng, rows, tilt) if sum(mix[:3]) > 0 else (0.0,) * 9
        sectors = _sectors(rng, sum(mix[:3]), True)
        if name in ("Total Market Index", "500 Index"):
            group = name  # two funds on one index are identical
    elif draw < 0.9:
        kind, symbol, name = SecurityType.STOCK, f"S{number:03d}", f"Example {number} Inc"
        mix = (0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0) if rng.random() < 0.1 else (1.0,) + (0.0,) * 6
        cell = rng.choices(range(9), weights=[m * (1 + k // 3) for k, m in enumerate(MARKET_BOX)])[0]
        box = (0.0,) * 9 if rng.random() < 0.08 else tuple(1.0 if k == cell else 0.0 for k in range(9))
        sector = rng.choices(range(11), weights=_SECTOR_WEIGHTS)[0]
        sectors = tuple(1.0 if k == sector else 0.0 for k in range(12))
    elif draw < 0.95 or "odd_types" not in features:
        kind, symbol, name = SecurityType.MONEY_MARKET, f"M{number:03d}X", "Money Fund"
        mix, price = (0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0), Decimal(1)
        box, sectors = (0.0,) * 9, (0.0,) * 11 + (1.0,)
    elif draw < 0.98:
        kind, symbol, name = SecurityType.BOND, f"B{number:03d}", "Example Note 4.25% 2033"
        mix, price, multiplier = (0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0), Decimal(rng.randint(8500, 10_500)) / 100, CENTI
        box, sectors = (0.0,) * 9, (0.0,) * 11 + (1.0,)
    else:
        kind, symbol, name = SecurityType.OTHER, f"O{number:03d}", "Example Partnership"
        mix, box, sectors = (0.0,) * 6 + (1.0,), (0.0,) * 9, (0.0,) * 11 + (1.0,)
    unpriced = "unpriced" in features and rng.random() < 0.04
    security = Security(symbol, symbol, None, name, kind, None if unpriced else price, multiplier)
    exposure = Exposure(
        symbol=symbol,
        name=name,
        type=kind,
        mix=mix,
        style_box=box,
        sectors=sectors,
        source={"mix": "test", "style_box": "test", "sectors": "test"},
        as_of=None,
        confidence=Confidence.HIGH,
        identical_group=group,
    )
    return security, exposure


def _lot(rng: random.Random, account: str, security: Security, dollars: float, features: Collection[str]) -> Lot:
    price = security.price if security.price is not None else Decimal(50)
    unit = float(price * security.multiplier)
    if security.type is SecurityType.BOND:
        quantity = Decimal(max(1, round(dollars / unit / 1000)) * 1000)
    elif security.type in FUND_TYPES or ("fractional_lots" in features and rng.random() < 0.2):
        quantity = Decimal(max(1, round(dollars / unit * 1000))) / 1000
    else:
        quantity = Decimal(max(1, round(dollars / unit)))
    value = market_value(quantity, price, security.multiplier)
    if "rounded_values" in features and rng.random() < 0.1:
        value += Decimal(rng.randint(-3, 3)) / 100
    recent = "recent_lots" in features and rng.random() < 0.12
    bought = AS_OF - timedelta(days=rng.randint(1, 40) if recent else rng.randint(41, 3650))
    gone_by = (AS_OF - bought).days / 365
    growth = rng.lognormvariate(0.07 * gone_by, 0.15 + 0.05 * gone_by**0.5)
    basis: Decimal | None = max(CENTI, to_cents(float(value) / growth))
    if security.type is SecurityType.MONEY_MARKET:
        basis = value
    acquired: date | None = bought
    lot_term = term(bought, AS_OF)
    if "unknown_dates" in features and rng.random() < 0.06:
        acquired, lot_term = None, rng.choice((Term.UNKNOWN, Term.UNKNOWN, Term.LONG, Term.SHORT))
    if "unknown_basis" in features and rng.random() < 0.06:
        basis = None
    return Lot(account, security.id, quantity, value, basis, acquired, lot_term)


def random_household(
    seed: int,
    accounts: int = 3,
    securities: int = 12,
    lots: int = 40,
    features: Collection[str] | None = None,
    value: float | None = None,
) -> Case:
    """A household, an exposure for every security of it, and a target, all from ``seed``.

    About two thirds of the securities are held, the others are only candidates. ``features`` of None draws each of
    FEATURES with a chance of one in four; ``value`` is the household's rough value in dollars.
    """
    rng = random.Random(seed)
    if features is None:
        features = frozenset(name for name in FEATURES if rng.random() < 0.25)
    made = [_security(rng, number, features) for number in range(securities)]
    all_securities = tuple(security for security, _ in made)
    exposures = {security.id: exposure for security, exposure in made}
    held = all_securities[: max(1, round(securities * 0.67))]

    kinds = [AccountKind.TAXABLE, AccountKind.TRADITIONAL, AccountKind.ROTH, *AccountKind]
    account_ids = [f"{1000 + 7 * k}" for k in range(accounts)]
    account_kinds = [kinds[k] if k < 3 else rng.choice(kinds) for k in range(accounts)]
    total = value if value is not None else 10 ** rng.uniform(4.5, 6.5)
    sizes = _normal([rng.uniform(0.2, 1.0) for _ in range(accounts)])

    holders = {security.id: rng.sample(account_ids, rng.randint(1, min(2, accounts))) for security in held}
    rows: list[Lot] = []
    weights = [rng.paretovariate(1.5) for _ in held]
    for _ in range(lots):
        security = rng.choices(held, weights=weights)[0]
        account = rng.choice(holders[security.id])
        size = total * sizes[account_ids.index(account)] * accounts / lots
        rows.append(_lot(rng, account, security, size * rng.uniform(0.3, 1.7), features))

    books = []
    for account, kind in zip(account_ids, account_kinds, strict=True):
        worth = sum((lot.market_value for lot in rows if lot.account == account), ZERO)
        cash = to_cents(float(worth) * rng.choice((0.0, 0.01, 0.02, 0.05, 0.2)) + rng.uniform(0, 500))
        pending = ZERO
        if "negative_cash" in features and rng.random() < 0.4:
            cash = -to_cents(float(worth) * rng.uniform(0, 0.05))
        if "pending" in features and rng.random() < 0.4:
            pending = to_cents(float(worth) * rng.uniform(-0.02, 0.02))
        books.append(Account(account, f"Account {account}", None, kind, "file", cash, pending, worth + cash + pending))
    household = Household(f"Household {seed}", AS_OF, tuple(books), all_securities, tuple(rows))
    return household, exposures, _target(rng, household, exposures, features)


def _target(
    rng: random.Random, household: Household, exposures: dict[str, Exposure], features: Collection[str]
) -> Target:
    symbols = [s.id for s in household.securities]
    account_ids = [a.id for a in household.accounts]

    def some_keys(most: int) -> tuple[RuleKey, ...]:
        picked = rng.sample(symbols, min(len(symbols), rng.randint(0, most)))
        return tuple(RuleKey(s, rng.choice([None, None, rng.choice(account_ids)])) for s in picked)

    scope = Scope.ALL_EQUITY if "all_equity" in features else Scope.US_EQUITY
    styles = (
        Style(scope=scope),
        Style(preset="small-value", scope=scope),
        Style(preset="market", scope=scope),
        Style(preset="deep-small-value", scope=scope),
        Style(size=rng.uniform(-0.9, 0.9), value=rng.uniform(-0.9, 0.9), scope=scope),
        Style(box=box_at(rng.uniform(-0.5, 0.7), rng.uniform(-0.2, 0.8)).box, scope=scope),
    )
    mix = None
    if "mix" in features:
        drawn = _normal([rng.uniform(0.02, w) for w in (0.9, 0.4, 0.2, 0.5, 0.06, 0.1, 0.1)])
        mix = {name: drawn[ASSET_CLASSES.index(name)] for name in rng.sample(ASSET_CLASSES[:6], rng.randint(1, 6))}
        held = {
            name
            for lot in household.lots
            for name, share in zip(ASSET_CLASSES, exposures[lot.security].mix, strict=True)
            if share > 0
        }
        if held <= set(mix) or "model" in features:  # nothing may be left out that could take the rest
            mix = dict(zip(mix, _normal(list(mix.values())), strict=True))
    model: tuple[ModelLine, ...] = ()
    if "model" in features:
        picked = rng.sample(symbols, min(len(symbols), rng.randint(1, 4)))
        parts = _normal([rng.uniform(0.2, 1) for _ in picked])
        scale = rng.choice((1.0, 0.8, 0.5))
        others = [s for s in symbols if s not in picked]
        model = tuple(
            ModelLine(s, scale * w, tuple(rng.sample(others, min(1, len(others)))) if rng.random() < 0.3 else ())
            for s, w in zip(picked, parts, strict=True)
        )
    sectors = {}
    if "sectors" in features:
        for name in rng.sample(SECTORS[:11], rng.randint(1, 3)):
            sectors[name] = (-rng.uniform(0.0, 0.05), rng.uniform(0.0, 0.08))
    flows: tuple[Flow, ...] = ()
    if "flows" in features:
        chosen = rng.choice(household.accounts)
        flows = (Flow(chosen.id, round(float(chosen.market_value) * rng.uniform(-0.1, 0.2), 2)),)
    tax = TaxSettings()
    if "tax_settings" in features:
        tax = TaxSettings(
            short=rng.choice((0.408, 0.24)),
            long=rng.choice((0.238, 0.15)),
            gain_limit=rng.choice((None, 0.0, 5000.0)),
            may_sell=rng.choice(list(MaySell)),
            avoid_short_term=rng.random() < 0.6,
            harvest=rng.random() < 0.6,
            lot_method=rng.choice(list(LotMethod)),
        )
    trading = Trading()
    if "trading_settings" in features:
        trading = Trading(
            eagerness=rng.choice((0.01, 0.05, 0.2)),
            min_trade=rng.choice((0.0, 250.0, 1000.0)),
            ticket=rng.choice((0.0, 1.0, 9.95)),
            half_spread=rng.choice((0.0, 0.0005, 0.002)),
            cash_reserve=rng.choice((0.0, 0.01, 0.03)),
            max_turnover=rng.choice((0.05, 0.2, 1.0)),
            max_position=rng.choice((0.1, 0.3, 1.0)),
            max_stock=rng.choice((0.02, 0.05, 1.0)),
            fractional=rng.random() < 0.4,
            location=rng.random() < 0.6,
        )
    bands = Bands()
    if "bands" in features:
        bands = Bands(
            relative=rng.choice((0.1, 0.25)),
            floor=rng.choice((0.0, 0.005, 0.02)),
            cap=rng.choice((0.03, 0.1)),
            destination=rng.choice(list(Destination)),
        )
    rules = Rules()
    if "rules" in features:
        rules = Rules(no_buy=some_keys(2), no_sell=some_keys(2), sell_all=some_keys(1), hold=some_keys(1))
    universe = tuple(rng.sample(symbols, max(1, len(symbols) // 2))) if "universe" in features else None
    return Target(
        mix=mix,
        style=rng.choice(styles),
        model=model,
        sectors=sectors,
        bands=bands,
        tax=tax,
        trading=trading,
        rules=rules,
        universe=universe,
        flows=flows,
    )


@st.composite
def households(draw: st.DrawFn, max_accounts: int = 4, max_securities: int = 14, max_lots: int = 40) -> Case:
    """(Household, exposures, Target); shrinks toward one account, few lots and no features."""
    return random_household(
        seed=draw(st.integers(0, 2**32 - 1)),
        accounts=draw(st.integers(1, max_accounts)),
        securities=draw(st.integers(2, max_securities)),
        lots=draw(st.integers(1, max_lots)),
        features=frozenset(draw(st.lists(st.sampled_from(FEATURES), unique=True, max_size=6))),
    )
