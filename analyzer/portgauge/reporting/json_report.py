"""The analysis as JSON, schema version 1.0.0; the schema is report_templates/schema/analysis-1.json.

Keys of stages that this version does not have are present and empty, and are listed under
``not_computed``, so that nobody reads "empty" as "none found".
"""

import json
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from portgauge.model.analysis import Analysis, Inventory, PortabilityLayer, Settings
from portgauge.model.component import Edge, Kernel, SourceFile
from portgauge.model.estimate import Minutes
from portgauge.model.finding import Finding, Site
from portgauge.model.location import Location
from portgauge.model.rule import Mode, RuleNote
from portgauge.planning.measures import measure
from portgauge.planning.parts import parts_of
from portgauge.reporting.age import age_warning
from portgauge.reporting.json_estimate import (
    Json,
    component_object,
    estimate_object,
    line_object,
    maintenance_object,
    range_object,
    verdict_object,
)
from portgauge.reporting.json_graph import measures_object
from portgauge.reporting.summary import Summary, summarise
from portgauge.reporting.tally import JudgedSite, booked_minutes
from portgauge.reporting.texts import NOT_IN_THIS_NUMBER

SCHEMA_VERSION = "1.0.0"
FLOAT_DIGITS = 6

NOT_COMPUTED = (
    "routes",
    "plan",
    "estimate[].agent",
    "components[].portability",
    "kernels[].wave_dependence",
    "kernels[].hot",
    "kernels[].hours",
)


def render(analysis: Analysis, *, snippets: bool = True) -> bytes:
    r"""Return the analysis as UTF-8 JSON with one trailing newline.

    A file name that is not UTF-8 keeps its bytes as ``\udcXX`` escapes, as Python reads them.
    """
    document = rounded(analysis_object(analysis, snippets=snippets))
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
    return (text + "\n").encode("utf-8", errors="backslashreplace")


def rounded(document: Json) -> Json:
    """Return the document with every float rounded, so that two machines write the same digits."""
    if isinstance(document, float):
        return round(document, FLOAT_DIGITS) + 0.0
    if isinstance(document, dict):
        return {key: rounded(part) for key, part in document.items()}
    if isinstance(document, list):
        return [rounded(part) for part in document]
    return document


def analysis_object(analysis: Analysis, *, snippets: bool) -> dict[str, Json]:
    """Return the whole document, in the order in which it is written."""
    summary = summarise(analysis)
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "portgauge", "version": analysis.tool_version},
        "analysed_at": analysis.analysed_at.isoformat(),
        "not_computed": list(NOT_COMPUTED),
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
        "inventory": _inventory(analysis.inventory),
        "codebase": _codebase(analysis.inventory, summary),
        "coverage": _coverage(analysis.inventory, summary),
        "layers": [_layer(layer) for layer in analysis.layers],
        "verdicts": [verdict_object(verdict) for verdict in analysis.verdicts],
        "components": [component_object(analysis, part) for part in summary.components],
        "graph": measures_object(measure(parts_of(analysis), analysis.inventory.edges)),
        "libraries": _libraries(analysis, summary),
        "kernels": [_kernel(kernel) for kernel in analysis.inventory.kernels],
        "findings": _findings(analysis, summary.judged, snippets=snippets),
        "rules": [_rule(note) for note in analysis.rules],
        "estimate": {
            target.id: {mode.value: estimate_object(analysis, target=target.id, mode=mode) for mode in Mode}
            for target in analysis.targets
        },
        "maintenance_per_year": maintenance_object(summary),
        "not_asked": [line_object(line) for line in analysis.not_asked],
        "routes": [],
        "plan": [],
        "not_in_this_number": list(NOT_IN_THIS_NUMBER),
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


def place_object(location: Location) -> dict[str, Json]:
    """Return path and line of a place."""
    return {"path": str(location.path), "line": location.line}


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
        "sources": [
            {"key": source.key, "title": source.title, "url": source.url, "retrieved": source.retrieved}
            for source in analysis.sources
        ],
    }


# The document says `rocm` where the value says `rocm_version`.
_FIELD = {"rocm": "rocm_version"}


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
        name: {"value": chosen, "default": _FIELD.get(name, name) not in settings.given}
        for name, chosen in values.items()
    }
    return {**with_origin, "command": settings.command}


def _file(file: SourceFile) -> dict[str, Json]:
    return {
        "path": str(file.path),
        "language": file.language,
        "standing": file.standing.value,
        "reading": file.reading.value,
        "byte_count": file.byte_count,
        "code_lines": file.code_lines,
        "is_cuda": file.is_cuda,
        "degraded_bytes": file.degraded_bytes,
        "sha256": file.sha256,
    }


def _edge(edge: Edge) -> dict[str, Json]:
    return {
        "from": edge.source,
        "to": edge.target,
        "kind": edge.kind.value,
        "evidence": [{"path": str(path), "line": line} for path, line in edge.evidence],
    }


def _inventory(inventory: Inventory) -> dict[str, Json]:
    return {
        "looked_for": dict(inventory.looked_for),
        "not_looked_for": [{"subject": subject, "reason": reason} for subject, reason in inventory.not_looked_for],
        "files": [_file(file) for file in inventory.files],
        "edges": [_edge(edge) for edge in inventory.edges],
    }


def _codebase(inventory: Inventory, summary: Summary) -> dict[str, Json]:
    languages: dict[str, int] = {}
    for file in inventory.files:
        languages[file.language] = languages.get(file.language, 0) + 1
    coverage = summary.coverage
    return {
        "name": inventory.codebase,
        "revision": inventory.revision,
        "dirty": inventory.dirty,
        "files": coverage.files,
        "code_lines": coverage.code_lines,
        "cuda_files": coverage.cuda_files,
        "cuda_lines": coverage.cuda_lines,
        "kernels": summary.kernels,
        "languages": dict(sorted(languages.items())),
    }


def _coverage(inventory: Inventory, summary: Summary) -> dict[str, Json]:
    coverage = inventory.coverage
    unread = [f for f in inventory.files if f.reading.value in ("not-read", "excluded", "not-supported")]
    return {
        "cuda_bytes": coverage.cuda_bytes,
        "read_bytes_share": coverage.read_share,
        "degraded_bytes_share": coverage.degraded_share,
        "vendored_bytes": coverage.vendored_bytes,
        "degraded_files": list(summary.coverage.degraded_files),
        "files_skipped": [{"path": str(f.path), "reading": f.reading.value} for f in unread],
        "formats_not_read_yet": dict(summary.coverage.not_read_yet),
        "unknown_symbols": [{"name": name, "sites": count} for name, count in summary.unknown_symbols],
        "problems": [
            {"path": str(problem.path), "stage": problem.stage.value, "reason": problem.reason}
            for problem in inventory.problems
        ],
    }


def _layer(layer: PortabilityLayer) -> dict[str, Json]:
    return {
        "id": layer.id,
        "kind": layer.kind,
        "where": [place_object(location) for location in layer.where],
        "sites_covered": layer.sites_covered,
    }


def _libraries(analysis: Analysis, summary: Summary) -> list[Json]:
    booked = {library.name: library.hours_p50 for library in summary.libraries}
    uses = {use.name: use for use in analysis.inventory.libraries}
    judged = {library.name: library for library in analysis.libraries}
    found: list[Json] = []
    for name in (*uses, *(name for name in judged if name not in uses)):
        use, library = uses.get(name), judged.get(name)
        found.append(
            {
                "name": name,
                "title": library.title if library else name,
                "kind": library.group if library else "",
                "status": library.status if library else "unknown",
                "counterpart": {
                    "hip": library.hip_counterpart if library else "",
                    "sycl": library.sycl_counterpart if library else "",
                },
                "used_symbols": dict(use.symbols) if use else {},
                "unsupported_symbols": list(library.unsupported_symbols) if library else [],
                "rewritten_symbols": list(library.rewritten_symbols) if library else [],
                "where": [{**place_object(seen.location), "seen_as": seen.way} for seen in use.seen] if use else [],
                "hours": range_object(library.hours) if library else None,
                "hours_in_total_p50": booked.get(name, 0.0),
                "basis": library.basis if library else "",
                "note": library.note if library else "",
            }
        )
    return found


def _kernel(kernel: Kernel) -> dict[str, Json]:
    return {
        "name": kernel.name,
        **place_object(kernel.location),
        "end_line": kernel.location.end_line,
        "code_lines": kernel.code_lines,
        "features": list(kernel.features),
        "launches": [place_object(location) for location in kernel.launches],
        "wave_dependence": None,
        "hot": None,
        "hours": None,
    }


def _rule(note: RuleNote) -> dict[str, Json]:
    return {
        "id": note.id,
        "title": note.title,
        "category": note.category.value,
        "why": note.why,
        "instead": note.instead,
        "not_found": note.not_found,
        "validate": note.validate,
        "sources": [source.key for source in note.sources],
    }


BookedMinutes: TypeAlias = Mapping[tuple[str, Mode], Mapping[str, Minutes]]


def _findings(analysis: Analysis, judged: Iterable[JudgedSite], *, snippets: bool) -> list[Json]:
    booked = {(e.target, e.mode): booked_minutes(e) for e in analysis.estimates if e.component is None}
    return [_finding(each, booked=booked, snippets=snippets) for each in judged]


def _finding(judged: JudgedSite, *, booked: BookedMinutes, snippets: bool) -> dict[str, Json]:
    site = judged.site
    document: dict[str, Json] = {
        "fingerprint": site.fingerprint,
        "rule": site.rule_id,
        "category": judged.category.value,
        "path": str(site.path),
        "line": site.location.line,
        "end_line": site.location.end_line,
        "column": site.location.column,
        "end_column": site.location.end_column,
        "match": site.match,
        "function": site.function,
        "guards": [{"kind": guard.kind, "text": guard.text, "line": guard.line} for guard in site.guards],
        "facts": dict(site.facts),
        "confidence": site.confidence.value,
        "component": judged.component or None,
        "targets": {finding.target: _judgement(finding, booked=booked) for finding in judged.findings},
    }
    return {**document, "snippet": _snippet(site)} if snippets else document


def _snippet(site: Site) -> Json:
    if site.snippet is None:
        return None
    return {"first_line": site.snippet.first_line, "lines": list(site.snippet.lines)}


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
