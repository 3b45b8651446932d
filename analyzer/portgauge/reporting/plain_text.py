"""Source text made safe to show: every character visible, none obeyed.

Escaping for HTML is the template engine's work; this is about characters that a terminal,
a browser or a reader's eye would obey: escape sequences, text direction, lone surrogates.
"""

import re

_KEPT = {"\n", "\t"}


def _shown(character: str) -> str:
    code = ord(character)
    if character in _KEPT:
        return character
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if 0xD800 <= code <= 0xDFFF:
        # A file name that is not UTF-8 reaches us as lone surrogates.
        return "\ufffd"
    import unicodedata  # here, because most text is plain and the tables are large

    if unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} or code & 0xFFFE == 0xFFFE:
        # Among them the direction marks that make code read differently from what it does.
        return f"[U+{code:04X}]"
    return character


def visible(text: str) -> str:
    """Return ``text`` with every control, direction and format character made visible."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def one_line(text: str) -> str:
    """Return ``text`` visible and on one line."""
    return visible(" ".join(text.split()))


def shortened(text: str, *, limit: int) -> str:
    """Return ``text`` on one line, cut to ``limit`` characters with an ellipsis."""
    line = one_line(text)
    return line if len(line) <= limit else line[: limit - 1] + "…"


def whole_sentences(text: str, *, limit: int) -> str:
    """Return as many sentences of ``text`` as ``limit`` characters hold; the first is cut when it alone is longer."""
    line = one_line(text)
    if len(line) <= limit:
        return line
    ends = [end.end() for end in re.finditer(r"[.!?](?= [A-Z])", line) if end.end() <= limit]
    return line[: ends[-1]] if ends else shortened(line, limit=limit)


def shortened_path(path: str, *, limit: int) -> str:
    """Return a path cut to ``limit`` characters from its front, because the end tells files apart."""
    line = one_line(path)
    return line if len(line) <= limit else "…" + line[-(limit - 1) :]
