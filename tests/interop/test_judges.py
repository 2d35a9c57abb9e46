"""What others say of what is written: OpenSLO's own validator, and our schema for editors."""

import json
import subprocess
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from pagerworthy.cli.app import app
from pagerworthy.interop import dumped, export_openslo, read_openslo
from pagerworthy.project import data_folder
from tests.interop import examples
from tests.tools import require_tool

ROOT = Path(__file__).parents[2]
OPENSLO = [path for path in examples.GOOD if path.parts[-3] == "openslo"]
# What is spelt as only some readers accept it is given back so.
STRICT = [path for path in OPENSLO if path.stem != "spellings"]


def _demo(out: Path) -> None:
    result = CliRunner().invoke(
        app, ["--root", str(ROOT), "export", "openslo", "--no-cache", "--out", str(out)], standalone_mode=False
    )
    assert result.return_value == 0


def _again(path: Path) -> str:
    services = [examples.service_of(promises) for promises in read_openslo([path]).services]
    exported = export_openslo((service, "f") for service in services)
    return dumped([document for documents in exported.documents.values() for document in documents])


def test_oslo_accepts_the_demo(tmp_path: Path) -> None:
    oslo = require_tool("oslo")
    _demo(tmp_path)
    assert list(tmp_path.iterdir())
    subprocess.run([oslo, "validate", "-R", "-f", tmp_path], check=True, capture_output=True, timeout=60)


@pytest.mark.parametrize("path", STRICT, ids=lambda path: path.stem)
def test_oslo_accepts_what_was_read_and_written_again(path: Path, tmp_path: Path) -> None:
    oslo = require_tool("oslo")
    text = _again(path)
    (tmp_path / "out.yaml").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [oslo, "validate", "-f", tmp_path / "out.yaml"], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", OPENSLO, ids=lambda path: path.stem)
def test_what_is_written_fits_the_schema(path: Path) -> None:
    schema = json.loads((data_folder("schemas") / "openslo.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    for document in yaml.safe_load_all(_again(path)):
        validator.validate(document)
