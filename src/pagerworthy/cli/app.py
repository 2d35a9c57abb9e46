"""The command group; each command lives in a file of its own and is imported only when it is called."""

import errno
import gc
import importlib
import keyword
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from pagerworthy import __version__
from pagerworthy.cli.exits import MEANINGS, Exit
from pagerworthy.errors import ProjectError

if TYPE_CHECKING:
    from types import FrameType

    from click.shell_completion import CompletionItem

    from pagerworthy.project import Project

# Name of the command = name of the module in this package that defines `command` (see `module_of`); the line is what
# `--help` shows.
COMMANDS: dict[str, str] = {
    "check": "Check every entry and what entries say of each other.",
    "score": "Score services and say whether SRE should take their pagers.",
    "gate": "Say whether a service may be deployed now.",
    "graph": "Ask the dependency graph: order, impact, cycles, export.",
    "site": "Build the static site, or serve it while you edit.",
    "rules": "Make Prometheus rules of the objectives.",
    "render": "Write what each stack should be, without engine or cloud.",
    "affected": "Say which stacks differ from another commit.",
    "waves": "Say in which order stacks come up; for a matrix of CI.",
    "preview": "Say what `up` would change in the cloud.",
    "up": "Make the cloud what the catalog says, in order.",
    "outputs": "Print what stacks tell each other.",
    "drift": "Say how the cloud differs from what was brought up.",
    "refresh": "Take over into the states what the cloud is.",
    "destroy": "Delete stacks, the last first.",
    "import": "Read objectives of OpenSLO, Sloth or Pyrra as lines for entries.",
    "export": "Write objectives as OpenSLO.",
    "new": "Write the first lines of a new entry.",
    "init": "Start a catalog in this folder.",
    "explain": "Say what a problem code or a criterion means and how to mend it.",
    "doctor": "Look whether everything that Pagerworthy needs is here.",
    "collect": "Gather evidence and write it as JSON Lines.",
    "evidence": "Say what is known of a service, from where, and what is missing.",
    "snapshot": "Add what is concluded now to the history, a branch of this repository.",
    "history": "Say when and why a verdict changed.",
    "docs": "Print the reference of facts, evidence keys, criteria and problems.",
    "completion": "Print the completion script for your shell.",
}

# Python looks for garbage so often that a check spends a seventh of its time on it; what commands read stays until they
# end. A server, which does not end, still keeps nothing for long.
_GARBAGE = (100_000, 20, 20)


# What the system says of writing alone; anything else may be of a file that was only read.
_ON_WRITING = frozenset({errno.ENOSPC, errno.EROFS, errno.EFBIG})


def module_of(command: str) -> str:
    """The module of a command: its name, with an underscore behind a word that is Python's own."""
    return f"{command}_" if keyword.iskeyword(command) else command


class _LazyGroup(click.Group):
    """Imports a command's module only when that command runs, so that `--help` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"pagerworthy.cli.{module_of(cmd_name)}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if not ctx.resilient_parsing and args[0] not in COMMANDS and not args[0].startswith("-"):
            from pagerworthy.cli.suggest import unknown_name

            raise click.UsageError(unknown_name("command", args[0], COMMANDS), ctx)
        return super().resolve_command(ctx, args)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        # `--help` and `--version` write here, before any command is invoked.
        try:
            return super().make_context(info_name, args, parent, **extra)
        except BrokenPipeError as error:
            _cannot_write(error)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            # Click would end with 1, which says that there are problems.
            _cannot_write(error)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        from click.shell_completion import CompletionItem

        found = [CompletionItem(name, help=says) for name, says in COMMANDS.items() if name.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(int(code)), meaning) for code, meaning in MEANINGS.items()])


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="pagerworthy")
@click.option(
    "--root",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The repository's root; without it, found upward from here.",
)
@click.pass_context
def app(ctx: click.Context, root: Path | None) -> None:
    """A catalog of services, kept in git, that says who should carry each pager."""
    ctx.obj = root


def project_of(ctx: click.Context) -> "Project":
    """The repository that the command works in. Raises ProjectError where there is none."""
    from pagerworthy.project import open_project

    root: Path | None = ctx.find_root().obj
    return open_project(root)


def main() -> None:
    """Runs the command line and ends the process with one of the documented exit codes."""
    gc.set_threshold(*_GARBAGE)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _end)
    try:
        code = app(standalone_mode=False, prog_name="pagerworthy")
        # What is still in the buffer may not fit on the disk either.
        if sys.stdout is not None:
            sys.stdout.flush()
        # The end of a process looks for garbage, too.
        gc.freeze()
        sys.exit(code if isinstance(code, int) else Exit.FINE)
    except OSError as error:
        _cannot_write(error)
    except ProjectError as error:
        problem = error.problem
        click.echo(f"error[{problem.code}]: {problem.message}", err=True)
        if problem.where.line:
            click.echo(f"  --> {problem.where.file}:{problem.where.line}:{problem.where.column}", err=True)
        click.echo(f"  help: {problem.help}", err=True)
        sys.exit(Exit.USAGE)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        sys.exit(Exit.INTERRUPTED)
    except click.ClickException as error:
        # The place for errors may be full, too.
        with suppress(OSError):
            error.show()
        sys.exit(Exit.USAGE)


def _end(number: int, frame: "FrameType | None") -> NoReturn:  # noqa: ARG001
    """Ends as at Ctrl-C: what is half done is cleared away, and no process left behind."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.exit(Exit.TERMINATED)


def _cannot_write(error: OSError) -> NoReturn:
    """Ends the process where the system refused a file; whoever reads the output may also have gone."""
    if sys.stdout is not None:
        # Python would try once more to write what is left, and complain.
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        sys.exit(Exit.USAGE)
    does = "write" if error.errno in _ON_WRITING else "read or write"
    what = f" {error.filename}" if error.filename else ""
    click.echo(f"error: cannot {does}{what}: {error.strerror or error}", err=True)
    sys.exit(Exit.USAGE)
