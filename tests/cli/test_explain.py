"""``portgauge explain``: what is said of a name, in which words, and what happens to an unknown one."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from portgauge.cli.main import group

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("COLUMNS", "100")

    def run_command(*arguments: str) -> Result:
        return CliRunner().invoke(group, ["explain", *arguments], standalone_mode=False, catch_exceptions=False)

    return run_command


def meanings(result: Result) -> list[dict[str, object]]:
    assert result.return_value == 0, result.output
    found = json.loads(result.stdout)["meanings"]
    assert isinstance(found, list)
    return found


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("name", "sentences"),
    [
        (
            "cudaMallocAsync",
            ["hipMallocAsync: a rename; since ROCm 5.2.0", "SYCLomatic does not migrate it", "since 11.2"],
        ),
        (
            "cudnnConvolutionForward",
            ["miopenConvolutionForward in AMD's own library: another interface", "deprecated since 9.0.0", "grade B"],
        ),
        ("cuTensorMapEncodeTiled", ["no counterpart; a mapping table names it", "Critical severity", "not migrate it"]),
        ("__shfl_down_sync", ["since ROCm 7.0.0", "warp/mask-literal", "sub-group size must be 32"]),
        ("cub::BlockReduce", ["hipcub::BlockReduce", "the signature was not compared", "25 months"]),
        ("nppiResize_8u_C1R", ["which is not the same as no", "removed in 13.0", "seen in no header", "RPP"]),
        ("mma.sync", ["blocker ptx-mma", "Way past it", "Also: ptx/mma.sp"]),
        ("cp.async", ["executed synchronously", "ptx-moderate", "See also"]),
        ("lop3", ["boolean expression read from the 8-bit table", "ptx-easy"]),
        ("warp/lane-index-literal", ["On 64 lanes", "silent-wrong", "warp-site", "Nothing to do", "WARP001"]),
        (
            "cuDNN",
            [
                "a CUDA library",
                "MIOpen; interface differs: code must be rewritten where it does",
                "once for the codebase",
                "oneDNN",
            ],
        ),
        ("cuCollections", ["hipCollections; interface differs: code must be rewritten where it does"]),
        ("gfx950", ["64 lanes", "160 KiB", "OCP", "Instinct MI350X"]),
        ("ZLUDA", ["a way to leave CUDA", "never a plan", "32 lanes only"]),
        ("ptx-mma", ["a decision and no edit", "8 to 40 person-hours"]),
        ("warp-site", ["a class of work", "minutes for each place in the code"]),
    ],
)
def test_a_name_is_explained(run: Run, name: str, sentences: list[str]) -> None:
    result = run(name)

    assert result.return_value == 0
    for sentence in sentences:
        assert sentence in squeezed(result.stdout)


@pytest.mark.parametrize(
    ("asked", "explained"),
    [
        ("CUDAMALLOC", "cudaMalloc"),
        ("cudnn", "cuDNN"),
        ("runtime/cudaMalloc", "cudaMalloc"),
        ("WARP001", "warp/lane-index-literal"),
        ("BlockReduce", "cub::BlockReduce"),
        ("  GFX942 ", "gfx942"),
        ("cp.async.cg.shared.global", "cp.async"),
        ("mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32", "mma.fp8"),
        ("cub::BlockReduce::Sum", "cub::BlockReduce::Sum"),
        ("syclomatic", "sycl"),
        ("nvidia/cuda", "cuda-image"),
        ("nvidia/cuda:12.4.1-devel-ubuntu22.04", "cuda-image"),
        ("nvcr.io/nvidia/pytorch:24.01-py3", "ngc-image"),
        ("nvidia.com/gpu", "kubernetes-gpu"),
        ("flash-attn", "flash-attn"),
        ("flash_attn", "flash-attn"),
        ("flash-attn>=2.5", "flash-attn"),
        ("cupy", "cupy"),
        ("cupy-cuda12x", "cupy-cuda12x"),
        ("cupy-cuda118", "cupy-cuda12x"),
        ("triton", "triton"),
        ("torch", "torch"),
        ("nvidia-cudnn-cu12", "nvidia-cudnn"),
        ("nvidia-new-cu13", "nvidia-wheel"),
        ("jax[cuda12]", "jax-cuda"),
        ("numba.cuda", "numba"),
        ("https://download.pytorch.org/whl/cu121", "pytorch-index"),
        ("CUDA_LAUNCH_BLOCKING", "launch-blocking"),
        ("miopenConvolutionForward", "cudnnConvolutionForward"),
    ],
)
def test_a_name_is_found_however_it_is_written(run: Run, asked: str, explained: str) -> None:
    assert [meaning["name"] for meaning in meanings(run(asked, "--json"))] == [explained]


@pytest.mark.parametrize(
    ("name", "sentences"),
    [
        (
            "flash-attn",
            ["CK backend default", "oneDNN attention", "an import of flash_attn", "stated in the package's"],
        ),
        ("nvidia-cudnn-cu12", ["MIOpen", "Part of cuDNN", "oneDNN", "is judgement; high confidence", "24 to 80"]),
        ("torch", ["torch.version.hip", "PyTorch 1.8", "check it before you rely on it", "torch.xpu"]),
        ("nvidia/cuda", ["rocm/dev-ubuntu", "docker, yaml, ci, shell", "part of CI and packaging", "intel/oneapi"]),
        ("nvidia.com/gpu", ["amd.com/gpu", "once for the codebase", "Intel's device plugin", "check it before"]),
        ("kaolin", ["no ROCm path known; no counterpart", "480 to 2400", "counts only where a requirement"]),
    ],
)
def test_a_package_or_image_is_answered_on_one_screen(run: Run, name: str, sentences: list[str]) -> None:
    shown = run(name).stdout

    for sentence in (*sentences, "Source", "How sure"):
        assert sentence in squeezed(shown)
    assert len(shown.splitlines()) <= 40


def test_a_name_that_only_looks_like_a_package_is_unknown(run: Run) -> None:
    for name in ("torch-nope", "mycupy", "nvidia/cudax:12", "nvidia-smi-wrapper"):
        assert run(name).return_value == 2


def test_several_meanings_are_shown_one_after_another(run: Run) -> None:
    names = [(meaning["name"], meaning["origin"]) for meaning in meanings(run("CUevent_st", "--json"))]

    assert len(names) == 2
    assert names[0][0] == names[1][0] == "CUevent_st"


def test_the_text_that_matches_case_wins_over_one_that_does_not(run: Run) -> None:
    assert [meaning["what"] for meaning in meanings(run("cuda.h", "--json"))] == ["include, CUDA Driver API"]


def test_the_rocm_version_decides(run: Run) -> None:
    (old,) = meanings(run("cudaMallocAsync", "--json", "--rocm", "5.0"))
    (new,) = meanings(run("cudaMallocAsync", "--json", "--rocm", "5.2"))

    assert [line["severity"] for line in old["judged"]] == ["high"]  # type: ignore[attr-defined]
    assert [line["severity"] for line in new["judged"]] == ["low"]  # type: ignore[attr-defined]


def test_the_target_decides(run: Run) -> None:
    (meaning,) = meanings(run("warp/lane-index-literal", "--json", "-t", "gfx90a", "-t", "gfx1201,gfx1030"))

    judged = [(line["targets"], line["severity"]) for line in meaning["judged"]]  # type: ignore[attr-defined]
    assert judged[-1] == (["gfx1201", "gfx1030"], "none")
    assert {tuple(targets) for targets, _ in judged[:-1]} == {("gfx90a",)}
    assert "high" in {severity for _, severity in judged[:-1]}


def test_an_unlisted_gpu_is_its_nearest_relative(run: Run) -> None:
    result = run("gfx1153")

    assert "gfx1151, its nearest relative" in result.stdout


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("cudaMaloc", "cudaMalloc"),
        ("cudnnConvolutionForwad", "cudnnConvolutionForward"),
        ("warp/lane-index-litteral", "warp/lane-index-literal"),
        ("gfx95", "gfx950"),
        ("cudaMemcpy2DT", "cudaMemcpy2DToArray"),
    ],
)
def test_an_unknown_name_exits_with_2_and_names_the_nearest(run: Run, asked: str, near: str) -> None:
    result = run(asked)

    assert result.return_value == 2
    assert result.stdout == ""
    assert f'nothing is known of "{asked}"' in result.stderr
    assert near in result.stderr


def test_data_and_text_say_the_same(run: Run) -> None:
    text = squeezed(run("cudnnConvolutionForward").stdout)
    (meaning,) = meanings(run("cudnnConvolutionForward", "--json"))

    for said in meaning["said"]:  # type: ignore[attr-defined]
        assert squeezed(said["text"]) in text
    for line in meaning["judged"]:  # type: ignore[attr-defined]
        assert squeezed(line["message"]) in text
    assert meaning["row"]["miopen_or_roc_symbol"] == "miopenConvolutionForward"  # type: ignore[index]


def test_no_line_is_wider_than_the_terminal(run: Run) -> None:
    for name in ("cudaMallocAsync", "mma.sync", "warp/lane-index-literal", "ZLUDA", "cuDNN", "gfx950"):
        lines = run(name).stdout.splitlines()
        assert [line for line in lines if len(line) > 100 and "https://" not in line] == []


def test_a_second_question_reads_the_kept_names(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("cudaMalloc")
    monkeypatch.setattr("portgauge.rulebook.lookup_file.load_cached", None)

    assert run("cudaFree").return_value == 0


def test_a_version_that_is_none_is_refused(run: Run) -> None:
    with pytest.raises(Exception, match="expected a version such as"):
        run("cudaMalloc", "--rocm", "new")
