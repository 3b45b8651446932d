"""Headers that the codebase brings itself."""

from collections.abc import Callable

from portgauge.model.analysis import Inventory


def rules_at_line_one(inventory: Inventory) -> set[str]:
    return {site.rule_id for site in inventory.sites if str(site.path) == "a.cu" and site.location.line == 1}


def test_a_helper_header_that_the_codebase_holds_is_its_own_code(take: Callable[..., Inventory]) -> None:
    code = '#include "helper_functions.h"\n__global__ void k() {}\n'

    missing = take({"a.cu": code})
    held = take({"a.cu": code, "common/helper_functions.h": "#pragma once\nint a;\n"})

    assert rules_at_line_one(missing) == {"library/sample-helpers"}
    assert rules_at_line_one(held) == set()


def test_a_file_that_is_called_as_a_header_of_cuda_does_not_hide_it(take: Callable[..., Inventory]) -> None:
    inventory = take({"a.cu": "#include <cuda.h>\n__global__ void k() {}\n", "other/cuda.h": "#pragma once\nint a;\n"})

    assert rules_at_line_one(inventory) == {"driver/cuda.h"}
