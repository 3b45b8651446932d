"""What the rules on layouts say for GPUs of different families."""

import pytest

from builders import make_site
from portgauge.judging.judge import Judge
from portgauge.model.finding import Finding
from portgauge.model.rule import FailureMode, Severity
from portgauge.resources import rules_folder
from portgauge.rulebook.loader import load_rulebook

RULEBOOK = load_rulebook(rules_folder())


def judged(rule_id: str, target: str, **facts: str | int) -> Finding:
    site = make_site(f"layout/{rule_id}", match="x", facts=tuple(sorted(facts.items())))
    finding = Judge(RULEBOOK, rocm_version="10.0").judge(site, RULEBOOK.targets.find(target))
    assert finding is not None
    return finding


@pytest.mark.parametrize("rule_id", ["file-by-warp", "member-per-lane"])
def test_what_is_stored_for_each_of_32_lanes_is_wrong_on_64_and_right_on_32(rule_id: str) -> None:
    wide, narrow = judged(rule_id, "gfx942"), judged(rule_id, "gfx1100")

    assert (wide.severity, wide.failure_mode) == (Severity.MEDIUM, FailureMode.SILENT_WRONG)
    assert (narrow.severity, narrow.failure_mode) == (Severity.NONE, FailureMode.NONE)


def test_a_layout_by_precision_says_what_pays_on_each_family() -> None:
    cdna = judged("chosen-by-precision", "gfx942", decided_by="precision")
    rdna = judged("chosen-by-precision", "gfx1100", decided_by="precision")

    assert cdna.failure_mode is rdna.failure_mode is FailureMode.SILENT_WRONG
    assert "the faster layout for half precision" in cdna.message
    assert "was seen to be slow" in rdna.message


def test_a_layout_by_tensor_cores_says_that_the_test_answers_otherwise() -> None:
    assert "for the wrong reason" in judged("chosen-by-precision", "gfx90a", decided_by="tensor-core").message


def test_fragment_order_is_wrong_on_both_wave_sizes() -> None:
    findings = [judged("fragment-order", target) for target in ("gfx942", "gfx1100")]

    assert {finding.failure_mode for finding in findings} == {FailureMode.SILENT_WRONG}
    assert "has 32 lanes too" in findings[1].message


def test_packed_channels_do_not_compile_and_plain_ones_cost_nothing() -> None:
    packed = judged("cudnn-tensor-format", "gfx942", name="CUDNN_TENSOR_NCHW_VECT_C")
    plain = judged("cudnn-tensor-format", "gfx942", name="CUDNN_TENSOR_NCHW")

    assert packed.failure_mode is FailureMode.COMPILE_ERROR
    assert plain.effort_class == "none"


def test_tiled_orders_have_no_counterpart_and_leading_dimensions_stay() -> None:
    assert judged("blaslt-order", "gfx942", name="CUBLASLT_ORDER_COL32").failure_mode is FailureMode.COMPILE_ERROR
    assert judged("blaslt-order", "gfx942", name="CUBLASLT_MATRIX_LAYOUT_LD").severity is Severity.NONE


def test_an_own_pitch_is_free_where_no_texture_can_be_bound() -> None:
    assert judged("own-texture-pitch", "gfx942").severity is Severity.NONE
    assert judged("own-texture-pitch", "gfx1100").severity is Severity.MEDIUM
