"""Dockerfiles as the list of their instructions, with the values of ARG put in where FROM names them.

The reader on PyPI takes the lines of a here-document for instructions and leaves variables of FROM as they are, so
here is one of our own. It reads what the format's reference calls instructions; what stands in them is left as it is.
"""

import re

from portgauge.model.base import value

INSTRUCTIONS = frozenset(
    (
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
        "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
    )
)  # fmt: skip
_ESCAPE = re.compile(rb"\A(?:[ \t]*#[^\n]*\n)*?[ \t]*#[ \t]*escape[ \t]*=[ \t]*(\S)", re.IGNORECASE)
_HEREDOC = re.compile(r"<<-?\s*([\"']?)(\w+)\1")
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::?-([^}]*))?\})")
_ROUNDS = 5
"""How often a value that names other variables is filled in; a circle ends there."""
_MAX_FILLED = 2_000
"""Longest text that filling in may give; a hostile file could double it in every round."""

Line = tuple[str, int, int]
"""Text without its end, and the byte offsets of its start and end."""


@value
class Instruction:
    """One instruction; continued lines are joined, comments between them left out."""

    name: str
    """In upper case."""
    arguments: str
    """A here-document follows on lines of its own."""
    start: int
    """Byte offset in the file."""
    end: int
    """Byte offset, exclusive."""


@value
class Dockerfile:
    """The instructions of one file, in its order."""

    instructions: tuple[Instruction, ...]
    problem: str
    """What is wrong with the file, in one sentence; empty when it reads well."""


def read_dockerfile(data: bytes) -> Dockerfile:
    """Return the instructions; lines that are none are left out and named as a problem."""
    found = _ESCAPE.match(data)
    escape = found.group(1).decode("utf-8", "replace") if found else "\\"
    lines = _lines(data)
    instructions: list[Instruction] = []
    arguments: dict[str, str] = {}
    strange: list[int] = []
    number = 0
    while number < len(lines):
        first = number
        text, number = _joined(lines, number, escape)
        name, _, rest = text.partition(" ")
        name = name.upper()
        if not text:
            continue
        if name not in INSTRUCTIONS:
            strange.append(first + 1)
            continue
        code_end = number
        if name in ("RUN", "COPY", "ADD"):
            number = _after_heredocs(lines, number, rest)
        rest = _read_arguments(name, rest.strip(), arguments)
        body = [text for text, _, _ in lines[code_end:number]]
        instructions.append(
            Instruction(
                name=name,
                arguments="\n".join([rest, *body]),
                start=lines[first][1],
                end=lines[number - 1][2],
            )
        )
    return Dockerfile(instructions=tuple(instructions), problem=_problem(instructions, strange))


def _read_arguments(name: str, rest: str, arguments: dict[str, str]) -> str:
    if name == "FROM":
        return _filled(rest, arguments)
    if name == "ARG":
        variable, equals, default = rest.partition("=")
        if equals:
            arguments.setdefault(variable.strip(), default.strip().strip("\"'"))
    return rest


def _problem(instructions: list[Instruction], strange: list[int]) -> str:
    if strange:
        return (
            f"line {strange[0]} is no Dockerfile instruction ({len(strange)} such lines); what they hold may be missing"
        )
    if not any(instruction.name == "FROM" for instruction in instructions):
        return "holds no FROM, so it is no whole Dockerfile; what it builds on may be missing"
    return ""


def _lines(data: bytes) -> list[Line]:
    lines = []
    start = 0
    for raw in data.split(b"\n"):
        lines.append((raw.decode("utf-8", "replace").rstrip("\r"), start, start + len(raw)))
        start += len(raw) + 1
    return lines


def _joined(lines: list[Line], number: int, escape: str) -> tuple[str, int]:
    """Return a logical line and the number of the line after it; empty for a blank line or comment."""
    parts: list[str] = []
    while number < len(lines):
        text = lines[number][0].strip()
        number += 1
        if not text or text.startswith("#"):
            if parts:
                continue
            return "", number
        if not text.endswith(escape):
            parts.append(text)
            break
        parts.append(text[:-1].strip())
    return " ".join(part for part in parts if part), number


def _after_heredocs(lines: list[Line], number: int, rest: str) -> int:
    """Return the number of the line after the here-documents that an instruction opens."""
    for _, word in _HEREDOC.findall(rest):
        end = next((n for n in range(number, len(lines)) if lines[n][0].strip() == word), None)
        if end is None:
            return len(lines)
        number = end + 1
    return number


def _filled(text: str, arguments: dict[str, str]) -> str:
    def value_of(found: "re.Match[str]") -> str:
        default: str | None = found[3]
        return arguments.get(found[1] or found[2], found[0] if default is None else default)

    for _ in range(_ROUNDS):
        filled = _VARIABLE.sub(value_of, text)
        if filled == text or len(filled) > _MAX_FILLED:
            break
        text = filled
    return text
