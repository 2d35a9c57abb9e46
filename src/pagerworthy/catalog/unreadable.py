"""What is still known of a service whose entry cannot be read."""

import msgspec

from pagerworthy.catalog.model import OnCall, Runbook


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """A service that is there and cannot be read: each part that is right by itself, and empty where none is.

    `name` is what others call it; `file` and `line` say where it is wrong first (0 where it is about the whole file).
    `mentions` are the words of the file that others could be called by: whoever is among them may be needed by it.
    """

    name: str
    file: str
    line: int = 0
    title: str = ""
    description: str = ""
    owner: str = ""
    oncall: OnCall | None = None
    runbooks: tuple[Runbook, ...] = ()
    mentions: frozenset[str] = frozenset()

    @property
    def place(self) -> str:
        """`catalog/services/cart.yaml:11`."""
        return f"{self.file}:{self.line}" if self.line else self.file

    @property
    def label(self) -> str:
        """The title, or the name where no title can be read."""
        return self.title or self.name

    @property
    def why(self) -> str:
        """What to say in place of an answer: `its entry cannot be read: catalog/services/cart.yaml:11`."""
        return f"its entry cannot be read: {self.place}"
