"""Meson files as a tree of statements; what they build is found by ``meson_build``."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TypeAlias

from portgauge.model.base import value

_TOKEN = re.compile(
    r"(?P<skip>[ \t\r]+|\#[^\n]*|\\\r?\n)"
    r"|(?P<newline>\n)"
    r"|(?P<text>f?'''.*?'''|f?'(?:[^'\\\n]|\\.)*')"
    r"|(?P<number>0[xob][0-9a-fA-F]+|\d+)"
    r"|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<sign>\+=|==|!=|<=|>=|[-+*/%<>=()\[\]{},:.?])",
    re.DOTALL,
)
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("or",),
    ("and",),
    ("==", "!=", "<", "<=", ">", ">=", "in", "not in"),
    ("+", "-"),
    ("*", "/", "%"),
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_ESCAPED = re.compile(r"\\(['\\])")
_MAX_DEPTH = 60


@value
class Literal:
    """A string, or a number or boolean as its text."""

    text: str
    is_text: bool
    is_template: bool = False
    """An ``f'...'``, whose ``@name@`` stand for variables."""


@value
class Name:
    """A variable."""

    name: str


@value
class Call:
    """A function call, or that of a method when ``of`` is given."""

    name: str
    of: "Expression | None"
    arguments: "tuple[Expression, ...]"
    keywords: "tuple[tuple[str, Expression], ...]"
    line: int

    def keyword(self, name: str) -> "Expression | None":
        """Return a keyword argument, None when it is not given."""
        return next((given for key, given in self.keywords if key == name), None)


@value
class Array:
    """A list, or the values of a dictionary."""

    parts: "tuple[Expression, ...]"
    keys: "tuple[Expression, ...] | None" = None
    """The keys of a dictionary, one for each part."""


@value
class Operation:
    """Two parts and what stands between: ``+``, ``and``, ``==``, ``?`` (either of two) or ``[`` (one of many)."""

    sign: str
    left: "Expression"
    right: "Expression"


@value
class Not:
    """``not`` and what it denies."""

    of: "Expression"


Expression: TypeAlias = Literal | Name | Call | Array | Operation | Not


@value
class Assignment:
    """``name = value`` or ``name += value``."""

    name: str
    given: Expression
    is_added: bool


@value
class Branching:
    """An ``if`` with all its branches; the condition of ``else`` is None."""

    branches: "tuple[tuple[Expression | None, tuple[Statement, ...]], ...]"


@value
class Loop:
    """A ``foreach``."""

    names: tuple[str, ...]
    items: Expression
    body: "tuple[Statement, ...]"


Statement: TypeAlias = Assignment | Branching | Loop | Expression


@value
class MesonFile:
    """The statements of one file, in its order."""

    path: PurePosixPath
    statements: tuple[Statement, ...]
    error_lines: tuple[int, ...]
    """The 1-based line at which the file is no valid Meson, if any; what follows there is missing."""


class _UnreadableError(Exception):
    """The text is no Meson that this grammar knows."""


@value
class _Token:
    kind: str
    text: str
    line: int


def read_meson(text: bytes, path: PurePosixPath) -> MesonFile:
    """Return the statements of a Meson file; of a broken file those before the break."""
    reader = _Reader(text.decode("utf-8", "replace"))
    statements: list[Statement] = []
    try:
        while not reader.is_finished:
            statements.append(reader.statement(0))
    except (_UnreadableError, RecursionError):
        return MesonFile(path=path, statements=tuple(statements), error_lines=(reader.line,))
    return MesonFile(path=path, statements=tuple(statements), error_lines=())


def _tokens(text: str) -> Iterator[_Token]:
    """Yield the tokens; line ends inside of brackets are none, and what nothing fits is of kind ``wrong``."""
    place, line, depth = 0, 1, 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            yield _Token(kind="wrong", text=text[place], line=line)
            return
        kind, word = found.lastgroup or "", found.group()
        depth += (word in _CLOSING) - (kind == "sign" and word in ")]}")
        if kind != "skip" and not (kind == "newline" and depth > 0):
            yield _Token(kind=kind, text=word, line=line)
        line += word.count("\n")
        place = found.end()


class _Reader:
    """Reads statements from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._place = 0
        self._skip_lines()

    @property
    def is_finished(self) -> bool:
        return self._place >= len(self._tokens)

    @property
    def line(self) -> int:
        if not self._tokens:
            return 1
        return self._tokens[min(self._place, len(self._tokens) - 1)].line

    def statement(self, depth: int) -> Statement:
        if depth > _MAX_DEPTH:
            raise _UnreadableError
        match self._peek():
            case "if":
                found: Statement = self._branching(depth)
            case "foreach":
                found = self._loop(depth)
            case _:
                found = self._plain(depth)
        if not self.is_finished and self._tokens[self._place].kind != "newline":
            raise _UnreadableError
        self._skip_lines()
        return found

    def _plain(self, depth: int) -> Statement:
        after = self._peek(1)
        if self._kind() == "name" and after in ("=", "+="):
            name = self._take().text
            self._take()
            return Assignment(name=name, given=self.expression(depth), is_added=after == "+=")
        return self.expression(depth)

    def _branching(self, depth: int) -> Branching:
        branches: list[tuple[Expression | None, tuple[Statement, ...]]] = []
        while (word := self._take().text) != "endif":
            condition = None if word == "else" else self.expression(depth)
            branches.append((condition, self._block(("elif", "else", "endif"), depth)))
        return Branching(branches=tuple(branches))

    def _loop(self, depth: int) -> Loop:
        self._take()
        names = [self._take().text]
        while self._peek() == ",":
            self._take()
            names.append(self._take().text)
        self._expect(":")
        items = self.expression(depth)
        body = self._block(("endforeach",), depth)
        self._take()
        return Loop(names=tuple(names), items=items, body=body)

    def _block(self, ends: tuple[str, ...], depth: int) -> tuple[Statement, ...]:
        self._skip_lines()
        found = []
        while self._peek() not in ends:
            found.append(self.statement(depth + 1))
        return tuple(found)

    def expression(self, depth: int) -> Expression:
        if depth > _MAX_DEPTH:
            raise _UnreadableError
        found = self._operation(0, depth + 1)
        if self._peek() == "?":
            self._take()
            yes = self.expression(depth + 1)
            self._expect(":")
            return Operation(sign="?", left=yes, right=self.expression(depth + 1))
        return found

    def _operation(self, level: int, depth: int) -> Expression:
        if level == len(_LEVELS):
            return self._unary(depth)
        found = self._operation(level + 1, depth)
        while (sign := self._sign()) in _LEVELS[level]:
            self._place += len(sign.split())
            found = Operation(sign=sign, left=found, right=self._operation(level + 1, depth))
        return found

    def _sign(self) -> str:
        word = self._peek()
        return "not in" if word == "not" and self._peek(1) == "in" else word

    def _unary(self, depth: int) -> Expression:
        if depth > _MAX_DEPTH:
            raise _UnreadableError
        if self._peek() == "not":
            self._take()
            return Not(of=self._unary(depth + 1))
        if self._peek() == "-":
            self._take()
        return self._chain(depth)

    def _chain(self, depth: int) -> Expression:
        found = self._atom(depth)
        while (sign := self._peek()) in (".", "["):
            self._take()
            if sign == ".":
                name = self._take()
                found = self._call(name.text, found, name.line, depth)
            else:
                found = Operation(sign="[", left=found, right=self.expression(depth + 1))
                self._expect("]")
        return found

    def _atom(self, depth: int) -> Expression:
        token = self._take()
        match token.kind:
            case "text":
                return _literal(token.text)
            case "number":
                return Literal(text=token.text, is_text=False)
            case "name" if token.text in ("true", "false"):
                return Literal(text=token.text, is_text=False)
            case "name":
                return self._call(token.text, None, token.line, depth) if self._peek() == "(" else Name(name=token.text)
        match token.text:
            case "(":
                inside = self.expression(depth + 1)
                self._expect(")")
                return inside
            case "[" | "{":
                parts, keys = self._parts(_CLOSING[token.text], depth)
                return Array(parts=tuple(parts), keys=tuple(keys) if token.text == "{" else None)
        raise _UnreadableError

    def _call(self, name: str, of: Expression | None, line: int, depth: int) -> Call:
        self._expect("(")
        parts, keys = self._parts(")", depth)
        plain = len(parts) - len(keys)
        named = [(key.name, part) for key, part in zip(keys, parts[plain:], strict=True) if isinstance(key, Name)]
        return Call(name=name, of=of, arguments=tuple(parts[:plain]), keywords=tuple(named), line=line)

    def _parts(self, end: str, depth: int) -> tuple[list[Expression], list[Expression]]:
        """Return the parts up to a closing bracket and the keys of those that have one; those stand last."""
        plain: list[Expression] = []
        keyed: list[Expression] = []
        keys: list[Expression] = []
        while self._peek() != end:
            part = self.expression(depth + 1)
            if self._peek() == ":":
                self._take()
                keys.append(part)
                keyed.append(self.expression(depth + 1))
            else:
                plain.append(part)
            if self._peek() != end:
                self._expect(",")
        self._take()
        return plain + keyed, keys

    def _kind(self) -> str:
        return "" if self.is_finished else self._tokens[self._place].kind

    def _peek(self, ahead: int = 0) -> str:
        place = self._place + ahead
        return self._tokens[place].text if place < len(self._tokens) else ""

    def _take(self) -> _Token:
        if self.is_finished or self._kind() == "wrong":
            raise _UnreadableError
        self._place += 1
        return self._tokens[self._place - 1]

    def _expect(self, text: str) -> None:
        if self._take().text != text:
            raise _UnreadableError

    def _skip_lines(self) -> None:
        while self._kind() == "newline":
            self._place += 1


def _literal(text: str) -> Literal:
    is_template = text.startswith("f")
    text = text.removeprefix("f")
    if text.startswith("'''"):
        return Literal(text=text[3:-3], is_text=True, is_template=is_template)
    return Literal(text=_ESCAPED.sub(r"\1", text[1:-1]), is_text=True, is_template=is_template)
