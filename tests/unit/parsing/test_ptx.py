"""The reader of asm texts, and the PTX table that it feeds."""

import csv
import re
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portgauge.parsing.ptx import GAP, PtxStatement, StatementKind, looks_like_ptx, read_asm, unescape

_TABLE = Path(__file__).parents[3] / "rules" / "ptx" / "instructions.csv"


def _rows() -> list[dict[str, str]]:
    with _TABLE.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


ROWS = _rows()


def row_of(opcode: str, operands: str = "") -> str:
    """Return the row that answers: longest head, then most of ``requires``, then the first; or "unknown"."""
    parts = opcode.split(".")
    answers = []
    for order, row in enumerate(ROWS):
        if row["needs_operand"] and not re.search(row["needs_operand"], operands):
            continue
        required = {word for word in row["requires"].split(";") if word}
        for head in row["heads"].split(";"):
            length = len(head.split("."))
            present = len(required & set(parts[length:]))
            if parts[:length] == head.split(".") and (present or not required):
                answers.append((-length, -present, order, row["instruction"]))
    return min(answers)[3] if answers else "unknown"


def instructions(text: str) -> list[PtxStatement]:
    return [found for found in read_asm(text) if found.kind is StatementKind.INSTRUCTION]


def opcodes(text: str) -> list[str]:
    return [found.opcode for found in instructions(text)]


# Reading one instruction


def test_an_instruction_has_its_opcode_parts_and_operands() -> None:
    (found,) = read_asm("lop3.b32 %0, %1, %2, %3, 0x96;")

    assert found.kind is StatementKind.INSTRUCTION
    assert found.opcode == "lop3.b32"
    assert found.parts == ("lop3", "b32")
    assert found.operands == "%0, %1, %2, %3, 0x96"
    assert found.registers == ()
    assert found.predicate == ""


def test_the_last_instruction_needs_no_semicolon() -> None:
    assert opcodes("prmt.b32.f4e %0, %1, %2, %3") == ["prmt.b32.f4e"]


def test_a_vector_operand_is_not_split() -> None:
    operands = "{%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3}"
    text = f"mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {operands};\n"

    (found,) = read_asm(text)

    assert found.operands == operands


def test_a_vector_operand_may_follow_the_opcode_without_a_blank() -> None:
    (found,) = read_asm("mov.b64{%0, %1}, %2;")

    assert (found.opcode, found.operands) == ("mov.b64", "{%0, %1}, %2")


def test_blanks_before_a_modifier_belong_to_the_opcode() -> None:
    assert opcodes("{\n  lop3 .b32 %0, %1, %2, %3, %4;\n  xor  .b32 %0, %0, %1;\n}") == [
        "lop3.b32",
        "xor.b32",
    ]


def test_double_colons_stay_within_a_part() -> None:
    (found,) = read_asm("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];")

    assert found.parts[3:] == ("shared::cluster", "global", "mbarrier::complete_tx::bytes")


@pytest.mark.parametrize(
    ("text", "predicate"),
    [
        ("@p bra DONE;", "p"),
        ("@!p st.shared.u32 [%0], 0;", "!p"),
        ("@%%px cp.async.cg.shared.global [%0], [%1], 16;", "%px"),
        ("@!%p1 trap;", "!%p1"),
        ("@%0 trap;", "%0"),
    ],
)
def test_a_predicate_is_kept_apart(text: str, predicate: str) -> None:
    (found,) = read_asm(text)

    assert found.predicate == predicate
    assert text[found.offset :].startswith(found.opcode)


@pytest.mark.parametrize("written", ["%laneid", "%%laneid"])
def test_a_special_register_has_one_percent_sign(written: str) -> None:
    (found,) = read_asm(f"mov.u32 %0, {written};")

    assert found.registers == ("%laneid",)


def test_a_component_of_a_special_register_is_kept() -> None:
    (found,) = read_asm("mad.lo.u32 %0, %%ctaid.x, %%ntid.x, %%tid.x;")

    assert found.registers == ("%ctaid.x", "%ntid.x", "%tid.x")


def test_placeholders_and_declared_registers_are_not_special() -> None:
    text = ".reg .b32 %%half, %t<4>; add.u32 %%half, %0, %[step]; sub.u32 %t2, %t1, %%half;"

    assert [found.registers for found in instructions(text)] == [(), ()]


# Reading several


def test_semicolons_separate_instructions_on_one_line() -> None:
    assert opcodes("add.cc.u32 %0, %2, %4; addc.u32 %1, %3, %5;") == ["add.cc.u32", "addc.u32"]


def test_a_scope_with_declarations_is_read_through() -> None:
    text = "{.reg .s16 lo, hi;\n mov.b32 {lo, hi}, %1;\n mul.wide.s16 %0, lo, hi;}\n"

    found = read_asm(text)

    assert [(one.kind.value, one.opcode) for one in found] == [
        ("directive", ".reg"),
        ("instruction", "mov.b32"),
        ("instruction", "mul.wide.s16"),
    ]
    assert found[0].operands == ".s16 lo, hi"


def test_a_wait_loop_has_its_labels_and_jumps() -> None:
    text = (
        "{\n"
        ".reg .pred done;\n"
        "AGAIN_%=:\n"
        "mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\n"
        "@done bra.uni OUT_%=;\n"
        "bra.uni AGAIN_%=;\n"
        "OUT_%=:\n"
        "}"
    )

    assert [(one.kind.value, one.opcode, one.predicate) for one in read_asm(text)] == [
        ("directive", ".reg", ""),
        ("label", "AGAIN_%=", ""),
        ("instruction", "mbarrier.try_wait.parity.shared::cta.b64", ""),
        ("instruction", "bra.uni", "done"),
        ("instruction", "bra.uni", ""),
        ("label", "OUT_%=", ""),
    ]


def test_a_line_break_does_not_cut_operands() -> None:
    text = "ldmatrix.sync.aligned.m8n8.x4.shared.b16\n{%0, %1, %2, %3},\n[%4];\nmembar.cta;"

    assert [(one.opcode, one.operands) for one in read_asm(text)] == [
        ("ldmatrix.sync.aligned.m8n8.x4.shared.b16", "{%0, %1, %2, %3}, [%4]"),
        ("membar.cta", ""),
    ]


def test_named_operands_may_stand_on_the_next_line() -> None:
    assert opcodes("setp.lt.s32\n p, %0, %1;\n selp.s32 %2, %0, %1, p;") == ["setp.lt.s32", "selp.s32"]


def test_a_line_break_separates_where_semicolons_are_missing() -> None:
    assert opcodes("membar.gl\nld.volatile.u32 %0, [%1]\nadd.u32 %0, %0, 1") == [
        "membar.gl",
        "ld.volatile.u32",
        "add.u32",
    ]


def test_comments_are_not_read() -> None:
    text = "// trap;\nadd.f32 %0, /* sub.f32; */ %1, %2; // mul.f32 %0, %1;\n/* exit;"

    assert [(one.opcode, one.operands) for one in read_asm(text)] == [("add.f32", "%0, %1, %2")]


def test_a_whole_module_is_read() -> None:
    text = (
        ".version 8.0\n.target sm_80\n.address_size 64\n"
        ".visible .entry scale(.param .u64 data)\n{\n.reg .b64 %rd<2>;\n.reg .b32 %r<3>;\n"
        "ld.param.u64 %rd1, [data];\nmov.u32 %r1, %tid.x;\nret;\n}\n"
    )

    assert opcodes(text) == ["ld.param.u64", "mov.u32", "ret"]
    assert [one.registers for one in instructions(text)] == [(), ("%tid.x",), ()]


# Gaps


def test_a_macro_within_an_opcode_is_a_part_of_its_own() -> None:
    (found,) = read_asm(f"cp.async.ca.shared.global.L2::{GAP}B [%0], [%1], %2;")

    assert found.parts[:5] == ("cp", "async", "ca", "shared", "global")
    assert GAP in found.parts


def test_a_macro_at_the_end_of_an_opcode_keeps_the_parts_before_it() -> None:
    (found,) = read_asm(f"mbarrier.arrive{GAP}.b64 %0, [%1];")

    assert found.parts == ("mbarrier", "arrive", GAP, "b64")


def test_a_macro_before_an_instruction_does_not_hide_it() -> None:
    assert opcodes(f"{GAP}cvt.rn.f16x2.f32 %0, %1, %2;{GAP}\n{GAP}@p trap;") == ["cvt.rn.f16x2.f32", "trap"]


def test_a_macro_that_is_the_opcode_is_reported_as_a_gap() -> None:
    (found,) = read_asm(f"{GAP} %0, %1, 1;")

    assert (found.opcode, found.operands) == (GAP, "%0, %1, 1")


@pytest.mark.parametrize("field", ["%s", "{dtype}", "{{ dtype }}"])
def test_a_template_field_within_an_opcode_is_a_gap(field: str) -> None:
    (found,) = read_asm(f"ld.global.{field}.v4 {{%0, %1, %2, %3}}, [%4];")

    assert found.parts == ("ld", "global", GAP, "v4")
    assert found.operands == "{%0, %1, %2, %3}, [%4]"


# Other assemblers


@pytest.mark.parametrize(
    "text",
    [
        "trap;",
        "membar.gl;",
        "bar.sync 0;",
        "mov.u32 %0, %%laneid;",
        "{ .reg .pred p; setp.ne.u32 p, %0, 0; }",
        "prefetch.global.L2 [%0];",
        "vote.sync.any.pred p, %0, %1;",
        "vabsdiff4.u32.u32.u32.add %0, %1, %2, %3;",
        "griddepcontrol.wait;",
        f"{GAP} %0, %%globaltimer;",
        "// copies\n  cp.async.wait_all;",
    ],
)
def test_ptx_is_known_as_ptx(text: str) -> None:
    assert looks_like_ptx(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        f"{GAP}",
        "rdtsc",
        "cpuid",
        "lock; cmpxchgl %2, %1",
        "mov %%ebx, %%edi; cpuid; xchg %%ebx, %%edi",
        "rd %%tick, %0",
        "mrc p15, 0, %0, c9, c13, 0",
        "dmb ish",
        "vadd.f32 q0, q1, q2\n vcvt.s32.f32 q1, q0",
        "fmla v0.4s, v1.4s, v2.s[0]\n b.ne 1b",
        "add.w r0, r0, #4",
        "fence rw, rw",
        "fence.i",
        "fcvt.ps.f16 f15, f15\n fmadd.ps f20, f10, f15, f20",
        "vsetvli t0, x0, e32, m1\n vadd.vv v4, v4, v4",
        "ld8.acq %0=[%1]",
        "v_add_f32 %0, %1, %2",
        "s_waitcnt vmcnt(0) lgkmcnt(0)",
        "global_load_dwordx4 %0, %1, off",
        "ds_read_b128 %0, %1 offset:16\ns_barrier",
    ],
)
def test_other_assembly_is_not_ptx(text: str) -> None:
    assert not looks_like_ptx(text)


# Whatever the text


_SIGNS = "mma.sync .f16 { } {{ }} % %% %0 @ @!p ; : :: L1 … /* */ // , [ ] ( ) . .reg .b32 = $ \\ bar.sync 0 é"
_PIECES = st.sampled_from([*_SIGNS.split(" "), "\n", "\r", " ", '"'])


@given(st.lists(_PIECES | st.text(max_size=3), max_size=60).map("".join))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    looks_like_ptx(text)

    for found in read_asm(text):
        first_part = found.opcode if found.kind is StatementKind.LABEL else re.split(r"(?!^)[.:]", found.opcode)[0]
        assert text.startswith(first_part, found.offset)
        assert "" not in found.parts


@given(st.lists(st.sampled_from(ROWS), min_size=1, max_size=6))
def test_instructions_come_back_in_order_at_their_offsets(rows: list[dict[str, str]]) -> None:
    text = "{ // scope\n" + "\n\t".join(row["example"] for row in rows) + "\n}"

    found = instructions(text)

    assert [row_of(one.opcode, one.operands) for one in found] == [row_of(*_split(row["example"])) for row in rows]
    assert all(text.startswith(one.opcode, one.offset) for one in found)


_SINGLE_UNITS = "{ } . @ % : a: … …a /* / {{a a.{b ( a.%s %[ \\ x= .reg,%a<1>"
_LONGER_UNITS = (
    "mov.b32 %0, %1;\n",
    "\n",
    "a\n",
    "a.b ",
    '"',
    "a .b",
    "mov.b32 %r1, x\n\n",
    "a,\n",
    "..a ",
    "a.b .c ",
)


@pytest.mark.parametrize("unit", [*_SINGLE_UNITS.split(), *_LONGER_UNITS])
def test_a_megabyte_is_read_in_linear_time(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    started = time.perf_counter()

    read_asm(text)
    looks_like_ptx(text)

    # Some 2 s where it is slowest; a reader that goes back to what it has passed would need minutes.
    assert time.perf_counter() - started < 40


# C literals


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        (r'"add.u32 %0, %1, 1;\n\t"', "add.u32 %0, %1, 1;\n\t"),
        (r'u8"\x41\101\u00e9\\\""', 'AAé\\"'),
        (r'"\q\ud800\xfffffffff"', "q\ufffd\ufffd"),
        ('"two \\\nlines"', "two lines"),
        ('R"(trap;\\n)"', "trap;\\n"),
        ('R"ptx(bar.sync 0;)" exit;)ptx"', 'bar.sync 0;)" exit;'),
        ("trap;", "trap;"),
        ('"open', "open"),
        ('"', ""),
    ],
)
def test_escapes_are_resolved(literal: str, text: str) -> None:
    assert unescape(literal)[0] == text


def test_offsets_lead_back_to_the_literal() -> None:
    literal = r'"\n\x40p bra DONE;\n"'

    text, offsets = unescape(literal)

    (found,) = read_asm(text)
    assert found.predicate == "p"
    assert literal[offsets[found.offset] :].startswith("bra DONE")


@given(st.text(max_size=40) | st.lists(st.sampled_from(["\\", "x", "u", "0", "n", '"', "R", "(", ")"])).map("".join))
def test_every_character_has_an_offset_in_order(literal: str) -> None:
    text, offsets = unescape(literal)

    assert len(text) == len(offsets)
    assert list(offsets) == sorted(set(offsets))
    assert all(0 <= offset < len(literal) for offset in offsets)


# The table


def _split(example: str) -> tuple[str, str]:
    (found,) = instructions(example)
    return found.opcode, found.operands


def _named(names: Iterable[dict[str, str]]) -> list[str]:
    return [row["instruction"] for row in names]


def test_names_of_rows_are_unique() -> None:
    assert len(set(_named(ROWS))) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=_named(ROWS))
def test_a_row_answers_for_its_own_example(row: dict[str, str]) -> None:
    (found,) = instructions(row["example"])

    assert looks_like_ptx(row["example"])
    if row["heads"].startswith("%"):
        (register,) = found.registers
        assert row_of(register) == row["instruction"]
    else:
        assert row_of(found.opcode, found.operands) == row["instruction"]


@pytest.mark.parametrize("row", ROWS, ids=_named(ROWS))
def test_every_head_of_a_row_can_be_reached(row: dict[str, str]) -> None:
    _, operands = _split(row["example"])
    modifiers = [f".{word}" for word in row["requires"].split(";")] if row["requires"] else [""]

    for head in filter(None, row["heads"].split(";")):
        assert row["instruction"] in {row_of(head + modifier, operands) for modifier in modifiers}, head


@pytest.mark.parametrize("row", ROWS, ids=_named(ROWS))
def test_every_special_register_of_the_table_is_known_as_ptx(row: dict[str, str]) -> None:
    for head in row["heads"].split(";"):
        if head.startswith("%"):
            assert looks_like_ptx(f"{GAP} %0, %{head};"), head


def test_only_hard_rows_are_decisions() -> None:
    # wmma has a near twin in rocWMMA, but is a matrix kernel all the same.
    easier = [
        row["instruction"] for row in ROWS if row["blocker"] and row["difficulty"] not in ("hard", "no-equivalent")
    ]

    assert easier == ["wmma"]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("mov.u32 %0, %1", "mov"),
        ("mov.f32 %0, %1", "mov"),
        ("mov.b64 %0, {%1, %2}", "mov.b64"),
        ("mov.b64 %0, %1", "mov"),
        ("mov.u32 %0, %%smid", "mov.special"),
        ("mov.u64 %0, %globaltimer", "mov.special"),
        ("mov.b32 %0, %%mine", "mov"),
        ("mov.b16 {%0, %1}, %2", "mov.b128"),
        ("ld.global.v4.f32 {%0, %1, %2, %3}, [%4]", "ld.global"),
        ("ld.v2.u64 {%0, %1}, [%2]", "ld.global"),
        ("ld.global.nc.L1::no_allocate.L2::128B.v4.s32 {%0, %1, %2, %3}, [%4]", "ld.global.nc"),
        ("ld.global.L2::64B.u32 %0, [%1]", "ld.prefetch_size"),
        ("ld.global.L2::cache_hint.u32 %0, [%1], %2", "ld.cache_hint"),
        ("ld.global.L1::evict_first.u32 %0, [%1]", "ld.eviction"),
        ("st.global.L1::no_allocate.u32 [%0], %1", "ld.eviction"),
        ("ld.global.cs.f32 %0, [%1]", "ld.cache_op"),
        ("ld.acquire.sys.global.u32 %0, [%1]", "ld.acquire"),
        ("ld.relaxed.gpu.u32 %0, [%1]", "ld.acquire"),
        ("ld.mmio.relaxed.sys.u32 %0, [%1]", "ld.mmio"),
        ("ld.volatile.shared.u32 %0, [%1]", "ld.volatile"),
        ("ld.shared::cta.u32 %0, [%1]", "ld.shared"),
        ("ld.acquire.cluster.shared::cluster.u32 %0, [%1]", "ld.shared.cluster"),
        ("st.shared::cluster.u32 [%0], %1", "ld.shared.cluster"),
        ("ld.const.u32 %0, [%1]", "ld.local"),
        ("st.relaxed.gpu.global.u32 [%0], %1", "st.release"),
        ("st.async.shared::cluster.mbarrier::complete_tx::bytes.u32 [%0], %1, [%2]", "st.async"),
        ("st.wt.u32 [%0], %1", "st.cache_op"),
        ("prefetchu.L1 [%0]", "prefetch"),
        ("applypriority.global.L2::evict_normal [%0], 128", "createpolicy"),
        ("discard.global.L2 [%0], 128", "createpolicy"),
        ("getctarank.shared::cluster.u32 %0, %1", "mapa"),
        ("cvta.to.global.u64 %0, %1", "cvta"),
        ("add.sat.s32 %0, %1, %2", "add.int"),
        ("subc.cc.u32 %0, %1, %2", "add.cc"),
        ("mad.lo.cc.u32 %0, %1, %2, %3", "mad.cc"),
        ("mad.wide.u32 %0, %1, %2, %3", "mad.lo"),
        ("mul24.lo.u32 %0, %1, %2", "mul.lo"),
        ("div.s32 %0, %1, %2", "div.int"),
        ("div.full.f32 %0, %1, %2", "div.approx"),
        ("div.rn.f32 %0, %1, %2", "rcp.rn"),
        ("sqrt.approx.ftz.f32 %0, %1", "rcp.approx"),
        ("abs.s32 %0, %1", "min.int"),
        ("abs.f32 %0, %1", "copysign"),
        ("max.NaN.f32 %0, %1, %2", "min.f32"),
        ("min.bf16x2 %0, %1, %2", "min.f16x2"),
        ("prmt.b32 %0, %1, %2, 0x5410", "prmt"),
        ("prmt.b32.rc16 %0, %1, %2, %3", "prmt.mode"),
        ("add.f32 %0, %1, %2", "add.f32"),
        ("fma.rn.ftz.f32 %0, %1, %2, %3", "add.f32"),
        ("fma.rz.f32 %0, %1, %2, %3", "add.rz"),
        ("add.rm.f64 %0, %1, %2", "add.rz"),
        ("mul.rn.f32x2 %0, %1, %2", "add.f32x2"),
        ("mul.f64 %0, %1, %2", "add.f64"),
        ("fma.rn.relu.bf16x2 %0, %1, %2, %3", "add.f16x2"),
        ("mad.rn.f64 %0, %1, %2, %3", "mad.f32"),
        ("ex2.approx.f16 %0, %1", "ex2.f16x2"),
        ("ex2.approx.ftz.bf16x2 %0, %1", "ex2.bf16"),
        ("tanh.approx.bf16 %0, %1", "ex2.bf16"),
        ("tanh.approx.f16x2 %0, %1", "tanh.approx"),
        ("set.gt.bf16x2.bf16x2 %0, %1, %2", "set.f16x2"),
        ("setp.ge.and.f32 p, %0, %1, q", "setp"),
        ("cvt.rna.tf32.f32 %0, %1", "cvt.tf32"),
        ("cvt.rn.satfinite.e5m2x2.f16x2 %0, %1", "cvt.fp8"),
        ("cvt.rn.f16x2.e4m3x2 %0, %1", "cvt.fp8"),
        ("cvt.rn.bf16x2.f32 %0, %1, %2", "cvt.f16x2"),
        ("cvt.rp.satfinite.ue8m0x2.f32 %0, %1, %2", "cvt.fp4"),
        ("cvt.rs.f16x2.f32 %0, %1, %2, %3", "cvt.rs"),
        ("cvt.u8.u32 %0, %1", "cvt.narrow"),
        ("cvt.u32.u8 %0, %1", "cvt"),
        ("cvt.pack.sat.s16.s32 %0, %1, %2", "cvt.pack"),
        ("atom.global.cas.b32 %0, [%1], %2, %3", "atom"),
        ("atom.add.f64 %0, [%1], %2", "atom.f32"),
        ("atom.global.add.noftz.bf16x2 %0, [%1], %2", "atom.f16x2"),
        ("atom.global.v4.f32.add {%0, %1, %2, %3}, [%4], {%5, %6, %7, %8}", "atom.vector"),
        ("atom.cas.b16 %0, [%1], %2, %3", "atom.b128"),
        (
            "red.async.relaxed.cluster.shared::cluster.mbarrier::complete_tx::bytes.inc.u32 [%0], %1, [%2]",
            "red.async",
        ),
        ("red.global.add.f32 [%0], %1", "red"),
        ("fence.sc.cta", "fence"),
        ("fence.acq_rel.cluster", "fence.mbarrier_init"),
        ("fence.proxy.tensormap::generic.acquire.gpu [%0], 128", "fence.proxy"),
        ("bar.sync 0", "bar.sync"),
        ("barrier.sync 0", "bar.sync"),
        ("bar.sync %0", "bar.sync.named"),
        ("bar.sync 0, 64", "bar.sync.named"),
        ("barrier.cta.sync.aligned 3, 128", "bar.sync.named"),
        ("bar.arrive 2, 64", "bar.sync.named"),
        ("bar.warp.sync %0", "bar.warp.sync"),
        ("barrier.cluster.wait.acquire.aligned", "barrier.cluster"),
        ("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1", "mbarrier.arrive"),
        ("mbarrier.test_wait.shared.b64 p, [%0], %1", "mbarrier.try_wait"),
        ("mbarrier.pending_count.b64 %0, %1", "mbarrier.expect_tx"),
        ("shfl.sync.down.b32 %0, %1, 4, 31, -1", "shfl.sync"),
        ("shfl.up.b32 %0, %1, 1, 0", "shfl"),
        ("vote.ballot.b32 %0, p", "vote"),
        ("redux.sync.min.NaN.f32 %0, %1, %2", "redux.f32"),
        ("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {}", "mma.f16"),
        ("mma.sync.aligned.m8n8k4.row.col.f32.f16.f16.f32 {}", "mma.f64"),
        ("mma.sync.aligned.m16n8k64.row.col.s32.s4.s4.s32 {}", "mma.int8"),
        ("mma.sync.aligned.m16n8k32.row.col.f32.e5m2.e4m3.f32 {}", "mma.fp8"),
        ("mma.sync.aligned.m8n8k128.row.col.s32.b1.b1.s32.xor.popc {}", "mma.b1"),
        ("mma.sync.aligned.kind::f8f6f4.m16n8k32.row.col.f32.e2m1.e2m1.f32 {}", "mma.fp8"),
        (
            "mma.sync.aligned.m16n8k64.row.col.kind::mxf4.block_scale.f32.e2m1.e2m1.f32.ue8m0 {}",
            "mma.block_scale",
        ),
        ("mma.sync.aligned.sp::ordered_metadata.m16n8k32.row.col.f32.f16.f16.f32 {}", "mma.sp"),
        ("mma.sp.sync.aligned.m16n8k64.row.col.s32.s8.s8.s32 {}", "mma.sp"),
        ("wmma.store.d.sync.aligned.row.m16n16k16.f32 [%0], {}, %1", "wmma"),
        ("wgmma.mma_async.sp.sync.aligned.m64n8k32.f32.f16.f16 {}", "wgmma"),
        ("wgmma.wait_group.sync.aligned 0", "wgmma.fence"),
        ("tcgen05.commit.cta_group::1.mbarrier::arrive::one.b64 [%0]", "tcgen05"),
        ("cp.async.ca.shared::cta.global.L2::cache_hint [%0], [%1], 4, %2", "cp.async"),
        ("cp.async.wait_all", "cp.async.group"),
        ("cp.async.mbarrier.arrive.noinc.shared::cta.b64 [%0]", "cp.async.mbarrier"),
        ("cp.async.bulk.tensor.3d.global.shared::cta.bulk_group [%0, {}], [%1]", "cp.async.bulk"),
        ("cp.async.bulk.wait_group.read 0", "cp.async.bulk.group"),
        ("cp.async.bulk.prefetch.tensor.2d.L2.global [%0, {}]", "cp.async.bulk.prefetch"),
        (
            "cp.reduce.async.bulk.tensor.2d.global.shared::cta.add.bulk_group [%0, {}], [%1]",
            "cp.reduce.async.bulk",
        ),
        ("tensormap.cp_fenceproxy.global.shared::cta.release.gpu.sync.aligned [%0], [%1], 128", "tensormap"),
        ("prefetch.tensormap [%0]", "prefetch.tensormap"),
        ("tld4.r.2d.v4.f32.f32 {}, [%0, {}]", "tex"),
        ("sust.b.2d.b32.trap [%0, {}], {}", "suld"),
        ("vabsdiff.u32.u32.u32.add %0, %1, %2, %3", "vadd"),
        ("vavrg4.u32.u32.u32 %0, %1, %2, %3", "vadd4"),
    ],
)
def test_the_nearest_row_answers(text: str, row: str) -> None:
    assert row_of(*_split(text + ";")) == row


def test_an_opcode_that_nobody_listed_has_no_row() -> None:
    assert row_of("quantum.sync.b32") == "unknown"
    assert row_of("cp.unheard.of") == "unknown"
