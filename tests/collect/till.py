"""A shop of three services with stacks: `web` calls `cards`, which is under PCI DSS, and `adverts` calls nobody.

Its states were made by the real engine in the stand-in's cloud and are recorded in `till.json.xz`, as they were at each
stage; `test_pulumi_engine` makes them anew and holds both together.
"""

import datetime as dt
import json
import lzma
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from pagerworthy.catalog import load
from pagerworthy.collect import Deadline, Gathered, Surroundings, gather
from pagerworthy.collect.pulumi import open_collector
from pagerworthy.collect.surroundings import Wire
from pagerworthy.evidence import KEYS
from pagerworthy.evidence.collectors import Context
from pagerworthy.graph import DependencyGraph
from pagerworthy.project import CollectSettings, PulumiSettings, StacksSettings
from pagerworthy.stacks.environments import open_environment
from pagerworthy.stacks.run.digests import digest_of
from pagerworthy.stacks.run.inline import peers_of

RECORDED = Path(__file__).parent / "till.json.xz"
ENVIRONMENT = "production"
REPORT = "reports/drift.json"
KEPT = "kept"
# All services, in the order in which one may need the one before.
SERVICES = ("adverts", "cards", "web")
_SERVICE = """\
apiVersion: pagerworthy/v1
kind: Service
metadata: {{name: {name}, description: It sells things}}
spec:
  owner: till
  system: shop
  tier: 2
  phase: design
  engagement: dev
  environments: [production]
  compute:
    type: fargate
    image: 123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/{name}
    port: 8080
    cpu: 256
    memory: 512
    replicas: {{min: 1, max: 1}}
{more}"""
CARDS = """\
  data: {classification: restricted, regulations: [pci-dss]}
  resources:
    vault: {type: redis, size: small}
  dependencies:
    - {resource: cards/vault, criticality: hard, on_failure: No card is charged.}
"""
CALLS_CARDS = """\
  dependencies:
    - {service: cards, criticality: hard, on_failure: Nothing can be paid.}
"""
_FILES = {
    "pagerworthy.toml": "",
    "catalog/teams/till.yaml": """\
apiVersion: pagerworthy/v1
kind: Team
metadata: {name: till, description: Sells things}
spec:
  role: development
  members: [{name: Ada}, {name: Bo}]
""",
    "catalog/systems/shop.yaml": """\
apiVersion: pagerworthy/v1
kind: System
metadata: {name: shop, description: The shop}
spec: {owner: till}
""",
    "catalog/environments/production.yaml": """\
apiVersion: pagerworthy/v1
kind: Environment
metadata: {name: production, description: What customers use}
spec: {purpose: production, provider: aws, account: "123456789012", region: eu-central-1, zones: 2}
""",
}


def write_entry(root: Path, name: str, more: str = "") -> None:
    """Writes the entry of a service, with what is peculiar to it."""
    file = root / f"catalog/services/{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(_SERVICE.format(name=name, more=more))


def make(root: Path) -> Path:
    """The repository, with no state."""
    for name, text in _FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    for name, more in (("adverts", ""), ("cards", CARDS), ("web", CALLS_CARDS)):
        write_entry(root, name, more)
    return root


def recorded() -> Mapping[str, Mapping[str, str]]:
    """The files of the backend and the report of drift, by stage."""
    found: dict[str, dict[str, str]] = json.loads(lzma.decompress(RECORDED.read_bytes()))
    return found


def restore(root: Path, stage: str) -> Path:
    """Puts the states of a stage where the repository has them, as if they were of the real cloud and current.

    What a stack was brought up from changes with this very code; what was recorded is told to be of today's.
    """
    for name, content in recorded()[stage].items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content.replace('"emulator": "recorded"', '"emulator": ""'))
    settle(root)
    return root / ".pagerworthy/state/.pulumi"


def settle(root: Path) -> None:
    """Says of all states that they were brought up in the real cloud from what the catalog says now."""
    catalog = load(root).catalog
    stacks = open_environment(root, catalog, DependencyGraph.of(catalog), ENVIRONMENT, AS_OF)
    outputs = {file.name.removesuffix(".json"): _stack(state_of(file))["outputs"] for file in _files(root)}
    for file in _files(root):
        service = file.name.partition(".")[0]
        state = state_of(file)
        own = _stack(state)["outputs"]["pagerworthy"]
        own["cloud"] = ""
        if service != "platform" and service in stacks:
            inputs = stacks.service(service)
            own["digest"] = digest_of(inputs, peers_of(inputs, outputs.get).values)
        file.write_text(json.dumps(state))


def _files(root: Path) -> list[Path]:
    return sorted((root / ".pagerworthy/state/.pulumi/stacks/pagerworthy").glob("*.json"))


def state_of(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def _stack(state: dict[str, Any]) -> dict[str, Any]:
    resources = state["checkpoint"]["latest"]["resources"]
    return next(each for each in resources if each["type"] == "pulumi:pulumi:Stack")


def collect(
    root: Path,
    *,
    wire: Wire | None = None,
    as_of: dt.datetime | None = None,
    backend: str = "",
    seconds: float = 60,
    drift: tuple[str, ...] = (REPORT,),
) -> Gathered:
    """What the source says of the repository."""
    settings = CollectSettings(pulumi=PulumiSettings(drift=drift))
    deadline = Deadline(seconds)
    variables = {"PULUMI_BACKEND_URL": backend} if backend else {}
    around = Surroundings(root, settings, variables, deadline, wire or Wire(), StacksSettings())
    collector = open_collector(around)
    assert collector is not None
    (found,) = gather([collector], Context(load(root).catalog, root, as_of or AS_OF, settings), deadline)
    for each in found.records:
        if not each.failed:
            msgspec.json.decode(each.value, type=KEYS[each.key].value)
    return found


def said(found: Gathered) -> dict[tuple[str, str], Any]:
    """What is said of each service and key: a value, or a text that says why there is none."""
    assert len({(each.subject, each.key) for each in found.records}) == len(found.records)
    return {(each.subject, each.key): each.failed or json.loads(bytes(each.value)) for each in found.records}


# The moment for which the recorded states are judged: the day after they were made.
AS_OF = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
