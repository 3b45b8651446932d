"""``targets.yaml``: the AMD GPUs that code can be judged for."""

import re
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches

from portgauge.errors import UserError
from portgauge.model.base import value
from portgauge.model.rule import Source
from portgauge.model.target import Target
from portgauge.rulebook.sources import read_sources
from portgauge.rulebook.yamlfile import (
    LIST,
    MAPPING,
    TEXT,
    WORDS,
    Defects,
    Document,
    Form,
    check_keys,
    pattern,
    words,
)


@value
class TargetTable:
    """All listed targets, and which of them stands for an unlisted relative."""

    targets: Mapping[str, Target]
    families: tuple[tuple[str, str], ...]
    """Regular expression over an unlisted name, and the listed target that stands for it."""
    default_targets: tuple[str, ...]
    default_rocm: str
    confidence: Mapping[str, str]
    """By target: that its row is right, ``high``, ``medium`` or ``low``."""
    sources: Mapping[str, tuple[Source, ...]]
    """By target: where its properties come from."""

    def find(self, name: str) -> Target:
        """Return a target by name; an unlisted one of a known family is taken as its nearest listed one.

        Raises:
            UserError: If the name belongs to no known family.
        """
        if name in self.targets:
            return self.targets[name]
        for names, listed in self.families:
            if re.fullmatch(names, name):
                return replace(self.targets[listed], stands_for=name)
        nearest = get_close_matches(name, self.targets, n=1, cutoff=0.5)
        hint = f"; did you mean {nearest[0]}?" if nearest else ""
        raise UserError(f'no target "{name}"{hint} Known targets: {", ".join(self.targets)}')


_TOP_KEYS: Mapping[str, Form] = {"defaults": MAPPING, "targets": LIST, "families": LIST, "sources": MAPPING}
_TARGET_KEYS: Mapping[str, Form] = {
    "id": TEXT,
    "title": TEXT,
    "lanes_per_wave": (int,),
    "confidence": TEXT,
    "sources": WORDS,
    "properties": MAPPING,
    "note": TEXT,
}


def read_targets(document: Document, defects: Defects) -> TargetTable:
    """Return the target table; what is wrong goes to ``defects``."""
    check_keys(document, document.root, allowed=_TOP_KEYS, defects=defects)
    targets = {}
    known = read_sources(document, document.root.get("sources"), defects=defects)
    sources: dict[str, tuple[Source, ...]] = {}
    for raw in document.root["targets"]:
        check_keys(document, raw, allowed=_TARGET_KEYS, defects=defects)
        identifier = str(raw["id"])
        if identifier in targets:
            defects.add(document.origin(raw, "id"), f"target {identifier!r} stands twice")
        lanes = raw.get("lanes_per_wave")
        if lanes not in (32, 64):
            defects.add(document.origin(raw, "lanes_per_wave"), f"lanes_per_wave is {lanes!r}; expected 32 or 64")
            continue
        for key in words(raw.get("sources")):
            if key not in known:
                defects.add(
                    document.origin(raw, "sources"), f"source {key!r} is not defined; known: {', '.join(known)}"
                )
        sources[identifier] = tuple(known[key] for key in words(raw.get("sources")) if key in known)
        targets[identifier] = Target(
            id=identifier,
            title=str(raw["title"]),
            lanes_per_wave=lanes,
            properties={str(key): found for key, found in (raw.get("properties") or {}).items()},
        )
    families = []
    for raw in document.root.get("families") or []:
        check_keys(document, raw, allowed={"match": TEXT, "main": TEXT, "family": TEXT}, defects=defects)
        families.append((pattern(document, raw, "match", defects=defects).pattern, str(raw["main"])))
        if raw["main"] not in targets:
            defects.add(document.origin(raw, "main"), f"family stands for {raw['main']!r}, which is not listed")
    defaults = document.root["defaults"]
    check_keys(document, defaults, allowed={"targets": LIST, "rocm": TEXT}, defects=defects)
    for name in defaults["targets"]:
        if name not in targets:
            defects.add(document.origin(defaults, "targets"), f"default target {name!r} is not listed")
    return TargetTable(
        targets=targets,
        families=tuple(families),
        default_targets=tuple(str(name) for name in defaults["targets"]),
        default_rocm=str(defaults["rocm"]),
        confidence={str(raw["id"]): str(raw.get("confidence") or "") for raw in document.root["targets"]},
        sources=sources,
    )
