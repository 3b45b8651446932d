"""Build targets that are one piece of code built in several ways, such as for several vector widths."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from pathlib import PurePosixPath

from portgauge.graph.inputs import BuildUnit, UnitLink
from portgauge.graph.memory import LastAnswer

_SHARED = 0.5
"""Two units are variants when more than this share of the files of both together is in both; judgement."""


def merge_variants(units: Sequence[BuildUnit], known_paths: Collection[PurePosixPath]) -> tuple[BuildUnit, ...]:
    """Return the units with variants of one another made one, and every source that is not known left out.

    The merged unit has the name of the variant that is declared around most of its files, then of
    the shortest name; links to any variant mean the merged one.
    """
    question = (tuple(units), frozenset(known_paths))
    return _last_merged.to(question, lambda: _merged_variants(*question))


_last_merged: LastAnswer[tuple[tuple[BuildUnit, ...], frozenset[PurePosixPath]], tuple[BuildUnit, ...]] = LastAnswer()


def _merged_variants(units: Sequence[BuildUnit], known: frozenset[PurePosixPath]) -> tuple[BuildUnit, ...]:
    sources = {unit.key: frozenset(path for path in unit.sources if path in known) for unit in units}
    leaders = _leaders(units, sources)
    members: dict[str, list[BuildUnit]] = defaultdict(list)
    for unit in units:
        members[leaders[unit.key]].append(unit)
    return tuple(
        _merged(next(unit for unit in variants if unit.key == leader), variants, sources, leaders)
        for leader, variants in members.items()
    )


def _leaders(units: Sequence[BuildUnit], sources: Mapping[str, frozenset[PurePosixPath]]) -> Mapping[str, str]:
    """Return for each unit the key of the unit that stands for it."""
    by_path: dict[PurePosixPath, list[str]] = defaultdict(list)
    for unit in units:
        for path in sources[unit.key]:
            by_path[path].append(unit.key)
    by_key = {unit.key: unit for unit in units}
    pairs = {pair for keys in by_path.values() for pair in combinations(sorted(set(keys)), 2)}
    joined = {unit.key: {unit.key} for unit in units}
    for first, second in sorted(pairs):
        together = len(sources[first] | sources[second])
        is_same_kind = (by_key[first].kind, by_key[first].is_linkable) == (
            by_key[second].kind,
            by_key[second].is_linkable,
        )
        if is_same_kind and len(sources[first] & sources[second]) > _SHARED * together:
            union = joined[first] | joined[second]
            for key in union:
                joined[key] = union

    def rank(key: str) -> tuple[int, int, str, str]:
        unit = by_key[key]
        around = sum(path.is_relative_to(unit.declared_in.parent) for path in sources[key])
        return (-around, len(unit.name), unit.name, key)

    return {key: min(variants, key=rank) for key, variants in joined.items()}


def _merged(
    leader: BuildUnit,
    variants: Sequence[BuildUnit],
    sources: Mapping[str, frozenset[PurePosixPath]],
    leaders: Mapping[str, str],
) -> BuildUnit:
    links = {
        UnitLink(target=leaders.get(link.target, link.target), path=link.path, line=link.line)
        for unit in variants
        for link in unit.links
    }
    return BuildUnit(
        key=leader.key,
        name=leader.name,
        kind=leader.kind,
        is_linkable=leader.is_linkable,
        sources=tuple(sorted(frozenset[PurePosixPath]().union(*(sources[unit.key] for unit in variants)))),
        links=tuple(
            sorted(
                (link for link in links if link.target != leader.key),
                key=lambda link: (link.target, link.path, link.line),
            )
        ),
        options=tuple(o for o in leader.options if all(o in unit.options for unit in variants)),
        declared_in=leader.declared_in,
        line=leader.line,
    )
