"""The sub-commands, one module each; heavy libraries are imported when a command runs."""

from __future__ import annotations

from desktop.commands.base import Command
from desktop.commands.book import BOOK
from desktop.commands.classify import CLASSIFY
from desktop.commands.demo import DEMO
from desktop.commands.doctor import DOCTOR
from desktop.commands.import_files import IMPORT
from desktop.commands.layouts import LAYOUTS
from desktop.commands.market import MARKET
from desktop.commands.rebalance import REBALANCE

#: In the order of the help.
COMMANDS: tuple[Command, ...] = (IMPORT, CLASSIFY, REBALANCE, MARKET, BOOK, LAYOUTS, DEMO, DOCTOR)

__all__ = ["COMMANDS", "Command"]
