"""How each source is made to answer well with values that fail, and how it is broken then."""

import datetime as dt
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from pagerworthy.catalog import load
from pagerworthy.collect import SOURCES, Deadline, Gathered, gather
from pagerworthy.collect.address import variable
from pagerworthy.collect.surroundings import Wire
from pagerworthy.collect.transport import Answer, Bounds, Request, Take, Transport
from pagerworthy.evidence.collectors import Context
from pagerworthy.project import CollectSettings, ExecSettings, LinksSettings, ReportsSettings
from tests.collect import oncall_api, pagerduty_api, till
from tests.collect.github_api import TOKEN as GITHUB_TOKEN
from tests.collect.github_api import GitHub, Repository, suite
from tests.collect.pager_world import catalog, on_call
from tests.collect.server import Answering, Asked, Reply
from tests.collect.world import QUICK, Limited
from tests.evidence.world import AS_OF, commit, git, write

_TOKEN = "token-0123456789"  # noqa: S105 -- of nothing
_MORE = """\
  monitoring:
    dashboards: [{title: One, url: "https://links.example.com/d/1"}]
    traces: {url: "https://traces.example.com"}
  runbooks: [{title: Down, path: catalog/runbooks/checkout.md, alerts: [CheckoutAvailabilityBurnPage]}]
  slos:
    - name: availability
      objective: 99.9
      window: 30d
      sli: {good: 'sum(rate(a_total{code="200"}[$window]))', total: 'sum(rate(a_total[$window]))'}
"""
_RESOURCES = """\
  resources: {orders: {type: postgres, size: small}, web: {type: edge, domain: shop.example.com}}
  capacity: {peak: 50}
"""
Damage = Callable[[Path], None]


class Row(NamedTuple):
    """A source: what makes its repository, what it answers where it is asked over HTTP, and else how it is broken."""

    build: Callable[[Path], None]
    answer: Answering | None = None
    faults: Mapping[str, Damage] = {}
    token: str = _TOKEN
    settings: CollectSettings = CollectSettings()
    wire: Callable[[Path], Wire] = lambda _: Wire()


def build(source: str, root: Path) -> None:
    """Makes the repository in which a source is asked; the catalog is judged as of the same moment."""
    settings = f'[scoring]\nas_of = "{_moment(source):%Y-%m-%dT%H:%M:%SZ}"\n'
    # Some trust only what was committed, and some begin with settings of their own.
    write(root, "pagerworthy.toml", settings)
    ROWS[source].build(root)
    write(root, "pagerworthy.toml", settings)


def look(source: str, root: Path, url: str, *, seconds: float = 20) -> Gathered:
    """What the source brings now, each question asked with little patience."""
    row = ROWS[source]
    variables = {variable(source, "URL"): url, variable(source, "TOKEN"): row.token} if url else {}
    deadline = Deadline(seconds)
    around = {"PATH": os.environ["PATH"], **variables}
    collector = SOURCES[source].open(Limited(root, row.settings, around, deadline, row.wire(root), limits=QUICK))
    assert collector is not None
    context = Context(load(root, cache=False).catalog, root, _moment(source), row.settings)
    (found,) = gather([collector], context, deadline)
    return found


def _moment(source: str) -> dt.datetime:
    return till.AS_OF if source in {"pulumi", "stacks"} else AS_OF


def _grow(root: Path, name: str, more: str = "") -> None:
    """Lets a service come to its last phase, in which most is asked of it."""
    entry = root / f"catalog/services/{name}.yaml"
    entry.write_text(entry.read_text().replace("phase: design", "phase: maintenance") + _MORE + more)
    write(root, "catalog/runbooks/checkout.md", "# Down\n\nLook at `gone_requests_total`.\n")


def _shop(site: str, schedule: str, policy: str) -> Callable[[Path], None]:
    """A catalog whose entries name schedules and escalations at a site, and more that sources look at."""

    def build(root: Path) -> None:
        places = [on_call(f"{site}/{schedule}{each}", f"{site}/{policy}{each}") for each in ("DEV", "SRE")]
        catalog(root, *places)
        _grow(root, "checkout", _RESOURCES)

    return build


_SHOP = _shop(pagerduty_api.SITE, "schedules/P", "escalation_policies/PE")

# Sources over HTTP: each answers, and what it says is bad.

_REPOSITORY = Repository(alerts=9, suites=[suite(f"s{day}", "go.yml", day, conclusion="FAILURE") for day in (1, 2)])
_DUTY = pagerduty_api.Account(
    schedules=[pagerduty_api.schedule(f"P{each}", ["Ada"], gap=(3, 9)) for each in ("DEV", "SRE")],
    policies=[pagerduty_api.policy(f"PE{each}", [pagerduty_api.to_person("Zoe")]) for each in ("DEV", "SRE")],
    services=[pagerduty_api.of("PSCHECK", "Checkout")],
    incidents=[pagerduty_api.incident(day, day, ack=None, priority_name="P1") for day in range(2, 12)],
)
_ONCALL = oncall_api.Account(
    shifts={"SDEV": ["Ada"], "SSRE": ["Sam"]},
    chains=["FDEV", "FSRE"],
    steps=[oncall_api.step(each, 0, "notify_persons", persons_to_notify=["UZOE"]) for each in ("FDEV", "FSRE")],
    integrations={"CSHOP": "Checkout"},
    routes={"RSRE": "FSRE"},
    users=["Zoe"],
    groups=[oncall_api.group(day, day, ack=None) for day in range(2, 12)],
    gap=(3, 9),
)
_ROUTES = "route: {receiver: page-payments}\nreceivers: [{name: page-payments}, {name: page-sre}]\n"


def _alertmanager(asked: Asked) -> Reply:
    status = asked.path.endswith("/status")
    return Reply(body=json.dumps({"config": {"original": _ROUTES}} if status else []).encode())


_NUMBERS = {"ssl_": AS_OF.timestamp(), "limit_used": 1, "storage_free": 0, "sum_over_time(probe": 1, "up[": 0}


def _prometheus(asked: Asked) -> Reply:
    query = asked.query.get("query", "")
    if asked.path.endswith("/values"):
        data: object = ["up"]
    elif asked.path.endswith("/rules"):
        rule = {
            "name": "Bare",
            "type": "alerting",
            "labels": {"service": "checkout", "severity": "page"},
            "health": "ok",
        }
        data = {"groups": [{"name": "a", "interval": 30, "rules": [rule]}]}
    elif "range" in asked.path:
        data = {"resultType": "matrix", "result": []}
    else:
        number = next((number for part, number in _NUMBERS.items() if part in query), 9)
        labels = {"service": "checkout", "limit": "disk", "store": "orders", "client": "checkout", "server": "cart"}
        ours = "slo:" in query
        result = [] if ours or "istio" in query else [{"metric": labels, "value": [0, str(number)]}]
        data = {"resultType": "vector", "result": result}
    return Reply(body=json.dumps({"status": "success", "data": data}).encode())


# Sources without an address: a fault is something that was done to the repository.


class Saying(Wire):
    """Answers every address with one status; breaks where a file lies in the repository, as the file says."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def carry(self, source: str, live: Callable[[], Transport]) -> Transport:
        return self

    def send(self, request: Request, bounds: Bounds, deadline: Deadline, take: Take | None = None) -> Answer:
        fault = self._root / "fault"
        if not fault.exists():
            return Answer(404, {}, b"")
        if (status := int(fault.read_text())) == 0:
            raise ZeroDivisionError
        return Answer(status, {"location": "https://links.example.com/login"}, b"\xff\x00")


def _writing(name: str, content: bytes | str | None) -> Damage:
    """Puts something in a file's place, or nothing at all."""

    def damage(root: Path) -> None:
        file = root / name
        file.unlink()
        if content is not None:
            file.write_bytes(content.encode() if isinstance(content, str) else content)
            file.chmod(0o755)

    return damage


def _fault(status: int) -> Damage:
    def damage(root: Path) -> None:
        write(root, "fault", str(status))

    return damage


_OURS = "collect/ours"
_LINE = {"subject": "checkout", "key": "cost.unit", "time": "2026-11-19T08:00:00Z", "source": "x"}
_COSTLY = json.dumps({**_LINE, "strength": "declared", "value": {"cost": 99.0, "accepted": False}})


def _exec(root: Path) -> None:
    _SHOP(root)
    write(root, _OURS, f"#!/bin/sh\necho '{_COSTLY}'\n").chmod(0o755)
    _trust(root)


def _trust(root: Path) -> None:
    commit(root, "2026-11-01")
    git(root, "update-ref", "refs/remotes/origin/main", "HEAD")
    git(root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")


def _running(text: str) -> Damage:
    def damage(root: Path) -> None:
        _writing(_OURS, text)(root)
        _trust(root)

    return damage


_NEWEST = "reports/drills/2026-11-15.yaml"
_FOUND = "reports/gitleaks/checkout.2026-11-15.json"


def _drill(day: str, passed: str) -> str:
    return f"- {{service: checkout, kind: zone, time: {day}, minutes: 9, passed: {passed}}}\n"


def _reports(root: Path) -> None:
    _SHOP(root)
    write(root, "reports/drills/2026-11-01.yaml", _drill("2026-11-01", "true"))
    write(root, _NEWEST, _drill("2026-11-15", "false"))
    write(root, "reports/gitleaks/checkout.2026-11-12.json", "[]")
    write(root, _FOUND, json.dumps([{"RuleID": "key", "File": "a.py", "Fingerprint": "x"}]))
    commit(root, "2026-11-16")


def _spoilt(name: str) -> Iterator[tuple[str, Damage]]:
    for how, content in {
        "empty": b"",
        "not text": b"\xff\xfe\x00\x01" * 1000,
        "deep": b"[" * 200_000,
        "another kind": b'[[[{"status": 17}]]]',
    }.items():
        yield f"{name}: {how}", _writing(name, content)


def _cut(name: str) -> Damage:
    def damage(root: Path) -> None:
        content = (root / name).read_bytes()
        (root / name).write_bytes(content[: max(len(content) - 5, 1)])

    return damage


def _old(root: Path) -> None:
    _SHOP(root)
    commit(root, "2020-01-01")


def _shallow(root: Path) -> None:
    commit(root, "2020-01-02")
    (root / ".git/shallow").write_text(git(root, "rev-parse", "HEAD") + "\n")


def _no_objects(root: Path) -> None:
    shutil.rmtree(root / ".git/objects")
    (root / ".git/objects").mkdir()


def _circle(root: Path) -> None:
    file = root / "catalog/runbooks/checkout.md"
    file.unlink()
    file.symlink_to(file.name)


def _till(root: Path) -> None:
    till.make(root)
    _grow(root, "cards", "  oncall: {schedule: https://oncall.example.com/cards}\n")


def _opened(root: Path) -> None:
    _till(root)
    till.restore(root, "opened")


def _states(change: Callable[[Path], object]) -> Damage:
    def damage(root: Path) -> None:
        for file in sorted((root / ".pagerworthy/state/.pulumi/stacks/pagerworthy").glob("*.json")):
            change(file)

    return damage


_SECTIONS = CollectSettings(runbook_sections=("Symptoms", "Mitigate"))
_ENTRY = "catalog/services/cards.yaml"
_NO_YAML = _writing("catalog/environments/production.yaml", "spec: [")
ROWS: Mapping[str, Row] = {
    "github": Row(_SHOP, GitHub({"example/checkout": _REPOSITORY}), token=GITHUB_TOKEN),
    "pagerduty": Row(_SHOP, _DUTY.api(), token=pagerduty_api.TOKEN),
    "grafana-oncall": Row(
        _shop(oncall_api.SITE, "schedules/S", "escalations/F"), _ONCALL.api(), token=oncall_api.TOKEN
    ),
    "alertmanager": Row(_SHOP, _alertmanager),
    "prometheus": Row(_SHOP, _prometheus),
    "links": Row(
        _SHOP,
        faults={f"status {status}": _fault(status) for status in (0, 302, 401, 500)},
        settings=CollectSettings(links=LinksSettings(hosts=(".example.com",))),
        wire=Saying,
    ),
    "exec": Row(
        _exec,
        faults={
            "exits with 1": _running("#!/bin/sh\nexit 1\n"),
            "prints nonsense": _running("#!/bin/sh\necho nonsense\n"),
            "prints nothing": _running("#!/bin/sh\n"),
            "hangs": _running("#!/bin/sh\nsleep 30\n"),
            "is no program": _running("\x00"),
            "is not trusted": _writing(_OURS, "#!/bin/sh\n"),
            "is gone": _writing(_OURS, None),
        },
        settings=CollectSettings(exec={"ours": ExecSettings(command=(_OURS,), keys=("cost.unit",), timeout=1)}),
    ),
    "reports": Row(
        _reports,
        faults={
            **dict(_spoilt(_NEWEST)),
            **dict(_spoilt(_FOUND)),
            **{f"{name}: cut off": _cut(name) for name in (_NEWEST, _FOUND)},
        },
        settings=CollectSettings(
            reports=ReportsSettings(drills=("reports/drills/*",), gitleaks=("reports/gitleaks/*",))
        ),
    ),
    "files": Row(
        _SHOP,
        faults={
            "too large": _writing("catalog/runbooks/checkout.md", "# Symptoms\n\nx\n" * 20_000),
            "not text": _writing("catalog/runbooks/checkout.md", b"\xff\xfe\x00\x01" * 1000),
            "empty": _writing("catalog/runbooks/checkout.md", b""),
            "gone": _writing("catalog/runbooks/checkout.md", None),
            "in a circle": _circle,
        },
        settings=_SECTIONS,
    ),
    "git": Row(
        _old,
        faults={
            "no repository": lambda root: shutil.rmtree(root / ".git"),
            "no objects": _no_objects,
            "no head": _writing(".git/HEAD", "nonsense"),
            "a branch that is none": _writing(".git/HEAD", "ref: refs/heads/none\n"),
            "shallow": _shallow,
        },
    ),
    "stacks": Row(_till, faults={"no environment": _NO_YAML, "no entry": _writing(_ENTRY, "spec: [")}),
    "pulumi": Row(
        _opened,
        faults={
            "cut off": _states(lambda file: file.write_bytes(file.read_bytes()[:-50])),
            "empty": _states(lambda file: file.write_bytes(b"")),
            "not text": _states(lambda file: file.write_bytes(b"\xff\xfe\x00\x01" * 1000)),
            "deep": _states(lambda file: file.write_bytes(b"[" * 200_000)),
            "another kind": _states(lambda file: file.write_bytes(b'{"version": 3, "checkpoint": {"latest": []}}')),
            "gone": _states(lambda file: file.unlink()),
            "no environment": _NO_YAML,
            "no entry": _writing(_ENTRY, "spec: ["),
        },
    ),
}
