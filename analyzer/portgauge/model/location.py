"""Places in source files, and the conditions that stand around them."""

from functools import lru_cache
from pathlib import PurePosixPath

from portgauge.model.base import value


@lru_cache(maxsize=50_000)
def path_of(text: str) -> PurePosixPath:
    """Return a path of the codebase from its text: the same object each time, which is found in a dictionary faster."""
    return PurePosixPath(text)


@value
class Location:
    """A stretch of one source file.

    Lines are 1-based and inclusive. Columns are 1-based, counted in Unicode code points;
    ``end_column`` is exclusive. The path is relative to the codebase root, with "/".
    """

    path: PurePosixPath
    line: int
    column: int
    end_line: int
    end_column: int

    def __post_init__(self) -> None:
        if self.line < 1 or self.column < 1 or (self.end_line, self.end_column) < (self.line, self.column):
            raise ValueError(
                f"{self.path}: {self.line}:{self.column} to {self.end_line}:{self.end_column} is no stretch of text"
            )


@value
class Guard:
    """One condition around a site, as written: an ``#if`` branch or a build option."""

    kind: str
    """``if``, ``ifdef``, ``ifndef``, ``elif``, ``else`` or ``build-option``."""
    text: str
    """The condition as the source has it; for ``else`` the conditions that did not hold, joined by " ; "."""
    line: int
    """1-based line of the directive; of the option's declaration in the build file for ``build-option``."""
    tried: tuple[str, ...] = ()
    """Conditions of the same ``#if`` written before an ``elif`` or ``else``; none of them holds in this branch.

    Each is a full condition: ``#ifdef X`` stands as ``defined(X)``.
    """

    @property
    def condition(self) -> str:
        """The branch's own condition as an expression; empty for ``else``."""
        if self.kind == "ifdef":
            return f"defined({self.text})"
        if self.kind == "ifndef":
            return f"!defined({self.text})"
        return "" if self.kind == "else" else self.text


@value
class Define:
    """One ``#define`` of a name without parameters; the conditions around it may make a vendor's macro of the name."""

    name: str
    guards: tuple[Guard, ...]
    """Outermost first; empty when the macro is defined for everybody."""


@value
class Snippet:
    """The source lines around a site."""

    first_line: int
    lines: tuple[str, ...]
