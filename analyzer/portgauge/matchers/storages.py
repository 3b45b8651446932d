"""Shared storage of a block's collective that a loop hands to it again, with no barrier between two rounds."""

import re
from collections.abc import Callable, Iterator

from portgauge.matchers.functions import Function
from portgauge.matchers.shapes import ShapeMatch
from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.lexer import names_only
from portgauge.parsing.tree import Node

_STORAGE = b"TempStorage"
_ALIAS = re.compile(
    rb"\btypedef\s+(?:typename\s+)?(?:\w+::)*(\w+)\s*<[^;]*>\s*(\w+)\s*;"
    rb"|\busing\s+(\w+)\s*=\s*(?:typename\s+)?(?:\w+::)*(\w+)\s*<[^;]*>\s*;"
)
_USE = re.compile(rb"\b(\w+)\s*(?:<[^<>;{}]*>)?\s*\(\s*[A-Za-z_][\w.]*\s*\)\s*\.\s*\w+\s*\(")
"""A collective with a storage that no index chooses, and what is asked of it."""
_LOOPS = frozenset({"for_statement", "while_statement", "do_statement"})
_ENDS = frozenset({"function_definition", "lambda_expression"})


def storage_matches(
    function: Function,
    parsed: ParsedFile,
    *,
    collectives: frozenset[str],
    has_barrier: Callable[[int, int], bool],
) -> Iterator[ShapeMatch]:
    """Yield each use of a collective, by the names of their classes, that the loop around it repeats as it is."""
    data = parsed.source.data
    if not function.is_device or data.find(_STORAGE, function.start, function.end) < 0:
        return
    names = _aliases(data, collectives) | {name.encode() for name in collectives}
    code = names_only(data[function.start : function.end])
    for use in _USE.finditer(code):
        start, end = function.start + use.start(), function.start + use.end() - 1
        body = _loop_body(parsed.leaf_at(start, start + len(use[1]))) if use[1] in names else None
        if body is not None and not has_barrier(body.start_byte, body.end_byte):
            yield ShapeMatch(shape="device-body", start=start, end=end, parts={"flaw": "storage-in-loop"})


def _aliases(data: bytes, collectives: frozenset[str]) -> set[bytes]:
    """Return the file's own names for the collectives."""
    found = ((match[1] or match[4], match[2] or match[3]) for match in _ALIAS.finditer(data))
    return {alias for name, alias in found if name.decode("utf-8", "replace") in collectives}


def _loop_body(node: Node | None) -> Node | None:
    while node is not None and node.type not in _LOOPS and node.type not in _ENDS:
        node = node.parent
    return node.child_by_field_name("body") if node is not None and node.type in _LOOPS else None
