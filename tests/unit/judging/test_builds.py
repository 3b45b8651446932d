"""The fixed price of a build holds one build system; a second one keeps its prices."""

from builders import make_finding
from portgauge.judging.builds import COVERED_CLASS, price_one_build
from portgauge.model.finding import Finding
from portgauge.rulebook.rulebook import Rulebook


def of(signal: str, system: str, effort: str, line: int) -> Finding:
    return make_finding(
        rule_id=f"build/{signal}", effort_class=effort, line=line, path="file", facts=(("format", system),)
    )


def test_the_system_with_most_work_is_the_one_that_the_fixed_price_holds(rulebook: Rulebook) -> None:
    findings = [
        of("enable-cuda-language", "cmake", "build-small", 1),
        of("separable-compilation", "cmake", "build-medium", 2),
        of("nvcc-call", "make", "build-small", 3),
    ]

    priced = price_one_build(findings, rulebook=rulebook)

    assert [finding.effort_class for finding in priced] == [COVERED_CLASS, COVERED_CLASS, "build-small"]


def test_a_signal_counts_once_however_often_it_stands(rulebook: Rulebook) -> None:
    makes = [of("nvcc-call", "make", "build-small", line) for line in range(1, 6)]
    findings = [*makes, of("separable-compilation", "cmake", "build-medium", 9)]

    priced = price_one_build(findings, rulebook=rulebook)

    assert [finding.effort_class for finding in priced] == ["build-small"] * 5 + [COVERED_CLASS]


def test_scripts_belong_to_whatever_builds_the_project(rulebook: Rulebook) -> None:
    findings = [of("nvcc-call", "shell", "build-small", 1), of("torch-arch-list", "ci", "build-trivial", 2)]

    assert {finding.effort_class for finding in price_one_build(findings, rulebook=rulebook)} == {COVERED_CLASS}


def test_what_is_no_build_keeps_its_price(rulebook: Rulebook) -> None:
    findings = [of("gpus-flag", "shell", "deploy-small", 1), make_finding(effort_class="api-rename")]

    assert price_one_build(findings, rulebook=rulebook) == tuple(findings)
