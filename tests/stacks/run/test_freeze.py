"""What a freeze holds back of a stack, and of those that call it."""

from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.stacks.run.freeze import DEPLOYED, Stop
from pagerworthy.stacks.run.watch import Change

_TASK = "aws:ecs/taskDefinition:TaskDefinition"
_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_TYPES = (
    *sorted(DEPLOYED),
    _RULE,
    "aws:iam/rolePolicy:RolePolicy",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:rds/instance:Instance",
    "aws:appautoscaling/policy:Policy",
)
_changes = st.lists(
    st.builds(
        Change,
        st.sampled_from(_TYPES),
        st.sampled_from(["task", "to-bb-egress", "to-bb-ingress", "to-cc-egress", "points"]),
        st.sampled_from(["create", "update", "replace", "delete"]),
    )
)


@given(_changes)
def test_while_a_deployment_waits_nothing_is_taken_from_what_runs(changes: list[Change]) -> None:
    held = Stop("frozen").held(changes)
    done = [each for each in changes if each not in held]
    if any(each.type in DEPLOYED for each in changes):
        assert not [each for each in done if each.type in DEPLOYED or each.operation in {"delete", "replace"}]
        assert not [each for each in done if each.type == _RULE and each.operation == "update"]
    else:
        assert held == ()
    # What is added, and another size or alarm, is for recovery.
    assert not [each for each in held if each.operation == "create" and each.type not in DEPLOYED]
    assert not [each for each in held if each.operation == "update" and each.type == "aws:rds/instance:Instance"]


def test_a_caller_keeps_the_way_to_what_runs_of_a_frozen_service() -> None:
    moved = Change(_RULE, "to-bb-ingress", "update")
    task = Change(_TASK, "task", "update")
    other = Change(_RULE, "to-cc-egress", "update")
    assert Stop("to follow bb", ("bb",)).held([moved, task, other]) == (moved, task)
    # What does not follow the frozen service's entry is deployed as ever, and who stops calling it may.
    assert Stop("to follow bb", ("bb",)).held([task, other]) == ()
    assert Stop("to follow bb", ("bb",)).held([Change(_RULE, "to-bb-ingress", "delete"), task]) == ()
