"""`pagerworthy completion`: the script by which a shell completes commands, options and choices."""

import click

from pagerworthy.cli.app import app
from pagerworthy.cli.exits import Exit

_VARIABLE = "_PAGERWORTHY_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> int:
    """Print the completion script for SHELL.

    \b
    bash   pagerworthy completion bash > ~/.local/share/bash-completion/completions/pagerworthy
    zsh    pagerworthy completion zsh > "${fpath[1]}/_pagerworthy"
    fish   pagerworthy completion fish > ~/.config/fish/completions/pagerworthy.fish
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"there is no completion for {shell}")
    # Not `source()`, which for bash first asks the bash that happens to be here for its version.
    completion = kind(app, {}, "pagerworthy", _VARIABLE)
    click.echo(completion.source_template % completion.source_vars())
    return Exit.FINE
