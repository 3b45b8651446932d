"""``portgauge doctor``: what works on this machine, and how old the knowledge is."""

import click

_EXIT_CANNOT_SCAN = 2


@click.command(name="doctor")
def command() -> int:
    """Check versions, parser, PDF and cache, and say how old each table of knowledge is.

    Exits with 0 when a scan can run; otherwise with 2, and says what to install.
    """
    from datetime import UTC, datetime

    from portgauge import __version__
    from portgauge.cli import _health as health
    from portgauge.errors import PortgaugeError
    from portgauge.resources import rules_folder
    from portgauge.rulebook.artifact import load_cached
    from portgauge.rulebook.digest import cache_folder
    from portgauge.rulebook.routes import load_routes

    today = datetime.now(UTC).date()
    click.echo(f"portgauge {__version__}")
    checks = [health.check_python(), *health.check_packages(), health.check_parser(), health.check_pdf()]
    checks += [health.check_cache(cache_folder()), health.check_processors()]
    ages: tuple[health.TableAge, ...] = ()
    try:
        folder = rules_folder()
        rulebook = load_cached(folder, tool_version=__version__)
        told = f"{folder}: {len(rulebook.patterns)} rules, {len(rulebook.tables)} tables"
        checks.append(health.Check(subject="rules", is_fine=True, stops_a_scan=True, found=told))
        ages = health.table_ages(rulebook, load_routes(folder))
    except PortgaugeError as error:
        checks.append(health.Check(subject="rules", is_fine=False, stops_a_scan=True, found=str(error)))
    for check in checks:
        mark = "ok  " if check.is_fine else ("STOP" if check.stops_a_scan else "note")
        click.echo(f"{mark}  {check.subject:<20}{check.found}")
    if ages:
        click.echo(f"\nKnowledge, oldest first (the newest source anywhere is of {max(age.newest for age in ages)}):")
        for age in ages:
            click.echo(f"  {age.in_words()}")
        warning = health.age_warning(ages, today=today)
        click.echo(f"note  {warning}" if warning else "ok    no table rests mostly on old knowledge")
    stopped = [check.subject for check in checks if check.stops_a_scan and not check.is_fine]
    click.echo(f"\nA scan cannot run: {', '.join(stopped)}" if stopped else "\nA scan can run.")
    return _EXIT_CANNOT_SCAN if stopped else 0
