"""The seed from which a stack derives its own secrets: made once, and found again wherever it is."""

import enum
import secrets
from collections.abc import Callable
from pathlib import Path

import msgspec
from pulumi.automation import CommandError

from pagerworthy.stacks.run.config import SEED, Configuration, file_name, read, write
from pagerworthy.stacks.run.orders import RefusedError

# So many operations of the past are searched for a seed.
_SEARCHED = 100


class LostSeedError(RefusedError):
    """A stack whose secrets were made from a seed that is in no configuration; `help` says how to bring it back."""

    def __init__(self, stack: str, folder: Path) -> None:
        name = f"{folder.parent.parent.name}/{folder.parent.name}/{folder.name}/{file_name(stack)}"
        super().__init__(
            f"no configuration has the seed that the passwords of {stack} are made from",
            f"bring back {name} from a machine that has it, or set the seed in stacks/ (`pulumi config set --secret "
            f"{SEED} -s {stack}`); a new one (`openssl rand -hex 32`) changes its passwords",
        )


class Seed(enum.Enum):
    """What is done about a stack that has no seed: one is made, it is refused, or it stays without."""

    MAKE = "make"
    NEED = "need"
    KEEP = "keep"


class _Setting(msgspec.Struct, frozen=True):
    value: str = ""


class _Past(msgspec.Struct, frozen=True):
    """An operation of the past with the configuration that it had."""

    config: dict[str, _Setting] = {}


class Seeds:
    """The seed of one stack, in the configuration in its work folder. `run` runs Pulumi with arguments there, and
    raises CommandError, as all methods then do."""

    def __init__(self, run: Callable[..., str], stack: str, config: Path) -> None:
        self._run = run
        self._stack = stack
        self._config = config

    def provide(self, theirs: Configuration | None, seed: Seed, *, exists: bool) -> None:
        """Finds the seed, or makes one: with the last operation on the stack, here, where people work by hand
        (`theirs`), or with an earlier operation. Raises LostSeedError where it is needed and nowhere."""
        if exists:
            self._restore()
        if (ours := read(self._config)) is not None and ours.has_seed:
            return
        if exists and theirs is not None and theirs.has_seed:
            write(self._config, theirs)
            return
        found = self._earlier() if exists else ""
        if not found and seed is Seed.NEED:
            raise LostSeedError(self._stack, self._config.parent)
        if found or seed is Seed.MAKE:
            given = found or secrets.token_hex(32)
            self._run(["config", "set", "--secret", SEED, "--stack", self._stack], given=given)

    def _earlier(self) -> str:
        """The seed of the last operation that had one: whoever works by hand may have none; empty where none had."""
        arguments = ["stack", "history", "--json", "--show-secrets", "--page-size", str(_SEARCHED), "--page", "1"]
        try:
            said = self._run([*arguments, "--stack", self._stack])
            past = msgspec.json.decode(said, type=list[_Past])
        except (CommandError, msgspec.MsgspecError):
            return ""
        return next((each.config[SEED].value for each in past if SEED in each.config), "")

    def _restore(self) -> None:
        """Takes the backend's configuration for the one that is here, where the backend's has a seed.

        The stack may have been made anew since, by another machine: what is here would then change all its secrets.
        """
        config = self._config
        here = config.with_name(f".{config.name}.here")
        # Its salt may belong to another passphrase, so that Pulumi would not even look further.
        if config.is_file():
            config.replace(here)
        try:
            self._run(["config", "refresh", "--force", "--stack", self._stack])
        except CommandError as error:
            # A stack that nothing was ever done to has no configuration to go back to.
            if "no previous deployment" not in str(error):
                raise
        finally:
            if (found := read(config)) is not None and found.has_seed:
                here.unlink(missing_ok=True)
            elif here.is_file():
                here.replace(config)
