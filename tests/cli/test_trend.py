"""``portgauge trend`` from outside: a real repository walked, and a history that was recorded."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gits import git
from pypdf import PdfReader
from running import Command

from portgauge import pipeline
from portgauge.cli import _scanning, _walking
from portgauge.graph import memory
from portgauge.model.analysis import Analysis, Inventory
from portgauge.pipeline import judge_inventory

pytest.importorskip("pygit2")
CUDA = "void f(int *p) { cudaMalloc(&p, 4); cudaFree(p); }\n"
PORTED = f"#ifdef USE_HIP\n#define cudaMalloc hipMalloc\n#define cudaFree hipFree\n#endif\n{CUDA}"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Six commits, each a month after the other; v1 to v3 are tags, the second on a branch of its own."""
    root = tmp_path / "solver"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    for month, (text, tag) in enumerate(
        [(CUDA, "v1"), (CUDA + "// note\n", ""), (CUDA + CUDA.replace("f(", "g("), ""), (CUDA, ""), (PORTED, "v3")],
        start=1,
    ):
        (root / "a.cu").write_text(text)
        commit(root, f"2026-0{month}-01", tag)
    git(root, "checkout", "-q", "-b", "release", "HEAD~3")
    (root / "b.cu").write_text("void h() { cudaDeviceReset(); }\n")
    commit(root, "2026-03-15", "v2")
    git(root, "checkout", "-q", "main")
    return root


def commit(root: Path, day: str, tag: str) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", "x", date=f"{day}T12:00:00+0000")
    if tag:
        git(root, "tag", tag)


def steps_of(command: Command, *arguments: object) -> list[dict[str, object]]:
    outcome = command("trend", *arguments, "-o", "-", "-f", "json")
    assert outcome.code == 0, outcome.err
    steps: list[dict[str, object]] = outcome.document["steps"]
    return steps


def test_tags_are_points_also_those_on_release_branches(command: Command, repository: Path) -> None:
    steps = steps_of(command, repository, "--git", "v1..main")

    assert [step["label"] for step in steps] == ["v1", "v2", "v3"]
    assert [str(step["at"])[:10] for step in steps] == ["2026-01-01", "2026-03-15", "2026-05-01"]


def test_every_second_commit_is_counted_from_the_newest(command: Command, repository: Path) -> None:
    steps = steps_of(command, repository, "--git", "main", "--every", "2")

    assert [str(step["at"])[:7] for step in steps] == ["2026-01", "2026-03", "2026-05"]


def test_what_came_and_went_is_counted_between_points(command: Command, repository: Path) -> None:
    steps = steps_of(command, repository, "--git", "v1..main", "--every", "1")

    assert [(step["added"], step["fixed"]) for step in steps[:4]] == [(0, 0), (0, 0), (2, 0), (0, 2)]


def test_each_point_has_the_components_of_its_own_build_files(command: Command, repository: Path) -> None:
    for day, name in ((1, "one"), (2, "two"), (3, "two")):
        (repository / "CMakeLists.txt").write_text(f"project(p LANGUAGES CXX CUDA)\nadd_library({name} a.cu)\n")
        (repository / "a.cu").write_text(CUDA * day)
        commit(repository, f"2026-06-{day:02d}", "")

    outcome = command("trend", repository, "--git", "main~2..main", "--every", "1", "-o", "-", "-f", "json")

    movers = {mover["name"]: mover for mover in outcome.document["movers"]}
    assert (movers["one"]["last_p50"], movers["two"]["first_p50"]) == (0, 0)
    assert "solver on gfx942 (HIPIFY first), 3 points" in outcome.document["summary"]
    steps = outcome.document["steps"]
    moved = sum(mover["last_p50"] - mover["first_p50"] for mover in movers.values())
    assert moved == pytest.approx(steps[-1]["hours_p50"] - steps[0]["hours_p50"], abs=1e-4)


def test_the_share_on_an_amd_path_holds_neither_dead_code_nor_another_backend(
    command: Command, repository: Path
) -> None:
    (repository / "dead.cu").write_text(f"#if 0\n{CUDA}#endif\n")
    (repository / "branch.cu").write_text("#ifndef __HIP_PLATFORM_AMD__\nvoid b() { cudaDeviceReset(); }\n#endif\n")
    (repository / "other.cpp").write_text(
        "#include <sycl/sycl.hpp>\nvoid g(sycl::queue& q) { q.submit([](sycl::handler& h) {}); cudaDeviceReset(); }\n"
    )
    commit(repository, "2026-06-01", "v4")

    before, after = steps_of(command, repository, "--git", "v3..v4")

    assert (before["covered"], after["covered"]) == (0, 1)
    assert before["open"] == after["open"]


def test_a_renamed_file_is_no_new_work(command: Command, repository: Path) -> None:
    git(repository, "mv", "a.cu", "z.cu")
    commit(repository, "2026-06-01", "v4")

    (_, last) = steps_of(command, repository, "--git", "v3..v4")

    assert (last["added"], last["fixed"]) == (0, 0)


def test_a_point_that_is_like_the_one_before_is_not_judged_again_and_shows_the_same(
    command: Command, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for month, text in enumerate(("int a;\n", "int b;\n", "int b; // note\n"), start=6):
        (repository / "plain.cpp").write_text(text)
        commit(repository, f"2026-0{month}-01", "")
    judged: list[object] = []

    def judge(inventory: Inventory, **rest: Any) -> Analysis:
        judged.append(inventory)
        return judge_inventory(inventory, **rest)

    monkeypatch.setattr(_scanning, "judge_inventory", judge)
    quick = steps_of(command, repository, "--git", "v3..main", "--every", "1")
    once = len(judged)
    monkeypatch.setattr(_scanning, "judged_parts", lambda inventory: object())
    anew = steps_of(command, repository, "--git", "v3..main", "--every", "1")

    assert (once, len(judged) - once) == (2, 4)
    assert quick == anew


_REVISIONS: tuple[dict[str, str], ...] = (
    {
        "CMakeLists.txt": 'option(FAST "" ON)\nif(FAST)\nadd_library(fast fast.cu)\nendif()\n'
        "add_library(base run.cu main.cpp)\n",
        "fast.cu": '#include "run.h"\nvoid fast() { cudaDeviceReset(); run(); }\n',
        "run.cu": '#include "run.h"\n__global__ void k(int *p) { *p = warpSize; }\nvoid run() { k<<<1, 32>>>(0); }\n',
        "run.h": "void run();\n",
        "main.cpp": '#include "run.h"\nint main() { run(); }\n',
    },
    {"main.cpp": '// a line more\n#include "run.h"\nint main() { run(); }\n'},
    {"fast.cu": '#include "run.h"\n\nvoid fast() {\n cudaDeviceReset();\n run(); }\n'},
    {"run.cu": '#include "run.h"\nvoid run() { k<<<1, 32>>>(0); }\n__global__ void k(int *p) { *p = warpSize; }\n'},
    {"main.cpp": "int main() { return 0; }\n"},
    {"fast.cu": '#include "other.h"\nvoid fast() { cudaDeviceReset(); run(); }\n', "other.h": "inline void run() {}\n"},
    {"fast.cu": '#include "part.cuh"\nvoid fast() { part(); }\n', "part.cuh": "inline void part() { cudaFree(0); }\n"},
    {"run.cu": '#include "run.h"\n#include "part.cuh"\nvoid run() { part(); cudaDeviceReset(); }\n'},
    {"run.cu": '#include "run.h"\nvoid run() { cudaFree(0);\ncudaDeviceReset(); }\n'},
    {
        "CMakeLists.txt": 'option(FAST "" ON)\nadd_library(fast fast.cu)\n'
        "if(FAST)\nadd_library(base run.cu main.cpp)\nendif()\n"
    },
    {"CMakeLists.txt": "add_library(fast fast.cu)\nadd_library(base run.cu main.cpp)\n"},
    {"CMakeLists.txt": "add_library(fast run.cu)\nadd_library(base fast.cu main.cpp)\n"},
    {"run.h": "void run();\ninline int cudaDeviceReset() { return 0; }\n"},
    {"fast.cu": "#include <cublas_v2.h>\nvoid fast(cublasHandle_t h) { cublasCreate(&h); }\n"},
    {"fast.cu": "", "run.cu": '#include "run.h"\n__global__ void k(int *p) {}\nvoid run() {}\n'},
)
"""What each revision writes; each takes away or moves something that the one before had."""


def test_each_point_is_what_a_scan_of_that_revision_alone_finds(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "solver"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    for day, files in enumerate(_REVISIONS, start=1):
        for name, text in files.items():
            (root / name).write_text(text)
        commit(root, f"2026-06-{day:02d}", "")
    found: list[Inventory] = []

    def inventory_of(*arguments: Any, **rest: Any) -> Inventory:
        found.append(pipeline.inventory_of(*arguments, **rest))
        return found[-1]

    def answer(_: object, __: object, work: Callable[[], object]) -> object:
        return work()

    def answers(_: object, questions: dict[Any, Any], work: Callable[[Any, Any], object]) -> dict[Any, object]:
        return {name: work(name, question) for name, question in questions.items()}

    monkeypatch.setattr(_scanning, "inventory_of", inventory_of)
    steps_of(command, root, "--git", "main", "--every", "1")
    walked = {inventory.revision: inventory for inventory in found}
    found.clear()
    monkeypatch.setattr(memory.LastAnswer, "to", answer)
    monkeypatch.setattr(memory.LastAnswers, "to", answers)
    for back in reversed(range(len(_REVISIONS))):
        steps_of(command, root, "--git", f"main~{back}..main~{back}")

    alone = {inventory.revision: inventory for inventory in found}
    assert len(walked) == len(_REVISIONS)
    assert walked == alone


def test_the_walk_leaves_the_work_tree_and_the_repository_as_they_were(command: Command, repository: Path) -> None:
    before = {path: path.read_bytes() for path in repository.rglob("*") if path.is_file()}

    steps_of(command, repository, "--git", "main", "--every", "1")

    assert {path: path.read_bytes() for path in repository.rglob("*") if path.is_file()} == before


def test_walked_points_can_be_recorded_once_and_shown_again(command: Command, repository: Path, tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'history.db'}"
    walked = steps_of(command, repository, "--git", "v1..main", "--record", "--store", store)
    again = command("trend", repository, "--git", "v1..main", "--record", "--store", store, "-q")

    recorded = steps_of(command, repository, "--store", store)

    assert "0 of 3 points recorded" in again.err
    assert recorded == walked


def test_a_bare_repository_and_a_subfolder_can_be_walked(command: Command, repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(repository), "bare.git")
    assert len(steps_of(command, tmp_path / "bare.git", "--git", "v1..main")) == 3

    (repository / "deep").mkdir()
    git(repository, "mv", "a.cu", "deep/a.cu")
    commit(repository, "2026-06-01", "")
    (step,) = steps_of(command, repository / "deep", "--git", "main..main")
    assert step["cuda_files"] == 1


def test_a_bare_repository_that_lost_its_configuration_is_walked_whole(
    command: Command, repository: Path, tmp_path: Path
) -> None:
    (tmp_path / "mirror").mkdir()
    git(tmp_path, "clone", "-q", "--bare", str(repository), "mirror/objects")
    (tmp_path / "mirror" / "objects" / "config").unlink()

    outcome = command("trend", tmp_path / "mirror" / "objects", "--git", "v1..main", "-o", "-", "-f", "json")

    assert outcome.code == 0, outcome.err
    assert (outcome.document["codebase"], len(outcome.document["steps"])) == ("objects", 3)


def test_a_shallow_clone_is_walked_as_far_as_it_goes_and_says_so(
    command: Command, repository: Path, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "-q", "--depth", "2", "--no-tags", f"file://{repository}", "shallow")
    outcome = command("trend", tmp_path / "shallow", "--git", "HEAD", "--every", "1")

    assert outcome.code == 0
    assert "2 points" in outcome.out
    assert "The clone is shallow" in outcome.out
    missing = command("trend", tmp_path / "shallow", "--git", "v1..HEAD")
    assert (missing.code, "git fetch --unshallow" in missing.err) == (2, True)


def test_the_code_of_submodules_is_said_to_be_missing(command: Command, repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--no-local", str(repository), "inner")
    git(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path / "inner"), "lib")
    commit(repository, "2026-06-01", "v4")

    outcome = command("trend", repository, "--git", "v1..v4")

    assert outcome.code == 0, outcome.err
    assert "\nsubmodule `lib` is another repository; its code was not looked at." in outcome.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--git", ""), "--git '' is no range"),
        (("--git", "v9..main"), "no commit 'v9' in this repository"),
        (("--git", "v3..v1"), "comes after"),
        (("--git", "v1...main"), "is no range; expected one such as v1.0..HEAD"),
        (("--git", "main", "--every", "0"), "--every is '0'; expected a number of commits such as 10, or tags"),
        (("--record",), "--record adds the points of --git"),
    ],
)
def test_what_cannot_be_walked_is_refused(
    command: Command, repository: Path, arguments: tuple[str, ...], said: str
) -> None:
    outcome = command("trend", repository, *arguments)

    assert outcome.code == 2
    assert said in outcome.err


def test_a_huge_walk_is_refused_with_its_cost_unless_it_is_wanted(
    command: Command, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_walking, "MAX_POINTS", 4)

    refused = command("trend", repository, "--git", "main", "--every", "1")
    wanted = command("trend", repository, "--git", "main", "--every", "1", "--yes", "-q")

    assert (refused.code, wanted.code) == (2, 0)
    assert re.search(r"5 points would be judged, about \d+ minutes .* go on with --yes", refused.err)


def test_a_folder_without_history_says_how_to_begin(
    command: Command, codebase: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(codebase)
    outcome = command("trend")

    assert outcome.code == 2
    assert "there is no history yet; record one with `portgauge scan PATH --record`" in outcome.err
    assert not (codebase / ".portgauge").exists()


def test_the_only_history_of_a_store_is_shown_for_a_clone_of_another_name_and_said_to_be(
    command: Command, repository: Path, codebase: Path, tmp_path: Path
) -> None:
    store = f"sqlite:///{tmp_path / 'history.db'}"
    command("trend", repository, "--git", "v1..main", "--record", "--store", store, "-q")

    other, own = command("trend", codebase, "--store", store), command("trend", repository, "--store", store)

    said = f"The store has no history of {codebase.name}; this is that of solver, the only one in it."
    assert (said in other.out, said in own.out) == (True, False)


def _fills(pdf: Path) -> set[str]:
    """Return the colours that something in a PDF is filled with."""
    drawn = "\n".join(page.get_contents().get_data().decode("latin-1") for page in PdfReader(pdf).pages)
    fills = re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) rg", drawn)
    return {"#" + "".join(f"{round(float(part) * 255):02x}" for part in fill) for fill in fills}


def test_every_form_shows_the_same_points_and_needs_nothing_from_anywhere(
    command: Command, repository: Path, tmp_path: Path
) -> None:
    git(repository, "tag", "<b>bold", "HEAD~1")
    outputs = [tmp_path / f"trend.{form}" for form in ("html", "pdf", "csv")]

    outcome = command(
        "trend", repository, "--git", "v1..main", *(part for path in outputs for part in ("-o", path)), "-q"
    )

    assert outcome.code == 0, outcome.err
    page = outputs[0].read_text()
    assert "&lt;b&gt;bold" in page
    assert "<b>bold" not in page
    assert "default-src 'none'" in page
    assert not re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?http""", page)
    assert page.count('<svg viewBox="0 0 960') == 2
    assert outputs[1].read_bytes().startswith(b"%PDF-")
    assert _fills(outputs[1]) >= {"#1f4b5c", "#5f9bab"}, "the areas of change and verify are drawn in their colours"
    rows = list(csv.DictReader(io.StringIO(outputs[2].read_text())))
    assert [row["label"] for row in rows] == ["v1", "v2", "<b>bold", "v3"]
    assert all(float(row["hours_p50"]) > 0 for row in rows)


def test_a_recorded_scan_draws_what_was_recorded_before_and_keeps_it_when_saved(
    command: Command, repository: Path, tmp_path: Path
) -> None:
    store = f"sqlite:///{tmp_path / 'history.db'}"
    page, saved, again, hidden = (tmp_path / name for name in ("a.html", "a.json", "again.html", "hidden.json"))
    first = command("scan", repository, "--record", "--store", store, "-q", "-o", page)
    assert (first.code, 'id="history"' in page.read_text()) == (0, False)
    (repository / "a.cu").write_text(CUDA * 3)
    commit(repository, "2026-07-01", "secret-release")

    command("scan", repository, "--record", "--store", store, "-q", "-o", page, "-o", saved)
    command("report", saved, "-q", "-o", again)
    command("report", saved, "-q", "--redact", "-o", hidden)

    assert 'id="history"' in page.read_text()
    assert [point["label"] for point in json.loads(saved.read_text())["history"]] == ["v3", "secret-release"]
    assert again.read_bytes() == page.read_bytes()
    assert "secret-release" not in hidden.read_text()


def test_reports_are_written_when_the_history_cannot_be(command: Command, repository: Path, tmp_path: Path) -> None:
    (tmp_path / "history.db").write_bytes(b"no database at all" * 100)
    store = f"sqlite:///{tmp_path / 'history.db'}"

    outcome = command("scan", repository, "--record", "--store", store, "-q", "-o", tmp_path / "a.html")

    assert outcome.code == 2
    assert "move it away and record anew" in outcome.err
    assert (tmp_path / "a.html").exists()
