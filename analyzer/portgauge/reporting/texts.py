"""The fixed words of reports: what grades, severities, blocks and settings are called for people.

Words only; which of them applies is decided in ``summary``.
"""

from portgauge.model.analysis import Settings, VerdictWord
from portgauge.model.component import ComponentKind
from portgauge.model.estimate import Block
from portgauge.model.rule import Automation, FailureMode, Mode, Severity
from portgauge.model.snapshot import Mark

GRADE_WORDS = {
    "A": "above all renames, build and proof",
    "B": "above all local edits at known places",
    "C": "above all kernels that must be understood",
    "D": "above all parts that must be rewritten, or a library replaced",
    "E": "waits for a decision",
    "": "no grade",
}

BLOCK_WORDS = {
    Block.CHANGE: "make it build and run",
    Block.VERIFY: "prove it right",
    Block.TUNE: "win back speed",
    Block.UPSTREAM: "review, CI, packaging",
}

MODE_WORDS = {
    Mode.MANUAL: "by hand",
    Mode.HIPIFY: "AMD's renaming tool HIPIFY first, the rest by hand",
    Mode.AGENT: "a coding agent that a person supervises",
}

MARK_WORDS = {Mark.KNOWLEDGE: "rules", Mark.TOOL: "portgauge", Mark.SETTINGS: "settings"}
"""What changed beside the code between two points of a curve."""

MODE_SHORT = {
    Mode.MANUAL: "by hand",
    Mode.HIPIFY: "HIPIFY first",
    Mode.AGENT: "agent, supervised",
}

SEVERITY_WORDS = {
    Severity.CRITICAL: "never compiles or always crashes, and has no counterpart",
    Severity.HIGH: "breaks the build or gives wrong results",
    Severity.MEDIUM: "breaks in some cases, or costs much speed",
    Severity.LOW: "small edit or small effect",
    Severity.NONE: "nothing happens if nobody touches it",
}

SEVERITY_RANK = {severity: rank for rank, severity in enumerate(Severity)}
"""0 is the worst."""

FAILURE_WORDS = {
    FailureMode.SILENT_WRONG: "wrong results without an error",
    FailureMode.HANG: "hangs",
    FailureMode.RUNTIME_ERROR: "fails while running",
    FailureMode.COMPILE_ERROR: "does not compile",
    FailureMode.PERF: "runs, but slower",
    FailureMode.NONE: "does not fail",
}
"""Most dangerous first: what nobody notices stands before what a compiler reports."""

FAILURE_RANK = {mode: rank for rank, mode in enumerate(FAILURE_WORDS)}

AUTOMATION_WORDS = {
    Automation.AUTOMATIC: "HIPIFY writes it",
    Automation.ASSISTED: "a local, mechanical edit",
    Automation.MANUAL: "somebody must understand the code",
}

VERDICT_WORDS = {
    VerdictWord.ALREADY: "signs of an AMD path",
    VerdictWord.PORTABLE: "portable",
    VerdictWord.BLOCKED: "blocked",
    VerdictWord.UNCLEAR: "unclear",
}

NOTHING_TO_PORT = "nothing to port"
"""Stands where a verdict's word would, when there is no CUDA code."""

TEST_WORDS = {
    FailureMode.SILENT_WRONG: "the same results as on CUDA",
    FailureMode.HANG: "that it ends",
    FailureMode.RUNTIME_ERROR: "that it runs to its end",
    FailureMode.COMPILE_ERROR: "that it builds",
    FailureMode.PERF: "its speed beside that on CUDA",
    FailureMode.NONE: "nothing",
}
"""What a test must show when the rule does not say it."""

COMPONENT_KIND_WORDS = {
    ComponentKind.CMAKE_TARGET: "CMake target",
    ComponentKind.MAKE_TARGET: "make target",
    ComponentKind.MESON_TARGET: "Meson target",
    ComponentKind.PYTHON_EXTENSION: "Python extension",
    ComponentKind.FOLDER: "folder",
    ComponentKind.MAPPED: "given by you",
}

SEEN_AS_WORDS = {
    "name": "its names in code",
    "include": "an include",
    "link": "a link",
    "cmake-target": "a CMake target",
    "find-package": "a CMake package",
    "import": "a Python import",
    "requirement": "a requirement",
    "image": "a container image",
    "build": "a build or script",
    "code": "code",
}

RULES_CHANGED_SHORT = "rules changed since"
"""Stands beside a figure that was measured with other rules; its note says it in a sentence."""

HOW_TO_READ = (
    "Hours are person-hours of an engineer who has ported to HIP before, without waiting for builds or machines.",
    "P50: half of such ports take less. P90: nine in ten take less.",
    "P50s are added; P90s are not, because parts rarely all go badly at once.",
    "Precision: how much of what is reported is right. Recall: how much of what is there is reported. 1 is perfect.",
)

GLOSSARY = (
    ("Agent", "A program that writes code with a language model; a person sets its tasks and checks its work."),
    ("Blocker, decision", "A part that no edit carries over: somebody must decide to drop, replace or rewrite it."),
    ("Component", "Files that are ported together: a build target, a package or a folder."),
    ("Covered", "The code handles the place already, for example in a branch for AMD."),
    ("CUDA", "NVIDIA's language and libraries for programs on its GPUs."),
    ("Finding", "A place in the code and what it means on one GPU. A place can have one for each GPU."),
    ("Grade", "The kind of work with the largest share of the hours to change and to prove. "
     + " ".join(f"{letter}: {word}." for letter, word in GRADE_WORDS.items() if letter)),
    ("HIP, HIPIFY", "HIP is AMD's language beside CUDA, with nearly the same names; HIPIFY is the tool that renames."),
    ("Kernel", "A function that runs on the GPU, in many threads at once."),
    ("P50, P90", "Half of such ports take less than P50, nine in ten less than P90. P90s are never added."),
    ("Portability", "Share of the CUDA lines in files where local edits are enough."),
    ("PTX, inline assembly", "NVIDIA's own instructions, written inside the code. AMD GPUs do not know them."),
    ("Rework", "What comes back after the first try, as a share of the other lines."),
    ("ROCm", "AMD's drivers, compilers and libraries for programs on its GPUs."),
    ("Severity", "What happens when nobody touches a place. "
     + " ".join(f"{severity.value}: {word}." for severity, word in SEVERITY_WORDS.items())),
    ("Warp, wave, lane", "Threads that run in step: 32 on NVIDIA, 32 or 64 on AMD. A lane is one of them."),
)  # fmt: skip
"""Words that a reader may not know, in the order of the alphabet."""

TARGET_KPIS = (
    "Results within the stated tolerance on two wave sizes (32 and 64 lanes), with the tests that pass on CUDA today.",
    "Speed of the named kernels as a share of the baseline that was recorded before the port.",
)


def settings_rows(settings: Settings) -> tuple[tuple[str, str, bool], ...]:
    """Return name, value and "was given by the user" of each setting, in the order of the reports."""
    rate = "none, so no money is shown" if settings.rate is None else f"{settings.rate:g} an hour"
    experience = {
        "expert": "has ported to HIP before",
        "first": "first port to HIP (change and verify times 1.5)",
    }
    rows = (
        ("targets", "GPUs", ", ".join(settings.targets)),
        ("rocm_version", "ROCm", settings.rocm_version),
        ("mode", "way of working", MODE_WORDS[settings.mode]),
        ("hours_per_day", "hours per day", f"{settings.hours_per_day:g}"),
        ("team", "people", str(settings.team)),
        ("rate", "rate", rate),
        ("hot_kernels", "kernels to tune", str(settings.hot_kernels)),
        ("tests", "tests that reach the code", settings.tests),
        ("upstream", "merge upstream", "yes" if settings.upstream else "no"),
        ("experience", "experience", experience.get(settings.experience, settings.experience)),
        ("include_vendored", "vendored code counts", "yes" if settings.include_vendored else "no"),
    )
    return tuple((title, text, name in settings.given) for name, title, text in rows)
