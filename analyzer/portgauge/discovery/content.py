"""Where the bytes of a file are: on disk, or in the object store of a git repository."""

import os
import stat
from functools import lru_cache
from types import ModuleType
from typing import Any

from portgauge.errors import InstallationError
from portgauge.model.base import value

MAX_FILE_BYTES = 16_000_000
"""Larger files are not read at all: they are data, not code that somebody ports."""


@value
class Blob:
    """A file of a commit, read from the object store: no checkout, no filter, no hook."""

    repository: str
    """Path of the ``.git`` folder."""
    id: str
    """Object id, hexadecimal."""


Place = str | Blob
"""An absolute path, which may hold surrogate escapes, or a blob."""


def read_place(place: Place) -> bytes:
    """Return the bytes, at most one more than ``MAX_FILE_BYTES``.

    A pipe or device that has taken a file's place is refused, not waited for.

    Raises:
        OSError: If it cannot be read.
    """
    if isinstance(place, Blob):
        return _read_blob(place)
    descriptor = os.open(place, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("it is no regular file any more")
        return stream.read(MAX_FILE_BYTES + 1)


def git_library() -> ModuleType:
    """Return pygit2, which reads git's object store.

    Raises:
        InstallationError: If it is not installed.
    """
    try:
        import pygit2
    except ImportError as error:
        raise InstallationError(
            'revisions of a git repository are read with pygit2, which is missing; pip install "portgauge[history]"'
        ) from error
    return pygit2


@lru_cache(maxsize=8)
def _repository(path: str) -> Any:
    return git_library().Repository(path)


def _read_blob(blob: Blob) -> bytes:
    try:
        data: bytes = _repository(blob.repository)[blob.id].data
    except KeyError as error:
        raise OSError(f"the repository does not hold the object {blob.id[:12]}") from error
    return data[: MAX_FILE_BYTES + 1]
