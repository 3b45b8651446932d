"""What the routes know: the shipped tables as their sources say, and what the loader refuses."""

from pathlib import Path

import pytest

from portgauge.errors import RuleError
from portgauge.resources import rules_folder
from portgauge.rulebook.loader import load_rulebook
from portgauge.rulebook.routes import RouteAnswer, Routes, load_routes


@pytest.fixture(scope="module")
def routes() -> Routes:
    return load_routes(rules_folder())


def statuses(answers: tuple[RouteAnswer, ...]) -> list[tuple[str, str]]:
    return [(answer.symbol, answer.status) for answer in answers]


def test_an_exact_name_wins_over_a_glob(routes: Routes) -> None:
    assert statuses(routes.tables["sycl"].find("cudaGraphLaunch")) == [("cudaGraphLaunch", "yes")]


def test_the_longest_glob_answers_for_a_name_that_is_not_listed(routes: Routes) -> None:
    sycl = routes.tables["sycl"]

    assert statuses(sycl.find("cudaGraphNobodyKnows", table="runtime")) == [("cudaGraph*", "no")]
    assert statuses(sycl.find("cublasSgemm_64")) == [("cublas*_64", "no")]


def test_a_name_that_no_row_fits_is_unknown_and_not_missing(routes: Routes) -> None:
    for table in routes.tables.values():
        assert table.find("nobodyKnowsThis", table="runtime") in ((), table.library_answers("runtime"))
    assert routes.tables["sycl"].find("nobodyKnowsThis", table="runtime") == ()


def test_a_migration_that_stubs_the_call_asks_for_review(routes: Routes) -> None:
    sycl = routes.tables["sycl"]
    stubbed = [
        row
        for row in (dict(zip(sycl.columns, row, strict=True)) for row in sycl.rows)
        if row["migrated"] == "yes" and {"DPCT1026", "DPCT1027", "DPCT1119"} & set(row["diagnostics"].split())
    ]

    assert len(stubbed) > 50
    assert all(answer.needs_review for row in stubbed for answer in sycl.find(row["symbol"]))


def test_a_no_from_an_older_list_says_so(routes: Routes) -> None:
    (answer,) = routes.tables["sycl"].find("cublasLtMatmulAlgoGetIds")

    assert answer.status == "no"
    assert "older list" in answer.notes[-1]


def test_a_driver_name_answers_for_its_later_forms(routes: Routes) -> None:
    assert statuses(routes.tables["zluda"].find("cuMemAlloc", table="driver")) == [
        ("cuMemAlloc", "unimplemented"),
        ("cuMemAlloc_v2", "implemented"),
    ]


def test_a_library_row_speaks_only_where_no_name_is_listed(routes: Routes) -> None:
    zluda = routes.tables["zluda"]

    assert statuses(zluda.find("cudaMallocAsync", table="runtime")) == [("*", "through_driver")]
    assert zluda.find("cublasNobodyKnows", table="cublas") == ()
    assert statuses(zluda.library_answers("cublas")) == [("*", "partial")]


def test_every_library_of_a_route_is_a_table_of_the_rulebook_or_known_to_have_none(routes: Routes) -> None:
    tables = set(load_rulebook(rules_folder()).tables)
    without = {"nvapi", "optix", "physx32", "nvptxcompiler", "tensorrt"}

    for table in routes.tables.values():
        column = table.columns.index(table.library_column)
        assert {table.table_of(row[column]) for row in table.rows} - tables <= without


def test_every_route_names_its_sources_and_says_what_cost_follows(routes: Routes) -> None:
    for route in routes.facts.values():
        assert route.sources
        assert route.facts["cost_follows"]


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("sycl.csv", ",runtime,no,", ",runtime,perhaps,", "routes/sycl.csv:2: migrated is 'perhaps'; expected one of"),
        ("sycl.csv", "apinames-7da2360", "nowhere", "routes/sycl.csv:2: source 'nowhere' is not defined"),
        ("sycl.yaml", "route: sycl", "route: nowhere", "routes/sycl.yaml:1: route 'nowhere' is not in routes.yaml"),
        ("scale.yaml", "title:", "titel:", "routes/scale.yaml:5: unknown key 'titel'"),
        ("routes.yaml", "    sources: [syclomatic]", "    sources: [nobody]", "source 'nobody' is not defined"),
        ("zluda.yaml", "status_column: status", "status_column: state", "routes/zluda.csv:1: no column 'state'"),
    ],
)
def test_a_defect_is_named_with_file_and_line(tmp_path: Path, file: str, old: str, new: str, complaint: str) -> None:
    folder = tmp_path / "routes"
    folder.mkdir()
    for path in (rules_folder() / "routes").iterdir():
        text = path.read_text()
        (folder / path.name).write_text(text.replace(old, new, 1) if path.name == file else text)

    with pytest.raises(RuleError) as refused:
        load_routes(tmp_path)

    assert any(complaint in defect for defect in refused.value.defects), refused.value.defects


def test_a_rules_folder_without_routes_knows_none(tmp_path: Path) -> None:
    assert load_routes(tmp_path) == Routes(facts={}, tables={})
