"""The graph of components as it is drawn: nodes with their state, edges with their evidence, at most 200 of them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum

from portgauge.model.analysis import Analysis
from portgauge.model.base import value
from portgauge.model.component import Edge, EdgeKind
from portgauge.planning.measures import PortingGraph, measure
from portgauge.planning.parts import Part, PartFacts, part_facts, parts_of
from portgauge.reporting.rounding import counted, hours_words

NODES_AT_MOST = 200
"""More cannot be read in one picture; the ones with the fewest hours of a wave are drawn as one."""
_IDLE_AT_MOST = 8
"""Components of one wave with nothing to port that a picture shows one by one."""


class State(StrEnum):
    """What stands between a component and its port."""

    FREE = "can move today"
    WAITING = "waits for a decision elsewhere"
    HELD_UP = "holds an open decision"
    IDLE = "nothing to port"


@value
class Node:
    """One component, or several drawn as one."""

    name: str
    wave: int
    hours_p50: float
    kernels: int
    state: State
    stands_for: tuple[str, ...]
    """The components drawn as one; empty for a single one."""

    @property
    def words(self) -> str:
        """What stands below the name."""
        parts = [hours_words(self.hours_p50)] if self.hours_p50 > 0 else []
        parts += [counted(self.kernels, "kernel")] if self.kernels else []
        return ", ".join(parts) or "no work"


@value
class Link:
    """``source`` needs ``target``."""

    source: str
    target: str
    kinds: tuple[str, ...]
    evidence: tuple[tuple[str, int], ...]
    """Path and line of each place."""


@value
class GraphView:
    """Everything that a drawing or export of the graph shows."""

    codebase: str
    nodes: tuple[Node, ...]
    """In porting order."""
    links: tuple[Link, ...]
    measures: PortingGraph
    facts: tuple[PartFacts, ...]
    """Of every component, also those that are drawn together."""
    circles: Mapping[str, tuple[str, ...]]
    """Components that were joined because they need each other: name to members."""


def graph_view(analysis: Analysis, *, nodes_at_most: int | None = None) -> GraphView:
    """Return the graph, or for a picture with fewer nodes than there are components.

    ``nodes_at_most`` is for pictures: then the components of a wave with nothing to port are one node when they are
    many, and above that number so are those with the fewest hours.
    """
    parts = parts_of(analysis)
    measures = measure(parts, analysis.inventory.edges)
    nodes = tuple(_node(part, measures) for part in parts)
    links = _links(analysis.inventory.edges, {part.name: part.name for part in parts})
    if nodes_at_most is not None:
        nodes, shown_as = _collapsed(nodes, nodes_at_most)
        links = _links(analysis.inventory.edges, shown_as)
    return GraphView(
        codebase=analysis.inventory.codebase,
        nodes=nodes,
        links=links,
        measures=measures,
        facts=part_facts(analysis.inventory, parts),
        circles={component.name: component.circle for component in analysis.inventory.components if component.circle},
    )


def _node(part: Part, measures: PortingGraph) -> Node:
    if part.is_held_up:
        state = State.HELD_UP
    elif not part.has_work:
        state = State.IDLE
    else:
        state = State.FREE if part.name in measures.today else State.WAITING
    return Node(
        name=part.name,
        wave=part.wave,
        hours_p50=part.hours_p50,
        kernels=part.kernels,
        state=state,
        stands_for=(),
    )


def _links(edges: Sequence[Edge], shown_as: Mapping[str, str]) -> tuple[Link, ...]:
    kinds: dict[tuple[str, str], set[str]] = defaultdict(set)
    evidence: dict[tuple[str, str], set[tuple[str, int]]] = defaultdict(set)
    for edge in edges:
        source, target = shown_as.get(edge.source), shown_as.get(edge.target)
        if source is None or target is None or source == target or edge.kind is EdgeKind.LIBRARY:
            continue
        kinds[source, target].add(edge.kind.value)
        evidence[source, target].update((str(path), line) for path, line in edge.evidence)
    return tuple(
        Link(
            source=source,
            target=target,
            kinds=tuple(sorted(kinds[source, target])),
            evidence=tuple(sorted(evidence[source, target])),
        )
        for source, target in sorted(kinds)
    )


def _collapsed(nodes: Sequence[Node], at_most: int) -> tuple[tuple[Node, ...], Mapping[str, str]]:
    """Return fewer nodes and the name under which each is shown.

    Parts of one wave never need each other, so joining them closes no circle.
    """
    idle = Counter(node.wave for node in nodes if node.state is State.IDLE)
    crowded = {node.name for node in nodes if node.state is State.IDLE and idle[node.wave] > _IDLE_AT_MOST}
    left = sorted(
        (node for node in nodes if node.name not in crowded),
        key=lambda node: (-node.hours_p50, -node.kernels, node.name),
    )
    fits = len(left) + len({node.wave for node in nodes if node.name in crowded}) <= at_most
    room = len(left) if fits else max(at_most - len({node.wave for node in nodes}), 0)
    kept = {node.name for node in left[:room]}
    shown_as = {node.name: node.name for node in nodes}
    joined: dict[int, list[Node]] = defaultdict(list)
    for node in nodes:
        if node.name not in kept:
            joined[node.wave].append(node)
    shown: list[Node] = []
    for wave in sorted({node.wave for node in nodes}):
        shown += [node for node in nodes if node.wave == wave and node.name in kept]
        others = joined.get(wave, [])
        if len(others) == 1:
            shown += others
        elif others:
            one = _joined(others, wave)
            shown_as.update({node.name: one.name for node in others})
            shown.append(one)
    return tuple(shown), shown_as


def _joined(nodes: Sequence[Node], wave: int) -> Node:
    worst = (State.HELD_UP, State.WAITING, State.FREE, State.IDLE)
    return Node(
        name=f"{len(nodes)} more in wave {wave}",
        wave=wave,
        hours_p50=sum(node.hours_p50 for node in nodes),
        kernels=sum(node.kernels for node in nodes),
        state=min((node.state for node in nodes), key=worst.index),
        stands_for=tuple(node.name for node in nodes),
    )
