"""The household as arrays, in an order of its own, so that the order of the files can't change a plan.

A = accounts, S = securities, L = lots. Money in dollars (float: the solver's side of the border).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import attrs
import numpy as np
from numpy.typing import NDArray

from core.classify.exposure import ASSET_CLASSES, Exposure
from core.household import Household, Lot, Security, SecurityType
from core.tax.holding_period import first_long_date

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Types traded in thousandths of a unit (funds priced once a day are ordered in dollars).
FUND_TYPES = (SecurityType.MUTUAL_FUND, SecurityType.MONEY_MARKET)
#: Types never traded by the engine.
UNTRADED_TYPES = (SecurityType.OPTION, SecurityType.CASH)
BOND_STEP = 1000.0
FUND_STEP = 0.001
FRACTION_STEP = 0.0001

_CASH_CLASS = ASSET_CLASSES.index("cash")


@attrs.frozen(eq=False)
class Holdings:
    """Arrays over sorted accounts, securities and lots.

    accounts, securities : ids, sorted. taxable (A), cash (A), pending (A), account_value (A).
    unit_price (S): dollars of one unit, NaN where there is no price. mix (S, 7), box (S, 9) of the equity part,
    sector (S, 12) of the equity part. group (S): number of the identical group.
    lot_account, lot_security (L), lot_source (L): index into household.lots; quantity, value (L); basis (L), NaN
    where unknown; long (L): long-term at the household's date; acquired (L): ordinal day, 0 where unknown.
    """

    household: Household
    accounts: tuple[str, ...]
    securities: tuple[str, ...]
    types: tuple[SecurityType, ...]
    taxable: Bools
    cash: Floats
    pending: Floats
    account_value: Floats
    unit_price: Floats
    mix: Floats
    box: Floats
    sector: Floats
    group: Ints
    lot_account: Ints
    lot_security: Ints
    lot_source: Ints
    quantity: Floats
    value: Floats
    basis: Floats
    long: Bools
    acquired: Ints
    account_index: Mapping[str, int]
    security_index: Mapping[str, int]

    @property
    def as_of(self) -> date:
        """The trade date of a plan."""
        return self.household.as_of

    def tradable_price(self) -> Bools:
        """(S,) whether a security can be traded at all: it has a price and is of a type the engine trades."""
        kinds = np.array([t not in UNTRADED_TYPES for t in self.types], dtype=bool)
        tradable: Bools = np.isfinite(self.unit_price) & (self.unit_price > 0) & kinds
        return tradable

    def steps(self, fractional: bool) -> Floats:
        """(S,) the smallest quantity a trade can change by, in units."""
        whole = FRACTION_STEP if fractional else 1.0
        by_type = {
            SecurityType.MUTUAL_FUND: FUND_STEP,
            SecurityType.MONEY_MARKET: FUND_STEP,
            SecurityType.BOND: BOND_STEP,
            SecurityType.STOCK: whole,
            SecurityType.ETF: whole,
        }
        return np.array([by_type.get(t, 1.0) for t in self.types])

    def position_values(self) -> Floats:
        """(A, S) dollars held."""
        table = np.zeros((len(self.accounts), len(self.securities)))
        np.add.at(table, (self.lot_account, self.lot_security), self.value)
        return table

    def position_units(self) -> Floats:
        """(A, S) units held."""
        table = np.zeros((len(self.accounts), len(self.securities)))
        np.add.at(table, (self.lot_account, self.lot_security), self.quantity)
        return table


def build_holdings(household: Household, exposures: Mapping[str, Exposure]) -> Holdings:
    """Arrays of a household; ``exposures`` by security id, one for every security."""
    accounts = tuple(sorted(a.id for a in household.accounts))
    by_id = {s.id: s for s in household.securities}
    securities = tuple(sorted(by_id))
    account_index = {a: i for i, a in enumerate(accounts)}
    security_index = {s: i for i, s in enumerate(securities)}
    of_account = [household.account_by_id[a] for a in accounts]

    def lot_key(i: int) -> tuple[object, ...]:
        lot = household.lots[i]
        return (
            account_index[lot.account],
            security_index[lot.security],
            lot.acquired is None,
            lot.acquired.toordinal() if lot.acquired else 0,
            float(lot.quantity),
            lot.cost_basis is None,
            float(lot.cost_basis or 0),
            lot.side or "",
            i,
        )

    order = sorted(range(len(household.lots)), key=lot_key)
    lots = [household.lots[i] for i in order]
    first_account = np.array([account_index[lot.account] for lot in lots], dtype=np.int64)
    lot_security = np.array([security_index[lot.security] for lot in lots], dtype=np.int64)
    value = np.array([float(lot.market_value) for lot in lots])
    cash = np.array([float(a.cash) for a in of_account])
    pending = np.array([float(a.pending) for a in of_account])
    account_value = cash + pending
    np.add.at(account_value, first_account, value)
    return Holdings(
        household=household,
        accounts=accounts,
        securities=securities,
        types=tuple(by_id[s].type for s in securities),
        taxable=np.array([a.kind.is_taxable for a in of_account], dtype=bool),
        cash=cash,
        pending=pending,
        account_value=account_value,
        unit_price=np.array([_unit_price(by_id[s]) for s in securities]),
        mix=np.array([exposures[s].mix for s in securities]).reshape(-1, 7),
        box=np.array([exposures[s].style_box for s in securities]).reshape(-1, 9),
        sector=np.array([exposures[s].sectors for s in securities]).reshape(-1, 12),
        group=_groups(securities, exposures),
        lot_account=first_account,
        lot_security=lot_security,
        lot_source=np.array(order, dtype=np.int64),
        quantity=np.array([float(lot.quantity) for lot in lots]),
        value=value,
        basis=np.array([np.nan if lot.cost_basis is None else float(lot.cost_basis) for lot in lots]),
        long=np.array([_is_long(lot, household.as_of) for lot in lots], dtype=bool),
        acquired=np.array([lot.acquired.toordinal() if lot.acquired else 0 for lot in lots], dtype=np.int64),
        account_index=account_index,
        security_index=security_index,
    )


def _unit_price(security: Security) -> float:
    return float("nan") if security.price is None else float(security.price * security.multiplier)


def _is_long(lot: Lot, on: date) -> bool:
    # A lot without a date counts as short: the dearer side, never understated.
    return lot.acquired is not None and first_long_date(lot.acquired) <= on


def _groups(securities: tuple[str, ...], exposures: Mapping[str, Exposure]) -> Ints:
    """(S,) number of each security's identical group; a security without one is alone in its own."""
    numbers: dict[str, int] = {}
    result = []
    for s in securities:
        name = exposures[s].identical_group
        key = f"group {name}" if name else f"security {s}"
        result.append(numbers.setdefault(key, len(numbers)))
    return np.array(result, dtype=np.int64)
