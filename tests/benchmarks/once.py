"""One measurement in a process of its own: ``python -m tests.benchmarks.once parse|scan|rulebook FOLDER``.

Prints one JSON object. Memory and processor time are only clean in a process that did nothing else.
"""

import json
import os
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import tree_sitter_cuda
from tree_sitter import Language, Parser

from portgauge import __version__
from portgauge.discovery.walk import discover
from portgauge.discovery.words import discovery_words
from portgauge.matchers.file_scan import C_FAMILY
from portgauge.model.component import Reading
from portgauge.parsing.cuda import MAX_PARSE_BYTES
from portgauge.parsing.python_text import python_language
from portgauge.pipeline import default_settings, judge_inventory, take_inventory
from portgauge.resources import rules_folder
from portgauge.rulebook.artifact import load_cached
from portgauge.rulebook.loader import load_rulebook
from portgauge.rulebook.rulebook import Rulebook

_PYTHON = ("python", "python-build")


def _rulebook() -> Rulebook:
    return load_cached(rules_folder(), tool_version=__version__)


def _cpu_seconds() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _peak_bytes(who: int) -> int:
    return resource.getrusage(who).ru_maxrss * 1024


def parse_files(root: Path) -> dict[str, float]:
    """Read and parse the C-family files that a scan would parse, with one grammar, nothing else; then the Python files.

    The seconds of the Python files stand apart.
    """
    tree = discover(root, words=discovery_words(_rulebook().discovery), exclude=(), include_vendored=False)
    read = [c for c in tree.candidates if c.decision is Reading.PARSED and c.language in C_FAMILY]
    parsed = [c for c in read if c.byte_count <= MAX_PARSE_BYTES]
    language = Language(tree_sitter_cuda.language())
    started, cpu = time.perf_counter(), _cpu_seconds()
    for candidate in parsed:
        # A new parser for each file, as the scan does; keeping the tree would only measure memory.
        Parser(language).parse(candidate.absolute.read_bytes())
    seconds, cpu_seconds = time.perf_counter() - started, _cpu_seconds() - cpu
    started = time.perf_counter()
    for candidate in tree.candidates:
        if candidate.decision is Reading.PARSED and candidate.language in _PYTHON:
            Parser(python_language()).parse(candidate.absolute.read_bytes())
    return {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "python_seconds": time.perf_counter() - started,
        "files": len(parsed),
        "bytes": sum(candidate.byte_count for candidate in parsed),
        "files_too_large": len(read) - len(parsed),
    }


def scan_folder(root: Path) -> dict[str, float]:
    """Scan and judge a folder with one worker and the default targets, as the command line does."""
    rulebook = _rulebook()
    started, cpu = time.perf_counter(), _cpu_seconds()
    inventory = take_inventory(root, rulebook=rulebook, rules_path=rules_folder(), worker_count=1)
    inventory_seconds = time.perf_counter() - started
    analysis = judge_inventory(
        inventory, rulebook=rulebook, settings=default_settings(rulebook), analysed_at=datetime.now(UTC)
    )
    return {
        "seconds": time.perf_counter() - started,
        "inventory_seconds": inventory_seconds,
        "cpu_seconds": _cpu_seconds() - cpu,
        "sites": len(inventory.sites),
        "findings": len(analysis.findings),
        "searched_files": sum(file.reading is Reading.SEARCHED for file in inventory.files),
        "main_peak_bytes": _peak_bytes(resource.RUSAGE_SELF),
        "worker_peak_bytes": _peak_bytes(resource.RUSAGE_CHILDREN),
    }


def time_rulebook() -> dict[str, float]:
    """Load the rulebook from its files, and from the cache that the first load left."""
    started = time.perf_counter()
    load_rulebook(rules_folder())
    cold = time.perf_counter() - started
    _rulebook()
    started = time.perf_counter()
    _rulebook()
    return {"cold_seconds": cold, "warm_seconds": time.perf_counter() - started}


def main() -> int:
    """Print what was asked for."""
    what, folder = sys.argv[1], Path(sys.argv[2])
    match what:
        case "parse":
            found = parse_files(folder)
        case "scan":
            found = scan_folder(folder)
        case "rulebook":
            found = time_rulebook()
        case _:
            raise SystemExit(f"{what!r} is no measurement; there are parse, scan and rulebook")
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
