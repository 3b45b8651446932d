"""Names that tell how data lie: what is done with them, and what decides over it."""

from collections.abc import Callable

import pytest

from portgauge.matchers.facts import FileFacts

Scan = Callable[..., FileFacts]
Found = Callable[..., list[str]]
CHOICE = "layout/chosen-by-precision"


def decided_by(facts: FileFacts) -> list[object]:
    return [site.fact("decided_by") for site in facts.sites if site.rule_id == CHOICE]


def test_a_layout_below_two_conditions_is_named_with_its_line_and_both_reasons(scan: Scan) -> None:
    code = """template <typename T> void Network::init(cudaDeviceProp prop) {
  nhwc_ = false;
  constexpr bool small = std::is_same<half, T>::value;
  if (small) {
    if (prop.major >= 7) {
      nhwc_ = true;
    }
  }
}"""

    (site,) = (site for site in scan(code).sites if site.rule_id == CHOICE)
    assert (site.location.line, site.match, site.fact("decided_by")) == (6, "nhwc_ = true", "both")


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("fp16", "precision"),
        ("dtype == at::kHalf", "precision"),
        ("sizeof(T) == 2", "precision"),
        ("useTensorCores", "tensor-core"),
        ("prop.major >= 7", "tensor-core"),
        ("compute_capability >= 70", "tensor-core"),
        ("fp16 && has_tensor_cores", "both"),
    ],
)
def test_the_condition_says_what_decides(scan: Scan, condition: str, reason: str) -> None:
    code = f"void f() {{ cudaFree(0); auto t = {condition} ? CUDNN_TENSOR_NHWC : kLinear; }}"

    assert decided_by(scan(code)) == [reason]


@pytest.mark.parametrize("condition", ["from_user", "batch > 16", "half_width > 3", "majority", "n_int32 > 1"])
def test_another_condition_decides_nothing(scan: Scan, condition: str) -> None:
    assert decided_by(scan(f"void f() {{ cudaFree(0); auto t = {condition} ? CUDNN_TENSOR_NHWC : kLinear; }}")) == []


def test_a_condition_is_followed_to_the_value_that_its_name_begins_with(found: Found) -> None:
    code = "void f(D p) { cudaFree(0); bool fast = p.major >= 7; if (fast) use_nhwc = true; }"

    assert found(CHOICE, code) == ["use_nhwc = true"]


def test_a_switch_over_types_and_a_returned_layout_are_choices(found: Found) -> None:
    code = (
        "Format f(int t) { cudaFree(0); switch (t) { case kHalf: return CUDNN_TENSOR_NHWC; default: return kPlain; } }"
    )

    assert found(CHOICE, code) == ["return CUDNN_TENSOR_NHWC;"]


def test_file_without_a_word_of_cuda_holds_no_telling_name(scan: Scan) -> None:
    facts = scan("void f(bool fp16) { if (fp16) nhwc = true; }", path="plain.cpp", language="c++")

    assert (facts.is_cuda, facts.sites) == (False, ())


def test_a_printed_alignment_lays_out_no_buffer(found: Found) -> None:
    code = """void f(cudaDeviceProp p) {
  std::cout << "alignment " << p.textureAlignment;
  printf("%d", static_cast<int>(p.texturePitchAlignment));
  allocate(static_cast<int>(p.textureAlignment));
}"""

    assert found("layout/texture-alignment-property", code) == []
    assert found("layout/texture-alignment-property", code.replace("std::cout", "// std::cout")) == [
        "p.textureAlignment"
    ]


@pytest.mark.parametrize(
    ("pitch", "is_own"),
    [("pitch", False), ("pitch / 1", False), ("stride", False), ("w * sizeof(float)", True), ("512", True)],
)
def test_a_copy_with_a_computed_pitch_is_told_from_one_with_the_returned_pitch(
    found: Found, pitch: str, is_own: bool
) -> None:
    code = f"""void f(float* h, int w, int n) {{
  float* d; size_t pitch;
  cudaMallocPitch(reinterpret_cast<void**>(&e), &other, w, n);
  cudaMallocPitch((void**)&d, &pitch, w * sizeof(float), n);
  cudaMemcpy2D(h, w * sizeof(float), d, {pitch}, w * sizeof(float), n, cudaMemcpyDeviceToHost);
}}"""

    assert found("layout/pitch-not-taken", code) == (["cudaMemcpy2D"] if is_own else [])


def test_a_pitched_copy_of_plain_memory_may_have_any_pitch(found: Found) -> None:
    code = """void f(float* h, float* d, int w, int n) {
  float* other; size_t pitch;
  cudaMallocPitch(&other, &pitch, w, n);
  cudaMemcpy2D(d, w * 8, h, w * 4, w * 4, n, cudaMemcpyHostToDevice);
}"""

    assert found("layout/pitch-not-taken", code) == []


def test_only_structures_whose_size_is_asked_for_leave_the_kernel(found: Found) -> None:
    structure = "#define WARP_SIZE 32\nstruct Part { int n; float v[WARP_SIZE]; };\n"
    copied = structure + "void f(Part* h, Part* d) { cudaMemcpy(h, d, 4 * sizeof(Part), cudaMemcpyDeviceToHost); }"
    in_kernel = structure + "void f(int* h, int* d) { cudaMemcpy(h, d, sizeof(int), cudaMemcpyDeviceToHost); }"

    assert found("layout/member-per-lane", copied) == ["float v[WARP_SIZE];"]
    assert found("layout/member-per-lane", in_kernel) == []


def test_a_file_holds_what_the_kernel_made_only_when_it_was_copied_from_the_device(scan: Scan) -> None:
    code = """void f(FILE* p, char* in, char* out, char* d, int n) {
  n = (n + WARP_SIZE - 1) / WARP_SIZE;
  fwrite(in, 1, n, p);
  cudaMemcpy(d, in, n, cudaMemcpyHostToDevice);
  cudaMemcpy(out + 4, d, n, cudaMemcpyDeviceToHost);
  fwrite(&out[4], 1, n, p);
}"""

    assert [site.location.line for site in scan(code).sites if site.rule_id == "layout/file-by-warp"] == [6]


def test_packing_is_said_once_a_file_and_only_beside_matrix_instructions(found: Found) -> None:
    uses = "__global__ void k(int i) { int a = i / kInterleave; int b = i % kInterleave; }\n"
    product = '__global__ void m() { asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0}, [%1];" : : ); }'

    assert found("layout/fragment-order", uses + product) == ["kInterleave"]
    assert found("layout/fragment-order", uses) == []


def test_many_names_of_one_function_cost_no_more_than_their_number(scan: Scan) -> None:
    code = "void f(bool fp16) { cudaFree(0);\n" + "if (fp16) nhwc_ = true;\n" * 3_000 + "}"

    assert len(decided_by(scan(code))) == 3_000


def test_marks_in_prose_of_python_are_none(found: Found) -> None:
    code = '"""Uses torch.channels_last."""\n# torch.channels_last\nx = x.to(memory_format=torch.channels_last)\n'

    (match,) = found("layout/channels-last-in-python", code, path="model.py", language="python")
    assert match == "torch.channels_last"
    assert found("layout/channels-last-in-python", code[: code.index("x =")], path="m.py", language="python") == []
