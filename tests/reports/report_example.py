# ruff: noqa: E501 (the tables read better with one row a line)
"""A codebase that does not exist, rich enough to see a whole report: 2 GPUs, 6 components, a decision."""

from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from builders import (
    make_accuracy,
    make_analysis,
    make_blocker,
    make_component,
    make_estimates,
    make_file,
    make_finding,
    make_hours,
    make_inventory,
    make_kernel,
    make_layer,
    make_library_judgement,
    make_library_use,
    make_line,
    make_location,
    make_minutes,
    make_problem,
    make_rule_note,
    make_settings,
    make_site,
    make_source,
    make_target,
    make_verdict,
)
from portgauge.model.analysis import Analysis, VerdictWord
from portgauge.model.component import ComponentKind, Edge, EdgeKind, Reading, Standing
from portgauge.model.estimate import Block, EstimateLine
from portgauge.model.finding import Finding, Site
from portgauge.model.location import Guard, Snippet
from portgauge.model.rule import Automation, Category, Confidence, FailureMode, Severity

TARGETS = ("gfx942", "gfx1100")

# name, files, what it needs, wave
PARTS = (
    ("core", ("src/core/memory.cu", "src/core/stream.cu"), (), 1),
    ("linalg", ("src/linalg/reduce.cu", "src/linalg/gemm.cu"), ("core",), 2),
    ("image", ("src/image/filter.cu",), ("core",), 2),
    ("solver", ("src/solver/multigrid_vcycle_kernels.cu", "src/solver/smooth.cu"), ("core", "linalg"), 3),
    ("infer", ("src/infer/engine.cu",), ("core",), 2),
    ("python bindings", ("python/acme/_ext/bindings.cu",), ("solver", "infer"), 4),
)

# rule, category, how many, message, severities by target, failure mode, automation, effort class
KINDS: tuple[tuple[Any, ...], ...] = (
    ("runtime/cudaMalloc", "api", 9, "`cudaMalloc` becomes `hipMalloc`.", "low low", "compile-error", "automatic", "api-rename"),
    ("runtime/cudaMemcpyAsync", "api", 8, "`cudaMemcpyAsync` becomes `hipMemcpyAsync`.", "low low", "compile-error", "automatic", "api-rename"),
    ("runtime/cudaStreamCreate", "api", 5, "`cudaStreamCreate` becomes `hipStreamCreate`.", "low low", "compile-error", "automatic", "api-rename"),
    ("cublas/cublasSgemm", "library", 4, "`cublasSgemm` becomes `hipblasSgemm`.", "low low", "compile-error", "automatic", "library-call"),
    ("warp/lane-index-literal", "warp", 7, "`{match}` assumes 32 lanes per warp; {target} has {lanes}.", "high none", "silent-wrong", "assisted", "warp-site"),
    ("warp/mask-literal", "warp", 6, "A 32-bit mask leaves half of a 64-lane wave out.", "high none", "silent-wrong", "assisted", "warp-site"),
    ("sync/warp-barrier-missing", "sync", 2, "Lanes of one wave are assumed to run in step.", "medium medium", "hang", "manual", "warp-site"),
    ("ptx/mma.sync", "ptx", 3, "PTX `mma.sync` has no counterpart; use the matrix builtins.", "critical critical", "compile-error", "manual", "ptx-hard"),
    ("ptx/prmt.b32", "ptx", 3, "PTX `prmt.b32` does not assemble for AMD GPUs; use `__byte_perm`.", "high high", "compile-error", "assisted", "ptx-easy"),
    ("texture/texture-use", "texture", 4, "Texture objects need image units; {target} has none.", "critical low", "compile-error", "manual", "texture-rewrite"),
    ("guard/cuda-arch", "guard", 5, "`__CUDA_ARCH__` is not defined for AMD GPUs; this branch falls away.", "medium medium", "silent-wrong", "assisted", "arch-macro"),
    ("library/tensorrt", "library", 2, "TensorRT exists for NVIDIA only.", "critical critical", "compile-error", "manual", "decision"),
    ("api/unknown-symbol", "api", 2, "`{match}` looks like a CUDA name and no table knows it.", "low low", "compile-error", "manual", "own-name-check"),
)  # fmt: skip

MATCHES = {
    "warp/lane-index-literal": "threadIdx.x & 31",
    "warp/mask-literal": "__shfl_down_sync(0xffffffff, v, o)",
    "ptx/mma.sync": "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32",
    "texture/texture-use": "tex2D<float>(tex, x + 0.5f, y + 0.5f)",
    "guard/cuda-arch": "__CUDA_ARCH__ >= 800",
    "library/tensorrt": "nvinfer1::createInferRuntime",
    "api/unknown-symbol": "cudaAcmeScratch",
}

WHY = {
    "warp/lane-index-literal": (
        "On a 64-lane wave two groups of 32 threads share one wave. Shuffles, votes and ballots that follow "
        "mix the two groups, and nothing reports it."
    ),
    "warp/mask-literal": "The upper 32 lanes do not take part, and their values are undefined.",
}


def _files() -> list[str]:
    return [path for _, paths, _, _ in PARTS for path in paths]


def _site(rule: str, number: int, path: str) -> Site:
    match = MATCHES.get(rule, rule.rpartition("/")[2])
    line = 20 + 17 * number
    text = f"    const auto value{number} = {match};"
    return make_site(
        rule,
        path=path,
        line=line,
        match=match,
        location=make_location(path, line, column=25, end_column=25 + len(match)),
        function=None if rule.startswith("guard") else f"kernel_{number % 4}",
        guards=(Guard(kind="ifdef", text="USE_FAST_PATH", line=line - 6),) if number % 5 == 2 else (),
        confidence=Confidence.MEDIUM if number % 6 == 5 else Confidence.HIGH,
        facts=(("literal", 31),) if rule.startswith("warp") else (),
        snippet=Snippet(
            first_line=line - 1,
            lines=("    // the lane decides which value is read", text, "    store(out, value);"),
        ),
    )


def _findings() -> list[Finding]:
    files = _files()
    found: list[Finding] = []
    for target_number, target in enumerate(TARGETS):
        for kind_number, (rule, _, count, message, severities, failure, automation, effort) in enumerate(KINDS):
            for number in range(count):
                path = "src/infer/engine.cu" if "tensorrt" in rule else files[(number + kind_number) % len(files)]
                site = _site(rule, number, path)
                severity = Severity(severities.split()[target_number])
                harmless = severity is Severity.NONE
                found.append(
                    make_finding(
                        site=site,
                        target=target,
                        message=message.replace("{match}", site.match)
                        .replace("{target}", target)
                        .replace("{lanes}", "64" if target == "gfx942" else "32"),
                        severity=severity,
                        failure_mode=FailureMode.NONE if harmless else FailureMode(failure),
                        automation=Automation(automation),
                        effort_class="none" if harmless else effort,
                        blocker="tensorrt" if "tensorrt" in rule else "",
                        obstacle="warp-size" if rule.startswith("warp") else "",
                        covered_by="gpu-header" if rule == "runtime/cudaMalloc" and number < 2 else None,
                    )
                )
    return found


PRICES = {
    "api-rename": (0.15, 0.5, "A"), "library-call": (1, 3, "A"), "warp-site": (6, 20, "C"), "ptx-hard": (120, 540, "C"),
    "ptx-easy": (6, 22, "B"), "texture-rewrite": (120, 720, "D"), "arch-macro": (5, 15, "B"), "own-name-check": (6, 20, "B"),
}  # fmt: skip


def _lines(findings: list[Finding], target: str) -> list[EstimateLine]:
    owner = {path: name for name, paths, _, _ in PARTS for path in paths}
    booked: dict[tuple[str, str], list[str]] = {}
    for finding in findings:
        if finding.target == target and finding.covered_by is None and finding.effort_class in PRICES:
            key = (owner[str(finding.site.path)], finding.effort_class)
            booked.setdefault(key, []).append(finding.site.fingerprint)
    lines = []
    for (component, effort), fingerprints in booked.items():
        p50, p90, grade = PRICES[effort]
        units = len(fingerprints)
        lines.append(
            make_line(
                component=component,
                effort_class=effort,
                reason=f"{effort}, {units} site{'s' if units > 1 else ''}",
                units=units,
                minutes_each=make_minutes(p50, p90),
                hours=make_hours(p50 * units / 60, p90 * units / 60),
                grade=grade,
                fingerprints=tuple(fingerprints),
            )
        )
    for number, (name, _, _, _) in enumerate(PARTS):
        lines.append(_fixed(name, Block.VERIFY, "prove the kernels right", 3 + 2 * number, "kernel-validation"))
    lines.append(_fixed(None, Block.CHANGE, "port the build", 8, "build-system"))
    lines.append(_fixed(None, Block.CHANGE, "rework, 30 % of change and verify", 14, "rework"))
    lines.append(_fixed(None, Block.UPSTREAM, "review, CI and packaging to merge upstream", 24, "upstream"))
    return lines


def _fixed(component: str | None, block: Block, reason: str, hours: float, effort: str) -> EstimateLine:
    return make_line(
        component=component,
        block=block,
        reason=reason,
        effort_class=effort,
        minutes_each=make_minutes(hours * 60, hours * 180),
        hours=make_hours(hours, hours * 3),
        grade="",
    )


def make_example() -> Analysis:
    """Return the example."""
    findings = _findings()
    names = tuple(name for name, _, _, _ in PARTS)
    estimates = tuple(
        estimate
        for target in TARGETS
        for estimate in make_estimates(_lines(findings, target), targets=(target,), components=names)
    )
    blocker = make_blocker(
        where=tuple(sorted({f.site.location for f in findings if f.blocker}, key=lambda place: place.line))
    )
    return make_analysis(
        targets=tuple(make_target(target) for target in TARGETS),
        settings=make_settings(
            targets=TARGETS,
            team=2,
            upstream=True,
            given=("team", "upstream"),
            command="portgauge scan . --team 2 --upstream yes -o report.html",
        ),
        inventory=_inventory(findings),
        findings=tuple(findings),
        estimates=estimates,
        verdicts=(
            make_verdict(
                word=VerdictWord.BLOCKED, grade="E", portability=62, blockers=(blocker,),
                obstacles=("warp-size", "texture"), why="TensorRT is used in CUDA code and no HIP path stands beside it.",
            ),
            make_verdict(
                "gfx1100", word=VerdictWord.BLOCKED, grade="E", portability=71, blockers=(blocker,),
                why="TensorRT is used in CUDA code and no HIP path stands beside it.",
            ),
        ),
        layers=(make_layer(sites_covered=2),),
        libraries=(
            make_library_judgement(unsupported_symbols=("cublasLtMatmul",)),
            make_library_judgement("tensorrt", title="TensorRT", status="none", hip_counterpart="", sycl_counterpart=""),
        ),
        rules=tuple(_note(rule, category) for rule, category, *_ in sorted(KINDS)),
        sources=(make_source(), make_source("ptx-isa", title="PTX ISA", url="https://docs.nvidia.com/cuda/parallel-thread-execution/")),
        maintenance_hours_per_year=(("one source for both", make_hours(40, 120)), ("copied backend", make_hours(90, 260))),
        assumptions=(
            "Tests reach every kernel, so proving one right takes minutes of looking, not of writing tests.",
            "No kernel is tuned beyond running right (--hot-kernels 0).",
        ),
        accuracy=(make_accuracy(),),
    )  # fmt: skip


def _note(rule: str, category: str) -> Any:
    return make_rule_note(
        rule,
        category=Category(category),
        title={
            "warp/lane-index-literal": "Lane or warp index computed with a literal 32",
            "warp/mask-literal": "Warp mask written as a 32-bit literal",
            "sync/warp-barrier-missing": "Warp-synchronous code without a barrier",
            "guard/cuda-arch": "Branch on the CUDA architecture",
            "texture/texture-use": "Texture objects",
            "api/unknown-symbol": "CUDA-like name that no table knows",
            "library/tensorrt": "TensorRT",
        }.get(rule, f"CUDA name {rule.rpartition('/')[2]}"),
        why=WHY.get(rule, ""),
        validate="Compare with the CUDA result on both wave sizes." if rule.startswith("warp") else "",
    )


def _inventory(findings: list[Finding]) -> Any:
    sites = {finding.site.fingerprint: finding.site for finding in findings}
    files = [make_file(path, code_lines=180 + 40 * number) for number, path in enumerate(_files())]
    files[2] = replace(files[2], degraded_bytes=240)
    files += [
        make_file("third_party/cub/block_reduce.cuh", standing=Standing.VENDORED, reading=Reading.EXCLUDED),
        make_file("kernels/legacy.cl", language="opencl", reading=Reading.NOT_SUPPORTED, is_cuda=False),
        make_file("CMakeLists.txt", language="cmake", is_cuda=False),
        make_file("src/solver/broken.cu", reading=Reading.NOT_READ, byte_count=600, code_lines=0, sha256=""),
    ]
    return make_inventory(
        codebase="acme-multiphysics",
        dirty=True,
        files=tuple(files),
        sites=tuple(sorted(sites.values(), key=lambda s: (str(s.path), s.location.line, s.rule_id))),
        kernels=tuple(
            make_kernel(f"kernel_{number}", path=path, line=10 + 50 * number, features=("shared-memory", "shuffle")[: number % 3])
            for path in _files()
            for number in range(1 + len(path) % 3)
        ),
        libraries=(make_library_use(), make_library_use("tensorrt", symbols=(("nvinfer1::createInferRuntime", 2),))),
        components=tuple(
            make_component(
                name,
                files=tuple(PurePosixPath(path) for path in paths),
                depends_on=needs,
                wave=wave,
                kind=ComponentKind.PYTHON_EXTENSION if name.startswith("python") else ComponentKind.CMAKE_TARGET,
            )
            for name, paths, needs, wave in PARTS
        ),
        edges=(
            Edge(source="solver", target="linalg", kind=EdgeKind.LINK, evidence=((PurePosixPath("CMakeLists.txt"), 41),)),
        ),
        problems=(make_problem(), make_problem("src/solver/broken.cu", reason="not UTF-8 and not Latin-1; nothing in it was looked for")),
    )  # fmt: skip
