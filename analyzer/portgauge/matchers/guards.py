"""Which ``#if`` conditions stand around a place, read from the directives as text."""

import re
from bisect import bisect_right

from portgauge.model.location import Guard
from portgauge.parsing.cuda import SourceText
from portgauge.parsing.lexer import names_only

_DIRECTIVE = re.compile(rb"^[ \t]*#[ \t]*(ifdef|ifndef|if|elif|else|endif|define)\b((?:\\\r?\n|[^\n])*)", re.MULTILINE)
_COMMENT = re.compile(r"/\*.*?\*/|//.*", re.DOTALL)
_MAY_HIDE = re.compile(rb'/\*.*?(?:\*/|\Z)|R"[^()\\\s]{0,16}\(.*?(?:\)"|\Z)', re.DOTALL)
_MAX_TEXT = 300
_MAX_TRIED = 20
_MAX_DEPTH = 200
"""Deeper nests are cut: the outermost conditions are kept and the rest is not recorded."""


class Directive:
    """One conditional directive with its condition."""

    __slots__ = ("condition", "end", "guard", "kind", "other", "start")

    def __init__(self, kind: str, condition: str, start: int, end: int) -> None:
        self.kind = kind
        self.condition = condition
        self.start = start
        self.end = end
        self.guard: Guard | None = None
        """Of the branch that it opens."""
        self.other: Directive | None = None
        """The ``elif``, ``else`` or ``endif`` that closes the branch; None when nothing does."""


class Definition:
    """One ``#define`` without parameters: its name, what it stands for, and the conditions around it."""

    __slots__ = ("end", "guards", "meaning", "name", "start")

    def __init__(self, name: str, meaning: str, start: int, end: int, guards: tuple[Guard, ...]) -> None:
        self.name = name
        self.meaning = meaning
        self.start = start
        self.end = end
        self.guards = guards


def _clean(text: bytes) -> str:
    joined = text.replace(b"\\\r\n", b" ").replace(b"\\\n", b" ").decode("utf-8", "replace")
    return " ".join(_COMMENT.sub(" ", joined).split())


def _readable(data: bytes) -> bytes:
    """Return the text in which directives may be looked for: without comments and strings if one may hide any.

    Most files have no line that begins with "#" after the opening of a block comment or raw string, so most
    are searched as they are.
    """
    hides = any(b"\n#" in match.group() or b"\n #" in match.group() for match in _MAY_HIDE.finditer(data))
    return names_only(data) if hides else data


class _Level:
    """One open ``#if``: the branch that is current, and the conditions tried so far."""

    def __init__(self, guard: Guard) -> None:
        self.opened: Directive | None = None
        self.current: tuple[Guard, ...] = (guard,)
        self.lines = [guard.line]
        self.tried = [guard.text]
        self.conditions = [guard.condition]


def _close(level: _Level, directive: Directive) -> None:
    if level.opened is not None:
        level.opened.other = directive


class GuardTable:
    """The conditions around every offset of one file."""

    def __init__(self, source: SourceText) -> None:
        self.directives: list[Directive] = []
        self._starts: list[int] = [0]
        self._guards: list[tuple[Guard, ...]] = [()]
        self.defines: list[Definition] = []
        self.unclosed = 0
        self.followed: set[int] = set()
        """Lines of conditions that another branch follows."""
        stack: list[_Level] = []
        candidate: str | None = None
        for match in _DIRECTIVE.finditer(_readable(source.data)):
            kind = match.group(1).decode()
            condition = _clean(match.group(2))
            if kind == "define":
                if candidate is not None and condition.split("(")[0].split(" ")[0] == candidate and stack:
                    stack[-1].current = ()  # an include guard is no condition of the code
                    self._mark(match.end(), stack)
                self._define(match, condition)
                candidate = None
                continue
            candidate = condition if kind == "ifndef" and len(stack) == 0 and not self.directives else None
            directive = Directive(kind, condition, match.start(2), match.end(2))
            if kind != "endif":
                self.directives.append(directive)
            self._apply(directive, source.line_of(match.start()), stack)
            self._mark(match.end(), stack)
        self.unclosed = len(stack)

    def _define(self, match: "re.Match[bytes]", text: str) -> None:
        name, _, meaning = text.partition(" ")
        if name.isidentifier():
            self.defines.append(
                Definition(name, meaning.strip().strip("()").strip(), match.start(2), match.end(2), self._guards[-1])
            )

    def _apply(self, directive: Directive, line: int, stack: list[_Level]) -> None:
        match directive.kind:
            case "endif":
                if stack:
                    _close(stack.pop(), directive)
            case "elif" | "else":
                if stack:
                    level = stack[-1]
                    _close(level, directive)
                    level.opened = directive
                    text = directive.condition if directive.kind == "elif" else "; ".join(level.tried)
                    guard = Guard(
                        kind=directive.kind,
                        text=text[:_MAX_TEXT],
                        line=line,
                        tried=tuple(level.conditions[:_MAX_TRIED]),
                    )
                    directive.guard = guard
                    level.current = (guard,)
                    self.followed.update(level.lines)
                    level.lines.append(line)
                    level.tried.append(directive.condition)
                    level.conditions.append(guard.condition[:_MAX_TEXT])
            case _:
                directive.guard = Guard(kind=directive.kind, text=directive.condition[:_MAX_TEXT], line=line)
                stack.append(_Level(directive.guard))
                stack[-1].opened = directive

    def _mark(self, offset: int, stack: list[_Level]) -> None:
        self._starts.append(offset)
        self._guards.append(tuple(guard for level in stack[:_MAX_DEPTH] for guard in level.current))

    def at(self, offset: int) -> tuple[Guard, ...]:
        """Return the conditions around a byte offset, outermost first."""
        return self._guards[bisect_right(self._starts, offset) - 1]
