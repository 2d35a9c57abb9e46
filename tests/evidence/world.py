"""A small catalog in a real git repository, for tests of collectors."""

import datetime as dt
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import msgspec

from pagerworthy.catalog import load
from pagerworthy.evidence import Record
from pagerworthy.evidence.collectors import COLLECTORS, Context
from pagerworthy.project import CollectSettings

AS_OF = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
URL = "https://github.com/example/checkout"
TEAM = """\
apiVersion: pagerworthy/v1
kind: Team
metadata: {name: payments, description: Takes money}
spec:
  role: development
  members:
    - {name: Ada, email: ada@example.com}
    - {name: Bo, github: bo-b}
"""
SERVICE = """\
apiVersion: pagerworthy/v1
kind: Service
metadata: {name: NAME, description: Places orders}
spec:
  owner: payments
  system: shop
  tier: 1
  phase: design
  repository: https://github.com/example/checkout
"""


def write(root: Path, name: str, text: str) -> Path:
    """Writes a file and the folders above it."""
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def service(root: Path, name: str = "checkout", more: str = "") -> Path:
    """Writes the entry of a service."""
    return write(root, f"catalog/services/{name}.yaml", SERVICE.replace("NAME", name) + more)


def git(
    folder: Path, *arguments: str, data: bytes = b"", extra: Mapping[str, str] | None = None, **environment: str
) -> str:
    """Runs git as a person with no settings of their own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    clean |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **(extra or {}), **environment}
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], input=data, env=clean, capture_output=True, check=True
    )
    return done.stdout.decode().strip()


def start(folder: Path) -> Path:
    """An empty repository."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    return folder


def commit(
    folder: Path,
    day: str,
    message: str = "Change",
    *,
    author: str = "Ada",
    email: str = "ada@example.com",
    authored: str = "",
) -> None:
    """Commits all that is there on a day at noon, in UTC."""
    git(folder, "add", "-A")
    git(
        folder,
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        message,
        GIT_AUTHOR_NAME=author,
        GIT_AUTHOR_EMAIL=email,
        GIT_AUTHOR_DATE=f"{authored or day}T12:00:00+0000",
        GIT_COMMITTER_NAME="Merge bot",
        GIT_COMMITTER_EMAIL="bot@example.com",
        GIT_COMMITTER_DATE=f"{day}T12:00:00+0000",
    )


def collect(
    source: str,
    root: Path,
    *,
    as_of: dt.datetime = AS_OF,
    checkouts: Mapping[str, str] | None = None,
    paths: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
    problems: bool = False,
) -> dict[tuple[str, str, str], Record]:
    """What a collector brings, by subject, key and item."""
    loaded = load(root, cache=False)
    assert problems or not loaded.problems, loaded.problems
    catalog = loaded.catalog
    settings = CollectSettings(
        runbook_sections=("Symptoms", "Mitigate"),
        checkouts=dict(checkouts or {}),
        paths=dict(paths or {}),
        tags=dict(tags or {}),
    )
    records = list(COLLECTORS[source].collect(Context(catalog=catalog, root=root, as_of=as_of, settings=settings)))
    found = {(record.subject, record.key, record.item): record for record in records}
    assert len(found) == len(records)
    return found


def value(record: Record) -> dict[str, object]:
    """The value of a record that has one."""
    assert not record.failed, record.failed
    decoded: dict[str, object] = msgspec.json.decode(record.value)
    return decoded


def owned(folder: Path) -> Path:
    """A repository with a service and the team that owns it."""
    start(folder)
    service(folder)
    write(folder, "catalog/teams/payments.yaml", TEAM)
    commit(folder, "2026-01-01")
    return folder
