"""The ``.gitignore`` files of a tree, the nearest one asked first, as git does."""

import os
import stat

from pathspec import GitIgnoreSpec

from portgauge.model.base import value

_MAX_BYTES = 1_000_000


@value
class IgnoreFile:
    """The patterns of one ``.gitignore``."""

    folder: str
    """Where it lies, relative to the root; empty for the root itself."""
    spec: GitIgnoreSpec


def read_ignore_file(path: str, *, folder: str) -> tuple[IgnoreFile | None, str]:
    """Return the patterns of a ``.gitignore``, and one sentence about what could not be used of it."""
    try:
        status = os.lstat(path)
    except OSError:
        return None, ""
    if not stat.S_ISREG(status.st_mode) or status.st_size > _MAX_BYTES:
        # Git does not follow a linked .gitignore either; a FIFO would be waited for without end.
        return None, "it is no ordinary file of moderate size, so nothing was ignored because of it"
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:  # noqa: PTH123
            lines = file.read().splitlines()
    except OSError as error:
        return None, f"it could not be read ({error.strerror}), so nothing was ignored because of it"
    usable, refused = _usable_lines(lines)
    ignore_file = IgnoreFile(folder=folder, spec=GitIgnoreSpec.from_lines(usable))
    if not refused:
        return ignore_file, ""
    return ignore_file, f"line {refused[0]} is no valid pattern and was passed over"


def is_ignored(ignore_files: tuple[IgnoreFile, ...], path: str, *, is_folder: bool) -> bool:
    """Return whether the nearest pattern that speaks of a path ignores it.

    Args:
        ignore_files: From the root down to the folder that holds the path.
        path: Relative to the root. The folders above it are not ignored.
        is_folder: Whether the path is a folder; some patterns mean folders only.
    """
    for ignore_file in reversed(ignore_files):
        inner = path[len(ignore_file.folder) + 1 :] if ignore_file.folder else path
        result = ignore_file.spec.check_file(f"{inner}/" if is_folder else inner).include
        if result is not None:
            return result
    return False


def _usable_lines(lines: list[str]) -> tuple[list[str], list[int]]:
    usable = []
    refused = []
    for number, line in enumerate(lines, start=1):
        try:
            GitIgnoreSpec.from_lines((line,))
        except ValueError:
            refused.append(number)
        else:
            usable.append(line)
    return usable, refused
