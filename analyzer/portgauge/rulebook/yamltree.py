"""YAML text turned into mappings that remember their lines; the one module that imports a YAML library."""

from typing import Any

import yaml

from portgauge.rulebook.yamlfile import Mapped

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class NotYamlError(ValueError):
    """A text is no YAML."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line


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


def compose(text: str) -> Any:
    """Return what a YAML text holds; None for an empty one.

    Raises:
        NotYamlError: If it is no YAML, with the line.
    """
    try:
        node = yaml.compose(text, Loader=_Loader)
        return _construct(node, yaml.SafeLoader("")) if node is not None else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise NotYamlError(line, f"no valid YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise NotYamlError(1, f"cannot be read: {error}") from error
