"""``portgauge scan PATH``: inventory, analysis, reports."""

import re
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from portgauge.cli._reports import check_stdout, deliver, report_options
from portgauge.errors import InstallationError, PortgaugeError, UserError

if TYPE_CHECKING:
    from portgauge.model.analysis import Analysis

_GATE_MET = 1
_INCOMPLETE = 4


def _split(values: Sequence[str]) -> tuple[str, ...]:
    parts = [part.strip() for value in values for part in value.split(",")]
    return tuple(dict.fromkeys(part for part in parts if part))


@click.command(name="scan")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "-t",
    "--target",
    "targets",
    multiple=True,
    metavar="GFX",
    help="AMD GPU to judge for, by its LLVM name; repeatable or a list. The first headlines. Default: one of each "
    "wave width, from rules/targets.yaml.",
)
@click.option("--rocm", metavar="VERSION", help="ROCm version that the target machine will run. Default: 10.0.")
@click.option(
    "--mode",
    type=click.Choice(["manual", "hipify", "agent"]),
    help="Way of working that headlines; all three are computed. Default: hipify.",
)
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave files out, in .gitignore syntax. Repeatable.")
@click.option(
    "--component-map",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Your own components: a YAML file with a name and its patterns (as in .gitignore) on each line. What it "
    "does not name stays as the build has it.",
)
@click.option(
    "--compile-commands",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A compile_commands.json that CMake wrote: which target compiles which file.",
)
@click.option(
    "--without",
    multiple=True,
    metavar="OPTION|COMPONENT",
    help="Leave out a component, or what a build option or macro switches on, and show the difference. Repeatable.",
)
@click.option(
    "--what-if",
    "what_ifs",
    multiple=True,
    metavar="SETTING=VALUE",
    help="Show what would be otherwise with target=GFX, rocm=VERSION, tests=yes|no or without=OPTION|COMPONENT, each "
    "against what is asked for; the rest of the report stays. Repeatable.",
)
@click.option("--include-vendored", is_flag=True, help="Count third-party folders as the codebase's own.")
@click.option("--rate", type=float, metavar="MONEY", help="Money per hour; without it no money is shown.")
@click.option("--hours-per-day", type=float, metavar="H", help="Hours of a person-day. Default: 8.")
@click.option("--team", type=int, metavar="N", help="People who work on it. Default: 1.")
@click.option(
    "--hot-kernels",
    metavar="GLOB|N",
    help="Kernels whose speed must be won back: how many, or a pattern for their names. Default: 0.",
)
@click.option(
    "--tests",
    type=click.Choice(["yes", "no", "auto"]),
    help="Whether tests reach the kernels; auto looks for test files. Default: auto.",
)
@click.option("--upstream", type=click.Choice(["yes", "no"]), help="Is the port to be merged upstream? Default: no.")
@click.option(
    "--experience",
    type=click.Choice(["expert", "first"]),
    help="Has the team ported to HIP before? Default: expert.",
)
@click.option(
    "--min-coverage",
    type=click.FloatRange(0, 100),
    default=98.0,
    show_default=True,
    metavar="PERCENT",
    help="Exit with 4 when less of the CUDA bytes could be read.",
)
@click.option(
    "--rules",
    "own_rules",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIRECTORY",
    help="A team's own rules, beside the shipped ones: a folder with patterns/ as in rules/.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="What the team has accepted (portgauge baseline); gates then ask only what is worse. Alone it means new:1.",
)
@click.option(
    "--fail-on",
    multiple=True,
    metavar="GATE",
    help="Exit with 1 when a gate is met: severity:critical, verdict:blocked, grade:D, hours:100, hours:+8, new:1; "
    "for another GPU than the first GFX:new:1. Repeatable.",
)
@click.option("--record", is_flag=True, help="Add the scan to the history (.portgauge/history.db), once.")
@click.option(
    "--store", metavar="URL", help="Where --record writes: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE."
)
@click.option(
    "-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Worker processes. Default: all processors."
)
@click.option("--no-cache", is_flag=True, help="Read every file anew, and keep nothing for the next scan.")
@click.option("--no-progress", is_flag=True, help="No progress on stderr.")
@report_options
def command(path: Path, **options: Any) -> int:
    """Scan PATH, a folder or a git checkout, and estimate what porting it to AMD GPUs costs."""
    from portgauge.cli._gates import hold_against, plan_gates, say_gates
    from portgauge.cli._outputs import complain, plan_outputs

    check_stdout(options)
    planned = plan_outputs(options["outputs"], stdout_format=options["stdout_format"])
    if options["store"] and not options["record"]:
        raise UserError("--store says where --record writes; there is no --record")
    gates = plan_gates(options["fail_on"], options["baseline"])
    analysis = analyse_path(path, options)
    asked = None
    refused: list[PortgaugeError] = []
    try:
        asked = hold_against(gates, analysis)
        analysis = replace(analysis, acceptance=asked.acceptance)
    except UserError as error:
        # What was read is worth its reports all the same.
        refused.append(error)
    if options["record"]:
        from portgauge.cli._recording import record

        try:
            analysis = replace(analysis, history=record(analysis, path, url=options["store"]))
        except (UserError, InstallationError) as error:
            refused.append(error)
    is_complete = deliver(analysis, planned, options)
    for refusal in refused[:-1]:
        complain(str(refusal))
    if refused:
        raise refused[-1]
    is_gate_met = asked is not None and say_gates(asked)
    if not is_complete:
        return 2
    if analysis.inventory.coverage.read_share * 100 < options["min_coverage"]:
        share = analysis.inventory.coverage.read_share
        click.echo(
            f"portgauge scan: only {share:.1%} of the CUDA bytes could be read, less than the "
            f"{options['min_coverage']:g} % asked for (--min-coverage); the report lists the files",
            err=True,
        )
        return _INCOMPLETE
    return _GATE_MET if is_gate_met else 0


def analyse_path(path: Path, options: dict[str, Any]) -> "Analysis":
    """Return the analysis of a folder or git checkout with the options of the command line.

    Raises:
        UserError: If there is nothing to read, or an option is wrong.
    """
    from portgauge import __version__
    from portgauge.cli._clock import analysis_time
    from portgauge.cli._component_map import read_compiled, read_component_map
    from portgauge.cli._what_if import plan_what_ifs
    from portgauge.matchers.kept import KeptFacts
    from portgauge.model.rule import Mode
    from portgauge.model.what_if import WhatIfSetting
    from portgauge.pipeline import facts_folder, judge_inventory, take_inventory
    from portgauge.resources import rules_folder
    from portgauge.rulebook.artifact import load_cached
    from portgauge.rulebook.route_comparison import load_ways
    from portgauge.what_ifs import with_what_ifs

    compiled = read_compiled(options["compile_commands"], root=path) if options["compile_commands"] else ()
    component_map = read_component_map(options["component_map"]) if options["component_map"] else ()
    folder = rules_folder()
    rulebook = load_cached(folder, tool_version=__version__, own=options["own_rules"])
    settings = _settings(options, rulebook.targets.default_targets, rulebook.targets.default_rocm, Mode)
    for name in settings.targets:
        target = rulebook.targets.find(name)
        if target.stands_for:
            click.echo(f"portgauge: {name} is not listed; judged as {target.id}, its nearest relative", err=True)
    what_ifs = plan_what_ifs(options.get("what_ifs", ()), find_target=rulebook.targets.find)
    for asked in what_ifs:
        if asked.setting is WhatIfSetting.ROCM:
            _say_unknown_version(f"--what-if rocm={asked.value}", asked.value, rulebook.targets.default_rocm)
    with _Progress(is_wanted=not options["no_progress"] and not options["quiet"]) as progress:
        inventory = take_inventory(
            path,
            rulebook=rulebook,
            rules_path=folder,
            own_rules=options["own_rules"],
            exclude=options["exclude"],
            include_vendored=options["include_vendored"],
            component_map=component_map,
            compiled=compiled,
            worker_count=options["jobs"] or 0,
            kept=None if options["no_cache"] else KeptFacts(rulebook, folder=facts_folder()),
            on_progress=progress.report,
        )
    analysis = judge_inventory(
        inventory,
        rulebook=rulebook,
        settings=settings,
        analysed_at=analysis_time(),
        ways=load_ways(folder),
        without=options["without"],
    )
    return with_what_ifs(analysis, what_ifs, rulebook=rulebook)


def _positive(options: dict[str, Any], name: str, flag: str) -> None:
    found = options[name]
    if found is not None and not 0 < found < 1e9:
        raise UserError(f"{flag} is {found:g}; expected a number above 0 and below 1e9")


def _hot_kernels(text: str | None) -> int | str:
    """Return how many kernels are hot, or the pattern that names them."""
    if text is None:
        return 0
    if re.fullmatch(r"[+-]?[0-9]+", text):
        if not 0 <= int(text) < 1e9:
            raise UserError(f"--hot-kernels is {text}; expected 0 or more, or a pattern for the names of kernels")
        return int(text)
    if not text.strip():
        raise UserError("--hot-kernels is empty; expected a number, or a pattern for the names of kernels")
    return text


def _say_unknown_version(given: str, version: str, newest: str) -> None:
    """Say on stderr when a version of ROCm is newer than any that the rules know."""
    from portgauge.judging.conditions import version_key

    if (version_key(version) or ()) > (version_key(newest) or ()):
        click.echo(f"portgauge: {given}: the newest that the rules know is {newest}; judged as that", err=True)


def _settings(options: dict[str, Any], default_targets: tuple[str, ...], default_rocm: str, modes: Any) -> Any:
    """Return the settings of this run; what the user gave is remembered as given."""
    from portgauge.model.analysis import Settings

    for name, flag in (("rate", "--rate"), ("hours_per_day", "--hours-per-day"), ("team", "--team")):
        _positive(options, name, flag)
    if options["hours_per_day"] is not None and options["hours_per_day"] > 24:
        raise UserError(f"--hours-per-day is {options['hours_per_day']:g}; a day has 24")
    hot = _hot_kernels(options["hot_kernels"])
    rocm = options["rocm"]
    if rocm is not None and not re.fullmatch(r"[0-9]+(\.[0-9]+)*", rocm):
        raise UserError(f"--rocm is {rocm!r}; expected a version such as 7.2")
    if rocm is not None:
        _say_unknown_version(f"--rocm {rocm}", rocm, default_rocm)
    if options["targets"] and not _split(options["targets"]):
        raise UserError("--target is empty; expected the name of an AMD GPU, or a list of names with commas between")
    choices = ("targets", "mode", "rate", "hours_per_day", "team", "hot_kernels", "tests", "upstream", "experience")
    given = [name for name in choices if options[name] not in (None, ())]
    if rocm is not None:
        given.append("rocm_version")
    if options["include_vendored"]:
        given.append("include_vendored")
    return Settings(
        targets=_split(options["targets"]) or default_targets,
        rocm_version=rocm or default_rocm,
        mode=modes(options["mode"] or "hipify"),
        hours_per_day=options["hours_per_day"] or 8.0,
        team=options["team"] or 1,
        rate=options["rate"],
        hot_kernels=hot,
        tests=options["tests"] or "auto",
        upstream=options["upstream"] == "yes",
        experience=options["experience"] or "expert",
        include_vendored=options["include_vendored"],
        given=tuple(given),
        command="portgauge " + shlex.join(sys.argv[1:]),
    )


class _Progress:
    """A progress bar on stderr when that is a terminal; else nothing."""

    def __init__(self, *, is_wanted: bool) -> None:
        self._is_shown = is_wanted and sys.stderr.isatty()
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> "_Progress":
        if self._is_shown:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            stream: IO[str] = sys.stderr
            self._bar = Progress(
                TextColumn("reading"), BarColumn(), TimeRemainingColumn(), console=Console(file=stream), transient=True
            )
            self._bar.start()
            self._task = self._bar.add_task("reading", total=None)
        return self

    def report(self, read: int, total: int) -> None:
        """Show how many of all bytes are read."""
        if self._bar is not None:
            self._bar.update(self._task, completed=read, total=total)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
