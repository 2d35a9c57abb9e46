"""What a stack follows from: a program sees nothing but this, so that its digest says whether anything could differ."""

import hashlib
from collections.abc import Iterable
from typing import Literal

import msgspec

from pagerworthy.catalog import Compute, Costs, EnvironmentSpec, Release, Resource
from pagerworthy.cloud import is_regulated
from pagerworthy.stacks.names import platform_stack, stack_name

# The version of an image until a release has said which one runs.
FIRST_VERSION = "initial"

Access = Literal["read", "write", "read-write"]


class Ask(msgspec.Struct, frozen=True, order=True):
    """An output of another stack that a program reads: the stack's name and the key, such as
    `("cart.production", "valkey.security_group_id")`.

    Without a `required` one the stack cannot be brought up. One that is not required is of a soft dependency whose
    stack may come later: until it is there, the rules that need it are left out.
    """

    stack: str
    key: str
    required: bool = True


class Need(msgspec.Struct, frozen=True):
    """An edge of the graph from a service to what it needs, as the cloud has to allow it.

    `target` is the node as people write it (`cart`, `cart/valkey`, `stripe`). `owner` is the service whose stack has
    it, empty for what lies outside this environment's stacks (an external provider, a service that runs elsewhere).
    `port` is the TCP port that the caller connects to, None where it is reached through AWS's own API. `regulated` is
    whether the target keeps its data under the key of regulated services, `public` whether it is reached over the
    internet, as a public edge is, and the service that sends letters.
    """

    target: str
    kind: Literal["service", "resource", "external"]
    hard: bool
    owner: str = ""
    resource: str = ""
    type: str = ""
    port: int | None = None
    access: Access = "read"
    regulated: bool = False
    public: bool = False

    def reads_topic(self, service: str) -> bool:
        """Whether a service reads what a topic of a stack here says. Its owner writes to it, unless the entry says that
        it only reads."""
        if self.type != "topic" or not self.owner:
            return False
        return self.access == "read" if self.owner == service else self.access != "write"


def merged(needs: Iterable[Need]) -> tuple[Need, ...]:
    """Each target once, by kind and name: hard where any edge to it is, and with all the access that they ask for."""
    found: dict[tuple[str, str], Need] = {}
    for need in needs:
        key = (need.kind, need.target)
        before = found.get(key)
        if before is not None:
            access = before.access if before.access == need.access else "read-write"
            found[key] = msgspec.structs.replace(before, hard=before.hard or need.hard, access=access)
        else:
            found[key] = need
    return tuple(found[key] for key in sorted(found))


class Level(msgspec.Struct, frozen=True):
    """An objective as its alarms need it.

    `budget` is the share of events that may be bad, from 0 to 1. `page` and `ticket` are the names of its alarms,
    `windows` the pairs of windows that they look at. `min_events` is the fewest events in a long window for a page.
    """

    name: str
    objective: float
    budget: float
    page: str
    ticket: str
    windows: tuple["Window", ...]
    min_events: int = 0
    page_runbook: str = ""
    ticket_runbook: str = ""


class Window(msgspec.Struct, frozen=True):
    """A pair of windows, in seconds: the alarm looks whether both burn the budget `factor` times too fast."""

    severity: Literal["page", "ticket"]
    long: int
    short: int
    factor: float


class PlatformInputs(msgspec.Struct, frozen=True):
    """What an environment's platform stack follows from.

    `receivers` are the pager topics (`page-sre`, `ticket-sre`, `page-ordering` and so on); `regulated` is whether any
    of its services is; `repository` (`owner/name` on GitHub, or `owner@1/name@2` with their numbers) is whose CI may
    change the environment from its `branch`, or empty.
    `identity_provider` is whether the stack declares CI's identity provider: an account has one, so that of several
    environments in an account the first does. `backend` and `secrets_provider` are where that CI finds the state of
    stacks and what their secrets are kept with, as Pulumi writes them; empty for a folder and a passphrase.
    """

    environment: str
    spec: EnvironmentSpec
    receivers: tuple[str, ...]
    regulated: bool = False
    repository: str = ""
    branch: str = "main"
    budget_receivers: tuple[str, ...] = ()
    identity_provider: bool = True
    backend: str = ""
    secrets_provider: str = ""

    @property
    def stack(self) -> str:
        return platform_stack(self.environment)

    def asks(self) -> tuple[Ask, ...]:
        """The outputs of other stacks that the program reads: none, since all others come after it."""
        return ()


class ServiceInputs(msgspec.Struct, frozen=True):
    """What the stack of a service in an environment follows from.

    `page` and `ticket` are the topics that its alarms of either severity go to, so they follow from who holds the
    pager. `version` is the release of the image, and `owns_image` whether the repository that it is kept in is this
    stack's; `image_readers` are the other AWS accounts that run it. `classification` is empty where the entry says
    nothing.
    """

    environment: str
    spec: EnvironmentSpec
    service: str
    title: str
    owner: str
    system: str
    tier: int
    version: str
    page: tuple[str, ...]
    ticket: tuple[str, ...]
    classification: str = ""
    regulations: tuple[str, ...] = ()
    compute: Compute | None = None
    release: Release | None = None
    costs: Costs | None = None
    resources: dict[str, Resource] = {}
    needs: tuple[Need, ...] = ()
    levels: tuple[Level, ...] = ()
    runbook: str = ""
    owns_image: bool = False
    image_readers: tuple[str, ...] = ()

    @property
    def stack(self) -> str:
        return stack_name(self.service, self.environment)

    @property
    def released(self) -> bool:
        """Whether a release has said which version runs; until then there may be no image to run."""
        return self.version != FIRST_VERSION

    @property
    def regulated(self) -> bool:
        """Whether card data or the books of a listed company are at stake: other keys, longer records, no open way."""
        return is_regulated(self.regulations)

    @property
    def runs_here(self) -> bool:
        """Whether the stack runs the service itself, and not only its resources."""
        return self.compute is not None and self.compute.type == "fargate"

    def asks(self) -> tuple[Ask, ...]:
        """The outputs of other stacks that the program reads, each once, in order."""
        from pagerworthy.stacks.outputs import asks_of

        return asks_of(self)


StackInputs = PlatformInputs | ServiceInputs

_encoder = msgspec.json.Encoder(order="deterministic")


def digest(inputs: StackInputs) -> str:
    """`sha256:` and the digest of the inputs."""
    return f"sha256:{hashlib.sha256(_encoder.encode(inputs)).hexdigest()}"
