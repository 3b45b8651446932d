"""Sites times minutes, fixed costs, rework: lines that add up to their total by construction."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from portgauge.effort.booking import booked_findings
from portgauge.effort.combine import combine_hours
from portgauge.effort.hot import kernels_by_tuning
from portgauge.model.analysis import Inventory, Settings
from portgauge.model.component import Component, Standing
from portgauge.model.estimate import Block, EffortClass, Estimate, EstimateLine, Hours, Minutes
from portgauge.model.finding import Finding
from portgauge.model.kernel import Kernel
from portgauge.model.rule import Mode
from portgauge.model.target import Target
from portgauge.rulebook.effort_classes import EffortModel, FixedCost

_UNIT_WORDS = {
    "site": ("site", "sites"),
    "rule-in-file": ("name in one file", "names, the first place in each file"),
    "rule-in-component": ("name", "names, the first place of each"),
    "rule-in-codebase": ("kind of place", "kinds of place, the first of each"),
    "gpu-file": ("file", "files"),
    "kernel": ("kernel", "kernels"),
    "hot-kernel": ("kernel", "kernels"),
    "codebase": ("codebase", "codebases"),
}
_LANGUAGES_OF_TESTS = frozenset({"cuda", "hip", "c", "c++", "python"})
"""A script or workflow in a folder of tests shows no test of a kernel."""


def has_tests(inventory: Inventory, settings: Settings) -> bool:
    """Return whether kernels count as tested: as the user said, else whether the codebase holds test files."""
    if settings.tests != "auto":
        return settings.tests == "yes"
    return any(file.standing is Standing.TEST and file.language in _LANGUAGES_OF_TESTS for file in inventory.files)


def _times(minutes: Minutes, units: int, factor: float = 1.0) -> Hours:
    return Hours(p50=minutes.p50 * units * factor / 60, p90=minutes.p90 * units * factor / 60)


def _firsts(findings: Sequence[Finding], price: EffortClass) -> tuple[list[Finding], list[Finding]]:
    """Return the findings that pay the whole price, and the further ones of the same rule."""
    if price.per == "site":
        return list(findings), []
    seen: set[tuple[str, PurePosixPath | None]] = set()
    firsts: list[Finding] = []
    further: list[Finding] = []
    for finding in findings:
        key = (finding.site.rule_id, finding.site.path if price.per == "rule-in-file" else None)
        (further if key in seen else firsts).append(finding)
        seen.add(key)
    return firsts, further


def _counted(units: int, per: str) -> str:
    one, many = _UNIT_WORDS[per]
    return f"{units:,} {one if units == 1 else many}"


class Estimator:
    """Prices one target in one way of working."""

    def __init__(
        self,
        inventory: Inventory,
        *,
        effort: EffortModel,
        settings: Settings,
        target: Target,
        mode: Mode,
        has_amd_path: bool = False,
        elsewhere: frozenset[PurePosixPath] = frozenset(),
    ) -> None:
        self._elsewhere = elsewhere
        self._has_amd_path = has_amd_path
        self._inventory = inventory
        self._effort = effort
        self._settings = settings
        self._target = target
        self._mode = mode
        self._tested = has_tests(inventory, settings)

    def site_lines(self, component: str | None, booked: Sequence[Finding]) -> list[EstimateLine]:
        """Return a line for each effort class among the findings of a component, and one for its further places."""
        by_class: dict[str, list[Finding]] = {}
        for finding in booked:
            by_class.setdefault(finding.effort_class, []).append(finding)
        lines = []
        for name, findings in sorted(by_class.items()):
            price = self._effort.classes[name]
            firsts, further = _firsts(findings, price)
            lines.append(self._site_line(component, price, firsts, why=_counted(len(firsts), price.per)))
            if further and price.repeat > 0:
                places = "further place" if len(further) == 1 else "further places"
                why = f"{len(further):,} {places} at {price.repeat:.0%} of the first"
                lines.append(self._site_line(component, price, further, why=why, share=price.repeat))
        return lines

    def _site_line(
        self, component: str | None, price: EffortClass, findings: Sequence[Finding], *, why: str, share: float = 1.0
    ) -> EstimateLine:
        whole = price.minutes(self._mode)
        minutes = Minutes(p50=whole.p50 * share, p90=whole.p90 * share)
        return EstimateLine(
            component=component,
            block=Block.CHANGE,
            effort_class=price.name,
            reason=f"{price.title}, {why}",
            units=len(findings),
            minutes_each=minutes,
            hours=_times(minutes, len(findings)),
            basis=price.basis,
            grade=price.grade,
            fingerprints=tuple(finding.site.fingerprint for finding in findings),
        )

    def fixed_line(
        self, cost: FixedCost, *, component: str | None, units: int, factor: float = 1.0, why: str = ""
    ) -> list[EstimateLine]:
        """Return the line of a fixed cost; none when there is nothing to count."""
        if not units:
            return []
        minutes = cost.hours[self._mode].minutes(factor)
        counted = "" if cost.per == "codebase" else f", {_counted(units, cost.per)}"
        return [
            EstimateLine(
                component=component,
                block=cost.block,
                effort_class=cost.name,
                reason=f"{cost.title}{counted}{why}",
                units=units,
                minutes_each=minutes,
                hours=_times(minutes, units),
                basis=cost.basis,
                grade=cost.grade,
                fingerprints=(),
            )
        ]

    def component_lines(
        self, component: Component, booked: Sequence[Finding], kernels: Sequence[Kernel], gpu_files: int
    ) -> list[EstimateLine]:
        """Return all lines of one component, with its rework."""
        lines = self.site_lines(component.name, booked)
        if self._has_amd_path:
            return lines + self.surcharges(component.name, lines)
        lines += self.fixed_line(self._effort.fixed["gpu-file"], component=component.name, units=gpu_files)
        lines += self.fixed_line(
            self._effort.fixed["kernel-validation"],
            component=component.name,
            units=len(kernels),
            factor=1.0 if self._tested else self._effort.validation_without_tests,
            why="" if self._tested else f", times {self._effort.validation_without_tests:g} as no tests were found",
        )
        return lines + self.surcharges(component.name, lines)

    def surcharges(self, component: str | None, lines: Sequence[EstimateLine]) -> list[EstimateLine]:
        """Return the rework lines, and those for a team that has not ported before."""
        added: list[EstimateLine] = []
        share = self._effort.rework_share[self._mode]
        added += self._share(component, lines, share=share, name="rework", title="rework")
        if self._settings.experience == "first":
            added += self._share(
                component,
                [*lines, *added],
                share=self._effort.experience_first - 1,
                name="experience",
                title="first port of this team",
            )
        return added

    def _share(
        self, component: str | None, lines: Sequence[EstimateLine], *, share: float, name: str, title: str
    ) -> list[EstimateLine]:
        added = []
        for block in (Block.CHANGE, Block.VERIFY):
            p50 = sum(line.hours.p50 for line in lines if line.block is block) * share
            p90 = sum(line.hours.p90 for line in lines if line.block is block) * share
            if p50 > 0:
                added.append(
                    EstimateLine(
                        component=component,
                        block=block,
                        effort_class=name,
                        reason=f"{title}, {share:.0%} of the {block.value} lines above",
                        units=1,
                        minutes_each=Minutes(p50=p50 * 60, p90=p90 * 60),
                        hours=Hours(p50=p50, p90=p90),
                        basis=self._effort.share_basis,
                        grade="",
                        fingerprints=(),
                    )
                )
        return added

    def codebase_lines(self, booked: Sequence[Finding]) -> list[EstimateLine]:
        """Return the lines that belong to no component: build, CI, libraries, deployment, tuning, upstream."""
        fixed = self._effort.fixed
        lines: list[EstimateLine] = []
        if not self._has_amd_path:
            lines += self._ground_lines(booked)
        for name, count in kernels_by_tuning(self._inventory, self._settings, self._effort).items():
            lines += self.fixed_line(fixed[name], component=None, units=count)
        if self._settings.upstream:
            lines += self.fixed_line(fixed["upstream"], component=None, units=1)
        return lines

    def packaging_lines(self, booked: Sequence[Finding]) -> list[EstimateLine]:
        """Return the lines of a codebase without CUDA code of its own: the libraries and packages that it uses."""
        lines = [*self._library_lines(), *self.site_lines(None, booked)]
        return [] if self._has_amd_path else lines + self.surcharges(None, lines)

    def _ground_lines(self, booked: Sequence[Finding]) -> list[EstimateLine]:
        """Return what a first port pays once: build, CI, libraries, deployment."""
        fixed = self._effort.fixed
        upstream = self._settings.upstream
        ci_factor = 1.0 if upstream else self._effort.ci_without_upstream
        lines = self.fixed_line(fixed["build-system"], component=None, units=1)
        lines += self.fixed_line(
            fixed["ci-packaging"],
            component=None,
            units=1,
            factor=ci_factor,
            why="" if upstream else ", half as nothing goes upstream",
        )
        lines += self._library_lines()
        lines += self.site_lines(None, booked)
        return lines + self.surcharges(None, lines)

    def _library_lines(self) -> list[EstimateLine]:
        lines = []
        for use in self._inventory.libraries:
            cost = self._effort.libraries.get(use.name)
            if cost is None or not use.is_in_code or self._elsewhere.issuperset(use.files):
                continue
            hours = cost.hours[self._mode]
            lines.append(
                EstimateLine(
                    component=None,
                    block=Block.CHANGE,
                    effort_class=f"library-{use.name}",
                    reason=f"library {cost.title}, once",
                    units=1,
                    minutes_each=hours.minutes(),
                    hours=hours,
                    basis=cost.basis,
                    grade=cost.grade,
                    fingerprints=(),
                )
            )
        return lines

    def estimate(self, component: str | None, lines: Sequence[EstimateLine], *, is_stuck: bool) -> Estimate:
        """Return the estimate that a list of lines makes."""
        sigma = self._effort.sigma
        return Estimate(
            target=self._target.id,
            mode=self._mode,
            component=component,
            lines=tuple(lines),
            total=combine_hours((line.hours for line in lines), sigma=sigma),
            blocks=tuple(
                (block, combine_hours((line.hours for line in lines if line.block is block), sigma=sigma))
                for block in Block
            ),
            grade="E" if is_stuck else grade_of(lines),
        )


def grade_of(lines: Iterable[EstimateLine]) -> str:
    """Return the grade of the work that holds the largest share of P50 change and verify hours; "" for no work."""
    hours: dict[str, float] = {}
    for line in lines:
        if line.grade and line.block in (Block.CHANGE, Block.VERIFY):
            hours[line.grade] = hours.get(line.grade, 0.0) + line.hours.p50
    return max(sorted(hours), key=lambda letter: (hours[letter], letter)) if hours else ""


def estimate_all(
    inventory: Inventory,
    findings: Sequence[Finding],
    *,
    effort: EffortModel,
    settings: Settings,
    targets: Sequence[Target],
    has_amd_path: bool = False,
    blocked: frozenset[str] = frozenset(),
    elsewhere: frozenset[PurePosixPath] = frozenset(),
    modes: Iterable[Mode] = tuple(Mode),
) -> tuple[Estimate, ...]:
    """Return, for each target and mode, the estimate of the whole and then of each component in porting order.

    With an AMD path, what has been paid for is left out: build, CI, libraries, the handling of files, and proving
    kernels right. What remains is the work at sites that no layer covers. ``blocked`` are the targets for which a
    decision stands in the way of the whole; on these a component waits when a blocker stands in it, on the others
    its places can be left out. ``elsewhere`` are files that no port to HIP touches.
    """
    home = component_of_files(inventory.components)
    cuda_files = {file.path for file in inventory.files if file.is_cuda and file.path not in elsewhere}
    estimates = []
    for target in targets:
        own = [finding for finding in findings if finding.target == target.id]
        booked: dict[str, list[Finding]] = {}
        for finding in booked_findings(own, effort=effort):
            is_once = effort.classes[finding.effort_class].per == "rule-in-codebase"
            booked.setdefault("" if is_once else home.get(finding.site.path, ""), []).append(finding)
        stuck = {home.get(finding.site.path, "") for finding in own if finding.blocker and finding.covered_by is None}
        for mode in modes:
            pricing = Estimator(
                inventory,
                effort=effort,
                settings=settings,
                target=target,
                mode=mode,
                has_amd_path=has_amd_path,
                elsewhere=elsewhere,
            )
            parts = []
            for component in inventory.components:
                lines = pricing.component_lines(
                    component,
                    booked.get(component.name, []),
                    [kernel for kernel in inventory.kernels if home.get(kernel.location.path) == component.name],
                    len(cuda_files.intersection(component.files)),
                )
                parts.append(
                    pricing.estimate(component.name, lines, is_stuck=component.name in stuck and target.id in blocked)
                )
            is_work = bool(cuda_files) or any(part.lines for part in parts)
            shared = booked.get("", [])
            own_lines = pricing.codebase_lines(shared) if is_work else pricing.packaging_lines(shared)
            whole = own_lines + [line for part in parts for line in part.lines]
            estimates.append(pricing.estimate(None, whole, is_stuck=target.id in blocked))
            estimates.extend(parts)
    return tuple(estimates)


def component_of_files(components: Iterable[Component]) -> Mapping[PurePosixPath, str]:
    """Return the component's name for each file that is in one."""
    return {path: component.name for component in components for path in component.files}
