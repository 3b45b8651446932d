"""``--component-map FILE`` and ``--compile-commands FILE``: what the user says about components, checked."""

from pathlib import Path

from portgauge.errors import UserError
from portgauge.graph.inputs import MappedComponent
from portgauge.parsing.compile_commands import CompiledTarget, read_compile_commands

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


def read_compiled(path: Path, *, root: Path) -> tuple[CompiledTarget, ...]:
    """Return the targets of a compile database that compile files below ``root``.

    Raises:
        UserError: If the file cannot be read, is no compile database, or names no target for a file below ``root``.
    """
    try:
        found = read_compile_commands(path.read_text(encoding="utf-8"), root=root)
    except UnicodeDecodeError as error:
        raise UserError(f"--compile-commands {path} cannot be read: it is not UTF-8") from error
    except OSError as error:
        raise UserError(f"--compile-commands {path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"--compile-commands {path} is no compile_commands.json: {error}") from error
    if not found:
        raise UserError(f"--compile-commands {path} names no CMake target for a file below {root}")
    return found


def _component(path: Path, name: object, patterns: object) -> MappedComponent:
    listed = [patterns] if isinstance(patterns, str) else patterns
    if not isinstance(name, str) or not name.strip():
        raise UserError(f"{path}: {name!r} is no name of a component; {_EXPECTED}")
    if not isinstance(listed, list) or not listed or not all(isinstance(each, str) and each for each in listed):
        raise UserError(f"{path}: the patterns of {name!r} are {patterns!r}; {_EXPECTED}")
    return MappedComponent(name=name.strip(), patterns=tuple(listed))
