"""No message shows a secret that engines are given, whatever it is called and wherever it stands."""

from pathlib import Path

import pytest

from pagerworthy.stacks.run.command import EngineCommand, Engines
from pagerworthy.stacks.run.locate import environment_of
from pagerworthy.stacks.run.places import Place
from pagerworthy.stacks.run.preflight import mend_of_backend

# Not one of them is real.
GIVEN = {
    "AZURE_STORAGE_KEY": "c3RvcmFnZS1rZXk=",
    "ARM_CLIENT_SECRET": "arm-client",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI",
    "AWS_SESSION_TOKEN": "IQoJb3JpZ2luX2Vj",
    "PULUMI_CONFIG_PASSPHRASE": "correct horse",
    "GOOGLE_CREDENTIALS": '{\n  "private_key": "MIIEvQIBADAN"\n}',
    "HTTPS_PROXY": "http://ann:pa%40ss@proxy.example.com:3128",
    "http_proxy": "http://bob:hunter2@proxy.example.com:3128",
    "PULUMI_BACKEND_URL": "postgres://states:s3same@db.example.com/states",
}
SECRETS = (
    "c3RvcmFnZS1rZXk=",
    "arm-client",
    "wJalrXUtnFEMI",
    "IQoJb3JpZ2luX2Vj",
    "correct horse",
    "MIIEvQIBADAN",
    "pa%40ss",
    "pa@ss",
    "hunter2",
    "s3same",
)
OPEN = {
    "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
    "GOOGLE_APPLICATION_CREDENTIALS": "/home/ann/key.json",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/run/token",
    "AWS_REGION": "eu-west-1",
}


def command() -> EngineCommand:
    environment = environment_of({**GIVEN, **OPEN}, {}, Path("/opt/pulumi"), emulator=False)
    assert environment.keys() >= GIVEN.keys()
    return EngineCommand(Path("/opt/pulumi"), "3.260.0", environment, Engines())


@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_of_an_engine_is_shown(secret: str) -> None:
    said = command().scrub(f"error: cannot log in with {secret} at 10:00")
    assert said == "error: cannot log in with [secret] at 10:00"


def test_what_is_no_secret_is_shown() -> None:
    text = " ".join(OPEN.values())
    assert command().scrub(text) == text


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgres://states:s3@me/x", "postgres://[secret]@me/x"),
        ("https://me:p@ss@example.com/a@b", "https://[secret]@example.com/a@b"),
        ("s3://states?region=eu-west-1&profile=shop", "s3://states?region=eu-west-1&profile=shop"),
        (
            "postgres://db/x?user=me&password=abc&sslmode=require",
            "postgres://db/x?user=me&password=[secret]&sslmode=require",
        ),
        ("file:///home/ann/states", "file:///home/ann/states"),
    ],
)
def test_an_address_says_no_more_than_where_it_leads(address: str, shown: str) -> None:
    place = Place(root=Path(), backend=address, work=Path("work"))
    assert place.shown == shown
    assert command().scrub(f"cannot reach {address}: no route") == f"cannot reach {shown}: no route"
    if place.folder is None:
        assert mend_of_backend(place) == f"pulumi login {shown}"


def test_an_emulator_gets_no_credentials_of_any_cloud() -> None:
    environment = environment_of({**GIVEN, **OPEN}, {}, Path("/opt/pulumi"), emulator=True)
    assert not {name for name in environment if name.startswith(("AWS_", "AZURE_", "ARM_", "GOOGLE_"))}
