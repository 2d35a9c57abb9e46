"""The sizes of tasks that Fargate offers.

Source: "Fargate task CPU and memory" in the ECS Developer Guide; CPU in units of 1/1024 core, memory in MiB.
"""

from collections.abc import Mapping

_GIB = 1024

# The longest that Fargate waits between asking a task to end and killing it, in seconds (`stopTimeout` there).
LONGEST_STOP = 120

# For each CPU: the memories that go with it.
TASK_SIZES: Mapping[int, tuple[int, ...]] = {
    256: (512, 1 * _GIB, 2 * _GIB),
    512: tuple(range(1 * _GIB, 4 * _GIB + 1, _GIB)),
    1024: tuple(range(2 * _GIB, 8 * _GIB + 1, _GIB)),
    2048: tuple(range(4 * _GIB, 16 * _GIB + 1, _GIB)),
    4096: tuple(range(8 * _GIB, 30 * _GIB + 1, _GIB)),
    8192: tuple(range(16 * _GIB, 60 * _GIB + 1, 4 * _GIB)),
    16384: tuple(range(32 * _GIB, 120 * _GIB + 1, 8 * _GIB)),
}


def task_size(cpu: int | None, memory: int | None) -> tuple[int, int]:
    """The CPU and memory of a task: what its entry says, and for what it leaves out the smallest that goes with it.

    Raises ValueError for what Fargate does not offer.
    """
    if cpu is None:
        fitting = [each for each, memories in TASK_SIZES.items() if memory is None or memory in memories]
        if not fitting:
            message = f"Fargate offers no task with {memory} MiB"
            raise ValueError(message)
        cpu = fitting[0]
    if cpu not in TASK_SIZES:
        message = f"Fargate offers no task with {cpu} CPU units"
        raise ValueError(message)
    if memory is None:
        return cpu, TASK_SIZES[cpu][0]
    if memory not in TASK_SIZES[cpu]:
        message = f"Fargate offers no task with {cpu} CPU units and {memory} MiB"
        raise ValueError(message)
    return cpu, memory
