"""``analyse()``: the stages in order, from a folder to an analysis."""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import partial
from pathlib import Path, PurePosixPath

from portgauge import __version__
from portgauge.discovery.churn import lines_changed_in_a_year
from portgauge.discovery.tree import SourceTree
from portgauge.discovery.walk import discover
from portgauge.discovery.words import discovery_words
from portgauge.effort.agent import agent_effort
from portgauge.effort.assumptions import assumptions
from portgauge.effort.estimator import estimate_all
from portgauge.effort.hot import not_asked
from portgauge.effort.upkeep import maintenance_hours
from portgauge.errors import UserError
from portgauge.graph.components import make_components
from portgauge.graph.from_builds import units_from_python
from portgauge.graph.inputs import MappedComponent
from portgauge.graph.leaving_out import known_options, leave_out
from portgauge.graph.optional import with_options
from portgauge.joining import (
    includes_between,
    map_problems,
    optional_parts,
    sites_of,
    source_file,
    units_of,
    uses_between,
)
from portgauge.judging.builds import price_one_build
from portgauge.judging.ignores import apply_ignores, ignored_line
from portgauge.judging.judge import Judge, judge_sites, knowledge_date
from portgauge.judging.layers import counted_layers, cover_findings, find_amd_path
from portgauge.judging.libraries import judge_libraries
from portgauge.judging.verdict import is_complete, judge_verdict, portability, with_grade
from portgauge.matchers.build import BuildFile, read_build_files
from portgauge.matchers.directives import vendor_defines
from portgauge.matchers.files import Progress, read_candidates
from portgauge.matchers.kept import KeptFacts
from portgauge.matchers.libraries import library_uses
from portgauge.matchers.workers import WorkerPool
from portgauge.model.analysis import Analysis, Inventory, Problem, Settings, Stage, VerdictWord
from portgauge.model.component import Reading, SourceFile, Standing
from portgauge.model.estimate import EstimateLine
from portgauge.model.rounded import rounded
from portgauge.model.rule import Mode
from portgauge.parsing.compile_commands import CompiledTarget
from portgauge.resources import rules_folder
from portgauge.routes.compare import compare_routes
from portgauge.routes.priced import ways_of_upkeep
from portgauge.routes.what_if import optional_around_decisions, with_what_if
from portgauge.rulebook.artifact import load_cached
from portgauge.rulebook.digest import cache_folder
from portgauge.rulebook.route_comparison import Ways, load_ways
from portgauge.rulebook.rulebook import Rulebook


def default_worker_count() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def analyse(
    root: Path,
    *,
    targets: Sequence[str] = (),
    rocm: str = "",
    mode: Mode = Mode.HIPIFY,
    exclude: Sequence[str] = (),
    include_vendored: bool = False,
) -> Analysis:
    """Return everything that is known about porting ``root``, with default settings where none are given.

    Raises:
        UserError: If there is no such folder or target.
    """
    folder = rules_folder()
    rulebook = load_cached(folder, tool_version=__version__)
    settings = default_settings(rulebook, targets=targets, rocm=rocm, mode=mode, include_vendored=include_vendored)
    inventory = take_inventory(
        root,
        rulebook=rulebook,
        rules_path=folder,
        exclude=exclude,
        include_vendored=include_vendored,
        kept=KeptFacts(rulebook, folder=facts_folder()),
    )
    return judge_inventory(
        inventory, rulebook=rulebook, settings=settings, analysed_at=datetime.now(UTC), ways=load_ways(folder)
    )


def default_settings(
    rulebook: Rulebook,
    *,
    targets: Sequence[str] = (),
    rocm: str = "",
    mode: Mode = Mode.HIPIFY,
    include_vendored: bool = False,
) -> Settings:
    """Return the settings that hold when a user gives only these."""
    return Settings(
        targets=tuple(targets) or rulebook.targets.default_targets,
        rocm_version=rocm or rulebook.targets.default_rocm,
        mode=mode,
        hours_per_day=8.0,
        team=1,
        rate=None,
        hot_kernels=0,
        tests="auto",
        upstream=False,
        experience="expert",
        include_vendored=include_vendored,
        given=(),
        command="",
    )


def facts_folder() -> Path:
    """Return where the facts of files are kept between runs."""
    return cache_folder() / "files"


def take_inventory(
    root: Path,
    *,
    rulebook: Rulebook,
    rules_path: Path,
    exclude: Sequence[str] = (),
    include_vendored: bool = False,
    component_map: Sequence[MappedComponent] = (),
    compiled: Sequence[CompiledTarget] = (),
    own_rules: Path | None = None,
    worker_count: int = 0,
    kept: KeptFacts | None = None,
    on_progress: Progress | None = None,
) -> Inventory:
    """Return what ``root`` holds; every file is read once. 0 workers means one for each processor.

    ``rulebook`` was loaded from ``rules_path`` with ``own_rules``; the workers load it once more.
    A file whose facts are ``kept`` is not parsed again.

    Raises:
        UserError: If there is nothing to read at ``root``.
    """
    tree = discover(root, words=discovery_words(rulebook.discovery), exclude=exclude, include_vendored=include_vendored)
    return inventory_of(
        tree,
        rulebook=rulebook,
        rules_path=rules_path,
        component_map=component_map,
        compiled=compiled,
        own_rules=own_rules,
        worker_count=worker_count,
        kept=kept,
        on_progress=on_progress,
    )


def inventory_of(
    tree: SourceTree,
    *,
    rulebook: Rulebook,
    rules_path: Path,
    component_map: Sequence[MappedComponent] = (),
    compiled: Sequence[CompiledTarget] = (),
    own_rules: Path | None = None,
    worker_count: int = 0,
    kept: KeptFacts | None = None,
    on_progress: Progress | None = None,
) -> Inventory:
    """Return what the files of a tree hold; as ``take_inventory``, for files that are found already."""
    pool = WorkerPool(
        rules_folder=rules_path,
        own_rules=own_rules,
        tool_version=__version__,
        worker_count=worker_count or default_worker_count(),
    )
    facts = read_candidates(tree.candidates, pool=pool, kept=kept, on_progress=on_progress)
    files = tuple(source_file(candidate, facts.get(candidate.path)) for candidate in tree.candidates)
    known = [candidate.path for candidate in tree.candidates if candidate.decision is Reading.PARSED]
    builds = read_build_files(
        [
            BuildFile(path=candidate.path, place=candidate.place, language=candidate.language)
            for candidate in tree.candidates
            if candidate.decision is Reading.PARSED
        ],
        known_paths=known,
    )
    includes = includes_between(facts, known)
    ordered = [facts[path] for path in sorted(facts)]
    used = uses_between(ordered, includes)
    units = units_of(builds, compiled)
    extensions = units_from_python(builds.python_builds, known_paths=known)
    components, component_edges = make_components(
        files,
        includes,
        units,
        extensions,
        use_edges=used.edges,
        component_map=component_map,
    )
    optional = optional_parts(files, facts, (*units, *extensions), includes, builds=builds, rulebook=rulebook)
    sites = sites_of(ordered, known, includes=includes, builds=builds, optional=optional, rulebook=rulebook)
    return Inventory(
        codebase=tree.codebase,
        revision=tree.revision,
        dirty=tree.dirty,
        files=with_options(files, optional),
        sites=sites.all,
        kernels=used.kernels,
        unclaimed_launches=used.unclaimed,
        libraries=sites.libraries,
        components=components,
        edges=(*includes, *used.edges, *component_edges),
        lines_changed_in_a_year=_changed_lines(tree, files),
        looked_for=rulebook.looked_for(),
        not_looked_for=rulebook.not_looked_for,
        defines=vendor_defines([define for found in ordered for define in found.defines], rulebook.vendors),
        problems=tuple(
            sorted(
                (
                    *tree.problems,
                    *(p for found in ordered for p in found.problems),
                    *builds.problems,
                    *map_problems(component_map, components),
                ),
                key=lambda problem: (problem.path, problem.stage, problem.reason),
            )
        ),
    )


def judge_inventory(
    inventory: Inventory,
    *,
    rulebook: Rulebook,
    settings: Settings,
    analysed_at: datetime,
    ways: Ways | None = None,
    without: Sequence[str] = (),
    modes: Sequence[Mode] = tuple(Mode),
    judge: Judge | None = None,
) -> Analysis:
    """Return the inventory judged for every target of the settings; needs no source code.

    Args:
        inventory: What the codebase holds.
        rulebook: What is known.
        settings: What the user asked for.
        analysed_at: UTC.
        ways: How routes are compared; without it no route is.
        without: Options and components to leave out; then the analysis says what that changes.
        modes: Ways of working that are priced; that of the settings is among them, and routes need all.
        judge: One that judges many inventories with this rulebook, for the ROCm version of the settings.

    Raises:
        UserError: If a target is of no known family, or nothing is called as one of ``without``.
    """
    judge = judge or Judge(rulebook, rocm_version=settings.rocm_version)
    judged = partial(
        _judged, rulebook=rulebook, settings=settings, analysed_at=analysed_at, modes=tuple(modes), judge=judge
    )
    analysis = judged(inventory)
    if without:
        analysis = with_what_if(judged(_left_out(inventory, without, rulebook)), before=analysis, names=without)
    if ways is None:
        return analysis
    optional = optional_around_decisions(analysis)
    reduced = judged(_left_out(analysis.inventory, optional, rulebook)) if optional else None
    routes = compare_routes(analysis, rulebook=rulebook, ways=ways, reduced=reduced, optional=optional)
    upkeep = ways_of_upkeep(analysis, effort=rulebook.effort, ways=ways)
    return replace(analysis, routes=rounded(routes), maintenance_hours_per_year=rounded(upkeep))


def _left_out(inventory: Inventory, names: Sequence[str], rulebook: Rulebook) -> Inventory:
    unknown = [name for name in names if name not in known_options(inventory)]
    if unknown:
        near = get_close_matches(unknown[0], known_options(inventory), n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise UserError(
            f"{unknown[0]!r} cannot be left out: no component, build option or macro around code is called so{hint}"
        )
    smaller = leave_out(inventory, names)
    return replace(smaller, libraries=library_uses(smaller.sites, rulebook=rulebook))


def _changed_lines(tree: SourceTree, files: Sequence[SourceFile]) -> int | None:
    own = [file.path for file in files if file.is_cuda and file.standing is not Standing.VENDORED]
    return lines_changed_in_a_year(tree.root, own) if tree.revision and not tree.is_stored else None


def _judged(
    inventory: Inventory,
    *,
    rulebook: Rulebook,
    settings: Settings,
    analysed_at: datetime,
    modes: Sequence[Mode],
    judge: Judge,
) -> Analysis:
    # An unlisted target and the listed one that stands for it are one.
    targets = tuple({target.id: target for target in map(rulebook.targets.find, settings.targets)}.values())
    findings, lost_rules = judge_sites(inventory, judge=judge, targets=targets)
    path = find_amd_path(inventory, rulebook=rulebook)
    covered = cover_findings(findings, path)
    findings = price_one_build(apply_ignores(covered, today=analysed_at.date()), rulebook=rulebook)
    ungraded = tuple(
        judge_verdict(
            inventory,
            tuple(finding for finding in findings if finding.target == target.id),
            target=target,
            rulebook=rulebook,
            path=path,
        )
        for target in targets
    )
    estimate = partial(
        estimate_all,
        inventory,
        effort=rulebook.effort,
        settings=settings,
        targets=targets,
        modes=modes,
        has_amd_path=is_complete(path, findings, rulebook.verdict),
        elsewhere=path.elsewhere,
        blocked=frozenset(verdict.target for verdict in ungraded if verdict.word is VerdictWord.BLOCKED),
    )
    estimates = rounded(estimate(findings))
    ignored: tuple[EstimateLine, ...] = ()
    if any(finding.is_ignored for finding in findings):
        with_all = estimate(price_one_build(covered, rulebook=rulebook))
        ignored = ignored_line(findings, target=targets[0].id, mode=settings.mode, counted=estimates, with_all=with_all)
    headline = tuple(finding for finding in findings if finding.target == targets[0].id)
    shares = portability(inventory, headline, rulebook.effort, parts=[part.files for part in inventory.components])
    grades = {e.target: e.grade for e in estimates if e.component is None and e.mode is settings.mode}
    verdicts = tuple(with_grade(verdict, inventory, grade=grades[verdict.target]) for verdict in ungraded)
    return Analysis(
        inventory=_with_lost_rules(inventory, lost_rules),
        targets=targets,
        settings=rounded(settings),
        rulebook_digest=rulebook.digest,
        knowledge_date=knowledge_date(findings, rulebook=rulebook),
        sources=rulebook.sources(),
        tool_version=__version__,
        analysed_at=analysed_at,
        layers=counted_layers(path, findings, target=targets[0]),
        verdicts=rounded(verdicts),
        findings=findings,
        libraries=rounded(
            judge_libraries(inventory, findings, rulebook=rulebook, target=targets[0], mode=settings.mode)
        ),
        estimates=estimates,
        maintenance_hours_per_year=rounded(maintenance_hours(rulebook.effort, settings)),
        assumptions=assumptions(inventory, settings, effort=rulebook.effort),
        agent=rounded(
            agent_effort(rulebook.effort.agent, cuda_lines=sum(f.code_lines for f in inventory.files if f.is_cuda))
        ),
        component_portability=tuple(zip((part.name for part in inventory.components), shares, strict=True)),
        not_asked=rounded(
            (*ignored, *not_asked(inventory, effort=rulebook.effort, settings=settings, mode=settings.mode))
        ),
        accuracy=rulebook.accuracy,
        rules=rulebook.notes({finding.site.rule_id for finding in findings}),
    )


def _with_lost_rules(inventory: Inventory, lost_rules: frozenset[str]) -> Inventory:
    if not lost_rules:
        return inventory
    lost = tuple(
        Problem(
            path=PurePosixPath("."),
            stage=Stage.MATCHING,
            reason=f"the inventory has sites of {rule_id}, which this rulebook does not know; they are not judged",
        )
        for rule_id in sorted(lost_rules)
    )
    return replace(inventory, problems=(*inventory.problems, *lost))
