"""Python packages: seen by import, requirement, pin and command; one entry with the library; never the own code."""

import json
from collections.abc import Callable
from pathlib import PurePosixPath

import pytest

from portgauge.matchers.libraries import library_uses
from portgauge.matchers.packages import OwnModules
from portgauge.model.analysis import Inventory
from portgauge.model.component import LibraryUse
from portgauge.model.finding import Site
from portgauge.rulebook.rulebook import Rulebook

SitesIn = Callable[..., list[Site]]
Take = Callable[..., Inventory]


def packages(sites: list[Site] | tuple[Site, ...]) -> list[tuple[str, str, int]]:
    return [
        (site.rule_id.removeprefix("packages/"), str(site.fact("seen_as")), site.location.line)
        for site in sites
        if site.rule_id.startswith("packages/")
    ]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import cupy as cp\n", ("cupy", "import", 1)),
        ("import os, cupy.cuda\n", ("cupy", "import", 1)),
        ("def f():\n    from flash_attn import flash_attn_func as g\n", ("flash-attn", "import", 2)),
        ("from numba import (\n    jit,\n    cuda,\n)\n", ("numba", "import", 3)),
        ("from cuda import cudart\n", ("cuda-python", "import", 1)),
        ("from nvidia.dali import pipeline_def\n", ("nvidia-dali", "import", 1)),
        ("from flash_attn.cute import x\n", ("flash-attn-4", "import", 1)),
    ],
)
def test_an_import_shows_a_package(sites_in: SitesIn, code: str, found: tuple[str, str, int]) -> None:
    assert found in packages(sites_in(code, language="python", path="a.py"))


@pytest.mark.parametrize(
    "code",
    [
        "# import cupy\n'''import cupy'''\nx = 'import cupy'\n",
        "from . import cupy\nfrom .triton import x\nfrom ..numba import cuda\n",
        "import cupy_of_ours, numba\nfrom numba import njit\n",
    ],
)
def test_what_is_no_import_of_a_package_shows_none(sites_in: SitesIn, code: str) -> None:
    assert packages(sites_in(code, language="python", path="a.py")) == []


@pytest.mark.parametrize(
    ("handler", "fallback"),
    [
        ("except ImportError:\n    cupy = None\n", "yes"),
        ("except ImportError as error:\n    raise SystemExit from error\n", None),
        ("except ImportError:\n    print('install it')\n    exit()\n", None),
        ("finally:\n    pass\n", None),
    ],
)
def test_an_import_has_a_fallback_when_the_code_goes_on(sites_in: SitesIn, handler: str, fallback: str | None) -> None:
    (site,) = sites_in(f"try:\n    import cupy\n{handler}", language="python", path="a.py")

    assert site.fact("fallback") == fallback


@pytest.mark.parametrize(
    ("language", "path", "code", "found"),
    [
        ("requirements", "requirements.txt", "torch==2.4.0+cu121\n", ["torch", "torch-local-version"]),
        ("requirements", "r.txt", "--extra-index-url https://download.pytorch.org/whl/cu121\n", ["pytorch-index"]),
        (
            "requirements",
            "r.txt",
            "nvidia-cudnn-cu12\nnvidia-cudnn-frontend\n",
            ["nvidia-cudnn", "nvidia-cudnn-frontend"],
        ),
        ("requirements", "r.txt", "cupy-cuda117\nnvidia_cublas_cu11\n", ["cupy-cuda12x", "nvidia-cublas"]),
        ("requirements", "r.txt", "nvidia-something-cu13\n", ["nvidia-wheel"]),
        ("requirements", "r.txt", "jax[cuda12]\ntensorflow[and-cuda]\n", ["jax-cuda", "tensorflow-and-cuda"]),
        ("requirements", "r.txt", "jax\ntensorflow\nnumba\ncu121\nmy-torch\n", []),
        (
            "requirements",
            "r.txt",
            "git+https://github.com/NVlabs/tiny-cuda-nn/#subdirectory=bindings/torch\n",
            ["tinycudann"],
        ),
        ("dockerfile", "Dockerfile", "FROM a\nRUN pip install --no-cache-dir \\\n   vllm==0.6\n", ["vllm"]),
        ("yaml-ci", "ci.yml", "jobs:\n  a:\n    steps:\n    - run: pip install cupy-cuda12x\n", ["cupy-cuda12x"]),
        ("python-build", "setup.py", "setup(install_requires=['pycuda'])\n", ["pycuda"]),
        ("python-build", "pyproject.toml", "[project]\ndependencies = ['xformers']\n", ["xformers"]),
        ("conda", "environment.yml", "dependencies:\n- pytorch-cuda=12.1\n", ["pytorch-cuda"]),
    ],
)
def test_a_requirement_shows_a_package(
    sites_in: SitesIn, language: str, path: str, code: str, found: list[str]
) -> None:
    sites = packages(sites_in(code, language=language, path=path))

    assert [name for name, _, _ in sites] == found
    assert {way for _, way, _ in sites} <= {"requirement"}


def test_a_notebook_shows_packages_and_cuda(sites_in: SitesIn) -> None:
    cells = [["import cupy\n", "!nvcc -o a a.cu\n"], ["%%cu\n", "int main() { cudaFree(0); }\n"]]
    data = json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]}, indent=1)

    rules = {site.rule_id for site in sites_in(data, language="notebook", path="a.ipynb")}

    assert {"packages/cupy", "build/nvcc-call", "build/notebook-cuda-cell", "runtime/cudaFree"} <= rules


def use_of(inventory: Inventory, name: str) -> LibraryUse | None:
    return next((use for use in inventory.libraries if use.name == name), None)


def test_a_library_seen_by_package_and_by_header_is_one_entry(take: Take) -> None:
    inventory = take(
        {
            "CMakeLists.txt": "find_package(CUDNN REQUIRED)\ntarget_link_libraries(app PRIVATE cudnn)\n",
            "requirements.txt": "nvidia-cudnn-cu12==9.1\n",
            "app.cu": "#include <cudnn.h>\n__global__ void k() {}\n",
            "tool.py": "import cudnn\n",
        }
    )

    use = use_of(inventory, "cudnn")
    assert use is not None
    assert {seen.way for seen in use.seen} == {"find-package", "link", "requirement", "include", "import"}
    assert [name for name in (use.name for use in inventory.libraries) if "cudnn" in name] == ["cudnn"]


def test_a_package_that_stands_for_no_library_is_an_entry_of_its_own(take: Take) -> None:
    use = use_of(take({"requirements.txt": "warp-lang\n", "a.py": "import warp as wp\n"}), "warp-lang")

    assert use is not None
    assert [seen.way for seen in use.seen] == ["import", "requirement"]


def test_modules_of_the_codebase_are_no_packages(take: Take) -> None:
    inventory = take(
        {
            "cupy/__init__.py": "",
            "cupy/core.py": "import cupy\nimport triton\n",
            "cupy/triton.py": "import triton\n",
            "tools/warp.py": "import numpy\n",
            "tools/run.py": "import warp\nimport cupy\n",
            "other/run.py": "import warp\n",
            "requirements.txt": "cupy\n",
        }
    )

    found = {(site.rule_id, str(site.path)) for site in inventory.sites}
    assert found == {
        ("packages/triton", "cupy/core.py"),
        ("packages/triton", "cupy/triton.py"),
        ("packages/warp-lang", "other/run.py"),
    }


def test_a_module_is_looked_for_where_python_would() -> None:
    own = OwnModules(PurePosixPath(path) for path in ("src/apex/__init__.py", "pkg/__init__.py", "pkg/fla.py"))

    assert own.has("apex", importing=PurePosixPath("examples/a.py"))
    assert not own.has("fla", importing=PurePosixPath("pkg/a.py"))


def test_what_one_project_of_a_codebase_installs_is_own_in_the_others() -> None:
    own = OwnModules(PurePosixPath(path) for path in ("python/cudf/pyproject.toml", "python/cudf/cudf/__init__.py"))

    assert own.has("cudf", importing=PurePosixPath("python/dask_cudf/tests/a.py"))
    assert not own.has("rmm", importing=PurePosixPath("python/cudf/cudf/a.py"))


def test_the_name_that_says_more_of_a_package_wins(sites_in: SitesIn) -> None:
    code = "from cuda import pathfinder\nimport cupy, triton\n"

    assert [name for name, _, _ in packages(sites_in(code, language="python", path="a.py"))] == [
        "cuda-pathfinder",
        "cupy",
        "triton",
    ]


def test_a_common_name_counts_only_beside_a_requirement(take: Take) -> None:
    alone = take({"a.py": "import jax\nimport faiss\n"})
    asked = take({"a.py": "import jax\nimport faiss\n", "requirements.txt": "jax[cuda12]\n"})

    assert packages(alone.sites) == []
    assert packages(asked.sites) == [("jax-cuda", "import", 1), ("jax-cuda", "requirement", 1)]


def test_a_package_that_is_only_asked_for_has_no_price_of_a_library(sites_in: SitesIn, rulebook: Rulebook) -> None:
    (use,) = library_uses(
        sites_in("nvidia-cublas-cu12\n", language="requirements", path="requirements.txt"), rulebook=rulebook
    )

    assert (use.name, use.is_in_code) == ("cublas", False)


def test_broken_and_hostile_files_are_problems_and_the_scan_goes_on(take: Take) -> None:
    inventory = take(
        {
            "requirements.txt": "torch\n=== no\n",
            "requirements-dev.txt": "torch\n\0\0\0binary",
            "pyproject.toml": "[project",
            "Pipfile": "x = " + "[" * 50_000,
            "a.ipynb": "{" * 50_000,
            "environment.yml": "dependencies: [",
            "docker-compose.yml": "a: " + "[" * 20_000,
            "Dockerfile": "FRM nvidia/cuda:12.4\n",
            "CMakeLists.txt": "project(x LANGUAGES CUDA\n",
            "ok.py": "import cupy\n",
        }
    )

    assert {str(problem.path) for problem in inventory.problems} == {
        *("requirements.txt", "requirements-dev.txt", "pyproject.toml", "Pipfile", "a.ipynb", "environment.yml"),
        *("docker-compose.yml", "Dockerfile", "CMakeLists.txt"),
    }
    assert all(len(problem.reason) > 20 for problem in inventory.problems)
    assert ("cupy", "import", 1) in packages(inventory.sites)
