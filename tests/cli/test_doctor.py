"""``portgauge doctor``: what is checked, and when a scan cannot run."""

import sys
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portgauge.cli import _health as health
from portgauge.cli.main import group
from portgauge.resources import rules_folder
from portgauge.rulebook.routes import load_routes
from portgauge.rulebook.rulebook import Rulebook


def doctor() -> Result:
    return CliRunner().invoke(group, ["doctor"], standalone_mode=False, catch_exceptions=False)


def test_a_machine_that_can_scan_gives_0_and_names_every_table(rulebook: Rulebook) -> None:
    result = doctor()

    assert result.return_value == 0, result.stdout
    assert "A scan can run." in result.stdout
    for table in (*rulebook.tables, *load_routes(rules_folder()).tables):
        assert f"\n  {table}" in result.stdout


def test_a_parser_that_does_not_work_stops_a_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "portgauge.parsing.cuda", None)

    result = doctor()

    assert result.return_value == 2
    assert "STOP  parser" in result.stdout
    assert "reinstall tree-sitter" in result.stdout
    assert "A scan cannot run: parser" in result.stdout


def test_a_missing_pango_stops_no_scan_and_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoPango:
        def __getattr__(self, name: str) -> object:
            raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setitem(sys.modules, "weasyprint", NoPango())

    result = doctor()

    assert result.return_value == 0
    assert "note  PDF" in result.stdout
    assert "libpangoft2-1.0-0" in result.stdout


def test_a_missing_package_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_version", lambda name: "" if name == "tree-sitter-cmake" else "1.0")

    (missing,) = [check for check in health.check_packages() if not check.is_fine]

    assert missing.stops_a_scan
    assert missing.found == "not there; pip install tree-sitter-cmake"


def test_a_tree_sitter_that_crashes_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_version", lambda name: "0.25.2")

    old = [check.subject for check in health.check_packages() if not check.is_fine]

    assert old == ["tree-sitter"]


def test_a_cache_that_cannot_be_written_stops_no_scan(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("")

    check = health.check_cache(place / "below")

    assert not check.is_fine
    assert not check.stops_a_scan
    assert "PORTGAUGE_CACHE" in check.found


def test_the_age_of_a_table_is_that_of_the_source_of_most_rows(rulebook: Rulebook) -> None:
    ages = {age.table: age for age in health.table_ages(rulebook, load_routes(rules_folder()))}

    assert ages["runtime"].main.key == "hipify-0cd7efaf"
    assert ages["runtime"].months(date(2026, 11, 25)) == 15
    assert ages["sycl"].rows == 3540


def test_old_tables_are_warned_of_and_new_ones_are_not(rulebook: Rulebook) -> None:
    ages = health.table_ages(rulebook, load_routes(rules_folder()))

    warning = health.age_warning(ages, today=date(2026, 11, 25))

    assert "the oldest is thrust: 25 months (rocThrust sources" in warning
    assert health.age_warning(ages, today=date(2024, 12, 1)) == ""


@pytest.mark.parametrize(("found", "is_older"), [("0.26.1", False), ("0.26.0", True), ("1.0", False), ("0.25", True)])
def test_versions_are_compared_as_numbers(found: str, is_older: bool) -> None:
    assert health._is_older(found, (0, 26, 1)) is is_older
