"""Build files, scripts and packaging as statements: stretches of text without comments, in which words may be searched.

A format with a parser gives its own statements (a command, a mapping's value, an instruction); any other gives one
statement with the comments blanked out, and is marked as not parsed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath

from portgauge.model.base import value
from portgauge.parsing.cmake import read_cmake
from portgauge.parsing.dockerfile import read_dockerfile
from portgauge.parsing.python_text import blank_python
from portgauge.parsing.yaml_text import UnreadableYamlError, YamlText, read_yaml

_QUOTED = rb"""'[^'\n]*'|"(?:\\.|[^"\\\n])*"|"""
HASH_COMMENT = re.compile(_QUOTED + rb"(?P<comment>(?:(?<=\s)|^|(?<=[;&|()]))#(?!SBATCH )[^\n]*)", re.MULTILINE)
"""A comment that begins with ``#``, or a text in quotes, in which there is none; Slurm reads some comments."""
_DASH_COMMENT = re.compile(_QUOTED + rb"(?P<comment>--[^\n]*)")
_TEMPLATE = re.compile(rb"(?<!\$)\{\{|\{%|<%")
"""A template of Helm or of a recipe: no YAML before it is filled in, and no fault of the file."""
_LINE_END = re.compile(rb"\n")
_MAX_YAML_BYTES = 500_000
"""Larger files are data; they are searched as they stand."""


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
    path: tuple[str, ...] = ()
    """In YAML the keys above the text, outermost first."""
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


Reader = Callable[[bytes, PurePosixPath], ReadStatements]


def read_statements(language: str, data: bytes, path: PurePosixPath) -> ReadStatements:
    """Return the statements of a file; one of a format that nobody here reads gives its text as it stands."""
    reader = _READERS.get(language)
    if reader is not None:
        return reader(data, path)
    return ReadStatements(statements=(whole(language, data, is_parsed=False),))


def whole(kind: str, text: bytes, *, is_parsed: bool) -> Statement:
    """Return a file's text as one statement."""
    return Statement(kind=kind, text=text, start=0, end=len(text), is_exact=True, is_parsed=is_parsed)


def blank_comments(text: bytes, comment: "re.Pattern[bytes]") -> bytes:
    """Return the text with comments blanked out; no offset changes."""

    def blank(match: "re.Match[bytes]") -> bytes:
        return b" " * len(match.group()) if match.group("comment") is not None else match.group()

    return comment.sub(blank, text)


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


def _commented(kind: str, comment: "re.Pattern[bytes]") -> Reader:
    def read(data: bytes, _: PurePosixPath) -> ReadStatements:
        return ReadStatements(statements=(whole(kind, blank_comments(data, comment), is_parsed=False),))

    return read


def _as_it_stands(kind: str) -> Reader:
    def read(data: bytes, _: PurePosixPath) -> ReadStatements:
        return ReadStatements(statements=(whole(kind, data, is_parsed=False),))

    return read


def _python(data: bytes, _: PurePosixPath) -> ReadStatements:
    return ReadStatements(statements=(whole("python", blank_python(data), is_parsed=True),))


def _dockerfile(data: bytes, _: PurePosixPath) -> ReadStatements:
    read = read_dockerfile(data)
    statements = tuple(
        Statement(
            kind="docker",
            text=f"{instruction.name} {instruction.arguments}".encode(),
            start=instruction.start,
            end=instruction.end,
            is_exact=False,
            is_parsed=True,
        )
        for instruction in read.instructions
    )
    return ReadStatements(statements=statements, problems=(read.problem,) if read.problem else ())


def _yaml(kind: str) -> Reader:
    word_by_word = _commented(kind, HASH_COMMENT)

    def read(data: bytes, path: PurePosixPath) -> ReadStatements:
        if len(data) > _MAX_YAML_BYTES or _TEMPLATE.search(data):
            return word_by_word(data, path)
        try:
            texts = read_yaml(data)
        except UnreadableYamlError as error:
            problems = (f"read word by word only ({error})",)
            return ReadStatements(statements=word_by_word(data, path).statements, problems=problems)
        starts = _line_starts(data)
        return ReadStatements(statements=tuple(_yaml_statement(kind, text, starts) for text in texts))

    return read


def _yaml_statement(kind: str, text: YamlText, starts: Sequence[int]) -> Statement:
    """Return a pair of key and value; a text of several lines is a script."""
    is_script = "\n" in text.text.strip()
    body = blank_comments(text.text.encode(), HASH_COMMENT) if is_script else f"{text.key}: {text.text}".encode()
    return Statement(
        kind="shell" if is_script else kind,
        text=body,
        start=starts[min(text.first_line, len(starts) - 2)],
        end=starts[min(text.last_line + 1, len(starts) - 1)],
        is_exact=False,
        is_parsed=True,
        path=text.path,
    )


def _line_starts(data: bytes) -> list[int]:
    """Return the offset of every line, and the end of the text."""
    return [0, *(match.end() for match in _LINE_END.finditer(data)), len(data)]


_READERS: Mapping[str, Reader] = {
    "cmake": _cmake,
    "python": _python,
    "python-build": _python,
    "dockerfile": _dockerfile,
    "yaml": _yaml("yaml"),
    "yaml-ci": _yaml("ci"),
    "xmake": _commented("xmake", _DASH_COMMENT),
    "julia-project": _commented("julia", HASH_COMMENT),
    **{kind: _as_it_stands(kind) for kind in ("msbuild", "vcpkg")},
    **{
        kind: _commented(kind, HASH_COMMENT)
        for kind in ("make", "shell", "meson", "bazel", "autotools", "cargo", "nix", "gitmodules", "easybuild")
    },
}
