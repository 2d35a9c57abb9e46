"""The one table of exit codes; the README and `--help` print the same."""

import enum


class Exit(enum.IntEnum):
    """What the process says to the shell."""

    FINE = 0
    PROBLEMS = 1
    USAGE = 2
    INTERRUPTED = 130
    TERMINATED = 143


MEANINGS: dict[Exit, str] = {
    Exit.FINE: "all is well",
    Exit.PROBLEMS: "there are problems, or the answer is no",
    Exit.USAGE: "nothing was judged: wrong usage or settings, or a broken rubric, waiver or decision",
    Exit.INTERRUPTED: "stopped by Ctrl-C",
    Exit.TERMINATED: "stopped by SIGTERM",
}
