"""Of which class an object is, and what else a class is called: by that a call of a member finds its function.

Both are read from the text, as a line declares them; where nothing is declared, a member is found by its name alone.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from portgauge.matchers.facts import Kin, Object
from portgauge.matchers.functions import Function
from portgauge.model.base import value
from portgauge.parsing.cuda import ParsedFile

_HEADERS = frozenset({".h", ".hh", ".hpp", ".hxx", ".cuh", ".inl"})
_NO_CLASSES = (
    *("alignas", "auto", "bool", "case", "catch", "char", "class", "const", "default", "delete", "do", "double"),
    *("else", "enum", "explicit", "extern", "float", "friend", "goto", "if", "inline", "int", "long", "namespace"),
    *("new", "operator", "private", "protected", "public", "return", "short", "signed", "size_t", "sizeof"),
    *("static_assert", "struct", "switch", "template", "this", "throw", "typedef", "typename", "union", "unsigned"),
    *("using", "virtual", "void", "volatile", "while"),
    *(f"{sign}int{bits}_t" for sign in ("", "u") for bits in (8, 16, 32, 64)),
)
_NONE = frozenset({"", *_NO_CLASSES})
_CLASS = rb"(?!(?:" + "|".join(_NO_CLASSES).encode() + rb")\b)([A-Za-z_]\w*+(?:::\w++)*+)"
"""A name that may be a class."""
_BEFORE = rb"(?:(?:static|const|mutable|constexpr|inline|extern|thread_local|typename|struct|class)\s++)*+"
_HELD = rb"(?:[ \t]*+<([^;(){}\n]*)>)?+"
_MARK = rb"((?:\s*+(?:[*&]|const\b|__restrict__\b))*+)"
_DECLARATION = rb"[ \t]*+" + _BEFORE + _CLASS + _HELD + _MARK + rb"[ \t]*+([A-Za-z_]\w*+)[ \t]*+([;=({\[,])"
_DECLARED = (re.compile(rb"\n" + _DECLARATION, re.ASCII), re.compile(rb"for[ \t]*+\(" + _DECLARATION, re.ASCII))
"""An object that a line or a loop declares. Each pattern begins with letters that the search can skip to."""
_PARAMETER = re.compile(
    rb"[(,]\s*+" + _BEFORE + _CLASS + rb"(?:\s*+<([^;(){}]*?)>)?" + _MARK + rb"\s*+([A-Za-z_]\w*+)\s*+(?=[,)=\[])",
    re.ASCII,
)
_MADE = (
    re.compile(rb"new\s++" + _CLASS, re.ASCII),
    re.compile(rb"make_(?:shared|unique)\s*+<\s*+" + _CLASS + rb"\s*+>", re.ASCII),
)
_AUTO = re.compile(
    rb"auto\s*+[*&]?\s*+([A-Za-z_]\w*+)\s*+=\s*+(?:new\s++|(?:std::)?make_(?:shared|unique)\s*+<\s*+)" + _CLASS,
    re.ASCII,
)
_BASES = tuple(
    re.compile(
        word + rb"\s++(?:[A-Z_][A-Z0-9_]*+(?:\([^)\n]*\))?\s++)?(?:\w++::)*(\w++)(?:\s*+<[^;{}()]*?>)?"
        rb"(?:\s++final)?\s*+:(?!:)([^;{}()]*+)\{",
        re.ASCII,
    )
    for word in (rb"class", rb"struct")
)
_OF_A_BASE = frozenset({"public", "protected", "private", "virtual"})
_ALIAS = re.compile(rb"using\s++([A-Za-z_]\w*+)\s*+=\s*+(?:typename\s++)?([A-Za-z_]\w*+(?:::\w++)*+)[^;\n]*;", re.ASCII)
_TYPEDEF = re.compile(rb"typedef\s++(?:(?:struct|class)\s++)?" + _CLASS + rb"\s++([A-Za-z_]\w*+)\s*+;", re.ASCII)
_TYPEDEF_WITH_BODY = re.compile(rb"typedef\s++(?:struct|class)\s++([A-Za-z_]\w*+)[^;{}]*+\{", re.ASCII)
_ARGUMENTS = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"[A-Za-z_]\w*(?:::\w+)*")
_STANDARD = "std"
_OF_STANDARD = b"std::"


@value
class Base:
    """A class from which another is derived."""

    derived: str
    """Without scopes."""
    written: str
    """The base, with its scopes."""
    offset: int
    """Of the class that is derived, in bytes."""


@value
class Classes:
    """What may be called on an object."""

    own: frozenset[str]
    """Its class, without scopes; several where the file declares several objects of that name. None is of the standard
    library."""
    held: frozenset[str]
    """The classes between the angle brackets: what a container or a smart pointer holds."""


class ObjectTable:
    """The objects that one file declares, and the classes of which it makes any."""

    def __init__(self, parsed: ParsedFile, functions: Iterable[Function]) -> None:
        self._parsed = parsed
        self._functions = functions
        # Few of the names are asked for, so what is written is only kept at first.
        self._written: dict[bytes, set[tuple[bytes, bytes | None]]] = defaultdict(set)
        self._known: dict[str, Classes | None] = {}
        self._has_parameters = False
        self.made: list[tuple[str, int]] = []
        """Each class of which an object is made, with its scopes as written, and where, in bytes."""
        data = parsed.source.data
        for pattern in _DECLARED:
            for match in pattern.finditer(data):
                of_class, held, mark, name, then = match.groups()
                self._written[name].add((of_class, held))
                # With brackets behind a capital letter it is mostly a function that returns the class.
                is_object = then != b"=" and (then != b"(" or not name[:1].isupper())
                if is_object and held is None and not mark and not of_class.startswith(_OF_STANDARD):
                    self.made.append((of_class.decode("ascii"), match.start(1)))
        for pattern in _MADE:
            self.made += ((match[1].decode("ascii"), match.start(1)) for match in pattern.finditer(data))
        for match in _AUTO.finditer(data):
            self._written[match[1]].add((match[2], None))

    def of(self, name: str) -> Classes | None:
        """Return what an object of the name is, None when the file does not declare one."""
        if name not in self._known:
            key = name.encode()
            if key not in self._written and not self._has_parameters:
                self._has_parameters = True
                self._read_parameters()
            self._known[name] = _classes(self._written[key]) if key in self._written else None
        return self._known[name]

    def for_others(self) -> tuple[Object, ...]:
        """Return the objects that a header declares: members of its classes among them, which other files call."""
        if self._parsed.source.path.suffix.lower() not in _HEADERS:
            return ()
        known = ((name.decode("ascii"), _classes(written)) for name, written in sorted(self._written.items()))
        return tuple(
            Object(name=name, classes=tuple(sorted(found.own)), held=tuple(sorted(found.held)))
            for name, found in known
            if found.own or found.held
        )

    def _read_parameters(self) -> None:
        for function in self._functions:
            body = function.node.child_by_field_name("body")
            if body is not None:
                head = self._parsed.source.data[function.start : body.start_byte]
                for of_class, held, _, name in _PARAMETER.findall(head):
                    self._written[name].add((of_class, held or None))


def _classes(written: Iterable[tuple[bytes, bytes | None]]) -> Classes:
    """Return the classes of an object, of each way in which it is declared."""
    own: set[str] = set()
    held: set[str] = set()
    for of_class, inside in written:
        own.add(_bare(of_class.decode("ascii")))
        held.update(map(_bare, _WORD.findall(inside.decode("utf-8", "replace"))) if inside else ())
    return Classes(own=frozenset(own - _NONE), held=frozenset(held - _NONE))


@lru_cache(maxsize=20_000)
def _bare(written: str) -> str:
    """Return a class without its scopes; empty for one of the standard library."""
    first, *_, last = (*written.split("::"), written.rsplit("::", 1)[-1])
    return "" if first == _STANDARD else last


def kin_of(parsed: ParsedFile, bases: Iterable[Base]) -> tuple[Kin, ...]:
    """Return what else the classes of a file are: what a name is an alias of, and what a class is derived from."""
    derived = ((base.derived, _bare(base.written)) for base in bases)
    found = {(name, other) for name, other in (*derived, *_aliases(parsed)) if name != other}
    return tuple(Kin(name=name, other=other) for name, other in sorted(found))


def bases_of(parsed: ParsedFile) -> tuple[Base, ...]:
    """Return what the classes of a file are derived from, but for the standard library."""
    return tuple(_bases(parsed))


def _bases(parsed: ParsedFile) -> Iterator[Base]:
    for pattern in _BASES:
        for match in pattern.finditer(parsed.source.data):
            listed = match[2].decode("utf-8", "replace")
            while (shorter := _ARGUMENTS.sub("", listed)) != listed:
                listed = shorter
            for base in listed.split(","):
                words = [word for word in _WORD.findall(base) if word not in _OF_A_BASE]
                if words and _bare(words[-1]):
                    yield Base(derived=match[1].decode("ascii"), written=words[-1], offset=match.start(1))


def _aliases(parsed: ParsedFile) -> Iterator[tuple[str, str]]:
    data = parsed.source.data
    for name, other in _ALIAS.findall(data):
        if bare := _bare(other.decode("ascii")):
            yield name.decode("ascii"), bare
    for other, name in _TYPEDEF.findall(data):
        if bare := _bare(other.decode("ascii")):
            yield name.decode("ascii"), bare
    for match in _TYPEDEF_WITH_BODY.finditer(data):
        node = parsed.leaf_at(match.start(), match.start() + 1)
        while node is not None and node.type != "type_definition":
            node = node.parent
        declared = node.child_by_field_name("declarator") if node is not None else None
        if declared is not None and declared.type == "type_identifier":
            # Its functions may be defined under either name.
            name, other = parsed.node_text(declared), match[1].decode("ascii")
            yield name, other
            yield other, name
