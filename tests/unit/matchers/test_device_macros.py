"""Functions whose mark for the device hides in a macro, and members of CUDA's namespaces."""

from collections.abc import Callable

from portgauge.model.analysis import Inventory

Take = Callable[..., Inventory]
USE = "#include <cuda_runtime.h>\ninline {macro} float twice(float* x) {{ return atomicAdd(x, 1.0f); }}\n"


def rules_found(take: Take, files: dict[str, str | bytes]) -> list[str]:
    return [site.rule_id for site in take(files).sites if site.rule_id.endswith("/atomicAdd")]


def test_a_macro_of_the_same_file_marks_a_function(take: Take) -> None:
    code = "#define MY_FN __host__ __device__\n" + USE.format(macro="MY_FN")

    assert rules_found(take, {"a.cu": code}) == ["device/atomicAdd"]


def test_a_macro_of_another_file_marks_a_function(take: Take) -> None:
    files: dict[str, str | bytes] = {
        "a.cu": '#include "marks.h"\n' + USE.format(macro="MY_FN"),
        "marks.h": "#ifdef __CUDACC__\n#define MY_FN __device__\n#else\n#define MY_FN\n#endif\n",
    }

    assert rules_found(take, files) == ["device/atomicAdd"]


def test_a_macro_that_says_device_marks_a_function_wherever_it_is_pasted_together(take: Take) -> None:
    assert rules_found(take, {"a.cu": USE.format(macro="OURS_DEVICE_ONLY")}) == ["device/atomicAdd"]


def test_a_macro_that_marks_nothing_leaves_the_function_to_the_host(take: Take) -> None:
    files: dict[str, str | bytes] = {
        "a.cu": USE.format(macro="OURS_API"),
        "export.h": '#define OURS_API __attribute__((visibility("default")))\n#define HOST_FN __host__\n',
    }

    assert rules_found(take, files) == []
    assert rules_found(take, {"a.cu": "#define HOST_FN __host__\n" + USE.format(macro="HOST_FN")}) == []


def test_a_kernel_behind_a_macro_of_its_file_is_a_kernel(take: Take) -> None:
    code = '#define KERNEL extern "C" __global__\nKERNEL void twice(float* x) { x[threadIdx.x] *= 2; }\n'

    assert [kernel.name for kernel in take({"a.cu": code}).kernels] == ["twice"]
