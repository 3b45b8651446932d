"""What a coding agent uses until the port passes its tests: tokens, builds, hours. Never person-time."""

from dataclasses import replace

from portgauge.model.estimate import AgentEffort, AgentMeasure
from portgauge.rulebook.agent_record import AgentRecord


def agent_effort(record: AgentRecord, *, cuda_lines: int) -> AgentEffort:
    """Return the recorded spread of finished agent ports, shifted where that was seen to predict better.

    A measure that nothing in the code predicted better than its own median stays as it was recorded, and says so.
    ``cuda_lines`` are code lines.
    """
    return AgentEffort(
        measures=tuple(_measure(record, measure, cuda_lines=cuda_lines) for measure in record.measures),
        recorded_ports=record.ports,
        half_an_hour=record.half_an_hour,
        basis=record.basis,
    )


def _measure(record: AgentRecord, measure: AgentMeasure, *, cuda_lines: int) -> AgentMeasure:
    shift = next((each for each in record.shifts if each.measure == measure.name), None)
    if shift is None:
        return replace(measure, why=record.unshifted)
    factor = (max(cuda_lines, 1) / shift.at_lines) ** shift.exponent
    return replace(
        measure,
        p10=measure.p10 * factor,
        p50=measure.p50 * factor,
        p90=measure.p90 * factor,
        why=f"the recorded spread times {factor:.2g} for {cuda_lines:,} CUDA code lines; {shift.basis}",
    )
