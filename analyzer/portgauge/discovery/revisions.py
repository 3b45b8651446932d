"""The files of a commit, straight from git's object store.

Nothing is checked out, so no hook, filter or program of the repository runs, and a bare repository will do.
What a commit holds counts, also where ``.gitignore`` names it: git tracks it. Submodules are in other repositories;
their code is not looked at, and a problem says so.
"""

import os
import posixpath
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from portgauge.discovery.content import Blob, git_library
from portgauge.discovery.decisions import Decisions, shown_path
from portgauge.discovery.tree import Candidate, SourceTree
from portgauge.discovery.words import DiscoveryWords
from portgauge.errors import UserError
from portgauge.model.analysis import SUBMODULE_REASON, Problem, Stage
from portgauge.model.base import value

_LINK = 0o120000
_SUBMODULE = 0o160000
_MAX_RENAMES = 1_000
"""Files that came, above which git compares only those that are equal."""


@value
class _Entry:
    """One file, link or submodule of a tree."""

    path: str
    """Relative to the tree, with surrogate escapes."""
    mode: int
    object_id: str


class Repository:
    """One git repository, or a folder of its work tree, at any of its commits."""

    def __init__(
        self, path: Path, *, words: DiscoveryWords, exclude: Sequence[str] = (), include_vendored: bool = False
    ) -> None:
        """Open the repository that holds ``path``.

        Raises:
            UserError: If ``path`` is in no git repository.
            InstallationError: If pygit2 is missing.
        """
        self.git: Any = open_repository(path)
        self._library = git_library()
        self._words = words
        self._decisions = Decisions(words, exclude=exclude, include_vendored=include_vendored)
        self._work_tree = _work_tree(self.git, path)
        self._below = _folder_in_work_tree(self._work_tree, path)
        self.shown = str(path)
        self._entries: dict[str, tuple[_Entry, ...]] = {}
        self._candidates: dict[_Entry, Candidate | None] = {}

    @property
    def codebase(self) -> str:
        """Name of the folder that is looked at."""
        if self._below:
            return shown_path(posixpath.basename(self._below)).name
        root = Path(self._work_tree or self.git.path)
        return str(shown_path((root.parent if root.name == ".git" else root).name.removesuffix(".git")))

    @property
    def place(self) -> tuple[str, str]:
        """Which repository it is, and which folder of it."""
        return os.path.realpath(self.git.path), self._below

    @property
    def is_shallow(self) -> bool:
        """History before some commit was not fetched."""
        return bool(self.git.is_shallow)

    def commit(self, revision: str) -> Any:
        """Return the commit that a revision names.

        Raises:
            UserError: If the repository has no such commit.
        """
        try:
            return self.git.revparse_single(revision).peel(self._library.Commit)
        except (KeyError, ValueError, self._library.GitError) as error:
            why = "; the clone is shallow, so older commits are missing: git fetch --unshallow" * self.is_shallow
            raise UserError(
                f"{self.shown}: no commit {revision!r} in this repository{why or '; expected a branch, tag or commit'}"
            ) from error

    def tree(self, revision: str) -> SourceTree:
        """Return the files of a commit that count.

        Raises:
            UserError: If there is no such commit, or the folder is not in it.
        """
        commit = self.commit(revision)
        problems: list[Problem] = []
        candidates: dict[PurePosixPath, Candidate] = {}
        links = []

        def report(path: str, reason: str) -> None:
            problems.append(Problem(path=shown_path(path), stage=Stage.DISCOVERY, reason=reason))

        for entry in self._entries_below(str(self._tree(commit, revision).id)):
            if entry.mode == _SUBMODULE:
                report(
                    entry.path,
                    f"{SUBMODULE_REASON}`{shown_path(entry.path)}` is another repository; its code was not looked at",
                )
            elif entry.mode == _LINK:
                links.append(entry)
            elif (candidate := self._candidate(entry)) is None:
                continue
            elif candidate.path in candidates:
                report(entry.path, "a second file has the same name once it is written as text; it was not read")
            else:
                candidates[candidate.path] = candidate
        for link in links:
            if self._decisions.is_source(shown_path(link.path)) and not self._leads_to(link, candidates):
                report(link.path, "a link that leads to no file of this commit that was looked at; its code is missing")
        return SourceTree(
            root=Path(self.git.path),
            codebase=self.codebase,
            revision=str(commit.id),
            dirty=False,
            candidates=tuple(candidates[path] for path in sorted(candidates)),
            problems=tuple(sorted(problems, key=lambda problem: (problem.path, problem.reason))),
        )

    def renames(self, old: str, new: str) -> dict[str, str]:
        """Return old path to new path of the files that git takes as renamed between two commits."""
        before, after = (self._tree(self.commit(revision), revision) for revision in (old, new))
        difference = before.diff_to_tree(after)
        difference.find_similar(rename_limit=_MAX_RENAMES)
        renamed = self._library.enums.DeltaStatus.RENAMED
        return {
            str(shown_path(os.fsdecode(delta.old_file.raw_path))): str(shown_path(os.fsdecode(delta.new_file.raw_path)))
            for delta in difference.deltas
            if delta.status == renamed
        }

    def _is_skipped(self, path: str) -> bool:
        return any(part.lower() in self._words.skipped_folders for part in path.split("/")[:-1])

    def _candidate(self, entry: _Entry) -> Candidate | None:
        """Return the file as one to look at, None when it does not count; most files of one commit are in the next."""
        if entry not in self._candidates:
            self._candidates[entry] = None if self._is_skipped(entry.path) else self._new_candidate(entry)
        return self._candidates[entry]

    def _new_candidate(self, entry: _Entry) -> Candidate | None:
        shown = shown_path(entry.path)
        decided = self._decisions.decide(entry.path, shown=shown)
        if decided is None:
            return None
        return Candidate(
            path=shown,
            absolute=Path(self.git.path) / "objects" / entry.object_id,
            language=decided.language,
            standing=decided.standing,
            byte_count=self._byte_count(entry.object_id),
            decision=decided.reading,
            blob=Blob(repository=self.git.path, id=entry.object_id),
        )

    def _byte_count(self, object_id: str) -> int:
        try:
            return int(self.git.odb.read_header(self._library.Oid(hex=object_id))[1])
        except KeyError:
            # A partial clone: reading it will say that it is not there.
            return 0

    def _leads_to(self, link: _Entry, candidates: dict[PurePosixPath, Candidate]) -> bool:
        try:
            target = os.fsdecode(self.git[link.object_id].data)
        except KeyError:
            return False
        found = posixpath.normpath(posixpath.join(posixpath.dirname(link.path), target))
        return shown_path(found) in candidates

    def _tree(self, commit: Any, revision: str) -> Any:
        tree = commit.tree
        if self._below:
            try:
                tree = tree[self._below]
            except KeyError as error:
                raise UserError(f"{self.shown}: commit {revision} has no folder {self._below}") from error
            if tree.type_str != "tree":
                raise UserError(f"{self.shown}: in commit {revision} {self._below} is no folder")
        return tree

    def _entries_below(self, tree_id: str) -> tuple[_Entry, ...]:
        """Return everything below a tree; most trees of one commit are those of the next, so each is read once."""
        known = self._entries.get(tree_id)
        if known is not None:
            return known
        found: list[_Entry] = []
        for item in self.git[tree_id]:
            name = os.fsdecode(item.raw_name)
            if item.filemode == self._library.enums.FileMode.TREE:
                found += [
                    _Entry(path=f"{name}/{below.path}", mode=below.mode, object_id=below.object_id)
                    for below in self._entries_below(str(item.id))
                ]
            else:
                found.append(_Entry(path=name, mode=int(item.filemode), object_id=str(item.id)))
        self._entries[tree_id] = tuple(found)
        return self._entries[tree_id]


def open_repository(path: Path) -> Any:
    """Return the git repository that holds a path.

    Raises:
        UserError: If there is none.
        InstallationError: If pygit2 is missing.
    """
    library = git_library()
    # Only objects are read and nothing of the repository is run, so it may belong to anybody.
    library.option(library.GIT_OPT_SET_OWNER_VALIDATION, 0)
    if not path.exists():
        raise UserError(f"no such folder: {path}")
    found = library.discover_repository(os.fspath(path))
    if found is None:
        raise UserError(f"{path} is in no git repository; expected a clone, or a folder of one")
    try:
        return library.Repository(found)
    except library.GitError as error:
        raise UserError(f"{path}: git cannot open this repository: {error}") from error


def _work_tree(git: Any, path: Path) -> str | None:
    """Return the folder that the repository is checked out to; None when ``path`` is in the repository itself.

    A bare repository without a configuration would else count as one that is checked out to the folder around it.
    """
    inside = Path(os.path.realpath(path)).is_relative_to(os.path.realpath(git.path))
    return None if inside and Path(git.path).name != ".git" else git.workdir


def _folder_in_work_tree(work_tree: str | None, path: Path) -> str:
    """Return the folder to look at, relative to the work tree, with "/"; empty for all of it."""
    if work_tree is None:
        return ""
    resolved, root = Path(os.path.realpath(path)), Path(os.path.realpath(work_tree))
    if not resolved.is_relative_to(root):
        return ""
    below = resolved.relative_to(root).as_posix()
    return "" if below == "." or below.startswith(".git") else below
