"""CMake variables as far as they can be followed without running CMake.

Every branch of every ``if`` counts, so a variable can have several values, one for each way through
the file. A reference to a variable that nothing sets stays in the text and can be recognised.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from portgauge.model.base import value

SOURCE_ROOT = "/@source@"
"""Stands for the folder of the codebase wherever CMake would have an absolute path."""
BUILD_ROOT = "/@build@"

_MAX_VALUES = 32
_MAX_LENGTH = 200_000
_REFERENCE = re.compile(r"\$\{([A-Za-z0-9_./+\-]*)\}")
_UNKNOWN_MARK = "\x01"
"""Stands for the "$" of a reference that could not be followed, so that it is not tried again."""

_UNKNOWN_REFERENCE = re.compile(_UNKNOWN_MARK + r"\{[^{}]*\}")


@value
class _Assignment:
    """What one command gave to a variable."""

    texts: tuple[str, ...]
    """More than one when the command itself used a variable with several values."""
    conditions: tuple[str, ...]
    """Under which the command runs."""


class Scope:
    """The variables of one folder or function call."""

    def __init__(self, assignments: Mapping[str, tuple[_Assignment, ...]] | None = None) -> None:
        self.conditions: tuple[str, ...] = ()
        """Around the command that runs now: they decide which values it can see."""
        self._assignments = dict(assignments or {})
        self._keywords: frozenset[str] = frozenset()

    def below(self) -> "Scope":
        """Return the scope of a folder or call inside this one: it sees all, and changes nothing here."""
        below = Scope(self._assignments)
        below.conditions = self.conditions
        below._keywords = self._keywords
        return below

    def set(self, name: str, *texts: str, parent: "Scope | None" = None) -> None:
        """Give a variable a value, or several possible ones; in ``parent`` when that is given."""
        scope = self if parent is None else parent
        count = len(self.conditions)
        # What was set before under the same or narrower conditions is gone; what other branches set stays.
        kept = tuple(old for old in scope._assignments.get(name, ()) if old.conditions[:count] != self.conditions)
        added = _Assignment(texts=tuple(text[:_MAX_LENGTH] for text in texts[:_MAX_VALUES]), conditions=self.conditions)
        scope._assignments[name] = (*kept, added)[-_MAX_VALUES:]

    def set_keyword(self, name: str, text: str) -> None:
        """Give the variable of a keyword what the call of a function says, which is nothing when it leaves it out."""
        self.set(name, text)
        self._keywords |= {name}

    def is_left_out(self, name: str) -> bool:
        """Return whether a keyword is one that the call leaves out, and nothing set it since."""
        if name not in self._keywords:
            return False
        return not any(text for given in self._assignments.get(name, ()) for text in given.texts)

    def append(self, name: str, text: str, *, separator: str = ";") -> None:
        """Add to every value that a variable may have; a condition is no hindrance, as all branches count."""
        if not self._assignments.get(name):
            self.set(name, text)
            return

        def longer(old: str) -> str:
            return f"{old}{separator if old and text else ''}{text}"[:_MAX_LENGTH]

        self.change(name, longer)

    def change(self, name: str, operation: Callable[[str], str]) -> None:
        """Replace each value of a variable by what an operation makes of it."""
        self._assignments[name] = tuple(
            _Assignment(texts=tuple(map(operation, old.texts)), conditions=old.conditions)
            for old in self._assignments.get(name, ())
        )

    def unset(self, name: str) -> None:
        """Forget a variable."""
        self._assignments.pop(name, None)

    def values(self, name: str) -> tuple[str, ...]:
        """Return what a variable may hold where the present command runs; empty when nothing sets it."""
        given = self._assignments.get(name, ())
        if len(given) == 1 and len(given[0].texts) == 1:
            return given[0].texts
        found: list[tuple[str, ...]] = []
        for assignment in reversed(given):
            found.append(assignment.texts)
            # It was certainly carried out on every way to this place, so nothing before it shows.
            if assignment.conditions == self.conditions[: len(assignment.conditions)]:
                break
        return tuple(dict.fromkeys(text for texts in reversed(found) for text in texts))

    def expand(self, text: str) -> tuple[str, ...]:
        """Return a text with its variables filled in: one text for each combination of their values."""
        if "${" not in text:
            return (text,)
        texts = [text]
        for _ in range(_MAX_VALUES):
            filled = [self._filled_in(found) for found in texts]
            if not any(filled):
                break
            texts = list(dict.fromkeys(new for old, news in zip(texts, filled, strict=True) for new in news or (old,)))
            texts = texts[:_MAX_VALUES]
        return tuple(texts)

    def _filled_in(self, text: str) -> Sequence[str]:
        """Return what a text is with its first reference filled in, for each value; empty without a reference."""
        reference = _REFERENCE.search(text)
        if reference is None:
            return ()
        values = self.values(reference[1]) or (f"{_UNKNOWN_MARK}{{{reference[1]}}}",)
        before, after = text[: reference.start()], text[reference.end() :]
        return [f"{before}{found}{after}"[:_MAX_LENGTH] for found in values]

    def elements(self, arguments: Iterable[str]) -> tuple[str, ...]:
        """Return the list elements that arguments come to, in any variant, each once."""
        texts = [text for argument in arguments for text in self.expand(argument)]
        return tuple(dict.fromkeys(element for text in texts for element in text.split(";") if element))


def is_followed(text: str) -> bool:
    """Return whether a text holds no reference that could not be followed."""
    return _UNKNOWN_MARK not in text and "$ENV{" not in text and "$<" not in text


def with_wildcards(text: str) -> str:
    """Return a path as a pattern, with "*" for each reference that could not be followed."""
    return _UNKNOWN_REFERENCE.sub("*", text)


def as_written(text: str) -> str:
    """Return a text for people: references and places as a file would have them."""
    text = text.replace(_UNKNOWN_MARK, "$").replace(f"{SOURCE_ROOT}/", "")
    return text.replace(BUILD_ROOT, "(build folder)")
