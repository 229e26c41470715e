"""``trimtab layouts``: the brokerage files it can read."""

from __future__ import annotations

import argparse

from desktop.commands.base import Command, add_json, json_option, write_json
from desktop.console import Column, Console


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_json(parser)


def _run(options: argparse.Namespace, console: Console) -> int:
    from core.importing.read import layout_names

    known = layout_names()
    target = json_option(options, ())
    if target is not None:
        rows = [{"name": name, "title": title, "reads": reads} for name, title, reads in known]
        write_json({"schema": "trimtab/layouts/1", "layouts": rows}, target, console)
        if target == "-":
            return 0
    console.table((Column("Name"), Column("Custodian"), Column("Reads", elastic=True)), known)
    return 0


LAYOUTS = Command("layouts", "list the brokerage layouts that can be read", _add_options, _run)
