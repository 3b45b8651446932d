"""The rulebook kept between runs, so that a warm start reads one file instead of sixty.

The artifact lies in the user's own cache folder, is written beside and renamed, and is read only when it
belongs to the user; its name holds the digest of the rule files, so an edited rule is never missed.
"""

import os
import pickle
import tempfile
from pathlib import Path

from portgauge.rulebook.digest import artifact_path, is_ours, remove_older
from portgauge.rulebook.loader import load_rulebook
from portgauge.rulebook.rulebook import Rulebook


def _read(path: Path) -> Rulebook | None:
    try:
        if not is_ours(path):
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
        remove_older("rulebook")
    except OSError:
        # A cache that cannot be written costs time, nothing else; `doctor` says where it would be.
        return


def load_cached(folder: Path, *, tool_version: str, own: Path | None = None) -> Rulebook:
    """Return the rulebook of a folder, and of a team's own rules beside it, from the cache when nothing changed.

    Raises:
        RuleError: As ``load_rulebook`` does.
    """
    path = artifact_path("rulebook", ".pickle", folder=folder, tool_version=tool_version, own=own)
    cached = _read(path)
    if cached is not None:
        return cached
    rulebook = load_rulebook(folder, own=own)
    _write(path, rulebook)
    return rulebook
