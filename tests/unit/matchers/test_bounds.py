"""Large and hostile files are read in a time that grows with their size."""

import time
from collections.abc import Callable

import pytest

from portgauge.matchers.facts import FileFacts
from portgauge.model.component import Reading

Scan = Callable[..., FileFacts]
LIMIT_SECONDS = 5
COUNT = 3_000


def timed(scan: Scan, code: str, **options: object) -> tuple[FileFacts, float]:
    started = time.process_time()
    facts = scan(code, **options)
    return facts, time.process_time() - started


def test_the_lexer_reads_megabytes(scan: Scan) -> None:
    line = "void f(){ cudaFree(p); int a = b + c; foo(bar, baz); }\n"

    facts, seconds = timed(scan, line * 40_000, with_tree=False)

    assert (facts.reading, len(facts.sites)) == (Reading.LEXED, 40_000)
    assert seconds < LIMIT_SECONDS


LARGE_FUNCTIONS = {
    "results kept in one variable": (
        "warp/ballot-result-32",
        COUNT,
        "__global__ void k(int v){ unsigned m; " + "m=__ballot(v);" * COUNT + "}",
    ),
    "indices from one thread index": (
        "warp/lane-index-literal",
        COUNT,
        "__global__ void k(){ int x = threadIdx.x;"
        + "".join(f"int a{i}=x; a{i}=a{i} % 32;" for i in range(COUNT))
        + "}",
    ),
    "indices that come from one another": (
        "warp/lane-index-literal",
        COUNT - 1,
        "__global__ void k(){ int a0 = threadIdx.x; int a1 = a0;"
        + "".join(f"int a{i + 1}=a{i}+a{i - 1}; b=a{i} % 32;" for i in range(1, COUNT))
        + "}",
    ),
    "many functions": (
        "runtime/cudaFree",
        COUNT,
        "".join(f"__device__ void f{i}(){{ cudaFree(p); }}\n" for i in range(COUNT)),
    ),
    "one long sum of lane indices": (
        "warp/lane-index-literal",
        900,
        "__global__ void k(){ int x = 0" + " + threadIdx.x % 32" * 900 + ";}",
    ),
    "errors on every line": ("runtime/cudaFree", 5_000, "@ cudaFree(0);\n" * 5_000),
}


@pytest.mark.parametrize(("rule_id", "count", "code"), LARGE_FUNCTIONS.values(), ids=LARGE_FUNCTIONS)
def test_a_large_file_is_matched_in_good_time(rule_id: str, count: int, code: str, scan: Scan) -> None:
    facts, seconds = timed(scan, code)

    assert sum(site.rule_id == rule_id for site in facts.sites) == count
    assert seconds < LIMIT_SECONDS


HOSTILE = {
    "comments that are never closed": "cudaFree(q); " + "/* a " * 5_000 + " cudaFree(p)",
    "raw strings that are never closed": "cudaFree(q); " + 'R"( a ' * 12_000 + " cudaFree(p)",
    "one long sum of constants": "__device__ int f(){ cudaFree(q); return " + "warpSize+" * 800 + "1;}",
    "assembly that is never closed": 'asm("add.u32 %0;" ' * 3_000 + "; cudaFree(q);",
    "conditions that are never closed": "#if A\n" * 3_000 + "cudaFree(q);\n",
}


@pytest.mark.parametrize("code", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_matched_in_good_time(code: str, scan: Scan) -> None:
    facts, seconds = timed(scan, code)

    assert [site.match for site in facts.sites if site.rule_id == "runtime/cudaFree"] == ["cudaFree"]
    assert seconds < 1.5


def test_a_condition_nested_200_deep_is_recorded_whole(scan: Scan) -> None:
    facts = scan("".join(f"#if A{n}\n" for n in range(200)) + "void f() { cudaFree(p); }\n" + "#endif\n" * 200)

    (site,) = (site for site in facts.sites if site.rule_id == "runtime/cudaFree")
    assert [guard.text for guard in site.guards] == [f"A{n}" for n in range(200)]
    assert facts.problems == ()


def test_what_is_never_closed_is_said(scan: Scan) -> None:
    reasons = [problem.reason for problem in scan("#if A\ncudaFree(p);\n/* no end\n").problems]

    assert any("a comment is never closed" in reason for reason in reasons)
    assert any("1 #if without #endif" in reason for reason in reasons)
