import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import pytest
from discovery_words_file import shipped_words

from portgauge.discovery.tree import Candidate, SourceTree
from portgauge.discovery.walk import discover
from portgauge.errors import UserError
from portgauge.model.component import Reading, Standing

WORDS = shipped_words()


def write(root: Path, *paths: str, text: str = "int x;\n") -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def look(root: Path, *, exclude: tuple[str, ...] = (), include_vendored: bool = False) -> SourceTree:
    return discover(root, words=WORDS, exclude=exclude, include_vendored=include_vendored)


def paths(tree: SourceTree) -> list[str]:
    return [str(candidate.path) for candidate in tree.candidates]


def candidate(tree: SourceTree, path: str) -> Candidate:
    return next(found for found in tree.candidates if str(found.path) == path)


def reasons(tree: SourceTree) -> dict[str, str]:
    return {str(problem.path): problem.reason for problem in tree.problems}


def test_candidates_are_sorted_and_files_of_unknown_formats_are_not_listed(tmp_path: Path) -> None:
    write(tmp_path, "b/z.cu", "a.h", "README.md", "picture.png", "b/CMakeLists.txt")

    tree = look(tmp_path)

    assert paths(tree) == ["a.h", "b/CMakeLists.txt", "b/z.cu"]
    assert tree.codebase == tmp_path.name
    assert (tree.revision, tree.dirty, tree.problems) == (None, False, ())


def test_the_order_in_which_the_disk_lists_files_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "b/z.cu", "b/a.cu", "a/x.h", "third_party/t.h", "c.cpp")
    before = look(tmp_path)
    real = os.scandir

    @contextmanager
    def reversed_scandir(path: str) -> Iterator[list[os.DirEntry[str]]]:
        with real(path) as inside:
            yield sorted(inside, key=lambda entry: entry.name, reverse=True)

    monkeypatch.setattr(os, "scandir", reversed_scandir)

    assert look(tmp_path) == before


def test_a_missing_folder_is_the_users_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no such folder: .*nowhere"):
        look(tmp_path / "nowhere")


def test_a_single_file_is_a_tree_of_one(tmp_path: Path) -> None:
    write(tmp_path, "one.cu", "two.cu")

    tree = look(tmp_path / "one.cu")

    assert paths(tree) == ["one.cu"]
    assert tree.root == tmp_path.resolve()


def test_a_single_file_of_no_known_language_is_the_users_error(tmp_path: Path) -> None:
    write(tmp_path, "notes.txt")

    with pytest.raises(UserError, match="knows no language"):
        look(tmp_path / "notes.txt")


def test_vendored_code_is_excluded_with_its_size_known(tmp_path: Path) -> None:
    write(tmp_path, "src/a.cu", "third_party/lib/b.cu", "Deps/c.h", "contrib/libs/d.h", "contrib/e.h")

    tree = look(tmp_path)

    vendored = {str(c.path) for c in tree.candidates if c.standing is Standing.VENDORED}
    assert vendored == {"third_party/lib/b.cu", "Deps/c.h", "contrib/libs/d.h"}
    assert candidate(tree, "third_party/lib/b.cu").decision is Reading.EXCLUDED
    assert candidate(tree, "third_party/lib/b.cu").byte_count == 7


def test_vendored_code_is_read_when_asked_for(tmp_path: Path) -> None:
    write(tmp_path, "third_party/lib/b.cu")

    found = candidate(look(tmp_path, include_vendored=True), "third_party/lib/b.cu")

    assert (found.standing, found.decision) == (Standing.VENDORED, Reading.PARSED)


def test_only_parts_below_the_root_make_code_vendored(tmp_path: Path) -> None:
    write(tmp_path, "third_party/mine/src/a.cu")

    assert candidate(look(tmp_path / "third_party" / "mine"), "src/a.cu").standing is Standing.OWN


@pytest.mark.parametrize(
    ("path", "standing"),
    [
        ("tests/a.cu", Standing.TEST),
        ("Unittests/a.cu", Standing.TEST),
        ("src/sum_test.cu", Standing.TEST),
        ("src/test_sum.py", Standing.TEST),
        ("src/latest/contest.cu", Standing.OWN),
        ("src/schema_generated.h", Standing.GENERATED),
        ("src/api.pb.cc", Standing.GENERATED),
        ("tests/third_party/a.h", Standing.VENDORED),
    ],
)
def test_standing_comes_from_the_path(tmp_path: Path, path: str, standing: Standing) -> None:
    write(tmp_path, path)

    assert candidate(look(tmp_path), path).standing is standing


def test_a_build_folder_counts_as_output_only_with_its_cache_file(tmp_path: Path) -> None:
    write(tmp_path, "build/gen.cu", "build/CMakeCache.txt", "cmake/build/real.cu")

    tree = look(tmp_path)

    output = candidate(tree, "build/gen.cu")
    assert (output.standing, output.decision) == (Standing.GENERATED, Reading.EXCLUDED)
    assert candidate(tree, "cmake/build/real.cu").standing is Standing.OWN


def test_what_the_user_excludes_is_listed_as_excluded(tmp_path: Path) -> None:
    write(tmp_path, "src/a.cu", "legacy/b.cu", "src/old_c.cu")

    tree = look(tmp_path, exclude=("legacy/", "old_*.cu"))

    excluded = [str(c.path) for c in tree.candidates if c.decision is Reading.EXCLUDED]
    assert excluded == ["legacy/b.cu", "src/old_c.cu"]


def test_a_pattern_that_is_not_valid_is_the_users_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="--exclude"):
        look(tmp_path, exclude=("!",))


def test_formats_that_are_recognised_but_not_read_are_listed_as_such(tmp_path: Path) -> None:
    write(tmp_path, "main.go", "kernel.cu.in", "module.f90", "README.md")

    tree = look(tmp_path)

    assert {(str(c.path), c.language) for c in tree.candidates} == {
        ("main.go", "go"),
        ("kernel.cu.in", "template"),
        ("module.f90", "fortran"),
    }
    assert {c.decision for c in tree.candidates} == {Reading.NOT_SUPPORTED}


def test_nested_gitignore_files_are_respected_and_the_nearest_decides(tmp_path: Path) -> None:
    write(tmp_path, "gen.cu", "sub/gen.cu", "sub/deep/gen.cu", "out/a.cu", "sub/out/a.cu")
    (tmp_path / ".gitignore").write_text("gen.cu\n/out/\n")
    (tmp_path / "sub" / ".gitignore").write_text("!gen.cu\n")
    (tmp_path / "sub" / "deep" / ".gitignore").write_text("*.cu\n")

    assert paths(look(tmp_path)) == ["sub/gen.cu", "sub/out/a.cu"]


def test_a_gitignore_line_that_is_no_pattern_is_a_problem_and_the_rest_holds(tmp_path: Path) -> None:
    write(tmp_path, "a.cu", "b.cu")
    (tmp_path / ".gitignore").write_text("!\nb.cu\n")

    tree = look(tmp_path)

    assert paths(tree) == ["a.cu"]
    assert "line 1" in reasons(tree)[".gitignore"]


def test_a_loop_of_links_ends_and_links_inside_the_root_add_nothing(tmp_path: Path) -> None:
    write(tmp_path, "src/a.cu")
    (tmp_path / "src" / "loop").symlink_to(tmp_path / "src", target_is_directory=True)
    (tmp_path / "again.cu").symlink_to(tmp_path / "src" / "a.cu")
    (tmp_path / "self.cu").symlink_to(tmp_path / "self.cu")

    tree = look(tmp_path)

    assert paths(tree) == ["src/a.cu"]
    assert list(reasons(tree)) == ["self.cu"]


def test_links_out_of_the_root_are_problems(tmp_path: Path) -> None:
    write(tmp_path, "root/a.cu", "outside/b.cu")
    (tmp_path / "root" / "b.cu").symlink_to(tmp_path / "outside" / "b.cu")
    (tmp_path / "root" / "more").symlink_to(tmp_path / "outside", target_is_directory=True)
    (tmp_path / "root" / "notes.txt").symlink_to("/etc/hostname")

    tree = look(tmp_path / "root")

    assert paths(tree) == ["a.cu"]
    assert sorted(reasons(tree)) == ["b.cu", "more"]


def test_a_link_to_a_file_that_is_not_looked_at_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path, "kernel.txt")
    (tmp_path / "kernel.cu").symlink_to(tmp_path / "kernel.txt")

    assert "leads to `kernel.txt`" in reasons(look(tmp_path))["kernel.cu"]


def test_a_pipe_with_a_source_name_is_a_problem_and_is_not_opened(tmp_path: Path) -> None:
    write(tmp_path, "a.cu")
    os.mkfifo(tmp_path / "x.cu")
    os.mkfifo(tmp_path / "plain")

    tree = look(tmp_path)

    assert paths(tree) == ["a.cu"]
    assert list(reasons(tree)) == ["x.cu"]


def test_a_gitignore_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    write(tmp_path, "a.cu")
    os.mkfifo(tmp_path / ".gitignore")

    tree = look(tmp_path)

    assert paths(tree) == ["a.cu"]
    assert ".gitignore" in reasons(tree)


@pytest.fixture
def unprivileged_folder() -> Iterator[Path]:
    """A folder for tests about permissions, which root does not feel."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        is_root = os.geteuid() == 0
        if is_root:
            os.seteuid(65534)
        try:
            yield folder
        finally:
            if is_root:
                os.seteuid(0)


def test_a_folder_without_permission_is_a_problem(unprivileged_folder: Path) -> None:
    with as_owner(unprivileged_folder):
        write(unprivileged_folder, "a.cu", "closed/b.cu")
        (unprivileged_folder / "closed").chmod(0)

    tree = look(unprivileged_folder)
    with as_owner(unprivileged_folder):
        (unprivileged_folder / "closed").chmod(0o755)

    assert paths(tree) == ["a.cu"]
    assert "cannot be opened" in reasons(tree)["closed"]


def test_a_file_without_permission_is_listed_as_not_read(unprivileged_folder: Path) -> None:
    with as_owner(unprivileged_folder):
        write(unprivileged_folder, "a.cu")
        (unprivileged_folder / "a.cu").chmod(0)

    tree = look(unprivileged_folder)

    assert candidate(tree, "a.cu").decision is Reading.NOT_READ
    assert "no permission" in reasons(tree)["a.cu"]


@contextmanager
def as_owner(folder: Path) -> Iterator[None]:
    effective = os.geteuid()
    os.seteuid(folder.stat().st_uid if effective == 0 or os.getuid() == 0 else effective)
    try:
        yield
    finally:
        os.seteuid(effective)


def test_names_that_are_no_text_are_shown_escaped_and_can_be_opened(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.cu")).write_bytes(b"int x;")

    found = look(tmp_path).candidates[0]

    assert found.path == PurePosixPath("caf\\xe9.cu")
    assert found.absolute.read_bytes() == b"int x;"


def test_two_names_that_are_written_alike_give_one_candidate_and_a_problem(tmp_path: Path) -> None:
    for name in (b"a\xff.cu", b"a\\xff.cu"):
        (tmp_path / os.fsdecode(name)).write_bytes(b"x")

    tree = look(tmp_path)

    assert len(tree.candidates) == 1
    assert "same name" in tree.problems[0].reason


def test_folders_of_tools_are_not_entered(tmp_path: Path) -> None:
    write(tmp_path, "node_modules/a.cu", ".svn/a.cu", "__pycache__/a.py", "a.cu")

    assert paths(look(tmp_path)) == ["a.cu"]


def test_a_submodule_that_is_not_there_is_named_also_without_git(tmp_path: Path) -> None:
    write(tmp_path, "a.cu", "there/b.cu")
    (tmp_path / ".gitmodules").write_text(
        '[submodule "x"]\n\tpath = libs/x\n\turl = u\n[submodule "y"]\n\tpath = there\n\turl = u\n'
        '[submodule "z"]\n\tpath = ../up\n\turl = u\n'
    )

    tree = look(tmp_path)

    assert reasons(tree) == {"libs/x": "submodule `libs/x` is not checked out; its code was not looked at"}
    assert candidate(tree, "there/b.cu").standing is Standing.VENDORED


def test_a_bare_repository_is_refused_with_the_way_to_read_it(tmp_path: Path) -> None:
    for name in ("objects", "refs"):
        (tmp_path / name).mkdir()
    (tmp_path / "HEAD").write_text("ref: refs/heads/main\n")

    with pytest.raises(UserError, match=r"bare git repository.*portgauge trend"):
        discover(tmp_path, words=WORDS, exclude=(), include_vendored=False)
