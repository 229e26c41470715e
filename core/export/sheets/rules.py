"""The sheet Rules: what each rule in force costs, and how many trades it limited."""

from __future__ import annotations

from core.export.cells import Book, Cell
from core.export.charts import AFTER, Bars, Series, bar_chart
from core.export.sheets.places import RULES
from core.export.sheets.words import rule_words, sentence
from core.household import Household
from core.rebalance.proposal import Proposal

_WIDTHS = (46, 18, 18, 18)
_FIRST = 4


def write_rules(book: Book, proposal: Proposal, household: Household) -> None:
    """Write the sheet: the rules that cost most first, then those that only limited trades."""
    sheet = book.sheet(RULES, _WIDTHS)
    sheet.prepare(landscape=False)
    sheet.row([Cell("Rules and what they cost", "title")], height=24)
    sheet.row([Cell("What the plan would win back if one rule alone were switched off.", "subtitle")])
    heads = ("Points nearer", "Dollars better", "Trades limited")
    sheet.row([Cell("Rule", "head"), *(Cell(name, "head_number") for name in heads)], height=20)
    limited: dict[str, int] = {}
    for trade in proposal.trades:
        for rule in dict.fromkeys(trade.limited_by):
            limited[rule] = limited.get(rule, 0) + 1
    costly = sorted(proposal.tilt_lost, key=lambda item: (-item.dollars, -item.points, item.rule))
    for item in costly:
        sheet.row(
            [
                Cell(sentence(rule_words(item.rule, household)), "strong"),
                Cell(max(item.points, 0.0), "points"),
                Cell(round(item.dollars, 2), "money"),
                Cell(limited.pop(item.rule, 0), "whole_or_dash"),
            ]
        )
    for rule, count in sorted(limited.items(), key=lambda entry: (-entry[1], entry[0])):
        sheet.row([Cell(sentence(rule_words(rule, household)), "strong"), None, None, Cell(count, "whole_or_dash")])
    if not costly and not limited:
        sheet.row([Cell("No rule in force costs anything.", "label")])
    sheet.blank()
    sheet.note(
        "Points nearer: percentage points of the household that would no longer be out of place. Dollars better: the "
        "gain of the objective, which adds up what being out of place, taxes, trading and asset location cost. The "
        "figures are bounds found by the continuous plan; they do not add up, as rules work together.",
        len(_WIDTHS),
        sum(_WIDTHS),
    )
    if costly:
        sheet.chart(
            bar_chart(
                Bars(
                    title="Dollars better without the rule",
                    sheet=RULES,
                    names="A",
                    series=(Series("C", AFTER),),
                    first=_FIRST,
                    last=_FIRST + len(costly) - 1,
                    value_format="#,##0",
                    width=18.5,
                    height=4.0 + 0.7 * len(costly),
                    lying=True,
                    labels=True,
                )
            ),
            f"A{sheet.next_row + 1}",
        )
