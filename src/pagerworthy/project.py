"""The repository that Pagerworthy works in: where it is, and what its `pagerworthy.toml` says."""

import datetime as dt
import tomllib
from pathlib import Path

import msgspec

from pagerworthy.errors import ProjectError
from pagerworthy.problem import Problem, Where

__all__ = [
    "CollectSettings",
    "Project",
    "ProjectError",
    "Settings",
    "data_folder",
    "find_root",
    "open_project",
]

SETTINGS_FILE = "pagerworthy.toml"


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the settings file; unknown settings are errors, so that a typing error is not silently ignored."""


class EvidenceSettings(_Section, frozen=True):
    """Where evidence is read from: files and folders of JSON Lines, from the repository's root."""

    paths: tuple[str, ...] = ("catalog/evidence",)


class CollectSettings(_Section, frozen=True):
    """What collectors look for: the sections of a runbook, and where repositories are checked out, by address."""

    runbook_sections: tuple[str, ...] = ("Symptoms", "Impact", "Diagnose", "Mitigate", "Escalate", "Verify")
    checkouts: dict[str, str] = {}


class SiteSettings(_Section, frozen=True):
    """What the site is called, and the address under which it is published (for the feed and badges)."""

    title: str = "Service catalog"
    url: str = ""
    notice: str = ""


class ScoringSettings(_Section, frozen=True):
    """`as_of` fixes the moment for which the catalog is judged; without it that is now."""

    as_of: dt.datetime | None = None


class Settings(_Section, frozen=True):
    """The whole of `pagerworthy.toml`."""

    evidence: EvidenceSettings = EvidenceSettings()
    collect: CollectSettings = CollectSettings()
    site: SiteSettings = SiteSettings()
    scoring: ScoringSettings = ScoringSettings()


class Project(msgspec.Struct, frozen=True):
    """A repository's root and its settings."""

    root: Path
    settings: Settings = Settings()

    @property
    def catalog(self) -> Path:
        return self.root / "catalog"


def find_root(start: Path) -> Path:
    """The nearest folder, from `start` upward, that has a `pagerworthy.toml` or a `catalog/` folder.

    Raises ProjectError where there is none.
    """
    for folder in (start, *start.parents):
        if (folder / SETTINGS_FILE).is_file() or (folder / "catalog").is_dir():
            return folder
    raise ProjectError(
        Problem(
            code="PW501",
            message=f"no catalog here: neither {start} nor a folder above it has {SETTINGS_FILE} or catalog/",
            where=Where(file="."),
            help="run `pagerworthy init` to make one here, or name the repository with --root DIR",
        )
    )


def open_project(root: Path | None) -> Project:
    """Finds the repository and reads its settings. Raises ProjectError where either fails."""
    if root is not None and not root.is_dir():
        raise ProjectError(
            Problem(
                code="PW501",
                message=f"{root} is not a folder",
                where=Where(file=str(root)),
                help="name the repository's root with --root DIR",
            )
        )
    folder = find_root(Path.cwd()) if root is None else root.resolve()
    path = folder / SETTINGS_FILE
    if not path.is_file():
        return Project(root=folder)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        settings = msgspec.convert(data, Settings)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ProjectError(
            Problem(
                code="PW502",
                message=f"the settings cannot be read: {error}",
                where=Where(file=SETTINGS_FILE),
                help="see the table of settings in the README",
            )
        ) from error
    return Project(root=folder, settings=settings)


def data_folder(name: str) -> Path:
    """A folder that ships with Pagerworthy: `schemas`, `scoring`, `site/templates` or `site/assets`.

    In the wheel it lies inside the package; in a checkout, at the repository's top.
    """
    package = Path(__file__).parent
    shipped = package / "data" / name
    return shipped if shipped.is_dir() else package.parents[1] / name
