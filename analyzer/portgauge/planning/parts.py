"""The components of an analysis as the parts of a port: each with its price, its kernels and its open decisions."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import PurePosixPath

from portgauge.model.analysis import Analysis, Inventory, Verdict, VerdictWord
from portgauge.model.base import value
from portgauge.model.component import Component, Edge, EdgeKind, Standing


@value
class Part:
    """One component of a port, on the headline target in the headline way of working."""

    name: str
    depends_on: tuple[str, ...]
    wave: int
    hours_p50: float
    kernels: int
    decisions: tuple[str, ...]
    """Blocker classes of open decisions in its files."""
    is_held_up: bool
    """A decision in it stands in the way of the port, so it cannot be finished before; else the places can be left
    out."""
    is_test: bool
    """Most of its files are tests, or it is a program with a test in it."""
    runs: bool = False
    """The build makes a program or a module of it."""

    @property
    def has_work(self) -> bool:
        """It has hours, or places that wait for a decision."""
        return self.hours_p50 > 0 or bool(self.decisions)


@value
class PartFacts:
    """What else is known about one component."""

    name: str
    languages: tuple[str, ...]
    """Of its files, most files first."""
    kernels: tuple[str, ...]
    """``name (path:line)``."""
    entry_points: tuple[PurePosixPath, ...]
    """Its files that other components include, call or launch."""
    libraries: tuple[str, ...]
    """What it links from outside, and the CUDA libraries that its files use."""
    tests: tuple[str, ...]
    """Components of tests that reach it, also through others; and itself when it holds tests."""


def parts_of(analysis: Analysis) -> tuple[Part, ...]:
    """Return the parts of the port, in porting order."""
    target, mode = analysis.targets[0].id, analysis.settings.mode
    hours: dict[str | None, float] = defaultdict(float)
    for line in analysis.estimate(target=target, mode=mode).lines:
        hours[line.component] += line.hours.p50
    inventory = analysis.inventory
    kernels = Counter(kernel.location.path for kernel in inventory.kernels)
    verdict = analysis.verdict(target)
    decisions = decisions_of(analysis, verdict)
    tests = {file.path for file in inventory.files if file.standing is Standing.TEST}
    return tuple(
        Part(
            name=component.name,
            depends_on=component.depends_on,
            wave=component.wave,
            hours_p50=hours[component.name],
            kernels=sum(kernels[path] for path in component.files),
            decisions=decisions[component.name],
            is_held_up=bool(decisions[component.name]) and is_stuck(verdict),
            is_test=_is_test(component, tests),
            runs=component.runs,
        )
        for component in inventory.components
    )


def _is_test(component: Component, tests: Collection[PurePosixPath]) -> bool:
    count = sum(path in tests for path in component.files)
    # A program that compiles one test is a test, whatever else only it compiles; a circle may hold other programs.
    is_program = component.runs and not component.circle
    return count > 0 if is_program else 2 * count > len(component.files)


def is_stuck(verdict: Verdict) -> bool:
    """Return whether the port waits for the open decisions; else their places can be left out."""
    return bool(verdict.blockers) and verdict.word in (VerdictWord.BLOCKED, VerdictWord.UNCLEAR)


def decisions_of(analysis: Analysis, verdict: Verdict) -> Mapping[str, tuple[str, ...]]:
    """Return for each component the blocker classes of the open decisions in its files."""
    owner = owners(analysis.inventory.components)
    classes: dict[str, set[str]] = {component.name: set() for component in analysis.inventory.components}
    places = [(blocker.blocker_class, location.path) for blocker in verdict.blockers for location in blocker.where]
    places += [
        (finding.blocker, finding.site.path)
        for finding in analysis.findings_for(verdict.target)
        if finding.blocker and finding.covered_by is None
    ]
    for blocker_class, path in places:
        if path in owner:
            classes[owner[path]].add(blocker_class)
    return {name: tuple(sorted(found)) for name, found in classes.items()}


def owners(components: Iterable[Component]) -> Mapping[PurePosixPath, str]:
    """Return the component of each file; the first in porting order when several hold it."""
    found: dict[PurePosixPath, str] = {}
    for component in components:
        for path in component.files:
            found.setdefault(path, component.name)
    return found


def part_facts(inventory: Inventory, parts: Iterable[Part]) -> tuple[PartFacts, ...]:
    """Return what else is known about each component, in porting order."""
    languages = {file.path: file.language for file in inventory.files if file.language}
    kernels: dict[PurePosixPath, list[str]] = defaultdict(list)
    for kernel in inventory.kernels:
        place = kernel.location
        kernels[place.path].append(f"{kernel.name} ({place.path}:{place.line})")
    owner = owners(inventory.components)
    entries = _entry_points(inventory.edges, owner)
    libraries = _libraries(inventory, owner)
    tests = _reaching_tests(tuple(parts))
    return tuple(
        PartFacts(
            name=component.name,
            languages=tuple(
                language
                for language, _ in Counter(
                    languages[path] for path in component.files if path in languages
                ).most_common()
            ),
            kernels=tuple(found for path in component.files for found in kernels.get(path, ())),
            entry_points=tuple(sorted(entries.get(component.name, ()))),
            libraries=tuple(sorted(libraries.get(component.name, ()))),
            tests=tests.get(component.name, ()),
        )
        for component in inventory.components
    )


def _entry_points(edges: Iterable[Edge], owner: Mapping[PurePosixPath, str]) -> Mapping[str, set[PurePosixPath]]:
    found: dict[str, set[PurePosixPath]] = defaultdict(set)
    for edge in edges:
        target = PurePosixPath(edge.target)
        used, user = owner.get(target), owner.get(PurePosixPath(edge.source))
        if used is not None and user is not None and used != user:
            found[used].add(target)
    return found


def _libraries(inventory: Inventory, owner: Mapping[PurePosixPath, str]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for edge in inventory.edges:
        if edge.kind is EdgeKind.LIBRARY:
            found[edge.source].add(edge.target.partition(":")[2])
    for use in inventory.libraries:
        for path in use.files:
            if path in owner:
                found[owner[path]].add(use.name)
    return found


def _reaching_tests(parts: tuple[Part, ...]) -> Mapping[str, tuple[str, ...]]:
    """Return the tests that reach each part; goes from users to what they use, so against the porting order."""
    found: dict[str, set[str]] = {part.name: {part.name} if part.is_test else set() for part in parts}
    for part in reversed(parts):
        for needed in part.depends_on:
            found[needed] |= found[part.name]
    return {name: tuple(sorted(tests)) for name, tests in found.items()}
