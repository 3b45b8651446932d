"""Which launch starts which kernel, by name."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from portgauge.graph.includes import Reach
from portgauge.model.component import Edge, EdgeKind, Kernel
from portgauge.model.location import Location


def with_launches(
    kernels: Sequence[Kernel], launches: Iterable[tuple[str, Location]], *, reach: Reach
) -> tuple[Kernel, ...]:
    """Return the kernels, each with the launches that name it.

    Of kernels of one name in several files, a launch means those of its own file, else those of files that it
    includes, else all.
    """
    by_name: dict[str, list[Location]] = {}
    for name, location in launches:
        by_name.setdefault(name, []).append(location)
    homes: dict[str, set[PurePosixPath]] = {}
    for kernel in kernels:
        homes.setdefault(_bare(kernel.name), set()).add(kernel.location.path)

    def is_meant(kernel: Kernel, place: Location) -> bool:
        known = homes[_bare(kernel.name)]
        if len(known) == 1:
            return True
        near = known & ({place.path} if place.path in known else reach.of(place.path).keys())
        return kernel.location.path in (near or known)

    return tuple(
        replace(
            kernel,
            launches=tuple(place for place in by_name.get(_bare(kernel.name), ()) if is_meant(kernel, place)),
        )
        for kernel in kernels
    )


def launch_edges(kernels: Iterable[Kernel]) -> tuple[Edge, ...]:
    """Return one edge for each file that launches a kernel of another file, sorted."""
    evidence: dict[tuple[str, str], set[tuple[PurePosixPath, int]]] = {}
    for kernel in kernels:
        for place in kernel.launches:
            if place.path != kernel.location.path:
                key = (str(place.path), str(kernel.location.path))
                evidence.setdefault(key, set()).add((place.path, place.line))
    return tuple(
        Edge(source=source, target=target, kind=EdgeKind.LAUNCH, evidence=tuple(sorted(places)))
        for (source, target), places in sorted(evidence.items())
    )


def _bare(name: str) -> str:
    return name.split("<")[0].rsplit("::", 1)[-1].strip()
