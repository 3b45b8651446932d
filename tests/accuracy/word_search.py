"""The two word searches that a verdict has to beat, exactly as published with the labels.

Rule A: any HIP marker means already; else any blocker word means blocked; else portable.
Rule B: a blocker word and fewer than two files with HIP markers means blocked; else any marker means already;
else portable. Markers count in comments too; blocker words only in CUDA files, comments taken out.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from portgauge.model.analysis import VerdictWord
from portgauge.model.base import value

MAX_BYTES = 3 * 1024 * 1024
_C_SUFFIXES = frozenset(
    [
        ".c",
        ".cc",
        ".cpp",
        ".cxx",
        ".h",
        ".hh",
        ".hpp",
        ".hxx",
        ".cu",
        ".cuh",
        ".inl",
        ".inc",
        ".cl",
        ".ptx",
        ".hip",
        ".ipp",
        ".tpp",
        ".c++",
        ".h++",
    ]
)
_OTHER_SUFFIXES = frozenset([".py", ".pyx", ".rs", ".go", ".f90", ".jl", ".cmake", ".mk"])
_NAMES = frozenset(["CMakeLists.txt", "Makefile", "setup.py", "pyproject.toml", "meson.build", "configure.ac"])
_VENDORED = re.compile(
    r"third_?party|3rdparty|extern(al)?s?|vendor(ed)?|deps|dependencies|submodules|_deps|extlib|node_modules",
    re.IGNORECASE,
)
_VENDORED_PAIRS = re.compile(r"(^|/)(contrib/libs|include/eigen)(/|$)", re.IGNORECASE)
_MARKERS = re.compile(
    rb"\bUSE_HIP\b|\bWITH_HIP\b|\bENABLE_HIP\b|_ENABLE_HIP\b|_USE_HIP\b|COLVARS_HIP"
    rb"|USE_ROCM|ENABLE_ROCM|WITH_ROCM|torch\.version\.hip|ROCM_HOME|IS_ROCM|is_rocm|IS_HIP_EXTENSION"
    rb"|__HIP_PLATFORM_(?:AMD|HCC)__|__HIP_PLATFORM_AMD|__HIPCC__|__HIP__\b|__HIP_DEVICE_COMPILE__"
    rb"|hip/hip_runtime|hip_runtime\.h|hip_runtime_api"
    rb"|\bhip(?:Malloc|Memcpy|LaunchKernel|Free|Stream|Event|Device|GetDevice)\w*"
    rb"|enable_language\s*\(\s*HIP|find_package\s*\(\s*(?:HIP|hip|ROCM)\b|LANGUAGES[^)]*\bHIP\b|hipcc"
    rb"|\bgfx(?:90a|906|908|94[0-2]|1[01]\d\d|90\d|803)\b"
)
_BLOCKERS = re.compile(
    rb"cutlass::|include\s*[<\"]cutlass/|\bcute::|include\s*[<\"]cute/"
    rb"|mma\.sync|ldmatrix|m16n8k\d+"
    rb"|wgmma|cp\.async\.bulk|tcgen05|mbarrier\.|setmaxnreg|barrier\.cluster|__cluster_dims__|CUtensorMap"
    rb"|\boptix[A-Z]\w+\(|include\s*[<\"]optix"
    rb"|include\s*[<\"]NvInfer|nvinfer1::|import tensorrt"
)
_CUDA_BY_CONTENT = re.compile(
    rb"include\s*[<\"](?:cuda|cu(?:blas|fft|rand|sparse|solver|dnn|pti|tensor)|device_launch_parameters"
    rb"|thrust/|cub/|nccl|npp|nvrtc|nvToolsExt|nvml|cutlass/|cute/|optix|NvInfer|vector_types|cooperative_groups|mma\.h)"
    rb"|__global__|asm[^;]*?(?:mma\.sync|cp\.async|wgmma)"
)
_COMMENT_OR_STRING = re.compile(rb'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)


@value
class WordCounts:
    """What the word search found in one checkout."""

    files_with_markers: int
    files_with_blockers: int

    def rule_a(self) -> VerdictWord:
        """Return the verdict of rule A."""
        if self.files_with_markers:
            return VerdictWord.ALREADY
        return VerdictWord.BLOCKED if self.files_with_blockers else VerdictWord.PORTABLE

    def rule_b(self) -> VerdictWord:
        """Return the verdict of rule B."""
        if self.files_with_blockers and self.files_with_markers < 2:
            return VerdictWord.BLOCKED
        return VerdictWord.ALREADY if self.files_with_markers else VerdictWord.PORTABLE


def is_vendored(path: PurePosixPath) -> bool:
    """Return whether a path, relative to the checkout, leads through a folder of other people's code."""
    folders = path.parts[:-1]
    return any(_VENDORED.fullmatch(part) for part in folders) or bool(_VENDORED_PAIRS.search("/".join(folders)))


def without_comments(text: bytes) -> bytes:
    """Return C text with comments as a blank; strings stay."""
    return _COMMENT_OR_STRING.sub(lambda m: m.group() if m.group().startswith(b'"') else b" ", text)


def has_marker(text: bytes) -> bool:
    """Return whether any HIP marker stands in the text, comments included."""
    return _MARKERS.search(text) is not None


def has_blocker(path: PurePosixPath, text: bytes) -> bool:
    """Return whether the file is CUDA and a blocker word stands in it outside comments."""
    suffix = path.suffix.lower()
    if suffix not in _C_SUFFIXES or suffix == ".hip":
        return False
    plain = without_comments(text)
    is_cuda = suffix in (".cu", ".cuh") or _CUDA_BY_CONTENT.search(plain) is not None
    return is_cuda and _BLOCKERS.search(plain) is not None


def count_words(checkout: Path) -> WordCounts:
    """Return what stands in the files of a checkout that the rules read."""
    markers = blockers = 0
    for path in _files(checkout):
        text = (checkout / path).read_bytes()
        markers += has_marker(text)
        blockers += has_blocker(path, text)
    return WordCounts(files_with_markers=markers, files_with_blockers=blockers)


def _files(checkout: Path) -> Iterator[PurePosixPath]:
    for folder, below, names in os.walk(checkout):
        below[:] = sorted(set(below) - {".git"})
        for name in sorted(names):
            path = PurePosixPath(Path(folder, name).relative_to(checkout).as_posix())
            is_read = path.suffix.lower() in _C_SUFFIXES | _OTHER_SUFFIXES or name in _NAMES
            whole = checkout / path
            if is_read and not is_vendored(path) and not whole.is_symlink() and whole.stat().st_size <= MAX_BYTES:
                yield path
