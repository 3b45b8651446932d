"""Which commits of a repository a history is made of."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from portgauge.discovery.content import git_library
from portgauge.errors import UserError
from portgauge.model.base import value


@value
class Point:
    """One commit of a history."""

    revision: str
    label: str
    """Its tags; empty without any."""
    committed_at: datetime


def commit_time(git: Any, revision: str) -> datetime:
    """Return when a commit was made, in UTC.

    Raises:
        UserError: If there is no such commit.
    """
    library = git_library()
    try:
        return _time_of(git[revision].peel(library.Commit))
    except (KeyError, ValueError) as error:
        raise UserError(f"no commit {revision} in this repository") from error


def _time_of(commit: Any) -> datetime:
    # A hostile commit may claim any time; what no calendar holds becomes its beginning.
    try:
        return datetime.fromtimestamp(commit.commit_time, UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(0, UTC)


def tags_of(git: Any) -> Mapping[str, tuple[str, ...]]:
    """Return commit to the names of its tags, sorted; tags of anything else are passed over."""
    library = git_library()
    found: dict[str, list[str]] = {}
    prefix = "refs/tags/"
    for name in sorted(git.references):
        if not name.startswith(prefix):
            continue
        try:
            commit = git.references[name].peel(library.Commit)
        except (KeyError, ValueError, library.GitError):
            continue
        found.setdefault(str(commit.id), []).append(name.removeprefix(prefix))
    return {revision: tuple(names) for revision, names in found.items()}


def points_between(git: Any, *, start: Any, end: Any, every: int | None, is_shallow: bool) -> tuple[Point, ...]:
    """Return commits from ``start`` (None for the beginning) to ``end``, oldest first.

    The first parents of ``end`` are walked, so that each point is a state that the main line was in.

    Args:
        git: The repository.
        start: The commit before the first; it is a point itself.
        end: The newest commit; always a point.
        every: Distance between points in commits; None for the commits that have a tag.
        is_shallow: Older history was not fetched.

    Raises:
        UserError: If ``start`` is not among the first parents of ``end`` and their history.
    """
    tags = tags_of(git)
    line = _first_parents(git, end, until=start)
    if start is not None and line[-1] != str(start.id):
        line = _since_merge_base(git, line, start, end, is_shallow=is_shallow)
    line.reverse()
    chosen = _chosen(line, tags, every)
    return tuple(
        Point(revision=revision, label=" ".join(tags.get(revision, ())), committed_at=commit_time(git, revision))
        for revision in chosen
    )


def _first_parents(git: Any, end: Any, *, until: Any) -> list[str]:
    """Return ``end`` and its first parents, newest first, as far as ``until`` or as they were fetched."""
    line = []
    commit = end
    while commit is not None:
        line.append(str(commit.id))
        if until is not None and line[-1] == str(until.id):
            break
        commit = git.get(commit.parent_ids[0]) if commit.parent_ids else None
    return line


def _since_merge_base(git: Any, line: list[str], start: Any, end: Any, *, is_shallow: bool) -> list[str]:
    """Return the line of first parents back to where ``start`` left it; ``start`` itself is the oldest point."""
    base = git.merge_base(start.id, end.id)
    if base is None:
        why = (
            "the clone is shallow, so the history between them is missing: git fetch --unshallow"
            if is_shallow
            else "expected two revisions of one history"
        )
        raise UserError(f"--git: {str(start.id)[:10]} and {str(end.id)[:10]} have no commit in common; {why}")
    if base == end.id:
        raise UserError(
            f"--git: {str(start.id)[:10]} comes after {str(end.id)[:10]}; expected the older one first, "
            "as in v1.0..HEAD"
        )
    if str(base) in line:
        line = line[: line.index(str(base))]
    return [*line, str(start.id)]


def _chosen(line: Sequence[str], tags: Mapping[str, Sequence[str]], every: int | None) -> list[str]:
    last = len(line) - 1
    if every is None:
        return [revision for number, revision in enumerate(line) if revision in tags or number in (0, last)]
    # Counted from the newest, which is what a reader compares with.
    return [revision for number, revision in enumerate(line) if (last - number) % every == 0 or number == 0]
