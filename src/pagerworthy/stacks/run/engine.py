"""The engine's operations on one stack, through Pulumi's Automation API."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pulumi.automation import (
    CommandError,
    ConcurrentUpdateError,
    LocalWorkspace,
    OutputMap,
    Stack,
    StackAlreadyExistsError,
    UpdateSummary,
)
from pulumi.automation._stack import StackInitMode

from pagerworthy.stacks.names import PROJECT
from pagerworthy.stacks.run.backend import told_locks
from pagerworthy.stacks.run.command import EngineCommand, OperationTimeoutError
from pagerworthy.stacks.run.config import by_hand, file_name, merge
from pagerworthy.stacks.run.locks import LockedError
from pagerworthy.stacks.run.loops import Loops
from pagerworthy.stacks.run.places import PROJECT_FILE, Place, make_project
from pagerworthy.stacks.run.seeds import Seed, Seeds
from pagerworthy.stacks.run.watch import Change, Watch

# How often to look whether somebody else is done with a stack, in seconds.
_LOOK_EVERY = 2.0
# Of all that went wrong this many are told; the report is no log.
_TOLD = 5


class EngineError(Exception):
    """An operation that failed; `changes` were made all the same."""

    def __init__(self, message: str, changes: Sequence[Change] = ()) -> None:
        super().__init__(message)
        self.changes = tuple(changes)


class WrongStackError(Exception):
    """A program or folder of one stack that met another: nothing is done then, ever."""


class StackEngine:
    """One stack, in a work folder of its own.

    Each operation raises EngineError where the engine says no, LockedError where somebody else has the stack, and
    StoppedError.
    """

    def __init__(
        self,
        place: Place,
        command: EngineCommand,
        stack: str,
        *,
        timeout: float,
        grace: float,
        patience: float = 0.0,
        parallel: int | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.stack = stack
        self.folder = place.work_folder(stack)
        self._place = place
        self._command = command
        self._timeout = timeout
        self._grace = grace
        self._patience = patience
        self._environment = dict(environment or {})
        self._parallel = parallel

    def prepare(self, *, exists: bool, seed: Seed) -> None:
        """Makes sure that folder, stack and seed are there.

        The seed, from which the stack derives its own secrets, is made once. It is in the stack's configuration, which
        the backend keeps beside the state, so that a new machine finds it. Raises LostSeedError where it is needed and
        nowhere, and EngineError.
        """
        make_project(self.folder)
        config = self.folder / file_name(self.stack)
        if not exists:
            # Of a stack that is no more; its salt belongs to other secrets.
            config.unlink(missing_ok=True)
            arguments = ["stack", "init", self.stack, "--no-select"]
            if self._place.secrets:
                arguments += ["--secrets-provider", self._place.secrets]
            try:
                self._run(arguments)
            except StackAlreadyExistsError as error:
                # What it is was not looked at.
                raise EngineError(f"somebody else has just made {self.stack}: run it again") from error
            except CommandError as error:
                raise EngineError(self._command.said(error)) from error
        theirs = by_hand(self._place.root, self.stack)
        try:
            Seeds(self._run, self.stack, config).provide(theirs, seed, exists=exists)
        except CommandError as error:
            raise EngineError(self._command.said(error)) from error
        merge(config, theirs)

    def up(
        self,
        program: Callable[[], None],
        *,
        tell: Callable[[Change], object] | None = None,
        plan: Path | None = None,
        refresh: bool = False,
        exclude: Sequence[str] = (),
        dependents: bool = False,
    ) -> tuple[Change, ...]:
        """Makes the cloud what the program says; returns what was changed.

        What has a URN in `exclude` stays as it is. What depends on it is given the outputs that are there, or with
        `dependents` stays as it is, too.
        """
        loops = Loops()
        return self._watched(
            tell,
            lambda stack, watch: stack.up(
                program=loops.around(program),
                on_event=watch,
                plan=str(plan) if plan else None,
                refresh=refresh or None,
                exclude=list(exclude) or None,
                exclude_dependents=True if exclude and dependents else None,
                parallel=self._parallel,
                color="never",
                suppress_outputs=True,
                suppress_progress=True,
                show_secrets=False,
            ),
            loops,
        )

    def preview(
        self,
        program: Callable[[], None],
        *,
        tell: Callable[[Change], object] | None = None,
        plan: Path | None = None,
        refresh: bool = False,
    ) -> tuple[Change, ...]:
        """What `up` would change; writes the plan for it, where one is asked for."""
        loops = Loops()
        return self._watched(
            tell,
            lambda stack, watch: stack.preview(
                program=loops.around(program),
                on_event=watch,
                plan=str(plan) if plan else None,
                refresh=refresh or None,
                parallel=self._parallel,
                color="never",
                suppress_outputs=True,
                suppress_progress=True,
            ),
            loops,
        )

    def refresh(self, *, clear_pending: bool = False) -> tuple[Change, ...]:
        """Takes over into the state what the cloud really is."""
        return self._watched(
            None,
            lambda stack, watch: stack.refresh(
                on_event=watch,
                clear_pending_creates=clear_pending or None,
                parallel=self._parallel,
                color="never",
                suppress_outputs=True,
                suppress_progress=True,
                show_secrets=False,
            ),
        )

    def drift(self) -> tuple[Change, ...]:
        """How the cloud differs from the state; changes neither."""
        return self._watched(
            None,
            lambda stack, watch: stack.preview_refresh(
                on_event=watch,
                parallel=self._parallel,
                color="never",
                suppress_outputs=True,
                suppress_progress=True,
            ),
        )

    def destroy(self, *, tell: Callable[[Change], object] | None = None) -> tuple[Change, ...]:
        """Deletes all that the stack holds, and then the stack."""
        changes = self._watched(
            tell,
            lambda stack, watch: stack.destroy(
                on_event=watch,
                parallel=self._parallel,
                color="never",
                suppress_outputs=True,
                suppress_progress=True,
                show_secrets=False,
            ),
        )
        try:
            self._run(["stack", "rm", "--yes", self.stack])
        except CommandError as error:
            raise EngineError(self._command.said(error), changes) from error
        return changes

    def _watched(
        self,
        tell: Callable[[Change], object] | None,
        operation: Callable[[Stack, Watch], object],
        loops: Loops | None = None,
    ) -> tuple[Change, ...]:
        self._assert_own()
        watch = Watch(tell)
        command = self._command.within(self._timeout, self._grace)
        workspace = _Workspace(self.folder, command, self._environment)
        until = time.monotonic() + self._patience
        try:
            while True:
                try:
                    operation(_Stack(self.stack, workspace, StackInitMode.SELECT), watch)
                    break
                except ConcurrentUpdateError as error:
                    # Nothing was done. Backends other than folders tell of locks in no other way.
                    if time.monotonic() > until or self._command.engines.stopping.wait(_LOOK_EVERY):
                        owners = "; ".join(lock.owner for lock in told_locks(str(error)))
                        raise LockedError(self.stack, owners or "somebody else") from error
        except CommandError as error:
            raise EngineError(self._why(error, watch), watch.changes) from error
        except OperationTimeoutError as error:
            raise EngineError(str(error), watch.changes) from error
        finally:
            if loops:
                loops.clear()
        return watch.changes

    def _why(self, error: CommandError, watch: Watch) -> str:
        """What went wrong, from the providers' own words where there are any."""
        said = [f"{name}: {text}" if name else text for name, text in watch.errors if text]
        # That the update failed is known.
        told = [text for text in said if not text.endswith(("update failed", "preview failed"))]
        # Before it is cut: half of a secret is not known as one.
        shown = [_short(self._command.scrub(text)) for text in told[:_TOLD]]
        if len(told) > _TOLD:
            shown.append(f"and {len(told) - _TOLD} more")
        return "\n".join(shown) or self._command.said(error)

    def _assert_own(self) -> None:
        """Raises WrongStackError unless the folder is this stack's: one with another's program would undo it all."""
        service, _, environment = self.stack.rpartition(".")
        if (self.folder.parent.name, self.folder.name) != (environment, service):
            raise WrongStackError(f"{self.folder} is not the folder of {self.stack}")
        if (self.folder / "Pulumi.yaml").read_text("utf-8") != PROJECT_FILE:
            raise WrongStackError(f"{self.folder}/Pulumi.yaml is not of the project {PROJECT}")

    def _run(self, arguments: list[str], given: str = "") -> str:
        return self._command.within(120).run(arguments, str(self.folder), self._environment, given=given).stdout


class _Workspace(LocalWorkspace):
    """A workspace that runs no commands beside the one that is asked for: every one costs half a second."""

    def __init__(self, folder: Path, command: EngineCommand, environment: Mapping[str, str]) -> None:
        super().__init__(work_dir=str(folder), pulumi_command=command, env_vars=environment)

    def select_stack(self, stack_name: str) -> None:
        """Each command names its stack; there is nothing to select."""

    def stack_outputs(self, stack_name: str) -> OutputMap:  # noqa: ARG002 -- part of the interface
        """The state is read afterwards, where secrets stay encrypted."""
        return {}


class _Stack(Stack):
    def info(self, show_secrets: bool = True) -> UpdateSummary:  # noqa: ARG002 -- part of the interface
        """The history is read where the state is."""
        return UpdateSummary(
            kind="update", start_time=datetime.now(UTC), message="", environment={}, config={}, result="succeeded"
        )


def _short(text: str, limit: int = 500) -> str:
    """The first lines of a message; a traceback is of no use to whoever reads a summary."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    kept = " ".join(line for line in lines if not line.startswith(("Traceback", 'File "')))
    return kept if len(kept) <= limit else f"{kept[: limit - 1]}…"
