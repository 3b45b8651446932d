"""Which functions a file defines and which it calls, by name; who means whom is found in ``graph.calls``."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from portgauge.matchers.facts import Call, Definition, Uses
from portgauge.matchers.functions import FunctionTable
from portgauge.matchers.objects import ObjectTable, bases_of, kin_of
from portgauge.matchers.passed import names_passed
from portgauge.matchers.waves import WaveTable
from portgauge.model.kernel import WaveDependence
from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.tree import Node

_CALLEES = frozenset({"identifier", "qualified_identifier", "template_function"})
_CLASSES = frozenset({"class_specifier", "struct_specifier", "union_specifier"})
_LAUNCH = b"<<<"
_LOOK_AHEAD_BYTES = 40
_ON_A_NAME = re.compile(rb"(?:\w+\s*(?:\.|->)\s*)?([A-Za-z_]\w*)\s*(\.|->)\s*([A-Za-z_]\w*)", re.ASCII)
"""A member that is called on a variable, or on a member of one."""
_MEMBER = "field_expression"
_NAME = "name"
_THIS = "this"
_CALLED = re.compile(rb"(?<![\w.>:#])([A-Za-z_]\w*+(?:::\w++)*+)\s*+\(", re.ASCII)
_PARAMETER = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_NO_FUNCTIONS = frozenset({"defined", "do", "for", "if", "return", "sizeof", "switch", "while"})
_OF_CONTAINERS = frozenset(
    (
        *(
            "append",
            "assign",
            "at",
            "back",
            "begin",
            "c_str",
            "capacity",
            "cbegin",
            "cend",
            "clear",
            "close",
            "compare",
        ),
        *("count", "data", "emplace", "emplace_back", "empty", "end", "erase", "fill", "find", "first", "flush"),
        *("front", "get", "good", "insert", "is_open", "join", "length", "load", "lock", "open", "pop", "pop_back"),
        *("push", "push_back", "read", "release", "reserve", "reset", "resize", "second", "seekg", "setf", "size"),
        *("store", "str", "substr", "swap", "tellg", "top", "unlock", "value", "wait", "write"),
    )
)
"""Members that the classes of the standard library have too: most calls of them mean those."""
_PLACES_AT_MOST = 3
"""Lines kept of all calls of one name in one file: they are shown as evidence, not counted."""


class Callee(NamedTuple):
    """What one call calls."""

    offset: int
    """Of the call, in bytes."""
    node: Node
    parts: tuple[str, ...]
    """Scopes and name; empty for a member of an object."""


def callees_of(parsed: ParsedFile) -> Sequence[Callee]:
    """Return what the calls of a file call by name, in its order."""
    found, data = [], parsed.source.data
    for call in parsed.captures.get("call", ()):
        node = call.child_by_field_name("function")
        if node is None:
            continue
        kind = node.type
        if kind == _MEMBER:
            found.append(Callee(call.start_byte, node, ()))
        elif kind in _CALLEES:
            parts = _parts_written(data[node.start_byte : node.end_byte])
            if parts[-1].isidentifier():
                found.append(Callee(call.start_byte, node, parts))
    return found


def definitions_of(
    parsed: ParsedFile, table: FunctionTable, waves: WaveTable, callees: Sequence[Callee]
) -> tuple[Definition, ...]:
    """Return the functions with a body that the file defines, in its order; operators have no name to look up."""
    found = []
    called = _called_on_device(callees, table)
    for function in table.functions:
        *written, name = _parts(function.name)
        if not _is_name(name):
            continue
        scopes, is_member, is_hidden = _around(function.node, parsed)
        found.append(
            Definition(
                name=name,
                scopes=(*scopes, *written),
                is_member=is_member or bool(written),
                is_hidden=is_hidden or _is_static(function.node, parsed),
                is_device=function.is_device,
                line=parsed.source.line_of(function.start),
                calls=tuple(sorted(called.get(function.start, ()))),
                wave=waves.dependence_of(function) if function.is_device else WaveDependence.NONE,
            )
        )
    return tuple(found)


def _called_on_device(callees: Sequence[Callee], table: FunctionTable) -> dict[int, set[tuple[str, ...]]]:
    """Return what each function of the device calls by name; the key is where the function starts."""
    called: dict[int, set[tuple[str, ...]]] = {}
    if not any(function.is_device for function in table.functions):
        return called
    for callee in callees:
        function = table.at(callee.offset) if callee.parts else None
        if function is not None and function.is_device:
            called.setdefault(function.start, set()).add(callee.parts)
    return called


def uses_of(parsed: ParsedFile, table: FunctionTable, callees: Sequence[Callee]) -> Uses:
    """Return the functions that the file calls or may pass by name, each with its first lines, and what it declares.

    A class of which the file makes an object, or from which it derives another, is called as its constructor: ``C::C``.
    """
    objects = ObjectTable(parsed, table.functions)
    bases = bases_of(parsed)
    noted, data = _Noted(parsed), parsed.source.data
    around = _ClassAround(parsed, table)
    for offset, callee, parts in callees:
        if not parts:
            _note_member(noted, callee, objects=objects, around=around)
        elif not _is_launch(callee, data):
            own = around.of(offset) if len(parts) == 1 else ""
            noted.add(parts, offset, classes=(own,) if own else ())
    for passed, offset in names_passed(parsed, at_most=_PLACES_AT_MOST):
        noted.add(_parts(passed), offset, is_passed=True)
    for made, offset in (*objects.made, *((base.written, base.offset) for base in bases)):
        scopes = _parts(made)
        noted.add((*scopes, scopes[-1]), offset)
    for written, offset in _called_by_macros(parsed):
        noted.add(_parts(written), offset)
    return Uses(calls=noted.calls(), objects=objects.for_others(), kin=kin_of(parsed, bases))


class _Noted:
    """The calls of one file, each once; they are plain tuples until all are known, since there are many."""

    def __init__(self, parsed: ParsedFile) -> None:
        self._source = parsed.source
        self._lines: dict[tuple[bool, bool, tuple[str, ...], tuple[str, ...], str, bool, bool], list[int]] = {}

    def add(
        self,
        parts: tuple[str, ...],
        offset: int,
        *,
        is_on_object: bool = False,
        is_passed: bool = False,
        classes: tuple[str, ...] = (),
        object_name: str = "",
        is_held: bool = False,
        needs_class: bool = False,
    ) -> None:
        """Note a call at a byte offset; the name stands last in its parts."""
        key = (is_on_object, is_passed, parts, classes, object_name, is_held, needs_class)
        places = self._lines.setdefault(key, [])
        if len(places) < _PLACES_AT_MOST:
            places.append(self._source.line_of(offset))

    def calls(self) -> tuple[Call, ...]:
        """Return the calls with their lines, in an order that does not depend on the file's."""
        return tuple(
            Call(
                name=parts[-1],
                scopes=parts[:-1],
                lines=tuple(lines),
                is_on_object=is_on_object,
                is_passed=is_passed,
                classes=classes,
                object_name=object_name,
                is_held=is_held,
                needs_class=needs_class,
            )
            for (
                (is_on_object, is_passed, parts, classes, object_name, is_held, needs_class),
                lines,
            ) in sorted(self._lines.items())
        )


class _ClassAround:
    """The class whose member function stands around a place."""

    def __init__(self, parsed: ParsedFile, table: FunctionTable) -> None:
        self.parsed = parsed
        self._table = table
        self._by_start: dict[int, str] = {}
        data = parsed.source.data
        self._has_classes = any("::" in each.name for each in table.functions) or b"class" in data or b"struct" in data

    def of(self, offset: int) -> str:
        """Return the class without its scopes; empty outside of member functions."""
        function = self._table.at(offset) if self._has_classes else None
        if function is None:
            return ""
        if function.start not in self._by_start:
            *written, _ = _parts(function.name)
            scopes, is_member, _ = _around(function.node, self.parsed)
            own = (*scopes, *written)
            self._by_start[function.start] = own[-1] if own and (is_member or written) else ""
        return self._by_start[function.start]


def _is_launch(callee: Node, data: bytes) -> bool:
    end = callee.end_byte
    return data[end : end + _LOOK_AHEAD_BYTES].lstrip().startswith(_LAUNCH)


def _note_member(noted: _Noted, callee: Node, *, objects: ObjectTable, around: _ClassAround) -> None:
    data = around.parsed.source.data
    simple = _ON_A_NAME.fullmatch(data, callee.start_byte, callee.end_byte)
    if simple is not None:
        object_name, is_held, name = simple[1].decode("ascii"), simple[2] == b"->", simple[3].decode("ascii")
    else:
        member = callee.child_by_field_name("field")
        if member is None:
            return
        name = _parts(around.parsed.node_text(member))[-1]
        if not _is_name(name):
            return
        object_name, is_held = _object(callee, member, around.parsed)
    is_common = name in _OF_CONTAINERS
    classes: tuple[str, ...] = ()
    if object_name == _THIS:
        own = around.of(callee.start_byte)
        classes = (own,) if own else ()
    elif object_name and (declared := objects.of(object_name)) is not None:
        classes = tuple(sorted((is_held and declared.held) or declared.own))
        if not classes:  # Of the standard library.
            return
    if is_common and not classes and not object_name:
        return
    noted.add(
        (name,),
        callee.start_byte,
        is_on_object=True,
        classes=classes,
        object_name="" if classes or object_name == _THIS else object_name,
        is_held=is_held and not classes and object_name != _THIS,
        needs_class=is_common,
    )


def _object(callee: Node, member: Node, parsed: ParsedFile) -> tuple[str, bool]:
    """Return the name of the object on which a member is called, empty without one, and whether on what it holds."""
    data = parsed.source.data
    is_held = data[member.start_byte - 2 : member.start_byte] == b"->"
    node = callee.child_by_field_name("argument")
    while node is not None:
        match node.type:
            case "identifier" | "this" | "field_identifier":
                return parsed.node_text(node), is_held
            case "subscript_expression":
                is_held = True
                node = node.child_by_field_name("argument")
            case "pointer_expression":
                is_held = is_held or data[node.start_byte : node.start_byte + 1] == b"*"
                node = node.child_by_field_name("argument")
            case "field_expression":
                node = node.child_by_field_name("field")
            case "call_expression":  # On what a function returns, which declares it as an object is declared.
                node = node.child_by_field_name("function")
            case "parenthesized_expression":
                node = node.named_children[0] if node.named_child_count == 1 else None
            case _:
                return "", is_held
    return "", is_held


def _called_by_macros(parsed: ParsedFile) -> Iterator[tuple[str, int]]:
    """Yield what the bodies of macros call, but for their own parameters: the name as written, and where, in bytes."""
    for body in parsed.captures.get("macro_body", ()):
        text = parsed.source.data[body.start_byte : body.end_byte]
        found = list(_CALLED.finditer(text))
        if not found:
            continue
        before = body.prev_named_sibling
        parameters = before is not None and before.type == "preproc_params"
        own = set(_PARAMETER.findall(parsed.node_text(before))) if before is not None and parameters else set()
        for match in found:
            name = match[1].decode("ascii")
            if name not in own and name not in _NO_FUNCTIONS:
                yield name, body.start_byte + match.start(1)


def _parts(text: str) -> tuple[str, ...]:
    """Return scopes and name without template arguments: ``a::b<c::d>::e`` gives a, b, e."""
    if "::" not in text and "<" not in text:
        return (text.strip(),)
    if "<" not in text:
        return tuple(part.strip() for part in text.split("::") if part.strip()) or ("",)
    depth, kept = 0, []
    for character in text:
        depth += character == "<"
        if depth == 0:
            kept.append(character)
        depth -= character == ">" and depth > 0
    return tuple(part.strip() for part in "".join(kept).split("::") if part.strip()) or ("",)


@lru_cache(maxsize=50_000)
def _parts_written(text: bytes) -> tuple[str, ...]:
    """Return the parts of a name that is called; a codebase calls few names, each at many places."""
    return _parts(text.decode("utf-8", "replace"))


def _is_name(text: str) -> bool:
    return text.isidentifier()


def _around(node: Node, parsed: ParsedFile) -> tuple[tuple[str, ...], bool, bool]:
    """Return the scopes around a function, whether one of them is a class, and whether one has no name."""
    scopes: list[str] = []
    is_member = is_hidden = False
    current = node.parent
    while current is not None:
        if current.type == "namespace_definition" or current.type in _CLASSES:
            is_member = is_member or current.type in _CLASSES
            named = current.child_by_field_name(_NAME)
            if named is None:
                is_hidden = True
            else:
                scopes = [*_parts(parsed.node_text(named)), *scopes]
        current = current.parent
    return tuple(scopes), is_member, is_hidden


def _is_static(node: Node, parsed: ParsedFile) -> bool:
    return any(
        child.type == "storage_class_specifier" and parsed.node_text(child) == "static" for child in node.children
    )
