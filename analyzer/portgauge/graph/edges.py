"""Edges from one file to others, with the lines that show them."""

from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

from portgauge.model.component import Edge, EdgeKind


def edges_from(
    source: PurePosixPath, lines: Mapping[PurePosixPath, Collection[int]], *, kind: EdgeKind
) -> tuple[Edge, ...]:
    """Return one edge for each file that another leads to, by path; ``lines`` are 1-based and of the source."""
    return tuple(
        Edge(
            source=str(source),
            target=str(target),
            kind=kind,
            evidence=tuple((source, line) for line in sorted(lines[target])),
        )
        for target in sorted(lines)
    )
