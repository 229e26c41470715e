"""A proposal as a document of the schema trimtab/proposal/1: money rounded to cents, shares as fractions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import attrs

from core.household import Finding
from core.rebalance.proposal import Proposal, Snapshot, Trade, TradeLot

SCHEMA = "trimtab/proposal/1"


def proposal_json(proposal: Proposal) -> dict[str, Any]:
    """The document; numbers are JSON numbers, dates ISO, unknown values null."""
    objective = proposal.objective
    return {
        "schema": SCHEMA,
        "household": proposal.household,
        "as_of": proposal.as_of.isoformat(),
        "trades": [_trade(trade) for trade in proposal.trades],
        "before": _snapshot(proposal.before),
        "target": _snapshot(proposal.target),
        "after": _snapshot(proposal.after),
        "misfit": {"before": proposal.misfit_before, "after": proposal.misfit_after},
        "tax": {
            "short_gain": _money(proposal.tax.short_gain),
            "long_gain": _money(proposal.tax.long_gain),
            "tax": _money(proposal.tax.tax),
            "unknown_basis_proceeds": _money(proposal.tax.unknown_basis_proceeds),
            "disallowed_loss": _money(proposal.tax.disallowed_loss),
        },
        "costs": {"spread": _money(proposal.costs.spread), "tickets": _money(proposal.costs.tickets)},
        "turnover": proposal.turnover,
        "objective": {
            "plan": objective.plan,
            "do_nothing": objective.do_nothing,
            "lower_bound": objective.lower_bound,
            "closed": objective.closed,
        },
        "tilt_lost": [{"rule": t.rule, "points": t.points, "dollars": t.dollars} for t in proposal.tilt_lost],
        "findings": [finding_json(finding) for finding in proposal.findings],
        "timing_ms": dict(proposal.timing_ms),
        "tracking_error": None if proposal.tracking is None else attrs.asdict(proposal.tracking),
    }


def finding_json(finding: Finding) -> dict[str, str]:
    """One finding, as every document carries them."""
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "where": finding.where,
        "message": finding.message,
    }


def _money(amount: Decimal) -> float:
    return float(round(amount, 2))


def _trade(trade: Trade) -> dict[str, Any]:
    return {
        "account": trade.account,
        "security": trade.security,
        "action": trade.action.value,
        "quantity": float(trade.quantity),
        "price": float(trade.price),
        "amount": _money(trade.amount),
        "lots": [_lot(lot) for lot in trade.lots],
        "reason": trade.reason,
        "limited_by": list(trade.limited_by),
    }


def _lot(lot: TradeLot) -> dict[str, Any]:
    return {
        "acquired": None if lot.acquired is None else lot.acquired.isoformat(),
        "quantity": float(lot.quantity),
        "cost_basis": None if lot.cost_basis is None else _money(lot.cost_basis),
        "gain": None if lot.gain is None else _money(lot.gain),
        "term": lot.term.value,
    }


def _snapshot(snapshot: Snapshot) -> dict[str, Any]:
    box = snapshot.style_box
    return {
        "value": _money(snapshot.value),
        "mix": dict(snapshot.mix),
        "style_box": [list(box[0:3]), list(box[3:6]), list(box[6:9])],
        "size": snapshot.size,
        "value_tilt": snapshot.value_tilt,
        "sectors": dict(snapshot.sectors),
        "coverage": snapshot.coverage,
        "cash": {account: _money(amount) for account, amount in snapshot.cash.items()},
    }
