"""The proposal as an Excel workbook in which every number can be followed to where it comes from.

Sheets: Summary, Trades, Lots, Tax, Style, Before-After, Accounts, Rules, Exposures, Market case, Inputs, Checks.
Amounts, gains, cash, values and mixes are formulas; their values are stored beside them, so that programs that don't
calculate see them too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import attrs

from core.atomic_file import write_atomically
from core.classify.exposure import Exposure, Side, shown_boxes
from core.export.approval import Approval
from core.export.cells import Book
from core.export.checks import Override, run_checks
from core.export.figures import figures as figures_of
from core.export.issue import Case
from core.export.sheets.accounts import write_accounts
from core.export.sheets.before_after import write_before_after
from core.export.sheets.checks import write_checks
from core.export.sheets.exposures import write_exposures
from core.export.sheets.inputs import write_inputs
from core.export.sheets.lots import write_lots
from core.export.sheets.market_case import write_market_case
from core.export.sheets.places import SUMMARY, Places
from core.export.sheets.rules import write_rules
from core.export.sheets.style import write_style
from core.export.sheets.summary import write_summary
from core.export.sheets.tax import write_tax
from core.export.sheets.trades import write_trades
from core.household import Household
from core.market.observations import snapshot
from core.market.quote import MarketView
from core.rebalance.proposal import Proposal
from core.tilt.target import Target


@attrs.frozen
class Release:
    """How a plan leaves: on which day it was checked (None: that of the household), over what, by whose approval; on
    which side value stands in its style boxes.
    """

    today: date | None = None
    overrides: tuple[Override, ...] = ()
    approval: Approval | None = None
    value_side: Side = "right"


def workbook_bytes(
    proposal: Proposal,
    household: Household,
    exposures: Mapping[str, Exposure],
    target: Target,
    release: Release | None = None,
    market: MarketView | None = None,
) -> bytes:
    """The workbook; equal input gives equal bytes.

    Parameters
    ----------
    proposal : the plan. household, exposures (by security id), target : what it was made from. release : for the
        sheet Checks. market : for the sheet Market case; None is the shipped snapshot on the plan's day.

    Raises KeyError where a trade names an account or security that the household doesn't have.
    """
    figures = figures_of(proposal, household, exposures, target)
    places = Places.of(figures)
    book = Book(f"{household.name}: proposed trades", proposal.as_of)
    release = release or Release()
    boxes = shown_boxes(release.value_side)
    checkup = run_checks(Case(household, exposures, target, proposal, release.today or household.as_of))
    summary = write_summary(book, SUMMARY, proposal, household, target, figures, places, boxes)
    write_trades(book, figures, places)
    write_lots(book, figures, places, proposal.as_of)
    write_tax(book, proposal, target, figures, places, summary)
    write_style(book, proposal, figures, summary, boxes)
    write_before_after(book, figures, places)
    write_accounts(book, figures, places, target)
    write_rules(book, proposal, household)
    write_exposures(book, figures, places, boxes)
    write_market_case(book, market or MarketView(snapshot(), proposal.as_of))
    write_inputs(book, household, target)
    write_checks(book, proposal, checkup, release.overrides, release.approval)
    return book.saved_bytes()


def write_workbook(
    proposal: Proposal,
    household: Household,
    exposures: Mapping[str, Exposure],
    target: Target,
    path: Path,
    *,
    overwrite: bool = False,
    release: Release | None = None,
    market: MarketView | None = None,
) -> None:
    """Write the workbook to ``path``, whole or not at all.

    Raises InputError, in plain words, where the file exists and ``overwrite`` is false, or can't be written.
    """
    write_atomically(path, workbook_bytes(proposal, household, exposures, target, release, market), overwrite=overwrite)
