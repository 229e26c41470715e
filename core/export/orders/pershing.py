"""Pershing NetX360 takes two uploads, one for equities and ETFs, one for mutual funds; the layout is not public.

The split is always made here; the columns are those of a template, to begin with the one that comes along.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from core.export.orders import mapped
from core.export.orders.order import Order, Terms, Written
from core.export.orders.template import Template, shipped_template

NAME = "pershing"
TITLE = "Pershing NetX360, equities and funds apart"
_NOTE = "The layout is the template's, not the custodian's own: compare it with the upload page once."


def write(orders: Sequence[Order], terms: Terms, file_stem: str, template: Template | None = None) -> Written:
    """One file for equities and one for funds, whatever the template says of splitting."""
    written = mapped.write(orders, terms, file_stem, template_of(template))
    return attrs.evolve(written, files=tuple(attrs.evolve(f, notes=(_NOTE, *f.notes)) for f in written.files))


def template_of(template: Template | None) -> Template:
    """The template in use, with the split."""
    return attrs.evolve(template or shipped_template("pershing"), split="equities-funds")
