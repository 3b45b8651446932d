"""What the loader refuses: one spoiled file each, and the one line that it must say about it."""

from typing import NamedTuple

import pytest
from rules_copy import RulesCopy

from portgauge.errors import RuleError
from portgauge.matchers.compiled import CompiledRules

MASK = "patterns/warp/mask-literal.yaml"
LANE = "patterns/warp/lane-index-literal.yaml"
FAMILY = "api/_family.yaml"
TABLE = "api/complex.yaml"
ROWS = "api/complex.csv"


class Spoiled(NamedTuple):
    file: str
    old: str
    new: str
    at: str
    """Text on the line that the complaint must name; empty for the first key of the file."""
    says: str


REFUSED = {
    "a rule without title": Spoiled(
        MASK, "title: 32-bit lane mask passed to a *_sync builtin\n", "", "", "the key `title` is missing"
    ),
    "a table without title": Spoiled(TABLE, "title: cuComplex\n", "", "", "the key `title` is missing"),
    "a table without name": Spoiled(TABLE, "table: complex\n", "", "", "the key `table` is missing"),
    "a table without kind": Spoiled(TABLE, "kind: api\n", "", "", "the key `kind` is missing"),
    "an example without code": Spoiled(
        MASK,
        '{code: "__global__ void k(int v) { v = __any_sync(~0u, v); }", text: "~0u"}',
        '{text: "~0u"}',
        '{text: "~0u"}',
        "the key `code` is missing",
    ),
    "an effort model without sigma": Spoiled(
        "effort.yaml", "combination: {sigma: 0.6}", "combination: {}", "combination:", "the key `sigma` is missing"
    ),
    "an effort class without one mode": Spoiled(
        "effort.yaml", "manual: [1, 2],  ", "", "api-rename:", "manual is None; expected [p50, p90]"
    ),
    "a rework share without one mode": Spoiled(
        "effort.yaml", "rework: {manual: 0.35, ", "rework: {", "rework: {", "the key `manual` is missing"
    ),
    "gaps of the tool without their list": Spoiled(
        "defaults.yaml", "not_looked_for:", "not_looked:", "not_looked:", "the key `not_looked_for` is missing"
    ),
    "tests of a shape as a mapping": Spoiled(
        MASK,
        "  - {group: warp-sync, mask_bits: 32}\n  - {group: warp-sync, mask_name: present}",
        "  group: warp-sync",
        "where:",
        "where is {'group': 'warp-sync'}; expected a list",
    ),
    "names as a list": Spoiled(
        "patterns/texture/texture-use.yaml", "names:\n  identifiers:\n", "names:\n", "names:", "names is ['cuda"
    ),
    "a condition as a list": Spoiled(
        MASK, 'when: {rocm: "<6.2"}', "when: [rocm]", "when: [rocm]", "`when` is ['rocm']; expected a mapping"
    ),
    "hours as a word": Spoiled(
        "blockers.yaml", "hours: [160, 960]", "hours: x", "hours: x", "hours is 'x'; expected a list"
    ),
    "minutes in the wrong order": Spoiled(
        "effort.yaml",
        "hipify: [0.15, 0.5]",
        "hipify: [0.5, 0.15]",
        "api-rename:",
        "hipify is [0.5, 0.15]; expected 0 <= p50 <= p90",
    ),
    "a unit that nobody counts": Spoiled(
        "effort.yaml",
        "title: runtime API rename,                per: site",
        "title: runtime API rename, per: sites",
        "api-rename:",
        "per is 'sites'; expected one of site, rule-in-file, rule-in-component",
    ),
    "a basis that is not defined": Spoiled(
        "effort.yaml",
        "agent: [0.03, 0.15], basis: starting-value",
        "agent: [0.03, 0.15], basis: guess",
        "api-rename:",
        "basis 'guess' is not defined; defined are: starting-value",
    ),
    "a basis that does not say what it is": Spoiled(
        "effort.yaml", 'starting-value: "judgement: ', 'starting-value: "', "starting-value:", "a basis starts with"
    ),
    "a wave of 48 lanes": Spoiled(
        "targets.yaml",
        'gfx900, title: "Vega 10 (GCN 5)", lanes_per_wave: 64',
        'gfx900, title: "Vega 10 (GCN 5)", lanes_per_wave: 48',
        "id: gfx900",
        "lanes_per_wave is 48; expected 32 or 64",
    ),
    "an unknown key of a rule": Spoiled(MASK, "why: |", "wy: |", "wy: |", "unknown key 'wy'; expected one of category"),
    "an unknown key of an example": Spoiled(MASK, ', text: "~0u"}', ', txt: "~0u"}', 'txt: "~0u"', "unknown key 'txt'"),
    "an unknown key of a shared file": Spoiled(
        FAMILY, "category: api\n", "category: api\nfoo: 1\n", "foo: 1", "unknown key 'foo'; expected one of category"
    ),
    "an unknown key of a shape": Spoiled(
        "shapes.yaml", "    anchor: names\n", "    anchor: names\n    foo: 1\n", "foo: 1", "unknown key 'foo'"
    ),
    "an unknown key of a target": Spoiled(
        "targets.yaml", "{id: gfx900,", "{foo: 1, id: gfx900,", "foo: 1", "unknown key 'foo'"
    ),
    "an unknown key of an effort class": Spoiled(
        "effort.yaml", "agent: [0.03, 0.15], basis", "agent: [0.03, 0.15], foo: 1, basis", "foo: 1", "unknown key 'foo'"
    ),
    "a key that stands twice": Spoiled(
        MASK, "shape: call", "shape: call\nshape: launch", "shape: launch", "key 'shape' stands twice"
    ),
    "a placeholder of a rule without value": Spoiled(
        MASK, 'message: "`{match}`', 'message: "`{mtch}`', "{mtch}", "placeholder {mtch} has no value"
    ),
    "a placeholder of a line without value": Spoiled(
        MASK, "`{match}` names 32 lanes", "`{mtch}` names 32 lanes", "{mtch}", "placeholder {mtch} has no value"
    ),
    "an effort class that is not defined": Spoiled(
        MASK, "effort: warp-site", "effort: warp-sit", "effort: warp-sit", "effort class 'warp-sit' is not"
    ),
    "a severity that does not exist": Spoiled(
        MASK, "severity: high", "severity: hgh", "hgh", "severity is 'hgh'; expected one of critical, high, medium"
    ),
    "a blocker that is not defined": Spoiled(
        "patterns/library/optix.yaml", "blocker: optix", "blocker: opticks", "opticks", "blocker class 'opticks' is not"
    ),
    "no closing judgement line": Spoiled(
        LANE,
        "  - severity: none\n",
        "  - when: {lanes_per_wave: 32}\n    severity: none\n",
        "lanes_per_wave: 32}",
        'no judgement line without "when"; the last one must hold everywhere',
    ),
    "no closing judgement line of the tables": Spoiled(
        FAMILY,
        "  - automation: manual\n    failure_mode: compile-error\n    severity: medium\n",
        '  - when: {rocm: ">1"}\n    automation: manual\n    failure_mode: compile-error\n    severity: medium\n',
        'rocm: ">1"',
        'no judgement line without "when"; the last one must hold everywhere',
    ),
    "a condition on a name that nobody knows": Spoiled(
        MASK, 'when: {rocm: "<6.2"}', 'when: {rcm: "<6.2"}', "{rcm:", "`when` names 'rcm', which is neither"
    ),
    "a comparison with a word": Spoiled(
        MASK, 'rocm: "<6.2"', 'rocm: "<six"', "<six", "rocm is compared with 'six'; expected a version such as 7.0"
    ),
    "a comparison with a misspelt name": Spoiled(
        MASK, 'rocm: "<6.2"', 'rocm: ">=rocmm"', ">=rocmm", "rocm is compared with 'rocmm'; expected a version"
    ),
    "a row that stands twice": Spoiled(
        ROWS, "cuCabsf,", "cuCabs,", "hipCabsf,", "'cuCabs' stands twice, first on line 2"
    ),
    "a row from a source that is not defined": Spoiled(
        ROWS, "hipify-0cd7efaf", "hipify", ",hipify,", "source 'hipify' is not defined in rules/api/complex.yaml"
    ),
    "a rule from a source that is not defined": Spoiled(
        MASK,
        "sources: [hip-cpp-extensions, ",
        "sources: [hip-cpp, ",
        "sources: [hip-cpp, ",
        "source 'hip-cpp' is not defined in rules/patterns/warp/_family.yaml; defined are: hip-cpp-extensions",
    ),
    "a row of a kind that has no examples": Spoiled(
        ROWS, "cuCabs,function", "cuCabs,func", "cuCabs,func,", "kind 'func' has no examples; expected one of constant"
    ),
    "a row with too few cells": Spoiled(ROWS, "cuCabs,function", "a,b\ncuCabs,function", "a,b", "2 cells; expected 19"),
    "a flow from a part that the shape lacks": Spoiled(
        LANE,
        "left: [thread-index, block-size]",
        "lft: [thread-index]",
        "lft:",
        "shape binary-with-literal has no part 'lft'",
    ),
    "a flow from an unknown seed": Spoiled(
        LANE, "left: [thread-index, block-size]", "left: [thread-indx]", "flow:", "seed 'thread-indx' is not defined"
    ),
    "a test on a part that the shape lacks": Spoiled(
        MASK, "mask_bits: 32}", "mask_bit: 32}", "mask_bit: 32}", "shape call has no part 'mask_bit'"
    ),
    "a group that is not defined": Spoiled(
        MASK, "group: warp-sync", "group: warp-snc", "warp-snc", "group 'warp-snc' is not defined in shapes.yaml"
    ),
    "a shape that does not exist": Spoiled(
        MASK, "shape: call", "shape: cal", "shape: cal", "shape 'cal' is not in shapes.yaml; known are: call"
    ),
    "two ways of looking": Spoiled(
        MASK, "shape: call", 'shape: call\nquery: "(x) @site"', "", "a rule says in one way what it looks for"
    ),
    "a marker of AMD code that is no rule": Spoiled(
        "vendors.yaml", "layer/amd-condition", "layer/amd", "evidence:", "rule 'layer/amd' does not exist"
    ),
    "a macro pattern that does not compile": Spoiled(
        "vendors.yaml", "__HIP_PLATFORM_(AMD", "__HIP_PLATFORM_((AMD", "macros:", "a pattern does not compile"
    ),
    "text that is no YAML": Spoiled(MASK, "shape: call", "shape: call: it", "call: it", "no valid YAML"),
}


@pytest.mark.parametrize("spoiled", REFUSED.values(), ids=REFUSED)
def test_a_defect_is_named_at_its_line_and_nothing_else_is(spoiled: Spoiled, rules_copy: RulesCopy) -> None:
    rules_copy.change(spoiled.file, spoiled.old, spoiled.new)

    (defect,) = rules_copy.defects()

    place = rules_copy.place(spoiled.file, spoiled.at) if spoiled.at else f"rules/{spoiled.file}"
    assert defect.startswith(f"{place}:")
    assert spoiled.says in defect


def test_the_copy_loads_before_it_is_spoiled(rules_copy: RulesCopy) -> None:
    assert set(rules_copy.load().tables) == {
        *("build", "complex", "libraries", "nvjitlink", "nvvm", "packages", "ptx"),
    }


@pytest.mark.parametrize("kind", ["match", "no_match"])
def test_a_rule_needs_examples_of_both_kinds(kind: str, rules_copy: RulesCopy) -> None:
    before, _, _ = (rules_copy.folder / MASK).read_text().partition("examples:\n")
    rules_copy.write(MASK, f'{before}examples:\n  {kind}: ["int a;"]\n')

    assert rules_copy.defects() == (
        f"{rules_copy.place(MASK, 'examples:')}: a rule needs at least one `match` and one `no_match` example",
    )


def test_tables_need_examples_of_both_kinds(rules_copy: RulesCopy) -> None:
    before, _, _ = (rules_copy.folder / FAMILY).read_text().partition("examples:\n")
    rules_copy.write(FAMILY, before)

    assert rules_copy.defects() == tuple(
        f"rules/api/{table}.yaml:1: no `{kind}` example, neither here nor in _family.yaml; a rule needs both kinds"
        for table in ("complex", "nvjitlink", "nvvm")
        for kind in ("match", "no_match")
    )


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("patterns/warp/tile-size.yml", "title: x\n", "is not read; rule files end in .yaml"),
        ("api/mylib.csv", "symbol,source\na,b\n", "a table needs a header, expected mylib.yaml beside it"),
        ("api/mylib.yaml", "table: mylib\nkind: api\ntitle: x\n", "the rows are missing: expected rules/api/mylib.csv"),
        ("patterns/warp/Tile_Size.yaml", "title: x\n", "'warp/Tile_Size' is no rule id: lower-case words"),
        (MASK, "", "expected a mapping of keys to values"),
        (MASK, b"title: \xff\n", "cannot be read: 'utf-8' codec can't decode byte 0xff"),
        ("effort.yaml", "- 1\n", "expected a mapping of keys to values"),
    ],
)
def test_a_file_that_would_be_left_out_is_named(
    file: str, content: str | bytes, says: str, rules_copy: RulesCopy
) -> None:
    rules_copy.write(file, content)

    (defect,) = rules_copy.defects()

    assert defect.startswith(f"rules/{file}:1: ")
    assert says in defect


def test_rows_that_are_no_utf8_are_named_with_their_file(rules_copy: RulesCopy) -> None:
    rows = (rules_copy.folder / ROWS).read_bytes()
    rules_copy.write(ROWS, rows.replace(b"cuCabsf", b"cuCabs\xff", 1))

    assert rules_copy.defects()[0].startswith("rules/api/complex.csv:1: is no UTF-8: ")


def test_lines_of_rows_count_the_newlines_inside_cells(rules_copy: RulesCopy) -> None:
    header, first, *rest = (rules_copy.folder / ROWS).read_text().splitlines()
    noted = first.replace(",,hipify-0cd7efaf,", ',"one\ntwo\nthree",hipify-0cd7efaf,')
    assert noted != first
    twice = [*rest, rest[0]]
    rules_copy.write(ROWS, "\n".join([header, noted, "a,b", *twice]) + "\n")

    # The first row ends on line 4, so the short one stands on line 5 and the next good one on line 6.
    assert rules_copy.defects() == (
        "rules/api/complex.csv:5: 2 cells; expected 19",
        f"rules/api/complex.csv:{5 + len(twice)}: {rest[0].split(',')[0]!r} stands twice, first on line 6",
    )


def test_a_rule_of_a_table_knows_its_line_below_a_long_row(rules_copy: RulesCopy) -> None:
    header, first, *rest = (rules_copy.folder / ROWS).read_text().splitlines()
    noted = first.replace(",,hipify-0cd7efaf,", ',"one\ntwo",hipify-0cd7efaf,')
    rules_copy.write(ROWS, "\n".join([header, noted, *rest]) + "\n")

    rule = rules_copy.load().rule(f"complex/{rest[0].split(',')[0]}")

    assert rule is not None
    assert str(rule.origin) == "rules/api/complex.csv:4"


def test_all_defects_are_reported_at_once_and_each_once(rules_copy: RulesCopy) -> None:
    rules_copy.change(MASK, "shape: call", "shape: cal")
    rules_copy.change(LANE, "left: [thread-index, block-size]", "lft: [thread-index]")
    rules_copy.change(ROWS, "hipify-0cd7efaf", "hipify")
    # Three tables read this line; it is one defect.
    rules_copy.change(FAMILY, "`{symbol}` keeps", "`{symbl}` keeps")
    rules_copy.change("targets.yaml", "{id: gfx900,", "{foo: 1, id: gfx900,")

    places = [defect.split(": ")[0] for defect in rules_copy.defects()]

    assert sorted(places) == sorted(
        [
            rules_copy.place(MASK, "shape: cal"),
            rules_copy.place(LANE, "lft:"),
            rules_copy.place(ROWS, ",hipify,"),
            rules_copy.place(FAMILY, "{symbl}"),
            rules_copy.place("targets.yaml", "foo: 1"),
        ]
    )


def test_a_query_that_does_not_compile_is_a_rule_error(rules_copy: RulesCopy) -> None:
    rules_copy.change("shapes.yaml", "(number_literal))", "(numeral))")
    rules = CompiledRules(rules_copy.load())

    with pytest.raises(RuleError, match=r"rules/shapes.yaml:\d+: a query does not compile: .*numeral"):
        _ = rules.query


# Defects that once loaded, or were named elsewhere than where they stand ---------------------------

FURTHER = {
    "a category that does not exist, once and at its line": Spoiled(
        FAMILY, "category: api\n", "category: foo\n", "category: foo", "'foo'"
    ),
    "a category of a family that does not exist, once and at its line": Spoiled(
        "patterns/warp/_family.yaml", "category: warp\n", "category: foo\n", "category: foo", "'foo'"
    ),
    "a test of a shape that is no mapping": Spoiled(
        MASK, "  - {group: warp-sync, mask_bits: 32}", "  - warp-sync", "where:", "warp-sync"
    ),
    "a block that does not exist": Spoiled("effort.yaml", "block: tune, ", "block: foo, ", "block: foo", "foo"),
    "a sigma that is no number": Spoiled("effort.yaml", "sigma: 0.6", "sigma: x", "sigma: x", "'x'"),
    "a sigma below zero": Spoiled("effort.yaml", "sigma: 0.6", "sigma: -1", "sigma: -1", "sigma"),
    "a fixed cost that the estimate needs": Spoiled("effort.yaml", "  gpu-file: ", "  gpu-fil: ", "fixed:", "gpu-file"),
    "hours with one number": Spoiled("blockers.yaml", "hours: [160, 960]", "hours: [1]", "hours: [1]", "hours"),
    "hours in the wrong order": Spoiled(
        "blockers.yaml", "hours: [160, 960]", "hours: [960, 160]", "hours: [960", "hours"
    ),
    "a table of an unknown kind": Spoiled(TABLE, "kind: api", "kind: apo", "kind: apo", "'apo'"),
    "a table of an unknown status": Spoiled(TABLE, "status: twin", "status: twn", "status: twn", "'twn'"),
    "rows without the columns that all tables have": Spoiled(
        ROWS, "symbol,kind,", "symbol,knd,", "symbol,knd,", "kind"
    ),
    "PTX rows without heads": Spoiled(
        "ptx/instructions.csv", "instruction,heads,", "instruction,head,", "instruction,head,", "heads"
    ),
    "a PTX operand that is no pattern": Spoiled(
        "ptx/instructions.csv", "%(n?tid", "%((n?tid", "%((n?tid", "does not compile"
    ),
    "a pattern of distinct names that does not compile": Spoiled(
        TABLE, "status: twin", 'status: twin\ndistinct_names: "(("', "distinct_names:", "does not compile"
    ),
    "a pattern of unlisted names that does not compile": Spoiled(
        "patterns/api/unknown-symbol.yaml", "looks_like: '", "looks_like: '((", "looks_like:", "does not compile"
    ),
    "a kernel feature that does not compile": Spoiled(
        "shapes.yaml", "launch-bounds: '", "launch-bounds: '((", "launch-bounds:", "does not compile"
    ),
    "a launching call without a kernel": Spoiled(
        "shapes.yaml",
        "cudaLaunchKernelEx: {kernel: 1}",
        "cudaLaunchKernelEx: {grid: 1}",
        "cudaLaunchKernelEx:",
        "kernel",
    ),
    "a family of targets that does not compile": Spoiled(
        "targets.yaml", "families:", 'families:\n  - {match: "((", main: gfx942}', '"(("', "does not compile"
    ),
    "a default target that is not listed": Spoiled(
        "targets.yaml", "defaults: {targets: [gfx942,", "defaults: {targets: [gfx94,", "defaults:", "gfx94"
    ),
    "a day that does not exist": Spoiled(
        "patterns/warp/_family.yaml", "retrieved: 2026-11-22", "retrieved: yesterday", "yesterday", "yesterday"
    ),
    "word lists without their languages": Spoiled("discovery.yaml", "languages:", "langs:", "langs:", "languages"),
}


@pytest.mark.parametrize("spoiled", FURTHER.values(), ids=FURTHER)
def test_a_further_defect_is_named_at_its_line(spoiled: Spoiled, rules_copy: RulesCopy) -> None:
    rules_copy.change(spoiled.file, spoiled.old, spoiled.new)

    (defect,) = rules_copy.defects()

    assert defect.startswith(f"{rules_copy.place(spoiled.file, spoiled.at)}:")
    assert spoiled.says in defect


@pytest.mark.parametrize("content", [b"", b"symbol,kind,source\n\xff,function,a\n"], ids=["empty", "no UTF-8"])
def test_rows_that_cannot_be_read_are_one_defect(content: bytes, rules_copy: RulesCopy) -> None:
    rules_copy.write(ROWS, content)

    assert len(rules_copy.defects()) == 1
