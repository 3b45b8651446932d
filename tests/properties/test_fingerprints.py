"""Fingerprints survive edits that change no code: comments, indentation, line ends, the order of functions."""

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import tree_sitter_cuda
from tree_sitter import Language, Parser

from portgauge.matchers.facts import FileFacts

SAMPLES = sorted((Path(__file__).parents[2] / "samples").rglob("*.cu*"))
EDITS = 1_000
LEAST_SURVIVING_SHARE = 0.99
CODE = """#include <cuda_runtime.h>
#define LANES 32
#define CHECK(call) do { cudaError_t e = (call); } while (0)

// reduces one warp
__inline__ __device__ float warp_sum(float value) {
  for (int offset = 16; offset > 0; offset /= 2)
    // the other half
    value += __shfl_down_sync(0xffffffff, value, offset);
  return value;
}

__global__ void reduce(const float *in, float *out, int n) {
  __shared__ float parts[32];
  int lane = threadIdx.x % 32;
  int warp = threadIdx.x / 32;
  float value = warp_sum(in[blockIdx.x * blockDim.x + threadIdx.x]);
  if (lane == 0) parts[warp] = value;
  __syncthreads();
  unsigned vote = __ballot_sync(0xffffffff, value > 0);
  if (lane == 0) atomicAdd(out, parts[0] + __popc(vote));
}

__global__ void __launch_bounds__(1024) scale(float *x) {
  asm volatile("prmt.b32 %0, %1, %2, %3;" : "=r"(a) : "r"(b), "r"(c), "r"(d));
  x[threadIdx.x] *= __ldg(x);
}

void run(float *in, float *out, int n, cudaStream_t stream) {
  cudaMallocManaged(&in, n);
  CHECK(cudaMemcpyAsync(out, in,
                        n * sizeof(float),  // all of it
                        cudaMemcpyDeviceToHost, stream));
  reduce<<<n / 256,
           256, 0, stream>>>(in, out, n);
  CHECK(cudaFree(in));
  CHECK(cudaFree(out));
}
"""

Edit = Callable[[str, random.Random], str]


def _places(text: str) -> list[int]:
    """Lines before which a line may stand: not inside of a block comment, raw string or a continued line."""
    lines, free, inside = text.split("\n"), [], False
    for number, line in enumerate(lines):
        if not inside and not (number and lines[number - 1].rstrip("\r").endswith("\\")):
            free.append(number)
        for mark in re.findall(r"/\*|\*/", line.split("//")[0]):
            inside = mark == "/*"
    return free


def insert_comment(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    comment = chance.choice(("// see the note", "    /* cudaFree(x); */", "", "  // __shfl_down_sync(mask, 1)"))
    lines.insert(chance.choice(_places(text)), comment)
    return "\n".join(lines)


def delete_comment(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    comments = [n for n in _places(text) if n < len(lines) and re.fullmatch(r"\s*(//[^\\]*)?\r?", lines[n])]
    if comments:
        del lines[chance.choice(comments)]
    return "\n".join(lines)


def indent_anew(text: str, chance: random.Random) -> str:
    indent = chance.choice(("", "\t", "      "))
    return "\n".join(indent + line.lstrip(" \t") for line in text.split("\n"))


def change_line_ends(text: str, chance: random.Random) -> str:
    return text.replace("\r\n", "\n") if "\r\n" in text else text.replace("\n", "\r\n")


def swap_functions(text: str, chance: random.Random) -> str:
    data = text.encode()
    root = Parser(Language(tree_sitter_cuda.language())).parse(data).root_node
    functions = [node for node in root.children if node.type == "function_definition" and not node.has_error]
    if len(functions) < 2:
        return text
    first, second = sorted(chance.sample(functions, 2), key=lambda node: node.start_byte)
    return (
        data[: first.start_byte]
        + data[second.start_byte : second.end_byte]
        + data[first.end_byte : second.start_byte]
        + data[first.start_byte : first.end_byte]
        + data[second.end_byte :]
    ).decode()


@pytest.mark.parametrize("edit", [insert_comment, delete_comment, indent_anew, change_line_ends, swap_functions])
def test_each_kind_of_edit_changes_the_text_and_no_fingerprint(edit: Edit, scan: Callable[..., FileFacts]) -> None:
    chance = random.Random(7)
    before = {site.fingerprint for site in scan(CODE).sites}

    texts = [edit(CODE, chance) for _ in range(20)]

    assert set(texts) != {CODE}
    assert all({site.fingerprint for site in scan(text).sites} == before for text in texts)


def test_fingerprints_survive_a_thousand_random_edits(scan: Callable[..., FileFacts]) -> None:
    chance = random.Random(20261128)
    sources = [CODE, *(path.read_text() for path in SAMPLES)]
    edits = (insert_comment, delete_comment, indent_anew, change_line_ends, swap_functions)
    expected = surviving = done = 0
    while done < EDITS:
        source = sources[(done // 10) % len(sources)]
        before = {site.fingerprint for site in scan(source).sites}
        text = source
        for _ in range(10):
            text = chance.choice(edits)(text, chance)
            done += 1
            after = {site.fingerprint for site in scan(text).sites}
            expected += len(before)
            surviving += len(before & after)

    assert surviving / expected >= LEAST_SURVIVING_SHARE


def test_another_argument_is_another_site(scan: Callable[..., FileFacts]) -> None:
    before = {site.fingerprint for site in scan(CODE).sites}
    after = {site.fingerprint for site in scan(CODE.replace("cudaFree(in)", "cudaFreeHost(in)")).sites}

    assert before - after
    assert after - before
