"""YAML as pairs of a key and a text, each with the lines on which it stands."""

from collections.abc import Iterator
from typing import Any

import yaml

from portgauge.model.base import value

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH = 60


@value
class YamlText:
    """One text with the keys that it stands under; a key above a mapping or list comes alone, with an empty text."""

    path: tuple[str, ...]
    """Keys from the outermost; an entry of a list stands under the list's key."""
    text: str
    first_line: int
    """0-based."""
    last_line: int
    """0-based, inclusive."""

    @property
    def key(self) -> str:
        """The nearest key; empty at the top."""
        return self.path[-1] if self.path else ""


class UnreadableYamlError(Exception):
    """The text is no YAML; the message says where, in one sentence."""


def read_yaml(data: bytes) -> tuple[YamlText, ...]:
    """Return every text of every document, in no promised order.

    Raises:
        UnreadableYamlError: If the text is no YAML, such as a template.
    """
    found: list[YamlText] = []
    try:
        for node in yaml.compose_all(data.decode("utf-8", "replace"), Loader=_Loader):
            found += _texts(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UnreadableYamlError(f"no valid YAML at line {line}: {error.problem}") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise UnreadableYamlError(f"no valid YAML: {error}") from error
    return tuple(found)


def _texts(document: Any) -> Iterator[YamlText]:
    waiting: list[tuple[Any, tuple[str, ...]]] = [(document, ())]
    # Aliases make one node stand in several places; once is enough, and a bomb of them stays small.
    seen: set[int] = set()
    while waiting:
        node, keys = waiting.pop()
        if id(node) in seen or len(keys) > _MAX_DEPTH:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            for key, below in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    continue
                path = (*keys, str(key.value))
                line = key.start_mark.line
                if not isinstance(below, yaml.ScalarNode):
                    yield YamlText(path=path, text="", first_line=line, last_line=line)
                waiting.append((below, path))
        elif isinstance(node, yaml.SequenceNode):
            waiting += [(child, keys) for child in node.value]
        elif isinstance(node, yaml.ScalarNode):
            first = node.start_mark.line
            last = node.end_mark.line - (1 if node.end_mark.column == 0 else 0)
            yield YamlText(path=keys, text=str(node.value), first_line=first, last_line=max(first, last))
