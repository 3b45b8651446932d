"""Findings counted and grouped; every report takes its lists from here.

A *site* is one place that one rule matched. It is judged once for each target, so findings are
grouped by site before they are counted: the same place must not count twice because two GPUs
were asked for.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from portgauge.model.analysis import Analysis, Inventory
from portgauge.model.base import value
from portgauge.model.estimate import Block, Estimate, Minutes
from portgauge.model.finding import Finding, Site
from portgauge.model.location import Location
from portgauge.model.rule import Automation, Category, FailureMode, RuleNote, Severity
from portgauge.reporting.texts import FAILURE_RANK, SEVERITY_RANK

UNKNOWN_SYMBOL_RULE = "unknown-symbol"
"""Last part of the id of a rule that reports CUDA-looking names that no table knows."""
LOCATIONS_SHOWN = 3


@value
class JudgedSite:
    """One site with its finding for each target, in the order of the targets."""

    site: Site
    findings: tuple[Finding, ...]
    component: str
    """Empty when the file belongs to none."""
    title: str
    """Of the rule; its id when the analysis carries no note on it."""
    category: Category

    @property
    def needs_nobody(self) -> bool:
        """It needs nobody on any target."""
        return all(_needs_nobody(finding) for finding in self.findings)

    def needs_nobody_on(self, target: str) -> bool:
        """Return whether it needs nobody on one target."""
        return _needs_nobody(self.on(target))

    def on(self, target: str) -> Finding:
        """Return the finding for one target."""
        return next(finding for finding in self.findings if finding.target == target)

    @property
    def worst_severity(self) -> Severity:
        """The worst severity on any target."""
        return min((f.severity for f in self.findings), key=SEVERITY_RANK.__getitem__)

    @property
    def worst_failure(self) -> FailureMode:
        """The most dangerous failure mode on any target."""
        return min((f.failure_mode for f in self.findings), key=FAILURE_RANK.__getitem__)

    @property
    def rank(self) -> tuple[int, int, str, int, int]:
        """Sorts worst first, then by place."""
        location = self.site.location
        return (
            SEVERITY_RANK[self.worst_severity],
            FAILURE_RANK[self.worst_failure],
            str(location.path),
            location.line,
            location.column,
        )


@value
class RuleGroup:
    """The judged sites of one rule, worst first."""

    rule_id: str
    title: str
    symbol: str
    """The last part of the rule id: for a table row, the CUDA name."""
    category: Category
    note: RuleNote | None
    sites: tuple[JudgedSite, ...]
    file_count: int
    locations: tuple[Location, ...]
    """The first few."""
    severities: tuple[Severity, ...]
    """The worst for each target, in the order of the targets; a covered site counts as none."""
    failure_mode: FailureMode
    message: str
    """Of the worst site, on the first target on which it is not harmless."""
    messages: tuple[str, ...]
    """The different messages of the worst site, ``message`` first."""


def _needs_nobody(finding: Finding) -> bool:
    """Return whether the code handles it, or HIPIFY writes the final text or nothing happens, with no decision."""
    if finding.covered_by is not None:
        return True
    return not finding.blocker and (finding.automation is Automation.AUTOMATIC or finding.severity is Severity.NONE)


def component_by_file(inventory: Inventory) -> dict[PurePosixPath, str]:
    """Return the component of each file; the first in porting order when several share it."""
    found: dict[PurePosixPath, str] = {}
    for component in inventory.components:
        for path in component.files:
            found.setdefault(path, component.name)
    return found


def category_of(rule_id: str, notes: Mapping[str, RuleNote]) -> Category:
    """Return the category of a rule; without a note, what the first part of its id says."""
    if rule_id in notes:
        return notes[rule_id].category
    family = rule_id.partition("/")[0]
    return Category(family) if family in set(Category) else Category.OTHER


def judged_sites(analysis: Analysis) -> tuple[JudgedSite, ...]:
    """Return every site that has a finding, with all its findings, sorted as the inventory."""
    order = {target.id: number for number, target in enumerate(analysis.targets)}
    components = component_by_file(analysis.inventory)
    notes = {note.id: note for note in analysis.rules}
    by_site: dict[str, list[Finding]] = defaultdict(list)
    for finding in analysis.findings:
        by_site[finding.site.fingerprint].append(finding)
    judged = []
    for findings in by_site.values():
        site = findings[0].site
        note = notes.get(site.rule_id)
        judged.append(
            JudgedSite(
                site=site,
                findings=tuple(sorted(findings, key=lambda f: order[f.target])),
                component=components.get(site.path, ""),
                title=note.title if note else site.rule_id,
                category=category_of(site.rule_id, notes),
            )
        )
    return tuple(sorted(judged, key=lambda j: _place(j.site)))


def _place(site: Site) -> tuple[str, int, int, str, str]:
    location = site.location
    return (str(location.path), location.line, location.column, site.rule_id, site.fingerprint)


def open_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that no portability layer covers."""
    return tuple(finding for finding in findings if finding.covered_by is None)


def distinct_places(sites: Iterable[Site]) -> int:
    """Return at how many places of the code any rule matched."""
    return len({(site.path, site.location.line, site.location.column) for site in sites})


def _worst_by_target(sites: Sequence[JudgedSite], targets: Sequence[str]) -> tuple[Severity, ...]:
    worst = dict.fromkeys(targets, Severity.NONE)
    for judged in sites:
        for finding in open_findings(judged.findings):
            if SEVERITY_RANK[finding.severity] < SEVERITY_RANK[worst[finding.target]]:
                worst[finding.target] = finding.severity
    return tuple(worst.values())


def group_by_rule(sites: Iterable[JudgedSite], analysis: Analysis) -> tuple[RuleGroup, ...]:
    """Return the sites grouped by rule: worst group first, then the largest, then by id."""
    notes = {note.id: note for note in analysis.rules}
    targets = [target.id for target in analysis.targets]
    grouped: dict[str, list[JudgedSite]] = defaultdict(list)
    for judged in sites:
        grouped[judged.site.rule_id].append(judged)
    groups = [
        _rule_group(rule_id, sorted(members, key=lambda j: j.rank), notes=notes, targets=targets)
        for rule_id, members in grouped.items()
    ]
    return tuple(sorted(groups, key=lambda g: (*g.sites[0].rank[:2], -len(g.sites), g.rule_id)))


def _rule_group(
    rule_id: str, members: list[JudgedSite], *, notes: Mapping[str, RuleNote], targets: Sequence[str]
) -> RuleGroup:
    worst = members[0]
    telling = min(worst.findings, key=lambda f: (FAILURE_RANK[f.failure_mode], SEVERITY_RANK[f.severity]))
    by_place = sorted(members, key=lambda j: _place(j.site))
    return RuleGroup(
        rule_id=rule_id,
        title=worst.title,
        symbol=rule_id.rpartition("/")[2],
        category=worst.category,
        note=notes.get(rule_id),
        sites=tuple(members),
        file_count=len({judged.site.path for judged in members}),
        locations=tuple(judged.site.location for judged in by_place[:LOCATIONS_SHOWN]),
        severities=_worst_by_target(members, targets),
        failure_mode=worst.worst_failure,
        message=telling.message,
        messages=tuple(dict.fromkeys([telling.message, *(f.message for f in worst.findings)])),
    )


def booked_minutes(estimate: Estimate) -> dict[str, Minutes]:
    """Return what each finding adds to the change block, in person-minutes, by fingerprint.

    A line is shared evenly by the findings that it prices. A finding that is missing here
    costs nothing: its place is booked on another finding, a layer covers it, or it is part
    of a decision.
    """
    shares: dict[str, tuple[float, float]] = {}
    for line in estimate.lines:
        if line.block is not Block.CHANGE or not line.fingerprints:
            continue
        each = (line.hours.p50 * 60 / len(line.fingerprints), line.hours.p90 * 60 / len(line.fingerprints))
        for fingerprint in line.fingerprints:
            before = shares.get(fingerprint, (0.0, 0.0))
            shares[fingerprint] = (before[0] + each[0], before[1] + each[1])
    return {key: Minutes(p50=low, p90=high) for key, (low, high) in shares.items()}


def unknown_symbols(sites: Iterable[Site]) -> tuple[tuple[str, int], ...]:
    """Return the CUDA-looking names that no table knows, most used first."""
    names = Counter(site.match for site in sites if site.rule_id.rpartition("/")[2] == UNKNOWN_SYMBOL_RULE)
    return tuple(sorted(names.items(), key=lambda pair: (-pair[1], pair[0])))
