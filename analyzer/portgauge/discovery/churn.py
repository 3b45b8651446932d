"""How much code changed in a year, as far as git's history tells."""

import re
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from portgauge.discovery.checkout import GitError, ask_git

_TIMEOUT_SECONDS = 60.0
_YEAR_SECONDS = 365 * 24 * 3600
_COUNTED = re.compile(r"(\d+)\t(\d+)\t(.+)")


def lines_changed_in_a_year(
    folder: Path, paths: Collection[PurePosixPath], *, timeout_seconds: float = _TIMEOUT_SECONDS
) -> int | None:
    """Return the lines added to files and removed from them in the year before the last commit.

    None when there is no history of a whole year: no checkout, a shallow one, a young project, or no answer in time.
    Files that were renamed count under the name that they have now.
    """
    if not paths:
        return None
    wanted = {str(path) for path in paths}
    try:
        last = int(_asked(folder, "log", "-1", "--format=%ct", timeout_seconds=timeout_seconds))
        start = last - _YEAR_SECONDS
        older = _asked(folder, "log", "-1", "--format=%H", f"--before={start}", timeout_seconds=timeout_seconds)
        if not older:
            return None
        listed = _asked(
            folder, "log", "--no-merges", "--no-renames", "--no-ext-diff", "--no-textconv", "--relative",
            "--format=", "--numstat", f"--since={start}", "--", ".", timeout_seconds=timeout_seconds,
        )  # fmt: skip
    except (GitError, ValueError):
        return None
    counted = (_COUNTED.fullmatch(line) for line in listed.splitlines())
    return sum(int(found[1]) + int(found[2]) for found in counted if found is not None and found[3] in wanted)


def _asked(folder: Path, *arguments: str, timeout_seconds: float) -> str:
    return ask_git(folder, *arguments, timeout_seconds=timeout_seconds).decode("utf-8", "replace").strip()
