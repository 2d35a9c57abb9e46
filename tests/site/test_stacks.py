"""What the site says of the cloud: each environment's stacks, and each service's."""

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page, expect

from pagerworthy.catalog.model import Entry
from pagerworthy.problem import Problem, Where
from pagerworthy.site import Theme, plan, write
from pagerworthy.site.index import index_of
from pagerworthy.site.pages.cloud import Cloud, cloud_of
from pagerworthy.site.pages.gathered import service_input
from pagerworthy.site.pages.stacks import PAGE_ROWS
from pagerworthy.site.source import SiteInput
from tests.site.browser import PHONE
from tests.site.world import entries, entry, many, world


def made(source: SiteInput, theme: Theme, path: str) -> Any:
    return next(file for file in plan(source, theme).files if file.path == path).make()


def told(cloud: Cloud) -> dict[str, list[str]]:
    """Each line of the table: its cells as they read."""
    return {
        row.title: [", ".join(f"{part.text}{part.rest}" for part in parts) for _, parts in row.cells]
        for row in cloud.rows
    }


def provisioned(amount: int) -> SiteInput:
    """Many services, all with a stack in production."""
    more = {
        "environments": ["production"],
        "compute": {"type": "fargate", "image": "example/s", "port": 8080},
        "resources": {f"store-{number}": {"type": "queue"} for number in range(6)},
    }
    environment = entry(
        "Environment", "production", {"purpose": "production", "provider": "aws", "region": "eu-west-1"}
    )
    services: Iterable[Entry] = many(amount).catalog.services.values()
    spec = {"owner": "shop", "system": "store", "phase": "acceptance", "engagement": "sre"}
    return world(
        [
            environment,
            *(
                entry(
                    "Service",
                    each.name,
                    {
                        **spec,
                        "tier": 1 + number % 4,
                        "dependencies": [{"service": "s-0", "criticality": "hard"}] if number else [],
                        **more,
                    },
                )
                for number, each in enumerate(services)
            ),
        ]
    )


def test_a_service_says_what_each_environment_holds(theme: Theme) -> None:
    lines = told(made(world(), theme, "services/cart.html").cloud)
    assert lines["Stack"] == ["cart.production, wave 2", "cart.staging, wave 1"]
    assert lines["Where"] == [
        "in no account yet, eu-west-1, 3 zones",
        "account 111122223333, eu-west-1, 2 zones",
    ]
    assert lines["Tasks"] == ["0.5 vCPU and 1 GiB, 3 to 9 replicas"]
    assert lines["valkey"][0].startswith("valkey")
    assert "2 nodes" in lines["valkey"][0]
    production, staging = lines["May reach"]
    assert "cart/valkey on 6379 and its password" in production
    assert "bank on 443 over the internet" in production
    assert "mail/outbox (may read)" in production
    assert "part-00 on 9090" in production
    assert production.endswith("7 more")
    assert "mail/outbox (nothing to connect to here)" in staging
    assert "part-00 (nothing to connect to here)" in staging
    assert lines["Pages go to"] == ["Sre"]
    assert lines["Tags"] == [
        "service cart, owner shop, system store, tier 1, data-class confidential, cost-center shop"
    ]
    assert lines["Preview"] == ["pagerworthy preview production cart", "pagerworthy preview staging cart"]
    assert "Refused" not in lines


def test_the_other_side_names_its_callers(theme: Theme) -> None:
    part = told(made(world(), theme, "services/part-00.html").cloud)
    assert part["Reached by"] == ["cart on 9090"]
    assert part["May reach"] == [
        "base on 443 over the internet, example on 443 over the internet, the registry of its image"
    ]
    outbox = told(made(world(), theme, "services/mail.html").cloud)
    assert outbox["Reached by"] == ["cart to outbox (may read)"]
    assert "Tasks" not in outbox
    assert "May reach" not in outbox


def test_a_service_without_a_stack_says_so(site: Path) -> None:
    assert "No environment has a stack of it" in (site / "services/lonely.html").read_text(encoding="utf-8")


def test_a_release_is_told_where_it_runs(theme: Theme) -> None:
    source = dataclasses.replace(world(), releases={"staging": {"cart": "v1.4.2"}})
    assert told(made(source, theme, "services/cart.html").cloud)["Release"] == ["none yet", "v1.4.2"]
    before = {file.path: file.digest for file in plan(world(), theme).files}
    after = {file.path: file.digest for file in plan(source, theme).files}
    changed = {path for path in after if after[path] != before[path] and path.endswith(".html")}
    assert changed == {"services/cart.html", "scorecards/cart.html", "stacks/staging.html"}


def test_a_refused_stack_is_told_with_its_reason(theme: Theme) -> None:
    problem = Problem("PW705", "card data is kept for a year", Where("catalog/service/cart.md", 3, 1), "keep it")
    source = dataclasses.replace(world(), problems=(problem,))
    reason = "no stack is made of it: card data is kept for a year"
    assert told(made(source, theme, "services/cart.html").cloud)["Refused"] == [reason]
    page = made(source, theme, "stacks/production.html")
    assert [(link.text, why) for link, why in page.refusals] == [("Cart", reason)]
    document = json.loads(made(source, theme, "api/v1/stacks.json"))
    refused = {each["service"]: each["refused"] for each in document["environments"][0]["stacks"]}
    assert [name for name, each in refused.items() if each] == ["cart"]


def test_a_change_of_the_other_end_changes_the_page(theme: Theme) -> None:
    source = world()
    service = source.catalog.services["part-00"]
    assert service.spec.compute
    compute = msgspec.structs.replace(service.spec.compute, port=9091)
    moved = msgspec.structs.replace(service, spec=msgspec.structs.replace(service.spec, compute=compute))
    changed = world([moved if each.name == "part-00" else each for each in entries()])
    before = {file.path: file.digest for file in plan(source, theme).files}
    after = {file.path: file.digest for file in plan(changed, theme).files}
    assert before["services/cart.html"] != after["services/cart.html"]
    assert before["services/base.html"] == after["services/base.html"]


def test_the_documents_say_what_the_pages_say(site: Path) -> None:
    document = json.loads((site / "api/v1/stacks.json").read_bytes())
    production, staging = document["environments"]
    assert [each["service"] for each in staging["stacks"]] == ["cart"]
    assert {each["service"] for each in production["stacks"]} == {"cart", "mail", "part-00", "part-01", "part-02"}
    total = production["platform"]["least"] + sum(each["least"] for each in production["stacks"])
    assert production["cost"]["least"] == pytest.approx(total, abs=len(production["stacks"]))
    cart = json.loads((site / "api/v1/services/cart.json").read_bytes())
    assert [each["stack"] for each in cart["stacks"]] == ["cart.production", "cart.staging"]
    [outbox] = [each for each in cart["stacks"][0]["reaches"] if each["target"] == "mail/outbox"]
    assert (outbox["how"], outbox["access"], outbox["criticality"]) == ("grant", "read", "hard")
    [caller] = json.loads((site / "api/v1/services/mail.json").read_bytes())["stacks"][0]["reached_by"]
    assert (caller["service"], caller["way"]) == ("cart", outbox)


def test_many_stacks_are_paged_and_grow_by_as_much_as_there_are(theme: Theme, tmp_path: Path) -> None:
    sizes = []
    for amount in (200, 400):
        out = tmp_path / str(amount)
        planned = plan(provisioned(amount), theme)
        kept = tuple(file for file in planned.files if "stacks" in file.path or file.path == "services/s-0.html")
        write(type(planned)(kept, planned.theme, planned.chrome), out, processes=1)
        pages = [out / "stacks/production.html", *out.glob("stacks/production/*.html"), out / "services/s-0.html"]
        assert len(pages) == -(-amount // PAGE_ROWS) + 1
        assert [page for page in pages if page.stat().st_size >= 40_000] == []
        sizes.append((out / "data/stacks/production.js").stat().st_size + (out / "api/v1/stacks.json").stat().st_size)
    assert sizes[1] < 2.1 * sizes[0]
    source = provisioned(200)
    index = index_of(source)
    held = index.inventories["production"].stacks["s-0"]
    assert (len(held.callers), held.callers_count) == (52, 199)
    from pagerworthy.site.shared import Shared

    shared = Shared(index.clock, index.criteria, {}, source.policy, {}, {})
    assert told(cloud_of(service_input(index, "s-0"), shared))["Reached by"][0].endswith("187 more")


def test_stacks_are_filtered_and_sorted(site: Path, open_page: Any) -> None:
    watched = open_page(f"file://{site}/stacks/production.html")
    page: Page = watched.page
    rows = page.locator("#stacks tbody tr")
    expect(rows).to_have_count(5)
    page.locator("#f-holds").select_option("redis")
    expect(rows).to_have_count(1)
    assert "Cart" in rows.first.inner_text()
    rows.first.locator("a").first.click()
    page.wait_for_url("**/services/cart.html#cloud")
    page.go_back()
    sorted_: Page = open_page(f"file://{site}/stacks/production.html?sort=-least").page
    assert sorted_.locator("#stacks tbody th a").first.inner_text() == "Cart"
    sorted_.locator("#f-q").fill("there is no such thing")
    expect(sorted_.locator("#none")).to_be_visible()
    assert watched.said == []


def test_rows_that_a_script_draws_are_those_of_the_page(site: Path, open_page: Any) -> None:
    plain: Page = open_page(f"file://{site}/stacks/production.html", scripts=False).page
    drawn: Page = open_page(f"file://{site}/stacks/production.html?q=+").page
    drawn.locator("#f-q").fill("shop")
    expect(drawn.locator("#count")).to_have_text("5 of 5 services, in the order in which they come up")
    read = "() => [...document.querySelectorAll('#stacks tbody tr')].map((row) => row.innerText)"
    assert drawn.evaluate(read) == plain.evaluate(read)
    assert not plain.locator("#filters").is_visible()


def test_a_phone_shows_wave_and_owner_under_the_name(site: Path, open_page: Any) -> None:
    page: Page = open_page(f"file://{site}/stacks/production.html", width=PHONE).page
    said = page.locator("#stacks tbody th .narrow").first
    assert said.inner_text() == "tier 2, wave 1, Shop"
    assert not page.locator("#stacks tbody td:nth-child(4)").first.is_visible()
