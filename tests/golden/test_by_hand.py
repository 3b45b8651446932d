"""Grade and portability of a sample, worked out from its findings as a reader of the JSON would."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from portgauge.pipeline import analyse
from portgauge.reporting.formats import FORMATS, RenderOptions

ROOT = Path(__file__).resolve().parents[2]
TARGET, MODE = "gfx942", "hipify"


@pytest.fixture(scope="module", params=["cmake-library", "make-program", "torch-extension"])
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    analysis = analyse(ROOT / "samples" / request.param, targets=(TARGET,))
    loaded: dict[str, Any] = json.loads(FORMATS["json"].render(analysis, RenderOptions()))
    return loaded


@pytest.fixture(scope="module")
def prices() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "rules" / "effort.yaml").read_text(encoding="utf-8"))
    return loaded


def test_the_grade_is_that_of_the_most_hours_by_hand(document: dict[str, Any], prices: dict[str, Any]) -> None:
    minutes: dict[str, float] = defaultdict(float)
    for finding in document["findings"]:
        judged = finding["targets"][TARGET]
        minutes[prices["classes"][judged["effort_class"]]["grade"]] += judged["minutes"][MODE]["p50"]
    # The build, half of CI as nothing goes upstream, and each file with CUDA code: all three are renames and build.
    fixed = prices["fixed"]
    minutes["A"] += 60 * (fixed["build-system"][MODE][0] + fixed["ci-packaging"][MODE][0] / 2)
    minutes["A"] += 60 * fixed["gpu-file"][MODE][0] * document["codebase"]["cuda_files"]
    blocked = document["verdicts"][0]["verdict"] == "blocked"

    by_hand = "E" if blocked else max(sorted(minutes), key=lambda grade: minutes[grade])

    assert document["verdicts"][0]["grade"] == by_hand


def test_portability_is_the_share_of_lines_in_files_without_hard_findings_by_hand(
    document: dict[str, Any], prices: dict[str, Any]
) -> None:
    hard = set()
    for finding in document["findings"]:
        judged = finding["targets"][TARGET]
        is_hard = judged["blocker"] or prices["classes"][judged["effort_class"]]["grade"] in ("C", "D", "E")
        if is_hard and judged["covered_by"] is None:
            hard.add(finding["path"])
    lines = {file["path"]: file["code_lines"] for file in document["inventory"]["files"] if file["is_cuda"]}

    def share(paths: set[str]) -> int:
        return round(100 * sum(lines[path] for path in paths - hard) / sum(lines[path] for path in paths))

    assert document["verdicts"][0]["portability"] == share(set(lines))
    for component in document["components"]:
        own = set(component["files"]) & set(lines)
        if own and sum(lines[path] for path in own):
            assert component["portability"] == share(own)
    if document["codebase"]["name"] == "cmake-library":
        assert set() < hard & set(lines) < set(lines)


def test_a_kernel_costs_the_places_in_it_and_its_proof_by_hand(
    document: dict[str, Any], prices: dict[str, Any]
) -> None:
    each_proof = prices["fixed"]["kernel-validation"][MODE][0]
    has_tests = any(file["standing"] == "test" for file in document["inventory"]["files"])
    each_proof *= 1 if has_tests else prices["factors"]["validation_without_tests"]

    for kernel in document["kernels"]:
        lines = range(kernel["line"], kernel["end_line"] + 1)
        inside = [f for f in document["findings"] if f["path"] == kernel["path"] and f["line"] in lines]
        change = sum(finding["targets"][TARGET]["minutes"][MODE]["p50"] for finding in inside) / 60
        assert kernel["hours"]["p50"] == pytest.approx(change + each_proof, abs=1e-3)
