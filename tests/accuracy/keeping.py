"""What one run found, row by row as JSON lines, for reading the misses; written on request and never committed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from portgauge.model.finding import Finding
from portgauge.model.rule import Automation

from .checkouts import lines_of_file
from .labels import LabelledFile
from .line_scores import findings_that_flag, lines_of
from .scans import ProjectScan


def _write(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def keep_findings(findings: Iterable[Finding], folder: Path) -> None:
    """Write every finding that flags to ``hecbench-findings.jsonl``."""
    _write(
        folder / "hecbench-findings.jsonl",
        (
            {
                "path": str(finding.site.path),
                "line": finding.site.location.line,
                "end_line": finding.site.location.end_line,
                "automation": finding.automation.value,
                "rule": finding.site.rule_id,
            }
            for finding in findings_that_flag(findings)
        ),
    )


def keep_lines(findings: Iterable[Finding], files: Sequence[LabelledFile], root: Path, folder: Path) -> None:
    """Write every scored line that was flagged or changed, with its text, to ``hecbench-lines.jsonl``."""
    rules: dict[tuple[str, int], dict[str, str]] = {}
    for finding in findings_that_flag(findings):
        for line in lines_of(finding):
            at = rules.setdefault((str(finding.site.path), line), {})
            if at.get(finding.site.rule_id, Automation.AUTOMATIC.value) == Automation.AUTOMATIC.value:
                at[finding.site.rule_id] = finding.automation.value
    _write(
        folder / "hecbench-lines.jsonl",
        (
            {
                "program": file.program,
                "path": file.path,
                "line": number,
                "truth": file.truth_of(number),
                "rules": rules.get((file.path, number), {}),
                "text": text.strip(),
            }
            for file in files
            for number, text in enumerate(lines_of_file(root / file.path), start=1)
            if (file.path, number) in rules or number in file.changed
        ),
    )


def keep_verdicts(scans: Iterable[ProjectScan], folder: Path) -> None:
    """Write what was said of each project, and what happened to it, to ``verdicts.jsonl``."""
    _write(
        folder / "verdicts.jsonl",
        (
            {
                "project": scan.project.repository,
                "outcome": scan.project.outcome,
                "confidence": scan.project.confidence,
                "true": scan.project.word.value,
                "verdict": scan.prediction.word.value,
                "rule_a": scan.words.rule_a().value,
                "rule_b": scan.words.rule_b().value,
                "why": scan.prediction.why,
                "blockers": sorted(scan.prediction.blockers),
                "true_blockers": sorted(scan.project.blockers),
                "obstacles": sorted(scan.prediction.obstacles),
                "true_obstacles": sorted(scan.project.obstacles),
                "weak_obstacles": sorted(scan.project.weak_obstacles),
                "unread": list(scan.unread),
                "seconds": round(scan.seconds, 2),
            }
            for scan in scans
        ),
    )
