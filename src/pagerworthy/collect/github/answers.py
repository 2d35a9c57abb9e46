"""The parts of GitHub's GraphQL answers that are looked at."""

import datetime as dt
from typing import Annotated

import msgspec

Moment = Annotated[dt.datetime, msgspec.Meta(tz=True)]


class _Part(msgspec.Struct, frozen=True, rename="camel"):
    pass


class PageInfo(_Part, frozen=True, kw_only=True):
    has_next_page: bool
    end_cursor: str | None = None


class Count(_Part, frozen=True, kw_only=True):
    total_count: int


class Actor(_Part, frozen=True, kw_only=True):
    typename: str = msgspec.field(name="__typename")
    login: str


class Merged(_Part, frozen=True, kw_only=True):
    """A pull request that was merged."""

    merged_at: Moment | None = None
    updated_at: Moment
    head_ref_name: str
    author: Actor | None = None


class Merges(_Part, frozen=True, kw_only=True):
    nodes: list[Merged | None] | None = None
    page_info: PageInfo


class Status(_Part, frozen=True, kw_only=True):
    state: str
    created_at: Moment


class Statuses(_Part, frozen=True, kw_only=True):
    nodes: list[Status | None] | None = None


class Deployment(_Part, frozen=True, kw_only=True):
    created_at: Moment
    environment: str | None = None
    commit_oid: str
    statuses: Statuses | None = None


class Deployments(_Part, frozen=True, kw_only=True):
    nodes: list[Deployment | None] | None = None
    page_info: PageInfo


class File(_Part, frozen=True, kw_only=True):
    """What lies in a folder; the text is there for files."""

    text: str | None = None
    is_truncated: bool = False


class Entry(_Part, frozen=True, kw_only=True):
    name: str
    object: File | None = None


class Folder(_Part, frozen=True, kw_only=True):
    entries: list[Entry] | None = None


class UpdateRule(_Part, frozen=True, kw_only=True):
    """What classic protection asks of a change."""

    required_approving_review_count: int | None = None
    required_status_check_contexts: list[str | None] | None = None
    requires_code_owner_reviews: bool


class Check(_Part, frozen=True, kw_only=True):
    context: str


class RequiredWorkflow(_Part, frozen=True, kw_only=True):
    path: str


class Parameters(_Part, frozen=True, kw_only=True):
    """What a rule of a ruleset asks; which fields are there depends on its type."""

    required_approving_review_count: int = 0
    require_code_owner_review: bool = False
    required_status_checks: list[Check] = []
    workflows: list[RequiredWorkflow] = []


class Rule(_Part, frozen=True, kw_only=True):
    type: str
    parameters: Parameters | None = None


class Rules(_Part, frozen=True, kw_only=True):
    nodes: list[Rule | None] | None = None
    page_info: PageInfo


class Workflow(_Part, frozen=True, kw_only=True):
    resource_path: str


class WorkflowRun(_Part, frozen=True, kw_only=True):
    event: str
    workflow: Workflow


class Branch(_Part, frozen=True, kw_only=True):
    name: str


class Suite(_Part, frozen=True, kw_only=True):
    """The checks of one commit by one workflow."""

    id: str
    status: str
    conclusion: str | None = None
    created_at: Moment
    branch: Branch | None = None
    workflow_run: WorkflowRun | None = None


class Suites(_Part, frozen=True, kw_only=True):
    nodes: list[Suite | None] | None = None


class Commit(_Part, frozen=True, kw_only=True):
    check_suites: Suites | None = None


class History(_Part, frozen=True, kw_only=True):
    nodes: list[Commit | None] | None = None


class Target(_Part, frozen=True, kw_only=True):
    history: History | None = None


class MainBranch(_Part, frozen=True, kw_only=True):
    name: str
    ref_update_rule: UpdateRule | None = None
    rules: Rules | None = None
    target: Target | None = None


class Repository(_Part, frozen=True, kw_only=True):
    """All that is asked about a repository; a later page has only what was asked of it."""

    has_vulnerability_alerts_enabled: bool = False
    vulnerability_alerts: Count | None = None
    pull_requests: Merges | None = None
    deployments: Deployments | None = None
    workflows: Folder | None = None
    default_branch_ref: MainBranch | None = None


class Step(_Part, frozen=True, kw_only=True):
    name: str
    conclusion: str | None = None


class Steps(_Part, frozen=True, kw_only=True):
    nodes: list[Step | None] | None = None


class Job(_Part, frozen=True, kw_only=True):
    name: str
    steps: Steps | None = None


class Jobs(_Part, frozen=True, kw_only=True):
    nodes: list[Job | None] | None = None


class Ran(_Part, frozen=True, kw_only=True):
    """What ran in a suite."""

    check_runs: Jobs | None = None


class Fault(_Part, frozen=True, kw_only=True):
    """An error beside the data; its path begins with the alias that it is about."""

    type: str = ""
    path: list[str | int] | None = None


class Reply(_Part, frozen=True, kw_only=True):
    """A whole answer; what is below each alias is decoded by itself, so that one that is wrong hides no other."""

    data: dict[str, msgspec.Raw] | None = None
    errors: list[Fault] = []
