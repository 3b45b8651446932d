"""The first verdict: a word search, and called so.

``already`` when enough files carry HIP markers; ``blocked`` when a blocker stands in the code and too few do;
else ``portable``. It does not yet ask how much of the code a blocker concerns, nor whether it is optional.
"""

from portgauge.model.analysis import Blocker, Inventory, PortabilityLayer, Verdict, VerdictWord
from portgauge.model.component import SourceFile
from portgauge.model.finding import Finding
from portgauge.model.rule import Severity
from portgauge.model.target import Target
from portgauge.rulebook.effort_classes import EffortModel
from portgauge.rulebook.rulebook import Rulebook

MIN_READ_SHARE = 0.98
MAX_DEGRADED_SHARE = 0.25
_WHERE_LIMIT = 50


def _blockers(findings: tuple[Finding, ...], rulebook: Rulebook) -> tuple[Blocker, ...]:
    places: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.blocker:
            places.setdefault(finding.blocker, []).append(finding)
    blockers = []
    for name, found in sorted(places.items(), key=lambda entry: (-len(entry[1]), entry[0])):
        known = rulebook.blockers[name]
        blockers.append(
            Blocker(
                blocker_class=name,
                title=known.title,
                where=tuple(finding.site.location for finding in found[:_WHERE_LIMIT]),
                options=known.options,
            )
        )
    return tuple(blockers)


def portability(inventory: Inventory, findings: tuple[Finding, ...], effort: EffortModel) -> int | None:
    """Return the share, 0 to 100, of CUDA code lines in files whose findings all have grade A or B.

    Files stand for kernels with what they call, which are not followed yet. None without CUDA code.
    """
    hard = {
        finding.site.path
        for finding in findings
        if finding.covered_by is None and (finding.blocker or effort.classes[finding.effort_class].grade > "B")
    }
    cuda: list[SourceFile] = [file for file in inventory.files if file.is_cuda]
    lines = sum(file.code_lines for file in cuda)
    if not lines:
        return None
    return round(100 * sum(file.code_lines for file in cuda if file.path not in hard) / lines)


def judge_verdict(
    inventory: Inventory,
    findings: tuple[Finding, ...],
    *,
    target: Target,
    rulebook: Rulebook,
    grade: str,
) -> Verdict:
    """Return the verdict for one target; ``findings`` are that target's."""
    rule = rulebook.verdict
    marked = sorted({site.path for site in inventory.sites if site.rule_id == rule.marker_rule})
    blockers = _blockers(findings, rulebook)
    enough_markers = len(marked) >= rule.files_with_markers_for_already
    has_cuda = any(file.is_cuda for file in inventory.files)
    coverage = inventory.coverage
    classes = ", ".join(blocker.blocker_class for blocker in blockers)
    if not has_cuda and not inventory_has_findings(findings):
        word, why = VerdictWord.PORTABLE, "No CUDA code was found: nothing to port."
    elif enough_markers:
        word = VerdictWord.ALREADY
        why = f"{len(marked)} files carry words of an AMD path, the first is {marked[0]}."
    elif blockers:
        word = VerdictWord.BLOCKED
        why = f"Blockers stand in the code ({classes}), and {len(marked)} files carry words of an AMD path."
    else:
        word, why = VerdictWord.PORTABLE, "No blocker was found, and no AMD path."
    withheld = coverage.read_share < MIN_READ_SHARE or coverage.degraded_share > MAX_DEGRADED_SHARE
    if withheld and has_cuda:
        why += " The grade is withheld: too little of the CUDA code could be read with certainty."
    return Verdict(
        target=target.id,
        word=word,
        grade="" if withheld or not has_cuda else ("E" if word is VerdictWord.BLOCKED else grade),
        portability=portability(inventory, findings, rulebook.effort),
        blockers=blockers,
        obstacles=_obstacles(findings),
        why=why,
        basis=rule.basis,
    )


def marker_layer(inventory: Inventory, rulebook: Rulebook) -> tuple[PortabilityLayer, ...]:
    """Return the words of an AMD path as one layer without cover: a sign, no proof."""
    marked = [site.location for site in inventory.sites if site.rule_id == rulebook.verdict.marker_rule]
    if not marked:
        return ()
    return (
        PortabilityLayer(
            id="hip-markers",
            kind="words of an AMD path; which sites it covers is not read",
            where=tuple(marked[:_WHERE_LIMIT]),
            sites_covered=0,
        ),
    )


def inventory_has_findings(findings: tuple[Finding, ...]) -> bool:
    """Return whether any finding asks for work."""
    return any(finding.severity is not Severity.NONE for finding in findings)


def _obstacles(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    for finding in findings:
        if finding.obstacle and finding.severity is not Severity.NONE and finding.covered_by is None:
            counts[finding.obstacle] = counts.get(finding.obstacle, 0) + 1
    return tuple(sorted(counts, key=lambda name: (-counts[name], name)))
