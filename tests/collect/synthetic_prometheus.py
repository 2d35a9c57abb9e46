"""A server that answers the collector's questions for as many services as a test wants, each with one objective.

`python -m tests.collect.synthetic_prometheus SERVICES` serves on a port of this machine, which it prints, until its
input ends: whoever measures the collector measures nothing of it.
"""

import datetime as dt
import http.server
import json
import re
import sys
import threading
from collections.abc import Iterator
from itertools import islice
from urllib.parse import parse_qs, urlsplit

from pagerworthy.catalog import Catalog, Located, Service, assemble
from pagerworthy.slo import objectives_of
from pagerworthy.slo.rules import Texts, group_of
from tests.slo.promtool import service

AS_OF = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
_BY = re.compile(r"^(?:max|min|sum|count|topk) by \(([^)]*)\)")
_DAY = 86_400


# By what only the query has; all else is a count.
_NUMBERS = {
    "error:ratio": "0.0005",
    "objective": "0.999",
    "sli_bad": "1.5",
    "at_maximum": "0.1",
    "utilisation": "0.5",
    "limit_used": "0.5",
    "ssl_earliest": str(AS_OF.timestamp() + 30 * _DAY),
}


def names(services: int) -> Iterator[str]:
    return (f"service-{number:05d}" for number in range(services))


def catalog(services: int) -> Catalog:
    """One service like the other."""
    return assemble([Located(entry=_service(name), file=f"catalog/services/{name}.yaml") for name in names(services)])


def _service(name: str) -> Service:
    made = service()
    return Service(
        apiVersion=made.apiVersion, metadata=type(made.metadata)(name=name, title=name.title()), spec=made.spec
    )


def answer(path: str, query: dict[str, list[str]], services: int) -> Iterator[bytes]:
    """An answer piece by piece."""
    if path == "/api/v1/rules":
        yield from _listed("groups", (_group(name) for name in names(services)))
    elif path == "/api/v1/label/__name__/values":
        yield json.dumps({"status": "success", "data": ["up", "slo:objective:ratio"]}).encode()
    elif path == "/api/v1/query":
        series = ({"metric": labels, "value": [0, number]} for labels, number in _series(query["query"][0], services))
        yield from _listed("result", series, resultType="vector")
    else:
        start, end = float(query["start"][0]), float(query["end"][0])
        moments = [start + day * _DAY for day in range(int((end - start) // _DAY) + 1)]
        found = (
            {"metric": labels, "values": [[moment, number] for moment in moments]}
            for labels, number in _series(query["query"][0], services)
        )
        yield from _listed("result", found, resultType="matrix")


def _listed(name: str, elements: Iterator[object], **more: str) -> Iterator[bytes]:
    yield b'{"status":"success","data":{' + "".join(f'"{key}":"{value}",' for key, value in more.items()).encode()
    yield f'"{name}":['.encode()
    between = ""
    while several := list(islice(elements, 50)):
        yield (between + ",".join(json.dumps(each, separators=(",", ":")) for each in several)).encode()
        between = ","
    yield b"]}}"


def _series(query: str, services: int) -> Iterator[tuple[dict[str, str], str]]:
    """One series for each service, with the labels that the query groups by; a little more than none is bad."""
    by = _BY.match(query)
    if by is None or "rule_evaluation_failures" in query or "istio" in query:
        return
    labels = [label.strip() for label in by[1].split(",")]
    number = next((number for part, number in _NUMBERS.items() if part in query), "1234.5")
    for place, name in enumerate(names(services)):
        said = {
            "sloth_service": name,
            "service": name,
            "client": name,
            "sloth_slo": "availability",
            "sloth_window": "30d",
            "server": f"service-{(place + 1) % services:05d}",
            "limit": "memory",
        }
        yield {label: said[label] for label in labels if label in said}, number


_TEMPLATE = "service-template"


def _group(name: str) -> object:
    return json.loads(_template().replace(_TEMPLATE, name))


def _template(made: list[str] = []) -> str:  # noqa: B006 -- what is made once
    if not made:
        (objective,) = objectives_of(_service(_TEMPLATE))
        rules = [
            {
                "state": "inactive",
                "name": rule.alert,
                "query": rule.expr,
                "duration": 0,
                "labels": rule.labels,
                "annotations": rule.annotations,
                "alerts": [],
                "health": "ok",
                "type": "alerting",
                "lastEvaluation": "2026-11-20T07:59:40Z",
            }
            for rule in group_of(objective, Texts()).rules
            if rule.alert
        ]
        made.append(json.dumps({"name": objective.id, "file": "rules.yaml", "interval": 30, "rules": rules}))
    return made[0]


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers in chunks, so that nothing has to be whole anywhere."""

    protocol_version = "HTTP/1.1"
    services = 0
    asked: list[str] = []  # noqa: RUF012 -- all of one server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in answer(parts.path, parse_qs(parts.query), self.services):
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def server(services: int) -> tuple[http.server.ThreadingHTTPServer, list[str]]:
    """A server, and the list of what it is asked."""
    asked: list[str] = []
    handler = type("Answering", (Handler,), {"services": services, "asked": asked})
    return http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler), asked


if __name__ == "__main__":
    made, _ = server(int(sys.argv[1]))
    threading.Thread(target=made.serve_forever, daemon=True).start()
    sys.stdout.write(f"http://127.0.0.1:{made.server_address[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()
