"""A classification in a few words: what most of a security is, and where its equity lies in the style box."""

from __future__ import annotations

from core.classify.boxes import main_box
from core.classify.exposure import ASSET_CLASSES, Exposure
from core.household import Security, SecurityType
from widgets.labels import class_label, confidence_label, sector_label, source_label
from widgets.numbers import percent, written_date

#: A class, or a style, is named alone where it makes up this share.
_MOST = 0.80
#: Kinds whose style may be read off their returns: funds, and pools that a file does not name as such.
_POOLS = (SecurityType.ETF, SecurityType.MUTUAL_FUND, SecurityType.OTHER)


def has_returns(security: Security) -> bool:
    """Whether it makes sense to look at a security's returns for its style."""
    return bool(security.symbol) and security.type in _POOLS


def chip_text(exposure: Exposure | None) -> str:
    """For example "US · Large blend", "Bonds", "Mixed · US 55 %", "Unclassified"."""
    if exposure is None:
        return "Unclassified"
    leading = max(range(len(ASSET_CLASSES)), key=lambda k: exposure.mix[k])
    name = class_label(ASSET_CLASSES[leading], short=True)
    if exposure.mix[leading] < _MOST:
        name = f"Mixed · {name} {percent(exposure.mix[leading], 0)}"
    if exposure.equity < 0.5:
        return name
    style = style_text(exposure)
    return f"{name} · {style}" if style else name


def style_text(exposure: Exposure) -> str:
    """The box that the equity amounts to; "" where most of it is not known."""
    box = main_box(exposure.style_box)
    return f"{box[0].capitalize()} {box[1]}" if box else ""


def source_text(exposure: Exposure | None) -> str:
    """Where the classification came from, in few words."""
    if exposure is None:
        return "none"
    sources = list(dict.fromkeys(exposure.source[key] for key in ("mix", "style_box", "sectors")))
    named = [source for source in sources if source != "none"]
    return ", ".join(source_label(source) for source in named or ["none"])


def explanation(exposure: Exposure | None) -> str:
    """Every field with its source, for a tooltip; plain text, one fact a line."""
    if exposure is None:
        return "Nothing is known of this security: it counts as unclassified.\nDouble-click (F2) to classify it."
    mix = ", ".join(
        f"{class_label(key)} {percent(share, 0)}"
        for key, share in zip(ASSET_CLASSES, exposure.mix, strict=True)
        if share >= 0.005
    )
    lines = [f"Mix: {mix} ({source_label(exposure.source['mix'])})"]
    if exposure.equity > 0:
        lines.append(f"Style: {style_text(exposure) or 'not known'} ({source_label(exposure.source['style_box'])})")
        sectors = _sectors(exposure)
        lines.append(f"Sectors: {sectors} ({source_label(exposure.source['sectors'])})")
    lines.append(
        confidence_label(exposure.confidence) + (f", as of {written_date(exposure.as_of)}" if exposure.as_of else "")
    )
    if exposure.note:
        lines.append(exposure.note)
    lines.append("Double-click (F2) to override.")
    return "\n".join(lines)


def _sectors(exposure: Exposure) -> str:
    from core.classify.exposure import SECTORS

    ranked = sorted(zip(SECTORS, exposure.sectors, strict=True), key=lambda pair: -pair[1])
    return ", ".join(f"{sector_label(key)} {percent(share, 0)}" for key, share in ranked[:3] if share >= 0.005)
