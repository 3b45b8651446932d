"""Structural patterns: masks, kept results, lane indices, constants, launches, inline assembly."""

from collections.abc import Callable

import pytest

from portgauge.matchers.facts import FileFacts
from portgauge.model.finding import Site
from portgauge.model.rule import Confidence

Found = Callable[..., list[str]]
SitesIn = Callable[..., list[Site]]


def kernel(body: str, before: str = "") -> str:
    return f"{before}__global__ void k(int v, unsigned long long wide, int* a) {{ {body} }}"


# Masks -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mask", ["0xffffffff", "0xFFFFFFFFu", "0xffff'ffff", "~0", "~0u", "-1", "(0xffffffff)", "037777777777", "0b11"]
)
def test_a_mask_literal_of_32_bits_is_a_site(mask: str, found: Found) -> None:
    assert found("warp/mask-literal", kernel(f"v = __shfl_sync({mask}, v, 0);")) == [mask]


@pytest.mark.parametrize(
    "mask", ["0xffffffffffffffff", "0xffffffffull", "0xffffffffUL", "~0ull", "0x100000000", "wide", "full()", "m[0]"]
)
def test_a_wider_mask_or_one_that_is_not_known_is_none(mask: str, found: Found) -> None:
    assert found("warp/mask-literal", kernel(f"v = __shfl_sync({mask}, v, 0);")) == []


@pytest.mark.parametrize(
    ("before", "is_narrow"),
    [
        ("#define ALL 0xffffffff // every lane\n", True),
        ("#define ALL 0xffffffffffffffffull\n", False),
        ("constexpr unsigned ALL = 0xffffffff;\n", True),
        ("constexpr unsigned ALL{0xffffffff};\n", True),
        ("static const auto ALL = 0xffffffff;\n", True),
        ("static const unsigned long long ALL = 0xffffffff;\n", False),
        ("const unsigned long ALL = 0xffffffff;\n", False),
        ("constexpr std::uint64_t ALL = 0xffffffff;\n", False),
    ],
)
def test_a_named_mask_is_as_wide_as_its_definition(before: str, is_narrow: bool, found: Found) -> None:
    code = kernel("v = __shfl_sync(ALL, v, 0);", before)

    assert found("warp/mask-literal", code) == (["ALL"] if is_narrow else [])


# Kept results ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("unsigned m = __ballot(v);", ["m = __ballot(v)"]),
        ("const int m = (__activemask());", ["m = (__activemask())"]),
        ("int m; m = __ballot_sync(wide, v);", ["m = __ballot_sync(wide, v)"]),
        ("std::uint32_t m; if (v) { m = __ballot(v); }", ["m = __ballot(v)"]),
        ("unsigned long long m = __ballot(v);", []),
        ("uint64_t m; m = __ballot(v);", []),
        ("auto m = __ballot(v);", []),
        ("int n = __popcll(__ballot(v));", []),
        ("other = __ballot(v);", []),
    ],
)
def test_a_lane_mask_is_kept_in_the_type_of_its_variable(body: str, kept: list[str], found: Found) -> None:
    assert found("warp/ballot-result-32", kernel(body)) == kept


# Lane indices ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "index"),
    [
        ("int l = threadIdx.x % 32;", ["threadIdx.x % 32"]),
        ("int l = threadIdx.x % 0x20;", ["threadIdx.x % 0x20"]),
        ("int t = threadIdx.x; int u = t + 1; int l = u & 31;", ["u & 31"]),
        ("int t; t = threadIdx.x; int l = (t + 1) >> 5;", ["(t + 1) >> 5"]),
        ("auto b = this_thread_block(); int r = b.thread_rank(); int l = r / 32;", ["r / 32"]),
        ("int l = threadIdx.x % 64;", []),
        ("int l = threadIdx.x & 32;", []),
        ("int l = v % 32;", []),
        ("int t = threadIdx.x; int l = a[t] / 32;", []),
        ("int t = threadIdx.x; int l = f(t) % 32;", []),
        ("int t = threadIdx.x; t = v; int l = b[0] % 32;", []),
    ],
)
def test_a_lane_index_comes_from_the_thread_index(body: str, index: list[str], found: Found) -> None:
    assert found("warp/lane-index-literal", kernel(body)) == index


def test_a_local_of_one_function_says_nothing_about_another(found: Found) -> None:
    code = "__global__ void k() { int t = threadIdx.x; }\n__global__ void g(int t) { int l = t % 32; }\n"

    assert found("warp/lane-index-literal", code) == []


def test_an_index_over_the_grid_is_less_certain(sites_in: SitesIn) -> None:
    code = kernel("int t = threadIdx.x; int g = t + blockIdx.x * 64; int l = t % 32; int m = g % 32;")

    sites = [site for site in sites_in(code) if site.rule_id == "warp/lane-index-literal"]

    assert [(site.match, site.confidence, site.fact("flow")) for site in sites] == [
        ("t % 32", Confidence.HIGH, "thread-index"),
        ("g % 32", Confidence.LOW, "grid-index thread-index"),
    ]


# Constants -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "constant"),
    [
        ("__shared__ float part[1024 / warpSize];", ["1024 / warpSize"]),
        ("reduce<warpSize>(0);", ["warpSize"]),
        ("constexpr int lanes = warpSize;", ["warpSize"]),
        ("switch (v) { case warpSize: break; }", ["warpSize"]),
        ("static_assert(warpSize == 32);", ["warpSize == 32"]),
        ("int n = v / warpSize; a[n / warpSize] = 0; const int m = warpSize;", []),
    ],
)
def test_a_constant_expression_is_where_the_compiler_needs_one(body: str, constant: list[str], found: Found) -> None:
    assert found("warp/warpsize-constant", kernel(body)) == constant


# Launches --------------------------------------------------------------------------------------------


def test_launches_are_found_with_the_kernel_that_they_name(scan: Callable[..., FileFacts]) -> None:
    facts = scan(
        "void f() { k<<<1, 2>>>(3); k<float><<<g, b, 0, s>>>(3); n::k<<<1, 1>>>(); (*p)<<<1, 1>>>(); x << 3; }"
    )

    sites = [site for site in facts.sites if site.rule_id == "kernel/launch"]
    assert [(site.match, site.fact("kernel")) for site in sites] == [
        ("k<<<1, 2>>>(3)", "k"),
        ("k<float><<<g, b, 0, s>>>(3)", "k"),
        ("n::k<<<1, 1>>>()", "k"),
        ("(*p)<<<1, 1>>>()", ""),
    ]
    assert sorted(launch.kernel for launch in facts.launches) == ["", "k", "k", "k"]


def test_a_kernel_knows_its_launches_and_its_features(take: Callable[..., object]) -> None:
    inventory = take(
        {
            "k.cu": "__global__ void k() { __shared__ int a[32]; __syncthreads(); }\n__global__ void unused() {}\n",
            "main.cu": "void f() { k<<<1, 32>>>(); }\n",
        }
    )

    assert [
        (kernel.name, kernel.features, [str(launch.location.path) for launch in kernel.launches])
        for kernel in inventory.kernels
    ] == [
        ("k", ("static-shared-memory", "block-barrier"), ["main.cu"]),
        ("unused", (), []),
    ]


# Inline assembly -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ('asm volatile("prmt.b32 %0, %1, %2, %3;" : "=r"(d) : "r"(a));', [("ptx/prmt", "prmt.b32")]),
        ('asm("mov.u32 %0, %laneid;" : "=r"(x));', [("ptx/laneid", "%laneid")]),
        (
            'asm("lop3.b32 %0, %1, %2, %3, 0x96;"\n"shf.l.wrap.b32 %0, %1, %2, %3;\\n\\t" : "=r"(d));',
            [("ptx/lop3", "lop3.b32"), ("ptx/shf", "shf.l.wrap.b32")],
        ),
        ('asm(PREFIX "prmt.b32 %0, %1, %2, %3;" : "=r"(d));', [("ptx/prmt", "prmt.b32")]),
        ('asm("frobnicate.b32 %0;");', [("ptx/unknown", "frobnicate.b32")]),
        ('asm("// prmt.b32 %0;");', []),
        ('asm("mov %%eax, %%ebx");', []),
        ('const char* text = "prmt.b32 %0, %1, %2, %3;";', []),
    ],
)
def test_each_instruction_of_an_asm_statement_is_a_site(
    statement: str, expected: list[tuple[str, str]], sites_in: SitesIn
) -> None:
    sites = [site for site in sites_in(kernel(statement)) if site.rule_id.startswith("ptx/")]

    assert [(site.rule_id, site.fact("opcode")) for site in sites] == expected


def test_an_instruction_stands_at_its_own_line(sites_in: SitesIn) -> None:
    sites = sites_in(
        '__global__ void k() {\n  asm("lop3.b32 %0, %1, %2, %3, 0x96;"\n      "bfe.u32 %0, %1, 1, 2;");\n}'
    )

    assert [(site.match, site.location.line, site.location.column) for site in sites] == [
        ("lop3.b32", 2, 8),
        ("bfe.u32", 3, 8),
    ]
