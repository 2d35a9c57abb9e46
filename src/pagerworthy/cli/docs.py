"""`pagerworthy docs`: the reference, printed from the code that it is about, and what is written beside it."""

from pathlib import Path

import click

from pagerworthy.cli.exits import Exit
from pagerworthy.cli.reference import TOPICS, reference
from pagerworthy.errors import ProjectError
from pagerworthy.project import data_folder, open_project

# Topics that people write, in `docs/`, and no code can.
WRITTEN = {"sources": "Sources of evidence, and what reports look like"}


@click.command()
@click.argument("topic", type=click.Choice([*TOPICS, *WRITTEN]), required=False)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write TOPIC, or else all that are made from the code, to files here.",
)
@click.pass_context
def command(ctx: click.Context, topic: str | None, out: Path | None) -> int:
    """Print the reference of TOPIC as Markdown, or name the topics.

    In a repository with a rubric of its own, `criteria` lists that.
    """
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name in [topic] if topic else TOPICS:
            (out / f"{name}.md").write_text(_page(ctx, name), encoding="utf-8")
    elif topic:
        click.echo(_page(ctx, topic), nl=False)
    else:
        for name, page in TOPICS.items():
            click.echo(f"{name:<12} {page.title}")
        for name, title in WRITTEN.items():
            click.echo(f"{name:<12} {title}")
    return Exit.FINE


def _page(ctx: click.Context, topic: str) -> str:
    if topic in WRITTEN:
        return (data_folder("docs") / f"{topic}.md").read_text(encoding="utf-8")
    return reference(topic, _rubric_root(ctx))


def _rubric_root(ctx: click.Context) -> Path:
    """The repository, or where there is none, a place that has only the shipped rubric."""
    root: Path | None = ctx.find_root().obj
    try:
        return open_project(root).root
    except ProjectError:
        if root is not None:
            raise
        return data_folder("scoring").parent
