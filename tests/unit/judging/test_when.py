"""Whether the conditions of a judgement line hold."""

import pytest

from builders import make_target
from portgauge.judging.conditions import Circumstances, holds
from portgauge.model.rule import Condition


def is_met(name: str, operator: str, *values: str | int, rocm: str = "7.0", **row: str) -> bool:
    circumstances = Circumstances(
        target=make_target("gfx942", properties={"lds_kib": 64, "fp8": "fnuz"}),
        rocm_version=rocm,
        row=row,
        facts={"mask_bits": 32, "opcode": "prmt.b32"},
    )
    return holds(Condition(name=name, operator=operator, values=values), circumstances)


@pytest.mark.parametrize(
    ("operator", "version", "is_true"),
    [
        ("<", "7.0", False),
        ("<=", "7", True),
        (">=", "7.0.0", True),
        (">", "6.10", True),
        ("<", "6.2", False),
        ("<", "10.0", True),
        ("<", "7.0.1", True),
    ],
)
def test_versions_are_compared_as_numbers(operator: str, version: str, is_true: bool) -> None:
    assert is_met("rocm", operator, version) is is_true


def test_a_value_is_equal_to_one_of_the_list_whatever_its_type() -> None:
    assert is_met("lanes_per_wave", "in", 64)
    assert is_met("lanes_per_wave", "in", "32", "64")
    assert is_met("site.mask_bits", "in", 32)
    assert is_met("fp8", "in", "none", "fnuz")
    assert not is_met("fp8", "in", "ocp")


@pytest.mark.parametrize("name", ["image_support", "site.literal", "row.status", "cuda", "route"])
@pytest.mark.parametrize(("operator", "wanted"), [("in", "yes"), ("in", "no"), ("<", "99"), (">=", "0")])
def test_what_is_not_known_is_never_true(name: str, operator: str, wanted: str) -> None:
    assert not is_met(name, operator, wanted)


def test_a_cell_is_compared_with_the_version_asked_for() -> None:
    assert is_met("row.hip_added", ">", "rocm", rocm="6.4", hip_added="7.0.0")
    assert not is_met("row.hip_added", ">", "rocm", rocm="7.0", hip_added="7.0.0")
    assert is_met("row.hip_removed", "<=", "rocm", rocm="7.0", hip_removed="7.0.0")


@pytest.mark.parametrize("cell", ["", "<=10.0.0", "soon"])
@pytest.mark.parametrize("operator", ["<", "<=", ">", ">="])
def test_a_cell_that_is_no_version_compares_with_nothing(operator: str, cell: str) -> None:
    assert not is_met("row.hip_added", operator, "rocm", hip_added=cell)
