"""The JSON API, the feed and the badges: what machines read."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from pagerworthy.project import data_folder
from pagerworthy.site import Theme, plan, write
from pagerworthy.site.api import DOCUMENTS, schema_of
from tests.site.world import world

ATOM = "{http://www.w3.org/2005/Atom}"
PLACES = {
    "site-index": "index.json",
    "site-services": "services.json",
    "site-service": "services/*.json",
    "site-groups": "[ts][ey][as][mt]*s.json",
    "site-criteria": "criteria.json",
    "site-decisions": "decisions.json",
    "site-graph": "graph.json",
    "site-stacks": "stacks.json",
    "site-history": "history.json",
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_committed_schema_is_that_of_the_code(name: str) -> None:
    """Written again by `python -m tests.site.test_api`."""
    committed = json.loads((data_folder("schemas") / f"{name}.schema.json").read_text(encoding="utf-8"))
    assert committed == schema_of(name)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_are_what_their_schema_says(site: Path, name: str) -> None:
    schema = json.loads((site / f"api/v1/schemas/{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    found = sorted((site / "api/v1").glob(PLACES[name]))
    assert found
    for path in found:
        assert [error.message for error in validator.iter_errors(json.loads(path.read_bytes()))] == [], path


def test_the_index_names_every_document(site: Path) -> None:
    index = json.loads((site / "api/v1/index.json").read_bytes())
    assert sorted(index["documents"]) == sorted(
        f"api/v1/{path.name}" for path in (site / "api/v1").glob("*.json") if path.name != "index.json"
    )
    assert index["problems"] == 1
    assert index["warnings"] == 0
    assert index["unreadable"] == 0


def test_a_service_document_has_all_evidence_that_decided(site: Path) -> None:
    document = json.loads((site / "api/v1/services/cart.json").read_bytes())
    used = {reference for each in document["criteria"] for reference in each["evidence"]}
    assert used == {record["reference"] for record in document["evidence"]}
    assert {each["failed"] != "" for each in document["evidence"]} == {True, False}
    assert [level["remaining"] for level in document["levels"]] == [-0.5, 0.1, None]


@pytest.mark.parametrize("name", ["services", "nodes"])
def test_data_scripts_cannot_end_a_script(site: Path, name: str) -> None:
    text = (site / f"data/{name}.js").read_text(encoding="utf-8")
    assert not set(text) & set("<>\u2028\u2029")
    head, _, rest = text.partition(f").{name}=")
    assert head == "(window.pagerworthy=window.pagerworthy||{}"
    assert json.loads(rest.removesuffix(";\n"))


def test_the_feed_is_atom_with_stable_ids(site: Path) -> None:
    feed = ET.fromstring((site / "feed.xml").read_text(encoding="utf-8"))  # noqa: S314 -- our own output
    assert feed.tag == f"{ATOM}feed"
    found = feed.findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id") for entry in found]
    assert len(ids) == len(set(ids))
    assert {"urn:pagerworthy:decision:cart-2026-11-10-freeze", "urn:pagerworthy:waiver-expiry:in-force"} <= set(ids)
    assert any(identity and identity.startswith("urn:pagerworthy:condition-overdue:") for identity in ids)
    updated = [entry.findtext(f"{ATOM}updated") or "" for entry in found]
    assert updated == sorted(updated, reverse=True)
    assert feed.findtext(f"{ATOM}updated") == updated[0]
    assert all(time <= "2026-11-20T08:00:00Z" for time in updated)


def test_addresses_in_the_feed_are_absolute_where_the_site_has_one(theme: Theme, tmp_path: Path) -> None:
    write(plan(world(url="https://catalog.example.com/shop"), theme), tmp_path / "out", processes=1)
    feed = ET.fromstring((tmp_path / "out/feed.xml").read_text(encoding="utf-8"))  # noqa: S314 -- our own output
    links = [link.get("href", "") for link in feed.iter(f"{ATOM}link")]
    assert links
    assert all(link.startswith("https://catalog.example.com/shop/") for link in links)
    lost = (tmp_path / "out/404.html").read_text(encoding="utf-8")
    assert 'href="/shop/assets/site.css"' in lost
    sitemap = ET.fromstring((tmp_path / "out/sitemap.xml").read_text(encoding="utf-8"))  # noqa: S314 -- our own output
    assert "https://catalog.example.com/shop/" in [each.text for each in sitemap.iter() if each.tag.endswith("loc")]


def test_badges_say_verdict_and_rung_aloud(site: Path) -> None:
    for path in (site / "badges").glob("*.svg"):
        image = ET.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314 -- our own output
        title = image.findtext("{http://www.w3.org/2000/svg}title")
        assert image.get("role") == "img"
        assert image.get("aria-label") == title
        assert title
        assert title.startswith(f"{path.stem}: verdict ")


def write_schemas() -> None:
    """Writes the schemas of the site's documents to `schemas/`."""
    for name in DOCUMENTS:
        text = json.dumps(schema_of(name), indent=2, ensure_ascii=False)
        (data_folder("schemas") / f"{name}.schema.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_schemas()
