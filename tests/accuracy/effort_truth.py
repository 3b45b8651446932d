"""The ports whose effort is estimated, and the agent ports whose hours were logged."""

import csv
from pathlib import Path

from portgauge.model.base import value
from portgauge.model.rule import Mode

FOLDER = Path(__file__).parent / "truth"


@value
class FinishedPort:
    """One port in a git history, with a guess of its person-days from days with commits."""

    name: str
    folder: str
    repository: str
    commit: str
    """Of the code before the port; it may be shortened."""
    mode: Mode
    hot_simple: int
    hot_tensor: int
    upstream: bool
    tests: str
    left_out: tuple[str, ...]
    """Beginnings of effort classes that the port left out."""
    scope: str
    observed_days: float
    """1.4 times the days on which an author committed."""


@value
class AgentPort:
    """One project that a coding agent ported, with its logged hours until tests passed on one GPU."""

    project: str
    repository: str
    commit: str
    cuda_lines: int
    """As the truth counts them."""
    active_hours: float


def read_ports(path: Path = FOLDER / "real_ports.csv") -> tuple[FinishedPort, ...]:
    """Return the ports with an estimate of their effort."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            FinishedPort(
                name=row["case_id"],
                folder=row["folder"],
                repository=row["repo"],
                commit=row["base_commit"],
                mode=Mode(row["mode"]),
                hot_simple=int(row["hot_kernels_simple"]),
                hot_tensor=int(row["hot_kernels_tensor"]),
                upstream=row["upstream"] == "yes",
                tests=row["tests"],
                left_out=tuple(row["left_out"].split()),
                scope=row["scope"],
                observed_days=float(row["observed_person_days"]),
            )
            for row in csv.DictReader(file)
        )


def read_agent_ports() -> tuple[AgentPort, ...]:
    """Return the agent ports with logged hours and a commit to scan."""
    with (FOLDER / "moat_sources_dev.csv").open(encoding="utf-8", newline="") as file:
        sources = {row["repo"]: row for row in csv.DictReader(file)}
    with (FOLDER / "moat_labels_dev.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["active_hours_to_green"] and row["upstream"] in sources]
    return tuple(
        AgentPort(
            project=row["project"],
            repository=row["upstream"],
            commit=sources[row["upstream"]]["score_commit"],
            cuda_lines=int(float(sources[row["upstream"]]["cuda_lines"] or 0)),
            active_hours=float(row["active_hours_to_green"]),
        )
        for row in rows
        if float(row["active_hours_to_green"]) > 0
    )
