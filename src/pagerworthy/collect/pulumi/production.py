"""The stacks of production: as entries ask for them, and as the backend has them."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError

from pagerworthy.catalog import check, check_alone
from pagerworthy.collect.pulumi.questions import Questions, Seen
from pagerworthy.collect.pulumi.sight import Sight
from pagerworthy.evidence.collectors import Context
from pagerworthy.graph import DependencyGraph
from pagerworthy.project import StacksSettings
from pagerworthy.stacks import EnvironmentStacks
from pagerworthy.stacks.environments import open_environment
from pagerworthy.stacks.gather import is_provisioned
from pagerworthy.stacks.installed import install
from pagerworthy.stacks.names import PLATFORM, stack_name
from pagerworthy.stacks.outputs import MissingOutputError, Value
from pagerworthy.stacks.refusals import doubtful, refusals, refused_environments, unread_environments
from pagerworthy.stacks.run.digests import digest_of
from pagerworthy.stacks.run.inline import peers_of


class UnknownError(Exception):
    """What cannot be known, and why."""


class Production:
    """All environments for production, with what is known against the entries from which their stacks follow."""

    def __init__(self, context: Context, settings: StacksSettings, questions: Questions, emulator: str) -> None:
        catalog = context.catalog
        problems = check(catalog, context.root, as_of=context.as_of)
        for name, service in catalog.services.items():
            problems += check_alone(service, catalog.file_of("Service", name))
        graph = DependencyGraph.of(catalog)
        self._context = context
        self._questions = questions
        self._emulator = emulator
        self._refused = refusals(catalog, problems)
        self._unsure = doubtful(catalog, graph)
        self._unread = unread_environments(catalog, problems)
        nowhere = refused_environments(catalog, problems)
        self._names = questions.stacks()
        self._of: dict[str, list[str]] = {}
        for name in self._names:
            self._of.setdefault(name.rpartition(".")[0], []).append(name)
        self.environments = tuple(
            Stacks(
                open_environment(context.root, catalog, graph, name, context.as_of, settings=settings),
                self._seen(name),
                nowhere[name][0].message if name in nowhere else "",
                emulator,
                context.as_of,
            )
            for name, each in sorted(catalog.environments.items())
            if each.spec.purpose == "production"
        )

    def services(self) -> dict[str, tuple["Stacks", ...]]:
        """The services that are to have a stack in some of these environments, with those."""
        names = {name for each in self.environments for name in each.stacks.services}
        names |= {name for name in self._context.catalog.services if self._lost(name)}
        return {name: tuple(each for each in self.environments if name in each.stacks) for name in sorted(names)}

    def demand_environments(self, service: str) -> None:
        """Raises UnknownError where a service runs in an environment of which nobody knows whether it is production."""
        if lost := self._lost(service):
            raise UnknownError(f"the environment {lost} has no entry that can be read")

    def _lost(self, service: str) -> str:
        catalog = self._context.catalog
        found = (each for each in catalog.services[service].spec.environments if each not in catalog.environments)
        return next((each for each in found if is_provisioned(catalog.services[service], each)), "")

    def why_not(self, service: str) -> str:
        """Why nobody knows what the stacks of a service are to be; empty where that is known."""
        if service in self._unsure:
            return f"what its stack is to be is not known: {self._unsure[service]}"
        if service in self._refused:
            return f"no stack is made of it: {self._refused[service][0].message}"
        return ""

    @property
    def unclear(self) -> str:
        """Why nobody knows all edges; empty where they are known."""
        catalog = self._context.catalog
        lost = next(iter(catalog.unreadable.values()), None)
        if lost is not None:
            return f"its callers are not known: {lost.file} cannot be read"
        return f"its callers are not known: {catalog.closed[0]} cannot be read" if catalog.closed else ""

    def orphans(self, service: str) -> Iterator[Sight]:
        """The stacks of a service that its entry does not ask for, in whatever environment. Raises UnknownError."""
        catalog = self._context.catalog
        for name in self._of.get(service, ()):
            environment = name.rpartition(".")[2]
            if environment not in catalog.environments and self._unread:
                raise UnknownError(f"whether {name} is asked for is not known: {self._unread[0]} cannot be read")
            if environment not in catalog.environments or not is_provisioned(catalog.services[service], environment):
                yield known(name, self._questions.stack(name), self._emulator, self._context.as_of)

    def _seen(self, environment: str) -> "Reading":
        ends = f".{environment}"
        return Reading(self._questions, [name for name in self._names if name.endswith(ends)])


class Reading:
    """The stacks of an environment, each read once, when it is first asked for."""

    def __init__(self, questions: Questions, there: Iterable[str]) -> None:
        self._questions = questions
        self._seen: dict[str, Seen] = {}
        self.there = tuple(there)

    def __call__(self, stack: str) -> Seen:
        if stack not in self._seen:
            self._seen[stack] = self._questions.stack(stack)
        return self._seen[stack]


class Stacks:
    """The stacks of one environment; `why_not` says why no stack is made in it at all."""

    def __init__(
        self, stacks: EnvironmentStacks, reading: Reading, why_not: str, emulator: str, as_of: dt.datetime
    ) -> None:
        self.stacks = stacks
        self.name = stacks.environment
        self.why_not = why_not
        self._reading = reading
        self._emulator = emulator
        self._as_of = as_of

    def seen(self, service: str) -> Seen:
        """What there is of the stack of a service."""
        return self._reading(stack_name(service, self.name))

    @property
    def is_empty(self) -> bool:
        """Whether the backend has no stack of the environment at all, not even the platform's."""
        return not self._reading.there

    def sight(self, service: str) -> Sight:
        """The stack of a service. Raises UnknownError where there is none, or nobody knows."""
        stack = stack_name(service, self.name)
        return known(stack, self._reading(stack), self._emulator, self._as_of)

    def everything(self) -> Mapping[str, Sight]:
        """All stacks that there are in the environment, by name. Raises UnknownError."""
        return {name: self.sight(name.rpartition(".")[0]) for name in self._reading.there}

    def platform(self) -> Sight:
        """The environment's own stack. Raises UnknownError."""
        return self.sight(PLATFORM)

    def is_behind(self, service: str, sight: Sight) -> bool:
        """Whether `up` would not leave a stack alone. Raises UnknownError."""
        if sight.meddled or sight.adopted:
            return True
        inputs = self.stacks.service(service)
        try:
            given = peers_of(inputs, self._outputs)
            return digest_of(inputs, given.values, self._emulator) != sight.digest
        except MissingOutputError:
            return True
        except PackageNotFoundError as error:
            # The provider's version is part of what a stack follows from.
            reason = "whether it is what its entry says can be told only where pulumi-aws is installed"
            raise UnknownError(f"{reason}: {install()}") from error

    def _outputs(self, stack: str) -> Mapping[str, Value] | None:
        seen = self._reading(stack)
        return (
            None if seen.sight is None and not seen.fault else known(stack, seen, self._emulator, self._as_of).outputs
        )


def known(stack: str, seen: Seen, emulator: str, as_of: dt.datetime) -> Sight:
    """What is known of a stack at a moment. Raises UnknownError."""
    if seen.fault:
        raise UnknownError(seen.fault)
    sight = seen.sight
    if sight is None:
        raise UnknownError(f"there is no stack {stack}")
    if sight.digest and sight.emulator != emulator:
        raise UnknownError(f"the state of {stack} is of {sight.emulator or 'the real cloud'}, where nothing is asked")
    if sight.written is not None and sight.written > as_of:
        moment = f"{sight.written:%Y-%m-%d %H:%M} UTC"
        raise UnknownError(f"the state of {stack} was written at {moment}, after the moment that is judged")
    return sight
