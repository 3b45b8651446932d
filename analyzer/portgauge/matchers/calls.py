"""Which functions a file defines and which it calls, by name; who means whom is found in ``graph.calls``."""

import re

from portgauge.matchers.facts import Call, Definition
from portgauge.matchers.functions import FunctionTable
from portgauge.matchers.passed import names_passed
from portgauge.matchers.waves import WaveTable
from portgauge.model.kernel import WaveDependence
from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.tree import Node

_CALLEES = frozenset({"identifier", "qualified_identifier", "template_function"})
_CLASSES = frozenset({"class_specifier", "struct_specifier", "union_specifier"})
_LAUNCH = "kernel_call_syntax"
_MEMBER = "field_expression"
_NAME = "name"
_CONSTRUCTED = (
    re.compile(rb"new\s+((?:\w+::)*[A-Z]\w*)", re.ASCII),
    re.compile(rb"make_(?:shared|unique)\s*<\s*((?:\w+::)*[A-Z]\w*)\s*>", re.ASCII),
    re.compile(rb"\n[ \t]*(?:static |const )?((?:\w+::)*[A-Z]\w*)[ \t]+[a-z_]\w*\s*[({;]", re.ASCII),
)
"""Where an object of a class is made, as far as classes are called with a capital letter. Each begins with letters that
the search can skip to."""
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


def definitions_of(parsed: ParsedFile, table: FunctionTable, waves: WaveTable) -> tuple[Definition, ...]:
    """Return the functions with a body that the file defines, in its order; operators have no name to look up."""
    found = []
    called = _called_on_device(parsed, table)
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


def _called_on_device(parsed: ParsedFile, table: FunctionTable) -> dict[int, set[tuple[str, ...]]]:
    """Return what each function of the device calls by name; the key is where the function starts."""
    called: dict[int, set[tuple[str, ...]]] = {}
    if not any(function.is_device for function in table.functions):
        return called
    for node in parsed.captures.get("call", ()):
        function = table.at(node.start_byte)
        callee = node.child_by_field_name("function")
        if function is None or not function.is_device or callee is None or callee.type not in _CALLEES:
            continue
        parts = _parts(parsed.node_text(callee))
        if _is_name(parts[-1]):
            called.setdefault(function.start, set()).add(parts)
    return called


def calls_of(parsed: ParsedFile) -> tuple[Call, ...]:
    """Return the functions that the file calls or may pass by name, each with its first lines.

    A class of which the file makes an object is called as its constructor: ``C::C``.
    """
    lines: dict[tuple[bool, bool, tuple[str, ...]], list[int]] = {}

    def note(parts: tuple[str, ...], offset: int, *, is_on_object: bool = False, is_passed: bool = False) -> None:
        places = lines.setdefault((is_on_object, is_passed, parts), [])
        if len(places) < _PLACES_AT_MOST:
            places.append(parsed.source.line_of(offset))

    for node in parsed.captures.get("call", ()):
        callee = node.child_by_field_name("function")
        is_launch = any(child.type == _LAUNCH for child in node.children)
        if callee is None or is_launch:
            continue
        if callee.type == _MEMBER:
            member = callee.child_by_field_name("field")
            name = parsed.node_text(member) if member is not None else ""
            if _is_name(name) and name not in _OF_CONTAINERS:
                note((name,), node.start_byte, is_on_object=True)
        elif callee.type in _CALLEES and _is_name((parts := _parts(parsed.node_text(callee)))[-1]):
            note(parts, node.start_byte)
    for passed, offset in names_passed(parsed):
        note(_parts(passed), offset, is_passed=True)
    for pattern in _CONSTRUCTED:
        for match in pattern.finditer(parsed.source.data):
            *scopes, name = _parts(match[1].decode("ascii"))
            note((*scopes, name, name), match.start(1))
    return tuple(
        Call(name=parts[-1], scopes=parts[:-1], lines=tuple(found), is_on_object=is_on_object, is_passed=is_passed)
        for (is_on_object, is_passed, parts), found in sorted(lines.items())
    )


def _parts(text: str) -> tuple[str, ...]:
    """Return scopes and name without template arguments: ``a::b<c::d>::e`` gives a, b, e."""
    if "<" not in text:
        return tuple(part.strip() for part in text.split("::") if part.strip()) or ("",)
    depth, kept = 0, []
    for character in text:
        depth += character == "<"
        if depth == 0:
            kept.append(character)
        depth -= character == ">" and depth > 0
    return tuple(part.strip() for part in "".join(kept).split("::") if part.strip()) or ("",)


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
