"""The report from a program without a window."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from core.export.report import Report
from widgets.report.pdf import write_report

_keep: list[QGuiApplication] = []


def report_without_a_screen(report: Report, dated: date, path: Path, *, overwrite: bool) -> None:
    """Write the report; where no application runs, one without a screen is made. Raises InputError."""
    if QGuiApplication.instance() is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        # Kept to the end of the process: an application can't be made twice.
        _keep.append(QApplication([]))
    write_report(report, dated, path, overwrite=overwrite)
