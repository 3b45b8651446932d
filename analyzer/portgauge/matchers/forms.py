"""Shapes whose parts are read one by one: calls with their arguments, declarations by keyword, members, templates.

Each function here is given the leaf at which a shape is anchored and yields what stands around it. Parts are
lazy, because most rules need one or two of them and some are dear.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from portgauge.matchers.constants import FileConstants
from portgauge.matchers.functions import Function
from portgauge.matchers.parts import LazyParts, Part
from portgauge.matchers.shapes import LocalTypes, ShapeMatch
from portgauge.matchers.sorts import first_bit
from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.tree import Node
from portgauge.rulebook.rulebook import RadixSort

_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_NAME = re.compile(r"[A-Za-z_]\w*")
_CAST_CALL = re.compile(r"(?:reinterpret|static)_cast\s*<([^<>]{1,80})>")
_POINTER = re.compile(r"(?:(?:const|volatile)\s+)*([A-Za-z_][\w ]*?)\s*(?:(?:const|volatile)\s*)*\*")
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_BYTES_PER_KIB = 1024
_DECLARATIONS = frozenset({"declaration", "parameter_declaration"})
_QUALIFIERS = frozenset({"type_qualifier", "storage_class_specifier"})
_LOOPS = frozenset({"while_statement", "do_statement", "for_statement"})


def given(arguments: Node) -> list[Node]:
    """Return the arguments in a list of them, without comments."""
    return [child for child in arguments.named_children if child.type != "comment"]


def written(node: Node, parsed: ParsedFile, constants: FileConstants) -> Part | None:
    """Return the number that an argument is, else its name when it is one name; None for any other expression."""
    text = parsed.node_text(node).strip()
    amount = constants.amount(text)
    if amount is not None:
        return amount
    return text if _NAME.fullmatch(text) else None


def _numbered(
    arguments: list[Node], parsed: ParsedFile, constants: FileConstants
) -> dict[str, Callable[[], Part | None]]:
    def reader(node: Node) -> Callable[[], Part | None]:
        return lambda: written(node, parsed, constants)

    return {name: reader(node) for name, node in zip(_ORDINALS, arguments, strict=False)}


def _does_nothing(body: Node) -> bool:
    """Return whether the body of a loop assigns nothing: it is empty, or only calls functions (a sleep, a fence)."""
    if body.type != "compound_statement":
        return body.type == "expression_statement" and not body.named_children
    statements = [child for child in body.named_children if child.type != "comment"]
    return all(
        child.type == "expression_statement" and all(inner.type == "call_expression" for inner in child.named_children)
        for child in statements
    )


def _cast_pointer(node: Node, parsed: ParsedFile) -> tuple[str, Node | None]:
    """Return what a cast makes a pointer to, and what it casts; empty for what is no cast to a pointer."""
    if node.type == "cast_expression":
        to, value = node.child_by_field_name("type"), node.child_by_field_name("value")
        text = parsed.node_text(to) if to is not None else ""
    elif node.type == "call_expression":
        callee, listed = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        written = _CAST_CALL.fullmatch(parsed.node_text(callee)) if callee is not None else None
        arguments = given(listed) if listed is not None else []
        text, value = (written[1], arguments[0]) if written and len(arguments) == 1 else ("", None)
    else:
        return "", None
    element = _POINTER.fullmatch(text.strip())
    return (element[1], value) if element else ("", value)


class CallForm:
    """A call, or a variable made by a constructor, with what rules ask about it."""

    def __init__(
        self,
        leaf: Node,
        parsed: ParsedFile,
        *,
        constants: FileConstants,
        function: Function | None,
        local_types: Callable[[], LocalTypes | None],
    ) -> None:
        self._parsed = parsed
        self._constants = constants
        self._function = function
        self._local_types = local_types
        self.node: Node | None = None
        self.arguments: list[Node] = []
        self.templates: list[Node] = []
        self._read(leaf)

    def _read(self, leaf: Node) -> None:
        head = leaf
        while head.parent is not None and head.parent.type in ("template_function", "qualified_identifier"):
            head = head.parent
            if head.type == "template_function":
                listed = head.child_by_field_name("arguments")
                self.templates = given(listed) if listed is not None else []
        holder = head.parent
        if holder is None:
            return
        if holder.type == "call_expression" and holder.child_by_field_name("function") == head:
            arguments = holder.child_by_field_name("arguments")
            self.node = holder
        elif holder.type == "declaration" and holder.child_by_field_name("type") == head:
            made = holder.child_by_field_name("declarator")
            arguments = made.child_by_field_name("value") if made is not None else None
            if arguments is not None and arguments.type in ("argument_list", "initializer_list"):
                self.node = made
        else:
            return
        if self.node is not None and arguments is not None:
            self.arguments = given(arguments)

    def parts(self, callee: str, group: str, *, sorts: Mapping[str, RadixSort]) -> LazyParts:
        """Return the parts of the call; ``sorts`` are the radix sorts by name."""
        readers = _numbered(self.arguments, self._parsed, self._constants)
        readers |= {
            "template": lambda: written(self.templates[0], self._parsed, self._constants) if self.templates else None,
            "element": self._element,
            "space": self._space,
            "in_loop": self._in_loop,
            "loop_start": self.loop_start,
            "kib": self._kib,
            "first_bit": lambda: self._first_bit(sorts.get(callee)),
        }
        side = self._function.side if self._function else "host"
        known: dict[str, Part] = {"callee": callee, "group": group, "arguments": len(self.arguments), "side": side}
        return LazyParts(known, readers)

    def argument(self, part: str) -> Node | None:
        """Return the argument that a part such as ``second`` stands for."""
        index = _ORDINALS.index(part) if part in _ORDINALS else len(self.arguments)
        return self.arguments[index] if index < len(self.arguments) else None

    def pointed_at(self) -> tuple[str, str]:
        """Return the element type and the memory space of what the first argument points at; empty when unknown.

        A cast to another pointer says the type, and what is cast the space. The type of a member is declared elsewhere.
        """
        types = self._local_types()
        if not self.arguments or types is None:
            return "", ""
        node: Node | None = self.arguments[0]
        cast_to = ""
        while node is not None and node.type != "identifier":
            if node.type == "field_expression":
                return cast_to, ""
            cast = _cast_pointer(node, self._parsed)
            cast_to = cast_to or cast[0]
            node = (
                cast[1]
                or node.child_by_field_name("argument")
                or node.child_by_field_name("left")
                or (node.named_children[0] if node.type == "parenthesized_expression" and node.named_children else None)
            )
        name = self._parsed.node_text(node) if node is not None else ""
        return cast_to or types.element_of(name), types.space_of(name)

    def _element(self) -> str | None:
        return self.pointed_at()[0] or None

    def _space(self) -> str | None:
        return self.pointed_at()[1] or "other"

    def _first_bit(self, sort: RadixSort | None) -> Part | None:
        if sort is None:
            return None
        types, keys = self._local_types(), self.argument("third")
        keys_type = types.element_of(self._parsed.node_text(keys)) if types is not None and keys is not None else ""
        return first_bit(sort, self.arguments, parsed=self._parsed, constants=self._constants, keys_type=keys_type)

    def _in_loop(self) -> str | None:
        """Return ``wait`` when the call is the condition of a loop that does nothing else."""
        current, parent = self.node, self.node.parent if self.node is not None else None
        while parent is not None and parent.type not in ("compound_statement", "function_definition"):
            if parent.type in _LOOPS:
                in_condition = parent.child_by_field_name("condition") == current
                body = parent.child_by_field_name("body")
                if in_condition:
                    return "wait" if body is None or _does_nothing(body) else "condition"
                return "body"
            current, parent = parent, parent.parent
        return None

    def loop_around(self) -> Node | None:
        """Return the nearest ``for`` around the call inside its function."""
        parent = self.node.parent if self.node is not None else None
        while parent is not None and parent.type not in ("function_definition", "lambda_expression"):
            if parent.type == "for_statement":
                return parent
            parent = parent.parent
        return None

    def head_end(self, loop: Node, body: Node) -> int:
        """Return where the head of a loop ends: behind its closing bracket."""
        between = [child for child in loop.children if child.end_byte <= body.start_byte and child.type != "comment"]
        return between[-1].end_byte if between else body.start_byte

    def loop_limit(self, loop: Node) -> int | None:
        """Return the number that the variable of a loop stays below, when it is an argument; twice that of ``<=``."""
        condition = loop.child_by_field_name("condition")
        found = _COMPARED.match(self._parsed.node_text(condition).strip()) if condition is not None else None
        if not found or found.group(1) not in self._argument_texts():
            return None
        limit = self._constants.amount(found.group(3))
        return limit if limit is None or found.group(2) == "<" else 2 * limit

    def _argument_texts(self) -> set[str]:
        return {self._parsed.node_text(argument).strip() for argument in self.arguments}

    def loop_start(self) -> int | None:
        """Return the number at which the nearest ``for`` starts, when its variable is an argument of the call."""
        loop = self.loop_around()
        first = loop.child_by_field_name("initializer") if loop is not None else None
        if first is None:
            return None
        text = self._parsed.node_text(first).rstrip("; ")
        found = re.search(r"(\w+)\s*=\s*([^,;=]+)$", text)
        if not found or found.group(1) not in self._argument_texts():
            return None
        return self._constants.amount(found.group(2))

    def _kib(self) -> int | None:
        """Return the third argument in KiB, rounded up, when it is a number of bytes."""
        third = self.argument("third")
        amount = self._constants.amount(self._parsed.node_text(third)) if third is not None else None
        return None if amount is None else -(-amount // _BYTES_PER_KIB)


def template_use(leaf: Node, parsed: ParsedFile, constants: FileConstants, group: str) -> Iterator[ShapeMatch]:
    """Yield the shape ``template-use`` at a class template that is given its arguments."""
    use = leaf.parent
    if use is None or use.type != "template_type":
        return
    listed = use.child_by_field_name("arguments")
    arguments = given(listed) if listed is not None else []
    parts = LazyParts(
        {"name": parsed.node_text(leaf), "group": group, "arguments": len(arguments)},
        _numbered(arguments, parsed, constants),
    )
    yield ShapeMatch(shape="template-use", start=leaf.start_byte, end=use.end_byte, parts=parts)


def member(leaf: Node, parsed: ParsedFile) -> Iterator[ShapeMatch]:
    """Yield the shape ``member`` at ``object.name``, or at the comparison of it with a number."""
    use = leaf.parent
    if use is None or use.type != "field_expression":
        return
    known: dict[str, Part] = {"name": parsed.node_text(leaf), "compared": "no"}
    place, current = use, use
    while current.parent is not None and current.parent.type in ("binary_expression", "parenthesized_expression"):
        current = current.parent
        operator = current.child_by_field_name("operator")
        if operator is None or parsed.node_text(operator) not in _COMPARISONS:
            continue
        sides = (current.child_by_field_name("left"), current.child_by_field_name("right"))
        if any(side is not None and side.type == "number_literal" for side in sides):
            known["compared"] = "yes"
            place = current
        break
    yield ShapeMatch(shape="member", start=place.start_byte, end=place.end_byte, parts=known)


def _qualifiers(declaration: Node, parsed: ParsedFile) -> set[str]:
    return {parsed.node_text(child) for child in declaration.children if child.type in _QUALIFIERS}


def _dimensions(declarator: Node) -> list[Node | None]:
    sizes: list[Node | None] = []
    node: Node | None = declarator
    while node is not None and node.type == "array_declarator":
        sizes.append(node.child_by_field_name("size"))
        node = node.child_by_field_name("declarator")
    return sizes[::-1]


def _divisor(size: Node | None, parsed: ParsedFile, constants: FileConstants) -> int | None:
    if size is None or size.type != "binary_expression":
        return None
    operator, right = size.child_by_field_name("operator"), size.child_by_field_name("right")
    amount = constants.amount(parsed.node_text(right)) if right is not None else None
    sign = parsed.node_text(operator) if operator is not None else ""
    if amount is None or sign not in ("/", ">>"):
        return None
    return amount if sign == "/" else 1 << min(amount, 16)


_KINDS = {"pointer_declarator": "pointer", "array_declarator": "array", "function_declarator": "function"}


def _one_declared(
    declarator: Node, known: Mapping[str, Part], parsed: ParsedFile, constants: FileConstants
) -> LazyParts:
    inner = declarator
    if declarator.type == "init_declarator":
        inner = declarator.child_by_field_name("declarator") or declarator
    kind = _KINDS.get(inner.type, "variable")
    sizes = _dimensions(inner)
    readers: dict[str, Callable[[], Part | None]] = {
        "size": lambda: written(sizes[0], parsed, constants) if sizes and sizes[0] is not None else None,
        "divisor": lambda: _divisor(sizes[0], parsed, constants) if sizes else None,
    }
    return LazyParts({**known, "declares": kind, "dimensions": len(sizes)}, readers)


def keyword(leaf: Node, parsed: ParsedFile, *, constants: FileConstants, side: str) -> Iterator[ShapeMatch]:
    """Yield the shape ``keyword`` at a word of the language: a qualifier or the launch bounds."""
    name = parsed.node_text(leaf)
    parent = leaf.parent
    if parent is not None and parent.type == "launch_bounds":
        arguments = given(parent)
        parts = LazyParts(
            {"name": name, "side": side, "arguments": len(arguments)}, _numbered(arguments, parsed, constants)
        )
        yield ShapeMatch(shape="keyword", start=parent.start_byte, end=parent.end_byte, parts=parts)
        return
    declaration = parent if parent is None or parent.type in _DECLARATIONS else parent.parent
    if declaration is None or declaration.type not in _DECLARATIONS:
        return
    qualifiers = _qualifiers(declaration, parsed)
    known: dict[str, Part] = {
        "name": name,
        "side": side,
        "is_parameter": "yes" if declaration.type == "parameter_declaration" else "no",
        "is_volatile": "yes" if "volatile" in qualifiers else "no",
        "storage": "extern" if "extern" in qualifiers else "own",
    }
    declarators = declaration.children_by_field_name("declarator")
    if name == "register":  # one word for all that is declared; the others say something of each
        declarators = declarators[:1]
    for declarator in declarators:
        yield ShapeMatch(
            shape="keyword",
            start=declaration.start_byte if len(declarators) == 1 else declarator.start_byte,
            end=declarator.end_byte,
            parts=_one_declared(declarator, known, parsed, constants),
        )


_COMPARED = re.compile(r"^(\w+)\s*(<=?)\s*(\w+)$")


def lane_loop(form: CallForm, callee: str, *, arguments_without_width: int) -> ShapeMatch | None:
    """Return the shape ``lane-loop`` for a shuffle in a ``for`` whose variable is one of its arguments.

    The site is the head of the loop, where the number of lanes stands.
    """
    loop = form.loop_around()
    body = loop.child_by_field_name("body") if loop is not None else None
    if loop is None or body is None:
        return None
    start, limit = form.loop_start(), form.loop_limit(loop)
    if start is None and limit is None:
        return None
    parts: dict[str, Part] = {"callee": callee}
    parts |= {"start": start} if start is not None else {}
    parts |= {"limit": limit} if limit is not None else {}
    parts["width"] = "yes" if len(form.arguments) > arguments_without_width else "no"
    return ShapeMatch(shape="lane-loop", start=loop.start_byte, end=form.head_end(loop, body), parts=parts)


def operator_definition(leaf: Node, parsed: ParsedFile, *, side: str) -> Iterator[ShapeMatch]:
    """Yield the shape ``operator`` at the definition of an operator as a function of its own."""
    name = leaf.parent
    declarator = name.parent if name is not None and name.type == "operator_name" else None
    definition = declarator.parent if declarator is not None and declarator.type == "function_declarator" else None
    while definition is not None and definition.type.endswith("declarator"):
        definition = definition.parent
    if name is None or declarator is None or definition is None or definition.type != "function_definition":
        return
    parameters = declarator.child_by_field_name("parameters")
    kinds = [child.child_by_field_name("type") for child in given(parameters)] if parameters is not None else []
    types = [parsed.node_text(kind) if kind is not None else "" for kind in kinds]
    sign = parsed.node_text(name).removeprefix("operator").strip()
    parts: dict[str, Part] = {
        "name": "operator",
        "sign": sign,
        "side": side,
        "alike": "yes" if len(set(types)) == 1 < len(types) else "no",
        **dict(zip(_ORDINALS, types, strict=False)),
    }
    yield ShapeMatch(
        shape="operator",
        start=definition.start_byte,
        end=declarator.end_byte,
        parts=parts,
        extent=definition.end_byte,
    )
