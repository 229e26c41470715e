"""The live plan: the relaxed optimum shown while a control is dragged. An estimate; nothing in it is an order."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from core.tilt.box import Box


@attrs.frozen
class LiveTrade:
    """What the relaxation would trade of one security in one account; ``dollars`` positive buys, negative sells."""

    account: str
    security: str
    dollars: float


@attrs.frozen
class LivePlan:
    """The relaxation's answer. Shares are fractions, money dollars; boxes are in cell order.

    present_box, target_box, after_box : the scope's equity of known style, each sums to 1 (zeros without equity).
    present_mix, target_mix, after_mix : by asset class. sectors_before, sectors_after : of all equity.
    conflict : names of conflicting rules where no plan satisfies them (then the other figures are those of doing
    nothing), else empty. tracking_error : annual, against the model; None where the target doesn't ask for it.
    """

    value: float
    present_box: Box
    target_box: Box
    after_box: Box
    present_mix: Mapping[str, float]
    target_mix: Mapping[str, float]
    after_mix: Mapping[str, float]
    sectors_before: Mapping[str, float]
    sectors_after: Mapping[str, float]
    misfit_before: float
    misfit_after: float
    tax: float
    short_gain: float
    long_gain: float
    spread: float
    turnover: float
    trades: tuple[LiveTrade, ...]
    objective: float
    do_nothing: float
    conflict: tuple[str, ...] = ()
    tracking_error: float | None = None
