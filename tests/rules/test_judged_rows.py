"""What the shipped rows say for a ROCm version and a target, against what compilers and change logs say."""

import csv
from pathlib import Path

import pytest

from builders import make_site
from portgauge.judging.judge import Judge
from portgauge.model.finding import Finding
from portgauge.model.rule import Automation, FailureMode, Severity
from portgauge.resources import rules_folder
from portgauge.rulebook.loader import load_rulebook
from portgauge.rulebook.table import Table

RULEBOOK = load_rulebook(rules_folder())
API_TABLES = [table for table in RULEBOOK.tables.values() if table.kind == "api"]
ABOUT_VERSIONS = ("takes its other branch there, or none.",)
"""How a version macro is judged: that no header for AMD defines it is known."""
UNKNOWN_TO_HIP = Path(__file__).parent / "unknown_to_hip_7_1.csv"


def judged(rule_id: str, *, rocm: str = "10.0", target: str = "gfx942", **facts: str | int) -> Finding:
    site = make_site(rule_id, match=rule_id.partition("/")[2], facts=tuple(sorted(facts.items())))
    finding = Judge(RULEBOOK, rocm_version=rocm).judge(site, RULEBOOK.targets.find(target))
    assert finding is not None, f"no rule {rule_id}"
    return finding


def names_unknown_to_hip() -> list[str]:
    with UNKNOWN_TO_HIP.open(newline="") as text:
        return [row["rule"] for row in csv.DictReader(text)]


@pytest.mark.parametrize("rule_id", names_unknown_to_hip())
def test_a_name_that_clang_does_not_know_with_hip_7_1_is_not_said_to_be_there(rule_id: str) -> None:
    finding = judged(rule_id, rocm="7.1")

    assert finding.failure_mode is FailureMode.COMPILE_ERROR, finding.message
    assert finding.automation is not Automation.AUTOMATIC, finding.message


@pytest.mark.parametrize(
    ("rule_id", "before", "since"),
    [
        ("device/__shfl_down_sync", "6.1", "7.0"),
        ("runtime/cudaLaunchKernelExC", "6.4", "7.0"),
        ("runtime/cudaMallocAsync", "5.1", "5.2"),
        ("device/cooperative_groups::reduce", "7.2", "10.0"),
    ],
)
def test_a_name_is_there_from_the_version_on_that_added_it(rule_id: str, before: str, since: str) -> None:
    early, late = judged(rule_id, rocm=before), judged(rule_id, rocm=since)

    assert early.failure_mode is FailureMode.COMPILE_ERROR, early.message
    assert early.automation is not Automation.AUTOMATIC, early.message
    assert late.automation is Automation.AUTOMATIC or late.failure_mode is FailureMode.NONE, late.message


@pytest.mark.parametrize("name", ["CountingInputIterator", "TransformInputIterator", "ConstantInputIterator"])
def test_iterators_left_hipcub_with_rocm_10(name: str) -> None:
    there, gone = judged(f"cub/cub::{name}", rocm="7.0"), judged(f"cub/cub::{name}", rocm="10.0")

    assert there.severity < gone.severity or there.message != gone.message
    assert gone.failure_mode is FailureMode.COMPILE_ERROR
    assert gone.automation is not Automation.AUTOMATIC
    assert "10.0" in gone.message


def test_what_cuda_13_removed_is_said() -> None:
    removed = [
        f"{table.name}/{row['symbol']}"
        for table in API_TABLES
        for row in map(table.row, range(len(table.rows)))
        if row.get("cuda_removed", "").startswith("13")
    ]
    assert len(removed) > 100

    silent = [rule_id for rule_id in removed[::20] if "13" not in str(RULEBOOK.rule(rule_id))]
    assert silent == []


@pytest.mark.parametrize("table", API_TABLES, ids=lambda table: table.name)
def test_every_name_of_a_header_has_a_verdict_and_unknown_is_not_no(table: Table) -> None:
    judge, target = Judge(RULEBOOK, rocm_version="10.0"), RULEBOOK.targets.find("gfx942")
    wrong = []
    for record in map(table.row, range(len(table.rows))):
        if not record.get("in_headers"):
            continue
        site = make_site(f"{table.name}/{record['symbol']}", match=record["symbol"])
        finding = judge.judge(site, target)
        if finding is None or not finding.message:
            wrong.append(f"{site.rule_id}: no verdict")
        elif record["status"] == "unmapped" and finding.severity is not Severity.NONE:
            if not finding.message.endswith(("is unknown.", *ABOUT_VERSIONS)):
                wrong.append(f"{site.rule_id}: {finding.message}")
    assert wrong == []
