"""Where a run keeps what it knows: the backend with the states, and a work folder for each stack."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from pagerworthy import atomic
from pagerworthy.project import Project, StacksSettings
from pagerworthy.stacks.names import PROJECT
from pagerworthy.stacks.run.scrub import scrubbed

# All that Pagerworthy writes beside the catalog; the folder ignores itself, so that none of it is committed.
FOLDER = ".pagerworthy"
_LOCAL = "file://"
PROJECT_FILE = f"name: {PROJECT}\nruntime: python\n"

# Variables that say where the state is and how its secrets are kept, as Pulumi's users know them.
BACKEND = "PULUMI_BACKEND_URL"
PASSPHRASE = "PULUMI_CONFIG_PASSPHRASE"  # noqa: S105 -- the name of a variable
PASSPHRASE_FILE = "PULUMI_CONFIG_PASSPHRASE_FILE"  # noqa: S105 -- the name of a variable
# The passphrase of every rehearsal.
REHEARSAL = "rehearsal"


class Place(msgspec.Struct, frozen=True):
    """Where the states of all stacks are, and where the engine works.

    `backend` is a URL that Pulumi knows. `secrets` is the provider that keeps a stack's secrets, empty for a
    passphrase. `environment` are the variables that engines get beside those of the process.
    """

    root: Path
    backend: str
    work: Path
    emulator: str = ""
    secrets: str = ""
    environment: dict[str, str] = {}

    @property
    def folder(self) -> Path | None:
        """The folder of a local backend, without Pulumi's own `.pulumi` below; None for any other backend."""
        if not self.backend.startswith(_LOCAL):
            return None
        return Path(unquote(urlsplit(self.backend).path))

    @property
    def shown(self) -> str:
        """The backend as it may be shown: without user and password."""
        return scrubbed(self.backend)

    def work_folder(self, stack: str) -> Path:
        """The folder in which engines work for one stack, and for no other."""
        service, _, environment = stack.rpartition(".")
        return self.work / environment / service

    @property
    def any_folder(self) -> Path:
        """The folder in which Pulumi is asked about stacks that nobody has to hold for that; several ask at once."""
        return self.work / "any"

    def beside(self, folder: Path) -> "Place":
        """A place that is thrown away, for what must leave no trace in the backend."""
        backend = (folder / "state").as_uri()
        return Place(
            root=self.root,
            backend=backend,
            work=folder / "work",
            emulator=self.emulator,
            environment={BACKEND: backend, PASSPHRASE: "preview"},
        )

    def prepare(self) -> None:
        """Makes the folders, and lets git ignore them. Raises OSError where that is not allowed."""
        self.work.mkdir(parents=True, exist_ok=True)
        ours = self.root / FOLDER
        if self.work.is_relative_to(ours) and not (ours / ".gitignore").exists():
            (ours / ".gitignore").write_text("*\n", "utf-8")
        if (folder := self.folder) is not None and folder.is_relative_to(ours):
            folder.mkdir(parents=True, exist_ok=True)


def make_project(folder: Path) -> None:
    """Makes a folder that Pulumi takes for our project. Whoever reads it meanwhile finds all of it or nothing new."""
    path = folder / "Pulumi.yaml"
    try:
        if path.read_text("utf-8") == PROJECT_FILE:
            return
    except (FileNotFoundError, UnicodeDecodeError):
        folder.mkdir(parents=True, exist_ok=True)
    atomic.write(path, PROJECT_FILE.encode())


def place_of(project: Project, environ: Mapping[str, str], emulator: str = "") -> Place:
    """The place for a repository: `PULUMI_BACKEND_URL`, else the settings, else a folder in the repository.

    A rehearsal on an emulator never touches the state of the real cloud: it has a folder of its own for each address,
    and a passphrase that is no secret.
    """
    settings = project.settings.stacks
    ours = project.root / FOLDER
    if emulator:
        mark = hashlib.sha256(emulator.encode()).hexdigest()[:8]
        rehearsal = ours / f"rehearsal-{mark}"
        return Place(
            root=project.root,
            backend=(rehearsal / "state").as_uri(),
            work=rehearsal / "work",
            emulator=emulator,
            # Nothing is secret on an emulator: trying needs no preparation, and what is set is for the real states.
            environment={PASSPHRASE: REHEARSAL},
        )
    backend = environ.get(BACKEND) or _backend(settings, project.root) or (ours / "state").as_uri()
    return Place(
        root=project.root,
        backend=backend,
        work=ours / "work",
        secrets=settings.secrets_provider,
        environment=_passphrase(settings, project.root, environ),
    )


def _backend(settings: StacksSettings, root: Path) -> str:
    """The configured backend; a folder may be named from the repository's root."""
    if not settings.backend.startswith(_LOCAL):
        return settings.backend
    path = settings.backend.removeprefix(_LOCAL)
    return (root / Path(path).expanduser()).resolve().as_uri()


def _passphrase(settings: StacksSettings, root: Path, environ: Mapping[str, str]) -> dict[str, str]:
    if not settings.passphrase_file or PASSPHRASE in environ or PASSPHRASE_FILE in environ:
        return {}
    return {PASSPHRASE_FILE: str(root / Path(settings.passphrase_file).expanduser())}
