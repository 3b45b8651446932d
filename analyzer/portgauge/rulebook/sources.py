"""Where facts come from, as a rule file defines it under ``sources``."""

from collections.abc import Mapping
from typing import Any

from portgauge.model.rule import Source
from portgauge.rulebook.yamlfile import DATE, TEXT, Defects, Document, Form, Mapped, check_keys

_KEYS: Mapping[str, Form] = {"title": TEXT, "url": TEXT, "retrieved": DATE}


def read_sources(document: Document, raw: Any, *, defects: Defects) -> dict[str, Source]:
    """Return the sources that a file defines, by key."""
    sources = {}
    if raw is not None and not isinstance(raw, Mapped):
        defects.add(document.origin(document.root, "sources"), f"sources is {raw!r}; expected keys with their sources")
        return {}
    for key, entry in (raw or {}).items():
        if not isinstance(entry, Mapped) or not _KEYS.keys() <= entry.keys():
            defects.add(document.origin(raw, key), f"source {key!r} needs title, url and retrieved")
            continue
        check_keys(document, entry, allowed=_KEYS, defects=defects)
        sources[key] = Source(
            key=key, title=str(entry["title"]), url=str(entry["url"]), retrieved=str(entry["retrieved"])
        )
    return sources
