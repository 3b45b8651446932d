"""What the text of a kernel shows that it uses, and which calls launch one."""

from collections.abc import Callable

import pytest

from portgauge.matchers.facts import FileFacts

Scan = Callable[..., FileFacts]


@pytest.mark.parametrize(
    ("body", "feature"),
    [
        ("extern __shared__ float a[];", "dynamic-shared-memory"),
        ("__shared__ float a[32];", "static-shared-memory"),
        ("__nv_bfloat16 a = b[0];", "bfloat16"),
        ("__nv_fp8_e4m3 a = b[0];", "fp8"),
        ("float a = tex2D<float>(t, 0, 0);", "textures"),
        ("float a = tex1Dfetch(t, 0);", "textures"),
        ("surf2Dwrite(a, s, 0, 0);", "surfaces"),
        ("auto grid = cg::this_grid(); grid.sync();", "cooperative-grid"),
        ("child<<<1, 32>>>(a);", "dynamic-parallelism"),
        ('printf("%d", a);', "device-printf"),
    ],
)
def test_a_kernel_has_the_features_that_its_body_shows(body: str, feature: str, scan: Scan) -> None:
    (kernel,) = scan(f"__global__ void k(float* x) {{ {body} }}").kernels

    assert feature in kernel.features


def test_what_stands_outside_of_a_kernel_is_no_feature_of_it(scan: Scan) -> None:
    (kernel,) = scan('__global__ void k(float* x) { x[0] = 1; }\nvoid f() { k<<<1, 1>>>(p); printf("done"); }').kernels

    assert kernel.features == ()


@pytest.mark.parametrize(
    ("call", "kernel"),
    [
        ("cudaLaunchKernel(k, grid, block, args, 0, stream)", "k"),
        ("cudaLaunchKernel((void*)k, grid, block, args, 0, stream)", "k"),
        ("cudaLaunchKernel((const void *)&ns::k<float, 4>, grid, block, args, 0, stream)", "k"),
        ("cudaLaunchCooperativeKernel(reinterpret_cast<void*>(k<T>), grid, block, args)", "k"),
        ("cudaLaunchKernelEx(&config, k, a, b)", "k"),
        ("cudaLaunchKernel(table[index], grid, block, args, 0, stream)", ""),
        ("cudaLaunchKernel(pick(a), grid, block, args, 0, stream)", ""),
    ],
)
def test_a_call_that_launches_names_its_kernel(call: str, kernel: str, scan: Scan) -> None:
    facts = scan(f"__global__ void k(int) {{}}\nvoid f() {{ {call}; }}\n")

    assert [(found.kernel, found.launch.location.line) for found in facts.launches] == [(kernel, 2)]
