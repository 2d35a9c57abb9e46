"""Estimates: what a table of prices says of what stacks really have."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable

import msgspec
import pytest

from pagerworthy.catalog import Resource
from pagerworthy.stacks.cost import Estimate, estimate, estimate_service, price_table
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.render import Rendered, render
from tests.stacks.demo import demo, stacks_of
from tests.stacks.resources.asked import store
from tests.stacks.service.made import COMPUTE, EVERY_TYPE, checkout

PRICES = price_table()


def bought(made: Estimate, what: str) -> float:
    """How many there are of what has this price or name."""
    return sum(line.quantity for line in made.lines if line.what.startswith(what))


def of_kind(rendered: Rendered, kind: str) -> int:
    return sum(each.type.endswith(f":{kind}") for each in rendered.resources)


def metrics(rendered: Rendered) -> int:
    """How many metrics the alarms of a stack look at: what CloudWatch counts."""
    count = 0
    for each in rendered.resources:
        if each.type.endswith(":MetricAlarm"):
            queries = each.inputs.get("metricQueries")
            count += sum("metric" in query for query in queries) if queries else 1
    return count


def machines(rendered: Rendered) -> Counter[str]:
    """How many machines of each class a stack has."""
    found: Counter[str] = Counter()
    for each in rendered.resources:
        asked = each.inputs
        match each.type.rpartition(":")[2]:
            case "Instance":
                found[asked["instanceClass"]] += 2 if asked["multiAz"] else 1
            case "ReplicationGroup":
                found[asked["nodeType"]] += asked["numCacheClusters"]
            case "Cluster" if "numCacheNodes" in asked:
                found[asked["nodeType"]] += asked["numCacheNodes"]
            case "Broker":
                found[asked["hostInstanceType"]] += 3 if asked["deploymentMode"] == "CLUSTER_MULTI_AZ" else 1
    return found


def priced_machines(made: Estimate) -> Counter[str]:
    found: Counter[str] = Counter()
    for line in made.lines:
        name = line.what.split(",")[0]
        if name.partition(".")[0] in {"db", "cache", "mq"}:
            found[name] += int(line.quantity)
    return found


def services() -> Iterable[ServiceInputs]:
    for environment, names in (("production", None), ("staging", ("cart", "product-catalog", "frontend-proxy"))):
        stacks = stacks_of(demo(), environment)
        for name in names or stacks.services:
            # What has been released is watched.
            yield msgspec.structs.replace(stacks.service(name), version="1.0.0")
    yield checkout(resources=EVERY_TYPE)
    yield store(resources={name: each for name, each in EVERY_TYPE.items() if name not in {"edge", "email"}})


@pytest.mark.parametrize("inputs", list(services()), ids=lambda each: each.stack)
def test_what_is_paid_for_is_what_the_stack_has(inputs: ServiceInputs) -> None:
    rendered, made = render(inputs), estimate(inputs)
    assert priced_machines(made) == machines(rendered)
    assert bought(made, "Load balancer") == of_kind(rendered, "LoadBalancer")
    assert bought(made, "Firewall") == of_kind(rendered, "WebAcl")
    assert bought(made, "Rules of the firewall") == sum(
        len(each.inputs["rules"]) for each in rendered.resources if each.type.endswith(":WebAcl")
    )
    assert bought(made, "Dashboard") == of_kind(rendered, "Dashboard")
    assert bought(made, "Alarms that combine others") == of_kind(rendered, "CompositeAlarm")
    # RDS makes a secret for each database itself.
    assert bought(made, "Secret") == of_kind(rendered, "Secret") + of_kind(rendered, "Instance")
    storage = [each.inputs for each in rendered.resources if each.type.endswith(":Instance")]
    assert bought(made, "GiB of storage") == sum(
        each["allocatedStorage"] * (2 if each["multiAz"] else 1) for each in storage
    )
    assert bought(made, "Alarms, by metric") + bought(made, "Alarms on tasks") == metrics(rendered)


@pytest.mark.parametrize("environment", ["production", "staging"])
def test_the_platform_is_paid_for_as_it_is(environment: str) -> None:
    inputs = stacks_of(demo(), environment).platform()
    rendered, made = render(inputs), estimate(inputs)
    assert bought(made, "NAT gateways") == of_kind(rendered, "NatGateway")
    assert bought(made, "Public addresses") == of_kind(rendered, "Eip")
    assert bought(made, "Keys") == of_kind(rendered, "Key")
    assert bought(made, "DNS zones") == of_kind(rendered, "Zone") + of_kind(rendered, "PrivateDnsNamespace")
    endpoints = [each.inputs for each in rendered.resources if each.inputs.get("vpcEndpointType") == "Interface"]
    assert bought(made, "Endpoints of AWS") == sum(len(each["subnetIds"]) for each in endpoints)


def test_tasks_cost_what_the_fewest_and_the_most_replicas_cost() -> None:
    made = estimate(checkout())
    assert bought(made, "Fargate, 0.5 vCPU") == 1.5
    assert bought(made, "Fargate, 1 GiB") == 3
    tasks = [line for line in made.lines if line.what.startswith("Fargate")]
    assert sum(line.monthly for line in tasks) == pytest.approx(1.5 * 0.04048 * 730 + 3 * 0.004445 * 730)
    assert sum(line.monthly_most for line in tasks) == pytest.approx(2 * sum(line.monthly for line in tasks))


def test_an_entry_costs_the_same_without_the_graph() -> None:
    catalog = demo()
    for name, environment in catalog.environments.items():
        stacks = stacks_of(catalog, name)
        for service in stacks.services:
            alone = estimate_service(catalog.services[service], environment)
            inputs = stacks.service(service)
            # That what it reads is a topic, and has a queue to watch, only others say.
            queues = sum(need.reads_topic(service) for need in inputs.needs) if inputs.runs_here else 0
            unknown = 3 * queues * PRICES.month("alarm-metric")
            assert alone.monthly == pytest.approx(estimate(inputs).monthly - unknown, abs=0.01)
            assert alone.stack == f"{service}.{name}"


def test_production_costs_no_less_than_staging() -> None:
    for service in demo().services.values():
        if set(service.spec.environments) >= {"production", "staging"}:
            live, staging = (
                estimate_service(service, demo().environments[each]).monthly for each in ("production", "staging")
            )
            assert live >= staging


def test_what_runs_elsewhere_and_owns_nothing_costs_nothing() -> None:
    elsewhere = next(each for each in demo().services.values() if each.spec.compute is None and not each.spec.resources)
    made = estimate_service(elsewhere, demo().environments["production"])
    assert (made.monthly, made.lines) == (0, ())


def test_what_aws_does_not_offer_has_no_price_and_hides_no_other() -> None:
    refused = {"old": Resource(type="postgres", size="small", version="9.6")}
    right = {"carts": Resource(type="redis", size="small")}
    made = estimate(checkout(resources={**refused, **right}, compute=msgspec.structs.replace(COMPUTE, cpu=300)))
    assert (made.of("old"), bought(made, "Fargate")) == (0, 0)
    assert made.of("carts") > 0


def test_the_table_says_when_where_and_from_whom() -> None:
    assert isinstance(PRICES.date, dt.date)
    assert PRICES.region
    assert PRICES.currency == "USD"
    assert PRICES.source
    assert all(price > 0 for price in (*PRICES.hourly.values(), *PRICES.monthly.values()))
    with pytest.raises(KeyError):
        PRICES.month("a castle")
    made = estimate(checkout())
    assert (made.date, made.region, made.currency) == (PRICES.date.isoformat(), PRICES.region, PRICES.currency)
