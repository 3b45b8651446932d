"""``compile_commands.json``: which target compiles which file, as CMake wrote it down for one configuration."""

import json
import posixpath
import re
from collections import defaultdict
from pathlib import Path, PurePosixPath

from portgauge.model.base import value

_TARGET = re.compile(r"(?:^|[/\s])CMakeFiles/([^/\s]+)\.dir/")


@value
class CompiledTarget:
    """A target, and the files of the codebase that it compiles."""

    name: str
    sources: tuple[PurePosixPath, ...]
    """Relative to the codebase root, sorted."""


def read_compile_commands(text: str, *, root: Path) -> tuple[CompiledTarget, ...]:
    """Return the targets that the commands name by their object files, sorted by name.

    Files outside of ``root``, and commands whose object file names no target, are left out.

    Raises:
        ValueError: If the text is no list of compile commands; the message says what was found.
    """
    document = json.loads(text)
    if not isinstance(document, list):
        raise ValueError(f"found {type(document).__name__}, expected a list of commands")
    found: dict[str, set[PurePosixPath]] = defaultdict(set)
    for entry in document:
        if not isinstance(entry, dict) or not isinstance(entry.get("file"), str):
            raise ValueError("found an entry without a file")
        written = " ".join([str(entry.get("output") or ""), _command(entry)])
        target = _TARGET.search(written)
        path = _inside(posixpath.join(str(entry.get("directory") or ""), entry["file"]), root)
        if target is not None and path is not None:
            found[target[1]].add(path)
    return tuple(CompiledTarget(name=name, sources=tuple(sorted(paths))) for name, paths in sorted(found.items()))


def _command(entry: dict[str, object]) -> str:
    arguments = entry.get("arguments")
    return " ".join(map(str, arguments)) if isinstance(arguments, list) else str(entry.get("command") or "")


def _inside(path: str, root: Path) -> PurePosixPath | None:
    whole = PurePosixPath(posixpath.normpath(path))
    base = PurePosixPath(root.resolve().as_posix())
    return whole.relative_to(base) if whole.is_relative_to(base) else None
