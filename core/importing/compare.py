"""What changed between a household and the next import of it, to be shown before it is taken over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import attrs

from core.household import Account, Household, Lot, Security
from core.importing.accounts import same_account, visible_digits
from core.money import ZERO

# Share of an account's positions that must be held in the same quantity for it to be the same account renumbered.
_ALIKE = 0.6
_ALIKE_POSITIONS = 2
# Splits that occur: new shares for old ones, both ways.
_RATIOS = tuple(
    Fraction(new, old)
    for new, old in (
        *((2, 1), (3, 1), (4, 1), (5, 1), (6, 1), (7, 1), (8, 1), (10, 1), (15, 1), (20, 1), (25, 1), (30, 1), (50, 1)),
        *((3, 2), (5, 4), (4, 3), (5, 2), (6, 5), (1, 2), (1, 3), (1, 4), (1, 5), (1, 6), (1, 7), (1, 8), (1, 10)),
        *((1, 12), (1, 15), (1, 20), (1, 25), (1, 30), (1, 40), (1, 50), (1, 100), (2, 3), (2, 5)),
    )
)
# A market moves less than this between two imports far more often than it moves as much as a split.
_PRICE_SLACK = Decimal("0.25")


@attrs.frozen
class PositionChange:
    """One security in one account, before and after; a quantity and value of zero where it was, or is, not held.

    ``lots_changed``: the quantity is the same but the lots are not (dates, or how it is divided).
    """

    account: str
    security: str
    old_quantity: Decimal
    new_quantity: Decimal
    old_value: Decimal
    new_value: Decimal
    lots_changed: bool = False


@attrs.frozen
class AccountMatch:
    """An account that is the same in both households under another id or name."""

    old_id: str
    new_id: str
    old_name: str
    new_name: str
    reason: str


@attrs.frozen
class ProbableSplit:
    """A security whose quantities and price changed as in a split: ``ratio`` is new shares for one old."""

    security: str
    ratio: Fraction
    reason: str

    @property
    def text(self) -> str:
        """The ratio as it is announced: ``3:2``, ``1:10``."""
        return f"{self.ratio.numerator}:{self.ratio.denominator}"


@attrs.frozen
class Difference:
    """Everything that differs; accounts by their new ids, in the order of the new household, then of the old.

    ``changed`` leaves out what ``splits`` explain and lists securities held both times. ``cash``: (account, old, new)
    where settled cash and pending activity together changed. ``kinds``: (account, old, new) tax kinds that differ.
    """

    accounts_new: tuple[Account, ...] = ()
    accounts_gone: tuple[Account, ...] = ()
    accounts_renamed: tuple[AccountMatch, ...] = ()
    new: tuple[PositionChange, ...] = ()
    gone: tuple[PositionChange, ...] = ()
    changed: tuple[PositionChange, ...] = ()
    splits: tuple[ProbableSplit, ...] = ()
    cash: tuple[tuple[str, Decimal, Decimal], ...] = ()
    kinds: tuple[tuple[str, str, str], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing but prices changed."""
        return not any(attrs.astuple(self, recurse=False))


def compare(old: Household, new: Household) -> Difference:
    """What changed from one import of a household to the next.

    Accounts are matched by id, then by ids behind masks, then by what they hold (a custodian's new number). Positions
    of accounts that are new or gone as a whole are not listed one by one. A split is probable where every account that
    holds a security holds it in the same simple ratio to before, and its price changed the other way, or its cost
    basis did not change at all.

    Parameters
    ----------
    old, new
        The household as it was, and as the files say now.
    """
    matches = _match_accounts(old, new)
    taken = {match[1] for match in matches.values()}
    renamed = tuple(
        AccountMatch(account.id, match[0].id, account.name, match[0].name, match[2])
        for account in old.accounts
        if (match := matches.get(account.id)) and (match[2] or match[0].name != account.name)
    )
    before = {
        (matches[account][1], security): lots
        for (account, security), lots in old.lots_by_position.items()
        if account in matches
    }
    after = {key: lots for key, lots in new.lots_by_position.items() if key[0] in taken}
    changes = [_change(key, before.get(key, ()), after.get(key, ())) for key in {**after, **before}]
    both = [change for change in changes if change.old_quantity and change.new_quantity]
    splits = _splits(old, new, before, after, both)
    explained = {split.security: split.ratio for split in splits}
    moved = [
        change
        for change in both
        if change.old_quantity != change.new_quantity or change.lots_changed
        if change.security not in explained
    ]
    pairs = [(account, matches[account.id][0]) for account in old.accounts if account.id in matches]
    return Difference(
        tuple(account for account in new.accounts if account.id not in taken),
        tuple(account for account in old.accounts if account.id not in matches),
        renamed,
        tuple(change for change in changes if not change.old_quantity and change.new_quantity),
        tuple(change for change in changes if change.old_quantity and not change.new_quantity),
        tuple(moved),
        tuple(splits),
        tuple(
            (b.id, a.cash + a.pending, b.cash + b.pending) for a, b in pairs if a.cash + a.pending != b.cash + b.pending
        ),
        tuple((b.id, a.kind.value, b.kind.value) for a, b in pairs if a.kind is not b.kind),
    )


def _match_accounts(old: Household, new: Household) -> dict[str, tuple[Account, str, str]]:
    """Old id -> (new account, its id, why where the ids differ)."""
    result: dict[str, tuple[Account, str, str]] = {}
    free = dict(new.account_by_id)
    for account in old.accounts:
        if account.id in free:
            result[account.id] = (free.pop(account.id), account.id, "")
    for account in old.accounts:
        if account.id in result:
            continue
        alike = [other for other in free.values() if _custodian(account, other) and same_account(account.id, other.id)]
        back = [
            one
            for one in old.accounts
            if one.id not in result and alike and same_account(one.id, alike[0].id) and _custodian(one, alike[0])
        ]
        if len(alike) == len(back) == 1:
            digits = visible_digits(account.id)[0][-4:]
            result[account.id] = (free.pop(alike[0].id), alike[0].id, f"both numbers end in {digits}")
    for score, one, other in sorted(_likenesses(old, new, result, free), key=lambda item: (-item[0], item[1], item[2])):
        if one not in result and other in free:
            reason = f"{score:.0%} of the positions are held in the same quantity"
            result[one] = (free.pop(other), other, reason)
    return result


def _custodian(one: Account, other: Account) -> bool:
    return one.custodian is None or other.custodian is None or one.custodian == other.custodian


def _likenesses(
    old: Household, new: Household, matched: Mapping[str, object], free: Mapping[str, Account]
) -> list[tuple[float, str, str]]:
    held = [_holdings(old, account.id) for account in old.accounts if account.id not in matched]
    ids = [account.id for account in old.accounts if account.id not in matched]
    others = {identity: _holdings(new, identity) for identity in free}
    result = []
    for identity, positions in zip(ids, held, strict=True):
        for other, theirs in others.items():
            same = sum(theirs.get(security) == quantity for security, quantity in positions.items())
            score = same / max(len(positions), len(theirs), 1)
            if same >= _ALIKE_POSITIONS and score >= _ALIKE:
                result.append((score, identity, other))
    return result


def _holdings(household: Household, account: str) -> dict[str, Decimal]:
    return {key[1]: _quantity(lots) for key, lots in household.lots_by_position.items() if key[0] == account}


def _quantity(lots: Sequence[Lot]) -> Decimal:
    return sum((lot.quantity for lot in lots), ZERO)


def _change(key: tuple[str, str], before: Sequence[Lot], after: Sequence[Lot]) -> PositionChange:
    old, new = _quantity(before), _quantity(after)
    return PositionChange(
        *key,
        old,
        new,
        sum((lot.market_value for lot in before), ZERO),
        sum((lot.market_value for lot in after), ZERO),
        bool(old == new and before and after and _pieces(before) != _pieces(after)),
    )


def _pieces(lots: Sequence[Lot]) -> list[tuple[str, Decimal]]:
    return sorted((lot.acquired.isoformat() if lot.acquired else "", lot.quantity) for lot in lots)


def _splits(
    old: Household,
    new: Household,
    before: Mapping[tuple[str, str], Sequence[Lot]],
    after: Mapping[tuple[str, str], Sequence[Lot]],
    both: Sequence[PositionChange],
) -> list[ProbableSplit]:
    by_security: dict[str, list[PositionChange]] = {}
    for change in both:
        by_security.setdefault(change.security, []).append(change)
    result = []
    for security, changes in by_security.items():
        ratio = _common_ratio(changes)
        if ratio is None:
            continue
        costs_before = [_cost(before[change.account, security]) for change in changes]
        costs_after = [_cost(after[change.account, security]) for change in changes]
        kept = None not in costs_before and all(costs_before) and costs_before == costs_after
        priced = _price_agrees(old.security_by_id[security], new.security_by_id[security], ratio)
        if priced or (kept and priced is None):
            why = f"every quantity is {ratio.numerator}/{ratio.denominator} of before"
            why += ", and the price changed the other way" if priced else ", and the cost basis is the same"
            result.append(ProbableSplit(security, ratio, why))
    return result


def _common_ratio(changes: Sequence[PositionChange]) -> Fraction | None:
    """The split that explains all changes of one security, within a fraction of a share paid out in cash."""
    for ratio in _RATIOS:
        exact = [change.old_quantity * ratio.numerator / ratio.denominator for change in changes]
        pairs = list(zip(exact, changes, strict=True))
        if all(abs(want - change.new_quantity) < 1 for want, change in pairs) and all(
            abs(want - change.new_quantity) <= abs(want) / 100 for want, change in pairs
        ):
            return ratio
    return None


def _cost(lots: Sequence[Lot]) -> Decimal | None:
    costs = [lot.cost_basis for lot in lots]
    return None if None in costs else sum((cost for cost in costs if cost is not None), ZERO)


def _price_agrees(old: Security, new: Security, ratio: Fraction) -> bool | None:
    """Whether the price moved about as the split says; None where a price is not known."""
    if not old.price or not new.price:
        return None
    expected = old.price * ratio.denominator / ratio.numerator
    return bool(abs(new.price - expected) <= _PRICE_SLACK * expected)
