"""The sheet Tax: gains and losses of every account by holding period, and what they are estimated to cost."""

from __future__ import annotations

from decimal import Decimal

from core.export.cells import Book, Cell, SheetWriter
from core.export.figures import AccountRow, Figures, LotRow
from core.export.sheets.places import SUMMARY, TAX, TAX_FIRST_ROW, TAX_TOTAL_ROW, Places
from core.export.sheets.summary_figures import SummaryCells
from core.money import ZERO
from core.rebalance.proposal import Proposal
from core.tax.liability import PlanTax, plan_tax
from core.tilt.target import Target

_WIDTHS = (32, 26, 25, 15, 15, 15, 15, 15, 15, 15)
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
CHART_ROW = TAX_FIRST_ROW
_BY_TABLES = (
    "What the plan adds to the year's tax, by the year's tables and the situation on the sheet Inputs: the return with "
    "the plan less the return without it. Not in it: credits, alternative minimum tax, and what else hangs on income. "
    "A minus is tax saved this year; a loss carried into the next year is stated and not valued."
)
_FLAT = (
    "An estimate at flat rates on the plan's own gains and losses, for taxed accounts only. It knows nothing of other "
    "income, losses carried forward, or sales made elsewhere. A minus is a credit: it is worth that much only where "
    "there are gains to set the losses against."
)
_LIMITS = (
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
    situation = target.tax.situation
    for label, key, rate, share in (
        ("Short-term", "net_short", "short_rate", target.tax.short),
        ("Long-term", "net_long", "long_rate", target.tax.long),
    ):
        row, net = sheet.next_row, blocks.value(key)
        cells = [Cell(label, "strong"), Cell(net, "money", f"{SUMMARY}!{blocks.address(key)}")]
        if situation is None:
            exact = Decimal(repr(float(share)))
            cells += [Cell(exact, "share", places.setting(rate)), Cell(net * exact, "money", f"B{row}*C{row}")]
        sheet.row(cells)
    total = blocks.value("net_short") + blocks.value("net_long")
    flat = f"ROUND(D{CHART_ROW}+D{CHART_ROW + 1},2)"
    sheet.row(
        [
            Cell("Together", "total_text"),
            Cell(total, "total_money", f"B{CHART_ROW}+B{CHART_ROW + 1}"),
            Cell("", "total_text"),
            Cell(blocks.value("tax"), "total_money", flat if situation is None else f"D{_PARTS_ROW + 4}"),
        ]
    )
    washed = proposal.tax.disallowed_loss
    sheet.row([Cell("Losses disallowed by wash sales, left out above", "label"), None, None, Cell(washed, "money")])
    sheet.blank()
    if situation is not None:
        added = plan_tax(situation, blocks.value("net_short"), blocks.value("net_long"))
        _write_parts(sheet, situation.year, added)
        sheet.blank()
    _write_accounts(sheet, figures, places)
    sheet.blank()
    for text in (_FLAT if situation is None else _BY_TABLES, *_LIMITS):
        sheet.note(text, len(_WIDTHS), sum(_WIDTHS))


#: The first part of the tax by tables: three steps and wash sales above, an empty row, a heading.
_PARTS_ROW = TAX_TOTAL_ROW + 4


def _write_parts(sheet: SheetWriter, year: int, added: PlanTax) -> None:
    """The year's tax without the plan and with it, part by part; what is carried into the next year."""
    heads = ("Without the plan", "With the plan", "Added by the plan")
    sheet.row([Cell(f"Tax of {year}", "head"), *(Cell(name, "head_number") for name in heads)], height=32)
    if sheet.next_row != _PARTS_ROW:
        raise AssertionError("the parts of the tax are not where the formulas look for them")
    before, after = added.before, added.after
    first = sheet.next_row
    for label, without, with_plan in (
        ("Federal, at ordinary rates", before.ordinary, after.ordinary),
        ("Federal, at long-term rates", before.long_term, after.long_term),
        ("Net investment income tax", before.niit, after.niit),
        ("State, on gains and losses", before.state, after.state),
    ):
        row = sheet.next_row
        difference = Cell(with_plan - without, "money", f"ROUND(C{row}-B{row},2)")
        sheet.row([Cell(label, "strong"), Cell(without, "money"), Cell(with_plan, "money"), difference])
    last = sheet.next_row - 1
    sums = [
        Cell(amount, "total_money", f"SUM({column}{first}:{column}{last})")
        for column, amount in (("B", before.total), ("C", after.total), ("D", added.total))
    ]
    sheet.row([Cell("Together", "total_text"), *sums])
    for label, without, with_plan in (
        ("Short-term loss into the next year", before.netting.short_carry, after.netting.short_carry),
        ("Long-term loss into the next year", before.netting.long_carry, after.netting.long_carry),
    ):
        row = sheet.next_row
        difference = Cell(with_plan - without, "money", f"ROUND(C{row}-B{row},2)")
        sheet.row([Cell(label, "label"), Cell(without, "money"), Cell(with_plan, "money"), difference])


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
                Cell(data.account.kind.words),
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
