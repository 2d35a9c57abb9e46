"""Which release runs: what stands in a stack's own configuration, and nothing that is no tag."""

from pathlib import Path

import pytest

from pagerworthy.catalog import check
from pagerworthy.cloud import NoReleaseError, version_in
from pagerworthy.stacks.refusals import refusals
from pagerworthy.stacks.releases import releases, releases_with
from tests.stacks.demo import AS_OF, demo


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
