"""``--component-map FILE``: the user's own components, read and checked."""

from pathlib import Path

from portgauge.errors import UserError
from portgauge.graph.inputs import MappedComponent

_EXPECTED = "expected on each line a component and its patterns, such as `solver: [src/solver/, include/solver.h]`"


def read_component_map(path: Path) -> tuple[MappedComponent, ...]:
    """Return the components of a YAML file: name to one pattern or a list, in the order of the file.

    Raises:
        UserError: If the file cannot be read, or is no such mapping.
    """
    import yaml

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UserError(f"--component-map {path} cannot be read: {reason}") from error
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f":{mark.line + 1}" if mark is not None else ""
        raise UserError(f"{path}{place}: no valid YAML; {_EXPECTED}") from error
    if not isinstance(document, dict) or not document:
        raise UserError(f"{path}: found {type(document).__name__}; {_EXPECTED}")
    return tuple(_component(path, name, patterns) for name, patterns in document.items())


def _component(path: Path, name: object, patterns: object) -> MappedComponent:
    listed = [patterns] if isinstance(patterns, str) else patterns
    if not isinstance(name, str) or not name.strip():
        raise UserError(f"{path}: {name!r} is no name of a component; {_EXPECTED}")
    if not isinstance(listed, list) or not listed or not all(isinstance(each, str) and each for each in listed):
        raise UserError(f"{path}: the patterns of {name!r} are {patterns!r}; {_EXPECTED}")
    return MappedComponent(name=name.strip(), patterns=tuple(listed))
