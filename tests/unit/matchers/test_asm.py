"""Inline assembly in macros, in broken code and in text put together from macros."""

from collections.abc import Callable

import pytest

from portgauge.matchers.facts import FileFacts
from portgauge.model.finding import Site
from portgauge.model.rule import Confidence

Scan = Callable[..., FileFacts]
SitesIn = Callable[..., list[Site]]


def opcodes(sites: list[Site]) -> list[str]:
    return [str(site.fact("opcode")) for site in sites if site.rule_id.startswith("ptx/")]


def test_asm_in_the_body_of_a_macro_is_read_where_it_is_written(sites_in: SitesIn) -> None:
    sites = sites_in(
        "#define COPY(to, from) \\\n"
        '    asm volatile("{ .reg .pred p;\\n" /* why */ \\\n'
        '                 "@p cp.async.ca.shared.global [%0], [%1], 16;\\n" \\\n'
        '                 "mov.u32 %2, %%laneid; }" :: "r"(to), "l"(from))\n'
    )

    assert [(site.fact("opcode"), site.location.line, site.fact("in_macro"), site.confidence) for site in sites] == [
        ("cp.async.ca.shared.global", 3, "COPY", Confidence.MEDIUM),
        ("%laneid", 4, "COPY", Confidence.MEDIUM),
    ]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('#define LOAD(kind) asm("ld.global." #kind ".u32 %0, [%1];" : "=r"(x) : "l"(p))\n', "ld.global.….u32"),
        ('#define LOAD(kind) asm("ld.global." kind ".u32 %0, [%1];" : "=r"(x) : "l"(p))\n', "ld.global.….u32"),
        ('#define TYPE ".b32"\n#define PICK asm("prmt" TYPE " %0, %1, %2, %3;" : "=r"(x))\n', "prmt.b32"),
        ('#define TYPE(t) "." #t\nvoid f() { asm("prmt" TYPE(b32) " %0, %1, %2, %3;" : "=r"(x)); }\n', "prmt.b32"),
        ('#define A ".b" B\n#define B "32"\nvoid f() { asm("prmt" A " %0, %1, %2, %3;" : "=r"(x)); }\n', "prmt.b32"),
        ('void f() { asm(R"(prmt.b32 %0, %1, %2, %3;)" : "=r"(x)); }\n', "prmt.b32"),
    ],
    ids=["stringized", "a parameter", "a macro", "a macro with an argument", "macros of macros", "a raw string"],
)
def test_a_template_is_put_together_from_what_the_file_knows(code: str, expected: str, sites_in: SitesIn) -> None:
    assert opcodes(sites_in(code)) == [expected]


def test_asm_is_read_in_code_that_the_grammar_cannot_read(sites_in: SitesIn, scan: Scan) -> None:
    code = '__global__ void k() { if (( { asm volatile("prmt.b32 %0, %1, %2, %3;" : "=r"(x)); }\n'

    assert opcodes(sites_in(code)) == ["prmt.b32"]
    assert opcodes(list(scan(code, with_tree=False).sites)) == ["prmt.b32"]


@pytest.mark.parametrize(
    "code",
    [
        '// #define X asm("prmt.b32 %0, %1, %2, %3;")\nint a = 1;',
        '#define X /* asm("prmt.b32 %0, %1, %2, %3;") */ 1\n',
        '#define X "asm(prmt.b32 %0, %1, %2, %3;)"\n',
        '#define X asm volatile("mov %%eax, %%ebx")\n',
        "#define X(text) asm volatile(text)\n",
        "#define X asm\n",
    ],
)
def test_what_is_no_ptx_is_no_site(code: str, sites_in: SitesIn) -> None:
    assert opcodes(sites_in(code)) == []


def test_a_macro_of_ten_thousand_instructions_is_read_whole(scan: Scan) -> None:
    body = " \\\n".join(f'"add.u32 %{number % 10}, %1, %2;\\n"' for number in range(10_000))

    facts = scan(f"#define MANY asm volatile({body})\n")

    assert len(opcodes(list(facts.sites))) == 10_000


@pytest.mark.parametrize(
    "defines",
    [
        "#define A B\n#define B A\n",
        '#define A "prmt" A\n',
        "".join(f'#define A{i} A{i + 1} A{i + 1} "x"\n' for i in range(40)) + "#define A A0\n",
    ],
    ids=["each other", "itself", "doubling"],
)
def test_recursive_macros_end(defines: str, sites_in: SitesIn) -> None:
    sites = sites_in(defines + 'void f() { asm(A "; prmt.b32 %0, %1, %2, %3;" : "=r"(x)); }\n')

    assert "prmt.b32" in opcodes(sites)
