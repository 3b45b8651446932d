"""Which group each file belongs to, before circles are joined: exactly one, whatever lists it.

The user's map goes first, then what the build says, then who includes a header, then the folder.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from portgauge.graph.folders import folder_names
from portgauge.graph.inputs import BuildUnit, MappedComponent
from portgauge.graph.memory import LastAnswer
from portgauge.model.base import value
from portgauge.model.component import ComponentKind, Edge, Reading, SourceFile, Standing

_C_FAMILY = frozenset(("cuda", "hip", "c", "c++"))
_BUILD = frozenset(("cmake", "make", "meson", "python-build"))
COMPILED_SUFFIXES = frozenset((".c", ".cc", ".cpp", ".cxx", ".cu", ".hip"))
"""Of files that a compiler is given; others are included."""


@value
class Group:
    """Files that go together; becomes a component, alone or with others in a circle."""

    key: str
    """The unit's key; for the others kind and name."""
    name: str
    kind: ComponentKind


@value
class Assignment:
    """The group of each file that matters."""

    groups: Mapping[PurePosixPath, Group]

    @property
    def by_text(self) -> Mapping[str, Group]:
        """The same for paths as text, as edges have them."""
        return {str(path): group for path, group in self.groups.items()}

    def files_of(self, group: Group) -> tuple[PurePosixPath, ...]:
        """Return the files of one group, sorted."""
        return tuple(sorted(path for path, found in self.groups.items() if found == group))


def assign_files(
    files: Iterable[SourceFile],
    include_edges: Iterable[Edge],
    units: Sequence[BuildUnit],
    component_map: Sequence[MappedComponent],
) -> Assignment:
    """Return the group of each file that matters for a port: C family, CUDA and build files that are read."""
    relevant = {file.path: file for file in files if has_component(file)}
    pairs = tuple((edge.source, edge.target) for edge in include_edges)
    # Neither lines nor sizes count, so that most revisions of a history are alike.
    looked_at = tuple((path, file.language, file.is_cuda, file.standing) for path, file in relevant.items())
    question = (looked_at, pairs, tuple(units), tuple(component_map))
    return _last_assignment.to(question, lambda: _assigned(relevant, pairs, units, component_map))


_last_assignment: LastAnswer[tuple[object, ...], Assignment] = LastAnswer()


def _assigned(
    relevant: Mapping[PurePosixPath, SourceFile],
    pairs: Iterable[tuple[str, str]],
    units: Sequence[BuildUnit],
    component_map: Sequence[MappedComponent],
) -> Assignment:
    groups: dict[PurePosixPath, Group] = {}
    _assign_mapped(groups, relevant, component_map)
    _assign_sources(groups, relevant, units)
    left = [path for path in relevant if path not in groups]
    cuda = [path for path in left if relevant[path].is_cuda or relevant[path].language == "cuda"]
    folders = {
        path: Group(key=f"folder:{name}", name=name, kind=ComponentKind.FOLDER)
        for path, name in folder_names(left, cuda_paths=cuda).items()
    }
    includers = _includers(pairs, relevant)
    for path in left:
        is_compiled = relevant[path].language in _C_FAMILY and path.suffix.lower() in COMPILED_SUFFIXES
        if is_compiled and path not in includers:
            groups[path] = folders[path]
    _assign_included(groups, relevant, includers, units, folders)
    _assign_build_files(groups, relevant, units)
    for path in left:
        groups.setdefault(path, folders[path])
    return Assignment(groups=groups)


def has_component(file: SourceFile) -> bool:
    """Return whether a file matters for a port: C family, CUDA or a build file, and not left out."""
    if file.reading in (Reading.EXCLUDED, Reading.NOT_SUPPORTED):
        return False
    return file.is_cuda or file.language in _C_FAMILY or file.language in _BUILD


def unit_group(unit: BuildUnit) -> Group:
    """Return the group that a build unit's own files form."""
    return Group(key=unit.key, name=unit.name, kind=unit.kind)


def _assign_mapped(
    groups: dict[PurePosixPath, Group],
    relevant: Mapping[PurePosixPath, SourceFile],
    component_map: Sequence[MappedComponent],
) -> None:
    if not component_map:
        return
    from pathspec import GitIgnoreSpec

    for mapped in component_map:
        spec = GitIgnoreSpec.from_lines(mapped.patterns)
        group = Group(key=f"mapped:{mapped.name}", name=mapped.name, kind=ComponentKind.MAPPED)
        for path in relevant:
            if path not in groups and spec.match_file(path):
                groups[path] = group


def _assign_sources(
    groups: dict[PurePosixPath, Group],
    relevant: Mapping[PurePosixPath, SourceFile],
    units: Sequence[BuildUnit],
) -> None:
    """Give each listed file to one unit.

    Of several units the order is: no test for a file that is no test, declared in a folder around
    the file, fewest files, first name. So a backend that borrows the sources of its neighbour's
    folder, or a test that compiles a library's file again, does not take it away. A program with
    one test file is a test, however many files of others it compiles; a library with most.
    """
    best: dict[PurePosixPath, tuple[tuple[bool, bool, int, str, str], BuildUnit]] = {}
    for unit in units:
        sources = [path for path in unit.sources if path in relevant]
        tests = sum(relevant[path].standing is Standing.TEST for path in sources)
        is_test = tests * 2 > len(sources) if unit.is_linkable else tests > 0
        for path in sources:
            is_taken_by_test = is_test and relevant[path].standing is not Standing.TEST
            is_elsewhere = not path.is_relative_to(unit.declared_in.parent)
            rank = (is_taken_by_test, is_elsewhere, len(sources), unit.name, unit.key)
            if path not in best or rank < best[path][0]:
                best[path] = (rank, unit)
    for path, (_, unit) in best.items():
        groups.setdefault(path, unit_group(unit))


def _includers(
    pairs: Iterable[tuple[str, str]], relevant: Mapping[PurePosixPath, SourceFile]
) -> Mapping[PurePosixPath, tuple[PurePosixPath, ...]]:
    by_text = {str(path): path for path in relevant}
    found: dict[PurePosixPath, set[PurePosixPath]] = defaultdict(set)
    for including, included in pairs:
        source, target = by_text.get(including), by_text.get(included)
        if source is not None and target is not None:
            found[target].add(source)
    return {target: tuple(sorted(sources)) for target, sources in found.items()}


def _assign_included(
    groups: dict[PurePosixPath, Group],
    relevant: Mapping[PurePosixPath, SourceFile],
    includers: Mapping[PurePosixPath, tuple[PurePosixPath, ...]],
    units: Sequence[BuildUnit],
    folders: Mapping[PurePosixPath, Group],
) -> None:
    """Give headers to the group that they serve.

    What a library includes, also through headers, belongs to libraries: a program or test that
    includes the same header depends on the library, never the other way. Then come programs and
    folders, tests last. Each phase goes round by round, so that headers of headers follow.
    """
    compiled = frozenset(groups.values())
    libraries = frozenset(unit_group(unit) for unit in units if unit.is_linkable)
    linked = _linked_keys(units)
    siblings, local = _neighbours(groups, relevant)
    waiting = sorted(path for path in relevant if path not in groups and relevant[path].language in _C_FAMILY)
    voters: Sequence[Callable[[PurePosixPath], bool]] = (
        lambda path: groups[path] in libraries and relevant[path].standing is not Standing.TEST,
        lambda path: relevant[path].standing is not Standing.TEST,
        lambda path: True,
    )
    for is_voter in voters:
        is_moving = True
        while is_moving:
            found: dict[PurePosixPath, Group] = {}
            for path in waiting:
                users = includers.get(path, ())
                votes = Counter(groups[user] for user in users if user in groups and is_voter(user))
                around = local.get(path.parent, frozenset())
                if (sibling := siblings.get((path.parent, path.stem))) is not None:
                    found[path] = sibling
                    continue
                if not votes:
                    continue
                elected = _elected(votes, around, linked, libraries)
                if elected is None:
                    found[path] = folders[path]
                elif elected in around or elected in libraries:
                    found[path] = elected
                elif all(user in groups for user in users):
                    # A lone program or folder. While a header that includes this one has no place
                    # yet, it is not known to be alone.
                    is_own = elected.kind is ComponentKind.FOLDER and folders[path] in compiled
                    found[path] = folders[path] if is_own else elected
            groups.update(found)
            waiting = [path for path in waiting if path not in found]
            is_moving = bool(found)
    for path in waiting:
        # Included by nobody that we see. Beside the sources of a single group it goes with them.
        around = local.get(path.parent, frozenset())
        if len(around) == 1:
            groups[path] = next(iter(around))


def _neighbours(
    groups: Mapping[PurePosixPath, Group], relevant: Mapping[PurePosixPath, SourceFile]
) -> tuple[Mapping[tuple[PurePosixPath, str], Group], Mapping[PurePosixPath, frozenset[Group]]]:
    """Return who owns ``folder/stem`` when it is one group, and which groups have sources in a folder."""
    by_stem: dict[tuple[PurePosixPath, str], set[Group]] = defaultdict(set)
    by_folder: dict[PurePosixPath, set[Group]] = defaultdict(set)
    for path, group in groups.items():
        if relevant[path].language in _C_FAMILY and group.kind is not ComponentKind.MAPPED:
            by_stem[path.parent, path.stem].add(group)
            by_folder[path.parent].add(group)
    siblings = {key: next(iter(found)) for key, found in by_stem.items() if len(found) == 1}
    return siblings, {folder: frozenset(found) for folder, found in by_folder.items()}


def _elected(
    votes: Counter[Group],
    local: frozenset[Group],
    linked: Mapping[str, frozenset[str]],
    libraries: frozenset[Group],
) -> Group | None:
    """Return the group that gets a header; None when several use it and none of them is below the others.

    Among libraries, and among groups with code in the header's folder, it is the one that most
    others link, then the one that includes it most. Programs and folders that share a header from
    elsewhere would only come to depend on each other by it.
    """
    candidates = [group for group in votes if group in local]
    candidates = candidates or [group for group in votes if group in libraries] or list(votes)
    is_shared = len(candidates) > 1 and not any(group in local or group in libraries for group in candidates)
    if is_shared:
        return None

    def rank(group: Group) -> tuple[int, int, str, str]:
        below = sum(group.key in linked.get(other.key, ()) for other in candidates)
        return (-below, -votes[group], group.name, group.key)

    return min(candidates, key=rank)


def _linked_keys(units: Sequence[BuildUnit]) -> Mapping[str, frozenset[str]]:
    """Return for each unit the keys of all units that it links, also through others."""
    direct = {unit.key: {link.target for link in unit.links} for unit in units}
    reached: dict[str, frozenset[str]] = {}
    for key in direct:
        seen: set[str] = set()
        waiting = list(direct[key])
        while waiting:
            linked = waiting.pop()
            if linked not in seen:
                seen.add(linked)
                waiting.extend(direct.get(linked, ()))
        reached[key] = frozenset(seen - {key})
    return reached


def _assign_build_files(
    groups: dict[PurePosixPath, Group],
    relevant: Mapping[PurePosixPath, SourceFile],
    units: Sequence[BuildUnit],
) -> None:
    """Give a build file to the largest group that it declares, else to the largest in its folder."""
    sizes = Counter(groups.values())
    declared: dict[PurePosixPath, set[Group]] = defaultdict(set)
    for unit in units:
        if (group := unit_group(unit)) in sizes:
            declared[unit.declared_in].add(group)
    in_folder: dict[PurePosixPath, Counter[Group]] = defaultdict(Counter)
    for path, group in groups.items():
        in_folder[path.parent][group] += 1
    for path in sorted(relevant):
        if path in groups or relevant[path].language not in _BUILD:
            continue
        around = in_folder.get(path.parent, Counter())
        if path in declared:
            groups[path] = min(declared[path], key=lambda group: (-sizes[group], group.name, group.key))
        elif around:
            groups[path] = min(around, key=lambda group: (-around[group], group.name, group.key))
