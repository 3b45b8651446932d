"""What names a kept artifact: the digest of the rule files, of the code that read them, and the cache's place."""

import hashlib
import os
import sys
from contextlib import suppress
from pathlib import Path


def cache_folder() -> Path:
    """Return portgauge's folder in the user's cache (``PORTGAUGE_CACHE``, else XDG's place)."""
    asked = os.environ.get("PORTGAUGE_CACHE")
    if asked:
        return Path(asked)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "portgauge"


def rules_digest(folder: Path, *, own: Path | None = None, leave_out: frozenset[str] = frozenset()) -> str:
    """Return the sha256 over all rule files of a folder, names and content, and over a team's own beside it.

    ``leave_out`` are names of files that do not count.
    """
    digest = hashlib.sha256()
    _add_files(digest, folder, leave_out)
    if own is not None:
        digest.update(b"own\0")
        _add_files(digest, own)
    return digest.hexdigest()


def _add_files(digest: "hashlib._Hash", folder: Path, leave_out: frozenset[str] = frozenset()) -> None:
    # Paths as text: this runs before every scan, and path objects take longer to sort than the files to hash.
    start = len(str(folder)) + 1
    for place, below, names in os.walk(str(folder)):
        below.sort()
        for name in sorted(names):
            if name.endswith((".yaml", ".csv")) and name not in leave_out:
                path = os.path.join(place, name)  # noqa: PTH118
                with open(path, "rb") as stream:  # noqa: PTH123
                    content = stream.read()
                digest.update(path[start:].replace(os.sep, "/").encode() + b"\0" + content + b"\0")


def code_digest() -> str:
    """Return a digest of the code whose values are kept: a changed class must not meet an old artifact."""
    digest = hashlib.sha256()
    package = Path(__file__).resolve().parents[1]
    for room in ("rulebook", "model"):
        for path in sorted((package / room).glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def artifact_path(kind: str, suffix: str, *, folder: Path, tool_version: str, own: Path | None = None) -> Path:
    """Return where an artifact made from a rules folder, and a team's own beside it, is kept between runs."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    name = f"{kind}-{tool_version}-{python}-{code_digest()}-{rules_digest(folder, own=own)[:24]}{suffix}"
    return cache_folder() / name


def is_ours(path: Path) -> bool:
    """Return whether a kept artifact is there and belongs to the user who runs this; only then is it read."""
    try:
        return path.stat().st_uid == os.getuid()
    except OSError:
        return False


def remove_older(kind: str, *, keep: int = 4) -> None:
    """Delete all but the newest artifacts of a kind: each edited rule leaves one behind."""
    with suppress(OSError):
        found = sorted(cache_folder().glob(f"{kind}-*"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in found[keep:]:
            path.unlink(missing_ok=True)
