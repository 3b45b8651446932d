"""The ways out of CUDA, and what is left out, as JSON and back."""

from pathlib import PurePosixPath
from typing import Any

from portgauge.model.estimate import Block, Hours
from portgauge.model.route import RouteEstimate, RouteEvidence, RouteStatus
from portgauge.model.what_if import WhatIf, WhatIfSetting
from portgauge.reporting.json_parts import Json, range_object


def route_object(route: RouteEstimate) -> dict[str, Json]:
    """Return one route."""
    return {
        "route": route.route,
        "title": route.title,
        "status": route.status.value,
        "reason": route.reason,
        "hours": _range_or_none(route.hours),
        "blocks": {block.value: range_object(hours) for block, hours in route.blocks},
        "maintenance": _range_or_none(route.upkeep),
        "maintenance_basis": route.upkeep_basis,
        "three_years": _range_or_none(route.three_years),
        "needs": list(route.needs),
        "gives": list(route.gives),
        "excludes": list(route.excludes),
        "evidence": [
            {"text": each.text, "count": each.count, "path": str(each.path), "line": each.line}
            for each in route.evidence
        ],
        "evidence_count": route.evidence_count,
        "unknown_count": route.unknown_count,
        "basis": route.basis,
    }


def read_route(document: dict[str, Any]) -> RouteEstimate:
    """Return the route of an object that follows the schema."""
    blocks = document["blocks"]
    return RouteEstimate(
        route=document["route"],
        title=document["title"],
        status=RouteStatus(document["status"]),
        reason=document["reason"],
        hours=_read_range(document["hours"]),
        blocks=tuple(
            (block, Hours(p50=float(blocks[block.value]["p50"]), p90=float(blocks[block.value]["p90"])))
            for block in Block
            if block.value in blocks
        ),
        upkeep=_read_range(document["maintenance"]),
        upkeep_basis=document["maintenance_basis"],
        three_years=_read_range(document["three_years"]),
        needs=tuple(document["needs"]),
        gives=tuple(document["gives"]),
        excludes=tuple(document["excludes"]),
        evidence=tuple(
            RouteEvidence(text=each["text"], count=each["count"], path=PurePosixPath(each["path"]), line=each["line"])
            for each in document["evidence"]
        ),
        evidence_count=document["evidence_count"],
        unknown_count=document["unknown_count"],
        basis=document["basis"],
    )


def what_if_object(what_if: WhatIf) -> dict[str, Json]:
    """Return what is left out, or asked for otherwise, and what that changes."""
    is_left_out = what_if.setting is WhatIfSetting.WITHOUT
    return {
        "setting": what_if.setting.value,
        "without": list(what_if.names) if is_left_out else [],
        "instead_of": what_if.instead_of,
        "value": "" if is_left_out else what_if.names[0],
        "hours": {"before": range_object(what_if.hours_before), "after": range_object(what_if.hours_after)},
        "verdict": {"before": what_if.verdict_before, "after": what_if.verdict_after},
        "decisions_gone": list(what_if.decisions_gone),
        "decisions_new": list(what_if.decisions_new),
        "kernels": {"before": what_if.kernels_before, "after": what_if.kernels_after},
        "sites": {"before": what_if.sites_before, "after": what_if.sites_after},
        "components_gone": list(what_if.components_gone),
    }


def read_what_if(document: dict[str, Any]) -> WhatIf:
    """Return what is otherwise from an object that follows the schema."""
    setting = WhatIfSetting(document["setting"])
    before, after = _read_range(document["hours"]["before"]), _read_range(document["hours"]["after"])
    if before is None or after is None:
        raise ValueError("what_if has no hours")
    return WhatIf(
        setting=setting,
        names=tuple(document["without"]) if setting is WhatIfSetting.WITHOUT else (document["value"],),
        instead_of=document["instead_of"],
        hours_before=before,
        hours_after=after,
        verdict_before=document["verdict"]["before"],
        verdict_after=document["verdict"]["after"],
        decisions_gone=tuple(document["decisions_gone"]),
        decisions_new=tuple(document["decisions_new"]),
        kernels_before=document["kernels"]["before"],
        kernels_after=document["kernels"]["after"],
        sites_before=document["sites"]["before"],
        sites_after=document["sites"]["after"],
        components_gone=tuple(document["components_gone"]),
    )


def _range_or_none(hours: Hours | None) -> Json:
    return None if hours is None else range_object(hours)


def _read_range(document: dict[str, Any] | None) -> Hours | None:
    return None if document is None else Hours(p50=float(document["p50"]), p90=float(document["p90"]))
