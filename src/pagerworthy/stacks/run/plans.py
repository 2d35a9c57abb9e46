"""Update plans: what a preview promised, kept in files until `up` holds the engine to it."""

from pathlib import Path

import msgspec


class _Kept(msgspec.Struct, frozen=True):
    digest: str


class NoPlanError(Exception):
    """A stack that is to be brought up by a plan, and has none that holds; nothing is done to it."""


class Plans:
    """A folder of plans, one file a stack. Secrets in them are encrypted as they are in the state."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    @property
    def folder(self) -> Path:
        return self._folder

    def new(self, stack: str) -> Path:
        """Where the plan of a stack is to be written."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.used(stack)
        return self._folder / f"{stack}.plan.json"

    def keep(self, stack: str, digest: str) -> None:
        """Notes what the plan of a stack rests on."""
        (self._folder / f"{stack}.digest.json").write_bytes(msgspec.json.encode(_Kept(digest)))

    def of(self, stack: str, digest: str) -> Path:
        """The plan of a stack that follows from this. Raises NoPlanError where there is none, or none of this."""
        path = self._folder / f"{stack}.plan.json"
        try:
            kept = msgspec.json.decode((self._folder / f"{stack}.digest.json").read_bytes(), type=_Kept)
        except (OSError, msgspec.MsgspecError):
            kept = None
        if kept is None or not path.is_file():
            raise NoPlanError(f"there is no plan for {stack} in {self._folder}")
        if kept.digest != digest:
            raise NoPlanError(f"the plan for {stack} is outdated: what it follows from has changed since")
        return path

    def used(self, stack: str) -> None:
        """Removes the plan of a stack: it holds once."""
        for end in ("plan", "digest"):
            (self._folder / f"{stack}.{end}.json").unlink(missing_ok=True)
