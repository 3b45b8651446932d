"""Which launch starts which kernel, by name, and which launches name no kernel of the codebase."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from portgauge.graph.includes import Reach
from portgauge.graph.inputs import ForwardedLaunch, NamedLaunch, PassedKernel
from portgauge.model.component import Edge, EdgeKind
from portgauge.model.kernel import Kernel, KernelLaunch
from portgauge.model.location import Location


def claimed_launches(
    launches: Iterable[NamedLaunch], forwarders: Iterable[ForwardedLaunch], passed: Iterable[PassedKernel]
) -> tuple[tuple[str, KernelLaunch], ...]:
    """Return the launches in place, and for each name given to a forwarder one where it is given; the name first.

    A forwarder that is given nothing launches something that no place names.
    """
    by_name: dict[tuple[str, int], list[ForwardedLaunch]] = defaultdict(list)
    for forwarder in forwarders:
        by_name[forwarder.name, forwarder.argument].append(forwarder)
    found = [(each.kernel, each.launch) for each in launches]
    used: set[tuple[str, int]] = set()
    for each in passed:
        key = (each.callee, each.argument)
        if key in by_name:
            used.add(key)
            found.append((each.kernel, KernelLaunch(location=each.location, via=each.callee)))
    for key, unused in by_name.items():
        if key not in used:
            found += [("", forwarder.launch) for forwarder in unused]
    return tuple(found)


def with_launches(
    kernels: Sequence[Kernel], launches: Iterable[tuple[str, KernelLaunch]], *, reach: Reach
) -> tuple[tuple[Kernel, ...], tuple[Location, ...]]:
    """Return the kernels, each with the launches that name it, and the places of launches that name none of them.

    Of kernels of one name in several files, a launch means those of its own file, else those of files that it
    includes, else all.
    """
    by_name: dict[str, list[KernelLaunch]] = defaultdict(list)
    for name, launch in launches:
        by_name[name].append(launch)
    homes: dict[str, set[PurePosixPath]] = defaultdict(set)
    for kernel in kernels:
        homes[_bare(kernel.name)].add(kernel.location.path)

    def is_meant(kernel: Kernel, place: Location) -> bool:
        known = homes[_bare(kernel.name)]
        if len(known) == 1:
            return True
        near = known & ({place.path} if place.path in known else reach.of(place.path).keys())
        return kernel.location.path in (near or known)

    claimed = tuple(
        replace(
            kernel,
            launches=tuple(
                launch for launch in by_name.get(_bare(kernel.name), ()) if is_meant(kernel, launch.location)
            ),
        )
        for kernel in kernels
    )
    return claimed, _unclaimed(by_name, homes)


def _unclaimed(
    by_name: Mapping[str, Sequence[KernelLaunch]], homes: Mapping[str, set[PurePosixPath]]
) -> tuple[Location, ...]:
    places = {launch.location for name, found in by_name.items() if name not in homes for launch in found}
    return tuple(sorted(places, key=lambda place: (place.path, place.line, place.column, place.end_column)))


def launch_edges(kernels: Iterable[Kernel]) -> tuple[Edge, ...]:
    """Return one edge for each file that launches a kernel of another file, sorted."""
    evidence: dict[tuple[str, str], set[tuple[PurePosixPath, int]]] = {}
    for kernel in kernels:
        for launch in kernel.launches:
            place = launch.location
            if place.path != kernel.location.path:
                key = (str(place.path), str(kernel.location.path))
                evidence.setdefault(key, set()).add((place.path, place.line))
    return tuple(
        Edge(source=source, target=target, kind=EdgeKind.LAUNCH, evidence=tuple(sorted(places)))
        for (source, target), places in sorted(evidence.items())
    )


def _bare(name: str) -> str:
    return name.split("<")[0].rsplit("::", 1)[-1].strip()
