"""Floats cut to the digits that a saved analysis holds.

So a report made from a saved analysis has the same bytes as one made by the scan, and two
machines whose last bits differ write the same digits.
"""

from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import TypeVar

FLOAT_DIGITS = 10

_T = TypeVar("_T")


def rounded_float(number: float) -> float:
    """Return ``number`` with ``FLOAT_DIGITS`` digits after the point; never minus zero."""
    return round(number, FLOAT_DIGITS) + 0.0


def rounded(whole: _T) -> _T:
    """Return a value with every float in it rounded, however deep it lies; the rest is kept as it is."""
    made: object = whole
    if isinstance(whole, float):
        made = rounded_float(whole)
    elif isinstance(whole, tuple):
        parts = tuple(part if type(part) is str else rounded(part) for part in whole)
        made = whole if all(new is old for new, old in zip(parts, whole, strict=True)) else parts
    else:
        changed = {}
        for name in _field_names(type(whole)):  # type: ignore[arg-type]  # every class can be hashed
            old = getattr(whole, name)
            new = old if type(old) is str else rounded(old)
            if new is not old:
                changed[name] = new
        made = replace(whole, **changed) if changed else whole  # type: ignore[type-var]  # only a dataclass has fields
    return made  # type: ignore[return-value]  # each branch keeps the type of what it was given


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
