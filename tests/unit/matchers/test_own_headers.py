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


def test_a_namespace_that_the_codebase_defines_is_its_own_unless_it_includes_the_library(
    take: Callable[..., Inventory],
) -> None:
    stand_in = {"types.h": "#include <cuda_runtime.h>\nnamespace nvinfer1 { enum class DataType { kHALF }; }\n"}
    code = "__global__ void k() {}\nauto kind = nvinfer1::DataType::kHALF;\n"

    def places(files: dict[str, str]) -> list[int]:
        return [site.location.line for site in take(files).sites if site.rule_id == "library/tensorrt"]

    assert places({"a.cu": code}) == [2]
    assert places({"a.cu": code, **stand_in}) == []
    assert places({"a.cu": "#include <NvInfer.h>\n" + code, **stand_in}) == [1, 3]
