"""``load_rulebook(folder)``: all of ``rules/`` as one value, or all its defects at once."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from portgauge.errors import RuleError
from portgauge.model.estimate import RULES_CHANGED, AccuracyFigure
from portgauge.model.rule import Rule
from portgauge.rulebook.blockers import read_blockers
from portgauge.rulebook.build_rows import check_build_rows
from portgauge.rulebook.calibration import FILE_NAME, calibrated, read_calibration
from portgauge.rulebook.digest import rules_digest
from portgauge.rulebook.effort_classes import EffortModel, read_effort
from portgauge.rulebook.judgements import Vocabulary
from portgauge.rulebook.layout import Layout, read_layouts
from portgauge.rulebook.library_rows import read_libraries, with_library_costs
from portgauge.rulebook.package_rows import check_package_rows
from portgauge.rulebook.patterns import read_patterns
from portgauge.rulebook.rulebook import Rulebook, Shapes
from portgauge.rulebook.shapes_file import read_shapes
from portgauge.rulebook.table import Table
from portgauge.rulebook.tables import Family, read_table
from portgauge.rulebook.targets import TargetTable, read_targets
from portgauge.rulebook.vendors import read_layer_rules, read_vendors
from portgauge.rulebook.yamlfile import (
    LIST,
    WORDS,
    YES_NO,
    Defects,
    Document,
    Form,
    check_keys,
    complaining,
    read_document,
    words,
)

TABLE_FOLDERS = ("api", "ptx", "libraries", "build", "python")
_DISCOVERY_KEYS: Mapping[str, Form] = {
    "languages": LIST,
    "not_read_yet": LIST,
    "skipped_folders": WORDS,
    "vendored_parts": WORDS,
    "vendored_submodules": YES_NO,
    "generated_names": WORDS,
    "build_folders": WORDS,
    "test_parts": WORDS,
    "test_names": WORDS,
}


def _required(folder: Path, file: str, defects: Defects) -> Document:
    document = read_document(folder / file, name=f"{folder.name}/{file}", defects=defects)
    if document is None:
        raise RuleError(defects.found)
    return document


_Part = TypeVar("_Part")


def _read(document: Document, reader: Callable[[Document, Defects], _Part], defects: Defects) -> _Part:
    """Return what ``reader`` makes of a file that all others rest on."""
    with complaining(document, defects):
        return reader(document, defects)
    raise RuleError(defects.found)


def _accuracy(document: Document, defects: Defects, *, digest: str) -> tuple[AccuracyFigure, ...]:
    """Return the published figures; one that was measured with other rules than those of ``digest`` says so."""
    allowed = ("corpus", "measure", "figure", "n", "measured", "rules", "note")
    for raw in document.root.get("figures") or []:
        check_keys(document, raw, allowed=allowed, defects=defects)
    return tuple(
        AccuracyFigure(
            corpus=str(raw["corpus"]),
            measure=str(raw["measure"]),
            figure=str(raw["figure"]),
            n=int(raw["n"]),
            measured=str(raw["measured"]),
            note=" ".join(
                part
                for part in (str(raw.get("note") or ""), RULES_CHANGED if raw.get("rules", digest) != digest else "")
                if part
            ),
        )
        for raw in document.root.get("figures") or []
    )


def _not_looked_for(document: Document, _: Defects) -> tuple[tuple[str, str], ...]:
    return tuple((str(raw["subject"]), str(raw["reason"])) for raw in document.root["not_looked_for"])


def _tables(folder: Path, vocabulary: Vocabulary, defects: Defects) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    for table_folder in TABLE_FOLDERS:
        below = folder / table_folder
        if not below.is_dir():
            continue
        shared = below / "_family.yaml"
        name = f"{folder.name}/{table_folder}"
        family = Family(
            document=read_document(shared, name=f"{name}/_family.yaml", defects=defects) if shared.is_file() else None
        )
        for header in sorted(below.glob("*.yaml")):
            if header.name == "_family.yaml":
                continue
            table = read_table(header, folder_name=name, family=family, vocabulary=vocabulary, defects=defects)
            if table is not None and table.name in tables:
                defects.add(f"{name}/{header.name}:1", f"table {table.name!r} is defined twice")
            if table is not None:
                tables[table.name] = table
    return tables


def _vocabulary(
    targets: TargetTable,
    shapes: Shapes,
    effort: EffortModel,
    blockers: Mapping[str, Any],
    obstacle_words: Any,
) -> Vocabulary:
    properties = {name for target in targets.targets.values() for name in target.properties}
    return Vocabulary(
        target_properties=frozenset(properties),
        site_facts=shapes.facts,
        row_columns=frozenset(),
        effort_classes=frozenset(effort.classes),
        blocker_classes=frozenset(blockers),
        obstacle_classes=frozenset(words(obstacle_words)),
    )


def _complain_of_stray_files(folder: Path, defects: Defects) -> None:
    """Note a defect for each file below ``folder`` that nobody reads though it looks like a rule file."""
    for path in sorted(folder.rglob("*")):
        name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        if path.suffix == ".yml":
            defects.add(f"{name}:1", "is not read; rule files end in .yaml")
        elif path.suffix == ".csv" and not path.with_suffix(".yaml").is_file():
            defects.add(f"{name}:1", f"is not read; a table needs a header, expected {path.stem}.yaml beside it")


def _add_own_rules(
    own: Path,
    patterns: dict[str, Rule],
    digests: dict[str, str],
    *,
    shapes: Shapes,
    vocabulary: Vocabulary,
    defects: Defects,
) -> None:
    """Add a team's own pattern rules; an id that is taken is a defect, so that nobody's rule changes unseen."""
    if not (own / "patterns").is_dir() and not (own / FILE_NAME).is_file():
        defects.add(f"{own}:1", "holds no rules; expected a folder `patterns` with families as in rules/patterns")
        return
    for path in sorted(own.rglob("*")):
        is_rule = path.is_file() and path.suffix in (".yaml", ".yml", ".csv")
        if is_rule and path.relative_to(own).parts[0] not in ("patterns", FILE_NAME):
            defects.add(f"{own.name}/{path.relative_to(own).as_posix()}:1", "is not read; own rules stand in patterns/")
    if not (own / "patterns").is_dir():
        return
    added, added_digests, unlisted = read_patterns(
        own / "patterns", folder_name=f"{own.name}/patterns", shapes=shapes, vocabulary=vocabulary, defects=defects
    )
    if unlisted is not None:
        defects.add(f"{own.name}/patterns/{unlisted.rule_id}.yaml:1", "`unlisted` is for one rule only, which is there")
    for rule_id, rule in added.items():
        if rule_id in patterns:
            defects.add(
                rule.origin, f"rule {rule_id!r} is there already ({patterns[rule_id].origin}); choose another name"
            )
        else:
            patterns[rule_id] = rule
            digests[rule_id] = added_digests[rule_id]


def _with_own_prices(effort: EffortModel, own: Path | None, defects: Defects) -> EffortModel:
    """Return the prices as a team's own finished ports shifted them, when its rules say so."""
    if own is None or not (own / FILE_NAME).is_file():
        return effort
    document = read_document(own / FILE_NAME, name=f"{own.name}/{FILE_NAME}", defects=defects)
    if document is None:
        return effort
    return calibrated(effort, _read(document, read_calibration, defects))


def load_rulebook(folder: Path, *, own: Path | None = None) -> Rulebook:
    """Return the rulebook of a folder laid out as ``rules/`` is, with a team's own rules beside it when there are any.

    Raises:
        RuleError: With every defect of every file, each with file, line, found and expected. A file that the
            others rest on (shapes, effort, targets, blockers) and that cannot be read ends the reading.
    """
    defects = Defects()
    _complain_of_stray_files(folder, defects)
    shapes = _read(_required(folder, "shapes.yaml", defects), read_shapes, defects)
    effort = _read(_required(folder, "effort.yaml", defects), read_effort, defects)
    targets = _read(_required(folder, "targets.yaml", defects), read_targets, defects)
    blockers_document = _required(folder, "blockers.yaml", defects)
    blockers, verdict = _read(blockers_document, read_blockers, defects)
    vendors_document = _required(folder, "vendors.yaml", defects)
    vendors = _read(vendors_document, read_vendors, defects)
    layers = _read(vendors_document, read_layer_rules, defects)
    vocabulary = _vocabulary(targets, shapes, effort, blockers, blockers_document.root.get("words"))
    tables = _tables(folder, vocabulary, defects)
    patterns, digests, unlisted = read_patterns(
        folder / "patterns",
        folder_name=f"{folder.name}/patterns",
        shapes=shapes,
        vocabulary=vocabulary,
        defects=defects,
    )
    libraries = read_libraries(tables, defects=defects)
    check_build_rows(tables, effort=effort, defects=defects)
    check_package_rows(tables, libraries=libraries.by_name, effort=effort, defects=defects)
    if own is not None:
        _add_own_rules(own, patterns, digests, shapes=shapes, vocabulary=vocabulary, defects=defects)
    priced = with_library_costs(effort, libraries)
    if not defects.found:
        priced = _with_own_prices(priced, own, defects)
    for name in patterns.keys() & tables.keys():
        defects.add(f"{folder.name}/patterns/{name}:1", "a table has the same name")
    if not defects.found:
        for rule_id in sorted(layers.every - patterns.keys()):
            defects.add(vendors_document.origin(key="evidence"), f"rule {rule_id!r} does not exist")
    discovery = _required(folder, "discovery.yaml", defects)
    check_keys(discovery, discovery.root, allowed=_DISCOVERY_KEYS, defects=defects)
    missing = _DISCOVERY_KEYS.keys() - discovery.root.keys()
    if missing and not defects.are_in(discovery.name):
        defects.add(discovery.origin(), f"keys are missing: {', '.join(sorted(missing))}")
    defaults = _required(folder, "defaults.yaml", defects)
    accuracy_path = folder / "accuracy.yaml"
    accuracy = (
        read_document(accuracy_path, name=f"{folder.name}/accuracy.yaml", defects=defects)
        if accuracy_path.is_file()
        else None
    )
    measured_with = rules_digest(folder, leave_out=frozenset({"accuracy.yaml"}))
    figures = _read(accuracy, partial(_accuracy, digest=measured_with), defects) if accuracy else ()
    gaps = _read(defaults, _not_looked_for, defects)
    if defects.found:
        raise RuleError(defects.found)
    return Rulebook(
        patterns=patterns,
        pattern_digests=digests,
        tables=tables,
        unlisted=unlisted,
        shapes=shapes,
        effort=priced,
        targets=targets,
        blockers=blockers,
        verdict=verdict,
        libraries=libraries,
        vendors=vendors,
        layers=layers,
        discovery=discovery.root,
        not_looked_for=gaps,
        accuracy=figures,
        digest=rules_digest(folder, own=own),
    )


def load_layouts(folder: Path) -> dict[str, Layout]:
    """Return how the rows of each kind of table are worded, for ``portgauge explain``.

    Raises:
        RuleError: With every defect of ``explain.yaml``.
    """
    defects = Defects()
    layouts = _read(_required(folder, "explain.yaml", defects), read_layouts, defects)
    if defects.found:
        raise RuleError(defects.found)
    return layouts
