"""How a row becomes sentences."""

from portgauge.resources import rules_folder
from portgauge.rulebook.layout import PLAIN, Layout, LayoutLine
from portgauge.rulebook.loader import load_layouts
from portgauge.rulebook.rulebook import Rulebook


def layout(*parts: str, otherwise: str = "") -> Layout:
    return Layout(
        what="{kind}, {table}",
        names=("symbol", "heads"),
        also=(),
        counterparts=("hip",),
        lines=(LayoutLine(label="On AMD", parts=parts, otherwise=otherwise),),
        words={"target": {"hip": "a rename", "none": ""}},
    )


def sentences(shown: Layout, **row: str) -> list[str]:
    return [text for _, text in shown.sentences(row, table="T", counterpart="")]


def test_a_part_without_value_is_left_out() -> None:
    shown = layout("{hip}: {target}", "since {added}", otherwise="{status}")

    assert sentences(shown, hip="h", target="hip", added="", status="no") == ["h: a rename"]
    assert sentences(shown, hip="h", target="none", added="", status="no") == ["no"]
    assert sentences(shown, hip="", target="", added="", status="") == []


def test_a_list_in_a_cell_is_parted_as_people_write_it() -> None:
    assert sentences(layout("{heads}"), heads="a;b") == ["a, b"]
    assert sentences(layout("{note}"), note="first; second") == ["first; second"]


def test_a_row_is_asked_for_by_each_of_its_names() -> None:
    assert layout().names_of({"symbol": "s", "heads": "a;b;s", "other": "x"}) == ("s", "a", "b")
    assert PLAIN.names_of({"first": "f", "second": "s"}) == ("f",)


def test_a_kind_without_layout_shows_its_columns() -> None:
    said = PLAIN.sentences(
        {"package": "p", "rocm_state": "works", "note": "", "source": "s"}, table="T", counterpart=""
    )

    assert said == (("Package", "p"), ("Rocm state", "works"))


def test_the_shipped_layouts_name_columns_that_the_tables_have(rulebook: Rulebook) -> None:
    layouts = load_layouts(rules_folder())
    for table in rulebook.tables.values():
        shown = layouts.get(table.kind, PLAIN)
        assert set(shown.names) <= set(table.columns)
        assert set(shown.words) <= set(table.columns)


def test_a_counterpart_is_found_among_plain_words() -> None:
    row = {"symbol": "s", "hip": "the ROCm build of flash-attn (Composable Kernel), or hip::thing"}

    assert layout().counterparts_of(row) == {"ROCm", "flash-attn", "Composable", "Kernel", "hip::thing"}
