"""Is 32 a number of lanes? Generated kernels whose answer is known, and the shapes of code that look alike."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portgauge.model.finding import Site

LANE = "warp/lane-index-literal"
DIVIDED = ("% 32", "& 31", "/ 32", ">> 5", "& 0x1f")
EXCHANGE = "v += __shfl_xor_sync(0xffffffffffffffffull, v, 1);"


def lane_sites(scan, body: str, *, head: str = "") -> list[Site]:
    code = f"{head}\n__global__ void k(int* p, int n, int v) {{ {body} {EXCHANGE} }}"
    return [site for site in scan(code).sites if site.rule_id == LANE]


@st.composite
def expressions(draw: st.DrawFn, depth: int = 0) -> tuple[str, str]:
    """Return an expression with what it counts, by the rules of the arithmetic and not of the code under test."""
    leaves = [
        ("threadIdx.x", "thread"), ("threadIdx.y", "thread"), ("blockIdx.x", "block"), ("blockDim.x", "block"),
        ("n", "block"), ("128", "constant"), ("p[0]", "other"), ("v2", "other"),
    ]  # fmt: skip
    if depth == 3 or draw(st.booleans()):
        return draw(st.sampled_from(leaves))
    left, counted_left = draw(expressions(depth=depth + 1))
    right, counted_right = draw(expressions(depth=depth + 1))
    operator = draw(st.sampled_from("+*%/"))
    if operator == "%" and counted_right == "constant":
        right = "128"  # a multiple of the largest wave; what other constants come to is not asked here
    fixed = {"block", "constant"}
    both = {counted_left, counted_right}
    if "other" in both:
        counted = "other"
    elif both <= fixed:
        counted = "block" if "block" in both else "constant"
    elif operator == "+":
        counted = "thread" if "thread" in both else "scaled"
    elif operator == "*":
        counted = "scaled" if both & fixed else "other"
    elif operator == "%" and counted_left == "thread" and right == "128":
        counted = "thread"
    else:
        counted = "other"
    return f"({left} {operator} {right})", counted


@settings(max_examples=150, deadline=None)
@given(expression=expressions(), through=st.integers(0, 3), divided=st.sampled_from(DIVIDED))
def test_a_lane_is_the_remainder_of_a_thread_index_however_it_is_named(scan, expression, through, divided) -> None:
    text, counted = expression
    names = [f"t{number}" for number in range(through)]
    chain = "".join(f"int {name} = {value}; " for name, value in zip(names, [text, *names], strict=False))
    body = f"int v2 = p[1]; {chain} int lane = {names[-1] if names else text} {divided};"

    found = [site for site in lane_sites(scan, body) if site.match.startswith(names[-1] if names else text)]

    is_lane = counted == "thread"
    is_warps = counted == "block" and divided in ("/ 32", ">> 5") and "blockDim" in text
    assert bool(found) == (is_lane or is_warps), (body, counted)


@pytest.mark.parametrize("divided", DIVIDED)
@pytest.mark.parametrize(
    "index",
    {
        "a row of the grid": "int t = blockIdx.x * 8 + threadIdx.x / 8; int w = t {0};",
        "a word of a bit array": "int t = p[threadIdx.x]; int w = t {0};",
        "a quantised value": "int t = 4 * (threadIdx.x % 8); int w = t {0};",
        "a hash": "int t = (threadIdx.x * 2654435761u) ^ n; int w = t {0};",
        "a loop over data": "for (int t = 0; t < n; ++t) {{ int w = (t + threadIdx.x) {0}; }}",
        "a cell of a tile": "int t = threadIdx.y * 17 + p[0]; int w = t {0};",
    }.items(),
    ids=lambda item: item[0] if isinstance(item, tuple) else item,
)
def test_data_that_a_thread_index_went_into_is_no_lane(scan, index, divided) -> None:
    assert lane_sites(scan, index[1].format(divided)) == []


@pytest.mark.parametrize(
    ("exchange", "wave"),
    [
        ("", "none"),
        ("__syncthreads();", "none"),
        ("v += __shfl_down_sync(m, v, 8);", "bounded"),
        ("v = __shfl_sync(m, v, 0, 32);", "bounded"),
        ("v = __shfl_sync(m, v, 0, 16);", "bounded"),
        ("__syncwarp();", "bounded"),
        ("v = __shfl_sync(m, v, 0);", "mixed"),
        ("v = __shfl_sync(m, v, 0, 64);", "mixed"),
        ("v = __any_sync(m, v);", "mixed"),
        ("v = __popcll(__ballot_sync(m, v));", "mixed"),
        ("v = helper(v);", "mixed"),
        ("v = outer(v);", "mixed"),
        ("v = SUM(v);", "bounded"),
        ("v = quiet(v);", "none"),
        ("v = warpReduceSum(v);", "unknown"),
        ('asm("shfl.sync.idx.b32 %0, %1, 0, 31, -1;" : "=r"(v) : "r"(v));', "mixed"),
    ],
)
def test_what_the_function_does_with_its_wave_is_told(scan, exchange: str, wave: str) -> None:
    head = (
        "#define SUM(x) __shfl_xor_sync(m, x, 1)\n"
        "__device__ int helper(int v) { return __all_sync(~0ull, v); }\n"
        "__device__ int outer(int v) { return helper(v) + 1; }\n"
        "__device__ int quiet(int v) { return v + 1; }\n"
    )
    code = f"{head}__global__ void k(unsigned long long m, int v) {{ int lane = threadIdx.x % 32; {exchange} }}"

    found = [site.fact("wave") for site in scan(code).sites if site.rule_id == LANE]

    assert found == [wave]


def test_functions_that_call_each_other_come_to_an_end(scan) -> None:
    code = (
        "__device__ int a(int v); __device__ int b(int v) { return a(v); }\n"
        "__device__ int a(int v) { return v ? b(v) : __any_sync(~0ull, v); }\n"
        "__global__ void k(int v) { int lane = threadIdx.x & 31; v = b(v); }"
    )

    assert [site.fact("wave") for site in scan(code).sites if site.rule_id == LANE] == ["mixed"]


@pytest.mark.parametrize("constant", ["#define N 32", "constexpr int N = 32;", "static const unsigned N = 32;"])
def test_a_name_of_the_file_stands_for_the_number(scan, constant: str) -> None:
    sites = lane_sites(scan, "int lane = threadIdx.x % N;", head=constant)

    assert [(site.match, site.fact("constant")) for site in sites] == [("threadIdx.x % N", "N")]


def test_a_tile_of_another_size_under_a_name_is_no_lane(scan) -> None:
    assert lane_sites(scan, "int lane = threadIdx.x % N;", head="#define N 16") == []


def test_what_comes_later_in_the_loop_counts_too(scan) -> None:
    body = "int i = threadIdx.x; while (n) { int w = i % 32; i = p[i]; }"

    assert lane_sites(scan, body) == []


@pytest.mark.parametrize(
    ("caller", "wave"),
    [
        ("__global__ void k(int v) { if (lane() == 0) v = __any_sync(~0ull, v); }", "mixed"),
        ("__global__ void k(int* p) { p[lane()] = 0; }", "none"),
        ("__global__ void k(int* p) { p[0] = 0; }", "unknown"),
    ],
)
def test_a_small_function_that_gives_the_lane_is_judged_by_who_calls_it(scan, caller: str, wave: str) -> None:
    code = f"__device__ int lane() {{ return threadIdx.x % 32; }}\n{caller}"

    assert [site.fact("wave") for site in scan(code).sites if site.rule_id == LANE] == [wave]


def test_a_constant_of_one_function_is_none_of_another(scan) -> None:
    code = (
        "__global__ void a(int v) { const int N = 32; int lane = threadIdx.x % N; }\n"
        "__global__ void b(int N) { int column = threadIdx.x % N; }"
    )

    assert [site.function for site in scan(code).sites if site.rule_id == LANE] == ["a"]
