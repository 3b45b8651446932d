"""CUDA source and PTX inside string literals: code that a program compiles while it runs.

A text counts as CUDA source when it marks a function for the device, as PTX when an instruction of it can be nothing
else. Texts keep their length and place, so that an offset in one is an offset in the file.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from tree_sitter import Node, Parser

from portgauge.model.base import value
from portgauge.parsing.lexer import tokens
from portgauge.parsing.ptx import looks_like_ptx
from portgauge.parsing.python_text import python_language
from portgauge.parsing.tree import CompiledQuery, compile_query, run

_HINT = re.compile(rb"__global__|__device__|asm|\.target\s+sm_", re.IGNORECASE)
"""A Python file without any of these is not searched: every way to hand PTX to a compiler has one of them."""
_CUDA = re.compile(rb"\b__(?:global|device)__\b")
_PTX_MODULE = re.compile(rb"\.target\s+sm_\d")
_QUERY = """
(concatenated_string) @joined
(string) @text
(expression_statement . [(string) (concatenated_string)] @prose .)
"""
_ESCAPE = re.compile(rb"\\(?:\r\n|.)", re.DOTALL)
_KEPT_ESCAPES = frozenset((b"\\", b'"', b"'"))
_MAX_PTX_BYTES = 2_000_000


@value
class EmbeddedText:
    """One text in a string literal, or in several that are joined."""

    is_ptx: bool
    """Else it is CUDA source."""
    start: int
    """Byte offset in the file."""
    text: bytes
    """As long as it is in the file, quotes and escapes blanked out."""


@cache
def _query() -> CompiledQuery:
    return compile_query(python_language(), _QUERY)


def embedded_in_python(data: bytes) -> tuple[EmbeddedText, ...]:
    """Return the CUDA source and the PTX in the strings of Python text; docstrings and comments are no code."""
    if not _HINT.search(data):
        return ()
    captures = run(_query(), Parser(python_language()).parse(data).root_node)
    prose = {node.start_byte for node in captures.get("prose", ())}
    nodes = [*captures.get("joined", ()), *captures.get("text", ())]
    found: list[EmbeddedText] = []
    reached = 0
    for node in sorted(nodes, key=lambda node: (node.start_byte, -node.end_byte)):
        if node.start_byte < reached or node.start_byte in prose:
            continue
        reached = node.end_byte
        found += _classified(node.start_byte, _python_content(node, data))
    return tuple(found)


def embedded_in_c(data: bytes, literals: Iterable[tuple[int, int]]) -> tuple[EmbeddedText, ...]:
    """Return the CUDA source in string literals of C text, given the byte offsets of each, joined ones as one."""
    return tuple(
        EmbeddedText(is_ptx=False, start=start, text=_c_content(data[start:end]))
        for start, end in sorted(set(literals))
    )


def ptx_modules_in_c(data: bytes) -> tuple[EmbeddedText, ...]:
    """Return the whole PTX modules that string literals of C text hold."""
    if not _PTX_MODULE.search(data):
        return ()
    strings = (token for token in tokens(data) if token.kind == "string" and _PTX_MODULE.search(token.text))
    return tuple(EmbeddedText(is_ptx=True, start=token.start, text=_c_content(token.text)) for token in strings)


def ptx_file(data: bytes) -> EmbeddedText:
    """Return a PTX file as one text; of a large one the beginning."""
    return EmbeddedText(is_ptx=True, start=0, text=data[:_MAX_PTX_BYTES])


def only_cuda(texts: Sequence[EmbeddedText], *, data: bytes) -> bytes:
    """Return a file's text in which all but the CUDA source in its strings is blank."""
    shown = bytearray(_blanks(data))
    for text in texts:
        if not text.is_ptx:
            shown[text.start : text.start + len(text.text)] = text.text
    return bytes(shown)


def _classified(start: int, text: bytes) -> Iterator[EmbeddedText]:
    if _CUDA.search(text):
        yield EmbeddedText(is_ptx=False, start=start, text=text)
    elif b"." in text and b";" in text and looks_like_ptx(text[:_MAX_PTX_BYTES].decode("latin-1")):
        yield EmbeddedText(is_ptx=True, start=start, text=text)


def _python_content(node: Node, data: bytes) -> bytes:
    """Return what the literals of a node say, blanks for everything between them."""
    strings = [node] if node.type == "string" else [child for child in node.named_children if child.type == "string"]
    content = bytearray(_blanks(data[node.start_byte : node.end_byte]))
    for string in strings:
        opening, closing = string.children[0], string.children[-1]
        if opening.type != "string_start" or closing.type != "string_end":
            continue
        inner = data[opening.end_byte : closing.start_byte]
        if b"r" not in (opening.text or b"").lower():
            inner = _unescaped_in_place(inner)
        at = opening.end_byte - node.start_byte
        content[at : at + len(inner)] = inner
    return bytes(content)


def _c_content(text: bytes) -> bytes:
    """Return what the literals of a stretch of C say, blanks for everything between them."""
    content = bytearray(_blanks(text))
    for token in tokens(text):
        if token.kind != "string":
            continue
        quote = token.text.find(b'"')
        is_raw = token.text[:quote].endswith(b"R")
        opening = token.text.find(b"(", quote) if is_raw else quote
        closing = token.text.rfind(b")") if is_raw else len(token.text) - token.text.endswith(b'"')
        inner = token.text[opening + 1 : closing]
        at = token.start + opening + 1
        content[at : at + len(inner)] = inner if is_raw else _unescaped_in_place(inner)
    return bytes(content)


def _unescaped_in_place(text: bytes) -> bytes:
    """Return a text with its escapes replaced by what they stand for, at the same length."""

    def plain(found: "re.Match[bytes]") -> bytes:
        code = found[0][1:]
        # A line that the escape makes ends directives and comments, as it does in the text.
        return {b"n": b" \n", b"r": b"  "}.get(code, code if code in _KEPT_ESCAPES else b"").rjust(len(found[0]))

    return _ESCAPE.sub(plain, text)


def _blanks(text: bytes) -> bytes:
    return b"\n".join(b" " * len(line) for line in text.split(b"\n"))
