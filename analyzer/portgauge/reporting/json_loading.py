"""A saved analysis read back: JSON -> Analysis.

The published schema is checked first, so what is below may trust every key and type. What a
schema cannot say (one verdict for each target, no fingerprint twice) is checked here.
"""

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from portgauge.errors import UserError
from portgauge.model.analysis import (
    Analysis,
    Blocker,
    LibraryJudgement,
    PortabilityLayer,
    Settings,
    Verdict,
    VerdictWord,
    Withheld,
)
from portgauge.model.estimate import (
    AccuracyFigure,
    AgentEffort,
    AgentMeasure,
    Block,
    BlockerOption,
    Estimate,
    EstimateLine,
    Hours,
    Minutes,
)
from portgauge.model.finding import Finding
from portgauge.model.rule import Automation, Category, FailureMode, Mode, RuleNote, Severity, Source
from portgauge.model.target import Target
from portgauge.reporting.acceptance_words import read_acceptance
from portgauge.reporting.json_history import read_history
from portgauge.reporting.json_loading_inventory import Part, place_of, read_inventory, site_of
from portgauge.reporting.json_report import FIELD_OF_SETTING, SCHEMA_VERSION
from portgauge.reporting.json_routes import read_route, read_what_if
from portgauge.resources import report_templates_folder

_MESSAGE_CHARACTERS = 200
AGAIN = "make it again with `portgauge scan PATH -o FILE.json`"


def load_analysis(path: Path) -> Analysis:
    """Return the analysis that ``portgauge scan -o FILE.json`` saved.

    Raises:
        UserError: If the file cannot be read, is no JSON, was not made by portgauge, or has
            another schema version or content that does not follow the schema.
    """
    document = _document(path)
    _check_version(path, document)
    _check_schema(path, document)
    try:
        return _analysis(document)
    except (ValueError, KeyError, OverflowError, TypeError) as error:
        raise UserError(f"{path}: no analysis can be made of it ({_short(error)}); {AGAIN}") from error


def _short(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= _MESSAGE_CHARACTERS else text[:_MESSAGE_CHARACTERS] + "…"


def _refuse_number(text: str) -> float:
    raise ValueError(f"{text} is no number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number - number != 0:
        raise ValueError(f"{text[:40]} is larger than any number")
    return number


def _document(path: Path) -> Part:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is no JSON: byte {error.start + 1} is not UTF-8; {AGAIN}") from error
    try:
        document = json.loads(text, parse_constant=_refuse_number, parse_float=_finite)
    except json.JSONDecodeError as error:
        is_cut = bool(text.strip()) and error.pos >= len(text.rstrip()) - 1
        what = "ends too early, as after a full disk" if is_cut else "is no JSON"
        raise UserError(f"{path} {what}: line {error.lineno}, {error.msg}; {AGAIN}") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is no JSON that portgauge writes: {_short(error)}; {AGAIN}") from error
    tool = document.get("tool") if isinstance(document, dict) else None
    if not isinstance(tool, dict) or tool.get("name") != "portgauge" or "schema_version" not in document:
        raise UserError(f"{path} is JSON, but not an analysis of portgauge; {AGAIN}")
    return document  # type: ignore[no-any-return]  # json.loads has no better type


def _check_version(path: Path, document: Part) -> None:
    """Refuse another major version, and one older than what every report needs."""
    found = document["schema_version"]
    known = tuple(int(part) for part in SCHEMA_VERSION.split(".")[:2])
    try:
        major, minor, _ = (int(part) for part in found.split("."))
    except (AttributeError, ValueError):
        raise UserError(f"{path}: schema_version is {_short(ValueError(found))}, expected {SCHEMA_VERSION}") from None
    if major == known[0] and minor >= known[1]:
        return
    advice = "use a newer portgauge" if (major, minor) > known else AGAIN
    raise UserError(f"{path} has schema version {found}; this portgauge reads {SCHEMA_VERSION}; {advice}")


def _check_schema(path: Path, document: Part) -> None:
    import fastjsonschema

    schema = json.loads((report_templates_folder() / "schema" / "analysis-1.json").read_text(encoding="utf-8"))
    if document["schema_version"].split(".")[:2] != SCHEMA_VERSION.split(".")[:2]:
        _allow_unknown_keys(schema)
    # The library knows drafts up to 7, which read what the schema uses in the same way.
    validate: Callable[[object], object] = fastjsonschema.compile(
        {**schema, "$schema": "http://json-schema.org/draft-07/schema#"}
    )
    try:
        validate(document)
    except fastjsonschema.JsonSchemaValueException as error:
        raise UserError(f"{path} does not follow the schema: {_short(error)}; {AGAIN}") from error


def _allow_unknown_keys(schema: object) -> None:
    """Let a later 1.x have more keys, as the schema promises."""
    if isinstance(schema, dict):
        if schema.get("additionalProperties") is False:
            del schema["additionalProperties"]
        for part in schema.values():
            _allow_unknown_keys(part)
    elif isinstance(schema, list):
        for part in schema:
            _allow_unknown_keys(part)


def _analysis(document: Part) -> Analysis:
    targets = tuple(
        Target(
            id=target["id"],
            title=target["title"],
            lanes_per_wave=target["lanes_per_wave"],
            properties=target["properties"],
            stands_for=target["stands_for"],
        )
        for target in document["targets"]
    )
    analysed_at = datetime.fromisoformat(document["analysed_at"])
    if analysed_at.tzinfo is None:
        raise ValueError("analysed_at has no time zone")
    analysis = Analysis(
        inventory=read_inventory(document),
        targets=targets,
        settings=_settings(document["settings"]),
        rulebook_digest=document["knowledge"]["rulebook_digest"],
        knowledge_date=date.fromisoformat(document["knowledge"]["date"]),
        sources=tuple(_source(source) for source in document["knowledge"]["sources"]),
        tool_version=document["tool"]["version"],
        analysed_at=analysed_at,
        layers=tuple(_layer(layer) for layer in document["layers"]),
        verdicts=tuple(_verdict(verdict) for verdict in document["verdicts"]),
        findings=_findings(document["findings"], [target.id for target in targets]),
        libraries=tuple(_library(each) for each in document["libraries"] if each["hours"] is not None),
        estimates=tuple(_estimates(document["estimate"], [target.id for target in targets])),
        maintenance_hours_per_year=tuple(
            (each["way"], _hours(each["hours"])) for each in document["maintenance_per_year"]
        ),
        assumptions=tuple(document["estimate"][targets[0].id][Mode.HIPIFY.value]["assumptions"]),
        agent=_agent(document["estimate"][targets[0].id][Mode.HIPIFY.value]["agent"]),
        component_portability=tuple(
            (each["name"], each["portability"])
            for each in sorted(document["components"], key=lambda each: each["order"])
            if each["kind"] != "codebase"
        ),
        not_asked=tuple(_line(line) for line in document["not_asked"]),
        accuracy=tuple(AccuracyFigure(**figure) for figure in document["accuracy"]),
        rules=tuple(_rule(rule) for rule in document["rules"]),
        withheld=tuple(Withheld(part) for part in document["withheld"]),
        routes=tuple(read_route(each) for each in document["routes"]),
        what_if=read_what_if(document["what_if"]) if document["what_if"] else None,
        what_ifs=tuple(read_what_if(each) for each in document["what_ifs"]),
        acceptance=read_acceptance(document["acceptance"]),
        history=read_history(document["history"]),
    )
    _check_whole(analysis)
    return analysis


def _check_whole(analysis: Analysis) -> None:
    """Refuse what no scan makes and what reports rely on."""
    names = [target.id for target in analysis.targets]
    if [verdict.target for verdict in analysis.verdicts] != names or len(set(names)) != len(names):
        raise ValueError("expected one verdict for each target")
    fingerprints = [site.fingerprint for site in analysis.inventory.sites]
    if len(set(fingerprints)) != len(fingerprints):
        raise ValueError("expected every fingerprint once")
    components = [component.name for component in analysis.inventory.components]
    if len(set(components)) != len(components):
        raise ValueError("expected every component once")


def _hours(amount: Part) -> Hours:
    return Hours(p50=float(amount["p50"]), p90=float(amount["p90"]))


def _settings(document: Part) -> Settings:
    values = {FIELD_OF_SETTING.get(n, n): each["value"] for n, each in document.items() if n != "command"}
    given = {FIELD_OF_SETTING.get(n, n) for n, each in document.items() if n != "command" and not each["default"]}
    values["targets"] = tuple(values["targets"])
    values["mode"] = Mode(values["mode"])
    values["hours_per_day"] = float(values["hours_per_day"])
    values["rate"] = None if values["rate"] is None else float(values["rate"])
    known = [name for name in Settings.__dataclass_fields__ if name in values]
    return Settings(
        **{name: values[name] for name in known},
        given=tuple(name for name in known if name in given),
        command=document["command"],
    )


def _source(document: Part) -> Source:
    if document["retrieved"]:
        date.fromisoformat(document["retrieved"])
    return Source(**{name: document[name] for name in ("key", "title", "url", "retrieved")})


def _rule(document: Part) -> RuleNote:
    texts = {name: document[name] for name in ("id", "title", "why", "instead", "not_found", "validate")}
    return RuleNote(
        **texts, category=Category(document["category"]), sources=tuple(_source(each) for each in document["sources"])
    )


def _layer(document: Part) -> PortabilityLayer:
    return PortabilityLayer(
        id=document["id"],
        kind=document["kind"],
        where=tuple(place_of(place) for place in document["where"]),
        sites_covered=document["sites_covered"],
    )


def _verdict(document: Part) -> Verdict:
    return Verdict(
        target=document["target"],
        word=VerdictWord(document["verdict"]),
        grade=document["grade"],
        portability=document["portability"],
        blockers=tuple(_blocker(blocker) for blocker in document["blockers"]),
        obstacles=tuple(document["obstacles"]),
        why=document["why"],
        basis=document["basis"],
    )


def _blocker(document: Part) -> Blocker:
    return Blocker(
        blocker_class=document["class"],
        title=document["title"],
        code_share=document["code_share"],
        kernel_share=document["kernel_share"],
        optional_behind=tuple(document["optional_behind"]),
        where=tuple(place_of(place) for place in document["where"]),
        options=tuple(
            BlockerOption(
                title=option["title"],
                hours=None if option["hours"] is None else _hours(option["hours"]),
                basis=option["basis"],
            )
            for option in document["options"]
        ),
    )


def _library(document: Part) -> LibraryJudgement:
    return LibraryJudgement(
        name=document["name"],
        title=document["title"],
        status=document["status"],
        group=document["kind"],
        hip_counterpart=document["counterpart"]["hip"],
        sycl_counterpart=document["counterpart"]["sycl"],
        unsupported_symbols=tuple(document["unsupported_symbols"]),
        rewritten_symbols=tuple(document["rewritten_symbols"]),
        hours=_hours(document["hours"]),
        basis=document["basis"],
        note=document["note"],
    )


def _findings(documents: list[Part], targets: list[str]) -> tuple[Finding, ...]:
    sites = [site_of(document) for document in documents]
    for document in documents:
        if sorted(document["targets"]) != sorted(targets):
            raise ValueError(f"finding {document['fingerprint']!r}: expected a judgement for each target")
    return tuple(
        Finding(
            site=site,
            target=target,
            message=judged["message"],
            severity=Severity(judged["severity"]),
            failure_mode=FailureMode(judged["failure_mode"]),
            automation=Automation(judged["automation"]),
            effort_class=judged["effort_class"],
            blocker=judged["blocker"],
            obstacle=judged["obstacle"],
            covered_by=judged["covered_by"],
        )
        for target in targets
        for site, document in zip(sites, documents, strict=True)
        for judged in (document["targets"][target],)
    )


def _estimates(document: Part, targets: list[str]) -> Iterable[Estimate]:
    for target in targets:
        for mode in Mode:
            found = document[target][mode.value]
            lines = tuple(_line(line) for line in found["lines"])
            yield _estimate(found, target=target, mode=mode, component=None, lines=lines)
            for own in found["components"]:
                of_it = tuple(line for line in lines if line.component == own["name"])
                yield _estimate(own, target=target, mode=mode, component=own["name"], lines=of_it)


def _estimate(
    document: Part, *, target: str, mode: Mode, component: str | None, lines: tuple[EstimateLine, ...]
) -> Estimate:
    return Estimate(
        target=target,
        mode=mode,
        component=component,
        lines=lines,
        total=_hours(document["total"]),
        blocks=tuple((block, _hours(document["blocks"][block.value])) for block in Block),
        grade=document["grade"],
    )


def _agent(document: Part) -> AgentEffort:
    return AgentEffort(
        measures=tuple(
            AgentMeasure(
                name=name,
                title=each["title"],
                p10=float(each["p10"]),
                p50=float(each["p50"]),
                p90=float(each["p90"]),
                ports=each["ports"],
                why=each["why"],
            )
            for name, each in document.items()
            if isinstance(each, dict)
        ),
        recorded_ports=document["recorded_ports"],
        half_an_hour=tuple(document["half_an_hour"]),
        basis=document["basis"],
    )


def _line(document: Part) -> EstimateLine:
    each: dict[str, Any] = document["minutes_each"]
    return EstimateLine(
        component=document["component"],
        block=Block(document["block"]),
        effort_class=document["effort_class"],
        reason=document["reason"],
        units=document["units"],
        minutes_each=Minutes(p50=float(each["p50"]), p90=float(each["p90"])),
        hours=_hours(document["hours"]),
        basis=document["basis"],
        grade=document["grade"],
        fingerprints=tuple(document["finding_fingerprints"]),
    )
