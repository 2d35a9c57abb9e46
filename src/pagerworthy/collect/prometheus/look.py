"""What every group of keys is given: the server, the catalog, and how to write down what was seen."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from pagerworthy.catalog import Service
from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.prometheus.loaded import Loaded
from pagerworthy.collect.prometheus.server import Server
from pagerworthy.collect.sound import sound
from pagerworthy.evidence import Record
from pagerworthy.evidence.collectors import Context, record
from pagerworthy.evidence.keys import Value
from pagerworthy.project import PrometheusSettings

NAME = "prometheus"
# As long as a record's query may be.
_LONGEST_QUERY = 8_000


class Part(NamedTuple):
    """Some keys that are found together. It asks everything before it gives its first record."""

    keys: tuple[str, ...]
    look: "Callable[[Look], Iterator[Record]]"


class Look:
    """One look at a server."""

    def __init__(self, server: Server, context: Context, settings: PrometheusSettings) -> None:
        self.server = server
        self.context = context
        self.settings = settings
        self.services: Mapping[str, Service] = context.catalog.services
        self._loaded: Loaded | SourceError | None = None

    def named(self, said: str) -> str:
        """What the catalog calls what a label calls so."""
        return self.settings.names.get(said, said)

    def loaded(self) -> Loaded:
        """The rules that are loaded, asked for once. Raises SourceError where they cannot be seen."""
        if self._loaded is None:
            try:
                self._loaded = Loaded.of(self.server, self.settings.label, self.named)
            except SourceError as error:
                self._loaded = error
        if isinstance(self._loaded, SourceError):
            raise self._loaded
        return self._loaded

    def record(
        self, subject: str, key: str, found: Value | str, query: str, response: str = "", *, item: str = ""
    ) -> Record:
        """A record of what was seen; a value that cannot be makes it a failed one."""
        return record(
            NAME,
            subject,
            key,
            sound(found),
            time=self.context.as_of,
            item=item,
            query=query[:_LONGEST_QUERY],
            response=response,
        )
