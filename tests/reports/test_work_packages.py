"""Work packages: their order, their hours, and that nothing is lost between them."""

from collections import Counter
from dataclasses import replace
from pathlib import PurePosixPath

import pytest
from report_example import make_example

from builders import (
    make_analysis,
    make_blocker,
    make_estimates,
    make_file,
    make_finding,
    make_inventory,
    make_library_judgement,
    make_line,
    make_verdict,
)
from portgauge.model.analysis import Analysis, VerdictWord
from portgauge.model.component import Standing
from portgauge.model.estimate import EstimateLine
from portgauge.model.rule import Automation, FailureMode, Mode, Severity
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


def test_a_decision_on_an_optional_part_says_how_to_plan_without_it() -> None:
    blocker = make_blocker(optional_behind=("WITH_TENSORRT",))
    packages = work_packages(make_analysis(verdicts=(make_verdict(word=VerdictWord.BLOCKED, blockers=(blocker,)),)))

    decision = next(package for package in packages if package.kind is PackageKind.DECISION)

    assert "`portgauge plan . --without WITH_TENSORRT`" in decision.recipe[0]


def test_folders_of_others_are_named_once_by_the_topmost() -> None:
    paths = ("third_party/a/x.cu", "third_party/x.cu", "vendor/b/y.cu")
    files = (make_file(), *(make_file(path, standing=Standing.VENDORED) for path in paths))

    untouched = work_packages(make_analysis(inventory=make_inventory(files=files)))[0].untouched

    assert "code of others: third_party, vendor/b" in untouched


def test_an_amd_path_is_tried_before_anything_is_ported(example: Analysis) -> None:
    verdicts = tuple(replace(each, word=VerdictWord.ALREADY, blockers=()) for each in example.verdicts)
    baseline, path, *rest = work_packages(replace(example, verdicts=verdicts))

    assert (path.title, path.depends_on) == ("Try the AMD path that is there", (baseline.id,))
    assert path.hours == ()
    assert {file.path for file in path.files} == {place.path for each in example.layers for place in each.where}
    assert not [package.title for package in rest if package.depends_on == (baseline.id,)]
    assert [package for package in rest if path.id in package.depends_on]


def test_with_an_amd_path_the_build_without_hours_is_no_package_of_its_own() -> None:
    place = make_finding(rule_id="build/find-cuda", path="CMakeLists.txt", effort_class="with-build")
    already = make_verdict(word=VerdictWord.ALREADY)
    analysis = make_analysis(findings=(place,), verdicts=(already,), estimates=make_estimates([]))

    assert [package.title for package in work_packages(analysis)] == [
        "Freeze the CUDA baseline",
        "Try the AMD path that is there",
        "Go through the places without a price",
    ]


def test_a_library_call_without_counterpart_is_in_the_package_of_the_libraries_and_a_host_call_in_no_kernels() -> None:
    library = make_finding(rule_id="cudnn/cudnnAddTensor", line=4, effort_class="library-no-counterpart")
    host = make_finding(rule_id="runtime/cudaCtxResetPersistingL2Cache", line=5, effort_class="api-no-counterpart")
    lines = [
        make_line(
            component="solver",
            effort_class=finding.effort_class,
            grade="D",
            fingerprints=(finding.site.fingerprint,),
        )
        for finding in (library, host)
    ]
    cudnn = make_library_judgement("cudnn", title="cuDNN", hip_counterpart="MIOpen", unsupported_symbols=("cudnnX",))
    packages = {
        package.kind: package
        for package in work_packages(
            make_analysis(findings=(library, host), estimates=make_estimates(lines), libraries=(cudnn,))
        )
    }

    assert packages[PackageKind.LIBRARIES].findings == (library,)
    assert "cuDNN: MIOpen; without counterpart: cudnnX." in packages[PackageKind.LIBRARIES].recipe
    assert packages[PackageKind.PORT].findings == (host,)
    assert PackageKind.KERNELS not in packages


def test_lines_that_hipify_writes_do_not_hide_those_that_need_a_hand() -> None:
    found = (
        make_finding(line=3, automation=Automation.AUTOMATIC),
        make_finding(line=9, automation=Automation.ASSISTED),
    )
    port = next(each for each in work_packages(make_analysis(findings=found)) if each.kind is PackageKind.PORT)

    assert [(str(file.path), file.lines) for file in port.files] == [("src/solver.cu", (9,))]


def test_the_order_of_kernels_names_the_first_line_and_what_may_happen() -> None:
    found = tuple(
        make_finding(
            rule_id="warp/mask",
            line=line,
            failure_mode=failure,
            automation=Automation.MANUAL,
            function=function,
        )
        for line, failure, function in (
            (7, FailureMode.COMPILE_ERROR, "fold"),
            (21, FailureMode.SILENT_WRONG, "sum"),
            (30, FailureMode.SILENT_WRONG, "sum"),
        )
    )
    lines = [make_line(grade="C", fingerprints=tuple(each.site.fingerprint for each in found), component="solver")]
    packages = work_packages(make_analysis(findings=found, estimates=make_estimates(lines)))
    kernels = next(each for each in packages if each.kind is PackageKind.KERNELS)

    assert kernels.recipe[-2:] == (
        "1. sum (src/solver.cu:21): 2 places, wrong results without an error",
        "2. fold (src/solver.cu:7): 1 place, does not compile",
    )


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
