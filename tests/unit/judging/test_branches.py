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


NOT_ON_AMD = Define(name="FAST_COPY", guards=(guard("if !defined(USE_HIP) && __CUDA_ARCH__ >= 800"),))


@pytest.mark.parametrize(
    ("condition", "amd_by_name"),
    [("ifdef FAST_COPY", False), ("ifndef FAST_COPY", True), ("if defined(FAST_COPY) && N > 3", False), ("if N", None)],
)
def test_a_macro_defined_only_where_amd_was_left_out_is_known_to_be_missing_there(
    condition: str, *, amd_by_name: bool | None, rulebook: Rulebook
) -> None:
    serves = Branches(rulebook.vendors, (NOT_ON_AMD,)).serves((guard(condition),))

    assert serves.amd_by_name is amd_by_name


@pytest.mark.parametrize(
    "other",
    [
        Define(name="FAST_COPY", guards=()),
        Define(name="FAST_COPY", guards=(guard("ifdef USE_HIP"),)),
        Define(name="FAST_COPY", guards=(guard("ifdef SOME_OPTION"),)),
        # A default: whoever builds may have given another value before.
        Define(name="FAST_COPY", guards=(guard("ifndef USE_HIP"), guard("ifndef FAST_COPY"))),
    ],
)
def test_a_macro_that_another_place_may_define_on_amd_is_unknown(other: Define, rulebook: Rulebook) -> None:
    serves = Branches(rulebook.vendors, (NOT_ON_AMD, other)).serves((guard("ifdef FAST_COPY"),))

    assert (serves.amd, serves.amd_by_name) == (None, None)


def test_a_macro_that_only_asks_for_nvidia_leaves_nobody_out_by_name(rulebook: Rulebook) -> None:
    ampere = Define(name="FAST_COPY", guards=(guard("if __CUDA_ARCH__ >= 800"),))

    serves = Branches(rulebook.vendors, (ampere,)).serves((guard("ifdef FAST_COPY"),))

    assert (serves.amd, serves.amd_by_name) == (False, None)


def test_a_macro_of_some_amd_gpus_does_not_decide_the_branch_beside_it(rulebook: Rulebook) -> None:
    one_gpu = Define(name="BIG_MATRIX", guards=(guard("ifdef __gfx942__"),))
    branches = Branches(rulebook.vendors, (one_gpu,))

    assert branches.serves((guard("ifdef BIG_MATRIX"),)).nvidia_by_name is False
    assert branches.serves((guard("else ", tried=("defined(BIG_MATRIX)",)),)).amd_by_name is None


def test_macros_follow_from_macros_that_follow(rulebook: Rulebook) -> None:
    chain = (
        NOT_ON_AMD,
        Define(name="PIPELINE", guards=(guard("ifdef FAST_COPY"),)),
        Define(name="DEEP_PIPELINE", guards=(guard("if defined(PIPELINE) && STAGES > 2"),)),
        Define(name="FOURTH", guards=(guard("ifdef DEEP_PIPELINE"),)),
    )
    branches = Branches(rulebook.vendors, chain)

    assert branches.serves((guard("ifdef DEEP_PIPELINE"),)).amd_by_name is False
    assert branches.serves((guard("ifdef FOURTH"),)).amd_by_name is None


def test_macros_of_the_project_are_its_options(rulebook: Rulebook) -> None:
    branches = Branches(rulebook.vendors, ())

    assert branches.options((guard("if defined(WITH_OPTIX) && !defined(USE_ROCM)"), guard("ifdef FAST"))) == (
        "WITH_OPTIX",
        "FAST",
    )
