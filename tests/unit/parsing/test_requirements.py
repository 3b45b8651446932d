"""Requirements: what pip's files and installing commands ask for, and nothing that their comments say."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portgauge.parsing.requirements import MAX_BYTES, ReadRequirements, installed, named, read_requirements

FILE = b"""# torch stands below
-r base.txt
--extra-index-url https://download.pytorch.org/whl/cu121
torch==2.4.0+cu121  # the newest that we tried
Flash_Attn>=2.5 ; platform_machine == "x86_64"
nvidia-cudnn-cu12==9.1.0.70 \\
    --hash=sha256:aaaa \\
    --hash=sha256:bbbb
jax[cuda12, dev]
-e git+https://github.com/example/thing.git@v1#egg=cupy-cuda12x
git+https://github.com/NVIDIA/apex.git
apex2 @ git+https://github.com/NVIDIA/apex
./wheels/triton-3.0.0-cp311-linux.whl
./local/folder
"""


def names(read: ReadRequirements) -> list[tuple[str, ...]]:
    return [asked.names for asked in read.requirements]


def test_a_requirements_file_is_read_as_pip_reads_it() -> None:
    read = read_requirements(FILE)

    assert names(read) == [
        ("torch",),
        ("flash-attn",),
        ("nvidia-cudnn-cu12",),
        ("jax",),
        ("cupy-cuda12x",),
        ("apex", "nvidia-apex"),
        ("apex2", "apex", "nvidia-apex"),
        ("triton",),
    ]
    assert read.requirements[3].extras == ("cuda12", "dev")
    assert read.problems == ()


def test_a_requirement_is_found_where_it_stands() -> None:
    torch, _, cudnn, *_ = read_requirements(FILE).requirements

    assert FILE[torch.start : torch.end].startswith(b"torch==2.4.0+cu121")
    assert FILE.count(b"\n", 0, cudnn.start) == 5


def test_a_line_that_is_no_requirement_is_a_problem_and_the_others_are_read() -> None:
    read = read_requirements(b"torch\nthis is no requirement\ncupy ==\ntriton\n")

    assert names(read) == [("torch",), ("triton",)]
    assert read.problems == (
        "line 2 is no requirement ('this is no requirement'; 2 such lines); expected a name with a version, such as "
        "name>=1.0; packages named there may be missing",
    )


def test_a_huge_file_is_not_read_and_says_so() -> None:
    read = read_requirements(b"torch\n" * (MAX_BYTES // 6 + 1))

    assert read.requirements == ()
    assert "more than the 2,000,000 that are read" in read.problems[0]


@pytest.mark.parametrize(
    ("script", "found"),
    [
        (b"pip install torch==2.1 torchvision --index-url https://example.org/cupy", ["torch", "torchvision"]),
        (b"python3 -m pip install -r cupy.txt -U 'flash-attn>=2' && echo cupy", ["flash-attn"]),
        (b"pip3 install \\\n  torch \\\n  triton\ncupy", ["torch", "triton"]),
        (b"uv pip install --system vllm; ls", ["vllm"]),
        (b"uv add cupy-cuda12x", ["cupy-cuda12x"]),
        (
            b"conda install -y -c nvidia -n work pytorch-cuda=12.1 conda-forge::cudatoolkit",
            ["pytorch-cuda", "cudatoolkit"],
        ),
        (b'pip install "torch==${TORCH}" $MORE .[dev] ./cupy', ["torch"]),
        (b"echo pip uninstall torch; pipinstall torch", []),
    ],
)
def test_a_command_that_installs_names_its_packages(script: bytes, found: list[str]) -> None:
    assert [asked.names[0] for asked in installed(script) if not asked.text.startswith("$")] == found
    for asked in installed(script):
        assert asked.text.encode() in script[asked.start : asked.end]


def test_a_word_of_conda_may_have_a_channel_and_a_build() -> None:
    asked = named("nvidia/label/cuda-12.1.0::cuda-nvcc=12.1=0", 0, 0)

    assert asked is not None
    assert asked.names == ("cuda-nvcc",)


def test_a_hostile_script_is_read_in_one_pass() -> None:
    script = b"pip install torch " * 50_000

    started = time.process_time()
    found = list(installed(script))

    assert len(found) > 50_000
    assert time.process_time() - started < 5


@given(st.one_of(st.binary(max_size=300), st.text("-#\\[];=@/.+ \nabcegit:", max_size=200).map(str.encode)))
def test_any_bytes_are_read_and_places_lie_in_the_file(data: bytes) -> None:
    for asked in (*read_requirements(data).requirements, *installed(b"pip install " + data)):
        assert 0 <= asked.start <= asked.end <= len(data) + len(b"pip install ")
        assert asked.names
