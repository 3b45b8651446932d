"""Lane masks whose number another file gives."""

from collections.abc import Callable

import pytest

from portgauge.model.analysis import Inventory

Take = Callable[..., Inventory]

USE = '#include "masks.h"\n__global__ void k(int v{parameter}) {{ v = __shfl_down_sync(LANES, v, 1); }}\n'


def masked(inventory: Inventory) -> list[str]:
    return [site.match for site in inventory.sites if site.rule_id == "warp/mask-literal"]


@pytest.mark.parametrize("header", ["#define LANES 0xFFFFFFFF\n", "constexpr unsigned LANES = ~0u;\n"])
def test_a_mask_of_32_bits_in_a_header_is_found_where_it_is_used(header: str, take: Take) -> None:
    assert masked(take({"a.cu": USE.format(parameter=""), "masks.h": header})) == ["LANES"]


@pytest.mark.parametrize(
    "header",
    [
        "#define LANES 0xFFFFFFFFFFFFFFFFull\n",
        "#ifdef USE_HIP\n#define LANES 0xFFFFFFFFFFFFFFFFull\n#else\n#define LANES 0xFFFFFFFF\n#endif\n",
        "#define OTHERS 0xFFFFFFFF\n",
    ],
    ids=["64 bits", "a width for each vendor", "another name"],
)
def test_a_mask_that_no_file_makes_32_bits_alone_is_none(header: str, take: Take) -> None:
    assert masked(take({"a.cu": USE.format(parameter=""), "masks.h": header})) == []


def test_a_parameter_is_no_name_of_another_file(take: Take) -> None:
    use = USE.format(parameter=", unsigned long long LANES")

    assert masked(take({"a.cu": use, "masks.h": "#define LANES 0xFFFFFFFF\n"})) == []
