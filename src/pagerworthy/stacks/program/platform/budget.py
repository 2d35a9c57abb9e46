"""What the environment may cost a month, and who hears when it costs more."""

from collections.abc import Mapping

from pulumi_aws.budgets.budget import Budget
from pulumi_aws.sns.topic import Topic

from pagerworthy.stacks.inputs import PlatformInputs
from pagerworthy.stacks.program.platform.topics import budget_receivers
from pagerworthy.stacks.program.scope import Scope

# Of the month's budget, in percent: what is spent already, and what the month will come to.
_NOTICES = (("ACTUAL", 80.0), ("ACTUAL", 100.0), ("FORECASTED", 100.0))


def declare_budget(scope: Scope[PlatformInputs], topics: Mapping[str, Topic]) -> None:
    """Declares a budget for each receiver, since AWS lets a budget tell one topic.

    It counts the whole account. Counting by the tag `environment` would be closer, but reads as nothing spent until
    somebody activates that tag for billing, and an alarm that cannot fire is worse than one that fires early. AWS
    counts in US dollars: of a budget in euros one hears a little early, too.
    """
    amount = scope.inputs.spec.budget
    if amount is None:
        return
    for receiver in budget_receivers(scope.inputs):
        name = scope.name("budget", receiver, limit=100)
        topic = topics[receiver]
        Budget(
            f"budget-{receiver}",
            name=name,
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=f"{amount:g}" if amount < 1e6 else f"{amount:.0f}",
            limit_unit="USD",
            notifications=[
                {
                    "notification_type": kind,
                    "comparison_operator": "GREATER_THAN",
                    "threshold": threshold,
                    "threshold_type": "PERCENTAGE",
                    "subscriber_sns_topic_arns": [topic.arn],
                }
                for kind, threshold in _NOTICES
            ],
            tags=scope.tagged(name),
            opts=scope.options(),
        )
