"""What is looked at before a stack is touched: each guard raises RefusedError with what a person can do about it."""

from pagerworthy.stacks.inputs import FIRST_VERSION, StackInputs
from pagerworthy.stacks.run.commands import for_stacks
from pagerworthy.stacks.run.config import by_hand, file_name
from pagerworthy.stacks.run.inline import release_of
from pagerworthy.stacks.run.locks import LockedError
from pagerworthy.stacks.run.orders import RefusedError
from pagerworthy.stacks.run.places import BACKEND, Place
from pagerworthy.stacks.run.state import StackState


class Guards:
    """The guards of a run in one place, on the real cloud or on the emulator at an address."""

    def __init__(self, place: Place, emulator: str) -> None:
        self._place = place
        self._emulator = emulator

    def heed_emulator(self, stack: str) -> None:
        """Keeps a stack that plain `pulumi` is to work on in an emulator away from the real cloud."""
        theirs = None if self._emulator else by_hand(self._place.root, stack)
        if theirs is None or not theirs.emulator:
            return
        raise RefusedError(
            f"stacks/{file_name(stack)} points it at the emulator {theirs.emulator}, this run at the real cloud",
            f"add --emulator {theirs.emulator}, or in stacks/: `pulumi config rm emulator -s {stack}`",
        )

    def heed_state(self, state: StackState, *, pending: bool = False) -> None:
        """Keeps off a state in which something is left over that only a person can judge, unless it is `pending` that
        is to be cleared; and off one of another cloud."""
        if state.pending and not pending:
            raise self.unfinished(state)
        # A stack that nothing was recorded of may be anybody's, and any cloud's.
        if state.record.digest and state.record.cloud != self._emulator:
            there = f"the emulator at {state.record.cloud}" if state.record.cloud else "the real cloud"
            raise RefusedError(f"its state is of {there}", "use the backend of this cloud")

    def heed_release(self, inputs: StackInputs, state: StackState | None) -> None:
        """Keeps a service from going back to its first image because a file is not there."""
        was = state.record.release if state else ""
        if not was or release_of(inputs):
            return
        stack = inputs.stack
        theirs = by_hand(self._place.root, stack)
        if theirs is not None and theirs.version == FIRST_VERSION:
            return
        raise RefusedError(
            f"{was} runs, and stacks/{file_name(stack)} names no release: the service would go back to its image "
            f"`:{FIRST_VERSION}`",
            f"commit that file, or in stacks/: `pulumi config set version {was} -s {stack}`; to go back all the same, "
            f"set {FIRST_VERSION}",
        )

    def heed_protection(self, state: StackState) -> None:
        """Keeps what is protected from being destroyed."""
        if not state.protected:
            return
        names = ", ".join(sorted(urn.rpartition("::")[2] for urn in state.protected))
        raise RefusedError(
            f"it is protected: {names}",
            f"once nobody needs what is in there, in stacks/: `{BACKEND}={self._place.shown} pulumi state "
            f"unprotect --all --stack {state.stack}`",
        )

    def unfinished(self, state: StackState) -> RefusedError:
        """What to say of operations that were under way when an engine ended."""
        names = ", ".join(f"{each.kind} {each.name} ({each.type})" for each in state.pending)
        clear = for_stacks("refresh", (state.stack,), "--clear-pending", emulator=self._emulator)
        return RefusedError(
            f"an engine ended in the middle of {names}: nobody knows whether it happened",
            "look in the cloud: delete what is half there, or bring it in with `pulumi refresh "
            f"--import-pending-creates`; then `{clear}`",
        )

    def unlocking(self, error: LockedError) -> str:
        """What to do about a stack that somebody else holds."""
        if not error.stays:
            return "wait for it, or look at that process"
        return (
            f"wait for it; only if that process is no more, in stacks/: `{BACKEND}={self._place.shown} "
            f"pulumi cancel --yes --stack {error.stack}`"
        )


def notes_of_release(inputs: StackInputs) -> list[str]:
    """What there is to say where nothing was released yet: AWS then waits for an image that nobody may have pushed."""
    if not getattr(inputs, "runs_here", False) or release_of(inputs):
        return []
    mend = f"`pulumi config set version VERSION -s {inputs.stack}`, and commit the file"
    return [f"not released yet: its image is `:{FIRST_VERSION}`; once there is another, in stacks/: {mend}"]
