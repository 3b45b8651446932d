"""What one room found, as another room of the same floor wants it: facts of files as the input of the graph."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePosixPath

from portgauge.graph.calls import call_edges
from portgauge.graph.includes import Reach, include_edges
from portgauge.graph.inputs import CalledName, Function, IncludeLine, MappedComponent
from portgauge.matchers.facts import FileFacts
from portgauge.model.analysis import Problem, Stage
from portgauge.model.component import Component, ComponentKind, Edge


def includes_between(facts: Mapping[PurePosixPath, FileFacts], known: Collection[PurePosixPath]) -> tuple[Edge, ...]:
    """Return one edge for each pair of known files of which one includes the other."""
    lines = {
        path: [IncludeLine(text=i.text, is_quoted=i.is_quoted, line=i.line) for i in found.includes]
        for path, found in facts.items()
    }
    return include_edges(lines, known)


def calls_between(ordered: Sequence[FileFacts], reach: Reach) -> tuple[Edge, ...]:
    """Return one edge for each pair of files of which one calls a function that the other defines."""
    functions = {
        found.path: [
            Function(name=d.name, scopes=d.scopes, is_member=d.is_member, is_hidden=d.is_hidden, line=d.line)
            for d in found.definitions
        ]
        for found in ordered
    }
    calls = {
        found.path: [CalledName(name=c.name, scopes=c.scopes, lines=c.lines) for c in found.calls] for found in ordered
    }
    return call_edges(functions, calls, reach=reach)


def map_problems(component_map: Sequence[MappedComponent], components: Sequence[Component]) -> tuple[Problem, ...]:
    """Return one problem for each component of the user's map that got no file."""
    found = {name for c in components if c.kind is ComponentKind.MAPPED for name in (c.name, *c.circle)}
    return tuple(
        Problem(
            path=PurePosixPath("."),
            stage=Stage.GRAPH,
            reason=f"component {mapped.name!r} of the component map holds no file that matters for a port: "
            f"{', '.join(mapped.patterns)} fit none, or an earlier component has them",
        )
        for mapped in component_map
        if mapped.name not in found
    )
