"""The sheet Summary: the proposal on a page, every figure a formula over the other sheets where it can be one."""

from __future__ import annotations

from core import __version__
from core.classify.exposure import ASSET_CLASSES, SECTORS
from core.export.cells import Book, Cell, SheetWriter, column_letter
from core.export.figures import Figures
from core.export.sheets import exposures as columns
from core.export.sheets.places import ACCOUNTS, Places
from core.export.sheets.summary_figures import FigureBlocks, figure_blocks
from core.export.sheets.words import CLASSES, SIZES, STYLES, sector_name
from core.household import Finding, Household
from core.rebalance.proposal import Objective, Proposal
from core.tilt.target import Scope, Target

#: Three blocks of four columns side by side: A-D, E-H, I-L.
_WIDTHS = (23, 14, 11, 11, 11, 11, 11, 14, 11, 11, 11, 14)
_COLUMNS = len(_WIDTHS)
_CHARACTERS = 145  # of ten-point text that a line over all columns holds


def write_summary(
    book: Book, title: str, proposal: Proposal, household: Household, target: Target, figures: Figures, places: Places
) -> None:
    """Write the sheet under its title."""
    sheet = book.sheet(title, _WIDTHS)
    sheet.prepare(landscape=True)
    sheet.row([Cell(household.name, "title")], height=24)
    count = len(household.accounts)
    accounts = "1 account" if count == 1 else f"{count} accounts"
    sheet.row(
        [
            Cell(
                f"Proposed trades as of {proposal.as_of.isoformat()}; {accounts}. Estimates at the prices stated, not "
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
    _write_boxes(sheet, proposal, figures, places)
    sheet.blank()
    _write_mix_and_sectors(sheet, proposal, figures, places)
    sheet.blank()
    _section(sheet, "How good the plan is")
    _paragraph(sheet, certificate(proposal.objective))
    sheet.blank()
    _write_checks(sheet, blocks, proposal, figures)
    if proposal.tilt_lost:
        sheet.blank()
        _write_tilt_lost(sheet, proposal)
    if proposal.findings:
        sheet.blank()
        _section(sheet, "To know before trading")
        for finding in proposal.findings:
            _write_finding(sheet, finding)


def certificate(objective: Objective) -> str:
    """What the lower bound proves about a plan, in words."""
    nothing, plan, bound = objective.do_nothing, objective.plan, objective.lower_bound
    measure = (
        f"The measure is what the plan costs in dollars, being out of place included: {nothing:,.2f} without trades, "
        f"{plan:,.2f} with this plan; no plan that keeps the rules can go below {bound:,.2f}."
    )
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


def _write_boxes(sheet: SheetWriter, proposal: Proposal, figures: Figures, places: Places) -> None:
    """Three nine-boxes side by side: before, target, after."""
    scope = "US equity" if figures.scope is Scope.US_EQUITY else "all equity"
    _section(sheet, f"Style box of {scope}, shares of what is classified")
    shots = (("Before", proposal.before), ("Target", proposal.target), ("After", proposal.after))
    heads: list[Cell | None] = []
    for name, _ in shots:
        heads += [Cell(name, "subhead"), *(Cell(style, "subhead_number") for style in STYLES)]
    first = sheet.row(heads) + 1
    before, after = figures.style_box(after=False), figures.style_box(after=True)
    for line, size in enumerate(SIZES):
        row: list[Cell | None] = []
        for name, shot in shots:
            row.append(Cell(size, "label"))
            for k in range(3 * line, 3 * line + 3):
                if name == "Target":
                    row.append(Cell(shot.style_box[k], "box"))
                else:
                    number = columns.BEFORE if name == "Before" else columns.AFTER
                    share = (before if name == "Before" else after)[k]
                    row.append(Cell(share, "box", _box_share(places, number, k)))
        sheet.row(row, height=20)
    for start in ("B", "F", "J"):
        _shade(sheet, f"{start}{first}:{chr(ord(start) + 2)}{first + 2}")
    scores: list[Cell | None] = []
    for _, shot in shots:
        scores += [Cell(f"Size {_score(shot.size)}, value {_score(shot.value_tilt)}", "label"), None, None, None]
    sheet.row(scores)


def _score(number: float) -> str:
    return f"{number:+.2f}".replace("+0.00", "0.00").replace("-0.00", "0.00")


def _box_share(places: Places, value_column: int, box: int) -> str:
    value, scope = places.exposure(value_column), places.exposure(columns.SCOPE)
    one = places.exposure(columns.FIRST_BOX + box)
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
    _section(sheet, "Mix of the household, and sectors of its equity")
    numbers = [Cell(name, "subhead_number") for name in ("Before", "Target", "After", "Change")]
    sheet.row(
        [Cell("Asset class", "subhead"), *numbers, None, Cell("Sector", "subhead"), Cell("", "subhead"), *numbers]
    )
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
                Cell(mixes[1][name] - mixes[0][name], "share_change", f"D{row}-B{row}"),
            ]
        name = SECTORS[line]
        cells[6] = Cell(sector_name(name))
        cells[8:12] = [
            Cell(sectors[0][name], "share", _sector_share(places, columns.BEFORE, line)),
            Cell(proposal.target.sectors.get(name, 0.0), "share"),
            Cell(sectors[1][name], "share", _sector_share(places, columns.AFTER, line)),
            Cell(sectors[1][name] - sectors[0][name], "share_change", f"K{row}-I{row}"),
        ]
        sheet.row(cells)


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


def _write_checks(sheet: SheetWriter, blocks: FigureBlocks, proposal: Proposal, figures: Figures) -> None:
    """What the formulas give against what the plan says, to the cent."""
    _section(sheet, "Checks: this workbook against the plan")
    sheet.row(
        [
            Cell("Figure", "subhead"),
            *(Cell(name, "subhead_number") for name in ("Workbook", "Plan", "Check")),
        ]
    )
    tax, costs = proposal.tax, proposal.costs
    for label, key, planned in (
        ("Value before", "before", proposal.before.value),
        ("Value after", "after", proposal.after.value),
        ("Estimated tax", "tax", tax.tax),
        ("Proceeds, basis unknown", "unknown", tax.unknown_basis_proceeds),
        ("Half spreads", "spread", costs.spread),
        ("Tickets", "tickets", costs.tickets),
    ):
        row = sheet.next_row
        counted = blocks.value(key)
        sheet.row(
            [
                Cell(label),
                Cell(counted, "money", blocks.address(key)),
                Cell(planned, "money"),
                Cell(_verdict(abs(counted - planned) < _TIES), "right_text", _tie(f"B{row}-C{row}")),
            ]
        )
    row, last = sheet.next_row, max(len(figures.accounts), 1) + 1
    sheet.row(
        [
            Cell("Cash of every account"),
            None,
            None,
            Cell(
                _verdict(all(abs(a.cash_after - a.planned_cash) < _TIES for a in figures.accounts)),
                "right_text",
                f'IF(SUMPRODUCT((ABS({ACCOUNTS}!K2:K{last}-{ACCOUNTS}!L2:L{last})>=0.0051)*1)=0,"ties","differs")',
            ),
        ]
    )


#: Two figures tie where they differ by no more than the half cent that rounding leaves between them.
_TIES = 0.0051


def _tie(difference: str) -> str:
    return f'IF(ABS({difference})<0.0051,"ties","differs")'


def _verdict(ties: bool) -> str:
    return "ties" if ties else "differs"


def _write_tilt_lost(sheet: SheetWriter, proposal: Proposal) -> None:
    """What each rule keeps the plan from."""
    _section(sheet, "What the rules cost: the gain from switching off one at a time")
    sheet.row(
        [
            Cell("Points nearer", "subhead_number"),
            Cell("Dollars better", "subhead_number"),
            Cell("Rule", "subhead"),
            *(Cell("", "subhead") for _ in range(_COLUMNS - 3)),
        ]
    )
    for lost in proposal.tilt_lost:
        sheet.row([Cell(lost.points, "points"), Cell(round(lost.dollars, 2), "money"), Cell(lost.rule)])


def _write_finding(sheet: SheetWriter, finding: Finding) -> None:
    row = sheet.next_row
    sheet.merge(f"B{row}", f"D{row}")
    sheet.merge(f"E{row}", f"{column_letter(_COLUMNS)}{row}")
    lines = max(_lines(finding.message, _CHARACTERS * 94 // 153), _lines(finding.where, _CHARACTERS * 36 // 153))
    sheet.row(
        [
            Cell(finding.severity.value.capitalize(), "strong"),
            Cell(finding.where, "wrapped"),
            None,
            None,
            Cell(finding.message, "wrapped"),
        ],
        height=_height(lines),
    )


def _section(sheet: SheetWriter, title: str) -> None:
    sheet.row([Cell(title, "section"), *(Cell("", "section") for _ in range(_COLUMNS - 1))], height=18)


def _paragraph(sheet: SheetWriter, text: str) -> None:
    sheet.merge(f"A{sheet.next_row}", f"{column_letter(_COLUMNS)}{sheet.next_row}")
    sheet.row([Cell(text, "wrapped")], height=_height(_lines(text, _CHARACTERS)))


def _lines(text: str, characters: int) -> int:
    """Lines that wrapped text takes; joined cells don't grow by themselves."""
    return max(1, min(20, -(-len(text) // max(1, characters))))


def _height(lines: int) -> float:
    return 13.5 * lines + 1.5
