"""Parts of a shape that are worked out only when a rule asks for them, and the tests that rules make on parts."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from portgauge.model.rule import Shape

Part = str | int
_PATTERN = "re:"
PRESENT = "present"
"""As a test: the part has any value at all."""
_TEXT_TESTS = {"function_has": True, "function_lacks": False, "file_has": True, "file_lacks": False}


class LazyParts(Mapping[str, Part]):
    """Parts by name; a part is read at the first question. As a mapping it shows what was read and has a value."""

    def __init__(self, known: Mapping[str, Part], readers: Mapping[str, Callable[[], Part | None]]) -> None:
        self._known: dict[str, Part | None] = dict(known)
        self._readers = readers

    def add(self, name: str, reader: Callable[[], Part | None]) -> None:
        """Let one more part be asked for."""
        self._readers = {**self._readers, name: reader}

    def read(self, name: str) -> Part | None:
        """Return a part; None when the place has none of that name."""
        if name not in self._known:
            reader = self._readers.get(name)
            self._known[name] = reader() if reader else None
        return self._known[name]

    def __getitem__(self, name: str) -> Part:
        found = self._known.get(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return (name for name, found in self._known.items() if found is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Surroundings:
    """The text around a place, for tests on what a function or file holds elsewhere."""

    def __init__(self, features: Mapping[str, "re.Pattern[bytes]"], file: bytes) -> None:
        self._features = features
        self._file = file
        self._found: dict[tuple[str, int, int], bool] = {}

    def has(self, feature: str, start: int, end: int) -> bool:
        """Return whether the text between two offsets shows a feature of ``shapes.yaml``."""
        key = (feature, start, end)
        if key not in self._found:
            self._found[key] = self._features[feature].search(self._file, start, end) is not None
        return self._found[key]

    def passes(self, test: str, features: tuple[Part, ...], span: tuple[int, int] | None) -> bool:
        """Return whether a ``function_has`` or ``file_has`` test, or its opposite, holds."""
        if test.startswith("file"):
            span = (0, len(self._file))
        if span is None:
            return not _TEXT_TESTS[test]
        return any(self.has(str(feature), *span) for feature in features) is _TEXT_TESTS[test]


@lru_cache(maxsize=256)
def _pattern(text: str) -> "re.Pattern[str]":
    return re.compile(text)


def _equals(found: Part | None, wanted: Part) -> bool:
    if found is None:
        return False
    if isinstance(wanted, str):
        if wanted == PRESENT:
            return True
        if wanted.startswith(_PATTERN):
            return _pattern(wanted.removeprefix(_PATTERN)).fullmatch(str(found)) is not None
    return found == wanted


def is_literal(expected: tuple[Part, ...]) -> bool:
    """Return whether a test names all values that pass it."""
    return not any(isinstance(each, str) and (each == PRESENT or each.startswith(_PATTERN)) for each in expected)


def fits(
    shape: Shape,
    parts: Mapping[str, Part],
    *,
    surroundings: Surroundings | None = None,
    span: tuple[int, int] | None = None,
) -> bool:
    """Return whether the parts pass one of the rule's alternatives; ``span`` is the function around the place."""
    read = parts.read if isinstance(parts, LazyParts) else parts.get
    for alternative in shape.where:
        for test, expected in alternative.items():
            if test in _TEXT_TESTS:
                if surroundings is None or not surroundings.passes(test, expected, span):
                    break
                continue
            found = read(test)
            # Most values are written as they are; only the rest needs a closer look.
            if found not in expected and not any(_equals(found, wanted) for wanted in expected):
                break
        else:
            return True
    return False
