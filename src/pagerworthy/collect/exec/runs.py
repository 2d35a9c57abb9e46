"""What kind of run this is, by the variables that systems for continuous integration set."""

from collections.abc import Mapping

_NONE = frozenset({"", "0", "false", "no", "none", "null"})
# Who sets each, where it does not say itself.
_PULL_REQUEST = (
    "APPVEYOR_PULL_REQUEST_NUMBER",
    "BITBUCKET_PR_ID",
    "BUILDKITE_PULL_REQUEST",
    "CHANGE_ID",  # Jenkins
    "CIRCLE_PR_NUMBER",
    "CIRCLE_PULL_REQUEST",
    "CIRRUS_PR",
    "CI_COMMIT_PULL_REQUEST",  # Woodpecker
    "CI_EXTERNAL_PULL_REQUEST_IID",  # GitLab
    "CI_MERGE_REQUEST_IID",  # GitLab
    "CI_PULL_REQUEST",
    "DRONE_PULL_REQUEST",
    "PULL_NUMBER",  # Prow
    "SEMAPHORE_GIT_PR_NUMBER",
    "SYSTEM_PULLREQUEST_PULLREQUESTID",  # Azure Pipelines
    "TRAVIS_PULL_REQUEST",
    "ghprbPullId",  # Jenkins' builder of pull requests
)
_BY_START = {
    "GITHUB_EVENT_NAME": "pull_request",
    "BUILD_REASON": "PullRequest",  # Azure Pipelines
    "CODEBUILD_WEBHOOK_TRIGGER": "pr/",
}
_INTEGRATION = (
    "APPVEYOR",
    "BITBUCKET_BUILD_NUMBER",
    "BUILDKITE",
    "CI",
    "CIRCLECI",
    "CIRRUS_CI",
    "CODEBUILD_BUILD_ID",
    "DRONE",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "JENKINS_URL",
    "PROW_JOB_ID",
    "SEMAPHORE",
    "TEAMCITY_VERSION",
    "TF_BUILD",  # Azure Pipelines
    "TRAVIS",
)


def is_for_pull_request(variables: Mapping[str, str]) -> bool:
    """Whether this is a run for what somebody proposes; some systems set "false" where it is not."""
    return any(_says(variables, name) for name in _PULL_REQUEST) or any(
        variables.get(name, "").startswith(start) for name, start in _BY_START.items()
    )


def is_integration(variables: Mapping[str, str]) -> bool:
    """Whether this is a run of continuous integration, which may have cloned anybody's repository."""
    return any(_says(variables, name) for name in _INTEGRATION)


def _says(variables: Mapping[str, str], name: str) -> bool:
    return variables.get(name, "").strip().lower() not in _NONE
