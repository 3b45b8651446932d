"""The parts of the JSON that say what is there: files, edges, coverage, kernels, libraries, sites."""

from collections.abc import Mapping

from portgauge.model.analysis import Analysis, Inventory, PortabilityLayer
from portgauge.model.component import Edge, SourceFile
from portgauge.model.finding import Site
from portgauge.model.kernel import KernelLaunch
from portgauge.model.location import Define, Guard
from portgauge.reporting.json_parts import Json, place_object, range_object
from portgauge.reporting.kernel_summary import KernelSummary
from portgauge.reporting.summary import Summary


def guard_object(guard: Guard) -> dict[str, Json]:
    """Return one condition around a site."""
    return {"kind": guard.kind, "text": guard.text, "line": guard.line, "tried": list(guard.tried)}


def site_object(site: Site, *, category: str, component: str) -> dict[str, Json]:
    """Return a site without what it means on a target."""
    return {
        "fingerprint": site.fingerprint,
        "rule": site.rule_id,
        "category": category,
        **place_object(site.location),
        "match": site.match,
        "function": site.function,
        "guards": [guard_object(guard) for guard in site.guards],
        "facts": dict(site.facts),
        "confidence": site.confidence.value,
        "component": component or None,
    }


def snippet_object(site: Site) -> Json:
    """Return the source lines around a site; None when it has none."""
    if site.snippet is None:
        return None
    return {"first_line": site.snippet.first_line, "lines": list(site.snippet.lines)}


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
        "options": list(file.options),
    }


def _edge(edge: Edge) -> dict[str, Json]:
    return {
        "from": edge.source,
        "to": edge.target,
        "kind": edge.kind.value,
        "evidence": [{"path": str(path), "line": line} for path, line in edge.evidence],
    }


def inventory_object(analysis: Analysis, *, categories: Mapping[str, str]) -> dict[str, Json]:
    """Return what the whole inventory holds beyond the findings; ``categories`` by rule id."""
    inventory = analysis.inventory
    judged = {finding.site.fingerprint for finding in analysis.findings}
    return {
        "looked_for": dict(inventory.looked_for),
        "not_looked_for": [{"subject": subject, "reason": reason} for subject, reason in inventory.not_looked_for],
        "files": [_file(file) for file in inventory.files],
        "edges": [_edge(edge) for edge in inventory.edges],
        "defines": [_define(define) for define in inventory.defines],
        "unclaimed_launches": [place_object(place) for place in inventory.unclaimed_launches],
        "not_judged": [
            {
                **site_object(site, category=categories.get(site.rule_id, "other"), component=""),
                "targets": {},
                "snippet": snippet_object(site),
            }
            for site in inventory.sites
            if site.fingerprint not in judged
        ],
    }


def _define(define: Define) -> dict[str, Json]:
    return {"name": define.name, "guards": [guard_object(guard) for guard in define.guards]}


def codebase_object(inventory: Inventory, summary: Summary) -> dict[str, Json]:
    """Return what the codebase is, counted."""
    languages: dict[str, int] = {}
    for file in inventory.files:
        languages[file.language] = languages.get(file.language, 0) + 1
    coverage = summary.coverage
    return {
        "name": inventory.codebase,
        "revision": inventory.revision,
        "dirty": inventory.dirty,
        "lines_changed_in_a_year": inventory.lines_changed_in_a_year,
        "files": coverage.files,
        "code_lines": coverage.code_lines,
        "cuda_files": coverage.cuda_files,
        "cuda_lines": coverage.cuda_lines,
        "kernels": summary.kernels,
        "languages": dict(sorted(languages.items())),
    }


def coverage_object(inventory: Inventory, summary: Summary) -> dict[str, Json]:
    """Return what was read, and what was not."""
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


def layer_object(layer: PortabilityLayer) -> dict[str, Json]:
    """Return a portability layer that the code already has."""
    return {
        "id": layer.id,
        "kind": layer.kind,
        "where": [place_object(location) for location in layer.where],
        "sites_covered": layer.sites_covered,
    }


def kernel_object(summary: KernelSummary) -> dict[str, Json]:
    """Return one kernel."""
    kernel = summary.kernel
    return {
        "name": kernel.name,
        **place_object(kernel.location),
        "code_lines": kernel.code_lines,
        "features": list(kernel.features),
        "complexity": kernel.complexity,
        "atomics": [
            {"operation": use.operation, "element": use.element, "space": use.space, "places": use.places}
            for use in kernel.atomics
        ],
        "launches": [launch_object(launch) for launch in kernel.launches],
        "calls": [
            {"name": function.name, "path": str(function.path), "line": function.line} for function in kernel.calls
        ],
        "wave_dependence": kernel.wave.value,
        "hot": summary.is_hot,
        "hours": range_object(summary.hours),
    }


def launch_object(launch: KernelLaunch) -> dict[str, Json]:
    """Return one launch with its configuration as written."""
    return {
        **place_object(launch.location),
        "grid": launch.grid,
        "block": launch.block,
        "shared": launch.shared,
        "stream": launch.stream,
        "threads": launch.threads,
        "via": launch.via,
    }


def library_objects(analysis: Analysis, summary: Summary) -> list[Json]:
    """Return each library: how it is used and what becomes of it, as far as it was judged."""
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
                "files": [str(path) for path in use.files] if use else None,
                "where": [{**place_object(seen.location), "seen_as": seen.way} for seen in use.seen] if use else [],
                "hours": range_object(library.hours) if library else None,
                "hours_in_total_p50": booked.get(name, 0.0),
                "basis": library.basis if library else "",
                "note": library.note if library else "",
            }
        )
    return found
