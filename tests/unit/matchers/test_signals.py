"""Build signals: what a build, script or container says about CUDA, and what it does not say."""

import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portgauge.matchers.compiled import CompiledRules
from portgauge.model.finding import Site
from portgauge.model.rule import Confidence
from portgauge.rulebook.table import Table

SitesIn = Callable[..., list[Site]]


def signals(sites: list[Site]) -> list[tuple[str, int]]:
    return [(site.rule_id.removeprefix("build/"), site.location.line) for site in sites if site.rule_id[:6] == "build/"]


@pytest.mark.parametrize(
    ("language", "code", "found"),
    [
        (
            "cmake",
            "cmake_minimum_required(VERSION 3.18)\nproject(\n  solver\n  LANGUAGES C CUDA)\n",
            "project-language-cuda",
        ),
        ("cmake", "set_target_properties(s PROPERTIES\n  CUDA_SEPARABLE_COMPILATION ON)\n", "separable-compilation"),
        ("cmake", "CUDA_ADD_LIBRARY(s a.cu)\n", "cuda-add-target"),
        ("make", "%.o: %.cu\n\t$(NVCC) -c $<\n", "nvcc-call"),
        ("dockerfile", "ARG V=12\nFROM nvidia/cuda:${V}.1-devel\n", "cuda-image"),
        ("dockerfile", "FROM a\nRUN apt-get install -y \\\n  libcudnn8-dev=8.9\n", "nvidia-library-packages"),
        ("yaml", "services:\n  app:\n    runtime: nvidia\n", "nvidia-runtime"),
        ("yaml", "resources:\n  limits:\n    nvidia.com/gpu: 2\n", "kubernetes-gpu"),
        ("yaml", "dev:\n  - {driver: nvidia, count: all}\n", "compose-gpu"),
        ("yaml-ci", "jobs:\n  a:\n    runs-on: ubuntu-gpu\n", "ci-gpu-runner"),
        ("yaml-ci", "jobs:\n  a:\n    steps:\n    - run: |\n        ls\n        nvidia-smi -L\n", "nvidia-smi"),
        ("shell", "#!/bin/bash\n#SBATCH --gpus=4\n", "slurm-gpu"),
        ("shell", "CUDA_VISIBLE_DEVICES=1 python train.py\n", "visible-devices"),
        ("python", "import os\nos.environ['NCCL_P2P_DISABLE'] = '1'\n", "nccl-tuning"),
        ("python-build", "flags = {'nvcc': ['-gencode', 'arch=compute_80,code=sm_80']}\n", "gencode"),
        ("meson", "add_languages('c', 'cuda')\nadd_languages('cuda')\n", "meson-cuda-language"),
    ],
)
def test_a_signal_is_found_in_real_text(sites_in: SitesIn, language: str, code: str, found: str) -> None:
    assert found in [name for name, _ in signals(sites_in(code, language=language, path="file"))]


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("cmake", '# enable_language(CUDA)\nmessage(STATUS "enable_language(CUDA)")\nfind_package(CUDAlloc)\n'),
        ("cmake", "project(CUDAlike LANGUAGES CXX)\n"),
        ("make", "# nvcc is not needed\nCXX = my-nvcc-wrapper\n"),
        ("dockerfile", "FROM ubuntu:22.04\n# FROM nvidia/cuda:12\nRUN make -j\n"),
        ("yaml", "description: runs without nvidia\nname: gpu\n"),
        ("yaml-ci", "jobs:\n  a:\n    container: example.org/nvidia/cudax:12.4\n"),
        ("shell", "# nvidia-smi\necho done # nvcc\n"),
        ("python", '"""Set CUDA_VISIBLE_DEVICES to choose a GPU."""\n# CUDA_HOME\n'),
        ("python", "version = torch.version.hip\n"),
    ],
)
def test_other_text_gives_no_signal(sites_in: SitesIn, language: str, code: str) -> None:
    assert signals(sites_in(code, language=language, path="file")) == []


def test_a_signal_stands_where_its_word_stands(sites_in: SitesIn) -> None:
    code = "jobs:\n  a:\n    steps:\n    - run: |\n        ls\n        nvidia-smi -L\n"
    (site,) = [site for site in sites_in(code, language="yaml-ci") if site.rule_id == "build/nvidia-smi"]

    assert (site.match, site.location.line, site.location.column) == ("nvidia-smi", 6, 9)


def test_a_line_has_a_signal_once_and_a_file_what_costs_nothing_once(sites_in: SitesIn) -> None:
    test = "if torch.cuda.is_available(): pass\n"
    code = f"h = CUDA_HOME or CUDA_HOME\n{test}x = CUDA_HOME\n{test}"

    assert signals(sites_in(code, language="python")) == [("cuda-home", 1), ("torch-gpu-test", 2), ("cuda-home", 3)]


def test_what_a_parser_made_is_surer_than_a_word_in_text(sites_in: SitesIn) -> None:
    (parsed,) = sites_in("ENV CUDA_LAUNCH_BLOCKING=1\nFROM a\n", language="dockerfile")
    (searched,) = sites_in("CUDA_LAUNCH_BLOCKING=1\n", language="shell")

    assert (parsed.confidence, searched.confidence) == (Confidence.HIGH, Confidence.LOW)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_match_is_lost_by_the_cheap_first_test(rules: CompiledRules, data: st.DataObject) -> None:
    signal = data.draw(st.sampled_from([signal for found in rules.signals.values() for signal in found]))
    pattern = re.sub(rb"\(\?<?[!=](?:[^()]|\([^()]*\))*\)", b"", signal.pattern.pattern)
    text = data.draw(st.from_regex(re.compile(pattern, re.MULTILINE | re.ASCII), fullmatch=True))

    assert any(word in text for word in signal.words), signal.rule_id


def test_every_row_is_looked_for_in_a_format_that_is_read(rulebook_tables: list[Table]) -> None:
    formats = {name for table in rulebook_tables for row in table.rows for name in row[4].split(";")}

    assert formats <= {
        *("cmake", "make", "shell", "python", "docker", "yaml", "ci", "meson", "bazel", "autotools", "xmake", "cargo"),
        *("julia", "nix", "msbuild", "vcpkg", "easybuild", "gitmodules", "pyproject", "notebook"),
    }


@pytest.fixture
def rulebook_tables(rulebook) -> list[Table]:  # type: ignore[no-untyped-def]
    return [table for table in rulebook.tables.values() if table.kind == "build"]
