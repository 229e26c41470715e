"""Netting: order between the groups, limit on losses, character of what is carried on."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.tax.netting import Netting, net_gains

LIMIT = Decimal(3000)


def net(short: float = 0, long: float = 0, **others: float | None) -> Netting:
    return net_gains(
        Decimal(short), Decimal(long), limit=LIMIT, **{k: None if v is None else Decimal(v) for k, v in others.items()}
    )


def figures(n: Netting) -> tuple[int, int, int, int]:
    return int(n.short_gain), int(n.collectibles_gain), int(n.unrecaptured_gain), int(n.long_gain)


@pytest.mark.parametrize(
    ("groups", "left"),
    [
        # short, 28 %, 25 %, other long -> what is left of each
        ((100, 200, 300, 400), (100, 200, 300, 400)),
        ((-150, 200, 300, 400), (0, 50, 300, 400)),  # a short loss: 28 % first
        ((-250, 200, 300, 400), (0, 0, 250, 400)),  # then 25 %
        ((-600, 200, 300, 400), (0, 0, 0, 300)),  # then other long
        ((100, -200, 300, 400), (100, 0, 100, 400)),  # a 28 % loss: 25 % first
        ((100, -500, 300, 400), (100, 0, 0, 200)),  # then other long
        ((100, -750, 300, 400), (50, 0, 0, 0)),  # then short gain
        ((100, 200, 300, -150), (100, 50, 300, 0)),  # a long loss: 28 % first
        ((100, 200, 300, -350), (100, 0, 150, 0)),  # then 25 %
        ((100, 200, 300, -550), (50, 0, 0, 0)),  # then short gain
        ((-100, -200, 300, 400), (0, 0, 0, 400)),
    ],
)
def test_order_between_the_groups(groups: tuple[int, int, int, int], left: tuple[int, int, int, int]):
    short, collectibles, unrecaptured, long = groups
    n = net(short, long, collectibles=collectibles, unrecaptured=unrecaptured)
    assert figures(n) == left
    assert (n.deducted, n.short_carry, n.long_carry) == (0, 0, 0)
    assert n.counted == sum(groups)


@pytest.mark.parametrize(
    ("short", "long", "deducted", "short_carry", "long_carry"),
    [
        (-2000, 0, 2000, 0, 0),
        (-5000, 0, 3000, 2000, 0),
        (0, -5000, 3000, 0, 2000),
        (-2000, -4000, 3000, 0, 3000),  # from short first: 2,000 and 1,000
        (-4000, -4000, 3000, 1000, 4000),
        (-9000, 4000, 3000, 2000, 0),  # what is left of the short loss is short
        (4000, -9000, 3000, 0, 2000),  # what is left of the long loss is long
        (-3000, 3000, 0, 0, 0),
    ],
)
def test_limit_and_carry(short: int, long: int, deducted: int, short_carry: int, long_carry: int):
    n = net(short, long)
    assert (n.deducted, n.used, n.short_carry, n.long_carry) == (deducted, deducted, short_carry, long_carry)
    assert n.counted == -deducted


def test_carry_overs_come_in_with_their_character():
    assert figures(net(5000, 5000, short_carry=2000, long_carry=1000)) == (3000, 0, 0, 4000)
    # A long-term carry-over reduces 28 % gain before other gain.
    assert figures(net(0, 5000, long_carry=1000, collectibles=1500)) == (0, 500, 0, 5000)
    n = net(-1000, -500, short_carry=4000, long_carry=2500)
    assert (n.deducted, n.short_carry, n.long_carry) == (3000, 2000, 3000)


def test_long_gains_and_losses_meet_each_other_before_a_short_loss():
    # Long: +100 this year, 100 carried in: nothing. The short loss of 100 is what is left, and it is short.
    n = net(-4000, 100, long_carry=100)
    assert (n.deducted, n.short_carry, n.long_carry) == (3000, 1000, 0)


@pytest.mark.parametrize(
    ("income", "used", "short_carry", "long_carry"),
    [
        (None, 3000, 500, 1000),
        (10_000, 3000, 500, 1000),
        (1200, 1200, 2300, 1000),
        (0, 0, 3500, 1000),
        (-50, 0, 3500, 1000),
    ],
)
def test_a_loss_is_used_up_only_against_income(income: int | None, used: int, short_carry: int, long_carry: int):
    n = net(-3500, -1000, income=income)
    assert n.deducted == 3000
    assert (n.used, n.short_carry, n.long_carry) == (used, short_carry, long_carry)


def test_the_limit_is_the_callers():
    n = net_gains(Decimal(-5000), Decimal(0), limit=Decimal(1500))
    assert (n.deducted, n.short_carry) == (1500, 3500)
