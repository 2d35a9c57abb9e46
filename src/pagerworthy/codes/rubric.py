"""PW3xx: the rubric and the policy. PW4xx: evidence."""

from pagerworthy.codes.code import Code
from pagerworthy.problem import Severity

ROWS = (
    Code(
        code="PW301",
        title="A file of the rubric cannot be read",
        why="A rubric that is read in part would pass services that the rest would fail, so nothing is scored.",
        mend="Make it a regular, readable file inside scoring/.",
    ),
    Code(
        code="PW302",
        title="A criterion's file and its id or area disagree",
        why="The file name is the rule in reports and the page on the site; two names for one thing drift apart.",
        mend="Name the file scoring/criteria/<area>/<id>.yaml, once.",
        wrong="# scoring/criteria/monitoring/logs.yaml\nid: logs-central",
        right="# scoring/criteria/monitoring/logs-central.yaml\nid: logs-central",
    ),
    Code(
        code="PW303",
        title="The policy is not whole",
        why="Without it nobody knows which rung a tier needs or who may sign a waiver.",
        mend="Give every property; an organisation's own policy.yaml needs only those that differ from the shipped one.",
    ),
    Code(
        code="PW304",
        title="A criterion is in an area that the policy does not have",
        why="Scorecards are ordered by the areas of the policy; the criterion would be nowhere.",
        mend="Add the area to `areas` in scoring/policy.yaml, or choose one that is there.",
        wrong="area: observability",
        right="area: monitoring",
    ),
    Code(
        code="PW305",
        title="An evidence key that does not exist is needed",
        why="The criterion would be unknown for ever.",
        mend="Name a key that `pagerworthy docs evidence` lists.",
        wrong="needs: [slo.event]",
        right="needs: [slo.events]",
    ),
    Code(
        code="PW306",
        title="A criterion asks for stronger evidence than its keys can give",
        why="It could never pass.",
        mend="Ask for a strength that the key has, or for another key.",
        wrong="strength: exercised\nneeds: [slo.events]",
        right="strength: observed\nneeds: [slo.events]",
    ),
    Code(
        code="PW307",
        title="An expression does not compile",
        why="It is checked when the rubric loads, so that a typing error is not a failing service.",
        mend="Correct the name or the type; evidence must be named in `needs`, and numbers are written with a point.",
        wrong="pass: service.teir <= 3",
        right="pass: service.tier <= 3",
    ),
    Code(
        code="PW308",
        title="A waiver breaks the policy and does not count",
        why="A waiver that anybody may sign, or that lives for ever, silently counts as a pass.",
        mend="Have it signed by a team that may, and let it end within the days that the policy allows.",
    ),
    Code(
        code="PW309",
        title="A criterion is left out that is not there",
        why="The one that was meant is still asked.",
        mend="Write the id of a shipped criterion; `pagerworthy docs criteria` lists them.",
        wrong="id: slo-mesured\ndisabled: true",
        right="id: slo-measured\ndisabled: true",
    ),
    Code(
        code="PW310",
        title="A limit of the policy is read by nothing",
        why="Whoever wrote it believes that it holds.",
        mend="Write the name that the criteria read; `pagerworthy docs criteria` shows their expressions.",
        wrong="limits: {pages_per_shft: 3}",
        right="limits: {pages_per_shift: 3}",
    ),
    Code(
        code="PW401",
        title="A line of evidence cannot be read",
        why="What it says stays unknown, so nothing can pass by it.",
        mend="Write one JSON record a line, in the shape of schemas/evidence.schema.json.",
        wrong='{"subject": "checkout", "key": "slo.events"}',
        right='{"subject": "checkout", "key": "git.entry", "value": {"age_days": 12}, "source": "git", '
        '"strength": "linked", "time": "2026-03-31T14:05:00Z"}',
    ),
    Code(
        code="PW402",
        title="A record's key does not exist",
        why="No criterion can use it.",
        mend="Name a key that `pagerworthy docs evidence` lists.",
    ),
    Code(
        code="PW403",
        title="A record's value, item or strength does not fit its key",
        why="A value of another shape could be read as a pass.",
        mend="See the key in `pagerworthy docs evidence`.",
    ),
    Code(
        code="PW404",
        title="A record is about a service that is not in the catalog",
        why="It is probably a typing error, and the service that it means stays unknown.",
        mend="Correct the subject, or remove the record.",
        severity=Severity.WARNING,
    ),
    Code(
        code="PW405",
        title="A record is dated after now",
        why="Nobody has seen that yet. It says nothing until its day, and then goes before all that was seen until then.",
        mend="Write the moment at which it was seen; mend the clock of the machine that wrote it; or remove the record.",
        wrong='{"subject": "checkout", "key": "git.entry", "value": {"age_days": 12}, "source": "git", '
        '"strength": "linked", "time": "2062-03-31T14:05:00Z"}',
        right='{"subject": "checkout", "key": "git.entry", "value": {"age_days": 12}, "source": "git", '
        '"strength": "linked", "time": "2026-03-31T14:05:00Z"}',
    ),
)
