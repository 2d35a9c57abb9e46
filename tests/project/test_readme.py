"""What README tells a newcomer to do works as it stands there."""

import re
import shlex
import subprocess
import typing
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from pagerworthy.cli.app import app
from pagerworthy.cli.exits import MEANINGS
from pagerworthy.project import Settings

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def section(title: str) -> str:
    """The text below a heading, up to the next."""
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def blocks(title: str, language: str = "") -> list[str]:
    """The fenced blocks of a section."""
    return [found[2] for found in FENCE.finditer(section(title)) if found[1] == language]


def run(command: str) -> tuple[int, str]:
    """Runs a `pagerworthy` command in the current folder; its exit code, and what it says."""
    program, *arguments = shlex.split(command, comments=True)
    assert program == "pagerworthy"
    result = CliRunner().invoke(app, arguments, standalone_mode=False)
    assert result.exception is None, f"{command}: {result.exception}"
    return int(result.return_value or 0), result.output


def commands(title: str) -> list[str]:
    """The `pagerworthy` commands of a section, without the prompt for where they end."""
    lines = "".join(blocks(title)).replace("\\\n", " ").splitlines()
    return [line for line in lines if line.startswith("pagerworthy ")]


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalog as README starts it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "our-catalog"
    folder.mkdir()
    monkeypatch.chdir(folder)
    subprocess.run(["git", "init", "--quiet"], check=True)
    told = commands("Start your own")
    assert "init" in told[0]
    for command in told:
        code, said = run(command)
        # `score` of a service that is not accepted says so by its exit code, as the comment beside it does.
        assert code == ("exit code 1" in command), f"{command}\n{said}"
    return folder


def test_a_catalog_is_started_as_it_says(started: Path) -> None:
    assert (started / "catalog/services/checkout.yaml").is_file()
    assert run("pagerworthy check --strict")[0] == 0


def test_the_mistake_that_it_shows_is_answered_as_it_shows(started: Path) -> None:
    file = started / "catalog/services/checkout.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"engagement: \w+", "engagement: sr", text), encoding="utf-8")
    code, said = run("pagerworthy check")
    (shown,) = [block for block in blocks("Start your own") if block.startswith("error[")]
    assert code == 1
    assert _plain(shown) in _plain(said)


def _plain(text: str) -> str:
    """The text with single spaces: how far a comment stands to the right does not matter."""
    return " ".join(text.split())


def test_the_smallest_service_is_one(started: Path) -> None:
    shown = blocks("Start your own", "yaml")[0]
    assert "The smallest service is nine lines" in README
    assert len(shown.splitlines()) == 9
    (started / "catalog/services/checkout.yaml").write_text(shown, encoding="utf-8")
    assert run("pagerworthy check")[0] == 0
    # Nothing of it can be left out.
    spec = yaml.safe_load(shown)
    for key in spec["spec"]:
        less = spec | {"spec": {name: value for name, value in spec["spec"].items() if name != key}}
        (started / "catalog/services/checkout.yaml").write_text(yaml.safe_dump(less), encoding="utf-8")
        assert run("pagerworthy check")[0] == 1, key


def test_the_parts_of_a_service_that_it_shows_are_right(started: Path) -> None:
    smallest, more = blocks("Start your own", "yaml")
    (started / "catalog/services/checkout.yaml").write_text(smallest + more, encoding="utf-8")
    runbook = started / "catalog/runbooks/checkout-errors.md"
    environment = started / "catalog/environments/production.yaml"
    for file in (runbook, environment):
        file.parent.mkdir(exist_ok=True)
    runbook.write_text("# Orders fail\n", encoding="utf-8")
    environment.write_text(
        "apiVersion: pagerworthy/v1\nkind: Environment\nmetadata: {name: production}\n"
        "spec: {purpose: production, provider: aws, region: eu-west-1}\n",
        encoding="utf-8",
    )
    code, said = run("pagerworthy check --strict")
    assert code == 0, said


def test_the_rubric_is_overridden_as_it_says(started: Path) -> None:
    told = commands("How a verdict comes about")
    assert len(told) == 3
    for command in told:
        code, said = run(command)
        assert code == 0, said
    (policy,) = blocks("How a verdict comes about", "yaml")
    (started / "scoring/policy.yaml").write_text(policy, encoding="utf-8")
    code, said = run("pagerworthy check --strict")
    assert code == 0, said


def test_exit_codes_are_those_of_the_program() -> None:
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in README.splitlines()]
    assert {(str(int(code)), meaning) for code, meaning in MEANINGS.items()} <= set(rows)


def is_setting(name: str) -> bool:
    """Whether a setting, or a table of them, is read; `NAME` stands for any name in a table of tables."""
    kind: Any = Settings
    for part in name.split("."):
        if typing.get_origin(kind) is dict:
            kind = typing.get_args(kind)[1]
            continue
        hints = typing.get_type_hints(kind) if isinstance(kind, type) else {}
        if part not in hints:
            return False
        kind = hints[part]
    return True


def test_the_settings_that_it_shows_are_settings() -> None:
    rows = re.findall(r"(?m)^\| (`[^|]+) \|", README.partition("| setting | means |")[2].partition("\n\n")[0])
    assert len(rows) > 10
    for row in rows:
        first, *more = re.findall(r"`([\w.]+)`", row)
        table = first.rpartition(".")[0]
        names = [first, *(f"{table}{each}" if each.startswith(".") else each for each in more)]
        assert not [name for name in names if not is_setting(name)], row
    assert not is_setting("collect.prometheus.adress")
