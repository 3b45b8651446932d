"""File patterns as build files write them, compared with the known files instead of a disk."""

import posixpath
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

_ANY_FOLDERS = "**"


def matching_paths(
    pattern: str, known_paths: Iterable[PurePosixPath], *, is_recursive: bool = False
) -> tuple[PurePosixPath, ...]:
    """Return the known paths that a pattern fits, sorted.

    Args:
        pattern: Relative to the codebase root; "*" stays inside one folder, "**" stands for any
            number of them.
        known_paths: The files that there are.
        is_recursive: The last part may lie in any folder below the ones before it, as in CMake's
            ``GLOB_RECURSE``.
    """
    parts = posixpath.normpath(pattern).split("/")
    if is_recursive:
        parts.insert(len(parts) - 1, _ANY_FOLDERS)
    return tuple(sorted(path for path in known_paths if _fits(parts, path.parts)))


def _fits(pattern: Sequence[str], path: Sequence[str]) -> bool:
    # All places of the pattern that the path may have reached are carried along at once: trying them
    # one after the other takes exponential time with several "**".
    reached = _with_skipped(pattern, {0})
    for part in path:
        after = {place for place in reached if place < len(pattern) and pattern[place] == _ANY_FOLDERS}
        after |= {
            place + 1
            for place in reached
            if place < len(pattern) and pattern[place] != _ANY_FOLDERS and fnmatchcase(part, pattern[place])
        }
        if not after:
            return False
        reached = _with_skipped(pattern, after)
    return len(pattern) in reached


def _with_skipped(pattern: Sequence[str], places: set[int]) -> set[int]:
    for place in sorted(places):
        while place < len(pattern) and pattern[place] == _ANY_FOLDERS:
            place += 1
            places.add(place)
    return places
