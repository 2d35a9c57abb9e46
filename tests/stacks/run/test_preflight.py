"""What is missing is found before anything starts, with the one command that mends it."""

import socket
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from pagerworthy.cli.app import app
from pagerworthy.project import Project, Settings, StacksSettings
from pagerworthy.stacks.installed import LOCK, install
from pagerworthy.stacks.run.backend import FileBackend
from pagerworthy.stacks.run.places import REHEARSAL, place_of
from pagerworthy.stacks.run.preflight import (
    INSTALL,
    Missing,
    emulator,
    lacking,
    opens,
    passphrase,
    plugin,
    prepare,
    program,
    reader,
)
from tests.stacks.run.shop import Shop
from tests.stacks.run.tiny import Tiny

ROOT = Path(__file__).parents[3]
KEY = {"PULUMI_CONFIG_PASSPHRASE": "x"}


def pulumi(folder: Path, says: str, code: int = 0) -> dict[str, str]:
    """An environment with a `pulumi` on the PATH that only knows its version."""
    folder.mkdir(exist_ok=True)
    path = folder / "pulumi"
    path.write_text(f"#!/bin/sh\necho '{says}'\nexit {code}\n")
    path.chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin", "HOME": str(folder), "PULUMI_DEBUG_PROVIDERS": "aws:1", **KEY}


@pytest.mark.parametrize(
    ("says", "found"),
    [("3.100.0", "3.100.0, and 3.206.0 is needed"), ("v2.9.1-alpha", "2.9.1"), ("", "does not say its version")],
)
def test_a_command_line_that_is_too_old(tmp_path: Path, says: str, found: str) -> None:
    missing = program(pulumi(tmp_path, says))
    assert isinstance(missing, Missing)
    assert found in missing.says
    assert missing.mend == INSTALL


def test_a_command_line_that_is_not_there_or_fine(tmp_path: Path) -> None:
    missing = program({"PATH": str(tmp_path), "HOME": str(tmp_path)})
    assert missing == Missing("Pulumi's command line is not here", INSTALL)
    assert program(pulumi(tmp_path, "v3.260.0")) == (tmp_path / "pulumi", "3.260.0")


def test_a_plugin_is_wanted_in_the_version_of_its_package(tmp_path: Path) -> None:
    from importlib.metadata import version

    wanted = version("pulumi-aws")
    missing = plugin({"PULUMI_HOME": str(tmp_path)})
    assert missing is not None
    assert missing.mend == f"pulumi plugin install resource aws {wanted}"
    (tmp_path / "plugins" / f"resource-aws-v{wanted}").mkdir(parents=True)
    assert plugin({"PULUMI_HOME": str(tmp_path)}) is None


def test_something_has_to_keep_the_secrets(tmp_path: Path) -> None:
    def lacks(environ: dict[str, str], settings: StacksSettings = StacksSettings()) -> str:  # noqa: B008 -- frozen
        project = Project(root=tmp_path, settings=Settings(stacks=settings))
        found = passphrase(place_of(project, environ), environ)
        return "" if found is None else found.says

    assert lacks({}) == "no passphrase is set for the secrets of the stacks; a file may have it: stacks.passphrase_file"
    assert lacks(KEY) == ""
    assert lacks({}, StacksSettings(secrets_provider="awskms://alias/pagerworthy?region=eu-west-1")) == ""
    in_file = StacksSettings(passphrase_file="secret/passphrase")  # noqa: S106 -- where it is
    assert "there is no" in lacks({}, in_file)
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "passphrase").write_text("x")
    assert lacks({}, in_file) == ""
    assert lacks({}, StacksSettings(backend="https://api.pulumi.com")) == ""


def test_a_backend_that_is_not_there(tmp_path: Path) -> None:
    environ = pulumi(tmp_path / "bin", "3.260.0")
    settings = Settings(stacks=StacksSettings(backend=f"file://{tmp_path}/states"))
    missing = prepare(place_of(Project(root=tmp_path, settings=settings), environ), environ)
    assert isinstance(missing, Missing)
    assert missing.says.endswith("cannot be reached: there is no such folder")
    assert missing.mend == f"mkdir -p {tmp_path}/states"
    # Any other backend is asked through the command line, which here knows nothing of one.
    broken = pulumi(tmp_path / "bin", "3.260.0", code=1)
    settings = Settings(stacks=StacksSettings(backend="s3://states"))
    missing = prepare(place_of(Project(root=tmp_path, settings=settings), broken), broken)
    assert isinstance(missing, Missing)
    assert missing.mend == "pulumi login s3://states"


def test_up_says_so_and_touches_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PULUMI_HOME", raising=False)
    result = CliRunner().invoke(app, ["--root", str(ROOT), "up", "production"], standalone_mode=False)
    assert "error: Pulumi's command line is not here" in result.output
    assert f"run: {INSTALL}" in result.output
    doctor = CliRunner().invoke(app, ["--root", str(ROOT), "doctor"], standalone_mode=False)
    assert "stacks cannot be brought up: Pulumi's command line is not here" in doctor.output


def test_a_rehearsal_has_a_passphrase_of_its_own(tmp_path: Path) -> None:
    for environ in ({}, KEY, {"PULUMI_CONFIG_PASSPHRASE_FILE": "/nowhere"}):
        place = place_of(Project(root=tmp_path), environ, "http://127.0.0.1:5000")
        assert place.environment == {"PULUMI_CONFIG_PASSPHRASE": REHEARSAL}
        assert passphrase(place, environ) is None


def test_an_emulator_that_does_not_listen_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        # Bound, and nobody answers.
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        place = place_of(Project(root=tmp_path), {}, f"http://127.0.0.1:{port}")
        assert emulator(place) == Missing(
            f"no emulator listens at http://127.0.0.1:{port}", f"moto_server -H 127.0.0.1 -p {port}"
        )
        taken.listen()
        assert emulator(place) is None
    assert emulator(place_of(Project(root=tmp_path), {})) is None


def test_all_that_is_missing_is_said_at_once(tmp_path: Path) -> None:
    nothing = {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    says = [each.says for each in lacking(place_of(Project(root=tmp_path), nothing), nothing)]
    assert says[0] == "Pulumi's command line is not here"
    assert [text for text in says if "plugin" in text]
    assert [text for text in says if "passphrase" in text]


def test_packages_come_from_a_lock_where_there_is_one(tmp_path: Path) -> None:
    assert install(ROOT, ROOT) == "make stacks"
    assert install(ROOT, tmp_path) == f"make -C {ROOT} stacks"
    assert install(tmp_path, tmp_path).startswith("pip install 'pulumi>=")
    (tmp_path / LOCK).touch()
    assert install(tmp_path / "elsewhere", tmp_path) == f"pip install --require-hashes -r {LOCK}"


def test_what_only_reads_a_folder_needs_no_pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "catalog" / "environments").mkdir(parents=True)
    (tmp_path / "catalog" / "environments" / "staging.yaml").touch()
    here = place_of(Project(root=tmp_path), {})
    stacks = tmp_path / ".pagerworthy" / "state" / ".pulumi" / "stacks" / "pagerworthy"
    stacks.mkdir(parents=True)
    (stacks / "cart.staging.json").write_text('{"checkpoint": {"latest": null}}')
    assert isinstance(reader(here, {}), FileBackend)

    def said(*arguments: str) -> str:
        result = CliRunner().invoke(app, ["--root", str(tmp_path), *arguments], standalone_mode=False)
        return result.output + str(result.exception or "")

    assert said("outputs", "staging") == "cart.staging\n"
    assert "did you mean staging" in said("outputs", "stagng")
    # Names are looked at before anything that may be missing.
    assert "did you mean staging" in said("drift", "stagng")
    assert "did you mean cart" in said("refresh", "staging", "carts")
    assert "Pulumi's command line is not here" in said("drift", "staging")


def test_a_wrong_passphrase_is_found_before_anything_starts(shop: Shop) -> None:
    shop.up(Tiny("cart"))
    environ = shop.environment
    place = place_of(Project(root=shop.root), environ, shop.cloud.endpoint)
    place = msgspec.structs.replace(place, environment={"PULUMI_CONFIG_PASSPHRASE": "wrong"})
    for fresh in (False, True):
        if fresh:
            # A machine that has never seen the stack looks into the backend.
            (place.work_folder("cart.staging") / "Pulumi.cart.staging.yaml").unlink()
        missing = prepare(place, environ)
        assert isinstance(missing, Missing)
        assert missing.says.startswith("the passphrase does not open the secrets of cart.staging")
        # Of a rehearsal there is nothing to lose.
        assert missing.mend == f"rm -r {place.work.parent}"
    ready = shop.ready()
    assert opens(ready.place, ready.command, "cart.staging") is None
