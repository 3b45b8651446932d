"""``portgauge rules``: what is looked for, whether it behaves, and its reference."""

from pathlib import Path

import click


@click.group(name="rules")
def command() -> None:
    """List the rules, or check that rule files are whole and behave as their examples say."""


_rules_folder = click.option(
    "--rules",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder laid out as the shipped rules are. Default: the shipped rules.",
)
_own_rules = click.option(
    "--own",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A team's own rules, a folder with patterns/, to be read beside them.",
)


@command.command(name="list")
@click.option("--tables", is_flag=True, help="Also each row of the tables, one rule a line.")
@_rules_folder
@_own_rules
def list_rules(folder: Path | None, *, own: Path | None, tables: bool) -> int:
    """Print every rule with its title; of a table the number of rows."""
    from portgauge.resources import rules_folder
    from portgauge.rulebook.loader import load_rulebook

    rulebook = load_rulebook(folder or rules_folder(), own=own)
    for rule in rulebook.patterns.values():
        click.echo(f"{rule.id:<30}{rule.title}")
    for table in rulebook.tables.values():
        click.echo(f"{table.name + '/':<30}{table.title}: {len(table.rows):,} rows")
        if tables:
            for row in table.rows:
                click.echo(f"  {table.name}/{row[0]}")
    return 0


@command.command()
@_rules_folder
@_own_rules
def check(folder: Path | None, *, own: Path | None) -> int:
    """Load the rules and run every example in them. Defects go to stderr; then the exit code is 2."""
    from portgauge.matchers.examples import check_examples
    from portgauge.resources import rules_folder
    from portgauge.rulebook.loader import load_rulebook
    from portgauge.rulebook.routes import load_routes

    rulebook = load_rulebook(folder or rules_folder(), own=own)
    load_routes(folder or rules_folder())
    defects = list(check_examples(rulebook))
    for defect in defects:
        click.echo(defect, err=True)
    row_count = sum(len(table.rows) for table in rulebook.tables.values())
    click.echo(f"{len(rulebook.patterns)} rules and {row_count:,} table rows, {len(defects)} defects")
    return 2 if defects else 0


@command.command()
@_rules_folder
def reference(folder: Path | None) -> int:
    """Write REFERENCE.md and reference/ into the rules folder, made from the rules in it."""
    from portgauge.explaining.reference import reference_pages
    from portgauge.resources import rules_folder
    from portgauge.rulebook.loader import load_rulebook
    from portgauge.rulebook.patterns import read_family_titles
    from portgauge.rulebook.routes import load_routes

    place = folder or rules_folder()
    pages = reference_pages(load_rulebook(place), load_routes(place), family_titles=read_family_titles(place))
    (place / "reference").mkdir(exist_ok=True)
    for stale in (place / "reference").glob("*.md"):
        if f"reference/{stale.name}" not in pages:
            stale.unlink()
    for name, text in pages.items():
        (place / name).write_text(text, encoding="utf-8")
    click.echo(f"{len(pages)} pages in {place}")
    return 0


@command.command()
@_rules_folder
@click.option(
    "--hipify",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A checkout of HIPIFY; its maps in src/ are compared with the API tables.",
)
@click.option(
    "--hipify-version", metavar="COMMIT@DATE", help="Which HIPIFY that is, when the folder is no git checkout."
)
@click.option(
    "--headers",
    multiple=True,
    metavar="LABEL=FOLDER",
    help="CUDA headers, and what they are called in the column in_headers, such as cudnn-9.27. Repeatable.",
)
@click.option("--write", "is_write", is_flag=True, help="Write what would change; without it nothing is written.")
@click.option("--show", "most", type=click.IntRange(0), default=5, show_default=True, help="Rows shown of each kind.")
def refresh(
    folder: Path | None,
    *,
    hipify: Path | None,
    hipify_version: str | None,
    headers: tuple[str, ...],
    is_write: bool,
    most: int,
) -> int:
    """Print what a newer HIPIFY or newer CUDA headers would change in the API tables, and write it when asked."""
    from portgauge.cli._refresh import refresh as refresh_tables
    from portgauge.errors import UserError
    from portgauge.resources import rules_folder

    if hipify is None and not headers:
        raise UserError("nothing to read; give --hipify FOLDER, --headers LABEL=FOLDER or both")
    refresh_tables(
        folder or rules_folder(),
        hipify=hipify,
        version=hipify_version,
        headers=headers,
        is_write=is_write,
        most=most,
    )
    return 0
