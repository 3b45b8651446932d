"""``python -m tests.benchmarks.history REPOSITORY``: the trend of 100 revisions beside one cold scan of the newest.

Both are commands of their own with an empty cache of files, and take turns. The scan reads a folder with the files of
the newest commit; the trend reads the commits from the object store. ``--every`` spreads the points over more of the
history, where less of one point is the next one's.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

POINTS = 100
MAX_RATIO = 3.0
"""Of a trend of the newest commits; one that is spread further reads more."""


class _Machine:
    """Runs commands of portgauge with a cache of their own."""

    def __init__(self, folder: Path) -> None:
        self._cache = folder / "cache"
        self._environment = {**os.environ, "PORTGAUGE_CACHE": str(self._cache)}

    def cold(self, *arguments: object) -> tuple[float, float]:
        """Return the seconds of one command that read no file before, and its processor time."""
        shutil.rmtree(self._cache / "files", ignore_errors=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        command = [sys.executable, "-m", "portgauge", *map(str, arguments)]
        subprocess.run(command, env=self._environment, stdout=subprocess.DEVNULL, check=True)
        seconds = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return seconds, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _git(repository: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", "-C", str(repository), *arguments], capture_output=True, check=True).stdout


def _range(repository: Path, end: str, *, points: int, every: int) -> str:
    """Return the range that has so many points, or as many as the history has."""
    count = (points - 1) * every + 1
    line = _git(repository, "rev-list", "--first-parent", f"--max-count={count}", end).decode().split()
    return f"{line[-1]}..{line[0]}"


def main(given: Sequence[str] | None = None) -> int:
    """Print both times and their ratio; 1 when it is above the target."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.history", description=__doc__)
    parser.add_argument("repository", type=Path, metavar="REPOSITORY", help="a clone, which may be bare")
    parser.add_argument("--end", default="HEAD", metavar="REVISION", help="the newest point; HEAD")
    parser.add_argument("--points", type=int, default=POINTS, metavar="N", help=f"revisions of the trend; {POINTS}")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="commits from one point to the next; 1")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="rounds of each measurement; 3")
    options = parser.parse_args(given)
    repository = options.repository.resolve()
    reach = _range(repository, options.end, points=options.points, every=options.every)
    scans, trends = [], []
    with tempfile.TemporaryDirectory() as folder:
        newest = Path(folder) / "newest"
        newest.mkdir()
        subprocess.run(["tar", "-x", "-C", str(newest)], input=_git(repository, "archive", options.end), check=True)
        machine, curve = _Machine(Path(folder)), Path(folder) / "trend.json"
        machine.cold("rules", "list")  # The rulebook is read from its files once, and that is not what is measured.
        for _ in range(options.rounds):
            scans.append(machine.cold("scan", newest, "-q", "-o", Path(folder) / "scan.json"))
            trends.append(
                machine.cold("trend", repository, "--git", reach, "--every", options.every, "--yes", "-q", "-o", curve)
            )
        points = len(json.loads(curve.read_text(encoding="utf-8"))["steps"])
    print("| what | seconds | processor seconds |\n|---|---|---|")
    medians = [[statistics.median(column) for column in zip(*found, strict=True)] for found in (scans, trends)]
    for name, found in zip(("cold scan of the newest", f"trend of {points:,} revisions"), medians, strict=True):
        print(f"| {name} | {found[0]:.2f} | {found[1]:.2f} |")
    (scan, scan_cpu), (trend, trend_cpu) = medians
    print(f"\nThe trend costs {trend / scan:.2f} cold scans (target {MAX_RATIO:g} for neighbouring commits), ", end="")
    print(f"in processor time {trend_cpu / scan_cpu:.2f}.")
    return 0 if trend / scan <= MAX_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
