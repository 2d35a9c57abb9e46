"""The repository that Pagerworthy works in: where it is, and what its `pagerworthy.toml` says."""

import datetime as dt
import os
import re
import stat
import tomllib
from pathlib import Path, PurePosixPath
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from pagerworthy.errors import ProjectError
from pagerworthy.problem import Problem, Where

__all__ = [
    "AlertmanagerSettings",
    "CollectSettings",
    "ExecSettings",
    "HistorySettings",
    "LinksSettings",
    "Project",
    "ProjectError",
    "PrometheusSettings",
    "PulumiSettings",
    "ReportsSettings",
    "Settings",
    "data_folder",
    "find_root",
    "is_judgeable",
    "open_project",
    "stacks_settings",
]

SETTINGS_FILE = "pagerworthy.toml"
_SIZE_LIMIT = 64 * 1024
_LONGEST_PATH = 1_000
# What XML cannot have (production Char of XML 1.0), and the control characters that it discourages.
_NOT_TEXT = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufffe\\uffff]")
# A repository as the subject of GitHub's tokens names it, without or with the numbers of its owner and of itself.
_OWNER = r"[A-Za-z0-9][A-Za-z0-9-]{0,38}"
_NAME = r"[A-Za-z0-9._-]{1,100}"
_ON_GITHUB = re.compile(rf"{_OWNER}/{_NAME}|{_OWNER}@[1-9]\d{{0,19}}/{_NAME}@[1-9]\d{{0,19}}")
_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,200}")
# Within these years every date can be moved by a zone or an age without leaving the calendar.
_FIRST_YEAR, _LAST_YEAR = 1970, 9000


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the settings file; unknown settings are errors, so that a typing error is not silently ignored."""


class EvidenceSettings(_Section, frozen=True):
    """Where evidence is read from: files and folders of JSON Lines, from the repository's root."""

    paths: tuple[str, ...] = ("catalog/evidence",)


class AddressSettings(_Section, frozen=True):
    """Where a source is; a variable such as PAGERWORTHY_PROMETHEUS_URL goes before it."""

    url: str = ""


class PrometheusSettings(AddressSettings, frozen=True):
    """Where Prometheus, or a server with its interface, is, and how its series are told apart.

    `label` is the label that names the service in series that are not ours; `names` gives the catalog's name of what
    labels call otherwise; `queries` are own queries, by key, for what is told by no series of a common name.
    """

    label: str = "service"
    names: dict[str, str] = {}
    queries: dict[str, str] = {}


class AlertmanagerSettings(AddressSettings, frozen=True):
    """Where Alertmanager is. `receivers` gives its own name of a receiver of ours: `page-sre = "oncall-sre"`."""

    receivers: dict[str, str] = {}


class LinksSettings(_Section, frozen=True):
    """Which hosts the links collector may ask: names, `name:port`, or `.example.com` for all below; and over what.

    Only addresses of the public internet are connected to, whatever stands here.
    """

    hosts: tuple[str, ...] = ()
    http: bool = False


class ReportsSettings(_Section, frozen=True):
    """Files that jobs and tools write, as paths and patterns (`*`, `**`) from the repository's root, by format.

    A report of a tool is about the service that its file, up to the first dot, or else the nearest folder is called
    after; or else the one whose repository or image it names. `critical_days` is how long a critical finding in an
    image may be open.
    """

    load_tests: tuple[str, ...] = ()
    drills: tuple[str, ...] = ()
    scorecard: tuple[str, ...] = ()
    trivy: tuple[str, ...] = ()
    grype: tuple[str, ...] = ()
    gitleaks: tuple[str, ...] = ()
    toil: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    logs: tuple[str, ...] = ()
    costs: tuple[str, ...] = ()
    backups: tuple[str, ...] = ()
    timeouts: tuple[str, ...] = ()
    critical_days: float = 7


class PulumiSettings(_Section, frozen=True):
    """What tells of drift: `drift` are reports of `pagerworthy drift --report FILE`, as paths and patterns from the
    repository's root. Where the states are is said in [stacks].
    """

    drift: tuple[str, ...] = ()


class ExecSettings(_Section, frozen=True):
    """A command of your own that prints records of these keys, one a line, and the seconds that it may take.

    It is run in the repository's root, without a shell, and only as the trusted branch has it.
    """

    command: tuple[str, ...]
    keys: tuple[str, ...]
    timeout: float = 120


class CollectSettings(_Section, frozen=True):
    """What collectors look for and where: the sections of a runbook, and repositories' checkouts, by address.

    `paths` is the folder of a service in a repository that it shares with others, by the service's name.
    `tags` is how tags of releases are written, by address or `*` for every other repository: `deploy-*`, or
    `{service}/v*`. Without it, whatever looks like a version counts, such as `v1.2.3` and `checkout-1.2.3`.
    """

    runbook_sections: tuple[str, ...] = ("Symptoms", "Impact", "Diagnose", "Mitigate", "Escalate", "Verify")
    checkouts: dict[str, str] = {}
    paths: dict[str, str] = {}
    tags: dict[str, str] = {}
    prometheus: PrometheusSettings = PrometheusSettings()
    alertmanager: AlertmanagerSettings = AlertmanagerSettings()
    grafana_oncall: AddressSettings = AddressSettings()
    links: LinksSettings = LinksSettings()
    reports: ReportsSettings = ReportsSettings()
    pulumi: PulumiSettings = PulumiSettings()
    exec: dict[str, ExecSettings] = {}


class SiteSettings(_Section, frozen=True):
    """What the site is called, and where it is published, for links in alerts, the feed and badges."""

    title: str = "Service catalog"
    url: str = ""
    notice: str = ""


class HistorySettings(_Section, frozen=True):
    """Where the history is: a branch of the repository.

    `recorded` is a folder, from the repository's root, with the files of such a branch: shown where there is no branch
    yet, and never written.
    """

    branch: str = "pagerworthy-history"
    recorded: str = ""


class ScoringSettings(_Section, frozen=True):
    """`as_of` fixes the moment for which the catalog is judged; without it that is now."""

    as_of: dt.datetime | None = None


class AlertingSettings(_Section, frozen=True):
    """How Alertmanager reaches people.

    `base` is the organisation's own configuration, from the repository's root: its receivers go before those that are
    made by `kind`. `secrets` is the folder, as Alertmanager sees it, with a file for each receiver's key.
    """

    kind: Literal["pagerduty", "opsgenie", "slack", "webhook", ""] = ""
    secrets: str = "secrets"
    base: str = ""


class StacksSettings(_Section, frozen=True):
    """How the cloud is provisioned.

    `backend` is where Pulumi keeps its state (`s3://...`), empty for a folder of this repository that git ignores;
    `repository` (`owner/name` on GitHub) is whose workflows may change the environments from `branch`, empty for
    nobody's; `owner@1/name@2`, with GitHub's numbers, where it proves itself by those.
    `secrets_provider` keeps the stacks' secrets (`awskms://...`), empty for a passphrase; `passphrase_file` is where
    that is read where no variable says so. `workers` is how many stacks are worked on at once.
    """

    backend: str = ""
    repository: str = ""
    branch: str = "main"
    secrets_provider: str = ""
    passphrase_file: str = ""
    workers: int = 2


class Settings(_Section, frozen=True):
    """The whole of `pagerworthy.toml`."""

    evidence: EvidenceSettings = EvidenceSettings()
    collect: CollectSettings = CollectSettings()
    site: SiteSettings = SiteSettings()
    scoring: ScoringSettings = ScoringSettings()
    history: HistorySettings = HistorySettings()
    alerting: AlertingSettings = AlertingSettings()
    stacks: StacksSettings = StacksSettings()


class Project(msgspec.Struct, frozen=True):
    """A repository's root and its settings."""

    root: Path
    settings: Settings = Settings()

    @property
    def catalog(self) -> Path:
        return self.root / "catalog"


def find_root(start: Path) -> Path:
    """The nearest folder, from `start` upward, that has a `pagerworthy.toml` or a `catalog/` folder.

    Looks no higher than the root of the git repository that `start` is in. Outside of one, a folder called `catalog`
    further up may be anybody's, and only settings count there. Raises ProjectError where there is none.
    """
    folders = (start, *start.parents)
    # In a work tree and in a submodule, `.git` is a file.
    top = next((folder for folder in folders if os.path.lexists(folder / ".git")), None)
    for folder in folders:
        inside = top is not None or folder == start
        if os.path.lexists(folder / SETTINGS_FILE) or (inside and (folder / "catalog").is_dir()):
            return folder
        if folder == top:
            break
    where = str(start) if start == top else f"{start} or a folder above it"
    if top not in {None, start}:
        where += f", up to {top}, where its git repository ends"
    raise ProjectError(
        Problem(
            code="PW501",
            message=f"no catalog here: there is no {SETTINGS_FILE} and no catalog/ in {where}",
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
    if not os.path.lexists(folder / SETTINGS_FILE):
        if not (folder / "catalog").is_dir():
            raise ProjectError(
                Problem(
                    code="PW501",
                    message=f"no catalog here: there is no {SETTINGS_FILE} and no catalog/ in {folder}",
                    where=Where(file=str(root)),
                    help="name the repository's root with --root DIR, or run `pagerworthy init` there",
                )
            )
        return Project(root=folder)
    text = ""
    try:
        text = _read(folder / SETTINGS_FILE).decode()
        settings = msgspec.convert(tomllib.loads(text), Settings)
    except UnicodeDecodeError as error:
        raise _unusable("the settings cannot be read: they are not UTF-8", "write the file in UTF-8") from error
    except OSError as error:
        raise _unusable(f"the settings cannot be read: {error}", "make them a readable file") from error
    except ValueError as error:
        # What says it in words is needed only here.
        from pagerworthy.settings_fault import fault_of

        fault = fault_of(error, text, Settings)
        said = f"the settings cannot be read: {fault.message}"
        raise _unusable(said, fault.help, fault.line, fault.column) from error
    except RecursionError as error:
        raise _unusable("the settings cannot be read: they are nested too deeply", "write them flatter") from error
    _judge(settings, folder)
    return Project(root=folder, settings=settings)


def stacks_settings(content: bytes) -> StacksSettings:
    """What settings with this content say of stacks; whatever else they say may be wrong.

    Raises ProjectError where that cannot be read, or means nothing.
    """
    try:
        found = msgspec.convert(tomllib.loads(content.decode()).get("stacks", {}), StacksSettings)
    except (ValueError, RecursionError) as error:
        raise _unusable("the settings of stacks cannot be read", "see what `pagerworthy check` says of them") from error
    _judge_stacks(found)
    return found


def is_judgeable(moment: dt.datetime) -> bool:
    """Whether a catalog can be judged for this moment: whether dates around it are dates."""
    return _FIRST_YEAR <= moment.year <= _LAST_YEAR


def _read(path: Path) -> bytes:
    """The bytes of the settings. Raises OSError for what is no regular file, or too large; never waits for a pipe."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as file:  # noqa: PTH123 -- from a descriptor
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("this is not a regular file")
        content = file.read(_SIZE_LIMIT + 1)
    if len(content) > _SIZE_LIMIT:
        raise OSError(f"they have more than {_SIZE_LIMIT // 1024} KiB")
    return content


def _judge(settings: Settings, root: Path) -> None:
    """Raises ProjectError for settings that can be read and mean nothing."""
    as_of = settings.scoring.as_of
    if as_of is not None and not is_judgeable(as_of):
        message = f"scoring.as_of is {as_of.isoformat()}, which is too long ago or too far ahead"
        raise _unusable(message, "write a moment like 2026-03-31T14:05:00Z, or remove the line to judge for now")
    for path in settings.evidence.paths:
        wrong = _wrong_path(path, root)
        if wrong:
            shown = path if len(path) <= 60 else path[:57] + "..."
            mend = 'write a path from the repository\'s root, like "catalog/evidence"; --evidence may name others'
            raise _unusable(f"evidence.paths has {shown!r}, {wrong}", mend)
    _judge_site(settings.site)
    recorded = settings.history.recorded
    if recorded and (wrong := _wrong_path(recorded, root)):
        raise _unusable(f"history.recorded is {recorded[:60]!r}, {wrong}", "write a path from the repository's root")
    base = settings.alerting.base
    if base and (wrong := _wrong_path(base, root)):
        raise _unusable(f"alerting.base is {base[:60]!r}, {wrong}", "write a path from the repository's root")
    _judge_stacks(settings.stacks)


def _judge_stacks(stacks: StacksSettings) -> None:
    """Whom the cloud trusts is compared letter by letter: what GitHub never says would let nobody in, or anybody."""
    if stacks.repository and not _ON_GITHUB.fullmatch(stacks.repository):
        mend = 'write "owner/name", or "owner@1/name@2" with both numbers, as GitHub says them after `repo:`'
        raise _unusable(f"stacks.repository is {stacks.repository[:80]!r}, which is no repository on GitHub", mend)
    if not _BRANCH.fullmatch(stacks.branch):
        raise _unusable(f"stacks.branch is {stacks.branch[:60]!r}, which is no branch", 'write one like "main"')


def _judge_site(site: SiteSettings) -> None:
    """The address becomes links and, like the title, part of the feed, whose XML knows no control characters."""
    if site.url and not _is_web_address(site.url):
        mend = 'write one like "https://catalog.example.com/"'
        raise _unusable(f"site.url is {site.url[:60]!r}, which is not an address of the web", mend)
    for name, text in (("title", site.title), ("notice", site.notice)):
        if _NOT_TEXT.search(text):
            raise _unusable(f"site.{name} has a character that no page can show", "remove control characters")


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and url.isprintable() and " " not in url


def _wrong_path(path: str, root: Path) -> str:
    """What is wrong with a path that has to lie in the repository; empty where nothing is."""
    if not path or not path.isprintable() or len(path) > _LONGEST_PATH:
        return "which is not a path"
    # A drive or a backslash leads elsewhere on the systems that know them.
    if PurePosixPath(path).is_absolute() or "\\" in path or ":" in path.split("/", maxsplit=1)[0]:
        return "which does not start at the repository's root"
    if ".." in PurePosixPath(path).parts:
        return "which leads upward"
    try:
        inside = (root / path).resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return "which the system cannot look for"
    return "" if inside else "which leads out of the repository"


def _unusable(message: str, mend: str, line: int = 0, column: int = 0) -> ProjectError:
    where = Where(file=SETTINGS_FILE, line=line, column=column)
    return ProjectError(Problem(code="PW502", message=message, where=where, help=mend))


def data_folder(name: str) -> Path:
    """A folder that ships with Pagerworthy: `schemas`, `scoring`, `docs`, `site/templates` or `site/assets`.

    In the wheel it lies inside the package; in a checkout, at the repository's top.
    """
    package = Path(__file__).parent
    shipped = package / "data" / name
    return shipped if shipped.is_dir() else package.parents[1] / name
