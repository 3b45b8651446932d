"""What judging reads of an inventory, held against what two alike inventories must have in common."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from portgauge.judging.alike import judged_parts
from portgauge.model.analysis import Inventory
from portgauge.model.component import Standing
from portgauge.pipeline import default_settings, judge_inventory
from portgauge.rulebook.rulebook import Rulebook

Take = Callable[..., Inventory]
FILES = {
    "CMakeLists.txt": "project(p LANGUAGES CXX CUDA)\nadd_library(p a.cu b.cpp)\n",
    "a.cu": '#include "b.h"\n__global__ void k(int* p) { p[threadIdx.x % 32] = __shfl_down_sync(~0u, 1, 1); }\n',
    "b.cpp": '#include "b.h"\nint twice(int a) { return 2 * a; }\n',
    "b.h": "#ifdef USE_OPTIX\n#include <optix.h>\n#endif\nint twice(int a);\n",
    "third_party/c.cpp": "int c;\n",
}


class Watched:
    """A value that notes which of its attributes are read."""

    def __init__(self, inside: Any, read: set[str], **parts: Any) -> None:
        self.__dict__.update(inside=inside, read=read, parts=parts)

    def __getattr__(self, name: str) -> Any:
        known = getattr(type(self.inside), name, None)
        if isinstance(known, property):
            return known.fget(self)  # type: ignore[misc]  # what it reads is noted too
        self.read.add(name)
        return self.parts.get(name, getattr(self.inside, name))


def test_judging_reads_nothing_that_alike_inventories_may_differ_in(take: Take, rulebook: Rulebook) -> None:
    inventory = take(FILES)
    of_inventory, of_file, of_other, of_edge = set[str](), set[str](), set[str](), set[str]()
    files = tuple(
        Watched(file, of_file if file.is_cuda or file.standing is Standing.VENDORED else of_other)
        for file in inventory.files
    )
    edges = tuple(Watched(edge, of_edge) for edge in inventory.edges)

    analysis = judge_inventory(
        Watched(inventory, of_inventory, files=files, edges=edges),  # type: ignore[arg-type]
        rulebook=rulebook,
        settings=default_settings(rulebook),
        analysed_at=datetime.now(UTC),
    )

    assert analysis.findings
    compared = {"codebase", "sites", "kernels", "libraries", "components", "defines", "lines_changed_in_a_year"}
    assert of_inventory <= compared | {"files", "edges"}
    said = {"path", "language", "standing", "reading", "is_cuda"}
    assert of_other <= said
    assert of_file <= said | {"code_lines", "byte_count", "degraded_bytes"}
    assert of_edge <= {"source", "target", "kind"}


def test_only_what_changes_the_analysis_makes_a_difference(take: Take) -> None:
    before = judged_parts(take(FILES))

    assert judged_parts(take(FILES | {"b.cpp": "// a note\n\n" + FILES["b.cpp"]})) == before
    assert judged_parts(take(FILES | {"a.cu": FILES["a.cu"] + "// a note\n"})) != before
    assert judged_parts(take(FILES | {"b.cpp": FILES["b.cpp"].replace('#include "b.h"', "")})) != before
    assert judged_parts(take(FILES | {"tests/d.cpp": "int d;\n"})) != before
