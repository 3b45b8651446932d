"""Which file of the codebase an ``#include`` means, without knowing the compiler's search path."""

import posixpath
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from portgauge.graph.inputs import IncludeLine
from portgauge.model.component import Edge, EdgeKind

# Written with brackets these mean the C library, also when the codebase has a file of that name.
_C_LIBRARY = frozenset(
    f"{name}.h"
    for name in (
        *("assert", "complex", "ctype", "errno", "fenv", "float", "inttypes", "iso646", "limits", "locale"),
        *("math", "setjmp", "signal", "stdalign", "stdarg", "stdatomic", "stdbool", "stddef", "stdint"),
        *("stdio", "stdlib", "stdnoreturn", "string", "tgmath", "threads", "time", "uchar", "wchar"),
        *("wctype", "memory"),
    )
)


def include_edges(
    includes: Mapping[PurePosixPath, Sequence[IncludeLine]], known_paths: Collection[PurePosixPath]
) -> tuple[Edge, ...]:
    """Return one edge for each pair of files of which one includes the other, sorted.

    A quoted path is first looked for beside the file itself. Then every known file whose path ends
    in the text may be meant; of several, the one with the longest way in common with the including
    file wins, then the one that lies least deep. When two are equally near, the include stays
    without an edge: a wrong dependency is worse than a missing one.
    """
    known = frozenset(known_paths)
    by_name: dict[str, list[PurePosixPath]] = defaultdict(list)
    for path in sorted(known):
        by_name[path.name].append(path)
    evidence: dict[tuple[PurePosixPath, PurePosixPath], set[int]] = defaultdict(set)
    for source in sorted(includes):
        for include in includes[source]:
            target = _meant(include, source, known, by_name)
            if target is not None and target != source:
                evidence[source, target].add(include.line)
    return tuple(
        Edge(
            source=str(source),
            target=str(target),
            kind=EdgeKind.INCLUDE,
            evidence=tuple((source, line) for line in sorted(lines)),
        )
        for (source, target), lines in sorted(evidence.items())
    )


class Reach:
    """Which files a file includes, also through others."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        self._direct: dict[PurePosixPath, list[PurePosixPath]] = defaultdict(list)
        for edge in edges:
            self._direct[PurePosixPath(edge.source)].append(PurePosixPath(edge.target))
        self._found: dict[PurePosixPath, Mapping[PurePosixPath, int]] = {}

    def of(self, source: PurePosixPath) -> Mapping[PurePosixPath, int]:
        """Return the reached files, each with the number of includes on the shortest way; worked out once a file."""
        if source not in self._found:
            distances: dict[PurePosixPath, int] = {source: 0}
            waiting = deque([source])
            while waiting:
                path = waiting.popleft()
                for below in self._direct.get(path, ()):
                    if below not in distances:
                        distances[below] = distances[path] + 1
                        waiting.append(below)
            del distances[source]
            self._found[source] = distances
        return self._found[source]


def nearest(candidates: Sequence[PurePosixPath], source: PurePosixPath) -> PurePosixPath | None:
    """Return the candidate with the longest way in common with a file, then the least deep; None when two tie."""
    if not candidates:
        return None
    ranked = sorted((-_shared_depth(path, source), len(path.parts), path) for path in candidates)
    is_tied = len(ranked) > 1 and ranked[0][:2] == ranked[1][:2]
    return None if is_tied else ranked[0][2]


def _meant(
    include: IncludeLine,
    source: PurePosixPath,
    known: frozenset[PurePosixPath],
    by_name: Mapping[str, Sequence[PurePosixPath]],
) -> PurePosixPath | None:
    text = posixpath.normpath(include.text.strip().replace("\\", "/"))
    if text.startswith("/"):
        return None
    if include.is_quoted:
        beside = PurePosixPath(posixpath.normpath(f"{source.parent}/{text}"))
        if beside in known:
            return beside
    elif text in _C_LIBRARY:
        return None
    parts = tuple(part for part in text.split("/") if part != "..")
    if not parts:
        return None
    fitting = [path for path in by_name.get(parts[-1], ()) if path.parts[-len(parts) :] == parts]
    return nearest(fitting, source)


def _shared_depth(first: PurePosixPath, second: PurePosixPath) -> int:
    depth = 0
    for ours, theirs in zip(first.parent.parts, second.parent.parts, strict=False):
        if ours != theirs:
            break
        depth += 1
    return depth
