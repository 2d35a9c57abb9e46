"""The questions, in GraphQL (https://docs.github.com/en/graphql): each asks about a batch of repositories at once."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from pagerworthy.collect.github.places import Place

# GitHub allows 500,000 nodes a query; a repository has at most 11,000 here.
BATCH = 25
_COMMITS = 30

_MERGES = """nodes { mergedAt updatedAt headRefName author { __typename login } } pageInfo { hasNextPage endCursor }"""
_DEPLOYMENTS = """nodes { createdAt environment commitOid statuses(first: 20) { nodes { state createdAt } } }
    pageInfo { hasNextPage endCursor }"""
_RULES = """nodes {
      type
      parameters {
        ... on PullRequestParameters { requiredApprovingReviewCount requireCodeOwnerReview }
        ... on RequiredStatusChecksParameters { requiredStatusChecks { context } }
        ... on WorkflowsParameters { workflows { path } }
      }
    }
    pageInfo { hasNextPage endCursor }"""
_FIRST = f"""hasVulnerabilityAlertsEnabled
  vulnerabilityAlerts(states: [OPEN], first: 1) {{ totalCount }}
  workflows: object(expression: "HEAD:.github/workflows") {{
    ... on Tree {{ entries {{ name object {{ ... on Blob {{ text isTruncated }} }} }} }}
  }}
  defaultBranchRef {{
    name
    refUpdateRule {{ requiredApprovingReviewCount requiredStatusCheckContexts requiresCodeOwnerReviews }}
    rules(first: 100) {{ {_RULES} }}
    target {{
      ... on Commit {{
        history(first: {_COMMITS}, since: $since) {{
          nodes {{
            checkSuites(first: 20) {{
              nodes {{
                id status conclusion createdAt branch {{ name }} workflowRun {{ event workflow {{ resourcePath }} }}
              }}
            }}
          }}
        }}
      }}
    }}
  }}"""
_STEPS = """query($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on CheckSuite { checkRuns(first: 50) { nodes { name steps(first: 100) { nodes { name conclusion } } } } }
  }
}"""


class Wanted(NamedTuple):
    """A repository and what of it: everything, or the page of a connection after a cursor."""

    place: Place
    environments: frozenset[str]
    merges: str | None = ""
    deployments: str | None = ""
    rules: str | None = None


class Query(NamedTuple):
    """A question as it is posted."""

    query: str
    variables: dict[str, object]


def alias(index: int) -> str:
    """What the answer about the repository at a place of the batch is called."""
    return f"r{index}"


def first_of(batch: Sequence[Wanted], since: dt.datetime) -> Query:
    """Everything about a batch of repositories, with the first page of each connection."""
    return _query(batch, _FIRST, {"since": since.strftime("%Y-%m-%dT%H:%M:%SZ")}, ["$since: GitTimestamp!"])


def next_of(batch: Sequence[Wanted]) -> Query:
    """Further pages of a batch of repositories."""
    return _query(batch, "", {}, [])


def steps_of(suites: Sequence[str]) -> Query:
    """The jobs and steps of suites, by their ids."""
    return Query(_STEPS, {"ids": list(suites)})


def _query(batch: Sequence[Wanted], fixed: str, variables: dict[str, object], types: list[str]) -> Query:
    """Whatever differs between repositories is a variable: nothing of an entry becomes a part of the question."""
    parts: list[str] = []
    for index, wanted in enumerate(batch):
        fields = [fixed]
        variables |= {f"o{index}": wanted.place.owner, f"n{index}": wanted.place.name}
        types += [f"$o{index}: String!", f"$n{index}: String!"]
        if wanted.merges is not None:
            variables[f"m{index}"] = wanted.merges or None
            types.append(f"$m{index}: String")
            order = "orderBy: {field: UPDATED_AT, direction: DESC}"
            fields.append(f"pullRequests(states: [MERGED], first: 100, after: $m{index}, {order}) {{ {_MERGES} }}")
        if wanted.deployments is not None and wanted.environments:
            variables |= {f"d{index}": wanted.deployments or None, f"e{index}": sorted(wanted.environments)}
            types += [f"$d{index}: String", f"$e{index}: [String!]!"]
            order = "orderBy: {field: CREATED_AT, direction: DESC}"
            asked = f"environments: $e{index}, first: 100, after: $d{index}, {order}"
            fields.append(f"deployments({asked}) {{ {_DEPLOYMENTS} }}")
        if wanted.rules is not None:
            variables[f"u{index}"] = wanted.rules
            types.append(f"$u{index}: String!")
            fields.append(f"defaultBranchRef {{ name rules(first: 100, after: $u{index}) {{ {_RULES} }} }}")
        named = f"owner: $o{index}, name: $n{index}"
        parts.append(f"{alias(index)}: repository({named}) {{ " + " ".join(filter(None, fields)) + " }")
    return Query(f"query({', '.join(types)}) {{ " + " ".join(parts) + " }", variables)
