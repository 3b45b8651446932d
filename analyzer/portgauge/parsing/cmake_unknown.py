"""CMake commands that nobody here knows and that are given sources: what they build cannot be followed."""

import posixpath
from collections.abc import Collection, Iterable, Mapping
from pathlib import PurePosixPath

from portgauge.parsing.cmake import CMakeCommand
from portgauge.parsing.cmake_variables import SOURCE_ROOT, Scope

_COMPILED = (".c", ".cc", ".cpp", ".cxx", ".cu", ".hip")
_BUILD_NOTHING = frozenset(
    [
        "if",
        "elseif",
        "else",
        "endif",
        "while",
        "endwhile",
        "foreach",
        "endforeach",
        "return",
        "unset",
        "message",
        "add_custom_command",
        "add_custom_target",
        "add_test",
        "configure_file",
        "execute_process",
        "install",
        "source_group",
        "set_source_files_properties",
        "get_source_file_property",
        "set_property",
        "get_property",
        "set_target_properties",
        "set_tests_properties",
        "set_directory_properties",
        "target_precompile_headers",
        "try_compile",
        "try_run",
        "cmake_path",
    ]
)
"""Commands of CMake itself that may name a source and make no target of it; source: the CMake manual."""


class UnknownCommands:
    """Which unknown commands were given which sources."""

    def __init__(self, known_paths: Iterable[PurePosixPath]) -> None:
        self._sources = frozenset(str(path) for path in known_paths if path.suffix.lower() in _COMPILED)
        self._given: dict[tuple[PurePosixPath, str], set[PurePosixPath]] = {}

    def note(self, command: CMakeCommand, scope: Scope, *, folder: str, file: PurePosixPath) -> None:
        """Note a command, where its paths begin, and the build file that is read."""
        if command.name in _BUILD_NOTHING:
            return
        for argument in scope.elements(command.arguments):
            if not argument.lower().endswith(_COMPILED):
                continue
            path = posixpath.normpath(posixpath.join(folder, argument)).removeprefix(f"{SOURCE_ROOT}/")
            if path in self._sources:
                self._given.setdefault((file, command.name), set()).add(PurePosixPath(path))

    def without_target(self, built: Collection[PurePosixPath]) -> Mapping[PurePosixPath, dict[str, None]]:
        """Return for each build file the commands that were given a source which no target has, with that source."""
        found: dict[PurePosixPath, dict[str, None]] = {}
        for (file, name), sources in sorted(self._given.items()):
            left = sorted(path for path in sources if path not in built)
            if left:
                found.setdefault(file, {})[f"{name}({left[0]}{' ...' if len(left) > 1 else ''})"] = None
        return found
