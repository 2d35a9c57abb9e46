"""A service whose entry cannot be read, on the command line and on the site of the demo."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pagerworthy.cli.app import app

ROOT = Path(__file__).parents[2]
MESSAGE = "its entry cannot be read: catalog/services/cart.yaml:"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    shutil.copytree(ROOT / "catalog", folder / "catalog")
    shutil.copy(ROOT / "pagerworthy.toml", folder)
    entry = folder / "catalog/services/cart.yaml"
    entry.write_text(entry.read_text().replace("engagement: sre", "engagement: sr"))
    return folder


@pytest.fixture(scope="module")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "public"
    assert run(root, "site", "build", "--out", str(folder)).exception is None
    return folder


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["--root", str(root), *arguments], standalone_mode=False)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def text(page: Path) -> str:
    parser = _Text()
    parser.feed(page.read_text())
    return re.sub(r"\s+", " ", " ".join(parser.parts))


def test_the_gate_never_lets_it_through(root: Path, tmp_path: Path) -> None:
    broken_glass = ["--break-glass", "now", "--record", str(tmp_path / "glass.jsonl")]
    for more in ([], broken_glass):
        done = run(root, "gate", "cart", *more)
        assert done.return_value == 2
        assert "go:" not in done.output
        assert MESSAGE in done.output
        assert "frozen by decision on 2026-11-18" in done.output


def test_the_graph_and_the_score_say_where(root: Path) -> None:
    said = run(root, "graph", "impact", "cart").output
    assert f"cart  {MESSAGE}" in said
    assert "not in the catalog" not in said
    assert "checkout" in said
    assert MESSAGE in str(run(root, "score", "cart").exception)
    assert "1 unreadable, and not judged: cart (catalog/services/cart.yaml:" in run(root, "score").output


def test_what_it_may_need_is_not_said_to_be_safe(root: Path) -> None:
    answer = json.loads(run(root, "graph", "impact", "flagd", "--format", "json").stdout)
    assert answer["may_notice"] == ["cart"]
    assert answer["node"]["unread"] == ""
    order = json.loads(run(root, "graph", "order", "--format", "json").stdout)
    assert (order["missing"], order["unread"]) == ([], ["cart", "cart/valkey"])


def test_nobody_is_told_to_mend_what_is_not_broken(root: Path) -> None:
    said = run(root, "score", "checkout").output
    assert "not known: the entry of cart (catalog/services/cart.yaml:" in said
    steps = said.partition("What to do next")[2]
    assert "Mend the entry of cart" in steps
    assert "make one" not in steps.lower()


def test_evidence_about_it_is_about_somebody(root: Path) -> None:
    assert "PW407" not in run(root, "score").stderr
    assert "no service cart" not in run(root, "score").stderr


def test_it_has_a_page_with_all_that_is_known(site: Path) -> None:
    said = text(site / "services/cart.html")
    for part in (
        "Its entry cannot be read",
        "catalog/services/cart.yaml:",
        "did you mean sre?",
        "not judged",
        "deployments frozen",
        "SRE has carried the pager since 2026-06-25",
        "Owner: Ordering",
        "Carts cannot be read, filled or emptied",
        "Checkout",
    ):
        assert part in said, part
    assert "https://oncall.example.com/schedules/" in (site / "services/cart.html").read_text()


def test_it_is_counted_and_its_freeze_is_still_to_be_decided_on(site: Path) -> None:
    overview = text(site / "index.html")
    assert "26 services, 1 unreadable, of" in overview
    assert f"Deployments are frozen; {MESSAGE}" in overview
    for page in ("services.html", "teams/ordering.html"):
        assert "1 unreadable Cart" in text(site / page)


def test_who_depends_on_it_says_what_is_wrong_and_links_there(site: Path) -> None:
    assert MESSAGE in text(site / "services/checkout.html")
    assert "not in the catalog" not in text(site / "services/checkout.html")
    assert 'href="../services/cart.html"' in (site / "services/checkout.html").read_text()


def test_links_lead_somewhere(site: Path) -> None:
    for page in ("services/cart.html", "services/checkout.html", "index.html", "services.html", "graph.html"):
        for link in re.findall(r'href="([^"#:?]+\.html)', (site / page).read_text()):
            assert ((site / page).parent / link).exists(), (page, link)


def test_json_lists_it_apart_from_what_is_judged(root: Path, site: Path) -> None:
    scored = json.loads(run(root, "score", "--format", "json").stdout)
    (lost,) = scored["unreadable"]
    assert (lost["name"], lost["owner"], lost["file"]) == ("cart", "ordering", "catalog/services/cart.yaml")
    assert lost["line"] > 0
    assert "cart" not in {each["name"] for each in scored["services"]}
    index = json.loads((site / "api/v1/index.json").read_bytes())
    assert index["unreadable"] == 1
    (listed,) = json.loads((site / "api/v1/services.json").read_bytes())["unreadable"]
    assert (listed["name"], listed["holder"], listed["frozen"], listed["line"]) == ("cart", "sre", True, lost["line"])
    assert (site / listed["page"]).is_file()
