"""What git knows about a folder, asked in a way that runs nothing out of the checkout.

A checkout that is scanned is not trusted, and git runs programs that a repository's own configuration
names: a file system monitor, hooks, filter drivers, external diffs, remote helpers. So only these
commands are used, all of which read the index and the object store and no file of the work tree:
``rev-parse``, ``ls-files --stage``, ``diff-index --cached`` and, for the history, ``log`` without external diffs and
text conversion. ``git status``, ``git diff-files`` and
``git diff-index`` without ``--cached`` are avoided: as soon as the time stamps of a file do not
settle whether it changed, they send its content through the ``clean`` filter that the repository
defines, and a hostile index can arrange that. Whether a file changed is found out here instead, by
hashing it as git hashes a blob.
"""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from portgauge.model.base import value

_TIMEOUT_SECONDS = 60.0
_OPTIONS = (
    "--no-pager",
    "-c", "core.fsmonitor=false",
    "-c", "core.hooksPath=/dev/null",
    "-c", "core.untrackedCache=false",
    "-c", "safe.bareRepository=explicit",
    "-c", "diff.external=",
)  # fmt: skip
_GITLINK = "160000"
_REGULAR = ("100644", "100755")


class GitError(Exception):
    """Git gave no answer; the text says why, in one sentence."""


@value
class IndexedFile:
    """One path of the index."""

    mode: str
    """Octal, as git writes it."""
    blob: str
    """Object id, hexadecimal."""
    is_left_out: bool
    """A sparse checkout leaves it out of the work tree."""


@value
class Checkout:
    """What git says about one folder inside a work tree."""

    revision: str | None
    """Commit id; None before the first commit."""
    index_differs: bool
    """Something was added to the index that the commit does not hold."""
    indexed: Mapping[str, IndexedFile]
    """By path relative to the folder, with surrogate escapes as ``os.fsdecode`` makes them."""

    @property
    def submodules(self) -> tuple[str, ...]:
        """Paths of submodules, relative to the folder."""
        return tuple(sorted(path for path, file in self.indexed.items() if file.mode == _GITLINK))


def is_in_work_tree(folder: Path) -> bool:
    """Return whether the folder or one above it has a ``.git``: a folder, or the file of a worktree."""
    return any(os.path.lexists(above / ".git") for above in (folder, *folder.parents))


def read_checkout(folder: Path, *, timeout_seconds: float = _TIMEOUT_SECONDS) -> Checkout | None:
    """Return what git knows about a folder; None when git tracks no file below it.

    Raises:
        GitError: If git is not installed, refuses the checkout or takes too long.
    """
    listed = ask_git(folder, "ls-files", "-z", "--stage", "-t", timeout_seconds=timeout_seconds)
    indexed = dict(_indexed_files(listed))
    if not indexed and not os.path.lexists(folder / ".git"):
        # Somebody else's repository around this folder, such as a home folder under git: its commit
        # would say nothing about the code.
        return None
    try:
        head = ask_git(folder, "rev-parse", "--verify", "--quiet", "HEAD", timeout_seconds=timeout_seconds)
    except GitError:
        return Checkout(revision=None, index_differs=bool(indexed), indexed=indexed)
    staged = ask_git(
        folder, "diff-index", "--cached", "--no-ext-diff", "--no-textconv", "--no-renames",
        "--ignore-submodules", "--name-only", "-z", "HEAD", "--", ".",
        timeout_seconds=timeout_seconds,
    )  # fmt: skip
    return Checkout(revision=head.decode("ascii").strip(), index_differs=bool(staged), indexed=indexed)


def has_changed_file(checkout: Checkout, folder: Path, paths: Iterable[str]) -> bool:
    """Return whether one of the paths holds other bytes than the index says.

    A file whose line ends were converted on checkout counts as unchanged. Paths that the index
    does not know, links and submodules are passed over.
    """
    return any(
        indexed.mode in _REGULAR and not indexed.is_left_out and not _is_blob(folder / path, indexed.blob)
        for path in paths
        if (indexed := checkout.indexed.get(path)) is not None
    )


def _is_blob(file: Path, blob: str) -> bool:
    try:
        content = file.read_bytes()
    except OSError:
        return False
    algorithm = "sha1" if len(blob) == 40 else "sha256"
    variants = (content, content.replace(b"\r\n", b"\n")) if b"\r\n" in content else (content,)
    return any(
        hashlib.new(algorithm, b"blob %d\0" % len(variant) + variant, usedforsecurity=False).hexdigest() == blob
        for variant in variants
    )


def _indexed_files(listed: bytes) -> Iterator[tuple[str, IndexedFile]]:
    for record in listed.split(b"\0"):
        description, tab, path = record.partition(b"\t")
        if tab:
            tag, mode, blob, _ = description.decode("ascii").split(" ")
            yield os.fsdecode(path), IndexedFile(mode=mode, blob=blob, is_left_out=tag == "S")


def _environment() -> dict[str, str]:
    # GIT_DIR, GIT_INDEX_FILE and the like are set inside hooks and would point to another repository.
    kept = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith("GIT_") or name == "GIT_CEILING_DIRECTORIES"
    }
    return kept | {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        # A partial clone fetches missing objects with a program that its configuration names.
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "LC_ALL": "C",
    }


def ask_git(folder: Path, *arguments: str, timeout_seconds: float) -> bytes:
    """Return what git answers to a command that reads the object store or the index, and nothing of the work tree.

    Raises:
        GitError: If git is not installed, refuses the checkout or takes too long.
    """
    program = shutil.which("git")
    if program is None:
        raise GitError("git is not installed")
    try:
        answer = subprocess.run(
            (program, *_OPTIONS, "-C", os.fspath(folder), *arguments),
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise GitError(f"git gave no answer within {timeout_seconds:g} seconds") from error
    except OSError as error:
        raise GitError(f"git could not be started ({error.strerror})") from error
    if answer.returncode != 0:
        said = answer.stderr.decode("utf-8", errors="replace").strip().splitlines()
        raise GitError(f"git said: {said[0]}" if said else f"git ended with {answer.returncode}")
    return answer.stdout
