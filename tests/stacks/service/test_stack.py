"""What holds for every resource of a service's stack."""

import json
import re

import msgspec
import pytest

from pagerworthy.catalog import EnvironmentSpec
from pagerworthy.stacks import EnvironmentStacks
from pagerworthy.stacks.affected import Affected, affected
from pagerworthy.stacks.images import ImageOwners
from pagerworthy.stacks.near import near
from pagerworthy.stacks.outputs import LISTS, RESOURCE_KEYS, Peers
from pagerworthy.stacks.render import render
from pagerworthy.stacks.tags import service_tags
from tests.stacks.demo import ROOT, demo, edited, stacks_of
from tests.stacks.service.made import EVERY_TYPE, checkout, demo_stacks, one

LOGS = "aws:cloudwatch/logGroup:LogGroup"
REPOSITORY = "aws:ecr/repository:Repository"
# How AWS names what cannot be tagged: parts of something else, and links between things.
UNTAGGED = {
    "aws:appautoscaling/policy:Policy",
    "aws:cloudwatch/dashboard:Dashboard",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:route53/record:Record",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topicSubscription:TopicSubscription",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:secretsmanager/secretVersion:SecretVersion",
    "aws:acm/certificateValidation:CertificateValidation",
    "aws:wafv2/webAclAssociation:WebAclAssociation",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination",
    "aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes",
    "aws:backup/selection:Selection",
}


def test_every_resource_of_the_demo_says_whose_it_is_and_who_pays() -> None:
    stacks = stacks_of(demo())
    for name, rendered in demo_stacks().items():
        expected = service_tags(stacks.service(name))
        for each in rendered.resources:
            of_bucket = each.type.startswith("aws:s3/bucket") and each.type != "aws:s3/bucket:Bucket"
            if of_bucket or each.type in UNTAGGED:
                assert "tags" not in each.inputs
                continue
            tags = each.inputs.get("tags", {})
            assert expected.items() <= tags.items(), (name, each.type, each.name)
            assert tags.keys() - expected.keys() <= {"Name"}


@pytest.mark.parametrize(
    ("classification", "regulations", "least"),
    [("public", (), 30), ("confidential", (), 90), ("restricted", (), 180), ("internal", ("pci-dss",), 365)],
)
def test_logs_are_kept_as_long_as_their_data_asks_for(
    classification: str, regulations: tuple[str, ...], least: int
) -> None:
    logs = one(render(checkout(classification=classification, regulations=regulations)), LOGS, "logs")
    assert logs.inputs["retentionInDays"] >= least
    key = "regulated_key_arn" if regulations else "key_arn"
    assert logs.inputs["kmsKeyId"] == f"<platform.production:{key}>"
    assert logs.protect is bool(regulations)


def test_an_image_that_was_pushed_stays_what_it_is() -> None:
    rendered = render(checkout())
    repository = one(rendered, REPOSITORY).inputs
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
    assert repository["encryptionConfigurations"] == [
        {"encryptionType": "KMS", "kmsKey": "<platform.production:key_arn>"}
    ]
    assert rendered.outputs["image_repository"] == "<image-repository.repositoryUrl>"


def test_accounts_of_other_environments_pull_the_image_that_was_tested() -> None:
    rendered = render(checkout(image_readers=("444455556666",)))
    [statement] = json.loads(one(rendered, "aws:ecr/repositoryPolicy:RepositoryPolicy").inputs["policy"])["Statement"]
    assert statement["Principal"] == {"AWS": ["arn:aws:iam::444455556666:root"]}
    assert all(action.startswith("ecr:") and "*" not in action for action in statement["Action"])


def test_one_stack_of_the_demo_has_each_repository() -> None:
    owners: dict[str, list[str]] = {}
    for environment in ("production", "staging"):
        stacks = stacks_of(demo(), environment)
        for name in stacks.services:
            inputs = stacks.service(name)
            if inputs.owns_image and inputs.compute:
                owners.setdefault(inputs.compute.image, []).append(inputs.stack)
                assert inputs.image_readers == (("444455556666",) if environment == "production" else ())
    assert owners
    assert all(len(each) == 1 for each in owners.values())
    # The registry is in production's account.
    assert all(each[0].endswith(".production") for each in owners.values())


def test_an_image_that_several_run_is_of_the_service_that_it_is_named_after() -> None:
    catalog = demo()
    cart, before = catalog.services["cart"].spec.compute, stacks_of(catalog)
    shared = edited(catalog, "accounting", lambda spec: msgspec.structs.replace(spec, compute=cart))
    assert stacks_of(shared).service("cart").owns_image
    assert not stacks_of(shared).service("accounting").owns_image
    # Where the owner goes, the next by name has the repository, and whoever runs the image is touched.
    left = edited(shared, "cart", lambda spec: msgspec.structs.replace(spec, environments=("staging",)))
    around = near(map(ImageOwners, (shared, left)), {"cart"})
    found = compared(stacks_of(shared), stacks_of(left), around)
    assert {"image-repository"} <= {each.name for each in found["accounting"].differences if each.change == "create"}
    assert found["cart"].change == "delete"
    assert compared(before, stacks_of(shared), {"accounting"}).keys() == {"accounting"}


def compared(then: EnvironmentStacks, now: EnvironmentStacks, around: set[str]) -> dict[str, Affected]:
    """The stacks that differ, by service; each can be compared."""
    found = list(affected(then, now, around))
    assert not [each for each in found if not isinstance(each, Affected)]
    return {each.service: each for each in found if isinstance(each, Affected)}


@pytest.mark.parametrize("type_", sorted(RESOURCE_KEYS))
def test_a_stack_gives_others_what_they_ask_of_each_of_its_resources(type_: str) -> None:
    outputs = render(checkout(resources={"thing": EVERY_TYPE[type_]})).outputs
    for key in RESOURCE_KEYS[type_]:
        assert outputs[f"thing.{key}"]


def test_people_find_a_service_by_its_outputs() -> None:
    outputs = render(checkout()).outputs
    assert outputs["address"] == "checkout.<platform.production:namespace_name>:5050"
    assert outputs["log_group"] == "/pagerworthy/production/checkout"


def test_an_environment_that_names_no_account_is_that_of_its_cluster() -> None:
    inputs = checkout(spec=EnvironmentSpec(purpose="production", provider="aws", region="eu-west-1", zones=3))
    values: dict[str, dict[str, object]] = {}
    for ask in inputs.asks():
        value = ["x", "y", "z"] if ask.key in LISTS else f"<{ask.key}>"
        values.setdefault(ask.stack, {})[ask.key] = value
    values["platform.production"]["cluster_arn"] = "arn:aws:ecs:eu-west-1:999988887777:cluster/production"
    [trust] = json.loads(
        one(render(inputs, Peers(values)), "aws:iam/role:Role", "task-role").inputs["assumeRolePolicy"]
    )["Statement"]
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": "999988887777"}


def test_names_in_the_cloud_are_never_longer_than_it_allows() -> None:
    long = "a-service-whose-name-is-as-long-as-any-in-the-catalog-may-be-63"
    rendered = render(checkout(service=long))
    for role in rendered.of_type("aws:iam/role:Role"):
        assert len(role.inputs["name"]) <= 64
    assert all(len(each.name) < 200 for each in rendered.resources)


def test_the_readme_says_what_a_container_is_told_and_what_it_has_to_count() -> None:
    text = (ROOT / "stacks" / "README.md").read_text()
    told = {key for keys in RESOURCE_KEYS.values() for key in keys} - {"security_group_id"}
    assert all(f"_{key.upper()}`" in text for key in told | {"addr", "secret", "queue_url"})
    [line] = re.findall(r"```json\n(.+?)```", text, re.DOTALL)
    counted = json.loads(line)
    [metrics] = counted["_aws"]["CloudWatchMetrics"]
    alarm = one(render(checkout()), "aws:cloudwatch/metricAlarm:MetricAlarm", "availability-page-1h").inputs
    asked = [each["metric"] for each in alarm["metricQueries"] if "metric" in each]
    assert {each["namespace"] for each in asked} == {metrics["Namespace"]}
    assert {each["metricName"] for each in asked} == {each["Name"] for each in metrics["Metrics"]}
    assert asked[0]["dimensions"] == {name: counted[name] for name in metrics["Dimensions"][0]}
