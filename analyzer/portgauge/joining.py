"""What one room found, as another room of the same floor wants it: facts of files as the input of the graph."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from portgauge.discovery.tree import Candidate
from portgauge.graph.calls import call_edges
from portgauge.graph.classes import Declared
from portgauge.graph.device_calls import with_device_calls
from portgauge.graph.from_builds import units_from_cmake, units_from_make, units_from_meson, with_compiled
from portgauge.graph.includes import Reach, include_edges, own_include_lines
from portgauge.graph.inputs import (
    BuildUnit,
    Function,
    MappedComponent,
)
from portgauge.graph.launches import claimed_launches, launch_edges, with_launches
from portgauge.graph.memory import LastAnswer
from portgauge.graph.optional import OptionalCode, Switches, optional_code, with_build_guards
from portgauge.matchers.build import BuildFacts, own_cmake_targets
from portgauge.matchers.facts import Definition, FileFacts, own_sites
from portgauge.matchers.libraries import library_uses, without_own
from portgauge.matchers.packages import OwnModules, confirmed, is_own_package
from portgauge.model.analysis import Problem, Stage
from portgauge.model.base import value
from portgauge.model.component import Component, ComponentKind, Edge, LibraryUse, SourceFile, Standing
from portgauge.model.finding import Site
from portgauge.model.kernel import Kernel
from portgauge.model.location import Location, path_of
from portgauge.parsing.compile_commands import CompiledTarget
from portgauge.rulebook.packages import read_packages
from portgauge.rulebook.rulebook import Rulebook
from portgauge.rulebook.vendors import VendorWords

_WORD = re.compile(r"[A-Za-z_]\w*")


def source_file(candidate: Candidate, facts: FileFacts | None) -> SourceFile:
    """Return a file of the codebase; ``facts`` are None when it was not read."""
    standing = candidate.standing
    if facts is not None and facts.is_generated and standing is Standing.OWN:
        standing = Standing.GENERATED
    return SourceFile(
        path=candidate.path,
        language=candidate.language,
        standing=standing,
        reading=facts.reading if facts is not None else candidate.decision,
        byte_count=candidate.byte_count,
        code_lines=facts.code_lines if facts is not None else 0,
        is_cuda=facts.is_cuda if facts is not None else candidate.language == "cuda",
        degraded_bytes=facts.degraded_bytes if facts is not None else 0,
        sha256=facts.sha256 if facts is not None else "",
    )


def includes_between(facts: Mapping[PurePosixPath, FileFacts], known: Collection[PurePosixPath]) -> tuple[Edge, ...]:
    """Return one edge for each pair of known files of which one includes the other."""
    return include_edges({path: found.includes for path, found in facts.items()}, known)


def units_of(builds: BuildFacts, compiled: Sequence[CompiledTarget]) -> tuple[BuildUnit, ...]:
    """Return what CMake, Make and Meson build; a compile database adds what it knows."""
    units = units_from_cmake(builds.cmake_targets, options=builds.options)
    made = with_compiled(units, compiled, given_as=PurePosixPath("compile_commands.json")) if compiled else units
    return (*made, *units_from_make(builds.make_targets), *units_from_meson(builds.meson_targets))


def optional_parts(
    files: Sequence[SourceFile],
    facts: Mapping[PurePosixPath, FileFacts],
    units: Sequence[BuildUnit],
    includes: Sequence[Edge],
    *,
    builds: BuildFacts,
    rulebook: Rulebook,
) -> OptionalCode:
    """Return what of the code is compiled only with some options of the build."""
    in_code = {define.name for found in facts.values() for define in found.defines}
    options = {**versions_asked_for([facts[path] for path in sorted(facts)], rulebook.vendors), **builds.options}
    macros = {
        macro: behind
        for macro, names in builds.macros.items()
        if macro not in in_code and (behind := names.intersection(builds.options))
    }
    return optional_code(
        files,
        units,
        includes,
        {(path, include.line): include.guards for path, found in facts.items() for include in found.includes},
        switches=Switches(options=options, macros=macros),
        is_whole=rulebook.vendors.is_switch_of_cuda,
    )


def versions_asked_for(facts: Iterable[FileFacts], vendors: VendorWords) -> dict[str, int]:
    """Return the versions of libraries that conditions around includes ask for, each with the first such line.

    An older library does without such code, as a build does that leaves out an option.
    """
    found: dict[str, int] = {}
    for include in (include for each in facts for include in each.includes):
        for guard in include.guards:
            for name in _WORD.findall(guard.text):
                if vendors.library_versions.fullmatch(name):
                    found.setdefault(name, guard.line)
    return found


def functions_of(ordered: Sequence[FileFacts]) -> dict[PurePosixPath, tuple[Definition, ...]]:
    """Return the functions that each file defines."""
    return {path_of(str(found.path)): found.definitions for found in ordered}


def kernels_of(
    ordered: Sequence[FileFacts], functions: Mapping[PurePosixPath, Sequence[Function]], *, reach: Reach
) -> tuple[tuple[Kernel, ...], tuple[Location, ...]]:
    """Return the kernels with their launches and what they call, and the launches that name none of them."""
    launches = claimed_launches(
        [launch for found in ordered for launch in found.launches],
        [forwarder for found in ordered for forwarder in found.forwarders],
        [passed for found in ordered for passed in found.passed],
    )
    kernels, unclaimed = with_launches([k for found in ordered for k in found.kernels], launches, reach=reach)
    return with_device_calls(kernels, functions, reach=reach), unclaimed


@value
class UsedBetween:
    """Who uses what of whom."""

    kernels: tuple[Kernel, ...]
    unclaimed: tuple[Location, ...]
    edges: tuple[Edge, ...]
    """Calls, then launches."""


_last_uses: LastAnswer[tuple[object, ...], UsedBetween] = LastAnswer()


def uses_between(ordered: Sequence[FileFacts], includes: tuple[Edge, ...]) -> UsedBetween:
    """Return the kernels with their launches and what they call, and the edges of calls and launches."""
    named = tuple(
        (
            *(found.path, found.definitions, found.calls, found.objects, found.kin),
            *(found.kernels, found.launches, found.forwarders, found.passed),
        )
        for found in ordered
    )

    def work() -> UsedBetween:
        reach, functions = Reach(includes), functions_of(ordered)
        kernels, unclaimed = kernels_of(ordered, functions, reach=reach)
        calls = calls_between(ordered, functions, reach=reach)
        return UsedBetween(kernels=kernels, unclaimed=unclaimed, edges=(*calls, *launch_edges(kernels)))

    return _last_uses.to((named, includes), work)


def calls_between(
    ordered: Sequence[FileFacts], functions: Mapping[PurePosixPath, Sequence[Function]], *, reach: Reach
) -> tuple[Edge, ...]:
    """Return one edge for each pair of files of which one calls a function that the other defines."""
    paths = [path_of(str(found.path)) for found in ordered]
    declared = Declared(
        objects={path: found.objects for path, found in zip(paths, ordered, strict=True) if found.objects},
        kin={path: found.kin for path, found in zip(paths, ordered, strict=True) if found.kin},
    )
    calls = {path: found.calls for path, found in zip(paths, ordered, strict=True)}
    return call_edges(functions, calls, reach=reach, declared=declared)


def map_problems(component_map: Sequence[MappedComponent], components: Sequence[Component]) -> tuple[Problem, ...]:
    """Return one problem for each component of the user's map that got no file."""
    found = {name for c in components if c.kind is ComponentKind.MAPPED for name in (c.name, *c.circle)}
    return tuple(
        Problem(
            path=PurePosixPath("."),
            stage=Stage.GRAPH,
            reason=f"component `{mapped.name}` of the component map holds no file that matters for a port: "
            f"{', '.join(f'`{pattern}`' for pattern in mapped.patterns)} fit none, or an earlier component has them",
        )
        for mapped in component_map
        if mapped.name not in found
    )


@value
class Sites:
    """What the rules found in a codebase."""

    all: tuple[Site, ...]
    libraries: tuple[LibraryUse, ...]
    """What they show."""


_last_sites: LastAnswer[tuple[object, ...], Sites] = LastAnswer()


def sites_of(
    ordered: Sequence[FileFacts],
    known: Sequence[PurePosixPath],
    *,
    includes: Sequence[Edge],
    builds: BuildFacts,
    optional: OptionalCode,
    rulebook: Rulebook,
) -> Sites:
    """Return the sites of all files but those of what the codebase is itself: its names, libraries and modules.

    Around each stand the options of the build that it needs.
    """
    own_includes = own_include_lines({each.path: each.includes for each in ordered}, includes)
    own_cmake = own_cmake_targets(builds)
    found = tuple(
        (each.path, each.sites, each.plain_sites, each.defined, each.defined_inside, each.device_macros, each.masks)
        for each in ordered
    )

    def work() -> Sites:
        own = OwnModules(known)
        sites = without_own(
            confirmed(own_sites(ordered), read_packages(rulebook.tables)),
            own_includes=own_includes,
            is_own_package=lambda site: is_own_package(site, own, own.tops),
            own_cmake=own_cmake,
            tables=frozenset(name for name, table in rulebook.tables.items() if table.kind in ("library", "python")),
            toolkit=frozenset(name for name, table in rulebook.tables.items() if table.kind == "api"),
        )
        guarded = with_build_guards(sites, optional)
        return Sites(all=guarded, libraries=library_uses(guarded, rulebook=rulebook))

    return _last_sites.to((found, known, own_includes, own_cmake, optional, rulebook.digest), work)
