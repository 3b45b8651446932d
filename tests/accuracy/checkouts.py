"""Where the checkouts are, whether they are the right ones, and what to get when they are missing."""

import csv
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from portgauge.errors import UserError
from portgauge.model.base import value

from .labels import HECBENCH_COMMIT, HECBENCH_REPOSITORY, LabelledFile, LabelledProject

WHAT_TO_GET = """\
python -m tests.accuracy: needs two sets of checkouts and was told of {told}.

--hecbench DIR (or PORTGAUGE_HECBENCH): github.com/{repository}
    at commit {commit}.
    A plain clone will do. Only the -cuda folders of the {programs} programs in truth/hecbench_dev.csv are read.

--moat DIR (or PORTGAUGE_MOAT): one folder a project, named as the column `project`, each at the commit of the
    column `score_commit` of truth/moat_sources_dev.csv ({projects} rows are scored).
    A loop of `git clone`, `git checkout COMMIT` over those columns lays them out; leave submodules empty, and
    leave out files above 4 MiB and symbolic links, as was done when the truth was measured.
    A file DIR/manifest.tsv with the columns project, repo, commit is compared with the table when it is there.
    The repositories and commits:
{rows}"""


@value
class LaidOut:
    """The checkouts of one set, and what is not as the truth has it."""

    root: Path
    remarks: tuple[str, ...]


def what_to_get(told: str, files: Sequence[LabelledFile], projects: Sequence[LabelledProject]) -> str:
    """Return the message for somebody who has no checkouts yet."""
    return WHAT_TO_GET.format(
        told=told,
        repository=HECBENCH_REPOSITORY,
        commit=HECBENCH_COMMIT,
        programs=len({file.program for file in files}),
        projects=len(projects),
        rows="\n".join(f"    {project.repository} {project.commit}" for project in projects),
    )


def check_hecbench(root: Path, files: Sequence[LabelledFile]) -> tuple[LaidOut, dict[str, frozenset[int]]]:
    """Return the checkout with the blank lines of each scored file, by path.

    Raises:
        UserError: If a file is missing or is not the one that the truth is about.
    """
    blank: dict[str, frozenset[int]] = {}
    for file in files:
        path = root / file.path
        if not path.is_file():
            raise UserError(f"{path} is missing; is {root} {HECBENCH_REPOSITORY} at {HECBENCH_COMMIT}?")
        lines = lines_of_file(path)
        if len(lines) != file.line_count:
            raise UserError(
                f"{path} has {len(lines)} lines, the truth is about one of {file.line_count}; "
                f"is it at commit {HECBENCH_COMMIT}?"
            )
        blank[file.path] = frozenset(number for number, line in enumerate(lines, start=1) if not line.strip())
    return LaidOut(root=root, remarks=()), blank


def lines_of_file(path: Path) -> list[str]:
    """Return the lines of a file as the truth counts them."""
    # Not splitlines(): form feeds and the like are no line ends to a compiler, nor to the truth.
    text = path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def folders_to_leave_out(root: Path, programs: Iterable[str]) -> tuple[str, ...]:
    """Return exclude patterns for everything but the CUDA folders of the programs and what they share."""
    kept = {f"{program}-cuda" for program in programs} | {"include"}
    below = [f"/src/{entry.name}" for entry in sorted((root / "src").iterdir()) if entry.name not in kept]
    return (*(f"/{entry.name}" for entry in sorted(root.iterdir()) if entry.name != "src"), *below)


def check_projects(root: Path, projects: Sequence[LabelledProject]) -> LaidOut:
    """Return the checkouts; a project whose commit cannot be told is a remark.

    Raises:
        UserError: If a project is missing or at another commit.
    """
    manifest = root / "manifest.tsv"
    known: dict[str, str] = {}
    if manifest.is_file():
        with manifest.open(encoding="utf-8", newline="") as file:
            known = {row["project"]: row["commit"] for row in csv.DictReader(file, delimiter="\t")}
    remarks = []
    for project in projects:
        folder = root / project.project
        if not folder.is_dir():
            raise UserError(f"{folder} is missing; it should hold {project.repository} at {project.commit}")
        commit = known.get(project.project) or _head(folder)
        if not commit:
            remarks.append(f"The commit of {project.project} could not be told.")
        elif commit != project.commit:
            raise UserError(f"{folder} is at {commit}, the truth is about {project.commit}")
    return LaidOut(root=root, remarks=tuple(remarks))


def _head(folder: Path) -> str:
    if not (folder / ".git").exists():
        return ""
    asked = subprocess.run(["git", "-C", str(folder), "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return asked.stdout.strip()
