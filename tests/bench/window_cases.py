"""Households for the window benchmarks, invented."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

from core.classify.overrides import Override
from core.edits import Document
from core.household import Account, AccountKind, Household, Lot, Security, SecurityType, Term
from core.money import to_cents
from core.tilt.target import Style, Target
from tests.bench.engine import CASES
from tests.households import random_household


def large_household(lots: int, *, accounts: int = 10, securities: int = 500) -> Household:
    """``lots`` tax lots in ``accounts`` accounts and ``securities`` stocks, all invented."""
    draw = random.Random(7)
    known = tuple(
        Security(f"S{n:03d}", f"S{n:03d}", None, f"Company number {n}", SecurityType.STOCK, Decimal(20 + n % 300))
        for n in range(securities)
    )
    found = []
    for n in range(lots):
        security = known[draw.randrange(securities)]
        quantity = Decimal(draw.randrange(1, 400))
        day = date(2010, 1, 1) + timedelta(days=draw.randrange(5800))
        basis = to_cents(quantity * draw.randrange(10, 300))
        value = to_cents(quantity * (security.price or 0))
        term = Term.LONG if day < date(2025, 11, 20) else Term.SHORT
        found.append(Lot(f"A{n % accounts}", security.id, quantity, value, basis, day, term))
    values = [sum((lot.market_value for lot in found if lot.account == f"A{n}"), Decimal(0)) for n in range(accounts)]
    return Household(
        name="Large household",
        as_of=date(2026, 11, 20),
        accounts=tuple(
            Account(
                f"A{n}", f"Account {n}", "Custodian", AccountKind.TAXABLE, "file", Decimal(0), Decimal(0), values[n]
            )
            for n in range(accounts)
        ),
        securities=known,
        lots=tuple(found),
    )


def typical_document(seed: int = 0) -> Document:
    """The engine's typical case (tests/bench/engine.py) as a document: its exposures are the adviser's own word."""
    accounts, securities, lots, _ = CASES["typical"]
    household, exposures, _ = random_household(seed, accounts, securities, lots, features=(), value=2e6)
    said = {
        key: Override(key, exposure.mix, exposure.style_box, exposure.sectors) for key, exposure in exposures.items()
    }
    return Document(household, overrides=said, target=Target(style=Style(preset="small-value")))
