"""Every number and sentence that more than one report shows, computed once.

Reports take these values and lay them out; none of them counts or rounds for itself.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from portgauge.model.analysis import (
    Analysis,
    Blocker,
    PortabilityLayer,
    Verdict,
    VerdictWord,
)
from portgauge.model.base import value
from portgauge.model.estimate import AccuracyFigure, Block, Hours
from portgauge.model.finding import Finding
from portgauge.model.rule import Automation, Category, FailureMode, Mode, Severity
from portgauge.model.target import Target
from portgauge.reporting import sentences
from portgauge.reporting.agent_words import AgentWords, agent_sentence, agent_words, recorded_words
from portgauge.reporting.breakdown import (
    BasisShare,
    FileSummary,
    LibrarySummary,
    basis_shares,
    file_summaries,
    library_summaries,
    measured_hours,
)
from portgauge.reporting.component_summary import (
    ComponentSummary,
    Step,
    component_summaries,
    is_stuck,
    porting_steps,
)
from portgauge.reporting.coverage_summary import CoverageSummary, coverage_summary
from portgauge.reporting.drivers import Driver, drivers
from portgauge.reporting.not_in_number import OutsideCost, not_in_this_number
from portgauge.reporting.rounding import Effort, effort, hours_words
from portgauge.reporting.tally import (
    JudgedSite,
    RuleGroup,
    distinct_places,
    group_by_rule,
    judged_sites,
    open_findings,
    unknown_symbols,
)
from portgauge.reporting.texts import FAILURE_WORDS, NOTHING_TO_PORT, VERDICT_WORDS

_T = TypeVar("_T")


@value
class BlockHours:
    """The hours of one block."""

    block: Block
    hours: Hours
    words: str


@value
class TargetSummary:
    """One target: its verdict, its price in the headline mode and its findings counted."""

    target: Target
    verdict: Verdict
    verdict_words: str
    """For a table cell."""
    sentence: str
    reason: str
    """Why, and how the verdict was reached."""
    grade: str
    grade_words: str
    effort: Effort
    blocks: tuple[BlockHours, ...]
    modes: tuple[tuple[Mode, Effort], ...]
    findings: int
    """That no layer covers."""
    covered: int
    severities: tuple[tuple[Severity, int], ...]
    """Every severity, worst first; findings that no layer covers."""
    failure_modes: tuple[tuple[FailureMode, int], ...]
    """Every failure mode, most dangerous first."""
    categories: tuple[tuple[Category, int], ...]
    """Only those that occur."""


@value
class MoveToday:
    """What can be ported now, with no decision."""

    components: tuple[str, ...]
    component_count: int
    """Components with work, free or not."""
    kernels: int
    """Of every component that waits for nothing."""
    kernel_share: float | None
    """0 to 1; None when there are no kernels."""
    hours_p50: float
    words: str
    first: str
    """The first component in porting order that needs no decision; empty when there is none."""


@value
class AlreadyThere:
    """What the code already has for AMD."""

    layers: tuple[PortabilityLayer, ...]
    covered_sites: int
    harmless_sites: int
    """Sites that nothing happens to on the headline target."""
    automatic_sites: int
    words: str


@value
class MaintenanceSummary:
    """One way of keeping the port alive, and what port and three years cost together."""

    way: str
    hours_per_year: Hours
    words: str
    three_years_p50: float
    three_years_words: str


@value
class Summary:
    """What every report says about one analysis."""

    codebase: str
    revision: str
    analysed_on: str
    headline: TargetSummary
    targets: tuple[TargetSummary, ...]
    mode: Mode
    has_work: bool
    """False when there is no CUDA code, so nothing to port."""
    sentence: str
    reason: str
    uncertainty: str
    measured: tuple[AccuracyFigure, ...]
    """The published figures, those on the hours first."""
    rests_on: str
    """How much of the hours has measured prices."""
    bases: tuple[BasisShare, ...]
    knowledge: str
    kernels: int
    sites: int
    """Places that rules matched, counted per rule."""
    places: int
    """Distinct places in the code."""
    components: tuple[ComponentSummary, ...]
    """All, and the codebase as a whole; largest P50 first."""
    worked: tuple[ComponentSummary, ...]
    """Those of them with work."""
    idle: tuple[ComponentSummary, ...]
    """Those without."""
    steps: tuple[Step, ...]
    files: tuple[FileSummary, ...]
    """With places that need a person on the headline target, dearest first."""
    libraries: tuple[LibrarySummary, ...]
    move_today: MoveToday
    already: AlreadyThere
    coverage: CoverageSummary
    judged: tuple[JudgedSite, ...]
    automatic: tuple[RuleGroup, ...]
    """Sites that need nobody: HIPIFY writes them or they stay; folded by rule, most frequent first."""
    attention: tuple[RuleGroup, ...]
    """All other sites, folded by rule, worst first."""
    risks: tuple[RuleGroup, ...]
    """Those of ``attention`` that fail where no compiler complains."""
    blockers: tuple[Blocker, ...]
    blockers_words: str
    """What the open decisions mean for the hours; empty when none is open."""
    maintenance: tuple[MaintenanceSummary, ...]
    agent: tuple[AgentWords, ...]
    """What a coding agent uses, worded."""
    agent_words: str
    agent_recorded: str
    """How much the times until it runs and until it is validated rest on."""
    drivers: tuple[Driver, ...]
    """Of the headline estimate: the kinds of work whose own range moves the total most."""
    not_in_this_number: tuple[OutsideCost, ...]
    not_asked: str
    """What is in the total only when it is asked for, with its prices; empty when everything was."""
    unknown_symbols: tuple[tuple[str, int], ...]


def summarise(analysis: Analysis) -> Summary:
    """Return everything that reports share about ``analysis``."""
    judged = judged_sites(analysis)
    category = {site.site.fingerprint: site.category for site in judged}
    has_work = _has_work(analysis)
    targets = tuple(_target_summary(analysis, target, category, has_work=has_work) for target in analysis.targets)
    headline = targets[0]
    blockers = headline.verdict.blockers
    components = component_summaries(analysis, headline.verdict)
    bases = basis_shares(analysis.estimate(target=headline.target.id, mode=analysis.settings.mode).lines)
    automatic = [site for site in judged if site.needs_nobody]
    attention = group_by_rule((site for site in judged if not site.needs_nobody), analysis)
    folded = group_by_rule(automatic, analysis)
    inventory = analysis.inventory
    return Summary(
        codebase=inventory.codebase,
        revision=sentences.revision(inventory),
        analysed_on=analysis.analysed_at.strftime("%Y-%m-%d %H:%M UTC"),
        headline=headline,
        targets=targets,
        mode=analysis.settings.mode,
        has_work=has_work,
        sentence=headline.sentence,
        reason=headline.reason,
        uncertainty=sentences.uncertainty(analysis.accuracy),
        measured=sentences.hours_first(analysis.accuracy),
        rests_on=sentences.rests_on(measured_hours(bases), total=headline.effort.hours_p50),
        bases=bases,
        knowledge=sentences.knowledge(analysis),
        kernels=len(inventory.kernels),
        sites=len(inventory.sites),
        places=distinct_places(inventory.sites),
        components=components,
        worked=tuple(part for part in components if part.has_work),
        idle=tuple(part for part in components if not part.has_work),
        steps=porting_steps(components),
        files=file_summaries(analysis, judged),
        libraries=library_summaries(analysis),
        move_today=_move_today(components, all_kernels=len(inventory.kernels)),
        already=_already(analysis),
        coverage=coverage_summary(analysis.inventory),
        judged=judged,
        automatic=tuple(sorted(folded, key=lambda g: (-len(g.sites), g.rule_id))),
        attention=attention,
        risks=_risks(attention),
        blockers=blockers,
        blockers_words=(
            sentences.decisions_left_out(len(blockers), is_stuck=is_stuck(headline.verdict)) if blockers else ""
        ),
        maintenance=_maintenance(analysis, headline.effort),
        agent=agent_words(analysis.agent),
        agent_words=agent_sentence(analysis.agent) if headline.effort.hours_p50 > 0 else "",
        agent_recorded=recorded_words(analysis.agent),
        drivers=drivers(analysis.estimate(target=headline.target.id, mode=analysis.settings.mode)),
        not_in_this_number=not_in_this_number(analysis),
        not_asked=sentences.not_asked(analysis.not_asked) if has_work else "",
        unknown_symbols=unknown_symbols(inventory.sites),
    )


def _effort(analysis: Analysis, hours: Hours) -> Effort:
    settings = analysis.settings
    return effort(hours, hours_per_day=settings.hours_per_day, team=max(settings.team, 1), rate=settings.rate)


def _has_work(analysis: Analysis) -> bool:
    """Return False when there is no CUDA code and nothing else asks for work."""
    if any(file.is_cuda for file in analysis.inventory.files) or analysis.inventory.coverage.cuda_bytes:
        return True
    hours = any(estimate.total.p50 > 0 for estimate in analysis.estimates)
    return hours or any(finding.severity is not Severity.NONE for finding in analysis.findings)


def _target_summary(
    analysis: Analysis, target: Target, category: Mapping[str, Category], *, has_work: bool
) -> TargetSummary:
    mode = analysis.settings.mode
    verdict = analysis.verdict(target.id)
    estimate = analysis.estimate(target=target.id, mode=mode)
    total = _effort(analysis, estimate.total)
    # What is ignored has a line of its own, and is no part of what the code already has.
    findings = tuple(finding for finding in analysis.findings_for(target.id) if not finding.is_ignored)
    uncovered = open_findings(findings)
    covered = len(findings) - len(uncovered)
    codebase = analysis.inventory.codebase
    if not has_work:
        sentence = sentences.nothing_to_port(codebase)
    elif verdict.word is VerdictWord.PORTABLE and not analysis.inventory.coverage.cuda_bytes:
        sentence = sentences.without_cuda(codebase, total, mode)
    else:
        sentence = sentences.verdict(codebase, target, verdict, total, mode)
    return TargetSummary(
        target=target,
        verdict=verdict,
        verdict_words=VERDICT_WORDS[verdict.word] if has_work else NOTHING_TO_PORT,
        sentence=sentence,
        reason=sentences.reason(verdict, covered=covered) if has_work else sentences.looked_for(),
        grade=verdict.grade,
        grade_words=sentences.grade(verdict.grade),
        effort=total,
        blocks=tuple(
            BlockHours(block=block, hours=hours, words=hours_words(hours.p50)) for block, hours in estimate.blocks
        ),
        modes=tuple((way, _effort(analysis, analysis.estimate(target=target.id, mode=way).total)) for way in Mode),
        findings=len(uncovered),
        covered=covered,
        severities=_counted((f.severity for f in uncovered), Severity),
        failure_modes=_counted((f.failure_mode for f in uncovered), FAILURE_WORDS),
        categories=_categories(category, uncovered),
    )


def _counted(found: Iterable[_T], known: Iterable[_T]) -> tuple[tuple[_T, int], ...]:
    counts = Counter(found)
    return tuple((word, counts[word]) for word in known)


def _categories(category: Mapping[str, Category], findings: Sequence[Finding]) -> tuple[tuple[Category, int], ...]:
    counts = Counter(category[finding.site.fingerprint] for finding in findings)
    return tuple((word, counts[word]) for word in Category if counts[word])


def _move_today(components: Sequence[ComponentSummary], *, all_kernels: int) -> MoveToday:
    real = sorted((c for c in components if c.component is not None), key=lambda c: c.order)
    worked = [component for component in real if component.has_work]
    free = [component for component in worked if not component.waits]
    kernels = sum(component.kernels for component in real if not component.waits)
    share = kernels / all_kernels if all_kernels else None
    hours_p50 = sum(component.hours.p50 for component in free)
    return MoveToday(
        components=tuple(component.name for component in free),
        component_count=len(worked),
        kernels=kernels,
        kernel_share=share,
        hours_p50=hours_p50,
        words=sentences.move_today(len(free), of=len(worked), kernel_share=share, hours_p50=hours_p50),
        first=free[0].name if free else "",
    )


def _already(analysis: Analysis) -> AlreadyThere:
    target = analysis.targets[0].id
    findings = tuple(finding for finding in analysis.findings_for(target) if not finding.is_ignored)
    covered = len(findings) - len(open_findings(findings))
    without = [finding for finding in open_findings(findings) if not finding.blocker]
    harmless = sum(f.severity is Severity.NONE for f in without)
    automatic = sum(f.automation is Automation.AUTOMATIC and f.severity is not Severity.NONE for f in without)
    return AlreadyThere(
        layers=analysis.layers,
        covered_sites=covered,
        harmless_sites=harmless,
        automatic_sites=automatic,
        words=sentences.already(
            covered=covered,
            harmless=harmless,
            automatic=automatic,
            total=len(findings),
            target=target,
            is_priced=analysis.estimate(target=target, mode=analysis.settings.mode).total.p50 > 0,
        ),
    )


def _risks(attention: Sequence[RuleGroup]) -> tuple[RuleGroup, ...]:
    unnoticed = (FailureMode.SILENT_WRONG, FailureMode.HANG, FailureMode.RUNTIME_ERROR)
    risky = [
        group
        for group in attention
        if group.failure_mode in unnoticed and any(s is not Severity.NONE for s in group.severities)
    ]
    order = {mode: rank for rank, mode in enumerate(FAILURE_WORDS)}
    return tuple(sorted(risky, key=lambda group: order[group.failure_mode]))


def _maintenance(analysis: Analysis, port: Effort) -> tuple[MaintenanceSummary, ...]:
    return tuple(
        MaintenanceSummary(
            way=way,
            hours_per_year=hours,
            words=_effort(analysis, hours).words,
            three_years_p50=port.hours_p50 + 3 * hours.p50,
            three_years_words=_amount(analysis, port.hours_p50 + 3 * hours.p50),
        )
        for way, hours in analysis.maintenance_hours_per_year
    )


def _amount(analysis: Analysis, hours_p50: float) -> str:
    """Return the words of a P50 that has no P90, because P90s do not add."""
    return _effort(analysis, Hours(p50=hours_p50, p90=hours_p50)).amount
