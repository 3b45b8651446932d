"""The steps of action.yml, run in a plain shell on a repository with a bad and a good commit; and the hook."""

import os
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from gits import git
from running import Command

import portgauge

pytest.importorskip("pygit2")
CHECKOUT = Path(__file__).resolve().parents[2]
ACTION = yaml.safe_load((CHECKOUT / "action.yml").read_text())
OK = "void f(int *p) { cudaFree(p); }\n"
BAD = OK + "__global__ void k(int *p) { p[threadIdx.x % 32] = __shfl_down_sync(~0u, 1, 1); }\n"


class Runner:
    """What a runner does with the shell steps of a composite action."""

    def __init__(self, folder: Path, repository: Path, **inputs: str) -> None:
        self.temp, self.repository = folder, repository
        self.inputs = {name: str(known.get("default", "")) for name, known in ACTION["inputs"].items()} | inputs
        self.outputs: dict[str, str] = {}
        self.said = ""
        binaries = folder / "portgauge-venv" / "bin"
        binaries.mkdir(parents=True)
        self._script(binaries / "portgauge", f'exec "{sys.executable}" -P -m portgauge "$@"')
        tools = folder / "tools"
        tools.mkdir()
        self._script(tools / "gh", f'printf "%s\\n" "$@" >"{folder}/gh"')

    def _script(self, path: Path, line: str) -> None:
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def _filled(self, text: str) -> str:
        known = {
            **{f"inputs.{name}": content for name, content in self.inputs.items()},
            **{f"steps.scan.outputs.{name}": content for name, content in self.outputs.items()},
            "runner.temp": str(self.temp),
            "github.token": "token",
            "github.event.pull_request.number": "7",
        }
        return re.sub(r"\$\{\{ (.*?) \}\}", lambda found: known[found[1]], text)

    def run(self, name: str) -> int:
        """Run one step and return its exit code."""
        (step,) = [step for step in ACTION["runs"]["steps"] if step["name"] == name]
        assert "${{" not in step["run"], "what an input says must not become code"
        environment = {
            **os.environ,
            **{key: self._filled(str(content)) for key, content in step.get("env", {}).items()},
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_OUTPUT": str(self.temp / "output"),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary"),
            "GITHUB_REPOSITORY": "team/solver",
            "GITHUB_ACTION_PATH": str(CHECKOUT),
            "PYTHONPATH": str(Path(portgauge.__file__).parents[1]),
            "PATH": f"{self.temp / 'tools'}{os.pathsep}{os.environ['PATH']}",
        }
        done = subprocess.run(
            ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]),
            cwd=self.repository, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        self.said = done.stderr
        if (self.temp / "output").exists():
            lines = (self.temp / "output").read_text().splitlines()
            self.outputs |= dict(line.split("=", 1) for line in lines)
        return done.returncode


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One commit that the team accepts, with its baseline."""
    root = tmp_path / "solver"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    (root / "a.cu").write_text(OK)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "one")
    return root


def accept(command: Command, repository: Path) -> str:
    command("baseline", repository, repository / "accepted.txt")
    return "accepted.txt"


def test_a_bad_commit_is_refused_and_a_good_one_passes(command: Command, repository: Path, tmp_path: Path) -> None:
    codes = {}
    baseline = accept(command, repository)
    for name, text in (("bad", BAD), ("good", "// a note\n" + OK)):
        (repository / "a.cu").write_text(text)
        git(repository, "add", "-A")
        git(repository, "commit", "-q", "-m", name)
        runner = Runner(tmp_path / name, repository, baseline=baseline, **{"fail-on": "new:1\n\n hours:+8\n"})
        assert runner.run("Scan") == 0, runner.said
        codes[name] = runner.run("Hold against the gates")
        comment = Path(runner.outputs["comment"]).read_text()
        assert Path(runner.outputs["sarif"]).read_text().startswith("{")
        assert comment == (tmp_path / name / "summary").read_text()
        assert f"- gate new:1 {'met' if name == 'bad' else 'not met'}: " in comment

    assert codes == {"bad": 1, "good": 0}


def test_without_gates_nothing_is_refused(repository: Path, tmp_path: Path) -> None:
    (repository / "a.cu").write_text(BAD)
    runner = Runner(tmp_path / "run", repository)

    assert (runner.run("Scan"), runner.run("Hold against the gates")) == (0, 0)


def test_a_wrong_gate_stops_the_job_with_its_reason(repository: Path, tmp_path: Path) -> None:
    runner = Runner(tmp_path / "run", repository, **{"fail-on": "speed:1; touch /tmp/never"})

    runner.run("Scan")

    assert "is no gate; expected severity:critical" in runner.said
    assert runner.run("Hold against the gates") == 2


def test_the_comment_goes_to_the_pull_request_once(repository: Path, tmp_path: Path) -> None:
    runner = Runner(tmp_path / "run", repository)
    runner.run("Scan")

    assert runner.run("Comment on the pull request") == 0

    said = (tmp_path / "run" / "gh").read_text().split("\n")
    assert said[:5] == ["pr", "comment", "7", "--repo", "team/solver"]
    assert {"--edit-last", "--create-if-none"} <= set(said)


@pytest.mark.slow
def test_the_installed_action_scans(repository: Path, tmp_path: Path) -> None:
    signal.alarm(600)
    runner = Runner(tmp_path / "run", repository, python=sys.executable)

    assert runner.run("Install portgauge") == 0, runner.said
    assert "portgauge.cli.main" in (tmp_path / "run" / "portgauge-venv" / "bin" / "portgauge").read_text()
    assert runner.run("Scan") == 0, runner.said
    assert runner.run("Hold against the gates") == 0


def test_every_used_input_and_output_is_declared() -> None:
    text = (CHECKOUT / "action.yml").read_text()

    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(ACTION["inputs"])
    assert all(content["value"].startswith("${{ steps.scan.outputs.") for content in ACTION["outputs"].values())


def test_the_hook_names_a_command_that_is_there_and_the_files_that_are_read() -> None:
    (hook,) = yaml.safe_load((CHECKOUT / ".pre-commit-hooks.yaml").read_text())
    wanted = re.compile(hook["files"])

    assert hook["entry"] == "portgauge changed"
    assert all(
        wanted.search(name) for name in ("a.cu", "src/b.cuh", "c.cpp", "CMakeLists.txt", "docker/Dockerfile.gpu")
    )
    assert not any(wanted.search(name) for name in ("README.md", "a.png"))


@pytest.fixture
def here(repository: Path, monkeypatch: pytest.MonkeyPatch, without_workers: None) -> Path:
    monkeypatch.chdir(repository)
    return repository


def test_a_changed_file_is_held_against_the_last_commit(command: Command, here: Path) -> None:
    (here / "a.cu").write_text(BAD)
    (here / "other.cu").write_text("void g() { cudaDeviceReset(); }\n")

    bad = command("changed", "a.cu")
    (here / "a.cu").write_text("// note\n" + OK)
    good = command("changed", "a.cu")

    assert (bad.code, good.code) == (1, 0)
    assert {line.split(":")[0] for line in bad.out.splitlines()} == {"a.cu"}
    assert "a.cu:2:" in bad.out
    assert "gate new:1 met" in bad.err
    assert good.out == ""


def test_a_changed_file_may_be_new_deleted_or_of_no_interest(command: Command, here: Path) -> None:
    (here / "new.cu").write_text(BAD)
    (here / "notes.txt").write_text("nothing")

    assert command("changed", "new.cu").code == 1
    (here / "a.cu").unlink()
    assert command("changed", "notes.txt", "a.cu").code == 0
    assert command("changed").code == 0
    assert command("changed", "new.cu", "--fail-on", "severity:critical").code == 0


def test_a_changed_file_that_nobody_has_is_refused(command: Command, here: Path) -> None:
    outcome = command("changed", "nowhere.cu")

    assert outcome.code == 2
    assert "no such file: nowhere.cu" in outcome.err


def test_a_changed_file_outside_of_the_repository_is_refused(command: Command, here: Path, tmp_path: Path) -> None:
    (tmp_path / "x.cu").write_text(BAD)

    outcome = command("changed", tmp_path / "x.cu")

    assert (outcome.code, "is not in the work tree" in outcome.err) == (2, True)


def test_before_the_first_commit_everything_is_new(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without_workers: None
) -> None:
    root = tmp_path / "young"
    root.mkdir()
    git(root, "init", "-q")
    (root / "a.cu").write_text(OK)
    monkeypatch.chdir(root)

    assert command("changed", "a.cu").code == 1
