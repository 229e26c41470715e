"""The sheet Tax: gains and losses of every account by holding period, and what they are estimated to cost."""

from __future__ import annotations

from decimal import Decimal

from core.export.cells import Book, Cell, SheetWriter
from core.export.figures import AccountRow, Figures, LotRow
from core.export.sheets.places import SUMMARY, TAX, Places
from core.export.sheets.summary_figures import SummaryCells
from core.export.sheets.words import KINDS
from core.money import ZERO
from core.rebalance.proposal import Proposal
from core.tilt.target import Target

_WIDTHS = (16, 26, 16, 15, 15, 15, 15, 15, 15, 15)
_HEADINGS = (
    "Account",
    "Name",
    "Kind",
    "Sold",
    "Short-term gains",
    "Short-term losses",
    "Long-term gains",
    "Long-term losses",
    "Net gain",
    "Basis unknown",
)
#: Heading, then the figures of the chart on the sheet Summary.
CHART_ROW = 4
_LIMITS = (
    "An estimate at flat rates on the plan's own gains and losses, for taxed accounts only. It knows nothing of other "
    "income, losses carried forward, or sales made elsewhere. A minus is a credit: it is worth that much only where "
    "there are gains to set the losses against.",
    "Gain = quantity x price - cost basis, without costs of trading. A lot whose basis is known and whose date is not "
    "counts as short-term. Lots of unknown basis have no gain; their proceeds are stated.",
)


def write_tax(
    book: Book, proposal: Proposal, target: Target, figures: Figures, places: Places, summary: SummaryCells
) -> None:
    """Write the sheet: the tax in three steps, then gains and losses account by account."""
    sheet = book.sheet(TAX, _WIDTHS)
    sheet.prepare(landscape=True)
    sheet.row([Cell("Tax of the plan", "title")], height=24)
    sheet.row([Cell("Each figure leads back to the sheets Lots and Summary.", "subtitle")])
    heads = ("Net gain", "Rate", "Estimated tax")
    sheet.row([Cell("", "head"), *(Cell(name, "head_number") for name in heads)], height=20)
    blocks = summary.blocks
    for label, key, rate, share in (
        ("Short-term", "net_short", "short_rate", target.tax.short),
        ("Long-term", "net_long", "long_rate", target.tax.long),
    ):
        row, net = sheet.next_row, blocks.value(key)
        exact = Decimal(repr(float(share)))
        sheet.row(
            [
                Cell(label, "strong"),
                Cell(net, "money", f"{SUMMARY}!{blocks.address(key)}"),
                Cell(exact, "share", places.setting(rate)),
                Cell(net * exact, "money", f"B{row}*C{row}"),
            ]
        )
    total = blocks.value("net_short") + blocks.value("net_long")
    tax = blocks.value("tax")
    sheet.row(
        [
            Cell("Together", "total_text"),
            Cell(total, "total_money", f"B{CHART_ROW}+B{CHART_ROW + 1}"),
            Cell("", "total_text"),
            Cell(tax, "total_money", f"ROUND(D{CHART_ROW}+D{CHART_ROW + 1},2)"),
        ]
    )
    washed = proposal.tax.disallowed_loss
    sheet.row([Cell("Losses disallowed by wash sales, left out above", "label"), None, None, Cell(washed, "money")])
    sheet.blank()
    _write_accounts(sheet, figures, places)
    sheet.blank()
    for text in _LIMITS:
        sheet.note(text, len(_WIDTHS), sum(_WIDTHS))


def _write_accounts(sheet: SheetWriter, figures: Figures, places: Places) -> None:
    sheet.row([Cell(name, "head" if i < 3 else "head_number") for i, name in enumerate(_HEADINGS)], height=32)
    first = sheet.next_row
    for data in figures.accounts:
        row = sheet.next_row
        own = f"({places.lot('Account')}=$A{row})"
        gains = _gains(data, figures)
        sheet.row(
            [
                Cell(data.account.id, "strong"),
                Cell(data.account.name),
                Cell(KINDS[data.account.kind]),
                Cell(data.sells, "money_or_dash", f"SUMPRODUCT({own}*{places.lot('Proceeds')})"),
                *(
                    Cell(gains[term, sign], "money_or_dash", _gain_sum(own, term, sign, places))
                    for term in ("short", "long")
                    for sign in (">", "<")
                ),
                Cell(sum(gains.values(), ZERO), "money", f"SUM(E{row}:H{row})"),
                Cell(
                    sum((x.proceeds for x in _lots(data, figures) if x.taxed and x.gain is None), ZERO),
                    "money_or_dash",
                    f'SUMPRODUCT({own}*({places.lot("Counts as")}="unknown")*{places.lot("Proceeds")})',
                ),
            ]
        )
    last = sheet.next_row - 1
    if not figures.accounts:
        return
    columns = "DEFGHIJ"
    every = [_gains(data, figures) for data in figures.accounts]
    sums = [
        sum((x.proceeds for x in figures.lots), ZERO),
        *(sum((g[term, sign] for g in every), ZERO) for term in ("short", "long") for sign in (">", "<")),
        sum((sum(g.values(), ZERO) for g in every), ZERO),
        sum((x.proceeds for x in figures.lots if x.taxed and x.gain is None), ZERO),
    ]
    sheet.row(
        [
            Cell("Household", "total_text"),
            Cell("", "total_text"),
            Cell("", "total_text"),
            *(
                Cell(value, "total_money", f"SUM({column}{first}:{column}{last})")
                for column, value in zip(columns, sums, strict=True)
            ),
        ]
    )


def _lots(data: AccountRow, figures: Figures) -> list[LotRow]:
    return [row for row in figures.lots if row.account == data.account.id]


def _gains(data: AccountRow, figures: Figures) -> dict[tuple[str, str], Decimal]:
    """Gains (>) and losses (<) of an account by what they count as."""
    sums = {(term, sign): ZERO for term in ("short", "long") for sign in (">", "<")}
    for row in _lots(data, figures):
        if row.gain and row.counts_as:
            sums[row.counts_as, ">" if row.gain > 0 else "<"] += row.gain
    return sums


def _gain_sum(own: str, term: str, sign: str, places: Places) -> str:
    """Text among the gains (unknown) counts as nothing in an array of its own; multiplied it would be an error."""
    gain = places.lot("Gain")
    return f'SUMPRODUCT({own}*({places.lot("Counts as")}="{term}")*({gain}{sign}0),{gain})'
