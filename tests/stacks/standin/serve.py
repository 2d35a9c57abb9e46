"""The stand-in as a process: `python -m tests.stacks.standin.serve HOME` serves until its standard input ends."""

import json
import os
import sys
import threading
from concurrent import futures
from pathlib import Path

import grpc

# Long transfers of state are usual between an engine and its plugins.
_OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1), ("grpc.so_reuseport", 0)]
# What moto would otherwise spend seconds on, or take minutes for as AWS does.
_MOTO = {
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
    "MOTO_ACM_VALIDATION_WAIT": "0",
}


def main(home: Path) -> None:
    """Starts moto and the provider, writes `ready.json` (`port`, `endpoint`), and ends with whoever started it."""
    os.environ.update(_MOTO)
    endpoint = _start_moto(home)

    from pulumi.runtime.proto import provider_pb2_grpc

    from tests.stacks.standin.aws import Clients
    from tests.stacks.standin.faults import Faults
    from tests.stacks.standin.journal import Journal
    from tests.stacks.standin.memory import Memory
    from tests.stacks.standin.provider import Provider

    memory = Memory(home / "emulated.json")
    provider = Provider(Clients(endpoint), memory, Journal(home / "journal.jsonl"), Faults(home / "faults.json"))
    # Threads cost nothing until they are used; calls that hang must not keep others from being served.
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=256), options=_OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    draft = home / "ready.draft"
    draft.write_text(json.dumps({"port": port, "endpoint": endpoint}), encoding="utf-8")
    draft.replace(home / "ready.json")
    for line in sys.stdin:
        if line.strip() == "reset":
            memory.clear()
            sys.stdout.write("done\n")
            sys.stdout.flush()
    server.stop(grace=None)


def _start_moto(home: Path) -> str:
    import logging

    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    from tests.stacks.standin.mended import mend

    mend()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 -- werkzeug's name
            """Requests are told of in the journal."""

    server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    # Calls that still hang are no reason to stay.
    os._exit(0)
