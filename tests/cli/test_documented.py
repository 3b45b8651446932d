"""Every command and option has help and stands in the README; the README names none that is not there."""

import re
from pathlib import Path

import click
import pytest

from portgauge.cli.main import group
from portgauge.reporting.formats import FORMATS

CHECKOUT = Path(__file__).resolve().parents[2]
README = (CHECKOUT / "README.md").read_text()
PAGES = [CHECKOUT / name for name in ("README.md", "CONTRIBUTING.md", "rules/README.md", "samples/README.md")]


def commands_of(command: click.Command, name: str) -> dict[str, click.Command]:
    found = {name: command}
    if isinstance(command, click.Group):
        context = click.Context(command)
        for child in command.list_commands(context):
            called = command.get_command(context, child)
            assert called is not None
            found |= commands_of(called, f"{name} {child}")
    return found


COMMANDS = commands_of(group, "portgauge")
OPTIONS = {
    f"{name} {max(option.opts, key=len)}": option
    for name, command in COMMANDS.items()
    for option in command.params
    if isinstance(option, click.Option)
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_help_and_stands_in_the_readme(name: str) -> None:
    assert COMMANDS[name].help
    assert f"`{name}" in README or f"\n{name}" in README


@pytest.mark.parametrize("option", OPTIONS.values(), ids=OPTIONS)
def test_an_option_has_help_and_stands_in_the_readme(option: click.Option) -> None:
    assert option.help

    for spelling in option.opts:
        assert re.search(rf"`[^`\n]*(?<![\w-]){re.escape(spelling)}(?![\w-])", README), spelling


def test_the_option_table_names_no_option_that_is_not_there() -> None:
    rows = [line.split("|")[1] for line in README.splitlines() if line.startswith("| `-")]
    written = {spelling for row in rows for spelling in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", row)}
    known = {spelling for option in OPTIONS.values() for spelling in option.opts} | {"-h", "--help"}

    assert written
    assert written <= known


@pytest.mark.parametrize("suffix", [known.suffix for known in FORMATS.values()])
def test_a_format_stands_in_the_readme(suffix: str) -> None:
    assert f"`{suffix}`" in README


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(CHECKOUT).as_posix())
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())

    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []
