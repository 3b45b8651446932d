"""``python -m tests.accuracy.effort_run --ports DIR --moat DIR``: scan finished ports, write what the hours are worth.

Writes its section of RESULTS.md and its figures of rules/accuracy.yaml; all others stay as they are.
"""

import argparse
import gc
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from portgauge.errors import UserError
from portgauge.matchers.kept import KeptFacts
from portgauge.model.analysis import Analysis, Settings
from portgauge.model.rule import Mode
from portgauge.pipeline import default_settings, facts_folder, judge_inventory, take_inventory

from .effort_scores import PortScore, RankedPort, hours_in_scope
from .effort_truth import AgentPort, FinishedPort, read_agent_ports, read_ports
from .results_effort import EffortResults, effort_figures, effort_section, with_figures, with_section
from .scans import RulesInUse, copy_rules

HERE = Path(__file__).parent
RESULTS_FILE = HERE / "RESULTS.md"
ACCURACY_FILE = HERE.parents[1] / "rules" / "accuracy.yaml"
HOURS_PER_DAY = 8.0


def _scan(folder: Path, rules: RulesInUse, *, workers: int, settings: Settings) -> Analysis:
    inventory = take_inventory(
        folder,
        rulebook=rules.rulebook,
        rules_path=rules.folder,
        worker_count=workers,
        kept=KeptFacts(rules.rulebook, folder=facts_folder()),
    )
    return judge_inventory(inventory, rulebook=rules.rulebook, settings=settings, analysed_at=datetime.now(UTC))


def measure_port(port: FinishedPort, root: Path, rules: RulesInUse, *, workers: int) -> PortScore:
    """Return a finished port beside the estimate of its code with the settings that the port had."""
    settings = replace(
        default_settings(rules.rulebook, mode=port.mode), upstream=port.upstream, tests=port.tests, hot_kernels=0
    )
    analysis = _scan(root / port.folder, rules, workers=workers, settings=settings)
    estimate = analysis.estimate(target=analysis.targets[0].id, mode=port.mode)
    fixed = rules.rulebook.effort.fixed
    tuned = sum(
        count * fixed[name].hours[port.mode].p50
        for name, count in (("tune-simple", port.hot_simple), ("tune-tensor", port.hot_tensor))
    )
    hours = hours_in_scope(estimate, port.left_out) + tuned
    whole = estimate.total.p50 + tuned
    return PortScore(
        port=port,
        whole_days=whole / HOURS_PER_DAY,
        days=hours / HOURS_PER_DAY,
        p90_days=hours / HOURS_PER_DAY * estimate.total.p90 / estimate.total.p50,
        cuda_lines=sum(file.code_lines for file in analysis.inventory.files if file.is_cuda),
        verdict=analysis.verdict(analysis.targets[0].id).word.value,
    )


def measure_rank(ports: Sequence[AgentPort], root: Path, rules: RulesInUse, *, workers: int) -> Iterator[RankedPort]:
    """Yield the agent ports beside what the scan says of each."""
    for number, port in enumerate(ports, start=1):
        settings = default_settings(rules.rulebook, mode=Mode.AGENT)
        analysis = _scan(root / port.project, rules, workers=workers, settings=settings)
        hours = next(each.p50 for each in analysis.agent.measures if each.name == "wall_hours")
        yield RankedPort(
            port=port,
            person_hours=analysis.estimate(target=analysis.targets[0].id, mode=Mode.AGENT).total.p50,
            agent_hours=hours,
            cuda_lines=sum(file.code_lines for file in analysis.inventory.files if file.is_cuda),
        )
        print(f"{number} of {len(ports)}: {port.repository}", file=sys.stderr)
        del analysis
        gc.collect()


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy.effort_run", description=__doc__)
    parser.add_argument("--ports", default=os.environ.get("PORTGAUGE_PORTS"), metavar="DIR")
    parser.add_argument("--moat", default=os.environ.get("PORTGAUGE_MOAT"), metavar="DIR")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="processes that read; 2")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """Return the exit code: 0 when the results were written, 2 when checkouts are missing."""
    options = _arguments(given)
    ports, agent_ports = read_ports(), read_agent_ports()
    if not options.ports or not options.moat:
        print(what_to_get(ports, agent_ports), file=sys.stderr)
        return 2
    there = [port for port in ports if (Path(options.ports) / port.folder).is_dir()]
    laid_out = [port for port in agent_ports if (Path(options.moat) / port.project).is_dir()]
    if not there or not laid_out:
        print(what_to_get(ports, agent_ports), file=sys.stderr)
        return 2
    try:
        with tempfile.TemporaryDirectory() as folder:
            rules = copy_rules(Path(folder))
            scores = tuple(measure_port(port, Path(options.ports), rules, workers=options.workers) for port in there)
            ranked = tuple(measure_rank(laid_out, Path(options.moat), rules, workers=options.workers))
    except UserError as error:
        print(f"python -m tests.accuracy.effort_run: {error}", file=sys.stderr)
        return 2
    results = EffortResults(
        measured=datetime.now(UTC).date(),
        rules_digest=rules.rulebook.digest,
        ports=scores,
        missing=tuple(port for port in ports if port not in there),
        ranked=ranked,
        missing_ranked=len(agent_ports) - len(laid_out),
    )
    RESULTS_FILE.write_text(with_section(RESULTS_FILE.read_text(encoding="utf-8"), effort_section(results)), "utf-8")
    ACCURACY_FILE.write_text(with_figures(ACCURACY_FILE.read_text(encoding="utf-8"), effort_figures(results)), "utf-8")
    print(f"{RESULTS_FILE}\n{ACCURACY_FILE}")
    return 0


def what_to_get(ports: Sequence[FinishedPort], agent_ports: Sequence[AgentPort]) -> str:
    """Return the message for somebody who has no checkouts yet."""
    rows = "\n".join(f"    {port.folder}: {port.repository} at {port.commit}" for port in ports)
    return (
        "python -m tests.accuracy.effort_run: needs two sets of checkouts.\n\n"
        f"--ports DIR (or PORTGAUGE_PORTS): the code before each port; what is missing is left out and named.\n{rows}\n"
        f"--moat DIR (or PORTGAUGE_MOAT): {len(agent_ports)} projects, as for `python -m tests.accuracy`."
    )


if __name__ == "__main__":
    sys.exit(main())
