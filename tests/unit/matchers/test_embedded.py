"""CUDA source and PTX that a program keeps in strings or in files of their own."""

from collections.abc import Callable

import pytest

from portgauge.matchers.facts import FileFacts
from portgauge.model.rule import Confidence

Scan = Callable[..., FileFacts]


def places(facts: FileFacts, rule_id: str) -> list[tuple[int, str]]:
    return [(site.location.line, site.match) for site in facts.sites if site.rule_id == rule_id]


KERNEL = """extern "C" __global__ void scale(float* x) {
    float v = __shfl_sync(0xffffffff, x[threadIdx.x], 0);
    x[threadIdx.x] = v;
}"""


@pytest.mark.parametrize(
    "code",
    [
        f"import cupy\nscale = cupy.RawKernel(r'''\n{KERNEL}\n''', 'scale')\n",
        f'from pycuda.compiler import SourceModule\nmodule = SourceModule("""\n{KERNEL}\n""")\n',
    ],
    ids=["CuPy", "PyCUDA"],
)
def test_cuda_source_in_a_python_string_is_read_where_it_stands(code: str, scan: Scan) -> None:
    facts = scan(code, language="python", path="kernels.py")

    (site,) = (site for site in facts.sites if site.rule_id == "warp/mask-literal")
    assert (site.match, site.location.line, site.function) == ("0xffffffff", 4, "scale")
    assert (site.fact("in_string"), site.confidence) == ("cuda", Confidence.MEDIUM)
    assert [(kernel.name, kernel.location.line) for kernel in facts.kernels] == [("scale", 3)]


def test_joined_literals_and_escapes_are_one_source(scan: Scan) -> None:
    code = (
        "source = (\n"
        "    '#define ALL 0xffffffff  // every lane\\n'\n"
        "    '__global__ void k(int v) {\\n'\n"
        "    '  v = __shfl_sync(ALL, v, 0);\\n}')\n"
    )

    assert places(scan(code, language="python", path="a.py"), "warp/mask-literal") == [(4, "ALL")]


def test_cuda_source_in_strings_of_cpp_is_read(scan: Scan) -> None:
    raw = f'#include <nvrtc.h>\nconst char* source = R"code({KERNEL})code";\n'
    joined = 'const char* s = "__global__ void k(int v) {\\n"\n  "v = __shfl_sync(0xffffffff, v, 0);\\n"\n  "}";\n'

    assert places(scan(raw, path="a.cpp", language="c++"), "warp/mask-literal") == [(3, "0xffffffff")]
    assert places(scan(joined, path="a.cpp", language="c++"), "warp/mask-literal") == [(2, "0xffffffff")]


def test_ptx_in_a_python_string_is_read(scan: Scan) -> None:
    code = (
        "def f(x):\n"
        "    return tl.inline_asm_elementwise(\n"
        "        asm='''{ .reg .b32 t;\n"
        "            prmt.b32 t, $1, $2, $3;\n"
        "            mov.u32 $0, %laneid; }''',\n"
        "        constraints='=r,r', args=[x])\n"
    )

    facts = scan(code, language="python", path="a.py")

    assert [line for line, _ in places(facts, "ptx/prmt") + places(facts, "ptx/laneid")] == [4, 5]
    assert {site.confidence for site in facts.sites if site.rule_id.startswith("ptx/")} == {Confidence.LOW}


@pytest.mark.parametrize(
    "code",
    [
        '"""A module about asm: prmt.b32 a, b, c, d; and __global__ functions."""\n',
        "# asm: '__global__ void k() { cudaFree(0); }'\n",
        "asm = 'vfmadd231ps %ymm0, %ymm1, %ymm2;'\n",
        "text = 'The asm is kept in a file; see there.'\n",
        "open('kernel.asm')\n",
    ],
)
def test_prose_and_other_assembly_in_python_are_no_code(code: str, scan: Scan) -> None:
    facts = scan(code, language="python", path="a.py")

    assert [site.rule_id for site in facts.sites if site.rule_id.startswith(("ptx/", "runtime/"))] == []


def test_a_ptx_file_gives_each_instruction_once_with_its_number(scan: Scan) -> None:
    code = (
        ".version 7.0\n.target sm_80\n.address_size 64\n.visible .entry k(.param .u64 p) {\n"
        ".reg .b32 %r<4>;\nld.param.u64 %rd1, [p];\n"
        "prmt.b32 %r1, %r2, %r3, %r2;\nprmt.b32 %r1, %r2, %r3, %r2;\nret;\n}\n"
    )

    facts = scan(code, language="ptx", path="k.ptx")

    (site,) = (site for site in facts.sites if site.rule_id == "ptx/prmt")
    assert (site.location.line, site.fact("count"), site.confidence) == (7, 2, Confidence.LOW)


def test_a_ptx_module_in_a_string_of_cpp_is_read(scan: Scan) -> None:
    code = 'const char* module = R"(.version 7.0\n.target sm_80\n.entry k() { prmt.b32 %r1, %r2, %r3, %r4; ret; })";\n'

    facts = scan("#include <cuda.h>\n" + code, path="a.cpp", language="c++")

    assert places(facts, "ptx/prmt")[0][0] == 4


def test_source_in_strings_that_cannot_be_parsed_is_said(scan: Scan) -> None:
    facts = scan("source = '__global__ void k() { if (( {{ body }} cudaFree(0); }'\n", language="python", path="a.py")

    (problem,) = facts.problems
    assert "bytes of CUDA source in strings could not be parsed" in problem.reason
