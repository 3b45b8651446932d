"""Functions of one file: where they stand and what side they run on."""

import re
from bisect import bisect_right

from portgauge.model.base import value
from portgauge.parsing.cuda import ParsedFile
from portgauge.parsing.tree import Node

_KERNEL = "__global__"
_HOST = "__host__"
_DEVICE = ("__device__", _KERNEL)
_SIDES = (*_DEVICE, _HOST)
_SIDE_WORD = re.compile(rb"__(?:device|global|host)__")
_MACRO_WORD = re.compile(r"\b[A-Z_][A-Z0-9_]{2,}\b")


@value
class Function:
    """One function definition with a body."""

    name: str
    start: int
    end: int
    """Byte offsets; the end is exclusive."""
    is_device: bool
    is_kernel: bool
    is_host: bool
    """Whether the host can call it too; a kernel it can only launch."""
    node: Node
    macros: tuple[str, ...] = ()
    """Macros in front of a function that carries no mark: one of them may be a mark, defined in another file."""

    @property
    def side(self) -> str:
        """Where the code runs: ``device``, ``host`` or ``both``."""
        if not self.is_device:
            return "host"
        return "both" if self.is_host else "device"


def _name(declarator: Node | None, parsed: ParsedFile) -> str:
    node = declarator
    while node is not None and node.type != "function_declarator":
        node = node.child_by_field_name("declarator") or next(
            (child for child in node.named_children if "declarator" in child.type), None
        )
    inner = node.child_by_field_name("declarator") if node is not None else None
    if inner is None:
        return ""
    text = " ".join(parsed.node_text(inner).split())
    return text if len(text) <= 120 else text[:117] + "..."


def last_name(name: str) -> bytes:
    """Return a function's name without scopes and template arguments."""
    return name.split("<")[0].rsplit("::", 1)[-1].strip().encode()


def _marks(node: Node) -> set[str]:
    """Return the side markers of a function: they are children of it, bare or inside a qualifier."""
    marks = set()
    for child in node.children:
        if child.type == "compound_statement":
            break
        if child.type.startswith("__"):
            marks.add(child.type)
        for inner in child.children:
            if inner.type in _SIDES:
                marks.add(inner.type)
    return marks


def _macros_before(node: Node, parsed: ParsedFile) -> tuple[str, ...]:
    """Return the words in front of a function's name that are written as macros are."""
    declarator = node.child_by_field_name("declarator")
    if declarator is None:
        return ()
    return tuple(dict.fromkeys(_MACRO_WORD.findall(parsed.source.text(node.start_byte, declarator.start_byte))))


def side_macros(parsed: ParsedFile) -> dict[str, frozenset[str]]:
    """Return the macros of a file that stand for marks such as ``__device__``, each with its marks."""
    found: dict[str, frozenset[str]] = {}
    for body in parsed.captures.get("macro_body", ()):
        marks = _SIDE_WORD.findall(parsed.source.data, body.start_byte, body.end_byte)
        name = body.prev_named_sibling
        if marks and name is not None and name.type == "identifier":
            before = found.get(parsed.node_text(name), frozenset())
            found[parsed.node_text(name)] = before | {mark.decode() for mark in marks}
    return found


class FunctionTable:
    """All functions of a file, and which one encloses an offset.

    ``device_macro`` fits names of macros that mark device functions wherever they are defined.
    """

    def __init__(self, parsed: ParsedFile, *, device_macro: "re.Pattern[str]") -> None:
        self.functions: list[Function] = []
        self.side_macros = side_macros(parsed)
        for node in parsed.captures.get("function", ()):
            marks = _marks(node)
            macros = () if marks.intersection(_DEVICE) else _macros_before(node, parsed)
            for macro in macros:
                marks |= self.side_macros.get(macro, frozenset())
                if device_macro.fullmatch(macro):
                    marks.add(_DEVICE[0])
            self.functions.append(
                Function(
                    name=_name(node.child_by_field_name("declarator"), parsed),
                    start=node.start_byte,
                    end=node.end_byte,
                    is_device=bool(marks.intersection(_DEVICE)),
                    is_kernel=_KERNEL in marks,
                    is_host=_HOST in marks or not marks.intersection(_DEVICE),
                    node=node,
                    macros=() if marks.intersection(_DEVICE) else macros,
                )
            )
        self.functions.sort(key=lambda function: (function.start, -function.end))
        self._starts = [function.start for function in self.functions]

    def at(self, offset: int) -> Function | None:
        """Return the innermost function around a byte offset."""
        last = bisect_right(self._starts, offset) - 1
        # Functions nest only through local classes, so a few steps back are enough.
        for index in range(last, max(-1, last - 9), -1):
            candidate = self.functions[index]
            if offset < candidate.end:
                return candidate
        return None
