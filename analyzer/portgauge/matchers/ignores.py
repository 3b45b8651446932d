"""Comments that ask for a finding to be ignored: ``portgauge: ignore[RULE] reason="..." until=DATE``."""

import re
from collections.abc import Iterator
from datetime import date

from portgauge.matchers.shapes import ShapeMatch
from portgauge.parsing.cuda import SourceText
from portgauge.parsing.lexer import without_comments

MARK = b"portgauge: ignore"
"""Files without it are not looked through."""
SHAPE = "ignore-comment"
_IGNORE = re.compile(
    rb"portgauge: ignore(?:\[(?P<rules>[^\]\n]{1,400})\])?"
    rb"(?:[ \t]+(?:reason=\"(?P<reason>[^\"\n]{0,400})\"|until=(?P<until>[^\s\"*]{1,40})))*"
)
_REASON = re.compile(rb"reason=\"([^\"\n]{0,400})\"")
_UNTIL = re.compile(rb"until=([^\s\"*]{1,40})")
_HASH_OPENS = re.compile(rb"(?:^|\s)(?:#|//|--)[^\n]*$")


def ignore_matches(source: SourceText, *, is_c_family: bool) -> Iterator[ShapeMatch]:
    """Yield a match for each such comment: which rules, why, until when, and the line that it is about.

    A comment behind code is about that line, one alone on its line about the next line with code.
    """
    data = source.data
    code = without_comments(data) if is_c_family else data
    for found in _IGNORE.finditer(data):
        start = found.start()
        if is_c_family and code[start : start + 1].strip():
            continue  # in a string, or in code
        line_start = data.rfind(b"\n", 0, start) + 1
        before = data[line_start:start]
        if not is_c_family and not _HASH_OPENS.search(before):
            continue
        text = found.group()
        reason, until = _REASON.search(text), _UNTIL.search(text)
        stated = _text(reason.group(1)).strip() if reason else ""
        day = _text(until.group(1)) if until else ""
        state = "stated" if stated and found["rules"] else "without-reason" if found["rules"] else "without-rule"
        if state == "stated" and day and not _is_day(day):
            state = "wrong-date"
        parts: dict[str, str | int] = {
            "ignores": " ".join(_text(found["rules"] or b"").replace(",", " ").split()),
            "reason": stated,
            "until": day,
            "state": state,
            "about_line": _about(source, code, line_start, start, is_c_family=is_c_family),
        }
        yield ShapeMatch(shape=SHAPE, start=start, end=found.end(), parts=parts)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2027-03-01")


def _about(source: SourceText, code: bytes, line_start: int, start: int, *, is_c_family: bool) -> int:
    """Return the 1-based line that a comment is about."""
    line = source.line_of(start)
    before = code[line_start:start]
    if not is_c_family:
        before = re.split(rb"#|//|--", before)[0]
    if before.strip():
        return line
    for number, following in enumerate(code[line_start:].split(b"\n")[1:], start=line + 1):
        stripped = following.strip()
        if stripped and (is_c_family or not stripped.startswith((b"#", b"//", b"--"))):
            return number
    return line
