"""Files and sites that stand behind an option of the build, from the build files to the verdict."""

from pathlib import Path

import pytest

from portgauge.graph.leaving_out import leave_out
from portgauge.model.analysis import Analysis, Inventory, VerdictWord
from portgauge.pipeline import analyse, take_inventory
from portgauge.resources import rules_folder
from portgauge.rulebook.artifact import load_cached
from portgauge.rulebook.rulebook import Rulebook

KERNEL = "#include <cuda_runtime.h>\n__global__ void k(float *x) { x[threadIdx.x] = 1; }\n"
CUTLASS = "#include <cutlass/cutlass.h>\n#include <cuda_runtime.h>\n"
HEAD = "cmake_minimum_required(VERSION 3.18)\nproject(p LANGUAGES CXX CUDA)\n"


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_cached(rules_folder(), tool_version="test")


def write(root: Path, cmake: str, **files: str) -> Path:
    for name, text in {"CMakeLists.txt": HEAD + cmake, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def inventory_of(root: Path, rulebook: Rulebook) -> Inventory:
    return take_inventory(root, rulebook=rulebook, rules_path=rules_folder(), worker_count=1)


def options(inventory: Inventory) -> dict[str, tuple[str, ...]]:
    return {str(file.path): file.options for file in inventory.files if file.options}


OPTIONAL = """
option(WITH_FAST "Fast kernels" OFF)
set(SOURCES core.cu more.cu)
if(WITH_FAST)
  add_definitions(-DAPP_FAST)
  list(APPEND SOURCES fast.cu)
endif()
add_library(app ${SOURCES})
"""
FILES = {
    "core.cu": KERNEL
    + '#include "shared.h"\n#ifdef APP_FAST\n#include "fast.h"\n'
    + "int f() { return cudaDeviceSynchronize(); }\n#endif\n",
    "more.cu": KERNEL * 3,
    "fast.cu": CUTLASS + KERNEL + '#include "fast.h"\n#include "shared.h"\n',
    "fast.h": CUTLASS + "#pragma once\n",
    "shared.h": "#pragma once\n#include <cuda_runtime.h>\n",
}


def test_files_are_optional_that_only_the_option_compiles_or_includes(tmp_path: Path, rulebook: Rulebook) -> None:
    inventory = inventory_of(write(tmp_path, OPTIONAL, **FILES), rulebook)

    assert options(inventory) == {"fast.cu": ("WITH_FAST",), "fast.h": ("WITH_FAST",)}


def test_sites_carry_the_option_of_their_file_and_of_the_macro_around_them(tmp_path: Path, rulebook: Rulebook) -> None:
    inventory = inventory_of(write(tmp_path, OPTIONAL, **FILES), rulebook)

    carried = {
        (str(site.path), g.text, g.line) for site in inventory.sites for g in site.guards if g.kind == "build-option"
    }
    assert carried == {("fast.cu", "WITH_FAST", 4), ("fast.h", "WITH_FAST", 4), ("core.cu", "WITH_FAST", 4)}
    assert all(s.guards for s in inventory.sites if str(s.path) in ("fast.cu", "fast.h"))


def test_what_an_option_compiles_is_left_out_with_it(tmp_path: Path, rulebook: Rulebook) -> None:
    smaller = leave_out(inventory_of(write(tmp_path, OPTIONAL, **FILES), rulebook), ["WITH_FAST"])

    assert {"fast.cu", "fast.h"}.isdisjoint(str(file.path) for file in smaller.files)
    assert {str(site.path) for site in smaller.sites} == {"core.cu", "more.cu", "shared.h", "CMakeLists.txt"}
    assert not [site for site in smaller.sites if site.match == "cudaDeviceSynchronize"]


def verdict(root: Path) -> tuple[VerdictWord, list[str]]:
    found: Analysis = analyse(root)
    return found.verdicts[0].word, [blocker.blocker_class for blocker in found.verdicts[0].blockers]


def test_a_blocker_in_optional_files_only_blocks_nothing_else(tmp_path: Path) -> None:
    assert verdict(write(tmp_path, OPTIONAL, **FILES)) == (VerdictWord.PORTABLE, ["cutlass-cute"])


def test_a_blocker_in_a_file_that_is_compiled_anyway_blocks(tmp_path: Path) -> None:
    anyway = OPTIONAL + "add_executable(bench fast.cu)\n"

    assert verdict(write(tmp_path, anyway, **FILES)) == (VerdictWord.BLOCKED, ["cutlass-cute"])


@pytest.mark.parametrize("option", ["WITH_CUDA", "APP_KERNELS"])
def test_an_option_that_switches_all_cuda_code_is_no_optional_part(option: str, tmp_path: Path) -> None:
    switched = f"if({option})\n target_sources(app PRIVATE fast.cu)\nendif()\n"
    cmake = f'option({option} "" OFF)\nadd_library(app main.cc)\n{switched}'
    files = {"main.cc": "int main() {}\n", "fast.cu": CUTLASS + KERNEL}

    assert verdict(write(tmp_path, cmake, **files)) == (VerdictWord.BLOCKED, ["cutlass-cute"])


def test_a_macro_that_the_code_defines_itself_is_not_the_builds(tmp_path: Path, rulebook: Rulebook) -> None:
    files = FILES | {"more.cu": KERNEL * 3 + "#define APP_FAST\n"}

    assert options(inventory_of(write(tmp_path, OPTIONAL, **files), rulebook)) == {"fast.cu": ("WITH_FAST",)}


def test_a_header_that_nobody_includes_goes_with_its_folder(tmp_path: Path, rulebook: Rulebook) -> None:
    files = FILES | {
        "fast.h": '#include "fast/detail.h"\n',
        "fast/detail.h": CUTLASS,
        "fast/unused.h": '#include "detail.h"\n' + CUTLASS,
        "unused.h": '#include "shared.h"\n',
    }

    assert options(inventory_of(write(tmp_path, OPTIONAL, **files), rulebook)) == dict.fromkeys(
        ("fast.cu", "fast.h", "fast/detail.h", "fast/unused.h"), ("WITH_FAST",)
    )


def test_meson_options_work_like_those_of_cmake(tmp_path: Path) -> None:
    meson = """
project('p', 'cpp')
sources = ['core.cu', 'more.cu']
if get_option('nvcc') and get_option('fast')
  sources += custom_target('fast', input: 'fast.cu', output: 'fast.o', command: ['nvcc'])
  add_project_arguments('-DAPP_FAST', language: 'cpp')
endif
executable('app', sources)
"""
    switches = "option('nvcc', type: 'boolean')\noption('fast', type: 'boolean')\n"
    root = write(tmp_path, "", **FILES, **{"meson.build": meson, "meson_options.txt": switches})
    (root / "CMakeLists.txt").unlink()

    analysis = analyse(root)

    assert options(analysis.inventory) == {"fast.cu": ("fast",), "fast.h": ("fast",)}
    assert analysis.verdicts[0].word is VerdictWord.PORTABLE
    assert [(c.name, c.kind.value) for c in analysis.inventory.components] == [("app", "meson-target")]


def test_a_header_that_only_newer_libraries_take_is_optional(tmp_path: Path, rulebook: Rulebook) -> None:
    guarded = '#if NCCL_VERSION_CODE >= NCCL_VERSION(2, 28, 0)\n#include "newer.h"\n#endif\n'
    named = '#if OUR_VERSION >= 2\n#include "ours.h"\n#endif\n'
    files = {"core.cu": KERNEL + guarded + named, "newer.h": CUTLASS + "#pragma once\n", "ours.h": CUTLASS}

    found = inventory_of(write(tmp_path, "add_library(app core.cu)\n", **files), rulebook)

    assert options(found) == {"newer.h": ("NCCL_VERSION_CODE",)}
