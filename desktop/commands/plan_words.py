"""A proposal for reading on a terminal: before, target, after; trades; tax and costs; how good it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.commands.base import show_findings
from desktop.console import Column, Console, money, price, quantity, share

if TYPE_CHECKING:
    from core.rebalance.proposal import Proposal, Trade
    from desktop.commands.rebalance import Job

_SIZES = ("large", "mid", "small")
_STYLES = ("value", "blend", "growth")


def show_proposal(job: Job, console: Console) -> None:
    """The whole proposal."""
    from core.export.sheets.summary import certificate
    from core.export.sheets.words import rule_words

    proposal = job.proposal
    console.line(
        f"{proposal.household}, as of {proposal.as_of.isoformat()}: {money(proposal.before.value)} dollars, "
        f"{len(proposal.trades)} trade{'' if len(proposal.trades) == 1 else 's'}"
    )
    _show_boxes(job, console)
    _show_mix(proposal, console)
    _show_trades(job, console)
    _show_cash(job, console)
    _show_costs(proposal, console)
    console.heading("How good the plan is")
    console.line(f"  Out of place: {share(proposal.misfit_before)} before, {share(proposal.misfit_after)} after.")
    console.paragraph(certificate(proposal.objective))
    if proposal.tilt_lost:
        console.heading("What each rule costs: the gain from switching it off")
        console.table(
            (Column("Rule"), Column("Points nearer", True), Column("Dollars better", True)),
            [
                (rule_words(t.rule, job.household), f"{max(t.points, 0.0) + 0.0:.2f}", money(t.dollars))
                for t in proposal.tilt_lost
            ],
        )
    show_findings(proposal.findings, console, job.household)
    timings = ", ".join(f"{stage.replace('_', ' ')} {ms:,.0f}" for stage, ms in proposal.timing_ms.items())
    console.heading(f"Milliseconds: {timings}")


def _show_boxes(job: Job, console: Console) -> None:
    from core.classify.exposure import shown_columns

    proposal = job.proposal
    scope = job.target.style.scope.value.replace("_", " ").replace("us ", "US ")
    console.heading(f"Style box of {scope}, per cent: before → target → after")
    before, target, after = proposal.before.style_box, proposal.target.style_box, proposal.after.style_box
    console.table(
        (Column(""), *(Column(_STYLES[column], True) for column in shown_columns())),
        [
            (
                size,
                *(
                    f"{100 * before[k]:.1f} → {100 * target[k]:.1f} → {100 * after[k]:.1f}"
                    for k in (3 * i + column for column in shown_columns())
                ),
            )
            for i, size in enumerate(_SIZES)
        ],
    )
    shots = (proposal.before, proposal.target, proposal.after)
    console.line("  size   " + " → ".join(f"{shot.size:+.2f}" for shot in shots) + "   (-1 small, +1 large)")
    console.line("  value  " + " → ".join(f"{shot.value_tilt:+.2f}" for shot in shots) + "   (-1 growth, +1 value)")


def _show_mix(proposal: Proposal, console: Console) -> None:
    from core.classify.exposure import ASSET_CLASSES

    console.heading("Mix")
    shots = (proposal.before, proposal.target, proposal.after)
    console.table(
        (Column(""), Column("Before", True), Column("Target", True), Column("After", True)),
        [
            (name.replace("_", " ").replace("us ", "US "), *(share(shot.mix.get(name, 0.0)) for shot in shots))
            for name in ASSET_CLASSES
            if any(shot.mix.get(name, 0.0) for shot in shots)
        ],
    )


def _show_trades(job: Job, console: Console) -> None:
    trades = job.proposal.trades
    if not trades:
        console.heading("No trades: leaving the household as it is beats every plan that keeps the rules.")
        return
    console.heading("Trades")
    securities = job.household.security_by_id
    console.table(
        (
            Column("Account"),
            Column("Action"),
            Column("Quantity", True),
            Column("Symbol"),
            Column("Name", elastic=True),
            Column("Price", True),
            Column("Amount", True),
            Column("Est. gain", True),
        ),
        [
            (
                trade.account,
                trade.action.value,
                quantity(trade.quantity),
                trade.security,
                securities[trade.security].name,
                price(trade.price),
                money(trade.amount),
                _gain(job, trade),
            )
            for trade in trades
        ],
    )


def _gain(job: Job, trade: Trade) -> str:
    from core.money import ZERO

    if not trade.lots:
        return ""
    if not job.household.account_by_id[trade.account].kind.is_taxable:
        return "not taxed"
    gains = [lot.gain for lot in trade.lots if lot.gain is not None]
    if len(gains) < len(trade.lots):
        return f"{money(sum(gains, ZERO))} + unknown" if gains else "unknown"
    return money(sum(gains, ZERO))


def _show_cash(job: Job, console: Console) -> None:
    from core.money import ZERO
    from core.rebalance.proposal import Action

    proposal, accounts = job.proposal, job.household.accounts

    def traded(account: str, action: Action) -> str:
        own = (t.amount for t in proposal.trades if t.account == account and t.action is action)
        return money(sum(own, ZERO))

    console.heading("Cash")
    console.table(
        (
            Column("Account"),
            Column("Name", elastic=True),
            Column("Before", True),
            Column("Sold", True),
            Column("Bought", True),
            Column("After", True),
        ),
        [
            (
                account.id,
                account.name,
                money(account.cash),
                traded(account.id, Action.SELL),
                traded(account.id, Action.BUY),
                money(proposal.after.cash[account.id]),
            )
            for account in accounts
        ],
    )


def _show_costs(proposal: Proposal, console: Console) -> None:
    tax, costs = proposal.tax, proposal.costs
    console.heading("Tax and costs, estimated")
    console.line(
        f"  net short-term gain {money(tax.short_gain)}, net long-term gain {money(tax.long_gain)}: "
        f"tax {money(tax.tax)}{' (a credit)' if tax.tax < 0 else ''}"
    )
    if tax.disallowed_loss:
        console.line(f"  losses disallowed by wash sales {money(tax.disallowed_loss)}")
    if tax.unknown_basis_proceeds:
        console.line(f"  sold with unknown basis {money(tax.unknown_basis_proceeds)}: no tax is stated for it")
    console.line(
        f"  half spreads {money(costs.spread)}, tickets {money(costs.tickets)}, turnover {share(proposal.turnover)}"
    )
