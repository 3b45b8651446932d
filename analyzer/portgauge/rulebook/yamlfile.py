"""YAML files read with the line of every key, and the complaints about them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from portgauge.model.rule import Origin

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Mapped(dict[str, Any]):
    """A YAML mapping that remembers the line on which it and each of its keys stands."""

    line: int
    lines: dict[str, int]


class Defects:
    """Complaints about rule files, collected so that all are reported at once."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, origin: Origin | str, sentence: str) -> None:
        """Note one defect: where, what was found, what was expected."""
        self.found.append(f"{origin}: {sentence}")


class Document:
    """One rule file: its name for messages, and its content."""

    def __init__(self, name: str, root: Mapped) -> None:
        self.name = name
        self.root = root

    def origin(self, mapping: Mapping[str, Any] | None = None, key: str | None = None) -> Origin:
        """Return where a mapping, or one of its keys, stands."""
        here = mapping if isinstance(mapping, Mapped) else self.root
        line = here.lines.get(key, here.line) if key else here.line
        return Origin(file=self.name, line=line)


def _construct(node: yaml.Node, constructor: yaml.SafeLoader) -> Any:
    if isinstance(node, yaml.MappingNode):
        mapped = Mapped()
        mapped.line = node.start_mark.line + 1
        mapped.lines = {}
        for key_node, value_node in node.value:
            key = str(constructor.construct_object(key_node))
            if key in mapped:
                raise yaml.MarkedYAMLError(problem=f"key {key!r} stands twice", problem_mark=key_node.start_mark)
            mapped.lines[key] = key_node.start_mark.line + 1
            mapped[key] = _construct(value_node, constructor)
        return mapped
    if isinstance(node, yaml.SequenceNode):
        return [_construct(child, constructor) for child in node.value]
    return constructor.construct_object(node, deep=True)


def read_document(path: Path, *, name: str, defects: Defects) -> Document | None:
    """Return the file's content; None, with a defect noted, when it is no YAML mapping."""
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=_Loader)
        root = _construct(node, yaml.SafeLoader("")) if node is not None else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        defects.add(f"{name}:{line}", f"no valid YAML: {error.problem}")
        return None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        defects.add(f"{name}:1", f"cannot be read: {error}")
        return None
    if not isinstance(root, Mapped):
        defects.add(f"{name}:1", "expected a mapping of keys to values")
        return None
    return Document(name, root)


def check_keys(document: Document, mapping: Mapping[str, Any], *, allowed: Iterable[str], defects: Defects) -> None:
    """Note a defect for each key that nobody reads."""
    known = sorted(allowed)
    for key in mapping:
        if key not in known:
            defects.add(document.origin(mapping, key), f"unknown key {key!r}; expected one of {', '.join(known)}")


def words(value: Any) -> tuple[str, ...]:
    """Return a YAML scalar or list of scalars as strings; None gives none."""
    if value is None:
        return ()
    if isinstance(value, list):
        return tuple(str(part) for part in value)
    return (str(value),)


def paragraph(value: Any) -> str:
    """Return a YAML block text without its trailing newline."""
    return str(value).strip() if value is not None else ""
