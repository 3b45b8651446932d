"""Build files read: targets of CMake, Make and Meson, and Python extensions."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import PurePosixPath

from portgauge.discovery.content import Blob, Place, read_place
from portgauge.model.analysis import Problem, Stage
from portgauge.model.base import value
from portgauge.parsing.cmake import CMakeFile, read_cmake
from portgauge.parsing.cmake_build import build_targets
from portgauge.parsing.cmake_targets import CMakeTarget, named
from portgauge.parsing.make import MakeTarget, read_makefile
from portgauge.parsing.meson import MesonFile, read_meson
from portgauge.parsing.meson_build import meson_targets
from portgauge.parsing.meson_targets import MesonTarget
from portgauge.parsing.python import PythonBuild, read_setup_py

_LANGUAGES = frozenset({"cmake", "make", "meson", "python-build"})


@value
class BuildFile:
    """One build file to read."""

    path: PurePosixPath
    place: Place
    language: str


@value
class BuildFacts:
    """What the build files say."""

    cmake_targets: tuple[CMakeTarget, ...]
    options: Mapping[str, int]
    """The options that users of the build set, each with the 1-based line of its declaration."""
    macros: Mapping[str, frozenset[str]]
    """Macros that the build defines for the compiler, each with the names that must be set for that."""
    make_targets: tuple[MakeTarget, ...]
    meson_targets: tuple[MesonTarget, ...]
    python_builds: tuple[PythonBuild, ...]
    problems: tuple[Problem, ...]


def read_build_files(files: Iterable[BuildFile], *, known_paths: Collection[PurePosixPath]) -> BuildFacts:
    """Return the targets and extensions of all build files; what could not be followed is a problem."""
    wanted = tuple(file for file in files if file.language in _LANGUAGES and file.path.suffix not in (".toml", ".cfg"))
    # What lies in git's object store stays as it is, and most revisions of a history have the builds of the one before.
    read = _read_once if all(isinstance(file.place, Blob) for file in wanted) else _read
    return read(wanted, tuple(known_paths))


def _read(files: tuple[BuildFile, ...], known_paths: tuple[PurePosixPath, ...]) -> BuildFacts:
    cmake: dict[PurePosixPath, CMakeFile] = {}
    make: list[MakeTarget] = []
    meson: dict[PurePosixPath, MesonFile] = {}
    python: list[PythonBuild] = []
    problems: list[Problem] = []
    for file in files:
        try:
            text = read_place(file.place)
        except OSError as error:
            problems.append(
                Problem(path=file.path, stage=Stage.GRAPH, reason=f"cannot be read: {error.strerror or error}")
            )
            continue
        if file.language == "cmake":
            cmake[file.path] = read_cmake(text, file.path)
        elif file.language == "make":
            make += read_makefile(text, file.path, known_paths=known_paths)
        elif file.language == "meson":
            meson[file.path] = _read_meson(text, file.path)
        else:
            python.append(read_setup_py(text, file.path))
    targets = build_targets(cmake, known_paths=known_paths)
    by_meson = meson_targets(meson, known_paths=known_paths)
    problems += (*targets.problems, *by_meson.problems, *_python_problems(python))
    for path, error_lines in [
        *((f.path, f.error_lines) for f in cmake.values()),
        *((f.path, f.error_lines) for f in meson.values()),
        *((build.path, build.error_lines) for build in python),
    ]:
        if error_lines:
            problems.append(
                Problem(
                    path=path,
                    stage=Stage.GRAPH,
                    reason=f"not valid at line {error_lines[0]} ({len(error_lines)} places); "
                    "targets declared there may be missing",
                )
            )
    return BuildFacts(
        cmake_targets=targets.targets,
        options={**by_meson.options, **{option.name: option.line for option in reversed(targets.options)}},
        macros={
            name: frozenset.intersection(*(m[name] for m in (targets.macros, by_meson.macros) if name in m))
            for name in {**targets.macros, **by_meson.macros}
        },
        make_targets=tuple(make),
        meson_targets=by_meson.targets,
        python_builds=tuple(python),
        problems=tuple(problems),
    )


def _python_problems(builds: Iterable[PythonBuild]) -> Iterator[Problem]:
    """Yield one problem for each Python file whose extensions have sources that could not be followed."""
    for build in builds:
        texts = [text for extension in build.extensions for text in extension.unresolved]
        if texts:
            affected = [extension for extension in build.extensions if extension.unresolved]
            first = (
                f"`{affected[0].name}` (line {affected[0].line})" if affected[0].name else f"line {affected[0].line}"
            )
            more = f" and {len(affected) - 1} more" if len(affected) > 1 else ""
            yield Problem(
                path=build.path,
                stage=Stage.GRAPH,
                reason=f"sources of extension {first}{more} could not be followed in full: "
                f"{named(dict.fromkeys(texts))}; files that nothing else names are grouped by folder",
            )


_read_once = lru_cache(maxsize=2)(_read)
_read_meson = lru_cache(maxsize=64)(read_meson)


def own_cmake_targets(builds: BuildFacts) -> frozenset[str]:
    """Return what the codebase's own CMake targets are called, in lower case, without their namespace's second half."""
    return frozenset(target.name.partition("::")[0].lower() for target in builds.cmake_targets)
