"""What a coding agent uses until the port passes its tests: tokens, builds, hours. Never person-time."""

from collections.abc import Collection
from dataclasses import replace

from portgauge.model.estimate import AgentEffort, AgentMeasure
from portgauge.rulebook.agent_record import AgentRecord


def agent_effort(record: AgentRecord, *, obstacles: Collection[str]) -> AgentEffort:
    """Return the recorded spread of finished agent ports, shifted where that was seen to predict better.

    A measure that nothing in the code predicted better than its own median stays as it was recorded, and says so.
    """
    return AgentEffort(
        measures=tuple(_measure(record, measure, obstacles=frozenset(obstacles)) for measure in record.measures),
        recorded_ports=record.ports,
        half_an_hour=record.half_an_hour,
        basis=record.basis,
    )


def _measure(record: AgentRecord, measure: AgentMeasure, *, obstacles: frozenset[str]) -> AgentMeasure:
    shift = next((each for each in record.shifts if each.measure == measure.name), None)
    if shift is None:
        return replace(measure, why=record.unshifted)
    met = sorted(shift.classes & obstacles)
    factor = shift.factor if met else shift.factor_without
    seen = f"found here: {', '.join(met)}" if met else f"none of {', '.join(sorted(shift.classes))} found here"
    return replace(
        measure,
        p10=measure.p10 * factor,
        p50=measure.p50 * factor,
        p90=measure.p90 * factor,
        why=f"the recorded spread times {factor:g}, as {seen}; {shift.basis}",
    )
