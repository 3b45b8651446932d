"""``scan --what-if SETTING=VALUE``: differences beside a report that stays as it is."""

from pathlib import Path

import pytest
from running import Command

CODE = """\
#include <cuda_runtime.h>
__global__ void add(float* p) { int lane = threadIdx.x & 31; p[threadIdx.x] += __shfl_down_sync(~0u, p[lane], 1); }
#ifdef WITH_POOL
void pool(void** p, cudaStream_t s) { cudaMallocAsync(p, 4, s); }
#endif
"""


@pytest.fixture
def pooled(tmp_path: Path) -> Path:
    (tmp_path / "pool.cu").write_text(CODE)
    return tmp_path


def test_each_what_if_is_a_difference_and_the_report_stays(scan_json: Command, pooled: Path) -> None:
    asked = ("rocm=5.0", "target=gfx1100", "tests=yes", "without=WITH_POOL")

    plain = scan_json(pooled, "-t", "gfx942").document
    found = scan_json(pooled, "-t", "gfx942", *(word for each in asked for word in ("--what-if", each))).document

    differences = {each["setting"]: each for each in found["what_ifs"]}
    assert [(each["setting"], each["instead_of"], each["value"], each["without"]) for each in found["what_ifs"]] == [
        ("rocm", "10.0", "5.0", []),
        ("target", "gfx942", "gfx1100", []),
        ("tests", "no", "yes", []),
        ("without", "", "", ["WITH_POOL"]),
    ]
    # hipMallocAsync came with ROCm 5.2; gfx1100 runs 32 lanes, as the kernel expects; untested kernels cost more proof.
    assert differences["rocm"]["hours"]["after"]["p50"] > differences["rocm"]["hours"]["before"]["p50"]
    for cheaper in ("target", "tests", "without"):
        assert differences[cheaper]["hours"]["after"]["p50"] < differences[cheaper]["hours"]["before"]["p50"], cheaper
    assert (plain["estimate"], plain["findings"]) == (found["estimate"], found["findings"])
    assert (plain["what_if"], plain["what_ifs"]) == (None, [])


@pytest.mark.parametrize(
    ("setting", "value", "option"),
    [
        ("rocm", "5.0", "--rocm"),
        ("target", "gfx1100", "-t"),
        ("tests", "yes", "--tests"),
        ("without", "WITH_POOL", "--without"),
    ],
)
def test_a_what_if_has_the_hours_of_a_scan_that_asks_for_it(
    setting: str, value: str, option: str, scan_json: Command, pooled: Path
) -> None:
    difference = scan_json(pooled, "--what-if", f"{setting}={value}").document["what_ifs"][0]
    asked = scan_json(pooled, option, value).document

    target = asked["settings"]["targets"]["value"][0]
    total = asked["estimate"][target]["hipify"]["total"]
    assert difference["hours"]["after"] == total


def test_a_what_if_compares_with_what_is_left(scan_json: Command, pooled: Path) -> None:
    found = scan_json(pooled, "--without", "WITH_POOL", "--what-if", "rocm=5.0").document
    asked = scan_json(pooled, "--without", "WITH_POOL", "--rocm", "5.0").document

    assert found["what_if"]["without"] == ["WITH_POOL"]
    assert found["what_ifs"][0]["hours"]["before"] == found["what_if"]["hours"]["after"]
    assert found["what_ifs"][0]["hours"]["after"] == asked["estimate"]["gfx942"]["hipify"]["total"]


def test_the_terminal_says_what_would_be_otherwise(command: Command, pooled: Path, without_workers: None) -> None:
    outcome = command("scan", pooled, "--what-if", "tests=yes", "--what-if", "rocm=5.0", "--what-if", "tests=no")

    said = " ".join(outcome.out.split())
    assert "With tests that reach the kernels, written first (the hours to write them are not in it): " in said
    assert "With ROCm 5.0 instead of 10.0: " in said
    assert "Without tests that reach the kernels, as now: " in said


def test_what_cannot_be_left_out_is_named(command: Command, pooled: Path, without_workers: None) -> None:
    outcome = command("scan", pooled, "-q", "--what-if", "without=WITH_POL")

    assert (outcome.code, outcome.out) == (2, "")
    assert "'WITH_POL' cannot be left out" in outcome.err
    assert "did you mean WITH_POOL" in outcome.err


def test_a_version_that_the_rules_do_not_know_yet_is_said(scan_json: Command, pooled: Path) -> None:
    said = scan_json(pooled, "--rocm", "99.1", "--what-if", "rocm=42", "--what-if", "rocm=6.4").err

    assert "--rocm 99.1: the newest that the rules know is 10.0; judged as that" in said
    assert "--what-if rocm=42: the newest" in said
    assert "rocm=6.4" not in said
