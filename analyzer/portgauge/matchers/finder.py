"""The shapes of one parsed file: finds each at its anchor and notes a site for each rule that it satisfies."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping

from portgauge.matchers import shapes as shape_matchers
from portgauge.matchers.bit_arrays import is_bit_of_word, shifts_by_bit_of_word
from portgauge.matchers.classes import ClassTable
from portgauge.matchers.compiled import ShapeEntry
from portgauge.matchers.dataflow import LocalFlow
from portgauge.matchers.divergence import EarlyReturns, calls_that_reach, divergent_matches, only_first_threads
from portgauge.matchers.file_scan import FileScan
from portgauge.matchers.forms import CallForm, given, keyword, lane_loop, member, operator_definition, template_use
from portgauge.matchers.functions import Function, FunctionTable
from portgauge.matchers.launches import LaunchReader
from portgauge.matchers.names import ScopeNames
from portgauge.matchers.parts import LazyParts, Part
from portgauge.matchers.shapes import LocalTypes, ShapeMatch
from portgauge.matchers.telling import TellingNames
from portgauge.matchers.thread_index import THREADS, Counts, ThreadIndex
from portgauge.matchers.waves import WaveTable
from portgauge.model.rule import Confidence
from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.tree import Node

_WORD = re.compile(rb"[A-Za-z_]\w*")

_HARDWARE, _WARP_SIZE = "hardware-warp", b"warpSize"

Reached = Callable[[ShapeEntry], frozenset[str] | None]


def _merged(nodes: Iterable[Node]) -> tuple[list[int], list[int]]:
    """Return the starts and ends of the stretches that nodes cover, sorted and apart from each other."""
    starts: list[int] = []
    ends: list[int] = []
    for start, end in sorted((node.start_byte, node.end_byte) for node in nodes):
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return starts, ends


def _rounds(node: Node, parsed: ParsedFile) -> str:
    """Return ``yes`` when a quotient is multiplied by its divisor at once: that rounds, and counts nothing."""
    outer, divisor = node.parent, node.child_by_field_name("right")
    while outer is not None and outer.type == "parenthesized_expression":
        outer = outer.parent
    if outer is None or divisor is None or outer.type != "binary_expression":
        return "no"
    operator = outer.child_by_field_name("operator")
    sides = [outer.child_by_field_name(side) for side in ("left", "right")]
    is_product = operator is not None and parsed.node_text(operator) in ("*", "<<")
    same = parsed.node_text(divisor)
    return "yes" if is_product and any(side is not None and parsed.node_text(side) == same for side in sides) else "no"


class ShapeFinder:
    """Finds shapes in one file, and keeps what is worked out once for each function."""

    def __init__(self, scan: FileScan, parsed: ParsedFile, functions: FunctionTable, scope_names: ScopeNames) -> None:
        self._scan = scan
        self._parsed = parsed
        self._functions = functions
        self._scope_names = scope_names
        self._error_starts, self._error_ends = _merged(parsed.captures.get("error", ()))
        self._flows: dict[int, LocalFlow] = {}
        self._types: dict[int, LocalTypes] = {}
        self._returns: dict[int, EarlyReturns] = {}
        self._indices: dict[int, ThreadIndex] = {}
        self._classes = ClassTable(parsed)
        self.waves = WaveTable(functions, parsed, scan.rules.shapes, lambda: scan.constants, words=scan.distinct_words)
        self.launches = LaunchReader(parsed, functions, lambda: scan.constants)

    def is_in_error(self, offset: int) -> bool:
        """Return whether a place stands inside a region that the parser could not read."""
        index = bisect_right(self._error_starts, offset) - 1
        return index >= 0 and offset < self._error_ends[index]

    def confidence(self, offset: int, confidence: Confidence) -> Confidence:
        """Return the confidence, one step lower inside a parse error."""
        if self.is_in_error(offset):
            return Confidence.LOW if confidence is not Confidence.HIGH else Confidence.MEDIUM
        return confidence

    def add(self, match: ShapeMatch, *, function: Function | None, reached: Reached = lambda _: frozenset()) -> None:
        """Note a shape, with less confidence where the parser could not read its place."""
        self._scan.add_shape(
            match,
            base=0,
            function=function,
            extra={},
            confidence=self.confidence(match.start, Confidence.HIGH),
            reached=reached,
        )

    def _reached(self, nodes: Mapping[str, Node | None], function: Function | None) -> Reached:
        """Return the test whether the parts of a place come from the seeds that a rule asks for."""

        def reached(entry: ShapeEntry) -> frozenset[str] | None:
            found: frozenset[str] = frozenset()
            for part, seeds in entry.shape.flow.items():
                node = nodes.get(part)
                if node is None or function is None:
                    return None
                reaching = self._flow(function).seeds_of(node)
                if not reaching.intersection(seeds):
                    return None
                found |= reaching
            return found

        return reached

    def at_name(self, leaf: Node, name: str, *, scopes: tuple[str, ...], function: Function | None) -> None:
        """Note the shapes that start at a name."""
        rules, parsed, constants = self._scan.rules, self._parsed, self._scan.constants
        groups = [
            group
            for group, qualifiers in rules.groups_of.get(name, ())
            if self._scope_names.reaches(scopes, name, qualifiers)
        ]
        wanted = {group: rules.shapes_of_group.get(group, frozenset()) for group in groups}
        shapes = frozenset[str]().union(*wanted.values()) if wanted else frozenset[str]()
        matches: list[ShapeMatch] = []
        if "call" in shapes:
            matches += shape_matchers.call_match(
                leaf, parsed, rules.shapes, constants, lambda: self.local_types(function)
            )
        if "kept-result" in shapes:
            matches += shape_matchers.kept_result_match(leaf, parsed, rules.shapes, lambda: self.local_types(function))
        if name in rules.constant_names:
            constant = shape_matchers.constant_expression_match(leaf, parsed)
            matches += [constant] if constant is not None else []
        for group in groups:
            if "template-use" in wanted[group]:
                matches += template_use(leaf, parsed, constants, group)
            if "divergent-call" in wanted[group] and function is not None and function.is_device:
                matches += divergent_matches(leaf, parsed, group=group, returns=self._early_returns(function))
        for match in matches:
            self.add(match, function=function)
        if "call-form" in shapes:
            self._call_forms(leaf, name, [g for g in groups if "call-form" in wanted[g]], function)
        if "lane-loop" in shapes:
            self._lane_loops(leaf, name, [g for g in groups if "lane-loop" in wanted[g]], function)

    def _form(self, leaf: Node, function: Function | None) -> CallForm:
        return CallForm(
            leaf,
            self._parsed,
            constants=self._scan.constants,
            function=function,
            local_types=lambda: self.local_types(function),
        )

    def _lane_loops(self, leaf: Node, name: str, groups: Iterable[str], function: Function | None) -> None:
        masked = name in self._scan.rules.shapes.groups.get("masked-shuffle", frozenset())
        match = lane_loop(self._form(leaf, function), name, arguments_without_width=3 if masked else 2)
        if match is None:
            return
        for group in groups:
            parts = LazyParts({**match.parts, "group": group}, {"wave": lambda: self._wave(function)})
            self.add(ShapeMatch(shape=match.shape, start=match.start, end=match.end, parts=parts), function=function)

    def _call_forms(self, leaf: Node, name: str, groups: Iterable[str], function: Function | None) -> None:
        form = self._form(leaf, function)
        if form.node is None:
            return
        call = form.node
        nodes = {part: form.argument(part) for part in ("first", "second", "third", "fourth")}
        for group in groups:
            parts = form.parts(name, group, sorts=self._scan.rules.shapes.radix_sorts)
            parts.add("threads", lambda: self._threads(call, function))
            match = ShapeMatch(shape="call-form", start=call.start_byte, end=call.end_byte, parts=parts)
            self.add(match, function=function, reached=self._reached(nodes, function))

    def at_member(self, leaf: Node, *, function: Function | None) -> None:
        """Note the shape ``member`` at the name of a member."""
        for match in member(leaf, self._parsed):
            self.add(match, function=function)

    def at_keyword(self, leaf: Node, *, function: Function | None) -> None:
        """Note the shape ``keyword`` at a word of the language."""
        side = function.side if function else "host"
        for match in keyword(leaf, self._parsed, constants=self._scan.constants, side=side):
            if isinstance(match.parts, LazyParts):
                match.parts.add("wave", lambda: self._wave(function))
                match.parts.add("constructs", lambda: self._constructs(leaf))
            self.add(match, function=function)
        for match in operator_definition(leaf, self._parsed, side=side):
            self.add(match, function=function)

    def _constructs(self, leaf: Node) -> str:
        """Return whether a declaration by keyword makes an object of a class of this file that writes to itself."""
        declaration = leaf.parent
        while declaration is not None and declaration.type != "declaration":
            declaration = declaration.parent
        kind = declaration.child_by_field_name("type") if declaration is not None else None
        name = kind.child_by_field_name("name") if kind is not None and kind.type == "template_type" else kind
        if name is None or name.type != "type_identifier":
            return "no"
        return "yes" if self._classes.initialises(self._parsed.node_text(name)) else "no"

    def captured(self) -> None:
        """Note the shapes that the query captured."""
        self._launches()
        self._numbers("binary-with-literal", shape_matchers.binary_parts, "left")
        self._named_numbers()
        self._numbers("literal-first", shape_matchers.literal_first_parts, "right")
        self._divergent_calls()

    def _divergent_calls(self) -> None:
        """Note the shape ``divergent-call`` where a function of the file does the call."""
        rules = self._scan.rules
        for group, shapes in rules.shapes_of_group.items():
            names = rules.shapes.groups.get(group, frozenset())
            if "divergent-call" not in shapes or not any(name.encode() in self._scan.distinct_words for name in names):
                continue
            for leaf in calls_that_reach(names, self._functions, self._parsed):
                function = self._functions.at(leaf.start_byte)
                if function is None:
                    continue
                returns = self._early_returns(function)
                for match in divergent_matches(leaf, self._parsed, group=group, returns=returns):
                    self.add(match, function=function)

    def telling_names(self) -> None:
        """Note the shape ``telling-name`` at the names that hold a mark."""
        rules, data = self._scan.rules, self._scan.source.data
        telling = TellingNames(self._parsed, self._functions, deciders=rules.deciders, copies=rules.copies)

        def words(of: Iterable[bytes]) -> list[bytes]:
            marks = [mark for mark in of if mark in data]
            return [word for word in self._scan.distinct_words if any(mark in word for mark in marks)] if marks else []

        for matches in (telling.matches(words(rules.telling_marks)), telling.sizes(words(rules.size_marks))):
            for match, function in matches:
                self.add(match, function=function)

    def _launches(self) -> None:
        for node in self._parsed.captures.get("launch", ()):
            call = node.parent or node
            function = self._functions.at(call.start_byte)
            parts = shape_matchers.launch_parts(node, self._parsed, self._scan.constants)
            side = function.side if function else "host"
            match = ShapeMatch(shape="launch", start=call.start_byte, end=call.end_byte, parts={**parts, "side": side})
            self.add(match, function=function)
            self.launches.add(call, kernel=str(parts["kernel"]), configuration=given(node))

    def at_launch_call(self, leaf: Node, *, places: Mapping[str, int]) -> None:
        """Note a launch by a call of the run time: the kernel is an argument, behind casts or not."""
        call = leaf.parent
        if call is None or call.type != "call_expression":
            return
        self.launches.add_call(call, places=places)

    def _numbers(
        self, shape: str, read: Callable[[Node, ParsedFile], shape_matchers.Parts | None], other_side: str
    ) -> None:
        if shape not in self._scan.rules.shape_rules:
            return
        for node in self._parsed.captures.get(shape, ()):
            parts = read(node, self._parsed)
            if parts is not None:
                self._number(shape, node, parts, other_side)

    def _named_numbers(self) -> None:
        """Note the shape ``binary-with-literal`` where a name of the file stands for the number."""
        if not any(function.is_device for function in self._functions.functions):
            return
        wanted = self._scan.rules.literals_of("binary-with-literal")
        names = {
            named.name.encode(): (named.literal, self._functions.at(named.start))
            for named in self._scan.constants.named()
            if named.literal in wanted
        }
        if not names:
            return
        for match in _WORD.finditer(self._scan.source.data):
            literal, home = names.get(match.group(), (None, None))
            if literal is None or (home is not None and home != self._functions.at(match.start())):
                continue  # a constant of one function is none of another
            leaf = self._parsed.leaf_at(match.start(), match.end())
            node = leaf.parent if leaf is not None and leaf.type == "identifier" else None
            if node is None or node.type != "binary_expression" or node.child_by_field_name("right") != leaf:
                continue
            parts = shape_matchers.binary_parts(node, self._parsed, amount=literal)
            if parts is not None:
                self._number("binary-with-literal", node, {**parts, "constant": match.group().decode()}, "left")

    def _number(self, shape: str, node: Node, parts: shape_matchers.Parts, other_side: str) -> None:
        function = self._functions.at(node.start_byte)
        other = node.child_by_field_name(other_side)
        known: dict[str, Part] = dict(parts)
        readers: dict[str, Callable[[], Part | None]] = {
            "wave": lambda: self._wave(function),
            "counts": lambda: self._counts(function, other, of=node),
            "side": lambda: function.side if function else "host",
            "asks_gpu": lambda: self._asks_gpu(function),
            other_side: lambda: " ".join(self._parsed.node_text(other).split()) if other is not None else None,
            "rounds": lambda: _rounds(node, self._parsed),
            "looks_up": lambda: "bit" if shifts_by_bit_of_word(node, self._parsed) else "no",
        }
        self.add(
            ShapeMatch(shape=shape, start=node.start_byte, end=node.end_byte, parts=LazyParts(known, readers)),
            function=function,
            reached=self._reached({other_side: other}, function),
        )

    def _wave(self, function: Function | None) -> str | None:
        return self.waves.around(function).name.lower() if function is not None else None

    def _asks_gpu(self, function: Function | None) -> str:
        """Return whether a function, or one of its file that it reaches, reads the warp size of the GPU."""
        if function is None or _WARP_SIZE not in self._scan.distinct_words:
            return "no"
        has = self._scan.surroundings.has
        return "yes" if any(has(_HARDWARE, f.start, f.end) for f in self.waves.reached(function)) else "no"

    def _counts(self, function: Function | None, node: Node | None, *, of: Node) -> str | None:
        if function is None or node is None:
            return None
        if is_bit_of_word(of, self._parsed):
            return Counts.OTHER.value
        return self._index(function).of(node).value

    def _index(self, function: Function) -> ThreadIndex:
        if function.start not in self._indices:
            self._indices[function.start] = ThreadIndex(
                function,
                self._parsed,
                flow=self._flow(function),
                seeds=self._scan.rules.shapes.seeds,
                constants=self._scan.constants,
            )
        return self._indices[function.start]

    def _threads(self, call: Node, function: Function | None) -> str | None:
        """Return ``first-32`` when only the first 32 threads of a block come to a call; None when that is not seen."""
        if function is None or not function.is_device:
            return None
        is_first = only_first_threads(
            call, function, self._parsed, counts=self._index(function).of, amount=self._scan.constants.amount
        )
        return "first-32" if is_first else None

    def _flow(self, function: Function) -> LocalFlow:
        if function.start not in self._flows:
            self._flows[function.start] = LocalFlow(function, self._parsed, self._scan.rules.shapes.seeds)
        return self._flows[function.start]

    def _early_returns(self, function: Function) -> EarlyReturns:
        if function.start not in self._returns:
            self._returns[function.start] = EarlyReturns(function, flow=self._flow(function), seed=THREADS)
        return self._returns[function.start]

    def local_types(self, function: Function | None) -> LocalTypes | None:
        """Return the types declared in a function; None outside of one."""
        if function is None:
            return None
        if function.start not in self._types:
            self._types[function.start] = LocalTypes(function.node, self._parsed)
        return self._types[function.start]
