"""What some rules say where a reading of their findings showed that one message did not fit all places."""

import pytest

from builders import make_site
from portgauge.judging.judge import Judge
from portgauge.model.finding import Finding
from portgauge.model.rule import FailureMode, Severity
from portgauge.resources import rules_folder
from portgauge.rulebook.loader import load_rulebook

RULEBOOK = load_rulebook(rules_folder())


def judged(rule_id: str, target: str = "gfx90a", *, rocm: str = "10.0", **facts: str | int) -> Finding:
    """Return a site of a rule as it is judged for a GPU."""
    site = make_site(rule_id, match="x", facts=tuple(sorted(facts.items())))
    finding = Judge(RULEBOOK, rocm_version=rocm).judge(site, RULEBOOK.targets.find(target))
    assert finding is not None
    return finding


def test_doubles_are_added_by_the_hardware_where_there_is_an_instruction() -> None:
    on_fine_grained_lost = judged("memory/float-atomic-add", "gfx90a", element="double")
    arrives = judged("memory/float-atomic-add", "gfx942", element="double")
    loop = judged("memory/float-atomic-add", "gfx1100", element="double")

    assert on_fine_grained_lost.failure_mode is FailureMode.SILENT_WRONG
    assert arrives.severity is Severity.NONE
    assert loop.failure_mode is judged("memory/float-atomic-add", element="float").failure_mode is FailureMode.PERF


@pytest.mark.parametrize("rocm", ["7.13", "10.0"])
def test_the_header_of_reductions_has_another_name(rocm: str) -> None:
    finding = judged("sync/group-collectives", rocm=rocm, name="cooperative_groups/reduce.h")

    assert finding.failure_mode is FailureMode.COMPILE_ERROR
    assert "hip/cooperative_groups/hip_reduce.h" in finding.message


def test_a_reduction_before_its_release_is_a_compile_error_of_its_own() -> None:
    finding = judged("sync/group-collectives", rocm="7.2", name="cooperative_groups/reduce.h")

    assert finding.severity is Severity.HIGH
    assert "does not have it" in finding.message


@pytest.mark.parametrize("operation", ["atomicMax_system", "atomicAnd_system", "atomicInc_system"])
def test_operations_that_pcie_lacks_are_told_from_those_that_it_has(operation: str) -> None:
    assert "PCIe has no such operation" in judged("memory/scoped-atomics", name=operation).message
    assert "managed memory is coherent" in judged("memory/scoped-atomics", name="atomicAdd_system").message


def test_launch_bounds_say_when_the_size_of_the_block_is_not_known() -> None:
    facts = {"name": "__launch_bounds__", "second": 4}

    assert "not seen here" in judged("warp/launch-bounds-blocks", first="kThreads", **facts).message
    assert "not seen here" in judged("warp/launch-bounds-blocks", **facts).message
    assert "not seen" not in judged("warp/launch-bounds-blocks", first=128, **facts).message
    assert "not seen" not in judged("warp/launch-bounds-blocks", "gfx1100", **facts).message


def test_a_group_of_32_is_no_fault_by_itself_where_others_do_the_exchange() -> None:
    assert "which functions or callers in other files decide" in judged("warp/lane-index-literal", wave="unknown").message
    assert "assumes 32 lanes" in judged("warp/lane-index-literal", wave="mixed").message


@pytest.mark.parametrize("rule_id", ["warp/shared-array-of-32", "warp/first-32-threads"])
def test_groups_of_32_that_keep_to_themselves_are_called_right_for_so_long(rule_id: str) -> None:
    assert "as those seen here do" in judged(rule_id, wave="bounded").message
    assert "as those seen here do" not in judged(rule_id, wave="mixed").message


def test_a_conversion_on_the_host_matters_where_the_gpu_has_another_encoding() -> None:
    rule = "math/fp8-conversion"

    assert judged(rule, "gfx90a", side="host").severity is Severity.NONE
    assert judged(rule, "gfx90a", side="device").failure_mode is FailureMode.PERF
    assert judged(rule, "gfx942", side="host").failure_mode is FailureMode.SILENT_WRONG


def test_a_broadcast_among_the_first_32_threads_is_right() -> None:
    assert judged("warp/broadcast-without-width", threads="first-32").severity is Severity.NONE
    assert judged("warp/broadcast-without-width").severity is Severity.HIGH
