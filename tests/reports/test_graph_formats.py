"""The graph of components in each format: what it says, and that names from scanned code are only shown."""

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath

import pytest

from builders import make_analysis, make_component, make_estimates, make_file, make_hours, make_inventory, make_line
from portgauge.model.analysis import Analysis
from portgauge.model.component import Edge, EdgeKind, Standing
from portgauge.reporting.graph_formats import GRAPH_FORMATS, dot, mermaid, order_text
from portgauge.reporting.graph_view import State, graph_view

ATTACK = 'x"]; } ]]> <script>alert(1)</script>\n\x1b[31m`|click c1 href'


def edge(source: str, target: str, path: str = "CMakeLists.txt", line: int = 4) -> Edge:
    return Edge(source=source, target=target, kind=EdgeKind.LINK, evidence=((PurePosixPath(path), line),))


def layered(count: int, *, name: Callable[[int], str] = lambda n: f"part{n}") -> Analysis:
    """Return an analysis of components of which each needs the first; the hours grow with the number."""
    names = [name(number) for number in range(count)]
    return make_analysis(
        inventory=make_inventory(
            files=tuple(make_file(f"f{number}.cu") for number in range(count)),
            components=tuple(
                make_component(
                    each,
                    files=(PurePosixPath(f"f{number}.cu"),),
                    depends_on=() if number == 0 else (names[0],),
                    wave=1 if number == 0 else 2,
                )
                for number, each in enumerate(names)
            ),
            edges=tuple(edge(each, names[0]) for each in names[1:]),
            kernels=(),
        ),
        estimates=make_estimates(
            [make_line(component=each, hours=make_hours(n + 1, 99 + n)) for n, each in enumerate(names)],
            components=names,
        ),
    )


def test_an_arrow_leads_to_what_is_needed() -> None:
    view = graph_view(layered(2))

    assert 'c2 -> c1 [label="link"];' in dot(view)
    assert "c2 -->|link| c1" in mermaid(view)


def test_json_holds_the_evidence_of_each_link() -> None:
    document = json.loads(GRAPH_FORMATS["json"](graph_view(layered(2))))

    assert document["links"] == [
        {"from": "part1", "to": "part0", "kinds": ["link"], "evidence": [{"path": "CMakeLists.txt", "line": 4}]}
    ]
    assert document["critical_path"]["components"] == ["part0", "part1"]


def test_the_order_prints_waves_and_the_longest_chain() -> None:
    text = order_text(graph_view(layered(3)))

    assert "Wave 1:\n  part0  (1 h; can move today)\nWave 2:\n  part1" in text
    assert "Longest chain: part0 -> part2: 4 h of 6 h" in text


def test_a_program_with_one_test_file_is_a_test_that_reaches_what_it_needs() -> None:
    paths = ("check.cc", "engine_test.cc", "cache.cc")
    standings = {"engine_test.cc": Standing.TEST}
    analysis = layered(1)
    check = make_component("check", files=tuple(map(PurePosixPath, paths)), depends_on=("part0",), wave=2, runs=True)
    files = tuple(make_file(path, standing=standings.get(path, Standing.OWN)) for path in paths)
    inventory = analysis.inventory
    inventory = replace(inventory, components=(*inventory.components, check), files=(*inventory.files, *files))

    document = json.loads(GRAPH_FORMATS["json"](graph_view(replace(analysis, inventory=inventory))))

    assert [node["tests"] for node in document["nodes"]] == [["check"], ["check"]]


def test_the_order_counts_what_has_nothing_to_port() -> None:
    analysis = layered(3)
    idle = [make_component(f"docs{number}", files=(), wave=2) for number in range(2)]
    inventory = replace(analysis.inventory, components=(*analysis.inventory.components, *idle))

    text = order_text(graph_view(replace(analysis, inventory=inventory)))

    assert "part2  (3 h; can move today)\n  2 components more with nothing to port" in text
    assert "docs" not in text


def test_as_many_parts_as_the_picture_holds_are_drawn_one_by_one() -> None:
    assert len(graph_view(layered(200), nodes_at_most=200).nodes) == 200


def test_a_long_path_is_cut_where_it_tells_nothing() -> None:
    folders = ("common", "attention")
    drawn = GRAPH_FORMATS["svg"](graph_view(layered(2, name=lambda n: f"csrc/internal/kernels/shared/{folders[n]}")))

    assert re.search(r">…[^<]*/shared/attention</text>", drawn)
    assert re.search(r">…[^<]*/shared/common</text>", drawn)


def test_a_large_graph_is_drawn_with_the_cheapest_parts_of_a_wave_as_one() -> None:
    view = graph_view(layered(300), nodes_at_most=200)

    assert len(view.nodes) <= 200
    (joined,) = [node for node in view.nodes if node.stands_for]
    assert joined.name == f"{len(joined.stands_for)} more in wave 2"
    assert "part299" not in joined.stands_for
    assert "part1" in joined.stands_for
    assert len(joined.stands_for) + len(view.nodes) - 1 == 300
    assert {link.target for link in view.links} == {"part0"}


@pytest.mark.parametrize("count", [5, 40, 200])
def test_every_node_is_in_the_drawing_and_none_lies_on_another(count: int) -> None:
    drawing = ElementTree.fromstring(GRAPH_FORMATS["svg"](graph_view(layered(count))))
    boxes = [
        tuple(float(box.attrib[side]) for side in ("x", "y", "width", "height"))
        for group in drawing.iter("{http://www.w3.org/2000/svg}g")
        for box in group.iter("{http://www.w3.org/2000/svg}rect")
    ]

    assert len(boxes) == count
    assert max(x + width for x, _, width, _ in boxes) < 2_000
    for number, (x, y, width, height) in enumerate(boxes):
        for other_x, other_y, other_width, other_height in boxes[:number]:
            is_beside = x + width <= other_x or other_x + other_width <= x
            assert is_beside or y + height <= other_y or other_y + other_height <= y


def test_a_state_is_told_by_more_than_colour() -> None:
    text = dot(graph_view(layered(1)))

    assert State.FREE.value in text


@pytest.mark.parametrize("form", ["svg", "graphml"])
def test_xml_holds_a_hostile_name_as_text(form: str) -> None:
    root = ElementTree.fromstring(GRAPH_FORMATS[form](graph_view(layered(2, name=lambda n: f"{ATTACK}{n}"))))

    shown = "".join(root.itertext()) + "".join(value for node in root.iter() for value in node.attrib.values())

    assert [node for node in root.iter() if node.tag.endswith(("script", "}a"))] == []
    assert "<script>" in shown


@pytest.mark.parametrize("form", ["dot", "mermaid"])
def test_text_formats_do_not_obey_a_hostile_name(form: str) -> None:
    text = GRAPH_FORMATS[form](graph_view(layered(2, name=lambda n: f"{ATTACK}{n}")))

    assert "\x1b" not in text
    starts = ("c1", "c2", "node", "rankdir", "digraph", "}", "flowchart")
    assert all(line.strip().startswith(starts) for line in text.splitlines())
    assert not re.search(r'(?<!\\)"\]; } ', text)
