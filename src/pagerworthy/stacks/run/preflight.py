"""What has to be there before any stack is touched, and the one command that mends what is not."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import SubprocessError
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from pagerworthy.stacks.installed import install, missing_package
from pagerworthy.stacks.run.locate import environment_of, find_program, version_of
from pagerworthy.stacks.run.places import BACKEND, PASSPHRASE, PASSPHRASE_FILE, Place, make_project

if TYPE_CHECKING:
    from pagerworthy.stacks.run.backend import Backend
    from pagerworthy.stacks.run.command import EngineCommand

# The first version in which all that is used here works: programs for refresh and destroy, events over gRPC, --exclude.
OLDEST = (3, 206, 0)
INSTALL = "curl -fsSL https://get.pulumi.com | sh"
# How long an emulator may take to answer, in seconds.
_LISTENS_WITHIN = 5.0
_MANAGED = ("http://", "https://")


class Missing(msgspec.Struct, frozen=True):
    """One thing that is not as it has to be, and the command that mends it."""

    says: str
    mend: str


@dataclass(frozen=True, slots=True)
class Ready:
    """What a run works with, once everything is there."""

    place: Place
    command: "EngineCommand"
    backend: "Backend"
    version: str


def prepare(place: Place, environ: Mapping[str, str]) -> Ready | Missing:
    """Looks at all that a run needs, the cheapest first; whatever is missing is said before anything starts."""
    found = program(environ)
    if isinstance(found, Missing):
        return found
    if lacks := (plugin(environ) or passphrase(place, environ) or emulator(place)):
        return lacks
    try:
        place.prepare()
    except OSError as error:
        return Missing(f"{error.filename} cannot be made: {error.strerror}", f"mkdir -p {error.filename}")
    return reach(place, environ, *found)


def lacking(place: Place, environ: Mapping[str, str]) -> tuple[Missing, ...]:
    """All that a run needs and that is not here, as far as each can be seen without the others."""
    found = (packages(), command_line(environ), plugin(environ), passphrase(place, environ), emulator(place))
    return tuple(each for each in found if isinstance(each, Missing))


def reach(place: Place, environ: Mapping[str, str], path: Path, version: str) -> Ready | Missing:
    """Reaches for the backend, and for the secrets of a stack that is there."""
    # Only now it is known that Pulumi can be imported.
    from pagerworthy.stacks.run.backend import BackendError, backend_of
    from pagerworthy.stacks.run.command import EngineCommand, Engines

    own = {BACKEND: place.backend, **place.environment}
    variables = environment_of(environ, own, path, emulator=bool(place.emulator))
    command = EngineCommand(path, version, variables, Engines())
    backend = backend_of(place, command)
    try:
        stacks = reachable(place, backend)
    except (BackendError, OSError) as error:
        says = f"the backend {place.shown} cannot be reached: {error}"
        return Missing(says, mend_of_backend(place))
    if stacks and (lacks := opens(place, command, stacks[0])) is not None:
        return lacks
    return Ready(place, command, backend, version)


def reader(place: Place, environ: Mapping[str, str]) -> "Backend | Missing":
    """What only reads states: of a folder it needs neither Pulumi nor a plugin."""
    from pagerworthy.stacks.run.backend import BackendError, FileBackend, backend_of

    if place.folder is not None:
        return FileBackend(place.folder)
    found = program(environ)
    if isinstance(found, Missing):
        return found
    from pagerworthy.stacks.run.command import EngineCommand, Engines

    variables = environment_of(environ, {BACKEND: place.backend, **place.environment}, found[0], emulator=False)
    backend = backend_of(place, EngineCommand(*found, variables, Engines()))
    try:
        reachable(place, backend)
    except (BackendError, OSError) as error:
        return Missing(f"the backend {place.shown} cannot be reached: {error}", mend_of_backend(place))
    return backend


def program(environ: Mapping[str, str]) -> tuple[Path, str] | Missing:
    """Pulumi's command line and its version, where its Python packages are here too."""
    return packages() or command_line(environ)


def packages() -> Missing | None:
    """Whether Pulumi's Python packages are here."""
    package = missing_package()
    return Missing(f"the Python package {package} is not installed", install()) if package else None


def command_line(environ: Mapping[str, str]) -> tuple[Path, str] | Missing:
    """Pulumi's command line and its version."""
    path = find_program(environ)
    if path is None:
        return Missing("Pulumi's command line is not here", INSTALL)
    try:
        version = version_of(path, {name: value for name, value in environ.items() if name in {"PATH", "HOME"}})
    except (OSError, SubprocessError) as error:
        return Missing(f"{path} cannot be run: {error}", INSTALL)
    oldest = ".".join(map(str, OLDEST))
    if not version:
        return Missing(f"{path} does not say its version, and {oldest} is needed", INSTALL)
    if _numbers(version) < OLDEST:
        return Missing(f"Pulumi's command line is {version}, and {oldest} is needed", INSTALL)
    return path, version


def emulator(place: Place) -> Missing | None:
    """Whether something listens where the emulator is to be."""
    if not place.emulator:
        return None
    address = urlsplit(place.emulator)
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        socket.create_connection((address.hostname or "", port), _LISTENS_WITHIN).close()
    except OSError:
        return Missing(f"no emulator listens at {place.emulator}", f"moto_server -H {address.hostname} -p {port}")
    return None


def plugin(environ: Mapping[str, str]) -> Missing | None:
    """Whether the plugin for AWS is there, in the version of the Python package."""
    from importlib.metadata import PackageNotFoundError, version

    if any(each.startswith("aws:") for each in environ.get("PULUMI_DEBUG_PROVIDERS", "").split(",")):
        return None
    try:
        wanted = version("pulumi-aws")
    except PackageNotFoundError:
        # Which version is wanted is known once the package is here.
        return None
    home = environ.get("PULUMI_HOME") or str(Path(environ.get("HOME") or Path.home()) / ".pulumi")
    if (Path(home) / "plugins" / f"resource-aws-v{wanted}").is_dir():
        return None
    return Missing(f"Pulumi's plugin for AWS {wanted} is not here", f"pulumi plugin install resource aws {wanted}")


def passphrase(place: Place, environ: Mapping[str, str]) -> Missing | None:
    """Whether there is something to keep secrets with; what it is worth, the first stack tells."""
    known = {**environ, **place.environment}
    if place.secrets.startswith(("awskms:", "azurekeyvault:", "gcpkms:", "hashivault:")):
        return None
    if PASSPHRASE in known:
        return None
    if PASSPHRASE_FILE in known:
        path = Path(known[PASSPHRASE_FILE])
        if os.access(path, os.R_OK):
            return None
        return Missing(f"the passphrase cannot be read: there is no {path}", f"openssl rand -base64 32 > {path}")
    if place.backend.startswith(_MANAGED):
        return None
    says = "no passphrase is set for the secrets of the stacks; a file may have it: stacks.passphrase_file"
    return Missing(says, f"export {PASSPHRASE}=...")


def reachable(place: Place, backend: "Backend") -> list[str]:
    """The stacks of the backend. Raises BackendError or OSError where it cannot be reached."""
    from pagerworthy.stacks.run.backend import BackendError

    folder = place.folder
    if folder is not None and not folder.is_dir():
        raise BackendError("there is no such folder")
    if folder is not None and not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise BackendError("nothing can be written there")
    return list(backend.stacks())


def mend_of_backend(place: Place) -> str:
    """The command that makes a backend reachable."""
    return f"mkdir -p {place.folder}" if place.folder is not None else f"pulumi login {place.shown}"


def opens(place: Place, command: "EngineCommand", stack: str) -> Missing | None:
    """Whether what is set opens the secrets of a stack that is there, seen at the seed in its configuration."""
    from pulumi.automation.errors import CommandError

    from pagerworthy.stacks.run.config import SEED

    folder = place.work_folder(stack)
    get = ["config", "get", SEED, "--stack", stack]
    if (folder / f"Pulumi.{stack}.yaml").is_file():
        try:
            command.within(60).run(get, str(folder), {})
        except CommandError:
            # It may be of a stack that was made anew since, or of a passphrase that was changed.
            pass
        else:
            return None
    try:
        # Looked at elsewhere: the folder of a stack is only written by whoever holds the stack.
        folder = place.any_folder
        make_project(folder)
        (folder / f"Pulumi.{stack}.yaml").unlink(missing_ok=True)
        command.within(60).run(["config", "refresh", "--force", "--stack", stack], str(folder), {})
        command.within(60).run(get, str(folder), {})
    except CommandError as error:
        if "passphrase" in str(error):
            says = f"the passphrase does not open the secrets of {stack}"
            if place.emulator:
                # Of an earlier version, which took that of the real states; there is nothing to lose.
                return Missing(f"{says}, a rehearsal of an earlier version", f"rm -r {place.work.parent}")
            return Missing(says, f"export {PASSPHRASE}=...")
        # Nothing was ever done to it, or it has no seed yet: it says nothing of the passphrase.
        return None
    return None


def _numbers(version: str) -> tuple[int, ...]:
    digits = version.partition("-")[0].partition("+")[0].split(".")
    return tuple(int(each) if each.isdigit() else 0 for each in digits[:3])
