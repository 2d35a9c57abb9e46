"""Compiles and runs the rubric's expressions in CEL, a language that always ends.

Every expression is compiled in an environment that declares the facts, the limits and only the evidence keys that its
criterion `needs`: reading other evidence is an error when the rubric loads, never a silent default when it runs.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec
from cel_expr_python import cel
from cel_expr_python.ext import ext_math, ext_strings

from pagerworthy.evidence import KEYS, Key, Value
from pagerworthy.scoring.facts import SubjectFacts
from pagerworthy.scoring.messages import Messages

_FACTS = tuple(SubjectFacts.__struct_fields__)
_EVIDENCE = "Evidence"
# What expressions are told: by key, each part of the service ("" for the whole) with its value, in order.
SeenEvidence = Mapping[str, Sequence[tuple[str, Value]]]
# The name by which a batch knows which rules have their evidence.
_KNOWN = "known"
_LOOPS = frozenset({"all", "exists", "exists_one", "filter", "map"})
_MAX_LOOPS = 2
_GROWTH = re.compile(r"\.\s*\w+\s*\(|\(|\)")
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'", re.DOTALL)
_POSITION = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")


class CelError(Exception):
    """An expression that does not compile: the reason, and its line and column within the expression, from 1."""

    def __init__(self, reason: str, line: int, column: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.column = column


class Undecided(Exception):  # noqa: N818 -- an answer, not a fault: the expression has no value for this service
    """An expression that fails on a service's facts, such as a division by zero; carries the reason."""


class Rule(msgspec.Struct, frozen=True):
    """The three expressions of a criterion, in CEL."""

    applies: str
    passes: str
    detail: str


class Language:
    """What expressions may say under one policy: facts, `limits` (their names), and evidence."""

    def __init__(self, limits: Mapping[str, float]) -> None:
        shapes: dict[str, Mapping[str, Any]] = {"Limits": dict.fromkeys(limits, float), _EVIDENCE: {}}
        for key in KEYS.values():
            shapes[_message_name(key)] = _shape(key)
            group = shapes.setdefault(f"{_EVIDENCE}_{key.group}", {})
            shapes[_EVIDENCE] = {**shapes[_EVIDENCE], key.group: f"{_EVIDENCE}_{key.group}"}
            shapes[f"{_EVIDENCE}_{key.group}"] = {**group, key.field: _hint(key)}
        self.limits = tuple(limits)
        self._messages = Messages([SubjectFacts], shapes)
        self._limits = self._messages.make("Limits")(**limits)
        self._classes = {key.name: self._messages.make(_message_name(key)) for key in KEYS.values()}
        self._fact_classes = {
            name: self._messages.make(hint.__name__) for name, hint in SubjectFacts.__annotations__.items()
        }
        self._places = {key.name: (key.group, key.field) for key in KEYS.values()}
        self._all_evidence = self._messages.make(_EVIDENCE)
        self._environments: dict[frozenset[str], Any] = {}

    @cached_property
    def _base(self) -> dict[str, Any]:
        named = self._messages.type_name
        variables = {name: cel.Type(named(hint.__name__)) for name, hint in SubjectFacts.__annotations__.items()}
        variables["limits"] = cel.Type(named("Limits"))
        return variables

    @cached_property
    def _everything(self) -> Any:
        """The environment of batches: all evidence, and which of it is known. Criteria are never compiled in it."""
        named = self._messages.type_name
        return self._declare((), {"evidence": cel.Type(named(_EVIDENCE)), _KNOWN: cel.Type.List(cel.Type.BOOL)})

    def _environment(self, needs: Iterable[str]) -> Any:
        wanted = frozenset(needs)
        if wanted not in self._environments:
            self._environments[wanted] = self._declare(wanted, {})
        return self._environments[wanted]

    def _declare(self, needs: Iterable[str], more: Mapping[str, Any]) -> Any:
        variables = {**self._base, **more}
        for name in sorted(needs):
            message = cel.Type(self._messages.type_name(_message_name(KEYS[name])))
            one = KEYS[name].per == "service"
            variables[f"evidence.{name}"] = message if one else cel.Type.List(message)
        extensions = [ext_strings.ExtStrings(), ext_math.ExtMath()]
        return cel.NewEnv(self._messages.pool, variables=variables, extensions=extensions)

    def compile(self, source: str, *, needs: Iterable[str], returns: type) -> "Program":
        """Compiles one expression that must give a bool or a string. Raises CelError where it cannot."""
        _refuse_growth(source)
        try:
            compiled = self._environment(needs).compile(source)
        except RuntimeError as error:
            raise _compile_error(str(error)) from error
        wanted = {bool: "BOOL", str: "STRING"}[returns]
        if (found := compiled.return_type().name()) != wanted:
            raise CelError(f"gives {found.lower()}, and must give {wanted.lower()}", 1, 1)
        return Program(compiled)

    def batch(self, rules: Sequence["Rule"]) -> "Program":
        """Compiles checked rules into one expression that gives a list with a part for each rule.

        A part is false where the rule does not apply, true where it applies and its evidence is not `known`, or else a
        list of the answer and the detail. One call for all rules runs several times faster than one call for each, and
        nothing is computed that no one will see.
        """
        parts = (
            f"({rule.applies}\n) ? ({_KNOWN}[{index}] ? dyn([dyn({rule.passes}\n), dyn({rule.detail}\n)]) : dyn(true))"
            " : dyn(false)"
            for index, rule in enumerate(rules)
        )
        return Program(self._everything.compile(f"[{','.join(parts)}]"))

    def facts(self, facts: SubjectFacts) -> dict[str, Any]:
        """What expressions see beside evidence, as messages."""
        plain = msgspec.to_builtins(facts)
        seen = {name: self._fact_classes[name](**plain[name]) for name in _FACTS}
        seen["limits"] = self._limits
        return seen

    def batch_activation(self, facts: Mapping[str, Any], evidence: SeenEvidence, known: Sequence[bool]) -> Any:
        """What a batch sees; `known` says of each rule whether its evidence is there."""
        groups: dict[str, dict[str, Any]] = {}
        for name, values in evidence.items():
            group, field = self._places[name]
            groups.setdefault(group, {})[field] = _told(KEYS[name], values)
        data = {**facts, "evidence": self._all_evidence(**groups), _KNOWN: known}
        return self._everything.Activation(data)

    def activation(self, facts: Mapping[str, Any], evidence: SeenEvidence) -> Any:
        """What a single program sees. It has no value where it asks for evidence that is not there."""
        data = dict(facts)
        for name, values in evidence.items():
            key, message = KEYS[name], self._classes[name]
            told = _told(key, values)
            data[f"evidence.{name}"] = message(**told) if isinstance(told, dict) else [message(**each) for each in told]
        return self._environment(evidence).Activation(data)


class Program:
    """A compiled expression."""

    __slots__ = ("_compiled",)

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled

    def run(self, activation: Any) -> Any:
        """The expression's value for one service. Raises Undecided where it has none."""
        # Errors arrive in two ways: most as a value of the type ERROR, a spent iteration budget as an exception.
        try:
            value = self._compiled.eval(activation)
        except RuntimeError as error:
            raise Undecided(_first_line(str(error))) from error
        plain = value.plain_value()
        if value.type() == cel.Type.ERROR:
            raise Undecided(_first_line(str(plain)))
        return plain


def _refuse_growth(source: str) -> None:
    """Refuses what could make a text grow without bound. Raises CelError.

    CEL bounds the steps of an expression and not the size of its values: replacing in what was replaced, or adding a
    text to itself within one loop within another, multiplies it each time.
    """
    depth: list[bool] = []
    replaced = False
    for token in _GROWTH.finditer(_QUOTED.sub(lambda quoted: " " * len(quoted[0]), source)):
        word = token.group()
        if word == ")":
            del depth[-1:]
            continue
        name = word.lstrip(".").split("(")[0].strip()
        column = token.start() - source.rfind("\n", 0, token.start())
        line = source.count("\n", 0, token.start()) + 1
        if name == "replace":
            if replaced or any(depth):
                raise CelError("replaces more than once, or in a loop", line, column)
            replaced = True
        depth.append(name in _LOOPS)
        if sum(depth) > _MAX_LOOPS:
            raise CelError(f"has more than {_MAX_LOOPS} loops within each other", line, column)


def _told(key: Key, values: Sequence[tuple[str, Value]]) -> dict[str, Any] | list[dict[str, Any]]:
    """The values of a key as their message takes them: one, or one for each part of the service."""
    if key.per == "service":
        return msgspec.structs.asdict(values[0][1]) if values else {}
    return [{"item": item, **msgspec.structs.asdict(value)} for item, value in values]


def _message_name(key: Key) -> str:
    return f"{_EVIDENCE}_" + key.name.replace(".", "_")


def _shape(key: Key) -> Mapping[str, Any]:
    fields: dict[str, Any] = {} if key.per == "service" else {"item": str}
    return fields | {field.name: field.type for field in msgspec.structs.fields(key.value)}


def _hint(key: Key) -> Any:
    """How the field of a key is declared in the message of its group."""
    name = _message_name(key)
    return name if key.per == "service" else tuple[name, ...]  # type: ignore[valid-type]


def _compile_error(text: str) -> CelError:
    match = _POSITION.search(text)
    if match is None:
        return CelError(_first_line(text), 1, 1)
    line, column, reason = match.groups()
    reason = re.sub(r"\s*\(in container ''\)", "", reason)
    return CelError(reason.replace("pagerworthy.", ""), max(int(line), 1), max(int(column), 1))


def _first_line(text: str) -> str:
    return re.sub(r"^[A-Z_]+: ", "", text.splitlines()[0]) if text else "no reason given"
