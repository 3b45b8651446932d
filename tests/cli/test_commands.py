"""The commands from outside: exit codes, what goes to stdout and stderr, and inputs that nobody should send."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from running import CODE, Command

import portgauge
from portgauge.cli import _outputs
from portgauge.resources import rules_folder

# Exit 0 ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("without_workers")
def test_a_scan_prints_its_summary_on_stdout_and_nothing_on_stderr(command: Command, codebase: Path) -> None:
    outcome = command("scan", codebase)

    assert (outcome.code, outcome.err) == (0, "")
    assert "codebase" in outcome.out
    assert "gfx942" in outcome.out


@pytest.mark.usefixtures("without_workers")
def test_a_quiet_scan_prints_nothing(command: Command, codebase: Path) -> None:
    assert command("scan", codebase, "-q") == (0, "", "")


@pytest.mark.parametrize(
    "files", [{}, {"main.cpp": "int main() {}\n", "setup.py": "x = 1\n"}], ids=["empty", "no CUDA"]
)
@pytest.mark.usefixtures("without_workers")
def test_a_folder_without_cuda_has_nothing_to_port(files: dict[str, str], command: Command, tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)

    outcome = command("scan", tmp_path)

    assert (outcome.code, outcome.err) == (0, "")
    # In the first line that says anything, not below it.
    assert "nothing to port" in next(line for line in outcome.out.splitlines() if line.strip()).lower()


def test_stdout_holds_the_report_alone(scan_json: Command, codebase: Path) -> None:
    outcome = scan_json(codebase)

    assert (outcome.code, outcome.err) == (0, "")
    assert [finding["rule"] for finding in outcome.document["findings"]] == ["runtime/cudaFree"]


@pytest.mark.usefixtures("without_workers")
def test_every_report_that_is_asked_for_is_written(command: Command, codebase: Path, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.json", "b.jsonl", "c.html")]

    outcome = command("scan", codebase, *(part for path in paths for part in ("-o", path)))

    assert outcome.code == 0
    assert json.loads(paths[0].read_text())["findings"]
    assert [json.loads(line)["rule"] for line in paths[1].read_text().splitlines()] == ["runtime/cudaFree"] * 2
    assert "cudaFree" in paths[2].read_text()
    # Written beside and renamed: nothing of that stays.
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "b.jsonl", "c.html", "codebase"]


def test_an_unlisted_target_beside_its_relative_is_judged_once(scan_json: Command, codebase: Path) -> None:
    outcome = scan_json(codebase, "-t", "gfx942,gfx940")

    assert outcome.code == 0
    assert "gfx940 is not listed; judged as gfx942" in outcome.err
    assert [target["id"] for target in outcome.document["targets"]] == ["gfx942"]
    assert [verdict["target"] for verdict in outcome.document["verdicts"]] == ["gfx942"]
    assert outcome.document["summary"]["targets"]["gfx942"]["findings"] == len(outcome.document["findings"])


@pytest.mark.usefixtures("without_workers")
def test_every_assumption_says_who_made_it(scan_json: Command, codebase: Path) -> None:
    outcome = scan_json(
        codebase, "-t", "gfx942", "--team", "3", "--rate", "90", "--rocm", "7.2", "--experience", "first"
    )

    said = outcome.document["estimate"]["gfx942"]["hipify"]["assumptions"]
    assert [text for text in said if not text.endswith(("(given).", "(default)."))] == []
    assert {text.partition(" (given)")[0] for text in said if "(given)" in text} == {
        "The target machine runs ROCm 7.2",
        "3 people work on the port",
        "An hour costs 90",
        "This is the team's first port to HIP: change and verify cost 1.5 times as much",
    }
    assert outcome.document["settings"]["rocm"] == {"value": "7.2", "default": False}
    assert outcome.document["settings"]["team"] == {"value": 3, "default": False}


@pytest.mark.usefixtures("without_workers")
def test_an_estimate_is_explained_down_to_places_instead_of_the_summary(command: Command, codebase: Path) -> None:
    (codebase / "k.cu").write_text(
        "__global__ void k(int* p) { p[threadIdx.x & 31] = __shfl_down_sync(~0u, p[0], 16); }\n"
    )

    outcome = command("scan", codebase, "--explain-estimate", "codebase", "-t", "gfx942")
    part = command("scan", codebase, "--explain-estimate", "(top folder)", "-t", "gfx942")
    lost = command("scan", codebase, "--explain-estimate", "nothing")
    twice = command("scan", codebase, "--explain-estimate", ".", "-o", "-", "-f", "json")

    assert (outcome.code, part.code, outcome.err) == (0, 0, "")
    assert "port the build [build-system]" in outcome.out
    assert "k.cu:1: threadIdx.x & 31" in part.out
    assert "source: HIP C++ language extensions" in part.out
    assert (lost.code, lost.out) == (2, "")
    assert "--explain-estimate is 'nothing', which is no component; there are: codebase" in lost.err
    assert (twice.code, "so does `-o -`" in twice.err) == (2, True)


@pytest.mark.usefixtures("without_workers")
def test_kernels_to_tune_may_be_named_and_a_name_of_none_is_refused(scan_json: Command, codebase: Path) -> None:
    (codebase / "k.cu").write_text(
        "__global__ void gemm_fast(int* p) { *p = 1; }\n__global__ void fill(int* p) { *p = 2; }\n"
    )

    found = scan_json(codebase, "-t", "gfx942", "--hot-kernels", "gemm_*")
    lost = scan_json(codebase, "-t", "gfx942", "--hot-kernels", "conv*")

    lines = found.document["estimate"]["gfx942"]["hipify"]["lines"]
    assert [(line["effort_class"], line["units"]) for line in lines if line["block"] == "tune"] == [("tune-simple", 1)]
    assert found.document["not_asked"][0]["block"] == "upstream"
    assert (lost.code, lost.out) == (2, "")
    assert "--hot-kernels is 'conv*', which no kernel matches; there are 2: fill, gemm_fast" in lost.err


# Exit 2 ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--frobnicate",), "No such option"),
        (("--mode", "magic"), "magic"),
        (("--min-coverage", "101"), "101"),
        (("--rocm", "7.²"), "--rocm is '7.²'; expected a version such as 7.2"),
        (("--rocm", "seven"), "expected a version such as 7.2"),
        (("-t", ","), "--target is empty"),
        (("-t", ""), "--target is empty"),
        (("-t", "gfx9"), 'no target "gfx9"; did you mean gfx9'),
        (("--rate", "0"), "--rate is 0; expected a number above 0"),
        (("--rate", "nan"), "--rate is nan"),
        (("--hours-per-day", "25"), "a day has 24"),
        (("--team", "-1"), "--team is -1"),
        (("--team", "0"), "--team is 0; expected a number above 0"),
        (("--hours-per-day", "0"), "--hours-per-day is 0; expected a number above 0"),
        (("--hot-kernels", "-1"), "--hot-kernels is -1"),
        (("--hot-kernels", " "), "--hot-kernels is empty"),
        (("--what-if", "rocm=new"), "--what-if rocm=new: expected a version, such as rocm=6.4"),
        (("--what-if", "rock=6.4"), "no setting 'rock'; did you mean rocm? Known are without, target, rocm, tests"),
        (("--what-if", "tests=auto"), "--what-if tests=auto: expected tests=yes or tests=no"),
        (("--what-if", "without="), "--what-if without=: no value; expected such as without=WITH_EXTRA"),
        (("--what-if", "target"), "--what-if target: no value; expected such as target=GFX"),
        (("--what-if", "target=gfx9"), 'no target "gfx9"; did you mean gfx9'),
        (("-o", "report.txt"), "report.txt: the suffix picks the format; expected one of .annotations, .csv"),
        (("-o", "report"), "the suffix picks the format"),
        (("-o", "no/such/report.json"), "there is no folder no/such"),
        (("-o", "folder.json"), "folder.json is a folder"),
        (("-o", "-"), "`-o -` needs --format"),
        (("-o", "-", "-f", "docx"), "found 'docx'"),
        (("-f", "json"), "there is no `-o -`"),
    ],
)
def test_a_wrong_option_is_named_before_anything_is_read(
    options: tuple[str, ...], says: str, command: Command, codebase: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (codebase / "folder.json").mkdir()
    monkeypatch.chdir(codebase)
    monkeypatch.setattr("portgauge.pipeline.take_inventory", lambda *_, **__: pytest.fail("the code was read"))

    outcome = command("scan", ".", *options)

    assert (outcome.code, outcome.out) == (2, "")
    assert says in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize(
    ("name", "says"), [("nowhere", "no such folder"), ("notes.txt", "no language"), ("pipe", "neither a folder nor")]
)
def test_a_path_with_nothing_to_read_is_named(name: str, says: str, command: Command, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("text")
    os.mkfifo(tmp_path / "pipe")

    outcome = command("scan", tmp_path / name)

    assert (outcome.code, outcome.out) == (2, "")
    assert says in outcome.err
    assert str(tmp_path / name) in outcome.err


@pytest.mark.usefixtures("without_workers")
def test_a_report_that_cannot_be_written_is_named_and_the_others_are(
    command: Command, codebase: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    real = _outputs._write
    monkeypatch.setattr(
        _outputs, "_write", lambda path, content: full() if path.name == "a.json" else real(path, content)
    )

    outcome = command("scan", codebase, "-o", tmp_path / "a.json", "-o", tmp_path / "b.jsonl")

    assert outcome.code == 2
    assert "a.json cannot be written: No space left on device" in outcome.err
    assert (tmp_path / "b.jsonl").exists()


# Exit 3 ----------------------------------------------------------------------------------------------


def test_a_fault_of_ours_shows_its_whole_traceback(
    command: Command, codebase: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("no such thing")

    monkeypatch.setattr("portgauge.pipeline.take_inventory", broken)

    outcome = command("scan", codebase)

    assert (outcome.code, outcome.out) == (3, "")
    assert "Traceback" in outcome.err
    assert "KeyError: 'no such thing'" in outcome.err


# Exit 4 ----------------------------------------------------------------------------------------------


def test_too_little_that_could_be_read_is_no_success(scan_json: Command, codebase: Path) -> None:
    (codebase / "binary.cu").write_bytes(b"\0" * 10 * len(CODE))

    outcome = scan_json(codebase)

    assert outcome.code == 4
    assert "only 9.1% of the CUDA bytes could be read, less than the 98 % asked for" in outcome.err
    # The report is written all the same.
    assert [problem["path"] for problem in outcome.document["coverage"]["problems"]] == ["binary.cu"]
    assert scan_json(codebase, "--min-coverage", "9").code == 0


# Inputs that nobody should send ----------------------------------------------------------------------


def unreadable(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text(CODE)
    path.chmod(0)
    if os.access(path, os.R_OK):  # root reads everything
        monkeypatch.setattr("portgauge.discovery.walk._is_readable", lambda found: found.name != path.name)


def wrong_encoding(path: Path, _: pytest.MonkeyPatch) -> None:
    path.write_bytes(b"// caf\xe9\n" + CODE.encode())


def utf16(path: Path, _: pytest.MonkeyPatch) -> None:
    path.write_bytes(CODE.encode("utf-16"))


def with_nul(path: Path, _: pytest.MonkeyPatch) -> None:
    path.write_bytes(b"\0\0" + CODE.encode())


def link_to_itself(path: Path, _: pytest.MonkeyPatch) -> None:
    path.with_name("other.cu").symlink_to(path.name)
    path.symlink_to("other.cu")


def link_outside(path: Path, _: pytest.MonkeyPatch) -> None:
    outside = path.parents[1] / "outside.cu"
    outside.write_text(CODE)
    path.symlink_to(outside)


def pipe(path: Path, _: pytest.MonkeyPatch) -> None:
    os.mkfifo(path)


BAD_FILES = {
    unreadable: ("no permission to read the file", False),
    wrong_encoding: ("no valid UTF-8", True),
    utf16: ("read as UTF-16-LE", True),
    with_nul: ("NUL bytes", False),
    link_to_itself: ("a link that cannot be followed", False),
    link_outside: ("outside the root", False),
    pipe: ("no ordinary file", False),
}


@pytest.mark.parametrize(
    ("make", "reason", "is_read"),
    [(make, *says) for make, says in BAD_FILES.items()],
    ids=[make.__name__ for make in BAD_FILES],
)
def test_a_bad_file_is_a_problem_that_names_it(
    make: Callable[[Path, pytest.MonkeyPatch], None],
    reason: str,
    is_read: bool,
    scan_json: Command,
    codebase: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make(codebase / "x.cu", monkeypatch)

    outcome = scan_json(codebase, "--min-coverage", "0")

    assert (outcome.code, outcome.err) == (0, "")
    reasons = {problem["path"]: problem["reason"] for problem in outcome.document["coverage"]["problems"]}
    assert reason in reasons["x.cu"]
    found = {finding["path"] for finding in outcome.document["findings"]}
    assert found == ({"a.cu", "x.cu"} if is_read else {"a.cu"})


def test_a_loop_of_folders_comes_to_an_end(scan_json: Command, codebase: Path) -> None:
    (codebase / "sub").mkdir()
    (codebase / "sub" / "again").symlink_to(codebase)

    assert [finding["path"] for finding in scan_json(codebase).document["findings"]] == ["a.cu"]


def test_a_file_that_kills_its_worker_is_named_and_the_rest_is_read(
    command: Command, codebase: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import os\nfrom portgauge.matchers import reading\nread = reading.read_file\n"
        "def read_or_die(path, *rest, **options):\n"
        "    return os._exit(1) if path.stem == 'x' else read(path, *rest, **options)\n"
        "reading.read_file = read_or_die\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(Path(portgauge.__file__).parents[1])]))
    (codebase / "x.cu").write_text(CODE.upper().replace("CUDAFREE", "cudaFree"))

    outcome = command("scan", codebase, "-o", "-", "-f", "json", "-j", "1")

    assert outcome.code == 4
    assert "only 50.0% of the CUDA bytes could be read" in outcome.err
    (problem,) = outcome.document["coverage"]["problems"]
    assert (problem["path"], "it stopped the process that read it" in problem["reason"]) == ("x.cu", True)
    assert [finding["path"] for finding in outcome.document["findings"]] == ["a.cu"]


# Rules -----------------------------------------------------------------------------------------------


@pytest.fixture
def few_rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    shutil.copytree(rules_folder(), folder)
    shutil.rmtree(folder / "ptx")
    for path in (folder / "api").iterdir():
        if path.stem not in ("_family", "nvvm"):
            path.unlink()
    return folder


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.slow
def test_the_shipped_rules_pass(command: Command) -> None:
    outcome = command("rules", "check")

    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.endswith(" 0 defects\n")


def test_broken_rules_are_named_each_on_one_line_of_stderr(command: Command, few_rules: Path) -> None:
    change(few_rules / "patterns/warp/mask-literal.yaml", "shape: call", "shape: cal")
    change(few_rules / "patterns/guard/cuda-arch.yaml", "why: |", "wy: |")

    outcome = command("rules", "check", "--rules", few_rules)

    assert (outcome.code, outcome.out) == (2, "")
    assert [line.split(":")[0] for line in outcome.err.splitlines()] == [
        "rules/patterns/guard/cuda-arch.yaml",
        "rules/patterns/warp/mask-literal.yaml",
    ]


def test_an_example_that_does_not_behave_is_a_defect(command: Command, few_rules: Path) -> None:
    change(
        few_rules / "patterns/warp/mask-literal.yaml",
        '- "// __shfl_down_sync(0xffffffff, v, 16)"',
        '- "__global__ void k(int v) { v = __any_sync(0xffffffff, v); }"',
    )

    outcome = command("rules", "check", "--rules", few_rules)

    assert outcome.code == 2
    # A few other examples look up names of tables that the copy does not have.
    complaints = outcome.err.splitlines()
    (complaint,) = (line for line in complaints if "warp/mask-literal" in line)
    assert complaint.startswith("rules/patterns/warp/mask-literal.yaml:")
    assert "matches its `no_match` example" in complaint
    assert outcome.out.endswith(f" {len(complaints)} defects\n")


def test_rules_are_listed_with_their_titles(command: Command, few_rules: Path) -> None:
    outcome = command("rules", "list", "--rules", few_rules)

    assert (outcome.code, outcome.err) == (0, "")
    assert "warp/mask-literal             32-bit lane mask passed to a *_sync builtin\n" in outcome.out
