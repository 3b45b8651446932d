"""Targets and link edges that we read from CMake files, against those of CMake's own file API.

``python -m tests.accuracy.cmake_truth CMAKE FOLDER [-D...]``. What CMake does not configure is no truth.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from portgauge.discovery.walk import discover
from portgauge.discovery.words import discovery_words
from portgauge.matchers.build import BuildFile, read_build_files
from portgauge.model.component import Reading
from portgauge.resources import rules_folder
from portgauge.rulebook.artifact import load_cached

_MAKERS = {"EXECUTABLE", "STATIC_LIBRARY", "SHARED_LIBRARY", "MODULE_LIBRARY", "OBJECT_LIBRARY", "INTERFACE_LIBRARY"}


@dataclass(frozen=True)
class Build:
    """What one reader says: target names, pairs of target and linked target, pairs of target and source."""

    targets: frozenset[str]
    links: frozenset[tuple[str, str]]
    sources: frozenset[tuple[str, str]]


def cmake_says(cmake: str, folder: Path, options: Sequence[str]) -> Build:
    """Return what CMake itself says about a folder.

    Raises:
        subprocess.CalledProcessError: If it does not configure; its last lines go to stderr.
    """
    with tempfile.TemporaryDirectory() as build:
        query = Path(build, ".cmake/api/v1/query/codemodel-v2")
        query.parent.mkdir(parents=True)
        query.touch()
        done = subprocess.run(
            [cmake, "-S", str(folder), "-B", build, *options], capture_output=True, text=True, check=False
        )
        if done.returncode:
            print("\n".join(done.stderr.splitlines()[-12:]), file=sys.stderr)
            done.check_returncode()
        replies = Path(build, ".cmake/api/v1/reply")
        model = json.loads(next(replies.glob("codemodel-v2-*.json")).read_text())["configurations"][0]
        found = [json.loads((replies / target["jsonFile"]).read_text()) for target in model["targets"]]
        found += [json.loads((replies / target["jsonFile"]).read_text()) for target in model.get("abstractTargets", ())]
    made = {each["id"]: each for each in found if each["type"] in _MAKERS and not each.get("imported")}
    made = {key: each for key, each in made.items() if not each.get("isGeneratorProvided")}
    inside = {key: each for key, each in made.items() if not PurePosixPath(each["paths"]["source"]).is_absolute()}
    names = {key: each["name"] for key, each in inside.items()}
    links = set()
    for key, each in inside.items():
        named = {
            link["id"]
            for link in (*each.get("linkLibraries", ()), *each.get("interfaceLinkLibraries", ()))
            if "id" in link
        }
        named |= {part["id"] for part in each.get("objectDependencies", ())}
        links |= {(names[key], names[other]) for other in named if other in names and other != key}
    sources = {
        (names[key], source["path"])
        for key, each in inside.items()
        for source in each.get("sources", ())
        if not PurePosixPath(source["path"]).is_absolute() and not source.get("isGenerated")
    }
    return Build(targets=frozenset(names.values()), links=frozenset(links), sources=frozenset(sources))


def we_say(folder: Path) -> Build:
    """Return what our reader says about a folder."""
    rulebook = load_cached(rules_folder(), tool_version="truth")
    tree = discover(folder, words=discovery_words(rulebook.discovery), exclude=(), include_vendored=True)
    read = [candidate for candidate in tree.candidates if candidate.decision is Reading.PARSED]
    builds = read_build_files(
        [BuildFile(path=c.path, place=c.place, language=c.language) for c in read],
        known_paths=[c.path for c in read],
    )
    targets = [target for target in builds.cmake_targets if target.project == PurePosixPath(".")]
    names = {target.name for target in targets}
    return Build(
        targets=frozenset(names),
        links=frozenset((t.name, link.target) for t in targets for link in t.links if link.target in names),
        sources=frozenset((t.name, str(source)) for t in targets for source in t.sources),
    )


def share(truth: Collection[object], ours: Collection[object]) -> str:
    """Return how much of the truth we have, and what is ours beyond it, in words."""
    have = len(set(truth) & set(ours))
    return f"{have} of {len(truth)} ({have / len(truth):.0%})" if truth else "none to find"


def main(arguments: Sequence[str]) -> int:
    """Print the comparison of one folder."""
    cmake, folder, *options = arguments
    truth, ours = cmake_says(cmake, Path(folder), options), we_say(Path(folder))
    print(
        f"{Path(folder).name}: targets {share(truth.targets, ours.targets)}, links {share(truth.links, ours.links)}, "
        f"sources {share(truth.sources, ours.sources)}"
    )
    for word, true, found in (
        ("target", truth.targets, ours.targets),
        ("link", truth.links, ours.links),
        ("source", truth.sources, ours.sources),
    ):
        for missed in sorted(set(true) - set(found)):
            print(f"  missed {word}: {missed}")
        for extra in sorted(set(found) - set(true)):
            print(f"  not in this configuration, {word}: {extra}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
