"""The rules of one shape by the value of one part, so that a match is tested against the few that can fit."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

from portgauge.matchers.parts import LazyParts, Part, is_literal
from portgauge.model.rule import Shape


class HasShape(Protocol):
    """A rule with a shape."""

    @property
    def shape(self) -> Shape:
        """What it looks for."""


Entry = TypeVar("Entry", bound=HasShape)


class ShapeIndex(dict[str, list[Entry]]):
    """The rules of each shape, in order; ``likely`` leaves out those that a part of the match rules out."""

    def __init__(self) -> None:
        super().__init__()
        self._keys: dict[str, tuple[str, dict[Part | None, Sequence[Entry]], Sequence[Entry]]] = {}

    def likely(self, shape: str, parts: Mapping[str, Part]) -> Sequence[Entry]:
        """Return the rules of a shape that may fit, in order."""
        if shape not in self._keys:
            self._keys[shape] = _indexed(self.get(shape, []))
        key, by_value, others = self._keys[shape]
        if not key:
            return others
        value = parts.read(key) if isinstance(parts, LazyParts) else parts.get(key)
        return by_value.get(value, others)


def _indexed(entries: Sequence[Entry]) -> tuple[str, dict[Part | None, Sequence[Entry]], Sequence[Entry]]:
    """Return the part that tells most rules apart, the rules by its values, and those for every other value."""
    tests = Counter(
        part
        for entry in entries
        for part in set.intersection(*(_literal_parts(alternative) for alternative in entry.shape.where))
    )
    if not tests:
        return "", {}, entries
    key = max(sorted(tests), key=tests.__getitem__)
    values: dict[Part, set[int]] = {}
    always: set[int] = set()
    for number, entry in enumerate(entries):
        for alternative in entry.shape.where:
            if key in _literal_parts(alternative):
                for value in alternative[key]:
                    values.setdefault(value, set()).add(number)
            else:
                always.add(number)
    by_value: dict[Part | None, Sequence[Entry]] = {
        value: tuple(entries[number] for number in sorted(numbers | always)) for value, numbers in values.items()
    }
    return key, by_value, tuple(entries[number] for number in sorted(always))


def _literal_parts(alternative: Mapping[str, tuple[Part, ...]]) -> set[str]:
    return {part for part, expected in alternative.items() if is_literal(expected) and not part.endswith(_OF_TEXT)}


_OF_TEXT = ("_has", "_lacks")
"""Tests on the text around a match, which are no parts of it."""
