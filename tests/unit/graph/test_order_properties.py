from collections import Counter
from dataclasses import replace
from pathlib import PurePosixPath

from hypothesis import given, settings
from hypothesis import strategies as st

from portgauge.graph.components import make_components
from portgauge.graph.inputs import BuildUnit, UnitLink
from portgauge.model.component import Component, ComponentKind, Edge, EdgeKind, Reading, SourceFile, Standing

PATHS = [
    *(f"{folder}/{name}" for folder in ("a", "b", "a/sub", "tests") for name in ("x.cu", "x.h", "y.cpp", "z.h")),
    *("top.cu", "CMakeLists.txt", "a/CMakeLists.txt"),
]
NAMES = ["one", "two", "three", "four"]


def make_file(path: str) -> SourceFile:
    suffix = PurePosixPath(path).suffix
    return SourceFile(
        path=PurePosixPath(path),
        language={".cu": "cuda", ".txt": "cmake"}.get(suffix, "c++"),
        standing=Standing.TEST if path.startswith("tests/") else Standing.OWN,
        reading=Reading.PARSED,
        byte_count=1,
        code_lines=1,
        is_cuda=suffix == ".cu",
        degraded_bytes=0,
        sha256="",
    )


def make_edge(pair: tuple[str, str]) -> Edge:
    return Edge(source=pair[0], target=pair[1], kind=EdgeKind.INCLUDE, evidence=((PurePosixPath(pair[0]), 1),))


file_lists = st.lists(st.sampled_from(PATHS), unique=True).map(lambda paths: [make_file(path) for path in paths])
edge_lists = st.lists(
    st.tuples(st.sampled_from(PATHS), st.sampled_from(PATHS)).filter(lambda pair: pair[0] != pair[1]),
    unique=True,
    max_size=25,
).map(lambda pairs: [make_edge(pair) for pair in pairs])


@st.composite
def unit_lists(draw: st.DrawFn) -> list[BuildUnit]:
    return [
        BuildUnit(
            key=f"#{name}",
            name=draw(st.sampled_from((name, "same"))),
            kind=ComponentKind.CMAKE_TARGET,
            is_linkable=draw(st.booleans()),
            sources=tuple(map(PurePosixPath, draw(st.lists(st.sampled_from(PATHS), unique=True, max_size=5)))),
            links=tuple(
                UnitLink(target=target, path=PurePosixPath("CMakeLists.txt"), line=3)
                for target in draw(st.lists(st.sampled_from(["#one", "#two", "#gone", "library:m"]), unique=True))
            ),
            declared_in=PurePosixPath(draw(st.sampled_from(["CMakeLists.txt", "a/CMakeLists.txt"]))),
            line=1,
        )
        for name in draw(st.lists(st.sampled_from(NAMES), unique=True))
    ]


def by_name(components: tuple[Component, ...]) -> dict[str, Component]:
    return {component.name: component for component in components}


@settings(deadline=None)
@given(file_lists, edge_lists, unit_lists())
def test_each_file_is_in_exactly_one_component(
    files: list[SourceFile], edges: list[Edge], units: list[BuildUnit]
) -> None:
    components, _ = make_components(files, edges, units, [])

    counted = Counter(path for component in components for path in component.files)
    assert counted == Counter(file.path for file in files)
    assert all(component.files for component in components)


@settings(deadline=None)
@given(file_lists, edge_lists, unit_lists())
def test_nothing_stands_before_what_it_depends_on(
    files: list[SourceFile], edges: list[Edge], units: list[BuildUnit]
) -> None:
    components, _ = make_components(files, edges, units, [])

    named = by_name(components)
    assert len(named) == len(components)
    placed: set[str] = set()
    for component in components:
        assert set(component.depends_on) <= placed
        needed = [named[name].wave for name in component.depends_on]
        assert component.wave == 1 + max(needed, default=0)
        placed.add(component.name)


@settings(deadline=None)
@given(file_lists, edge_lists, unit_lists())
def test_edges_and_dependencies_agree(files: list[SourceFile], edges: list[Edge], units: list[BuildUnit]) -> None:
    components, between = make_components(files, edges, units, [])

    needs: dict[str, set[str]] = {component.name: set() for component in components}
    for edge in between:
        assert edge.source != edge.target
        assert edge.evidence
        if edge.kind is not EdgeKind.LIBRARY:
            needs[edge.source].add(edge.target)
    assert {name: tuple(sorted(found)) for name, found in needs.items()} == {
        component.name: component.depends_on for component in components
    }


@settings(deadline=None)
@given(file_lists, edge_lists, unit_lists(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(
    files: list[SourceFile], edges: list[Edge], units: list[BuildUnit], random: object
) -> None:
    before = make_components(files, edges, units, [])
    for listed in (files, edges, units):
        random.shuffle(listed)  # type: ignore[attr-defined]

    assert make_components(files, edges, units, []) == before


@settings(deadline=None)
@given(file_lists, edge_lists, unit_lists(), edge_lists)
def test_calls_join_no_components_and_the_waves_are_the_earliest_possible(
    files: list[SourceFile], edges: list[Edge], units: list[BuildUnit], uses: list[Edge]
) -> None:
    calls = [replace(edge, kind=EdgeKind.CALL) for edge in uses]
    without, _ = make_components(files, edges, units, [])
    components, between = make_components(files, edges, units, [], use_edges=calls)

    named = by_name(components)
    placed: set[str] = set()
    for component in components:
        assert set(component.depends_on) <= placed
        assert component.wave == 1 + max((named[name].wave for name in component.depends_on), default=0)
        assert bool(component.circle) == (len(component.circle) > 1)
        placed.add(component.name)
    assert all(edge.source in named and edge.target in named for edge in between if edge.kind is EdgeKind.CALL)
    # What includes and links alone say stays so: a call adds needs, and turns none round.
    if {c.name for c in without} == set(named):
        assert all(set(c.depends_on) <= set(named[c.name].depends_on) for c in without)
