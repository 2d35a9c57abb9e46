"""States that are damaged, locked, too large, or no states at all: what is not seen is not known."""

import gzip
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pagerworthy.collect import Deadline, SourceError
from pagerworthy.collect.pulumi import states
from pagerworthy.collect.transport import Bounds, Request
from tests.collect import till

LIVE = ("cards", "stack.live")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return till.make(tmp_path / "till")


def known(root: Path) -> dict[tuple[str, str], Any]:
    return till.said(till.collect(root))


def replaced(content: bytes, end: str = "") -> Callable[[Path, Path], None]:
    def change(file: Path, _: Path) -> None:
        file.unlink()
        file.with_name(file.name + end).write_bytes(content)

    return change


def cut(file: Path, _: Path) -> None:
    file.write_bytes(file.read_bytes()[:-40])


def twice(file: Path, _: Path) -> None:
    file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))


def half_packed(file: Path, _: Path) -> None:
    replaced(gzip.compress(file.read_bytes())[:-9], ".gz")(file, file)


def packed_with_more(file: Path, _: Path) -> None:
    replaced(gzip.compress(file.read_bytes()) + gzip.compress(b"{}"), ".gz")(file, file)


def of_another(file: Path, _: Path) -> None:
    shutil.copy(file.with_name("web.production.json"), file)


def link(file: Path, _: Path) -> None:
    file.rename(file.with_name("elsewhere"))
    file.symlink_to(file.with_name("elsewhere"))


def endless(file: Path, _: Path) -> None:
    file.unlink()
    file.symlink_to("/dev/zero")


def pipe(file: Path, _: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def folder(file: Path, _: Path) -> None:
    file.unlink()
    file.mkdir()


def lost(file: Path, _: Path) -> None:
    file.unlink()


def locked(_: Path, backend: Path) -> None:
    locks = backend / "locks/organization/pagerworthy/cards.production"
    locks.mkdir(parents=True)
    (locks / "1.json").write_text("")


def odd_history(_: Path, backend: Path) -> None:
    (backend / "history/pagerworthy/cards.production/x.history.json").write_text("{}")


def history(content: str) -> Callable[[Path, Path], None]:
    def change(_: Path, backend: Path) -> None:
        name = "cards.production-9999999999999999999.history.json"
        (backend / "history/pagerworthy/cards.production" / name).write_text(content)

    return change


def outputs(kind: str, **values: Any) -> Callable[[Path, Path], None]:
    """Says something else of all resources of a type."""

    def change(file: Path, _: Path) -> None:
        state = json.loads(file.read_text())
        for each in state["checkpoint"]["latest"]["resources"]:
            if each["type"].endswith(f":{kind}"):
                each["outputs"] |= values
        file.write_text(json.dumps(state))

    return change


DAMAGES: dict[str, Callable[[Path, Path], None]] = {
    "cut off": cut,
    "empty": replaced(b""),
    "not text": replaced(b"\xff\xfe\x00" * 100),
    "deep": replaced(b"[" * 1_000_000),
    "deep inside": replaced(b'{"checkpoint": {"latest": {"resources": ' + b"[" * 1_000_000),
    "a list": replaced(b"[]"),
    "no checkpoint": replaced(b'{"version": 3}'),
    "a moment without a zone": replaced(b'{"checkpoint": {"latest": {"manifest": {"time": "2026-11-22T10:00:00"}}}}'),
    "no moment": replaced(b'{"checkpoint": {"latest": {"manifest": {"time": "soon"}}}}'),
    "half packed": half_packed,
    "packed, and more": packed_with_more,
    "not packed": replaced(b"{}", ".gz"),
    "there twice": twice,
    "of another stack": of_another,
    "a link": link,
    "endless": endless,
    "a pipe": pipe,
    "a folder": folder,
    "lost, with a history": lost,
    "locked": locked,
    "a history of no moment": odd_history,
    "a history that is being written": history('{"kind": "upd'),
    "a history of no time": history('{"kind": "update", "result": "succeeded", "endTime": 99999999999999999999}'),
    "a history of words": history('{"kind": "update", "result": "succeeded", "endTime": "now"}'),
    "a history of null": history('{"kind": "update", "result": "failed", "environment": null, "resourceChanges": 3}'),
    "groups without ids": outputs("SecurityGroup", id=7),
    "rules in words": outputs("SecurityGroup", ingress=["all"]),
    "rules of numbers": outputs("SecurityGroup", ingress=[{"protocol": "tcp", "fromPort": 1, "cidrBlocks": [1]}]),
    "rules from nowhere": outputs("SecurityGroupIngressRule", referencedSecurityGroupId=None),
    "ports that are none": outputs("SecurityGroupIngressRule", fromPort=1.5),
    "logs for a while": outputs("LogGroup", retentionInDays="a while"),
    "logs that are not numbers": outputs("LogGroup", retentionInDays=float("nan")),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_of_a_damaged_state_nothing_is_known_and_of_others_all_that_does_not_follow_from_it(
    damage: str, root: Path
) -> None:
    backend = till.restore(root, "looked")
    DAMAGES[damage](backend / "stacks/pagerworthy/cards.production.json", backend)
    records = till.collect(root).records
    mine = [each for each in records if each.subject == "cards"]
    assert len(mine) == 4
    assert all(each.failed for each in mine)
    assert all(each.failed.isprintable() and str(root) not in each.failed for each in mine)
    found = till.said(till.collect(root))
    # Web follows from what cards says of itself; adverts does not.
    assert isinstance(found["web", "stack.live"], str)
    assert found["web", "stack.drift"] == {"drifted": 0, "unmanaged": 0}
    assert found["adverts", "stack.live"]["behind"] == []
    assert found["adverts", "audit.logs"] == {"retention_days": 30}


@pytest.mark.parametrize("service", ["web", "adverts", "platform"])
def test_while_the_state_of_whoever_may_come_is_not_known_no_zone_is_closed(service: str, root: Path) -> None:
    backend = till.restore(root, "looked")
    (backend / f"stacks/pagerworthy/{service}.production.json").write_text("")
    assert f"the state of {service}.production cannot be read" in known(root)["cards", "traffic.crossings"]


def test_while_an_entry_cannot_be_read_no_zone_is_closed_and_none_open(root: Path) -> None:
    till.restore(root, "looked")
    (root / "catalog/services/web.yaml").write_text("kind: [")
    found = known(root)
    assert found["cards", "traffic.crossings"] == "its callers are not known: catalog/services/web.yaml cannot be read"
    assert "its entry cannot be read" in found["web", "stack.live"]


@pytest.mark.parametrize("content", ["kind: [", None])
def test_of_an_environment_without_an_entry_nobody_knows_whether_it_is_production(
    content: str | None, root: Path
) -> None:
    till.restore(root, "looked")
    text = (root / "catalog/environments/production.yaml").read_text()
    (root / "catalog/environments/other.yaml").write_text(text.replace("name: production", "name: other"))
    file = root / "catalog/environments/production.yaml"
    file.unlink() if content is None else file.write_text(content)
    found = known(root)
    assert len(found) == 10
    assert set(found.values()) == {"the environment production has no entry that can be read"}


@pytest.mark.parametrize("layout", ["", "version: 0\n", "version: 2\n", "version: [", "- 1\n", None])
def test_a_folder_that_is_no_backend_does_not_say_that_stacks_are_missing(layout: str | None, root: Path) -> None:
    backend = till.restore(root, "looked")
    if layout is None:
        shutil.rmtree(backend)
        backend.mkdir()
    else:
        (backend / "meta.yaml").write_text(layout)
    found = till.collect(root)
    assert found.failed
    assert found.records
    assert all(each.failed for each in found.records)


def test_a_compressed_state_is_read_and_a_bomb_is_not_unpacked(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = till.restore(root, "looked")
    file = backend / "stacks/pagerworthy/cards.production.json"
    content = file.read_bytes()
    file.unlink()
    packed = file.with_name(f"{file.name}.gz")
    packed.write_bytes(gzip.compress(content))
    assert known(root)[LIVE]["behind"] == []
    monkeypatch.setattr(states, "LARGEST", len(content) + 10)
    packed.write_bytes(gzip.compress(b" " * (len(content) + 20)))
    assert "once it is unpacked" in known(root)[LIVE]
    packed.unlink()
    file.write_bytes(content + b" " * 20)
    assert "is larger than" in known(root)[LIVE]


def test_a_bomb_takes_no_more_memory_than_it_may(root: Path) -> None:
    import tracemalloc

    bomb = gzip.compress(b"\0" * (256 * 1024 * 1024), 9)
    assert len(bomb) < states.LARGEST
    file = till.restore(root, "up") / "stacks/pagerworthy/cards.production.json"
    file.unlink()
    file.with_name(f"{file.name}.gz").write_bytes(bomb)
    tracemalloc.start()
    try:
        found = states.States(root / ".pagerworthy/state", root)
        with pytest.raises(SourceError, match="once it is unpacked"):
            found.send(Request(states.STATE, "cards.production"), Bounds(0, 0, 0), Deadline(30))
        assert tracemalloc.get_traced_memory()[1] < 4 * states.LARGEST
    finally:
        tracemalloc.stop()


def test_what_is_not_done_in_time_is_not_known(root: Path) -> None:
    till.restore(root, "looked")
    found = till.collect(root, seconds=0.0)
    assert found.records
    assert all(each.failed for each in found.records)


def test_a_stack_that_was_destroyed_is_missing(root: Path) -> None:
    backend = till.restore(root, "looked")
    file = backend / "stacks/pagerworthy/adverts.production.json"
    # As `pulumi stack rm` leaves it.
    file.rename(file.with_name(f"{file.name}.bak"))
    for each in (backend / "history/pagerworthy/adverts.production").iterdir():
        each.unlink()
    assert known(root)["adverts", "stack.live"]["missing"] == ["production"]
