"""An analysis into the history."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portgauge.errors import InstallationError, UserError
from portgauge.history.snapshots import snapshot_of
from portgauge.history.trend import recorded_curve
from portgauge.model.analysis import Analysis
from portgauge.model.snapshot import CurvePoint

if TYPE_CHECKING:
    from portgauge.history.store import HistoryStore


def open_store(url: str | None, *, must_exist: bool = False) -> "HistoryStore":
    """Return the store of a history.

    Raises:
        UserError: If it cannot be opened.
        InstallationError: If SQLAlchemy is missing.
    """
    try:
        from portgauge.history.store import HistoryStore
    except ImportError as error:
        raise InstallationError(
            'a history is kept with SQLAlchemy, which is missing; install it with: pip install "portgauge[history]"'
        ) from error
    return HistoryStore(url, must_exist=must_exist)


def record(analysis: Analysis, path: Path, *, url: str | None) -> tuple[CurvePoint, ...]:
    """Record an analysis of ``path``, and return the curve that it is the end of; what is there stays as it is.

    Raises:
        UserError: If the store cannot be written; then nothing of the analysis is recorded.
    """
    label, committed_at = _commit_of(path, analysis.inventory.revision)
    now = snapshot_of(analysis, label=label, committed_at=committed_at)
    with open_store(url) as store:
        is_new = store.record(now)
        said = "recorded" if is_new else "was recorded before"
        click.echo(f"portgauge: {analysis.inventory.codebase} {said} in {store.shown}", err=True)
        snapshots = store.snapshots(analysis.inventory.codebase)
    return recorded_curve(snapshots, now=now)


def _commit_of(path: Path, revision: str | None) -> tuple[str, datetime | None]:
    """Return the tags and the time of a commit, as far as they can be read."""
    if revision is None:
        return "", None
    with suppress(UserError, InstallationError):
        from portgauge.discovery.commits import commit_time, tags_of
        from portgauge.discovery.revisions import open_repository

        git = open_repository(path)
        return " ".join(tags_of(git).get(revision, ())), commit_time(git, revision)
    return "", None
