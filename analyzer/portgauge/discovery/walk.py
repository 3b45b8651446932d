"""A folder becomes the list of files that count.

Follows no link, opens nothing but regular files, and never leaves the root. Which language a file
has is decided by its name; what stands in it is for the rooms that read it.
"""

import os
import stat
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from portgauge.discovery.checkout import (
    Checkout,
    GitError,
    has_changed_file,
    is_in_work_tree,
    read_checkout,
)
from portgauge.discovery.decisions import Decisions, shown_path
from portgauge.discovery.ignores import IgnoreFile, is_ignored, read_ignore_file
from portgauge.discovery.submodules import is_checked_out, listed_submodules
from portgauge.discovery.tree import Candidate, SourceTree
from portgauge.discovery.words import DiscoveryWords
from portgauge.errors import UserError
from portgauge.model.analysis import SUBMODULE_REASON, Problem, Stage
from portgauge.model.base import value
from portgauge.model.component import Reading, Standing


def discover(root: Path, *, words: DiscoveryWords, exclude: Sequence[str], include_vendored: bool) -> SourceTree:
    """Return the files below ``root`` that count, and what could not be looked at.

    Args:
        root: A folder, or one file; then the tree holds that file alone and its folder is the root.
        words: The lists of ``rules/discovery.yaml``.
        exclude: What the user leaves out, as ``.gitignore`` patterns from the root.
        include_vendored: Read code below folders such as ``third_party`` like the codebase's own.

    Raises:
        UserError: If there is nothing to read at ``root``, or a pattern is not valid.
    """
    try:
        resolved = Path(os.path.realpath(root, strict=True))
        mode = resolved.stat().st_mode
    except OSError as error:
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            raise UserError(f"no such folder: {root}") from error
        raise UserError(f"{root} cannot be opened: {error.strerror}") from error
    decisions = Decisions(words, exclude=exclude, include_vendored=include_vendored)
    if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
        raise UserError(f"{root} is neither a folder nor an ordinary file")
    is_single_file = stat.S_ISREG(mode)
    walk = _Walk(
        resolved.parent if is_single_file else resolved,
        words=words,
        decisions=decisions,
    )
    if is_single_file:
        walk.read_single_file(resolved.name)
        if not walk.candidates:
            raise UserError(f"{root}: portgauge knows no language for this file name")
    else:
        if not os.access(resolved, os.R_OK | os.X_OK):
            raise UserError(f"{root} cannot be opened: no permission")
        if _is_bare_repository(resolved):
            raise UserError(
                f"{root} is a bare git repository, which holds no files to scan; "
                f"check a revision out, or use `portgauge trend {root} --git REVISIONS`"
            )
        walk.read_folders()
    return walk.tree(codebase=resolved.name or str(resolved))


def _is_bare_repository(folder: Path) -> bool:
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()


@value
class _Folder:
    """One folder that waits to be read."""

    path: str
    """Relative to the root, with surrogate escapes; empty for the root itself."""
    ignore_files: tuple[IgnoreFile, ...]
    tracked_only: bool
    """An ignored folder in which git tracks files all the same."""
    standing: Standing | None
    """What every file below it is, when that is settled."""


class _Walk:
    """The state of one walk; ends in a ``SourceTree``."""

    def __init__(self, root: Path, *, words: DiscoveryWords, decisions: Decisions) -> None:
        self.root = root
        self.candidates: dict[PurePosixPath, Candidate] = {}
        self._words = words
        self._decisions = decisions
        self._problems: list[Problem] = []
        self._raw_paths: dict[PurePosixPath, str] = {}
        self._links: list[tuple[str, str]] = []
        self._submodules: set[str] = set()
        self._tracked: set[str] = set()
        self._tracked_folders: set[str] = set()
        self._checkout: Checkout | None = None

    def read_single_file(self, name: str) -> None:
        """Take one file of the root folder, whatever ignores it."""
        if is_in_work_tree(self.root):
            self._checkout = self._ask_git("")
        status = (self.root / name).stat()
        self._add_file(name, status.st_size, standing=None)

    def read_folders(self) -> None:
        """Take every file below the root."""
        waiting = [_Folder(path="", ignore_files=(), tracked_only=False, standing=None)]
        while waiting:
            waiting.extend(self._read_folder(waiting.pop()))
        for link, target in sorted(self._links):
            if shown_path(target) not in self.candidates:
                reason = f"leads to `{shown_path(target)}`, which was not looked at; its code is missing"
                self._report(link, f"a link that {reason}")

    def tree(self, *, codebase: str) -> SourceTree:
        """Return what was found, sorted."""
        checkout = self._checkout
        return SourceTree(
            root=self.root,
            codebase=str(shown_path(codebase)),
            revision=checkout.revision if checkout else None,
            dirty=checkout is not None and self._is_dirty(checkout),
            candidates=tuple(self.candidates[path] for path in sorted(self.candidates)),
            problems=tuple(sorted(self._problems, key=lambda problem: (problem.path, problem.reason))),
        )

    def _read_folder(self, folder: _Folder) -> list[_Folder]:
        absolute = os.path.join(self.root, folder.path) if folder.path else os.fspath(self.root)  # noqa: PTH118
        try:
            with os.scandir(absolute) as scanned:
                inside = sorted(scanned, key=lambda entry: entry.name)
        except OSError as error:
            self._report(folder.path, f"the folder cannot be opened ({error.strerror}); its code was not looked at")
            return []
        names = {entry.name for entry in inside}
        folder = self._with_repository(folder, names)
        below = []
        for entry in inside:
            path = f"{folder.path}/{entry.name}" if folder.path else entry.name
            try:
                if entry.is_symlink():
                    self._read_link(entry, path, folder)
                elif entry.is_dir(follow_symlinks=False):
                    below.append(self._folder_below(entry, path, folder))
                elif not self._is_left_to_git(path, folder):
                    self._read_file(entry, path, folder)
            except OSError as error:
                self._report(path, f"it cannot be looked at ({error.strerror}); its code is missing")
        return [found for found in below if found is not None]

    def _with_repository(self, folder: _Folder, names: set[str]) -> _Folder:
        """Return the folder with what its own ``.git``, ``.gitmodules`` and ``.gitignore`` add to it."""
        ignore_files = folder.ignore_files
        checkout = None
        if ".git" in names or (not folder.path and is_in_work_tree(self.root)):
            checkout = self._ask_git(folder.path)
            if not folder.path:
                self._checkout = checkout
            # Another repository begins here: what the outer one ignores does not reach into it.
            ignore_files = ()
        if checkout is not None:
            submodules = checkout.submodules
        elif ".gitmodules" in names:
            submodules = listed_submodules(self.root / folder.path / ".gitmodules")
        else:
            submodules = ()
        for submodule in submodules:
            path = f"{folder.path}/{submodule}" if folder.path else submodule
            if is_checked_out(self.root / path):
                self._submodules.add(path)
            else:
                self._report(
                    path, f"{SUBMODULE_REASON}`{shown_path(path)}` is not checked out; its code was not looked at"
                )
        if ".gitignore" in names:
            path = f"{folder.path}/.gitignore" if folder.path else ".gitignore"
            ignore_file, reason = read_ignore_file(os.fspath(self.root / path), folder=folder.path)
            if reason:
                self._report(path, reason)
            if ignore_file is not None:
                ignore_files = (*ignore_files, ignore_file)
        return _Folder(
            path=folder.path,
            ignore_files=ignore_files,
            tracked_only=folder.tracked_only,
            standing=folder.standing,
        )

    def _ask_git(self, folder: str) -> Checkout | None:
        try:
            checkout = read_checkout(self.root / folder)
        except GitError as error:
            self._report(folder, f"{error}; revision unknown, and .gitignore alone decided which files count")
            return None
        if checkout is None:
            return None
        left_out = 0
        for path, indexed in checkout.indexed.items():
            whole = f"{folder}/{path}" if folder else path
            left_out += indexed.is_left_out and self._decisions.is_source(shown_path(path))
            self._tracked.add(whole)
            while "/" in whole:
                whole = whole.rpartition("/")[0]
                if whole in self._tracked_folders:
                    break
                self._tracked_folders.add(whole)
        if left_out:
            self._report(folder, f"a sparse checkout leaves out {left_out:,} source files; they were not looked at")
        return checkout

    def _is_left_to_git(self, path: str, folder: _Folder) -> bool:
        """Return whether a file does not count because it is ignored and git does not track it."""
        if path in self._tracked:
            return False
        return folder.tracked_only or is_ignored(folder.ignore_files, path, is_folder=False)

    def _folder_below(self, entry: os.DirEntry[str], path: str, folder: _Folder) -> _Folder | None:
        if entry.name.lower() in self._words.skipped_folders:
            return None
        tracked_only = folder.tracked_only or is_ignored(folder.ignore_files, path, is_folder=True)
        if tracked_only and path not in self._tracked_folders and path not in self._submodules:
            return None
        standing = folder.standing
        if standing is None:
            if path in self._submodules and self._words.vendored_submodules:
                standing = Standing.VENDORED
            elif self._decisions.standings.may_be_build_output(entry.name) and os.path.lexists(
                os.path.join(entry.path, "CMakeCache.txt")  # noqa: PTH118
            ):
                standing = Standing.GENERATED
        return _Folder(
            path=path,
            ignore_files=folder.ignore_files,
            tracked_only=tracked_only and path not in self._submodules,
            standing=standing,
        )

    def _read_link(self, entry: os.DirEntry[str], path: str, folder: _Folder) -> None:
        if self._is_left_to_git(path, folder):
            return
        is_source = self._decisions.is_source(shown_path(path))
        try:
            target = os.path.realpath(entry.path, strict=True)
            is_folder = os.path.isdir(target)  # noqa: PTH112
        except OSError as error:
            if is_source:
                self._report(path, f"a link that cannot be followed ({error.strerror}); its code is missing")
            return
        if not Path(target).is_relative_to(self.root):
            if is_folder:
                self._report(path, "a link to a folder outside the root; its code was not looked at")
            elif is_source:
                self._report(path, "a link to a file outside the root; its code was not looked at")
        elif is_source and not is_folder:
            self._links.append((path, os.path.relpath(target, self.root)))

    def _read_file(self, entry: os.DirEntry[str], path: str, folder: _Folder) -> None:
        if not self._decisions.is_source(shown_path(path)):
            return
        if not entry.is_file(follow_symlinks=False):
            self._report(path, "it is no ordinary file (a pipe, socket or device), so it was not opened")
            return
        self._add_file(path, entry.stat(follow_symlinks=False).st_size, standing=folder.standing)

    def _add_file(self, path: str, byte_count: int, *, standing: Standing | None) -> None:
        shown = shown_path(path)
        decided = self._decisions.decide(path, shown=shown, standing=standing)
        if decided is None:
            return
        if shown in self.candidates:
            self._report(path, "a second file has the same name once it is written as text; it was not read")
            return
        absolute = self.root / path
        reading = decided.reading
        if reading is Reading.PARSED and not _is_readable(absolute):
            reading = Reading.NOT_READ
            self._report(path, "no permission to read the file; its code is missing")
        self._raw_paths[shown] = path
        self.candidates[shown] = Candidate(
            path=shown,
            absolute=absolute,
            language=decided.language,
            standing=decided.standing,
            byte_count=byte_count,
            decision=reading,
        )

    def _is_dirty(self, checkout: Checkout) -> bool:
        if checkout.index_differs:
            return True
        read = [
            self._raw_paths[path] for path, candidate in self.candidates.items() if candidate.decision is Reading.PARSED
        ]
        if has_changed_file(checkout, self.root, read):
            return True
        return any(
            not indexed.is_left_out
            and path not in self._submodules
            and self._decisions.is_source(shown_path(path))
            and not os.path.lexists(self.root / path)
            for path, indexed in checkout.indexed.items()
        )

    def _report(self, path: str, reason: str) -> None:
        self._problems.append(Problem(path=shown_path(path), stage=Stage.DISCOVERY, reason=reason))


def _is_readable(path: Path) -> bool:
    return os.access(path, os.R_OK, effective_ids=os.access in os.supports_effective_ids)
