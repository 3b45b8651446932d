"""Two processes write the same bytes: no output follows the order of a set."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
REPORTS = ("html", "pdf", "json", "jsonl", "sarif", "csv", "xlsx", "md")
OTHERS = ("graph.svg", "graph.dot", "plan.md")
"""Of the commands after which they are named."""


KERNEL = """\
#include <cublas_v2.h>
{includes}
__global__ void kernel_{number}(float* values) {{
  const int lane = threadIdx.x & 31;
  values[lane] += __shfl_down_sync(0xffffffff, values[lane], {number} + 1);
}}
void run_{number}(float* values) {{ kernel_{number}<<<1, 64>>>(values); cudaDeviceSynchronize(); }}
"""


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """The samples, and components that need several others each, so that a drawing has lines to cross."""
    root = tmp_path / "code"
    shutil.copytree(SAMPLES, root)
    for number in range(16):
        folder = root / f"part_{number}"
        folder.mkdir()
        needs = sorted({number // 2, number // 3, (number * 5) % max(number, 1)} - {number})
        includes = "\n".join(f'#include "../part_{need}/part_{need}.cu"' for need in needs)
        (folder / f"part_{number}.cu").write_text(KERNEL.format(number=number, includes=includes))
    return root


@pytest.fixture
def outputs(tmp_path: Path, code: Path) -> list[dict[str, bytes]]:
    """What each of two processes wrote, by file."""
    folders = [tmp_path / seed for seed in ("1", "2")]
    for folder in folders:
        folder.mkdir()
    _run(folders, "scan", code, "-q", "--no-cache", *(part for form in REPORTS for part in ("-o", f"report.{form}")))
    for name in OTHERS:
        _run(folders, name.partition(".")[0], "report.json", "-o", name)
    return [{path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders]


def _run(folders: Sequence[Path], *arguments: object) -> None:
    """Run a command in each folder at once, with the folder's name as the seed of the order of sets."""
    command = [sys.executable, "-m", "portgauge", *map(str, arguments)]
    running = []
    for folder in folders:
        environment = os.environ | {"PYTHONHASHSEED": folder.name, "SOURCE_DATE_EPOCH": "1767225600"}
        running.append(subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL))
    assert [process.wait() for process in running] == [0] * len(folders)


def test_every_output_is_the_same_in_two_processes(outputs: list[dict[str, bytes]]) -> None:
    first, second = outputs

    assert sorted(first) == sorted(second) == sorted([*OTHERS, *(f"report.{form}" for form in REPORTS)])
    assert [name for name in first if first[name] != second[name]] == []
    assert first["graph.dot"].count(b" -> ") > 16
