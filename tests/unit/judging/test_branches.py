"""For whom a branch is compiled."""

import pytest

from portgauge.judging.branches import Branches
from portgauge.model.location import Define, Guard
from portgauge.rulebook.rulebook import Rulebook


def guard(condition: str, *, tried: tuple[str, ...] = ()) -> Guard:
    kind, _, text = condition.partition(" ")
    return Guard(kind=kind, text=text, line=1, tried=tried)


@pytest.mark.parametrize(
    ("condition", "nvidia", "amd"),
    [
        ("ifdef __HIP_PLATFORM_AMD__", False, True),
        ("ifndef USE_ROCM", True, False),
        ("if defined(__CUDACC__) && !defined(__HIPCC__)", True, False),
        ("if defined(__CUDACC__) || defined(__HIPCC__)", True, True),
        ("ifdef FEATURE", None, None),
        ("if FEATURE && defined(USE_ROCM)", False, None),
        # Defined only while device code is compiled, so it says nothing about the file.
        ("ifdef __CUDA_ARCH__", None, False),
        ("if CUDART_VERSION >= 11000", None, False),
        ("if 0", False, False),
    ],
)
def test_a_condition_is_answered_for_each_vendor(
    condition: str, nvidia: bool | None, amd: bool | None, rulebook: Rulebook
) -> None:
    serves = Branches(rulebook.vendors, ()).serves((guard(condition),))

    assert (serves.nvidia, serves.amd) == (nvidia, amd)


def test_an_else_is_compiled_when_none_before_it_was(rulebook: Rulebook) -> None:
    branches = Branches(rulebook.vendors, ())

    serves = branches.serves((guard("else ", tried=("defined(USE_ROCM)",)),))

    assert (serves.nvidia, serves.amd) == (True, False)


def test_all_conditions_around_a_place_must_hold(rulebook: Rulebook) -> None:
    branches = Branches(rulebook.vendors, ())

    serves = branches.serves((guard("ifdef FEATURE"), guard("ifdef USE_ROCM")))

    assert (serves.nvidia, serves.amd) == (False, None)


def test_a_macro_that_is_defined_for_one_vendor_only_tells_the_vendor(rulebook: Rulebook) -> None:
    defines = (Define(name="MY_GPU_IS_RED", guards=(guard("ifdef __HIP_PLATFORM_AMD__"),)),)

    branches = Branches(rulebook.vendors, defines)

    assert branches.vendor_of("MY_GPU_IS_RED") == "amd"
    assert branches.serves((guard("ifndef MY_GPU_IS_RED"),)).amd is False
    assert Branches(rulebook.vendors, ()).vendor_of("MY_GPU_IS_RED") == ""


def test_macros_of_the_project_are_its_options(rulebook: Rulebook) -> None:
    branches = Branches(rulebook.vendors, ())

    assert branches.options((guard("if defined(WITH_OPTIX) && !defined(USE_ROCM)"), guard("ifdef FAST"))) == (
        "WITH_OPTIX",
        "FAST",
    )
