"""What leaves the program beside the workbook, from the command line: order files and the client report."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from core.errors import InputError, UsageError
from desktop.commands.base import check_output
from desktop.console import Console, one_line

if TYPE_CHECKING:
    from core.export.approval import Approval
    from core.export.checks import Checkup, Override
    from core.export.orders.custodians import CustodianFormats
    from core.export.report import Letterhead
    from core.export.workbook import Release
    from core.market.quote import MarketView
    from desktop.commands.rebalance import Job


@attrs.frozen
class Leaving:
    """The options, looked through before any work is done."""

    folder: Path | None
    report: Path | None
    formats: CustodianFormats
    overrides: tuple[Override, ...]
    approved_by: str
    letterhead: Letterhead
    now: datetime


def add_leave_options(parser: argparse.ArgumentParser) -> None:
    """The options of order files, checks and report."""
    add_order_options(parser, "write order files into DIR, one for each custodian")
    report = parser.add_argument_group("client report")
    report.add_argument("--report", metavar="FILE", help="write the report for the client (.pdf)")
    report.add_argument("--adviser", default="", metavar="NAME", help="name on the report")
    report.add_argument("--logo", metavar="FILE", help="picture on the report (PNG or JPEG)")


def add_order_options(parser: argparse.ArgumentParser, orders_help: str) -> None:
    """The options of order files and checks."""
    orders = parser.add_argument_group("order files and checks")
    orders.add_argument("--orders", metavar="DIR", help=orders_help)
    orders.add_argument(
        "--order-formats", metavar="FILE", help="format, codes and account numbers of each custodian, TOML"
    )
    orders.add_argument(
        "--override",
        action="append",
        default=[],
        metavar="CHECK=REASON",
        help="let a red check pass, with the reason that is kept with the files; may be repeated",
    )
    orders.add_argument("--approved-by", default="", metavar="NAME", help="stamp the files with who approved the plan")


def leaving(options: argparse.Namespace, inputs: Iterable[Path]) -> Leaving:
    """The options checked (a command may lack those of the report). Raises UsageError, InputError."""
    from core.export.orders.custodians import CustodianFormats, read_formats
    from core.export.report import Letterhead

    folder = Path(options.orders) if options.orders is not None else None
    if folder is not None and folder.exists() and not folder.is_dir():
        raise UsageError(f"--orders {folder}: this is a file. Give the name of a folder")
    named: str | None = getattr(options, "report", None)
    report = Path(named) if named is not None else None
    if report is not None:
        if report.suffix.lower() != ".pdf":
            raise UsageError(f"--report {report}: the report's name must end in .pdf")
        check_output(report, "--report", ".pdf", inputs)
    picture: str | None = getattr(options, "logo", None)
    logo = Path(picture) if picture else None
    if logo is not None and not logo.is_file():
        raise InputError(f"{logo} cannot be read: there is no such file.")
    return Leaving(
        folder=folder,
        report=report,
        formats=read_formats(Path(options.order_formats)) if options.order_formats else CustodianFormats(),
        overrides=_overrides(options.override),
        approved_by=options.approved_by,
        letterhead=Letterhead(getattr(options, "adviser", ""), logo),
        now=datetime.now().astimezone(),
    )


def _overrides(settings: Sequence[str]) -> tuple[Override, ...]:
    from core.export.checks import Override

    overrides = []
    for setting in settings:
        check, equals, reason = setting.partition("=")
        if not equals:
            raise UsageError(f"--override {setting}: write the check, an equals sign and the reason")
        overrides.append(Override(check.strip().replace("-", "_"), reason))
    return tuple(overrides)


def checked(job: Job, plan: Leaving) -> Checkup:
    """Every check of the plan, on the day it is to leave."""
    from core.export.checks import run_checks
    from core.export.issue import Case

    return run_checks(
        Case(job.household, job.exposures, job.target, job.proposal, plan.now.date(), plan.formats.accounts)
    )


def approved(job: Job, plan: Leaving, checkup: Checkup) -> Approval | None:
    """The stamp, where a name was given. Raises InputError where a red check stands in the way of it."""
    from core.export.approval import approve

    if not plan.approved_by.strip():
        return None
    try:
        return approve(
            job.proposal, checkup, plan.approved_by, plan.now, plan.overrides, orders=plan.folder is not None
        )
    except UsageError as error:
        raise InputError(f"The plan was not approved: {error}") from error


def release_of(job: Job, plan: Leaving, checkup: Checkup) -> Release:
    """For the sheet Checks of the workbook."""
    from core.export.workbook import Release

    return Release(plan.now.date(), plan.overrides, approved(job, plan, checkup))


def write_orders(job: Job, plan: Leaving, checkup: Checkup, console: Console) -> tuple[Path, ...]:
    """Write the order files and say what they hold; the paths written.

    Raises InputError, with nothing written, where a red check stands, a format can't carry an account or symbol, or
    files are in the way.
    """
    from core.export.approval import blocked_words
    from core.export.orders.folder import Record, write_folder
    from core.export.orders.order import orders_of
    from core.export.orders.write import order_files

    assert plan.folder is not None
    blocking = checkup.blocking(plan.overrides)
    if blocking:
        raise InputError(
            f"No order file was written: {blocked_words(blocking)}\nTo let one pass: --override {blocking[0].check}="
            '"the reason"'
        )
    written = order_files(orders_of(job.proposal, job.household), plan.formats)
    record = Record(job.proposal, checkup, plan.overrides, approved(job, plan, checkup))
    paths = write_folder(plan.folder, written, record)
    for path in paths:
        console.note(f"Wrote {path}")
    for file in written.files:
        for note in file.notes:
            console.note(f"  {file.name}: {note}")
    for left in written.left_out:
        order = left.order
        console.note(
            one_line(
                f"  By hand: {order.action.value} {order.quantity.normalize():f} {order.symbol or order.name} in "
                f"{order.account}: {left.why}."
            )
        )
    for issue in checkup.issues:
        console.note(one_line(f"  {issue.severity.value}: {issue.where}: {issue.message} {issue.fix}"))
    return paths


def write_report(job: Job, plan: Leaving, console: Console, market: MarketView | None = None) -> None:
    """Write the client report. Raises InputError where it can't be written, UsageError where Qt is not there."""
    from core.export.report import report_data

    assert plan.report is not None
    data = report_data(job.proposal, job.household, job.target, plan.letterhead, plan.now.date(), market)
    try:
        from widgets.report.offscreen import report_without_a_screen
    except ImportError as error:
        raise UsageError(f"--report needs the libraries of the window: {error}") from error
    older = plan.report.exists()
    report_without_a_screen(data, plan.now.date(), plan.report, overwrite=True)
    console.note(f"{'Replaced' if older else 'Wrote'} {plan.report}")
