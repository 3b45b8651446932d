"""``rules/routes/compared.yaml``: what a route changes in an estimate, and what in code closes it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from portgauge.errors import RuleError
from portgauge.model.analysis import VerdictWord
from portgauge.model.base import value
from portgauge.model.rule import Mode
from portgauge.rulebook.routes import COMPARED_FILE, Route, RouteTable, read_routes
from portgauge.rulebook.yamlfile import (
    MAPPING,
    TEXT,
    WORDS,
    Defects,
    Document,
    Form,
    check_keys,
    complaining,
    read_document,
    words,
)

_PRICED_KEYS: Mapping[str, Form] = {
    **dict.fromkeys(
        ("facts", "title", "mode", "needs_rule", "needs_words", "needs_verdict", "closes_others", "basis"), TEXT
    ),
    **dict.fromkeys(("once_per_name", "free", "gives", "excludes"), WORDS),
    "factors": MAPPING,
    "upkeep": MAPPING,
}
_JUDGED_KEYS: Mapping[str, Form] = {
    **dict.fromkeys(
        ("table", "closes", "lanes", "closed_words", "open_words", "lines_per_hour", "lines_source", "libraries_words"),
        TEXT,
    ),
    **dict.fromkeys(("closed_by", "rules", "libraries"), WORDS),
}
_CLOSES = ("every", "ptx", "never")
_ANY_GRADE = "*"


@value
class PricedRoute:
    """How a route changes an estimate."""

    name: str
    facts: str
    """Key of ``routes.yaml``."""
    title: str
    mode: Mode
    needs_rule: str
    """A rule whose places show that the route applies; empty when it always does."""
    needs_words: str
    needs_verdict: str
    """The verdict with which alone the route applies; empty when it applies with any."""
    closes_others: str
    """Why no other priced route applies where this one does; empty when they do."""
    once_per_name: frozenset[str]
    """Effort classes that cost once for each distinct name, at the minutes of the manual way of working."""
    free: frozenset[str]
    factors: Mapping[str, float]
    """Fixed costs that are multiplied."""
    upkeep: Mapping[str, str]
    """Grade to a share in ``effort.yaml``."""
    gives: tuple[str, ...]
    excludes: tuple[str, ...]
    basis: str

    def upkeep_share(self, grade: str) -> str:
        """Return the name of the share of yearly changes for a port of a grade."""
        return self.upkeep.get(grade, self.upkeep[_ANY_GRADE])


@value
class JudgedRoute:
    """What in code closes a route that has no price."""

    name: str
    table: str
    """Key of a route table; empty when none lists names."""
    closed_by: frozenset[str]
    closes: str
    """``every`` name that does not work closes it, or only ``ptx`` instructions, or ``never``."""
    lanes: int | None
    """The only wave size that it runs on."""
    rules: tuple[str, ...]
    """Prefixes of rule ids whose places close it."""
    libraries: frozenset[str]
    """Libraries of ``libraries.csv`` whose use closes it."""
    libraries_words: str
    """What stands before their names in the reason."""
    closed_words: str
    """Why it is closed whatever the code is; empty when the code decides."""
    open_words: str
    lines_per_hour: float | None
    """For a rewrite: kernel lines an hour, a figure for comparison only."""
    lines_source: str


@value
class Ways:
    """Everything that a comparison of routes needs to know."""

    facts: Mapping[str, Route]
    tables: Mapping[str, RouteTable]
    priced: tuple[PricedRoute, ...]
    judged: tuple[JudgedRoute, ...]
    start: str
    """The priced route from which those past open decisions start."""
    replace_title: str
    replace_facts: str
    leave_out_title: str
    leave_out_most_kernels: float
    """Share of the kernels, 0 to 1, beyond which leaving out is no port any more."""
    leave_out_most_lines: float
    """Share of the CUDA lines, 0 to 1, likewise."""
    leave_out_most_parts: int
    """Options, files and components that may be left out together."""
    churn_lines_per_hour: float
    churn_without_history: float
    """Share of the CUDA lines that changes in a year where no history tells, 0 to 1."""
    churn_basis: str


def load_ways(folder: Path) -> Ways:
    """Return how routes are compared, from a folder laid out as ``rules/`` is.

    Raises:
        RuleError: With every defect, each with file, line, found and expected.
    """
    defects = Defects()
    name = f"{folder.name}/routes"
    routes = read_routes(folder / "routes", folder_name=name, defects=defects)
    document = read_document(folder / "routes" / COMPARED_FILE, name=f"{name}/{COMPARED_FILE}", defects=defects)
    ways = None
    if document is not None:
        with complaining(document, defects):
            ways = _read(document, routes.facts, routes.tables, defects)
    if defects.found or ways is None:
        raise RuleError(defects.found)
    return ways


def _read(document: Document, facts: Mapping[str, Route], tables: Mapping[str, RouteTable], defects: Defects) -> Ways:
    root = document.root
    parts = dict.fromkeys(("sources", "priced", "judged", "past_decisions", "churn"), MAPPING)
    check_keys(document, root, allowed=parts, defects=defects)
    priced = tuple(_priced(document, name, raw, facts, defects) for name, raw in root["priced"].items())
    judged = tuple(_judged(document, name, raw, facts, tables, defects) for name, raw in root["judged"].items())
    past, churn = root["past_decisions"], root["churn"]
    if past["start"] not in {route.name for route in priced}:
        defects.add(document.origin(past, "start"), f"start is {past['start']!r}, which is no priced route")
    return Ways(
        facts=facts,
        tables=tables,
        priced=priced,
        judged=judged,
        start=str(past["start"]),
        replace_title=str(past["replace"]["title"]),
        replace_facts=str(past["replace"]["facts"]),
        leave_out_title=str(past["leave_out"]["title"]),
        leave_out_most_kernels=float(past["leave_out"]["most_kernels"]),
        leave_out_most_lines=float(past["leave_out"]["most_lines"]),
        leave_out_most_parts=int(past["leave_out"]["most_parts"]),
        churn_lines_per_hour=float(churn["lines_per_hour"]),
        churn_without_history=float(churn["share_without_history"]),
        churn_basis=str(churn["basis"]),
    )


def _priced(document: Document, name: str, raw: Any, facts: Mapping[str, Route], defects: Defects) -> PricedRoute:
    check_keys(document, raw, allowed=_PRICED_KEYS, defects=defects)
    if raw["facts"] not in facts:
        defects.add(document.origin(raw, "facts"), f"facts {raw['facts']!r} are not in routes.yaml")
    if raw["mode"] not in list(Mode):
        defects.add(document.origin(raw, "mode"), f"mode is {raw['mode']!r}; expected one of {', '.join(Mode)}")
    if raw.get("needs_verdict") not in (None, *VerdictWord):
        expected = ", ".join(VerdictWord)
        found = raw["needs_verdict"]
        defects.add(document.origin(raw, "needs_verdict"), f"needs_verdict is {found!r}; expected one of {expected}")
    if _ANY_GRADE not in raw["upkeep"]:
        defects.add(document.origin(raw, "upkeep"), f"upkeep has no {_ANY_GRADE!r} for all other grades")
    return PricedRoute(
        name=name,
        facts=str(raw["facts"]),
        title=str(raw["title"]),
        mode=Mode(raw["mode"]),
        needs_rule=str(raw.get("needs_rule") or ""),
        needs_words=str(raw.get("needs_words") or ""),
        needs_verdict=str(raw.get("needs_verdict") or ""),
        closes_others=str(raw.get("closes_others") or ""),
        once_per_name=frozenset(words(raw.get("once_per_name"))),
        free=frozenset(words(raw.get("free"))),
        factors={str(cost): float(factor) for cost, factor in (raw.get("factors") or {}).items()},
        upkeep={str(grade): str(share) for grade, share in raw["upkeep"].items()},
        gives=words(raw.get("gives")),
        excludes=words(raw.get("excludes")),
        basis=str(raw["basis"]),
    )


def _judged(
    document: Document,
    name: str,
    raw: Any,
    facts: Mapping[str, Route],
    tables: Mapping[str, RouteTable],
    defects: Defects,
) -> JudgedRoute:
    check_keys(document, raw, allowed=_JUDGED_KEYS, defects=defects)
    table = str(raw.get("table") or "")
    if name not in facts:
        defects.add(document.origin(raw), f"route {name!r} is not in routes.yaml")
    if table and table not in tables:
        defects.add(document.origin(raw, "table"), f"table {table!r} is not one of {', '.join(tables)}")
    for status in words(raw.get("closed_by")):
        if table in tables and status not in tables[table].statuses:
            known = ", ".join(tables[table].statuses)
            defects.add(document.origin(raw, "closed_by"), f"{status!r} is no status of {table}; expected of {known}")
    if raw["closes"] not in _CLOSES:
        expected = ", ".join(_CLOSES)
        defects.add(document.origin(raw, "closes"), f"closes is {raw['closes']!r}; expected one of {expected}")
    return JudgedRoute(
        name=name,
        table=table,
        closed_by=frozenset(words(raw.get("closed_by"))),
        closes=str(raw["closes"]),
        lanes=int(raw["lanes"]) if raw.get("lanes") else None,
        rules=words(raw.get("rules")),
        libraries=frozenset(words(raw.get("libraries"))),
        libraries_words=str(raw.get("libraries_words") or ""),
        closed_words=str(raw.get("closed_words") or ""),
        open_words=str(raw["open_words"]),
        lines_per_hour=float(raw["lines_per_hour"]) if raw.get("lines_per_hour") else None,
        lines_source=str(raw.get("lines_source") or ""),
    )
