"""The verdict on a codebase, and what covers its sites."""

from collections.abc import Callable

import pytest

from builders import ANALYSED_AT, make_settings
from portgauge.model.analysis import Analysis, Inventory, VerdictWord
from portgauge.model.rule import Mode
from portgauge.pipeline import judge_inventory
from portgauge.reporting.summary import summarise
from portgauge.rulebook.rulebook import Rulebook

Judged = Callable[..., Analysis]
KERNEL = "__global__ void k(int* a) { a[threadIdx.x] = 0; }\n"
RAYS = "#include <optix.h>\nvoid f() { optixTrace(); optixTrace(); }\n"


@pytest.fixture
def judged(take: Callable[..., Inventory], rulebook: Rulebook) -> Judged:
    """``judged({"a.cu": "..."})``: the analysis of a codebase of these files, for gfx942 and gfx1100."""

    def analysis_of(files: dict[str, str | bytes]) -> Analysis:
        settings = make_settings(targets=("gfx942", "gfx1100"))
        return judge_inventory(take(files), rulebook=rulebook, settings=settings, analysed_at=ANALYSED_AT)

    return analysis_of


def test_code_without_cuda_has_nothing_to_port(judged: Judged) -> None:
    analysis = judged({"main.cpp": "int main() { return 0; }\n", "setup.py": "print(1)\n"})

    for verdict in analysis.verdicts:
        assert (verdict.word, verdict.grade, verdict.portability) == (VerdictWord.PORTABLE, "", None)
        assert "nothing to port" in verdict.why
    assert {estimate.total.p50 for estimate in analysis.estimates} == {0}


def test_code_without_a_blocker_is_portable(judged: Judged) -> None:
    verdict = judged({"k.cu": KERNEL + "void f() { cudaFree(p); }\n"}).verdict("gfx942")

    assert (verdict.word, verdict.blockers, verdict.portability) == (VerdictWord.PORTABLE, (), 100)
    assert verdict.grade in ("A", "B")


def test_the_share_of_easy_code_counts_lines_of_files_without_hard_findings(judged: Judged) -> None:
    hard = "__global__ void h(int v) { v = __shfl_sync(0xffffffff, v, 0); }\n"

    analysis = judged({"easy.cu": KERNEL * 3, "hard.cu": hard})

    assert analysis.verdict("gfx942").portability == 75


def test_a_blocker_in_the_heart_of_the_code_blocks_it_and_is_listed_once(judged: Judged) -> None:
    analysis = judged({"rays.cu": RAYS + KERNEL, "more.cu": RAYS})

    verdict = analysis.verdict("gfx942")
    (blocker,) = verdict.blockers
    assert (verdict.word, verdict.grade, blocker.blocker_class) == (VerdictWord.BLOCKED, "E", "optix")
    assert [(str(place.path), place.line) for place in blocker.where] == [
        ("more.cu", 1),
        ("more.cu", 2),
        ("more.cu", 2),
        ("rays.cu", 1),
        ("rays.cu", 2),
        ("rays.cu", 2),
    ]
    # Its price is that of a way past it, once; no site of it has a price of its own.
    assert sum(option.hours is not None for option in blocker.options) >= 1
    decided = {finding.site.fingerprint for finding in analysis.findings if finding.blocker}
    for mode in Mode:
        lines = analysis.estimate(target="gfx942", mode=mode).lines
        assert not any(fingerprint in decided for line in lines for fingerprint in line.fingerprints)


def test_a_report_on_a_build_without_cuda_code_opens_with_that(judged: Judged) -> None:
    summary = summarise(judged({"CMakeLists.txt": "project(p LANGUAGES CXX CUDA)\nfind_package(CUDAToolkit)\n"}))

    assert summary.has_work
    assert summary.sentence.startswith("No CUDA code was found in ")


def test_every_place_of_a_blocker_is_kept_so_that_its_number_is_right(judged: Judged) -> None:
    (blocker,) = (
        judged({"rays.cu": "#include <optix.h>\n" + "void f() { optixTrace(); }\n" * 120}).verdict("gfx942").blockers
    )

    assert len(blocker.where) == 121


def test_a_blocker_in_a_corner_does_not_block_the_rest(judged: Judged) -> None:
    analysis = judged({"rays.cu": RAYS, "work.cu": KERNEL * 400})

    verdict = analysis.verdict("gfx942")
    assert verdict.word is VerdictWord.PORTABLE
    assert [blocker.blocker_class for blocker in verdict.blockers] == ["optix"]


def test_a_blocker_behind_an_option_does_not_block_the_rest(judged: Judged) -> None:
    analysis = judged({"rays.cu": f"#ifdef WITH_RAYS\n{RAYS}#endif\n{KERNEL}"})

    assert analysis.verdict("gfx942").word is VerdictWord.PORTABLE


def test_code_for_amd_with_a_build_for_it_is_already_there(judged: Judged) -> None:
    def either(amd: str, nvidia: str) -> str:
        return f"#ifdef __HIP_PLATFORM_AMD__\n{amd}\n#else\n{nvidia}\n#endif\n{KERNEL}"

    analysis = judged(
        {
            "CMakeLists.txt": "cmake_minimum_required(VERSION 3.21)\nproject(a LANGUAGES CXX HIP)\n"
            "find_package(hip REQUIRED)\nset_source_files_properties(k.cu PROPERTIES LANGUAGE HIP)\n",
            "k.cu": either("#include <hip/hip_runtime.h>", "#include <cuda_runtime.h>"),
            "l.cu": either("void f() { hipFree(p); }", "void f() { cudaFree(p); }"),
        }
    )

    assert analysis.verdict("gfx942").word is VerdictWord.ALREADY
    guarded = next(finding for finding in analysis.findings if finding.site.rule_id == "runtime/cudaFree")
    assert guarded.covered_by == "amd-conditions"


def test_a_covered_site_costs_nothing(judged: Judged) -> None:
    code = "__global__ void k(int v) {{\n{before}v = __shfl_sync(0xffffffff, v, 0);\n{after}}}\n"

    open_site = judged({"k.cu": code.format(before="", after="")})
    covered = judged({"k.cu": code.format(before="#ifndef USE_ROCM\n", after="#endif\n")})

    def site_hours(analysis: Analysis) -> float:
        lines = analysis.estimate(target="gfx942", mode=Mode.HIPIFY).lines
        return sum(line.hours.p50 for line in lines if line.fingerprints)

    assert site_hours(open_site) > 0
    assert site_hours(covered) == 0
    assert {f.covered_by for f in covered.findings if f.site.rule_id == "warp/mask-literal"} == {"amd-conditions"}


def test_names_with_an_alias_are_covered_by_the_header_that_gives_it(judged: Judged) -> None:
    names = ("Malloc", "Free", "Memcpy", "Memset", "DeviceSynchronize")
    header = "".join(f"#define cuda{name} hip{name}\n" for name in names)

    analysis = judged({"gpu.h": header, "a.cu": KERNEL + "void f() { cudaFree(p); cudaMallocHost(&p, 1); }\n"})

    calls = {
        f.site.match: f.covered_by for f in analysis.findings if str(f.site.path) == "a.cu" and f.site.function == "f"
    }
    assert calls == {"cudaFree": "alias:gpu.h", "cudaMallocHost": None}


def test_a_grade_is_withheld_when_too_little_could_be_read(judged: Judged) -> None:
    verdict = judged({"k.cu": KERNEL, "binary.cu": b"\0" * 5_000}).verdict("gfx942")

    assert verdict.grade == ""
    assert "The grade is withheld" in verdict.why


SETUP = (
    "import torch\nfrom torch.utils.cpp_extension import CUDAExtension\n"
    "if torch.version.hip:\n    flags = []\nelse:\n    flags = ['--maxrregcount=32']\n"
    "CUDAExtension('k', ['k.cu'])\n"
)


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ("", VerdictWord.ALREADY),
        (
            "inline __host__ __device__ void operator+=(float4& a, float4 b) { a.x += b.x; }\n",
            VerdictWord.PORTABLE,
        ),
    ],
)
def test_an_extension_that_knows_amd_is_ported_only_when_nothing_in_it_fails_to_compile(
    more: str, word: VerdictWord, judged: Judged
) -> None:
    analysis = judged({"setup.py": SETUP, "k.cu": "#include <torch/extension.h>\n" + more + KERNEL})

    assert analysis.verdict("gfx942").word is word


def test_a_blocker_says_how_much_of_the_code_it_concerns_and_whether_it_is_optional(judged: Judged) -> None:
    rays = RAYS + "__device__ int trace(int a) { return a; }\n"
    calls = '#include "rays.cuh"\n__global__ void shade(int* p) { p[0] = trace(1); }\n'

    always = judged({"rays.cuh": rays, "shade.cu": calls, "plain.cu": KERNEL}).verdict("gfx942").blockers[0]
    optional = (
        judged({"rays.cu": f"#ifdef WITH_RAYS\n{rays}#endif\n", "plain.cu": KERNEL}).verdict("gfx942").blockers[0]
    )

    assert always.kernel_share == pytest.approx(1 / 2)
    assert 0 < always.code_share < 1
    assert always.optional_behind == ()
    assert optional.optional_behind == ("WITH_RAYS",)
    assert optional.kernel_share == 0
