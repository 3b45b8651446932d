"""Names kept in a file: found, remade when rules change, and never read when they are somebody else's or broken."""

import shutil
from pathlib import Path

import pytest

from portgauge.resources import rules_folder
from portgauge.rulebook.digest import artifact_path, cache_folder, remove_older
from portgauge.rulebook.lookup import Lookup, open_lookup
from portgauge.rulebook.lookup_file import looked_for
from portgauge.rulebook.rulebook import Rulebook


@pytest.fixture(scope="module")
def lookup() -> Lookup:
    return open_lookup(rules_folder(), tool_version="test")


def kinds(lookup: Lookup, name: str) -> list[tuple[str, str]]:
    return [(named.kind, named.part) for named in lookup.find(name)]


def test_a_name_leads_to_what_it_stands_for(lookup: Lookup) -> None:
    assert kinds(lookup, "CUDAmalloc") == [("row", "runtime")]
    assert kinds(lookup, "warp/lane-index-literal") == [("rule", "warp/lane-index-literal")]
    assert kinds(lookup, "gfx942") == [("target", "gfx942")]
    assert ("library", "cudnn") in kinds(lookup, "cuDNN")


def test_every_row_of_the_rulebook_is_found(lookup: Lookup, rulebook: Rulebook) -> None:
    for table in rulebook.tables.values():
        for number in range(0, len(table.rows), 97):
            assert (lookup.row(table.name, number).row(0)) == table.row(number)
            assert ("row", table.name) in kinds(lookup, table.rows[number][0])


def test_a_table_comes_back_as_it_was(lookup: Lookup, rulebook: Rulebook) -> None:
    assert lookup.table("cudnn") == rulebook.tables["cudnn"]


def test_a_rule_is_found_by_the_names_that_it_looks_for(lookup: Lookup, rulebook: Rulebook) -> None:
    assert "warp/mask-literal" in lookup.mentioned_by("__shfl_sync")
    assert "library/optix" in lookup.mentioned_by("optixLaunch")
    assert "texture/texture-use" in lookup.mentioned_in("runtime")
    assert looked_for(rulebook.patterns["warp/warpsize-constant"], rulebook.shapes) == {"warpSize"}


def test_an_edited_rule_is_seen(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(rules_folder(), folder)
    first = open_lookup(folder, tool_version="test")
    rule = folder / "patterns" / "warp" / "lane-index-literal.yaml"
    rule.write_text(rule.read_text().replace("title: Lane or warp index", "title: Other index"))

    second = open_lookup(folder, tool_version="test")

    assert first.rule("warp/lane-index-literal").title.startswith("Lane or warp index")
    assert second.rule("warp/lane-index-literal").title.startswith("Other index")


def test_a_file_that_is_not_whole_is_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(rules_folder(), folder)
    path = artifact_path("names", ".sqlite", folder=folder, tool_version="broken")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"no database")

    assert kinds(open_lookup(folder, tool_version="broken"), "gfx942") == [("target", "gfx942")]


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "a-file"
    place.write_text("")
    monkeypatch.setenv("PORTGAUGE_CACHE", str(place / "below"))

    assert kinds(open_lookup(rules_folder(), tool_version="test"), "gfx942") == [("target", "gfx942")]


def test_only_the_newest_artifacts_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTGAUGE_CACHE", str(tmp_path))
    for number in range(6):
        (tmp_path / f"names-{number}").write_text("")
    (tmp_path / "rulebook-0").write_text("")

    remove_older("names", keep=4)

    assert cache_folder() == tmp_path
    assert len(list(tmp_path.glob("names-*"))) == 4
    assert (tmp_path / "rulebook-0").exists()
