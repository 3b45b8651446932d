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
    """Return commits from ``start`` (None for the beginning) to ``end``, oldest first; both are points.

    Args:
        git: The repository.
        start: The oldest point.
        end: The newest point.
        every: Distance between points in commits along the first parents of ``end``, so that each is a state that the
            main line was in. None for the commits that have a tag, also those on release branches that left the line.
        is_shallow: Older history was not fetched.

    Raises:
        UserError: If the two have no common history, or ``start`` comes after ``end``.
    """
    tags = tags_of(git)
    line = _first_parents(git, end, until=start)
    if start is not None and line[-1] != str(start.id):
        line = _since_merge_base(git, line, start, end, is_shallow=is_shallow)
    line.reverse()
    chosen = _tagged(git, line, tags, start, end) if every is None else _every(line, every)
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


def _every(line: Sequence[str], every: int) -> list[str]:
    """Return each so many commits, counted from the newest, which is what a reader compares with, and the oldest."""
    last = len(line) - 1
    return [revision for number, revision in enumerate(line) if (last - number) % every == 0 or number == 0]


def _tagged(git: Any, line: Sequence[str], tags: Mapping[str, Sequence[str]], start: Any, end: Any) -> list[str]:
    """Return the tagged commits between the two ends, by time: on the line, or on a branch that left it there."""
    left_at = git.merge_base(start.id, end.id) if start is not None else None
    earliest, latest = _time_of(start) if start is not None else None, _time_of(end)
    found = []
    for revision in tags:
        base = git.merge_base(git[revision].id, end.id)
        at = commit_time(git, revision)
        if base is None or at > latest or (earliest is not None and at <= earliest):
            continue
        is_after = left_at is None or base == left_at or git.descendant_of(base, left_at)
        if is_after and revision not in (line[0], line[-1]):
            found.append((at, revision))
    inner = [revision for _, revision in sorted(found)]
    return list(dict.fromkeys((line[0], *inner, line[-1])))
