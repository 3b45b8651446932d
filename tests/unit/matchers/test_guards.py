"""Which conditions stand around a site."""

from collections.abc import Callable

import pytest

from portgauge.matchers.facts import FileFacts
from portgauge.model.finding import Site

SitesIn = Callable[..., list[Site]]


def guards_of(site: Site) -> list[tuple[str, str, int]]:
    return [(guard.kind, guard.text, guard.line) for guard in site.guards]


def test_the_conditions_around_a_site_are_recorded_outermost_first(sites_in: SitesIn) -> None:
    sites = sites_in(
        "#ifdef A\n#if B > 1 && \\\n    C  // why\nvoid f() { cudaFree(a); }\n#elif D\nvoid g() { cudaFree(b); }\n"
        "#else\nvoid h() { cudaFree(c); }\n#endif\n#endif\nvoid i() { cudaFree(d); }\n"
    )

    assert [guards_of(site) for site in sites] == [
        [("ifdef", "A", 1), ("if", "B > 1 && C", 2)],
        [("ifdef", "A", 1), ("elif", "D", 5)],
        [("ifdef", "A", 1), ("else", "B > 1 && C; D", 7)],
        [],
    ]
    assert [guard.tried for guard in sites[2].guards] == [(), ("B > 1 && C", "D")]


def test_an_include_guard_is_no_condition(sites_in: SitesIn) -> None:
    (site,) = sites_in("#ifndef SOLVER_H\n#define SOLVER_H\nvoid f() { cudaFree(a); }\n#endif\n")

    assert site.guards == ()


@pytest.mark.parametrize(
    "hidden",
    [
        "/*\n#if 0\n*/",
        "/* a\n #ifdef A */",
        'const char* a = R"(\n#if 0\n)";',
        'const char* a = R"x(\n#if 0\n)x";',
    ],
)
def test_a_directive_inside_a_comment_or_string_is_none(hidden: str, scan: Callable[..., FileFacts]) -> None:
    facts = scan(f"{hidden}\nvoid f() {{ cudaFree(p); }}\n")

    assert [site.guards for site in facts.sites] == [()]
    assert facts.problems == ()


def test_a_condition_that_is_never_closed_is_a_problem(scan: Callable[..., FileFacts]) -> None:
    facts = scan("#if A\nvoid f() { cudaFree(p); }\n")

    assert [guards_of(site) for site in facts.sites] == [[("if", "A", 1)]]
    assert [problem.reason for problem in facts.problems] == [
        "1 #if without #endif; conditions around sites may be wrong"
    ]


def test_an_endif_too_many_takes_nothing_away(sites_in: SitesIn) -> None:
    (site,) = sites_in("#endif\n#else\n#if A\nvoid f() { cudaFree(p); }\n#endif\n#endif\n")

    assert guards_of(site) == [("if", "A", 3)]


def test_a_condition_on_the_architecture_is_a_site_of_its_own(found: Callable[..., list[str]]) -> None:
    code = "#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 700  // volta\nint a;\n#endif\n"

    assert found("guard/cuda-arch", code) == ["defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 700"]


@pytest.mark.parametrize(
    ("lines", "left_out"),
    [
        (["#if CUDA_VERSION >= 12000", "X", "#else", "#endif"], True),
        (["#if CUDA_VERSION >= 12000", "X", "#endif"], False),
        (["#if CUDA_VERSION < 12000", "#else", "X", "#endif"], True),
        (["#if CUDA_VERSION >= 12000", "#else", "X", "#endif"], False),
        (["#if CUDA_VERSION >= 12000 && defined(MINE)", "X", "#else", "#endif"], True),
        (["#if CUDA_VERSION >= 12000 || defined(MINE)", "X", "#else", "#endif"], False),
        (["#if __CUDA_ARCH__ >= 530", "X", "#else", "#endif"], False),
        (["#ifdef CUDA_VERSION", "#if A", "X", "#endif", "#else", "#endif"], True),
        (["#ifdef __CUDACC__", "X", "#else", "#endif"], False),
    ],
)
def test_code_behind_a_version_of_cuda_is_left_out_where_another_branch_is_taken(scan, lines, left_out) -> None:
    call = "void f() { cudaFree(0); }"

    facts = scan("\n".join(lines).replace("X", call))

    sites = [site for site in facts.sites if site.rule_id == "runtime/cudaFree"]
    assert [site.fact("compiled") == "other-branch" for site in sites] == [left_out]


def test_a_macro_in_a_condition_is_one_finding(scan) -> None:
    facts = scan("#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 700\n#endif\n#ifdef __CUDACC__\n#endif\n")

    assert [site.rule_id for site in facts.sites] == ["guard/cuda-arch", "guard/compiler"]


@pytest.mark.parametrize(
    ("code", "takes", "compared", "holds"),
    [
        ("#if __CUDA_ARCH__ >= 800\nA\n#else\nB\n#endif\n", "other", "yes", "more"),
        ("#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800\nA\n#else\nB\n#endif\n", "other", "below", "more"),
        ("#if defined(__CUDA_ARCH__) && (__CUDA_ARCH__ <= 600)\nA\n#endif\n", "nothing", "below", "more"),
        ("#if __CUDA_ARCH__ >= 700 && __CUDA_ARCH__ < 800\nA\n#endif\n", "nothing", "yes", "more"),
        ("#if __CUDA_ARCH__ < 600\nA\n#endif\n", "this", "below", "more"),
        ("#ifdef USE_HIP\nA\n#elif __CUDA_ARCH__ >= 800\nB\n#endif\n", "earlier", "yes", "more"),
        ("#if !defined(USE_HIP) && __CUDA_ARCH__ >= 800\nA\n#else\nB\n#endif\n", "other", "yes", "more"),
        ("#if __CUDA_ARCH__ >= 800\nA\n#elif defined(USE_HIP)\nB\n#else\nC\n#endif\n", "other", "yes", "more"),
        # Whether the device is compiled for is not known.
        ("#ifdef __HIP_DEVICE_COMPILE__\nA\n#elif __CUDA_ARCH__ >= 800\nB\n#endif\n", "unknown", "yes", "more"),
        (
            "#ifdef __CUDA_ARCH__\n# include <a.h>  // why\n\n#else\n#include <b.h>\n#endif\n",
            "nothing",
            "no",
            "includes",
        ),
        ("#ifdef __CUDA_ARCH__\n#include <a.h>\n#else\n#define B 1\n#endif\n", "nothing", "no", "more"),
        ("#ifdef __CUDA_ARCH__\n#endif\n", "nothing", "no", "more"),
    ],
)
def test_a_condition_says_what_a_build_for_amd_takes_of_it(scan, code, takes, compared, holds) -> None:
    facts = scan(code)

    (site,) = (site for site in facts.sites if site.rule_id == "guard/cuda-arch")
    assert (site.fact("amd_takes"), site.fact("compared"), site.fact("holds")) == (takes, compared, holds)
