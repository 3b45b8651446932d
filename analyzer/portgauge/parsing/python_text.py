"""Python text with comments and docstrings blanked out, so that words are searched in code only."""

from functools import cache

import tree_sitter_python
from tree_sitter import Language, Parser

from portgauge.parsing.tree import CompiledQuery, compile_query, run

_PROSE = """
(comment) @prose
(expression_statement . (string) @prose .)
"""


@cache
def python_language() -> Language:
    """Return the Python grammar."""
    return Language(tree_sitter_python.language())


@cache
def _prose() -> CompiledQuery:
    return compile_query(python_language(), _PROSE)


def blank_python(text: bytes) -> bytes:
    """Return the text with comments and docstrings blanked out; no offset and no line changes."""
    tree = Parser(python_language()).parse(text)
    blanked = bytearray(text)
    for node in run(_prose(), tree.root_node).get("prose", ()):
        stretch = blanked[node.start_byte : node.end_byte]
        blanked[node.start_byte : node.end_byte] = b"\n".join(b" " * len(line) for line in stretch.split(b"\n"))
    return bytes(blanked)
