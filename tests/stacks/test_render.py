"""Rendering: the same bytes each time, nothing secret, and no stack that hides another."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from pagerworthy.cli.app import app
from pagerworthy.stacks.outputs import LISTS, MissingOutputError, Peers
from pagerworthy.stacks.render import render
from tests.stacks.demo import ROOT, demo, holds, stacks_of

RENDER = """\
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from tests.stacks.demo import demo, stacks_of
from pagerworthy.stacks.render import render
stacks = stacks_of(demo())
print(hashlib.sha256(render(stacks.platform()).json() + render(stacks.service("cart")).json()).hexdigest())
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the demo, without its evidence, to be changed."""
    copy = tmp_path / "shop"
    shutil.copytree(ROOT / "catalog", copy / "catalog", ignore=shutil.ignore_patterns("evidence"))
    shutil.copy(ROOT / "pagerworthy.toml", copy)
    return copy


def run(root: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["--root", str(root), *arguments], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return int(result.return_value or 0), result.output


def test_the_same_bytes_whatever_the_order_of_hashes_and_the_time_zone() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", RENDER, str(ROOT)],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
        ).stdout
        for seed, zone in [("1", "UTC"), ("2", "Asia/Kathmandu")]
    }
    assert len(said) == 1


@pytest.mark.parametrize("environment", ["production", "staging"])
def test_every_stack_of_the_demo_renders_and_gives_what_others_ask_of_it(environment: str) -> None:
    stacks = stacks_of(demo(), environment)
    rendered = {each.stack: (each, render(each)) for each in stacks.inputs()}
    for inputs, _ in rendered.values():
        for ask in inputs.asks():
            value = rendered[ask.stack][1].outputs[ask.key]
            assert isinstance(value, list) is (ask.key in LISTS), ask
            assert value, ask


def test_a_required_output_that_is_missing_stops_and_a_soft_one_is_left_out() -> None:
    stacks = stacks_of(demo())
    checkout = stacks.service("checkout")
    with pytest.raises(MissingOutputError, match=r"platform\.production has no output"):
        render(checkout, Peers({}))
    values: dict[str, dict[str, object]] = {}
    for ask in checkout.asks():
        if ask.required:
            values.setdefault(ask.stack, {})[ask.key] = ["a", "b", "c"] if ask.key in LISTS else "there"
    without = {each.name for each in render(checkout, Peers(values)).resources}
    every = {each.name for each in render(checkout).resources}
    soft = {need.target for need in checkout.needs if need.kind == "service" and not need.hard}
    assert every - without >= {f"to-{name}-{way}" for name in soft for way in ("ingress", "egress")}
    assert not without - every


def test_a_folder_holds_one_file_a_stack_and_only_what_changed_is_written(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "rendered"
    for name in ("flagd-ui", "quote"):
        assert run(root, "render", "staging", name, "--out", str(out))[0] == 0
    assert {each.name for each in out.iterdir()} == {"flagd-ui.staging.json", "quote.staging.json"}
    content = json.loads((out / "quote.staging.json").read_text())
    holds(content, "stack.schema.json")
    assert content["stack"] == "quote.staging"
    assert [each["name"] for each in content["resources"] if each["type"] == "aws:ecs/service:Service"] == ["service"]
    before = (out / "quote.staging.json").stat().st_mtime_ns
    assert "0 files written, 1 unchanged" in run(root, "render", "staging", "quote", "--out", str(out))[1]
    assert (out / "quote.staging.json").stat().st_mtime_ns == before


def test_a_link_in_the_folder_is_replaced_and_not_followed(root: Path, tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "rendered", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.write_text("somebody's work")
    (out / "quote.staging.json").symlink_to(elsewhere)
    run(root, "render", "staging", "quote", "--out", str(out))
    assert elsewhere.read_text() == "somebody's work"
    assert json.loads((out / "quote.staging.json").read_text())["stack"] == "quote.staging"


def test_an_entry_that_cannot_be_read_hides_no_other_and_what_follows_from_it_stays(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "rendered"
    out.mkdir()
    kept = b'{"stack": "as it was"}'
    for name in ("currency", "checkout", "platform"):
        (out / f"{name}.staging.json").write_bytes(kept)
    services = root / "catalog" / "services"
    for path in services.glob("*.yaml"):
        if path.stem not in {"currency", "checkout", "quote", "otel-collector"}:
            path.unlink()
    text = (services / "currency.yaml").read_text()
    (services / "currency.yaml").write_text(text.replace("tier: ", "tier: often # "))
    code, said = run(root, "render", "staging", "--out", str(out))
    assert code == 1
    assert "catalog/services/currency.yaml" in said
    for name in ("currency", "checkout", "platform"):
        assert f"{name}.staging stays as it was: " in said
        assert (out / f"{name}.staging.json").read_bytes() == kept
    assert json.loads((out / "quote.staging.json").read_text())["stack"] == "quote.staging"
    assert run(root, "waves", "staging")[0] == 1


def test_without_pulumi_it_is_said_what_to_install(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pagerworthy.stacks.installed.missing_package", lambda: "pulumi")
    code, said = run(root, "render", "staging", "--out", str(tmp_path / "rendered"))
    assert code == 2
    # In a checkout of ours, from its lock.
    assert re.search(r"run: make .*\bstacks", said)
    assert not (tmp_path / "rendered").exists()


def test_nobody_knows_who_holds_a_pager_while_a_decision_is_broken(root: Path, tmp_path: Path) -> None:
    (root / "catalog" / "decisions" / "broken.yaml").write_text("spec: [")
    code, said = run(root, "render", "staging", "quote", "--out", str(tmp_path / "rendered"))
    assert (code, "no stack is touched" in said) == (2, True)
    assert not (tmp_path / "rendered").exists()


def test_names_that_are_not_there_are_answered_with_those_that_are(root: Path, tmp_path: Path) -> None:
    for arguments, meant in [(("stagin",), "staging"), (("staging", "chekout"), "checkout")]:
        with pytest.raises(Exception, match=meant):
            run(root, "render", *arguments, "--out", str(tmp_path))


def test_whoever_has_an_event_loop_at_work_can_render() -> None:
    inputs = stacks_of(demo()).service("quote")

    async def ask() -> bytes:
        return render(inputs).json()

    # In a thread of its own: where tests of pages ran before, this one has a loop already.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(lambda: asyncio.run(ask())).result() == render(inputs).json()
