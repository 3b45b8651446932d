"""What must be recorded on CUDA before anything is ported: tests, benchmarks, kernels to time."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from portgauge.model.analysis import Analysis, Inventory
from portgauge.model.base import value
from portgauge.model.component import Reading, SourceFile, Standing
from portgauge.model.kernel import Kernel

_CODE = frozenset({"cuda", "hip", "c", "c++", "python"})
_BENCHMARK_WORDS = ("bench", "perf")
_TIMED_AT_MOST = 10


@value
class Baseline:
    """What a codebase has to prove a port with."""

    tests: tuple[PurePosixPath, ...]
    benchmarks: tuple[PurePosixPath, ...]
    timed: tuple[Kernel, ...]
    """Kernels to time: those that the user named, else the longest."""
    is_timed_named: bool
    """The user named them."""


def baseline_of(analysis: Analysis) -> Baseline:
    """Return what was detected, by the places and names of files; that a test reaches a kernel is not checked."""
    inventory = analysis.inventory
    code = [file for file in inventory.files if file.language in _CODE and file.standing is not Standing.VENDORED]
    benchmarks = [file for file in code if _is_benchmark(file)]
    tests = [file for file in code if file.standing is Standing.TEST and file not in benchmarks]
    asked = analysis.settings.hot_kernels
    named = isinstance(asked, str)
    return Baseline(
        tests=tuple(file.path for file in tests),
        benchmarks=tuple(file.path for file in benchmarks),
        timed=_timed(inventory, asked),
        is_timed_named=named,
    )


def _is_benchmark(file: SourceFile) -> bool:
    if file.reading is Reading.EXCLUDED:
        return False
    return any(word in part.lower() for part in file.path.parts for word in _BENCHMARK_WORDS)


def _timed(inventory: Inventory, asked: int | str) -> tuple[Kernel, ...]:
    own = [kernel for kernel in inventory.kernels if not _is_test(kernel, inventory.files)]
    if isinstance(asked, str):
        return tuple(kernel for kernel in own if fnmatchcase(kernel.name, asked))
    ranked = sorted(own, key=lambda k: (-len(k.launches), -k.code_lines, str(k.location.path), k.location.line))
    return tuple(ranked[: max(_TIMED_AT_MOST, asked)])


def _is_test(kernel: Kernel, files: Sequence[SourceFile]) -> bool:
    return any(file.path == kernel.location.path and file.standing is Standing.TEST for file in files)
