"""Who may connect to whom: exactly who says so in the catalog."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pagerworthy.catalog import Compute, Replicas, Resource
from pagerworthy.stacks.inputs import Need
from pagerworthy.stacks.outputs import RESOURCE_KEYS
from pagerworthy.stacks.ports import RESOURCE_PORTS
from pagerworthy.stacks.render import render
from tests.stacks.demo import demo, stacks_of
from tests.stacks.service.made import (
    COMPUTE,
    EGRESS,
    EVERY_TYPE,
    INGRESS,
    checkout,
    demo_stacks,
    one,
    resource_need,
    rules,
    service_need,
)

OWN = "<security-group.id>"


def test_of_all_pairs_of_the_demos_services_those_may_connect_that_have_an_edge() -> None:
    stacks = stacks_of(demo())
    here = set(stacks.services)
    for caller, rendered in demo_stacks().items():
        needs = {
            (f"<{need.owner}.production:security_group_id>", need.port)
            for need in stacks.service(caller).needs
            if need.kind == "service" and need.owner
        }
        for way in ("egress", "ingress"):
            side = "referencedSecurityGroupId" if way == "egress" else "securityGroupId"
            found = {
                (rule.inputs[side], rule.inputs["fromPort"])
                for kind, rule in rules(rendered)
                if kind == way
                and any(rule.inputs.get(side) == f"<{each}.production:security_group_id>" for each in here)
            }
            assert found == needs, (caller, way)


def test_nothing_but_a_public_load_balancer_is_open_to_the_world() -> None:
    for caller, rendered in demo_stacks().items():
        for way, rule in rules(rendered):
            assert rule.inputs["ipProtocol"] == "tcp", rule.name
            assert rule.inputs["fromPort"] == rule.inputs["toPort"], rule.name
            if way == "ingress" and "cidrIpv4" in rule.inputs:
                assert (caller, rule.inputs["securityGroupId"]) == ("frontend-proxy", "<shop-security-group.id>")
            if way == "egress" and "cidrIpv4" in rule.inputs:
                assert rule.inputs["fromPort"] == 443, (caller, rule.name)


def test_both_rules_of_an_edge_say_the_same_from_both_sides() -> None:
    rendered = render(checkout(needs=(service_need("cart", 7070),)))
    out, into = one(rendered, EGRESS, "to-cart-egress").inputs, one(rendered, INGRESS, "to-cart-ingress").inputs
    there = "<cart.production:security_group_id>"
    assert (out["securityGroupId"], out["referencedSecurityGroupId"]) == (OWN, there)
    assert (into["securityGroupId"], into["referencedSecurityGroupId"]) == (there, OWN)
    assert {each[side] for each in (out, into) for side in ("fromPort", "toPort")} == {7070}


def test_requests_come_from_the_services_own_load_balancer_and_nothing_goes_to_it() -> None:
    edge = Resource(type="edge", domain="pay.shop.example.com", public=True)
    needs = (resource_need("checkout", "door", "edge", access="read-write", public=True),)
    rendered = render(checkout(resources={"door": edge}, needs=needs))
    balancer = "<door-security-group.id>"
    out = one(rendered, EGRESS, "from-checkout/door-egress").inputs
    into = one(rendered, INGRESS, "from-checkout/door-ingress").inputs
    assert (out["securityGroupId"], out["referencedSecurityGroupId"], out["toPort"]) == (balancer, OWN, 5050)
    assert (into["securityGroupId"], into["referencedSecurityGroupId"], into["toPort"]) == (OWN, balancer, 5050)
    assert [
        rule.name for way, rule in rules(rendered) if way == "egress" and rule.inputs["securityGroupId"] == OWN
    ] == [
        "to-endpoints-egress",
        "to-s3-egress",
    ]


def test_another_services_public_name_is_reached_over_the_internet_and_a_private_one_by_its_group() -> None:
    public = render(checkout(needs=(resource_need("proxy", "shop", "edge", public=True),)))
    assert one(public, EGRESS, "to-internet-443-egress").inputs["description"] == "checkout to proxy/shop"
    private = render(checkout(needs=(resource_need("proxy", "shop", "edge"),)))
    assert one(private, INGRESS, "to-proxy/shop-ingress").inputs["fromPort"] == 443
    assert not [rule for _, rule in rules(private) if "cidrIpv4" in rule.inputs]


def test_an_image_from_another_registry_is_fetched_over_the_internet() -> None:
    compute = Compute(
        type="fargate", image="docker.io/grafana/grafana", cpu=256, memory=512, replicas=Replicas(min=1, max=1)
    )
    way = one(render(checkout(compute=compute, owns_image=False)), EGRESS, "to-internet-443-egress")
    assert way.inputs["description"] == "checkout to registry of its image at docker.io"


NAMES = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,5})?", fullmatch=True)
SERVICES = st.builds(service_need, NAMES, st.none() | st.integers(1, 65535), hard=st.booleans())
RESOURCES = st.builds(
    lambda owner, name, type_, access, hard: resource_need(owner, name, type_, access=access, hard=hard),
    NAMES,
    NAMES,
    st.sampled_from(sorted(RESOURCE_KEYS)),
    st.sampled_from(["read", "write", "read-write"]),
    st.booleans(),
)
OUTSIDE = st.builds(lambda name, hard: Need(name, "external", hard, port=443), NAMES, st.booleans())


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(SERVICES, RESOURCES, OUTSIDE), max_size=6, unique_by=lambda each: each.target))
def test_there_is_a_rule_if_and_only_if_there_is_an_edge(needs: list[Need]) -> None:
    inputs = checkout(needs=tuple(each for each in needs if each.owner != "checkout"), levels=(), owns_image=False)
    found = {
        (way, rule.inputs.get("referencedSecurityGroupId"), rule.inputs["securityGroupId"], rule.inputs["fromPort"])
        for way, rule in rules(render(inputs))
        if "cidrIpv4" not in rule.inputs and "prefixListId" not in rule.inputs
    }
    expected = {("egress", "<platform.production:endpoints_security_group_id>", OWN, 443)}
    for need in inputs.needs:
        key = f"{need.resource}.security_group_id" if need.kind == "resource" else "security_group_id"
        there = f"<{need.owner}.production:{key}>"
        if need.kind == "external" or need.port is None:
            continue
        expected |= {("egress", there, OWN, need.port), ("ingress", OWN, there, need.port)}
    assert found == expected
    internet = [rule for _, rule in rules(render(inputs)) if "cidrIpv4" in rule.inputs]
    assert bool(internet) == any(need.kind == "external" for need in inputs.needs)


def test_every_type_has_a_port_or_is_reached_through_aws() -> None:
    for name, resource in EVERY_TYPE.items():
        own = resource_need("checkout", name, resource.type)
        rendered = render(checkout(resources={name: resource}, needs=(own,)))
        ways = {rule.name for _, rule in rules(rendered)}
        word = "from" if resource.type == "edge" else "to"
        assert (f"{word}-checkout/{name}-egress" in ways) is (resource.type in RESOURCE_PORTS), name


def test_a_worker_has_no_way_in() -> None:
    worker = Compute(type="fargate", image=COMPUTE.image, cpu=256, memory=512, replicas=Replicas(min=1, max=1))
    rendered = render(checkout(compute=worker, needs=(service_need("cart", 7070),)))
    assert not [rule for way, rule in rules(rendered) if way == "ingress" and rule.inputs["securityGroupId"] == OWN]
