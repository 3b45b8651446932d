"""The command group, and the translation of errors into exit codes.

0 done; 1 a gate was met; 2 the user's input; 3 a fault of ours; 4 too little could be read.
"""

import sys
from importlib import import_module
from pathlib import Path

import click

from portgauge import __version__
from portgauge.errors import InstallationError, PortgaugeError, RuleError, UserError

EXIT_USER = 2
EXIT_OURS = 3
EXIT_INCOMPLETE = 4


class _Commands(click.Group):
    """The modules of this folder are the commands; each is imported when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = (module.stem for module in Path(__file__).parent.glob("*.py"))
        return sorted(name for name in names if name != "main" and not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command = import_module(f"portgauge.cli.{cmd_name}").command
        return command if isinstance(command, click.Command) else None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="portgauge")
def group() -> None:
    """What it would cost to leave CUDA: scan a codebase, judge it for AMD GPUs, write an estimate.

    \b
    Exit codes: 0 done; 1 a gate was met; 2 wrong input (path, option, rule file);
    3 a fault of portgauge; 4 too little of the CUDA code could be read.
    """  # noqa: D301 - the backspace keeps click from filling the lines


def run() -> None:
    """Run the command line and leave with its exit code."""
    try:
        code = group.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(EXIT_USER)
    except RuleError as error:
        for defect in error.defects:
            click.echo(defect, err=True)
        sys.exit(EXIT_USER)
    except (UserError, InstallationError) as error:
        click.echo(f"portgauge: {error}", err=True)
        sys.exit(EXIT_USER)
    except PortgaugeError as error:
        click.echo(f"portgauge: {error}", err=True)
        sys.exit(EXIT_OURS)
    except BrokenPipeError:
        # The reader of our output went away, as `| head` does.
        sys.exit(0)
    except Exception:
        import traceback

        traceback.print_exc()
        click.echo("portgauge: a fault of portgauge, not of your input; please report the lines above", err=True)
        sys.exit(EXIT_OURS)
    sys.exit(code if isinstance(code, int) else 0)
