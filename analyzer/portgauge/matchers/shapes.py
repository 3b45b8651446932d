"""The shared structural patterns: what their parts are at one place in one file."""

import re
from collections.abc import Callable, Iterator, Mapping

from portgauge.matchers.constants import FileConstants, literal_bits, number_of
from portgauge.model.base import value
from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.lexer import Token, tokens
from portgauge.parsing.tree import Node
from portgauge.rulebook.rulebook import Shapes

Parts = Mapping[str, str | int]
_ORDERS = frozenset({"<", "<=", ">", ">="})
_COUNTED_LOOPS = frozenset({"for_statement", "for_range_loop"})
_LOWER_LANES = 0xFFFFFFFF
_HALF = 32
"""Bits of a mask that names the lower lanes only."""


@value
class ShapeMatch:
    """A place that has a shape, with its parts."""

    shape: str
    start: int
    end: int
    parts: Parts
    extent: int = 0
    """Where the whole of it ends, such as the body of a definition whose head matches; 0 when that is the end."""


def _groups_of(shapes: Shapes, name: str) -> list[str]:
    return [group for group, members in shapes.groups.items() if name in members]


def _mask_parts(text: str, constants: FileConstants) -> Parts:
    """Return what a mask as written says about its own width, and about the lanes that it names."""
    bits = constants.bits(text)
    parts: dict[str, str | int] = {"mask_bits": bits} if bits else {}
    if bits != _HALF and constants.amount(text) == _LOWER_LANES:
        parts["mask_lanes"] = _HALF
    return parts


def _mask_of_variable(text: str, shapes: Shapes, local_types: Callable[[], "LocalTypes | None"]) -> Parts:
    """Return that a mask has 32 bits when it is a variable or parameter of the function of such a type."""
    types = local_types() if text.isidentifier() else None
    declared = types.of(text) if types is not None else ""
    return {"mask_bits": _HALF} if declared and " ".join(declared.split()) in shapes.types_32_bit else {}


def _mask_elsewhere(text: str, local_types: Callable[[], "LocalTypes | None"]) -> Parts:
    """Return the name of a mask that this function does not declare, so that another file may."""
    if not text.isidentifier():
        return {}
    types = local_types()
    return {} if types is None or types.element_of(text) else {"mask_name": text}


def call_match(
    node: Node,
    parsed: ParsedFile,
    shapes: Shapes,
    constants: FileConstants,
    local_types: Callable[[], "LocalTypes | None"],
) -> Iterator[ShapeMatch]:
    """Yield the shape ``call`` at a name that is being called."""
    call = node.parent
    while call is not None and call.type in ("template_function", "qualified_identifier"):
        call = call.parent
    if call is None or call.type != "call_expression":
        return
    arguments = call.child_by_field_name("arguments")
    if arguments is None:
        return
    given = [child for child in arguments.named_children if child.type != "comment"]
    name = parsed.node_text(node)
    groups = _groups_of(shapes, name)
    if not groups:
        return
    first = parsed.node_text(given[0]).strip() if given else ""
    mask = (
        _mask_parts(first, constants)
        or _mask_of_variable(first, shapes, local_types)
        or _mask_elsewhere(first, local_types)
    )
    for group in groups:
        place = given[0] if given else node
        yield ShapeMatch(
            shape="call",
            start=place.start_byte,
            end=place.end_byte,
            parts={
                "callee": name,
                "group": group,
                **mask,
            },
        )


_WINDOW_BYTES = 400
_MAX_ARGUMENT_TOKENS = 40


def call_match_in_text(
    text: bytes, start: int, name: bytes, shapes: Shapes, constants: FileConstants
) -> Iterator[ShapeMatch]:
    """Yield the shape ``call`` at a name where there is no tree: macro bodies and degraded files."""
    groups = _groups_of(shapes, name.decode())
    if not groups:
        return
    following = list(tokens(text[start : start + _WINDOW_BYTES]))
    if len(following) < 3 or following[1].text != b"(":
        return
    argument: list[Token] = []
    depth = 0
    for token in following[2 : 2 + _MAX_ARGUMENT_TOKENS]:
        if depth == 0 and token.text in (b",", b")"):
            break
        depth += {b"(": 1, b")": -1}.get(token.text, 0)
        argument.append(token)
    if not argument:
        return
    mask = _mask_parts(b"".join(token.text for token in argument).decode("utf-8", "replace"), constants)
    for group in groups:
        yield ShapeMatch(
            shape="call",
            start=start + argument[0].start,
            end=start + argument[-1].end,
            parts={"callee": name.decode(), "group": group, **mask},
        )


class LocalTypes:
    """The declared types of the locals and parameters of one function, read in one pass."""

    def __init__(self, function: Node, parsed: ParsedFile) -> None:
        self._types: dict[str, str] = {}
        self._plain: set[str] = set()
        self._shared: set[str] = set()
        pointers: set[str] = set()
        assigned: set[str] = set()
        stack = [function]
        while stack:
            node = stack.pop()
            if node.type == "assignment_expression":
                left = node.child_by_field_name("left")
                assigned.add(parsed.node_text(left) if left is not None and left.type == "identifier" else "")
            kind = node.child_by_field_name("type") if node.type in ("declaration", "parameter_declaration") else None
            if kind is not None:
                written = parsed.node_text(kind)
                is_shared = any(parsed.node_text(child) == "__shared__" for child in node.children)
                for declarator in node.children_by_field_name("declarator"):
                    self._note(declarator, written, parsed, is_shared=is_shared)
                    pointers |= self._pointer_to_shared(declarator, parsed)
            stack.extend(reversed(node.named_children))
        self._shared -= pointers & assigned

    def _pointer_to_shared(self, declarator: Node, parsed: ParsedFile) -> set[str]:
        """Note a pointer that begins in shared memory; return its name, or nothing for any other declaration."""
        pointer, value = declarator.child_by_field_name("declarator"), declarator.child_by_field_name("value")
        if declarator.type != "init_declarator" or pointer is None or pointer.type != "pointer_declarator":
            return set()
        inner = pointer.child_by_field_name("declarator")
        while inner is not None and inner.type == "pointer_type_declarator":
            inner = inner.child_by_field_name("declarator")
        name = parsed.node_text(inner) if inner is not None and inner.type == "identifier" else ""
        if not name or _array_at(value, parsed) not in self._shared:
            return set()
        self._shared.add(name)
        return {name}

    def _note(self, declarator: Node, written: str, parsed: ParsedFile, *, is_shared: bool) -> None:
        inner: Node | None = declarator
        is_plain = True
        while inner is not None and inner.type.endswith("declarator"):
            is_plain = is_plain and inner.type == "init_declarator"
            below = inner.child_by_field_name("declarator")
            inner = below if below is not None or not inner.named_children else inner.named_children[-1]
        if inner is None or inner.type != "identifier":
            return
        name = parsed.node_text(inner)
        if name not in self._types:
            self._types[name] = written
            if is_plain:
                self._plain.add(name)
            if is_shared:
                self._shared.add(name)

    def of(self, name: str) -> str:
        """Return the type of a plain variable as written, without qualifiers; empty when it is not declared here."""
        return self._types[name] if name in self._plain else ""

    def element_of(self, name: str) -> str:
        """Return the type of what a variable, pointer or array holds, without qualifiers; empty when not declared."""
        return self._types.get(name, "")

    def space_of(self, name: str) -> str:
        """Return ``shared`` for a variable in shared memory; empty for others."""
        return "shared" if name in self._shared else ""


def _array_at(node: Node | None, parsed: ParsedFile) -> str:
    """Return the array that an address is in: ``buffer``, ``&buffer[i]``, ``buffer + n`` or a cast of such; or nothing.

    An element of an array is no address in it.
    """
    while node is not None and node.type != "identifier":
        match node.type:
            case "pointer_expression":
                element = node.child_by_field_name("argument")
                is_address = parsed.node_text(node).startswith("&") and element is not None
                node = element.child_by_field_name("argument") or element if is_address and element else None
            case "cast_expression":
                node = node.child_by_field_name("value")
            case "binary_expression":
                node = node.child_by_field_name("left")
            case "parenthesized_expression":
                node = node.named_children[0] if node.named_children else None
            case "call_expression" if parsed.node_text(node).startswith(("reinterpret_cast", "static_cast")):
                arguments = node.child_by_field_name("arguments")
                node = arguments.named_children[0] if arguments is not None and arguments.named_children else None
            case _:
                return ""
    return parsed.node_text(node) if node is not None else ""


def kept_result_match(
    node: Node, parsed: ParsedFile, shapes: Shapes, local_types: Callable[[], LocalTypes | None]
) -> Iterator[ShapeMatch]:
    """Yield the shape ``kept-result`` at a name whose call is the whole value of a variable."""
    call = node.parent
    if call is None or call.type != "call_expression":
        return
    holder = call.parent
    while holder is not None and holder.type in ("parenthesized_expression",):
        holder = holder.parent
    if holder is None:
        return
    name = parsed.node_text(node)
    declared, is_stored = "", False
    if holder.type == "init_declarator":
        declaration = holder.parent
        kind = declaration.child_by_field_name("type") if declaration is not None else None
        declared = parsed.node_text(kind) if kind is not None else ""
    elif holder.type == "assignment_expression" and holder.child_by_field_name("right") is not None:
        left = holder.child_by_field_name("left")
        if left is not None and left.type == "identifier":
            types = local_types()
            declared = types.of(parsed.node_text(left)) if types is not None else ""
        elif left is not None and left.type in ("subscript_expression", "pointer_expression"):
            is_stored = True
    if not declared and not is_stored:
        return
    parts: dict[str, str | int] = {"callee": name, "kept_in": "memory" if is_stored else "variable"}
    if declared:
        parts["kept_bits"] = 32 if " ".join(declared.split()) in shapes.types_32_bit else 64
    for group in _groups_of(shapes, name):
        yield ShapeMatch(
            shape="kept-result", start=holder.start_byte, end=holder.end_byte, parts={**parts, "group": group}
        )


def binary_parts(node: Node, parsed: ParsedFile, *, amount: int | None = None) -> Parts | None:
    """Return the parts of ``left OP number``; None when the number cannot be read. ``amount`` is that of a name."""
    operator = node.child_by_field_name("operator")
    right = node.child_by_field_name("right")
    number = number_of(parsed.node_text(right)) if right is not None and amount is None else None
    literal = number[0] if number is not None else amount
    if operator is None or literal is None:
        return None
    sign = parsed.node_text(operator)
    parts: dict[str, str | int] = {"operator": sign, "literal": literal}
    if sign in _ORDERS:
        parts["role"] = "limit" if node.parent is not None and node.parent.type in _COUNTED_LOOPS else "test"
    return parts


_MAX_STEPS_UP = 30
"""How far above a name its place is looked for; a step up costs the grammar a walk down from the root."""
_CONSTANT_PLACES = frozenset({"template_argument_list", "static_assert_declaration", "enumerator", "case_statement"})


def constant_expression_match(node: Node, parsed: ParsedFile) -> ShapeMatch | None:
    """Return the shape ``constant-expression`` when a name stands where the compiler needs a constant."""
    current = node
    parent = node.parent
    for _ in range(_MAX_STEPS_UP):
        if parent is None:
            return None
        kind = parent.type
        if kind == "array_declarator" and parent.child_by_field_name("size") == current:
            break
        if kind in _CONSTANT_PLACES and (kind != "case_statement" or parent.child_by_field_name("value") == current):
            break
        if kind == "init_declarator":
            declaration = parent.parent
            head = parsed.node_text(declaration).split("=")[0] if declaration is not None else ""
            if not re.search(r"\bconstexpr\b", head):
                return None
            break
        if kind in ("subscript_expression", "argument_list", "compound_statement", "function_definition"):
            return None
        current, parent = parent, parent.parent
    else:
        return None
    return ShapeMatch(
        shape="constant-expression",
        start=current.start_byte,
        end=current.end_byte,
        parts={"name": parsed.node_text(node)},
    )


def launch_parts(node: Node, parsed: ParsedFile, constants: FileConstants) -> Parts:
    """Return the parts of a launch: the kernel's name when it is one, and the threads of a block when a number."""
    call = node.parent
    callee = call.child_by_field_name("function") if call is not None else None
    name = parsed.node_text(callee).split("<")[0].rsplit("::", 1)[-1].strip() if callee is not None else ""
    configuration = [child for child in node.named_children if child.type != "comment"]
    threads = constants.amount(parsed.node_text(configuration[1])) if len(configuration) > 1 else None
    return {
        "kernel": name if re.fullmatch(r"[A-Za-z_]\w*", name) else "",
        **({"threads": threads} if threads is not None else {}),
    }


def literal_first_parts(node: Node, parsed: ParsedFile) -> Parts | None:
    """Return the parts of ``number OP right``; None when the number cannot be read."""
    operator, left = node.child_by_field_name("operator"), node.child_by_field_name("left")
    text = parsed.node_text(left) if left is not None else ""
    number, bits = number_of(text), literal_bits(text)
    if operator is None or number is None or bits is None:
        return None
    return {"operator": parsed.node_text(operator), "literal": number[0], "bits": bits}
