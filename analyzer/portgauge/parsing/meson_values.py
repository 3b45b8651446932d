"""What Meson variables hold, as far as it can be followed without running Meson.

Every branch of every ``if`` counts, so a value is what it may be in any configuration. Each part knows the options
that must be set for it to be there.
"""

import posixpath
from collections.abc import Callable, Iterable
from enum import Enum
from itertools import product
from pathlib import PurePosixPath

from portgauge.model.base import value

ROOT = "/@source@"
"""Stands for the folder of the codebase wherever Meson would have an absolute path."""
_MAX_TEXTS = 64
_NONE: frozenset[str] = frozenset()


class Kind(Enum):
    """What a part of a value is."""

    TEXT = 1
    """As written; as a source it is relative to the folder of the target."""
    FILE = 2
    """A path from the root of the codebase."""
    TARGET = 3
    """The key of a target."""
    LIBRARY = 4
    """The name of a library from outside."""
    UNKNOWN = 5
    """What could not be followed, as people would call it."""


@value
class Part:
    """One thing that a value may hold."""

    kind: Kind
    text: str
    behind: frozenset[str] = _NONE
    """Options that must be set for it to be there."""


@value
class Held:
    """What a variable or expression may hold."""

    parts: tuple[Part, ...] = ()
    is_list: bool = False

    def behind(self, options: frozenset[str]) -> "Held":
        """Return the same where it is there only with some options more."""
        if not options:
            return self
        parts = tuple(Part(kind=p.kind, text=p.text, behind=p.behind | options) for p in self.parts)
        return Held(parts=parts, is_list=self.is_list)

    def texts(self) -> tuple[str, ...]:
        """Return the texts that it may be."""
        return tuple(part.text for part in self.parts if part.kind in (Kind.TEXT, Kind.FILE))


def held(kind: Kind, *texts: str, is_list: bool = False) -> Held:
    """Return a value of one kind."""
    return Held(parts=tuple(Part(kind=kind, text=text) for text in texts), is_list=is_list)


def united(values: Iterable[Held], *, is_list: bool) -> Held:
    """Return what any of several values holds; a part that two hold is behind what both ask for."""
    found: dict[tuple[Kind, str], frozenset[str]] = {}
    for each in values:
        for part in each.parts:
            key = (part.kind, part.text)
            found[key] = found[key] & part.behind if key in found else part.behind
    parts = tuple(Part(kind=kind, text=text, behind=behind) for (kind, text), behind in found.items())
    return Held(parts=parts, is_list=is_list)


def added(left: Held, right: Held) -> Held:
    """Return ``left + right``: lists grow, texts are put together."""
    if left.is_list or right.is_list or {p.kind for p in (*left.parts, *right.parts)} - {Kind.TEXT}:
        return united((left, right), is_list=True)
    return _combined(left, right, str.__add__)


def joined(left: Held, right: Held) -> Held:
    """Return ``left / right``: paths put together."""
    if {p.kind for p in (*left.parts, *right.parts)} - {Kind.TEXT}:
        unknown = [p for p in (*left.parts, *right.parts) if p.kind is Kind.UNKNOWN]
        return Held(parts=tuple(unknown[:1]))
    return _combined(left, right, posixpath.join)


def _combined(left: Held, right: Held, combine: Callable[[str, str], str]) -> Held:
    pairs = list(product(left.parts, right.parts))[:_MAX_TEXTS]
    parts = (Part(kind=Kind.TEXT, text=combine(a.text, b.text), behind=a.behind | b.behind) for a, b in pairs)
    return Held(parts=tuple(parts))


def folder_of(path: PurePosixPath) -> str:
    """Return the folder of a build file, below ``ROOT``."""
    return posixpath.normpath(f"{ROOT}/{path.parent}")


def files_in(sources: Held, build_file: PurePosixPath) -> Held:
    """Return a list in which texts have become the files that they mean in the folder of a build file."""
    folder = folder_of(build_file)
    parts = (
        Part(
            kind=Kind.FILE,
            text=posixpath.normpath(posixpath.join(folder, part.text)).removeprefix(f"{ROOT}/"),
            behind=part.behind,
        )
        if part.kind is Kind.TEXT
        else part
        for part in sources.parts
    )
    return Held(parts=tuple(parts), is_list=True)
