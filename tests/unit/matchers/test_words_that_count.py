"""Which words make a file worth parsing: those of CUDA, and members of a namespace only where it is named."""

from pathlib import PurePosixPath

import pytest

from portgauge.matchers.compiled import CompiledRules
from portgauge.matchers.facts import FileFacts
from portgauge.matchers.scan import scan_file
from portgauge.matchers.word_tests import WordTest
from portgauge.model.component import Reading
from portgauge.resources import rules_folder
from portgauge.rulebook.artifact import load_cached


@pytest.fixture(scope="module")
def rules() -> CompiledRules:
    return CompiledRules(load_cached(rules_folder(), tool_version="test"))


def read(rules: CompiledRules, text: str, *, language: str = "c++", name: str = "a.hpp") -> FileFacts:
    return scan_file(PurePosixPath(name), text.encode(), language=language, rules=rules)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("/* copy it if you like */ void copy(int *a) { sort(a); }\n", Reading.SEARCHED),
        ("void copy(int *a) { thrust::sort(thrust::host, a, a + 2); }\n", Reading.PARSED),
        ("using namespace thrust;\nvoid f(int *a) { sort(a, a + 2); }\n", Reading.PARSED),
        ("namespace t = thrust;\nvoid f(int *a) { t::sort(a, a + 2); }\n", Reading.PARSED),
        ("void f(int *a) { cudaFree(a); }\n", Reading.PARSED),
        ("void f(int *a) { cudaNobodyKnows(a); }\n", Reading.PARSED),
        ("float f(float a) { return sqrtf(a); }\n", Reading.SEARCHED),
        ("OUR_HOST_DEVICE float f(float a) { return sqrtf(a); }\n", Reading.PARSED),
        ("enum E { OUR_HOST_DEVICE, LAST };\n", Reading.SEARCHED),
        ("OUR_HOST_DEVICE\n\n  float f(float a) { return sqrtf(a); }\n", Reading.PARSED),
        ('void f() { asm volatile("cpuid" : : "a"(0)); }\n', Reading.SEARCHED),
        ('#define LANE(x) asm("mov.u32 %0, %%laneid;" : "=r"(x))\n', Reading.PARSED),
        ("int main() { return 0; }\n", Reading.SEARCHED),
    ],
)
def test_a_file_is_parsed_when_its_words_can_mean_cuda(rules: CompiledRules, text: str, reading: Reading) -> None:
    assert read(rules, text).reading is reading


def test_a_file_named_as_cudas_is_parsed_whatever_its_words_unless_it_has_none(rules: CompiledRules) -> None:
    assert read(rules, "int f();\n", language="cuda").is_cuda
    assert not read(rules, "\n", language="cuda").is_cuda


def test_a_header_for_amd_is_seen_though_no_word_of_cuda_stands_in_it(rules: CompiledRules) -> None:
    found = read(rules, "#if defined(GINKGO_BUILD_HIP) || defined(__HIP_PLATFORM_AMD__)\nint f();\n#endif\n")

    assert [(site.rule_id, site.location.line) for site in found.sites] == [("layer/amd-condition", 1)]


def test_an_own_function_called_like_a_member_of_a_cuda_namespace_defines_no_api(rules: CompiledRules) -> None:
    text = "void sort(int *a) { thrust::sort(thrust::device, a, a + 2); }\n"

    assert "layer/api-definition" not in {site.rule_id for site in read(rules, text, language="cuda").sites}
    assert "layer/api-definition" in {
        site.rule_id for site in read(rules, "int cudaFree(void *a) { return 0; }\n", language="cuda").sites
    }


def test_a_word_test_answers_alike_however_often_and_in_whatever_company_a_word_is_asked() -> None:
    test = WordTest("[A-Z]+_DEVICE")

    assert test.fitting({b"MY_DEVICE", b"device"}) == {b"MY_DEVICE"}
    assert test.fitting({b"device", b"OUR_DEVICE"}) == {b"OUR_DEVICE"}
    assert [test.fits(word) for word in (b"MY_DEVICE", b"device", b"A_DEVICE", b"A_DEVICES")] == [
        True,
        False,
        True,
        False,
    ]
