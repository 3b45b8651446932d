"""Which file of the codebase an ``#include`` means, without knowing the compiler's search path."""

import posixpath
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import PurePosixPath

from portgauge.graph.edges import edges_from
from portgauge.graph.inputs import IncludeLine
from portgauge.graph.memory import LastAnswers
from portgauge.model.component import Edge, EdgeKind
from portgauge.model.location import path_of

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
    known = _known_files(tuple(known_paths))
    edges = known.edges.to(includes, known.edges_of)
    return tuple(edge for source in sorted(edges) for edge in edges[source])


def own_include_lines(
    includes: Mapping[PurePosixPath, Sequence[IncludeLine]], edges: Iterable[Edge]
) -> frozenset[tuple[PurePosixPath, int]]:
    """Return file and line of each include that means the codebase itself.

    Those are the includes of a known file, and those of a folder, as written, of which more headers are known than not:
    a header whose name has no suffix is no known file, and belongs to the library of its neighbours all the same.
    """
    found = {place for edge in edges for place in edge.evidence}
    known: dict[str, set[str]] = defaultdict(set)
    others: dict[str, list[tuple[str, tuple[PurePosixPath, int]]]] = defaultdict(list)
    for path, lines in includes.items():
        for include in lines:
            folder, _, name = include.text.rpartition("/")
            if folder and (path, include.line) in found:
                known[folder].add(name)
            elif folder:
                others[folder].append((name, (path, include.line)))
    for folder, unknown in others.items():
        if len(known[folder]) > len({name for name, _ in unknown}):
            found.update(place for _, place in unknown)
    return frozenset(found)


class Reach:
    """Which files a file includes, also through others."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        self._direct: dict[PurePosixPath, list[PurePosixPath]] = defaultdict(list)
        self._first: dict[PurePosixPath, tuple[int, PurePosixPath]] = {}
        for edge in edges:
            self._direct[path_of(edge.source)].append(path_of(edge.target))
            if edge.evidence:
                first = (edge.evidence[0][1], path_of(edge.target))
                self._first[path_of(edge.source)] = min(self._first.get(path_of(edge.source), first), first)
        self._found: dict[PurePosixPath, Mapping[PurePosixPath, int]] = {}
        self._headers: dict[PurePosixPath, PurePosixPath | None] = {}

    @property
    def shape(self) -> object:
        """Everything that answers depend on; two with an equal shape give the same."""
        return self._direct, {source: target for source, (_, target) in self._first.items()}

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

    def own_header(self, source: PurePosixPath) -> PurePosixPath | None:
        """Return the header that declares what a file defines: that of its name, else the first that it includes."""
        if source not in self._headers:
            named = [path for path in self._direct.get(source, ()) if path.stem == source.stem]
            self._headers[source] = named[0] if named else self._first.get(source, (0, None))[1]
        return self._headers[source]


def nearest(candidates: Sequence[PurePosixPath], folder: PurePosixPath) -> PurePosixPath | None:
    """Return the candidate with the longest way in common with a folder, then the least deep; None when two tie."""
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    ranked = sorted((-_shared_depth(path, folder), len(path.parts), path) for path in candidates)
    is_tied = ranked[0][:2] == ranked[1][:2]
    return None if is_tied else ranked[0][2]


class _KnownFiles:
    """The files of one codebase, to find those that includes mean."""

    def __init__(self, known_paths: Iterable[PurePosixPath]) -> None:
        self._by_text: dict[str, PurePosixPath] = {str(path): path for path in known_paths}
        self._by_name: dict[str, list[PurePosixPath]] = defaultdict(list)
        for path in sorted(self._by_text.values()):
            self._by_name[path.name].append(path)
        self._meant: dict[tuple[str, PurePosixPath, bool], PurePosixPath | None] = {}
        self.edges: LastAnswers[PurePosixPath, Sequence[IncludeLine], tuple[Edge, ...]] = LastAnswers()

    def edges_of(self, source: PurePosixPath, includes: Sequence[IncludeLine]) -> tuple[Edge, ...]:
        """Return one edge for each known file that the includes of another mean."""
        lines: dict[PurePosixPath, set[int]] = defaultdict(set)
        folder = source.parent
        for include in includes:
            target = self.meant(include.text, folder, is_quoted=include.is_quoted)
            if target is not None and target != source:
                lines[target].add(include.line)
        return edges_from(source, lines, kind=EdgeKind.INCLUDE)

    def meant(self, text: str, folder: PurePosixPath, *, is_quoted: bool) -> PurePosixPath | None:
        """Return the file that an include in a file of ``folder`` means, None when that is not known."""
        key = (text, folder, is_quoted)
        if key not in self._meant:
            self._meant[key] = self._look(text, folder, is_quoted=is_quoted)
        return self._meant[key]

    def _look(self, text: str, folder: PurePosixPath, *, is_quoted: bool) -> PurePosixPath | None:
        text = posixpath.normpath(text.strip().replace("\\", "/"))
        if text.startswith("/"):
            return None
        if is_quoted:
            beside = self._by_text.get(posixpath.normpath(f"{folder}/{text}"))
            if beside is not None:
                return beside
        elif text in _C_LIBRARY:
            return None
        parts = tuple(part for part in text.split("/") if part != "..")
        if not parts:
            return None
        fitting = [path for path in self._by_name.get(parts[-1], ()) if path.parts[-len(parts) :] == parts]
        return nearest(fitting, folder)


# Most revisions of a history hold the same files as the one before.
_known_files = lru_cache(maxsize=2)(_KnownFiles)


def _shared_depth(path: PurePosixPath, folder: PurePosixPath) -> int:
    depth = 0
    for ours, theirs in zip(path.parent.parts, folder.parts, strict=False):
        if ours != theirs:
            break
        depth += 1
    return depth
