"""What a source finds around it when it is set up."""

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from pagerworthy.collect.address import Address, address_of
from pagerworthy.collect.client import Client, Limits
from pagerworthy.collect.deadline import Deadline
from pagerworthy.collect.transport import Live, Transport
from pagerworthy.project import CollectSettings, StacksSettings


class Surroundings(msgspec.Struct, frozen=True):
    """The repository's root, the settings, the environment's variables, and by when and over what to ask; `stacks`
    are the settings that say where Pulumi keeps its states.

    `wire` makes the transport of a source by its name; tests, recording and replaying put another one in place.
    """

    root: Path
    settings: CollectSettings
    variables: Mapping[str, str]
    deadline: Deadline
    wire: "Wire"
    stacks: StacksSettings = StacksSettings()

    def address(self, name: str, url: str = "", default: str = "") -> Address | None:
        """Where a source is, see `address_of`; `url` is what the settings say."""
        found = address_of(name, url, self.variables, default)
        if found is not None:
            self.wire.at(found)
        return found

    def client(self, address: Address, *, scheme: str = "Bearer", limits: Limits | None = None) -> Client:
        """Asks the source at an address, with its token in the header `Authorization`, as `scheme` says.

        A scheme that ends in = is followed by the token at once, as in `Token token=...`.
        """
        between = "" if scheme.endswith("=") else " "
        headers = {"Authorization": f"{scheme}{between}{address.token}".strip()} if address.token else {}
        return Client(address, self.wire.transport(address), self.deadline, secrets=headers, limits=limits or Limits())


class Wire:
    """Makes transports: over the network."""

    def at(self, address: Address) -> None:
        """Hears where a source is, in case it is asked."""

    def transport(self, address: Address) -> Transport:
        """What carries requests to an address."""
        return self.carry(address.source, Live)

    def carry(self, source: str, live: Callable[[], Transport]) -> Transport:
        """What carries the requests of a source: what `live` makes, where anything is to be asked at all."""
        del source
        return live()
