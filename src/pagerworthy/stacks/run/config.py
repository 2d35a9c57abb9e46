"""The configuration of a stack: the seed of its secrets, and what people have set in `stacks/`.

An engine works in a folder of its own, with a configuration of its own. Whoever works by hand has one in `stacks/`,
with the release for instance; what that says is said here, too, so that `pulumi config refresh` brings back all of it.
"""

from pathlib import Path
from typing import Any

import msgspec

from pagerworthy import atomic
from pagerworthy.catalog import read_file
from pagerworthy.cloud import LARGEST_CONFIGURATION, demand_plain
from pagerworthy.stacks.names import PROJECT
from pagerworthy.stacks.releases import FOLDER

SEED = f"{PROJECT}:seed"
VERSION = f"{PROJECT}:version"
EMULATOR = f"{PROJECT}:emulator"
# Where there is one of these, a secret was made from the seed.
DERIVED = "aws:secretsmanager/secretVersion:SecretVersion"


class Configuration(msgspec.Struct, omit_defaults=True):
    """A `Pulumi.<stack>.yaml`, as far as it matters here."""

    config: dict[str, Any] = {}
    encryptionsalt: str = ""
    secretsprovider: str = ""
    encryptedkey: str = ""
    environment: Any = None

    @property
    def emulator(self) -> str:
        """The emulator that plain `pulumi` would work on; empty for the real cloud."""
        return str(self.config.get(EMULATOR) or "")

    @property
    def version(self) -> str:
        """The release that is named, of whatever form; empty for none."""
        return str(self.config.get(VERSION) or "")

    @property
    def has_seed(self) -> bool:
        return SEED in self.config


def file_name(stack: str) -> str:
    return f"Pulumi.{stack}.yaml"


def by_hand(root: Path, stack: str) -> Configuration | None:
    """What people have configured of a stack in `stacks/`; None where there is nothing that can be read."""
    try:
        content = read_file(root / FOLDER / file_name(stack), LARGEST_CONFIGURATION)
        demand_plain(content)
        return msgspec.yaml.decode(content, type=Configuration)
    except (OSError, msgspec.MsgspecError, ValueError, RecursionError):
        return None


def read(path: Path) -> Configuration | None:
    """A configuration; None where there is none, or none that can be read."""
    try:
        return msgspec.yaml.decode(path.read_bytes(), type=Configuration)
    except (OSError, msgspec.MsgspecError, ValueError, RecursionError):
        return None


def write(path: Path, configuration: Configuration) -> None:
    """Writes a configuration, readable by its owner alone."""
    atomic.write(path, msgspec.yaml.encode(configuration), mode=0o600)


def merge(path: Path, theirs: Configuration | None) -> None:
    """Says in a stack's own configuration what people have set: what is secret only where one key opens both."""
    ours = read(path)
    if ours is None or theirs is None:
        return
    same_key = theirs.encryptionsalt == ours.encryptionsalt and theirs.encryptedkey == ours.encryptedkey
    added = {
        key: value
        for key, value in theirs.config.items()
        if key != SEED and (same_key or not isinstance(value, dict)) and ours.config.get(key) != value
    }
    if added:
        write(path, msgspec.structs.replace(ours, config={**ours.config, **added}))
