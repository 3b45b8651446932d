"""The parts of the JSON that hold hours: estimates, components, verdicts, maintenance."""

from portgauge.model.analysis import Analysis, Verdict
from portgauge.model.estimate import AgentEffort, Estimate, EstimateLine
from portgauge.model.rule import Mode
from portgauge.reporting.component_summary import ComponentSummary
from portgauge.reporting.json_parts import Json, place_object, range_object
from portgauge.reporting.rounding import effort
from portgauge.reporting.summary import Summary


def line_object(line: EstimateLine) -> dict[str, Json]:
    """Return one addend of an estimate."""
    return {
        "component": line.component,
        "block": line.block.value,
        "effort_class": line.effort_class,
        "grade": line.grade,
        "reason": line.reason,
        "units": line.units,
        "minutes_each": range_object(line.minutes_each),
        "hours": range_object(line.hours),
        "basis": line.basis,
        "finding_fingerprints": list(line.fingerprints),
    }


def _blocks(estimate: Estimate) -> dict[str, Json]:
    return {block.value: range_object(hours) for block, hours in estimate.blocks}


def estimate_object(analysis: Analysis, *, target: str, mode: Mode) -> dict[str, Json]:
    """Return the estimate of the whole codebase on one target in one way of working."""
    estimate = analysis.estimate(target=target, mode=mode)
    settings = analysis.settings
    total = effort(estimate.total, hours_per_day=settings.hours_per_day, team=max(settings.team, 1), rate=settings.rate)
    cost: Json = None
    if total.cost_p50 is not None and total.cost_p90 is not None:
        cost = {"p50": total.cost_p50, "p90": total.cost_p90}
    return {
        "total": range_object(estimate.total),
        "person_days": {"p50": total.days_p50, "p90": total.days_p90},
        "calendar_weeks": {"p50": total.weeks_p50, "p90": total.weeks_p90},
        "cost": cost,
        "words": total.words,
        "grade": estimate.grade,
        "blocks": _blocks(estimate),
        "components": [
            {
                "name": own.component,
                "total": range_object(own.total),
                "grade": own.grade,
                "blocks": _blocks(own),
            }
            for own in analysis.estimates
            if own.component is not None and (own.target, own.mode) == (target, mode)
        ],
        "lines": [line_object(line) for line in estimate.lines],
        "assumptions": list(analysis.assumptions),
        "agent": _agent(analysis.agent),
    }


def component_object(analysis: Analysis, part: ComponentSummary) -> dict[str, Json]:
    """Return one component with its hours for every target and way of working."""
    component = part.component
    return {
        "name": part.name,
        "kind": component.kind.value if component else "codebase",
        "files": [str(path) for path in component.files] if component else [],
        "depends_on": list(component.depends_on) if component else [],
        "options": list(component.options) if component else [],
        "circle": list(component.circle) if component else [],
        "runs": component.runs if component else False,
        "order": part.order,
        "wave": component.wave if component else 0,
        "kernels": part.kernels,
        "code_lines": part.code_lines,
        "sites": part.sites,
        "portability": dict(analysis.component_portability).get(part.name) if component else None,
        "grade": part.grade,
        "hours": {
            target.id: {mode.value: _component_hours(analysis, part, target=target.id, mode=mode) for mode in Mode}
            for target in analysis.targets
        },
        "blockers": list(part.blockers),
        "waits_for_decision": part.waits,
    }


def _component_hours(analysis: Analysis, part: ComponentSummary, *, target: str, mode: Mode) -> Json:
    name = part.name if part.component else None
    whole = analysis.estimate(target=target, mode=mode)
    p50 = sum(line.hours.p50 for line in whole.lines if line.component == name)
    if name is None:
        # The lines of the codebase as a whole have no P90 together: P90s do not add.
        return {"p50": p50, "p90": None}
    for own in analysis.estimates:
        if (own.target, own.mode, own.component) == (target, mode, name):
            return {"p50": p50, "p90": own.total.p90}
    return {"p50": p50, "p90": None}


def _agent(agent: AgentEffort) -> dict[str, Json]:
    measures: dict[str, Json] = {
        each.name: {
            "title": each.title,
            "p10": float(each.p10),
            "p50": float(each.p50),
            "p90": float(each.p90),
            "ports": each.ports,
            "why": each.why,
        }
        for each in agent.measures
    }
    return {
        **measures,
        "recorded_ports": agent.recorded_ports,
        "half_an_hour": list(agent.half_an_hour),
        "basis": agent.basis,
    }


def verdict_object(verdict: Verdict) -> dict[str, Json]:
    """Return one verdict with its blockers and the ways past them."""
    return {
        "target": verdict.target,
        "verdict": verdict.word.value,
        "grade": verdict.grade,
        "portability": verdict.portability,
        "blockers": [
            {
                "class": blocker.blocker_class,
                "title": blocker.title,
                "code_share": blocker.code_share,
                "kernel_share": blocker.kernel_share,
                "optional_behind": list(blocker.optional_behind),
                "where": [place_object(place) for place in blocker.where],
                "options": [
                    {
                        "title": option.title,
                        "hours": None if option.hours is None else range_object(option.hours),
                        "basis": option.basis,
                    }
                    for option in blocker.options
                ],
            }
            for blocker in verdict.blockers
        ],
        "obstacles": list(verdict.obstacles),
        "why": verdict.why,
        "basis": verdict.basis,
    }


def maintenance_object(summary: Summary) -> list[Json]:
    """Return each way of keeping the port alive, per year."""
    return [
        {
            "way": each.way,
            "hours": range_object(each.hours_per_year),
            "three_years_with_port_p50": each.three_years_p50,
        }
        for each in summary.maintenance
    ]
