"""What each kernel costs on the headline target, and how it is shown."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from portgauge.model.analysis import Analysis
from portgauge.model.base import value
from portgauge.model.estimate import Hours
from portgauge.model.kernel import AtomicUse, Kernel, KernelLaunch, WaveDependence
from portgauge.reporting.rounding import counted, hours_words
from portgauge.reporting.tally import booked_minutes, component_by_file

VALIDATION = "kernel-validation"
"""The effort class of proving one kernel right."""
WAVE_WORDS = {
    WaveDependence.NONE: "none",
    WaveDependence.WITHIN_32_LANES: "within 32 lanes",
    WaveDependence.UNKNOWN: "unknown",
    WaveDependence.WHOLE_WAVE: "whole wave",
}
LAUNCHES_SHOWN = 2


@value
class KernelSummary:
    """One kernel with what it costs."""

    kernel: Kernel
    hours: Hours
    """Change of the places in it and the proof that it is right; without rework, tuning, and what its component or
    the codebase needs once."""
    words: str
    is_hot: bool | None
    """Named for tuning; None when only a number of hot kernels was given, which says not which."""
    wave_words: str
    launch_words: str
    atomic_words: str


def kernel_summaries(analysis: Analysis) -> tuple[KernelSummary, ...]:
    """Return all kernels, in the order of the inventory."""
    whole = analysis.estimate(target=analysis.targets[0].id, mode=analysis.settings.mode)
    spread = whole.total.p90 / whole.total.p50 if whole.total.p50 else 1.0
    home = component_by_file(analysis.inventory)
    proof = {line.component: line.hours.p50 / line.units for line in whole.lines if line.effort_class == VALIDATION}
    change = _change_by_kernel(analysis)
    hot = analysis.settings.hot_kernels
    summaries = []
    for kernel in analysis.inventory.kernels:
        path = kernel.location.path
        is_hot = fnmatchcase(kernel.name, hot) if isinstance(hot, str) else (None if hot else False)
        p50 = change[path, kernel.location.line] + proof.get(home.get(path), 0.0)
        hours = Hours(p50=p50, p90=p50 * spread)
        summaries.append(
            KernelSummary(
                kernel=kernel,
                hours=hours,
                words=hours_words(p50) if p50 else "–",
                is_hot=is_hot,
                wave_words=WAVE_WORDS[kernel.wave],
                launch_words=_launch_words(kernel.launches),
                atomic_words=", ".join(map(_atomic_words, kernel.atomics)),
            )
        )
    return tuple(summaries)


def _change_by_kernel(analysis: Analysis) -> Mapping[tuple[PurePosixPath, int], float]:
    """Return the P50 hours of the places inside each kernel; the key is its path and first line."""
    booked = booked_minutes(analysis.estimate(target=analysis.targets[0].id, mode=analysis.settings.mode))
    by_path: dict[PurePosixPath, list[tuple[int, int]]] = defaultdict(list)
    for kernel in analysis.inventory.kernels:
        by_path[kernel.location.path].append((kernel.location.line, kernel.location.end_line))
    for spans in by_path.values():
        spans.sort()
    found: dict[tuple[PurePosixPath, int], float] = defaultdict(float)
    for site in analysis.inventory.sites:
        minutes = booked.get(site.fingerprint)
        spans = by_path.get(site.path, [])
        index = bisect_right(spans, (site.location.line, 1 << 62)) - 1
        if minutes is not None and index >= 0 and site.location.line <= spans[index][1]:
            found[site.path, spans[index][0]] += minutes.p50 / 60
    return found


def _launch_words(launches: tuple[KernelLaunch, ...]) -> str:
    if not launches:
        return "none seen"
    shown = list(dict.fromkeys(filter(None, map(_configuration, launches))))[:LAUNCHES_SHOWN]
    return f"{counted(len(launches), 'launch', 'launches')}{': ' if shown else ''}{'; '.join(shown)}"


def _configuration(launch: KernelLaunch) -> str:
    if launch.via:
        return f"through {launch.via}"
    parts = [part for part in (launch.grid, launch.block, launch.shared, launch.stream) if part]
    return f"<<<{', '.join(parts)}>>>" if parts else ""


def _atomic_words(use: AtomicUse) -> str:
    where = "in shared memory" if use.space == "shared" else ""
    return " ".join(filter(None, (use.operation, use.element, where, f"x {use.places}" if use.places > 1 else "")))
