"""What rules see of code that is told by how it is written, of function bodies, and of sorts."""

from collections.abc import Callable

from portgauge.matchers.facts import FileFacts

Scan = Callable[..., FileFacts]


def matches(scan: Scan, code: str, rule_id: str) -> list[str]:
    return [site.match for site in scan(code).sites if site.rule_id == rule_id]


def test_launch_brackets_with_blanks_are_seen_where_they_stand_and_not_in_comments(scan: Scan) -> None:
    code = """__global__ void k(int* p);
// k << <1, 32 >> >(p);
void f(int* p, int n) {
  k << <dim3(1,
             n), 32 >> > (p);
  k<<<1, 32>>>(p);
}"""
    sites = [site for site in scan(code).sites if site.rule_id == "kernel/split-launch-brackets"]

    assert [(site.match, site.location.line, site.function) for site in sites] == [("k << <", 4, "f")]


def test_a_mark_behind_a_name_is_none_behind_a_type_or_in_front_of_a_lambda(scan: Scan) -> None:
    code = """struct F { float operator() __device__(float x) const { return x; } };
template <class T> T twice __host__ __device__ (T x) { return x + x; }
float __device__ half_of(float x) { return x / 2; }
void f() { auto g = [=] __device__ (int i) { return i; }; }"""

    assert matches(scan, code, "kernel/mark-after-name") == ["operator() __device__", "twice __host__ __device__"]


def test_a_return_in_a_lambda_is_none_of_the_function(scan: Scan) -> None:
    code = "__device__ int f(int* p) { auto g = [] (int i) { return i; }; p[0] = g(1); }"

    assert matches(scan, code, "kernel/no-return") == ["__device__ int f(int* p)"]


def test_a_function_that_may_end_otherwise_is_not_said_to_lack_a_return(scan: Scan) -> None:
    bodies = ("for (;;) {}", "while (1) { step(); }", "THROW_ERROR(3);", 'asm("trap;");', "__builtin_unreachable();")
    code = "\n".join(f"__device__ int f{number}(int* p) {{ {body} }}" for number, body in enumerate(bodies))

    assert matches(scan, code, "kernel/no-return") == []


def test_only_a_case_in_front_of_another_can_be_jumped_past(scan: Scan) -> None:
    code = """__device__ void f(int* p) {
  switch (*p) {
    case 0: float a = 1; *p = a; break;
    case 1: { int b = 2; *p = b; } break;
    case 2: static const int c = 3; *p = c; break;
    default: int d = 4; *p = d;
  }
}
void g(int* p) { switch (*p) { case 0: int a = 1; *p = a; break; case 1: *p = 2; } }"""

    assert matches(scan, code, "kernel/case-past-initialiser") == ["float a = 1;"]


def test_the_first_bit_of_a_sort_is_found_behind_pointers_and_double_buffers(scan: Scan) -> None:
    code = """void f(void* t, size_t b, int* k, int* v, int n) {
  cub::DeviceRadixSort::SortPairs(t, b, k, k, v, v, n, 4, 32);
  cub::DeviceRadixSort::SortPairs(t, b, k, k, v, v, n, 0, 32);
  cub::DeviceRadixSort::SortKeys(t, b, k, k, n, my_decomposer, 0, 8);
}
void g(void* t, size_t b, int n) {
  cub::DoubleBuffer<int> d;
  cub::DeviceRadixSort::SortKeys(t, b, d, n, 8, 16);
  cub::DeviceRadixSort::SortKeys(t, b, d, n, 0, 16);
}"""
    found = matches(scan, code, "library/radix-sort-first-bit")

    assert found == [
        "cub::DeviceRadixSort::SortPairs(t, b, k, k, v, v, n, 4, 32)",
        "cub::DeviceRadixSort::SortKeys(t, b, d, n, 8, 16)",
    ]


def test_bits_are_not_guessed_where_a_double_buffer_may_be_meant(scan: Scan) -> None:
    code = """cub::DoubleBuffer<int> make();
void f(void* t, size_t b, int n) { cub::DeviceRadixSort::SortKeys(t, b, keys_, n, 0, 32, s); }"""

    assert matches(scan, code, "library/radix-sort-first-bit") == []


def test_a_variable_of_another_file_is_told_from_a_function_and_from_shared_memory(scan: Scan) -> None:
    code = """extern __device__ int count;
extern __device__ int next(int i);
__device__ int own;
__global__ void k() { extern __shared__ int part[]; }"""

    assert matches(scan, code, "kernel/device-variable-elsewhere") == ["extern __device__ int count"]


def test_a_count_of_warps_on_the_host_matters_where_the_launched_kernel_sees_the_wave(scan: Scan) -> None:
    code = """__global__ void votes(int v) { int m = __any(v); }
__global__ void asks(int* p) { p[threadIdx.x / warpSize] = 1; }
__global__ void pairs(int v) { v = __shfl_xor_sync(0xffffffffffffffffull, v, 1, 32); }
void f(int threads) { votes<<<1, threads, threads / 32>>>(1); }
void g(int threads) { asks<<<1, threads, threads >> 5>>>(0); }
void h(int threads, int warps) { pairs<<<threads / 32, warps * 32>>>(0); }
void i(int threads, int rows) { votes<<<rows / 32, (threads + 31) / 32 * 32>>>(1); }"""

    assert matches(scan, code, "warp/host-warps-of-32") == ["threads / 32", "threads >> 5"]


def test_an_object_in_shared_memory_is_told_by_what_its_constructor_writes(scan: Scan) -> None:
    code = """struct Empty { int a; __device__ Empty() { /* nothing */ } __device__ Empty(int x) : a(x) {} };
struct Static { static const int n = 3; int a; };
struct Sets { int a; __device__ Sets() { a = 1; } };
class Member { public: int a{1}; };
__global__ void k() { __shared__ Empty e; __shared__ Static s; __shared__ Sets t; __shared__ Member m[2], *p; }"""

    assert matches(scan, code, "kernel/shared-object") == ["__shared__ Sets t", "m[2]"]


def test_storage_that_a_loop_uses_again_needs_a_barrier_in_the_loop(scan: Scan) -> None:
    code = """using Sum = cub::BlockReduce<int, 128>;
__device__ int f(int* p, int n, typename Sum::TempStorage& storage, typename Sum::TempStorage (&many)[4]) {
  int all = 0;
  for (int i = 0; i < n; ++i) { all += Sum(storage).Sum(p[i]); }
  for (int i = 0; i < n; ++i) { all += Sum(storage).Max(p[i]); __syncthreads(); }
  for (int i = 0; i < 4; ++i) { all += Sum(many[i]).Min(p[i]); }
  while (all < 0) { all = cub::BlockReduce<int, 128>(storage).Sum(all); }
  // for (;;) { Sum(storage).Sum(1); }
  return all;
}
int g(int n, typename Sum::TempStorage& storage) { while (n) { n = Sum(storage).Sum(n); } return n; }"""

    assert matches(scan, code, "library/storage-in-loop") == ["Sum(storage).Sum", "BlockReduce<int, 128>(storage).Sum"]
