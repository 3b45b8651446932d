"""What was read, what was not, and how well."""

from collections import Counter

from portgauge.model.analysis import Inventory, Problem
from portgauge.model.base import value
from portgauge.model.component import Reading
from portgauge.reporting import sentences


@value
class CoverageSummary:
    """What was read and what was not."""

    files: int
    cuda_files: int
    cuda_lines: int
    code_lines: int
    read_share: float
    degraded_share: float
    vendored_bytes: int
    words: str
    degraded_files: tuple[str, ...]
    degraded_cuda_files: tuple[str, ...]
    not_read_yet: tuple[tuple[str, int], ...]
    """Formats that this version does not read, with the number of files."""
    not_looked_for: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]
    """In CUDA files, or in no single file."""
    problems_elsewhere: int
    """In files without CUDA code; they move no CUDA number."""


def coverage_summary(inventory: Inventory) -> CoverageSummary:
    """Return what of the codebase was read, and how well."""
    coverage = inventory.coverage
    counted = [f for f in inventory.files if f.reading not in (Reading.EXCLUDED, Reading.NOT_SUPPORTED)]
    formats = Counter(f.language for f in inventory.files if f.reading is Reading.NOT_SUPPORTED)
    other = {f.path for f in inventory.files if not f.is_cuda}
    problems = tuple(problem for problem in inventory.problems if problem.path not in other)
    elsewhere = len(inventory.problems) - len(problems)
    return CoverageSummary(
        files=len(inventory.files),
        cuda_files=sum(f.is_cuda for f in counted),
        cuda_lines=sum(f.code_lines for f in counted if f.is_cuda),
        code_lines=sum(f.code_lines for f in counted),
        read_share=coverage.read_share,
        degraded_share=coverage.degraded_share,
        vendored_bytes=coverage.vendored_bytes,
        words=sentences.coverage(
            coverage,
            problems=len(problems),
            elsewhere=elsewhere,
            submodules=absent_submodules(inventory),
        ),
        degraded_files=tuple(str(f.path) for f in counted if f.degraded_bytes),
        degraded_cuda_files=tuple(str(f.path) for f in counted if f.degraded_bytes and f.is_cuda),
        not_read_yet=tuple(sorted(formats.items())),
        not_looked_for=inventory.not_looked_for,
        problems=problems,
        problems_elsewhere=elsewhere,
    )


def absent_submodules(inventory: Inventory) -> tuple[str, ...]:
    """Return the submodules whose code is not there; first those that are a library which the code uses."""
    used = {use.name.lower() for use in inventory.libraries}
    paths = [problem.path for problem in inventory.problems if problem.is_absent_submodule]
    return tuple(str(path) for path in sorted(paths, key=lambda path: path.name.lower() not in used))
