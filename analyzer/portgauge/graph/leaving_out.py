"""An inventory without some of its parts: what a build option switches on, or a component."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import PurePosixPath

from portgauge.model.analysis import Inventory
from portgauge.model.component import Component, Edge
from portgauge.model.finding import Site
from portgauge.model.kernel import Kernel
from portgauge.model.location import Guard
from portgauge.parsing.conditions import Lookup, Number, truth

_NOT_BEFORE = re.compile(r"\bNOT\s*\(?\s*$")
_WORD = re.compile(r"[A-Za-z_]\w*")


def known_options(inventory: Inventory) -> tuple[str, ...]:
    """Return what can be left out: components, options around them, macros around sites, and files; sorted."""
    names = {component.name for component in inventory.components}
    names.update(str(file.path) for file in inventory.files)
    names.update(option for component in inventory.components for option in component.options)
    names.update(option for file in inventory.files for option in file.options)
    names.update(word for site in inventory.sites for guard in site.guards for word in _WORD.findall(guard.text))
    return tuple(sorted(names - {"defined", "NOT", "AND", "OR"}))


def leave_out(inventory: Inventory, names: Collection[str]) -> Inventory:
    """Return the inventory without the named components and files, and without what the named options switch on.

    A component falls away when it is named, or when an option around all of its targets is. A file falls away when it
    is compiled only with an option, a site when its conditions cannot hold without it. A kernel falls away with its
    file, or when sites stand in it and all of them fell away. What needs a part that is left out stays, and no longer
    needs it.
    """
    dropped = {c.name for c in inventory.components if c.name in names or set(names).intersection(c.options)}
    paths = frozenset(path for c in inventory.components if c.name in dropped for path in c.files)
    paths |= {f.path for f in inventory.files if str(f.path) in names or not set(names).isdisjoint(f.options)}
    falls_away = lru_cache(maxsize=None)(lambda guards: _falls_away(guards, names))
    sites = tuple(site for site in inventory.sites if site.path not in paths and not falls_away(site.guards))
    components = tuple(
        replace(
            c,
            files=tuple(path for path in c.files if path not in paths),
            depends_on=tuple(name for name in c.depends_on if name not in dropped),
        )
        for c in inventory.components
        if c.name not in dropped
    )
    gone = dropped | {str(path) for path in paths}
    return replace(
        inventory,
        files=tuple(file for file in inventory.files if file.path not in paths),
        sites=sites,
        kernels=_kept_kernels(inventory.kernels, inventory.sites, sites, paths),
        components=_in_order(components),
        edges=tuple(edge for edge in inventory.edges if not _touches(edge, gone)),
    )


def _touches(edge: Edge, gone: Collection[str]) -> bool:
    return edge.source in gone or edge.target in gone


def _kept_kernels(
    kernels: Iterable[Kernel], before: Iterable[Site], after: Iterable[Site], paths: frozenset[PurePosixPath]
) -> tuple[Kernel, ...]:
    had, has = _lines_by_path(before), _lines_by_path(after)

    def is_kept(kernel: Kernel) -> bool:
        place = kernel.location
        if place.path in paths:
            return False
        lines = range(place.line, place.end_line + 1)
        return not any(line in lines for line in had.get(place.path, ())) or any(
            line in lines for line in has.get(place.path, ())
        )

    return tuple(kernel for kernel in kernels if is_kept(kernel))


def _lines_by_path(sites: Iterable[Site]) -> Mapping[PurePosixPath, list[int]]:
    found: dict[PurePosixPath, list[int]] = {}
    for site in sites:
        found.setdefault(site.path, []).append(site.location.line)
    return found


def _in_order(components: tuple[Component, ...]) -> tuple[Component, ...]:
    """Return components with their waves counted anew; they stand after what they need already."""
    waves: dict[str, int] = {}
    for component in components:
        waves[component.name] = 1 + max((waves[name] for name in component.depends_on), default=0)
    counted = (replace(component, wave=waves[component.name]) for component in components)
    return tuple(sorted(counted, key=lambda component: (component.wave, component.name)))


def _falls_away(guards: tuple[Guard, ...], names: Collection[str]) -> bool:
    return any(is_off(guard, names) for guard in guards)


def is_off(guard: Guard, names: Collection[str]) -> bool:
    """Return whether a condition cannot hold when none of the named options and macros is set."""
    if guard.kind == "build-option":
        return any(
            not _NOT_BEFORE.search(guard.text[: match.start()])
            for match in _WORD.finditer(guard.text)
            if match.group() in names
        )

    def look_up(name: str) -> tuple[bool | None, Number]:
        return (False, 0) if name in names else (None, None)

    lookup: Lookup = look_up
    if any(truth(text, lookup) for text in guard.tried):
        return True
    return bool(guard.condition) and truth(guard.condition, lookup) is False
