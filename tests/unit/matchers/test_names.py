"""Names: which words of a file are CUDA's, and which are somebody else's."""

from collections.abc import Callable

import pytest

from portgauge.matchers.facts import FileFacts
from portgauge.model.component import Reading
from portgauge.model.finding import Site
from portgauge.model.rule import Confidence

Scan = Callable[..., FileFacts]
SitesIn = Callable[..., list[Site]]


def found_in(sites: list[Site]) -> list[tuple[str, str]]:
    return [(site.rule_id, site.match) for site in sites]


def test_a_call_is_found_with_its_place_and_function(sites_in: SitesIn) -> None:
    (site,) = sites_in("// é\nvoid solve() {\n    /* ü */ cudaFree(p);\n}\n")

    place = site.location
    assert (site.rule_id, site.match, site.function) == ("runtime/cudaFree", "cudaFree", "solve")
    assert (place.line, place.column, place.end_line, place.end_column) == (3, 13, 3, 21)
    assert site.confidence is Confidence.HIGH


@pytest.mark.parametrize(
    "code",
    [
        "// cudaFree(p)\n",
        "/* cudaFree(p); */ int a;",
        'const char* a = "cudaFree(p)";',
        'const char* a = R"x(cudaFree(p))x";',
        "void f() { my_cudaFree(p); notcudaFree(p); }",
        "void f() { object.cudaFree(p); pointer->cudaFree(p); other::cudaFree(p); }",
    ],
    ids=["line comment", "block comment", "string", "raw string", "longer name", "member of another thing"],
)
def test_a_name_that_is_not_used_is_not_found(code: str, sites_in: SitesIn) -> None:
    assert sites_in(code) == []


@pytest.mark.parametrize(
    ("head", "call"),
    [
        ("", "thrust::sort(a, b)"),
        ("namespace t = thrust;\n", "t::sort(a, b)"),
        ("using namespace thrust;\n", "sort(a, b)"),
        ("using thrust::sort;\n", "sort(a, b)"),
    ],
)
def test_a_name_of_a_library_is_found_however_its_namespace_is_reached(head: str, call: str, sites_in: SitesIn) -> None:
    sites = sites_in(f"#include <thrust/sort.h>\n{head}void f() {{ {call}; }}\n")

    assert ("thrust/thrust::sort", call.split("(")[0]) in found_in(sites)


@pytest.mark.parametrize("call", ["sort(a, b)", "std::sort(a, b)", "a.sort()"])
def test_the_same_name_of_somebody_else_is_not(call: str, sites_in: SitesIn) -> None:
    sites = sites_in(f"#include <thrust/sort.h>\nvoid f() {{ {call}; }}\n")

    assert found_in(sites) == [("thrust/thrust/sort.h", "thrust/sort.h")]


@pytest.mark.parametrize(
    ("code", "is_found"),
    [
        ("__global__ void k(int* a) { a[0] = max(1, 2); }", True),
        ("__device__ int f() { return max(1, 2); }", True),
        ("__global__ void k();\nint f() { return max(1, 2); }", False),
        ("int max(int, int);\n__global__ void k(int* a) { a[0] = max(1, 2); }", False),
        ("__global__ void k(int* a) { int max = 1; a[0] = max; }", False),
        ("__global__ void k(int* a) { a[0] = std::max(1, 2) + s.max(1); }", False),
    ],
)
def test_a_plain_name_counts_as_a_call_in_device_code_only(
    code: str, is_found: bool, found: Callable[..., list[str]]
) -> None:
    assert found("device/max", code) == (["max"] if is_found else [])


def test_a_plain_type_counts_in_a_file_that_is_about_cuda(found: Callable[..., list[str]]) -> None:
    use = "void f() { float4 v; }\n"

    assert found("runtime/float4", f"#include <cuda_runtime.h>\n{use}", path="a.cpp", language="c++") == ["float4"]
    assert found("runtime/float4", use, path="a.cpp", language="c++") == []
    assert found("runtime/float4", f"struct float4 {{ float x; }};\n__global__ void k();\n{use}") == []


def test_a_name_that_no_table_knows_is_kept_unless_the_code_defines_it(sites_in: SitesIn) -> None:
    use = "void f() { cudaFrobnicate(p); }\n"

    (site,) = sites_in(use)

    assert (site.rule_id, site.match, site.confidence) == ("api/unknown-symbol", "cudaFrobnicate", Confidence.LOW)
    assert sites_in(f"static void cudaFrobnicate(void*);\n{use}") == []
    assert sites_in(f"#define cudaFrobnicate(x) free(x)\n{use}") == []


def test_a_definition_in_one_file_speaks_for_the_codebase(take: Callable[..., object]) -> None:
    inventory = take(
        {"a.cu": "void f() { cudaFrobnicate(p); cudaFree(p); }", "b.cu": "void cudaFrobnicate(void* p) {}"}
    )

    assert [site.rule_id for site in inventory.sites] == ["runtime/cudaFree"]


@pytest.mark.parametrize("rule_id", ["complex/make_cuComplex", "complex/make_cuDoubleComplex", "nccl/pncclSend"])
def test_host_calls_without_a_cuda_prefix_are_found(rule_id: str, found: Callable[..., list[str]]) -> None:
    name = rule_id.rpartition("/")[2]

    assert found(rule_id, f"void f() {{ c = {name}(1, 2); }}") == [name]


def test_names_of_fftw_count_only_beside_their_cuda_header(found: Callable[..., list[str]]) -> None:
    use = "void f() { fftw_execute(p); cudaFree(p); }"

    assert found("cufft/fftw_execute", f"#include <cufftw.h>\n{use}") == ["fftw_execute"]
    assert found("cufft/fftw_execute", f"#include <fftw3.h>\n{use}") == []


def test_an_include_counts_for_its_table_and_for_a_rule_about_it(take: Callable[..., object]) -> None:
    inventory = take({"a.cpp": "#include <nvrtc.h>\n"})

    assert [site.rule_id for site in inventory.sites] == ["jit/nvrtc", "nvrtc/nvrtc.h"]
    assert [use.name for use in inventory.libraries] == ["nvrtc"]


# Macro bodies ----------------------------------------------------------------------------------------


def test_a_macro_body_is_read_where_it_is_written(sites_in: SitesIn) -> None:
    sites = sites_in(
        "#define CHECK(x) do { \\\n    if ((x) != cudaSuccess) cudaDeviceReset(); \\\n"
        '  } while (0) // cudaMalloc "\n#define TEXT "cudaFree(0)"\n'
    )

    assert [(site.rule_id, site.fact("in_macro"), site.location.line, site.confidence) for site in sites] == [
        ("runtime/cudaSuccess", "CHECK", 2, Confidence.MEDIUM),
        ("runtime/cudaDeviceReset", "CHECK", 2, Confidence.MEDIUM),
    ]


def test_a_comment_inside_a_macro_body_hides_nothing(found: Callable[..., list[str]]) -> None:
    code = "#define CHECK(x) do { if ((x) != cudaSuccess) cudaDeviceReset(); /* why */ } while (0)\n"

    assert found("runtime/cudaSuccess", code) == ["cudaSuccess"]
    assert found("runtime/cudaDeviceReset", code) == ["cudaDeviceReset"]


def test_a_mask_in_a_macro_body_is_found(sites_in: SitesIn) -> None:
    sites = sites_in("#define SHUFFLE(v) __shfl_sync(0xffffffff, v, 0)\n#define WIDE(v) __shfl_sync(~0ull, v, 0)\n")

    assert [(site.match, site.location.line) for site in sites if site.rule_id == "warp/mask-literal"] == [
        ("0xffffffff", 1)
    ]


# Broken code -----------------------------------------------------------------------------------------


def test_inside_broken_code_names_count_with_less_confidence(scan: Scan, sites_in: SitesIn) -> None:
    code = "void f() { cudaFree(0) }}}} )\nvoid g() { cudaFree(1); }\n"

    before, after = sites_in(code)

    assert (before.location.line, before.confidence) == (1, Confidence.MEDIUM)
    assert (after.location.line, after.confidence) == (2, Confidence.HIGH)
    facts = scan(code)
    (problem,) = facts.problems
    assert "could not be parsed (first at line 1)" in problem.reason
    assert 0 < facts.degraded_bytes < len(code)


def test_a_call_behind_a_bare_macro_is_no_declaration(found: Callable[..., list[str]]) -> None:
    assert found("runtime/cudaFree", "void f() { MACRO cudaFree(p); }") == ["cudaFree"]
    # What the code defines itself stays its own.
    assert found("api/unknown-symbol", "void f() { Type cudaThing(p); }") == []


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("void f() { cudaFree(0) }}}} ) cudaMalloc(&a, 1); ", "cudaMalloc"),
        ("class A { MACRO(x) cudaFree(p); };", "cudaFree"),
    ],
)
@pytest.mark.xfail(strict=True, reason="taken for the definition of a function or member, so the call is lost")
def test_a_call_that_looks_like_a_declaration_outside_a_function_counts(
    code: str, name: str, found: Callable[..., list[str]]
) -> None:
    assert found(f"runtime/{name}", code) == [name]


# Files without a tree --------------------------------------------------------------------------------


def test_the_lexer_finds_names_and_masks_and_says_what_it_does_not_look_for(scan: Scan) -> None:
    code = (
        'void f() { cudaFree(0); s.cudaMalloc(1); "cudaDeviceReset"; /* cudaMemcpy */\n'
        "int lane = threadIdx.x % 32; v = __shfl_sync(0xffffffff, v, 0); max(1, 2); cudaNew(1); }"
    )

    facts = scan(code, with_tree=False)

    assert [(site.rule_id, site.match) for site in facts.sites] == [
        ("runtime/cudaFree", "cudaFree"),
        ("device/__shfl_sync", "__shfl_sync"),
        ("warp/mask-literal", "0xffffffff"),
        ("api/unknown-symbol", "cudaNew"),
    ]
    assert {site.confidence for site in facts.sites} == {Confidence.MEDIUM, Confidence.LOW}
    assert (facts.reading, facts.is_cuda, facts.degraded_bytes) == (Reading.LEXED, True, len(code))
    (problem,) = facts.problems
    assert "rules that need structure did not look here" in problem.reason


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("void f() { cudaFree(p); }\n" + "(" * 1_001, "nested 1,001 deep"),
        ("void f() { cudaFree(p); }\n" + "// 0123456789\n" * 150_000, "2,100,026 bytes"),
    ],
    ids=["deep", "large"],
)
def test_a_file_that_the_grammar_should_not_read_goes_to_the_lexer(code: str, reason: str, scan: Scan) -> None:
    facts = scan(code)

    assert facts.reading is Reading.LEXED
    assert [site.rule_id for site in facts.sites] == ["runtime/cudaFree"]
    assert reason in facts.problems[0].reason


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("cudaError_t cudaStatus = call; if (cudaStatus) fail(cudaStatus);", []),
        ("const char *cudaText = text(), *end; log(cudaText);", []),
        ("float cudaRow[4]; use(cudaRow);", []),
        ("return cudaFrobnicate;", ["cudaFrobnicate"]),
        ("if (x == cudaFrobnicate) { y = cudaFrobnicate; }", ["cudaFrobnicate", "cudaFrobnicate"]),
    ],
)
def test_a_variable_that_a_macro_declares_is_no_unknown_name(
    found: Callable[..., list[str]], body: str, names: list[str]
) -> None:
    assert found("api/unknown-symbol", f"#define CHECK(call) {{ {body} }}\nvoid f() {{ cudaFree(0); }}\n") == names
