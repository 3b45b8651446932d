"""What the build-file parsers found, as the units that components are made from."""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import PurePosixPath

from portgauge.graph.folders import MAX_FILES
from portgauge.graph.inputs import BuildUnit, UnitLink
from portgauge.model.component import ComponentKind
from portgauge.parsing.cmake_conditions import words_asked_for
from portgauge.parsing.cmake_targets import CMakeTarget
from portgauge.parsing.compile_commands import CompiledTarget
from portgauge.parsing.globs import matching_paths
from portgauge.parsing.make import MakeTarget
from portgauge.parsing.meson_targets import MesonTarget
from portgauge.parsing.python import PythonBuild

_LIBRARY = "library:"
_WORDS = re.compile(r"[A-Za-z_]\w*")


def units_from_cmake(targets: Iterable[CMakeTarget], *, options: Collection[str] = ()) -> tuple[BuildUnit, ...]:
    """Return the units of CMake targets; a link means the target of the same project when there is one.

    ``options`` are the names of the build's options: those that a target's conditions ask for become the unit's.
    """
    targets = tuple(targets)
    keys = {(target.project, target.name): _key(target) for target in targets}
    keys_by_name: dict[str, str] = {}
    for target in sorted(targets, key=lambda target: (target.project, target.name)):
        keys_by_name.setdefault(target.name, _key(target))
    return tuple(
        BuildUnit(
            key=_key(target),
            name=target.name,
            kind=ComponentKind.CMAKE_TARGET,
            is_linkable=target.kind == "library",
            sources=target.sources,
            links=tuple(
                UnitLink(
                    target=link.target
                    if link.target.startswith(_LIBRARY)
                    else keys.get((target.project, link.target), keys_by_name[link.target]),
                    path=link.path,
                    line=link.line,
                )
                for link in target.links
            ),
            options=_asked_for(target.conditions, frozenset(options)),
            behind=tuple(
                (path, known) for path, names in target.behind if (known := tuple(n for n in names if n in options))
            ),
            declared_in=target.path,
            line=target.line,
        )
        for target in targets
    )


def _asked_for(conditions: Iterable[str], options: frozenset[str]) -> tuple[str, ...]:
    """Return the options that must be set for conditions to hold, as they stand from the outermost inward."""
    found: dict[str, None] = {}
    for condition in conditions:
        asked = words_asked_for(condition) & options
        found.update(dict.fromkeys(word for word in _WORDS.findall(condition) if word in asked))
    return tuple(found)


def with_compiled(
    units: Iterable[BuildUnit], compiled: Iterable[CompiledTarget], *, given_as: PurePosixPath
) -> tuple[BuildUnit, ...]:
    """Return the units with what a compile database says: files of a known target, and targets that nobody else names.

    ``given_as`` is where new targets are said to be declared.
    """
    sources = {target.name: target.sources for target in compiled}
    known = tuple(units)
    names = {unit.name for unit in known}
    grown = [
        replace(unit, sources=tuple(sorted({*unit.sources, *sources.get(unit.name, ())})))
        if unit.kind is ComponentKind.CMAKE_TARGET
        else unit
        for unit in known
    ]
    added = [
        BuildUnit(
            key=f"{given_as}#{name}",
            name=name,
            kind=ComponentKind.CMAKE_TARGET,
            is_linkable=True,
            sources=paths,
            links=(),
            declared_in=given_as,
            line=1,
        )
        for name, paths in sources.items()
        if name not in names
    ]
    return (*grown, *added)


def units_from_make(targets: Iterable[MakeTarget]) -> tuple[BuildUnit, ...]:
    """Return the units of Makefiles; one with more files than a person keeps in mind goes by folders instead.

    A Makefile often names everything as one program; as one component it would say nothing about the order.
    """
    targets = tuple(target for target in targets if len(target.sources) <= MAX_FILES)
    keys = {(target.path, target.name): f"{target.path}#{target.name}" for target in targets}
    return tuple(
        BuildUnit(
            key=keys[target.path, target.name],
            name=target.name,
            kind=ComponentKind.MAKE_TARGET,
            is_linkable=target.is_library,
            sources=target.sources,
            links=tuple(
                UnitLink(
                    target=link if link.startswith(_LIBRARY) else keys[target.path, link],
                    path=target.path,
                    line=target.line,
                )
                for link in target.links
                if link.startswith(_LIBRARY) or (target.path, link) in keys
            ),
            declared_in=target.path,
            line=target.line,
        )
        for target in {(target.path, target.name): target for target in targets}.values()
    )


def units_from_meson(targets: Iterable[MesonTarget]) -> tuple[BuildUnit, ...]:
    """Return the units of Meson targets."""
    return tuple(
        BuildUnit(
            key=target.key,
            name=target.name,
            kind=ComponentKind.MESON_TARGET,
            is_linkable=target.is_library,
            sources=target.sources,
            links=tuple(UnitLink(target=link, path=target.path, line=target.line) for link in target.links),
            declared_in=target.path,
            line=target.line,
            options=target.options,
            behind=target.behind,
        )
        for target in targets
    )


def units_from_python(
    builds: Iterable[PythonBuild], *, known_paths: Collection[PurePosixPath]
) -> tuple[BuildUnit, ...]:
    """Return the units of Python extension modules, with source patterns compared with the known files."""
    units: dict[str, BuildUnit] = {}
    for build in builds:
        for extension in build.extensions:
            name = extension.name or f"{build.path}:{extension.line}"
            key = f"{build.path}#{name}"
            # The same module is often built in two branches, with and without a GPU.
            earlier = units[key].sources if key in units else ()
            sources = {path for pattern in extension.sources for path in matching_paths(pattern, known_paths)}
            units[key] = BuildUnit(
                key=key,
                name=name,
                kind=ComponentKind.PYTHON_EXTENSION,
                is_linkable=False,
                sources=tuple(sorted(sources | set(earlier))),
                links=(),
                options=(),
                declared_in=build.path,
                line=extension.line,
            )
    return tuple(units.values())


def _key(target: CMakeTarget) -> str:
    return f"{target.project}#{target.name}"
