"""The template of an ``asm`` statement, read with the lexer: alike in code, in ``#define`` bodies and in broken code.

String literals are joined; a macro of the same file that stands for strings is replaced by them, with stringized
arguments (``#x``) as written. What is not known becomes ``GAP``, so that the text around it is still read.
"""

import re
from collections.abc import Iterator, Sequence

from portgauge.model.base import value
from portgauge.parsing.lexer import Token, tokens
from portgauge.parsing.ptx import GAP, unescape

ASM_WORDS = frozenset({b"asm", b"__asm__", b"__asm"})
_QUALIFIERS = frozenset({b"volatile", b"__volatile__", b"__volatile", b"goto", b"inline", b"__inline__"})
_DEFINE = re.compile(
    rb"^[ \t]*+#[ \t]*+define[ \t]++([A-Za-z_]\w*+)(\([^()\n]{0,400}\))?((?:\\\r?\n|[^\n])*+)", re.MULTILINE
)
_MAX_BODY_BYTES = 20_000
_MAX_DEPTH = 8
"""How many macros deep a text is put together; a recursive macro ends there."""
_MAX_PIECES = 2_000
"""How many literals one use of a macro may give: macros that double each other give more without end."""


@value
class AsmText:
    """One asm statement; byte offsets in the text that was read."""

    template: str
    offsets: tuple[int, ...]
    """Where each character of the template stands; of what comes out of a macro, where the macro is used."""
    start: int
    end: int


@value
class _Macro:
    parameters: tuple[bytes, ...]
    body: tuple[Token, ...]


class StringMacros:
    """The macros of one file by name, for those that stand for parts of a template."""

    def __init__(self, data: bytes) -> None:
        self._macros: dict[bytes, _Macro] = {}
        for found in _DEFINE.finditer(data):
            if len(found[3]) <= _MAX_BODY_BYTES and (b'"' in found[3] or b"#" in found[3]):
                parameters = tuple(part.strip() for part in (found[2] or b"()")[1:-1].split(b",") if part.strip())
                self._macros[found[1]] = _Macro(
                    parameters=parameters,
                    # Comments and joined lines are no tokens.
                    body=tuple(token for token in tokens(found[3]) if token.text != b"\\"),
                )

    def text_of(self, name: bytes, arguments: Sequence[bytes]) -> str:
        """Return what a use of a macro stands for; ``GAP`` for what is not known."""
        pieces: list[str] = []
        self._expand(name, arguments, pieces, depth=0)
        return "".join(pieces)

    def _expand(self, name: bytes, arguments: Sequence[bytes], pieces: list[str], *, depth: int) -> None:
        macro = self._macros.get(name)
        if macro is None or depth >= _MAX_DEPTH or len(pieces) > _MAX_PIECES:
            pieces.append(GAP)
            return
        given = dict(zip(macro.parameters, arguments, strict=False))
        is_stringized = False
        for token in macro.body:
            if token.text == b"#":
                is_stringized = True
                continue
            if token.kind == "string":
                pieces.append(unescape(token.text.decode("utf-8", "replace"))[0])
            elif token.kind == "name" and is_stringized:
                pieces.append(given.get(token.text, GAP.encode()).decode("utf-8", "replace"))
            elif token.kind == "name" and token.text in given:
                pieces.append(_plain_text(given[token.text]))
            elif token.kind == "name":
                self._expand(token.text, (), pieces, depth=depth + 1)
            elif token.text not in (b"(", b")"):
                pieces.append(GAP)
            is_stringized = False


def _plain_text(argument: bytes) -> str:
    """Return the text of an argument that is a string literal, else ``GAP``."""
    text = argument.decode("utf-8", "replace").strip()
    return unescape(text)[0] if text.startswith('"') else GAP


def read_asm_statement(text: bytes, start: int, *, macros: StringMacros) -> AsmText | None:
    """Return the statement whose keyword stands at ``start``; None when no template follows it.

    Reads no further than the statement's ``;`` or the next keyword, so a statement that is never closed costs no
    more than the text up to there.
    """
    stream = tokens(text, start)
    keyword = next(stream, None)
    if keyword is None or keyword.text not in ASM_WORDS:
        return None
    opening = next((token for token in stream if token.text not in _QUALIFIERS), None)
    if opening is None or opening.text != b"(":
        return None
    inside, reached = _inside(stream, opening.end)
    pieces: list[str] = []
    offsets: list[int] = []
    for token, arguments in _template(inside):
        if token.kind == "string":
            plain, places = unescape(token.text.decode("utf-8", "replace"))
            # Offsets inside a literal are counted in characters; assembly is ASCII but for comments.
            offsets.extend(token.start + place for place in places)
        else:
            plain = macros.text_of(token.text, arguments) if token.kind == "name" else GAP
            offsets.extend([token.start] * len(plain))
        pieces.append(plain)
    return AsmText(template="".join(pieces), offsets=tuple(offsets), start=start, end=reached)


def _inside(stream: Iterator[Token], reached: int) -> tuple[list[Token], int]:
    """Return the tokens up to the first colon of a statement, and where the statement ends."""
    inside: list[Token] = []
    depth, is_template = 1, True
    for token in stream:
        if token.text == b";" or token.text in ASM_WORDS:
            break
        reached = token.end
        depth += {b"(": 1, b")": -1}.get(token.text, 0)
        if depth == 0:
            break
        is_template = is_template and not (depth == 1 and token.text in (b":", b"::"))
        if is_template:
            inside.append(token)
    return inside, reached


def _template(inside: Sequence[Token]) -> Iterator[tuple[Token, tuple[bytes, ...]]]:
    """Yield the parts of a template: literals, macros with their arguments, and ``#`` for a stringized name."""
    position = 0
    while position < len(inside):
        token = inside[position]
        position += 1
        follows = inside[position] if position < len(inside) else None
        if token.kind == "string":
            yield token, ()
        elif token.text == b"#":
            position += follows is not None and follows.kind == "name"
            yield token, ()
        elif token.kind == "name" and follows is not None and follows.text == b"(":
            arguments, position = _arguments(inside, position + 1)
            yield token, arguments
        elif token.kind == "name":
            yield token, ()


def _arguments(inside: Sequence[Token], position: int) -> tuple[tuple[bytes, ...], int]:
    """Return the arguments of a macro whose parenthesis was just passed, and the position behind them."""
    arguments: list[list[bytes]] = [[]]
    depth = 1
    while position < len(inside):
        text = inside[position].text
        position += 1
        depth += {b"(": 1, b")": -1}.get(text, 0)
        if depth == 0:
            break
        if text == b"," and depth == 1:
            arguments.append([])
        else:
            arguments[-1].append(text)
    return tuple(b"".join(argument) for argument in arguments), position
