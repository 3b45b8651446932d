"""What rules see of calls, declarations, members and conditions in whole files."""

from collections.abc import Callable

from portgauge.matchers.facts import FileFacts

Scan = Callable[..., FileFacts]
FULL = "0xffffffffffffffffull"


def matches(scan: Scan, code: str, rule_id: str) -> list[str]:
    return [site.match for site in scan(code).sites if site.rule_id == rule_id]


def test_a_scope_behind_an_alias_is_that_of_the_group(scan: Scan) -> None:
    code = """namespace cg = cooperative_groups;
__global__ void k() { auto a = cg::coalesced_threads(); auto b = my::coalesced_threads(); }"""

    assert matches(scan, code, "warp/coalesced-group") == ["cg::coalesced_threads()"]


def test_a_call_on_the_host_is_no_call_on_the_device(scan: Scan) -> None:
    code = (
        '__global__ void k() { printf("k"); }\nvoid f() { printf("f"); }\n__host__ __device__ void g() { printf("g"); }'
    )

    assert matches(scan, code, "kernel/print") == ['printf("k")']


def test_a_common_word_makes_no_file_one_about_cuda(scan: Scan) -> None:
    facts = scan('void f() { printf("f"); int t = version.major; volatile int x; }', path="plain.cpp", language="c++")

    assert not facts.is_cuda
    assert facts.sites == ()


def test_the_type_behind_a_pointer_decides_about_an_atomic(scan: Scan) -> None:
    code = """__global__ void k(float* p, int* q, int i) {
  __shared__ float s[4];
  atomicAdd(&p[i], 1.0f); atomicAdd(p + i, 1.0f); atomicAdd(q, 1); atomicAdd(&s[0], 1.0f);
}"""

    assert matches(scan, code, "memory/float-atomic-add") == ["atomicAdd(&p[i], 1.0f)", "atomicAdd(p + i, 1.0f)"]


def test_a_mask_is_followed_through_variables(scan: Scan) -> None:
    code = f"__global__ void k(int v) {{ auto m = __ballot_sync({FULL}, v); auto n = m & 7; g(__popc(n), __popc(v)); }}"

    assert matches(scan, code, "warp/mask-bit-count") == ["__popc(n)"]


def test_each_declarator_of_one_declaration_is_looked_at(scan: Scan) -> None:
    code = "__global__ void k() { __shared__ float a[32], b[64], t[32][33]; int lane = threadIdx.x & 31; }"

    assert matches(scan, code, "warp/shared-array-of-32") == ["a[32]"]


def test_a_return_behind_the_barrier_or_for_all_threads_keeps_nobody_away(scan: Scan) -> None:
    early = "__global__ void k(int n) { int i = threadIdx.x; if (i >= n) { return; } __syncthreads(); }"
    uniform = "__global__ void k(int n) { if (n == 0) return; __syncthreads(); if (threadIdx.x) return; }"

    assert matches(scan, early, "sync/block-barrier-missed") == ["if (i >= n) { return; }"]
    assert matches(scan, uniform, "sync/block-barrier-missed") == []


def test_the_size_of_shared_memory_is_a_fact_of_the_site(scan: Scan) -> None:
    code = (
        "#define KB 1024\nvoid f() { cudaFuncSetAttribute(k, cudaFuncAttributeMaxDynamicSharedMemorySize, 96 * KB); }"
    )

    (site,) = (site for site in scan(code).sites if site.rule_id == "kernel/shared-memory-limit")

    assert site.fact("kib") == 96


def test_an_operator_s_place_is_its_whole_definition(scan: Callable[..., FileFacts]) -> None:
    code = "__device__ float4 operator+(float4 a, float4 b)\n{\n  a.x += b.x;\n  return a;\n}\nint after;\n"

    (site,) = (site for site in scan(code).sites if site.rule_id == "math/vector-operators")

    assert (site.location.line, site.location.end_line) == (1, 5)
    assert site.match == "__device__ float4 operator+(float4 a, float4 b)"
