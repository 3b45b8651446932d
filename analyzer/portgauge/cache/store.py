"""Payloads kept between runs, one file for each, named by the digest that stands for what they were made from.

An entry is written beside and renamed, so that a reader sees a whole one or none. It begins with the digest of
its own payload: one that was cut, changed or written by somebody else is taken as missing and written anew.
"""

import hashlib
import os
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

DEFAULT_MAX_BYTES = 1_000_000_000
_KEPT_SHARE = 0.8
"""Trimming goes below the limit, so that it isn't needed again after the next entry."""
_DIGEST_BYTES = 32
_MAX_PAYLOAD_BYTES = 256_000_000
"""No file's facts come near it; a larger payload is a bomb."""
_RENEWED_AFTER_SECONDS = 86_400.0
_ABANDONED_AFTER_SECONDS = 3_600.0
_UNFINISHED = "unfinished-"


class PayloadStore:
    """A folder of payloads. Every failure to read or write costs time and nothing else."""

    def __init__(self, folder: Path, *, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._has_written = False

    def _path(self, key: str) -> str:
        return f"{self._folder}/{key[:2]}/{key[2:]}"

    def read(self, key: str) -> bytes | None:
        """Return the payload of a key; None when there is no sound one of this user's."""
        path = self._path(key)
        try:
            with open(path, "rb") as stream:  # noqa: PTH123
                status = os.fstat(stream.fileno())
                if status.st_uid != os.getuid():
                    return None
                entry = stream.read()
            digest, packed = entry[:_DIGEST_BYTES], entry[_DIGEST_BYTES:]
            if hashlib.sha256(packed).digest() != digest:
                return None
            unpacking = zlib.decompressobj()
            payload = unpacking.decompress(packed, _MAX_PAYLOAD_BYTES)
            if not unpacking.eof:
                return None
        except (OSError, zlib.error):
            return None
        if time.time() - status.st_mtime > _RENEWED_AFTER_SECONDS:
            with suppress(OSError):
                os.utime(path)
        return payload

    def write(self, key: str, payload: bytes) -> None:
        """Keep a payload under a key; one that cannot be written is made anew by the next run."""
        packed = zlib.compress(payload, 1)
        path = Path(self._path(key))
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, beside = tempfile.mkstemp(dir=path.parent, prefix=_UNFINISHED)
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(hashlib.sha256(packed).digest() + packed)
                Path(beside).replace(path)
            except OSError:
                Path(beside).unlink(missing_ok=True)
                return
        except OSError:
            return
        self._has_written = True

    def trim(self) -> None:
        """Delete the entries that were not used for longest, when there are new ones and all are too many bytes."""
        if not self._has_written:
            return
        self._has_written = False
        entries = sorted(self._entries(), reverse=True)
        if sum(byte_count for _, byte_count, _ in entries) <= self._max_bytes:
            return
        kept_bytes = 0
        for _, byte_count, path in entries:
            kept_bytes += byte_count
            if kept_bytes > self._max_bytes * _KEPT_SHARE:
                with suppress(OSError):
                    os.unlink(path)  # noqa: PTH108

    def _entries(self) -> Iterator[tuple[float, int, str]]:
        """Yield time of last use, bytes and path of every entry; what a killed run left behind is deleted."""
        for folder in _scan(str(self._folder)):
            for entry in _scan(folder.path) if folder.is_dir(follow_symlinks=False) else ():
                with suppress(OSError):
                    status = entry.stat(follow_symlinks=False)
                    if not entry.name.startswith(_UNFINISHED):
                        yield status.st_mtime, status.st_size, entry.path
                    elif time.time() - status.st_mtime > _ABANDONED_AFTER_SECONDS:
                        os.unlink(entry.path)  # noqa: PTH108


def _scan(folder: str) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as inside:
            return list(inside)
    except OSError:
        return []
