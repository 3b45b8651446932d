"""Names that tell how data lie (``nhwc_``, ``ChannelsLast``, ``repack_weights``), and what decides over them.

Such names are the codebase's own, so no table can list them: they are found by the marks that they hold, and a rule
asks for the pattern of a name, for what is done with it, and for the conditions under which it is done.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from portgauge.matchers.copies import Copies
from portgauge.matchers.functions import Function, FunctionTable
from portgauge.matchers.parts import LazyParts, Part
from portgauge.matchers.shapes import ShapeMatch
from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.tree import Node

_NAMES = frozenset({"identifier", "field_identifier", "type_identifier"})
_AROUND_NAME = frozenset(
    {
        "qualified_identifier",
        "template_function",
        "field_expression",
        "parenthesized_expression",
        "pointer_declarator",
        "reference_declarator",
    }
)
_LOGICAL = frozenset({"&&", "||", "and", "or"})
_DECLARATIONS = frozenset(
    {"declaration", "field_declaration", "parameter_declaration", "optional_parameter_declaration"}
)
_PRINTS = re.compile(r"(?i)\w*(?:print|log|info)\w*|\w*::(?:print|format)\w*")
_MAX_STEPS_UP = 60
_MAX_STEPS_TO_OUTPUT = 8
_MAX_FOLLOWED = 6
"""How many names of a condition are looked up in the function around it."""
_WORD = re.compile(r"[A-Za-z_]\w*")


class TellingNames:
    """The telling names of one file.

    ``deciders`` are patterns over the text of conditions, by what they ask for; ``copies`` those over the text of
    functions that ``Copies`` needs.
    """

    def __init__(
        self,
        parsed: ParsedFile,
        functions: FunctionTable,
        *,
        deciders: Mapping[str, "re.Pattern[str]"],
        copies: Mapping[str, "re.Pattern[str]"],
    ) -> None:
        self._parsed = parsed
        self._functions = functions
        self._deciders = deciders
        self._seen: set[tuple[str, int]] = set()
        self._copy_patterns = copies
        self._copies: dict[int, Copies] = {}
        self._defined: dict[tuple[str, int], str] = {}

    def matches(self, words: Iterable[bytes]) -> Iterator[tuple[ShapeMatch, Function | None]]:
        """Yield the shape ``telling-name`` at each use of the words in code, with the function around it."""
        ordered = sorted(words, key=len, reverse=True)
        if not ordered:
            return
        pattern = re.compile(rb"\b(?:%s)\b" % b"|".join(map(re.escape, ordered)))
        for found in pattern.finditer(self._parsed.source.data):
            leaf = self._parsed.leaf_at(found.start(), found.end())
            if leaf is None or leaf.type not in _NAMES or leaf.start_byte != found.start():
                continue
            yield self._match(leaf)

    def sizes(self, words: Iterable[bytes]) -> Iterator[tuple[ShapeMatch, Function | None]]:
        """Yield the shape at each word that is the size of an array in a structure whose size the file asks for."""
        ordered = sorted(words, key=len, reverse=True)
        if not ordered:
            return
        data = self._parsed.source.data
        for found in re.finditer(rb"\[\s*(%s)\s*\]" % b"|".join(map(re.escape, ordered)), data):
            leaf = self._parsed.leaf_at(found.start(1), found.end(1))
            field, structure = _field_of_size(leaf) if leaf is not None and leaf.type == "identifier" else (None, None)
            named = structure.child_by_field_name("name") if structure is not None else None
            if field is None or named is None or leaf is None:
                continue
            name = self._parsed.node_text(named).encode()
            if not re.search(rb"\bsizeof\s*\(\s*(?:struct\s+)?%s\s*\)" % re.escape(name), data):
                continue
            parts: dict[str, Part] = {"name": self._parsed.node_text(leaf), "role": "size-of-member"}
            yield (
                ShapeMatch(shape="telling-name", start=field.start_byte, end=field.end_byte, parts=parts),
                self._functions.at(leaf.start_byte),
            )

    def _match(self, leaf: Node) -> tuple[ShapeMatch, Function | None]:
        name = self._parsed.node_text(leaf)
        function = self._functions.at(leaf.start_byte)
        node = _whole_name(leaf)
        role, place, value = self._role(node)
        if role == "declared":
            place = leaf
        home = function.start if function is not None else -1
        first = {"file": (name, -2), "function": (name, home)}
        new = [scope for scope, key in first.items() if key not in self._seen]
        self._seen.update(first.values())
        is_member = node.type == "field_expression" and leaf.type == "field_identifier"
        known: dict[str, Part] = {
            "name": name,
            "role": role,
            "first_in": new[0] if new else "neither",
            "member": "yes" if is_member else "no",
        }
        if value is not None:
            known["value"] = {"number_literal": "number", "identifier": "name"}.get(value.type, "other")
        parts = LazyParts(
            known,
            {
                "decided_by": lambda: self._decided_by(node, value, function),
                "pitch": lambda: self._pitch(node, function),
                "from_device": lambda: self._from_device(node, function),
            },
        )
        return ShapeMatch(shape="telling-name", start=place.start_byte, end=place.end_byte, parts=parts), function

    def _role(self, node: Node) -> tuple[str, Node, Node | None]:
        """Return what is done with a name, the place that shows it, and the value that the name gets if any."""
        parent = node.parent
        if parent is None:
            return "used", node, None
        match parent.type:
            case "assignment_expression" if parent.child_by_field_name("left") == node:
                return "assigned", parent, parent.child_by_field_name("right")
            case "init_declarator" if parent.child_by_field_name("declarator") == node:
                return "assigned", parent, parent.child_by_field_name("value")
            case "field_initializer" if parent.named_children[0] == node:
                return "assigned", parent, parent.named_children[-1]
            case "call_expression" if parent.child_by_field_name("function") == node:
                return "called", node, None
            case "function_declarator" | "preproc_def" | "preproc_function_def":
                return "defined", node, None
            case "conditional_expression" if parent.child_by_field_name("condition") != node:
                return "chosen", parent, None
            case "return_statement":
                return "returned", parent, None
            case kind if kind in _DECLARATIONS:
                return "declared", node, None
        if self._is_printed(node):
            return "printed", node, None
        if parent.type == "argument_list":
            return "passed", node, None
        tested = self._condition_of(node)
        return ("tested", tested, None) if tested is not None else ("used", node, None)

    def _is_printed(self, node: Node) -> bool:
        """Return whether a name is written out: into a stream, or by a call whose name says so."""
        current: Node | None = node.parent
        for _ in range(_MAX_STEPS_TO_OUTPUT):
            if current is None or current.type.endswith("statement"):
                return False
            operator = current.child_by_field_name("operator")
            if (
                current.type == "binary_expression"
                and operator is not None
                and self._parsed.node_text(operator) == "<<"
            ):
                return True
            callee = current.child_by_field_name("function") if current.type == "call_expression" else None
            if callee is not None and _PRINTS.fullmatch(self._parsed.node_text(callee)):
                return True
            current = current.parent
        return False

    def _pitch(self, node: Node, function: Function | None) -> str | None:
        call = node.parent
        if call is None or call.type != "call_expression" or function is None:
            return None
        return self._copies_of(function).pitch_of(call, self._parsed)

    def _from_device(self, node: Node, function: Function | None) -> str | None:
        call = node.parent
        if call is None or call.type != "call_expression" or function is None:
            return None
        return "yes" if self._copies_of(function).comes_from_device(call, self._parsed) else "no"

    def _copies_of(self, function: Function) -> Copies:
        if function.start not in self._copies:
            text = self._parsed.source.text(function.start, function.end)
            self._copies[function.start] = Copies(text, self._copy_patterns)
        return self._copies[function.start]

    def _condition_of(self, node: Node) -> Node | None:
        """Return the largest ``&&`` and ``||`` of other terms that a name is a term of; None when it stands alone."""
        found: Node | None = None
        current = node
        while current.parent is not None and current.parent.type in (
            "binary_expression",
            "unary_expression",
            "parenthesized_expression",
        ):
            current = current.parent
            if current.type == "binary_expression":
                if self._operator(current) not in _LOGICAL:
                    break
                found = current
        return found

    def _decided_by(self, node: Node, value: Node | None, function: Function | None) -> str | None:
        """Return which decider the conditions around a name, or the value that it gets, ask for; ``both`` for more."""
        texts = [self._parsed.node_text(each) for each in (*self._conditions(node), *((value,) if value else ()))]
        told = " ; ".join(texts)
        if not told:
            return None
        told += self._definitions(told, function)
        asked = [name for name, pattern in self._deciders.items() if pattern.search(told)]
        return "both" if len(asked) > 1 else asked[0] if asked else None

    def _conditions(self, node: Node) -> Iterator[Node]:
        """Yield the conditions that lead to a name, innermost first, up to its function."""
        parent = node.parent
        for _ in range(_MAX_STEPS_UP):
            if parent is None or parent.type == "function_definition":
                return
            condition = parent.child_by_field_name("condition")
            match parent.type:
                case "conditional_expression" | "if_statement" | "switch_statement" if condition is not None:
                    yield condition
                case "case_statement" if (label := parent.child_by_field_name("value")) is not None:
                    yield label
                case "binary_expression" if self._operator(parent) in _LOGICAL:
                    yield parent
            parent = parent.parent

    def _operator(self, node: Node) -> str:
        operator = node.child_by_field_name("operator")
        return self._parsed.node_text(operator) if operator is not None else ""

    def _definitions(self, told: str, function: Function | None) -> str:
        """Return what the function around says of the names in a condition: the values that they begin with."""
        if function is None:
            return ""
        names = list(dict.fromkeys(_WORD.findall(told)))[:_MAX_FOLLOWED]
        return "".join(self._definition(name, function) for name in names)

    def _definition(self, name: str, function: Function) -> str:
        key = (name, function.start)
        if key not in self._defined:
            text = self._parsed.source.text(function.start, function.end)
            found = re.search(rf"\b{name}\s*=\s*([^;=][^;]{{0,200}});", text)
            self._defined[key] = f" ; {found.group(1)}" if found else ""
        return self._defined[key]


def _whole_name(leaf: Node) -> Node:
    """Return a name with the scopes, objects and template arguments that are written with it."""
    node = leaf
    while (parent := node.parent) is not None and parent.type in _AROUND_NAME:
        if parent.type == "field_expression" and parent.child_by_field_name("field") != node:
            break
        node = parent
    return node


def _field_of_size(leaf: Node) -> tuple[Node | None, Node | None]:
    """Return the member declaration whose array has this size, and the structure around it."""
    parent = leaf.parent
    while parent is not None and parent.type == "array_declarator":
        parent = parent.parent
    if parent is None or parent.type != "field_declaration":
        return None, None
    body = parent.parent
    return parent, body.parent if body is not None else None
