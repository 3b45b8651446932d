"""What an expression counts: the threads of a block one by one, what is the same for the whole block, or else.

``threadIdx.x + 128 * blockIdx.x`` counts threads, so its remainder by 32 is a lane. A row, a bit of a word, a quantised
value, a hash or an index that was divided before is something else, although a thread index went into it.
"""

from bisect import bisect_right
from enum import StrEnum

from portgauge.matchers.constants import FileConstants
from portgauge.matchers.dataflow import LocalFlow, Seeds
from portgauge.matchers.functions import Function
from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.tree import Node

THREADS = "thread-index"
"""The seed of values that differ between the threads of a block."""
_SAME_FOR_BLOCK = ("grid-index", "block-size")
_WAVE_LANES = 64
"""A remainder by a multiple of it leaves the lane as it is, on every wave size."""
_MAX_DEPTH = 24


class Counts(StrEnum):
    """What a value counts; the names are the values of the part ``counts``."""

    THREAD = "thread"
    BLOCK = "block"
    OTHER = "other"
    CONSTANT = "constant"
    SCALED = "scaled"
    """A thread index times something: a row of threads."""


def _inner(node: Node) -> Node | None:
    """Return what a wrapper holds: parentheses, a cast, a list of one argument."""
    match node.type:
        case "parenthesized_expression" | "argument_list" | "initializer_list":
            return node.named_children[0] if len(node.named_children) == 1 else None
        case "cast_expression":
            return node.child_by_field_name("value")
        case "unary_expression" if node.child_count and node.children[0].type == "+":
            return node.child_by_field_name("argument")
    return None


def _joined(found: set[Counts]) -> Counts:
    """Return what a variable counts that gets several values: a thread index may go on by whole blocks."""
    if len(found) == 1:
        return found.pop()
    if Counts.THREAD in found and found <= {Counts.THREAD, Counts.BLOCK}:
        return Counts.THREAD
    if found <= {Counts.BLOCK, Counts.CONSTANT}:
        return Counts.BLOCK
    return Counts.OTHER


class ThreadIndex:
    """What the values of one function count."""

    def __init__(
        self, function: Function, parsed: ParsedFile, *, flow: LocalFlow, seeds: Seeds, constants: FileConstants
    ) -> None:
        self._function = function
        self._parsed = parsed
        self._flow = flow
        self._constants = constants
        self._threads, self._thread_calls = seeds.get(THREADS, (frozenset(), frozenset()))
        self._blocks = frozenset[str]().union(*(seeds[name][0] for name in _SAME_FOR_BLOCK if name in seeds))
        self._given: dict[str, tuple[list[int], list[Counts]]] = {}
        for name, value in flow.in_order():
            places, counted = self._given.setdefault(name, ([], []))
            found = self.of(value)
            counted.append(_joined({counted[-1], found}) if counted else found)
            places.append(value.end_byte)

    def of(self, node: Node) -> Counts:
        """Return what an expression counts."""
        return self._of(node, 0)

    def _of(self, node: Node, depth: int) -> Counts:
        if depth > _MAX_DEPTH:
            return Counts.OTHER
        inner = _inner(node)
        if inner is not None:
            return self._of(inner, depth + 1)
        match node.type:
            case "number_literal" | "sizeof_expression":
                return Counts.CONSTANT
            case "identifier":
                return self._named(self._parsed.node_text(node), node.start_byte)
            case "field_expression":
                return self._field(node)
            case "call_expression":
                return self._call(node, depth)
            case "binary_expression":
                return self._binary(node, depth)
        return Counts.OTHER

    def _field(self, node: Node) -> Counts:
        holder = node.child_by_field_name("argument")
        name = self._parsed.node_text(holder) if holder is not None else ""
        if name in self._threads:
            return Counts.THREAD
        return Counts.BLOCK if name in self._blocks else Counts.OTHER

    def _call(self, node: Node, depth: int) -> Counts:
        callee = node.child_by_field_name("function")
        name = self._parsed.node_text(callee).split("<")[0] if callee is not None else ""
        if name.rsplit(".", 1)[-1].rsplit(":", 1)[-1].strip() in self._thread_calls:
            return Counts.THREAD
        arguments = node.child_by_field_name("arguments")
        if name in ("static_cast", "int", "unsigned", "size_t", "uint32_t") and arguments is not None:
            return self._of(arguments, depth + 1)
        return Counts.OTHER

    def _named(self, name: str, place: int) -> Counts:
        """Return what a variable counts at a place, from all that it is given before, and in the loop around."""
        if name in self._flow.changed():
            return Counts.OTHER
        if name not in self._given:
            return self._from_outside(name)
        places, counted = self._given[name]
        before = bisect_right(places, self._flow.end_of_loop(place))
        return counted[before - 1] if before else Counts.OTHER

    def _from_outside(self, name: str) -> Counts:
        """Return what a name counts that the function gives no value: a parameter, or a constant from elsewhere."""
        if self._constants.amount(name) is not None or name.isupper():
            return Counts.CONSTANT
        if name in self._flow.parameters():
            # What a kernel is given is the same for all its threads; another function may be given anything.
            return Counts.BLOCK if self._function.is_kernel else Counts.OTHER
        return Counts.CONSTANT

    def _binary(self, node: Node, depth: int) -> Counts:
        operator, left, right = (node.child_by_field_name(part) for part in ("operator", "left", "right"))
        if operator is None or left is None or right is None:
            return Counts.OTHER
        first, second = self._of(left, depth + 1), self._of(right, depth + 1)
        both = {first, second}
        if Counts.OTHER in both:
            return Counts.OTHER
        fixed = both <= {Counts.BLOCK, Counts.CONSTANT}
        if fixed:
            return Counts.BLOCK if Counts.BLOCK in both else Counts.CONSTANT
        match self._parsed.node_text(operator):
            case "+" | "-" if second not in (Counts.THREAD, Counts.SCALED) or self._parsed.node_text(operator) == "+":
                return Counts.THREAD if Counts.THREAD in both else Counts.SCALED
            case "*" if Counts.THREAD in both or Counts.SCALED in both:
                return Counts.SCALED if both & {Counts.BLOCK, Counts.CONSTANT} else Counts.OTHER
            case "<<" if second in (Counts.BLOCK, Counts.CONSTANT):
                return Counts.SCALED
            case "%" | "&" if first is Counts.THREAD:
                return self._kept(self._parsed.node_text(operator), right)
        return Counts.OTHER

    def _kept(self, operator: str, right: Node) -> Counts:
        """Return whether a remainder keeps the lane: by a multiple of the largest wave, or the mask of one."""
        amount = self._constants.amount(self._parsed.node_text(right))
        if amount is not None and operator == "&":
            amount += 1
        return Counts.THREAD if amount and amount % _WAVE_LANES == 0 else Counts.OTHER
