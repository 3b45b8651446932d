"""``python -m tests.benchmarks.graph``: the time of every measure of the graph, for graphs of growing size.

The graphs are random: 25 dependencies a component, one component in a hundred with an open decision.
"""

import random
import sys
import time
from pathlib import PurePosixPath

from portgauge.model.component import Edge, EdgeKind
from portgauge.planning.measures import measure
from portgauge.planning.parts import Part

SIZES = (500, 1_000, 2_000)
EDGES_EACH = 25
REACH = 400
"""How far back in the order a dependency goes."""
ROUNDS = 3
MAX_GROWTH = 2.0
"""Time of a component in the largest graph beside that in the smallest."""


def random_graph(size: int, *, seed: int = 1) -> tuple[list[Part], list[Edge]]:
    """Return parts in porting order, and an edge for each dependency."""
    chance = random.Random(seed)
    parts: list[Part] = []
    edges: list[Edge] = []
    for number in range(size):
        first = max(0, number - REACH)
        needs = sorted(chance.sample(range(first, number), min(EDGES_EACH, number - first)))
        decisions = ("optix",) if chance.random() < 0.01 else ()
        parts.append(
            Part(
                name=f"p{number}",
                depends_on=tuple(f"p{needed}" for needed in needs),
                wave=1 + max((parts[needed].wave for needed in needs), default=0),
                hours_p50=10 * chance.random(),
                kernels=chance.randrange(4),
                decisions=decisions,
                is_held_up=bool(decisions),
                is_test=False,
            )
        )
        places = ((PurePosixPath("build"), 1),)
        edges += [Edge(source=f"p{number}", target=f"p{n}", kind=EdgeKind.LINK, evidence=places) for n in needs]
    return parts, edges


def main() -> int:
    """Print a line for each size; 1 when the time of a component grows by more than the target."""
    each: list[float] = []
    print("| components | edges | ms | microseconds a component |\n|---|---|---|---|")
    for size in SIZES:
        parts, edges = random_graph(size)
        seconds = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            measure(parts, edges)
            seconds.append(time.perf_counter() - start)
        each.append(min(seconds) / size * 1e6)
        print(f"| {size:,} | {len(edges):,} | {min(seconds) * 1e3:.0f} | {each[-1]:.0f} |")
    growth = each[-1] / each[0]
    print(f"\nA component of the largest graph takes {growth:.2f} times that of the smallest (target {MAX_GROWTH:g}).")
    return 0 if growth <= MAX_GROWTH else 1


if __name__ == "__main__":
    sys.exit(main())
