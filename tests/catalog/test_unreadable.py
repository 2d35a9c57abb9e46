"""What is left of a service whose entry cannot be read."""

import datetime as dt
import os
from pathlib import Path

import pytest

from pagerworthy.catalog import OnCall, Runbook, Unreadable, check, load, load_both

RIGHT = """\
apiVersion: pagerworthy/v1
kind: Service
metadata: {name: cart, title: Cart, description: Keeps what is put aside}
spec:
  owner: ordering
  system: shop
  tier: 1
  phase: development
  engagement: sre
  oncall: {schedule: "https://oncall.example.com/cart"}
  runbooks:
    - {title: Cart is slow, path: catalog/runbooks/cart-slow.md}
    - {title: Cart is full, url: "https://wiki.example.com/cart-full"}
  dependencies: [{service: currency, criticality: hard}, {resource: shop-db/orders, criticality: hard}]
"""


def left(root: Path, text: str | bytes, file: str = "cart.yaml") -> Unreadable:
    path = root / "catalog/services" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    catalog = load(root, cache=False).catalog
    assert not catalog.services
    (found,) = catalog.unreadable.values()
    return found


def test_a_right_entry_is_not_unreadable(tmp_path: Path) -> None:
    (tmp_path / "catalog/services").mkdir(parents=True)
    (tmp_path / "catalog/services/cart.yaml").write_text(RIGHT)
    assert load(tmp_path, cache=False).catalog.unreadable == {}


def test_a_mistake_takes_only_its_own_part_away(tmp_path: Path) -> None:
    found = left(tmp_path, RIGHT.replace("engagement: sre", "engagement: sr"))
    assert found.place == "catalog/services/cart.yaml:9"
    assert (found.name, found.label, found.owner) == ("cart", "Cart", "ordering")
    assert found.oncall == OnCall(schedule="https://oncall.example.com/cart")
    assert found.runbooks == (
        Runbook(title="Cart is slow", path="catalog/runbooks/cart-slow.md"),
        Runbook(title="Cart is full", url="https://wiki.example.com/cart-full"),
    )
    assert {"currency", "shop-db", "orders"} <= found.mentions
    assert "cart" not in found.mentions


@pytest.mark.parametrize(
    ("wrong", "gone"),
    [
        (("owner: ordering", "owner: [ordering]"), "owner"),
        (("owner: ordering", "owner: Ordering!"), "owner"),
        (("owner: ordering", "owner: ordering\n  owner: payments"), "owner"),
        (("schedule: ", "scedule: "), "oncall"),
        (('"https://oncall.example.com/cart"', '"javascript:alert(1)"'), "oncall"),
        (("title: Cart,", 'title: "Ca\\u0007rt",'), "title"),
    ],
)
def test_a_part_that_is_wrong_itself_is_left_out(wrong: tuple[str, str], gone: str, tmp_path: Path) -> None:
    whole = left(tmp_path, RIGHT.replace("tier: 1", "tier: 7"))
    found = left(tmp_path, RIGHT.replace(*wrong))
    assert not getattr(found, gone)
    for part in {"title", "owner", "oncall", "runbooks"} - {gone}:
        assert getattr(found, part) == getattr(whole, part), part


def test_one_wrong_runbook_leaves_the_others(tmp_path: Path) -> None:
    found = left(tmp_path, RIGHT.replace("title: Cart is slow", "titel: Cart is slow"))
    assert [runbook.title for runbook in found.runbooks] == ["Cart is full"]


@pytest.mark.parametrize("content", [b"", b"[", b"\xff\xfe\x00", b"a: &a [*a]\n", b"- 1\n", b"\t\n", b"x" * 300_000])
def test_of_a_file_without_any_sense_its_name_is_left(content: bytes, tmp_path: Path) -> None:
    found = left(tmp_path, content)
    assert (found.name, found.file, found.owner, found.runbooks) == ("cart", "catalog/services/cart.yaml", "", ())


def test_a_file_whose_name_is_no_name_goes_by_the_name_within(tmp_path: Path) -> None:
    assert left(tmp_path, RIGHT, "Cart_1.yaml").name == "cart"


def test_a_second_file_that_can_be_read_is_the_service(tmp_path: Path) -> None:
    for folder, text in (("a", RIGHT.replace("tier: 1", "tier: 7")), ("b", RIGHT)):
        (tmp_path / "catalog/services" / folder).mkdir(parents=True)
        (tmp_path / "catalog/services" / folder / "cart.yaml").write_text(text)
    catalog = load(tmp_path, cache=False).catalog
    assert (list(catalog.services), dict(catalog.unreadable)) == (["cart"], {})


def test_a_cache_hides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    first = left(tmp_path, RIGHT.replace("tier: 1", "tier: 7"))
    assert load(tmp_path).catalog.unreadable == {"cart": first}
    assert load(tmp_path).catalog.unreadable == {"cart": first}


@pytest.mark.parametrize(
    "file", ["cart.yml", "cart.YAML", "CART.yaml", "deep/cart.yml", ".hidden.yaml", "cart", "x y.yml"]
)
def test_a_file_that_is_not_read_because_of_its_name_is_a_service_all_the_same(file: str, tmp_path: Path) -> None:
    found = left(tmp_path, RIGHT, file)
    assert (found.name, found.file, found.title) == ("cart", f"catalog/services/{file}", "Cart")
    assert found.owner == "ordering"
    assert "currency" in found.mentions


def test_of_a_link_its_name_is_left_and_nothing_of_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "catalog/services").mkdir(parents=True)
    (tmp_path / "elsewhere.yaml").write_text(RIGHT)
    (tmp_path / "catalog/services/cart.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    (found,) = load(tmp_path, cache=False).catalog.unreadable.values()
    assert (found.name, found.title, found.file) == ("cart", "", "catalog/services/cart.yaml")


def test_of_a_pipe_its_name_is_left(tmp_path: Path) -> None:
    (tmp_path / "catalog/services").mkdir(parents=True)
    os.mkfifo(tmp_path / "catalog/services/cart.yaml")
    assert list(load(tmp_path, cache=False).catalog.unreadable) == ["cart"]


@pytest.mark.parametrize("file", ["README.md", "notes.txt", "LICENSE"])
def test_what_is_no_entry_at_all_is_no_service(file: str, tmp_path: Path) -> None:
    (tmp_path / "catalog/services").mkdir(parents=True)
    (tmp_path / "catalog/services" / file).write_text("The cart\n")
    assert load(tmp_path, cache=False).catalog.unreadable == {}


def test_of_a_folder_that_nobody_can_look_into_what_others_need_is_left(tmp_path: Path) -> None:
    services = tmp_path / "catalog/services"
    services.mkdir(parents=True)
    (services / "cart.yaml").write_text(RIGHT)
    (tmp_path / "elsewhere").mkdir()
    assert load(tmp_path, cache=False).catalog.unreadable == {}
    (services / "more").symlink_to(tmp_path / "elsewhere")
    catalog = load(tmp_path, cache=False).catalog
    assert catalog.closed == ("catalog/services/more",)
    assert list(catalog.unreadable) == ["currency", "shop-db"]


def test_a_file_that_was_renamed_was_read_before(tmp_path: Path) -> None:
    (tmp_path / "catalog/services").mkdir(parents=True)
    (tmp_path / "catalog/services/cart.yml").write_text(RIGHT)
    then = {"catalog/services/cart.yml": None, "catalog/services/cart.yaml": RIGHT.encode()}
    now, before = load_both(tmp_path, then)
    assert (list(now.catalog.services), list(now.catalog.unreadable)) == ([], ["cart"])
    assert (list(before.catalog.services), list(before.catalog.unreadable)) == (["cart"], [])
    (tmp_path / "catalog/services/cart.yml").rename(tmp_path / "catalog/services/cart.yaml")
    now, before = load_both(tmp_path, {"catalog/services/cart.yml": RIGHT.encode(), "catalog/services/cart.yaml": None})
    assert (list(now.catalog.services), list(before.catalog.unreadable)) == (["cart"], ["cart"])


def test_that_others_name_what_is_not_read_is_no_second_mistake(tmp_path: Path) -> None:
    (tmp_path / "catalog/services").mkdir(parents=True)
    (tmp_path / "catalog/services/cart.yaml").write_text(RIGHT)

    def unknown() -> list[str]:
        found = check(load(tmp_path, cache=False).catalog, tmp_path, as_of=dt.datetime(2026, 11, 22, tzinfo=dt.UTC))
        return [each.message for each in found if "there is no service currency" in each.message]

    assert unknown()
    (tmp_path / "catalog/services/currency.yml").write_text("metadata: {name: currency}\n")
    assert not unknown()
