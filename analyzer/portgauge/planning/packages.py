"""An analysis as work packages in porting order, each complete enough to start with."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from portgauge.model.analysis import Analysis, Blocker, VerdictWord
from portgauge.model.component import Component
from portgauge.model.finding import Finding
from portgauge.model.rule import Automation, Category, Severity
from portgauge.planning import texts
from portgauge.planning.baseline import baseline_of
from portgauge.planning.facts import (
    NAMED_AT_MOST,
    baseline_facts,
    foreign,
    kernel_order,
    library_facts,
    risk,
    way_around,
)
from portgauge.planning.parts import owners, part_facts, parts_of
from portgauge.planning.pricing import Key, PricedPackages, key_of, package_hours
from portgauge.planning.work import PackageFile, PackageKind, WorkPackage

_WITH_LIBRARY = "with-library"
_COMPILED = frozenset({".c", ".cc", ".cpp", ".cxx", ".cu", ".hip"})
_OF_THE_BUILD = frozenset({Category.BUILD, Category.CONTAINER})


def work_packages(analysis: Analysis) -> tuple[WorkPackage, ...]:
    """Return the plan of a port; empty when there is nothing to port.

    First the baseline, then open decisions, the build and the libraries, then each component in porting order with
    its kernels and its validation, at last tuning and upstream where they were asked for.
    """
    hours = package_hours(analysis)
    has_amd_path = analysis.verdict(analysis.targets[0].id).word is VerdictWord.ALREADY
    findings = _unpriced_together(_findings_by_package(analysis), hours, has_amd_path=has_amd_path)
    if not hours and not findings:
        return ()
    return tuple(_Plan(analysis, hours, findings, has_amd_path=has_amd_path).packages())


class _Plan:
    def __init__(
        self, analysis: Analysis, hours: PricedPackages, findings: Mapping[Key, list[Finding]], *, has_amd_path: bool
    ) -> None:
        self._analysis = analysis
        self._hours = hours
        self._findings = findings
        self._baseline = baseline_of(analysis)
        self._made: list[WorkPackage] = []
        self._ids: dict[Key, str] = {}
        self._start: tuple[str, ...] = ()
        self._has_amd_path = has_amd_path
        self._untouched = (*texts.UNTOUCHED, *foreign(analysis))
        parts = parts_of(analysis)
        facts = part_facts(analysis.inventory, parts)
        # Where the port can do without the places of a decision, nothing waits for it.
        self._open = {part.name: part.decisions if part.is_held_up else () for part in parts}
        self._tests = {each.name: each.tests for each in facts}
        self._shared = {each.name: each.entry_points for each in facts}

    def packages(self) -> list[WorkPackage]:
        """Return every package in order."""
        self._add_baseline()
        self._start = (self._made[0].id,)
        for blocker in self._analysis.verdict(self._analysis.targets[0].id).blockers:
            self._add_decision(blocker)
        if self._has_amd_path:
            self._add_amd_path()
        self._add_whole(
            PackageKind.BUILD, "Port the build", "The code builds for AMD when that is asked for.", texts.BUILD_STEPS,
            ("An empty HIP program and the unchanged CUDA version both build in CI.",),
        )  # fmt: skip
        self._add_whole(
            PackageKind.LIBRARIES, "Put the counterparts of the libraries in", "Every library call has an AMD form.",
            (*texts.LIBRARY_STEPS, *library_facts(self._analysis.libraries)),
            ("Each library links, and one call of each gives the recorded result (K1).",),
        )  # fmt: skip
        for component in self._analysis.inventory.components:
            self._add_component(component)
        self._add_whole(
            PackageKind.PORT, "Go through the places without a price",
            "Nobody is surprised by a place that was thought to need nothing.",
            ("Most of these are renames in parts that are ported already, or that have no kernel; look at each once.",),
            ("It builds for every GPU of the plan.", texts.KPI_RESULTS),
        )  # fmt: skip
        ends = tuple(package.id for package in self._made[1:])
        self._add_whole(
            PackageKind.VALIDATION, "Prove what belongs to no component", "Nothing is left unproven.",
            texts.VALIDATION_STEPS, (texts.KPI_RESULTS,), after=ends,
        )  # fmt: skip
        self._add_whole(
            PackageKind.TUNING, "Win speed back", "The timed kernels reach the agreed share of their baseline.",
            texts.TUNING_STEPS, (texts.KPI_SPEED, texts.KPI_RESULTS), after=ends,
        )  # fmt: skip
        self._add_whole(
            PackageKind.UPSTREAM, "Bring the port upstream", "The port is merged.",
            texts.UPSTREAM_STEPS, ("CI builds for AMD on every change.", *texts.KPIS), after=ends,
        )  # fmt: skip
        return self._made

    def _add(
        self,
        key: Key,
        *,
        title: str,
        goal: str,
        recipe: Iterable[str],
        acceptance: Iterable[str],
        files: tuple[PackageFile, ...] = (),
        after: Iterable[str] = (),
        untouched: Iterable[str] = (),
        is_priced: bool = True,
    ) -> None:
        package_id = f"P{len(self._made) + 1:02}"
        findings = tuple(sorted(self._findings.get(key, ()), key=risk))
        self._made.append(
            WorkPackage(
                id=package_id,
                kind=key[0],
                title=title,
                component=key[1],
                goal=goal,
                files=files or _files(findings),
                findings=findings,
                recipe=tuple(recipe),
                acceptance=tuple(acceptance),
                untouched=(*self._untouched, *untouched),
                depends_on=tuple(dict.fromkeys(after)),
                hours=self._hours.get(key, ()) if is_priced else (),
            )
        )
        self._ids[key] = package_id

    def _add_baseline(self) -> None:
        found = self._baseline
        files = tuple(PackageFile(path=path, lines=()) for path in (*found.tests, *found.benchmarks))
        self._add(
            (PackageKind.BASELINE, ""),
            title="Freeze the CUDA baseline",
            goal="It is written down what is right and how fast it is, so that every later package can be judged.",
            recipe=(
                *texts.BASELINE_STEPS,
                *baseline_facts(found),
                *(f"Tolerance: {each}" for each in texts.TOLERANCE),
            ),
            acceptance=(
                "Tests that pass, outputs, tolerances and times are recorded with the revision.",
                *(f"The KPI of the port is written down: {kpi}." for kpi in texts.KPIS),
            ),
            files=files,
            is_priced=False,
        )

    def _add_amd_path(self) -> None:
        places: dict[PurePosixPath, set[int]] = defaultdict(set)
        for layer in self._analysis.layers:
            for place in layer.where:
                places[place.path].add(place.line)
        self._add(
            (PackageKind.VALIDATION, ""),
            title="Try the AMD path that is there",
            goal="It is known whether the code that serves AMD GPUs today builds and gives the recorded results.",
            recipe=texts.AMD_PATH_STEPS,
            acceptance=("It builds for every GPU of the plan.", texts.KPI_RESULTS),
            files=tuple(PackageFile(path=path, lines=tuple(sorted(lines))) for path, lines in sorted(places.items())),
            after=self._start,
            is_priced=False,
        )
        self._start = (self._made[-1].id,)

    def _add_decision(self, blocker: Blocker) -> None:
        key = (PackageKind.DECISION, blocker.blocker_class)
        options = [
            f"Option: {option.title} "
            f"({f'{option.hours.p50:,.0f} to {option.hours.p90:,.0f} h, P50 to P90' if option.hours else 'no figure'}; "
            f"{option.basis})"
            for option in blocker.options
        ]
        places: dict[PurePosixPath, set[int]] = defaultdict(set)
        for place in blocker.where:
            places[place.path].add(place.line)
        self._add(
            key,
            title=f"Decide: {blocker.title}",
            goal="Somebody decides which option is taken; no edit replaces that.",
            recipe=(*way_around(blocker), *options, "Write the decision down, with who made it and why."),
            acceptance=("One option is chosen, and the plan is made again with it.",),
            files=tuple(PackageFile(path=path, lines=tuple(sorted(lines))) for path, lines in sorted(places.items())),
            after=(self._ids[PackageKind.BASELINE, ""],),
            is_priced=False,
        )

    def _add_whole(
        self,
        kind: PackageKind,
        title: str,
        goal: str,
        recipe: Sequence[str],
        acceptance: Sequence[str],
        *,
        after: Sequence[str] = (),
    ) -> None:
        key = (kind, "")
        if key in self._hours or self._findings.get(key):
            first = (*self._start, *after)
            self._add(key, title=title, goal=goal, recipe=recipe, acceptance=acceptance, after=first)

    def _add_component(self, component: Component) -> None:
        name = component.name
        before = [*self._ground(), *self._needed(component), *self._decisions(name)]
        shared = [f"the interface of {path}, which other components use" for path in self._shared[name][:NAMED_AT_MOST]]
        port, kernels, validation = (
            (kind, name) for kind in (PackageKind.PORT, PackageKind.KERNELS, PackageKind.VALIDATION)
        )
        if port in self._hours or self._findings.get(port):
            self._add(
                port,
                title=f"Port {name}",
                goal=f"{name} builds and runs for AMD, but for the kernels that must be understood.",
                recipe=texts.PORT_STEPS[self._analysis.settings.mode.value],
                acceptance=(
                    "It builds for every GPU of the plan, and the CUDA build is unchanged.",
                    self._tested(name),
                ),
                after=before,
                untouched=shared,
            )
            before = [self._ids[port]]
        if kernels in self._hours or self._findings.get(kernels):
            self._add(
                kernels,
                title=f"Rework the kernels of {name}, by risk",
                goal=f"The kernels of {name} are right for 32 and for 64 lanes.",
                recipe=(*texts.KERNEL_STEPS, *kernel_order(self._findings.get(kernels, ()))),
                acceptance=(texts.KPI_RESULTS, self._tested(name)),
                after=before,
                untouched=shared,
            )
            before = [self._ids[kernels]]
        if validation in self._hours:
            self._add(
                validation,
                title=f"Prove {name} right",
                goal=f"It is shown, not assumed, that {name} gives the recorded results.",
                recipe=(*texts.VALIDATION_STEPS, *self._kernels_of(component)),
                acceptance=(texts.KPI_RESULTS, self._tested(name)),
                files=tuple(PackageFile(path=path, lines=()) for path in self._kernel_files(component)),
                after=before,
            )

    def _ground(self) -> list[str]:
        keys = ((PackageKind.BUILD, ""), (PackageKind.LIBRARIES, ""))
        found = [self._ids[key] for key in keys if key in self._ids]
        return found or [*self._start]

    def _needed(self, component: Component) -> list[str]:
        """Return the last package of each component that this one needs, also through components without work."""
        by_name = {each.name: each for each in self._analysis.inventory.components}
        found: dict[str, None] = {}
        waiting, seen = list(component.depends_on), set(component.depends_on)
        while waiting:
            name = waiting.pop(0)
            own = [
                self._ids[key] for key in ((PackageKind.KERNELS, name), (PackageKind.PORT, name)) if key in self._ids
            ]
            if own:
                found[own[0]] = None
                continue
            below = [each for each in by_name[name].depends_on if each not in seen]
            seen.update(below)
            waiting += below
        return list(found)

    def _decisions(self, name: str) -> list[str]:
        keys = ((PackageKind.DECISION, each) for each in self._open[name])
        return [self._ids[key] for key in keys if key in self._ids]

    def _tested(self, name: str) -> str:
        tests = self._tests[name]
        if tests:
            return f"The recorded tests that reach it pass: {', '.join(tests[:NAMED_AT_MOST])}."
        return (
            "No test that the build knows reaches it (tests in Python are not followed): where there is none, write "
            "one against the recorded outputs first."
        )

    def _kernel_files(self, component: Component) -> list[PurePosixPath]:
        return sorted({k.location.path for k in self._analysis.inventory.kernels if k.location.path in component.files})

    def _kernels_of(self, component: Component) -> list[str]:
        inside = set(component.files)
        return [
            f"Kernel: {kernel.name} ({kernel.location.path}:{kernel.location.line})"
            for kernel in self._analysis.inventory.kernels
            if kernel.location.path in inside
        ]


def _findings_by_package(analysis: Analysis) -> Mapping[Key, list[Finding]]:
    """Return the findings that need somebody, by package; a decision's go to the decision."""
    target = analysis.targets[0].id
    keys: dict[str, Key] = {}
    for line in analysis.estimate(target=target, mode=analysis.settings.mode).lines:
        for fingerprint in line.fingerprints:
            keys.setdefault(fingerprint, key_of(line))
    whole = set(map(key_of, analysis.estimate(target=target, mode=analysis.settings.mode).lines))
    owner = owners(analysis.inventory.components)
    categories = {note.id: note.category for note in analysis.rules}
    blockers = {blocker.blocker_class for blocker in analysis.verdict(target).blockers}
    found: dict[Key, list[Finding]] = defaultdict(list)
    for finding in analysis.findings_for(target):
        if finding.covered_by is not None or finding.severity is Severity.NONE:
            continue
        component = owner.get(finding.site.path, "")
        if finding.blocker and finding.blocker in blockers:
            key: Key = (PackageKind.DECISION, finding.blocker)
        elif finding.site.fingerprint in keys:
            key = keys[finding.site.fingerprint]
        elif finding.effort_class.startswith(_WITH_LIBRARY) and (PackageKind.LIBRARIES, "") in whole:
            key = (PackageKind.LIBRARIES, "")
        elif not component or categories.get(finding.site.rule_id) in _OF_THE_BUILD:
            key = (PackageKind.BUILD, "")
        else:
            is_deep = finding.automation is Automation.MANUAL
            key = (PackageKind.KERNELS if is_deep else PackageKind.PORT, component)
        found[key].append(finding)
    return found


def _unpriced_together(
    findings: Mapping[Key, list[Finding]], hours: PricedPackages, *, has_amd_path: bool
) -> Mapping[Key, list[Finding]]:
    """Return the findings with those of components that have no hours at all put into one package.

    With a path for AMD GPUs, what the build and the libraries have without hours is put there too.
    """
    priced = {component for _, component in hours}
    found: dict[Key, list[Finding]] = defaultdict(list)
    for key, listed in findings.items():
        is_alone = key[0] in (PackageKind.PORT, PackageKind.KERNELS) and key[1] not in priced
        is_alone |= has_amd_path and key[0] in (PackageKind.BUILD, PackageKind.LIBRARIES) and key not in hours
        found[(PackageKind.PORT, "") if is_alone else key] += listed
    return found


def _files(findings: Iterable[Finding]) -> tuple[PackageFile, ...]:
    lines: dict[PurePosixPath, set[int]] = defaultdict(set)
    for finding in findings:
        # What HIPIFY writes would hide the lines that need a hand.
        by_hand = finding.automation is not Automation.AUTOMATIC
        lines[finding.site.path].update((finding.site.location.line,) if by_hand else ())
    return tuple(PackageFile(path=path, lines=tuple(sorted(found))) for path, found in sorted(lines.items()))
