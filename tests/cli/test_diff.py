"""``portgauge diff`` from outside: folders and revisions of real repositories."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from gits import git

from portgauge.cli.diff import command
from portgauge.cli.scan import command as scan_command
from portgauge.errors import UserError

pytest.importorskip("pygit2")
CODE = "void f(int *p) { cudaFree(p); }\n"
Run = Callable[..., Result]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Three commits: one call, its file renamed, a second call."""
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "-q")
    (root / "a.cu").write_text(CODE)
    for name, change in (
        ("v1", lambda: None),
        ("v2", lambda: (root / "a.cu").rename(root / "b.cu")),
        ("v3", lambda: (root / "b.cu").write_text(CODE + "void g() { cudaDeviceReset(); }\n")),
    ):
        change()
        git(root, "add", "-A")
        git(root, "commit", "-q", "-m", name)
        git(root, "tag", name)
    return root


@pytest.fixture
def diff(without_workers: None) -> Run:
    def run(*arguments: object) -> Result:
        return CliRunner().invoke(command, [*map(str, arguments)], standalone_mode=False)

    return run


def document(outcome: Result) -> dict[str, object]:
    assert outcome.exception is None, outcome.exception
    loaded: dict[str, object] = json.loads(outcome.output)
    return loaded


def test_two_revisions_are_compared_without_a_checkout(diff: Run, repository: Path) -> None:
    found = document(diff(f"{repository}@v1", f"{repository}@v3", "-o", "-", "-f", "json"))

    assert [(c["change"], c["rule"]) for c in found["changes"]] == [  # type: ignore[index,attr-defined]
        ("moved", "runtime/cudaFree"),
        ("added", "runtime/cudaDeviceReset"),
    ]
    assert found["renames"] == {"a.cu": "b.cu"}


def test_the_work_tree_is_compared_with_a_revision(diff: Run, repository: Path) -> None:
    (repository / "b.cu").write_text(CODE + "void g() { cudaDeviceReset(); cudaDeviceSynchronize(); }\n")

    found = document(diff(f"{repository}@v3", repository, "-o", "-", "-f", "json"))

    assert [c["rule"] for c in found["changes"]] == ["runtime/cudaDeviceSynchronize"]  # type: ignore[index,attr-defined]
    assert found["new"]["dirty"] is True  # type: ignore[index]


def test_the_text_says_first_what_changed(diff: Run, repository: Path) -> None:
    outcome = diff(f"{repository}@v1", f"{repository}@v3")

    assert outcome.return_value == 0
    assert outcome.output.splitlines()[0].endswith("with 1 finding that needs somebody added and 0 fixed.")
    assert "b.cu:2  runtime/cudaDeviceReset" in outcome.output


def test_findings_that_cost_nothing_are_counted_apart(diff: Run, repository: Path) -> None:
    covered = "#ifndef __HIP_PLATFORM_AMD__\nvoid h() { cudaDeviceReset(); cudaDeviceReset(); }\n#endif\n"
    (repository / "b.cu").write_text(CODE + "void g() { cudaDeviceReset(); }\n" + covered)

    text = diff(f"{repository}@v2", repository).output
    found = document(diff(f"{repository}@v2", repository, "-o", "-", "-f", "json"))

    assert "with 1 finding that needs somebody added" in text.splitlines()[0]
    assert "Findings that need somebody, as a baseline counts them: 1 added, 0 fixed" in text
    assert "All findings, with those that cost nothing: 4 added (4 the code changed), 0 fixed" in text
    assert found["counts"]["added"]["code"] == 4  # type: ignore[index]
    assert found["counts_needing_somebody"]["added"]["code"] == 1  # type: ignore[index]


def test_equal_revisions_differ_in_nothing(diff: Run, repository: Path) -> None:
    assert diff(f"{repository}@v1", f"{repository}@v1").output.startswith("Nothing differs")


def test_markdown_shows_code_as_code(diff: Run, repository: Path, tmp_path: Path) -> None:
    (repository / "b.cu").write_text(CODE + "void g() { cudaDeviceReset(/* @all [x](http://y) */); }\n")

    diff(f"{repository}@v2", repository, "-o", tmp_path / "out.md", "-q")

    text = (tmp_path / "out.md").read_text()
    assert text.startswith("**portgauge**: ")
    assert "- `low" in text or "- `medium" in text or "- `none" in text or "- `high" in text


def test_hooks_and_filters_of_the_repository_do_not_run(diff: Run, repository: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    (repository / ".gitattributes").write_text("*.cu filter=evil\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "attributes")
    git(repository, "config", "filter.evil.smudge", f"touch {ran}; cat")
    git(repository, "config", "filter.evil.clean", f"touch {ran}; cat")
    git(repository, "config", "core.fsmonitor", f"touch {ran}")
    hook = repository / ".git" / "hooks" / "post-checkout"
    hook.write_text(f"#!/bin/sh\ntouch {ran}\n")
    hook.chmod(0o755)

    document(diff(f"{repository}@v1", f"{repository}@HEAD", "-o", "-", "-f", "json"))

    assert not ran.exists()


def test_a_bare_repository_will_do(diff: Run, repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(repository), "bare.git")

    found = document(diff(f"{tmp_path / 'bare.git'}@v1", f"{tmp_path / 'bare.git'}@v3", "-o", "-", "-f", "json"))

    assert (found["new"]["codebase"], len(found["changes"])) == ("bare", 2)  # type: ignore[index,arg-type]


def test_a_submodule_is_named_and_not_entered(diff: Run, repository: Path, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "-q")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(repository), "inner")
    (outer / "a.cu").write_text(CODE)
    git(outer, "add", "-A")
    git(outer, "commit", "-q", "-m", "one")

    found = document(diff(f"{outer}@HEAD", f"{outer}@HEAD", "-o", "-", "-f", "json"))

    assert found["unchanged_sites"] == 1


@pytest.mark.parametrize(
    ("side", "said"),
    [
        ("{root}@v9", "no commit 'v9' in this repository; expected a branch, tag or commit"),
        ("{root}/missing", "there is no such file or folder; expected a saved analysis"),
        ("{plain}@v1", "is in no git repository"),
        ("{root}@v1:a.cu", "no commit"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_reason(
    diff: Run, repository: Path, tmp_path: Path, side: str, said: str
) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()

    outcome = diff(repository, side.format(root=repository, plain=plain))

    assert isinstance(outcome.exception, UserError)
    assert said in str(outcome.exception)


def test_a_shallow_clone_says_what_is_missing(diff: Run, repository: Path, tmp_path: Path) -> None:
    first = git(repository, "rev-parse", "v1")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository}", "shallow")

    outcome = diff(f"{tmp_path / 'shallow'}@{first}", f"{tmp_path / 'shallow'}@HEAD")

    assert isinstance(outcome.exception, UserError)
    assert "git fetch --unshallow" in str(outcome.exception)


def test_saved_analyses_are_compared_without_code(diff: Run, repository: Path, tmp_path: Path) -> None:
    saved = []
    for name, text in (("old", CODE), ("new", CODE + "void g() { cudaDeviceReset(); }\n")):
        (repository / "b.cu").write_text(text)
        saved.append(tmp_path / f"{name}.json")
        CliRunner().invoke(scan_command, [str(repository), "-q", "-o", str(saved[-1])], standalone_mode=False)
    (repository / "b.cu").unlink()

    found = document(diff(*saved, "-o", "-", "-f", "json"))

    assert [c["rule"] for c in found["changes"]] == ["runtime/cudaDeviceReset"]  # type: ignore[index,attr-defined]
    assert {cause for cause, hours in found["hours_by_cause"].items() if hours} <= {"code"}  # type: ignore[attr-defined]


def test_a_saved_analysis_is_compared_with_the_folder_in_its_own_settings(
    diff: Run, repository: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "old.json"
    CliRunner().invoke(
        scan_command, [str(repository), "-q", "-t", "gfx90a", "--tests", "yes", "-o", str(saved)], standalone_mode=False
    )

    found = document(diff(saved, repository, "-o", "-", "-f", "json"))

    assert (found["target"], found["changes"]) == ("gfx90a", [])
    assert not any(found["hours_by_cause"].values())  # type: ignore[attr-defined]
