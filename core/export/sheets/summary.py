"""The sheet Summary: the proposal on a page, every figure a formula over the other sheets where it can be one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from core import __version__
from core.classify.exposure import ASSET_CLASSES, SECTORS
from core.export.cells import Book, Cell, SheetWriter, column_letter, row_height
from core.export.charts import AFTER, BEFORE, TARGET, Bars, Series, bar_chart
from core.export.figures import Figures
from core.export.sheets import exposures as columns
from core.export.sheets import style
from core.export.sheets.places import ACCOUNTS, STYLE, TAX, Places
from core.export.sheets.summary_figures import FigureBlocks, SummaryCells, figure_blocks
from core.export.sheets.tax import CHART_ROW as TAX_CHART_ROW
from core.export.sheets.words import (
    CLASSES,
    SEVERITIES,
    SIZES,
    STYLES,
    rule_words,
    sector_name,
    sentence,
    without_folders,
)
from core.findings import FindingGroup, grouped, still_open
from core.household import Household, Severity
from core.rebalance.proposal import Objective, Proposal
from core.tilt.target import Scope, Target
from core.words import count_words, day_words

#: Three blocks of four columns side by side: A-D, E-H, I-L.
_WIDTHS = (23, *(13,) * 11)
_COLUMNS = len(_WIDTHS)


def write_summary(
    book: Book,
    title: str,
    proposal: Proposal,
    household: Household,
    target: Target,
    figures: Figures,
    places: Places,
    boxes: Sequence[int],
) -> SummaryCells:
    """Write the sheet under its title; says where the figures are that other sheets build on.

    boxes : the nine style boxes in reading order.
    """
    sheet = book.sheet(title, _WIDTHS)
    sheet.prepare(landscape=True)
    sheet.row([Cell(household.name, "title")], height=24)
    accounts = count_words(len(household.accounts), "account")
    sheet.row(
        [
            Cell(
                f"Proposed trades as of {day_words(proposal.as_of)}; {accounts}. Estimates at the prices stated, not "
                f"orders placed. Made with Trimtab {__version__}.",
                "subtitle",
            )
        ]
    )
    sheet.blank()
    _section(sheet, "The proposal")
    blocks = figure_blocks(proposal, target, figures, places, top=sheet.next_row)
    _write_figures(sheet, blocks)
    sheet.blank()
    _write_charts(sheet, figures)
    first_box = _write_boxes(sheet, proposal, figures, places, boxes)
    sheet.blank()
    _write_mix_and_sectors(sheet, proposal, figures, places)
    sheet.blank()
    _section(sheet, "How good the plan is")
    _paragraph(sheet, certificate(proposal.objective))
    sheet.blank()
    _write_checks_and_rules(sheet, blocks, proposal, figures)
    doubts = [f for f in still_open(household) if f.severity is not Severity.INFO and f not in proposal.findings]
    if doubts or proposal.findings:
        sheet.blank()
        _section(sheet, "To know before trading")
        for group in grouped((*proposal.findings, *doubts), household):
            _write_finding(sheet, group, without_folders(group.message, household.files))
    return SummaryCells(blocks, first_box)


#: Rows that the charts lie over.
_CHART_ROWS = 13


def _write_charts(sheet: SheetWriter, figures: Figures) -> None:
    """Style box, misfit and tax as bars over the figures of the sheets Style and Tax."""
    _section(sheet, "At a glance")
    top = sheet.next_row
    for _ in range(_CHART_ROWS):
        sheet.blank()
    scope = "US equity" if figures.scope is Scope.US_EQUITY else "All equity"
    first = style.FIRST_BOX
    sheet.chart(
        bar_chart(
            Bars(
                title=f"{scope} by style",
                sheet=STYLE,
                names="A",
                series=(Series("B", BEFORE), Series("C", TARGET), Series("D", AFTER)),
                first=first,
                last=first + 8,
                value_format="0%",
                width=21.4,
                height=6.8,
            )
        ),
        f"A{top}",
    )
    row = style.MISFIT_ROW
    sheet.chart(
        bar_chart(
            Bars(
                title="Household out of place",
                sheet=STYLE,
                names="A",
                series=(Series("B", AFTER),),
                first=row,
                last=row + 1,
                value_format="0.0%",
                width=9.5,
                height=6.8,
                labels=True,
            )
        ),
        f"G{top}",
    )
    sheet.chart(
        bar_chart(
            Bars(
                title="Gain and tax, dollars",
                sheet=TAX,
                names="A",
                series=(Series("B", BEFORE), Series("D", AFTER)),
                first=TAX_CHART_ROW,
                last=TAX_CHART_ROW + 2,
                value_format="#,##0",
                width=9.5,
                height=6.8,
            )
        ),
        f"J{top}",
    )
    sheet.blank()


def certificate(objective: Objective) -> str:
    """What the lower bound proves about a plan, in words."""
    nothing, plan, bound = objective.do_nothing, objective.plan, objective.lower_bound
    measure = (
        "The objective adds up, in dollars, what being out of place, taxes, trading and asset location cost: "
        f"{nothing:,.2f} without trades, {plan:,.2f} with this plan; no plan that keeps the rules can have less than "
        f"{bound:,.2f}."
    )
    if plan > nothing + 0.005:
        # Doing nothing is always tried, so it can only have broken a rule.
        return f"Leaving the household as it is would break a rule; the plan costs what keeping it takes. {measure}"
    if nothing - bound <= 0.005:
        return f"No plan that keeps the rules improves on leaving the household as it is. {measure}"
    return f"The plan takes {100 * objective.closed:.1f} % of the improvement that is possible. {measure}"


def _write_figures(sheet: SheetWriter, blocks: FigureBlocks) -> None:
    for line in range(blocks.height):
        cells: list[Cell | None] = [None] * _COLUMNS
        for block in blocks.blocks:
            if line < len(block.figures):
                figure = block.figures[line]
                cells[block.label_column - 1] = Cell(figure.label, "label")
                cells[block.value_column - 1] = figure.cell
        sheet.row(cells)


def _write_boxes(sheet: SheetWriter, proposal: Proposal, figures: Figures, places: Places, boxes: Sequence[int]) -> int:
    """Three nine-boxes side by side: before, target, after; returns the row of the large boxes."""
    scope = "US equity" if figures.scope is Scope.US_EQUITY else "all equity"
    _section(sheet, f"Style box of {scope}, shares of what is classified")
    shots = (("Before", proposal.before), ("Target", proposal.target), ("After", proposal.after))
    heads: list[Cell | None] = []
    for name, _ in shots:
        heads += [Cell(name, "subhead"), *(Cell(STYLES[box % 3], "subhead_centre") for box in boxes[:3])]
    first = sheet.row(heads) + 1
    before, after = figures.style_box(after=False), figures.style_box(after=True)
    for line, size in enumerate(SIZES):
        row: list[Cell | None] = []
        for name, shot in shots:
            row.append(Cell(size, "box_label"))
            for place in range(3 * line, 3 * line + 3):
                k = boxes[place]
                if name == "Target":
                    row.append(Cell(shot.style_box[k], "box"))
                else:
                    number = columns.BEFORE if name == "Before" else columns.AFTER
                    share = (before if name == "Before" else after)[k]
                    row.append(Cell(share, "box", _box_share(places, number, place)))
        sheet.row(row, height=20)
    for start in ("B", "F", "J"):
        _shade(sheet, f"{start}{first}:{chr(ord(start) + 2)}{first + 2}")
    scores: list[Cell | None] = []
    for _, shot in shots:
        scores += [Cell(f"Size {_score(shot.size)}, value {_score(shot.value_tilt)}", "label"), None, None, None]
    sheet.row(scores)
    return first


def _score(number: float) -> str:
    return f"{number:+.2f}".replace("+0.00", "0.00").replace("-0.00", "0.00")


def _box_share(places: Places, value_column: int, place: int) -> str:
    value, scope = places.exposure(value_column), places.exposure(columns.SCOPE)
    one = places.exposure(columns.FIRST_BOX + place)
    nine = places.exposure(columns.FIRST_BOX, columns.FIRST_BOX + 8)
    return f"IFERROR(SUMPRODUCT({value}*{scope}*{one})/SUMPRODUCT({value}*{scope}*{nine}),0)"


def _shade(sheet: SheetWriter, cells: str) -> None:
    """The more, the darker, from nothing to a third of the equity."""
    from openpyxl.formatting.rule import ColorScale, FormatObject, Rule

    ends = [FormatObject(type="num", val=0), FormatObject(type="num", val=0.35)]
    rule = Rule(type="colorScale", colorScale=ColorScale(cfvo=ends, color=["FFFFFFFF", "FF6FA8C9"]))
    sheet.sheet.conditional_formatting.add(cells, rule)


def _write_mix_and_sectors(sheet: SheetWriter, proposal: Proposal, figures: Figures, places: Places) -> None:
    """Asset classes on the left, sectors on the right."""
    _section(sheet, "Mix of the household", "Sectors of its equity")
    heads = [Cell(name, "subhead_number") for name in ("Before", "Target", "After", "Change")]
    sector_heads = [Cell("Sector", "subhead"), Cell("", "subhead"), Cell("", "subhead")]
    sector_heads += [Cell(name, "subhead_number") for name in ("Before", "After", "Change")]
    sheet.row([Cell("Asset class", "subhead"), *heads, None, *sector_heads])
    mixes = figures.mix(after=False), figures.mix(after=True)
    sectors = figures.sectors(after=False), figures.sectors(after=True)
    for line in range(max(len(ASSET_CLASSES), len(SECTORS))):
        row = sheet.next_row
        cells: list[Cell | None] = [None] * _COLUMNS
        if line < len(ASSET_CLASSES):
            name = ASSET_CLASSES[line]
            cells[0] = Cell(CLASSES[name])
            cells[1:5] = [
                Cell(mixes[0][name], "share", _mix_share(places, columns.BEFORE, line, "E")),
                Cell(proposal.target.mix.get(name, 0.0), "share"),
                Cell(mixes[1][name], "share", _mix_share(places, columns.AFTER, line, "K")),
                _change(mixes[1][name] - mixes[0][name], f"D{row}-B{row}"),
            ]
        name = SECTORS[line]
        cells[6] = Cell(sector_name(name))
        cells[9:12] = [
            Cell(sectors[0][name], "share", _sector_share(places, columns.BEFORE, line)),
            Cell(sectors[1][name], "share", _sector_share(places, columns.AFTER, line)),
            _change(sectors[1][name] - sectors[0][name], f"K{row}-J{row}"),
        ]
        sheet.row(cells)


def _change(change: float, difference: str) -> Cell:
    # Rounded as shown, so that nothing is not shown as minus nothing.
    return Cell(round(change, 3) + 0.0, "share_change", f"ROUND({difference},3)")


def _mix_share(places: Places, value_column: int, number: int, cash_column: str) -> str:
    """Share of the value, the balances in cash among it."""
    value, total = places.exposure(value_column), max(places.accounts, 1) + 2
    cash = f"({ACCOUNTS}!{cash_column}{total}+{ACCOUNTS}!O{total})"
    own = f"SUMPRODUCT({value}*{places.exposure(columns.FIRST_CLASS + number)})"
    amount = f"({own}+{cash})" if ASSET_CLASSES[number] == "cash" else own
    return f"IFERROR({amount}/(SUM({value})+{cash}),0)"


def _sector_share(places: Places, value_column: int, number: int) -> str:
    value, equity = places.exposure(value_column), places.exposure(columns.EQUITY)
    one = places.exposure(columns.FIRST_SECTOR + number)
    return f"IFERROR(SUMPRODUCT({value}*{equity}*{one})/SUMPRODUCT({value}*{equity}),0)"


def _write_checks_and_rules(sheet: SheetWriter, blocks: FigureBlocks, proposal: Proposal, figures: Figures) -> None:
    """What the formulas give against what the plan says, to the cent; beside it what each rule costs."""
    _section(sheet, "Checks: this workbook against the plan", "What each rule costs: the gain from switching it off")
    checks = _check_rows(sheet.next_row + 1, blocks, proposal, figures)
    lost = [
        [
            Cell(sentence(rule_words(item.rule, figures.household))),
            *([None] * 3),
            Cell(max(item.points, 0.0), "points"),
            Cell(round(item.dollars, 2), "money"),
        ]
        for item in proposal.tilt_lost
    ] or [[Cell("No rule in force costs anything.", "label")]]
    heads = [Cell(name, "subhead_number") for name in ("Workbook", "Plan", "Check")]
    rule_heads = [Cell("Rule", "subhead"), *(Cell("", "subhead") for _ in range(3))]
    rule_heads += [Cell(name, "subhead_number") for name in ("Points nearer", "Dollars better")]
    sheet.row([Cell("Figure", "subhead"), *heads, None, None, *rule_heads])
    for line in range(max(len(checks), len(lost))):
        left: list[Cell | None] = list(checks[line]) if line < len(checks) else [None] * 4
        right: list[Cell | None] = list(lost[line]) if line < len(lost) else []
        sheet.row([*left, None, None, *right])


def _check_rows(first: int, blocks: FigureBlocks, proposal: Proposal, figures: Figures) -> list[list[Cell | None]]:
    tax, costs = proposal.tax, proposal.costs
    rows: list[list[Cell | None]] = []
    for label, key, planned in (
        ("Value before", "before", proposal.before.value),
        ("Value after", "after", proposal.after.value),
        ("Estimated tax", "tax", tax.tax),
        ("Proceeds, basis unknown", "unknown", tax.unknown_basis_proceeds),
        ("Half spreads", "spread", costs.spread),
        ("Tickets", "tickets", costs.tickets),
    ):
        row, counted = first + len(rows), blocks.value(key)
        rows.append(
            [
                Cell(label),
                Cell(counted, "money", blocks.address(key)),
                Cell(planned, "money"),
                Cell(_verdict(abs(counted - planned) < _TIES), "right_text", _tie(f"B{row}-C{row}")),
            ]
        )
    last = max(len(figures.accounts), 1) + 1
    cash_ties = all(abs(a.cash_after - a.planned_cash) < _TIES for a in figures.accounts)
    gaps = f"ABS({ACCOUNTS}!K2:K{last}-{ACCOUNTS}!L2:L{last})>={_TIES}"
    rows.append(
        [
            Cell("Cash of every account"),
            None,
            None,
            Cell(_verdict(cash_ties), "right_text", f'IF(SUMPRODUCT(({gaps})*1)=0,"ties","differs")'),
        ]
    )
    return rows


#: Two figures tie where they differ by no more than the half cent that rounding leaves between them.
_TIES = Decimal("0.0051")


def _tie(difference: str) -> str:
    return f'IF(ABS({difference})<{_TIES},"ties","differs")'


def _verdict(ties: bool) -> str:
    return "ties" if ties else "differs"


def _write_finding(sheet: SheetWriter, group: FindingGroup, message: str) -> None:
    row = sheet.next_row
    sheet.merge(f"B{row}", f"D{row}")
    sheet.merge(f"E{row}", f"{column_letter(_COLUMNS)}{row}")
    sheet.row(
        [
            Cell(SEVERITIES[group.severity], "strong"),
            Cell(group.place, "wrapped"),
            None,
            None,
            Cell(message, "wrapped"),
        ],
        height=row_height((group.place, sum(_WIDTHS[1:4])), (message, sum(_WIDTHS[4:]))),
    )


def _section(sheet: SheetWriter, title: str, second: str = "") -> None:
    """A band with a title, and a second one over the right half where two tables stand side by side."""
    cells = [Cell("", "section") for _ in range(_COLUMNS)]
    cells[0] = Cell(title, "section")
    if second:
        cells[6] = Cell(second, "section")
    sheet.row(cells, height=18)


def _paragraph(sheet: SheetWriter, text: str) -> None:
    sheet.merge(f"A{sheet.next_row}", f"{column_letter(_COLUMNS)}{sheet.next_row}")
    sheet.row([Cell(text, "wrapped")], height=row_height((text, sum(_WIDTHS))))
