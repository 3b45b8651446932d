"""Findings, files and kernels times their prices: lines that add up to totals."""

import math
from pathlib import PurePosixPath

import pytest

from builders import (
    make_component,
    make_file,
    make_finding,
    make_hours,
    make_inventory,
    make_kernel,
    make_library_use,
    make_line,
    make_settings,
    make_target,
)
from portgauge.effort.combine import combine_hours
from portgauge.effort.estimator import estimate_all, grade_of
from portgauge.errors import UserError
from portgauge.model.component import Standing
from portgauge.model.estimate import Block, Estimate, EstimateLine, Hours
from portgauge.model.finding import Finding
from portgauge.model.rule import Mode
from portgauge.rulebook.rulebook import Rulebook

SOLVER, OTHER = "src/solver.cu", "src/other.cu"


def whole(
    rulebook: Rulebook,
    findings: tuple[Finding, ...] = (),
    *,
    mode: Mode = Mode.HIPIFY,
    component: str | None = None,
    has_amd_path: bool = False,
    blocked: frozenset[str] = frozenset(),
    elsewhere: frozenset[PurePosixPath] = frozenset(),
    settings: dict[str, object] | None = None,
    **inventory: object,
) -> Estimate:
    """Return one estimate of a codebase of two files in two components."""
    parts: dict[str, object] = {
        "files": (make_file(SOLVER), make_file(OTHER)),
        "components": (
            make_component("solver", files=(PurePosixPath(SOLVER),)),
            make_component("other", files=(PurePosixPath(OTHER),)),
        ),
        "kernels": (),
    }
    estimates = estimate_all(
        make_inventory(**(parts | inventory)),
        findings,
        effort=rulebook.effort,
        settings=make_settings(**(settings or {})),
        targets=(make_target(),),
        has_amd_path=has_amd_path,
        blocked=blocked,
        elsewhere=elsewhere,
    )
    (found,) = (e for e in estimates if (e.mode, e.component) == (mode, component))
    return found


def line(estimate: Estimate, effort_class: str) -> EstimateLine:
    """Return the first line of a class; one for further places of its rules may follow."""
    return next(line for line in estimate.lines if line.effort_class == effort_class)


def further(estimate: Estimate, effort_class: str) -> EstimateLine:
    _, found = (line for line in estimate.lines if line.effort_class == effort_class)
    return found


def classes(estimate: Estimate) -> set[str]:
    return {line.effort_class for line in estimate.lines}


# Sites -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", Mode)
def test_sites_of_a_class_are_one_line_at_the_price_of_the_mode(mode: Mode, rulebook: Rulebook) -> None:
    findings = tuple(make_finding(effort_class="warp-site", line=number) for number in (1, 2, 3))

    found = line(whole(rulebook, findings, mode=mode), "warp-site")

    each = rulebook.effort.classes["warp-site"].minutes(mode)
    assert (found.units, found.component, found.block) == (3, "solver", Block.CHANGE)
    assert found.reason == "warp-size dependent code, 3 sites"
    assert found.hours.p50 == pytest.approx(3 * each.p50 / 60)
    assert found.fingerprints == tuple(finding.site.fingerprint for finding in findings)


def test_the_three_modes_have_prices_of_their_own(rulebook: Rulebook) -> None:
    findings = (make_finding(effort_class="api-rename"),)

    manual, hipify, agent = (whole(rulebook, findings, mode=mode).total.p50 for mode in Mode)

    assert manual > hipify > agent > 0


def test_the_first_of_a_kind_is_dear_and_its_repeats_are_cheap(rulebook: Rulebook) -> None:
    findings = tuple(
        make_finding(rule_id=rule, line=number, effort_class="api-rewrite")
        for number, rule in enumerate(("a/one", "a/one", "a/two", "a/one"), start=1)
    )

    estimate = whole(rulebook, findings)
    first, repeats = line(estimate, "api-rewrite"), further(estimate, "api-rewrite")

    price = rulebook.effort.classes["api-rewrite"]
    assert 0 < price.repeat < 0.5
    assert (first.units, repeats.units) == (2, 2)
    assert first.fingerprints == (findings[0].site.fingerprint, findings[2].site.fingerprint)
    assert repeats.hours.p50 == pytest.approx(2 * price.hipify.p50 * price.repeat / 60)
    assert repeats.reason == "call with another interface, 2 further places at 5% of the first"


def test_a_price_per_site_has_no_repeats(rulebook: Rulebook) -> None:
    findings = tuple(make_finding(line=number, effort_class="warp-site") for number in (1, 2))

    assert [each.units for each in whole(rulebook, findings).lines if each.effort_class == "warp-site"] == [2]


def test_an_edit_that_is_learnt_once_is_paid_once(rulebook: Rulebook) -> None:
    def findings(effort_class: str) -> tuple[Finding, ...]:
        places = (("a/one", SOLVER, 1), ("a/one", SOLVER, 2), ("a/two", SOLVER, 3), ("a/one", OTHER, 1))
        return tuple(make_finding(rule_id=r, path=p, line=n, effort_class=effort_class) for r, p, n in places)

    def units(effort_class: str, component: str) -> int:
        return line(whole(rulebook, findings(effort_class), component=component), effort_class).units

    assert (units("warp-site", "solver"), units("warp-site", "other")) == (3, 1)
    assert rulebook.effort.classes["ptx-easy"].per == "rule-in-file"
    assert (units("ptx-easy", "solver"), units("ptx-easy", "other")) == (2, 1)
    assert rulebook.effort.classes["api-rewrite"].per == "rule-in-component"
    assert (units("api-rewrite", "solver"), units("api-rewrite", "other")) == (2, 1)


def test_a_rule_in_two_files_of_one_component_is_paid_by_file_or_by_component(rulebook: Rulebook) -> None:
    together = (make_component("both", files=(PurePosixPath(OTHER), PurePosixPath(SOLVER))),)

    def units(effort_class: str) -> int:
        findings = tuple(make_finding(path=path, effort_class=effort_class) for path in (SOLVER, OTHER))
        return line(whole(rulebook, findings, components=together), effort_class).units

    assert (units("ptx-easy"), units("api-rewrite")) == (2, 1)


@pytest.mark.parametrize("free", [{"covered_by": "amd-conditions"}, {"blocker": "optix"}])
def test_what_is_covered_or_decided_has_no_line(free: dict[str, str], rulebook: Rulebook) -> None:
    found = whole(rulebook, (make_finding(effort_class="texture-rewrite", **free),))

    assert found.total.p50 == pytest.approx(whole(rulebook).total.p50)
    assert "texture-rewrite" not in classes(found)


# Lines and totals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", Mode)
def test_lines_add_up_to_blocks_and_components_to_the_whole(mode: Mode, rulebook: Rulebook) -> None:
    findings = (make_finding(effort_class="warp-site"), make_finding(path=OTHER, effort_class="ptx-hard"))
    options = {
        "settings": {"hot_kernels": 1, "upstream": True, "experience": "first"},
        "kernels": (make_kernel(),),
        "libraries": (make_library_use(),),
    }

    total, solver, other = (
        whole(rulebook, findings, mode=mode, component=name, **options) for name in (None, "solver", "other")
    )

    for estimate in (total, solver, other):
        assert estimate.total.p50 == pytest.approx(sum(line.hours.p50 for line in estimate.lines))
        for block, hours in estimate.blocks:
            assert hours.p50 == pytest.approx(sum(each.hours.p50 for each in estimate.lines if each.block is block))
        assert [block for block, _ in estimate.blocks] == list(Block)
    shared = sum(line.hours.p50 for line in total.lines if line.component is None)
    assert total.total.p50 == pytest.approx(shared + solver.total.p50 + other.total.p50)
    assert min(hours.p50 for _, hours in total.blocks) > 0


def test_every_line_is_its_units_times_its_minutes(rulebook: Rulebook) -> None:
    estimate = whole(rulebook, (make_finding(effort_class="warp-site"),), kernels=(make_kernel(),))

    for found in estimate.lines:
        assert found.hours.p50 == pytest.approx(found.units * found.minutes_each.p50 / 60)
        assert found.basis.startswith(("measured:", "judgement:"))


def test_the_range_of_a_whole_is_log_normal_around_its_p50() -> None:
    hours = combine_hours([Hours(p50=1, p90=100), Hours(p50=3, p90=3)], sigma=0.6)

    assert (hours.p50, hours.p90) == (4, pytest.approx(4 * math.exp(1.2816 * 0.6)))
    assert combine_hours([], sigma=0.6) == Hours(p50=0, p90=0)
    with pytest.raises(ValueError, match="sigma is 0"):
        combine_hours([], sigma=0)


# What does not hang on sites -------------------------------------------------------------------------


def test_build_files_and_kernels_are_paid_whatever_is_found(rulebook: Rulebook) -> None:
    found = whole(rulebook, kernels=(make_kernel("a"), make_kernel("b", path=OTHER)))

    assert {"build-system", "ci-packaging", "gpu-file", "kernel-validation", "rework"} == classes(found)
    assert sum(line.units for line in found.lines if line.effort_class == "kernel-validation") == 2


def test_an_amd_path_has_paid_for_build_files_and_kernels(rulebook: Rulebook) -> None:
    found = whole(
        rulebook,
        (make_finding(effort_class="warp-site"),),
        kernels=(make_kernel(),),
        libraries=(make_library_use(),),
        has_amd_path=True,
    )

    assert classes(found) == {"warp-site", "rework"}


def test_code_without_cuda_costs_nothing(rulebook: Rulebook) -> None:
    found = whole(rulebook, files=(make_file("main.cpp", language="c++", is_cuda=False),), components=())

    assert (found.lines, found.total, found.grade) == ((), Hours(p50=0, p90=0), "")


@pytest.mark.parametrize(
    ("tests", "test_file", "factor"), [("auto", False, 3), ("auto", True, 1), ("yes", False, 1), ("no", True, 3)]
)
def test_kernels_without_tests_are_dearer_to_prove_right(
    tests: str, test_file: bool, factor: int, rulebook: Rulebook
) -> None:
    files = (make_file(SOLVER), make_file("tests/t.cpp", standing=Standing.TEST if test_file else Standing.OWN))

    found = line(whole(rulebook, settings={"tests": tests}, files=files, kernels=(make_kernel(),)), "kernel-validation")

    each = rulebook.effort.fixed["kernel-validation"].hours[Mode.HIPIFY].p50
    assert rulebook.effort.validation_without_tests == 3
    assert found.hours.p50 == pytest.approx(each * factor)


def test_rework_is_a_share_of_the_lines_of_its_block(rulebook: Rulebook) -> None:
    estimate = whole(rulebook, (make_finding(effort_class="warp-site"),), component="solver", kernels=(make_kernel(),))

    for block in (Block.CHANGE, Block.VERIFY):
        lines = [line for line in estimate.lines if line.block is block]
        (rework,) = (line for line in lines if line.effort_class == "rework")
        others = sum(line.hours.p50 for line in lines if line is not rework)
        assert rework.hours.p50 == pytest.approx(others * rulebook.effort.rework_share[Mode.HIPIFY])


def test_a_first_port_costs_half_as_much_again(rulebook: Rulebook) -> None:
    findings = (make_finding(effort_class="warp-site"),)

    expert, first = (whole(rulebook, findings, settings={"experience": who}).total.p50 for who in ("expert", "first"))

    assert first == pytest.approx(expert * rulebook.effort.experience_first)


def test_hot_kernels_may_be_named_by_a_pattern(rulebook: Rulebook) -> None:
    kernels = (
        make_kernel("gemm_fast", features=("async-copy",)),
        make_kernel("gemm_slow", features=()),
        make_kernel("reduce", features=("tensor-core",)),
    )

    estimate = whole(rulebook, settings={"hot_kernels": "gemm_*"}, kernels=kernels)

    tuned = {line.effort_class: line.units for line in estimate.lines if line.block is Block.TUNE}
    assert tuned == {"tune-tensor": 1, "tune-simple": 1}
    with pytest.raises(UserError, match=r"--hot-kernels is 'none\*', which no kernel matches; there are 3: gemm_fast"):
        whole(rulebook, settings={"hot_kernels": "none*"}, kernels=kernels)


def test_hot_kernels_are_tuned_tensor_kernels_first_and_no_more_than_there_are(rulebook: Rulebook) -> None:
    kernels = (
        make_kernel("a", features=("tensor-core",)),
        make_kernel("b", features=()),
        make_kernel("c", features=()),
    )

    def tuned(hot: int) -> dict[str, int]:
        estimate = whole(rulebook, settings={"hot_kernels": hot}, kernels=kernels)
        return {line.effort_class: line.units for line in estimate.lines if line.block is Block.TUNE}

    assert tuned(0) == {}
    assert tuned(2) == {"tune-tensor": 1, "tune-simple": 1}
    assert tuned(99) == {"tune-tensor": 1, "tune-simple": 2}


def test_a_library_is_paid_once_however_many_calls_it_has(rulebook: Rulebook) -> None:
    found = whole(rulebook, libraries=(make_library_use("cublas"), make_library_use("nobody-priced")))

    assert line(found, "library-cublas").hours == rulebook.effort.libraries["cublas"].hours[Mode.HIPIFY]
    assert "library-nobody-priced" not in classes(found)


@pytest.mark.parametrize(("blocked", "grades"), [(("gfx942",), ["E", "A"]), ((), ["A", "A"])])
def test_a_component_with_a_blocker_is_stuck_where_the_port_waits_for_it(
    blocked: tuple[str, ...], grades: list[str], rulebook: Rulebook
) -> None:
    findings = (make_finding(blocker="optix", effort_class="decision"),)

    found = [
        whole(rulebook, findings, component=name, blocked=frozenset(blocked)).grade for name in ("solver", "other")
    ]

    assert found == grades


def test_a_file_in_another_gpu_language_is_not_handled(rulebook: Rulebook) -> None:
    found = whole(rulebook, component="other", elsewhere=frozenset({PurePosixPath(OTHER)}))

    assert found.lines == ()


def test_the_grade_is_that_of_the_most_hours() -> None:
    lines = [
        make_line(hours=make_hours(3, 3), grade="A"),
        make_line(hours=make_hours(2, 2), grade="C"),
        make_line(hours=make_hours(2, 2), grade="C"),
        make_line(hours=make_hours(90, 90), grade=""),
        make_line(hours=make_hours(90, 90), grade="D", block=Block.TUNE),
    ]

    assert grade_of(lines) == "C"
    assert grade_of([]) == ""
