"""Exposures as JSON values, schema ``trimtab/classification/1``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.classify.exposure import ASSET_CLASSES, SECTORS, Exposure

SCHEMA = "trimtab/classification/1"
_DIGITS = 9  # keeps sums of a dozen rounded shares well inside the tolerance


def exposure_json(exposure: Exposure) -> dict[str, Any]:
    """One exposure as the contract's JSON object; every asset class and sector is named, zeros included."""
    box = [round(share, _DIGITS) for share in exposure.style_box]
    return {
        "symbol": exposure.symbol,
        "name": exposure.name,
        "type": exposure.type.value,
        "mix": {name: round(share, _DIGITS) for name, share in zip(ASSET_CLASSES, exposure.mix, strict=True)},
        "style_box": [box[0:3], box[3:6], box[6:9]],
        "sectors": {name: round(share, _DIGITS) for name, share in zip(SECTORS, exposure.sectors, strict=True)},
        "source": {field: exposure.source[field] for field in ("mix", "style_box", "sectors")},
        "as_of": exposure.as_of,
        "confidence": exposure.confidence.value,
        "note": exposure.note,
    }


def classification_document(exposures: Iterable[Exposure]) -> dict[str, Any]:
    """The whole document of ``trimtab classify``, exposures in the order given."""
    return {"schema": SCHEMA, "exposures": [exposure_json(exposure) for exposure in exposures]}
