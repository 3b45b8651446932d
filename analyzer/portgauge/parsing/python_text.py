"""Python text with comments and docstrings blanked out, so that words are searched in code only, and its imports."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

import tree_sitter_python
from tree_sitter import Language, Node, Parser

from portgauge.model.base import value
from portgauge.parsing.tree import CompiledQuery, compile_query, run

_QUERY = """
(comment) @prose
(expression_statement . (string) @prose .)
(import_statement) @import
(import_from_statement) @import
"""
_GIVES_UP = re.compile(rb"\braise\b|\b(?:exit|quit|importorskip)\s*\(|\bSkip\w*\(")
_MAX_ANCESTORS = 40
"""How far up from an import a ``try`` is looked for."""


@value
class Import:
    """One module that a file imports; ``from x import y`` gives ``x``, and ``x.y``, which may be a module or not."""

    modules: tuple[str, ...]
    """Dotted names from the most to the least exact: ``numba.cuda``, then ``numba``; for a name from a module one."""
    statement: int
    """Byte offset of the statement."""
    start: int
    """Byte offset of the name."""
    end: int
    """Byte offset, exclusive."""
    has_fallback: bool
    """It stands in a ``try`` that catches its absence and goes on; one that gives up there is no way without it."""


@value
class PythonText:
    """One file of Python."""

    code: bytes
    """Comments and docstrings blanked out; no offset and no line changes."""
    imports: tuple[Import, ...]


@cache
def python_language() -> Language:
    """Return the Python grammar."""
    return Language(tree_sitter_python.language())


@cache
def _query() -> CompiledQuery:
    return compile_query(python_language(), _QUERY)


@lru_cache(maxsize=1)
def read_python(text: bytes) -> PythonText:
    """Return the code of a file without prose, and what it imports; asked for one file again, it is not read again."""
    tree = Parser(python_language()).parse(text)
    captures = run(_query(), tree.root_node)
    blanked = bytearray(text)
    for node in captures.get("prose", ()):
        stretch = blanked[node.start_byte : node.end_byte]
        blanked[node.start_byte : node.end_byte] = b"\n".join(b" " * len(line) for line in stretch.split(b"\n"))
    imports = [found for node in captures.get("import", ()) for found in _imports(node)]
    return PythonText(code=bytes(blanked), imports=tuple(sorted(imports, key=lambda found: found.start)))


def _imports(statement: Node) -> Iterator[Import]:
    """Yield what one import statement names; a relative import names a module of the same package."""
    names = [node.child_by_field_name("name") or node for node in statement.children_by_field_name("name")]
    module = statement.child_by_field_name("module_name")
    if module is not None and module.type != "dotted_name":
        return
    has_fallback = _has_fallback(statement)
    for node in names if module is None else (module, *names):
        is_name_of_module = module is not None and node is not module
        parts = _text(node).split(".")
        modules = (f"{_text(module)}.{'.'.join(parts)}",) if module is not None and is_name_of_module else _above(parts)
        yield Import(
            modules=modules,
            statement=statement.start_byte,
            start=node.start_byte,
            end=node.end_byte,
            has_fallback=has_fallback,
        )


def _above(parts: list[str]) -> tuple[str, ...]:
    return tuple(".".join(parts[:length]) for length in range(len(parts), 0, -1))


def _has_fallback(statement: Node) -> bool:
    node, above = statement, statement.parent
    for _ in range(_MAX_ANCESTORS):
        if above is None or above.type in ("function_definition", "class_definition"):
            return False
        if above.type == "try_statement" and above.child_by_field_name("body") == node:
            handlers = [child for child in above.children if child.type == "except_clause"]
            return bool(handlers) and not any(_GIVES_UP.search(handler.text or b"") for handler in handlers)
        node, above = above, above.parent
    return False


def _text(node: Node) -> str:
    return "".join((node.text or b"").decode("utf-8", "replace").split())
