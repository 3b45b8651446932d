"""Components: files that are ported together, what each one needs, and the order to port them in."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from portgauge.graph.assignment import Assignment, Group, assign_files, has_component, unit_group
from portgauge.graph.inputs import BuildUnit, MappedComponent
from portgauge.graph.memory import LastAnswer
from portgauge.graph.variants import merge_variants
from portgauge.model.component import Component, ComponentKind, Edge, EdgeKind, SourceFile

_LIBRARY = "library:"
_NAMED_AT_MOST = 3

_Evidence = dict[tuple[str, str, EdgeKind], set[tuple[PurePosixPath, int]]]


def make_components(
    files: Iterable[SourceFile],
    include_edges: Iterable[Edge],
    build_targets: Sequence[BuildUnit],
    setup_extensions: Sequence[BuildUnit],
    *,
    use_edges: Sequence[Edge] = (),
    component_map: Sequence[MappedComponent] = (),
) -> tuple[tuple[Component, ...], tuple[Edge, ...]]:
    """Return the components in porting order, and the edges between them.

    Every file that matters (C family, CUDA or build file, read and not left out) is in exactly one
    component. Groups that need each other in a circle become one component. The order is by wave,
    then by name: whatever a component needs stands before it.

    Args:
        files: All files of the inventory, in any order.
        include_edges: As ``includes.include_edges`` makes them.
        build_targets: The CMake targets.
        setup_extensions: The Python extension modules.
        use_edges: Calls and launches between files. They never turn round what the build links or a file includes:
            a library that calls back into its user is still ported first.
        component_map: What the user wants to be components; the first that fits a file gets it.
    """
    files = tuple(files)
    include_edges = tuple(include_edges)
    units = merge_variants((*build_targets, *setup_extensions), [file.path for file in files if has_component(file)])
    assignment = assign_files(files, include_edges, units, component_map)
    evidence = _evidence(assignment, include_edges, units)
    _add_uses(evidence, assignment, use_edges)
    options = {unit.key: unit.options for unit in units}
    running = frozenset(unit.key for unit in units if not unit.is_linkable)
    question = (assignment, evidence, options, running)
    return _last_condensed.to(question, lambda: _condensed(assignment, evidence, options, running))


_last_condensed: LastAnswer[
    tuple[Assignment, _Evidence, Mapping[str, tuple[str, ...]], frozenset[str]],
    tuple[tuple[Component, ...], tuple[Edge, ...]],
] = LastAnswer()


def _evidence(assignment: Assignment, include_edges: Iterable[Edge], units: Sequence[BuildUnit]) -> _Evidence:
    """Return what shows each dependency, by the keys of the groups."""
    evidence: _Evidence = defaultdict(set)
    groups = assignment.by_text
    for edge in include_edges:
        source, target = groups.get(edge.source), groups.get(edge.target)
        if source is not None and target is not None and source != target:
            evidence[source.key, target.key, EdgeKind.INCLUDE].update(edge.evidence)
    owners = frozenset(assignment.groups.values())
    providers = _providers(assignment, owners, units)
    for unit in units:
        group = unit_group(unit)
        if group not in owners:
            continue
        for path in unit.sources:
            # A file that this unit compiles too, but that is ported with another group.
            owner = assignment.groups.get(path)
            if owner is not None and owner != group:
                evidence[group.key, owner.key, EdgeKind.LINK].add((unit.declared_in, unit.line))
        for link in unit.links:
            if link.target.startswith(_LIBRARY):
                evidence[group.key, link.target, EdgeKind.LIBRARY].add((link.path, link.line))
            for provider in providers.get(link.target, ()):
                if provider != group.key:
                    evidence[group.key, provider, EdgeKind.LINK].add((link.path, link.line))
    return evidence


def _add_uses(evidence: _Evidence, assignment: Assignment, use_edges: Iterable[Edge]) -> None:
    """Add calls and launches between groups, but those that would close a circle with what is known already."""
    import networkx as nx

    known: nx.DiGraph[str] = nx.DiGraph()
    known.add_edges_from((s, t) for s, t, kind in evidence if kind is not EdgeKind.LIBRARY)
    used: _Evidence = defaultdict(set)
    groups = assignment.by_text
    for edge in use_edges:
        source, target = groups.get(edge.source), groups.get(edge.target)
        if source is not None and target is not None and source != target:
            used[source.key, target.key, edge.kind].update(edge.evidence)
    reached: dict[str, set[str]] = {}
    for source_key, target_key, kind in used:
        if target_key not in reached:
            reached[target_key] = nx.descendants(known, target_key) if target_key in known else set()
        if source_key not in reached[target_key]:
            evidence[source_key, target_key, kind] |= used[source_key, target_key, kind]


def _providers(
    assignment: Assignment, owners: frozenset[Group], units: Sequence[BuildUnit]
) -> Mapping[str, frozenset[str]]:
    """Return for each unit the groups that one needs who links it.

    A unit whose files all went to others stands for those; one without files for what it links.
    """
    by_key = {unit.key: unit for unit in units}
    providers: dict[str, frozenset[str]] = {}
    for unit in units:
        found: set[str] = set()
        seen: set[str] = set()
        waiting = [unit.key]
        while waiting:
            key = waiting.pop()
            if key in seen or key not in by_key:
                continue
            seen.add(key)
            reached = by_key[key]
            if unit_group(reached) in owners:
                found.add(reached.key)
                continue
            shared = {assignment.groups[path].key for path in reached.sources if path in assignment.groups}
            found |= shared
            if not shared:
                waiting.extend(link.target for link in reached.links)
        providers[unit.key] = frozenset(found)
    return providers


def _options(members: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the options that every member needs."""
    common = set(members[0]).intersection(*members[1:])
    return tuple(option for option in members[0] if option in common)


def _condensed(
    assignment: Assignment,
    evidence: _Evidence,
    group_options: Mapping[str, tuple[str, ...]],
    running: frozenset[str],
) -> tuple[tuple[Component, ...], tuple[Edge, ...]]:
    import networkx as nx

    files: dict[str, list[PurePosixPath]] = defaultdict(list)
    groups: dict[str, Group] = {}
    for path, group in assignment.groups.items():
        files[group.key].append(path)
        groups[group.key] = group
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(sorted(groups))
    graph.add_edges_from(sorted((s, t) for s, t, kind in evidence if kind is not EdgeKind.LIBRARY))
    circles = [sorted(circle) for circle in nx.strongly_connected_components(graph)]
    group_names = _unique_names(groups.values())
    names = {}
    for circle in circles:
        joined = _joined_name(_largest_first(circle, groups, files), group_names)
        names.update(dict.fromkeys(circle, joined))
    merged = _merged_evidence(evidence, names)
    needs: dict[str, set[str]] = defaultdict(set)
    for source, target, kind in merged:
        if kind is not EdgeKind.LIBRARY:
            needs[source].add(target)
    members = {names[circle[0]]: circle for circle in circles}
    waves = _waves(members, needs)
    components = tuple(
        Component(
            name=name,
            kind=groups[_largest_first(circle, groups, files)[0]].kind,
            files=tuple(sorted(path for key in circle for path in files[key])),
            depends_on=tuple(sorted(needs[name])),
            wave=waves[name],
            options=_options([group_options.get(key, ()) for key in circle]),
            circle=tuple(sorted(group_names[key] for key in circle)) if len(circle) > 1 else (),
            runs=not running.isdisjoint(circle),
        )
        for name, circle in sorted(members.items(), key=lambda pair: (waves[pair[0]], pair[0]))
    )
    edges = tuple(
        Edge(source=source, target=target, kind=kind, evidence=tuple(sorted(found)))
        for (source, target, kind), found in sorted(merged.items())
    )
    return components, edges


def _merged_evidence(evidence: _Evidence, names: Mapping[str, str]) -> _Evidence:
    merged: _Evidence = defaultdict(set)
    for (source, target, kind), found in evidence.items():
        ends = (names[source], names.get(target, target))
        if ends[0] != ends[1]:
            merged[*ends, kind] |= found
    return merged


def _waves(names: Iterable[str], needs: Mapping[str, set[str]]) -> Mapping[str, int]:
    """Return the wave of each component: one more than the latest that it needs."""
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(names)
    graph.add_edges_from((target, source) for source, targets in needs.items() for target in targets)
    return {name: wave for wave, layer in enumerate(nx.topological_generations(graph), 1) for name in layer}


def _unique_names(groups: Iterable[Group]) -> Mapping[str, str]:
    """Return a name for each group key that no other has."""
    groups = sorted(groups, key=lambda group: group.key)
    uses = Counter(group.name for group in groups)
    names: dict[str, str] = {}
    for group in groups:
        name = group.name
        if uses[name] > 1:
            name = f"{name} ({_whereabouts(group)})"
        names[group.key] = name
    taken = Counter(names.values())
    return {key: name if taken[name] == 1 else f"{name} [{key}]" for key, name in names.items()}


def _whereabouts(group: Group) -> str:
    match group.kind:
        case ComponentKind.FOLDER | ComponentKind.MAPPED:
            return group.kind.value
        case _:
            return group.key.partition("#")[0]


def _joined_name(circle: Sequence[str], names: Mapping[str, str]) -> str:
    """Return the name of a circle: its largest member first, then the others by name."""
    ordered = [names[circle[0]], *sorted(names[key] for key in circle[1:])]
    if len(ordered) <= _NAMED_AT_MOST:
        return " + ".join(ordered)
    shown = ordered[: _NAMED_AT_MOST - 1]
    return f"{' + '.join(shown)} and {len(ordered) - len(shown)} more"


def _largest_first(
    circle: Sequence[str], groups: Mapping[str, Group], files: Mapping[str, Sequence[PurePosixPath]]
) -> list[str]:
    return sorted(circle, key=lambda key: (-len(files[key]), groups[key].name, key))
