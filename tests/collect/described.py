"""A server that holds to a description of an API: what does not fit is refused, and nothing else is answered."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jsonschema

from tests.collect.server import Asked, Reply

Operation = Callable[[Asked, Mapping[str, str]], tuple[int, Any]]


class Described:
    """Answers by operations, by their `operationId` in an OpenAPI document; keeps what was asked of each."""

    def __init__(self, document: str, operations: Mapping[str, Operation], authorization: str) -> None:
        self._document: dict[str, Any] = json.loads((Path(__file__).parent / document).read_text())
        self._operations = operations
        self._authorization = authorization
        self.asked: list[str] = []
        # What did not fit; a server that answers 400 in its thread must not hide it from the test.
        self.wrong: list[str] = []

    def __call__(self, asked: Asked) -> Reply:
        try:
            return self._answer(asked)
        except (jsonschema.ValidationError, AssertionError, ValueError) as error:
            self.wrong.append(f"{asked.method} {asked.path}: {error}"[:2000])
            return Reply(400, b'{"error": "this is not what the description says"}')

    def _answer(self, asked: Asked) -> Reply:
        operation, arguments = self._operation(asked)
        name: str = operation["operationId"]
        self._check_parameters(operation, asked, arguments)
        self.asked.append(name)
        if asked.headers.get("authorization") != self._authorization:
            return Reply(401, b'{"error": {"message": "Invalid token"}}')
        status, body = self._operations[name](asked, arguments)
        described = operation["responses"][str(status)]
        if "content" in described:
            self._check(described["content"]["application/json"]["schema"], body)
        return Reply(status, json.dumps(body).encode())

    def _operation(self, asked: Asked) -> tuple[dict[str, Any], Mapping[str, str]]:
        for path, operations in self._document["paths"].items():
            found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path), asked.path)
            if found and asked.method.lower() in operations:
                return operations[asked.method.lower()], found.groupdict()
        raise AssertionError("there is no such operation")

    def _check_parameters(self, operation: dict[str, Any], asked: Asked, arguments: Mapping[str, str]) -> None:
        known = {(each["in"], each["name"]): each for each in operation.get("parameters", [])}
        given: dict[tuple[str, str], Any] = {("path", name): value for name, value in arguments.items()}
        given |= {("query", name): value for name, value in asked.query.items()}
        given |= {("header", name): asked.headers.get(name.lower()) for place, name in known if place == "header"}
        for place, value in given.items():
            assert place in known, f"{place} is no parameter"
            schema = known[place]["schema"]
            if value is None:
                assert not known[place].get("required"), f"{place} is missing"
                continue
            self._check(schema, _typed(schema.get("type", ""), value))
        missing = [place for place, each in known.items() if each.get("required") and given.get(place) is None]
        assert not missing, f"{missing} are missing"
        if body := operation.get("requestBody"):
            assert asked.headers["content-type"] == "application/json"
            self._check(body["content"]["application/json"]["schema"], json.loads(asked.body))
        else:
            assert not asked.body

    def _check(self, schema: Mapping[str, Any], value: Any) -> None:
        whole = {**schema, "components": self._document["components"]}
        jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker()).validate(value)


def _typed(kind: str, value: str) -> Any:
    """A parameter as its schema sees it."""
    if kind == "integer":
        return int(value)
    return [value] if kind == "array" else value
