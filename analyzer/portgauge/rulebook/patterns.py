"""Pattern rules: one YAML file each; the path is the id."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from portgauge.model.rule import (
    Category,
    Confidence,
    Example,
    LookFor,
    Names,
    Rule,
    Shape,
    Source,
    TextMarker,
    TreeQuery,
)
from portgauge.rulebook.judgements import Vocabulary, check_message, read_judgements
from portgauge.rulebook.rulebook import ShapeDefinition, Shapes, Unlisted
from portgauge.rulebook.sources import read_sources
from portgauge.rulebook.yamlfile import (
    LINES,
    LIST,
    MAPPING,
    TEXT,
    WORDS,
    Defects,
    Document,
    Form,
    Mapped,
    check_keys,
    complaining,
    paragraph,
    pattern,
    read_document,
    words,
)

_KEYS: Mapping[str, Form] = {
    "title": TEXT,
    "message": TEXT,
    "confidence": frozenset(Confidence),
    "formerly": WORDS,
    "obstacle": TEXT,
    "judgement": LINES,
    "names": MAPPING,
    "shape": TEXT,
    "where": LIST,
    "flow": MAPPING,
    "query": TEXT,
    "grep": MAPPING,
    "unlisted": MAPPING,
    "why": TEXT,
    "instead": TEXT,
    "validate": TEXT,
    "not_found": TEXT,
    "sources": WORDS,
    "examples": MAPPING,
    "category": frozenset(Category),
}
_FAMILY_KEYS: Mapping[str, Form] = {"title": TEXT, "category": frozenset(Category), "sources": MAPPING}
_NAMES_KEYS: Mapping[str, Form] = {"identifiers": WORDS, "includes": WORDS, "namespaces": WORDS}
_EXAMPLE_KEYS: Mapping[str, Form] = {"code": TEXT, "text": TEXT, "language": TEXT}
_WAYS = ("names", "shape", "query", "grep", "unlisted")
TEXT_TESTS = ("function_has", "function_lacks", "file_has", "file_lacks")
"""Tests that every shape knows: on the text of the function or file around it."""
_NAME = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


def _names(document: Document, raw: Any, defects: Defects) -> Names:
    check_keys(document, raw, allowed=_NAMES_KEYS, defects=defects)
    return Names(
        identifiers=words(raw.get("identifiers")),
        includes=words(raw.get("includes")),
        namespaces=words(raw.get("namespaces")),
    )


def _complaints_about_test(
    part: str, expected: tuple[str | int, ...], *, definition: ShapeDefinition, shapes: Shapes
) -> Iterator[str]:
    if part in TEXT_TESTS:
        for feature in expected:
            if feature not in shapes.text_features:
                yield f"text feature {feature!r} is not defined in shapes.yaml"
        return
    if part not in definition.parts:
        known = ", ".join((*definition.parts, *TEXT_TESTS))
        yield f"shape {definition.name} has no part {part!r}; it has {known}"
    for wanted in expected:
        if part == "group" and wanted not in shapes.groups:
            yield f"group {wanted!r} is not defined in shapes.yaml"
        if isinstance(wanted, str) and wanted.startswith("re:"):
            try:
                re.compile(wanted.removeprefix("re:"))
            except re.error as error:
                yield f"{wanted!r} does not compile: {error}"


def _shape(document: Document, root: Mapped, shapes: Shapes, defects: Defects) -> Shape:
    name = str(root["shape"])
    definition = shapes.definitions.get(name)
    if definition is None:
        known = ", ".join(shapes.definitions)
        defects.add(document.origin(key="shape"), f"shape {name!r} is not in shapes.yaml; known are: {known}")
        return Shape(name=name, where=(), flow={})
    alternatives = []
    for alternative in root.get("where") or [Mapped()]:
        if not isinstance(alternative, Mapped):
            defects.add(document.origin(root, "where"), f"found {alternative!r}; expected tests, such as {{group: x}}")
            continue
        tests: dict[str, tuple[str | int, ...]] = {}
        for part, expected in alternative.items():
            tests[part] = tuple(expected) if isinstance(expected, list) else (expected,)
            for complaint in _complaints_about_test(part, tests[part], definition=definition, shapes=shapes):
                defects.add(document.origin(alternative, part), complaint)
        alternatives.append(tests)
    flow = {part: words(seeds) for part, seeds in (root.get("flow") or {}).items()}
    for part in flow:
        if part not in definition.parts:
            known = ", ".join(definition.parts)
            defects.add(document.origin(root["flow"], part), f"shape {name} has no part {part!r}; it has {known}")
    for seeds in flow.values():
        for seed in seeds:
            if seed not in shapes.seeds:
                defects.add(document.origin(key="flow"), f"seed {seed!r} is not defined in shapes.yaml")
    return Shape(name=name, where=tuple(alternatives), flow=flow)


def _look_for(document: Document, shapes: Shapes, defects: Defects) -> LookFor:
    root = document.root
    ways = [way for way in _WAYS if way in root]
    if len(ways) != 1:
        defects.add(
            document.origin(),
            f"a rule says in one way what it looks for ({', '.join(_WAYS)}); found {ways or 'none'}",
        )
    way = ways[0] if ways else "names"
    if way == "shape":
        return _shape(document, root, shapes, defects)
    if way == "query":
        return TreeQuery(text=str(root["query"]))
    if way == "grep":
        check_keys(
            document, root["grep"], allowed={"patterns": WORDS, "literals": WORDS, "languages": WORDS}, defects=defects
        )
        for text in words(root["grep"].get("patterns")):
            pattern(document, root["grep"], "patterns", defects=defects, text=text)
        return TextMarker(
            patterns=words(root["grep"].get("patterns")),
            literals=words(root["grep"].get("literals")),
            languages=words(root["grep"].get("languages")),
        )
    if way == "unlisted":
        check_keys(document, root["unlisted"], allowed={"looks_like": TEXT, "namespaces": WORDS}, defects=defects)
        pattern(document, root["unlisted"], "looks_like", defects=defects)
        return Names(identifiers=(), includes=(), namespaces=())
    return _names(document, root.get("names") or Mapped(), defects)


def _examples(document: Document, which: str, defects: Defects) -> tuple[Example, ...]:
    shared = document.root.get("examples") or Mapped()
    check_keys(document, shared, allowed={"match": LIST, "no_match": LIST}, defects=defects)
    examples = []
    for entry in shared.get(which) or []:
        if not isinstance(entry, Mapped):
            examples.append(Example(code=str(entry), text="", language="cuda"))
            continue
        check_keys(document, entry, allowed=_EXAMPLE_KEYS, defects=defects)
        examples.append(
            Example(
                code=str(entry["code"]),
                text=str(entry.get("text") or ""),
                language=str(entry.get("language") or "cuda"),
            )
        )
    return tuple(examples)


def _read_rule(
    path: Path,
    *,
    rule_id: str,
    name: str,
    family: Document,
    family_sources: Mapping[str, Source],
    shapes: Shapes,
    vocabulary: Vocabulary,
    defects: Defects,
) -> Rule | None:
    document = read_document(path, name=name, defects=defects)
    rule: Rule | None = None
    if document is not None:
        with complaining(document, defects):
            rule = _rule(
                document,
                rule_id=rule_id,
                family=family,
                family_sources=family_sources,
                shapes=shapes,
                vocabulary=vocabulary,
                defects=defects,
            )
    return rule


def _rule(
    document: Document,
    *,
    rule_id: str,
    family: Document,
    family_sources: Mapping[str, Source],
    shapes: Shapes,
    vocabulary: Vocabulary,
    defects: Defects,
) -> Rule | None:
    root, name = document.root, document.name
    check_keys(document, root, allowed=_KEYS, defects=defects)
    for key in ("title", "message", "judgement", "sources"):
        if key not in root:
            defects.add(document.origin(), f"the key `{key}` is missing")
    if defects.are_in(name):
        return None
    check_message(str(root["message"]), document=document, line=root, vocabulary=vocabulary, defects=defects)
    sources = []
    for key in words(root["sources"]):
        if key in family_sources:
            sources.append(family_sources[key])
        else:
            defined = ", ".join(family_sources)
            defects.add(
                document.origin(key="sources"),
                f"source {key!r} is not defined in {family.name}; defined are: {defined}",
            )
    match, no_match = _examples(document, "match", defects), _examples(document, "no_match", defects)
    if not match or not no_match:
        defects.add(document.origin(key="examples"), "a rule needs at least one `match` and one `no_match` example")
    judgement = read_judgements(
        document,
        root["judgement"],
        vocabulary=vocabulary,
        efforts={},
        rule_obstacle=str(root.get("obstacle") or ""),
        defects=defects,
    )
    look_for = _look_for(document, shapes, defects)
    named = root.get("category") or family.root.get("category")
    if named not in frozenset(Category):
        # Complained about where it stands, but for a family that names none.
        if named is None:
            defects.add(document.origin(), f"no category, neither here nor in {family.name}")
        return None
    category, confidence = Category(named), Confidence(str(root.get("confidence") or "medium"))
    if not sources or not judgement or judgement[-1].when:
        return None
    return Rule(
        id=rule_id,
        title=str(root["title"]),
        category=category,
        message=str(root["message"]),
        look_for=look_for,
        judgement=judgement,
        confidence=confidence,
        sources=tuple(sources),
        why=paragraph(root.get("why")),
        instead=paragraph(root.get("instead")),
        not_found=paragraph(root.get("not_found")),
        validate=paragraph(root.get("validate")),
        match_examples=match,
        no_match_examples=no_match,
        row={},
        formerly=words(root.get("formerly")),
        origin=document.origin(),
    )


def _matching_digest(
    path: Path, root_keys: tuple[str, ...] = ("names", "shape", "where", "flow", "query", "grep", "unlisted")
) -> str:
    """Return the digest of what a rule looks for, which judgements don't change."""
    defects = Defects()
    document = read_document(path, name=path.name, defects=defects)
    looked = {key: document.root.get(key) for key in root_keys} if document else {}
    return hashlib.sha256(json.dumps(looked, sort_keys=True).encode()).hexdigest()[:16]


def read_patterns(
    folder: Path, *, folder_name: str, shapes: Shapes, vocabulary: Vocabulary, defects: Defects
) -> tuple[dict[str, Rule], dict[str, str], Unlisted | None]:
    """Return the pattern rules by id, their matching digests, and the rule for unlisted names."""
    rules: dict[str, Rule] = {}
    digests: dict[str, str] = {}
    unlisted: Unlisted | None = None
    for family_folder in sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else ():
        family_name = f"{folder_name}/{family_folder.name}"
        family = read_document(family_folder / "_family.yaml", name=f"{family_name}/_family.yaml", defects=defects)
        if family is None:
            continue
        check_keys(family, family.root, allowed=_FAMILY_KEYS, defects=defects)
        family_sources = read_sources(family, family.root.get("sources"), defects=defects)
        for path in sorted(family_folder.glob("*.yaml")):
            if path.name == "_family.yaml":
                continue
            rule_id = f"{family_folder.name}/{path.stem}"
            if not _NAME.match(path.stem) or not _NAME.match(family_folder.name):
                defects.add(
                    f"{family_name}/{path.name}:1",
                    f"{rule_id!r} is no rule id: lower-case words joined by hyphens",
                )
                continue
            rule = _read_rule(
                path,
                rule_id=rule_id,
                name=f"{family_name}/{path.name}",
                family=family,
                family_sources=family_sources,
                shapes=shapes,
                vocabulary=vocabulary,
                defects=defects,
            )
            if rule is None:
                continue
            rules[rule_id] = rule
            digests[rule_id] = _matching_digest(path)
            unlisted = _unlisted(path, rule_id) or unlisted
    return rules, digests, unlisted


def _unlisted(path: Path, rule_id: str) -> Unlisted | None:
    document = read_document(path, name=path.name, defects=Defects())
    raw = document.root.get("unlisted") if document else None
    if not isinstance(raw, Mapped) or "looks_like" not in raw:
        return None
    return Unlisted(rule_id=rule_id, pattern=str(raw["looks_like"]), namespaces=frozenset(words(raw.get("namespaces"))))


def read_family_titles(folder: Path) -> dict[str, str]:
    """Return the title of every family of pattern rules, by its folder's name."""
    titles = {}
    for path in sorted((folder / "patterns").glob("*/_family.yaml")):
        document = read_document(path, name=path.name, defects=Defects())
        titles[path.parent.name] = str(document.root.get("title") or path.parent.name) if document else path.parent.name
    return titles
