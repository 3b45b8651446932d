"""The graph of components in the formats of other tools: DOT, GraphML, JSON and Mermaid; SVG is drawn elsewhere."""

import io
import json
from collections.abc import Callable, Mapping

from portgauge.planning.measures import PortingGraph
from portgauge.planning.parts import PartFacts
from portgauge.reporting.graph_drawing import svg
from portgauge.reporting.graph_view import GraphView, Node, State
from portgauge.reporting.json_graph import measures_object
from portgauge.reporting.json_parts import Json
from portgauge.reporting.plain_text import one_line
from portgauge.reporting.rounding import counted, hours_words

_DOT_STYLE = {
    State.FREE: 'style="rounded"',
    State.WAITING: 'style="rounded,dashed"',
    State.HELD_UP: 'style="bold" shape="octagon"',
    State.IDLE: 'style="rounded,dotted"',
}
_MERMAID_SHAPE = {
    State.FREE: ("[", "]"),
    State.WAITING: ("(", ")"),
    State.HELD_UP: ("{{", "}}"),
    State.IDLE: ("([", "])"),
}


def dot(view: GraphView) -> str:
    """Return the graph for Graphviz; an arrow leads from a component to what it needs."""
    lines = [f"digraph {_dot_text(view.codebase)} {{", "  rankdir=BT;", '  node [shape="box"];']
    numbers = _numbers(view)
    for node in view.nodes:
        label = _dot_text(node.name, node.words, f"wave {node.wave}: {node.state.value}")
        lines.append(f"  {numbers[node.name]} [label={label} {_DOT_STYLE[node.state]}];")
    for link in view.links:
        label = _dot_text(", ".join(link.kinds))
        lines.append(f"  {numbers[link.source]} -> {numbers[link.target]} [label={label}];")
    return "\n".join([*lines, "}"]) + "\n"


def mermaid(view: GraphView) -> str:
    """Return the graph for Mermaid, as GitHub and GitLab draw it."""
    numbers = _numbers(view)
    lines = ["flowchart BT"]
    for node in view.nodes:
        opened, closed = _MERMAID_SHAPE[node.state]
        label = f"{_mermaid_text(node.name)}<br/>{node.words}<br/>wave {node.wave}: {node.state.value}"
        lines.append(f'  {numbers[node.name]}{opened}"{label}"{closed}')
    lines += [f"  {numbers[link.source]} -->|{', '.join(link.kinds)}| {numbers[link.target]}" for link in view.links]
    return "\n".join(lines) + "\n"


def _numbers(view: GraphView) -> Mapping[str, str]:
    """Return a plain name for each node, so that no name from the codebase is read as a command."""
    return {node.name: f"c{number}" for number, node in enumerate(view.nodes, start=1)}


def graphml(view: GraphView) -> str:
    """Return the graph as GraphML."""
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph(name=_xml_text(view.codebase))
    for node in view.nodes:
        graph.add_node(
            _xml_text(node.name),
            wave=node.wave,
            hours_p50=round(node.hours_p50, 6),
            kernels=node.kernels,
            state=node.state.value,
            stands_for=_xml_text(", ".join(node.stands_for)),
        )
    for link in view.links:
        places = "; ".join(f"{path}:{line}" for path, line in link.evidence)
        graph.add_edge(
            _xml_text(link.source), _xml_text(link.target), kinds=", ".join(link.kinds), evidence=_xml_text(places)
        )
    written = io.BytesIO()
    nx.write_graphml_xml(graph, written)
    return written.getvalue().decode("utf-8") + "\n"


def graph_object(view: GraphView) -> dict[str, Json]:
    """Return the graph for programs: nodes, links and every measure."""
    facts = {each.name: each for each in view.facts}
    return {
        "codebase": view.codebase,
        "nodes": [_node_object(node, facts.get(node.name), view.circles) for node in view.nodes],
        "links": [
            {
                "from": link.source,
                "to": link.target,
                "kinds": list(link.kinds),
                "evidence": [{"path": path, "line": line} for path, line in link.evidence],
            }
            for link in view.links
        ],
        **measures_object(view.measures),
    }


def _node_object(node: Node, facts: PartFacts | None, circles: Mapping[str, tuple[str, ...]]) -> dict[str, Json]:
    return {
        "name": node.name,
        "wave": node.wave,
        "hours_p50": node.hours_p50,
        "kernel_count": node.kernels,
        "state": node.state.value,
        "stands_for": list(node.stands_for),
        "circle": list(circles.get(node.name, ())),
        "languages": list(facts.languages) if facts else [],
        "kernels": list(facts.kernels) if facts else [],
        "entry_points": [str(path) for path in facts.entry_points] if facts else [],
        "libraries": list(facts.libraries) if facts else [],
        "tests": list(facts.tests) if facts else [],
    }


def as_json(view: GraphView) -> str:
    """Return the graph as JSON text."""
    return json.dumps(_rounded(graph_object(view)), ensure_ascii=False, indent=1) + "\n"


def _rounded(document: Json) -> Json:
    if isinstance(document, float):
        return round(document, 6) + 0.0
    if isinstance(document, dict):
        return {key: _rounded(part) for key, part in document.items()}
    return [_rounded(part) for part in document] if isinstance(document, list) else document


def order_text(view: GraphView) -> str:
    """Return the porting order for people: the waves with their components, then what the graph says."""
    measures = view.measures
    lines = []
    for number, wave in enumerate(measures.waves, start=1):
        lines.append(f"Wave {number}:")
        nodes = [node for node in view.nodes if node.name in wave]
        worked = [node for node in nodes if node.state is not State.IDLE]
        lines += [f"  {one_line(node.name)}  ({node.words}; {node.state.value})" for node in worked]
        if idle := len(nodes) - len(worked):
            more = " more" if worked else ""
            lines.append(f"  {counted(idle, 'component')}{more} with nothing to port")
    lines += [f"Joined because its members need each other: {one_line(', '.join(c))}" for c in view.circles.values()]
    return "\n".join([*lines, "", *measure_sentences(measures)]) + "\n"


def measure_sentences(measures: PortingGraph) -> list[str]:
    """Return what the graph says, one sentence for each measure that says something."""
    said = []
    if measures.critical_path:
        path = " -> ".join(map(one_line, measures.critical_path))
        said.append(
            f"Longest chain: {path}: {hours_words(measures.critical_hours_p50)} of "
            f"{hours_words(measures.hours_p50)}; however many people work, the components take no less."
        )
    if measures.first_runs:
        before = [one_line(name) for name in measures.first if name != measures.first_runs]
        first = f", after {', '.join(before)}" if before else ""
        said.append(
            f"First to run: {one_line(measures.first_runs)}{first} "
            f"({hours_words(measures.first_hours_p50)}, with the work on the build beside it)."
        )
    if measures.hub:
        said.append(
            f"Hub: {one_line(measures.hub)}; {counted(len(measures.hub_unblocks), 'other')} with "
            f"{hours_words(measures.hub_hours_p50)} of work wait for it."
        )
    for each in measures.blocked:
        said.append(
            f"Decision {each.decision}: in {one_line(', '.join(each.holders))}; "
            f"{counted(len(each.waiting), 'component')} with {hours_words(each.hours_p50)} held up by it."
        )
    if measures.cut is not None:
        said += _cut_sentences(measures)
    return said


def _cut_sentences(measures: PortingGraph) -> list[str]:
    cut = measures.cut
    if cut is None or not cut.lines:
        return []
    shown = [
        f"{one_line(line.source)} from {one_line(line.target)} ({counted(line.places, 'place')})"
        for line in cut.lines[:5]
    ]
    more = f" and {len(cut.lines) - 5} more" if len(cut.lines) > 5 else ""
    kernels = "" if cut.kernel_share is None else f"{cut.kernel_share:.0%} of the kernels and "
    return [f"Separate {', '.join(shown)}{more}, and {kernels}{cut.hours_share:.0%} of the component hours can move."]


def _dot_text(*lines: str) -> str:
    escaped = (one_line(line).replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(escaped) + '"'


def _mermaid_text(text: str) -> str:
    return "".join(f"#{ord(c)};" if c in '"<>&#;{}[]()|`' else c for c in one_line(text))


def _xml_text(text: str) -> str:
    return one_line(text).encode("utf-8", "replace").decode("utf-8")


GRAPH_FORMATS: Mapping[str, Callable[[GraphView], str]] = {
    "dot": dot,
    "graphml": graphml,
    "json": as_json,
    "mermaid": mermaid,
    "svg": svg,
}
"""Format to what writes it; an output file's suffix is the format's name, and .mmd is Mermaid's too."""
