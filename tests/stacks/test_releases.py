"""Which release runs: what stands in a stack's own configuration, and nothing that is no tag."""

import os
from pathlib import Path

import pytest

from pagerworthy.catalog import check
from pagerworthy.cloud import NoReleaseError, version_in
from pagerworthy.stacks.refusals import refusals
from pagerworthy.stacks.releases import releases, releases_with
from pagerworthy.stacks.run.config import Configuration, by_hand, write
from tests.stacks.demo import AS_OF, demo

# Some 400 bytes that stand for 9 ** 9 values.
BOMB = "config:\n  a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
)


@pytest.mark.parametrize(
    ("content", "version"),
    [
        ("config:\n  pagerworthy:version: v1.4.2\n", "v1.4.2"),
        ("config:\n  pagerworthy:version: 'v1'\nencryptionsalt: v1:abc:def\n", "v1"),
        ("config: {'pagerworthy:version': 7}", "7"),
        (f"config: {{'pagerworthy:version': 'sha256:{'a' * 64}'}}", f"sha256:{'a' * 64}"),
        ("config: {'pagerworthy:seed': {secure: AAAB}}", ""),
        ("{}", ""),
    ],
)
def test_a_release_is_the_tag_or_the_digest_of_an_image(content: str, version: str) -> None:
    assert version_in(content.encode()) == version


@pytest.mark.parametrize(
    "content",
    [
        "config: {'pagerworthy:version': 1.10}",
        "config: {'pagerworthy:version': true}",
        "config: {'pagerworthy:version': {secure: AAAB}}",
        "config: {'pagerworthy:version': '../../x'}",
        "config: {'pagerworthy:version': 'v1:evil@sha'}",
        "config: []",
        "<<<<<<< HEAD",
        "{" * 5000,
        "config: {'pagerworthy:version': v1, 'pagerworthy:version': v2}",
        "config: {'pagerworthy:version': v1}\nconfig: {}",
        "config: {a: &x v1, 'pagerworthy:version': *x}",
        "config: {'pagerworthy:version': !!bool maybe}",
        BOMB,
        f"config: {{'pagerworthy:version': v1}}\n#{'x' * 65536}",
    ],
)
def test_what_is_no_release_is_never_taken_for_none(content: str, tmp_path: Path) -> None:
    with pytest.raises(NoReleaseError):
        version_in(content.encode())
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "Pulumi.quote.staging.yaml").write_text(content)
    problems = check(demo(), tmp_path, as_of=AS_OF)
    assert [each.code for each in refusals(demo(), problems)["quote"]] == ["PW715"]


def test_releases_are_those_of_the_environment(tmp_path: Path) -> None:
    folder = tmp_path / "stacks"
    folder.mkdir()
    for stack, version in [("cart.production", "v1"), ("cart.staging", "v2"), ("ad.production", "v3")]:
        (folder / f"Pulumi.{stack}.yaml").write_text(f"config:\n  pagerworthy:version: {version}\n")
    (folder / "Pulumi.quote.production.yaml").symlink_to(folder / "Pulumi.cart.production.yaml")
    now = releases(tmp_path, "production")
    assert now == {"ad": "v3", "cart": "v1"}
    then: dict[str, bytes | None] = {
        "stacks/Pulumi.cart.production.yaml": b"config:\n  pagerworthy:version: v0\n",
        "stacks/Pulumi.ad.production.yaml": None,
        "stacks/Pulumi.cart.staging.yaml": None,
        "catalog/services/Pulumi.frontend.production.yaml": b"config:\n  pagerworthy:version: v9\n",
    }
    assert releases_with(now, then, "production") == {"cart": "v0"}


def test_what_a_key_says_twice_is_said_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "stacks").mkdir()
    content = "config:\n  pagerworthy:version: v1\n  pagerworthy:version: v2\n"
    (tmp_path / "stacks" / "Pulumi.quote.staging.yaml").write_text(content)
    (found,) = [each for each in check(demo(), tmp_path, as_of=AS_OF) if each.code == "PW715"]
    assert "'pagerworthy:version' twice: line 3" in found.message


@pytest.mark.parametrize("content", [BOMB, "config: {a: 1, a: 2}\n", "config: {a: !!bool maybe}\n"])
def test_a_run_takes_nothing_from_what_is_not_to_be_read(content: str, tmp_path: Path) -> None:
    (tmp_path / "stacks").mkdir()
    path = tmp_path / "stacks" / "Pulumi.quote.staging.yaml"
    path.write_text(content)
    assert by_hand(tmp_path, "quote.staging") is None
    path.write_text("config: {'pagerworthy:version': v1}\n")
    assert (found := by_hand(tmp_path, "quote.staging")) is not None
    assert found.version == "v1"


def test_nobody_waits_for_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "stacks").mkdir()
    os.mkfifo(tmp_path / "stacks" / "Pulumi.quote.staging.yaml")
    assert releases(tmp_path, "staging") == {}
    assert by_hand(tmp_path, "quote.staging") is None
    assert [each.code for each in refusals(demo(), check(demo(), tmp_path, as_of=AS_OF))["quote"]] == ["PW715"]


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.quote.staging.yaml").mkdir()
    with pytest.raises(OSError, match="directory"):
        write(tmp_path / "Pulumi.quote.staging.yaml", Configuration())
    assert [each.name for each in tmp_path.iterdir()] == ["Pulumi.quote.staging.yaml"]


@pytest.mark.parametrize("ending", ["yml", "YAML", "json"])
def test_a_configuration_of_another_ending_is_not_ignored_without_a_word(ending: str, tmp_path: Path) -> None:
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / f"Pulumi.quote.staging.{ending}").write_text("config: {'pagerworthy:version': v1}\n")
    (tmp_path / "stacks" / "Pulumi.yml").write_text("name: pagerworthy\n")
    (found,) = [each for each in check(demo(), tmp_path, as_of=AS_OF) if each.code == "PW722"]
    assert (found.where.file, found.help) == (
        f"stacks/Pulumi.quote.staging.{ending}",
        "call it Pulumi.quote.staging.yaml",
    )
