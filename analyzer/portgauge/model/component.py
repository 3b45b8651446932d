"""Files, libraries, components and what connects them."""

from enum import StrEnum
from pathlib import PurePosixPath

from portgauge.model.base import value
from portgauge.model.location import Location


class Standing(StrEnum):
    """What a file is to the codebase."""

    OWN = "own"
    TEST = "test"
    VENDORED = "vendored"
    GENERATED = "generated"


class Reading(StrEnum):
    """How a file was read."""

    PARSED = "parsed"
    """By the grammar of its language."""
    SEARCHED = "searched"
    """Word by word; nothing that a rule looks for occurs in it, so it was not parsed."""
    LEXED = "lexed"
    """By the lexer only: too large, too deep, or it stopped its worker."""
    NOT_READ = "not-read"
    """It could not be read; a problem says why."""
    EXCLUDED = "excluded"
    """Left out by its standing or by the user; its bytes are counted."""
    NOT_SUPPORTED = "not-supported"
    """A format that this version does not read yet."""


@value
class SourceFile:
    """One file of the codebase."""

    path: PurePosixPath
    language: str
    standing: Standing
    reading: Reading
    byte_count: int
    code_lines: int
    """Lines that are neither blank nor comment only; 0 when the file was not read."""
    is_cuda: bool
    """It holds CUDA code by content: a kernel, a launch, a CUDA header or a CUDA name."""
    degraded_bytes: int
    """Bytes inside parse errors, or all of them when only the lexer read the file."""
    sha256: str
    """Of the file as it lies there; empty when it was not read."""
    options: tuple[str, ...] = ()
    """Build options without which no target compiles or includes it, sorted; not those that switch CUDA as a whole."""


class EdgeKind(StrEnum):
    """How one thing depends on another."""

    INCLUDE = "include"
    CALL = "call"
    LAUNCH = "launch"
    LINK = "link"
    LIBRARY = "library"


@value
class Edge:
    """``source`` needs ``target``; both are file paths, component names or ``library:NAME``."""

    source: str
    target: str
    kind: EdgeKind
    evidence: tuple[tuple[PurePosixPath, int], ...]
    """Path and 1-based line of each place that shows it."""


@value
class Sighting:
    """The first place of one file that shows a library in one way."""

    way: str
    """``name`` (of its API), ``include``, ``link``, ``cmake-target``, ``find-package``, ``import``, ``requirement``,
    ``image``, ``build`` or ``code``."""
    location: Location


_WAYS_OF_CODE = frozenset({"name", "include", "import", "code"})


@value
class LibraryUse:
    """One CUDA library that the code uses, however it was seen."""

    name: str
    """Key of ``rules/libraries``, such as ``cublas``."""
    symbols: tuple[tuple[str, int], ...]
    """Name and number of sites, most used first."""
    files: tuple[PurePosixPath, ...]
    seen: tuple[Sighting, ...] = ()
    """By path and line."""

    @property
    def is_in_code(self) -> bool:
        """Whether code uses it; else it is only linked, asked for or listed, and nothing but the build changes."""
        return not self.seen or any(seen.way in _WAYS_OF_CODE for seen in self.seen)


class ComponentKind(StrEnum):
    """What a component was made from."""

    CMAKE_TARGET = "cmake-target"
    MAKE_TARGET = "make-target"
    MESON_TARGET = "meson-target"
    PYTHON_EXTENSION = "python-extension"
    FOLDER = "folder"
    MAPPED = "mapped"


@value
class Component:
    """Files that are ported together."""

    name: str
    kind: ComponentKind
    files: tuple[PurePosixPath, ...]
    depends_on: tuple[str, ...]
    """Components that must be ported first; never a circle."""
    wave: int
    """1 for what can start at once, n + 1 for what waits for wave n."""
    options: tuple[str, ...] = ()
    """Build options without which none of it is built."""
    circle: tuple[str, ...] = ()
    """Names of the members that were joined because they need each other in a circle; empty for a single one."""
    runs: bool = False
    """The build makes a program or an extension module of it; False for libraries, and where no build speaks."""
