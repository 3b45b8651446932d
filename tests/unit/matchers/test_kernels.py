"""Kernels: how they are launched, what they call, their atomics, their branches, and their wave."""

from collections.abc import Callable

import pytest

from portgauge.model.analysis import Inventory
from portgauge.model.kernel import AtomicUse, Kernel, WaveDependence

Take = Callable[..., Inventory]


def kernel_of(inventory: Inventory, name: str = "k") -> Kernel:
    (kernel,) = (kernel for kernel in inventory.kernels if kernel.name == name)
    return kernel


@pytest.mark.parametrize(
    ("call", "configuration"),
    [
        ("k<<<n / 4, dim3(32, 8), 64 * sizeof(int), s>>>(p)", ("n / 4", "dim3(32, 8)", "64 * sizeof(int)", "s", None)),
        ("k<<<n, kThreads>>>(p)", ("n", "kThreads", "", "", 128)),
        ("cudaLaunchKernel((void*)k, grid, 256, args, bytes, s)", ("grid", "256", "bytes", "s", 256)),
        ("cudaLaunchKernelEx(&config, k, p)", ("", "", "", "", None)),
    ],
)
def test_a_launch_has_its_configuration_as_written(call: str, configuration: tuple[object, ...], take: Take) -> None:
    inventory = take({"a.cu": f"constexpr int kThreads = 128;\n__global__ void k(int*) {{}}\nvoid f() {{ {call}; }}\n"})

    (launch,) = kernel_of(inventory).launches
    assert (launch.grid, launch.block, launch.shared, launch.stream, launch.threads) == configuration
    assert inventory.unclaimed_launches == ()


@pytest.mark.parametrize(
    ("before", "host"),
    [
        ("#define RUN(kernel, n) kernel<<<n, 32>>>(n)\n", "RUN(k, 4)"),
        ("#define RUN(kernel, n) (kernel)<<<n, 32>>>(n)\n", "RUN(k, 4)"),
        ("template <class F> void RUN(F f, int n) { f<<<n, 32>>>(n); }\n", "RUN(k, 4)"),
        ("template <class F> void RUN(int n, F f) { cudaLaunchKernel((void*)f, n, 32, 0, 0, 0); }\n", "RUN(4, &k)"),
        ("template <class F> void RUN(F f) { f<<<1, 32>>>(1); }\n", "auto which = k; RUN(which)"),
        ("", "auto RUN = [&](auto f) { f<<<1, 32>>>(1); }; RUN(k)"),
    ],
)
def test_a_kernel_is_launched_by_what_launches_its_argument(before: str, host: str, take: Take) -> None:
    inventory = take({"a.cu": before + "__global__ void k(int n) {}\n" + f"void g() {{ {host}; }}\n"})

    assert [launch.via for launch in kernel_of(inventory).launches] == ["RUN"]
    assert inventory.unclaimed_launches == ()


def test_the_macro_that_launches_may_stand_in_another_file(take: Take) -> None:
    inventory = take(
        {
            "run.h": "#include <cuda_runtime.h>\n#define RUN(f, n) f<<<n, 32>>>(n)\n",
            "a.cu": '#include "run.h"\n__global__ void k(int n) {}\nvoid g() { RUN(k, 2); }\n',
        }
    )

    assert [(str(launch.location.path), launch.location.line) for launch in kernel_of(inventory).launches] == [
        ("a.cu", 3)
    ]


def test_a_variable_stands_for_every_kernel_that_it_was_given(take: Take) -> None:
    code = (
        "__global__ void k(int) {}\n__global__ void other(int) {}\n"
        "void g(bool wide) { auto f = k; if (wide) f = other; f<<<1, 1>>>(1); }\n"
    )
    inventory = take({"a.cu": code})

    assert [len(kernel.launches) for kernel in inventory.kernels] == [1, 1]


def test_a_launch_that_names_no_kernel_is_counted(take: Take) -> None:
    inventory = take(
        {"a.cu": "__global__ void k(int) {}\nvoid g(P* p) { table[3]<<<1, 1>>>(1); missing<<<1, 1>>>(); }\n"}
    )

    assert kernel_of(inventory).launches == ()
    assert [place.line for place in inventory.unclaimed_launches] == [2, 2]


def test_a_call_of_another_function_with_a_kernel_is_no_launch(take: Take) -> None:
    code = "__global__ void k(int) {}\nvoid g() { cudaFuncSetAttribute(k, kAttribute, 3); describe(k); }\n"
    inventory = take({"a.cu": code})

    assert kernel_of(inventory).launches == ()


def test_a_kernel_knows_what_it_reaches_on_the_device(take: Take) -> None:
    inventory = take(
        {
            "math.cuh": "#pragma once\n__device__ float square(float x) { return x * x; }\n"
            "__device__ float cube(float x) { return x * square(x); }\n"
            "__device__ float unused(float x) { return x; }\n",
            "a.cu": '#include "math.cuh"\n__device__ float own(float x) { return cube(x); }\n'
            "__global__ void k(float* p) { p[0] = own(sinf(p[1])); }\n",
        }
    )

    assert [(called.name, str(called.path), called.line) for called in kernel_of(inventory).calls] == [
        ("own", "a.cu", 2),
        ("square", "math.cuh", 2),
        ("cube", "math.cuh", 3),
    ]


@pytest.mark.parametrize(
    ("helper", "wave"),
    [
        ("return x;", WaveDependence.UNKNOWN),
        ("return __shfl_down_sync(0xffffffffu, x, 1, 32);", WaveDependence.WITHIN_32_LANES),
        ("return __ballot_sync(0xffffffffu, x > 0);", WaveDependence.WHOLE_WAVE),
    ],
)
def test_what_a_kernel_does_with_its_wave_is_seen_in_the_files_that_it_reaches(
    helper: str, wave: WaveDependence, take: Take
) -> None:
    files = {
        "h.cuh": f"__device__ float warp_sum(float x) {{ {helper} }}\n",
        "a.cu": '#include "h.cuh"\n__global__ void k(float* p) { p[0] = warp_sum(p[1]); }\n',
    }

    assert kernel_of(take(files)).wave is wave


def test_a_kernel_that_exchanges_nothing_depends_on_no_wave(take: Take) -> None:
    inventory = take({"a.cu": "__global__ void k(float* p) { p[threadIdx.x] = 1; }\n"})

    assert kernel_of(inventory).wave is WaveDependence.NONE


def test_atomics_are_told_by_operation_type_and_memory(take: Take) -> None:
    inventory = take(
        {
            "a.cu": "__global__ void k(float* out, int* count) {\n  __shared__ float part[4];\n"
            "  atomicAdd(&part[0], 1.f);\n  atomicAdd(out + 1, part[0]);\n  atomicAdd(&out[2], part[0]);\n"
            "  atomicMax(count, 3);\n  atomicMin(&args.low, 3);\n  // atomicXor(count, 3);\n}\n"
        }
    )

    assert kernel_of(inventory).atomics == (
        AtomicUse(operation="atomicAdd", element="float", space="other", places=2),
        AtomicUse(operation="atomicAdd", element="float", space="shared", places=1),
        AtomicUse(operation="atomicMax", element="int", space="other", places=1),
        AtomicUse(operation="atomicMin", element="", space="other", places=1),
    )


@pytest.mark.parametrize(
    ("body", "complexity"),
    [
        ("p[0] = 1;", 1),
        ("if (a) p[0] = 1; else p[0] = 2;", 2),
        ("for (int i = 0; i < 3 && a; ++i) p[i] = a ? 1 : 2;", 4),
        ('switch (a) { case 1: break; case 2: break; } // if\n/* while (1) */ print("if");', 3),
    ],
)
def test_complexity_counts_branches_and_no_words_of_comments(body: str, complexity: int, take: Take) -> None:
    assert kernel_of(take({"a.cu": f"__global__ void k(int* p, int a) {{ {body} }}\n"})).complexity == complexity


@pytest.mark.parametrize("head", ["__global__ void k(float* p)", "template <class T> __global__ void k(T* p)"])
def test_a_kernel_whose_body_is_one_macro_is_a_kernel(head: str, take: Take) -> None:
    inventory = take(
        {"a.cu": f"#define BODY(p) p[0] = 1;\n{head} {{ BODY(p) }}\nvoid f(float* p) {{ k<<<1, 32>>>(p); }}\n"}
    )

    assert len(kernel_of(inventory).launches) == 1
    assert inventory.unclaimed_launches == ()
