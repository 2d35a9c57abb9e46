"""What a stack is given of those that it asks: outputs, or the reason why it has to wait for them."""

from pagerworthy.stacks.inputs import StackInputs
from pagerworthy.stacks.outputs import LISTS, MissingOutputError, Value
from pagerworthy.stacks.run.backend import BackendError
from pagerworthy.stacks.run.commands import for_stacks
from pagerworthy.stacks.run.inline import PeerValues, peers_of
from pagerworthy.stacks.run.orders import RefusedError
from pagerworthy.stacks.run.peers import PeerStates
from pagerworthy.stacks.zones import zones_of


class Giver:
    """Gives stacks what they ask of their peers. `emulator` is the address of the one that the run works on."""

    def __init__(self, peers: PeerStates, emulator: str) -> None:
        self._peers = peers
        self._emulator = emulator

    def given(self, inputs: StackInputs, without: frozenset[str] = frozenset()) -> PeerValues:
        """The outputs that a stack asks for; what it asks of the stacks in `without` is taken to be gone. Raises
        RefusedError where one that it needs did not come up, or is not known."""
        # What lets go of others needs nothing new of them.
        required = () if without else {ask.stack for ask in inputs.asks() if ask.required}
        try:
            if failed := self._peers.failed(required):
                raise self._behind(inputs, failed)
            return peers_of(inputs, self._peers.outputs, without)
        except MissingOutputError as error:
            raise self._lacking(inputs, error) from error
        except BackendError as error:
            raise _blocked(error) from error

    def announced(self, inputs: StackInputs) -> tuple[PeerValues, tuple[str, ...]]:
        """The outputs, and stand-ins for those that are required and not there, with the stacks they are of. Raises
        RefusedError where a state cannot be read."""
        absent: set[str] = set()
        announced: dict[str, dict[str, Value]] = {}
        try:
            for ask in inputs.asks():
                found = self._peers.outputs(ask.stack) or {}
                announced.setdefault(ask.stack, {})[ask.key] = found.get(ask.key, "")
                if ask.required and not found.get(ask.key):
                    absent.add(ask.stack)
                    name = f"{ask.stack}.{ask.key}"
                    announced[ask.stack][ask.key] = [name] * len(zones_of(inputs.spec)) if ask.key in LISTS else name
        except BackendError as error:
            raise _blocked(error) from error
        return peers_of(inputs, announced.get), tuple(sorted(absent))

    def _behind(self, inputs: StackInputs, failed: str) -> RefusedError:
        mend = self._up(failed)
        if not self._emulator:
            mend += f"; to go on with what it was, in stacks/: `pulumi up -s {inputs.stack}`"
        return RefusedError(f"the last update of {failed} did not succeed", mend, blocked_by=failed)

    def _lacking(self, inputs: StackInputs, error: MissingOutputError) -> RefusedError:
        """What is to be brought up before a stack: all of it, in one command that takes the stack along."""
        absent = self._peers.absent(ask.stack for ask in inputs.asks() if ask.required)
        if not absent:
            return RefusedError(f"{error.stack} has no output {error.key!r}", self._up(error.stack))
        message = f"what it needs is not up yet: {', '.join(absent)}"
        return RefusedError(message, self._up(*absent, inputs.stack))

    def _up(self, *stacks: str) -> str:
        return f"`{for_stacks('up', stacks, emulator=self._emulator)}`"


def _blocked(error: BackendError) -> RefusedError:
    """What to say of a stack because the state of one that it needs cannot be read."""
    return RefusedError(str(error), error.help, blocked_by=error.stack)
