"""C, C++ and CUDA text to a syntax tree, with positions as people count them.

The CUDA grammar reads every file of the C family: it is never much worse than the C++ grammar, and it alone
knows kernel launches. What it cannot read becomes error regions, which are counted; names inside them are
still found. ``#define`` bodies are opaque to it, so ``lexer`` reads those.
"""

from bisect import bisect_right
from collections.abc import Mapping
from functools import cache
from pathlib import PurePosixPath

import tree_sitter_cuda
from tree_sitter import Language, Parser

from portgauge.model.location import Location, Snippet
from portgauge.parsing.lexer import bracket_depth, has_unclosed_comment
from portgauge.parsing.tree import CompiledQuery, Node, compile_query, run

MAX_PARSE_BYTES = 2_000_000
"""Larger files go to the lexer: parsing needs about 50 times their size in memory."""
MAX_NESTING = 1_000
MAX_ROOT_CHILDREN_IN_ERROR = 5_000
MAX_SNIPPET_COLUMNS = 200

_STRUCTURE = """
(function_definition) @function
; A body that is one macro reads as the braces of an initialiser.
(declaration declarator: (init_declarator declarator: (function_declarator) value: (initializer_list))) @function
(gnu_asm_expression) @asm
(call_expression) @call
(preproc_def value: (preproc_arg) @macro_body)
(preproc_function_def value: (preproc_arg) @macro_body)
(ERROR (preproc_arg) @macro_body)
(namespace_alias_definition) @namespace_alias
(using_declaration) @using
(ERROR) @error
(MISSING) @missing
"""


@cache
def _language() -> Language:
    return Language(tree_sitter_cuda.language())


def compile_structure(shape_queries: Mapping[str, str]) -> CompiledQuery:
    """Return the one query that runs over each file: what every file is asked for, and the shapes' queries.

    A shape's query captures its candidates as ``@site``; they come back under the shape's name.

    Raises:
        ValueError: If a shape's query does not compile.
    """
    parts = [_STRUCTURE]
    parts += [text.replace("@site", f"@{name}") for name, text in sorted(shape_queries.items())]
    return compile_query(_language(), "\n".join(parts))


class TooDifficultError(Exception):
    """The text is not given to the grammar, for the reason in the message; the lexer should read it."""


def _line_starts(data: bytes) -> list[int]:
    starts = [0]
    find = data.find
    position = find(b"\n")
    while position >= 0:
        starts.append(position + 1)
        position = find(b"\n", position + 1)
    return starts


class SourceText:
    """The bytes of one file, with lines and columns.

    ``line_starts`` are those of the file when ``data`` is a changed copy of its text.
    """

    def __init__(self, path: PurePosixPath, data: bytes, *, line_starts: list[int] | None = None) -> None:
        self.path = path
        self.data = data
        self._line_starts = line_starts
        self._shown: dict[int, str] = {}

    @property
    def line_starts(self) -> list[int]:
        """The byte offset at which each line starts, found at the first question."""
        if self._line_starts is None:
            self._line_starts = _line_starts(self.data)
        return self._line_starts

    def line_of(self, offset: int) -> int:
        """Return the 1-based line of a byte offset."""
        return bisect_right(self.line_starts, offset)

    def _column(self, line: int, offset: int) -> int:
        before = self.data[self.line_starts[line - 1] : offset]
        return (len(before) if before.isascii() else len(before.decode("utf-8", "replace"))) + 1

    def location(self, start: int, end: int) -> Location:
        """Return the stretch between two byte offsets; the end is exclusive."""
        line = self.line_of(start)
        end_line = line if end <= start else self.line_of(end - 1)
        return Location(
            path=self.path,
            line=line,
            column=self._column(line, start),
            end_line=end_line,
            end_column=self._column(end_line, max(start, end)),
        )

    def text(self, start: int, end: int) -> str:
        """Return the text between two byte offsets; bytes that are no UTF-8 show as replacement marks."""
        return self.data[start:end].decode("utf-8", "replace")

    def _line_text(self, line: int) -> str:
        if line not in self._shown:
            start = self.line_starts[line - 1]
            end = self.line_starts[line] - 1 if line < len(self.line_starts) else len(self.data)
            self._shown[line] = self.text(start, min(end, start + MAX_SNIPPET_COLUMNS * 4)).rstrip("\r")[
                :MAX_SNIPPET_COLUMNS
            ]
        return self._shown[line]

    def snippet(self, line: int) -> Snippet:
        """Return the line with its neighbours, three lines in all where the file has them."""
        first = max(1, line - 1)
        last = min(len(self.line_starts), line + 1)
        return Snippet(first_line=first, lines=tuple(self._line_text(number) for number in range(first, last + 1)))


class ParsedFile:
    """One file with its tree and what the structure query captured."""

    def __init__(self, source: SourceText, root: Node, captures: dict[str, list[Node]]) -> None:
        self.source = source
        self.root = root
        self.captures = captures

    def node_text(self, node: Node) -> str:
        """Return the source text of a node."""
        return self.source.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def error_bytes(self) -> int:
        """Return how many bytes stand inside parse errors; nested errors count once."""
        covered = 0
        reached = -1
        for node in self.captures.get("error", ()):
            start, end = max(node.start_byte, reached), node.end_byte
            if end > start:
                covered += end - start
                reached = end
        return covered

    def error_lines(self) -> tuple[int, int]:
        """Return the first line with an error or a missing token, and the number of such places; 0, 0 if none."""
        nodes = [*self.captures.get("error", ()), *self.captures.get("missing", ())]
        if not nodes:
            return 0, 0
        return min(node.start_point.row for node in nodes) + 1, len(nodes)

    def leaf_at(self, start: int, end: int) -> Node | None:
        """Return the smallest node over a stretch of bytes."""
        return self.root.descendant_for_byte_range(start, end)


def parse(source: SourceText, query: CompiledQuery) -> ParsedFile:
    """Return the parsed file.

    Parsing holds the interpreter lock and cannot be interrupted from within; the caller runs it in a process
    that can be killed.

    Raises:
        TooDifficultError: If the text is too large or too deeply nested for the grammar, or ends inside a comment.
    """
    if len(source.data) > MAX_PARSE_BYTES:
        raise TooDifficultError(f"{len(source.data):,} bytes; the grammar reads up to {MAX_PARSE_BYTES:,}")
    nesting = bracket_depth(source.data)
    if nesting > MAX_NESTING:
        raise TooDifficultError(f"nested {nesting:,} deep; the grammar reads up to {MAX_NESTING:,}")
    if has_unclosed_comment(source.data):
        raise TooDifficultError("a comment is never closed")
    # A parser is never used twice: after a cancelled parse it would return the old file's tree.
    root = Parser(_language()).parse(source.data).root_node
    if root.type == "ERROR" and root.child_count > MAX_ROOT_CHILDREN_IN_ERROR:
        raise TooDifficultError(f"one error region with {root.child_count:,} parts")
    return ParsedFile(source, root, run(query, root))
