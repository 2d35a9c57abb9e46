"""A GitHub that holds to its published schema: what does not fit is refused, and nothing else is answered."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphql import GraphQLError, build_schema, graphql_sync

from tests.collect.server import Asked, Reply
from tests.evidence.world import AS_OF

TOKEN = "gh-token-of-nobody"  # noqa: S105 -- of nobody
_SCHEMA = build_schema((Path(__file__).parent / "github.graphql").read_text())
# https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
_MOST_A_PAGE = 100


def ago(days: float, hours: float = 0) -> str:
    """A moment before the one for which the tests collect."""
    return (AS_OF - dt.timedelta(days=days, hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def connection(items: Sequence[Any], first: int | None = None, after: str | None = None) -> dict[str, Any]:
    """A page of a connection, as GitHub cuts it."""
    if first is None:
        raise GraphQLError("You must provide a `first` or `last` value to properly paginate the connection.")
    if not 1 <= first <= _MOST_A_PAGE:
        raise GraphQLError(f"Requesting {first} records on the connection exceeds the `first` limit of 100 records.")
    start = int(after) if after else 0
    end = min(start + first, len(items))
    info = {"endCursor": str(end) if items else None, "hasNextPage": end < len(items)}
    return {"nodes": list(items[start:end]), "pageInfo": info, "totalCount": len(items)}


def lists(items: Sequence[Any]) -> Any:
    """A field that is a connection."""
    return lambda _info, first=None, after=None, **_: connection(items, first, after)


def suite(
    name: str,
    file: str,
    days: float,
    *,
    conclusion: str = "SUCCESS",
    event: str = "push",
    jobs: Mapping[str, Mapping[str, str]] | None = None,
) -> dict[str, Any]:
    """A run of a workflow; jobs have steps and how they ended."""
    ran = [
        {
            "name": job,
            "steps": lists(
                [
                    {"name": step, "number": number, "conclusion": end}
                    for number, (step, end) in enumerate(steps.items(), 1)
                ]
            ),
        }
        for job, steps in (jobs or {}).items()
    ]
    return {
        "__typename": "CheckSuite",
        "id": name,
        "status": "COMPLETED",
        "conclusion": conclusion,
        "createdAt": ago(days),
        "branch": {"name": "main"},
        "workflowRun": {"event": event, "workflow": {"name": file, "resourcePath": f"/o/r/actions/workflows/{file}"}},
        "checkRuns": lists(ran),
    }


def deployment(days: float, commit: str, *states: str, environment: str = "production") -> dict[str, Any]:
    """A deployment that went through these states, an hour apart, the last one first as GitHub gives them."""
    said = [{"state": state, "createdAt": ago(days, -index)} for index, state in enumerate(states)]
    return {
        "createdAt": ago(days),
        "environment": environment,
        "commitOid": commit * 40,
        "statuses": lists(said[::-1]),
    }


def merged(days: float, login: str = "ada", kind: str = "User", head: str = "feature") -> dict[str, Any]:
    """A pull request that was merged."""
    author = {"__typename": kind, "login": login}
    return {"mergedAt": ago(days), "updatedAt": ago(days), "headRefName": head, "author": author}


@dataclass
class Repository:
    """A repository of the tests."""

    deployments: list[dict[str, Any]] = field(default_factory=list)
    merges: list[dict[str, Any]] = field(default_factory=list)
    workflows: dict[str, str] = field(default_factory=dict)
    suites: list[dict[str, Any]] = field(default_factory=list)
    rules: list[dict[str, Any]] = field(default_factory=list)
    classic: dict[str, Any] | None = None
    alerts: int = 0
    alerts_enabled: bool = True
    hidden: frozenset[str] = frozenset()
    branch: bool = True

    def shown(self) -> dict[str, Any]:
        """As the schema has it."""
        head = {"oid": "0" * 40, "__typename": "Commit", "checkSuites": lists(self.suites)}
        target = {"oid": "0" * 40, "__typename": "Commit", "history": self._of("target", [head])}
        main = {"name": "main", "refUpdateRule": self.classic, "rules": self._of("rules", self.rules), "target": target}
        return {
            "hasVulnerabilityAlertsEnabled": self.alerts_enabled,
            "vulnerabilityAlerts": self._of("vulnerabilityAlerts", [{}] * self.alerts),
            "pullRequests": self._of("pullRequests", self.merges),
            "deployments": self._deployments,
            "object": self._object,
            "defaultBranchRef": main if self.branch else None,
        }

    def _of(self, name: str, items: Sequence[Any]) -> Any:
        def resolve(_info: Any, first: int | None = None, after: str | None = None, **_: Any) -> Any:
            if name in self.hidden:
                raise GraphQLError("Resource not accessible by integration", extensions={"type": "FORBIDDEN"})
            return connection(items, first, after)

        return resolve

    def _deployments(self, _info: Any, environments: Sequence[str] | None = None, **more: Any) -> Any:
        assert more["orderBy"] == {"field": "CREATED_AT", "direction": "DESC"}
        found = [each for each in self.deployments if environments is None or each["environment"] in environments]
        return connection(
            sorted(found, key=lambda each: str(each["createdAt"]), reverse=True), more.get("first"), more.get("after")
        )

    def _object(self, _info: Any, expression: str) -> Any:
        assert expression == "HEAD:.github/workflows"
        if not self.workflows:
            return None
        entries = [
            {
                "name": name,
                "type": "blob",
                "object": {"__typename": "Blob", "oid": "1" * 40, "text": text, "isTruncated": False},
            }
            for name, text in self.workflows.items()
        ]
        return {"__typename": "Tree", "oid": "2" * 40, "entries": entries}


class GitHub:
    """Answers GraphQL as GitHub does, with `repositories` by owner/name."""

    def __init__(self, repositories: Mapping[str, Repository]) -> None:
        self.repositories = repositories
        self.questions: list[str] = []
        self.headers: dict[str, str] = {}

    def __call__(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Reply(401, b'{"message": "Bad credentials"}')
        if (asked.method, asked.path) not in {("POST", "/graphql"), ("POST", "/api/graphql")}:
            return Reply(404, b'{"message": "Not Found"}')
        posted = json.loads(asked.body)
        assert set(posted) == {"query", "variables"}
        self.questions.append(posted["query"])
        root = {"repository": self._repository, "nodes": self._nodes}
        result = graphql_sync(_SCHEMA, posted["query"], root, variable_values=posted["variables"])
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            body["errors"] = [
                {
                    "message": each.message,
                    "path": each.path,
                    **({"type": each.extensions["type"]} if each.extensions else {}),
                }
                for each in result.errors
            ]
        return Reply(200, json.dumps(body).encode(), self.headers)

    def _repository(self, _info: Any, owner: str, name: str, **_: Any) -> Any:
        found = self.repositories.get(f"{owner}/{name}")
        if found is None:
            message = f"Could not resolve to a Repository with the name '{owner}/{name}'."
            raise GraphQLError(message, extensions={"type": "NOT_FOUND"})
        return found.shown()

    def _nodes(self, _info: Any, ids: Sequence[str]) -> Any:
        suites = {each["id"]: each for found in self.repositories.values() for each in found.suites}
        return [suites.get(each) for each in ids]
