"""What a library becomes on AMD: which of its names are missing, and which are only another interface."""

from collections.abc import Callable

from portgauge.judging.judge import Judge, judge_sites
from portgauge.judging.libraries import judge_libraries
from portgauge.model.analysis import Inventory
from portgauge.model.rule import Mode
from portgauge.rulebook.rulebook import Rulebook

CODE = """#include <cudnn.h>
void f(cudnnHandle_t h) {
  cudnnCreate(&h);
  cudnnGetErrorString(CUDNN_STATUS_SUCCESS);
  cudnnSpatialTfGridGeneratorForward(h, a, b, c);
}
"""


def test_a_call_with_another_interface_is_rewritten_and_not_missing(
    take: Callable[..., Inventory], rulebook: Rulebook
) -> None:
    inventory, target = take({"a.cu": CODE}), rulebook.targets.find("gfx942")
    findings, _ = judge_sites(inventory, judge=Judge(rulebook, rocm_version="10.0"), targets=(target,))

    (cudnn,) = (
        library
        for library in judge_libraries(inventory, findings, rulebook=rulebook, target=target, mode=Mode.HIPIFY)
        if library.name == "cudnn"
    )

    assert "cudnnSpatialTfGridGeneratorForward" in cudnn.unsupported_symbols
    assert "cudnnCreate" not in cudnn.unsupported_symbols
    rows = {name: rulebook.rule(f"cudnn/{name}") for name in (*cudnn.unsupported_symbols, *cudnn.rewritten_symbols)}
    assert {name for name, rule in rows.items() if rule and rule.row["miopen_or_roc_symbol"]} == set(
        cudnn.rewritten_symbols
    )
    assert cudnn.rewritten_symbols
