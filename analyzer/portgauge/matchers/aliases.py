"""What a header of aliases for AMD defines itself, beside ``#define NAME OTHER``: macros, functions and types.

Reads text without a tree, and only files that hold several aliases for AMD: elsewhere a definition of a CUDA name says
nothing about AMD. Functions are seen at file scope only. Whose branch a definition is in is not decided here.
"""

import re
from collections.abc import Callable, Iterator

from portgauge.matchers.shapes import ShapeMatch
from portgauge.parsing.lexer import names_only

MIN_ALIASES = 5
"""Fewer aliases in one file are a local remedy, not a layer."""
_MACRO = re.compile(rb"^[ \t]*#[ \t]*define[ \t]+(\w+)(?:\(([^()\n]*)\))?((?:\\\r?\n|[^\n])*)", re.MULTILINE)
_DIRECTIVE = re.compile(rb"^[ \t]*#(?:\\\r?\n|[^\n])*", re.MULTILINE)
_TYPE = re.compile(rb"\btypedef\b[^;{}()]{1,300}?\b(\w+)[ \t]*;|\busing[ \t]+(\w+)[ \t]*=[^;{}]{1,300};")
_FUNCTION = re.compile(rb"\b(\w+)[ \t\r\n]*\(([^(){};]*)\)[ \t\r\n]*\{")
_BRACE = re.compile(rb"[{}]")
_UNUSED = rb"\(\s*void\s*\)\s*%s\b"
_WORD = re.compile(rb"[A-Za-z_]\w*")


def own_alias_matches(data: bytes, *, is_cuda_name: Callable[[bytes], bool]) -> Iterator[ShapeMatch]:
    """Yield a match for each CUDA name that a header of aliases defines as something of its own."""
    plain = names_only(data)
    for found in _MACRO.finditer(plain):
        name, parameters, body = found.groups()
        # A macro that stands for its own name, or for nothing, is a mark.
        if is_cuda_name(name) and body.strip() not in (b"", name):
            yield _match(found, name, parameters, body)
    code = _DIRECTIVE.sub(lambda line: b" " * len(line.group()), plain)
    for found in _TYPE.finditer(code):
        name = found.group(1) or found.group(2)
        if is_cuda_name(name):
            yield _match(found, name, None, b"")
    reached = 0
    for found in _FUNCTION.finditer(code):
        if found.start() < reached or code[reached : found.start()].count(b"{") > code[reached : found.start()].count(
            b"}"
        ):
            continue
        end = _end_of_body(code, found.end())
        if is_cuda_name(found.group(1)):
            yield _match(found, found.group(1), found.group(2), code[found.end() : end])
        reached = end


def _match(found: "re.Match[bytes]", name: bytes, parameters: bytes | None, body: bytes) -> ShapeMatch:
    place = 2 if found.re is _TYPE and found.group(1) is None else 1
    parts: dict[str, str | int] = {"name": name.decode(), "meaning": "a definition of its own", "vendor": "amd"}
    if parameters is not None and _drops_first(parameters, body):
        parts["first_argument"] = "dropped"
    return ShapeMatch(shape="macro-alias", start=found.start(place), end=found.end(place), parts=parts)


def _drops_first(parameters: bytes, body: bytes) -> bool:
    """Return whether the first parameter has a name that the body does not use."""
    names = _WORD.findall(parameters.split(b",")[0].split(b"=")[0])
    if not names:
        return False
    return re.search(rb"\b%s\b" % names[-1], re.sub(_UNUSED % names[-1], b"", body)) is None


def _end_of_body(code: bytes, start: int) -> int:
    """Return the offset after the brace that closes one opened before ``start``; the end of the text if none does."""
    depth = 1
    for brace in _BRACE.finditer(code, start):
        depth += 1 if brace.group() == b"{" else -1
        if depth == 0:
            return brace.end()
    return len(code)
