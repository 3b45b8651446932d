"""The bytes of a source file made ready for a grammar: UTF-8 without byte order mark.

Positions refer to the bytes that are handed back, never to those on disk.
"""

import codecs

from portgauge.model.base import value

# The four-byte marks go first: a UTF-32 mark begins with a UTF-16 one.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


@value
class Decoded:
    """A source file as bytes that a grammar reads, or the reason why it is no text."""

    text: bytes
    """UTF-8 without mark; invalid bytes stay in place. Empty when the file is no text."""
    encoding: str
    """What the file was written in, such as ``utf-16-le``; empty when it is no text."""
    invalid_bytes: int
    """Places that are no valid text in ``encoding``."""
    reason: str
    """Why the file is no text; empty when it is."""
    note: str
    """What a reader should know about the conversion; may be empty."""

    @property
    def is_text(self) -> bool:
        """The file can be read as source text."""
        return not self.reason


def decode_source(data: bytes, *, max_bytes: int | None = None, head_bytes: int = 8192) -> Decoded:
    """Return the content of a source file as UTF-8.

    Args:
        data: The bytes of the file.
        max_bytes: A file with more bytes than this is not decoded; None for no limit.
        head_bytes: How many bytes at the beginning are searched for NUL, which source text never holds.
    """
    if max_bytes is not None and len(data) > max_bytes:
        return _refused(f"it has {len(data):,} bytes, more than the limit of {max_bytes:,}; it was not read")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _marked(data[len(mark) :], encoding)
    if b"\0" in data[:head_bytes]:
        return _refused("it holds NUL bytes and no byte order mark, so it is taken as binary and was not read")
    return _utf8(data)


def decode_for_display(text: bytes) -> str:
    """Return bytes of a source file as text for people: UTF-8, or Latin-1 where they are no valid UTF-8."""
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _refused(reason: str) -> Decoded:
    return Decoded(text=b"", encoding="", invalid_bytes=0, reason=reason, note="")


def _marked(content: bytes, encoding: str) -> Decoded:
    if encoding == "utf-8":
        return _utf8(content)
    decoded = content.decode(encoding, errors="replace")
    # A replacement character that the file itself holds is counted too: here that cannot be told apart.
    invalid = decoded.count(_REPLACEMENT)
    note = f"read as {encoding.upper()}; positions refer to its UTF-8 form"
    if invalid:
        note += f", with {invalid} invalid places replaced"
    return Decoded(text=decoded.encode("utf-8"), encoding=encoding, invalid_bytes=invalid, reason="", note=note)


def _utf8(content: bytes) -> Decoded:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        written = content.count(_REPLACEMENT.encode("utf-8"))
        invalid = content.decode("utf-8", errors="replace").count(_REPLACEMENT) - written
        note = f"{invalid} places are no valid UTF-8; they were kept, and snippets show them as Latin-1"
        return Decoded(text=content, encoding="utf-8", invalid_bytes=invalid, reason="", note=note)
    return Decoded(text=content, encoding="utf-8", invalid_bytes=0, reason="", note="")
