"""Which release runs: what stands in a stack's own configuration, and nothing that is no tag."""

from pathlib import Path

import pytest

from pagerworthy.stacks.releases import releases, releases_with, version_in


@pytest.mark.parametrize(
    ("content", "version"),
    [
        ("config:\n  pagerworthy:version: v1.4.2\n", "v1.4.2"),
        ("config:\n  pagerworthy:version: 'v1'\nencryptionsalt: v1:abc:def\n", "v1"),
        ("config: {'pagerworthy:version': 7}", ""),
        ("config: {'pagerworthy:version': {secure: AAAB}}", ""),
        ("config: {'pagerworthy:version': '../../x'}", ""),
        ("config: {'pagerworthy:version': 'v1:evil@sha'}", ""),
        ("config: []", ""),
        ("{" * 5000, ""),
        ("", ""),
    ],
)
def test_only_a_tag_is_a_release(content: str, version: str) -> None:
    assert version_in(content.encode()) == version


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
