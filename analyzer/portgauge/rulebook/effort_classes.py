"""``effort.yaml``: prices with unit, range and basis."""

from collections.abc import Mapping
from typing import Any

from portgauge.model.base import value
from portgauge.model.estimate import Block, EffortClass, Hours, Minutes
from portgauge.model.rule import Mode
from portgauge.rulebook.agent_record import AgentRecord, read_agent_record
from portgauge.rulebook.yamlfile import LIST, MAPPING, TEXT, WORDS, Defects, Document, Form, check_keys, words

_UNITS_OF_CLASSES = ("site", "rule-in-file", "rule-in-component", "rule-in-codebase")
NEEDED_FIXED = (
    "build-system",
    "ci-packaging",
    "gpu-file",
    "kernel-validation",
    "tune-simple",
    "tune-tensor",
    "upstream",
)
"""Costs that every estimate asks for by name."""
_UNITS_OF_FIXED = ("codebase", "gpu-file", "kernel", "hot-kernel")


@value
class FixedCost:
    """Work that does not hang on a site; the hours are for one unit."""

    name: str
    title: str
    block: Block
    per: str
    """``codebase``, ``gpu-file``, ``kernel`` or ``hot-kernel``."""
    grade: str
    hours: Mapping[Mode, Hours]
    basis: str
    features: frozenset[str]
    """Kernels that show one of these features are meant; empty for a cost that asks for none."""


@value
class LibraryCost:
    """Person-hours once for a library that the code uses."""

    name: str
    title: str
    hours: Mapping[Mode, Hours]
    grade: str
    basis: str


@value
class EffortModel:
    """Everything that an estimate is computed from."""

    classes: Mapping[str, EffortClass]
    fixed: Mapping[str, FixedCost]
    libraries: Mapping[str, LibraryCost]
    library_factors: Mapping[Mode, float]
    """What the hours of a library are multiplied with in each way of working."""
    days_basis: str
    """What the days of ``rules/libraries`` rest on."""
    rework_share: Mapping[Mode, float]
    ci_without_upstream: float
    validation_without_tests: float
    experience_first: float
    share_basis: str
    """What the shares for rework and a first port rest on."""
    sigma: float
    """Spread of a whole, dimensionless (log-normal)."""
    maintenance_days_per_year: tuple[float, float]
    maintenance_share: Mapping[str, tuple[float, float]]
    """Way of keeping the port, and its share of the yearly work on GPU code."""
    maintenance_titles: Mapping[str, str]
    agent: AgentRecord


def _pair(document: Document, mapping: Mapping[str, Any], key: str, defects: Defects) -> tuple[float, float]:
    found = mapping.get(key)
    try:
        low, high = (float(part) for part in found or ())
    except (TypeError, ValueError):
        defects.add(document.origin(mapping, key), f"{key} is {found!r}; expected [p50, p90]")
        return (0.0, 0.0)
    if not 0 <= low <= high:
        defects.add(document.origin(mapping, key), f"{key} is {found!r}; expected 0 <= p50 <= p90")
        return (0.0, 0.0)
    return (low, high)


def _basis(document: Document, mapping: Mapping[str, Any], bases: Mapping[str, str], defects: Defects) -> str:
    key = str(mapping.get("basis"))
    if key not in bases:
        defects.add(
            document.origin(mapping, "basis"),
            f"basis {key!r} is not defined; defined are: {', '.join(bases)}",
        )
    return bases.get(key, key)


def _unit(document: Document, mapping: Mapping[str, Any], allowed: tuple[str, ...], defects: Defects) -> str:
    per = str(mapping.get("per"))
    if per not in allowed:
        defects.add(document.origin(mapping, "per"), f"per is {per!r}; expected one of {', '.join(allowed)}")
    return per


def _share(document: Document, mapping: Mapping[str, Any], key: str, *, default: float, defects: Defects) -> float:
    """Return a number from 0 to 1."""
    found = mapping.get(key, default)
    try:
        share = float(found)
    except (TypeError, ValueError):
        share = -1.0
    if not 0 <= share <= 1:
        defects.add(document.origin(mapping, key), f"{key} is {found!r}; expected a share from 0 to 1")
        return default
    return share


def _sigma(document: Document, mapping: Mapping[str, Any], defects: Defects) -> float:
    found = mapping["sigma"]
    if isinstance(found, int | float) and not isinstance(found, bool) and found > 0:
        return float(found)
    defects.add(document.origin(mapping, "sigma"), f"sigma is {found!r}; expected a number above 0")
    return 1.0


def _hours_by_mode(document: Document, mapping: Mapping[str, Any], defects: Defects) -> dict[Mode, Hours]:
    hours = {}
    for mode in Mode:
        low, high = _pair(document, mapping, mode.value, defects)
        hours[mode] = Hours(p50=low, p90=high)
    return hours


_MODE_KEYS: Mapping[str, Form] = {mode.value: LIST for mode in Mode}
_CLASS_KEYS: Mapping[str, Form] = {"title": TEXT, "per": TEXT, "grade": TEXT, "basis": TEXT, **_MODE_KEYS}
_FIXED_KEYS: Mapping[str, Form] = {**_CLASS_KEYS, "block": frozenset(Block), "features": WORDS}
_SITE_CLASS_KEYS: Mapping[str, Form] = {**_CLASS_KEYS, "repeat": TEXT}
_LIBRARY_KEYS: Mapping[str, Form] = {"title": TEXT, "hours": LIST, "grade": TEXT, "basis": TEXT}
_LIBRARY_SETTINGS = ("modes", "days_basis")
_FACTORS = ("repeat", "basis", "ci_without_upstream", "validation_without_tests", "experience_first", "rework")
_TOP_KEYS: Mapping[str, Form] = {
    "basis": MAPPING,
    "classes": MAPPING,
    "fixed": MAPPING,
    "factors": MAPPING,
    "libraries": MAPPING,
    "combination": MAPPING,
    "maintenance": MAPPING,
    "agent": MAPPING,
    "sources": MAPPING,
}


def _check_forms(document: Document, defects: Defects) -> None:
    root = document.root
    check_keys(document, root, allowed=_TOP_KEYS, defects=defects)
    for part, allowed in (("classes", _SITE_CLASS_KEYS), ("fixed", _FIXED_KEYS), ("libraries", _LIBRARY_KEYS)):
        for name, raw in root[part].items():
            if part != "libraries" or name not in _LIBRARY_SETTINGS:
                check_keys(document, raw, allowed=allowed, defects=defects)
    check_keys(document, root["factors"], allowed=_FACTORS, defects=defects)
    check_keys(document, root["combination"], allowed={"sigma": TEXT}, defects=defects)


def read_effort(document: Document, defects: Defects) -> EffortModel:
    """Return the effort model; what is wrong goes to ``defects``."""
    root = document.root
    _check_forms(document, defects)
    bases = {str(key): str(text) for key, text in root["basis"].items()}
    for key, text in bases.items():
        if not text.startswith(("measured:", "judgement:")):
            defects.add(document.origin(root["basis"], key), 'a basis starts with "measured:" or "judgement:"')
    for name in NEEDED_FIXED:
        if name not in root["fixed"]:
            defects.add(document.origin(root, "fixed"), f"the fixed cost {name!r} is missing")
    fixed = {
        name: FixedCost(
            name=name,
            title=str(raw["title"]),
            block=Block(raw["block"]),
            per=_unit(document, raw, _UNITS_OF_FIXED, defects),
            grade=str(raw["grade"]),
            hours=_hours_by_mode(document, raw, defects),
            basis=_basis(document, raw, bases, defects),
            features=frozenset(words(raw.get("features"))),
        )
        for name, raw in root["fixed"].items()
    }
    factors = root["factors"]
    maintenance = root["maintenance"]
    return EffortModel(
        classes=_classes(document, bases, defects),
        fixed=fixed,
        libraries=_libraries(document, bases, defects),
        library_factors=_library_factors(document),
        days_basis=bases[str(root["libraries"]["days_basis"])],
        rework_share={mode: float(factors["rework"][mode.value]) for mode in Mode},
        ci_without_upstream=float(factors["ci_without_upstream"]),
        validation_without_tests=float(factors["validation_without_tests"]),
        experience_first=float(factors["experience_first"]),
        share_basis=_basis(document, factors, bases, defects),
        sigma=_sigma(document, root["combination"], defects),
        maintenance_days_per_year=_pair(document, maintenance, "days_per_year", defects),
        maintenance_share={
            name: _pair(document, maintenance["share_of_churn"], name, defects)
            for name in maintenance["share_of_churn"]
        },
        maintenance_titles={name: str(maintenance["titles"].get(name, name)) for name in maintenance["share_of_churn"]},
        agent=read_agent_record(document, defects),
    )


def _classes(document: Document, bases: Mapping[str, str], defects: Defects) -> dict[str, EffortClass]:
    repeat = _share(document, document.root["factors"], "repeat", default=1.0, defects=defects)
    classes = {}
    for name, raw in document.root["classes"].items():
        minutes = {}
        for mode in Mode:
            low, high = _pair(document, raw, mode.value, defects)
            minutes[mode] = Minutes(p50=low, p90=high)
        per = _unit(document, raw, _UNITS_OF_CLASSES, defects)
        classes[name] = EffortClass(
            name=name,
            title=str(raw["title"]),
            manual=minutes[Mode.MANUAL],
            hipify=minutes[Mode.HIPIFY],
            agent=minutes[Mode.AGENT],
            per=per,
            repeat=1.0 if per == "site" else _share(document, raw, "repeat", default=repeat, defects=defects),
            grade=str(raw["grade"]),
            basis=_basis(document, raw, bases, defects),
        )
    return classes


def _library_factors(document: Document) -> dict[Mode, float]:
    return {mode: float(document.root["libraries"]["modes"][mode.value]) for mode in Mode}


def _libraries(document: Document, bases: Mapping[str, str], defects: Defects) -> dict[str, LibraryCost]:
    factors = _library_factors(document)
    libraries = {}
    for name, raw in document.root["libraries"].items():
        if name in _LIBRARY_SETTINGS:
            continue
        low, high = _pair(document, raw, "hours", defects)
        libraries[name] = LibraryCost(
            name=name,
            title=str(raw["title"]),
            hours={mode: Hours(p50=low * factor, p90=high * factor) for mode, factor in factors.items()},
            grade=str(raw.get("grade") or ""),
            basis=_basis(document, raw, bases, defects),
        )
    return libraries
