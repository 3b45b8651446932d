"""An inventory without an option, a component or a file."""

from pathlib import PurePosixPath

import pytest

from builders import make_component, make_file, make_inventory, make_kernel, make_site
from portgauge.graph.leaving_out import known_options, leave_out
from portgauge.model.analysis import Inventory
from portgauge.model.location import Guard


def guard(text: str, kind: str = "ifdef", tried: tuple[str, ...] = ()) -> Guard:
    return Guard(kind=kind, text=text, line=1, tried=tried)


def inventory() -> Inventory:
    return make_inventory(
        files=(make_file("core.cu"), make_file("extra.cu")),
        sites=(
            make_site("runtime/cudaMalloc", path="core.cu", line=4),
            make_site("runtime/cudaFree", path="core.cu", line=14, guards=(guard("USE_EXTRA"),)),
            make_site("runtime/cudaMemset", path="extra.cu", line=4),
        ),
        kernels=(
            make_kernel("always", path="core.cu", line=2),
            make_kernel("sometimes", path="core.cu", line=12, location=make_kernel(path="core.cu", line=12).location),
            make_kernel("extra", path="extra.cu", line=2),
        ),
        components=(
            make_component("core", files=(PurePosixPath("core.cu"),)),
            make_component(
                "extra", files=(PurePosixPath("extra.cu"),), depends_on=("core",), wave=2, options=("BUILD_EXTRA",)
            ),
            make_component("app", files=(), depends_on=("core", "extra"), wave=3),
        ),
    )


def rules(found: Inventory) -> list[str]:
    return [site.rule_id for site in found.sites]


def test_a_component_falls_away_with_its_files_and_its_users_no_longer_need_it() -> None:
    found = leave_out(inventory(), ["extra"])

    assert [(c.name, c.depends_on, c.wave) for c in found.components] == [("core", (), 1), ("app", ("core",), 2)]
    assert [str(file.path) for file in found.files] == ["core.cu"]
    assert "runtime/cudaMemset" not in rules(found)
    assert "extra" not in [kernel.name for kernel in found.kernels]


def test_an_option_takes_its_component_out() -> None:
    assert [c.name for c in leave_out(inventory(), ["BUILD_EXTRA"]).components] == ["core", "app"]


def test_a_macro_takes_the_sites_out_that_need_it() -> None:
    assert rules(leave_out(inventory(), ["USE_EXTRA"])) == ["runtime/cudaMalloc", "runtime/cudaMemset"]


@pytest.mark.parametrize(
    ("condition", "stays"),
    [
        (guard("USE_EXTRA", "ifndef"), True),
        (guard("defined(USE_EXTRA) && X", "if"), False),
        (guard("defined(USE_EXTRA) || X", "if"), True),
        (guard("USE_EXTRA", "else", tried=("defined(USE_EXTRA)",)), True),
        (guard("USE_EXTRA", "else", tried=("!defined(USE_EXTRA)",)), False),
        (guard("USE_EXTRA AND CUDA", "build-option"), False),
        (guard("NOT USE_EXTRA", "build-option"), True),
        (guard("OTHER", "ifdef"), True),
    ],
)
def test_a_condition_decides_as_the_compiler_would(condition: Guard, stays: bool) -> None:
    whole = make_inventory(sites=(make_site(guards=(condition,)),))

    assert (len(leave_out(whole, ["USE_EXTRA"]).sites) == 1) is stays


def test_what_can_be_left_out_is_known_by_name() -> None:
    assert {"core", "extra", "BUILD_EXTRA", "USE_EXTRA", "extra.cu"} <= set(known_options(inventory()))
