"""`python -m tests.stacks.run.driver STACKS ENDPOINT`: an `up` of tiny stacks as the command line does it."""

import json
import os
import sys
from pathlib import Path

import msgspec

from pagerworthy.cli.stack_run import Limits, Session, get_ready
from pagerworthy.project import Project
from pagerworthy.stacks.run.run import bring_up
from tests.stacks.run.tiny import Tiny, declare, inputs


def main(given: dict[str, object], endpoint: str) -> int:
    project = Project(root=Path(str(given["root"])))
    ready = get_ready(project, endpoint)
    report = given.get("report")
    limits = Limits(2, float(str(given.get("timeout", 120))), 60, endpoint, Path(str(report)) if report else None)
    session = Session("up", "staging", limits, ready)
    visitor = session.visitor(project, program=declare)
    stacks = inputs(*msgspec.convert(given["stacks"], list[Tiny]))
    return session.run(lambda: bring_up(visitor, stacks, 2, session.progress))


if __name__ == "__main__":
    code = main(json.loads(sys.argv[1]), sys.argv[2])
    sys.stdout.flush()
    os._exit(code)
