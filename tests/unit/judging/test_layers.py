"""AMD paths that the code already has, and what they cover."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from portgauge.judging.branches import Branches
from portgauge.model.analysis import Analysis, Inventory, VerdictWord
from portgauge.model.location import Define, Guard
from portgauge.model.rule import Mode
from portgauge.pipeline import default_settings, judge_inventory
from portgauge.rulebook.rulebook import Rulebook

Take = Callable[..., Inventory]
KERNEL = "__global__ void k(float* x) { x[threadIdx.x] = 1; }\n"
CALLS = "void f(void** p) { cudaMalloc(p, 4); cudaFree(*p); cudaDeviceSynchronize(); }\n"
ALIASES = "".join(
    f"#define cuda{name} hip{name}\n" for name in ("Malloc", "Free", "Memcpy", "DeviceSynchronize", "GetLastError")
)
HIP_BUILD = "project(p LANGUAGES CXX)\nenable_language(HIP)\nadd_library(p a.cu)\n"


@pytest.fixture
def judge(take: Take, rulebook: Rulebook) -> Callable[[dict[str, str]], Analysis]:
    def judged(files: dict[str, str]) -> Analysis:
        settings = default_settings(rulebook, targets=("gfx90a",))
        return judge_inventory(take(files), rulebook=rulebook, settings=settings, analysed_at=datetime.now(UTC))

    return judged


Judge = Callable[[dict[str, str]], Analysis]


def covered_by(analysis: Analysis, match: str) -> list[str | None]:
    return [finding.covered_by for finding in analysis.findings if finding.site.match == match]


def word(analysis: Analysis) -> VerdictWord:
    return analysis.verdicts[0].word


def guard(text: str, kind: str = "if", tried: tuple[str, ...] = ()) -> Guard:
    return Guard(kind=kind, text=text, line=1, tried=tried)


@pytest.mark.parametrize(
    ("guards", "nvidia", "amd"),
    [
        ([guard("USE_HIP", "ifdef")], False, True),
        ([guard("USE_ROCM", "ifndef")], True, False),
        ([guard("USE_HIP", "else", ("defined(USE_HIP)",))], True, False),
        ([guard("defined(__CUDACC__) || defined(__HIPCC__)")], True, True),
        ([guard("__CUDA_ARCH__ >= 530")], None, False),
        ([guard("WITH_FEATURE", "ifdef")], None, None),
        ([guard("WITH_FEATURE", "ifdef"), guard("GGML_USE_HIP", "ifdef")], False, None),
        ([guard("USE_CUDA", "elif", ("defined(USE_HIP)",))], None, False),
        ([guard("WITH_CHIP", "ifdef")], None, None),
    ],
)
def test_a_branch_serves_vendors(
    rulebook: Rulebook, guards: list[Guard], nvidia: bool | None, amd: bool | None
) -> None:
    serves = Branches(rulebook.vendors, ()).serves(tuple(guards))

    assert (serves.nvidia, serves.amd) == (nvidia, amd)


def test_a_macro_defined_for_one_vendor_is_that_vendors(rulebook: Rulebook) -> None:
    defines = (
        Define(name="ON_AMD", guards=(guard("__HIPCC__", "ifdef"),)),
        Define(name="VIA_AMD", guards=(guard("ON_AMD", "ifdef"),)),
        Define(name="LANES", guards=(guard("__HIPCC__", "ifdef"),)),
        Define(name="LANES", guards=(guard("", "else", ("defined(__HIPCC__)",)),)),
    )
    branches = Branches(rulebook.vendors, defines)

    assert branches.vendor_of("ON_AMD") == "amd"
    assert branches.vendor_of("VIA_AMD") == "amd"
    assert branches.vendor_of("LANES") == ""


def test_the_branch_beside_an_amd_branch_costs_nothing(judge: Judge) -> None:
    analysis = judge({"a.cu": "#ifdef USE_HIP\nint x;\n#else\n" + CALLS + "#endif\n" + KERNEL})

    assert covered_by(analysis, "cudaMalloc") == ["amd-conditions"]


COPY = '__global__ void k() {\n#ifdef FAST_COPY\n  asm volatile("cp.async.wait_all;");\n#endif\n}\n'
FAST_COPY = "#if !defined(USE_HIP) && __CUDA_ARCH__ >= 800\n#define FAST_COPY\n#endif\n"


def ptx_covered_by(analysis: Analysis) -> set[str | None]:
    return {each.covered_by for each in analysis.findings if each.site.rule_id.startswith("ptx/")}


def test_code_behind_a_macro_that_amd_builds_never_have_costs_nothing(judge: Judge) -> None:
    analysis = judge({"common.cuh": FAST_COPY, "a.cu": '#include "common.cuh"\n' + COPY})

    assert ptx_covered_by(analysis) == {"amd-conditions"}


def test_a_macro_that_another_file_defines_for_everybody_covers_nothing(judge: Judge) -> None:
    analysis = judge({"common.cuh": FAST_COPY, "other.cuh": "#define FAST_COPY\n", "a.cu": COPY})

    assert ptx_covered_by(analysis) == {None}


def test_code_that_nothing_compiles_costs_nothing(judge: Judge) -> None:
    analysis = judge({"a.cu": "#if 0\n" + CALLS + "#endif\n" + KERNEL})

    assert covered_by(analysis, "cudaMalloc") == ["never-compiled"]
    assert [layer.id for layer in analysis.layers] == []


def test_a_sycl_backend_is_no_part_of_the_port(judge: Judge) -> None:
    sycl = "#include <sycl/sycl.hpp>\n#include <cublas_v2.h>\n" + CALLS
    alone, beside = judge({"cuda/a.cu": CALLS + KERNEL}), judge({"cuda/a.cu": CALLS + KERNEL, "sycl/b.cpp": sycl})

    assert covered_by(beside, "cudaMalloc") == [None, "sycl-backend"]
    hours = [each.estimate(target=each.targets[0].id, mode=Mode.HIPIFY).total.p50 for each in (alone, beside)]
    assert hours[1] == pytest.approx(hours[0])


def test_code_that_only_asks_for_nvidia_is_still_to_be_ported(judge: Judge) -> None:
    analysis = judge({"a.cu": "#ifdef __CUDACC__\n" + CALLS + "#endif\n" + KERNEL})

    assert covered_by(analysis, "cudaMalloc") == [None]


def test_an_alias_header_covers_the_names_that_it_has(judge: Judge) -> None:
    analysis = judge(
        {"compat.h": ALIASES, "a.cu": '#include "compat.h"\n' + CALLS + "void g() { cudaMemset(0, 0, 1); }\n"}
    )

    assert set(covered_by(analysis, "cudaMalloc")) == {"alias:compat.h"}
    assert covered_by(analysis, "cudaMemset") == [None]


OWN = """
#define __shfl_sync(mask, v, lane) __shfl(v, lane)
#define __any_sync(mask, v) __any_sync_checked(mask, v)
typedef __hip_bfloat16 nv_bfloat16;
static __device__ int __vsub4(int a, int b) { return a - b; }
static __device__ int __shfl_xor_sync(unsigned mask, int v, int lane) { (void) mask; return __shfl_xor(v, lane); }
"""
USES = """#include "compat.h"
__global__ void k(int v) {
  nv_bfloat16 x; __vsub4(v, 1); __vadd4(v, 1);
  __shfl_sync(0xffffffff, v, 0); __shfl_xor_sync(0xfffffffe, v, 1); __any_sync(0xfffffffc, v);
}
"""


def uses_covered_by(analysis: Analysis, match: str) -> set[str | None]:
    found = [each for each in analysis.findings if each.site.match == match and str(each.site.path) == "a.cu"]
    assert found
    return {each.covered_by for each in found}


def test_an_alias_header_covers_what_it_defines_itself(judge: Judge) -> None:
    analysis = judge({"compat.h": ALIASES + OWN, "a.cu": USES})

    assert uses_covered_by(analysis, "__vsub4") == {"alias:compat.h"}
    assert uses_covered_by(analysis, "nv_bfloat16") == {"alias:compat.h"}
    assert None in uses_covered_by(analysis, "__vadd4")


def test_an_alias_that_drops_the_mask_covers_the_mask(judge: Judge) -> None:
    analysis = judge({"compat.h": ALIASES + OWN, "a.cu": USES})

    assert uses_covered_by(analysis, "0xffffffff") == {"alias:compat.h"}
    assert uses_covered_by(analysis, "0xfffffffe") == {"alias:compat.h"}
    assert uses_covered_by(analysis, "0xfffffffc") == {None}


def test_a_header_for_amd_that_defines_the_architecture_covers_conditions_and_not_the_code_behind(judge: Judge) -> None:
    arch = "#if __CUDA_ARCH__ >= 700\nvoid h() { cudaMemset(0, 0, 1); }\n#endif\n"
    analysis = judge({"compat.h": ALIASES + "#define __CUDA_ARCH__ 1300\n", "a.cu": arch + KERNEL})

    assert uses_covered_by(analysis, "__CUDA_ARCH__ >= 700") == {"alias:compat.h"}
    assert uses_covered_by(analysis, "cudaMemset") == {None}


@pytest.mark.parametrize(
    "header",
    [
        # One alias is a stray token, and definitions without any say nothing about AMD.
        "#define cudaMalloc hipMalloc\n" + OWN,
        OWN,
        # Definitions for NVIDIA beside aliases for AMD.
        "#ifdef USE_HIP\n" + ALIASES + "#else\n" + OWN + "#endif\n",
    ],
)
def test_definitions_that_are_not_for_amd_cover_nothing(header: str, judge: Judge) -> None:
    analysis = judge({"compat.h": header, "a.cu": USES})

    assert None in uses_covered_by(analysis, "__vsub4")
    assert uses_covered_by(analysis, "0xffffffff") == {None}


def test_a_backend_beside_the_cuda_one_covers_it(judge: Judge) -> None:
    analysis = judge({"cuda/a.cu": CALLS, "hip/a.cpp": "void f(void** p) { hipMalloc(p, 4); }\n", "b.cu": CALLS})

    assert covered_by(analysis, "cudaMalloc") == [None, "sibling:hip"]


def test_a_path_needs_code_and_a_build(judge: Judge) -> None:
    guarded = "#ifdef USE_HIP\nint x;\n#endif\n"
    files = {"a.cu": guarded + CALLS, "b.cu": guarded + KERNEL}

    half = judge(files)
    whole = judge({**files, "CMakeLists.txt": HIP_BUILD})

    assert word(half) is VerdictWord.PORTABLE
    assert "no build for it" in half.verdicts[0].why
    assert word(whole) is VerdictWord.ALREADY
    assert covered_by(whole, "cudaMalloc") == ["amd-build"]


def test_an_amd_path_has_paid_for_build_and_files(judge: Judge) -> None:
    guarded = "#ifdef USE_HIP\nint x;\n#endif\n"
    analysis = judge({"a.cu": guarded + CALLS, "b.cu": guarded + KERNEL, "CMakeLists.txt": HIP_BUILD})

    assert {estimate.total.p50 for estimate in analysis.estimates} == {0.0}


def test_a_word_in_a_comment_or_another_word_is_no_path(judge: Judge) -> None:
    analysis = judge(
        {
            "a.cu": "// #ifdef USE_HIP\n/* hipcc */\n#ifdef WITH_CHIP\nint ship;\n#endif\n" + CALLS,
            "CMakeLists.txt": "project(ship LANGUAGES CXX CUDA)\n",
        }
    )

    assert word(analysis) is VerdictWord.PORTABLE
    assert analysis.layers == ()


TENSOR = "#include <cutlass/cutlass.h>\n__global__ void t() { cutlass::half_t x; }\n"


def test_a_blocker_that_touches_the_code_blocks(judge: Judge) -> None:
    analysis = judge({"a.cu": TENSOR, "b.cu": KERNEL})

    assert word(analysis) is VerdictWord.BLOCKED
    assert analysis.verdicts[0].grade == "E"


def test_a_blocker_in_a_small_corner_does_not_block_the_rest(judge: Judge) -> None:
    analysis = judge({"a.cu": TENSOR, "b.cu": "void f() { cudaFree(0); }\n" * 2000})

    assert word(analysis) is VerdictWord.PORTABLE
    assert [blocker.blocker_class for blocker in analysis.verdicts[0].blockers] == ["cutlass-cute"]


def test_a_blocker_behind_an_option_does_not_block(judge: Judge) -> None:
    analysis = judge({"a.cu": "#ifdef WITH_TENSOR_OPS\n" + TENSOR + "#endif\n" + KERNEL})

    assert word(analysis) is VerdictWord.PORTABLE


def test_the_name_of_a_codebase_decides_nothing(judge: Judge, take: Take) -> None:
    first = judge(
        {"one/a.cu": TENSOR + CALLS, "CMakeLists.txt": "project(one LANGUAGES CUDA)\nadd_library(one one/a.cu)\n"}
    )
    second = judge(
        {"two/a.cu": TENSOR + CALLS, "CMakeLists.txt": "project(two LANGUAGES CUDA)\nadd_library(two two/a.cu)\n"}
    )

    assert word(first) is word(second)


def test_code_that_stands_in_for_cuda_is_blocked(judge: Judge, rulebook: Rulebook) -> None:
    functions = [
        row[0] for row in rulebook.tables["runtime"].rows if row[1] == "function" and row[0].startswith("cuda")
    ]
    shim = "".join(f"cudaError_t {name}(int x) {{ return real(x); }}\n" for name in functions[:120])

    assert word(judge({"shim.cpp": "#include <cuda_runtime.h>\n" + shim})) is VerdictWord.BLOCKED
