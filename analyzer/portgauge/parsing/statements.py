"""Build files, scripts and packaging as statements: stretches of text without comments, in which words may be searched.

A format with a parser gives its own statements (a command, a mapping's value, an instruction); any other gives one
statement with the comments blanked out, and is marked as not parsed.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from portgauge.model.base import value
from portgauge.parsing.cmake import read_cmake
from portgauge.parsing.dockerfile import read_dockerfile
from portgauge.parsing.notebook import CellText, read_notebook, unescaped_in_place
from portgauge.parsing.package_lists import (
    conda_requirement,
    read_pipfile,
    read_pyproject_requirements,
    read_setup_cfg,
    read_setup_py_requirements,
    recipe_requirements,
)
from portgauge.parsing.python_text import Import, read_python
from portgauge.parsing.requirements import ReadRequirements, Requirement, installed, read_requirements
from portgauge.parsing.yaml_text import UnreadableYamlError, YamlText, read_yaml

_QUOTED = rb"""'[^'\n]*'|"(?:\\.|[^"\\\n])*"|"""
HASH_COMMENT = re.compile(_QUOTED + rb"(?P<comment>(?:(?<=\s)|^|(?<=[;&|()]))#(?!SBATCH )[^\n]*)", re.MULTILINE)
"""A comment that begins with ``#``, or a text in quotes, in which there is none; Slurm reads some comments."""
_DASH_COMMENT = re.compile(_QUOTED + rb"(?P<comment>--[^\n]*)")
_TEMPLATE = re.compile(rb"(?<!\$)\{\{|\{%|<%")
"""A template of Helm or of a recipe: no YAML before it is filled in, and no fault of the file."""
_LINE_END = re.compile(rb"\n")
_COMMANDS = frozenset({"shell", "docker", "ci", "make"})
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
    imports: tuple[Import, ...] = ()
    """What its Python imports; offsets in the file."""
    requirements: tuple[Requirement, ...] = ()
    """The packages that it asks for; offsets in the file."""
    cuda: tuple[tuple[int, bytes], ...] = ()
    """CUDA code inside a file of another kind: its byte offset, and its text."""


Reader = Callable[[bytes, PurePosixPath], ReadStatements]


def read_statements(language: str, data: bytes, path: PurePosixPath) -> ReadStatements:
    """Return the statements of a file; one of a format that nobody here reads gives its text as it stands."""
    reader = _READERS.get(language)
    read = reader(data, path) if reader else ReadStatements(statements=(whole(language, data, is_parsed=False),))
    by_command = tuple(_installed(read.statements, data))
    return replace(read, requirements=(*read.requirements, *by_command)) if by_command else read


def _installed(statements: Sequence[Statement], data: bytes) -> Iterator[Requirement]:
    """Yield the packages that the commands in scripts install."""
    for statement in statements:
        if statement.kind in _COMMANDS and (b" install" in statement.text or b" add" in statement.text):
            for asked in installed(statement.text):
                start, end = statement.place_of(asked.start, asked.end, data)
                yield replace(asked, start=start, end=end)


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
    read = read_python(data)
    return ReadStatements(statements=(whole("python", read.code, is_parsed=True),), imports=read.imports)


def _python_build(data: bytes, path: PurePosixPath) -> ReadStatements:
    match path.suffix:
        case ".toml":
            return _listed("pyproject", data, read_pyproject_requirements(data))
        case ".cfg":
            return _listed("setup-cfg", data, read_setup_cfg(data))
    return replace(_python(data, path), requirements=read_setup_py_requirements(data).requirements)


def _listed(kind: str, data: bytes, read: ReadRequirements) -> ReadStatements:
    """Return a file that lists packages; the rest of it is text without comments."""
    text = whole(kind, blank_comments(data, HASH_COMMENT), is_parsed=False)
    return ReadStatements(statements=(text,), problems=read.problems, requirements=read.requirements)


def _requirements(data: bytes, _: PurePosixPath) -> ReadStatements:
    return _listed("requirements", data, read_requirements(data))


def _pipfile(data: bytes, _: PurePosixPath) -> ReadStatements:
    return _listed("pipfile", data, read_pipfile(data))


def _notebook(data: bytes, _: PurePosixPath) -> ReadStatements:
    """Return the code cells; where a word of one stands is known by its line."""
    read = read_notebook(data)
    statements: list[Statement] = []
    imports: list[Import] = []
    cuda: list[tuple[int, bytes]] = []
    for cell in read.cells:
        if cell.kind == "cuda":
            start, end = cell.lines[0][0], cell.lines[-1][1]
            cuda.append((start, unescaped_in_place(data[start:end])))
            continue
        text = cell.text.encode()
        if cell.kind == "python":
            python = read_python(text)
            imports += (_in_notebook(found, cell, data) for found in python.imports)
            text = python.code
        statements.append(
            Statement(
                kind="notebook" if cell.kind == "magic" else cell.kind,
                text=text,
                start=cell.lines[0][0],
                end=max(end for _, end in cell.lines),
                is_exact=False,
                is_parsed=True,
            )
        )
    return ReadStatements(
        statements=tuple(statements),
        problems=(read.problem,) if read.problem else (),
        imports=tuple(imports),
        cuda=tuple(cuda),
    )


def _in_notebook(found: Import, cell: CellText, data: bytes) -> Import:
    line_start, line_end = cell.place_of(found.start)
    written = cell.text.encode()[found.start : found.end]
    start = data.find(written, line_start, line_end)
    return (
        replace(found, start=start, end=start + len(written))
        if start >= 0
        else replace(found, start=line_start, end=line_end)
    )


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


def _conda(data: bytes, path: PurePosixPath) -> ReadStatements:
    """Return an environment file or recipe of conda; what it asks for stands in its lists."""
    read = _yaml("yaml")(data, path)
    if not all(statement.is_parsed for statement in read.statements):
        return replace(read, requirements=tuple(recipe_requirements(data)) if len(data) <= _MAX_YAML_BYTES else ())
    starts = _line_starts(data)
    asked = []
    for text in read_yaml(data):
        start, end = _place_of_lines(text, starts)
        requirement = conda_requirement(text, start, data, end)
        if requirement is not None:
            asked.append(requirement)
    return replace(read, requirements=tuple(asked))


def _yaml_statement(kind: str, text: YamlText, starts: Sequence[int]) -> Statement:
    """Return a pair of key and value; a text of several lines is a script."""
    is_script = "\n" in text.text.strip()
    body = blank_comments(text.text.encode(), HASH_COMMENT) if is_script else f"{text.key}: {text.text}".encode()
    start, end = _place_of_lines(text, starts)
    return Statement(
        kind="shell" if is_script else kind,
        text=body,
        start=start,
        end=end,
        is_exact=False,
        is_parsed=True,
        path=text.path,
    )


def _place_of_lines(text: YamlText, starts: Sequence[int]) -> tuple[int, int]:
    """Return the byte offsets of the lines that a text stands on."""
    return starts[min(text.first_line, len(starts) - 2)], starts[min(text.last_line + 1, len(starts) - 1)]


def _line_starts(data: bytes) -> list[int]:
    """Return the offset of every line, and the end of the text."""
    return [0, *(match.end() for match in _LINE_END.finditer(data)), len(data)]


_READERS: Mapping[str, Reader] = {
    "cmake": _cmake,
    "python": _python,
    "python-build": _python_build,
    "requirements": _requirements,
    "pipfile": _pipfile,
    "notebook": _notebook,
    "conda": _conda,
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
