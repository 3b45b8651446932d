"""What the graph of components says, as JSON: the same in the analysis and in ``portgauge graph``."""

from portgauge.planning.measures import PortingGraph
from portgauge.reporting.json_parts import Json


def measures_object(measures: PortingGraph) -> dict[str, Json]:
    """Return the measures for programs."""
    cut = measures.cut
    return {
        "waves": [list(wave) for wave in measures.waves],
        "critical_path": {
            "components": list(measures.critical_path),
            "hours_p50": measures.critical_hours_p50,
            "of_hours_p50": measures.hours_p50,
        },
        "today": {
            "components": list(measures.today),
            "hours_p50": measures.today_hours_p50,
            "kernels": measures.today_kernels,
        },
        "first_runnable": {
            "components": list(measures.first),
            "runs": measures.first_runs or None,
            "hours_p50": measures.first_hours_p50,
        },
        "hub": {
            "component": measures.hub or None,
            "unblocks": list(measures.hub_unblocks),
            "hours_p50": measures.hub_hours_p50,
        },
        "blocked": [
            {
                "decision": each.decision,
                "holders": list(each.holders),
                "waiting": list(each.waiting),
                "hours_p50": each.hours_p50,
            }
            for each in measures.blocked
        ],
        "cut": None
        if cut is None
        else {
            "separate": [{"from": line.source, "to": line.target, "places": line.places} for line in cut.lines],
            "held_up": list(cut.held_up),
            "kernel_share": cut.kernel_share,
            "hours_share": cut.hours_share,
        },
    }
