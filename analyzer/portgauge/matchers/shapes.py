"""The shared structural patterns: what their parts are at one place in one file."""

import re
from collections.abc import Callable, Iterator, Mapping

from portgauge.matchers.compiled import ShapeEntry
from portgauge.model.base import value
from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.lexer import Token, tokens
from portgauge.parsing.tree import Node
from portgauge.rulebook.rulebook import Shapes

Parts = Mapping[str, str | int]

_NUMBER = re.compile(r"^(0[xX][0-9a-fA-F']+|0[bB][01']+|[0-9][0-9']*)([uUlLzZ]*)$")
_FULL_32 = 0xFFFFFFFF


@value
class ShapeMatch:
    """A place that has a shape, with its parts."""

    shape: str
    start: int
    end: int
    parts: Parts


def number_of(text: str) -> tuple[int, str] | None:
    """Return the value and the suffix of an integer literal; None when it is none."""
    found = _NUMBER.match(text)
    if not found:
        return None
    digits = found.group(1).replace("'", "")
    try:
        return int(digits, 8 if len(digits) > 1 and digits.isdigit() and digits[0] == "0" else 0), found.group(2)
    except ValueError:
        return None


def literal_bits(text: str) -> int | None:
    """Return how wide an integer literal is, 32 or 64; also for ``~0u`` and ``-1``; None for anything else."""
    bare = text.strip()
    while bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1].strip()
    while bare[:1] in ("~", "-", "+"):
        bare = bare[1:].strip()
    number = number_of(bare)
    if number is None:
        return None
    amount, suffix = number
    return 64 if "l" in suffix.lower() or amount > _FULL_32 else 32


class FileConstants:
    """Macros and constants of one file whose value is one integer literal."""

    _DEFINE = re.compile(
        rb"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+([^\n/]+?)[ \t\r]*(?://[^\n]*|/\*[^\n]*)?$", re.MULTILINE
    )
    _CONSTANT = re.compile(rb"\b(?:const|constexpr)\b([^;={}()\n]*?)\b(\w+)\s*(?:=\s*|\{\s*)([^;{}\n]+?)\s*\}?\s*;")
    _NARROW = frozenset({b"int", b"unsigned", b"uint32_t", b"int32_t", b"uint", b"auto"})
    _WIDE = frozenset({b"long", b"uint64_t", b"int64_t", b"size_t", b"short", b"char"})

    def __init__(self, data: bytes) -> None:
        self._bits: dict[str, int] = {}
        for match in self._DEFINE.finditer(data):
            self._note(match.group(1), match.group(2))
        for match in self._CONSTANT.finditer(data):
            kind = set(re.findall(rb"\w+", match.group(1)))
            if kind & self._NARROW and not kind & self._WIDE:
                self._note(match.group(2), match.group(3))

    def _note(self, name: bytes, text: bytes) -> None:
        bits = literal_bits(text.decode("utf-8", "replace"))
        if bits is not None:
            self._bits[name.decode("utf-8", "replace")] = bits

    def bits(self, text: str) -> int | None:
        """Return the width of a mask as written: a literal, or a name that this file makes a literal."""
        return self._bits.get(text.strip()) or literal_bits(text)


def _groups_of(shapes: Shapes, name: str) -> list[str]:
    return [group for group, members in shapes.groups.items() if name in members]


def call_match(node: Node, parsed: ParsedFile, shapes: Shapes, constants: FileConstants) -> Iterator[ShapeMatch]:
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
    for group in _groups_of(shapes, name):
        bits = constants.bits(parsed.node_text(given[0])) if given else None
        place = given[0] if given else node
        yield ShapeMatch(
            shape="call",
            start=place.start_byte,
            end=place.end_byte,
            parts={"callee": name, "group": group, **({"mask_bits": bits} if bits else {})},
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
    bits = constants.bits(b"".join(token.text for token in argument).decode("utf-8", "replace"))
    for group in groups:
        yield ShapeMatch(
            shape="call",
            start=start + argument[0].start,
            end=start + argument[-1].end,
            parts={"callee": name.decode(), "group": group, **({"mask_bits": bits} if bits else {})},
        )


class LocalTypes:
    """The declared types of the locals and parameters of one function, read in one pass."""

    def __init__(self, function: Node, parsed: ParsedFile) -> None:
        self._types: dict[str, str] = {}
        stack = [function]
        while stack:
            node = stack.pop()
            kind = node.child_by_field_name("type") if node.type in ("declaration", "parameter_declaration") else None
            if kind is not None:
                for declarator in node.children_by_field_name("declarator"):
                    is_initialised = declarator.type == "init_declarator"
                    inner = declarator.child_by_field_name("declarator") if is_initialised else declarator
                    if inner is not None and inner.type == "identifier":
                        self._types.setdefault(parsed.node_text(inner), parsed.node_text(kind))
            stack.extend(reversed(node.named_children))

    def of(self, name: str) -> str:
        """Return the type as written, without qualifiers; empty when the name is not declared here."""
        return self._types.get(name, "")


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
    declared = ""
    if holder.type == "init_declarator":
        declaration = holder.parent
        kind = declaration.child_by_field_name("type") if declaration is not None else None
        declared = parsed.node_text(kind) if kind is not None else ""
    elif holder.type == "assignment_expression" and holder.child_by_field_name("right") is not None:
        left = holder.child_by_field_name("left")
        if left is not None and left.type == "identifier":
            types = local_types()
            declared = types.of(parsed.node_text(left)) if types is not None else ""
    if not declared:
        return
    bits = 32 if " ".join(declared.split()) in shapes.types_32_bit else 64
    for group in _groups_of(shapes, name):
        yield ShapeMatch(
            shape="kept-result",
            start=holder.start_byte,
            end=holder.end_byte,
            parts={"callee": name, "group": group, "kept_bits": bits},
        )


def binary_parts(node: Node, parsed: ParsedFile) -> Parts | None:
    """Return the parts of ``left OP number``; None when the number cannot be read."""
    operator = node.child_by_field_name("operator")
    right = node.child_by_field_name("right")
    number = number_of(parsed.node_text(right)) if right is not None else None
    if operator is None or number is None:
        return None
    return {"operator": parsed.node_text(operator), "literal": number[0]}


_CONSTANT_PLACES = frozenset({"template_argument_list", "static_assert_declaration", "enumerator", "case_statement"})


def constant_expression_match(node: Node, parsed: ParsedFile) -> ShapeMatch | None:
    """Return the shape ``constant-expression`` when a name stands where the compiler needs a constant."""
    current = node
    parent = node.parent
    while parent is not None:
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
    if parent is None:
        return None
    return ShapeMatch(
        shape="constant-expression",
        start=current.start_byte,
        end=current.end_byte,
        parts={"name": parsed.node_text(node)},
    )


def launch_parts(node: Node, parsed: ParsedFile) -> Parts:
    """Return the parts of a launch: the kernel's name when it is one."""
    call = node.parent
    callee = call.child_by_field_name("function") if call is not None else None
    name = parsed.node_text(callee).split("<")[0].rsplit("::", 1)[-1].strip() if callee is not None else ""
    return {"kernel": name if re.fullmatch(r"[A-Za-z_]\w*", name) else ""}


def fits(entry: ShapeEntry, parts: Parts) -> bool:
    """Return whether the parts pass one of the rule's alternatives."""
    return any(
        all(parts.get(name) in expected for name, expected in alternative.items()) for alternative in entry.shape.where
    )
