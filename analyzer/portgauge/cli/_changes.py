"""Some files of a work tree, as the last commit holds them and as they are now."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from portgauge.cli._scanning import Scanner
from portgauge.discovery.decisions import shown_path
from portgauge.discovery.revisions import open_repository
from portgauge.discovery.tree import SourceTree
from portgauge.discovery.walk import discover
from portgauge.errors import UserError
from portgauge.model.analysis import Analysis


def changed_sides(files: Sequence[Path], scanner: Scanner) -> tuple[Analysis, Analysis] | None:
    """Return the analyses of the files in the last commit and in the work tree; None when none of them is there now.

    Raises:
        UserError: If a file is not in the work tree of the repository here.
    """
    repository = open_repository(Path())
    if repository.workdir is None:
        raise UserError("this is a bare repository; there is no work tree with changed files")
    root = Path(os.path.realpath(repository.workdir))
    wanted = {_below(root, file) for file in files}
    held = None if repository.head_is_unborn else repository.revparse_single("HEAD^{tree}")
    for path in sorted(wanted):
        # A file that was deleted is a change like any other.
        if not os.path.lexists(root / path) and (held is None or str(path) not in held):
            raise UserError(f"no such file: {path}; neither the work tree nor the last commit has it")
    settings = scanner.settings
    tree = discover(root, words=scanner.words, exclude=(), include_vendored=settings.include_vendored)
    now = _only(tree, wanted)
    if not now.candidates:
        return None
    if repository.head_is_unborn:
        before = replace(now, candidates=())
    else:
        before = _only(scanner.repository(root).tree("HEAD"), wanted)
    return scanner.judge(scanner.read_tree(before)), scanner.judge(scanner.read_tree(now))


def _below(root: Path, file: Path) -> PurePosixPath:
    absolute = Path(os.path.realpath(file.parent)) / file.name
    if not absolute.is_relative_to(root):
        raise UserError(f"{file} is not in the work tree {root}")
    return shown_path(absolute.relative_to(root).as_posix())


def _only(tree: SourceTree, wanted: set[PurePosixPath]) -> SourceTree:
    """Return the wanted files alone; nothing is known of the others, so nothing is said about them."""
    return replace(
        tree,
        candidates=tuple(candidate for candidate in tree.candidates if candidate.path in wanted),
        problems=tuple(problem for problem in tree.problems if problem.path in wanted),
    )
