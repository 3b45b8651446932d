"""Many codebases through any executor of ``concurrent.futures``, and what they come to together.

Each codebase is one piece of work: a process on this machine, or a worker of a Dask cluster that sees the same folders.
One that fails is one row that says why; one that takes its worker down is tried once more, alone.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import BrokenExecutor, Executor, as_completed
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from portgauge import __version__
from portgauge.discovery.revisions import Repository
from portgauge.discovery.words import discovery_words
from portgauge.effort.combine import combine_hours
from portgauge.errors import PortgaugeError
from portgauge.history.snapshots import snapshot_of
from portgauge.matchers.kept import KeptFacts
from portgauge.model.analysis import Analysis, Settings
from portgauge.model.base import value
from portgauge.model.estimate import Hours
from portgauge.model.portfolio import LibraryShare, Portfolio, PortfolioRow, Shared, Wave, WaveSum
from portgauge.pipeline import facts_folder, inventory_of, judge_inventory, take_inventory
from portgauge.reporting.formats import FORMATS, RenderOptions
from portgauge.resources import rules_folder
from portgauge.rulebook.artifact import load_cached

_DAYS_PER_MONTH = 20
"""Working days of a person-month, by convention."""
_NO_HOURS = Hours(p50=0.0, p90=0.0)
_WITHOUT_TWIN = frozenset({"near-twin", "rewrite", "none", "unknown"})
_MAX_ERROR = 500


@value
class FleetJob:
    """One codebase to scan; travels to the process or machine that does it."""

    name: str
    path: str
    revision: str
    """A git revision to read instead of the folder as it lies there; empty for the folder."""
    owner: str
    worth: float | None
    settings: Settings
    exclude: tuple[str, ...]
    own_rules: str
    uses_cache: bool
    analysed_at: datetime
    formats: tuple[str, ...]
    """Reports to make of it."""


@value
class FleetResult:
    """What became of one codebase."""

    row: PortfolioRow
    reports: tuple[tuple[str, bytes], ...]
    """Format and content."""


def scan_one(job: FleetJob) -> FleetResult:
    """Scan one codebase. Never raises: what goes wrong is in the row."""
    try:
        analysis = _analyse(job)
        reports = tuple((name, FORMATS[name].render(analysis, RenderOptions())) for name in job.formats)
    except PortgaugeError as error:
        return _failed(job, str(error))
    except Exception as error:
        return _failed(job, f"a fault of portgauge: {type(error).__name__}: {error}")
    return FleetResult(row=_row(job, analysis), reports=reports)


def _analyse(job: FleetJob) -> Analysis:
    folder = rules_folder()
    own = Path(job.own_rules) if job.own_rules else None
    rulebook = load_cached(folder, tool_version=__version__, own=own)
    kept = KeptFacts(rulebook, folder=facts_folder() if job.uses_cache else None)
    vendored = job.settings.include_vendored
    if job.revision:
        words = discovery_words(rulebook.discovery)
        repository = Repository(Path(job.path), words=words, exclude=job.exclude, include_vendored=vendored)
        tree = repository.tree(job.revision)
        inventory = inventory_of(tree, rulebook=rulebook, rules_path=folder, own_rules=own, worker_count=1, kept=kept)
    else:
        inventory = take_inventory(
            Path(job.path),
            rulebook=rulebook,
            rules_path=folder,
            own_rules=own,
            exclude=job.exclude,
            include_vendored=vendored,
            worker_count=1,
            kept=kept,
        )
    return judge_inventory(inventory, rulebook=rulebook, settings=job.settings, analysed_at=job.analysed_at)


def _failed(job: FleetJob, error: str) -> FleetResult:
    row = PortfolioRow(
        name=job.name,
        path=job.path,
        revision=None,
        owner=job.owner,
        worth=job.worth,
        wave=Wave.FAILED,
        error=" ".join(error.split())[:_MAX_ERROR],
        hours=_NO_HOURS,
        verdict="",
        grade="",
        portability=None,
        covered_share=None,
        kernels=0,
        cuda_lines=0,
        read_share=0.0,
        blockers=(),
        libraries=(),
    )
    return FleetResult(row=row, reports=())


def _row(job: FleetJob, analysis: Analysis) -> PortfolioRow:
    snapshot = snapshot_of(analysis)
    figures, verdict = snapshot.targets[0], analysis.verdict(snapshot.targets[0].target)
    blockers = tuple((blocker.blocker_class, blocker.title) for blocker in verdict.blockers)
    if figures.verdict == "blocked":
        wave = Wave.BLOCKED
    elif figures.verdict == "already" or not figures.hours_p50:
        wave = Wave.ALREADY
    else:
        wave = Wave.DECIDE if blockers else Wave.NOW
    return PortfolioRow(
        name=job.name,
        path=job.path,
        revision=snapshot.revision,
        owner=job.owner,
        worth=job.worth,
        wave=wave,
        error="",
        hours=Hours(p50=figures.hours_p50, p90=figures.hours_p90),
        verdict=figures.verdict,
        grade=figures.grade,
        portability=figures.portability,
        covered_share=figures.covered_share,
        kernels=snapshot.kernels,
        cuda_lines=snapshot.cuda_lines,
        read_share=snapshot.read_share,
        blockers=blockers,
        libraries=tuple(
            LibraryShare(name=each.name, title=each.title, status=each.status) for each in analysis.libraries
        ),
    )


MakeExecutor = Callable[[], AbstractContextManager[Executor]]
"""Gives a new executor; a broken one cannot be used again."""


def run_fleet(
    jobs: Sequence[FleetJob], make_executor: MakeExecutor, *, on_done: Callable[[FleetResult], None]
) -> tuple[FleetResult, ...]:
    """Scan every codebase, and return the results in the order of ``jobs``.

    Args:
        jobs: The codebases; their names are unique.
        make_executor: Where the work is done.
        on_done: Called with each result as it comes.
    """
    results: dict[str, FleetResult] = {}

    def take(result: FleetResult) -> None:
        results[result.row.name] = result
        on_done(result)

    _attempt(jobs, make_executor, take)
    for job in jobs:
        if job.name in results:
            continue
        # It, or one that ran beside it, took the worker down: alone, only it can.
        _attempt((job,), make_executor, take)
        if job.name not in results:
            take(_failed(job, "it stopped the process that scanned it, twice; nothing is known of it"))
    return tuple(results[job.name] for job in jobs)


def _attempt(jobs: Sequence[FleetJob], make_executor: MakeExecutor, take: Callable[[FleetResult], None]) -> None:
    with make_executor() as executor:
        waiting = {executor.submit(scan_one, job): job for job in jobs}
        for future in as_completed(waiting):
            try:
                take(future.result())
            except BrokenExecutor:
                continue
            except Exception as error:
                # An executor's own way of saying that a worker is gone for good.
                take(_failed(waiting[future], f"{type(error).__name__}: {error}"))


def make_portfolio(rows: Iterable[PortfolioRow], *, settings: Settings, target: str, sigma: float) -> Portfolio:
    """Return the rows in the order in which to port them, with what they share.

    What can start now comes first, then what needs decisions, then what is blocked. Within a wave the most worth per
    hour comes first when worth was given, else the smallest effort.
    """
    rows = list(rows)
    has_worth = any(row.worth is not None for row in rows)
    ranks = {Wave.NOW: 0, Wave.DECIDE: 1, Wave.BLOCKED: 2, Wave.ALREADY: 3, Wave.FAILED: 4}
    ordered = sorted(rows, key=lambda row: (ranks[row.wave], -(row.worth_per_hour or 0.0), row.hours.p50, row.name))
    hours_per_month = settings.hours_per_day * _DAYS_PER_MONTH
    waves = []
    for wave in Wave:
        members = [row for row in ordered if row.wave is wave]
        if members and wave is not Wave.FAILED:
            hours = combine_hours([row.hours for row in members], sigma=sigma)
            waves.append(
                WaveSum(
                    wave=wave,
                    codebases=tuple(row.name for row in members),
                    hours=hours,
                    person_months=hours.p50 / hours_per_month,
                )
            )
    return Portfolio(
        target=target,
        mode=settings.mode.value,
        rows=tuple(ordered),
        waves=tuple(waves),
        blockers=_shared((row.name, name, title, "") for row in ordered for name, title in row.blockers),
        libraries=tuple(
            shared
            for shared in _shared(
                (row.name, each.name, each.title, each.status)
                for row in ordered
                for each in row.libraries
                if each.status in _WITHOUT_TWIN
            )
            if len(shared.codebases) > 1
        ),
        total=combine_hours([row.hours for row in ordered], sigma=sigma),
        hours_per_month=hours_per_month,
        order_words="what can start now, then by "
        + ("most worth per hour" if has_worth else "smallest effort (no worth was given)"),
    )


def _shared(uses: Iterable[tuple[str, str, str, str]]) -> tuple[Shared, ...]:
    """Return what the codebases use, that of most codebases first."""
    codebases: dict[str, list[str]] = defaultdict(list)
    known: dict[str, tuple[str, str]] = {}
    for codebase, name, title, status in uses:
        codebases[name].append(codebase)
        known[name] = (title, status)
    return tuple(
        Shared(name=name, title=known[name][0], status=known[name][1], codebases=tuple(codebases[name]))
        for name in sorted(codebases, key=lambda name: (-len(codebases[name]), name))
    )
