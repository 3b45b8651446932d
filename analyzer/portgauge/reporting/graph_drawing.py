"""The graph of components drawn as SVG, in layers: what is ported first stands at the bottom.

grandalf places the nodes (the layout after Sugiyama). The picture has no script, no style sheet and no link, so it
stands in a page with a strict policy, and shape and pattern say the same as colour.
"""

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from portgauge.model.base import value
from portgauge.reporting.graph_view import GraphView, Link, Node, State
from portgauge.reporting.plain_text import one_line, shortened, shortened_path

_NAME_AT_MOST = 34
_CHARACTER = 6.6
"""Width of a character in the drawing's font, in its units: generous, as fonts differ."""
_LINE = 15
_HEIGHT = 2 * _LINE + 12
_SPACE = 26
_WIDEST = 1800.0
"""Of one row of connected nodes; a page's width shows their names at half size."""
_MARGIN = 16
_LEGEND = 30
_FILL = {State.FREE: "#e3f1e6", State.WAITING: "#fdf3d7", State.HELD_UP: "#fbe0dc", State.IDLE: "#f4f4f4"}
_STROKE = {
    State.FREE: 'stroke="#2f6f3e"',
    State.WAITING: 'stroke="#8a6100" stroke-dasharray="6 3"',
    State.HELD_UP: 'stroke="#a3281c" stroke-width="3"',
    State.IDLE: 'stroke="#8a8a8a" stroke-dasharray="2 3"',
}


@value
class _Place:
    """Where a node stands: the middle of its box, and its width."""

    x: float
    y: float
    width: float


def svg(view: GraphView) -> str:
    """Return the graph as an SVG document."""
    places = _places(view.nodes, view.links)
    width = max((place.x + place.width / 2 for place in places.values()), default=0.0) + _MARGIN
    width = max(width, 640.0)
    height = max((place.y for place in places.values()), default=0.0) + _HEIGHT / 2 + _MARGIN
    title = f"Components of {one_line(view.codebase)} and what they need"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height + _LEGEND:.0f}" '
        f'viewBox="0 0 {width:.0f} {height + _LEGEND:.0f}" role="img" aria-label={quoteattr(title)} '
        'font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        '<defs><marker id="needs" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path d="M0 0 L8 4 L0 8 z" fill="#555"/></marker></defs>',
    ]
    parts += [_link(link, places) for link in view.links if link.source in places and link.target in places]
    parts += [_node(node, places[node.name]) for node in view.nodes]
    parts += _legend(height)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _node(node: Node, place: _Place) -> str:
    left, top = place.x - place.width / 2, place.y - _HEIGHT / 2
    names = f" ({', '.join(node.stands_for)})" if node.stands_for else ""
    tooltip = f"{one_line(node.name + names)}: {node.words}; wave {node.wave}; {node.state.value}"
    return (
        f"<g><title>{escape(tooltip)}</title>"
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{place.width:.1f}" height="{_HEIGHT}" rx="5" '
        f'fill="{_FILL[node.state]}" {_STROKE[node.state]}/>'
        f'<text x="{place.x:.1f}" y="{top + _LINE + 1:.1f}" text-anchor="middle" font-weight="bold" '
        f'fill="#111">{escape(_label(node))}</text>'
        f'<text x="{place.x:.1f}" y="{top + 2 * _LINE + 1:.1f}" text-anchor="middle" fill="#333">'
        f"{escape(_below(node))}</text></g>"
    )


def _label(node: Node) -> str:
    # Folders share how their paths begin, so the end tells them apart; of joined ones the first is the largest.
    cut = shortened_path if "/" in node.name and " + " not in node.name else shortened
    return cut(node.name, limit=_NAME_AT_MOST)


def _below(node: Node) -> str:
    return f"{node.wave}. {node.words}"


def _link(link: Link, places: dict[str, _Place]) -> str:
    source, target = places[link.source], places[link.target]
    start, end = source.y + _HEIGHT / 2, target.y - _HEIGHT / 2
    middle = (start + end) / 2
    tooltip = f"{one_line(link.source)} needs {one_line(link.target)}: {', '.join(link.kinds)}"
    return (
        f'<path d="M{source.x:.1f} {start:.1f} C{source.x:.1f} {middle:.1f} {target.x:.1f} {middle:.1f} '
        f'{target.x:.1f} {end:.1f}" fill="none" stroke="#777" marker-end="url(#needs)">'
        f"<title>{escape(tooltip)}</title></path>"
    )


def _legend(top: float) -> list[str]:
    parts, left = [], float(_MARGIN)
    for state in State:
        parts.append(
            f'<rect x="{left:.0f}" y="{top + 6:.0f}" width="16" height="12" rx="3" fill="{_FILL[state]}" '
            f'{_STROKE[state]}/><text x="{left + 22:.0f}" y="{top + 16:.0f}" fill="#333">{state.value}</text>'
        )
        left += 22 + _CHARACTER * len(state.value) + 20
    return parts


def _places(nodes: Sequence[Node], links: Sequence[Link]) -> dict[str, _Place]:
    """Return where each node stands: connected ones as grandalf lays them out, lone ones in rows below."""
    from grandalf.graphs import Edge, Graph, Vertex
    from grandalf.layouts import SugiyamaLayout

    widths = {node.name: _CHARACTER * max(len(_label(node)), len(_below(node))) + 22 for node in nodes}
    # grandalf keeps its vertices and edges in sets, whose order follows their hashes: numbers draw the same each time.
    numbered_vertex = type("Vertex", (Vertex,), {"__hash__": lambda self: self.number})
    numbered_edge = type("Edge", (Edge,), {"__hash__": lambda self: self.number})
    vertices = {node.name: numbered_vertex(node.name) for node in nodes}
    edges = [numbered_edge(vertices[link.source], vertices[link.target]) for link in links]
    for number, item in enumerate((*vertices.values(), *edges)):
        item.number = number
    places: dict[str, _Place] = {}
    bottom = float(_MARGIN)
    lone: list[str] = []
    for core in Graph([vertices[node.name] for node in nodes], edges).C:
        if core.order() == 1:
            lone.append(next(iter(core.sV)).data)
            continue
        for vertex in core.sV:
            vertex.view = _Box(widths[vertex.data])
        layout = SugiyamaLayout(core)
        layout.xspace, layout.yspace = _SPACE, 2 * _SPACE
        layout.init_all(roots=[vertex for vertex in core.sV if not vertex.e_in()])
        layout.draw()
        bottom = _add_core([(vertex.data, *vertex.view.xy) for vertex in core.sV], widths, places, bottom)
    _add_rows(lone, widths, places, bottom)
    return places


class _Box:
    """What grandalf wants to know of a node: its size; it writes the place into it."""

    def __init__(self, width: float) -> None:
        self.w = width
        self.h = float(_HEIGHT)
        self.xy = (0.0, 0.0)


def _add_core(
    found: Sequence[tuple[str, float, float]], widths: dict[str, float], places: dict[str, _Place], bottom: float
) -> float:
    """Add the connected nodes below what is placed already; a layer that is too wide goes over several rows."""
    found = _wrapped(found, widths)
    left = min(x - widths[name] / 2 for name, x, _ in found) - _MARGIN
    top = min(y for _, _, y in found) - _HEIGHT / 2
    for name, x, y in found:
        places[name] = _Place(x=x - left, y=y - top + bottom, width=widths[name])
    return max(places[name].y for name, _, _ in found) + _HEIGHT / 2 + _SPACE


def _wrapped(found: Sequence[tuple[str, float, float]], widths: dict[str, float]) -> Sequence[tuple[str, float, float]]:
    """Return the nodes in rows no wider than the limit, in the order that the layout chose; unchanged if they fit."""
    right = max(x + widths[name] / 2 for name, x, _ in found)
    left = min(x - widths[name] / 2 for name, x, _ in found)
    if right - left <= _WIDEST:
        return found
    layers: dict[float, list[tuple[float, str]]] = {}
    for name, x, y in found:
        layers.setdefault(y, []).append((x, name))
    placed: list[tuple[str, float, float]] = []
    y = 0.0
    for layer in sorted(layers):
        rows: list[list[str]] = [[]]
        for _, name in sorted(layers[layer]):
            if rows[-1] and sum(widths[each] + _SPACE for each in (*rows[-1], name)) > _WIDEST:
                rows.append([])
            rows[-1].append(name)
        for row in rows:
            x = (_WIDEST - sum(widths[name] + _SPACE for name in row)) / 2
            for name in row:
                placed.append((name, x + widths[name] / 2, y))
                x += widths[name] + _SPACE
            y += _HEIGHT + _SPACE / 2
        y += 2 * _SPACE
    return placed


def _add_rows(names: Sequence[str], widths: dict[str, float], places: dict[str, _Place], bottom: float) -> None:
    limit = max((place.x + place.width / 2 for place in places.values()), default=0.0)
    left, top = float(_MARGIN), bottom
    for name in names:
        if left > _MARGIN and left + widths[name] > max(limit, 900.0):
            left, top = float(_MARGIN), top + _HEIGHT + _SPACE / 2
        places[name] = _Place(x=left + widths[name] / 2, y=top + _HEIGHT / 2, width=widths[name])
        left += widths[name] + _SPACE
