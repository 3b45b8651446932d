"""Bits of words in an array: ``words[i >> 5] & (1u << (i & 31))`` looks up bit ``i`` and speaks of no lane."""

from collections.abc import Iterator

from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.tree import Node

_WORD_OPERATORS = frozenset({"/", ">>"})
_BIT_OPERATORS = frozenset({"%", "&"})
_SHIFTS = frozenset({"<<", ">>"})
_WRAPPERS = frozenset({"parenthesized_expression", "cast_expression"})
_EXPRESSION_ENDS = frozenset({"compound_statement", "function_definition", "lambda_expression", "translation_unit"})
_MAX_NODES = 200
"""Nodes looked at around one place; an expression that is longer is left alone."""


def is_bit_of_word(node: Node, parsed: ParsedFile) -> bool:
    """Return whether a quotient or remainder is one half of a look-up of a bit whose other half stands beside it.

    One half is the number of the word, inside a subscript; the other the number of the bit, by which something is
    shifted. Both must be of the same expression, and in one statement.
    """
    operator = _operator(node, parsed)
    of = _left(node, parsed)
    if operator in _WORD_OPERATORS:
        return _is_subscript(node) and any(
            _operator(other, parsed) in _BIT_OPERATORS and _left(other, parsed) == of and _shifts(other, parsed)
            for other in _around(node)
        )
    return _shifts(node, parsed) and any(
        _operator(other, parsed) in _WORD_OPERATORS and _left(other, parsed) == of and _is_subscript(other)
        for other in _around(node)
    )


def shifts_by_bit_of_word(node: Node, parsed: ParsedFile) -> bool:
    """Return whether an expression shifts by the number of a bit in a look-up, as ``1u << (i & 31)`` above."""
    right = node.child_by_field_name("right")
    while right is not None and right.type in _WRAPPERS:
        right = right.child_by_field_name("value") or (right.named_children[0] if right.named_children else None)
    return right is not None and right.type == "binary_expression" and is_bit_of_word(right, parsed)


def _operator(node: Node, parsed: ParsedFile) -> str:
    operator = node.child_by_field_name("operator") if node.type == "binary_expression" else None
    return parsed.node_text(operator) if operator is not None else ""


def _left(node: Node, parsed: ParsedFile) -> str:
    left = node.child_by_field_name("left")
    return " ".join(parsed.node_text(left).split()) if left is not None else ""


def _unwrapped(node: Node) -> Node:
    """Return the node, or the parentheses and casts around it."""
    while node.parent is not None and node.parent.type in _WRAPPERS:
        node = node.parent
    return node


def _shifts(node: Node, parsed: ParsedFile) -> bool:
    """Return whether something is shifted by the value."""
    outer = _unwrapped(node)
    parent = outer.parent
    return parent is not None and _operator(parent, parsed) in _SHIFTS and parent.child_by_field_name("right") == outer


def _is_subscript(node: Node) -> bool:
    parent = _unwrapped(node).parent
    return parent is not None and parent.type in ("subscript_argument_list", "subscript_expression")


def _around(node: Node) -> Iterator[Node]:
    """Yield the nodes of the statement that a node stands in."""
    top = node
    while top.parent is not None and top.parent.type not in _EXPRESSION_ENDS:
        if top.type.endswith("_statement") or top.type == "declaration":
            break
        top = top.parent
    waiting, seen = [top], 0
    while waiting and seen < _MAX_NODES:
        current = waiting.pop()
        seen += 1
        yield current
        if current.type != "compound_statement":
            waiting.extend(current.named_children)
