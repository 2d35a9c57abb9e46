"""What `preview`, `up`, `refresh`, `destroy` and `drift` share: options, the way to a run, and what is said of it."""

import datetime as dt
import functools
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import click
import msgspec
from click.core import ParameterSource

from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.stack_options import Opened
from pagerworthy.cli.suggest import unknown_name
from pagerworthy.project import Project
from pagerworthy.report import style_for

if TYPE_CHECKING:
    from pagerworthy.cli.pipeline import Assessment
    from pagerworthy.stacks import EnvironmentStacks, StackInputs
    from pagerworthy.stacks.run.backend import Backend
    from pagerworthy.stacks.run.freeze import Freezes
    from pagerworthy.stacks.run.inline import Declare
    from pagerworthy.stacks.run.interrupts import Interrupted
    from pagerworthy.stacks.run.peers import HardNeeds
    from pagerworthy.stacks.run.preflight import Missing, Ready
    from pagerworthy.stacks.run.report import RunReport
    from pagerworthy.stacks.run.result import Visit
    from pagerworthy.stacks.run.visit import Visitor

_F = TypeVar("_F", bound=Callable[..., Any])
_SUMMARY = "GITHUB_STEP_SUMMARY"
_EXITS = {2: Exit.INTERRUPTED, 15: Exit.TERMINATED}


class Duration(click.ParamType[float]):
    """A length of time: `90s`, `45m`, `2h`."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        from pagerworthy.cloud import seconds

        if isinstance(value, int | float):
            return float(value)
        if not re.fullmatch(r"\d{1,6}[smh]", str(value)):
            self.fail(f"{value!r} is no length of time: write 90s, 45m or 2h", param, ctx)
        return float(seconds(str(value)))


class Limits(msgspec.Struct, frozen=True):
    """The options of every run, as they were given."""

    workers: int | None
    timeout: float
    patience: float
    emulator: str
    report: Path | None


def _local(ctx: click.Context, param: click.Parameter, value: str) -> str:
    # An empty one that is given, as by a variable that is not set, was never meant for the real cloud.
    given = ctx.get_parameter_source(param.name or "") is not ParameterSource.DEFAULT
    if (value or given) and not _is_address(value):
        raise click.BadParameter(f"{value[:80]!r} is no address of an emulator: write one like http://127.0.0.1:5000")
    return value.rstrip("/")


def _is_address(value: str) -> bool:
    """Whether this is `http://HOST` or `https://HOST`, with a port or without, and nothing beside it."""
    try:
        parts = urlsplit(value)
        port, host = parts.port, parts.hostname or ""
        number = f":{port}" if port is not None else ""
        written = f"[{host}]" if ":" in host else host
        if ":" in host or re.fullmatch(r"[0-9.]+", host):
            ip_address(host)
    except ValueError:
        return False
    labels = host.split(".") if ":" not in host else []
    return (
        parts.scheme in {"http", "https"}
        and bool(host)
        and port != 0
        and all(re.fullmatch(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", label) for label in labels)
        and value.lower().rstrip("/") == f"{parts.scheme}://{written}{number}"
        and not value.endswith("//")
    )


emulator_option = click.option(
    "--emulator",
    default="",
    metavar="URL",
    callback=_local,
    help="Rehearse on an emulator of AWS (moto, LocalStack) instead; it has states of its own.",
)


def run_options(command: _F) -> _F:
    """Adds the options of every run, handed on as `limits`."""

    @functools.wraps(command)
    def wrapped(
        *args: Any,
        workers: int | None,
        timeout: float,
        lock_timeout: float,
        emulator: str,
        report: Path | None,
        **rest: Any,
    ) -> Any:
        return command(*args, limits=Limits(workers, timeout, lock_timeout, emulator, report), **rest)

    options = [
        click.option(
            "--workers",
            type=click.IntRange(1, 64),
            metavar="N",
            help="How many stacks are worked on at once. [default: 2, or stacks.workers]",
        ),
        click.option(
            "--timeout",
            type=Duration(),
            default="1h",
            show_default=True,
            metavar="TIME",
            help="How long one operation on a stack may take.",
        ),
        click.option(
            "--lock-timeout",
            type=Duration(),
            default="5m",
            show_default=True,
            metavar="TIME",
            help="How long to wait for a stack that somebody else works on.",
        ),
        emulator_option,
        click.option(
            "--report",
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE",
            help="Write a report as JSON (schemas/run.schema.json).",
        ),
    ]
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped  # type: ignore[return-value]


def get_ready(project: Project, emulator: str) -> "Ready":
    """All that a run needs; ends the command with 2, and what mends it, where something is missing."""
    from pagerworthy.stacks.run.places import place_of
    from pagerworthy.stacks.run.preflight import Missing, lacking, prepare

    place = place_of(project, os.environ, emulator)
    found = prepare(place, os.environ)
    if isinstance(found, Missing):
        # All at once: who has mended one thing should not be told of the next.
        raise refuse(*(lacking(place, os.environ) or (found,)))
    return found


def get_backend(project: Project, emulator: str) -> "Backend":
    """What only reads the states; ends the command with 2, and what mends it, where something is missing."""
    from pagerworthy.stacks.run.places import place_of
    from pagerworthy.stacks.run.preflight import Missing, reader

    found = reader(place_of(project, os.environ, emulator), os.environ)
    if isinstance(found, Missing):
        raise refuse(found)
    return found


def refuse(*missing: "Missing") -> click.exceptions.Exit:
    """Says what is missing, and returns what ends the command."""
    for each in missing:
        click.echo(f"error: {each.says}", err=True)
        click.echo(f"  run: {each.mend}", err=True)
    return click.exceptions.Exit(Exit.USAGE)


def services_of(stacks: "EnvironmentStacks", names: Sequence[str]) -> tuple[str, ...]:
    """The named services, `platform` among them, or all. Raises UsageError for one that is not deployed there."""
    from pagerworthy.stacks import PLATFORM

    everything = (PLATFORM, *stacks.services)
    for name in names:
        if name not in everything:
            raise click.UsageError(unknown_name(f"service in {stacks.environment}", name, everything))
    return tuple(sorted(set(names))) or everything


def gather(stacks: "EnvironmentStacks", services: Iterable[str]) -> "list[StackInputs]":
    """What these stacks follow from."""
    from pagerworthy.stacks import PLATFORM

    return [stacks.platform() if name == PLATFORM else stacks.service(name) for name in services]


def hard_needs(stacks: "EnvironmentStacks") -> "HardNeeds":
    """Tells which stacks one needs hard; none of one that has no entry here. The platform is needed by all."""
    from pagerworthy.stacks import PLATFORM, stack_name

    def needs(stack: str) -> list[str]:
        service = stack.rpartition(".")[0]
        if service not in stacks:
            return []
        owners = {need.owner for need in stacks.needs(service) if need.hard and need.owner} - {service}
        return [stack_name(each, stacks.environment) for each in (PLATFORM, *sorted(owners))]

    return needs


def refuse_another_moment(as_of: dt.datetime | None, emulator: str) -> None:
    """Raises UsageError where a real run is to be judged for a moment of one's choice: a freeze holds now."""
    if as_of is not None and not emulator:
        raise click.UsageError("--as-of is for rehearsals: what is deployed is judged by what holds now")


def refuse_unread(opened: Opened) -> None:
    """Ends the command with 2 where an environment's entry cannot be read: it is not gone, and what other environments
    hold follows from it, such as who may pull an image."""
    from pagerworthy.stacks.refusals import unread_environments

    if unread := unread_environments(opened.catalog, opened.problems):
        click.echo(f"error: {', '.join(unread)} cannot be read: which environments there are is not known", err=True)
        click.echo("  help: nothing was touched; `pagerworthy check` says what is wrong with it", err=True)
        raise click.exceptions.Exit(Exit.USAGE)


def frozen_here(
    opened: Opened, assessed: "Assessment", environment: str, services: Iterable[str]
) -> "Mapping[str, str]":
    """What stops deployments of services in an environment: in production what their scores and decisions say, and
    elsewhere nothing, since what mends a breach is tried there first.

    A decision in force by now counts, too, where the settings have everything judged for an earlier moment.
    """
    from pagerworthy.cli.freezes import decided_freeze, freezes
    from pagerworthy.stacks.run.freeze import holds_in

    known = opened.catalog.environments.get(environment)
    if known is not None and not holds_in(known.spec):
        return {}
    now = dt.datetime.now(dt.UTC)
    decided_on = {each.spec.service for each in assessed.catalog.decisions}
    decided = {name: decided_freeze(assessed, name, now) for name in services if name in decided_on}
    return {**{name: why for name, why in decided.items() if why}, **freezes(assessed, services)}


def untouched(opened: Opened, stacks: "EnvironmentStacks", services: Sequence[str]) -> "dict[str, Visit]":
    """The stacks that a run leaves alone because of the catalog, with the reason of each, by name."""
    from pagerworthy.stacks.run.untouched import untouched as left

    return left(opened.catalog, opened.graph, opened.problems, stacks.environment, services)


def orphans(ready: "Ready", opened: Opened, stacks: "EnvironmentStacks") -> list[str]:
    """The stacks of an environment that no entry is left of; one that cannot be read is still there.

    While nobody can look into a folder of entries, none is known to be gone.
    """
    if opened.catalog.closed:
        return []
    known = {*stacks.stacks(), *(f"{name}.{stacks.environment}" for name in opened.catalog.unreadable)}
    ends = f".{stacks.environment}"
    return [name for name in ready.backend.stacks() if name.endswith(ends) and name not in known]


class Session:
    """One run as a person sees it: progress, the report, and the exit code."""

    def __init__(
        self, operation: str, environment: str, limits: Limits, ready: "Ready", services: Sequence[str] = ()
    ) -> None:
        from pagerworthy.stacks.run.progress import Progress

        self.operation = operation
        self.environment = environment
        # As they were named: none for all.
        self.services = tuple(services)
        # The options that the command after this one needs.
        self.follow: tuple[str, ...] = ()
        self.limits = limits
        self.ready = ready
        self.style = style_for(sys.stdout, os.environ)
        live = sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
        self.progress: Progress = Progress(sys.stdout, self.style.paint, live=live, width=self.style.width)

    def visitor(
        self,
        project: Project,
        *,
        freezes: "Freezes | None" = None,
        refused: "Mapping[str, Visit] | None" = None,
        program: "Declare | None" = None,
        needs: "HardNeeds | None" = None,
        **orders: Any,
    ) -> "Visitor":
        """Who visits the stacks; `orders` are those of `Orders` beside the limits."""
        from pagerworthy.stacks.program import Cloud, declare
        from pagerworthy.stacks.run.orders import Orders
        from pagerworthy.stacks.run.visit import Visitor

        given = Orders(
            timeout=self.limits.timeout, patience=self.limits.patience, workers=self.workers(project), **orders
        )
        cloud = Cloud(emulator=self.limits.emulator)
        return Visitor(
            self.ready,
            cloud,
            program or declare,
            given,
            freezes=freezes,
            tell=self.progress.changed,
            refused=refused or {},
            needs=needs,
        )

    def workers(self, project: Project) -> int:
        return self.limits.workers or max(1, project.settings.stacks.workers)

    def run(
        self,
        work: "Callable[[], Sequence[Visit]]",
        *,
        orphans: Sequence[str] = (),
        detail: bool = False,
        bad: Iterable[str] = (),
    ) -> int:
        """Does the work and says what came of it, even when it is stopped; returns the exit code.

        Outcomes in `bad` are problems beside those that never are well.
        """
        from pagerworthy.stacks.run.interrupts import interruptible

        started, clock = dt.datetime.now(dt.UTC), time.monotonic()
        written = True
        with interruptible(self.ready.command.engines, self.progress.say) as interrupted:
            visits: Sequence[Visit] = ()
            try:
                visits = work()
            finally:
                self.progress.close()
                # What is there when something unforeseen ends the run is written all the same.
                visits = visits or self.progress.visits
                seconds = time.monotonic() - clock
                written = self._tell(visits, started, seconds, interrupted, orphans, detail=detail)
        if interrupted.signal:
            return _EXITS.get(interrupted.signal, Exit.TERMINATED)
        wrong = any(not visit.outcome.is_well or visit.outcome.value in bad for visit in visits)
        return Exit.PROBLEMS if wrong or not written else Exit.FINE

    def _tell(
        self,
        visits: "Sequence[Visit]",
        started: dt.datetime,
        seconds: float,
        interrupted: "Interrupted",
        orphans: Sequence[str],
        *,
        detail: bool,
    ) -> bool:
        """Says what came of a run, and then writes it; False where the report that was asked for could not be."""
        from pagerworthy.stacks.run.commands import command
        from pagerworthy.stacks.run.report import report_of

        report = report_of(
            self.operation,
            self.environment,
            visits,
            started=started,
            seconds=seconds,
            finished=not interrupted.signal,
            orphans=orphans,
            emulator=self.limits.emulator,
        )
        for line in self._lines(report, visits, detail=detail):
            click.echo(line)
        for name in orphans:
            click.echo(f"note: no entry is left of {name}; nothing of it was touched", err=True)
        if orphans:
            mend = command("destroy", self.environment, (), "--orphans", emulator=self.limits.emulator)
            click.echo(f"  help: `{mend}` removes what is left", err=True)
        return self._write(report)

    def _write(self, report: "RunReport") -> bool:
        from pagerworthy.stacks.run.report import markdown, write_report

        # What has happened to the cloud has been told by now, and no disk that is full undoes it.
        if summary := os.environ.get(_SUMMARY):
            try:
                with Path(summary).open("a", encoding="utf-8") as stream:
                    stream.write(markdown(report) + "\n")
            except OSError as error:
                click.echo(f"note: ${_SUMMARY} cannot be written: {summary}: {error.strerror}", err=True)
        if self.limits.report:
            try:
                write_report(self.limits.report, report)
            except OSError as error:
                click.echo(f"error: the report cannot be written: {self.limits.report}: {error.strerror}", err=True)
                return False
        return True

    def _lines(self, report: "RunReport", visits: "Sequence[Visit]", *, detail: bool) -> Iterator[str]:
        """What stands below the progress: details, what is lost, the table, and what to do next."""
        from pagerworthy.stacks.run.progress import LEGEND, detail_of, lost_lines, table

        changed = [visit for visit in visits if visit.changes] if detail else []
        for visit in changed:
            yield f"\n{self.style.paint(visit.stack, 'bold')}"
            yield from detail_of(visit)
        if changed:
            yield f"\n{LEGEND}"
        yield ""
        yield from lost_lines(report, self.style.paint)
        yield from table(report, self.style.paint)
        if report.summary.get("drifted"):
            yield f"next: `{self._command('up', '--refresh')}` makes it again what the catalog says"
        elif report.operation == "preview" and report.summary.get("planned"):
            yield f"next: `{self._command('up', *self.follow)}` does it"

    def _command(self, verb: str, *options: str) -> str:
        from pagerworthy.stacks.run.commands import command

        return command(verb, self.environment, self.services, *options, emulator=self.limits.emulator)


def open_for_run(
    ctx: click.Context, as_of: dt.datetime | None, evidence: Sequence[Path], consequence: str
) -> "tuple[Opened, Any] | None":
    """The catalog with the scores, which say what is frozen; None where that cannot be known."""
    from pagerworthy.cli.aloud import assess_aloud

    project = project_of(ctx)
    found = assess_aloud(project, consequence, as_of=as_of, evidence=evidence)
    if found is None:
        return None
    return Opened(project, found.catalog, found.problems, found.graph, found.as_of), found
