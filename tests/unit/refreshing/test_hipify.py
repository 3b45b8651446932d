"""Tables brought up to date: what is read from HIPIFY and headers, what would change, what is written."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portgauge.cli.main import group
from portgauge.errors import UserError
from portgauge.refreshing.hipify import MapEntry, Reading, columns_of, read_hipify, read_reading
from portgauge.refreshing.proposals import compare_with_headers, compare_with_hipify, names_in_headers, unlisted_names
from portgauge.refreshing.writing import table_text
from portgauge.resources import rules_folder
from portgauge.rulebook.loader import load_rulebook
from portgauge.rulebook.rulebook import Rulebook
from portgauge.rulebook.table import Table

MAPS = """
const std::map<llvm::StringRef, hipCounter> CUDA_RUNTIME_FUNCTION_MAP {
  // {"cudaCommentedOut", {"hipCommentedOut", "", CONV_MEMORY, API_RUNTIME, SEC::MEMORY}},
  {"cudaMalloc",       {"hipMalloc",       "", CONV_MEMORY, API_RUNTIME, SEC::MEMORY}},
  {"cudaFree",         {"hipFree2",        "", CONV_MEMORY, API_RUNTIME, 1, CUDA_DEPRECATED | HIP_DEPRECATED}},
  {"cudaMallocBrandNew", {"hipMallocBrandNew", "", CONV_MEMORY, API_RUNTIME, 9, HIP_EXPERIMENTAL}},
  {"cudaMallocManaged", {"hipMallocManaged", "", CONV_MEMORY, API_RUNTIME, SEC::MEMORY, HIP_UNSUPPORTED}},
};
const std::map<llvm::StringRef, cudaAPIversions> CUDA_RUNTIME_FUNCTION_VER_MAP {
  {"cudaMallocBrandNew", {CUDA_102, CUDA_0, CUDA_0}},
};
const std::map<llvm::StringRef, hipAPIversions> HIP_RUNTIME_FUNCTION_VER_MAP {
  {"hipMalloc",         {HIP_5020, HIP_0, HIP_0 }},
  {"hipMallocBrandNew", {HIP_0, HIP_0, HIP_0, HIP_5020}},
};
const std::map<llvm::StringRef, cudaAPIChangedVersions> CUDA_RUNTIME_FUNCTION_CHANGED_VER_MAP {
  {"cudaMalloc", {CUDA_102}},
};
"""
WORDS = """
std::string Statistics::getCudaVersion(const cudaVersions &ver) {
  switch (ver) { case CUDA_0: default: return ""; case CUDA_102: return "10.2"; case HIP_5020: return "5.2.0"; }
}
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "hipify" / "src"
    folder.mkdir(parents=True)
    (folder / "CUDA2HIP_Runtime_API_functions.cpp").write_text(MAPS)
    (folder / "Statistics.cpp").write_text(WORDS)
    return folder.parent


@pytest.fixture
def reading() -> Reading:
    return read_reading(rules_folder() / "refresh.yaml", name="rules/refresh.yaml")


def entry(**changes: object) -> MapEntry:
    values: dict[str, object] = {
        "symbol": "cudaX",
        "hip_symbol": "hipX",
        "roc_symbol": "",
        "kind": "CONV_MEMORY",
        "map_name": "M",
        "flags": frozenset(),
        "cuda_versions": ("", "", ""),
        "hip_versions": ("1.0", "", "", ""),
    }
    return MapEntry(**(values | changes))  # type: ignore[arg-type]


def api_tables(rulebook: Rulebook) -> dict[str, Table]:
    return {name: table for name, table in rulebook.tables.items() if table.kind == "api"}


def test_the_maps_are_read_with_their_versions_and_flags(checkout: Path) -> None:
    entries = read_hipify(checkout)

    assert sorted(entries) == ["cudaFree", "cudaMalloc", "cudaMallocBrandNew", "cudaMallocManaged"]
    (new,) = entries["cudaMallocBrandNew"]
    assert new.cuda_versions == ("10.2", "", "")
    assert new.hip_versions == ("", "", "", "5.2.0")
    assert new.flags == {"HIP_EXPERIMENTAL"}
    assert entries["cudaFree"][0].flags == {"CUDA_DEPRECATED", "HIP_DEPRECATED"}


def test_a_folder_that_is_no_checkout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is no HIPIFY checkout"):
        read_hipify(tmp_path)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("hipX", "supported", "hip")),
        ({"hip_symbol": "cudaX"}, ("cudaX", "supported", "same-name")),
        ({"flags": frozenset({"HIP_UNSUPPORTED"})}, ("", "unsupported", "none")),
        ({"flags": frozenset({"HIP_UNSUPPORTED"}), "roc_symbol": "rocX"}, ("", "unsupported", "roc")),
        ({"flags": frozenset({"UNSUPPORTED"}), "roc_symbol": "rocX"}, ("", "unsupported", "none")),
        ({"hip_symbol": "hipdnnX", "roc_symbol": "miopenX"}, ("", "supported", "miopen")),
        ({"flags": frozenset({"HIP_REMOVED", "HIP_DEPRECATED"})}, ("hipX", "removed", "hip")),
        ({"flags": frozenset({"HIP_EXPERIMENTAL"})}, ("hipX", "experimental", "hip")),
        ({"flags": frozenset({"HIP_DEPRECATED"})}, ("hipX", "deprecated", "hip")),
    ],
)
def test_flags_become_a_status(reading: Reading, changes: dict[str, object], expected: tuple[str, str, str]) -> None:
    row = columns_of(entry(**changes), reading)

    assert (row["hip_symbol"], row["status"], row["target"]) == expected


def test_what_would_change_is_told_by_row_and_column(checkout: Path, reading: Reading, rulebook: Rulebook) -> None:
    changes, _ = compare_with_hipify(
        read_hipify(checkout), api_tables(rulebook), reading=reading, source="hipify-12345678"
    )
    told = {(change.kind, change.symbol): {c: (a, b) for c, a, b in change.differences} for change in changes}

    assert told["changed", "cudaFree"]["hip_symbol"] == ("hipFree", "hipFree2")
    assert told["changed", "cudaMallocManaged"]["status"] == ("supported", "unsupported")
    assert told["added", "cudaMallocBrandNew"]["hip_experimental"] == ("", "5.2.0")
    assert ("gone", "cudaMemcpy") in told
    assert ("added", "cudaMalloc") not in told


def test_a_new_name_goes_to_the_table_of_its_kin(checkout: Path, reading: Reading, rulebook: Rulebook) -> None:
    changes, _ = compare_with_hipify(
        read_hipify(checkout), api_tables(rulebook), reading=reading, source="hipify-12345678"
    )
    (added,) = [change for change in changes if change.kind == "added"]

    assert (added.table, added.row["kind"], added.row["proof"]) == ("runtime", "function", "table")


def test_what_hipify_does_not_say_takes_no_cuda_version_away(
    checkout: Path, reading: Reading, rulebook: Rulebook
) -> None:
    tables = api_tables(rulebook)
    versions = {
        row["symbol"]: row["cuda_added"] for row in map(tables["runtime"].row, range(len(tables["runtime"].rows)))
    }

    changes, _ = compare_with_hipify(read_hipify(checkout), tables, reading=reading, source="hipify-12345678")

    for change in changes:
        if change.table == "runtime" and change.kind == "changed" and change.symbol in versions:
            assert change.row["cuda_added"] or not versions[change.symbol]


def test_a_row_that_a_newer_source_decided_is_kept(checkout: Path, reading: Reading, rulebook: Rulebook) -> None:
    tables = api_tables(rulebook)
    table = next(t for t in tables.values() for row in t.rows if row[-2] == "rocm-bindings-10.0.0")
    symbol = next(row[0] for row in table.rows if row[-2] == "rocm-bindings-10.0.0")
    entries = {symbol: (entry(symbol=symbol, flags=frozenset({"UNSUPPORTED"}), map_name="M"),)}

    changes, kept = compare_with_hipify(entries, tables, reading=reading, source="hipify-12345678")

    assert [row.symbol for row in kept] == [symbol]
    assert symbol not in {change.symbol for change in changes}


def test_an_untouched_table_is_written_as_it_was(rulebook: Rulebook) -> None:
    for table in api_tables(rulebook).values():
        path = rules_folder() / table.file.partition("/")[2]
        assert table_text(table, ()) == path.read_text(), table.name


def test_identifiers_are_read_outside_comments_and_texts(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "a.h").write_text('// cudaNo\nint cudaYes(void); /* cudaNot */ const char* t = "cudaNever";')
    (tmp_path / "a.txt").write_text("cudaText")

    names = names_in_headers(tmp_path)

    assert {name for name in names if name.startswith("cuda")} == {"cudaYes"}


def test_headers_move_their_label_in_tables_of_their_make_only(rulebook: Rulebook) -> None:
    changes = compare_with_headers(
        frozenset({"cudaMalloc", "cublasCreate_v2"}), api_tables(rulebook), label="cuda-99.0"
    )
    gained = {(change.table, change.symbol): change.row["in_headers"] for change in changes}

    assert gained["runtime", "cudaMalloc"].endswith(";cuda-99.0")
    assert ("cublas", "cublasCreate_v2") not in gained


def test_a_name_that_left_the_headers_loses_their_label(rulebook: Rulebook) -> None:
    changes = compare_with_headers(frozenset(), api_tables(rulebook), label="cuda-13.5")

    lost = {change.symbol: change.row["in_headers"] for change in changes}
    assert "cuda-13.5" not in lost["cudaMalloc"]
    assert "cuda-13.0" in lost["cudaMalloc"]


def test_names_in_no_table_are_told(rulebook: Rulebook) -> None:
    names = frozenset({"cudaMalloc", "cudaBrandNewThing", "other"})

    assert unlisted_names(names, api_tables(rulebook), looks_like=r"cuda[A-Z]\w+") == ("cudaBrandNewThing",)


def refresh(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["rules", "refresh", *arguments], standalone_mode=False, catch_exceptions=False)


def test_the_command_writes_tables_that_load_again(checkout: Path, tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(rules_folder(), folder)

    dry = refresh("--rules", str(folder), "--hipify", str(checkout), "--hipify-version", "1234567890@2027-01-01")
    assert dry.return_value == 0
    assert "runtime/cudaMallocBrandNew" in dry.stdout
    assert (folder / "api" / "runtime.csv").read_text() == (rules_folder() / "api" / "runtime.csv").read_text()

    refresh("--rules", str(folder), "--hipify", str(checkout), "--hipify-version", "1234567890@2027-01-01", "--write")

    rulebook = load_rulebook(folder)
    new = rulebook.rule("runtime/cudaMallocBrandNew")
    assert new is not None
    assert [(source.key, source.retrieved) for source in new.sources] == [("hipify-12345678", "2027-01-01")]
    again = refresh("--rules", str(folder), "--hipify", str(checkout), "--hipify-version", "1234567890@2027-01-01")
    assert re.search(r"changed: 0 rows", again.stdout)
    assert date.fromisoformat(new.sources[0].retrieved) > date(2026, 1, 1)


def test_an_older_checkout_is_shown_and_never_written(checkout: Path, tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(rules_folder(), folder)

    with pytest.raises(UserError, match="older than the tables"):
        refresh("--rules", str(folder), "--hipify", str(checkout), "--hipify-version", "1234567@2020-01-01", "--write")

    assert (folder / "api" / "runtime.csv").read_text() == (rules_folder() / "api" / "runtime.csv").read_text()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "nothing to read"),
        (("--headers", "cuda=/nowhere"), "expected LABEL=FOLDER"),
        (("--hipify", "{checkout}"), "tells no commit"),
        (("--hipify", "{checkout}", "--hipify-version", "today"), "expected COMMIT@DATE"),
        (("--hipify", "{checkout}", "--hipify-version", "1234567@2026-13-01"), "is no date"),
    ],
)
def test_wrong_input_is_named(checkout: Path, arguments: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        refresh(*(argument.format(checkout=checkout) for argument in arguments))
