"""An analysis to a point of a history."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from portgauge.model.analysis import Analysis, Settings
from portgauge.model.finding import Site
from portgauge.model.rule import Severity
from portgauge.model.snapshot import ComponentFigures, Snapshot, TargetFigures

_NOT_ASKED_FOR = frozenset({"given", "command"})


def snapshot_of(analysis: Analysis, *, label: str = "", committed_at: datetime | None = None) -> Snapshot:
    """Return the figures of an analysis."""
    inventory, mode = analysis.inventory, analysis.settings.mode
    target = analysis.targets[0].id
    cuda = [file for file in inventory.files if file.is_cuda]
    parts = [e for e in analysis.estimates if e.component is not None and (e.target, e.mode) == (target, mode)]
    return Snapshot(
        codebase=inventory.codebase,
        revision=inventory.revision,
        label=label,
        committed_at=committed_at,
        analysed_at=analysis.analysed_at,
        dirty=inventory.dirty,
        content_digest=_content_digest([(str(file.path), file.sha256) for file in inventory.files]),
        tool_version=analysis.tool_version,
        rulebook_digest=analysis.rulebook_digest,
        knowledge_date=analysis.knowledge_date,
        settings=settings_text(analysis.settings),
        mode=mode.value,
        cuda_files=len(cuda),
        cuda_lines=sum(file.code_lines for file in cuda),
        kernels=len(inventory.kernels),
        read_share=inventory.coverage.read_share,
        targets=tuple(_figures(analysis, each.id) for each in analysis.targets),
        components=tuple(ComponentFigures(name=str(e.component), hours_p50=e.total.p50) for e in parts),
        finding_keys=_finding_keys(
            {f.site.fingerprint: f.site for f in analysis.findings if f.needs_somebody}.values()
        ),
    )


def _finding_keys(sites: Iterable[Site]) -> tuple[str, ...]:
    return tuple(sorted(_finding_key(site.rule_id, site.function or "", site.match) for site in sites))


@lru_cache(maxsize=100_000)
def _finding_key(rule_id: str, function: str, match: str) -> str:
    key = "\0".join((rule_id, function, " ".join(match.split())))
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def _content_digest(files: Sequence[tuple[str, str]]) -> str:
    digest = hashlib.sha256()
    for path, content in sorted(files):
        digest.update(f"{path}\0{content}\0".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def settings_text(settings: Settings) -> str:
    """Return everything that was asked for as sorted JSON; how it was asked is left out."""
    asked = {
        name: getattr(settings, name) for name in type(settings).__dataclass_fields__ if name not in _NOT_ASKED_FOR
    }
    return json.dumps(asked, sort_keys=True, default=str)


def _figures(analysis: Analysis, target: str) -> TargetFigures:
    estimate = analysis.estimate(target=target, mode=analysis.settings.mode)
    verdict = analysis.verdict(target)
    findings = analysis.findings_for(target)
    return TargetFigures(
        target=target,
        hours_p50=estimate.total.p50,
        hours_p90=estimate.total.p90,
        blocks_p50=tuple((block, hours.p50) for block, hours in estimate.blocks),
        verdict=verdict.word.value,
        grade=verdict.grade,
        portability=verdict.portability,
        covered=sum(f.is_on_amd_path and f.severity is not Severity.NONE for f in findings),
        open=sum(f.needs_somebody for f in findings),
    )
