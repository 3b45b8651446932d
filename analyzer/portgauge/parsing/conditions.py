"""Preprocessor conditions: ``#if`` expressions evaluated with three answers, yes, no and unknown.

An unknown macro makes a condition unknown, not false: whether ``FEATURE`` is set is the build's secret.
Numbers are Python integers, truth is 1 or 0, unknown is None. Source: the C preprocessor's grammar of constant
expressions, without the ternary operator's side conditions and without ``__has_include``, which are unknown.
"""

import re
from collections.abc import Callable, Iterator, Sequence

_TOKEN = re.compile(
    r"\s*(?:(?P<name>[A-Za-z_]\w*)|(?P<number>0[xX][0-9a-fA-F']+|\d[\d']*)[uUlLzZ]*"
    r"|(?P<op>\|\||&&|==|!=|<=|>=|<<|>>|[-+*/%<>!~&|^()?:,]))"
)
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("||",),
    ("&&",),
    ("|",),
    ("^",),
    ("&",),
    ("==", "!="),
    ("<", "<=", ">", ">="),
    ("<<", ">>"),
    ("+", "-"),
    ("*", "/", "%"),
)
_MAX_TOKENS = 400
_MAX_DEPTH = 60

Number = int | None
"""A value of a condition; None is unknown."""
Lookup = Callable[[str], tuple[bool | None, Number]]
"""A macro name to: is it defined, and what is its value."""


class _UnreadableError(Exception):
    """The text is no expression that this grammar knows."""


def _tokens(text: str) -> Iterator[str]:
    place = 0
    while place < len(text):
        if text[place:].isspace():
            return
        found = _TOKEN.match(text, place)
        if found is None:
            raise _UnreadableError
        yield found.group("name") or found.group("number") or found.group("op")
        place = found.end()


def _calculate(operator: str, left: Number, right: Number) -> Number:
    if operator == "||":
        return 1 if left or right else (None if left is None or right is None else 0)
    if operator == "&&":
        return 0 if left == 0 or right == 0 else (None if left is None or right is None else 1)
    if left is None or right is None or (operator in ("/", "%") and right == 0):
        return None
    if operator in ("<<", ">>") and not 0 <= right < 64:
        return None
    return _ARITHMETIC[operator](left, right)


_ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b,
    "&": lambda a, b: a & b,
    "==": lambda a, b: int(a == b),
    "!=": lambda a, b: int(a != b),
    "<": lambda a, b: int(a < b),
    "<=": lambda a, b: int(a <= b),
    ">": lambda a, b: int(a > b),
    ">=": lambda a, b: int(a >= b),
    "<<": lambda a, b: a << b,
    ">>": lambda a, b: a >> b,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a // b,
    "%": lambda a, b: a % b,
}


class _Reader:
    """Recursive descent over the tokens of one condition."""

    def __init__(self, text: str, lookup: Lookup) -> None:
        self._tokens = list(_tokens(text))
        if len(self._tokens) > _MAX_TOKENS:
            raise _UnreadableError
        self._place = 0
        self._depth = 0
        self._lookup = lookup

    def whole(self) -> Number:
        found = self._level(0)
        if self._place != len(self._tokens):
            raise _UnreadableError
        return found

    def _peek(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        self._place += 1
        return token

    def _level(self, level: int) -> Number:
        if level == len(_LEVELS):
            return self._unary()
        left = self._level(level + 1)
        while self._peek() in _LEVELS[level]:
            operator = self._next()
            left = _calculate(operator, left, self._level(level + 1))
        return left

    def _unary(self) -> Number:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise _UnreadableError
        try:
            token = self._next()
            match token:
                case "!":
                    inner = self._unary()
                    return None if inner is None else int(not inner)
                case "-" | "+" | "~":
                    inner = self._unary()
                    return None if inner is None else {"-": -inner, "+": inner, "~": ~inner}[token]
                case "(":
                    inner = self._level(0)
                    if self._next() != ")":
                        raise _UnreadableError
                    return inner
                case "defined":
                    return self._defined()
                case _:
                    return self._leaf(token)
        finally:
            self._depth -= 1

    def _defined(self) -> Number:
        name = self._next()
        if name == "(":
            name = self._next()
            if self._next() != ")":
                raise _UnreadableError
        defined, _ = self._lookup(name)
        return None if defined is None else int(defined)

    def _leaf(self, token: str) -> Number:
        if token[:1].isdigit():
            digits = token.replace("'", "")
            return int(digits, 16 if digits[:2].lower() == "0x" else 10)
        if not token or not (token[0].isalpha() or token[0] == "_"):
            raise _UnreadableError
        if self._peek() == "(":
            first = self._place
            self._skip_arguments()
            return _version(token, self._tokens[first : self._place])
        defined, number = self._lookup(token)
        # The preprocessor reads a name that is no macro as 0.
        return 0 if defined is False else number

    def _skip_arguments(self) -> None:
        depth = 0
        while self._place < len(self._tokens):
            token = self._next()
            depth += (token == "(") - (token == ")")
            if depth == 0:
                return
        raise _UnreadableError


def _version(macro: str, arguments: Sequence[str]) -> Number:
    """Return what ``NCCL_VERSION(2, 28, 0)`` and its like stand for, as most headers count; None for other macros."""
    parts = [argument for argument in arguments if argument not in "(,)"]
    if "VERSION" not in macro.upper() or not 0 < len(parts) <= 3 or not all(part.isdigit() for part in parts):
        return None
    major, minor, patch = (*map(int, parts), 0, 0)[:3]
    return major * 10_000 + minor * 100 + patch


def truth(condition: str, lookup: Lookup) -> bool | None:
    """Return whether a condition holds; None when it is not known, also for text that is no condition."""
    try:
        found = _Reader(condition, lookup).whole()
    except _UnreadableError:
        return None
    return None if found is None else bool(found)
