"""The inventory of a saved analysis: JSON that follows the schema -> Inventory."""

from pathlib import PurePosixPath
from typing import Any, TypeAlias

from portgauge.model.analysis import Inventory, Problem, Stage
from portgauge.model.component import (
    Component,
    ComponentKind,
    Edge,
    EdgeKind,
    LibraryUse,
    Reading,
    Sighting,
    SourceFile,
    Standing,
)
from portgauge.model.finding import Site
from portgauge.model.kernel import AtomicUse, DeviceFunction, Kernel, KernelLaunch, WaveDependence
from portgauge.model.location import Define, Guard, Location, Snippet
from portgauge.model.rule import Confidence

Part: TypeAlias = dict[str, Any]
"""An object of a document that was checked against the schema."""
CODEBASE = "codebase"
"""The kind under which the JSON lists work on the codebase as a whole among the components."""


def place_of(document: Part) -> Location:
    """Return a place."""
    return Location(
        path=PurePosixPath(document["path"]),
        line=document["line"],
        column=document["column"],
        end_line=document["end_line"],
        end_column=document["end_column"],
    )


def _guard(document: Part) -> Guard:
    return Guard(kind=document["kind"], text=document["text"], line=document["line"], tried=tuple(document["tried"]))


def site_of(document: Part) -> Site:
    """Return the site of a finding."""
    snippet = document.get("snippet")
    return Site(
        rule_id=document["rule"],
        location=place_of(document),
        match=document["match"],
        function=document["function"],
        facts=tuple(document["facts"].items()),
        guards=tuple(_guard(guard) for guard in document["guards"]),
        confidence=Confidence(document["confidence"]),
        fingerprint=document["fingerprint"],
        snippet=Snippet(first_line=snippet["first_line"], lines=tuple(snippet["lines"])) if snippet else None,
    )


def read_inventory(document: Part) -> Inventory:
    """Return the inventory of a whole document."""
    codebase, inventory = document["codebase"], document["inventory"]
    sites = [site_of(each) for each in (*document["findings"], *inventory["not_judged"])]
    components = [each for each in document["components"] if each["kind"] != CODEBASE]
    return Inventory(
        codebase=codebase["name"],
        revision=codebase["revision"],
        dirty=codebase["dirty"],
        files=tuple(_file(each) for each in inventory["files"]),
        sites=tuple(sorted(sites, key=_order)),
        kernels=tuple(_kernel(each) for each in document["kernels"]),
        libraries=tuple(_library_use(each) for each in document["libraries"] if each["files"] is not None),
        components=tuple(_component(each) for each in sorted(components, key=lambda each: int(each["order"]))),
        edges=tuple(_edge(each) for each in inventory["edges"]),
        lines_changed_in_a_year=codebase["lines_changed_in_a_year"],
        looked_for=tuple(inventory["looked_for"].items()),
        not_looked_for=tuple((each["subject"], each["reason"]) for each in inventory["not_looked_for"]),
        problems=tuple(
            Problem(path=PurePosixPath(each["path"]), stage=Stage(each["stage"]), reason=each["reason"])
            for each in document["coverage"]["problems"]
        ),
        defines=tuple(
            Define(name=each["name"], guards=tuple(_guard(guard) for guard in each["guards"]))
            for each in inventory["defines"]
        ),
        unclaimed_launches=tuple(place_of(each) for each in inventory["unclaimed_launches"]),
    )


def _order(site: Site) -> tuple[str, int, int, str]:
    return (str(site.path), site.location.line, site.location.column, site.rule_id)


def _file(document: Part) -> SourceFile:
    return SourceFile(
        path=PurePosixPath(document["path"]),
        language=document["language"],
        standing=Standing(document["standing"]),
        reading=Reading(document["reading"]),
        byte_count=document["byte_count"],
        code_lines=document["code_lines"],
        is_cuda=document["is_cuda"],
        degraded_bytes=document["degraded_bytes"],
        sha256=document["sha256"],
        options=tuple(document.get("options", ())),
    )


def _edge(document: Part) -> Edge:
    return Edge(
        source=document["from"],
        target=document["to"],
        kind=EdgeKind(document["kind"]),
        evidence=tuple((PurePosixPath(place["path"]), place["line"]) for place in document["evidence"]),
    )


def _kernel(document: Part) -> Kernel:
    return Kernel(
        name=document["name"],
        location=place_of(document),
        code_lines=document["code_lines"],
        features=tuple(document["features"]),
        complexity=document["complexity"],
        wave=WaveDependence(document["wave_dependence"]),
        atomics=tuple(
            AtomicUse(operation=use["operation"], element=use["element"], space=use["space"], places=use["places"])
            for use in document["atomics"]
        ),
        launches=tuple(
            KernelLaunch(
                location=place_of(launch),
                grid=launch["grid"],
                block=launch["block"],
                shared=launch["shared"],
                stream=launch["stream"],
                threads=launch["threads"],
                via=launch["via"],
            )
            for launch in document["launches"]
        ),
        calls=tuple(
            DeviceFunction(name=called["name"], path=PurePosixPath(called["path"]), line=called["line"])
            for called in document["calls"]
        ),
    )


def _library_use(document: Part) -> LibraryUse:
    return LibraryUse(
        name=document["name"],
        symbols=tuple(document["used_symbols"].items()),
        files=tuple(PurePosixPath(path) for path in document["files"]),
        seen=tuple(Sighting(way=place["seen_as"], location=place_of(place)) for place in document["where"]),
    )


def _component(document: Part) -> Component:
    return Component(
        name=document["name"],
        kind=ComponentKind(document["kind"]),
        files=tuple(PurePosixPath(path) for path in document["files"]),
        depends_on=tuple(document["depends_on"]),
        wave=document["wave"],
        options=tuple(document["options"]),
        circle=tuple(document["circle"]),
        runs=document["runs"],
    )
