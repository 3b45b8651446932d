"""Measurements repeated and taken in turns, as medians."""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from portgauge.model.base import value

CHECKOUT = Path(__file__).resolve().parents[2]
START_ROUNDS = 10


@value
class CorpusTimes:
    """One corpus: a bare parse and our scan of the same files. Seconds are medians."""

    name: str
    files: int
    source_bytes: int
    files_too_large: int
    searched_files: int
    sites: int
    parse_seconds: float
    parse_cpu_seconds: float
    python_parse_seconds: float
    """A bare parse of the Python files, which the scan parses too."""
    scan_seconds: float
    scan_cpu_seconds: float
    idle_seconds: float
    """A scan of one empty file: what starting a worker costs."""
    idle_cpu_seconds: float
    main_peak_bytes: int
    worker_peak_bytes: int

    @property
    def ratio(self) -> float:
        """Scan over parse, wall clock, start of the worker taken off."""
        return (self.scan_seconds - self.idle_seconds) / self.parse_seconds

    @property
    def with_python_ratio(self) -> float:
        """Scan over the parse of all files that the scan parses, wall clock, start of the worker taken off."""
        return (self.scan_seconds - self.idle_seconds) / (self.parse_seconds + self.python_parse_seconds)

    @property
    def whole_ratio(self) -> float:
        """Scan over parse, wall clock, with the start of the worker."""
        return self.scan_seconds / self.parse_seconds

    @property
    def cpu_ratio(self) -> float:
        """Scan over parse in processor time of all processes, start of the worker taken off."""
        return (self.scan_cpu_seconds - self.idle_cpu_seconds) / self.parse_cpu_seconds


@value
class StartTimes:
    """What every run pays. Seconds are medians."""

    python_seconds: float
    help_seconds: float
    cold_rulebook_seconds: float
    warm_rulebook_seconds: float

    @property
    def help_ratio(self) -> float:
        """``portgauge --help`` over a Python that does nothing."""
        return self.help_seconds / self.python_seconds


def _once(what: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.once", what, str(folder)]
    done = subprocess.run(command, cwd=CHECKOUT, stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _median(found: Sequence[dict[str, float]], key: str) -> float:
    return statistics.median(one[key] for one in found)


def measure_corpus(root: Path, *, rounds: int) -> CorpusTimes:
    """Return the times of one folder; parse, idle scan and scan take turns, so that load falls on all."""
    parses, idles, scans = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        idle = Path(folder) / "idle"
        idle.mkdir()
        (idle / "empty.cu").write_text("\n")
        for _ in range(rounds):
            parses.append(_once("parse", root))
            idles.append(_once("scan", idle))
            scans.append(_once("scan", root))
    return CorpusTimes(
        name=root.name,
        files=int(parses[0]["files"]),
        source_bytes=int(parses[0]["bytes"]),
        files_too_large=int(parses[0]["files_too_large"]),
        searched_files=int(scans[0]["searched_files"]),
        sites=int(scans[0]["sites"]),
        parse_seconds=_median(parses, "seconds"),
        parse_cpu_seconds=_median(parses, "cpu_seconds"),
        python_parse_seconds=_median(parses, "python_seconds"),
        scan_seconds=_median(scans, "seconds"),
        scan_cpu_seconds=_median(scans, "cpu_seconds"),
        idle_seconds=_median(idles, "seconds"),
        idle_cpu_seconds=_median(idles, "cpu_seconds"),
        main_peak_bytes=int(max(one["main_peak_bytes"] for one in scans)),
        worker_peak_bytes=int(max(one["worker_peak_bytes"] for one in scans)),
    )


def _seconds_of(command: Sequence[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=CHECKOUT, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def measure_starts(*, rounds: int) -> StartTimes:
    """Return what starting costs; the two commands take turns."""
    command = Path(sys.executable).with_name("portgauge")
    pythons, helps = [], []
    for _ in range(START_ROUNDS):
        pythons.append(_seconds_of([sys.executable, "-c", "pass"]))
        helps.append(_seconds_of([str(command), "--help"]))
    loads = [_once("rulebook", CHECKOUT) for _ in range(rounds)]
    return StartTimes(
        python_seconds=statistics.median(pythons),
        help_seconds=statistics.median(helps),
        cold_rulebook_seconds=_median(loads, "cold_seconds"),
        warm_rulebook_seconds=_median(loads, "warm_seconds"),
    )
