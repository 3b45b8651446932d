"""The truth tables: what ports of known outcome changed, and how projects turned out."""

import csv
from collections.abc import Iterable
from pathlib import Path

from portgauge.model.analysis import VerdictWord
from portgauge.model.base import value

FOLDER = Path(__file__).parent / "truth"
HECBENCH_REPOSITORY = "zjin-lcf/HeCBench"
HECBENCH_COMMIT = "f27000a5188f8ac79bd43fc95a1b3f890c18823d"
SCORED_STATUS = frozenset({"paired", "renamed", "shared"})
SCORED_CONFIDENCE = frozenset({"high", "medium"})
WORD_OF_OUTCOME = {
    "already": VerdictWord.ALREADY,
    "ported": VerdictWord.PORTABLE,
    "ported-with-scope-cuts": VerdictWord.PORTABLE,
    "blocked": VerdictWord.BLOCKED,
}


@value
class LabelledFile:
    """One CUDA file and what its human HIP port changed, as 1-based line numbers."""

    program: str
    path: str
    line_count: int
    code_lines: int
    mechanical: frozenset[int]
    """Changed as the converter would."""
    residual: frozenset[int]
    """Changed by hand, because of the platform."""
    unrelated: frozenset[int]
    """Changed for another reason: neither right nor wrong."""

    @property
    def changed(self) -> frozenset[int]:
        """All lines that the port changed because of the platform."""
        return self.mechanical | self.residual

    def truth_of(self, line: int) -> str:
        """Return what the port did with a line, in one word."""
        if line in self.residual:
            return "residual"
        if line in self.mechanical:
            return "mechanical"
        return "unrelated" if line in self.unrelated else "unchanged"


@value
class LabelledProject:
    """One public CUDA project and what became of the effort to port it."""

    project: str
    repository: str
    commit: str
    confidence: str
    outcome: str
    word: VerdictWord
    has_adopted_port: bool
    blockers: frozenset[str]
    obstacles: frozenset[str]
    weak_obstacles: frozenset[str]
    """Seen in a plan only: predicting one is neither right nor wrong."""

    @property
    def is_ported(self) -> bool:
        """A port was made and kept, so that its obstacles are known."""
        return self.has_adopted_port and self.word is VerdictWord.PORTABLE and bool(self.obstacles)


def lines_of_ranges(ranges: str) -> frozenset[int]:
    """Return the line numbers of ``5-6;13``; both ends belong to a range."""
    lines: set[int] = set()
    for part in filter(None, ranges.split(";")):
        first, _, last = part.partition("-")
        lines.update(range(int(first), int(last or first) + 1))
    return frozenset(lines)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def read_files(path: Path = FOLDER / "hecbench_dev.csv") -> tuple[LabelledFile, ...]:
    """Return the source files that are scored."""
    return tuple(
        LabelledFile(
            program=row["program"],
            path=row["path"],
            line_count=int(row["cuda_lines"]),
            code_lines=int(row["code_lines"]),
            mechanical=lines_of_ranges(row["mechanical_ranges"]),
            residual=lines_of_ranges(row["residual_ranges"]),
            unrelated=lines_of_ranges(row["unrelated_ranges"]),
        )
        for row in _rows(path)
        if row["kind"] == "source" and row["status"] in SCORED_STATUS
    )


def read_projects(
    labels: Path = FOLDER / "moat_labels_dev.csv", sources: Path = FOLDER / "moat_sources_dev.csv"
) -> tuple[LabelledProject, ...]:
    """Return the projects that are scored: an outcome of medium or high confidence, and a commit to scan."""
    commits = {row["repo"]: row["score_commit"] for row in _rows(sources) if row["score_commit"]}
    return tuple(
        LabelledProject(
            project=row["project"],
            repository=row["upstream"],
            commit=commits[row["upstream"]],
            confidence=row["confidence"],
            outcome=row["outcome"],
            word=WORD_OF_OUTCOME[row["outcome"]],
            has_adopted_port=row["source"] == "adopted",
            blockers=frozenset(row["blockers"].split()),
            obstacles=frozenset(row["obstacles"].split()),
            weak_obstacles=frozenset(row["obstacles_weak"].split()),
        )
        for row in _rows(labels)
        if row["upstream"] in commits and row["outcome"] in WORD_OF_OUTCOME and row["confidence"] in SCORED_CONFIDENCE
    )


def programs_of(files: Iterable[LabelledFile]) -> tuple[str, ...]:
    """Return the programs that the files belong to, sorted."""
    return tuple(sorted({file.program for file in files}))
