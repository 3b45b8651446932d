"""The rulebook kept between runs, so that a warm start reads one file instead of sixty.

The artifact lies in the user's own cache folder, is written beside and renamed, and is read only when it
belongs to the user; its name holds the digest of the rule files, so an edited rule is never missed.
"""

import hashlib
import os
import pickle
import sys
import tempfile
from pathlib import Path

from portgauge.rulebook.loader import load_rulebook, rules_digest
from portgauge.rulebook.rulebook import Rulebook


def cache_folder() -> Path:
    """Return portgauge's folder in the user's cache (``PORTGAUGE_CACHE``, else XDG's place)."""
    asked = os.environ.get("PORTGAUGE_CACHE")
    if asked:
        return Path(asked)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "portgauge"


def _read(path: Path) -> Rulebook | None:
    try:
        if path.stat().st_uid != os.getuid():
            return None
        loaded = pickle.loads(path.read_bytes())
    except (
        OSError,
        pickle.PickleError,
        EOFError,
        AttributeError,
        ImportError,
        IndexError,
        TypeError,
        ValueError,
    ):
        return None
    return loaded if isinstance(loaded, Rulebook) else None


def _write(path: Path, rulebook: Rulebook) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            pickle.dump(rulebook, stream, protocol=pickle.HIGHEST_PROTOCOL)
        Path(beside).replace(path)
    except OSError:
        # A cache that cannot be written costs time, nothing else; `doctor` will say where it would be.
        return


def _code_digest() -> str:
    """Return a digest of the code whose values are kept: a changed class must not meet an old artifact."""
    digest = hashlib.sha256()
    package = Path(__file__).resolve().parents[1]
    for room in ("rulebook", "model"):
        for path in sorted((package / room).glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def load_cached(folder: Path, *, tool_version: str) -> Rulebook:
    """Return the rulebook of a folder, from the cache when nothing changed.

    Raises:
        RuleError: As ``load_rulebook`` does.
    """
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    name = f"rulebook-{tool_version}-{python}-{_code_digest()}-{rules_digest(folder)[:24]}.pickle"
    path = cache_folder() / name
    cached = _read(path)
    if cached is not None:
        return cached
    rulebook = load_rulebook(folder)
    _write(path, rulebook)
    return rulebook
