"""What the graph of components says about the order of a port, in numbers that a person uses.

Works on parts in porting order, so that one pass forward or back answers most questions. Sets of parts are whole
numbers with one bit for each part: with 2,000 parts, sets of names took most of the time.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from portgauge.model.base import value
from portgauge.model.component import Edge, EdgeKind
from portgauge.planning.parts import Part


@value
class Blocked:
    """What one open decision holds up."""

    decision: str
    """Blocker class."""
    holders: tuple[str, ...]
    """Parts with places of it, in porting order."""
    waiting: tuple[str, ...]
    """Parts with work that it holds up: the holders, and what needs them."""
    hours_p50: float
    """Of the waiting parts."""


@value
class CutLine:
    """A dependency of a part that could move on one that is held up."""

    source: str
    target: str
    places: int
    """Lines of code or build files that show it."""


@value
class Cut:
    """The dependencies to separate, by an interface or an option, so that all but the held-up parts can move."""

    lines: tuple[CutLine, ...]
    held_up: tuple[str, ...]
    """Parts that stay."""
    kernel_share: float | None
    """0 to 1, of all kernels, that can move then; None without kernels."""
    hours_share: float
    """0 to 1, of all hours of components."""


@value
class PortingGraph:
    """The order of a port and what follows from it; names are of parts with work unless said otherwise."""

    waves: tuple[tuple[str, ...], ...]
    """All parts; those of one wave need only earlier ones."""
    critical_path: tuple[str, ...]
    """The chain of parts, each needing the one before, with the most hours: no team is faster than that."""
    critical_hours_p50: float
    hours_p50: float
    """Of all parts; without the work on the codebase as a whole."""
    blocked: tuple[Blocked, ...]
    """Most hours first."""
    today: tuple[str, ...]
    """What waits for no decision."""
    today_hours_p50: float
    today_kernels: int
    first: tuple[str, ...]
    """The cheapest set of parts, in porting order, after which something with kernels runs; empty when none can."""
    first_hours_p50: float
    first_runs: str
    """The part that runs then: a program, a test or a module; where the build names none, one that no other needs."""
    hub: str
    """The part whose port unblocks most others; empty when none waits for another."""
    hub_unblocks: tuple[str, ...]
    hub_hours_p50: float
    """Of what it unblocks."""
    cut: Cut | None
    """None when nothing is held up."""


def measure(parts: Sequence[Part], edges: Iterable[Edge] = ()) -> PortingGraph:
    """Return the measures of parts that stand in porting order: each after everything that it depends on.

    Args:
        parts: The parts.
        edges: Those of the inventory; they only say how many places a cut touches.

    Raises:
        ValueError: If a part stands before one that it depends on.
    """
    numbers = {part.name: number for number, part in enumerate(parts)}
    needed = [[numbers[name] for name in part.depends_on] for part in parts]
    for number, below in enumerate(needed):
        if any(other >= number for other in below):
            raise ValueError(f"{parts[number].name} stands before a part that it depends on")
    users = _users(needed)
    worked = _set(number for number, part in enumerate(parts) if part.has_work)
    stuck = _set(number for number, part in enumerate(parts) if part.is_held_up)
    waiting = _with_users(stuck, users, len(parts))
    today = worked & ~waiting
    path, path_hours = _critical_path(parts, needed)
    first, first_runs = _first_slice(parts, needed, waiting)
    hub, unblocks = _hub(parts, users, worked)
    return PortingGraph(
        waves=_waves(parts),
        critical_path=_names(parts, path),
        critical_hours_p50=path_hours,
        hours_p50=sum(part.hours_p50 for part in parts),
        blocked=_blocked(parts, users, worked),
        today=_names(parts, _members(today)),
        today_hours_p50=_hours(parts, today),
        today_kernels=sum(part.kernels for number, part in enumerate(parts) if not waiting >> number & 1),
        first=_names(parts, _members(first & worked)),
        first_hours_p50=_hours(parts, first),
        first_runs=first_runs,
        hub=hub,
        hub_unblocks=_names(parts, _members(unblocks)),
        hub_hours_p50=_hours(parts, unblocks),
        cut=_cut(parts, needed, stuck, edges) if stuck else None,
    )


def _users(needed: Sequence[Sequence[int]]) -> list[list[int]]:
    users: list[list[int]] = [[] for _ in needed]
    for number, below in enumerate(needed):
        for other in below:
            users[other].append(number)
    return users


def _waves(parts: Sequence[Part]) -> tuple[tuple[str, ...], ...]:
    found: dict[int, list[str]] = defaultdict(list)
    for part in parts:
        found[part.wave].append(part.name)
    return tuple(tuple(found[wave]) for wave in sorted(found))


def _critical_path(parts: Sequence[Part], needed: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], float]:
    """Return the chain with the most hours; parts without hours are left out of it."""
    longest: list[float] = []
    before: list[int] = []
    for number, part in enumerate(parts):
        best = max(needed[number], key=lambda other: (longest[other], -other), default=-1)
        before.append(best)
        longest.append(part.hours_p50 + (longest[best] if best >= 0 else 0.0))
    if not longest:
        return (), 0.0
    last = max(range(len(parts)), key=lambda number: (longest[number], -number))
    chain, number = [], last
    while number >= 0:
        chain.append(number)
        number = before[number]
    return tuple(number for number in reversed(chain) if parts[number].hours_p50 > 0), longest[last]


def _blocked(parts: Sequence[Part], users: Sequence[Sequence[int]], worked: int) -> tuple[Blocked, ...]:
    holders: dict[str, list[int]] = defaultdict(list)
    for number, part in enumerate(parts):
        if part.is_held_up:
            for decision in part.decisions:
                holders[decision].append(number)
    found = []
    for decision, numbers in holders.items():
        waiting = _with_users(_set(numbers), users, len(parts)) & worked
        found.append(
            Blocked(
                decision=decision,
                holders=_names(parts, numbers),
                waiting=_names(parts, _members(waiting)),
                hours_p50=_hours(parts, waiting),
            )
        )
    return tuple(sorted(found, key=lambda each: (-each.hours_p50, each.decision)))


def _first_slice(parts: Sequence[Part], needed: Sequence[Sequence[int]], waiting: int) -> tuple[int, str]:
    """Return the cheapest set with which a program or module runs, and that part.

    Something runs when kernels and work are in the set and nothing in it waits for a decision. Where the build makes
    nothing that runs so, a part that no other needs is taken for a program.
    """
    closures: list[int] = []
    for number in range(len(parts)):
        closure = 1 << number
        for other in needed[number]:
            closure |= closures[other]
        closures.append(closure)
    is_needed = _set(other for below in needed for other in below)
    with_kernels = _set(number for number, part in enumerate(parts) if part.kernels)
    with_hours = _set(number for number, part in enumerate(parts) if part.hours_p50 > 0)
    best: tuple[bool, float, int, int] | None = None
    for number, part in enumerate(parts):
        closure = closures[number]
        if (is_needed >> number & 1 and not part.runs) or closure & waiting or not closure & with_kernels:
            continue
        if not closure & with_hours:
            continue
        rank = (not part.runs, _hours(parts, closure & with_hours), closure.bit_count(), number)
        best = rank if best is None or rank < best else best
    return (closures[best[3]], parts[best[3]].name) if best is not None else (0, "")


def _hub(parts: Sequence[Part], users: Sequence[Sequence[int]], worked: int) -> tuple[str, int]:
    """Return the part with work that most others with work need, also through others, and those others."""
    above: list[int] = [0] * len(parts)
    for number in reversed(range(len(parts))):
        for user in users[number]:
            above[number] |= above[user] | 1 << user
    counts = {number: (above[number] & worked).bit_count() for number in _members(worked)}
    best = max(counts, key=lambda number: (counts[number], parts[number].hours_p50, -number), default=None)
    if best is None or not counts[best]:
        return "", 0
    return parts[best].name, above[best] & worked


def _cut(parts: Sequence[Part], needed: Sequence[Sequence[int]], stuck: int, edges: Iterable[Edge]) -> Cut:
    places: dict[tuple[str, str], int] = defaultdict(int)
    for edge in edges:
        if edge.kind is not EdgeKind.LIBRARY:
            places[edge.source, edge.target] += len(edge.evidence)
    lines = [
        CutLine(source=part.name, target=parts[other].name, places=places[part.name, parts[other].name])
        for number, part in enumerate(parts)
        if not stuck >> number & 1
        for other in needed[number]
        if stuck >> other & 1
    ]
    kernels = sum(part.kernels for part in parts)
    hours = sum(part.hours_p50 for part in parts)
    free = [part for number, part in enumerate(parts) if not stuck >> number & 1]
    return Cut(
        lines=tuple(lines),
        held_up=_names(parts, _members(stuck)),
        kernel_share=sum(part.kernels for part in free) / kernels if kernels else None,
        hours_share=sum(part.hours_p50 for part in free) / hours if hours else 0.0,
    )


def _with_users(numbers: int, users: Sequence[Sequence[int]], count: int) -> int:
    """Return a set of parts and everything that needs one of them, also through others."""
    for number in range(count):
        if numbers >> number & 1:
            for user in users[number]:
                numbers |= 1 << user
    return numbers


def _set(numbers: Iterable[int]) -> int:
    found = bytearray()
    for number in numbers:
        place, bit = divmod(number, 8)
        if place >= len(found):
            found.extend(bytes(place + 1 - len(found)))
        found[place] |= 1 << bit
    return int.from_bytes(found, "little")


def _members(numbers: int) -> Iterator[int]:
    while numbers:
        lowest = numbers & -numbers
        yield lowest.bit_length() - 1
        numbers ^= lowest


def _hours(parts: Sequence[Part], numbers: int) -> float:
    return sum(parts[number].hours_p50 for number in _members(numbers))


def _names(parts: Sequence[Part], numbers: Iterable[int]) -> tuple[str, ...]:
    return tuple(parts[number].name for number in numbers)


def needed_by(parts: Sequence[Part]) -> Mapping[str, tuple[str, ...]]:
    """Return for each part the parts that need it directly, in porting order."""
    found: dict[str, list[str]] = {part.name: [] for part in parts}
    for part in parts:
        for name in part.depends_on:
            found[name].append(part.name)
    return {name: tuple(users) for name, users in found.items()}
