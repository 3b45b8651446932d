"""Words of C-family text without a grammar.

Reads ``#define`` bodies, which are one opaque node to the grammar, and whole files that the grammar should
not or could not read. Knows comments, strings (raw ones too), numbers, names and single marks; nothing else.
"""

import re
from collections.abc import Iterator
from itertools import accumulate
from operator import sub

from portgauge.model.base import value

_TOKEN = re.compile(
    rb"""
    (?P<comment>//(?:\\\r?\n|[^\n])*|/\*.*?(?:\*/|\Z))
  | (?P<raw>\b(?:u8|[uUL])?R"(?P<delimiter>[^()\\\s]{0,16})\(.*?(?:\)(?P=delimiter)"|\Z))
  | (?P<string>"(?:\\.|[^"\\\n])*(?:"|(?=\n)|\Z))
  | (?P<character>'(?:\\.|[^'\\\n]){1,8}')
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<number>\.?[0-9](?:'?[0-9A-Za-z_.])*)
  | (?P<mark><<<|>>>|::|[^\s\w])
    """,
    re.VERBOSE | re.DOTALL,
)
_BLANKED = re.compile(
    rb"""
    [/"'LRUu](?:
        (?<=/)(?:/(?:[^\\\n]++|\\\r?\n|\\)*+|\*.*?(?:\*/|\Z))
      | (?<=")(?:[^"\\\n]++|\\.)*+(?:"|(?=\n)|\Z)
      | (?<=')(?:\\.|[^'\\\n]){1,8}'
      | (?:(?<=\bR)|(?<=\b[LU])R|(?<=\bu)8?R)"(?P<delimiter>[^()\\\s]{0,16})\(.*?(?:\)(?P=delimiter)"|\Z)
    )
    """,
    re.VERBOSE | re.DOTALL,
)
"""Comments, strings and characters. They begin with one of a few letters, so that the search skips all others."""
_LINE_WITH_CODE = re.compile(rb"^[ \t\r\f\v]*+\S", re.MULTILINE)
_STEPS = {byte: 1 if byte in b"([{" else -1 for byte in b"([{)]}"}
_NOT_BRACKETS = bytes(set(range(256)) - set(_STEPS))


@value
class Token:
    """One word or mark of the text."""

    kind: str
    """``name``, ``number``, ``string``, ``character`` or ``mark``."""
    text: bytes
    start: int
    """Byte offset in the text that was lexed."""

    @property
    def end(self) -> int:
        """Byte offset after the token."""
        return self.start + len(self.text)


def tokens(text: bytes, start: int = 0) -> Iterator[Token]:
    """Yield the tokens of C-family text from ``start`` on; comments are left out. Never raises, linear in the text."""
    for match in _TOKEN.finditer(text, start):
        kind = match.lastgroup
        if kind == "comment":
            continue
        if kind in ("raw", "delimiter") or match.group("raw") is not None:
            kind = "string"
        yield Token(kind=str(kind), text=match.group(), start=match.start())


def _blanks(text: bytes) -> bytes:
    """Return as many blanks as there are bytes, with the newlines where they are."""
    if b"\n" not in text:
        return b" " * len(text)
    return b"\n".join(b" " * len(line) for line in text.split(b"\n"))


def without_comments(text: bytes) -> bytes:
    """Return the text with comments replaced by blanks of the same length; strings stay, newlines stay."""

    def blank(match: re.Match[bytes]) -> bytes:
        found = match.group()
        return _blanks(found) if found[:1] == b"/" else found

    return _BLANKED.sub(blank, text)


def names_only(text: bytes) -> bytes:
    """Return the text with comments, strings and characters replaced by blanks of the same length."""

    def blank(match: re.Match[bytes]) -> bytes:
        return _blanks(match.group())

    return _BLANKED.sub(blank, text)


def has_unclosed_comment(text: bytes) -> bool:
    """Return whether a block comment is opened and never closed; the rest of the text is then no code."""
    closed = text.rfind(b"*/")
    if text.rfind(b"/*") <= closed:
        return False
    blanked = [match.group() for match in _BLANKED.finditer(text, closed + 2 if closed >= 0 else 0)]
    return bool(blanked) and blanked[-1].startswith(b"/*") and text.endswith(blanked[-1])


def count_code_lines(text: bytes) -> int:
    """Return how many lines hold something other than blanks and comments."""
    return lines_with_code(without_comments(text))


def lines_with_code(blanked: bytes) -> int:
    """Return how many lines of a text without comments hold something other than blanks."""
    return len(_LINE_WITH_CODE.findall(blanked))


def bracket_depth(text: bytes) -> int:
    """Return the deepest nesting of brackets and of ``#if``, an upper bound that ignores strings and comments."""
    steps = [_STEPS[byte] for byte in text.translate(None, delete=_NOT_BRACKETS)]
    depths = list(accumulate(steps, initial=0))
    # More closed than opened counts as nothing open: the depth is measured from the lowest point so far.
    deepest: int = max(map(sub, depths, accumulate(depths, min)))
    conditions = depth = 0
    for match in re.finditer(rb"^[ \t]*#[ \t]*(if|endif)", text, re.MULTILINE):
        depth += 1 if match.group(1) == b"if" else -1
        conditions = max(conditions, depth)
    return max(deepest, conditions)
