"""`pagerworthy site`: builds the static site, or serves it while the catalog is edited."""

import datetime as dt
import gc
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import as_of_option, cache_option, evidence_option
from pagerworthy.project import Project

if TYPE_CHECKING:
    from pagerworthy.cli.pipeline import Assessment
    from pagerworthy.history import Past
    from pagerworthy.site import Written

DEFAULT_OUT = Path("public")
_LONG = 500

_out_option = click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The folder to write to; without it, public/ in the repository.",
)


@click.group(help="Build the static site, or serve it while you edit.")
def command() -> None:
    """The group."""


@command.command(
    help="Write the site; only what has changed is written again.\n\n"
    "A broken entry or line of evidence leaves the other pages as they are. A broken rubric, waiver or decision stops "
    "with exit code 2, and no page is written: every verdict could be another."
)
@_out_option
@as_of_option
@evidence_option
@cache_option
@click.pass_context
def build(
    ctx: click.Context, out: Path | None, as_of: dt.datetime | None, evidence: tuple[Path, ...], cache: bool
) -> int:
    """Builds the site once."""
    project = project_of(ctx)
    target = out or project.root / DEFAULT_OUT
    written = build_site(project, target, as_of=as_of, evidence=evidence, cache=cache)
    if written is None:
        return Exit.USAGE
    click.echo(f"{target}: {_said(written)}")
    return Exit.FINE


@command.command(help="Serve the site on this machine; a changed entry shows when the page is loaded again.")
@_out_option
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@as_of_option
@evidence_option
@cache_option
@click.pass_context
def serve(
    ctx: click.Context,
    out: Path | None,
    port: int,
    as_of: dt.datetime | None,
    evidence: tuple[Path, ...],
    cache: bool,
) -> int:
    """Listens on 127.0.0.1 only, until interrupted."""
    from pagerworthy.cli.serving import serve_site

    project = project_of(ctx)
    target = out or project.root / DEFAULT_OUT

    def rebuild() -> bool:
        written = build_site(project, target, as_of=as_of, evidence=evidence, cache=cache)
        if written is not None and (written.written or written.removed):
            click.echo(_said(written), err=True)
        return written is not None

    if not rebuild():
        return Exit.USAGE
    watched = [project.root / name for name in ("catalog", "scoring", "site", "stacks", "pagerworthy.toml")]
    serve_site(
        target,
        port,
        rebuild,
        [*watched, *evidence],
        lambda address: click.echo(f"{address} (stop: Ctrl-C)"),
        project.settings.site.url,
    )
    return Exit.FINE


def build_site(
    project: Project, out: Path, *, as_of: dt.datetime | None, evidence: Sequence[Path], cache: bool
) -> "Written | None":
    """Assesses the repository and writes its site; None, with the reasons on stderr, where it cannot be judged."""
    from pagerworthy.cli.aloud import assess_aloud
    from pagerworthy.history import open_history
    from pagerworthy.site import refuse_sources

    refuse_sources(project.root, out)
    assessed = assess_aloud(project, "no page was written", as_of=as_of, evidence=evidence, cache=cache)
    if assessed is None:
        return None
    with open_history(project.root, project.settings.history, assessed.as_of) as past:
        for each in past.wrong:
            click.echo(f"{past.name or 'the history'}: {each}", err=True)
        return _write_site(project, assessed, past, out, cache=cache)


def _write_site(project: Project, assessed: "Assessment", past: "Past", out: Path, *, cache: bool) -> "Written":
    from pagerworthy.site import SiteInput, plan, read_documents, read_theme, write
    from pagerworthy.stacks.releases import releases

    source = SiteInput(
        catalog=assessed.catalog,
        graph=assessed.graph,
        evidence=assessed.evidence,
        scores=assessed.scores,
        criteria=assessed.rubric.criteria,
        policy=assessed.rubric.policy,
        settings=project.settings.site,
        documents=read_documents(project.root, assessed.catalog.files),
        problems=assessed.problems,
        releases={name: releases(project.root, name) for name in assessed.catalog.environments},
        past=past,
    )
    # What is known so far stays until the end: the cycle collector need not look through it again and again, and the
    # processes that render share its memory.
    gc.freeze()
    # Planning makes a lot and throws nothing away.
    gc.disable()
    try:
        planned = plan(source, read_theme(project.root))
        gc.enable()
        return write(planned, out, progress=_progress(), cache=cache)
    finally:
        gc.enable()
        gc.unfreeze()


def _progress() -> "_Progress | None":
    # A process may be started without any output.
    return _Progress() if sys.stderr is not None and sys.stderr.isatty() else None


class _Progress:
    """A line on the terminal while many files are written."""

    def __call__(self, done: int, total: int) -> None:
        if total < _LONG:
            return
        end = "\r\033[K" if done >= total else ""
        click.echo(f"\rwriting {done:,} of {total:,} files{end}", nl=False, err=True)


def _said(written: "Written") -> str:
    from pagerworthy.report.words import count

    return f"{count(written.written, 'file')} written, {written.kept:,} unchanged, {written.removed:,} removed"
