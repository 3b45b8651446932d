import os
import subprocess
from pathlib import Path

import pytest
from discovery_words_file import shipped_words

from portgauge.discovery import checkout
from portgauge.discovery.tree import SourceTree
from portgauge.discovery.walk import discover
from portgauge.model.component import Standing

WORDS = shipped_words()


def look(root: Path) -> SourceTree:
    return discover(root, words=WORDS, exclude=(), include_vendored=False)


def paths(tree: SourceTree) -> list[str]:
    return [str(candidate.path) for candidate in tree.candidates]


def git(folder: Path, *arguments: str) -> str:
    environment = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "protocol.file.allow=always")
    return subprocess.run(
        ("git", *identity, *arguments), cwd=folder, env=environment, check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "code"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "a.cu").write_text("int a;\n")
    (folder / "forced.cu").write_text("int f;\n")
    (folder / "kept").mkdir()
    (folder / "kept" / "deep.cu").write_text("int d;\n")
    (folder / "kept" / "loose.cu").write_text("int l;\n")
    (folder / ".gitignore").write_text("forced.cu\nkept/\n")
    git(folder, "add", "-f", "a.cu", "forced.cu", "kept/deep.cu", ".gitignore")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def test_tracked_files_count_although_they_are_ignored(repository: Path) -> None:
    tree = look(repository)

    assert paths(tree) == ["a.cu", "forced.cu", "kept/deep.cu"]
    assert tree.problems == ()


def test_files_that_git_does_not_know_yet_count_too(repository: Path) -> None:
    (repository / "new.cu").write_text("int n;\n")

    assert "new.cu" in paths(look(repository))


def test_the_revision_is_the_commit(repository: Path) -> None:
    tree = look(repository)

    assert tree.revision == git(repository, "rev-parse", "HEAD").strip()
    assert not tree.dirty


def test_a_folder_inside_the_checkout_knows_its_revision(repository: Path) -> None:
    tree = look(repository / "kept")

    assert tree.revision is not None
    assert paths(tree) == ["deep.cu", "loose.cu"]


@pytest.mark.parametrize("change", ["edit", "delete", "stage"])
def test_a_checkout_that_differs_from_its_commit_is_dirty(repository: Path, change: str) -> None:
    match change:
        case "edit":
            (repository / "a.cu").write_text("int b;\n")
        case "delete":
            (repository / "a.cu").unlink()
        case "stage":
            (repository / "b.cu").write_text("int b;\n")
            git(repository, "add", "b.cu")

    assert look(repository).dirty


def test_new_time_stamps_and_other_line_ends_are_no_change(repository: Path) -> None:
    os.utime(repository / "a.cu", (1, 1))
    (repository / "forced.cu").write_bytes(b"int f;\r\n")

    assert not look(repository).dirty


def test_a_repository_without_commit_has_no_revision(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "a.cu").write_text("int a;\n")

    tree = look(tmp_path)

    assert (tree.revision, tree.dirty, paths(tree)) == (None, False, ["a.cu"])


def test_somebody_elses_repository_around_the_folder_says_nothing(repository: Path) -> None:
    inner = repository / "unknown"
    inner.mkdir()
    (inner / "x.cu").write_text("int x;\n")

    tree = look(inner)

    assert (tree.revision, paths(tree)) == (None, ["x.cu"])


def test_a_linked_worktree_is_a_checkout(repository: Path, tmp_path: Path) -> None:
    git(repository, "worktree", "add", "-q", str(tmp_path / "other"))

    tree = look(tmp_path / "other")

    assert (tmp_path / "other" / ".git").is_file()
    assert tree.revision is not None
    assert paths(tree) == ["a.cu", "forced.cu", "kept/deep.cu"]


def test_submodules_are_vendored_and_missing_ones_are_named(repository: Path, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "-q")
    git(outer, "submodule", "--quiet", "add", str(repository), "here")
    git(outer, "submodule", "--quiet", "add", str(repository), "missing")
    git(outer, "commit", "-q", "-m", "both")
    git(outer, "submodule", "--quiet", "deinit", "-f", "missing")

    tree = look(outer)

    assert paths(tree) == [".gitmodules", "here/a.cu", "here/forced.cu", "here/kept/deep.cu"]
    assert {candidate.standing for candidate in tree.candidates[1:]} == {Standing.VENDORED}
    assert [problem.reason for problem in tree.problems] == [
        "submodule `missing` is not checked out; its code was not looked at"
    ]


def test_a_sparse_checkout_says_what_it_leaves_out(repository: Path) -> None:
    git(repository, "sparse-checkout", "set", "--no-cone", "/a.cu", "/.gitignore")

    tree = look(repository)

    assert "a sparse checkout leaves out 2 source files" in tree.problems[0].reason
    assert not tree.dirty


@pytest.mark.parametrize("failure", ["missing", "broken", "slow"])
def test_without_gits_answer_the_walk_goes_on_and_says_so(
    repository: Path, failure: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    match failure:
        case "missing":
            monkeypatch.setattr(checkout.shutil, "which", lambda name: None)
        case "broken":
            (repository / ".git" / "HEAD").write_text("nonsense\n")
        case "slow":
            slow = tmp_path / "slow-git"
            slow.write_text("#!/bin/sh\nexec sleep 30\n")
            slow.chmod(0o755)
            monkeypatch.setattr(checkout.shutil, "which", lambda name: str(slow))
            monkeypatch.setattr(checkout.read_checkout, "__kwdefaults__", {"timeout_seconds": 0.2})

    tree = look(repository)

    assert paths(tree) == ["a.cu"]
    assert tree.revision is None
    assert ".gitignore alone decided" in tree.problems[0].reason


def test_nothing_that_the_checkout_configures_is_run(repository: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    sprung = tmp_path / "sprung"
    trap.write_text(f"#!/bin/sh\ntouch {sprung}\ncat\n")
    trap.chmod(0o755)
    # An index that is older than the file: its time stamp does not settle whether the file changed.
    future = 4_000_000_000
    os.utime(repository / "a.cu", (future, future))
    git(repository, "add", "a.cu")
    (repository / ".gitattributes").write_text("*.cu filter=evil diff=evil\n")
    for hook in ("post-index-change", "fsmonitor-watchman"):
        (repository / ".git" / "hooks" / hook).write_text(trap.read_text())
        (repository / ".git" / "hooks" / hook).chmod(0o755)
    for key in (
        *("filter.evil.clean", "filter.evil.smudge", "diff.external", "diff.evil.command"),
        *("diff.evil.textconv", "core.pager", "core.sshCommand", "core.fsmonitor"),
    ):
        git(repository, "config", key, str(trap))
    (repository / "a.cu").write_text("int b;\n")
    os.utime(repository / "a.cu", (future, future))
    git(repository, "status")
    assert sprung.exists(), "the trap does not work, so the test shows nothing"
    sprung.unlink()

    tree = look(repository)

    assert tree.dirty
    assert not sprung.exists()


def test_variables_of_a_surrounding_git_hook_do_not_mislead(
    repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "other-index"))

    assert look(repository).revision is not None
