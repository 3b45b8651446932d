"""The shape ``device-body``: flaws in the body of a device function that NVIDIA's compiler only warns of."""

import re
from collections.abc import Iterator

from portgauge.matchers.functions import Function
from portgauge.matchers.shapes import ShapeMatch
from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.tree import Node

_VALUE_TYPES = frozenset(
    {"primitive_type", "sized_type_specifier", "type_identifier", "template_type", "qualified_identifier"}
)
_LEAVES = frozenset(
    {"return_statement", "throw_statement", "gnu_asm_expression", "goto_statement", "static_assert_declaration"}
)
"""What ends a function in another way than at its closing brace, or may, or keeps it from being compiled."""
_ENDLESS = re.compile(r"\(\s*(?:true|1)\s*\)")
_NO_RETURN = re.compile(
    r"__builtin_unreachable|__builtin_trap|__trap|_?_?assume|abort|exit|unreachable|assert|[A-Z][A-Z0-9_]+"
)
"""Calls that may not come back; a macro may hold a return."""
_MACRO = re.compile(r"_*[A-Z][A-Z0-9_]+")
_VOID = re.compile(r"\bvoid\b(?!\s*(?:const\s*)?\*)")
"""In front of a name; a type that only a macro stands for may hide it from the grammar."""


def body_matches(function: Function, parsed: ParsedFile) -> Iterator[ShapeMatch]:
    """Yield the flaws of one device function."""
    body = function.node.child_by_field_name("body")
    if not function.is_device or body is None or body.type != "compound_statement" or body.has_error:
        return
    if _returns_a_value(function.node, parsed) and not _leaves(body, parsed):
        head_end = body.start_byte
        yield ShapeMatch(
            shape="device-body",
            start=function.start,
            end=function.start + len(parsed.source.data[function.start : head_end].rstrip()),
            parts={"flaw": "no-return"},
            extent=function.end,
        )
    has_switch = parsed.source.data.find(b"switch", body.start_byte, body.end_byte) >= 0
    for declaration in _jumped_over(body) if has_switch else ():
        yield ShapeMatch(
            shape="device-body",
            start=declaration.start_byte,
            end=declaration.end_byte,
            parts={"flaw": "case-past-initialiser"},
        )


def _returns_a_value(function: Node, parsed: ParsedFile) -> bool:
    """Return whether a function is declared to return something, by a type that the file writes out."""
    kind, declarator = function.child_by_field_name("type"), function.child_by_field_name("declarator")
    if kind is None or declarator is None or kind.type not in _VALUE_TYPES:
        return False
    written = parsed.node_text(kind)
    if _VOID.search(parsed.source.text(function.start_byte, declarator.start_byte + 1)):
        return False
    if declarator.type in ("pointer_declarator", "reference_declarator"):
        return True
    if declarator.type != "function_declarator" or "->" in parsed.node_text(declarator):
        return False
    return _MACRO.fullmatch(written) is None


def _leaves(body: Node, parsed: ParsedFile) -> bool:
    """Return whether anything in a body may end the function before its closing brace, or keep it from there."""
    stack = [body]
    while stack:
        node = stack.pop()
        if node.type in _LEAVES:
            return True
        if node.type == "lambda_expression":
            continue
        if node.type == "call_expression":
            callee = node.child_by_field_name("function")
            if callee is not None and _NO_RETURN.fullmatch(parsed.node_text(callee).rsplit("::", 1)[-1]):
                return True
        if node.type in ("while_statement", "do_statement"):
            condition = node.child_by_field_name("condition")
            if condition is not None and _ENDLESS.fullmatch(parsed.node_text(condition)):
                return True
        if node.type == "for_statement" and node.child_by_field_name("condition") is None:
            return True
        if node.type == "expression_statement" and _MACRO.fullmatch(parsed.node_text(node).rstrip("; ")):
            return True
        if node.type.startswith("preproc_"):
            return True
        stack.extend(node.named_children)
    return False


def _jumped_over(body: Node) -> Iterator[Node]:
    """Yield declarations with a value that a later label of their ``switch`` jumps into the scope of."""
    stack = [body]
    while stack:
        node = stack.pop()
        stack.extend(reversed(node.named_children))
        if node.type != "switch_statement":
            continue
        block = node.child_by_field_name("body")
        labels = (
            [child for child in block.named_children if child.type == "case_statement"] if block is not None else []
        )
        for label in labels[:-1]:
            yield from (child for child in label.named_children if _has_value(child))


def _has_value(node: Node) -> bool:
    if node.type != "declaration" or any(child.type == "storage_class_specifier" for child in node.children):
        return False
    return any(child.type == "init_declarator" for child in node.children_by_field_name("declarator"))
