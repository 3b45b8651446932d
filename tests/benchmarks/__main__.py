"""``python -m tests.benchmarks DIR...``: measure, print the tables, write them to RESULTS.md."""

import argparse
import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from portgauge import __version__

from .measurements import START_ROUNDS, CorpusTimes, StartTimes, measure_corpus, measure_starts

RESULTS = Path(__file__).parent / "RESULTS.md"
MAX_RATIO = 2.0
MAX_PEAK_GIGABYTES = 1.0
MAX_HELP_RATIO = 6.0
_MEGABYTE = 1e6
_GIGABYTE = 1e9


def _mark(number: float, limit: float) -> str:
    return f"{number:.2f}" if number <= limit else f"**{number:.2f}**"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)) + "\n"


def corpus_table(corpora: Sequence[CorpusTimes]) -> str:
    """Return the times of all corpora as a Markdown table; a figure over its target is bold."""
    return _table(
        (
            "corpus", "files", "of them only searched", "MB", "sites", "bare parse, s", "scan, s", "start of worker, s",
            f"ratio (target {MAX_RATIO:g})", "ratio to a parse of Python too", "ratio with start",
            f"ratio in processor time (target {MAX_RATIO:g})",
            f"peak main, GB (target {MAX_PEAK_GIGABYTES:g})", f"peak worker, GB (target {MAX_PEAK_GIGABYTES:g})",
        ),
        [
            (
                corpus.name, f"{corpus.files:,}", f"{corpus.searched_files:,}",
                f"{corpus.source_bytes / _MEGABYTE:.1f}", f"{corpus.sites:,}", f"{corpus.parse_seconds:.2f}",
                f"{corpus.scan_seconds:.2f}", f"{corpus.idle_seconds:.2f}", _mark(corpus.ratio, MAX_RATIO),
                f"{corpus.with_python_ratio:.2f}", f"{corpus.whole_ratio:.2f}", _mark(corpus.cpu_ratio, MAX_RATIO),
                _mark(corpus.main_peak_bytes / _GIGABYTE, MAX_PEAK_GIGABYTES),
                _mark(corpus.worker_peak_bytes / _GIGABYTE, MAX_PEAK_GIGABYTES),
            )
            for corpus in corpora
        ],
    )  # fmt: skip


def start_table(starts: StartTimes) -> str:
    """Return what starting costs as a Markdown table."""
    return _table(
        ("what", "ms", "beside"),
        [
            ("`python -c pass`", f"{starts.python_seconds * 1000:.0f}", ""),
            (
                "`portgauge --help`",
                f"{starts.help_seconds * 1000:.0f}",
                f"{_mark(starts.help_ratio, MAX_HELP_RATIO)} of the line above (target {MAX_HELP_RATIO:g})",
            ),
            ("rulebook from its files", f"{starts.cold_rulebook_seconds * 1000:.0f}", ""),
            ("rulebook from the cache", f"{starts.warm_rulebook_seconds * 1000:.0f}", ""),
        ],
    )


def results_text(
    corpora: Sequence[CorpusTimes], starts: StartTimes, *, rounds: int, measured: date, machine: str
) -> str:
    """Return RESULTS.md."""
    too_large = [f"{corpus.name} {corpus.files_too_large}" for corpus in corpora if corpus.files_too_large]
    left_out = (
        f"Files above the parser's limit are left out of the bare parse and not of the scan: {', '.join(too_large)}.\n"
        if too_large
        else ""
    )
    return f"""\
# What a scan costs

Written by `python -m tests.benchmarks`; do not edit by hand.
Measured on {measured} with portgauge {__version__}, {machine}.
Medians of {rounds} rounds in which parse, start and scan take turns; starts are medians of {START_ROUNDS}.
Only ratios inside one run count: seconds move with whatever else the machine does.
Processor time is the steadier of the two on a machine that does other work.
The bare parse reads and parses the C-family files of the scan (own and test code) with tree-sitter-cuda in one \
process, and does nothing with the trees.
The scan is cold, with one worker and the default targets, from finding the files to the finished analysis, and it \
reads build and Python files too.
The start of the worker is the scan of one empty file; it is taken off the ratio and off the one in processor time.
The scan parses Python files too; the bare parse does not, so a second ratio adds a bare parse of them.
The main process works beside the worker, so the wall clock gains from a second processor; processor time does not.
Files in which no rule's words occur are searched and not parsed, which is why a ratio can be below 1.
{left_out}A figure over its target is bold.

{corpus_table(corpora)}
{start_table(starts)}"""


def main(given: Sequence[str] | None = None) -> int:
    """Return the exit code: 0 when the results were written."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="a checkout of CUDA code")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="rounds of each measurement; 3")
    options = parser.parse_args(given)
    missing = [str(folder) for folder in options.folders if not folder.is_dir()]
    if missing:
        parser.error(f"no such folder: {', '.join(missing)}")
    starts = measure_starts(rounds=options.rounds)
    corpora = []
    for folder in options.folders:
        corpora.append(measure_corpus(folder.resolve(), rounds=options.rounds))
        print(f"{folder}: ratio {corpora[-1].ratio:.2f}", file=sys.stderr)
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors"
    text = results_text(corpora, starts, rounds=options.rounds, measured=datetime.now(UTC).date(), machine=machine)
    RESULTS.write_text(text, encoding="utf-8")
    print(f"{corpus_table(corpora)}\n{start_table(starts)}\n{RESULTS}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
