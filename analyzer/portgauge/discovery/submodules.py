"""Which folders belong to git submodules, and whether their code is there."""

import os
import re
import stat
from pathlib import Path, PurePosixPath

_MAX_BYTES = 1_000_000
_PATH_LINE = re.compile(r'^\s*path\s*=\s*"?(?P<path>[^"\n]*?)"?\s*$', re.MULTILINE)


def listed_submodules(gitmodules: Path) -> tuple[str, ...]:
    """Return the submodule paths of a ``.gitmodules``, for a tree that came without its ``.git``.

    Paths that are absolute or lead upward are passed over, as git refuses them.
    """
    try:
        status = gitmodules.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > _MAX_BYTES:
            return ()
        text = gitmodules.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ()
    paths = {found["path"].strip("/") for found in _PATH_LINE.finditer(text)}
    return tuple(sorted(path for path in paths if path and ".." not in PurePosixPath(path).parts))


def is_checked_out(folder: Path) -> bool:
    """Return whether a submodule's folder holds more than the ``.git`` that marks it."""
    try:
        with os.scandir(folder) as inside:
            return any(entry.name != ".git" for entry in inside)
    except OSError:
        return False
