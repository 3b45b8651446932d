"""What a work package says of this codebase: in which order, with which libraries, and what it leaves alone."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from portgauge.model.analysis import Analysis, Blocker, LibraryJudgement
from portgauge.model.component import Standing
from portgauge.model.finding import Finding
from portgauge.planning import texts
from portgauge.planning.baseline import Baseline

NAMED_AT_MOST = 12
_RISK = tuple(texts.RISK_WORDS)


def risk(finding: Finding) -> tuple[int, str, int, int, str]:
    """Return what findings are sorted by: what gives wrong results unnoticed first, then the place."""
    place = finding.site.location
    return (_RISK.index(finding.failure_mode), str(place.path), place.line, place.column, finding.site.fingerprint)


def kernel_order(findings: Iterable[Finding]) -> list[str]:
    """Return the functions of a package, the most dangerous first."""
    ranked: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in sorted(findings, key=risk):
        ranked[str(finding.site.path), finding.site.function or "outside of functions"].append(finding)
    order = sorted(ranked.items(), key=lambda each: (_RISK.index(each[1][0].failure_mode), -len(each[1]), each[0]))
    return [
        f"{number}. {function} ({path}:{min(each.site.location.line for each in found)}): {len(found)} "
        f"place{'' if len(found) == 1 else 's'}, {texts.RISK_WORDS[found[0].failure_mode]}"
        for number, ((path, function), found) in enumerate(order, 1)
    ]


def library_facts(libraries: Iterable[LibraryJudgement]) -> list[str]:
    """Return what each library becomes, dearest first, and which names of it have no counterpart."""
    found = []
    for each in sorted(libraries, key=lambda library: (-library.hours.p50, library.title)):
        if each.hours.p50 <= 0 and not each.unsupported_symbols:
            continue
        words = [each.hip_counterpart or "no counterpart"]
        for names, said in (
            (each.unsupported_symbols, "without counterpart"),
            (each.rewritten_symbols, "with another interface"),
        ):
            more = f" and {len(names) - NAMED_AT_MOST} more" if len(names) > NAMED_AT_MOST else ""
            words += [f"{said}: {', '.join(names[:NAMED_AT_MOST])}{more}"] if names else []
        found.append(f"{each.title}: {'; '.join(words)}.")
    return found


def way_around(blocker: Blocker) -> list[str]:
    """Return what a decision is optional behind, as the first thing to look at; nothing when it is not."""
    if not blocker.optional_behind:
        return []
    return [
        f"It is not compiled without {', '.join(blocker.optional_behind)}: `portgauge plan . --without "
        f"{blocker.optional_behind[0]}` makes the plan of what is left."
    ]


def foreign(analysis: Analysis) -> list[str]:
    """Return what no package changes: code of others, generated code, and what the AMD path already has."""
    files = analysis.inventory.files
    vendored = _topmost({file.path.parent for file in files if file.standing is Standing.VENDORED})
    generated = sorted(str(file.path) for file in files if file.standing is Standing.GENERATED)
    layers = sorted({str(place.path) for layer in analysis.layers for place in layer.where})
    found = []
    for words, paths in (
        ("code of others", vendored),
        ("generated files; change what makes them", generated),
        ("what already serves AMD, without reading it first", layers),
    ):
        if paths:
            more = f" and {len(paths) - NAMED_AT_MOST} more" if len(paths) > NAMED_AT_MOST else ""
            found.append(f"{words}: {', '.join(paths[:NAMED_AT_MOST])}{more}")
    return found


def _topmost(folders: set[PurePosixPath]) -> list[str]:
    """Return the folders that lie in none of the others, by name."""
    return sorted(str(folder) for folder in folders if folders.isdisjoint(folder.parents))


def baseline_facts(found: Baseline) -> list[str]:
    """Return which tests, benchmarks and kernels there are to record."""
    timed = [f"{kernel.name} ({kernel.location.path}:{kernel.location.line})" for kernel in found.timed]
    how = (
        "named by you"
        if found.is_timed_named
        else "most launches, then longest; replace them by what your users wait for"
    )
    return [
        f"Tests found by name and place: {len(found.tests)}; benchmarks: {len(found.benchmarks)}."
        + ("" if found.tests else " No test was found: write one for each program's output before anything is ported."),
        f"Kernels to time ({how}): {', '.join(timed) or 'none'}.",
    ]
