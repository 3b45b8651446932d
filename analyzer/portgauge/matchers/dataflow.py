"""Does this value come from a thread index? Looks inside one function, through its local variables.

Leaves to others what a caller passes in, what another function returns and what memory holds.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping

from portgauge.matchers.functions import Function
from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.tree import Node

_LOOPS = frozenset({"for_statement", "while_statement", "do_statement", "for_range_loop"})
_MAX_LEAVES = 400
"""Identifiers read out of one expression; a longer expression is cut."""

Seeds = Mapping[str, tuple[frozenset[str], frozenset[str]]]
"""Seed to the identifiers and the calls that it starts from."""


def _leaf_names(node: Node, parsed: ParsedFile) -> tuple[set[str], set[str]]:
    """Return the identifiers in an expression, and the names that it calls (methods too)."""
    identifiers: set[str] = set()
    calls: set[str] = set()
    stack = [node]
    while stack and len(identifiers) < _MAX_LEAVES:
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
    """The assignments of one function, and which seeds reach each local variable.

    One pass over the function, and one spread from the seeds along the assignments, so that the work is linear
    however often it is asked.
    """

    def __init__(self, function: Function, parsed: ParsedFile, seeds: Seeds) -> None:
        self._parsed = parsed
        self._seeds = seeds
        self._reached: dict[str, set[str]] = {}
        self._values: dict[str, list[Node]] = {}
        self._changed: set[str] = set()
        self._parameters: frozenset[str] | None = None
        self._root = function.node
        self._loops: list[tuple[int, int]] = []
        """Starts and ends of the outermost loops, in order."""
        feeds: dict[str, set[str]] = {}
        queue: list[tuple[str, str]] = []
        for name, expression in self._assignments(function.node):
            self._values.setdefault(name, []).append(expression)
            identifiers, calls = _leaf_names(expression, parsed)
            for source in identifiers:
                feeds.setdefault(source, set()).add(name)
            queue += [(name, seed) for seed in self._direct(identifiers, calls)]
        while queue:
            name, seed = queue.pop()
            known = self._reached.setdefault(name, set())
            if seed not in known:
                known.add(seed)
                queue += [(fed, seed) for fed in feeds.get(name, ())]

    def _assignments(self, root: Node) -> Iterator[tuple[str, Node]]:
        stack = [root]
        while stack:
            node = stack.pop()
            if node.type == "init_declarator":
                name = _declared(node.child_by_field_name("declarator"), self._parsed)
                found = node.child_by_field_name("value")
                if name is not None and found is not None:
                    yield name, found
            elif node.type == "assignment_expression":
                left = node.child_by_field_name("left")
                found = node.child_by_field_name("right")
                if left is not None and left.type == "identifier" and found is not None:
                    yield self._parsed.node_text(left), found
            elif node.type == "update_expression":
                changed = node.child_by_field_name("argument")
                if changed is not None:
                    self._changed.add(self._parsed.node_text(changed))
            elif node.type in _LOOPS and (not self._loops or node.start_byte >= self._loops[-1][1]):
                # Read from the outside in and in order, so only the last one could be around this one.
                self._loops.append((node.start_byte, node.end_byte))
            stack.extend(reversed(node.named_children))

    def _direct(self, identifiers: set[str], calls: set[str]) -> Iterator[str]:
        for name, (seed_identifiers, seed_calls) in self._seeds.items():
            if identifiers & seed_identifiers or calls & seed_calls:
                yield name

    def seeds_of(self, expression: Node) -> frozenset[str]:
        """Return the names of the seeds that reach an expression."""
        identifiers, calls = _leaf_names(expression, self._parsed)
        reached = set(self._direct(identifiers, calls))
        for identifier in identifiers:
            reached |= self._reached.get(identifier, set())
        return frozenset(reached)

    def in_order(self) -> list[tuple[str, Node]]:
        """Return the variables with what each is given, in the order of the source."""
        pairs = [(name, value) for name, values in self._values.items() for value in values]
        return sorted(pairs, key=lambda pair: pair[1].start_byte)

    def end_of_loop(self, place: int) -> int:
        """Return where the outermost loop around a place ends, since what it gives comes round; else the place."""
        index = bisect_right(self._loops, place, key=lambda loop: loop[0]) - 1
        return self._loops[index][1] if index >= 0 and place < self._loops[index][1] else place

    def changed(self) -> frozenset[str]:
        """Return the variables that count up or down by one."""
        return frozenset(self._changed)

    def parameters(self) -> frozenset[str]:
        """Return the names of the function's parameters, without those of its template."""
        if self._parameters is None:
            names: set[str] = set()
            stack = [child for child in self._root.named_children if child.type != "compound_statement"]
            while stack:
                node = stack.pop()
                if node.type in ("parameter_declaration", "optional_parameter_declaration"):
                    name = _declared(node.child_by_field_name("declarator"), self._parsed)
                    names |= {name} if name is not None else set()
                elif node.type not in ("template_parameter_list", "compound_statement"):
                    stack.extend(node.named_children)
            self._parameters = frozenset(names)
        return self._parameters
