"""Whether the times of an incident can be true."""

import datetime as dt
from collections.abc import Iterator

from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.problem import Problem


def times(scope: Scope) -> Iterator[Problem]:
    """PW230, PW231, PW232: an incident starts, is noticed and ends in this order, and actions follow it."""
    for postmortem in scope.catalog.postmortems:
        spec = postmortem.spec
        if spec.mitigated < spec.started:
            message = f"the incident was over at {_shown(spec.mitigated)}, before it started at {_shown(spec.started)}"
            mend = "mend one of the two times; they are in UTC"
            yield scope.problem("PW230", message, postmortem, "spec.mitigated", mend)
        elif spec.detected is not None and not spec.started <= spec.detected <= spec.mitigated:
            when = "before it started" if spec.detected < spec.started else "after it was over"
            message = f"the incident was noticed at {_shown(spec.detected)}, {when}"
            yield scope.problem("PW231", message, postmortem, "spec.detected", "mend the time; it is in UTC")
        began = spec.started.astimezone(dt.UTC).date()
        for index, action in enumerate(spec.actions):
            if action.done is not None and action.done < began:
                message = f"the action was done on {action.done}, before the incident of {began}"
                path = f"spec.actions[{index}].done"
                yield scope.problem("PW232", message, postmortem, path, f"write a day from {began} on")


def _shown(time: dt.datetime) -> str:
    return time.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
