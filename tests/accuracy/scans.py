"""The scans that are scored, made as the command line makes them."""

import gc
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from portgauge import __version__
from portgauge.model.analysis import Analysis
from portgauge.model.base import value
from portgauge.pipeline import default_settings, judge_inventory, take_inventory
from portgauge.resources import rules_folder
from portgauge.rulebook.artifact import load_cached
from portgauge.rulebook.rulebook import Rulebook

from .labels import LabelledProject
from .verdict_scores import Prediction
from .word_search import WordCounts, count_words


@value
class RulesInUse:
    """The rules of this run, in a copy, so that an edit meanwhile cannot split it."""

    folder: Path
    rulebook: Rulebook


@value
class ProjectScan:
    """What was found in one project."""

    project: LabelledProject
    target: str
    prediction: Prediction
    words: WordCounts
    seconds: float
    unread: tuple[str, ...]
    """Files that could not be read, with the reason."""


def copy_rules(to: Path) -> RulesInUse:
    """Return the rules without the accuracy figures, which are what this run makes.

    So the digest names the knowledge that was measured, whatever figures stood beside it.
    """
    folder = to / "rules"
    shutil.copytree(str(rules_folder()), folder, ignore=shutil.ignore_patterns("accuracy.yaml"))
    return RulesInUse(folder=folder, rulebook=load_cached(folder, tool_version=__version__))


def scan(
    root: Path, rules: RulesInUse, *, workers: int, targets: Sequence[str] = (), exclude: Sequence[str] = ()
) -> Analysis:
    """Return the analysis of a checkout; no targets means the default ones."""
    inventory = take_inventory(
        root, rulebook=rules.rulebook, rules_path=rules.folder, exclude=exclude, worker_count=workers
    )
    settings = default_settings(rules.rulebook, targets=targets)
    return judge_inventory(inventory, rulebook=rules.rulebook, settings=settings, analysed_at=datetime.now(UTC))


def scan_projects(
    root: Path, projects: Sequence[LabelledProject], rules: RulesInUse, *, workers: int
) -> Iterator[ProjectScan]:
    """Yield the scans in the order given; as many projects as there are workers are read at once."""
    with ProcessPoolExecutor(max_workers=workers) as pool:
        yield from pool.map(partial(scan_project, root=root, rules=rules), projects)


def scan_project(project: LabelledProject, *, root: Path, rules: RulesInUse) -> ProjectScan:
    """Return what the headline target's verdict says of one project, and what the word searches say."""
    checkout = root / project.project
    started = datetime.now(UTC)
    analysis = scan(checkout, rules, workers=1)
    verdict = analysis.verdict(analysis.targets[0].id)
    found = ProjectScan(
        project=project,
        target=verdict.target,
        prediction=Prediction(
            word=verdict.word,
            blockers=frozenset(blocker.blocker_class for blocker in verdict.blockers),
            obstacles=frozenset(verdict.obstacles),
            why=verdict.why,
        ),
        words=count_words(checkout),
        seconds=(datetime.now(UTC) - started).total_seconds(),
        unread=tuple(
            f"{problem.path}: {problem.reason}"
            for problem in analysis.inventory.problems
            if "not read" in problem.reason or "nothing of it" in problem.reason
        ),
    )
    del analysis
    gc.collect()
    return found
