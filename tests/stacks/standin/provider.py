"""The stand-in as a Pulumi plugin: the engine's calls, handed to the tables of types."""

import json
import random
import threading
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from tests.stacks.standin.aws import Aws, Clients, is_gone
from tests.stacks.standin.changes import DEFAULTS, changes, detailed, refreshed_inputs
from tests.stacks.standin.faults import AbandonedError, DeniedError, Fault, Faults
from tests.stacks.standin.functions import FUNCTIONS
from tests.stacks.standin.journal import Call, Journal
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.memory import Memory
from tests.stacks.standin.services import kind_of
from tests.stacks.standin.settings import check_settings, configured
from tests.stacks.standin.values import UNKNOWN, Props, from_struct, known, to_struct

VERSION = "7.51.1"
_Answer = TypeVar("_Answer")
_Diff = provider_pb2.PropertyDiff


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """One server for any number of engines. Each engine's provider has a connection of its own, which says whose
    settings a call is under."""

    def __init__(self, clients: Clients, memory: Memory, journal: Journal, faults: Faults) -> None:
        self._clients = clients
        self._memory = memory
        self._journal = journal
        self._faults = faults
        self._lock = threading.Lock()
        self._configured: dict[str, Aws] = {}

    # What the engine asks of every plugin.

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        return plugin_pb2.PluginInfo(version=VERSION)

    def Attach(self, request: Any, context: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802
        # As the real plugin: what is under way in the cloud goes on.
        return empty_pb2.Empty()

    def GetSchema(self, request: Any, context: Any) -> Any:  # noqa: N802
        return provider_pb2.GetSchemaResponse(schema=json.dumps({"name": "aws", "version": VERSION}))

    # The settings of the provider.

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        failures = check_settings(from_struct(request.news))
        return provider_pb2.CheckResponse(
            inputs=request.news,
            failures=[provider_pb2.CheckFailure(property=key, reason=reason) for key, reason in failures],
        )

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        olds, news = from_struct(request.old_inputs or request.olds), from_struct(request.news)
        changed = sorted(
            key for key in olds.keys() | news.keys() if olds.get(key) != news.get(key) and key != "version"
        )
        return provider_pb2.DiffResponse(
            changes=_Some if changed else _None,
            diffs=changed,
        )

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
        urn = request.urn
        self._journal.note("begin", "configure", urn)
        try:
            aws = configured(from_struct(request.args), self._clients, self._memory)
        except (LookupError, PermissionError) as error:
            self._journal.note("failed", "configure", urn, detail=str(error))
            _refuse(context, grpc.StatusCode.UNKNOWN, str(error))
        with self._lock:
            self._configured[context.peer()] = aws
        self._journal.note("done", "configure", urn)
        return provider_pb2.ConfigureResponse(supportsPreview=True, acceptSecrets=False, acceptResources=False)

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        function = FUNCTIONS.get(request.tok)
        if function is None:
            _refuse(context, grpc.StatusCode.UNIMPLEMENTED, f"the stand-in does not know the function {request.tok}")
        result = function(self._aws(context, {}), from_struct(request.args))
        return getattr(provider_pb2, "InvokeResponse")(**{"return": to_struct(result)})  # noqa: B009

    # Resources.

    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802
        kind = self._kind(request.urn, context)
        news, olds = from_struct(request.news), from_struct(request.olds)
        unknown = sorted(news.keys() - kind.known_inputs() - {DEFAULTS})
        failures = [
            provider_pb2.CheckFailure(property=key, reason=f"the stand-in does not know {key} of {kind.type_name}")
            for key in unknown
        ]
        defaulted = {key: value for key, value in kind.defaults.items() if key not in news}
        if kind.named and kind.named not in news and f"{kind.named}Prefix" not in news:
            if kind.named in olds:
                defaulted[kind.named] = olds[kind.named]
            else:
                name = request.urn.rsplit("::", 1)[-1]
                made = random.Random(request.randomSeed or None)  # noqa: S311 -- a name, as the engine seeds it
                defaulted[kind.named] = f"{name}-{made.getrandbits(28):07x}"
        inputs = {**news, **defaulted, DEFAULTS: sorted(defaulted)}
        try:
            kind.check(known(inputs))
        except ValueError as error:
            failures.append(provider_pb2.CheckFailure(property="", reason=str(error)))
        return provider_pb2.CheckResponse(inputs=to_struct(inputs), failures=failures)

    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802
        kind = self._kind(request.urn, context)
        before, wanted = from_struct(request.old_inputs), from_struct(request.news)
        found = changes(kind, from_struct(request.olds), before, wanted, request.ignoreChanges)
        return provider_pb2.DiffResponse(
            changes=_Some if found.changed else _None,
            diffs=sorted(found.changed),
            replaces=sorted(found.replaces),
            deleteBeforeReplace=found.delete_first,
            hasDetailedDiff=bool(found.changed),
            detailedDiff={
                key: _Diff(kind=getattr(_Diff, f"{how}_REPLACE" if replaces else how), inputDiff=True)
                for key, (how, replaces) in detailed(before, wanted, found).items()
            },
        )

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        kind = self._kind(request.urn, context)
        props = from_struct(request.properties)
        if request.preview:
            computed = dict.fromkeys(kind.known_outputs(), UNKNOWN)
            return provider_pb2.CreateResponse(properties=to_struct({**computed, **props}, kind.secret & props.keys()))
        aws = self._aws(context, props)

        def create() -> tuple[str, Props]:
            id_ = kind.create(aws, props)
            return id_, self._outputs(kind, aws, id_, props)

        (id_, outputs), faults = self._carry_out("create", request.urn, "", context, create)
        state = to_struct(_without(outputs, faults), kind.secret & outputs.keys())
        return provider_pb2.CreateResponse(id=id_, properties=state)

    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802
        kind = self._kind(request.urn, context)
        before, state = from_struct(request.inputs), from_struct(request.properties)
        last = {**state, **before} if before or state else kind.import_props(request.id)
        aws = self._aws(context, last)

        def read() -> Props | None:
            try:
                return kind.read(aws, request.id, last)
            except Exception as error:
                if is_gone(error, kind.missing):
                    return None
                raise

        actual, faults = self._carry_out("read", request.urn, request.id, context, read)
        if actual is None:
            return provider_pb2.ReadResponse(id="")
        inputs = refreshed_inputs(kind, before, state, actual)
        outputs = _complete(kind, aws, request.id, {**last, **actual})
        return provider_pb2.ReadResponse(
            id=request.id,
            properties=to_struct(_without(outputs, faults), kind.secret & outputs.keys()),
            inputs=to_struct({key: value for key, value in inputs.items() if value is not None}),
        )

    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        kind = self._kind(request.urn, context)
        old, props = from_struct(request.olds), from_struct(request.news)
        if request.preview:
            kept = {key: old[key] for key in kind.known_outputs() if key in old}
            return provider_pb2.UpdateResponse(properties=to_struct({**kept, **props}, kind.secret & props.keys()))
        found = changes(kind, old, from_struct(request.old_inputs), props, request.ignoreChanges)
        aws = self._aws(context, props)

        def update() -> Props:
            kind.update(aws, request.id, props, old, found.changed)
            return self._outputs(kind, aws, request.id, props)

        outputs, faults = self._carry_out("update", request.urn, request.id, context, update, tuple(found.changed))
        return provider_pb2.UpdateResponse(
            properties=to_struct(_without(outputs, faults), kind.secret & outputs.keys())
        )

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802
        kind = self._kind(request.urn, context)
        props = from_struct(request.properties)
        aws = self._aws(context, props)

        def delete() -> None:
            try:
                kind.delete(aws, request.id, props)
            except Exception as error:
                if not is_gone(error, kind.missing):
                    raise
            self._memory.remove(kind.type_name, request.id)

        self._carry_out("delete", request.urn, request.id, context, delete)
        return empty_pb2.Empty()

    # How each call goes.

    def _carry_out(
        self,
        call: str,
        urn: str,
        id_: str,
        context: Any,
        work: Callable[[], _Answer],
        changed: tuple[str, ...] = (),
    ) -> tuple[_Answer, list[Fault]]:
        """Carries a call out, noted in the journal and struck by the faults that tests ask for."""
        about = Call(0, "begin", call, urn)
        self._journal.note("begin", call, urn, id_, changed=tuple(sorted(changed)))
        try:
            faults = self._faults.striking(call, about.stack, about.type, about.name)
            for fault in faults:
                if fault.action == "deny":
                    raise DeniedError(
                        f"operation error: {call} {about.type}, https response error StatusCode: 403, api error "
                        f"AccessDenied: User: arn:aws:iam::123456789012:user/standin is not authorized to perform this"
                    )
                if fault.action == "fail":
                    raise RuntimeError(fault.message)
                if fault.action in {"delay", "hang"} and not fault.after:
                    self._faults.hold(fault, context.is_active)
            answer = work()
            for fault in faults:
                if fault.action in {"delay", "hang"} and fault.after:
                    self._faults.hold(fault, context.is_active)
        except AbandonedError:
            self._journal.note("failed", call, urn, id_, detail="the engine is gone")
            _refuse(context, grpc.StatusCode.CANCELLED, "the engine is gone")
        except Exception as error:  # noqa: BLE001 -- whatever went wrong is the engine's to report
            detail = str(error) or type(error).__name__
            self._journal.note("failed", call, urn, id_, detail=detail)
            _refuse(context, grpc.StatusCode.UNKNOWN, f"{call} of {about.type} ({about.name}): {detail}")
        made = answer[0] if isinstance(answer, tuple) else id_
        self._journal.note("done", call, urn, str(made), changed=tuple(sorted(changed)))
        return answer, faults

    def _outputs(self, kind: Kind, aws: Aws, id_: str, props: Props) -> Props:
        actual = kind.read(aws, id_, props)
        if kind.unkept:
            self._memory.put(kind.type_name, id_, {key: props[key] for key in sorted(kind.unkept & props.keys())})
        if actual is None:
            raise RuntimeError(f"{kind.type_name} {id_} is not there right after it was written")
        return _complete(kind, aws, id_, {**props, **actual})

    def _kind(self, urn: str, context: Any) -> Kind:
        token = Call(0, "begin", "", urn).type
        kind = kind_of(token)
        if kind is None:
            _refuse(context, grpc.StatusCode.UNIMPLEMENTED, f"the stand-in does not know the type {token}")
        return kind

    def _aws(self, context: Any, props: Mapping[str, Any]) -> Aws:
        with self._lock:
            aws = self._configured.get(context.peer())
        if aws is None:
            _refuse(context, grpc.StatusCode.FAILED_PRECONDITION, "the provider was not configured on this connection")
        region = props.get("region", aws.region)
        return aws if region == aws.region else aws.within(region)


def _refuse(context: Any, code: grpc.StatusCode, details: str) -> NoReturn:
    context.abort(code, details)
    raise AssertionError("a call that was refused goes on")


_Some = provider_pb2.DiffResponse.DIFF_SOME
_None = provider_pb2.DiffResponse.DIFF_NONE


def _complete(kind: Kind, aws: Aws, id_: str, props: Props) -> Props:
    """The outputs, with those that every type has."""
    outputs = {key: value for key, value in props.items() if value is not None and key != DEFAULTS}
    outputs = {"id": id_, **({"region": aws.region} if kind.regional else {}), **outputs}
    if kind.taggable:
        outputs["tagsAll"] = outputs.get("tags", {})
    return outputs


def _without(outputs: Props, faults: list[Fault]) -> Props:
    dropped = {key for fault in faults if fault.action == "drop" for key in fault.outputs}
    return {key: value for key, value in outputs.items() if key not in dropped}
