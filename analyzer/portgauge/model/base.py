"""The decorator that makes a class a frozen value."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TypeVar, dataclass_transform

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def value(cls: type[_T]) -> type[_T]:
    """Return ``cls`` as a frozen, slotted, keyword-only dataclass."""
    made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
    # Hundreds of thousands of values come from worker processes; the standard way asks for the fields of each.
    setters = [getattr(made, field.name).__set__ for field in fields(made)]  # type: ignore[arg-type]

    def set_state(self: _T, state: Sequence[object]) -> None:
        for setter, part in zip(setters, state, strict=True):
            setter(self, part)

    made.__setstate__ = set_state  # type: ignore[attr-defined]
    return made
