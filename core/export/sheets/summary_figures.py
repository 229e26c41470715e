"""The labelled figures at the top of the sheet Summary: what each says, where it stands, how it is calculated."""

from __future__ import annotations

from decimal import Decimal

import attrs

from core.export.cells import Cell, column_letter, quoted
from core.export.figures import Figures
from core.export.sheets.places import ACCOUNTS, BEFORE_AFTER, TAX, TAX_TOTAL_ROW, Places
from core.money import ZERO, to_cents
from core.rebalance.proposal import Proposal
from core.tax.liability import plan_tax
from core.tilt.target import Target


@attrs.frozen
class Figure:
    """A labelled figure; formulas and checks know it by its key."""

    key: str
    label: str
    cell: Cell


@attrs.frozen
class Block:
    """Figures below one another, labels in one column and values in another."""

    label_column: int
    value_column: int
    figures: tuple[Figure, ...]


@attrs.frozen
class FigureBlocks:
    """The blocks side by side; ``top`` is the row of their first line."""

    top: int
    blocks: tuple[Block, ...]

    @property
    def height(self) -> int:
        """Rows taken."""
        return max(len(block.figures) for block in self.blocks)

    def address(self, key: str) -> str:
        """The cell of a figure's value."""
        for block in self.blocks:
            for line, figure in enumerate(block.figures):
                if figure.key == key:
                    return f"{column_letter(block.value_column)}{self.top + line}"
        raise KeyError(key)

    def value(self, key: str) -> Decimal:
        """The value of a figure in dollars."""
        for block in self.blocks:
            for figure in block.figures:
                if figure.key == key and isinstance(figure.cell.value, Decimal):
                    return figure.cell.value
        raise KeyError(key)


@attrs.frozen
class SummaryCells:
    """What other sheets build on: the labelled figures, and the row of the large style boxes."""

    blocks: FigureBlocks
    first_box_row: int


_HOUSEHOLD = ("before", "after", "orders", "bought", "sold", "turnover", "misfit_before", "misfit_after")
_TAX = ("short", "long", "short_washed", "long_washed", "net_short", "net_long", "tax", "unknown")
_COSTS = ("spread", "tickets", "nothing", "plan", "bound", "closed")


def figure_blocks(proposal: Proposal, target: Target, figures: Figures, places: Places, top: int) -> FigureBlocks:
    """The blocks, the first line in row ``top``."""
    at = {
        key: f"{column}{top + line}"
        for column, keys in (("B", _HOUSEHOLD), ("H", _TAX), ("L", _COSTS))
        for line, key in enumerate(keys)
    }
    return FigureBlocks(
        top,
        (
            Block(1, 2, _ordered(_HOUSEHOLD, _household(proposal, figures, places, at))),
            Block(5, 8, _ordered(_TAX, _tax(proposal, target, figures, places, at))),
            Block(9, 12, _ordered(_COSTS, _costs(proposal, target, figures, places, at))),
        ),
    )


def _ordered(keys: tuple[str, ...], figures: list[Figure]) -> tuple[Figure, ...]:
    by_key = {figure.key: figure for figure in figures}
    return tuple(by_key[key] for key in keys)


def _household(proposal: Proposal, figures: Figures, places: Places, at: dict[str, str]) -> list[Figure]:
    whole = f"{quoted(BEFORE_AFTER)}!"
    row = max(places.positions, 1) + 2 + len(figures.accounts)
    action, amount = places.trade("Action"), places.trade("Amount")
    traded, before = figures.bought + figures.sold, figures.value_before
    turnover = f"IF({at['before']}=0,0,({at['bought']}+{at['sold']})/2/{at['before']})"
    return [
        Figure("before", "Value before", Cell(before, "money", f"{whole}J{row}")),
        Figure("after", "Value after", Cell(figures.value_after, "money_strong", f"{whole}M{row}")),
        Figure("orders", "Trades", Cell(len(figures.trades), "whole", f"COUNT({places.trade('No.')})")),
        Figure("bought", "Bought", Cell(figures.bought, "money", f'SUMIFS({amount},{action},"buy")')),
        Figure("sold", "Sold", Cell(figures.sold, "money", f'SUMIFS({amount},{action},"sell")')),
        Figure("turnover", "Turnover", Cell(float(traded / 2 / before) if before else 0.0, "share", turnover)),
        Figure("misfit_before", "Out of place before", Cell(proposal.misfit_before, "share")),
        Figure("misfit_after", "Out of place after", Cell(proposal.misfit_after, "share")),
    ]


def _tax(proposal: Proposal, target: Target, figures: Figures, places: Places, at: dict[str, str]) -> list[Figure]:
    gain, counts = places.lot("Gain"), places.lot("Counts as")
    short, long = figures.lot_gain("short"), figures.lot_gain("long")
    # What wash sales take away is the plan's own finding; the lots' gains are worked out here.
    short_washed, long_washed = proposal.tax.short_gain - short, proposal.tax.long_gain - long
    net_short, net_long = short + short_washed, long + long_washed
    situation = target.tax.situation
    if situation is None:
        owed = to_cents(net_short * Decimal(repr(target.tax.short)) + net_long * Decimal(repr(target.tax.long)))
        rates = f"{places.setting('short_rate')}*{at['net_short']}+{places.setting('long_rate')}*{at['net_long']}"
        formula = f"ROUND({rates},2)"
    else:
        owed = plan_tax(situation, net_short, net_long).total
        formula = f"{TAX}!D{TAX_TOTAL_ROW}"
    unknown = sum((row.proceeds for row in figures.lots if row.taxed and row.gain is None), ZERO)
    unknown_sum = f'SUMIFS({places.lot("Proceeds")},{counts},"unknown")'
    return [
        Figure("short", "Lots sold, short-term gain", Cell(short, "money", f'SUMIFS({gain},{counts},"short")')),
        Figure("long", "Lots sold, long-term gain", Cell(long, "money", f'SUMIFS({gain},{counts},"long")')),
        Figure("short_washed", "Wash sales, short-term loss", Cell(short_washed, "money")),
        Figure("long_washed", "Wash sales, long-term loss", Cell(long_washed, "money")),
        Figure("net_short", "Net short-term gain", Cell(net_short, "money", f"{at['short']}+{at['short_washed']}")),
        Figure("net_long", "Net long-term gain", Cell(net_long, "money", f"{at['long']}+{at['long_washed']}")),
        Figure("tax", "Estimated tax (minus: credit)", Cell(owed, "money_strong", formula)),
        Figure("unknown", "Proceeds, basis unknown", Cell(unknown, "money", unknown_sum)),
    ]


def _costs(proposal: Proposal, target: Target, figures: Figures, places: Places, at: dict[str, str]) -> list[Figure]:
    traded = figures.bought + figures.sold
    spread = to_cents(traded * Decimal(repr(target.trading.half_spread)))
    half = f"ROUND({places.setting('half_spread')}*({at['bought']}+{at['sold']}),2)"
    tickets = sum((row.tickets for row in figures.accounts), ZERO)
    objective = proposal.objective
    return [
        Figure("spread", "Half spreads (estimate)", Cell(spread, "money", half)),
        Figure("tickets", "Tickets", Cell(tickets, "money", f"{ACCOUNTS}!I{max(places.accounts, 1) + 2}")),
        Figure("nothing", "Objective without trades", Cell(objective.do_nothing, "money")),
        Figure("plan", "Objective of this plan", Cell(objective.plan, "money_strong")),
        Figure("bound", "Lower bound", Cell(objective.lower_bound, "money")),
        Figure("closed", "Improvement taken", Cell(objective.closed, "share")),
    ]
