"""Writes rules as YAML that people can read.

The writer knows only what a rule file has in it, which makes it several times as fast as any that knows all of YAML.
"""

import json
import re
from collections.abc import Iterator, Mapping

from pagerworthy.slo.rules.model import Rule, RuleFile

# What every YAML reader takes for text, whatever comes before and behind it.
_PLAIN = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_./()+,-]|:(?=[A-Za-z0-9_/])| (?=[A-Za-z0-9(]))*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
# What stands in a block as it is.
_BLOCK = re.compile(r"[^\s](?:[\t\n\x20-\x7e\xa1-\u0fff\u3000-\ud7ff])*")


def as_yaml(file: RuleFile) -> str:
    """The file, without a comment at its beginning."""
    return "\n".join(_lines(file)) + "\n"


def _lines(file: RuleFile) -> Iterator[str]:
    yield "groups:"
    for group in file.groups:
        yield f"- name: {_scalar(group.name)}"
        yield "  rules:"
        for rule in group.rules:
            yield from _rule(rule)


def _rule(rule: Rule) -> Iterator[str]:
    if rule.note:
        yield f"  # {rule.note}"
    yield f"  - record: {_scalar(rule.record)}" if rule.record else f"  - alert: {_scalar(rule.alert)}"
    expr = rule.expr.rstrip()
    if not _PLAIN.fullmatch(expr) and _BLOCK.fullmatch(expr):
        yield "    expr: |-"
        for line in expr.split("\n"):
            yield f"      {line}" if line else ""
    else:
        yield f"    expr: {_scalar(expr)}"
    if rule.hold:
        yield f"    for: {rule.hold}"
    yield from _mapping("labels", rule.labels)
    yield from _mapping("annotations", rule.annotations)


def _mapping(name: str, values: Mapping[str, str]) -> Iterator[str]:
    if values:
        yield f"    {name}:"
        for key, value in values.items():
            yield f"      {key}: {_scalar(value)}"


def _scalar(value: str) -> str:
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    # JSON has no escape for what lies above 16 bits that YAML would read.
    return quoted if quoted.isprintable() else "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in quoted)
