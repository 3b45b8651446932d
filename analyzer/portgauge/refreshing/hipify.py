"""What a HIPIFY checkout says about CUDA names: its maps in src/CUDA2HIP*.cpp.

The maps are written by one hand in one form, a row a line; this reads that form and nothing else of C++.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from portgauge.errors import RuleError, UserError
from portgauge.model.base import value
from portgauge.rulebook.yamlfile import (
    MAPPING,
    TEXT,
    WORDS,
    Defects,
    Form,
    check_keys,
    complaining,
    read_document,
    words,
)

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_MAP = re.compile(r"std::map\s*<[^;{]*?>\s*(\w+)\s*\{")
_ENTRY = re.compile(
    r'\{\s*"([^"]+)"\s*,\s*\{\s*"([^"]*)"\s*,\s*"([^"]*)"\s*,\s*(\w+)\s*,\s*\w+\s*,\s*[\w:]+\s*(?:,\s*([\w\s|]+))?\}\s*\}'
)
_VERSIONS = re.compile(r'\{\s*"([^"]+)"\s*,\s*\{\s*(\w+)\s*,\s*(\w+)\s*,\s*(\w+)\s*(?:,\s*(\w+)\s*)?,?\s*\}\s*\}')
_VERSION_WORD = re.compile(r'case\s+(\w+)\s*:\s*return\s+"([^"]*)"')
_KEYS: Mapping[str, Form] = {
    "never_shipped": WORDS,
    "own_libraries": MAPPING,
    "source_prefix": TEXT,
    "columns": WORDS,
    "not_taken": WORDS,
}


@value
class MapEntry:
    """One row of HIPIFY's maps."""

    symbol: str
    hip_symbol: str
    roc_symbol: str
    kind: str
    """HIPIFY's word for the kind of name."""
    map_name: str
    flags: frozenset[str]
    cuda_versions: tuple[str, str, str]
    """Added, deprecated, removed; empty when HIPIFY does not say."""
    hip_versions: tuple[str, str, str, str]
    """Added, deprecated, removed, experimental, of the HIP name."""


def _maps(text: str) -> Iterator[tuple[str, str]]:
    """Yield name and body of each map of a file."""
    starts = list(_MAP.finditer(text))
    ends = [*(start.start() for start in starts[1:]), len(text)]
    for start, end in zip(starts, ends if starts else (), strict=True):
        yield start.group(1), text[start.end() : end]


def read_hipify(checkout: Path) -> dict[str, tuple[MapEntry, ...]]:
    """Return what a HIPIFY checkout says, by CUDA name; several maps may have a name.

    Raises:
        UserError: If the folder holds no HIPIFY maps.
    """
    folder = checkout / "src"
    files = sorted(folder.glob("CUDA2HIP*.cpp"))
    statistics = folder / "Statistics.cpp"
    if not files or not statistics.is_file():
        raise UserError(f"{checkout} is no HIPIFY checkout: src/CUDA2HIP*.cpp and src/Statistics.cpp are not there")
    words = dict(_VERSION_WORD.findall(_COMMENT.sub("", statistics.read_text(encoding="utf-8"))))
    cuda: dict[str, tuple[str, ...]] = {}
    hip: dict[str, tuple[str, ...]] = {}
    rows: list[tuple[str, tuple[str, str, str, str, str]]] = []
    for path in files:
        for name, body in _maps(_COMMENT.sub("", path.read_text(encoding="utf-8"))):
            if name.endswith("_CHANGED_VER_MAP"):
                continue
            if name.endswith("_VER_MAP"):
                into = hip if name.startswith(("HIP_", "ROC_", "MIOPEN_")) else cuda
                for symbol, *versions in _VERSIONS.findall(body):
                    into.setdefault(symbol, tuple(words.get(version, "") for version in versions))
            else:
                rows.extend((name, found) for found in _ENTRY.findall(body))
    entries: dict[str, tuple[MapEntry, ...]] = {}
    for name, (symbol, hip_symbol, roc_symbol, kind, flags) in rows:
        added, deprecated, removed, *_ = (*cuda.get(symbol, ()), "", "", "")
        entry = MapEntry(
            symbol=symbol,
            hip_symbol=hip_symbol,
            roc_symbol=roc_symbol,
            kind=kind,
            map_name=name,
            flags=frozenset(flag.strip() for flag in flags.split("|") if flag.strip()),
            cuda_versions=(added, deprecated, removed),
            hip_versions=_four(hip.get(hip_symbol, ())),
        )
        entries[symbol] = (*entries.get(symbol, ()), entry)
    if not entries:
        raise UserError(
            f"{checkout}: the maps in src/ hold no row in the form that is known; HIPIFY may have changed it"
        )
    return entries


def _four(versions: tuple[str, ...]) -> tuple[str, str, str, str]:
    added, deprecated, removed, experimental, *_ = (*versions, "", "", "", "")
    return (added, deprecated, removed, experimental)


@value
class Reading:
    """How HIPIFY's words become columns: ``refresh.yaml``."""

    never_shipped: "re.Pattern[str]"
    own_libraries: Mapping[str, "re.Pattern[str]"]
    """Word of the column ``target`` to what the names of that library begin with."""
    source_prefix: str
    columns: tuple[str, ...]
    not_taken: "re.Pattern[str]"


def read_reading(path: Path, *, name: str) -> Reading:
    """Return how HIPIFY is read.

    Raises:
        RuleError: If the file is not as expected.
    """
    defects = Defects()
    document = read_document(path, name=name, defects=defects)
    if document is not None:
        with complaining(document, defects):
            root = document.root
            check_keys(document, root, allowed=_KEYS, defects=defects)
            return Reading(
                never_shipped=re.compile("|".join(words(root["never_shipped"])) or "(?!)"),
                own_libraries={str(word): re.compile(str(text)) for word, text in root["own_libraries"].items()},
                source_prefix=str(root["source_prefix"]),
                columns=words(root["columns"]),
                not_taken=re.compile("|".join(words(root["not_taken"])) or "(?!)"),
            )
    raise RuleError(defects.found)


def columns_of(entry: MapEntry, reading: Reading, *, shipped: str = "") -> dict[str, str]:
    """Return the columns of an API table that HIPIFY decides, for one name.

    Args:
        entry: HIPIFY's row.
        reading: How its words become columns.
        shipped: The HIP name that the table has today; it counts as shipped whatever ``reading`` says.
    """
    has_hip = not entry.flags & {"HIP_UNSUPPORTED", "UNSUPPORTED"} and bool(entry.hip_symbol)
    has_roc = not entry.flags & {"ROC_UNSUPPORTED", "UNSUPPORTED"} and bool(entry.roc_symbol)
    is_shipped = entry.hip_symbol == shipped or not reading.never_shipped.fullmatch(entry.hip_symbol)
    hip = entry.hip_symbol if has_hip and is_shipped else ""
    roc = entry.roc_symbol if has_roc else ""
    added, deprecated, removed, experimental = entry.hip_versions if hip else ("", "", "", "")
    status, target = _status(entry, hip, roc, reading)
    row = {
        "cuda_added": entry.cuda_versions[0],
        "cuda_deprecated": entry.cuda_versions[1],
        "cuda_removed": entry.cuda_versions[2],
        "hip_symbol": hip,
        "hip_added": added,
        "hip_deprecated": deprecated,
        "hip_removed": removed,
        "hip_experimental": experimental,
        "miopen_or_roc_symbol": roc,
        "status": status,
        "target": target,
    }
    return {column: row[column] for column in reading.columns}


def _status(entry: MapEntry, hip: str, roc: str, reading: Reading) -> tuple[str, str]:
    if hip:
        target = "same-name" if hip == entry.symbol else "hip"
        if entry.flags & {"HIP_REMOVED", "REMOVED"}:
            return "removed", target
        if "HIP_EXPERIMENTAL" in entry.flags:
            return "experimental", target
        return ("deprecated" if entry.flags & {"HIP_DEPRECATED", "DEPRECATED"} else "supported"), target
    for word, beginning in reading.own_libraries.items():
        if roc and beginning.match(roc):
            return "supported", word
    return "unsupported", "roc" if roc else "none"
