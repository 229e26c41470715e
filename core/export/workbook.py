"""The proposal as an Excel workbook in which every number can be followed to where it comes from.

Sheets: Summary, Trades, Lots, Before-After, Accounts, Exposures, Inputs. Amounts, gains, cash, values and mixes are
formulas; their values are stored beside them, so that programs that don't calculate see them too.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from core.atomic_file import write_atomically
from core.classify.exposure import Exposure
from core.export.cells import Book
from core.export.figures import figures as figures_of
from core.export.sheets.accounts import write_accounts
from core.export.sheets.before_after import write_before_after
from core.export.sheets.exposures import write_exposures
from core.export.sheets.inputs import write_inputs
from core.export.sheets.lots import write_lots
from core.export.sheets.places import SUMMARY, Places
from core.export.sheets.summary import write_summary
from core.export.sheets.trades import write_trades
from core.household import Household
from core.rebalance.proposal import Proposal
from core.tilt.target import Target


def workbook_bytes(
    proposal: Proposal, household: Household, exposures: Mapping[str, Exposure], target: Target
) -> bytes:
    """The workbook; equal input gives equal bytes.

    Parameters
    ----------
    proposal : the plan. household, exposures (by security id), target : what it was made from.

    Raises KeyError where a trade names an account or security that the household doesn't have.
    """
    figures = figures_of(proposal, household, exposures, target)
    places = Places.of(figures)
    book = Book(f"{household.name}: proposed trades", proposal.as_of)
    write_summary(book, SUMMARY, proposal, household, target, figures, places)
    write_trades(book, figures, places)
    write_lots(book, figures, places, proposal.as_of)
    write_before_after(book, figures, places)
    write_accounts(book, figures, places, target)
    write_exposures(book, figures, places)
    write_inputs(book, household, target)
    return book.saved_bytes()


def write_workbook(
    proposal: Proposal,
    household: Household,
    exposures: Mapping[str, Exposure],
    target: Target,
    path: Path,
    *,
    overwrite: bool = False,
) -> None:
    """Write the workbook to ``path``, whole or not at all.

    Raises InputError, in plain words, where the file exists and ``overwrite`` is false, or can't be written.
    """
    write_atomically(path, workbook_bytes(proposal, household, exposures, target), overwrite=overwrite)
