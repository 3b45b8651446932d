"""Work packages: their order, their hours, and that nothing is lost between them."""

from collections import Counter
from dataclasses import replace
from pathlib import PurePosixPath

import pytest
from report_example import make_example

from builders import make_analysis, make_estimates, make_file, make_inventory
from portgauge.model.analysis import Analysis
from portgauge.model.component import Standing
from portgauge.model.estimate import EstimateLine
from portgauge.model.rule import FailureMode, Mode, Severity
from portgauge.planning.packages import work_packages
from portgauge.planning.texts import KPI_RESULTS, KPIS
from portgauge.planning.work import PackageKind, WorkPackage


@pytest.fixture(scope="module")
def example() -> Analysis:
    return make_example()


@pytest.fixture(scope="module")
def packages(example: Analysis) -> tuple[WorkPackage, ...]:
    return work_packages(example)


def test_the_first_package_freezes_the_baseline_and_holds_the_kpis(packages: tuple[WorkPackage, ...]) -> None:
    first = packages[0]

    assert (first.id, first.kind, first.depends_on) == ("P01", PackageKind.BASELINE, ())
    assert all(any(kpi in each for each in first.acceptance) for kpi in KPIS)


def test_the_baseline_lists_the_tests_and_says_when_there_are_none() -> None:
    tested = make_analysis(
        inventory=make_inventory(files=(make_file(), make_file("tests/t.cu", standing=Standing.TEST)))
    )
    bare = make_analysis(inventory=make_inventory(files=(make_file(),)))

    assert [file.path for file in work_packages(tested)[0].files] == [PurePosixPath("tests/t.cu")]
    assert any("No test was found" in step for step in work_packages(bare)[0].recipe)


def test_the_hours_of_all_packages_add_up_to_the_estimate_in_each_way_of_working(
    example: Analysis, packages: tuple[WorkPackage, ...]
) -> None:
    for mode in Mode:
        whole = example.estimate(target=example.targets[0].id, mode=mode).total.p50
        added = sum(dict(package.hours)[mode].p50 for package in packages if mode in dict(package.hours))

        assert added == pytest.approx(whole)


def test_every_open_finding_is_in_exactly_one_package(example: Analysis, packages: tuple[WorkPackage, ...]) -> None:
    listed = Counter(finding.site.fingerprint for package in packages for finding in package.findings)
    opened = {
        finding.site.fingerprint
        for finding in example.findings_for(example.targets[0].id)
        if finding.covered_by is None and finding.severity is not Severity.NONE
    }

    assert listed == Counter(opened)


def test_no_package_stands_before_what_it_depends_on(packages: tuple[WorkPackage, ...]) -> None:
    seen: set[str] = set()
    for package in packages:
        assert set(package.depends_on) <= seen
        seen.add(package.id)


def test_a_component_comes_after_the_components_that_it_needs(packages: tuple[WorkPackage, ...]) -> None:
    order = {package.component: number for number, package in enumerate(packages) if package.kind is PackageKind.PORT}

    assert order["core"] < order["linalg"] < order["solver"]


def test_what_gives_wrong_results_unnoticed_comes_first(packages: tuple[WorkPackage, ...]) -> None:
    for package in packages:
        silent = [finding.failure_mode is FailureMode.SILENT_WRONG for finding in package.findings]
        assert silent == sorted(silent, reverse=True)


def test_work_on_kernels_is_accepted_by_the_results_recorded_first(packages: tuple[WorkPackage, ...]) -> None:
    kernels = [package for package in packages if package.kind is PackageKind.KERNELS]

    assert kernels
    assert all(KPI_RESULTS in package.acceptance for package in kernels)


def test_a_decision_is_a_package_of_its_own_and_holds_up_the_parts_with_its_places(
    example: Analysis, packages: tuple[WorkPackage, ...]
) -> None:
    (decision,) = [package for package in packages if package.kind is PackageKind.DECISION]
    holders = [p for p in packages if p.component == "infer" and p.kind in (PackageKind.PORT, PackageKind.KERNELS)]

    assert decision.hours == ()
    assert all(finding.blocker for finding in decision.findings)
    assert decision.id in {each for package in holders for each in package.depends_on}


def test_a_share_without_lines_of_its_own_is_not_lost() -> None:
    rework = EstimateLine(
        component="solver", block=make_analysis().estimates[0].lines[0].block, effort_class="rework", reason="rework",
        units=1, minutes_each=make_analysis().estimates[0].lines[0].minutes_each,
        hours=make_analysis().estimates[0].lines[0].hours, basis="judgement", grade="", fingerprints=(),
    )  # fmt: skip
    analysis = replace(make_analysis(), estimates=make_estimates([rework]))

    assert sum(dict(p.hours)[Mode.HIPIFY].p50 for p in work_packages(analysis) if p.hours) == pytest.approx(8.0)


def test_nothing_to_port_has_no_plan() -> None:
    assert work_packages(make_analysis(findings=(), estimates=make_estimates([]))) == ()
