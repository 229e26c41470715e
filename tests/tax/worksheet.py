"""A return by hand: the forms' lines one after the other, written from the forms alone, as an oracle.

Schedule D (Form 1040) with the 28 % Rate Gain Worksheet, the Unrecaptured Section 1250 Gain Worksheet, the Qualified
Dividends and Capital Gain Tax Worksheet, the Schedule D Tax Worksheet and the Capital Loss Carryover Worksheet;
Form 8960. The rate schedules are typed here a second time and figured by the Tax Computation Worksheet's method
(rate times income less a fixed amount). Nothing is imported from the program.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
RATES = [Decimal(x) / 100 for x in (10, 12, 22, 24, 32, 35, 37)]
# year -> filing status -> starts of the brackets from the second on; 0 % to; 15 % to; standard deduction
SCHEDULES = {
    2025: {
        "single": ([11925, 48475, 103350, 197300, 250525, 626350], 48350, 533400, 15750),
        "married_joint": ([23850, 96950, 206700, 394600, 501050, 751600], 96700, 600050, 31500),
        "married_separate": ([11925, 48475, 103350, 197300, 250525, 375800], 48350, 300000, 15750),
        "head_of_household": ([17000, 64850, 103350, 197300, 250500, 626350], 64750, 566700, 23625),
    },
    2026: {
        "single": ([12400, 50400, 105700, 201775, 256225, 640600], 49450, 545500, 16100),
        "married_joint": ([24800, 100800, 211400, 403550, 512450, 768700], 98900, 613700, 32200),
        "married_separate": ([12400, 50400, 105700, 201775, 256225, 384350], 49450, 306850, 16100),
        "head_of_household": ([17700, 67450, 105700, 201750, 256200, 640600], 66200, 579600, 24150),
    },
}
MAGI_THRESHOLDS = {"single": 200000, "married_joint": 250000, "married_separate": 125000, "head_of_household": 200000}


@dataclass(frozen=True)
class Return:
    """What goes into the forms; dollars. ``income``: ordinary income less deductions, may be negative."""

    year: int
    filing: str
    income: Decimal
    short: Decimal  # Schedule D lines 1 to 5
    long: Decimal  # Schedule D lines 8 to 13, less the two special groups
    short_carry: Decimal = ZERO
    long_carry: Decimal = ZERO
    collectibles: Decimal = ZERO
    section_1250: Decimal = ZERO
    qualified: Decimal = ZERO
    investment: Decimal = ZERO
    magi: Decimal | None = None
    state_rate: Decimal = ZERO


@dataclass(frozen=True)
class Filed:
    income_tax: Decimal
    at_brackets: Decimal  # the part of it that the rate schedule takes of what isn't favoured
    niit: Decimal
    state: Decimal
    short_carryover: Decimal
    long_carryover: Decimal

    @property
    def total(self) -> Decimal:
        """All taxes, each in cents; the income tax in its two parts as the program shows them."""
        parts = (self.at_brackets, self.income_tax - self.at_brackets, self.niit, self.state)
        return sum((part.quantize(Decimal("0.01"), ROUND_HALF_UP) for part in parts), ZERO)


def schedule_tax(year: int, filing: str, amount: Decimal) -> Decimal:
    """Tax Computation Worksheet: multiply by the rate of the bracket, subtract its fixed amount."""
    starts = SCHEDULES[year][filing][0]
    subtract, rate = ZERO, RATES[0]
    for start, higher in zip(starts, RATES[1:], strict=True):
        if amount <= start:
            break
        subtract += start * (higher - rate)
        rate = higher
    return amount * rate - subtract


def file(r: Return) -> Filed:
    starts, zero_to, fifteen_to, standard_deduction = SCHEDULES[r.year][r.filing]

    # Schedule D
    d7 = r.short - r.short_carry
    d15 = r.long + r.collectibles + r.section_1250 - r.long_carry
    d16 = d7 + d15
    limit = Decimal(1500 if r.filing == "married_separate" else 3000)
    d21 = ZERO
    if d16 >= 0:
        line_7_of_1040 = d16
    else:
        d21 = min(-d16, limit)
        line_7_of_1040 = -d21
    both_gains = d15 > 0 and d16 > 0

    # 28% Rate Gain Worksheet
    g4 = r.collectibles
    g5 = -r.long_carry
    g6 = d7 if d7 < 0 else ZERO
    g7 = max(ZERO, g4 + g5 + g6)
    d18 = g7 if both_gains else ZERO
    # Unrecaptured Section 1250 Gain Worksheet
    u13 = r.section_1250
    u17 = min(ZERO, g4 + g6 + g5)
    u18 = max(ZERO, u13 + u17)
    d19 = u18 if both_gains else ZERO

    # Form 1040
    below_zero_too = r.income + r.qualified + line_7_of_1040
    line_15 = max(ZERO, below_zero_too)

    if d18 > 0 or d19 > 0:
        income_tax, at_brackets = _schedule_d_tax_worksheet(
            r, line_15, d15, d16, d18, d19, Decimal(zero_to), Decimal(starts[3]), Decimal(fifteen_to)
        )
    else:
        income_tax, at_brackets = _qualified_dividends_worksheet(
            r, line_15, d15, d16, Decimal(zero_to), Decimal(fifteen_to)
        )

    # Form 8960
    n8 = r.investment + r.qualified + line_7_of_1040
    n12 = max(ZERO, n8)
    magi = r.income + r.qualified + standard_deduction if r.magi is None else r.magi
    n13 = magi + line_7_of_1040
    n15 = max(ZERO, n13 - MAGI_THRESHOLDS[r.filing])
    n17 = min(n12, n15) * Decimal("0.038")

    state = r.state_rate * line_15 - r.state_rate * max(ZERO, r.income + r.qualified)

    # Capital Loss Carryover Worksheet
    short_carryover = long_carryover = ZERO
    if d21 > 0:
        c1 = below_zero_too
        c2 = d21
        c3 = max(ZERO, c1 + c2)
        c4 = min(c2, c3)
        c5 = -d7 if d7 < 0 else ZERO
        if d7 < 0:
            c6 = max(ZERO, d15)
            c7 = c4 + c6
            short_carryover = max(ZERO, c5 - c7)
        if d15 < 0:
            c9 = -d15
            c10 = max(ZERO, d7)
            c11 = max(ZERO, c4 - c5)
            c12 = c10 + c11
            long_carryover = max(ZERO, c9 - c12)
    return Filed(income_tax, at_brackets, n17, state, short_carryover, long_carryover)


def _qualified_dividends_worksheet(
    r: Return, line_15: Decimal, d15: Decimal, d16: Decimal, zero_to: Decimal, fifteen_to: Decimal
) -> tuple[Decimal, Decimal]:
    w1 = line_15
    w2 = r.qualified
    w3 = ZERO if d15 <= 0 or d16 <= 0 else min(d15, d16)
    w4 = w2 + w3
    w5 = max(ZERO, w1 - w4)
    w6 = zero_to
    w7 = min(w1, w6)
    w8 = min(w5, w7)
    w9 = w7 - w8
    w10 = min(w1, w4)
    w11 = w9
    w12 = w10 - w11
    w13 = fifteen_to
    w14 = min(w1, w13)
    w15 = w5 + w9
    w16 = max(ZERO, w14 - w15)
    w17 = min(w12, w16)
    w18 = w17 * Decimal("0.15")
    w19 = w9 + w17
    w20 = w10 - w19
    w21 = w20 * Decimal("0.20")
    w22 = schedule_tax(r.year, r.filing, w5)
    w23 = w18 + w21 + w22
    w24 = schedule_tax(r.year, r.filing, w1)
    w25 = min(w23, w24)
    return w25, w22


def _schedule_d_tax_worksheet(
    r: Return,
    line_15: Decimal,
    d15: Decimal,
    d16: Decimal,
    d18: Decimal,
    d19: Decimal,
    zero_to: Decimal,
    under_32: Decimal,
    fifteen_to: Decimal,
) -> tuple[Decimal, Decimal]:
    t1 = line_15
    t2 = r.qualified
    t6 = t2  # lines 3 to 5: no Form 4952
    t7 = min(d15, d16)
    t9 = t7  # line 8: no Form 4952
    t10 = t6 + t9
    t11 = d18 + d19
    t12 = min(t9, t11)
    t13 = t10 - t12
    t14 = max(ZERO, t1 - t13)
    t15 = zero_to
    t16 = min(t1, t15)
    t17 = min(t14, t16)
    t18 = max(ZERO, t1 - t10)
    t19 = min(t1, under_32)
    t20 = min(t14, t19)
    t21 = max(t18, t20)
    t22 = t16 - t17
    t31 = t34 = t40 = t43 = t33 = t39 = ZERO
    if t1 != t16:
        t23 = min(t1, t13)
        t24 = t22
        t25 = max(ZERO, t23 - t24)
        t26 = fifteen_to
        t27 = min(t1, t26)
        t28 = t21 + t22
        t29 = max(ZERO, t27 - t28)
        t30 = min(t25, t29)
        t31 = t30 * Decimal("0.15")
        t32 = t24 + t30
        if t1 != t32:
            t33 = t23 - t32
            t34 = t33 * Decimal("0.20")
            if d19 != 0:
                t35 = min(t9, d19)
                t36 = t10 + t21
                t37 = t1
                t38 = max(ZERO, t36 - t37)
                t39 = max(ZERO, t35 - t38)
                t40 = t39 * Decimal("0.25")
            if d18 != 0:
                t41 = t21 + t22 + t30 + t33 + t39
                t42 = t1 - t41
                t43 = t42 * Decimal("0.28")
    t44 = schedule_tax(r.year, r.filing, t21)
    t45 = t31 + t34 + t40 + t43 + t44
    t46 = schedule_tax(r.year, r.filing, t1)
    return min(t45, t46), t44
