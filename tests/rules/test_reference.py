"""The reference is what the generator makes of the rules; no page is missing and none is left over."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from portgauge.cli.main import group
from portgauge.explaining.reference import INDEX, reference_pages
from portgauge.resources import rules_folder
from portgauge.rulebook.patterns import read_family_titles
from portgauge.rulebook.routes import load_routes
from portgauge.rulebook.rulebook import Rulebook


@pytest.fixture(scope="module")
def pages(rulebook: Rulebook) -> dict[str, str]:
    folder = rules_folder()
    return reference_pages(rulebook, load_routes(folder), family_titles=read_family_titles(folder))


def test_the_reference_is_up_to_date(pages: dict[str, str]) -> None:
    folder = rules_folder()
    written = [folder / INDEX, *(folder / "reference").glob("*.md")]
    found = {path.relative_to(folder).as_posix(): path.read_text() for path in written if path.exists()}

    stale = sorted(name for name in found.keys() | pages.keys() if found.get(name) != pages.get(name))

    assert stale == [], "run `poe reference` and commit the pages"


def test_every_rule_has_a_heading_and_a_line_in_the_index(pages: dict[str, str], rulebook: Rulebook) -> None:
    for rule_id in rulebook.patterns:
        family = rule_id.partition("/")[0]
        assert f"\n## {rule_id}\n" in pages[f"reference/{family}.md"]
        assert f"](reference/{family}.md#{rule_id.replace('/', '')})" in pages[INDEX]


def test_tables_are_counted_and_linked_and_not_printed(pages: dict[str, str], rulebook: Rulebook) -> None:
    for table in rulebook.tables.values():
        assert f"]({table.file.partition('/')[2]}) |" in pages[INDEX]
        assert f"| {len(table.rows):,} |" in pages[INDEX]
    assert "cudaMallocAsync" not in pages[INDEX]


def test_every_link_of_the_index_leads_somewhere(pages: dict[str, str]) -> None:
    targets = [part.partition(")")[0].partition("#")[0] for part in pages[INDEX].split("](")[1:]]

    assert targets
    assert [name for name in targets if name not in pages and not (rules_folder() / name).exists()] == []


def test_the_command_writes_the_pages_and_removes_one_of_a_family_that_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(rules_folder(), folder)
    (folder / "reference" / "gone.md").write_text("")

    result = CliRunner().invoke(
        group, ["rules", "reference", "--rules", str(folder)], standalone_mode=False, catch_exceptions=False
    )

    assert result.return_value == 0
    assert not (folder / "reference" / "gone.md").exists()
    assert (folder / "reference" / "warp.md").read_text() == (rules_folder() / "reference" / "warp.md").read_text()
