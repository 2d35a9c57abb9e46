"""The tools that do part of the same: check-jsonschema, a Node script of ajv and js-yaml, and Hugo."""

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from pagerworthy.project import data_folder
from pagerworthy.scoring import Criterion, load_rubric

_HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
_OUTCOMES = ("pass", "fail", "unknown", "waived", "upcoming", "not-applicable")
_DETAILS = (
    "not known: no collector has looked (slo.events of availability; the prometheus collector brings it)",
    "Said for all dependencies: 10",
    "No chain of hard dependencies leads back to it",
    "Share of the error budget that the hard dependencies may spend: 90 %; at most 50 % are asked for",
    "due in the capacity phase",
)


def bundled_schema(folder: Path) -> Path:
    """The service schema with the shared definitions inside: check-jsonschema takes five times as long without."""
    schemas = data_folder("schemas")
    text = (schemas / "service.schema.json").read_text()
    schema = json.loads(text.replace("common.schema.json#/$defs/", "#/$defs/"))
    schema.setdefault("$defs", {}).update(json.loads((schemas / "common.schema.json").read_text())["$defs"])
    path = folder / "service.bundled.schema.json"
    path.write_text(json.dumps(schema))
    return path


def check_jsonschema(schema: Path, root: Path) -> list[str | Path]:
    """Validates every service of the catalog, all in one process."""
    files = sorted((root / "catalog" / "services").iterdir())
    return [BIN / "check-jsonschema", "--schemafile", schema, *(file.relative_to(root) for file in files)]


def node_script(schema: Path, root: Path, folder: Path) -> list[str | Path] | None:
    """The Node script with its packages installed in `folder`; None where there is no Node or no registry."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    place = folder / "node"
    shutil.copytree(_HERE / "node", place, dirs_exist_ok=True)
    done = subprocess.run(
        [npm, "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"], cwd=place, check=False
    )
    if done.returncode != 0:
        return None
    return [node, place / "check.js", schema, root / "catalog" / "services"]


def hugo_program() -> Path:
    """Hugo itself: the script of the same name would first start a Python."""
    return Path(str(metadata.distribution("hugo").locate_file("hugo/binaries/hugo")))


def hugo_site(folder: Path, sizes: Sequence[int], root: Path, seed: int = 3) -> list[str | Path]:
    """A Hugo project that renders as many pages as `sizes` has, each from data and of about that many bytes.

    A page is what ours is: rows of a table, each from an outcome and a detail of the page's own and the question and
    fix that all pages share.
    """
    rubric = load_rubric(root).rubric
    if rubric is None:
        raise RuntimeError("the rubric is broken")
    place = folder / "hugo"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(_HERE / "hugo", place)
    _write(place / "data" / "criteria.json", json.dumps({each.id: _shared(each) for each in rubric.criteria}))
    rng = random.Random(seed)
    ids = [each.id for each in rubric.criteria]
    bytes_of = {each.id: len(each.question) + len(each.fix.text) for each in rubric.criteria}
    for number, size in enumerate(sizes):
        rows: list[tuple[str, str, str]] = []
        room = size - _PAGE_BYTES
        while room > 0:
            name, detail = ids[len(rows) % len(ids)], rng.choice(_DETAILS)
            rows.append((name, rng.choice(_OUTCOMES), detail))
            room -= 3 * len(name) + len(detail) + bytes_of[name] + _ROW_BYTES
        page = {"title": f"page-{number}", "owner": f"team-{number % 200}", "tier": number % 4 + 1, "rows": rows}
        _write(place / "content" / "pages" / f"page-{number}.md", json.dumps(page) + "\n")
    return [hugo_program(), "--quiet", "--source", place, "--destination", place / "public"]


# What the template writes around a page's rows, and around the values of one row.
_PAGE_BYTES = 1000
_ROW_BYTES = 190


def _shared(criterion: Criterion) -> dict[str, str]:
    return {"question": criterion.question, "fix": criterion.fix.text, "area": criterion.area}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
