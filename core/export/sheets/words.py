"""Names in the workbook's language."""

from __future__ import annotations

from core.household import AccountKind

KINDS: dict[AccountKind, str] = {
    AccountKind.TAXABLE: "taxable",
    AccountKind.TRADITIONAL: "traditional IRA",
    AccountKind.ROTH: "Roth",
    AccountKind.HSA: "HSA",
    AccountKind.EDUCATION: "529",
    AccountKind.TRUST: "trust",
    AccountKind.OTHER: "other",
}

CLASSES: dict[str, str] = {
    "us_equity": "US equity",
    "developed_equity": "Developed equity",
    "emerging_equity": "Emerging equity",
    "bonds": "Bonds",
    "cash": "Cash",
    "other": "Other",
    "unclassified": "Unclassified",
}

SIZES = ("Large", "Mid", "Small")
STYLES = ("Value", "Blend", "Growth")


def sector_name(key: str) -> str:
    """A sector's key in words."""
    return key.replace("_", " ").capitalize()


def columns_of_boxes() -> tuple[str, ...]:
    """The nine boxes in cell order, as headings."""
    return tuple(f"{size} {style.lower()}" for size in SIZES for style in STYLES)
