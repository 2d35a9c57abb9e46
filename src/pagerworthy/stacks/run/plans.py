"""Update plans: what a preview promised, kept in files until `up` holds the engine to it."""

from pathlib import Path

import msgspec


class _Kept(msgspec.Struct, frozen=True):
    digest: str


class Plans:
    """A folder of plans, one file a stack. Secrets in them are encrypted as they are in the state."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    def new(self, stack: str) -> Path:
        """Where the plan of a stack is to be written."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.used(stack)
        return self._folder / f"{stack}.plan.json"

    def keep(self, stack: str, digest: str) -> None:
        """Notes what the plan of a stack rests on."""
        (self._folder / f"{stack}.digest.json").write_bytes(msgspec.json.encode(_Kept(digest)))

    def of(self, stack: str, digest: str) -> tuple[Path | None, bool]:
        """The plan of a stack, and whether it has to be made again since it rests on something else.

        None for a stack that was never planned: a plan of it is made now as well.
        """
        try:
            kept = msgspec.json.decode((self._folder / f"{stack}.digest.json").read_bytes(), type=_Kept)
        except (FileNotFoundError, msgspec.MsgspecError):
            kept = None
        path = self._folder / f"{stack}.plan.json"
        if kept is not None and kept.digest == digest and path.is_file():
            return path, False
        return self.new(stack), True

    def used(self, stack: str) -> None:
        """Removes the plan of a stack: it holds once."""
        for end in ("plan", "digest"):
            (self._folder / f"{stack}.{end}.json").unlink(missing_ok=True)
