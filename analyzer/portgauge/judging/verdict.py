"""The verdict: does the code run on AMD GPUs already, can it be ported, or does a decision stand in the way."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import networkx as nx

from portgauge.judging.branches import Branches, branches_of
from portgauge.judging.layers import AmdPath
from portgauge.model.analysis import Blocker, Coverage, Inventory, Verdict, VerdictWord
from portgauge.model.base import value
from portgauge.model.component import EdgeKind, Standing
from portgauge.model.finding import Finding
from portgauge.model.kernel import Kernel
from portgauge.model.rule import Automation, Category, Confidence, FailureMode, Severity
from portgauge.model.target import Target
from portgauge.rulebook.effort_classes import EffortModel
from portgauge.rulebook.rulebook import Rulebook, VerdictRule

MIN_READ_SHARE = 0.98
MAX_DEGRADED_SHARE = 0.25
_FALLING = tuple(Severity)


def _blockers(
    inventory: Inventory, findings: tuple[Finding, ...], rulebook: Rulebook, branches: Branches
) -> tuple[Blocker, ...]:
    lines = {file.path: file.code_lines for file in inventory.files if file.is_cuda}
    all_lines = sum(lines.values())
    places: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.blocker:
            places.setdefault(finding.blocker, []).append(finding)
    blockers = []
    for name, found in sorted(places.items(), key=lambda entry: (-len(entry[1]), entry[0])):
        known = rulebook.blockers[name]
        left = [finding for finding in found if finding.covered_by is None]
        files = {finding.site.path for finding in left}
        behind = [branches.options(finding.site.guards) for finding in left]
        blockers.append(
            Blocker(
                blocker_class=name,
                title=known.title,
                where=tuple(dict.fromkeys(finding.site.location for finding in found)),
                options=known.options,
                code_share=sum(lines.get(path, 0) for path in files) / all_lines if all_lines else 0.0,
                kernel_share=_kernel_share(inventory.kernels, files),
                optional_behind=tuple(sorted({names[0] for names in behind})) if behind and all(behind) else (),
            )
        )
    return tuple(blockers)


def _kernel_share(kernels: Sequence[Kernel], files: Collection[PurePosixPath]) -> float | None:
    """Return the share of kernels that stand in some files or reach functions of them on the device."""
    if not kernels:
        return None
    held = [k for k in kernels if k.location.path in files or any(called.path in files for called in k.calls)]
    return len(held) / len(kernels)


def _interception(inventory: Inventory, rulebook: Rulebook) -> tuple[Blocker, ...]:
    """Return the blocker of code that defines many of CUDA's own functions; none when it defines few."""
    places = {
        str(site.fact("name")): site.location
        for site in inventory.sites
        if site.rule_id == rulebook.layers.interception
    }
    if len(places) < rulebook.verdict.min_defined_functions:
        return ()
    name = rulebook.verdict.interception_class
    known = rulebook.blockers[name]
    where = tuple(places[function] for function in sorted(places))
    return (Blocker(blocker_class=name, title=known.title, where=where, options=known.options),)


def portability(
    inventory: Inventory,
    findings: tuple[Finding, ...],
    effort: EffortModel,
    *,
    parts: Iterable[Collection[PurePosixPath]],
) -> list[int | None]:
    """Return for each part, given as its files, how much of its CUDA code stands in files without hard findings.

    The share is 0 to 100 of code lines, None without CUDA code; a finding is hard when its grade is neither A nor B.
    Files stand for kernels with what they call, which are not followed yet.
    """
    hard = {
        finding.site.path
        for finding in findings
        if finding.covered_by is None and (finding.blocker or effort.classes[finding.effort_class].grade > "B")
    }
    code_lines = {file.path: file.code_lines for file in inventory.files if file.is_cuda}
    easy_lines = {path: lines for path, lines in code_lines.items() if path not in hard}
    shares: list[int | None] = []
    for part in parts:
        lines = sum(code_lines.get(path, 0) for path in part)
        easy = sum(easy_lines.get(path, 0) for path in part)
        shares.append(round(100 * easy / lines) if lines else None)
    return shares


@value
class _Shares:
    """How much of the CUDA code blockers concern, 0 to 1."""

    touched: float
    direct: float
    classes: tuple[str, ...]
    """Those of the blockers that count."""


def _shares(inventory: Inventory, findings: tuple[Finding, ...], branches: Branches) -> _Shares:
    """Return the shares of code lines in files that need a decision, optional code left out."""
    lines = {str(file.path): file.code_lines for file in inventory.files if file.is_cuda}
    total = sum(lines.values())
    counted = [
        finding
        for finding in findings
        if finding.blocker and finding.covered_by is None and not branches.options(finding.site.guards)
    ]
    holding = {str(finding.site.path) for finding in counted}
    classes = tuple(dict.fromkeys(finding.blocker for finding in counted if finding.blocker))
    included: nx.DiGraph[str] = nx.DiGraph(
        (edge.source, edge.target) for edge in inventory.edges if edge.kind is EdgeKind.INCLUDE
    )
    touched = set(holding)
    for path in holding & set(included):
        touched |= nx.ancestors(included, path)
    if not total:
        return _Shares(touched=0.0, direct=0.0, classes=classes)
    return _Shares(
        touched=sum(lines.get(path, 0) for path in touched) / total,
        direct=sum(lines.get(path, 0) for path in holding) / total,
        classes=classes,
    )


def is_complete(path: AmdPath, findings: tuple[Finding, ...], rule: VerdictRule) -> bool:
    """Return whether an AMD path has both halves: code for AMD GPUs and a build that compiles it.

    A PyTorch extension needs no AMD code of its own when every name in it is known to have a counterpart, and nothing
    in it is known not to compile after PyTorch's renames.
    """
    if path.build and len(path.code) >= rule.min_code_files:
        return True
    if not path.torch:
        return False
    return len(path.code) >= rule.min_code_files_torch or not any(_lacks_counterpart(f) for f in findings)


def _lacks_counterpart(finding: Finding) -> bool:
    if finding.site.fact("seen_as") in ("import", "requirement"):
        return False  # a Python package is no name of the extension's own code
    is_severe = finding.severity in (Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
    if finding.covered_by is not None or not is_severe:
        return False
    # Options of a build stand beside a test for AMD, which is not followed in Python.
    is_code = not finding.site.rule_id.startswith(f"{Category.BUILD.value}/")
    fails = is_code and finding.failure_mode is FailureMode.COMPILE_ERROR
    by_hand = finding.automation is Automation.ASSISTED and finding.site.confidence is Confidence.HIGH
    return finding.automation is Automation.MANUAL or (fails and by_hand)


def judge_verdict(
    inventory: Inventory,
    findings: tuple[Finding, ...],
    *,
    target: Target,
    rulebook: Rulebook,
    path: AmdPath,
) -> Verdict:
    """Return the verdict for one target, still without a grade; ``findings`` are that target's."""
    branches = branches_of(rulebook.vendors, inventory.defines)
    blockers = _blockers(inventory, findings, rulebook, branches) + _interception(inventory, rulebook)
    has_cuda = any(file.is_cuda for file in inventory.files)
    coverage = inventory.coverage
    word, why = _word(inventory, findings, rulebook=rulebook, path=path, blockers=blockers, has_cuda=has_cuda)
    if has_cuda and is_grade_withheld(coverage):
        why += " The grade is withheld: too little of the CUDA code could be read with certainty."
    [share] = portability(inventory, findings, rulebook.effort, parts=[[file.path for file in inventory.files]])
    return Verdict(
        target=target.id,
        word=word,
        grade="",
        portability=share,
        blockers=blockers,
        obstacles=_obstacles(inventory, findings, rulebook),
        why=why,
        basis=rulebook.verdict.basis,
    )


def is_grade_withheld(coverage: Coverage) -> bool:
    """Return whether too little of the CUDA code could be read with certainty for a grade."""
    return coverage.read_share < MIN_READ_SHARE or coverage.degraded_share > MAX_DEGRADED_SHARE


def with_grade(verdict: Verdict, inventory: Inventory, *, grade: str) -> Verdict:
    """Return the verdict with the grade of the whole estimate, unless there is no CUDA code or too little was read."""
    has_cuda = any(file.is_cuda for file in inventory.files)
    return replace(verdict, grade=grade if has_cuda and not is_grade_withheld(inventory.coverage) else "")


def _word(
    inventory: Inventory,
    findings: tuple[Finding, ...],
    *,
    rulebook: Rulebook,
    path: AmdPath,
    blockers: tuple[Blocker, ...],
    has_cuda: bool,
) -> tuple[VerdictWord, str]:
    """Return the verdict's word and its reason in one sentence."""
    rule = rulebook.verdict
    if not has_cuda and not _asks_for_work(findings):
        return VerdictWord.PORTABLE, "No CUDA code was found: nothing to port."
    if is_complete(path, findings, rule):
        return VerdictWord.ALREADY, _path_words(path)
    shares = _shares(inventory, findings, branches_of(rulebook.vendors, inventory.defines))
    classes = ", ".join(blocker.blocker_class for blocker in blockers)
    half = " Code for AMD GPUs was found, but no build for it." if path.code and not path.build else ""
    if any(blocker.blocker_class == rule.interception_class for blocker in blockers):
        return (
            VerdictWord.BLOCKED,
            f"The code stands in for CUDA's own functions ({classes}), which no rename carries over.",
        )
    if shares.touched >= rule.min_touched_share and shares.direct >= rule.min_direct_share:
        deciding = ", ".join(blocker.blocker_class for blocker in blockers if blocker.blocker_class in shares.classes)
        return (
            VerdictWord.BLOCKED,
            f"Blockers ({deciding}) concern {shares.touched:.0%} of the CUDA code, and no complete AMD path was found."
            + half,
        )
    if blockers:
        return (
            VerdictWord.PORTABLE,
            f"Blockers ({classes}) stand {_where_aside(shares.direct)}: the rest can do without.{half}",
        )
    return VerdictWord.PORTABLE, f"No blocker was found, and no complete AMD path.{half}"


def _where_aside(direct: float) -> str:
    """Return where blockers stand that do not decide; ``direct`` is their share outside of optional code, 0 to 1."""
    if not direct:
        return "only in code that an option switches aside"
    return f"in files that are {direct:.1%} of the CUDA code, what an option switches aside left out"


def _path_words(path: AmdPath) -> str:
    build = path.build or path.torch
    files = f"{len(path.code)} files with code for AMD GPUs (the first is {path.code[0].path})" if path.code else ""
    built = f"a build that knows AMD GPUs ({build[0].path}:{build[0].line})"
    return f"Found: {files + ' and ' if files else ''}{built}. Whether it builds today was not tried."


def _asks_for_work(findings: tuple[Finding, ...]) -> bool:
    return any(finding.severity is not Severity.NONE for finding in findings)


def _counts_when_there(rule_id: str, rulebook: Rulebook) -> bool:
    """Return whether a rule is about something that is an obstacle whenever it is there: a library, or the build."""
    table = rulebook.tables.get(rule_id.partition("/")[0])
    if table is not None:
        return table.is_library or table.kind != "api"
    rule = rulebook.patterns.get(rule_id)
    return rule is not None and rule.category is Category.BUILD


def _obstacles(inventory: Inventory, findings: tuple[Finding, ...], rulebook: Rulebook) -> tuple[str, ...]:
    """Return the obstacle classes, those with most open findings first; what the build brings stands last."""
    rule = rulebook.verdict
    by_presence = {rule_id for rule_id in {f.site.rule_id for f in findings} if _counts_when_there(rule_id, rulebook)}
    bad_enough = _FALLING[: _FALLING.index(rule.min_hazard_severity) + 1]

    def stands_in_the_way(finding: Finding) -> bool:
        # PyTorch's own renames belong to its build, which is what is looked for there.
        is_build = finding.site.rule_id in by_presence and finding.site.rule_id in rulebook.patterns
        is_covered = finding.covered_by is not None and not is_build
        if not finding.obstacle or is_covered:
            return False
        # What only costs speed keeps nobody from a port that is right.
        is_hazard = finding.severity in bad_enough and finding.failure_mode is not FailureMode.PERF
        return is_hazard or finding.site.rule_id in by_presence

    counts = Counter(finding.obstacle for finding in findings if stands_in_the_way(finding))
    for name, rule_ids in rule.present_obstacles.items():
        if any(finding.site.rule_id in rule_ids and finding.covered_by is None for finding in findings):
            counts.setdefault(name, 0)
    for name, needed in rule.implied_obstacles.items():
        if counts.keys() >= set(needed):
            counts.setdefault(name, 0)
    if findings:
        languages = {file.language for file in inventory.files if file.standing is Standing.OWN}
        for language, name in rule.build_obstacles.items():
            if language in languages:
                counts.setdefault(name, 0)
    return tuple(sorted(counts, key=lambda name: (-counts[name], name)))
