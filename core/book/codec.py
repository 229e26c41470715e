"""Documents and proposals as bytes and back, exactly: Decimal as text, dates ISO, floats in their shortest form.

The household JSON of the command line rounds money to cents and reads generously; a book must give back what it was
given, to the last digit. A kind of value that this program doesn't know is refused, never dropped.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin

import attrs

from core.book.errors import BookError, Trouble
from core.book.live import KeptAnswers, kept_answers
from core.classify.overrides import Override
from core.edits import Document
from core.household import Household
from core.market.suggestion import Suggestion
from core.tilt.risk import Covariance
from core.tilt.target import Target

if TYPE_CHECKING:
    from cattrs import Converter

T = TypeVar("T")
_LARGEST = 200 * 1024 * 1024

#: The fields of a Document, each kept as a part of its own, and what each is. ``market`` is no part of a household: the
#: adviser's observations are the same for all of them and have a file of their own.
PARTS: tuple[str, ...] = ("household", "target", "overrides", "pins", "live", "suggestion")
#: Parts that books of earlier versions lack, as they were then.
EMPTY_PARTS: Mapping[str, bytes] = {"live": b"[]", "suggestion": b"null"}
_TYPES: Mapping[str, Any] = {
    "household": Household,
    "target": Target,
    "overrides": Mapping[str, Override],
    "pins": Mapping[str, float],
    "live": tuple[KeptAnswers, ...],
    "suggestion": Suggestion | None,
}


@cache
def converter() -> Converter:
    """The rules by which values become JSON: attrs classes as objects, strict about their keys."""
    from cattrs import Converter

    made = Converter(forbid_extra_keys=True, detailed_validation=False, use_alias=True)
    made.register_unstructure_hook(Decimal, str)
    made.register_structure_hook(Decimal, lambda text, _: Decimal(text))
    made.register_unstructure_hook(date, date.isoformat)
    made.register_structure_hook(date, lambda text, _: date.fromisoformat(text))
    # What may be given as a function that makes it is kept as what that makes.
    made.register_unstructure_hook_func(
        _made_later, lambda value: made.unstructure(value() if callable(value) else value)
    )
    made.register_structure_hook_func(_made_later, lambda plain, kind: made.structure(plain, _value_of(kind)))
    # By predicate: its annotations name numpy, which its module imports for type checks alone.
    made.register_unstructure_hook_func(
        lambda kind: kind is Covariance, lambda c: {"symbols": list(c.symbols), "matrix": c.matrix.tolist()}
    )
    made.register_structure_hook_func(lambda kind: kind is Covariance, lambda plain, _: _covariance(plain))
    return made


def _made_later(kind: Any) -> bool:
    """Whether a type is one value or a function that makes it."""
    arms = get_args(kind)
    return isinstance(kind, UnionType) and len(arms) == 2 and any(_function(arm) for arm in arms)


def _value_of(kind: Any) -> Any:
    """Of such a type, the one that is no function."""
    return next(arm for arm in get_args(kind) if not _function(arm))


def _function(kind: Any) -> bool:
    return get_origin(kind) is Callable


def _covariance(plain: Mapping[str, Any]) -> Covariance:
    import numpy as np

    if set(plain) != {"symbols", "matrix"}:
        raise ValueError("not a covariance")
    return Covariance(tuple(plain["symbols"]), np.array(plain["matrix"], dtype=np.float64))


def to_bytes(value: object, as_type: Any = None) -> bytes:
    """A value as UTF-8 JSON; the same value gives the same bytes."""
    plain = converter().unstructure(value, as_type)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def from_bytes(content: bytes, as_type: type[T]) -> T:
    """A value of a type from its bytes. Raises BookError where they hold something this program doesn't know."""
    try:
        return converter().structure(json.loads(content), as_type)
    except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, _structure_error()) as error:
        # Not "from error": such errors quote what they could not read, and that is a client's.
        raise BookError(
            Trouble.NEWER,
            f"The book holds a {getattr(as_type, '__name__', 'value')} that this version of Trimtab can't read "
            f"({type(error).__name__}). Update the program.",
        ) from None


def _structure_error() -> type[Exception]:
    from cattrs.errors import ForbiddenExtraKeysError

    return ForbiddenExtraKeysError


def part_bytes(document: Document, kind: str) -> bytes:
    """One part of a document as bytes."""
    value = getattr(document, kind)
    if kind == "pins":  # JSON knows no whole numbers as keys
        value = {str(cell): share for cell, share in value.items()}
    elif kind == "live":
        value = kept_answers(document.household, value)
    return to_bytes(value, _TYPES[kind])


def part_value(kind: str, content: bytes) -> Any:
    """A part of a document from its bytes."""
    value = from_bytes(content, _TYPES[kind])
    return {int(cell): share for cell, share in value.items()} if kind == "pins" else value


def document_of(parts: Mapping[str, bytes]) -> Document:
    """A document from the bytes of its parts. Raises BookError for parts that this program doesn't know."""
    unknown = set(parts) - set(PARTS)
    if unknown:
        raise BookError(Trouble.NEWER, f"The book holds {min(unknown)}, unknown to this version. Update the program.")
    parts = {**EMPTY_PARTS, **parts}
    return Document(**{kind: part_value(kind, parts[kind]) for kind in PARTS})


def packed(content: bytes) -> bytes:
    """Bytes made smaller."""
    return zlib.compress(content, 6)


def unpacked(body: bytes) -> bytes:
    """Bytes as they were."""
    unpacker = zlib.decompressobj()
    content = unpacker.decompress(body, _LARGEST)
    if unpacker.unconsumed_tail:
        raise BookError(Trouble.DAMAGED, "The book holds a part that is larger than any can be.")
    return content


def sha256(content: bytes) -> bytes:
    """The hash by which content is known."""
    return hashlib.sha256(content).digest()


def same_but_time(first: Any, second: Any) -> bool:
    """Whether two proposals are the same in everything but how long they took."""
    return bool(attrs.evolve(first, timing_ms={}) == attrs.evolve(second, timing_ms={}))
