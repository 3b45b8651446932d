"""Calls that not all threads of a block or warp may reach: after an early return, or inside a condition."""

import re
from collections.abc import Callable, Iterable, Iterator

from portgauge.matchers.dataflow import LocalFlow
from portgauge.matchers.functions import Function, FunctionTable, last_name
from portgauge.matchers.shapes import ShapeMatch
from portgauge.matchers.thread_index import Counts
from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.tree import Node


def _ends_with_return(branch: Node | None) -> bool:
    if branch is None:
        return False
    if branch.type == "compound_statement":
        statements = [child for child in branch.named_children if child.type != "comment"]
        return bool(statements) and statements[-1].type == "return_statement"
    return branch.type == "return_statement"


_MAX_CONDITIONS = 60
"""Conditions looked at in one function; more stand in generated code only."""


class EarlyReturns:
    """The places of one function at which some threads return before its end, in source order."""

    def __init__(self, function: Function, *, flow: LocalFlow, seed: str) -> None:
        self._flow = flow
        self._seed = seed
        self._known: dict[int, bool] = {}
        self.branches: list[Node] = []
        """Each ``if`` that returns and whose condition comes from the seed."""
        looked_at = 0
        stack = [function.node]
        while stack and looked_at < _MAX_CONDITIONS:
            node = stack.pop()
            if node.type == "lambda_expression":
                continue
            if node.type == "if_statement" and _ends_with_return(node.child_by_field_name("consequence")):
                condition = node.child_by_field_name("condition")
                looked_at += 1
                if condition is not None and node.child_by_field_name("alternative") is None and self.splits(condition):
                    self.branches.append(node)
            stack.extend(reversed(node.named_children))

    def splits(self, condition: Node) -> bool:
        """Return whether a condition comes from the seed, so that threads can differ about it."""
        if condition.start_byte not in self._known:
            self._known[condition.start_byte] = self._seed in self._flow.seeds_of(condition)
        return self._known[condition.start_byte]


def _enclosing_conditions(call: Node) -> Iterator[Node]:
    current, parent = call, call.parent
    while parent is not None and parent.type not in ("function_definition", "lambda_expression"):
        if parent.type == "if_statement":
            condition = parent.child_by_field_name("condition")
            # With an `else`, the other threads may have a barrier of their own, and mostly do.
            has_other_way = parent.child_by_field_name("alternative") is not None
            if condition is not None and condition != current and not has_other_way:
                yield condition
        current, parent = parent, parent.parent


_OTHER_DIMENSION = re.compile(rb"\bthreadIdx\s*\.\s*[yz]\b")
_GROUP_LANES = 32
_PARENTHESES = frozenset({"parenthesized_expression", "condition_clause"})


def only_first_threads(
    call: Node,
    function: Function,
    parsed: ParsedFile,
    *,
    counts: Callable[[Node], Counts],
    amount: Callable[[str], int | None],
) -> bool:
    """Return whether a condition around a call lets only threads pass whose index is below 32, by a number.

    A function that uses other dimensions of the block is left alone: an index in x then says nothing of the lane.

    Args:
        call: Where the call stands.
        function: The function around it.
        parsed: Its file.
        counts: What an expression of the function counts.
        amount: The number that an expression stands for, if any.
    """
    if _OTHER_DIMENSION.search(parsed.source.data, function.start, function.end):
        return False

    def bounds(test: Node) -> bool:
        while test.type in _PARENTHESES and len(test.named_children) == 1:
            test = test.named_children[0]
        operator, left, right = (test.child_by_field_name(part) for part in ("operator", "left", "right"))
        if test.type != "binary_expression" or operator is None or left is None or right is None:
            return False
        sign = parsed.node_text(operator)
        if sign == "&&":
            return bounds(left) or bounds(right)
        limit = amount(parsed.node_text(right)) if sign in ("<", "<=") else None
        if limit is None or counts(left) is not Counts.THREAD:
            return False
        return limit + (sign == "<=") <= _GROUP_LANES

    current, parent = call, call.parent
    while parent is not None and parent.type not in ("function_definition", "lambda_expression"):
        condition = parent.child_by_field_name("condition") if parent.type == "if_statement" else None
        if condition is not None and parent.child_by_field_name("consequence") == current and bounds(condition):
            return True
        current, parent = parent, parent.parent
    return False


def divergent_matches(leaf: Node, parsed: ParsedFile, *, group: str, returns: EarlyReturns) -> Iterator[ShapeMatch]:
    """Yield the shape ``divergent-call`` for each condition that keeps some threads away from a call."""
    call = leaf.parent
    if call is not None and call.type == "template_function":
        call = call.parent
    if call is None or call.type != "call_expression":
        return
    name = parsed.node_text(leaf)
    for branch in returns.branches:
        if branch.end_byte <= call.start_byte:
            yield ShapeMatch(
                shape="divergent-call",
                start=branch.start_byte,
                end=branch.end_byte,
                parts={"callee": name, "group": group, "how": "after-return"},
            )
    for condition in _enclosing_conditions(call):
        if returns.splits(condition):
            yield ShapeMatch(
                shape="divergent-call",
                start=call.start_byte,
                end=call.end_byte,
                parts={"callee": name, "group": group, "how": "inside-condition"},
            )
            return


def calls_that_reach(names: Iterable[str], functions: FunctionTable, parsed: ParsedFile) -> Iterator[Node]:
    """Yield where device code calls a function of the file that calls one of the names, itself or further in."""
    barrier = re.compile(rb"\b(?:%s)\b" % b"|".join(name.encode() for name in sorted(names)))
    data = parsed.source.data
    holders = {
        last_name(function.name)
        for function in functions.functions
        if function.is_device and not function.is_kernel and barrier.search(data, function.start, function.end)
    }
    calls = []
    for call in parsed.captures.get("call", ()) if holders else ():
        callee = call.child_by_field_name("function")
        function = functions.at(call.start_byte)
        if callee is None or function is None or not function.is_device:
            continue
        head = callee.child_by_field_name("name") if callee.type == "template_function" else callee
        if head is not None and head.type == "identifier":
            calls.append((parsed.node_text(head).encode(), last_name(function.name), head))
    reached = -1
    while reached != len(holders):
        reached = len(holders)
        holders |= {caller for name, caller, _ in calls if name in holders}
    yield from (head for name, caller, head in calls if name in holders and name != caller)
