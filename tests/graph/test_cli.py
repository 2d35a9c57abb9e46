"""`pagerworthy graph` as people and programs see it."""

import json
import textwrap
from pathlib import Path

import jsonschema
import networkx as nx
import pytest
from click.testing import CliRunner, Result
from referencing import Registry, Resource

from pagerworthy.cli.app import app
from pagerworthy.project import data_folder

HEAD = "apiVersion: pagerworthy/v1\nkind: {kind}\nmetadata: {{name: {name}, description: Something}}\nspec:\n"
SERVICES = {
    "web": """
        owner: front
        system: shop
        tier: 1
        phase: development
        slos: [{name: availability, objective: 99.5, window: 30d, sli: {good: a, total: b}}]
        dependencies:
          - {service: cart, criticality: hard, protocol: grpc}
          - {service: ad, criticality: soft, fallback: No advertisement is shown.}
        """,
    "cart": """
        owner: orders
        system: shop
        tier: 2
        phase: development
        slos: [{name: availability, objective: 99.9, window: 30d, sli: {good: a, total: b}}]
        dependencies: [{external: stripe, criticality: hard, availability: 99.99}]
        resources: {valkey: {type: redis, size: small}}
        """,
    "ad": """
        owner: front
        system: shop
        tier: 3
        phase: development
        dependencies: [{service: web, criticality: soft, fallback: Generic advertisement.}]
        """,
}
TEAM = """
    role: development
    members: [{name: Ada}, {name: Bo}]
    oncall: {schedule: "https://oncall.example.com/orders"}
    """
CYCLE = """
    owner: orders
    system: shop
    tier: 2
    phase: development
    dependencies: [{service: web, criticality: hard}]"""
RESOURCE = "\n    resources: {valkey: {type: redis, size: small}}"


def write(root: Path, kind: str, name: str, spec: str) -> None:
    folder = root / "catalog" / f"{kind.lower()}s"
    folder.mkdir(parents=True, exist_ok=True)
    body = textwrap.indent(textwrap.dedent(spec).strip(), "  ")
    (folder / f"{name}.yaml").write_text(HEAD.format(kind=kind, name=name) + body + "\n", encoding="utf-8")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, spec in SERVICES.items():
        write(tmp_path, "Service", name, spec)
    write(tmp_path, "Team", "orders", TEAM)
    return tmp_path


def ask(root: Path, *arguments: str) -> Result:
    name, *rest = arguments
    return CliRunner().invoke(app, ["--root", str(root), "graph", name, "--no-cache", *rest])


def says(result: Result, expected: str) -> None:
    assert result.stdout == textwrap.dedent(expected).lstrip("\n")


def test_order(shop):
    result = ask(shop, "order")
    assert (result.exit_code, result.stderr) == (0, "")
    says(
        result,
        """
        3 services in 2 waves.

          wave 1  ad, cart
          wave 2  web
        """,
    )


def test_order_with_a_hard_cycle_still_orders_the_rest(shop):
    write(shop, "Service", "cart", CYCLE)
    result = ask(shop, "order")
    assert result.exit_code == 1
    says(
        result,
        """
        1 service in 1 wave.

          wave 1  ad

        A hard cycle cannot be deployed
          cart -> web -> cart
          help: make one of these dependencies soft and say its fallback, or take it out

        Blocked until then
          cart, web
        """,
    )


def test_impact_of_a_resource(shop):
    result = ask(shop, "impact", "cart/valkey")
    assert (result.exit_code, result.stderr) == (0, "")
    says(
        result,
        """
        cart/valkey  redis of cart, tier 2, owned by orders, 1 zone

        When it fails, 2 services fail and 1 degrades.

        Fails: 1 of tier 1, 1 of tier 2
          tier 1  web   front   through cart
          tier 2  cart  orders  through cart/valkey

        Degrades: 1 of tier 3
          tier 3  ad  front  through web

        Promises at risk
          tier 1  web   availability  99.5 % over 30d  fails
          tier 2  cart  availability  99.9 % over 30d  fails

        Tell
          front   no schedule                        ad, web
          orders  https://oncall.example.com/orders  cart
        """,
    )


def test_impact_counts_those_that_only_need_what_degrades_and_lists_them_on_request(shop):
    write(shop, "Service", "far", SERVICES["ad"].replace("service: web", "service: ad"))
    short = ask(shop, "impact", "web").stdout
    assert "When it fails, 0 services fail and 1 degrades; 1 more may notice.\n" in short
    assert "\nMay notice: needs, softly, what degrades\n  --all shows them\n" in short
    whole = ask(shop, "impact", "web", "--all").stdout
    assert "\nMay notice: needs, softly, what degrades\n  tier 3  far  front  through ad\n" in whole


def test_impact_of_a_provider_by_its_plain_name(shop):
    result = ask(shop, "impact", "stripe")
    assert result.stdout.startswith("stripe  external provider\n\nWhen it fails, 2 services fail")


def test_impact_that_nobody_notices(shop):
    write(shop, "Service", "alone", SERVICES["ad"].replace("service: web", "service: cart"))
    result = ask(shop, "impact", "alone")
    assert "Nothing else notices when it fails." in result.stdout


def test_an_unknown_node_is_answered_with_the_nearest_names(shop):
    result = ask(shop, "impact", "cart/valkye")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "there is no node 'cart/valkye'; did you mean cart/valkey" in result.stderr
    result = ask(shop, "impact", "strip")
    assert "did you mean external:stripe?" in result.stderr
    result = ask(shop, "export", "--service", "qqqqqq")
    assert result.exit_code == 2
    assert "there is no node 'qqqqqq'; `pagerworthy graph export` lists all" in result.stderr


def test_ceiling(shop):
    result = ask(shop, "ceiling", "web")
    assert (result.exit_code, result.stderr) == (0, "")
    says(
        result,
        """
        web  promises 99.5 %; its hard dependencies allow 99.9 %

        Limits most
          web -> cart

        Factors
          name             by itself   promises
          cart             99.90999 %  99.9 %
          external:stripe  99.99 %     99.99 %
        """,
    )
    assert ask(shop, "ceiling", "ad").stdout == "ad  promises no availability; nothing that is known limits it\n"


def test_a_promise_above_its_ceiling_is_a_negative_answer(shop):
    write(shop, "Service", "web", SERVICES["web"].replace("99.5", "99.95"))
    result = ask(shop, "ceiling", "web")
    assert result.exit_code == 1
    assert result.stdout.startswith("web  promises 99.95 %, and its hard dependencies allow 99.9 %\n")
    assert result.stdout.endswith("help: promise less, make the dependency on cart soft, or agree on more with cart\n")


def test_alternatives_and_what_is_unknown_have_lists_of_their_own(shop):
    spec = CYCLE.replace("[{service: web, criticality: hard}]", "") + textwrap.indent(
        """
- {external: mailgun, criticality: hard, any_of: mail, availability: 99}
- {external: postmark, criticality: hard, any_of: mail, availability: 98}
- {external: dns, criticality: hard}
- {service: lost, criticality: hard}""",
        "      ",
    )
    write(shop, "Service", "post", spec)
    result = ask(shop, "ceiling", "post")
    says(
        result,
        """
        post  promises no availability; its hard dependencies allow 99.98 %

        Limits most
          post -> external:mailgun

        Alternatives: together 99.98 %
          name               by itself  promises
          external:postmark  98 %       98 %
          external:mailgun   99 %       99 %

        Promise nothing, so that the true ceiling is lower
          external:dns
          lost
        """,
    )


def drill(root: Path, time: str) -> Path:
    file = root / f"{time}.jsonl"
    record = {
        "subject": "cart",
        "key": "drill.hard",
        "item": "stripe",
        "value": {"age_days": 0, "passed": True},
        "strength": "exercised",
        "time": f"{time}T00:00:00Z",
        "source": "drill",
    }
    file.write_text(json.dumps(record) + "\n", encoding="utf-8")
    return file


def test_what_a_recent_drill_survived_does_not_limit(shop):
    asked = ("ceiling", "cart", "--as-of", "2026-06-01", "--evidence")
    survived = ask(shop, *asked, str(drill(shop, "2026-05-01")))
    says(
        survived,
        """
        cart  promises 99.9 %; nothing that is known limits it

        Do not limit: their loss was survived
          external:stripe
        """,
    )
    old = ask(shop, *asked, str(drill(shop, "2025-05-01")))
    assert old.stdout.startswith("cart  promises 99.9 %; its hard dependencies allow 99.99 %\n")


def test_only_services_have_a_ceiling(shop):
    result = ask(shop, "ceiling", "stripe")
    assert result.exit_code == 2
    assert "external:stripe is no service of the catalog" in result.stderr
    (shop / "catalog/services/cart.yaml").write_text("kind: Service\nmetadata: {name: cart}\n", encoding="utf-8")
    result = ask(shop, "ceiling", "cart")
    assert result.exit_code == 2
    assert "Error: its entry cannot be read: catalog/services/cart.yaml:1; without it" in result.stderr
    result = ask(shop, "ceiling", "wep")
    assert result.exit_code == 2
    assert "there is no node 'wep'; did you mean web?" in result.stderr


def test_a_ceiling_as_json_is_as_its_schema_says(shop):
    write(shop, "Service", "web", SERVICES["web"].replace("99.5", "99.95"))
    for name, code in (("web", 1), ("cart", 0), ("ad", 0)):
        result = ask(shop, "ceiling", name, "--format", "json")
        assert result.exit_code == code
        answer = json.loads(result.stdout)
        validator("graph-ceiling.schema.json").validate(answer)


def test_cycles(shop):
    result = ask(shop, "cycles")
    assert result.exit_code == 0
    says(
        result,
        """
        0 hard cycles, 1 soft cycle.

        Soft: harmless for deployment; ~> is the soft dependency
          2 services  ad ~> web ~> ad
        """,
    )
    write(shop, "Service", "cart", CYCLE)
    result = ask(shop, "cycles")
    assert result.exit_code == 1
    assert "\nHard: cannot be deployed in any order\n  2 services  cart -> web -> cart\n" in result.stdout


def test_a_path_over_a_resource_names_its_owner(shop):
    write(shop, "Service", "cart", CYCLE + RESOURCE)
    write(shop, "Service", "web", SERVICES["web"].replace("service: cart", "resource: cart/valkey"))
    result = ask(shop, "cycles")
    assert "cart -> web -> cart/valkey (cart)\n" in result.stdout


def test_spof(shop):
    result = ask(shop, "spof")
    assert result.exit_code == 0
    says(
        result,
        """
        2 single points of failure. Of 2 other nodes nobody says whether they are redundant.

        Single points
          name             why         takes down
          cart/valkey      1 zone      1 of tier 1, 1 of tier 2
          external:stripe  1 provider  1 of tier 1, 1 of tier 2

        Redundancy not known
          name  why                   takes down
          cart  compute not declared  1 of tier 1, 1 of tier 2
          web   compute not declared  1 of tier 1
        """,
    )


def test_long_lists_are_cut_and_shown_whole_on_request(shop):
    for number in range(40):
        write(shop, "Service", f"user-{number}", CYCLE)
    short = ask(shop, "impact", "web").stdout
    whole = ask(shop, "impact", "web", "--all").stdout
    assert "  and 15 more; --all shows them\n" in short
    assert "more; --all" not in whole
    assert whole.count("through web") == 41


def test_export_as_text_around_a_service(shop):
    says(
        ask(shop, "export", "--format", "text", "--service", "cart", "--depth", "1"),
        """
        cart
          hard  cart/valkey      owned
          hard  external:stripe
        web
          hard  cart  grpc
        """,
    )
    assert "external:stripe" not in ask(shop, "export", "--service", "ad").stdout
    assert "external:stripe" in ask(shop, "export", "--service", "ad", "--depth", "3").stdout


def test_depth_without_a_service_is_wrong_usage(shop):
    result = ask(shop, "export", "--depth", "2")
    assert result.exit_code == 2
    assert "--depth needs --service" in result.stderr


def test_broken_entries_are_counted_and_do_not_stop_the_answer(shop):
    (shop / "catalog" / "services" / "cart.yaml").write_text("kind: [", encoding="utf-8")
    result = ask(shop, "order")
    assert result.exit_code == 0
    assert result.stderr == (
        "note: 1 file has problems and was left out; see `pagerworthy check`\n"
        "note: what cart needs is not known: its entry cannot be read: catalog/services/cart.yaml:2\n"
    )
    assert "wave 1  ad, web" in result.stdout
    assert "In no wave: the entry cannot be read\n  cart\n" in result.stdout
    (shop / "catalog" / "services" / "ad.yaml").write_text("{}", encoding="utf-8")
    assert ask(shop, "order").stderr.startswith("note: 2 files have problems and were left out")


def validator(name: str) -> jsonschema.Draft202012Validator:
    schemas = {
        path.name: json.loads(path.read_text(encoding="utf-8"))
        for path in data_folder("schemas").glob("graph*.schema.json")
    }
    registry: Registry = Registry().with_resources(
        (file, Resource.from_contents(schema)) for file, schema in schemas.items()
    )
    return jsonschema.Draft202012Validator(schemas[name], registry=registry)


QUESTIONS = {
    "order": ("order",),
    "impact": ("impact", "cart/valkey"),
    "cycles": ("cycles",),
    "spof": ("spof",),
}


@pytest.mark.parametrize("question", sorted(QUESTIONS))
@pytest.mark.parametrize("cyclic", [False, True])
def test_answers_as_json_are_as_their_schemas_say(shop, question, cyclic):
    if cyclic:
        write(shop, "Service", "cart", CYCLE + RESOURCE)
        write(shop, "Service", "lost", CYCLE.replace("service: web", "service: nowhere"))
    result = ask(shop, *QUESTIONS[question], "--format", "json")
    assert result.exit_code == (1 if cyclic and question in {"order", "cycles"} else 0)
    validator(f"graph-{question}.schema.json").validate(json.loads(result.stdout))


def test_the_exported_graph_is_as_its_schema_says(shop):
    validator("graph.schema.json").validate(json.loads(ask(shop, "export").stdout))


@pytest.mark.parametrize("question", [*sorted(QUESTIONS.values()), ("export", "--service", "cart")])
def test_every_answer_can_be_drawn(shop, question):
    assert ask(shop, *question, "--format", "dot").stdout.startswith("digraph catalog {\n")
    assert ask(shop, *question, "--format", "mermaid").stdout.startswith("flowchart LR\n")
    read = nx.parse_graphml(ask(shop, *question, "--format", "graphml").stdout)
    marks = nx.get_node_attributes(read, "mark")
    assert (
        marks
        == {
            "order": {"ad": "wave 1", "cart": "wave 1", "web": "wave 2"},
            "impact": {"cart/valkey": "down", "cart": "fails", "web": "fails", "ad": "degrades"},
            "cycles": {"ad": "soft cycle", "web": "soft cycle"},
            "spof": {"cart/valkey": "single point", "external:stripe": "single point"},
            "export": {"cart": "focus"},
        }[question[0]]
    )
