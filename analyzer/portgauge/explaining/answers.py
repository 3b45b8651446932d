"""Which meanings a name has, and the nearest names when it has none."""

from collections.abc import Iterator

from portgauge.errors import UserError
from portgauge.explaining.question import Question
from portgauge.explaining.rows import explain_route_name, explain_row
from portgauge.model.base import value
from portgauge.model.explanation import Explanation
from portgauge.rulebook.lookup import Lookup, Named, fold

MOST_EXPLAINED = 3
"""Meanings that are shown in full; the others are named."""
_NEAREST = 6
_CLOSE_ENOUGH = 0.7


@value
class Answer:
    """The meanings of a name."""

    explanations: tuple[Explanation, ...]
    also: tuple[str, ...]
    """Further meanings, by what to ask for."""


def _seen_as(lookup: Lookup, name: str) -> list[Named]:
    # Imported here: reading a requirement as pip does takes longer than all else, and most names are found before.
    from portgauge.explaining.seen import seen_as

    return seen_as(lookup, name)


def answer(lookup: Lookup, name: str, *, question: Question) -> Answer:
    """Return everything that a name stands for; nothing when nobody knows it."""
    likely, others = _meanings(lookup, name)
    explained = tuple(_explain(lookup, named, name, question) for named in likely[:MOST_EXPLAINED])
    further = (*likely[MOST_EXPLAINED:], *others)
    return Answer(
        explanations=explained or tuple(_unlisted_target(lookup, name, question)),
        also=tuple(_asked_for(named, lookup) for named in further),
    )


def nearest(lookup: Lookup, name: str) -> tuple[str, ...]:
    """Return the known names that are nearest to one that nobody knows."""
    begun = lookup.beginning_with(name, limit=_NEAREST)
    if len(begun) == _NEAREST:
        return begun
    from difflib import get_close_matches  # here, because who finds a name needs no nearest one

    names, folded = lookup.every_name(), fold(name)
    # Comparing forty thousand names takes seconds; a slip keeps the length about, and one of the letters at the ends.
    alike = [
        other
        for other in names
        if abs(len(other) - len(folded)) <= 4 and (other[:2] == folded[:2] or other[-2:] == folded[-2:])
    ]
    close = get_close_matches(folded, alike, n=_NEAREST, cutoff=_CLOSE_ENOUGH)
    return tuple(dict.fromkeys((*begun, *(names[other] for other in close))))[:_NEAREST]


def _meanings(lookup: Lookup, name: str) -> tuple[list[Named], list[Named]]:
    """Return what a name stands for: what is meant most likely, and what it may mean too."""
    found = [named for named in lookup.find(name) if not named.is_weak]
    if any(named.kind == "library" for named in found):
        # An API table says more of a library than its row among the libraries.
        found = [named for named in found if named.kind != "row" or lookup.kind(named.part) != "library"]
    exact = [named for named in found if named.written == name]
    chosen = (
        exact
        or found
        or _by_rule_id(lookup, name)
        or _by_opcode(lookup, name)
        or _seen_as(lookup, name)
        or list(lookup.find(name))
    )
    chosen = _without_their_libraries(lookup, chosen)
    groups: dict[tuple[str, str], dict[str, Named]] = {}
    for named in chosen:
        groups.setdefault((named.kind, named.part), {}).setdefault(named.key, named)
    likely: list[Named] = []
    others: list[Named] = []
    has_package = any(kind == "row" and lookup.kind(part) == "python" for kind, part in groups)
    for (kind, _), group in groups.items():
        if kind == "route" and has_package:
            others.extend(group.values())
            continue
        ranked = [(_open_requirements(lookup, named, name), named) for named in group.values()]
        best = min(rank for rank, _ in ranked)
        likely.extend(named for rank, named in ranked if rank == best)
        others.extend(named for rank, named in ranked if rank != best)
    return likely, others


def _without_their_libraries(lookup: Lookup, chosen: list[Named]) -> list[Named]:
    """Return the meanings but those libraries of which a package or image among them tells as well."""
    libraries, told = {}, set()
    for named in chosen:
        if named.kind == "row":
            row = lookup.row(named.part, int(named.key)).row(0)
            if lookup.kind(named.part) == "library":
                libraries[named] = row["library"]
            else:
                told.add(row.get("library", ""))
    return [named for named in chosen if libraries.get(named) not in told]


def _by_rule_id(lookup: Lookup, name: str) -> list[Named]:
    table, slash, symbol = name.partition("/")
    if not slash:
        return []
    return [
        named
        for named in lookup.find(symbol)
        if not named.is_weak and named.kind == "row" and fold(named.part) == fold(table)
    ]


def _by_opcode(lookup: Lookup, name: str) -> list[Named]:
    """Return the rows of the longest beginning of an opcode that a row of instructions knows."""
    opcode = name.split()[0].lstrip("@!%") if name.split() else ""
    while "." in opcode:
        opcode = opcode.rpartition(".")[0]
        found = [named for named in lookup.find(opcode) if named.kind == "row" and not named.is_weak]
        rows = [named for named in found if lookup.kind(named.part) == "ptx"]
        if rows:
            return rows
    return []


def _open_requirements(lookup: Lookup, named: Named, name: str) -> int:
    """Return 0 for a row of an instruction whose required part the opcode has, 1 when none is required, else 2."""
    if named.kind != "row" or lookup.kind(named.part) != "ptx":
        return 0
    requires = {part for part in lookup.row(named.part, int(named.key)).row(0).get("requires", "").split(";") if part}
    if not requires:
        return 1
    return 0 if requires & set(name.split(".")[1:]) else 2


def _asked_for(named: Named, lookup: Lookup) -> str:
    match named.kind:
        case "row":
            return f"{named.part}/{lookup.row(named.part, int(named.key)).rows[0][0]}"
        case "route":
            route = lookup.route(named.part)
            names = (route.name, *route.also_called)
            return next((name for name in names if len({n.kind for n in lookup.find(name)}) == 1), named.written)
        case _:
            return named.written


def _explain(lookup: Lookup, named: Named, asked: str, question: Question) -> Explanation:
    if named.kind == "row":
        symbol = asked.removeprefix(f"{named.part}/")
        return explain_row(lookup, table=named.part, number=int(named.key), asked=symbol, question=question)
    from portgauge.explaining import others  # here, because most questions are about rows

    match named.kind:
        case "rule":
            return others.explain_rule(lookup, rule_id=named.part, question=question)
        case "library":
            return others.explain_library(lookup, table=lookup.table(named.part), question=question)
        case "target":
            return others.explain_target(lookup, target=lookup.frame().targets.targets[named.part], question=question)
        case "route":
            return others.explain_route(lookup, name=named.part, question=question)
        case "route-name":
            return explain_route_name(lookup, symbol=named.key, question=question)
        case "effort":
            return others.explain_effort(lookup, name=named.part, question=question)
        case "blocker":
            return others.explain_blocker(lookup, name=named.part, question=question)
    raise ValueError(f"unknown kind of name: {named.kind}")


def _unlisted_target(lookup: Lookup, name: str, question: Question) -> Iterator[Explanation]:
    from portgauge.explaining import others

    try:
        target = lookup.frame().targets.find(fold(name))
    except UserError:
        return
    yield others.explain_target(lookup, target=target, question=question)
