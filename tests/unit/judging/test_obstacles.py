"""Which obstacle classes a verdict names."""

from collections.abc import Callable

import pytest

from builders import ANALYSED_AT, make_settings
from portgauge.model.analysis import Inventory
from portgauge.pipeline import judge_inventory
from portgauge.rulebook.rulebook import Rulebook

Obstacles = Callable[..., set[str]]
LANE = "int lane = threadIdx.x & 31;"
SHUFFLE = "v[0] = __shfl_sync(0xffffffff, v[0], 0);"


@pytest.fixture
def obstacles(take: Callable[..., Inventory], rulebook: Rulebook) -> Obstacles:
    """``obstacles("...")``: the classes named for the code of one file on a target."""

    def named(code: str, *, target: str = "gfx942") -> set[str]:
        settings = make_settings(targets=(target,))
        analysis = judge_inventory(take({"a.cu": code}), rulebook=rulebook, settings=settings, analysed_at=ANALYSED_AT)
        return set(analysis.verdicts[0].obstacles)

    return named


def kernel(*lines: str) -> str:
    return "__global__ void k(float* v) { " + " ".join(lines) + " }\n"


def test_a_library_is_an_obstacle_whenever_it_is_there(obstacles: Obstacles) -> None:
    assert "cub-thrust" in obstacles("#include <thrust/device_vector.h>\nthrust::device_vector<int> v;\n")
    assert "cublas" in obstacles("#include <cublas_v2.h>\nvoid f() { cublasHandle_t h; cublasCreate(&h); }\n")


def test_a_difference_in_behaviour_is_one_when_it_is_bad_enough(obstacles: Obstacles) -> None:
    assert "graph-api" in obstacles("void f(cudaGraph_t g) { cudaGraphConditionalHandleCreate(0, g, 0, 0); }\n")
    assert "cudart-version-guard" not in obstacles("#if CUDART_VERSION >= 11000\nint a;\n#endif\n" + kernel())


def test_what_only_costs_speed_is_none(obstacles: Obstacles) -> None:
    assert "managed-memory" not in obstacles("void f() { void* p; cudaMallocManaged(&p, 8); }\n")
    assert "launch-bounds" not in obstacles("__global__ void __launch_bounds__(256, 4) k(int* a) { a[0] = 1; }\n")


def test_a_layout_by_lanes_is_implied_by_counting_and_exchanging_32_lanes(obstacles: Obstacles) -> None:
    use = "v[lane] = 1;"

    assert "wave64-layout" in obstacles(kernel(LANE, SHUFFLE, use))
    assert "wave64-layout" not in obstacles(kernel(LANE, use))
    assert "wave64-layout" not in obstacles(kernel(SHUFFLE))


def test_counting_32_lanes_is_no_obstacle_where_a_wave_has_32(obstacles: Obstacles) -> None:
    exchange = kernel(LANE, SHUFFLE, "v[lane] = 1;")

    assert "warp-size" in obstacles(exchange)
    assert obstacles(exchange, target="gfx1100").isdisjoint({"warp-size", "wave64-layout"})


def test_cooperative_groups_are_an_obstacle_whenever_they_are_used(obstacles: Obstacles) -> None:
    assert "cooperative-groups" in obstacles("#include <cooperative_groups.h>\n" + kernel())
    assert "cooperative-groups" not in obstacles(kernel())


def test_ptx_is_an_obstacle_when_no_single_expression_takes_its_place(obstacles: Obstacles) -> None:
    assert "ptx-other" not in obstacles(kernel('unsigned l; asm("mov.u32 %0, %%laneid;" : "=r"(l));'))
    assert "ptx-other" in obstacles(
        kernel('int r; asm("vadd4.s32.s32.s32 %0, %1, %2, %3;" : "=r"(r) : "r"(1), "r"(2));')
    )


def test_a_named_barrier_is_priced_work_and_no_decision(take: Callable[..., Inventory], rulebook: Rulebook) -> None:
    inventory = take({"a.cu": kernel('asm volatile("bar.sync 1, 128;");')})
    settings = make_settings(targets=("gfx942",))
    analysis = judge_inventory(inventory, rulebook=rulebook, settings=settings, analysed_at=ANALYSED_AT)
    (finding,) = (f for f in analysis.findings if f.site.rule_id == "ptx/bar.sync.named")

    assert (finding.blocker, finding.effort_class) == ("", "ptx-hard")
    assert analysis.verdicts[0].blockers == ()
