"""What belongs together in a CMake file: blocks, functions, macros, and modules by name."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from portgauge.model.base import value
from portgauge.parsing.cmake import CMakeCommand, CMakeFile

_BLOCK_ENDS = {
    "function": "endfunction",
    "macro": "endmacro",
    "foreach": "endforeach",
    "while": "endwhile",
}


@value
class CMakeFunction:
    """A function or macro of the codebase."""

    parameters: tuple[str, ...]
    body: tuple[CMakeCommand, ...]
    is_macro: bool
    folder: PurePosixPath
    """Of the file that defines it."""


def block_end(commands: Sequence[CMakeCommand], start: int) -> int | None:
    """Return the place of the command that closes the block opened at ``start``; None for a plain command."""
    opened = commands[start].name
    if opened not in _BLOCK_ENDS:
        return None
    depth = 0
    for position in range(start, len(commands)):
        depth += (commands[position].name == opened) - (commands[position].name == _BLOCK_ENDS[opened])
        if depth == 0:
            return position
    return len(commands)


def functions_of(files: Mapping[PurePosixPath, CMakeFile]) -> dict[str, CMakeFunction]:
    """Return the functions and macros that the files define, by name in lower case."""
    functions: dict[str, CMakeFunction] = {}
    for path in sorted(files):
        commands = files[path].commands
        for position, command in enumerate(commands):
            if command.name in ("function", "macro") and command.arguments:
                end = block_end(commands, position)
                function = CMakeFunction(
                    parameters=command.arguments[1:],
                    body=commands[position + 1 : end],
                    is_macro=command.name == "macro",
                    folder=path.parent,
                )
                functions.setdefault(command.arguments[0].lower(), function)
    return functions


def unique_modules(files: Mapping[PurePosixPath, CMakeFile]) -> dict[str, PurePosixPath]:
    """Return the ``NAME.cmake`` files that ``include(NAME)`` can only mean, by name."""
    found: dict[str, list[PurePosixPath]] = {}
    for path in files:
        if path.suffix == ".cmake":
            found.setdefault(path.stem, []).append(path)
    return {name: paths[0] for name, paths in found.items() if len(paths) == 1}
