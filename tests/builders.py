"""One valid value of each kind; a test changes what matters and leaves the rest.

``make_finding(severity=Severity.HIGH, path="a.cu", line=7)``: arguments of the parts (a site's, a
location's) may be given to the whole.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from portgauge.model.analysis import (
    Analysis,
    Blocker,
    Inventory,
    LibraryJudgement,
    PortabilityLayer,
    Problem,
    Settings,
    Stage,
    Verdict,
    VerdictWord,
)
from portgauge.model.component import (
    Component,
    ComponentKind,
    LibraryUse,
    Reading,
    SourceFile,
    Standing,
)
from portgauge.model.estimate import (
    AccuracyFigure,
    AgentEffort,
    AgentMeasure,
    Block,
    BlockerOption,
    Estimate,
    EstimateLine,
    Hours,
    Minutes,
)
from portgauge.model.finding import Finding, Site
from portgauge.model.kernel import Kernel, KernelLaunch
from portgauge.model.location import Location, Snippet
from portgauge.model.rule import (
    Automation,
    Category,
    Confidence,
    FailureMode,
    Mode,
    RuleNote,
    Severity,
    Source,
)
from portgauge.model.target import Target

ANALYSED_AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def make_location(path: str = "src/solver.cu", line: int = 12, **changes: Any) -> Location:
    values: dict[str, Any] = {"column": 5, "end_line": line, "end_column": 15}
    return Location(path=PurePosixPath(path), line=line, **(values | changes))


def make_fingerprint(*parts: object) -> str:
    return sha256("|".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:20]


def make_site(
    rule_id: str = "runtime/cudaMalloc", *, path: str = "src/solver.cu", line: int = 12, **changes: Any
) -> Site:
    match = changes.get("match", rule_id.rpartition("/")[2])
    values: dict[str, Any] = {
        "location": make_location(path, line),
        "match": match,
        "function": "solve",
        "facts": (),
        "guards": (),
        "confidence": Confidence.HIGH,
        "fingerprint": make_fingerprint(rule_id, path, line, match),
        "snippet": Snippet(
            first_line=max(line - 1, 1),
            lines=("// before", f"    {match}(&a, n);", "// after")[0 if line > 1 else 1 :],
        ),
    }
    return Site(rule_id=rule_id, **(values | changes))


_FINDING_FIELDS = {
    "target", "message", "severity", "failure_mode", "automation", "effort_class", "blocker", "obstacle",
    "covered_by",
}  # fmt: skip


def make_finding(**changes: Any) -> Finding:
    """Return a finding; arguments that are not a finding's go to its site."""
    own = {name: changes[name] for name in changes if name in _FINDING_FIELDS}
    of_site = {name: changes[name] for name in changes if name not in _FINDING_FIELDS and name != "site"}
    values: dict[str, Any] = {
        "target": "gfx942",
        "message": "`cudaMalloc` becomes `hipMalloc`.",
        "severity": Severity.LOW,
        "failure_mode": FailureMode.COMPILE_ERROR,
        "automation": Automation.AUTOMATIC,
        "effort_class": "api-rename",
        "blocker": "",
        "obstacle": "",
        "covered_by": None,
    }
    return Finding(site=changes.get("site") or make_site(**of_site), **(values | own))


def make_target(id: str = "gfx942", **changes: Any) -> Target:
    wave32 = id.startswith(("gfx10", "gfx11", "gfx12"))
    values: dict[str, Any] = {
        "title": {"gfx942": "AMD Instinct MI300X", "gfx1100": "AMD Radeon RX 7900"}.get(id, "AMD GPU"),
        "lanes_per_wave": 32 if wave32 else 64,
        "properties": {"textures": wave32, "fp8": "fnuz" if id == "gfx942" else "none"},
    }
    return Target(id=id, **(values | changes))


def make_file(path: str = "src/solver.cu", **changes: Any) -> SourceFile:
    values: dict[str, Any] = {
        "language": "cuda",
        "standing": Standing.OWN,
        "reading": Reading.PARSED,
        "byte_count": 4_000,
        "code_lines": 120,
        "is_cuda": True,
        "degraded_bytes": 0,
        "sha256": sha256(path.encode("utf-8", "surrogatepass")).hexdigest(),
    }
    return SourceFile(path=PurePosixPath(path), **(values | changes))


def make_kernel(name: str = "solve", *, path: str = "src/solver.cu", line: int = 10, **changes: Any) -> Kernel:
    values: dict[str, Any] = {
        "location": make_location(path, line, end_line=line + 30),
        "code_lines": 28,
        "features": ("shared-memory",),
        "launches": (KernelLaunch(location=make_location(path, line + 60), grid="blocks", block="256", threads=256),),
    }
    return Kernel(name=name, **(values | changes))


def make_component(name: str = "solver", **changes: Any) -> Component:
    values: dict[str, Any] = {
        "kind": ComponentKind.CMAKE_TARGET,
        "files": (PurePosixPath("src/solver.cu"),),
        "depends_on": (),
        "wave": 1,
    }
    return Component(name=name, **(values | changes))


def make_minutes(p50: float = 6.0, p90: float = 20.0) -> Minutes:
    return Minutes(p50=p50, p90=p90)


def make_hours(p50: float = 8.0, p90: float = 20.0) -> Hours:
    return Hours(p50=p50, p90=p90)


def make_line(*, hours: Hours | None = None, **changes: Any) -> EstimateLine:
    values: dict[str, Any] = {
        "component": "solver",
        "block": Block.CHANGE,
        "effort_class": "warp-site",
        "reason": "warp-size dependent code, 1 site",
        "units": 1,
        "minutes_each": make_minutes(),
        "basis": "judgement: starting value",
        "grade": "C",
        "fingerprints": (),
    }
    return EstimateLine(hours=hours or make_hours(), **(values | changes))


def make_estimate(
    *,
    lines: Sequence[EstimateLine] | None = None,
    target: str = "gfx942",
    mode: Mode = Mode.HIPIFY,
    component: str | None = None,
    **changes: Any,
) -> Estimate:
    """Return an estimate whose total and blocks follow from its lines (P90 is 2.15 times P50)."""
    own = tuple(lines) if lines is not None else (make_line(),)
    p50 = sum(line.hours.p50 for line in own)

    def block(which: Block) -> Hours:
        hours = sum(line.hours.p50 for line in own if line.block is which)
        return Hours(p50=hours, p90=hours * 2.15)

    values: dict[str, Any] = {
        "total": Hours(p50=p50, p90=p50 * 2.15),
        "blocks": tuple((which, block(which)) for which in Block),
        "grade": "C" if own else "",
    }
    return Estimate(target=target, mode=mode, component=component, lines=own, **(values | changes))


def make_estimates(
    lines: Sequence[EstimateLine],
    *,
    targets: Iterable[str] = ("gfx942",),
    components: Iterable[str] = ("solver",),
) -> tuple[Estimate, ...]:
    """Return the estimates of an analysis: per target and mode the whole, then each component."""
    names = tuple(components)
    return tuple(
        make_estimate(
            lines=lines if name is None else [line for line in lines if line.component == name],
            target=target,
            mode=mode,
            component=name,
        )
        for target in targets
        for mode in Mode
        for name in (None, *names)
    )


def make_agent(**changes: Any) -> AgentEffort:
    values: dict[str, Any] = {
        "measures": (
            AgentMeasure(name="tokens", title="tokens", p10=1000, p50=2000, p90=4000, ports=9, why="not shifted"),
        ),
        "recorded_ports": 1,
        "half_an_hour": ("Until it runs: 40 minutes.", "Until it is validated: 4 hours."),
        "basis": "measured: a builder's figure",
    }
    return AgentEffort(**(values | changes))


def make_blocker(blocker_class: str = "tensorrt", **changes: Any) -> Blocker:
    values: dict[str, Any] = {
        "title": "TensorRT inference",
        "code_share": 0.125,
        "kernel_share": 0.25,
        "where": (make_location("src/infer.cu", 8),),
        "options": (
            BlockerOption(title="Replace by MIGraphX", hours=make_hours(80, 480), basis="judgement: 10 to 60 d"),
            BlockerOption(title="Leave the part out", hours=None, basis="depends on what the project is for"),
        ),
    }
    return Blocker(blocker_class=blocker_class, **(values | changes))


def make_verdict(target: str = "gfx942", **changes: Any) -> Verdict:
    values: dict[str, Any] = {
        "word": VerdictWord.PORTABLE,
        "grade": "C",
        "portability": 80,
        "blockers": (),
        "obstacles": ("warp-size",),
        "why": "No blocker word occurs in CUDA code.",
        "basis": "a word search: HIP markers and blocker words",
    }
    return Verdict(target=target, **(values | changes))


def make_problem(path: str = "src/broken.cu", **changes: Any) -> Problem:
    values: dict[str, Any] = {
        "stage": Stage.PARSING,
        "reason": "31 of 2,400 lines could not be parsed (first at line 118); findings there may be missing",
    }
    return Problem(path=PurePosixPath(path), **(values | changes))


def make_layer(id: str = "gpu-header", **changes: Any) -> PortabilityLayer:
    values: dict[str, Any] = {
        "kind": "compatibility header",
        "where": (make_location("include/gpu.h", 3),),
        "sites_covered": 1,
    }
    return PortabilityLayer(id=id, **(values | changes))


def make_library_use(name: str = "cublas", **changes: Any) -> LibraryUse:
    values: dict[str, Any] = {
        "symbols": (("cublasSgemm", 4), ("cublasCreate", 1)),
        "files": (PurePosixPath("src/solver.cu"),),
    }
    return LibraryUse(name=name, **(values | changes))


def make_library_judgement(name: str = "cublas", **changes: Any) -> LibraryJudgement:
    values: dict[str, Any] = {
        "title": "cuBLAS",
        "status": "twin",
        "group": "math",
        "hip_counterpart": "hipBLAS",
        "sycl_counterpart": "oneMKL",
        "unsupported_symbols": (),
        "rewritten_symbols": (),
        "hours": make_hours(4, 16),
        "basis": "judgement: starting value",
    }
    return LibraryJudgement(name=name, **(values | changes))


def make_source(key: str = "hip-porting-guide", **changes: Any) -> Source:
    values: dict[str, Any] = {
        "title": "HIP porting guide",
        "url": "https://rocm.docs.amd.com/projects/HIP/en/latest/how-to/hip_porting_guide.html",
        "retrieved": "2026-11-22",
    }
    return Source(key=key, **(values | changes))


def make_rule_note(id: str = "runtime/cudaMalloc", **changes: Any) -> RuleNote:
    values: dict[str, Any] = {
        "title": f"CUDA name `{id.rpartition('/')[2]}`",
        "category": Category.API,
        "why": "The name exists on CUDA only.",
        "instead": "Use the HIP name.",
        "not_found": "",
        "validate": "",
        "sources": (make_source(),),
    }
    return RuleNote(id=id, **(values | changes))


def make_accuracy(**changes: Any) -> AccuracyFigure:
    values: dict[str, Any] = {
        "corpus": "sample pairs",
        "measure": "findings that are true",
        "figure": "example figure",
        "n": 10,
        "measured": "2026-11-20",
        "note": "a builder's figure, not a measurement",
    }
    return AccuracyFigure(**(values | changes))


def make_settings(**changes: Any) -> Settings:
    values: dict[str, Any] = {
        "targets": ("gfx942",),
        "rocm_version": "7.2",
        "mode": Mode.HIPIFY,
        "hours_per_day": 8.0,
        "team": 1,
        "rate": None,
        "hot_kernels": 0,
        "tests": "auto",
        "upstream": False,
        "experience": "expert",
        "include_vendored": False,
        "given": (),
        "command": "portgauge scan .",
    }
    return Settings(**(values | changes))


def make_inventory(**changes: Any) -> Inventory:
    values: dict[str, Any] = {
        "codebase": "acme-solver",
        "revision": "2604589f0c1d2e3b4a5968778695a4b3c2d1e0ff",
        "dirty": False,
        "files": (make_file(),),
        "sites": (make_site(),),
        "kernels": (make_kernel(),),
        "libraries": (),
        "components": (make_component(),),
        "edges": (),
        "looked_for": (("runtime", "a1b2c3"),),
        "not_looked_for": (("fatbin files", "this version does not open them"),),
        "problems": (),
    }
    return Inventory(**(values | changes))


def make_analysis(**changes: Any) -> Analysis:
    """Return an analysis of one component with one finding and one line of eight hours.

    ``sites`` of the inventory follow from ``findings`` unless an ``inventory`` is given; estimates
    and verdicts follow from ``targets``.
    """
    targets: tuple[Target, ...] = changes.get("targets") or (make_target(),)
    names = tuple(target.id for target in targets)
    findings: tuple[Finding, ...] = changes.get("findings", tuple(make_finding(target=name) for name in names))
    sites = {finding.site.fingerprint: finding.site for finding in findings}
    inventory = changes.get("inventory") or make_inventory(sites=tuple(sites.values()))
    values: dict[str, Any] = {
        "inventory": inventory,
        "targets": targets,
        "settings": make_settings(targets=names),
        "rulebook_digest": sha256(b"rulebook").hexdigest(),
        "knowledge_date": date(2026, 11, 20),
        "sources": (make_source(),),
        "tool_version": "0.1.0",
        "analysed_at": ANALYSED_AT,
        "layers": (),
        "verdicts": tuple(make_verdict(name) for name in names),
        "findings": findings,
        "libraries": (),
        "estimates": make_estimates([make_line()], targets=names),
        "maintenance_hours_per_year": (("thin header", make_hours(20, 80)),),
        "assumptions": ("Tests exist for every kernel.",),
        "component_portability": tuple((component.name, None) for component in inventory.components),
        "agent": make_agent(),
        "not_asked": (),
        "accuracy": (),
        "rules": (make_rule_note(),),
    }
    return Analysis(**(values | changes))
