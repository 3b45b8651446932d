"""Files that list Python packages in a format of their own: pyproject.toml, Pipfile, setup.cfg, setup.py, conda."""

import configparser
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator

from tree_sitter import Node, Parser

from portgauge.parsing.python import every_node
from portgauge.parsing.python_text import python_language
from portgauge.parsing.requirements import (
    MAX_BYTES,
    ReadRequirements,
    Requirement,
    as_requirement,
    named,
    normalised,
    too_large,
)
from portgauge.parsing.yaml_text import YamlText

_HASH_COMMENT = re.compile(rb"""'[^'\n]*'|"(?:\\.|[^"\\\n])*"|(?P<comment>#[^\n]*)""")
_LISTS_OF_SETUP = frozenset(("install_requires", "setup_requires", "tests_require", "extras_require"))
_MAX_FOLLOWED = 20
_MAX_UNFOUND = 200
"""So often is a text looked for from the start again."""
_DEEP_KEY = re.compile(rb"(?:[\w-]{1,100}\.){200}")
"""The reader of TOML takes minutes for keys of a hundred thousand parts."""
_RECIPE_LINE = re.compile(rb"^[ \t]*-[ \t]+([A-Za-z0-9][\w.-]*(?:[ =<>!~][^\n#]*)?)", re.MULTILINE)
_RECIPE_BLOCK = re.compile(rb"^(?:requirements|dependencies):[^\n]*\n((?:[ \t#-][^\n]*\n|\n)*)", re.MULTILINE)

Asked = tuple[str, str]
"""A requirement in pip's words, and the text under which it stands in the file."""


_AskedBy = Callable[[dict[str, object]], Iterator[Asked]]


class _Places:
    """Where texts stand in a file, asked for about in its order."""

    def __init__(self, data: bytes) -> None:
        self._data = _HASH_COMMENT.sub(
            lambda found: b" " * len(found[0]) if found["comment"] is not None else found[0], data
        )
        self._cursor = 0
        self._unfound = 0

    def of(self, text: str) -> tuple[int, int]:
        """Return the byte offsets of a text; the start of the file when it is spelled in another way there."""
        wanted = text.encode("utf-8", "replace")
        if self._unfound >= _MAX_UNFOUND:
            return (0, 0)
        start = self._data.find(wanted, self._cursor)
        if start < 0:
            start = self._data.find(wanted)
            self._unfound += 1
        if start < 0:
            return (0, 0)
        self._cursor = start + len(wanted)
        return (start, self._cursor)


def read_pyproject_requirements(data: bytes) -> ReadRequirements:
    """Return what a ``pyproject.toml`` asks for: to run, to build, as extra, in groups, and in Poetry's tables."""
    return _read_toml(data, _asked_by_pyproject)


def read_pipfile(data: bytes) -> ReadRequirements:
    """Return what a ``Pipfile`` asks for."""
    return _read_toml(data, lambda document: _named_tables(document, "packages", "dev-packages"))


def _read_toml(data: bytes, asked: _AskedBy) -> ReadRequirements:
    if len(data) > MAX_BYTES:
        return ReadRequirements(requirements=(), problems=(too_large(data),))
    if _DEEP_KEY.search(data):
        problem = "holds a key of more than 200 parts, which no list of packages has; nothing of it counts"
        return ReadRequirements(requirements=(), problems=(problem,))
    try:
        document = tomllib.loads(data.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        what = str(error) or "nested too deeply"
        problem = f"no valid TOML: {what[:200]}; the packages that it asks for are missing until it is mended"
        return ReadRequirements(requirements=(), problems=(problem,))
    return _placed(asked(document), data)


def _placed(asked: Iterable[Asked], data: bytes) -> ReadRequirements:
    places = _Places(data)
    found: list[Requirement] = []
    strange: list[str] = []
    for text, written in asked:
        requirement = as_requirement(text, *places.of(written))
        if requirement is not None:
            found.append(requirement)
        else:
            strange.append(text)
    if not strange:
        return ReadRequirements(requirements=tuple(found))
    problem = (
        f"{strange[0][:40]!r} is no requirement ({len(strange)} such texts); expected a name with a version, such as "
        "name>=1.0; packages named there may be missing"
    )
    return ReadRequirements(requirements=tuple(found), problems=(problem,))


def _asked_by_pyproject(document: dict[str, object]) -> Iterator[Asked]:
    project, tool = _table(document, "project"), _table(document, "tool")
    yield from _texts(_table(document, "build-system").get("requires"))
    yield from _texts(project.get("dependencies"))
    for groups in (_table(project, "optional-dependencies"), _table(document, "dependency-groups")):
        for group in groups.values():
            yield from _texts(group)
    yield from _texts(_table(tool, "uv").get("dev-dependencies"))
    for group in _table(_table(tool, "pdm"), "dev-dependencies").values():
        yield from _texts(group)
    poetry = _table(tool, "poetry")
    yield from _named_tables(poetry, "dependencies", "dev-dependencies")
    for group in _table(poetry, "group").values():
        yield from _named_tables(group, "dependencies")


def _table(document: object, key: str) -> dict[str, object]:
    found = document.get(key) if isinstance(document, dict) else None
    return found if isinstance(found, dict) else {}


def _texts(found: object) -> Iterator[Asked]:
    for text in found if isinstance(found, list) else ():
        if isinstance(text, str):
            yield text, text


def _named_tables(document: object, *keys: str) -> Iterator[Asked]:
    """Yield the packages of tables in which they are keys, as Poetry and Pipenv write them."""
    for key in keys:
        for name, wanted in _table(document, key).items():
            extras = wanted.get("extras") if isinstance(wanted, dict) else None
            listed = ",".join(extra for extra in extras if isinstance(extra, str)) if isinstance(extras, list) else ""
            if normalised(name) != "python":
                yield (f"{name}[{listed}]" if listed else name), name


def read_setup_cfg(data: bytes) -> ReadRequirements:
    """Return what a ``setup.cfg`` asks for."""
    if len(data) > MAX_BYTES:
        return ReadRequirements(requirements=(), problems=(too_large(data),))
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(data.decode("utf-8", "replace"))
    except configparser.Error as error:
        first = str(error).splitlines()[0]
        problem = f"no valid setup.cfg: {first[:200]}; the packages that it asks for are missing until it is mended"
        return ReadRequirements(requirements=(), problems=(problem,))
    values: list[str] = []
    if parser.has_section("options"):
        lists = ("install_requires", "setup_requires", "tests_require")
        values += [parser.get("options", name, fallback="") or "" for name in lists]
    if parser.has_section("options.extras_require"):
        values += [text or "" for _, text in parser.items("options.extras_require")]
    lines = [line.partition(" #")[0].strip() for value in values for line in value.splitlines()]
    return _placed(((line, line) for line in lines if line and not line.startswith(("#", "file:"))), data)


def read_setup_py_requirements(data: bytes) -> ReadRequirements:
    """Return the requirements among the texts of the lists that ``setup()`` gets; calls in them are not followed."""
    if b"require" not in data:
        return ReadRequirements(requirements=())
    root = Parser(python_language()).parse(data).root_node
    assigned: dict[str, list[Node]] = {}
    waiting: list[Node] = []
    for node in every_node(root):
        if node.type in ("assignment", "augmented_assignment"):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None and right is not None and left.type == "identifier":
                assigned.setdefault(_text(left), []).append(right)
        elif node.type == "keyword_argument":
            name, listed = node.child_by_field_name("name"), node.child_by_field_name("value")
            if name is not None and listed is not None and _text(name) in _LISTS_OF_SETUP:
                waiting.append(listed)
    found: dict[int, Requirement] = {}
    followed: set[str] = set()
    while waiting:
        for node in every_node(waiting.pop()):
            if node.type == "string_content" and not _is_key(node):
                requirement = as_requirement(_text(node).strip(), node.start_byte, node.end_byte)
                if requirement is not None:
                    found[node.start_byte] = requirement
            elif node.type == "identifier" and len(followed) < _MAX_FOLLOWED and _text(node) not in followed:
                followed.add(_text(node))
                waiting += assigned.get(_text(node), ())
    return ReadRequirements(requirements=tuple(found[start] for start in sorted(found)))


def _is_key(content: Node) -> bool:
    """Return whether a text is the name of an extra."""
    string = content.parent
    pair = string.parent if string is not None else None
    return pair is not None and pair.type == "pair" and pair.child_by_field_name("key") == string


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def conda_requirement(text: YamlText, start: int, data: bytes, end: int) -> Requirement | None:
    """Return what one text of an environment file asks for; None when it stands in no list of packages."""
    if text.path[-2:] == ("dependencies", "pip"):
        read = as_requirement(text.text, start, end)
    elif text.path[-1:] == ("dependencies",) or "requirements" in text.path[:2]:
        read = named(text.text, start, end)
    else:
        return None
    if read is None:
        return None
    written = data.find(text.text.encode(), start, end)
    if written < 0:
        return read
    return Requirement(
        names=read.names,
        extras=read.extras,
        text=read.text,
        start=written,
        end=written + len(text.text.encode()),
    )


def recipe_requirements(data: bytes) -> Iterator[Requirement]:
    """Yield what a recipe or environment file with templates in it lists; its lines are read one by one."""
    for block in _RECIPE_BLOCK.finditer(data):
        for line in _RECIPE_LINE.finditer(data, block.start(1), block.end(1)):
            text = line.group(1).decode("utf-8", "replace").strip()
            found = named(text, line.start(1), line.start(1) + len(line.group(1).rstrip()))
            if found is not None:
                yield found
