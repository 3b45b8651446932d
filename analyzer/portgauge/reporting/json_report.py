"""The analysis as JSON, schema version 1.2.0; the schema is report_templates/schema/analysis-1.json.

Keys of stages that this version does not have are present and empty, and are listed under
``not_computed``, so that nobody reads "empty" as "none found".
"""

import json
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from portgauge.model.analysis import Analysis, Settings
from portgauge.model.estimate import Minutes
from portgauge.model.finding import Finding
from portgauge.model.rounded import rounded_float
from portgauge.model.rule import Mode, RuleNote, Source
from portgauge.planning.measures import measure
from portgauge.planning.parts import parts_of
from portgauge.reporting.acceptance_words import acceptance_object
from portgauge.reporting.age import age_warning
from portgauge.reporting.arithmetic import walks
from portgauge.reporting.json_arithmetic import driver_object, walk_object
from portgauge.reporting.json_estimate import (
    component_object,
    estimate_object,
    line_object,
    maintenance_object,
    verdict_object,
)
from portgauge.reporting.json_graph import measures_object
from portgauge.reporting.json_history import history_objects
from portgauge.reporting.json_inventory import (
    codebase_object,
    coverage_object,
    inventory_object,
    kernel_object,
    layer_object,
    library_objects,
    site_object,
    snippet_object,
)
from portgauge.reporting.json_parts import Json, range_object
from portgauge.reporting.json_routes import route_object, what_if_object
from portgauge.reporting.kernel_summary import kernel_summaries
from portgauge.reporting.plan_report import plan_objects
from portgauge.reporting.summary import Summary, summarise
from portgauge.reporting.tally import JudgedSite, booked_minutes

SCHEMA_VERSION = "1.6.0"


def render(analysis: Analysis) -> bytes:
    r"""Return the analysis as UTF-8 JSON with one trailing newline.

    A file name that is not UTF-8 keeps its bytes as ``\udcXX`` escapes, as Python reads them.
    """
    document = _rounded(analysis_object(analysis))
    return (lined(document) + "\n").encode("utf-8", errors="backslashreplace")


def lined(document: Json, *, levels: int = 3) -> str:
    """Return JSON text in which each entry of the outer ``levels`` levels has a line of its own.

    So a finding or a file is one line, for diffs and for grep; indenting every level took ten times as long.
    """
    if levels and document and isinstance(document, dict | list):
        inner = (
            [f"{_compact(key)}: {lined(part, levels=levels - 1)}" for key, part in document.items()]
            if isinstance(document, dict)
            else [_compact(part) for part in document]
        )
        opened, closed = "{}" if isinstance(document, dict) else "[]"
        return f"{opened}\n" + ",\n".join(inner) + f"\n{closed}"
    return _compact(document)


def _compact(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


def _rounded(document: Json) -> Json:
    """Return the document with every float rounded, so that two machines write the same digits."""
    if isinstance(document, float):
        return rounded_float(document)
    if isinstance(document, dict):
        return {key: _rounded(part) for key, part in document.items()}
    if isinstance(document, list):
        return [_rounded(part) for part in document]
    return document


def analysis_object(analysis: Analysis) -> dict[str, Json]:
    """Return the whole document, in the order in which it is written."""
    summary = summarise(analysis)
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "portgauge", "version": analysis.tool_version},
        "analysed_at": analysis.analysed_at.isoformat(),
        "withheld": [part.value for part in analysis.withheld],
        "not_computed": [],
        "summary": _summary(summary),
        "knowledge": _knowledge(analysis),
        "settings": _settings(analysis.settings),
        "targets": [
            {
                "id": target.id,
                "title": target.title,
                "lanes_per_wave": target.lanes_per_wave,
                "properties": dict(sorted(target.properties.items())),
                "stands_for": target.stands_for,
            }
            for target in analysis.targets
        ],
        "inventory": inventory_object(analysis, categories={n.id: n.category.value for n in analysis.rules}),
        "codebase": codebase_object(analysis.inventory, summary),
        "coverage": coverage_object(analysis.inventory, summary),
        "layers": [layer_object(layer) for layer in analysis.layers],
        "verdicts": [verdict_object(verdict) for verdict in analysis.verdicts],
        "components": [component_object(analysis, part) for part in summary.components],
        "graph": measures_object(measure(parts_of(analysis), analysis.inventory.edges)),
        "libraries": library_objects(analysis, summary),
        "kernels": [kernel_object(kernel) for kernel in kernel_summaries(analysis)],
        "findings": _findings(analysis, summary.judged),
        "rules": [_rule(note) for note in analysis.rules],
        "estimate": {
            target.id: {mode.value: estimate_object(analysis, target=target.id, mode=mode) for mode in Mode}
            for target in analysis.targets
        },
        "maintenance_per_year": maintenance_object(summary),
        "arithmetic": [walk_object(found) for found in walks(analysis)],
        "drivers": [driver_object(driver) for driver in summary.drivers],
        "not_asked": [line_object(line) for line in analysis.not_asked],
        "routes": [route_object(route) for route in analysis.routes],
        "what_if": what_if_object(analysis.what_if) if analysis.what_if else None,
        "what_ifs": [what_if_object(each) for each in analysis.what_ifs],
        "acceptance": acceptance_object(analysis.acceptance),
        "history": history_objects(analysis.history),
        "plan": plan_objects(analysis),
        "not_in_this_number": [{"cost": each.cost, "seen": each.seen} for each in summary.not_in_this_number],
        "accuracy": [
            {
                "corpus": figure.corpus,
                "measure": figure.measure,
                "figure": figure.figure,
                "n": figure.n,
                "measured": figure.measured,
                "note": figure.note,
            }
            for figure in analysis.accuracy
        ],
    }


def _summary(summary: Summary) -> dict[str, Json]:
    return {
        "sentence": summary.sentence,
        "reason": summary.reason,
        "has_work": summary.has_work,
        "uncertainty": summary.uncertainty,
        "rests_on": summary.rests_on,
        "move_today": {
            "sentence": summary.move_today.words,
            "components": list(summary.move_today.components),
            "kernels": summary.move_today.kernels,
            "kernel_share": summary.move_today.kernel_share,
            "hours_p50": summary.move_today.hours_p50,
        },
        "already": {
            "sentence": summary.already.words,
            "covered": summary.already.covered_sites,
            "harmless": summary.already.harmless_sites,
            "automatic": summary.already.automatic_sites,
        },
        "coverage": summary.coverage.words,
        "steps": [[part.name for part in step.components] for step in summary.steps],
        "files": [
            {
                "path": file.path,
                "component": file.component or None,
                "change_hours_p50": file.hours_p50,
                "places": file.places,
                "severities": {severity.value: count for severity, count in file.severities},
            }
            for file in summary.files
        ],
        "sites": summary.sites,
        "places": summary.places,
        "targets": {
            each.target.id: {
                "sentence": each.sentence,
                "findings": each.findings,
                "covered": each.covered,
                "severities": {word.value: count for word, count in each.severities},
                "failure_modes": {word.value: count for word, count in each.failure_modes},
                "categories": {word.value: count for word, count in each.categories},
            }
            for each in summary.targets
        },
    }


def _knowledge(analysis: Analysis) -> dict[str, Json]:
    return {
        "date": analysis.knowledge_date.isoformat(),
        "age_warning": age_warning(analysis) or None,
        "rulebook_digest": analysis.rulebook_digest,
        "sources": [_source(source) for source in analysis.sources],
    }


# The document says `rocm` where the value says `rocm_version`.
FIELD_OF_SETTING = {"rocm": "rocm_version"}


def _settings(settings: Settings) -> dict[str, Json]:
    values: dict[str, Json] = {
        "targets": list(settings.targets),
        "rocm": settings.rocm_version,
        "mode": settings.mode.value,
        "hours_per_day": settings.hours_per_day,
        "team": settings.team,
        "rate": settings.rate,
        "hot_kernels": settings.hot_kernels,
        "tests": settings.tests,
        "upstream": settings.upstream,
        "experience": settings.experience,
        "include_vendored": settings.include_vendored,
    }
    with_origin: dict[str, Json] = {
        name: {"value": chosen, "default": FIELD_OF_SETTING.get(name, name) not in settings.given}
        for name, chosen in values.items()
    }
    return {**with_origin, "command": settings.command}


def _rule(note: RuleNote) -> dict[str, Json]:
    return {
        "id": note.id,
        "title": note.title,
        "category": note.category.value,
        "why": note.why,
        "instead": note.instead,
        "not_found": note.not_found,
        "validate": note.validate,
        "sources": [_source(source) for source in note.sources],
    }


def _source(source: Source) -> dict[str, Json]:
    return {"key": source.key, "title": source.title, "url": source.url, "retrieved": source.retrieved}


BookedMinutes: TypeAlias = Mapping[tuple[str, Mode], Mapping[str, Minutes]]


def _findings(analysis: Analysis, judged: Iterable[JudgedSite]) -> list[Json]:
    booked = {(e.target, e.mode): booked_minutes(e) for e in analysis.estimates if e.component is None}
    return [_finding(each, booked=booked, snippets=not analysis.withheld) for each in judged]


def _finding(judged: JudgedSite, *, booked: BookedMinutes, snippets: bool) -> dict[str, Json]:
    site = judged.site
    document: dict[str, Json] = {
        **site_object(site, category=judged.category.value, component=judged.component),
        "targets": {finding.target: _judgement(finding, booked=booked) for finding in judged.findings},
    }
    return {**document, "snippet": snippet_object(site)} if snippets else document


def _judgement(finding: Finding, *, booked: BookedMinutes) -> dict[str, Json]:
    nothing = Minutes(p50=0, p90=0)
    return {
        "severity": finding.severity.value,
        "failure_mode": finding.failure_mode.value,
        "automation": finding.automation.value,
        "effort_class": finding.effort_class,
        "minutes": {
            mode.value: range_object(booked.get((finding.target, mode), {}).get(finding.site.fingerprint, nothing))
            for mode in Mode
        },
        "message": finding.message,
        "blocker": finding.blocker,
        "obstacle": finding.obstacle,
        "covered_by": finding.covered_by,
    }
