"""``trimtab classify``: what securities are made of, and where that is known from."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import UsageError
from desktop.commands.base import Command, add_json, json_option, write_json
from desktop.commands.live import add_live, refresh_symbols
from desktop.console import Column, Console, share

if TYPE_CHECKING:
    from core.classify.exposure import Exposure


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("symbols", nargs="+", metavar="SYMBOL", help="ticker symbol, such as VBR or BRK.B")
    parser.add_argument("--overrides", metavar="FILE", help="the adviser's own classifications, CSV")
    add_live(parser, "category, sectors and shares of each")
    add_json(parser)


def _run(options: argparse.Namespace, console: Console) -> int:
    from core.classify.contract import classification_document
    from core.classify.overrides import read_overrides
    from core.classify.truth import Classifier
    from core.rebalance.proposal_json import finding_json

    inputs = [Path(options.overrides)] if options.overrides else []
    target = json_option(options, inputs)
    if any(not symbol.strip() for symbol in options.symbols):
        raise UsageError("a symbol is empty. Give ticker symbols, such as VBR or BRK.B")
    overrides = read_overrides(options.overrides) if options.overrides else {}
    if options.live:
        found = refresh_symbols(options.symbols, overrides, console)
        exposures = [found.after[symbol] for symbol in options.symbols]
    else:
        classifier = Classifier(overrides)
        exposures = [classifier.classify(symbol) for symbol in options.symbols]
    if target is not None:
        document = classification_document(exposures)
        if options.live:
            document["findings"] = [finding_json(finding) for finding in found.findings]
        write_json(document, target, console)
        if target == "-":
            return 0
    for exposure in exposures:
        _show(exposure, console)
    return 0


def _show(exposure: Exposure, console: Console) -> None:
    from core.classify.exposure import ASSET_CLASSES, SECTORS, shown_columns
    from core.classify.source_words import source_words

    name = f"  {exposure.name}" if exposure.name and exposure.name != exposure.symbol else ""
    console.line(f"{exposure.symbol}{name}  ({exposure.type.words})")
    known = f", as of {exposure.as_of}" if exposure.as_of else ""
    console.line(f"  confidence {exposure.confidence.value}{known}{'; ' + exposure.note if exposure.note else ''}")
    _shares("mix", ASSET_CLASSES, exposure.mix, source_words(exposure.source.get("mix", "")), console)
    if any(exposure.style_box):
        console.line(f"  style box, of its equity  [{source_words(exposure.source.get('style_box', ''))}]")
        box = exposure.style_box
        order = shown_columns()
        rows = [(size, *(share(box[3 * i + k]) for k in order)) for i, size in enumerate(("large", "mid", "small"))]
        console.table((Column(""), *(Column(("value", "blend", "growth")[k], True) for k in order)), rows)
    if exposure.equity > 0:
        _shares("sectors", SECTORS, exposure.sectors, source_words(exposure.source.get("sectors", "")), console)
    console.line()


def _shares(title: str, names: Sequence[str], shares: Sequence[float], source: str, console: Console) -> None:
    parts = [
        f"{name.replace('_', ' ').replace('us ', 'US ')} {share(part)}"
        for name, part in zip(names, shares, strict=True)
        if part > 0
    ]
    console.line(f"  {title}  {', '.join(parts)}  [{source}]")


CLASSIFY = Command("classify", "say what securities are made of, and how that is known", _add_options, _run)
