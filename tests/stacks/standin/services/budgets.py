"""Budgets. moto cannot change one, nor tag it: it is made anew, and its tags are the stand-in's."""

from typing import Any

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.values import Props, named, pascal, words

_NOTICE = {
    "comparisonOperator": "ComparisonOperator",
    "notificationType": "NotificationType",
    "threshold": "Threshold",
    "thresholdType": "ThresholdType",
}


class Budget(Kind):
    type_name = "aws:budgets/budget:Budget"
    inputs = words(
        "name budgetType timeUnit limitAmount limitUnit costFilters costTypes notifications timePeriodStart "
        "timePeriodEnd tags"
    )
    outputs = words("arn accountId costTypes costFilters timePeriodStart timePeriodEnd limitAmount limitUnit")
    replaces = words("name")
    fixed = words("costFilters costTypes timePeriodStart timePeriodEnd")
    unkept = words("tags costFilters costTypes")
    missing = words("NotFoundException")
    named = "name"

    def create(self, aws: Aws, props: Props) -> str:
        self._make(aws, props)
        return f"{aws.account}:{props['name']}"

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        account, _, name = id_.partition(":")
        budgets = aws("budgets")
        found = budgets.describe_budget(AccountId=account, BudgetName=name)["Budget"]
        limit = found.get("BudgetLimit", {})
        notices = budgets.describe_notifications_for_budget(AccountId=account, BudgetName=name)["Notifications"]
        return {
            "name": name,
            "accountId": account,
            "arn": f"arn:aws:budgets::{account}:budget/{name}",
            "budgetType": found["BudgetType"],
            "timeUnit": found["TimeUnit"],
            "limitAmount": _same_number(limit.get("Amount"), props.get("limitAmount")),
            "limitUnit": limit.get("Unit"),
            "notifications": _notices_of(notices, props.get("notifications", [])) or None,
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        if changed - {"tags"}:
            self.delete(aws, id_, props)
            self._make(aws, props)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        account, _, name = id_.partition(":")
        aws("budgets").delete_budget(AccountId=account, BudgetName=name)

    def _make(self, aws: Aws, props: Props) -> None:
        budget: dict[str, Any] = {
            "BudgetName": props["name"],
            "BudgetType": props["budgetType"],
            "TimeUnit": props["timeUnit"],
        }
        if "limitAmount" in props:
            budget["BudgetLimit"] = {"Amount": props["limitAmount"], "Unit": props["limitUnit"]}
        if "costFilters" in props:
            budget["CostFilters"] = {each["name"]: each["values"] for each in props["costFilters"]}
        if "costTypes" in props:
            budget["CostTypes"] = pascal(props["costTypes"])
        notices: list[Props] = []
        for each in props.get("notifications", []):
            people: list[dict[str, str]] = [
                {"SubscriptionType": sort, "Address": to}
                for sort, key in (("EMAIL", "subscriberEmailAddresses"), ("SNS", "subscriberSnsTopicArns"))
                for to in each.get(key, [])
            ]
            if not people:
                raise RuntimeError("api error InvalidParameterException: a notification needs a subscriber")
            notices.append({"Notification": named(each, _NOTICE), "Subscribers": people})
        aws("budgets").create_budget(AccountId=aws.account, Budget=budget, NotificationsWithSubscribers=notices)


def _same_number(actual: str | None, said: object) -> str | None:
    """AWS writes amounts with a decimal; what was declared holds while it is the same amount."""
    if actual is not None and said is not None and float(actual) == float(str(said)):
        return str(said)
    return actual


def _notices_of(found: list[dict[str, Any]], declared: list[Props]) -> list[Props]:
    """The notifications, with the subscribers that were declared: moto does not tell who they are."""
    said = {float(each["threshold"]): each for each in declared}
    read = []
    for each in found:
        notice = {key: each[name] for key, name in _NOTICE.items() if name in each}
        whose = said.get(float(notice["threshold"]), Props())
        for key in ("subscriberEmailAddresses", "subscriberSnsTopicArns"):
            if key in whose:
                notice[key] = whose[key]
        read.append(notice)
    return read
