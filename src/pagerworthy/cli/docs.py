"""`pagerworthy docs`: the reference, printed from the code that it is about."""

from pathlib import Path

import click

from pagerworthy.cli.exits import Exit
from pagerworthy.cli.reference import TOPICS, reference
from pagerworthy.errors import ProjectError
from pagerworthy.project import data_folder, open_project


@click.command()
@click.argument("topic", type=click.Choice(list(TOPICS)), required=False)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Write every topic to a file here."
)
@click.pass_context
def command(ctx: click.Context, topic: str | None, out: Path | None) -> int:
    """Print the reference of TOPIC as Markdown, or name the topics.

    In a repository with a rubric of its own, `criteria` lists that.
    """
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name in [topic] if topic else TOPICS:
            (out / f"{name}.md").write_text(reference(name, _rubric_root(ctx)), encoding="utf-8")
    elif topic:
        click.echo(reference(topic, _rubric_root(ctx)), nl=False)
    else:
        for name, page in TOPICS.items():
            click.echo(f"{name:<12} {page.title}")
    return Exit.FINE


def _rubric_root(ctx: click.Context) -> Path:
    """The repository, or where there is none, a place that has only the shipped rubric."""
    root: Path | None = ctx.find_root().obj
    try:
        return open_project(root).root
    except ProjectError:
        if root is not None:
            raise
        return data_folder("scoring").parent
