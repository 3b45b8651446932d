"""A broadcast that only the first 32 threads of a block come to is right on waves of 64."""

import pytest

BROADCAST = "warp/broadcast-without-width"
CALL = "v = __shfl_sync(0xffffffffffffffffull, v, 0);"


def threads_of(scan, body: str) -> list[object]:
    """Return the fact ``threads`` of each broadcast in a kernel."""
    code = f"constexpr int kLanes = 32;\n__global__ void k(int v, int n) {{ int lane = threadIdx.x & 31; {body} }}"
    return [dict(site.facts).get("threads") for site in scan(code).sites if site.rule_id == BROADCAST]


@pytest.mark.parametrize(
    "condition",
    ["threadIdx.x < 32", "n > 1 && threadIdx.x < kLanes", "threadIdx.x <= 31", "(threadIdx.x) < 16"],
)
def test_a_bound_of_32_on_the_thread_is_seen(scan, condition: str) -> None:
    assert threads_of(scan, f"if ({condition}) {{ for (int i = 0; i < n; ++i) {{ {CALL} }} }}") == ["first-32"]


def test_a_bound_on_a_copy_of_the_thread_index_is_seen(scan) -> None:
    assert threads_of(scan, f"const int tid = threadIdx.x; if (tid < 32) {CALL}") == ["first-32"]


@pytest.mark.parametrize(
    "body",
    [
        f"if (threadIdx.x < 64) {{ {CALL} }}",
        f"if (threadIdx.x <= 32) {{ {CALL} }}",
        f"if (threadIdx.x > 32) {{ {CALL} }}",
        f"if (threadIdx.x < 32 || n) {{ {CALL} }}",
        f"if (lane < 32) {{ {CALL} }}",
        f"if (n < 32) {{ {CALL} }}",
        f"if (threadIdx.x < 32) {{ v = 1; }} else {{ {CALL} }}",
        f"int row = threadIdx.y; if (threadIdx.x < 32) {{ {CALL} }}",
        CALL,
    ],
)
def test_other_conditions_say_nothing(scan, body: str) -> None:
    assert threads_of(scan, body) == [None]
