"""What CMake files build: targets with their sources, links and options.

Walks through the commands of all files without running CMake: every branch of an ``if`` counts,
functions and macros of the codebase are entered, lists and file patterns are compared with the known
files. What cannot be followed is named in a problem, never guessed.
"""

import posixpath
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from portgauge.model.analysis import Problem, Stage
from portgauge.model.base import value
from portgauge.parsing.cmake import CMakeCommand, CMakeFile
from portgauge.parsing.cmake_blocks import block_end, functions_of, unique_modules
from portgauge.parsing.cmake_conditions import all_asked_for
from portgauge.parsing.cmake_lists import (
    Surroundings,
    run_file,
    run_get_filename_component,
    run_list,
    run_parse_arguments,
    run_set,
    run_string,
)
from portgauge.parsing.cmake_options import CMakeOption, OptionTable
from portgauge.parsing.cmake_targets import (
    CMakeTarget,
    Statement,
    TargetTable,
    known_file,
    named,
    source_problems,
)
from portgauge.parsing.cmake_trail import Behind, Trail
from portgauge.parsing.cmake_unknown import UnknownCommands
from portgauge.parsing.cmake_variables import (
    BUILD_ROOT,
    SOURCE_ROOT,
    Scope,
    as_written,
    is_followed,
    with_wildcards,
)
from portgauge.parsing.globs import matching_paths

_MAX_COMMANDS = 100_000
_MAX_CALL_DEPTH = 20
_MAX_LOOPS = 1_000

_COMPUTING = {
    "set": run_set,
    "list": run_list,
    "string": run_string,
    "file": run_file,
    "get_filename_component": run_get_filename_component,
    "cmake_parse_arguments": run_parse_arguments,
}
_TARGET_KINDS = {
    "add_library": "library",
    "add_executable": "executable",
    "cuda_add_library": "library",
    "cuda_add_executable": "executable",
    "hip_add_library": "library",
    "hip_add_executable": "executable",
    "pybind11_add_module": "module",
    "nanobind_add_module": "module",
    "python_add_library": "module",
    "python3_add_library": "module",
}


@value
class BuildTargets:
    """Everything that the CMake files of a codebase build."""

    targets: tuple[CMakeTarget, ...]
    """Sorted by project and name."""
    options: tuple[CMakeOption, ...]
    problems: tuple[Problem, ...]
    macros: Mapping[str, frozenset[str]]
    """Macros that the build defines for the compiler, each with the names that must be set for that."""


def build_targets(files: Mapping[PurePosixPath, CMakeFile], *, known_paths: Collection[PurePosixPath]) -> BuildTargets:
    """Return what the CMake files build.

    Args:
        files: Every ``CMakeLists.txt`` and ``*.cmake`` of the codebase.
        known_paths: Every file of the codebase that discovery lists.
    """
    walk = _Walk(files, sorted(known_paths))
    listed = [path for path in files if path.name.lower() == "cmakelists.txt"]
    for path in sorted(listed, key=lambda path: (len(path.parts), path)):
        if path not in walk.visited:
            walk.read_project(path)
    return walk.result()


@value
class _Frame:
    """Where the walk is: the folder, the scope and the way there."""

    project: PurePosixPath
    file: PurePosixPath
    """The file whose commands run; inside a function, the file of the outermost call."""
    line: int | None
    """Line of the outermost function call; None outside of functions."""
    folder: str
    scope: Scope
    parent_scope: Scope
    conditions: tuple[str, ...]
    active: tuple[object, ...]
    """Functions and files that are being walked through, against circles."""
    blank: frozenset[str] = frozenset()
    """Parameters of the function that were given as nothing: a branch that asks for one is never taken."""


class _Walk:
    """One walk through all files; collects targets."""

    def __init__(self, files: Mapping[PurePosixPath, CMakeFile], known_paths: Sequence[PurePosixPath]) -> None:
        self.visited: set[PurePosixPath] = set()
        self._files = files
        self._known = known_paths
        self._modules = unique_modules(files)
        self._functions = {
            name: function
            for name, function in functions_of(files).items()
            if name not in _COMPUTING and name not in _TARGET_KINDS
        }
        self._targets = TargetTable(known_paths)
        self._options = OptionTable()
        self._trail = Trail()
        self._entered: dict[PurePosixPath, tuple[str, ...]] = {}
        self._unknown = UnknownCommands(known_paths)
        self._unfollowed: dict[PurePosixPath, dict[str, None]] = {}
        self._commands_left = _MAX_COMMANDS

    def read_project(self, path: PurePosixPath) -> None:
        """Walk through one outermost CMakeLists.txt and everything that it reaches."""
        scope = Scope()
        folder = _rooted(path.parent)
        for name in ("CMAKE_SOURCE_DIR", "PROJECT_SOURCE_DIR"):
            scope.set(name, folder)
        for name in ("CMAKE_BINARY_DIR", "PROJECT_BINARY_DIR"):
            scope.set(name, BUILD_ROOT)
        frame = _Frame(
            project=path.parent, file=path, line=None, folder=folder,
            scope=scope, parent_scope=scope, conditions=(), active=(),
        )  # fmt: skip
        self._read_folder(path, frame)

    def result(self) -> BuildTargets:
        """Return what was found, sorted."""
        targets = self._targets.targets()
        problems = list(source_problems(targets))
        built = {path for target in targets for path in target.sources}
        for path, commands in self._unknown.without_target(built).items():
            self._unfollowed.setdefault(path, {}).update(commands)
        for path, texts in self._unfollowed.items():
            reason = (
                f"could not be followed: {named(texts)}; targets or sources may be missing, and their files are "
                "grouped by folder"
            )
            problems.append(Problem(path=path, stage=Stage.PARSING, reason=reason))
        for path, texts in self._targets.twice.items():
            reason = f"targets of a name that is taken, which CMake refuses: {named(texts)}; each pair counts as one"
            problems.append(Problem(path=path, stage=Stage.PARSING, reason=reason))
        if self._commands_left <= 0:
            reason = f"the CMake files run more than {_MAX_COMMANDS:,} commands; later targets may be missing"
            problems.append(Problem(path=PurePosixPath("."), stage=Stage.PARSING, reason=reason))
        return BuildTargets(
            targets=targets,
            options=self._options.options(),
            problems=tuple(sorted(problems, key=lambda problem: (problem.path, problem.reason))),
            macros=self._trail.macros,
        )

    def _read_folder(self, path: PurePosixPath, frame: _Frame) -> None:
        self.visited.add(path)
        frame.scope.set("CMAKE_CURRENT_SOURCE_DIR", frame.folder)
        frame.scope.set("CMAKE_CURRENT_LIST_DIR", frame.folder)
        frame.scope.set("CMAKE_CURRENT_BINARY_DIR", f"{BUILD_ROOT}{frame.folder[len(SOURCE_ROOT) :]}")
        self._run(self._files[path].commands, frame)

    def _run(self, commands: Sequence[CMakeCommand], frame: _Frame) -> None:
        position = 0
        while position < len(commands) and self._commands_left > 0:
            self._commands_left -= 1
            command = commands[position]
            end = block_end(commands, position)
            body = commands[position + 1 : end] if end else ()
            position = (end or position) + 1
            if command.name in ("function", "macro"):
                continue
            if command.name == "foreach":
                self._loop(command, body, frame)
            elif command.name == "while":
                self._run(body, frame)
            elif command.name == "return" and command.conditions:
                # What follows runs only where the file or function was not left.
                stayed = f"NOT ({' AND '.join(f'({each})' for each in command.conditions)})"
                frame = replace(frame, conditions=(*frame.conditions, stayed))
            else:
                self._run_one(command, frame)

    def _run_one(self, command: CMakeCommand, frame: _Frame) -> None:
        if not frame.blank.isdisjoint(command.conditions) or any(map(frame.scope.is_left_out, command.conditions)):
            return
        written = (_filled_in(condition, frame.scope) for condition in command.conditions)
        conditions = tuple(dict.fromkeys((*frame.conditions, *written)))
        frame.scope.conditions = conditions
        self._trail.note_macros(command.name, command.arguments, all_asked_for(conditions))
        if command.name in _COMPUTING:
            around = Surroundings(
                scope=frame.scope, parent_scope=frame.parent_scope, folder=frame.folder,
                known_paths=self._known,
            )  # fmt: skip
            self._compute(command, around, frame)
        elif command.name in _TARGET_KINDS:
            self._add_target(command, frame, conditions)
        elif command.name in ("target_sources", "target_link_libraries"):
            self._add_to_target(command, frame, conditions)
        elif command.name == "add_subdirectory":
            self._enter_folder(command, frame, conditions)
        elif command.name == "include":
            self._include(command, frame, conditions)
        elif command.name == "project" and command.arguments:
            name = frame.scope.expand(command.arguments[0])[0]
            frame.scope.set("PROJECT_NAME", name)
            frame.scope.set("PROJECT_SOURCE_DIR", frame.folder)
            frame.scope.set(f"{name}_SOURCE_DIR", frame.folder)
            if not frame.scope.values("CMAKE_PROJECT_NAME"):
                frame.scope.set("CMAKE_PROJECT_NAME", name)
        elif command.name in ("option", "cmake_dependent_option") and command.arguments:
            self._options.add(command.arguments, frame.scope, frame.file, frame.line or command.line)
        elif command.name in self._functions:
            self._call(command, frame, conditions)
        else:
            self._unknown.note(command, frame.scope, folder=frame.folder, file=frame.file)

    def _compute(self, command: CMakeCommand, around: Surroundings, frame: _Frame) -> None:
        behind = all_asked_for(around.scope.conditions)
        if command.name == "file" and command.arguments[:1] in (("GLOB",), ("GLOB_RECURSE",)):
            self._trail.run_glob(command.arguments, around, behind)
        else:
            _COMPUTING[command.name](command.arguments, around)
            self._trail.follow(command.name, command.arguments, around.scope, behind)
        if command.name == "set" and command.arguments[2:4] == ("CACHE", "BOOL"):
            name, default, _, _, *title = command.arguments
            self._options.add((name, "".join(title[:1]), default), around.scope, frame.file, frame.line or command.line)

    def _loop(self, command: CMakeCommand, body: Sequence[CMakeCommand], frame: _Frame) -> None:
        if not command.arguments:
            return
        name, words = command.arguments[0], list(command.arguments[1:])
        if words[:1] == ["RANGE"]:
            words = []
        elif words[:1] == ["IN"]:
            names = [f"${{{word}}}" for word in frame.scope.elements(words[2:])]
            words = names if words[1:2] == ["LISTS"] else words[2:]
        elements = self._trail.of(words, frame.scope)
        for element in tuple(elements)[:_MAX_LOOPS]:
            frame.scope.set(name, element)
            self._trail.give(name, {element: elements[element]})
            self._run(body, frame)
        frame.scope.unset(name)

    def _call(self, command: CMakeCommand, frame: _Frame, conditions: tuple[str, ...]) -> None:
        function = self._functions[command.name]
        if len(frame.active) >= _MAX_CALL_DEPTH or command.name in frame.active:
            return
        scope = frame.scope if function.is_macro else frame.scope.below()
        # Only quotes make an empty argument, and it takes its place among the others.
        arguments = [
            element for word in command.arguments for element in (frame.scope.elements((word,)) if word else ("",))
        ]
        behind = self._trail.of(command.arguments, frame.scope)
        for name, argument in zip(function.parameters, arguments, strict=False):
            scope.set(name, argument)
            self._trail.give(name, {argument: behind.get(argument, frozenset())})
        scope.set("ARGN", ";".join(arguments[len(function.parameters) :]))
        scope.set("ARGV", ";".join(arguments))
        for name in ("ARGN", "ARGV"):
            self._trail.give(name, behind)
        scope.set("CMAKE_CURRENT_FUNCTION_LIST_DIR", _rooted(function.folder))
        for index, argument in enumerate(arguments[:10]):
            scope.set(f"ARGV{index}", argument)
        below = _Frame(
            project=frame.project, file=frame.file, line=frame.line or command.line, folder=frame.folder,
            scope=scope, parent_scope=frame.parent_scope if function.is_macro else frame.scope,
            conditions=conditions, active=(*frame.active, command.name),
            blank=frozenset(name for name, given in zip(function.parameters, arguments, strict=False) if not given),
        )  # fmt: skip
        self._run(function.body, below)

    def _enter_folder(self, command: CMakeCommand, frame: _Frame, conditions: tuple[str, ...]) -> None:
        for text in frame.scope.expand(command.arguments[0]) if command.arguments else ():
            written = f"add_subdirectory({as_written(text)})"
            # "${SDK}/part" is most likely a place outside the codebase; any folder would fit it.
            is_elsewhere = with_wildcards(text).startswith("*/")
            folder = posixpath.normpath(posixpath.join(frame.folder, text))
            paths = () if is_elsewhere else self._listed_in(folder)
            if not is_followed(text):
                conditions = (*conditions, written)
                if not paths:
                    self._note(frame, written)
            for path in paths:
                if path in self.visited:
                    self._targets.lift(path.parent, self._entered.get(path, ()), conditions)
                    continue
                self._entered[path] = conditions
                below = _Frame(
                    project=frame.project, file=path, line=None, folder=_rooted(path.parent),
                    scope=frame.scope.below(), parent_scope=frame.scope, conditions=conditions,
                    active=frame.active,
                )  # fmt: skip
                self._read_folder(path, below)

    def _listed_in(self, folder: str) -> tuple[PurePosixPath, ...]:
        """Return the CMakeLists.txt of a folder; of every folder that fits when a variable is not known."""
        pattern = with_wildcards(f"{folder}/CMakeLists.txt").removeprefix(f"{SOURCE_ROOT}/")
        if "*" not in pattern:
            path = PurePosixPath(pattern)
            return (path,) if path in self._files else ()
        return matching_paths(pattern, self._files)

    def _include(self, command: CMakeCommand, frame: _Frame, conditions: tuple[str, ...]) -> None:
        for text in frame.scope.expand(command.arguments[0]) if command.arguments else ():
            whole = posixpath.normpath(posixpath.join(frame.folder, text))
            path = known_file(whole, self._files) or self._modules.get(text)
            if path is None:
                if not is_followed(text):
                    self._note(frame, f"include({as_written(text)})")
                continue
            if path in frame.active or len(frame.active) >= _MAX_CALL_DEPTH:
                continue
            listed = frame.scope.values("CMAKE_CURRENT_LIST_DIR")
            frame.scope.set("CMAKE_CURRENT_LIST_DIR", _rooted(path.parent))
            below = _Frame(
                project=frame.project, file=path if frame.line is None else frame.file, line=frame.line,
                folder=frame.folder, scope=frame.scope, parent_scope=frame.parent_scope,
                conditions=conditions, active=(*frame.active, path),
            )  # fmt: skip
            self._run(self._files[path].commands, below)
            frame.scope.set("CMAKE_CURRENT_LIST_DIR", *listed)

    def _add_target(self, command: CMakeCommand, frame: _Frame, conditions: tuple[str, ...]) -> None:
        words = self._words(command, frame, conditions)
        if "IMPORTED" in words:
            return
        for name in frame.scope.elements(command.arguments[:1]):
            if is_followed(name):
                at = _statement(command, frame, conditions)
                self._targets.declare(name, _TARGET_KINDS[command.name], words, at)
            else:
                self._note(frame, f"{command.name}({as_written(name)} ...)")

    def _add_to_target(self, command: CMakeCommand, frame: _Frame, conditions: tuple[str, ...]) -> None:
        words = self._words(command, frame, conditions)
        at = _statement(command, frame, conditions)
        for name in frame.scope.elements(command.arguments[:1]):
            is_link = command.name == "target_link_libraries"
            if not self._targets.extend(name, words, at, is_link=is_link):
                self._note(frame, f"{command.name}({as_written(name)} ...)")

    def _words(self, command: CMakeCommand, frame: _Frame, conditions: tuple[str, ...]) -> Behind:
        return self._trail.of(command.arguments[1:], frame.scope, behind=all_asked_for(conditions))

    def _note(self, frame: _Frame, text: str) -> None:
        self._unfollowed.setdefault(frame.file, {})[text] = None


def _rooted(folder: PurePosixPath) -> str:
    return posixpath.normpath(f"{SOURCE_ROOT}/{folder}")


def _statement(command: CMakeCommand, frame: _Frame, conditions: tuple[str, ...]) -> Statement:
    return Statement(
        project=frame.project,
        path=frame.file,
        line=frame.line or command.line,
        folder=frame.folder,
        conditions=conditions,
    )


def _filled_in(condition: str, scope: Scope) -> str:
    """Return a condition with its variables filled in, where that makes it clearer and not longer."""
    if "${" not in condition:
        return condition
    texts = scope.expand(condition)
    is_clear = len(texts) == 1 and len(texts[0]) <= 2 * len(condition)
    return as_written(texts[0]) if is_clear else condition
