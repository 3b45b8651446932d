"""Does this value come from a thread index? Looks inside one function, through its local variables.

Leaves to others what a caller passes in, what another function returns and what memory holds.
"""

from collections.abc import Mapping

from portgauge.matchers.functions import Function
from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.tree import Node

_MAX_STEPS = 400
"""Nodes looked at for one question; a longer chain counts as not found."""


def _leaf_names(node: Node, parsed: ParsedFile) -> tuple[set[str], set[str]]:
    """Return the identifiers in an expression, and the names that it calls (methods too)."""
    identifiers: set[str] = set()
    calls: set[str] = set()
    stack = [node]
    while stack and len(identifiers) < _MAX_STEPS:
        current = stack.pop()
        if current.type == "identifier":
            identifiers.add(parsed.node_text(current))
        elif current.type == "call_expression":
            callee = current.child_by_field_name("function")
            if callee is not None:
                calls.add(parsed.node_text(callee).split("<")[0].rsplit(".", 1)[-1].rsplit(":", 1)[-1].strip())
            # What is passed to a function need not come out of it.
            if callee is not None and callee.type == "field_expression":
                stack.extend(callee.named_children)
            continue
        elif current.type == "subscript_expression":
            # a[i] is a value from memory, not i.
            continue
        else:
            stack.extend(current.named_children)
    return identifiers, calls


def _declared(node: Node | None, parsed: ParsedFile) -> str | None:
    while node is not None and node.type.endswith("declarator"):
        node = node.child_by_field_name("declarator") or (node.named_children[-1] if node.named_children else None)
    return parsed.node_text(node) if node is not None and node.type == "identifier" else None


class LocalFlow:
    """The assignments of one function."""

    def __init__(self, function: Function, parsed: ParsedFile) -> None:
        self._parsed = parsed
        self._sources: dict[str, list[Node]] = {}
        stack = [function.node]
        while stack:
            node = stack.pop()
            if node.type == "init_declarator":
                self._note(_declared(node.child_by_field_name("declarator"), parsed), node, "value")
            elif node.type == "assignment_expression":
                left = node.child_by_field_name("left")
                name = parsed.node_text(left) if left is not None and left.type == "identifier" else None
                self._note(name, node, "right")
            stack.extend(node.named_children)

    def _note(self, name: str | None, node: Node, field: str) -> None:
        found = node.child_by_field_name(field)
        if name is not None and found is not None:
            self._sources.setdefault(name, []).append(found)

    def seeds_of(self, expression: Node, seeds: Mapping[str, tuple[frozenset[str], frozenset[str]]]) -> frozenset[str]:
        """Return the names of the seeds that reach an expression."""
        reached: set[str] = set()
        seen: set[str] = set()
        queue = [expression]
        while queue and len(seen) < _MAX_STEPS:
            identifiers, calls = _leaf_names(queue.pop(), self._parsed)
            for name, (seed_identifiers, seed_calls) in seeds.items():
                if identifiers & seed_identifiers or calls & seed_calls:
                    reached.add(name)
            for identifier in identifiers - seen:
                seen.add(identifier)
                queue.extend(self._sources.get(identifier, ()))
        return frozenset(reached)
