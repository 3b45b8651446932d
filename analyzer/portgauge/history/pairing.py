"""Which site of one inventory is which of another, though lines, functions and files moved.

Every step pairs what the steps before left over, in the order of the code, and does the same in both directions:
the pairs of (a, b) are those of (b, a) turned round.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from portgauge.model.analysis import Inventory
from portgauge.model.base import value
from portgauge.model.component import Reading
from portgauge.model.finding import Site

_MIN_COMMON_SHARE = 0.5
"""Of the sites of the larger file, as git asks of the lines of a renamed file."""
_MIN_COMMON_SITES = 2
_MAX_COMPARED = 40_000
"""Pairs of files; beyond it only files that keep their name are looked at, so that a moved tree takes no minutes."""
_READ = frozenset({Reading.PARSED, Reading.SEARCHED, Reading.LEXED})


@value
class Pairs:
    """The sites of two inventories, put side by side."""

    same: tuple[tuple[Site, Site], ...]
    """Old and new; in the same function of the same file, as far as names tell."""
    moved: tuple[tuple[Site, Site], ...]
    """Old and new; in another function or file."""
    only_old: tuple[Site, ...]
    only_new: tuple[Site, ...]
    renames: Mapping[str, str]
    """Old path to new path."""


def pair_sites(old: Inventory, new: Inventory, *, renames: Mapping[str, str]) -> Pairs:
    """Return the sites of two inventories side by side.

    Args:
        old: The earlier inventory.
        new: The later one.
        renames: Old path to new path, as git tells; files that are equal or nearly so are found here too.
    """
    renames = {**_equal_files(old, new, renames), **renames}
    renames = {**_similar_files(old, new, renames), **renames}
    left_old, left_new = list(old.sites), list(new.sites)
    same: list[tuple[Site, Site]] = []
    moved: list[tuple[Site, Site]] = []

    def pair(key_of_old: Callable[[Site], Hashable], key_of_new: Callable[[Site], Hashable]) -> None:
        nonlocal left_old, left_new
        pairs, left_old, left_new = _pair_by(left_old, left_new, key_of_old, key_of_new)
        for earlier, later in pairs:
            has_moved = earlier.path != later.path or earlier.function != later.function
            (moved if has_moved else same).append((earlier, later))

    pair(lambda site: site.fingerprint, lambda site: site.fingerprint)
    pair(
        lambda site: (renames.get(str(site.path), str(site.path)), *_spelling(site), site.function),
        lambda site: (str(site.path), *_spelling(site), site.function),
    )
    pair(
        lambda site: (renames.get(str(site.path), str(site.path)), *_spelling(site)),
        lambda site: (str(site.path), *_spelling(site)),
    )
    # Into another file, only with its function: names alone are everywhere.
    pair(
        lambda site: (*_spelling(site), site.function) if site.function else ("old", site.fingerprint),
        lambda site: (*_spelling(site), site.function) if site.function else ("new", site.fingerprint),
    )
    return Pairs(
        same=tuple(same), moved=tuple(moved), only_old=tuple(left_old), only_new=tuple(left_new), renames=renames
    )


def _spelling(site: Site) -> tuple[str, str]:
    return site.rule_id, " ".join(site.match.split())


def _pair_by(
    old: Sequence[Site],
    new: Sequence[Site],
    key_of_old: Callable[[Site], Hashable],
    key_of_new: Callable[[Site], Hashable],
) -> tuple[list[tuple[Site, Site]], list[Site], list[Site]]:
    """Return pairs of equal keys, and what is left on each side."""
    waiting: dict[Hashable, list[Site]] = defaultdict(list)
    for site in new:
        waiting[key_of_new(site)].append(site)
    for sites in waiting.values():
        sites.reverse()
    pairs = []
    left_old = []
    for site in old:
        candidates = waiting.get(key_of_old(site))
        if candidates:
            pairs.append((site, candidates.pop()))
        else:
            left_old.append(site)
    taken = {id(later) for _, later in pairs}
    return pairs, left_old, [site for site in new if id(site) not in taken]


def _paths_of_one_side(old: Inventory, new: Inventory, renames: Mapping[str, str]) -> tuple[set[str], set[str]]:
    """Return the files that only the old and only the new inventory has, and that are not known as renamed."""
    before = {str(file.path) for file in old.files}
    after = {str(file.path) for file in new.files}
    return before - after - set(renames), after - before - set(renames.values())


def _equal_files(old: Inventory, new: Inventory, renames: Mapping[str, str]) -> dict[str, str]:
    gone, come = _paths_of_one_side(old, new, renames)
    by_digest: dict[str, list[str]] = defaultdict(list)
    for file in new.files:
        if str(file.path) in come and file.sha256:
            by_digest[file.sha256].append(str(file.path))
    found = {}
    for file in old.files:
        equal = by_digest.get(file.sha256)
        if str(file.path) in gone and file.sha256 and equal:
            found[str(file.path)] = equal.pop(0)
    return found


def _similar_files(old: Inventory, new: Inventory, renames: Mapping[str, str]) -> dict[str, str]:
    """Return files that went and came with mostly the same sites; the most alike first."""
    gone, come = _paths_of_one_side(old, new, renames)
    before, after = _counted(old.sites, gone), _counted(new.sites, come)
    holders: dict[Hashable, set[str]] = defaultdict(set)
    for path, counted in after.items():
        for key in counted:
            holders[key].add(path)
    scored = []
    is_many = len(before) * len(after) > _MAX_COMPARED
    for path, counted in before.items():
        for other in {holder for key in counted for holder in holders.get(key, ())}:
            if is_many and PurePosixPath(path).name != PurePosixPath(other).name:
                continue
            common = (counted & after[other]).total()
            share = common / max(counted.total(), after[other].total())
            if common >= _MIN_COMMON_SITES and share >= _MIN_COMMON_SHARE:
                scored.append((-share, min(path, other), max(path, other), path, other))
    found: dict[str, str] = {}
    taken: set[str] = set()
    for *_, path, other in sorted(scored):
        if path not in found and other not in taken:
            found[path] = other
            taken.add(other)
    return found


def _counted(sites: Iterable[Site], paths: set[str]) -> dict[str, Counter[Hashable]]:
    counted: dict[str, Counter[Hashable]] = defaultdict(Counter)
    for site in sites:
        if str(site.path) in paths:
            counted[str(site.path)][(*_spelling(site), site.function)] += 1
    return counted


def was_read(inventory: Inventory) -> frozenset[str]:
    """Return the paths of the files that were read."""
    return frozenset(str(file.path) for file in inventory.files if file.reading in _READ)
