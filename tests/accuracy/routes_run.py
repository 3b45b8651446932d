"""``python -m tests.accuracy.routes_run --ports DIR --moat DIR``: the first way out named, beside what happened.

Writes ROUTES.md. Nothing is scored: on nine projects a share would say nothing, so each line is there to be read.
"""

import argparse
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from portgauge.model.analysis import Analysis
from portgauge.model.base import value
from portgauge.model.route import RouteEstimate, RouteStatus
from portgauge.pipeline import default_settings, judge_inventory, take_inventory
from portgauge.rulebook.route_comparison import Ways, load_ways

from .scans import RulesInUse, copy_rules

PAGE = Path(__file__).parent / "ROUTES.md"


@value
class Case:
    """One project whose way out is known."""

    folder: str
    """Under the folder of the ports, or under that of the projects."""
    is_port: bool
    happened: str
    """As the histories and the labels say."""


CASES = (
    Case(
        folder="lc0",
        is_port=True,
        happened="two copied back ends, one by HIPIFY and one by an agent, were not merged; an agent's port of one "
        "source through a header was",
    ),
    Case(
        folder="faiss",
        is_port=True,
        happened="one source, converted by a HIPIFY script in each build, with guards; merged",
    ),
    Case(
        folder="CTranslate2",
        is_port=True,
        happened="one source through a header; kernels for AWQ were left out; merged",
    ),
    Case(
        folder="gsplat",
        is_port=False,
        happened="ported by an agent within the build of PyTorch, with parts left out",
    ),
    Case(folder="flashinfer", is_port=False, happened="given up: CUTLASS and tensor-core PTX"),
    Case(folder="qutlass", is_port=False, happened="given up: CUTLASS and tensor-core PTX"),
    Case(folder="FlashMoE", is_port=False, happened="given up: a device library for CUDA alone, NVSHMEM"),
    Case(
        folder="arbor",
        is_port=False,
        happened="nothing to port: a HIP back end since 2020; defects of wave size were mended",
    ),
    Case(folder="ginkgo", is_port=False, happened="nothing to port: a HIP back end is there"),
    Case(folder="gunrock", is_port=False, happened="nothing to port: a HIP path is there"),
)


def analysed(root: Path, rules: RulesInUse, ways: Ways, *, workers: int) -> Analysis:
    """Return a project judged with default settings, with its routes."""
    inventory = take_inventory(root, rulebook=rules.rulebook, rules_path=rules.folder, worker_count=workers)
    return judge_inventory(
        inventory,
        rulebook=rules.rulebook,
        settings=default_settings(rules.rulebook),
        analysed_at=datetime.now(UTC),
        ways=ways,
    )


def _shown(route: RouteEstimate) -> str:
    hours = f", {route.hours.p50:,.0f} h" if route.hours is not None else ""
    return f"{route.title}{hours}"


def line_of(case: Case, analysis: Analysis) -> str:
    """Return the line of the table for one project."""
    priced = [route for route in analysis.routes if route.status is RouteStatus.PRICED]
    left_out = [route for route in priced if route.route == "leave-out"]
    word = analysis.verdict(analysis.targets[0].id).word
    cells = (
        case.folder,
        case.happened,
        f"{word.value}{f'; {left_out[0].reason}' if left_out else ''}",
        _shown(priced[0]) if priced else "none has a price",
        "; ".join(_shown(route) for route in priced[1:4]) or "–",
    )
    return f"| {' | '.join(cells)} |"


def page(lines: Sequence[str], *, digest: str) -> str:
    """Return the text of ROUTES.md."""
    table = "\n".join(lines)
    return f"""# The first way out, beside what happened

Written by `python -m tests.accuracy.routes_run`; do not edit by hand.
Measured on {datetime.now(UTC):%Y-%m-%d} with the rules of digest `{digest[:12]}` and default settings.
Each project stands at a commit before its port.
What happened is taken from git histories and from a public record of ports by coding agents.
Ten projects are no measure; they are here to be read.
Ways are ordered by what they cost over three years, so a coding agent leads wherever no decision is open: its hours
are fewer, and the report says what it needs (tests, a GPU, review). The next ones are the ways without an agent.
For a project that was given up, a price means that a decision has to be taken first; the report says so.

| project | what happened | verdict | first way | the next ones |
| --- | --- | --- | --- | --- |
{table}
"""


def main(given: Sequence[str] | None = None) -> int:
    """Return 0 when the page was written, 2 when a project is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy.routes_run", description=__doc__)
    parser.add_argument("--ports", type=Path, required=True, metavar="DIR")
    parser.add_argument("--moat", type=Path, required=True, metavar="DIR")
    parser.add_argument("--workers", type=int, default=2, metavar="N")
    options = parser.parse_args(given)
    folders = {case: (options.ports if case.is_port else options.moat) / case.folder for case in CASES}
    missing = [str(folder) for folder in folders.values() if not folder.is_dir()]
    if missing:
        print(f"not there: {', '.join(missing)}; see RESULTS.md for where the projects come from")
        return 2
    with tempfile.TemporaryDirectory() as temporary:
        rules = copy_rules(Path(temporary))
        ways = load_ways(rules.folder)
        lines = [line_of(c, analysed(root, rules, ways, workers=options.workers)) for c, root in folders.items()]
        PAGE.write_text(page(lines, digest=rules.rulebook.digest), encoding="utf-8")
    print(PAGE)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
