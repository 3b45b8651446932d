"""Build files, scripts and packaging as statements: stretches of text without comments, in which words may be searched.

A format with a parser gives its own statements (a command, a mapping's value, an instruction); any other gives one
statement with the comments blanked out, and is marked as not parsed.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from portgauge.model.base import value
from portgauge.parsing.cmake import read_cmake
from portgauge.parsing.python_text import blank_python

_HASH_COMMENT = re.compile(rb"""'[^'\n]*'|"(?:\\.|[^"\\\n])*"|(?:(?<=\s)|^|(?<=[;&|()]))\#[^\n]*""", re.MULTILINE)


@value
class Statement:
    """One stretch of a file, in the form in which patterns are searched."""

    kind: str
    """The format of the text: ``cmake``, ``make``, ``shell``, ``python`` and so on."""
    text: bytes
    start: int
    """Byte offset of the stretch in the file."""
    end: int
    """Byte offset, exclusive."""
    is_exact: bool
    """The text is the file's own from ``start`` on; else it is another spelling of what stands there."""
    is_parsed: bool
    """A parser of the format made it."""
    words: tuple[str, ...] = ()
    """A CMake command's name, in lower case, and its arguments."""

    def place_of(self, start: int, end: int, data: bytes) -> tuple[int, int]:
        """Return where two offsets of the text stand in the file ``data``; the whole statement when nobody knows."""
        if self.is_exact:
            return self.start + start, self.start + end
        found = data.find(self.text[start:end], self.start, self.end)
        return (found, found + end - start) if found >= 0 and end > start else (self.start, self.end)


@value
class ReadStatements:
    """The statements of one file, and what could not be read."""

    statements: tuple[Statement, ...]
    problems: tuple[str, ...] = ()
    """One sentence each."""


def read_statements(language: str, data: bytes, path: PurePosixPath) -> ReadStatements:
    """Return the statements of a file; one of a format that nobody here reads gives its text as it stands."""
    reader = _READERS.get(language)
    if reader is not None:
        return reader(data, path)
    return ReadStatements(statements=(whole(language, data, is_parsed=False),))


def whole(kind: str, text: bytes, *, is_parsed: bool) -> Statement:
    """Return a file's text as one statement."""
    return Statement(kind=kind, text=text, start=0, end=len(text), is_exact=True, is_parsed=is_parsed)


def blank_hash_comments(text: bytes) -> bytes:
    """Return the text with everything after a ``#`` that begins a comment blanked out; no offset changes."""

    def blank(match: "re.Match[bytes]") -> bytes:
        found = match.group()
        return b" " * len(found) if found.startswith(b"#") else found

    return _HASH_COMMENT.sub(blank, text)


def _cmake(data: bytes, path: PurePosixPath) -> ReadStatements:
    read = read_cmake(data, path)
    return ReadStatements(
        statements=tuple(
            Statement(
                kind="cmake",
                text=f"{command.name}({' '.join(command.arguments)})".encode(),
                start=command.start,
                end=command.end,
                is_exact=False,
                is_parsed=True,
                words=(command.name, *command.arguments),
            )
            for command in read.commands
        )
    )


def _hash_commented(kind: str) -> Callable[[bytes, PurePosixPath], ReadStatements]:
    def read(data: bytes, _: PurePosixPath) -> ReadStatements:
        return ReadStatements(statements=(whole(kind, blank_hash_comments(data), is_parsed=False),))

    return read


def _python(data: bytes, _: PurePosixPath) -> ReadStatements:
    return ReadStatements(statements=(whole("python", blank_python(data), is_parsed=True),))


_READERS: Mapping[str, Callable[[bytes, PurePosixPath], ReadStatements]] = {
    "cmake": _cmake,
    "python": _python,
    "python-build": _python,
    **{kind: _hash_commented(kind) for kind in ("make", "shell", "meson", "bazel", "autotools")},
}
