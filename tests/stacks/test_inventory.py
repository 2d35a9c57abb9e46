"""What the inventory says is opened is what the stacks, rendered, open."""

import json
import re
import subprocess
import sys

import msgspec
import pytest

from pagerworthy.catalog import Dependency
from pagerworthy.stacks.cost import estimate
from pagerworthy.stacks.inventory import Inventory, Way, inventory_of
from pagerworthy.stacks.render import Rendered
from pagerworthy.stacks.run.waves import order_of
from pagerworthy.stacks.tags import entry_tags, service_tags
from tests.stacks.demo import ROOT, demo, edited, stacks_of
from tests.stacks.service.made import demo_stacks, rules

_RULE = re.compile(r"(to|from)-(.+)-(egress|ingress)")


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    return inventory_of(stacks_of(demo()), demo(), {})


def opened(rendered: Rendered) -> set[tuple[str, str, int]]:
    """The rules of a rendered stack for its edges: `rule`, `balancer` or `internet`, the target, the port."""
    found = set()
    for way, rule in rules(rendered):
        name = _RULE.fullmatch(rule.name)
        if name is None or name[2] in {"endpoints", "s3"} or way == "ingress":
            continue
        if name[2].startswith("internet-"):
            whom = rule.inputs["description"].partition(" to ")[2].split(", ")
            found |= {("internet", each.rpartition(" at ")[2], rule.inputs["fromPort"]) for each in whom}
        else:
            found.add(("balancer" if name[1] == "from" else "rule", name[2], rule.inputs["fromPort"]))
    return found


def told(ways: tuple[Way, ...]) -> set[tuple[str, str, int | None]]:
    """The same of the inventory; letters are sent by a grant, and over the internet."""
    found = {(way.how, way.target, way.port) for way in ways if way.how in {"rule", "balancer", "internet"}}
    return found | {("internet", way.target, way.port) for way in ways if way.how == "grant" and way.port is not None}


def granted(rendered: Rendered) -> dict[str, list[str]]:
    """What the task's role may do with each resource, by its name without hyphens."""
    found = {}
    for policy in rendered.of_type("aws:iam/rolePolicy:RolePolicy"):
        for each in json.loads(policy.inputs["policy"])["Statement"]:
            if each.get("Sid", "").startswith("Use") and "inbox" not in each["Sid"].lower():
                found[each["Sid"][3:].lower()] = each["Action"]
    return found


def test_every_rule_and_no_other_is_told(inventory: Inventory) -> None:
    assert set(demo_stacks()) == set(inventory.stacks)
    for name, rendered in demo_stacks().items():
        assert told(inventory.stacks[name].ways) == opened(rendered), name


def test_every_grant_and_no_other_is_told(inventory: Inventory) -> None:
    some = 0
    for name, rendered in demo_stacks().items():
        ways = [way for way in inventory.stacks[name].ways if way.how == "grant"]
        # Who only reads a topic has a queue of its own that is subscribed to it.
        wanted = {
            re.sub("[^a-z0-9]", "", way.target): way for way in ways if (way.type, way.access) != ("topic", "read")
        }
        found = granted(rendered)
        assert set(found) == set(wanted), name
        some += len(found)
    assert some


def test_callers_are_the_ways_of_others(inventory: Inventory) -> None:
    ways = {
        (way.owner, name, way.target)
        for name, held in inventory.stacks.items()
        for way in held.ways
        if way.owner not in {"", name} and way.how != "nothing"
    }
    callers = {
        (name, each.service, each.way.target) for name, held in inventory.stacks.items() for each in held.callers
    }
    assert callers == ways
    assert ways


def test_what_is_needed_and_not_there_opens_nothing() -> None:
    catalog = edited(demo(), "cart", lambda spec: msgspec.structs.replace(spec, environments=()))
    held = inventory_of(stacks_of(catalog), catalog, {}).stacks
    assert "cart" not in held
    assert {way.how for way in held["checkout"].ways if way.target == "cart"} == {"nothing"}


def test_costs_tags_and_waves_are_those_of_the_stacks(inventory: Inventory) -> None:
    stacks = stacks_of(demo())
    waves = order_of(stacks).waves
    assert inventory.waves == len(waves)
    for number, wave in enumerate(waves, start=1):
        assert {inventory.stacks[name].wave for name in wave} == {number}
    total = estimate(stacks.platform()).monthly
    for name, held in inventory.stacks.items():
        inputs = stacks.service(name)
        total += estimate(inputs).monthly
        assert (held.least, held.most) == (estimate(inputs).monthly, estimate(inputs).monthly_most)
        assert (held.page, held.ticket, held.resources) == (inputs.page, inputs.ticket, inputs.resources)
        assert entry_tags(demo().services[name]).items() <= service_tags(inputs).items()
    assert inventory.least == pytest.approx(total)


def test_a_hard_cycle_has_no_order_and_hides_nothing() -> None:
    catalog = edited(
        demo(),
        "currency",
        lambda spec: msgspec.structs.replace(spec, dependencies=(Dependency(service="checkout", criticality="hard"),)),
    )
    found = inventory_of(stacks_of(catalog), catalog, {})
    assert "hard cycle" in found.refused
    assert "checkout" in found.refused
    assert {held.wave for held in found.stacks.values()} == {0}
    assert set(found.stacks) == set(stacks_of(catalog).services)


def test_the_site_needs_no_pulumi() -> None:
    code = (
        "import sys\n"
        "class Gone:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in ('pulumi', 'pulumi_aws'):\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, Gone())\n"
        "from pagerworthy.site import plan, read_theme\n"
        "from tests.site.world import world\n"
        "files = plan(world(), read_theme(None)).files\n"
        "made = {file.path: file.make() for file in files}\n"
        "assert len(made['stacks/production.html'].rows) == 5, made['stacks/production.html']\n"
        "assert made['services/cart.html'].cloud.rows\n"
        "assert not any(name.partition('.')[0] == 'pulumi' for name in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
