"""``rules/shapes.yaml``: what the shared structural patterns are made of."""

from collections.abc import Mapping

from portgauge.rulebook.rulebook import RadixSort, ShapeDefinition, Shapes, TellingWords, TextForm, WaveUses
from portgauge.rulebook.yamlfile import (
    MAPPING,
    TEXT,
    WORDS,
    Defects,
    Document,
    Form,
    Mapped,
    check_keys,
    pattern,
    words,
)

_SHAPES_KEYS: Mapping[str, Form] = {
    "groups": MAPPING,
    "launch_calls": MAPPING,
    "radix_sorts": MAPPING,
    "seeds": MAPPING,
    "wave_uses": MAPPING,
    "types_32_bit": WORDS,
    "quiet_words": WORDS,
    "text_features": MAPPING,
    "text_forms": MAPPING,
    "telling_names": MAPPING,
    "shapes": MAPPING,
    "facts": MAPPING,
    "kernel_features": MAPPING,
    "device_macro": TEXT,
}

_LAUNCH_PARTS = ("kernel", "grid", "block", "shared", "stream")


def _patterns(document: Document, raw: Mapped, defects: Defects) -> dict[str, str]:
    return {name: pattern(document, raw, name, defects=defects).pattern for name in raw}


def _wave_uses(document: Document, groups: Mapping[str, frozenset[str]], defects: Defects) -> WaveUses:
    raw = document.root["wave_uses"]
    named, patterns = ("near", "by_lane", "whole"), ("assembly", "helpers")
    check_keys(document, raw, allowed=dict.fromkeys(named, WORDS) | dict.fromkeys(patterns, TEXT), defects=defects)
    members: dict[str, frozenset[str]] = {}
    for use in named:
        unknown = [group for group in words(raw[use]) if group not in groups]
        if unknown:
            defects.add(document.origin(key="wave_uses"), f"{use}: group {unknown[0]!r} is not defined under groups")
        members[use] = frozenset(
            member.rsplit("::", 1)[-1] for group in words(raw[use]) for member in groups.get(group, ())
        )
    return WaveUses(
        near=members["near"] - members["by_lane"],
        by_lane=members["by_lane"],
        whole=members["whole"],
        assembly=pattern(document, raw, "assembly", defects=defects).pattern,
        helpers=pattern(document, raw, "helpers", defects=defects).pattern,
    )


def _launch_calls(document: Document, defects: Defects) -> dict[str, dict[str, int]]:
    """Return which argument of a launching call says what; each names its kernel."""
    found: dict[str, dict[str, int]] = {}
    for name, raw in document.root["launch_calls"].items():
        check_keys(document, raw, allowed=dict.fromkeys(_LAUNCH_PARTS, (int,)), defects=defects)
        if "kernel" not in raw:
            defects.add(document.origin(raw), f"{name} has no `kernel`; expected the place of that argument, from 0")
        found[name] = {part: int(raw[part]) for part in _LAUNCH_PARTS if part in raw}
    return found


def _radix_sorts(document: Document, defects: Defects) -> dict[str, RadixSort]:
    """Return where the first bit stands in the calls of radix sorts."""
    found: dict[str, RadixSort] = {}
    for name, raw in document.root["radix_sorts"].items():
        check_keys(document, raw, allowed=dict.fromkeys(("separate", "double_buffer"), (int,)), defects=defects)
        found[name] = RadixSort(separate=int(raw["separate"]), double_buffer=int(raw["double_buffer"]))
    return found


def _text_forms(document: Document, defects: Defects) -> dict[str, TextForm]:
    forms: dict[str, TextForm] = {}
    for name, raw in document.root["text_forms"].items():
        check_keys(document, raw, allowed={"literals": WORDS, "pattern": TEXT}, defects=defects)
        compiled = pattern(document, raw, "pattern", defects=defects)
        forms[name] = TextForm(literals=words(raw["literals"]), pattern=compiled.pattern)
    return forms


def _telling_names(document: Document, defects: Defects) -> TellingWords:
    raw, copies = document.root["telling_names"], ("pitched_allocation", "copy", "to_host")
    allowed = {"marks": WORDS, "sizes": WORDS, "deciders": MAPPING, "copies": MAPPING}
    check_keys(document, raw, allowed=allowed, defects=defects)
    check_keys(document, raw["copies"], allowed=dict.fromkeys(copies, TEXT), defects=defects)
    return TellingWords(
        marks=words(raw["marks"]),
        sizes=words(raw["sizes"]),
        deciders=_patterns(document, raw["deciders"], defects),
        copies={name: pattern(document, raw["copies"], name, defects=defects).pattern for name in copies},
    )


def read_shapes(document: Document, defects: Defects) -> Shapes:
    """Return the patterns, groups and seeds of the file; what is wrong goes to ``defects``."""
    root = document.root
    check_keys(document, root, allowed=_SHAPES_KEYS, defects=defects)
    for raw in root["shapes"].values():
        check_keys(document, raw, allowed={"anchor": TEXT, "query": TEXT, "parts": MAPPING}, defects=defects)
    for raw in root["seeds"].values():
        check_keys(document, raw, allowed={"identifiers": WORDS, "calls": WORDS, "weakens": TEXT}, defects=defects)
    definitions = {
        name: ShapeDefinition(
            name=name,
            anchor=str(raw["anchor"]),
            query=str(raw.get("query") or ""),
            parts=tuple(raw["parts"]),
        )
        for name, raw in root["shapes"].items()
    }
    groups = {name: frozenset(words(members)) for name, members in root["groups"].items()}
    return Shapes(
        definitions=definitions,
        groups=groups,
        launch_calls=_launch_calls(document, defects),
        radix_sorts=_radix_sorts(document, defects),
        wave_uses=_wave_uses(document, groups, defects),
        seeds={
            name: (frozenset(words(raw.get("identifiers"))), frozenset(words(raw.get("calls"))))
            for name, raw in root["seeds"].items()
        },
        weakening_seeds=frozenset(name for name, raw in root["seeds"].items() if raw.get("weakens")),
        types_32_bit=frozenset(words(root["types_32_bit"])),
        quiet_words=frozenset(words(root["quiet_words"])),
        text_features=_patterns(document, root["text_features"], defects),
        text_forms=_text_forms(document, defects),
        telling_names=_telling_names(document, defects),
        device_macro=pattern(document, root, "device_macro", defects=defects).pattern,
        kernel_features=_patterns(document, root["kernel_features"], defects),
        facts=frozenset(root["facts"]) | {part for shape in definitions.values() for part in shape.parts},
    )
