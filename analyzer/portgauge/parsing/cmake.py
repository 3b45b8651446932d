"""CMake files as the list of their commands; what they build is found by ``cmake_build``."""

import re
from functools import cache
from pathlib import PurePosixPath

import tree_sitter_cmake
from tree_sitter import Language, Node, Parser

from portgauge.model.base import value

_MAX_CONDITION_DEPTH = 100
_MAX_CONDITION_LENGTH = 300
_ESCAPED = re.compile(r"\\([^A-Za-z0-9])")


@value
class CMakeCommand:
    """One command, also the ones that open, split and close a block."""

    name: str
    """In lower case."""
    arguments: tuple[str, ...]
    """Without quotes and brackets; variables as written. Parentheses of conditions are arguments too."""
    line: int
    """1-based."""
    conditions: tuple[str, ...]
    """Texts of the ``if`` branches around the command, outermost first; for ``else`` the negated ones."""
    start: int = 0
    """Byte offset in the file."""
    end: int = 0
    """Byte offset, exclusive."""


@value
class CMakeFile:
    """The commands of one file, in its order."""

    path: PurePosixPath
    commands: tuple[CMakeCommand, ...]
    error_lines: tuple[int, ...]
    """1-based lines at which the file is no valid CMake; commands there may be missing."""


def read_cmake(text: bytes, path: PurePosixPath) -> CMakeFile:
    """Return the commands of a CMake file; a broken file gives what can be read and where it is broken."""
    root = Parser(_language()).parse(text).root_node
    conditions = _Conditions()
    commands = []
    error_lines = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            error_lines.add(node.start_point.row + 1)
        if node.type.endswith("_command"):
            commands.append(_command(node, conditions))
        # Inside a command too: what an unclosed parenthesis swallows holds the error that says so.
        if node.has_error or not node.type.endswith("_command"):
            waiting.extend(reversed(node.children))
    return CMakeFile(path=path, commands=tuple(commands), error_lines=tuple(sorted(error_lines)))


class _Conditions:
    """The ``if`` branches that are open at one place of a file."""

    def __init__(self) -> None:
        self._refuted: list[str] = []
        self._open: list[str] = []

    def around(self, name: str, condition: str) -> tuple[str, ...]:
        """Return what stands around a command; the commands of a branch stand outside of it."""
        if name in ("elseif", "else", "endif") and self._open:
            self._open.pop()
            refuted = self._refuted.pop()
            around = tuple(self._open[:_MAX_CONDITION_DEPTH])
            if name == "elseif":
                self._enter(f"{refuted} AND ({condition})", f"{refuted} AND NOT ({condition})")
            elif name == "else":
                self._enter(refuted, refuted)
            return around
        around = tuple(self._open[:_MAX_CONDITION_DEPTH])
        if name == "if":
            self._enter(condition, f"NOT ({condition})")
        return around

    def _enter(self, holds: str, refuted: str) -> None:
        self._open.append(_shortened(holds))
        self._refuted.append(_shortened(refuted))


def _command(node: Node, conditions: _Conditions) -> CMakeCommand:
    name = _text(node.children[0]).lower() if node.children else ""
    listed = next((child for child in node.children if child.type == "argument_list"), None)
    condition = " ".join(_text(listed).split()) if listed is not None else ""
    return CMakeCommand(
        name=name,
        arguments=_arguments(listed) if listed is not None else (),
        line=node.start_point.row + 1,
        conditions=conditions.around(name, condition),
        start=node.start_byte,
        end=node.end_byte,
    )


def _arguments(listed: Node) -> tuple[str, ...]:
    arguments = []
    for child in listed.children:
        if child.type == "argument":
            arguments.append(_argument(child))
        elif child.type in ("(", ")") and not child.is_missing:
            arguments.append(child.type)
    return tuple(arguments)


def _argument(node: Node) -> str:
    inner = node.children[0] if node.children else node
    text = _text(inner)
    match inner.type:
        case "bracket_argument":
            return text.strip("[]=") if len(inner.children) < 3 else _text(inner.children[1]).lstrip("\n")
        case "quoted_argument":
            return _ESCAPED.sub(r"\1", text[1:-1]) if text.endswith('"') else text[1:]
    return _ESCAPED.sub(r"\1", text)


def _shortened(condition: str) -> str:
    if len(condition) <= _MAX_CONDITION_LENGTH:
        return condition
    return condition[: _MAX_CONDITION_LENGTH - 3] + "..."


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", errors="replace")


@cache
def _language() -> Language:
    return Language(tree_sitter_cmake.language())
