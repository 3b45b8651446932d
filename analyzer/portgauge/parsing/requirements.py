"""What asks for Python packages by name: requirement files of pip, and commands that install."""

import re
from collections.abc import Iterator

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Specification

from portgauge.model.base import value

MAX_BYTES = 2_000_000
"""A larger list of packages is data that somebody generated."""
_MAX_LINE = 2_000
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_OWN_OPTION = re.compile(r"\s--?[a-z].*$", re.DOTALL)
"""What belongs to one requirement: ``--hash``, ``--config-settings``."""
_EDITABLE = re.compile(r"^(?:-e|--editable)[\s=]*")
_PLACE = re.compile(r"^(?:[a-z+]+:|\.{0,2}/|[A-Za-z]:\\|file:|\.$|\.\[)|/|\.(?:whl|zip|gz|txt)$")
_EGG = re.compile(r"[#&]egg=([\w.-]+)")
_WHEEL = re.compile(r"(?:^|/)([A-Za-z0-9_.]+)-[^/]*\.(?:whl|tar\.gz|zip)$")
_REPOSITORY = re.compile(r"(?:/|:)([\w.-]+)/([\w.-]+?)(?:\.git)?/?(?:@[^/]*)?(?:#.*)?$")
_NAMED = re.compile(r"(?:[\w./-]+::)?([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[([^\]]*)\])?\s*(?=$|[=<>!~;@ ])")
_SEPARATORS = re.compile(r"[-_.]+")

_COMMAND = re.compile(
    rb"(?:\bpip[\d.]*\s+install|\b(?:conda|mamba|micromamba)\s+(?:install|create)|\b(?:uv|poetry|pdm)\s+add)\b"
)
_ARGUMENTS = re.compile(rb"""(?:\\\r?\n|\\.|"[^"\n]*"|'[^'\n]*'|[^\n;&|)`"'\\])*""")
_WORD = re.compile(rb""""[^"\n]*"|'[^'\n]*'|(?:[^\s\\"']|\\[^\r\n])+""")
_OPTIONS_WITH_VALUE = frozenset(
    (
        "-r", "-c", "-i", "-f", "-t", "-n", "-p", "--requirement", "--constraint", "--index-url", "--extra-index-url",
        "--find-links", "--target", "--name", "--prefix", "--channel", "--file", "--group", "--source", "--index",
        "--trusted-host", "--platform", "--python-version", "--cache-dir", "--root", "--override-channels-from",
    )
)  # fmt: skip


@value
class Requirement:
    """One package that is asked for."""

    names: tuple[str, ...]
    """The names that it may have, normalised as PyPI does; an address gives several."""
    extras: tuple[str, ...]
    text: str
    """As it is written."""
    start: int
    """Byte offset in the file or text."""
    end: int
    """Byte offset, exclusive."""


@value
class ReadRequirements:
    """The requirements of one file, and what could not be read."""

    requirements: tuple[Requirement, ...]
    problems: tuple[str, ...] = ()
    """One sentence each."""


def normalised(name: str) -> str:
    """Return a package's name as PyPI compares it."""
    return _SEPARATORS.sub("-", name).lower()


def read_requirements(data: bytes) -> ReadRequirements:
    """Return what a requirements or constraints file of pip asks for; options and comments are left out."""
    if len(data) > MAX_BYTES:
        return ReadRequirements(requirements=(), problems=(too_large(data),))
    found: list[Requirement] = []
    strange: list[tuple[int, str]] = []
    for number, start, end, line in _logical_lines(data):
        text = _OWN_OPTION.sub("", _COMMENT.sub("", _EDITABLE.sub("", line))).strip()
        if not text or text.startswith("-"):
            continue
        requirement = as_requirement(text, start, end)
        if requirement is not None:
            found.append(requirement)
        elif not _is_place(text):
            strange.append((number, text))
    if not strange:
        return ReadRequirements(requirements=tuple(found))
    line_number, text = strange[0]
    problem = (
        f"line {line_number} is no requirement ({text[:40]!r}; {len(strange)} such lines); expected a name with a "
        "version, such as name>=1.0; packages named there may be missing"
    )
    return ReadRequirements(requirements=tuple(found), problems=(problem,))


def too_large(data: bytes) -> str:
    """Return the problem of a file that is larger than any list of packages that people write."""
    return f"holds {len(data):,} bytes, more than the {MAX_BYTES:,} that are read of such a file; nothing of it counts"


def as_requirement(text: str, start: int, end: int) -> Requirement | None:
    """Return what one requirement asks for; None when it is none, or the path of something without a known name."""
    if len(text) > _MAX_LINE:
        return None
    try:
        specification = Specification(text)
    except InvalidRequirement:
        names = _names_of_place(text)
        return Requirement(names=names, extras=(), text=text, start=start, end=end) if names else None
    names = (normalised(specification.name), *_names_of_place(specification.url or ""))
    extras = tuple(sorted(map(normalised, specification.extras)))
    return Requirement(names=tuple(dict.fromkeys(names)), extras=extras, text=text, start=start, end=end)


def named(text: str, start: int, end: int) -> Requirement | None:
    """Return what a word of conda or of a command asks for; versions in it may be variables."""
    if len(text) > _MAX_LINE:
        return None
    if _is_place(text) and "::" not in text:
        names = _names_of_place(text)
        return Requirement(names=names, extras=(), text=text, start=start, end=end) if names else None
    found = _NAMED.match(text)
    if found is None:
        return None
    extras = tuple(sorted(normalised(extra.strip()) for extra in (found[2] or "").split(",") if extra.strip()))
    return Requirement(names=(normalised(found[1]),), extras=extras, text=text, start=start, end=end)


def installed(text: bytes) -> Iterator[Requirement]:
    """Yield the packages that the commands of a script install; offsets count from the start of the text."""
    position = 0
    while (command := _COMMAND.search(text, position)) is not None:
        rest = _ARGUMENTS.match(text, command.end())
        position = rest.end() if rest is not None else command.end()
        if rest is None:
            continue
        is_value = False
        for word in _WORD.finditer(text, rest.start(), rest.end()):
            written = word.group().decode("utf-8", "replace").strip("\"'")
            if is_value or written.startswith("-"):
                is_value = not is_value and written in _OPTIONS_WITH_VALUE
                continue
            requirement = named(written, word.start(), word.end())
            if requirement is not None:
                yield requirement


def _is_place(text: str) -> bool:
    return _PLACE.search(text) is not None


def _names_of_place(text: str) -> tuple[str, ...]:
    """Return what a path or address calls the package: its egg, the name of the wheel, or that of the repository."""
    egg, wheel = _EGG.search(text), _WHEEL.search(text.partition("#")[0].partition("?")[0])
    if egg is not None:
        return (normalised(egg[1]),)
    if wheel is not None:
        return (normalised(wheel[1]),)
    repository = _REPOSITORY.search(text) if text.startswith(("git+", "hg+", "https://", "ssh://")) else None
    if repository is None:
        return ()
    owner, name = repository.groups()
    return (normalised(name), normalised(f"{owner}-{name}"))


def _logical_lines(data: bytes) -> Iterator[tuple[int, int, int, str]]:
    """Yield number, byte offsets and text of each line, continued ones joined."""
    start, first, first_number = 0, 0, 1
    parts: list[str] = []
    for number, raw in enumerate(data.split(b"\n"), start=1):
        line = raw.decode("utf-8", "replace").rstrip()
        if not parts:
            first, first_number = start, number
        parts.append(line.removesuffix("\\"))
        start += len(raw) + 1
        if not line.endswith("\\"):
            stripped = len(raw) - len(raw.lstrip())
            begin = first + (stripped if len(parts) == 1 else 0)
            yield first_number, begin, max(begin, start - 1 - (len(raw) - len(raw.rstrip()))), " ".join(parts)
            parts = []
    if parts:
        yield first_number, first, len(data), " ".join(parts)
