"""A book on the console and as JSON: its households, its tiles, the exceptions of a run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from core.book.job import Job, Status
from core.book.summary import BookSummary, HouseholdRow, Tile
from core.errors import UsageError
from desktop.console import Column, Console, counted, money, share

SCHEMA = "trimtab/book/1"
_WORDS = {tile.value.replace(" ", "-"): tile for tile in Tile} | {"losses": Tile.LOSSES}


def today() -> date:
    """The date here."""
    return datetime.now().astimezone().date()


def tiles_of(words: Sequence[str]) -> frozenset[Tile]:
    """The tiles named. Raises UsageError for one that isn't there."""
    for word in words:
        if word not in _WORDS:
            raise UsageError(f"--only {word}: known are {', '.join(sorted(_WORDS))}")
    return frozenset(_WORDS[word] for word in words)


def status_of(rows: Sequence[HouseholdRow], job: Job) -> int:
    """Exit status of a run: 0 where every household has its answer, 3 where some have no plan, 1 for anything else."""
    results = [_result(row, job) for row in rows]
    statuses = {None if result is None or not result.current else result.status for result in results}
    if statuses <= {Status.DONE}:
        return 0
    return 3 if statuses <= {Status.DONE, Status.NO_PLAN} else 1


def _result(row: HouseholdRow, job: Job) -> Any:
    return row.plan if job is Job.PLAN else row.review


def show_book(summary: BookSummary, rows: Sequence[HouseholdRow], console: Console) -> None:
    """The households as a table, and the tiles with their counts."""
    count = len(summary.rows)
    console.line(f"{count} household{'' if count == 1 else 's'}, {money(summary.value)} dollars")
    console.line("  ".join(f"{tile.value} {n}" for tile, n in summary.counts.items() if n) or "nothing to look at")
    columns = (
        Column("Household", elastic=True),
        Column("Value", True),
        Column("Out of place", True),
        Column("Size", True),
        Column("Value tilt", True),
        Column("Cash", True),
        Column("Losses", True),
        Column("Age", True),
        Column("Last plan"),
        Column("Tiles", elastic=True),
    )
    console.line()
    console.table(columns, [_cells(row, summary.today) for row in rows])


def _cells(row: HouseholdRow, day: date) -> tuple[str, ...]:
    measured = row.measured
    plan = row.plan
    planned = "never" if plan is None else plan.at[:10] + ("" if plan.current else " (old)")
    return (
        row.name,
        f"{row.figures.value:,.0f}",
        share(measured["drift"]) if "drift" in measured else "–",
        f"{measured['size']:+.2f}" if "size" in measured else "–",
        f"{measured['value_tilt']:+.2f}" if "value_tilt" in measured else "–",
        share(row.cash_share),
        f"{row.figures.losses:,.0f}",
        f"{row.age(day)} d",
        planned,
        ", ".join(tile.value for tile in Tile if tile in row.tiles),
    )


def show_exceptions(summary: BookSummary, rows: Sequence[HouseholdRow], job: Job, console: Console) -> None:
    """What a run left to be looked at: failures first with their words, then the tiles."""
    failed = [row for row in rows if (result := _result(row, job)) and result.status is not Status.DONE]
    for row in failed:
        result = _result(row, job)
        console.paragraph(f"{result.status.value}  {row.name}: {result.message}", hanging=4)
    good = len(rows) - len(failed)
    console.line(f"Answers for {good} of {counted(len(rows), 'household')}.")
    if job is Job.PLAN:
        trades = sum(int(row.plan.figures.get("trades", 0)) for row in rows if row.plan and row.plan.current)
        console.line(f"{counted(trades, 'trade')} proposed.")
    console.line("  ".join(f"{tile.value} {n}" for tile, n in summary.counts.items() if n))


def summary_json(summary: BookSummary, rows: Sequence[HouseholdRow]) -> dict[str, Any]:
    """The book as a document."""
    return {
        "schema": SCHEMA,
        "today": summary.today.isoformat(),
        "households": [row_json(row, summary.today) for row in rows],
        "tiles": {tile.value: count for tile, count in summary.counts.items()},
        "value": float(summary.value),
    }


def row_json(row: HouseholdRow, day: date) -> dict[str, Any]:
    """One household as part of a document; figures that aren't known are null."""
    figures, measured = row.figures, row.measured
    return {
        "name": row.name,
        "id": row.uuid,
        "as_of": figures.as_of,
        "age_days": row.age(day),
        "value": float(figures.value),
        "cash": float(figures.cash),
        "losses": float(figures.losses),
        "missing_basis": float(figures.missing_basis),
        "drift": measured.get("drift"),
        "size": measured.get("size"),
        "value_tilt": measured.get("value_tilt"),
        "last_plan": None if row.plan is None else row.plan.at,
        "last_proposal": row.proposed,
        "tiles": [tile.value for tile in Tile if tile in row.tiles],
    }


def outcomes_json(summary: BookSummary, rows: Sequence[HouseholdRow], job: Job) -> dict[str, Any]:
    """The outcomes of a run as a document."""
    outcomes = []
    for row in rows:
        result = _result(row, job)
        outcomes.append(
            {
                **row_json(row, summary.today),
                "status": None if result is None else result.status.value,
                "message": "" if result is None else result.message,
                "figures": {} if result is None else dict(result.figures),
            }
        )
    return {"schema": SCHEMA, "job": job.value, "today": summary.today.isoformat(), "households": outcomes}
