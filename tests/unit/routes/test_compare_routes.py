"""The ways out of CUDA for one analysis: what is priced, what is open, what in the code closes a way."""

from pathlib import Path

import pytest

from builders import (
    make_analysis,
    make_blocker,
    make_estimates,
    make_file,
    make_finding,
    make_hours,
    make_inventory,
    make_kernel,
    make_library_judgement,
    make_line,
    make_minutes,
    make_site,
    make_target,
    make_verdict,
)
from portgauge.errors import RuleError
from portgauge.model.analysis import Analysis, VerdictWord
from portgauge.model.estimate import Block, BlockerOption
from portgauge.model.finding import Site
from portgauge.model.route import RouteEstimate, RouteStatus
from portgauge.resources import rules_folder
from portgauge.routes.compare import compare_routes
from portgauge.rulebook.route_comparison import Ways, load_ways
from portgauge.rulebook.rulebook import Rulebook


@pytest.fixture(scope="module")
def ways() -> Ways:
    return load_ways(rules_folder())


def api(symbol: str, line: int, table: str = "runtime") -> Site:
    return make_site(f"{table}/{symbol}", line=line, match=symbol, facts=(("name", symbol),))


def ptx(opcode: str, line: int) -> Site:
    return make_site(f"ptx/{opcode}", line=line, match=opcode, facts=(("opcode", opcode),))


def analysed(*sites: Site, target: str = "gfx942", changed: int | None = None, **changes: object) -> Analysis:
    found = sites or (api("cudaMalloc", 3),)
    lines = [make_line(hours=make_hours(10, 30), effort_class="warp-site")]
    values: dict[str, object] = {
        "targets": (make_target(target),),
        "findings": tuple(make_finding(site=site, target=target) for site in found),
        "inventory": make_inventory(sites=found, lines_changed_in_a_year=changed),
        "estimates": make_estimates(lines, targets=(target,)),
    }
    return make_analysis(**{**values, **changes})


def compared(analysis: Analysis, rulebook: Rulebook, ways: Ways, **changes: object) -> dict[str, RouteEstimate]:
    values: dict[str, object] = {"reduced": None, "optional": ()}
    found = compare_routes(analysis, rulebook=rulebook, ways=ways, **{**values, **changes})  # type: ignore[arg-type]
    return {route.route: route for route in found}


def test_priced_routes_come_first_and_the_cheapest_over_three_years_leads(rulebook: Rulebook, ways: Ways) -> None:
    found = list(compared(analysed(), rulebook, ways).values())
    years = [route.three_years.p50 for route in found if route.three_years is not None]

    assert years == sorted(years)
    assert [route.status for route in found] == sorted((route.status for route in found), key=list(RouteStatus).index)


def test_a_header_renames_each_name_once_however_often_it_is_used(rulebook: Rulebook, ways: Ways) -> None:
    sites = [api("cudaMalloc", line) for line in range(10, 60)] + [api("cudaFree", line) for line in range(70, 90)]
    renames = make_line(
        hours=make_hours(50, 90),
        minutes_each=make_minutes(1, 2),
        effort_class="api-rename",
        fingerprints=tuple(site.fingerprint for site in sites),
    )
    analysis = analysed(*sites, estimates=make_estimates([renames]))
    found = compared(analysis, rulebook, ways)

    each = rulebook.effort.classes["api-rename"].manual.p50 / 60
    assert found["compat-header"].hours is not None
    assert found["compat-header"].hours.p50 == pytest.approx(2 * each)
    assert found["hipify"].hours is not None
    assert found["hipify"].hours.p50 == pytest.approx(50)


def test_blocks_of_a_priced_route_add_up_to_its_hours(rulebook: Rulebook, ways: Ways) -> None:
    for route in compared(analysed(), rulebook, ways).values():
        if route.hours is not None:
            assert sum(hours.p50 for _, hours in route.blocks) == pytest.approx(route.hours.p50)
            assert [block for block, _ in route.blocks] == list(Block)


def test_a_copied_back_end_costs_more_upkeep_than_one_source(rulebook: Rulebook, ways: Ways) -> None:
    found = compared(analysed(changed=4_000), rulebook, ways)
    copy, header = found["hipify"].upkeep, found["compat-header"].upkeep

    assert copy is not None
    assert header is not None
    # 2 days, and the share of 400 hours of changes that the effort model gives.
    share = rulebook.effort.maintenance_share["copied-backend"][0]
    assert copy.p50 == pytest.approx(16 + share * 400)
    assert copy.p50 > header.p50


def test_where_no_history_tells_the_basis_of_the_upkeep_says_so(rulebook: Rulebook, ways: Ways) -> None:
    assert "no history of a year was found" in compared(analysed(), rulebook, ways)["hipify"].upkeep_basis


def test_an_instruction_with_its_types_closes_a_way_as_its_name_does(rulebook: Rulebook, ways: Ways) -> None:
    opcode = "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32"
    places = (ptx(opcode, 4), ptx("mov.b32", 5))
    findings = tuple(make_finding(site=place, blocker="ptx-mma") for place in places)
    found = compared(analysed(*places, findings=findings), rulebook, ways)["sycl"]

    assert found.status is RouteStatus.EXCLUDED
    assert [(each.text, each.line) for each in found.evidence] == [(opcode, 4)]


def test_a_build_that_converts_pays_no_rename_and_a_larger_build(rulebook: Rulebook, ways: Ways) -> None:
    lines = [
        make_line(hours=make_hours(4, 9), effort_class="api-rename"),
        make_line(hours=make_hours(8, 20), effort_class="build-system"),
    ]
    found = compared(analysed(estimates=make_estimates(lines)), rulebook, ways)["hipify-in-build"]

    assert found.status is RouteStatus.PRICED
    assert found.hours is not None
    assert found.hours.p50 == pytest.approx(12)


def test_pytorch_converts_only_what_is_built_as_its_extension(rulebook: Rulebook, ways: Ways) -> None:
    without = compared(analysed(), rulebook, ways)["torch-hipify"]
    extension = make_site("build/cuda-extension", path="setup.py", line=9, match="CUDAExtension(")
    found = compared(analysed(api("cudaMalloc", 3), extension), rulebook, ways)["torch-hipify"]

    assert without.status is RouteStatus.EXCLUDED
    assert found.status is RouteStatus.PRICED
    assert [(str(each.path), each.line) for each in found.evidence] == [("setup.py", 9)]


def test_a_call_that_a_table_says_is_missing_closes_the_way_and_is_counted(rulebook: Rulebook, ways: Ways) -> None:
    table = ways.tables["scale"]
    missing = next(row[0] for row in table.rows if row[1] == "runtime" and row[3] == "missing")
    present = next(row[0] for row in table.rows if row[1] == "runtime" and row[3] == "present")
    scale = compared(analysed(api(missing, 5), api(missing, 9), api(present, 7)), rulebook, ways)["scale"]

    assert scale.status is RouteStatus.EXCLUDED
    assert [(each.text, each.count, each.line) for each in scale.evidence] == [(missing, 2, 5)]
    assert compared(analysed(api(present, 7)), rulebook, ways)["scale"].status is RouteStatus.POSSIBLE


def test_at_most_five_names_are_shown_and_all_are_counted(rulebook: Rulebook, ways: Ways) -> None:
    table = ways.tables["scale"]
    missing = [row[0] for row in table.rows if row[1] == "runtime" and row[3] == "missing"][:7]
    found = compared(analysed(*(api(name, line) for line, name in enumerate(missing, 1))), rulebook, ways)["scale"]

    assert len(found.evidence) == 5
    assert found.evidence_count == 7


def test_a_name_that_no_table_lists_is_unknown_and_closes_nothing(rulebook: Rulebook, ways: Ways) -> None:
    found = compared(analysed(api("cudaNobodyKnowsThis", 3)), rulebook, ways)["scale"]

    assert (found.status, found.unknown_count) == (RouteStatus.POSSIBLE, 1)


def test_an_instruction_closes_sycl_and_a_call_does_not(rulebook: Rulebook, ways: Ways) -> None:
    table = ways.tables["sycl"]
    call = next(row[0] for row in table.rows if row[1] == "runtime" and row[2] == "no")
    opcode = next(row[0] for row in table.rows if row[1] == "ptx" and row[2] == "no" and "*" not in row[0])

    assert compared(analysed(api(call, 4)), rulebook, ways)["sycl"].status is RouteStatus.POSSIBLE
    place = ptx(opcode, 4)
    blocking = (make_finding(site=place, blocker="ptx-mma"),)

    assert compared(analysed(place, findings=blocking), rulebook, ways)["sycl"].status is RouteStatus.EXCLUDED
    assert compared(analysed(place), rulebook, ways)["sycl"].status is RouteStatus.POSSIBLE


def test_a_way_with_32_lanes_is_closed_on_a_gpu_with_64(rulebook: Rulebook, ways: Ways) -> None:
    wide = compared(analysed(), rulebook, ways)["zluda"]
    narrow = compared(analysed(target="gfx1100"), rulebook, ways)["zluda"]

    assert wide.status is RouteStatus.EXCLUDED
    assert "gfx942 has 64" in wide.reason
    assert narrow.status is RouteStatus.POSSIBLE


def test_a_decision_without_a_figure_is_not_priced_as_replaced(rulebook: Rulebook, ways: Ways) -> None:
    unpriced = make_blocker(options=(BlockerOption(title="Leave it out", hours=None, basis="depends"),))

    priced = compared(analysed(verdicts=(make_verdict(blockers=(make_blocker(),)),)), rulebook, ways)["vendor-library"]
    closed = compared(analysed(verdicts=(make_verdict(blockers=(unpriced,)),)), rulebook, ways)["vendor-library"]

    assert priced.hours is not None
    assert priced.hours.p50 >= 80
    assert closed.status is RouteStatus.EXCLUDED


def test_leaving_out_is_priced_only_when_no_decision_stays_and_most_kernels_do(rulebook: Rulebook, ways: Ways) -> None:
    whole = analysed(verdicts=(make_verdict(blockers=(make_blocker(),)),))
    freed, emptied = analysed(), analysed(inventory=make_inventory(kernels=()))
    two = make_inventory(kernels=(make_kernel(), make_kernel("other", line=80)), files=(make_file(),))

    assert compared(whole, rulebook, ways)["leave-out"].status is RouteStatus.EXCLUDED
    assert compared(whole, rulebook, ways, reduced=whole, optional=("X",))["leave-out"].status is RouteStatus.EXCLUDED
    assert compared(whole, rulebook, ways, reduced=emptied, optional=("X",))["leave-out"].status is RouteStatus.EXCLUDED
    assert (
        compared(analysed(inventory=two, verdicts=whole.verdicts), rulebook, ways, reduced=freed, optional=("X",))[
            "leave-out"
        ].status
        is RouteStatus.PRICED
    )


def test_a_way_that_does_not_get_past_a_blocking_decision_is_not_recommended(rulebook: Rulebook, ways: Ways) -> None:
    blocked = make_verdict(word=VerdictWord.BLOCKED, blockers=(make_blocker(),))
    found = compared(analysed(verdicts=(blocked,)), rulebook, ways)

    assert found["compat-header"].status is RouteStatus.NOT_RECOMMENDED
    assert "TensorRT inference" in found["compat-header"].reason
    assert next(iter(found)) == "vendor-library"


def test_many_parts_together_are_no_option_to_leave_out(rulebook: Rulebook, ways: Ways) -> None:
    whole = analysed(verdicts=(make_verdict(blockers=(make_blocker(),)),))
    parts = tuple(f"part{number}" for number in range(ways.leave_out_most_parts + 1))

    found = compared(whole, rulebook, ways, reduced=analysed(), optional=parts)["leave-out"]
    assert found.status is RouteStatus.EXCLUDED


def test_a_part_that_holds_most_of_the_cuda_lines_is_no_option_to_leave_out(rulebook: Rulebook, ways: Ways) -> None:
    blocked = (make_verdict(blockers=(make_blocker(),)),)
    large, small = make_file("rays.cu", code_lines=600), make_file("rest.cu", code_lines=400)
    whole = analysed(verdicts=blocked, inventory=make_inventory(files=(large, small), kernels=()))

    for kept, status in ((small, RouteStatus.EXCLUDED), (large, RouteStatus.PRICED)):
        rest = analysed(inventory=make_inventory(files=(kept,), kernels=()))
        found = compared(whole, rulebook, ways, reduced=rest, optional=("WITH_RAYS",))["leave-out"]
        assert found.status is status, found.reason


def test_nothing_to_port_has_no_routes(rulebook: Rulebook, ways: Ways) -> None:
    assert compared(analysed(estimates=make_estimates([])), rulebook, ways) == {}


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("start: compat-header", "start: nowhere", "start is 'nowhere', which is no priced route"),
        ("closed_by: [missing]", "closed_by: [gone]", "'gone' is no status of scale"),
        ("mode: agent", "mode: magic", "mode is 'magic'"),
        ("closes: never", "closes: sometimes", "closes is 'sometimes'"),
    ],
)
def test_a_defect_in_the_comparison_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    (tmp_path / "routes").mkdir()
    for path in (rules_folder() / "routes").iterdir():
        text = path.read_text()
        if path.name == "compared.yaml":
            text = text.replace(old, new, 1)
        (tmp_path / "routes" / path.name).write_text(text)

    with pytest.raises(RuleError) as refused:
        load_ways(tmp_path)

    assert any(complaint in defect for defect in refused.value.defects), refused.value.defects


def test_where_an_amd_path_is_there_it_is_kept_and_nothing_is_ported_again(rulebook: Rulebook, ways: Ways) -> None:
    found = compared(analysed(verdicts=(make_verdict(word=VerdictWord.ALREADY),)), rulebook, ways)

    assert next(iter(found)) == "existing-path"
    assert {route.route for route in found.values() if route.status is RouteStatus.PRICED} == {"existing-path"}
    assert "AMD path already" in found["hipify"].reason


def test_without_an_amd_path_there_is_none_to_keep(rulebook: Rulebook, ways: Ways) -> None:
    found = compared(analysed(), rulebook, ways)["existing-path"]

    assert found.status is RouteStatus.EXCLUDED
    assert found.reason == "excluded because no AMD path was found"


def test_a_library_that_scale_does_not_bring_closes_it(rulebook: Rulebook, ways: Ways) -> None:
    wrapped = make_library_judgement("cublas")
    lacking = make_library_judgement("nvshmem", title="NVSHMEM")

    assert compared(analysed(libraries=(wrapped,)), rulebook, ways)["scale"].status is RouteStatus.POSSIBLE
    found = compared(analysed(libraries=(wrapped, lacking)), rulebook, ways)["scale"]
    assert found.status is RouteStatus.EXCLUDED
    assert found.reason == "excluded because its public wrappers have no NVSHMEM"


def test_every_library_that_closes_a_route_is_listed(rulebook: Rulebook, ways: Ways) -> None:
    named = {name for route in ways.judged for name in route.libraries}

    assert named
    assert [name for name in sorted(named) if rulebook.libraries.get(name) is None] == []


def test_a_price_names_the_places_that_it_is_made_of_dearest_first(rulebook: Rulebook, ways: Ways) -> None:
    cheap, dear = api("cudaMalloc", 3), api("cudaFree", 9)
    lines = [
        make_line(hours=make_hours(1, 2), effort_class="warp-site", reason="a", fingerprints=(cheap.fingerprint,)),
        make_line(
            hours=make_hours(8, 9), effort_class="ptx-site", reason="b, 1 site", fingerprints=(dear.fingerprint,)
        ),
    ]

    found = compared(analysed(cheap, dear, estimates=make_estimates(lines)), rulebook, ways)["hipify"]

    assert [(each.text, each.count, each.line) for each in found.evidence] == [("b", 1, 9), ("a", 1, 3)]
    assert found.evidence_count == 2
