"""The command line. Each module of this package is one command and exposes it as `command`.

What a person did wrong is one line and exit code 2; what we did wrong is one line, a file with the
details, and exit code 1.
"""

import importlib
import pkgutil
import sys
import tempfile
import traceback
from collections.abc import Sequence

import click

from conferral.errors import ConferralError

WRONG_INPUT = 2
OUR_FAULT = 1
INTERRUPTED = 130


class Commands(click.Group):
    """A group whose commands are the modules beside this one, imported when they are needed."""

    def list_commands(self, _context: click.Context) -> list[str]:
        names = (module.name for module in pkgutil.iter_modules(__path__))
        return sorted(name.replace("_", "-") for name in names if not name.startswith("_"))

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(context):
            return None
        module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
        command = module.command
        if not isinstance(command, click.Command):
            raise TypeError(f"{module.__name__}.command is not a click command")
        return command


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--debug", is_flag=True, help="Show where in the code something broke.")
@click.version_option(package_name="conferral", prog_name="conferral")
@click.pass_context
def conferral(context: click.Context, *, debug: bool) -> None:
    """Take a micro-credential from a first idea to a signed badge, under the policy."""
    context.obj = debug
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit: 0, or 2 for wrong input, or 1 for a fault of ours."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(answer(words))


def answer(words: Sequence[str]) -> int:
    """Run one command; the exit code."""
    try:
        done = conferral.main(args=list(words), prog_name="conferral", standalone_mode=False)
    except click.ClickException as error:
        return _say(_one_line(error))
    except ConferralError as error:
        return _say(str(error))
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 -- the last place; nothing is swallowed, all is written
        return _broke(error, debug="--debug" in words)
    return done if isinstance(done, int) else 0


def _say(line: str) -> int:
    click.echo(line, err=True)
    return WRONG_INPUT


def _one_line(error: click.ClickException) -> str:
    line = " ".join(error.format_message().split())
    context = error.ctx if isinstance(error, click.UsageError) else None
    return line if context is None else f"{line} See: {context.command_path} --help"


def _broke(error: Exception, *, debug: bool) -> int:
    if debug:
        traceback.print_exception(error)
        return OUR_FAULT
    with tempfile.NamedTemporaryFile(
        "w", prefix="conferral-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        traceback.print_exception(error, file=file)
    what = " ".join(str(error).split())[:200] or "no message"
    click.echo(
        f"Something broke that should not: {type(error).__name__}: {what} (details in {file.name})",
        err=True,
    )
    return OUR_FAULT
