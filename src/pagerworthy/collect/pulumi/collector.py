"""The collector: what the stacks of production hold, whether that is what entries say, and what drift has shown."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from pagerworthy.catalog import Service
from pagerworthy.collect.deadline import Deadline
from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.pulumi.answers import Answers, Found
from pagerworthy.collect.pulumi.looks import Look
from pagerworthy.collect.pulumi.production import Production, Stacks, UnknownError
from pagerworthy.collect.pulumi.questions import Questions
from pagerworthy.collect.pulumi.states import Elsewhere, States
from pagerworthy.collect.sound import sound
from pagerworthy.collect.surroundings import Surroundings
from pagerworthy.collect.transport import Transport
from pagerworthy.evidence import Record
from pagerworthy.evidence.collectors import Collector, Context, record
from pagerworthy.evidence.text import inert
from pagerworthy.graph.facts import CARDHOLDER_REGULATION
from pagerworthy.project import Project, Settings, StacksSettings
from pagerworthy.stacks.run.places import BACKEND, Place, place_of

_SHARE = 0.9
_LONGEST = 500
_CROSSINGS = "traffic.crossings"
_QUESTIONS: Mapping[str, Callable[[Answers, str, Sequence[Stacks]], Found]] = {
    "audit.logs": Answers.logs,
    "stack.drift": Answers.drift,
    "stack.live": Answers.live,
    _CROSSINGS: Answers.crossings,
}


class PulumiCollector:
    """Four keys of each service that production deploys; all its environments for production count.

    `reports` name what tells of drift, beside the states themselves. States are those of the real cloud, or of an
    `emulator`.
    """

    name = "pulumi"

    def __init__(
        self, questions: Questions, settings: StacksSettings, reports: Sequence[str], emulator: str = ""
    ) -> None:
        self._questions = questions
        self._settings = settings
        self._reports = tuple(reports)
        self._emulator = emulator

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(_QUESTIONS)

    def items(self, service: Service, key: str) -> tuple[str, ...]:
        """Nothing of a service that no stack is made of, and no ways into one that is outside the cardholder zone."""
        spec = service.spec
        is_asked = bool(spec.resources) or (spec.compute is not None and spec.compute.type == "fargate")
        return ("",) if is_asked and (key != _CROSSINGS or _in_zone(service)) else ()

    def collect(self, context: Context) -> Iterator[Record]:
        production = Production(context, self._settings, self._questions, self._emulator)
        zone = frozenset(name for name, each in context.catalog.services.items() if _in_zone(each))
        answers = Answers(production, self._looks(), zone, context.as_of, self._emulator)
        for lost, why in context.catalog.unreadable.items():
            for key in self.keys:
                yield record(self.name, lost, key, f"its entry cannot be read: {why.file}", time=context.as_of)
        for service, stacks in production.services().items():
            for key in self.keys:
                if key != _CROSSINGS or service in zone:
                    yield self._record(service, key, stacks, answers, production, context)

    def _looks(self) -> list[Look] | str:
        try:
            return self._questions.looks(self._reports) if self._reports else []
        except SourceError as error:
            return str(error)

    def _record(
        self,
        service: str,
        key: str,
        stacks: Sequence[Stacks],
        answers: Answers,
        production: Production,
        context: Context,
    ) -> Record:
        digests = {digest for each in stacks if (digest := each.seen(service).digest)}
        response = digests.pop() if len(digests) == 1 else ""
        try:
            production.demand_environments(service)
            found = _QUESTIONS[key](answers, service, stacks)
        except UnknownError as error:
            reason = inert(str(error), _LONGEST)
            return record(self.name, service, key, reason, time=context.as_of, response=response)
        value = sound(found.value)
        return record(self.name, service, key, value, time=found.time, query=found.query, response=response)


def _in_zone(service: Service) -> bool:
    return service.spec.data is not None and CARDHOLDER_REGULATION in service.spec.data.regulations


def open_collector(surroundings: Surroundings) -> Collector | None:
    """None where no backend is set, and no stack was ever brought up from this repository."""
    place = _place(surroundings)
    if place is None:
        return None
    folder, root = place.folder, surroundings.root

    def live() -> Transport:
        return Elsewhere(place.backend) if folder is None else States(folder, root)

    transport = surroundings.wire.carry("pulumi", live)
    questions = Questions(transport, Deadline(surroundings.deadline.left() * _SHARE))
    return PulumiCollector(questions, surroundings.stacks, surroundings.settings.pulumi.drift)


def _place(surroundings: Surroundings) -> Place | None:
    """Where the states are; None where nobody has said so, and there are none. Raises SourceError for no address."""
    settings, variables = surroundings.stacks, surroundings.variables
    try:
        place = place_of(Project(surroundings.root, Settings(stacks=settings)), variables)
        folder = place.folder
        if settings.backend or variables.get(BACKEND):
            # Elsewhere than after three slashes, Pulumi means the home folder or the one that it runs in.
            if folder is not None and (urlsplit(place.backend).netloc or not folder.is_absolute()):
                raise SourceError(f"{BACKEND} names no folder from the root: write file:///...")
            return place
        return place if folder is not None and (folder / ".pulumi").is_dir() else None
    except (OSError, ValueError, RuntimeError) as error:
        raise SourceError("the backend has an address that nobody understands") from error
