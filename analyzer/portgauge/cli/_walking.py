"""The history of a codebase from git: every point read from the object store and judged with the present rules."""

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import click

from portgauge.cli._scanning import Scanner
from portgauge.discovery.commits import Point, points_between
from portgauge.discovery.revisions import Repository
from portgauge.discovery.tree import Candidate, SourceTree
from portgauge.errors import UserError
from portgauge.history.snapshots import snapshot_of
from portgauge.model.component import Reading
from portgauge.model.snapshot import Snapshot

MAX_POINTS = 300
"""More are walked only when the user knows what it costs."""
_SECONDS_PER_POINT = 0.1
"""Judging a codebase of 300 files, measured; reading comes on top, once for each distinct content."""
_MOST_NOTES = 5

_VALUES_BETWEEN_COLLECTIONS = 200_000
"""About what one point makes; Python's own 700 take a fifth of the time of a walk, measured."""


def read_every(text: str) -> int | None:
    """Return the distance between points, None for tags.

    Raises:
        UserError: If it is neither a number above 0 nor ``tags``.
    """
    if text == "tags":
        return None
    if text.isascii() and text.isdigit() and 0 < int(text) < 10**9:
        return int(text)
    raise UserError(f"--every is {text!r}; expected a number of commits such as 10, or tags")


def points_of(repository: Repository, reach: str, *, every: int | None) -> tuple[Point, ...]:
    """Return the points of a range such as ``v1.0..HEAD``; one revision alone means all that led to it.

    Raises:
        UserError: If a revision or the way between two is not there.
    """
    start, dots, end = reach.rpartition("..")
    if not reach or "..." in reach or (dots and not start):
        raise UserError(f"--git {reach!r} is no range; expected one such as v1.0..HEAD")
    return points_between(
        repository.git,
        start=repository.commit(start) if start else None,
        end=repository.commit(end or "HEAD"),
        every=every,
        is_shallow=repository.is_shallow,
    )


def check_cost(points: tuple[Point, ...], *, is_accepted: bool) -> None:
    """Refuse a walk whose cost the user does not know.

    Raises:
        UserError: If there are too many points and ``--yes`` was not given.
    """
    if len(points) <= MAX_POINTS or is_accepted:
        return
    minutes = len(points) * _SECONDS_PER_POINT / 60
    raise UserError(
        f"--git: {len(points):,} points would be judged, about {minutes:,.0f} minutes for a codebase of a few hundred "
        f"files, with reading on top; take fewer with --every {len(points) // 100}, or go on with --yes"
    )


def walk(
    repository: Repository, points: Sequence[Point], scanner: Scanner, *, is_shown: bool
) -> tuple[tuple[Snapshot, ...], tuple[str, ...]]:
    """Return a snapshot of each point, oldest first, and what could not be looked at; each content is read once."""
    trees = [repository.tree(point.revision) for point in points]
    scanner.read_ahead(trees)
    snapshots: list[Snapshot] = []
    before: SourceTree | None = None
    pairs = list(zip(points, trees, strict=True))
    progress = click.progressbar(pairs, label="judging", file=sys.stderr, hidden=not is_shown)
    with _seldom_collected(), progress as bar:
        for point, tree in bar:
            if before is not None and _holds(tree) == _holds(before):
                # Nothing that is read changed: only the commit is another one.
                snapshot = replace(
                    snapshots[-1], revision=point.revision, label=point.label, committed_at=point.committed_at
                )
            else:
                analysis = scanner.judge_for_curve(scanner.read_tree(tree))
                snapshot = snapshot_of(analysis, label=point.label, committed_at=point.committed_at)
            before = tree
            snapshots.append(snapshot)
    return tuple(snapshots), _left_out(trees)


def _left_out(trees: Sequence[SourceTree]) -> tuple[str, ...]:
    """Return what could not be looked at in any point, each once, the newest first."""
    found = list(
        dict.fromkeys(
            f"{problem.reason}." if str(problem.path) in problem.reason else f"{problem.path}: {problem.reason}."
            for tree in reversed(trees)
            for problem in tree.problems
        )
    )
    more = len(found) - _MOST_NOTES
    return (*found[:_MOST_NOTES], *([f"And {more:,} more such places."] if more > 0 else []))


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Look for circles of objects less often: a walk makes millions of values, which hold none and are mostly kept."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_VALUES_BETWEEN_COLLECTIONS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def _holds(tree: SourceTree) -> tuple[tuple[object, ...], ...]:
    return tuple(_read(candidate) for candidate in tree.candidates)


def _read(candidate: Candidate) -> tuple[object, ...]:
    is_read = candidate.decision is Reading.PARSED
    return (candidate.path, candidate.decision, candidate.standing, candidate.blob if is_read else None)
