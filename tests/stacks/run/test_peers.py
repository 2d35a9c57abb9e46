"""What is known of stacks that a run does not visit itself."""

from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.stacks.run.peers import PeerStates
from pagerworthy.stacks.run.state import Record, StackState

NAMES = [f"s{number}.e" for number in range(7)]
GRAPHS = st.fixed_dictionaries({name: st.sets(st.sampled_from(NAMES), max_size=3) for name in NAMES})
SOME = st.sets(st.sampled_from(NAMES))


@given(GRAPHS, SOME, SOME, SOME, st.lists(SOME, max_size=4))
def test_what_failed_stops_all_that_needs_it_save_what_this_run_has_visited(
    needs: dict[str, set[str]], failed: set[str], absent: set[str], visited: set[str], asked: list[set[str]]
) -> None:
    read: list[str] = []

    def state(stack: str) -> StackState | None:
        read.append(stack)
        if stack in absent:
            return None
        return StackState(stack=stack, outputs={"of": stack}, record=Record(), failed=stack in failed)

    peers = PeerStates(state, needs.__getitem__)
    for name in visited:
        peers.visited(name, None)
    for names in asked:
        reached: set[str] = set()
        todo = list(names)
        while todo:
            name = todo.pop()
            if name not in reached | visited:
                reached.add(name)
                todo.extend(needs[name])
        found = peers.failed(names)
        bad = reached & failed - absent
        assert (found in bad) if bad else found == ""
    # Each is read once at most, however often it is asked for.
    assert len(read) == len(set(read))
    for name in NAMES:
        assert peers.outputs(name) == (None if name in absent | visited else {"of": name})
    assert len(read) == len(set(read))
