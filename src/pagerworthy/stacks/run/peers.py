"""What a run knows of the stacks that others ask of: those that it has visited itself, and those that it has not."""

from collections.abc import Callable, Iterable, Mapping

from pagerworthy.stacks.outputs import Value
from pagerworthy.stacks.run.state import StackState

# The stacks that a stack needs hard, by its name, as the catalog says.
HardNeeds = Callable[[str], Iterable[str]]


class PeerStates:
    """The outputs of stacks, each read once; several threads may ask at once.

    `read` reads a stack's state from the backend; `needs` tells what a stack outside this run needs hard.
    """

    def __init__(self, read: Callable[[str], StackState | None], needs: HardNeeds | None = None) -> None:
        self._read = read
        self._needs = needs or (lambda _: ())
        self._outputs: dict[str, Mapping[str, Value] | None] = {}
        self._states: dict[str, StackState | None] = {}
        self._sound: set[str] = set()

    def outputs(self, stack: str) -> Mapping[str, Value] | None:
        """The outputs of a stack, from this run or else from the backend; None where there is no such stack."""
        if stack not in self._outputs:
            state = self._state(stack)
            self._outputs[stack] = state.outputs if state else None
        return self._outputs[stack]

    def visited(self, stack: str, state: StackState | None) -> None:
        """Notes what a stack is after a visit of this run."""
        self._outputs[stack] = state.outputs if state else None
        # Whoever needs it waits for that visit, and is not begun where it fails.
        self._sound.add(stack)

    def failed(self, stacks: Iterable[str]) -> str:
        """The first of these stacks, and of what they need hard, whose last update did not succeed; else empty.

        Such a stack stops what needs it within a run; here it does so across runs, as on runners of CI. It may well
        have outputs: those of an update before.
        """
        found: set[str] = set()
        todo = sorted(stacks, reverse=True)
        while todo:
            stack = todo.pop()
            if stack in found or stack in self._sound:
                continue
            found.add(stack)
            state = self._state(stack)
            if state is not None and state.failed:
                return stack
            todo.extend(sorted(self._needs(stack), reverse=True))
        self._sound |= found
        return ""

    def absent(self, stacks: Iterable[str]) -> tuple[str, ...]:
        """Of these stacks, and of what they need hard, those that are not there at all, sorted."""
        found: set[str] = set()
        todo = list(stacks)
        while todo:
            stack = todo.pop()
            if stack not in found and self.outputs(stack) is None:
                found.add(stack)
                todo.extend(self._needs(stack))
        return tuple(sorted(found))

    def _state(self, stack: str) -> StackState | None:
        if stack not in self._states:
            self._states[stack] = self._read(stack)
        return self._states[stack]
