"""Where facts come from, as a rule file defines it under ``sources``."""

from typing import Any

from portgauge.model.rule import Source
from portgauge.rulebook.yamlfile import Defects, Document, Mapped, check_keys


def read_sources(document: Document, raw: Any, *, defects: Defects) -> dict[str, Source]:
    """Return the sources that a file defines, by key."""
    sources = {}
    for key, entry in (raw or {}).items():
        if not isinstance(entry, Mapped) or "title" not in entry:
            defects.add(document.origin(raw, key), f"source {key!r} needs title, url and retrieved")
            continue
        check_keys(document, entry, allowed=("title", "url", "retrieved"), defects=defects)
        sources[key] = Source(
            key=key,
            title=str(entry["title"]),
            url=str(entry.get("url") or ""),
            retrieved=str(entry.get("retrieved") or ""),
        )
    return sources
