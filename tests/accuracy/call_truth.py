"""Calls between compiled files, against what their object files ask the linker for.

``python -m tests.accuracy.call_truth FOLDER...``: compiles each ``.cu``, ``.cpp``, ``.cc`` and ``.c`` of a program by
itself with nvcc, and takes a symbol that one object lacks and exactly one other defines as a call between their files.
A file that does not compile is no truth. Calls into headers leave no symbol and are not measured here.

``python -m tests.accuracy.call_truth --hecbench DIR first|second``: the same for half of the programs of HeCBench's
development half that have 3 to 13 compiled files. In alphabetical order the first half is the first, third, fifth and
so on up to 24, the second the programs between them.
"""

import csv
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
_FEWEST_FILES, _MOST_FILES = 3, 13
_IN_FIRST_HALF = 24
_DEVELOPMENT = Path(__file__).parent / "truth" / "hecbench_dev.csv"
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
    """Return our pairs of compiled files: those seen in a file itself, and those with what its headers call.

    A function in a file that one compiled file includes and the caller does not is called in the object of the former.
    """
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
    compiled = [file.path for file in inventory.files if file.path.suffix in COMPILED_SUFFIXES]
    through = {
        (str(path), target)
        for path in compiled
        for source, target in used
        if PurePosixPath(source) in reach.of(path) and PurePosixPath(target).suffix in COMPILED_SUFFIXES
    }
    inside = {
        (source, str(path)) for path in compiled for source, target in own if PurePosixPath(target) in reach.of(path)
    }
    return own, own | through | inside


def half_of_hecbench(sources: Path, which: str) -> list[Path]:
    """Return the folders of one half of the development programs with 3 to 13 compiled files."""
    lines = _DEVELOPMENT.read_text(encoding="utf-8").splitlines()
    programs = {row["program"] for row in csv.DictReader(line for line in lines if not line.startswith("#"))}
    folders = [sources / f"{program}-cuda" for program in sorted(programs)]
    fitting = [
        folder
        for folder in folders
        if _FEWEST_FILES <= sum(path.suffix in COMPILED_SUFFIXES for path in folder.rglob("*")) <= _MOST_FILES
    ]
    return fitting[::2][:_IN_FIRST_HALF] if which == "first" else fitting[1::2]


def main(folders: Sequence[str]) -> int:
    """Print a line for each program, and the sums."""
    if folders[:1] == ["--hecbench"]:
        _, sources, which = folders
        folders = [str(folder) for folder in half_of_hecbench(Path(sources) / "src", which)]
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
