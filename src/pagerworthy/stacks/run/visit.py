"""A visit to one stack: look who else is there, what is left over, whether there is anything to do; then do it."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import msgspec

from pagerworthy.stacks.inputs import Ask, StackInputs
from pagerworthy.stacks.outputs import MissingOutputError, Value
from pagerworthy.stacks.run import traces
from pagerworthy.stacks.run.backend import BackendError
from pagerworthy.stacks.run.command import StoppedError
from pagerworthy.stacks.run.commands import for_stacks
from pagerworthy.stacks.run.config import DERIVED
from pagerworthy.stacks.run.engine import EngineError, StackEngine, WrongStackError
from pagerworthy.stacks.run.freeze import Freezes, Stop, is_new, runs
from pagerworthy.stacks.run.given import Giver
from pagerworthy.stacks.run.guards import Guards, notes_of_release
from pagerworthy.stacks.run.inline import Declare, peers_of, program_of, record_of
from pagerworthy.stacks.run.locks import LockedError, alone, wait_for
from pagerworthy.stacks.run.orders import Orders, RefusedError
from pagerworthy.stacks.run.peers import HardNeeds, PeerStates
from pagerworthy.stacks.run.places import Place
from pagerworthy.stacks.run.plans import NoPlanError, Plans
from pagerworthy.stacks.run.preflight import Ready
from pagerworthy.stacks.run.result import Outcome, Visit
from pagerworthy.stacks.run.seeds import Seed
from pagerworthy.stacks.run.state import Record, StackState
from pagerworthy.stacks.run.watch import Change

if TYPE_CHECKING:
    from pagerworthy.stacks.program.cloud import Cloud


Tell = Callable[[str, Change], object]


class Visitor:
    """Visits stacks, any number of them at once, and remembers their outputs for those that come after.

    `refused` are stacks that are not touched, with what is to be said of them; `tell` hears of each change when it is
    made, from the engines' threads. `needs` tells what stacks need hard that this run does not visit.
    """

    def __init__(
        self,
        ready: Ready,
        cloud: "Cloud",
        declare: Declare,
        orders: Orders,
        *,
        freezes: Freezes | None = None,
        tell: Tell | None = None,
        refused: Mapping[str, Visit] | None = None,
        needs: HardNeeds | None = None,
    ) -> None:
        self.backend = ready.backend
        self._place = ready.place
        self._command = ready.command
        self._refused = refused or {}
        self._cloud = cloud
        self._declare = declare
        self._orders = orders
        self._freezes = freezes or Freezes({})
        self._tell = tell
        self._plans = Plans(orders.plans) if orders.plans else None
        self._peers = PeerStates(ready.backend.read, needs)
        self._giver = Giver(self._peers, cloud.emulator)
        self._guards = Guards(ready.place, cloud.emulator)
        # The frozen services that this run builds up from nothing.
        self._built: set[str] = set()
        # What each stack was last given, to see whether a later one changed it.
        self._given: dict[str, str] = {}

    @property
    def is_stopping(self) -> bool:
        return self._command.engines.stopping.is_set()

    def outputs(self, stack: str) -> Mapping[str, Value] | None:
        """The outputs of a stack, from this run or else from the backend; None where there is no such stack."""
        return self._peers.outputs(stack)

    def asks(self, inputs: StackInputs) -> tuple[Ask, ...]:
        """What the order of a run has to heed of a stack: nothing where it is not touched, for it may have no order."""
        return () if inputs.stack in self._refused else inputs.asks()

    def is_stale(self, inputs: StackInputs) -> bool:
        """Whether the peers of a stack that this run has visited have other values now than it was given."""
        given = self._given.get(inputs.stack)
        try:
            return given is not None and given != record_of(inputs, peers_of(inputs, self.outputs), self._cloud).digest
        except (MissingOutputError, BackendError):
            return False

    def up(self, inputs: StackInputs, without: frozenset[str] = frozenset()) -> Visit:
        """Makes a stack what its inputs say. What it asks of the stacks in `without` is taken to be gone."""
        return self._guarded(inputs.stack, lambda: self._up(inputs, without))

    def preview(self, inputs: StackInputs) -> Visit:
        """Says what `up` would change, as things are now."""
        return self._guarded(inputs.stack, lambda: self._preview(inputs))

    def refresh(self, stack: str) -> Visit:
        """Takes over into a stack's state what the cloud is."""
        return self._guarded(stack, lambda: self._refresh(stack))

    def recover(self, stack: str) -> Visit:
        """Lets go of what an engine of this machine held of a stack when it was cut off; changes nothing of it."""
        return self._guarded(stack, lambda: self._recover(stack))

    def drift(self, stack: str) -> Visit:
        """Says how the cloud differs from a stack's state."""
        return self._guarded(stack, lambda: self._drift(stack))

    def destroy(self, stack: str) -> Visit:
        """Deletes all that a stack holds, unless something of it is protected."""
        return self._guarded(stack, lambda: self._destroy(stack))

    def _up(self, inputs: StackInputs, without: frozenset[str]) -> Visit:
        stack = inputs.stack
        with self._holding(stack) as interrupted:
            state = self._examined(stack)
            given = self._giver.given(inputs, without)
            record = record_of(inputs, given, self._cloud)
            self._given[stack] = record.digest
            if state is not None and _follows(state, record) and not (self._orders.refresh or interrupted):
                self._peers.visited(stack, state)
                return Visit(stack, Outcome.UNCHANGED, waiting=given.missing, digest=record.digest)
            self._guards.heed_release(inputs, state)
            plan = self._plan(stack, record.digest)
            engine = self._engine(stack)
            engine.prepare(exists=state is not None, seed=_seed_of(state))
            seed = state.record.seed if state else ""
            notes = notes_of_release(inputs)
            held: tuple[Change, ...] = ()
            stop = self._stop(inputs, state)
            if stop:
                program = program_of(inputs, given, self._cloud, self._declare, record, seed)
                # Looked at as `up` will look: what only the cloud tells is a deployment, too.
                held = stop.held(engine.preview(program, refresh=self._orders.refresh))
                if held and self._freezes.glass:
                    self._freezes.break_glass(inputs, stop.why)
                    notes.append(f"deployed although {stop.why}; the broken glass is recorded")
                    held = ()
            if held:
                # So that the next run looks again, and does not take what was held back for what runs.
                record = msgspec.structs.replace(record, digest="")
            program = program_of(inputs, given, self._cloud, self._declare, record, seed)
            if plan and held:
                plan = None
                notes.append("not held to its plan, of which a freeze holds back a part")
            changes = engine.up(
                program,
                tell=self._teller(stack),
                plan=plan,
                refresh=self._orders.refresh,
                exclude=[change.urn for change in held],
                # Pulumi would write a state that refers to what is not there, and could read it no more.
                dependents=is_new(held),
            )
            self._peers.visited(stack, self.backend.read(stack))
        if self._plans:
            self._plans.used(stack)
        if stop and held:
            names = ", ".join(sorted(change.name for change in held))
            if is_new(held):
                names += ", and what depends on them"
            return Visit(
                stack,
                Outcome.HELD,
                changes,
                message=f"not deployed, because it is {stop.why}: {names}",
                help="in an emergency: --break-glass REASON --record FILE; `pagerworthy score` says how to mend it",
                waiting=given.missing,
                notes=tuple(notes),
            )
        outcome = Outcome.CHANGED if changes else Outcome.UNCHANGED
        return Visit(stack, outcome, changes, waiting=given.missing, digest=record.digest, notes=tuple(notes))

    def _preview(self, inputs: StackInputs) -> Visit:
        stack = inputs.stack
        with self._holding(stack) as interrupted:
            state = self._examined(stack)
            given, absent = self._giver.announced(inputs)
            record = record_of(inputs, given, self._cloud)
            if state is not None and _follows(state, record) and not (absent or interrupted):
                return Visit(stack, Outcome.UNCHANGED, waiting=given.missing, digest=record.digest)
            self._guards.heed_release(inputs, state)
            seed = state.record.seed if state else ""
            program = program_of(inputs, given, self._cloud, self._declare, record, seed)
            # What rests on values that nobody knows yet is no plan.
            plan = self._plans.new(stack) if self._plans and not absent else None
            with self._previewing(stack, scratch=state is None and plan is None) as engine:
                engine.prepare(exists=state is not None, seed=_seed_of(state))
                changes = engine.preview(program, tell=self._teller(stack), plan=plan, refresh=self._orders.refresh)
            if plan and self._plans:
                self._plans.keep(stack, record.digest)
        notes = notes_of_release(inputs)
        if absent:
            notes.append(f"with stand-ins for outputs of {', '.join(absent)}, which they do not have yet")
        if absent and self._plans:
            notes.append("no plan was made: what rests on stand-ins is none; preview again once they are up")
        stop = self._stop(inputs, state)
        if stop and (held := stop.held(changes)):
            notes.append(f"{', '.join(change.name for change in held)} would be held back: it is {stop.why}")
        outcome = Outcome.PLANNED if changes else Outcome.UNCHANGED
        return Visit(stack, outcome, changes, waiting=given.missing, digest=record.digest, notes=tuple(notes))

    def _refresh(self, stack: str) -> Visit:
        with self._holding(stack):
            state = self._examined(stack, pending=self._orders.clear_pending)
            if state is None:
                return Visit(stack, Outcome.ABSENT)
            engine = self._engine(stack)
            engine.prepare(exists=True, seed=Seed.KEEP)
            changes = engine.refresh(clear_pending=self._orders.clear_pending)
        outcome = Outcome.REFRESHED if changes or state.pending else Outcome.UNCHANGED
        notes = [f"dropped from the state: {each.kind} {each.name} ({each.type})" for each in state.pending]
        return Visit(stack, outcome, changes, notes=tuple(notes))

    def _recover(self, stack: str) -> Visit:
        with alone(self._place.work_folder(stack), stack, self._orders.patience, lambda: self.is_stopping):
            removed = wait_for(self.backend, stack, 0, lambda: True)
            state = self._examined(stack)
        notes = tuple(f"its lock of {lock.owner}, who is no more, is gone" for lock in removed)
        return Visit(stack, Outcome.ABSENT if state is None else Outcome.UNCHANGED, notes=notes)

    def _drift(self, stack: str) -> Visit:
        with self._holding(stack):
            state = self._examined(stack)
            if state is None:
                return Visit(stack, Outcome.ABSENT)
            engine = self._engine(stack)
            engine.prepare(exists=True, seed=Seed.KEEP)
            changes = engine.drift()
        return Visit(stack, Outcome.DRIFTED if changes else Outcome.UNCHANGED, changes)

    def _destroy(self, stack: str) -> Visit:
        with self._holding(stack):
            state = self._examined(stack)
            if state is None:
                return Visit(stack, Outcome.ABSENT)
            self._guards.heed_protection(state)
            engine = self._engine(stack)
            engine.prepare(exists=True, seed=Seed.KEEP)
            changes = engine.destroy(tell=self._teller(stack))
            self._peers.visited(stack, None)
        return Visit(stack, Outcome.DESTROYED, changes)

    def _stop(self, inputs: StackInputs, state: StackState | None) -> Stop | None:
        """What stops the deployment of a stack, if anything does."""
        stop = self._freezes.stop(inputs)
        if stop and not stop.callees and (state is None or not runs(state.types)):
            # Where nothing runs yet, nothing is stopped: to build up again what was lost is no deployment.
            self._built.add(inputs.stack)
        return None if state is None or inputs.stack in self._built else stop

    @contextmanager
    def _previewing(self, stack: str, *, scratch: bool) -> Iterator[StackEngine]:
        """The engine for a preview. One of a stack that is not there yet makes none: its state is thrown away."""
        if not scratch:
            yield self._engine(stack)
            return
        with TemporaryDirectory(prefix=f"{stack}-", dir=self._place.work) as name:
            place = self._place.beside(Path(name))
            if place.folder:
                place.folder.mkdir()
            yield self._engine(stack, place)

    def _plan(self, stack: str, digest: str) -> Path | None:
        """The plan that a stack is brought up by, where it is to be one. Raises RefusedError where that is not to be
        had: nobody has seen what would be done instead."""
        if self._plans is None:
            return None
        try:
            return self._plans.of(stack, digest)
        except NoPlanError as error:
            preview = ("preview", (stack,), "--plans", str(self._plans.folder))
            mend = for_stacks(*preview, emulator=self._cloud.emulator)
            raise RefusedError(str(error), f"`{mend}`, and look at it again") from error

    def _engine(self, stack: str, place: Place | None = None) -> StackEngine:
        orders = self._orders
        return StackEngine(
            place or self._place,
            self._command,
            stack,
            timeout=orders.timeout,
            grace=orders.grace,
            patience=orders.patience,
            parallel=orders.parallel,
            environment=place.environment if place else None,
        )

    def _teller(self, stack: str) -> Callable[[Change], object] | None:
        tell = self._tell
        return None if tell is None else lambda change: tell(stack, change)

    @contextmanager
    def _holding(self, stack: str) -> Iterator[bool]:
        """Keeps others away while a visit lasts; says whether an engine had not ended well at work on the stack."""
        patience = self._orders.patience
        folder = self._place.work_folder(stack)
        with alone(folder, stack, patience, lambda: self.is_stopping):
            removed = wait_for(self.backend, stack, patience, lambda: self.is_stopping)
            try:
                yield bool(removed) or traces.is_half_done(folder)
            except EngineError:
                # An engine that had to be killed leaves its lock: it is ours. Where it cannot be had now, the next run
                # sees it; what went wrong, and what was changed, has to be told.
                with suppress(LockedError, BackendError, OSError):
                    wait_for(self.backend, stack, 0, lambda: True)
                raise

    def _examined(self, stack: str, *, pending: bool = False) -> StackState | None:
        """The state, unless something is left over in it that only a person can judge. Raises RefusedError."""
        state = self.backend.read(stack)
        if state is not None:
            self._guards.heed_state(state, pending=pending)
        return state

    def _guarded(self, stack: str, visit: Callable[[], Visit]) -> Visit:
        """The visit with its duration; whatever goes wrong with one stack is that stack's alone."""
        if stack in self._refused:
            return self._refused[stack]
        started = time.monotonic()
        try:
            self._guards.heed_emulator(stack)
            done = visit()
        except RefusedError as error:
            outcome = Outcome.SKIPPED if error.blocked_by else Outcome.FAILED
            done = Visit(stack, outcome, message=str(error), help=error.help, blocked_by=error.blocked_by)
        except LockedError as error:
            stopped = Outcome.INTERRUPTED if self.is_stopping else Outcome.FAILED
            done = Visit(stack, stopped, message=str(error), help=self._guards.unlocking(error))
        except StoppedError:
            done = Visit(stack, Outcome.NOT_STARTED)
        except EngineError as error:
            done = self._failed(stack, error)
        except BackendError as error:
            done = Visit(stack, Outcome.FAILED, message=self._command.scrub(str(error)), help=error.help)
        except (WrongStackError, OSError) as error:
            done = Visit(stack, Outcome.FAILED, message=self._command.scrub(str(error)))
        except Exception as error:  # noqa: BLE001 -- one stack's trouble, even ours, stops no other
            done = Visit(stack, Outcome.FAILED, message=self._command.scrub(f"{type(error).__name__}: {error}"))
        return msgspec.structs.replace(done, seconds=round(time.monotonic() - started, 2))

    def _failed(self, stack: str, error: EngineError) -> Visit:
        outcome = Outcome.INTERRUPTED if self.is_stopping else Outcome.FAILED
        message, mend = str(error), ""
        try:
            state = self.backend.read(stack)
        except BackendError:
            state = None
        if state is not None and state.pending:
            left = self._guards.unfinished(state)
            message, mend = f"{message}\n{left}", left.help
        self._peers.visited(stack, state)
        return Visit(stack, outcome, error.changes, message=message, help=mend)


def _seed_of(state: StackState | None) -> Seed:
    """Whether a seed may be made: not where secrets that are in use were made from one."""
    if state is None or not state.resources:
        return Seed.MAKE
    return Seed.NEED if state.record.seed or DERIVED in state.types else Seed.MAKE


def _follows(state: StackState, record: Record) -> bool:
    """Whether a stack is what the record says, and the last that was done to it succeeded."""
    return state.settled and state.record.digest == record.digest
