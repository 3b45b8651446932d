"""Gates of a scan: read before the work, asked after it, said on stderr."""

from collections.abc import Sequence
from pathlib import Path

import click

from portgauge.history.baseline import Baseline, baseline_of, read_baseline
from portgauge.history.gate import Gate, GateAnswer, Gates, read_gate
from portgauge.model.acceptance import Acceptance
from portgauge.model.analysis import Analysis
from portgauge.model.base import value

_RATCHET = "new:1"
"""What a baseline means when no gate is named: never more than it."""


@value
class PlannedGates:
    """What to ask, and what to hold it against."""

    gates: tuple[Gate, ...]
    baseline: Baseline | None


def load_baseline(path: Path) -> Baseline:
    """Return the baseline of a file, which may also be a saved analysis.

    Raises:
        UserError: If it is neither.
    """
    if path.suffix == ".json":
        from portgauge.reporting.json_loading import load_analysis

        return baseline_of(load_analysis(path))
    return read_baseline(path)


def plan_gates(texts: Sequence[str], baseline: Path | None) -> PlannedGates:
    """Return the gates of a command line.

    Raises:
        UserError: If an expression or the baseline is wrong.
    """
    gates = tuple(read_gate(text) for text in texts or ((_RATCHET,) if baseline is not None else ()))
    return PlannedGates(gates=gates, baseline=load_baseline(baseline) if baseline is not None else None)


@value
class AskedGates:
    """What the gates of a scan found."""

    notes: tuple[str, ...]
    answers: tuple[GateAnswer, ...]
    acceptance: Acceptance | None


def hold_against(planned: PlannedGates, analysis: Analysis) -> AskedGates:
    """Return what each gate found, and say nothing yet.

    Raises:
        UserError: If a gate cannot be asked, or the baseline is of another codebase.
    """
    gates = Gates(analysis, planned.baseline)
    answers = tuple(gates.ask(gate) for gate in planned.gates)
    return AskedGates(notes=gates.notes(), answers=answers, acceptance=gates.acceptance(answers))


def say_gates(asked: AskedGates) -> bool:
    """Say on stderr what each gate found, and return whether one was met."""
    for note in asked.notes:
        click.echo(f"portgauge: {note}", err=True)
    for answer in asked.answers:
        click.echo(
            f"portgauge: gate {answer.gate.text} {'met' if answer.is_met else 'not met'}: {answer.words}", err=True
        )
    return any(answer.is_met for answer in asked.answers)
