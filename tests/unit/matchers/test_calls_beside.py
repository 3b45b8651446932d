"""Calls in files in which no word of CUDA stands, beside files that hold CUDA code."""

from pathlib import Path, PurePosixPath

import pytest

from portgauge.matchers.kept import KeptFacts
from portgauge.model.analysis import Inventory
from portgauge.model.component import EdgeKind, Reading
from portgauge.pipeline import take_inventory
from portgauge.resources import rules_folder
from portgauge.rulebook.artifact import load_cached
from portgauge.rulebook.rulebook import Rulebook

WRAPPER = """__global__ void k(int *p) { *p = 1; }
void log_it(int n);
void run_it(int *p) { k<<<1, 1>>>(p); log_it(2); }
"""
CALLER = "void run_it(int *p);\n\nint main() { int n; run_it(&n); return n; }\n"
FILLING = {f"cpu__f{number}_c": "int t[] = {" + "1, " * 20_000 + "};\n" for number in range(3)}
"""More than is parsed for its calls alone."""


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_cached(rules_folder(), tool_version="test")


def inventory(root: Path, rulebook: Rulebook, kept: KeptFacts | None = None, **files: str) -> Inventory:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return take_inventory(root, rulebook=rulebook, rules_path=rules_folder(), worker_count=1, kept=kept)


def calls(found: Inventory) -> list[tuple[str, str, int]]:
    return [(e.source, e.target, e.evidence[0][1]) for e in found.edges if e.kind is EdgeKind.CALL and "." in e.source]


def test_calls_to_and_from_a_file_without_a_word_of_cuda_are_edges(tmp_path: Path, rulebook: Rulebook) -> None:
    found = inventory(tmp_path, rulebook, a_cu=WRAPPER, main_cpp=CALLER, log_c="void log_it(int n) {}\n")

    assert calls(found) == [("a.cu", "log.c", 3), ("main.cpp", "a.cu", 3)]
    assert {str(f.path): (f.reading, f.is_cuda) for f in found.files} == {
        "a.cu": (Reading.PARSED, True),
        "log.c": (Reading.SEARCHED, False),
        "main.cpp": (Reading.SEARCHED, False),
    }
    assert found.problems == ()


def test_in_a_large_codebase_a_file_far_from_cuda_code_is_only_searched(tmp_path: Path, rulebook: Rulebook) -> None:
    assert calls(inventory(tmp_path, rulebook, a_cu=WRAPPER, far__away__main_cpp=CALLER, **FILLING)) == []


def test_a_large_file_is_only_searched(tmp_path: Path, rulebook: Rulebook) -> None:
    large = CALLER + "int table[] = {" + "1, " * 40_000 + "};\n"

    assert calls(inventory(tmp_path, rulebook, a_cu=WRAPPER, large_cpp=large)) == []


def test_in_a_small_codebase_all_files_count_whatever_they_are_called(tmp_path: Path, rulebook: Rulebook) -> None:
    found = inventory(tmp_path, rulebook, far__away__main_cpp=CALLER, a_cpp="#include <cuda_runtime.h>\n" + WRAPPER)

    assert calls(found) == [("far/away/main.cpp", "a.cpp", 3)]


def test_in_a_small_codebase_the_folders_around_cuda_code_count_too(tmp_path: Path, rulebook: Rulebook) -> None:
    found = inventory(tmp_path, rulebook, gpu__a_cu=WRAPPER, main_cpp=CALLER, cpu__log_c="void log_it(int n) {}\n")

    assert calls(found) == [("gpu/a.cu", "cpu/log.c", 3), ("main.cpp", "gpu/a.cu", 3)]


def test_in_a_large_codebase_only_the_folder_of_cuda_code_counts(tmp_path: Path, rulebook: Rulebook) -> None:
    assert calls(inventory(tmp_path, rulebook, gpu__a_cu=WRAPPER, main_cpp=CALLER, **FILLING)) == []


def test_what_is_kept_of_a_file_far_from_cuda_code_is_not_taken_for_one_beside(
    tmp_path: Path, rulebook: Rulebook
) -> None:
    kept = KeptFacts(rulebook, folder=None)

    first = inventory(tmp_path / "one", rulebook, kept, far__away__main_cpp=CALLER, a_cu=WRAPPER, **FILLING)
    second = inventory(tmp_path / "two", rulebook, kept, main_cpp=CALLER, a_cu=WRAPPER)

    assert (calls(first), calls(second)) == ([], [("main.cpp", "a.cu", 3)])
    assert [file.path for file in second.files] == [PurePosixPath("a.cu"), PurePosixPath("main.cpp")]
