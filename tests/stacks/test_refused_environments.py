"""An environment that cannot be is refused before anything starts, and hides no other."""

import shutil
from pathlib import Path

from click.testing import CliRunner

from pagerworthy.cli.app import app
from tests.stacks.demo import ROOT


def test_an_environment_with_more_zones_than_its_region_has_no_stack(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    shutil.copytree(ROOT / "catalog", root / "catalog", ignore=shutil.ignore_patterns("evidence"))
    shutil.copy(ROOT / "pagerworthy.toml", root)
    entry = root / "catalog" / "environments" / "staging.yaml"
    entry.write_text(entry.read_text(encoding="utf-8").replace("zones: 2", "zones: 4"), encoding="utf-8")

    def render(environment: str) -> tuple[int, str]:
        arguments = ["--root", str(root), "render", environment, "flagd", "--out", str(tmp_path / environment)]
        found = CliRunner().invoke(app, arguments)
        return found.exit_code, found.output

    code, said = render("staging")
    assert code == 2
    assert "catalog/environments/staging.yaml: spec.zones: eu-west-1 has 3 zones, and this wants 4" in said
    assert "write zones: 3" in said
    assert not (tmp_path / "staging").exists()
    assert render("production")[0] == 0
