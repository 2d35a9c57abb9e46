"""Writes rules as YAML that people can read.

The writer knows only what a rule file has in it, which makes it several times as fast as any that knows all of YAML.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from pagerworthy.slo.rules.model import Rule, RuleFile

# What every YAML reader takes for text, whatever comes before and behind it.
_PLAIN = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_./()+,-]|:(?=[A-Za-z0-9_/])| (?=[A-Za-z0-9(]))*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def as_yaml(file: RuleFile) -> str:
    """The file, without a comment at its beginning."""
    parts = ["groups:\n"]
    # Many rules of a group share their labels.
    written: dict[int, str] = {}
    for group in file.groups:
        parts.append(f"- name: {_scalar(group.name)}\n  rules:\n")
        for rule in group.rules:
            labels = written.get(id(rule.labels))
            if labels is None:
                labels = written[id(rule.labels)] = _mapping("labels", rule.labels)
            parts.append(_rule(rule, labels))
    return "".join(parts)


def _rule(rule: Rule, labels: str) -> str:
    note = f"  # {rule.note}\n" if rule.note else ""
    head = f"  - record: {_scalar(rule.record)}\n" if rule.record else f"  - alert: {_scalar(rule.alert)}\n"
    hold = f"    for: {rule.hold}\n" if rule.hold else ""
    return f"{note}{head}    expr: {_expression(rule.expr)}\n{hold}{labels}{_mapping('annotations', rule.annotations)}"


def _expression(expr: str) -> str:
    """The expression as a block of its own lines, or in quotes where it has signs that YAML would change."""
    expr = expr.rstrip()
    in_block = ("\n" in expr or '"' in expr) and expr.replace("\n", "").isprintable() and not expr[0].isspace()
    if in_block:
        return "|-\n      " + expr.replace("\n", "\n      ")
    return _scalar(expr)


def _mapping(name: str, values: Mapping[str, str]) -> str:
    if not values:
        return ""
    return f"    {name}:\n" + "".join([f"      {key}: {_scalar(value)}\n" for key, value in values.items()])


# Names and labels come again in every rule.
@lru_cache(1024)
def _scalar(value: str) -> str:
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    quoted = msgspec.json.encode(value).decode()
    # JSON has no escape for what lies above 16 bits that YAML would read.
    return quoted if quoted.isprintable() else "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in quoted)
