"""``portgauge calibrate ACTUALS.csv``: a team's finished ports shift the prices, in a folder of its own."""

from pathlib import Path

import click


@click.command(name="calibrate")
@click.argument("actuals", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("calibrated-rules"),
    show_default=True,
    metavar="FOLDER",
    help="New folder for the rules that are written; give it to `scan --rules FOLDER`.",
)
def command(actuals: Path, output: Path) -> int:
    """Shift the prices by finished ports: ACTUALS is a CSV file with one port a line.

    Columns: `port` (the code before the port, or a saved analysis .json of it), `mode` (manual, hipify or agent;
    hipify when empty), and the actual person-hours: `hours` for the whole, or any of `change`, `verify`, `tune` and
    `upstream` by block.

    Few ports move the prices little. The shipped rules stay as they are.
    """
    from portgauge.cli._actuals import read_actuals, write_calibration
    from portgauge.effort.calibrate import fit
    from portgauge.errors import UserError

    if output.exists():
        raise UserError(f"{output} is there already; give another folder with -o")
    if not output.parent.is_dir():
        raise UserError(f"{output} cannot be made: there is no folder {output.parent}")
    found = read_actuals(actuals)
    try:
        made = fit(found)
    except ValueError as error:
        raise UserError(f"{actuals}: {error}") from error
    write_calibration(made, output)
    for group, factor in made.factors.items():
        click.echo(f"{group}: times {factor:.2f}")
    click.echo(f"Before: actual and estimated hours differ by a factor of {made.error_before:.2f} (typical).")
    if made.error_after is None:
        click.echo("After: cannot be told from one port; two or more are needed to leave one out.")
    else:
        verdict = "nearer" if made.error_after < made.error_before else "not nearer; better not use it"
        click.echo(f"After, for a port that was left out: a factor of {made.error_after:.2f} ({verdict}).")
    click.echo(f"{output}: written; use it with `portgauge scan PATH --rules {output}`.")
    return 0
