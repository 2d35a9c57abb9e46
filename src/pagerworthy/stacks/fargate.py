"""What Fargate offers: only certain pairs of CPU and memory, and a limited time to stop.

From AWS's page "Fargate task sizes and pricing", November 2026.
"""

import msgspec

# The longest that Fargate waits between asking a task to stop and killing it, in seconds.
LONGEST_STOP = 120


class Size(msgspec.Struct, frozen=True, order=True):
    """A size of task: CPU in units of 1/1024 core, memory in MiB."""

    cpu: int
    memory: int


# For each CPU: the least memory, the most, and the step between, in MiB. The smallest has 512, 1024 and 2048.
_OFFERED = {
    256: (512, 2048, 512),
    512: (1024, 4096, 1024),
    1024: (2048, 8192, 1024),
    2048: (4096, 16384, 1024),
    4096: (8192, 30720, 1024),
    8192: (16384, 61440, 4096),
    16384: (32768, 122880, 8192),
}
_NOT_OFFERED = Size(256, 1536)


def size_for(cpu: int, memory: int) -> Size:
    """The smallest task that has so much of both. Raises ValueError where there is none."""
    for offered, (least, most, step) in _OFFERED.items():
        if offered >= cpu and memory <= most:
            size = Size(offered, max(least, -(-memory // step) * step))
            return Size(256, 2048) if size == _NOT_OFFERED else size
    message = f"Fargate has no task of {cpu} CPU units and {memory} MiB"
    raise ValueError(message)
