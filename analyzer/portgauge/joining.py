"""What one room found, as another room of the same floor wants it: facts of files as the input of the graph."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePosixPath

from portgauge.graph.calls import call_edges
from portgauge.graph.from_builds import units_from_cmake, units_from_make, with_compiled
from portgauge.graph.includes import Reach, include_edges
from portgauge.graph.inputs import BuildUnit, CalledName, Function, IncludeLine, MappedComponent
from portgauge.matchers.build import BuildFacts, own_cmake_targets
from portgauge.matchers.facts import FileFacts, own_sites
from portgauge.matchers.libraries import without_own
from portgauge.matchers.packages import OwnModules, confirmed, is_own_package
from portgauge.model.analysis import Problem, Stage
from portgauge.model.component import Component, ComponentKind, Edge
from portgauge.model.finding import Site
from portgauge.parsing.compile_commands import CompiledTarget
from portgauge.rulebook.packages import read_packages
from portgauge.rulebook.rulebook import Rulebook


def includes_between(facts: Mapping[PurePosixPath, FileFacts], known: Collection[PurePosixPath]) -> tuple[Edge, ...]:
    """Return one edge for each pair of known files of which one includes the other."""
    lines = {
        path: [IncludeLine(text=i.text, is_quoted=i.is_quoted, line=i.line) for i in found.includes]
        for path, found in facts.items()
    }
    return include_edges(lines, known)


def cmake_and_make_units(builds: BuildFacts, compiled: Sequence[CompiledTarget]) -> tuple[BuildUnit, ...]:
    """Return what CMake and Make build; a compile database adds what it knows."""
    units = units_from_cmake(builds.cmake_targets, options=builds.cmake_options)
    made = with_compiled(units, compiled, given_as=PurePosixPath("compile_commands.json")) if compiled else units
    return (*made, *units_from_make(builds.make_targets))


def calls_between(ordered: Sequence[FileFacts], reach: Reach) -> tuple[Edge, ...]:
    """Return one edge for each pair of files of which one calls a function that the other defines."""
    functions = {
        found.path: [
            Function(name=d.name, scopes=d.scopes, is_member=d.is_member, is_hidden=d.is_hidden, line=d.line)
            for d in found.definitions
        ]
        for found in ordered
    }
    calls = {
        found.path: [CalledName(name=c.name, scopes=c.scopes, lines=c.lines) for c in found.calls] for found in ordered
    }
    return call_edges(functions, calls, reach=reach)


def map_problems(component_map: Sequence[MappedComponent], components: Sequence[Component]) -> tuple[Problem, ...]:
    """Return one problem for each component of the user's map that got no file."""
    found = {name for c in components if c.kind is ComponentKind.MAPPED for name in (c.name, *c.circle)}
    return tuple(
        Problem(
            path=PurePosixPath("."),
            stage=Stage.GRAPH,
            reason=f"component {mapped.name!r} of the component map holds no file that matters for a port: "
            f"{', '.join(mapped.patterns)} fit none, or an earlier component has them",
        )
        for mapped in component_map
        if mapped.name not in found
    )


def sites_of(
    ordered: Sequence[FileFacts],
    known: Sequence[PurePosixPath],
    *,
    includes: Sequence[Edge],
    builds: BuildFacts,
    rulebook: Rulebook,
) -> tuple[Site, ...]:
    """Return the sites of all files but those of what the codebase is itself: its names, libraries and modules."""
    own = OwnModules(known)
    return without_own(
        confirmed(own_sites(ordered), read_packages(rulebook.tables)),
        own_includes=frozenset(place for edge in includes for place in edge.evidence),
        is_own_package=lambda site: is_own_package(site, own, own.tops),
        own_cmake=own_cmake_targets(builds),
        tables=frozenset(name for name, table in rulebook.tables.items() if table.kind in ("library", "python")),
    )
