"""Calls between compiled files, against what their object files ask the linker for.

``python -m tests.accuracy.call_truth FOLDER...``: compiles each ``.cu``, ``.cpp``, ``.cc`` and ``.c`` of a program by
itself with nvcc, and takes a symbol that one object lacks and exactly one other defines as a call between their files.
A file that does not compile is no truth. Calls into headers leave no symbol and are not measured here.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from portgauge.graph.assignment import COMPILED_SUFFIXES
from portgauge.graph.includes import Reach
from portgauge.model.component import EdgeKind
from portgauge.pipeline import take_inventory
from portgauge.resources import rules_folder
from portgauge.rulebook.artifact import load_cached

_SECONDS = 60
Pair = tuple[str, str]


def linker_says(folder: Path) -> tuple[set[Pair], set[str], int]:
    """Return pairs of calling and defining file, the files that compiled, and how many there are."""
    sources = sorted(path for path in folder.rglob("*") if path.suffix in COMPILED_SUFFIXES)
    places = sorted({f"-I{path.parent}" for path in folder.rglob("*.h*")} | {f"-I{folder}"})
    wanted: dict[str, set[str]] = {}
    defined: dict[str, set[str]] = {}
    with tempfile.TemporaryDirectory() as build:
        for number, source in enumerate(sources):
            target = Path(build, f"{number}.o")
            # Without machine code for a GPU: only the symbols of the host side are looked at.
            code = ["-gencode", "arch=compute_80,code=compute_80"]
            command = ["nvcc", "-c", "-w", *code, *places, str(source), "-o", str(target)]
            try:
                done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
            except subprocess.TimeoutExpired:
                continue
            if done.returncode:
                continue
            name = source.relative_to(folder).as_posix()
            listed = subprocess.run(["nm", "-P", str(target)], capture_output=True, text=True, check=True).stdout
            symbols = [line.split()[:2] for line in listed.splitlines()]
            wanted[name] = {symbol for symbol, kind in symbols if kind == "U"}
            for symbol, kind in symbols:
                if kind == "T":
                    defined.setdefault(symbol, set()).add(name)
    calls = {
        (name, next(iter(defined[symbol])))
        for name, symbols_of in wanted.items()
        for symbol in symbols_of
        if len(defined.get(symbol, ())) == 1 and name not in defined[symbol]
    }
    return calls, set(wanted), len(sources)


def we_say(folder: Path) -> tuple[set[Pair], set[Pair]]:
    """Return our pairs of compiled files: those seen in a file itself, and those with what its headers call."""
    rules = rules_folder()
    inventory = take_inventory(folder, rulebook=load_cached(rules, tool_version="truth"), rules_path=rules)
    used = [(e.source, e.target) for e in inventory.edges if e.kind in (EdgeKind.CALL, EdgeKind.LAUNCH)]
    reach = Reach(edge for edge in inventory.edges if edge.kind is EdgeKind.INCLUDE)
    own = {
        (source, target)
        for source, target in used
        # A file that is included is no call that the linker sees.
        if PurePosixPath(target) not in reach.of(PurePosixPath(source))
    }
    through = {
        (str(file.path), target)
        for file in inventory.files
        if file.path.suffix in COMPILED_SUFFIXES
        for source, target in used
        if PurePosixPath(source) in reach.of(file.path) and PurePosixPath(target).suffix in COMPILED_SUFFIXES
    }
    return own, own | through


def main(folders: Sequence[str]) -> int:
    """Print a line for each program, and the sums."""
    found = true = right = said = 0
    for name in folders:
        folder = Path(name)
        truth, compiled, files = linker_says(folder)
        own, whole = we_say(folder)
        own = {pair for pair in own if set(pair) <= compiled}
        found += len(truth & whole)
        true += len(truth)
        right += len(own & truth)
        said += len(own)
        print(
            f"{folder.name}: {len(compiled)} of {files} files compile; "
            f"{len(truth & whole)} of {len(truth)} calls found, "
            f"{len(own & truth)} of {len(own)} right; missed {sorted(truth - whole)[:4]}, "
            f"wrong {sorted(own - truth)[:4]}",
            flush=True,
        )
    print(f"all: {found} of {true} found, {right} of {said} right")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
