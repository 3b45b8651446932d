"""One library, one entry: whatever showed it, and never the codebase itself."""

from collections.abc import Callable

import pytest

from portgauge.matchers.libraries import library_uses
from portgauge.model.analysis import Inventory
from portgauge.model.component import LibraryUse
from portgauge.model.finding import Site
from portgauge.rulebook.rulebook import Rulebook

# What rows about builds show beside a library: the toolkit itself.
BUILD_TOOLS = ("cuda-toolkit", "torch-extension")
SitesIn = Callable[..., list[Site]]


def use_of(inventory: Inventory, name: str) -> LibraryUse | None:
    return next((use for use in inventory.libraries if use.name == name), None)


def ways(use: LibraryUse | None) -> list[tuple[str, str, int]]:
    return [(seen.way, str(seen.location.path), seen.location.line) for seen in use.seen] if use else []


def test_a_library_seen_in_four_ways_is_one_entry(take: Callable[..., Inventory]) -> None:
    inventory = take(
        {
            "CMakeLists.txt": "project(app LANGUAGES CXX CUDA)\n\ntarget_link_libraries(app PRIVATE CUDA::cublas m)\n",
            "Makefile": "LDLIBS = -lm -lcublas  # -lcufft\n",
            "src/solve.cu": "#include <cublas_v2.h>\nvoid f() { cublasSgemm(0); cublasSgemm(1); }\n",
        }
    )

    assert ways(use_of(inventory, "cublas")) == [
        ("cmake-target", "CMakeLists.txt", 3),
        ("link", "Makefile", 1),
        ("include", "src/solve.cu", 1),
        ("name", "src/solve.cu", 2),
    ]
    assert dict(use_of(inventory, "cublas").symbols)["cublasSgemm"] == 2  # type: ignore[union-attr]
    assert use_of(inventory, "cufft") is None


@pytest.mark.parametrize(
    ("language", "code", "library", "way"),
    [
        ("cuda", "#include <nvEncodeAPI.h>\n", "video-codec", "include"),
        ("cuda", "#include <cuco/static_map.cuh>\n", "cuco", "include"),
        ("cuda", "#include <cutlass/gemm/device/gemm.h>\n", "cutlass", "code"),
        ("cuda", "#include <cusolverMg.h>\n", "cusolvermg", "include"),
        ("cmake", "FIND_PACKAGE(CUDNN 8 REQUIRED)\n", "cudnn", "find-package"),
        ("cmake", "target_link_libraries(app\n  PUBLIC\n    CUDA::cusparse)\n", "cusparse", "cmake-target"),
        ("cmake", "target_link_libraries(app ${CUDA_CUFFT_LIBRARIES})\n", "cufft", "cmake-target"),
        ("cmake", "find_library(NCCL_LIBRARY NAMES nccl HINTS /opt)\n", "nccl", "link"),
        ("cmake", "target_link_libraries(app -lnvidia-ml)\n", "nvml", "link"),
        ("meson", "deps += cc.find_library('cublas', dirs: cudnn_libdirs)\n", "cublas", "link"),
        ("meson", "dependency('cuda', version: '>=10', modules: ['cublas', 'cudart'])\n", "cublas", "link"),
        ("python-build", "Extension('x', ['x.c'], libraries=['m', 'cusolver'])\n", "cusolver", "link"),
        ("python-build", "Extension('x', extra_link_args=['-lcurand'])\n", "curand", "link"),
    ],
)
def test_a_library_is_seen(
    sites_in: SitesIn, rulebook: Rulebook, language: str, code: str, library: str, way: str
) -> None:
    uses = library_uses(sites_in(code, language=language, path="file"), rulebook=rulebook)

    assert [(use.name, use.seen[0].way) for use in uses if use.name not in BUILD_TOOLS] == [(library, way)]


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("cmake", '# find_package(CUDNN)\nmessage(STATUS "find_package(CUDNN)")\n'),
        ("cmake", "target_link_libraries(app our_cublas cublas_wrapper)\n"),
        ("make", "# LDLIBS = -lcublas\nLDLIBS = -lcublas_of_ours --with-lcublas\n"),
        ("python-build", '"""Links with -lcublas."""\n# libraries=["cublas"]\n'),
        ("python", "names = ['cublas', 'cufft']\n"),
        ("cuda", "#include <my_cudnn_frontend.h>\n// #include <nvEncodeAPI.h>\n"),
    ],
)
def test_a_word_that_is_no_use_shows_no_library(
    sites_in: SitesIn, rulebook: Rulebook, language: str, code: str
) -> None:
    assert library_uses(sites_in(code, language=language, path="file"), rulebook=rulebook) == ()


def test_the_language_and_its_run_time_are_no_libraries(sites_in: SitesIn, rulebook: Rulebook) -> None:
    code = "#include <cuda_runtime.h>\n#include <mma.h>\nvoid f() { cudaMalloc(0, 1); }\n"

    assert library_uses(sites_in(code), rulebook=rulebook) == ()


def test_what_the_codebase_is_itself_is_no_library_that_it_uses(take: Callable[..., Inventory]) -> None:
    inventory = take(
        {
            "CMakeLists.txt": "project(rmm)\nadd_library(rmm INTERFACE)\ntarget_link_libraries(t rmm::rmm)\n",
            "include/rmm/device_buffer.hpp": "#pragma once\n",
            "src/use.cu": "#include <rmm/device_buffer.hpp>\n#include <cudf/table/table.hpp>\n",
        }
    )

    assert [use.name for use in inventory.libraries] == ["cudf"]


def test_a_library_that_is_only_linked_has_no_price(take: Callable[..., Inventory]) -> None:
    inventory = take(
        {
            "Makefile": "LDLIBS = -lcublas -lcufft\n",
            "a.cu": "#include <cufft.h>\n__global__ void k() {}\n",
        }
    )

    assert [(use.name, use.is_in_code) for use in inventory.libraries] == [("cublas", False), ("cufft", True)]


def test_a_link_in_a_makefile_with_the_codebases_own_target_is_no_use_of_that_library(
    take: Callable[..., Inventory],
) -> None:
    makefile = {"examples/Makefile": "LDLIBS = -lamgxsh -lcublas\n"}
    own = {
        "CMakeLists.txt": "project(amgx CUDA)\nadd_library(amgxsh SHARED a.cu)\n",
        "a.cu": "__global__ void k() {}\n",
    }

    assert ways(use_of(take(makefile), "amgx")) == [("link", "examples/Makefile", 1)]
    assert use_of(take({**makefile, **own}), "amgx") is None
    assert use_of(take({**makefile, **own}), "cublas") is not None
