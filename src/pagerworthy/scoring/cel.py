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

from pagerworthy.evidence import KEYS, Key, SubjectEvidence
from pagerworthy.scoring.facts import SubjectFacts
from pagerworthy.scoring.messages import Messages

_FACTS = tuple(SubjectFacts.__struct_fields__)
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


class Language:
    """What expressions may say under one policy: facts, limits, and evidence."""

    def __init__(self, limits: Mapping[str, float]) -> None:
        shapes: dict[str, Mapping[str, Any]] = {"Limits": dict.fromkeys(limits, float)}
        for key in KEYS.values():
            shapes[_message_name(key)] = _shape(key)
        self._messages = Messages([SubjectFacts], shapes)
        self._limits = self._messages.make("Limits")(**limits)
        self._classes = {key.name: self._messages.make(_message_name(key)) for key in KEYS.values()}
        self._fact_classes = {
            name: self._messages.make(hint.__name__) for name, hint in SubjectFacts.__annotations__.items()
        }
        self._environments: dict[frozenset[str], Any] = {}

    @cached_property
    def _base(self) -> dict[str, Any]:
        named = self._messages.type_name
        variables = {name: cel.Type(named(hint.__name__)) for name, hint in SubjectFacts.__annotations__.items()}
        variables["limits"] = cel.Type(named("Limits"))
        return variables

    @cached_property
    def _blank(self) -> dict[str, Any]:
        """What stands for evidence that is not there, so that a batch can run; its answers are never used."""
        return {
            f"evidence.{key.name}": self._classes[key.name]() if key.per == "service" else [] for key in KEYS.values()
        }

    def _environment(self, needs: Iterable[str]) -> Any:
        wanted = frozenset(needs)
        if wanted not in self._environments:
            variables = dict(self._base)
            for name in sorted(wanted):
                message = cel.Type(self._messages.type_name(_message_name(KEYS[name])))
                one = KEYS[name].per == "service"
                variables[f"evidence.{name}"] = message if one else cel.Type.List(message)
            self._environments[wanted] = cel.NewEnv(
                self._messages.pool,
                variables=variables,
                extensions=[ext_strings.ExtStrings(), ext_math.ExtMath()],
            )
        return self._environments[wanted]

    def compile(self, source: str, *, needs: Iterable[str], returns: type) -> "Program":
        """Compiles one expression that must give a bool or a string. Raises CelError where it cannot."""
        try:
            compiled = self._environment(needs).compile(source)
        except RuntimeError as error:
            raise _compile_error(str(error)) from error
        wanted = {bool: "BOOL", str: "STRING"}[returns]
        if (found := compiled.return_type().name()) != wanted:
            raise CelError(f"gives {found.lower()}, and must give {wanted.lower()}", 1, 1)
        return Program(compiled)

    def batch(self, sources: Sequence[str]) -> "Program":
        """Compiles checked expressions into one that gives all their values, which runs several times faster."""
        joined = ",\n".join(f"({source}\n)" for source in sources)
        return Program(self._environment(KEYS).compile(f"[{joined}]", disable_check=False))

    def activation(self, facts: SubjectFacts, evidence: SubjectEvidence) -> Any:
        """What all expressions about one service see."""
        data: dict[str, Any] = dict(self._blank)
        for name in _FACTS:
            data[name] = self._fact_classes[name](**msgspec.to_builtins(getattr(facts, name)))
        data["limits"] = self._limits
        for name, items in evidence.items():
            message = self._classes[name]
            if KEYS[name].per == "service":
                if (known := items.get("")) and known.value is not None:
                    data[f"evidence.{name}"] = message(**msgspec.to_builtins(known.value))
            else:
                data[f"evidence.{name}"] = [
                    message(item=item, **msgspec.to_builtins(known.value))
                    for item, known in sorted(items.items())
                    if known.value is not None
                ]
        return self._environment(KEYS).Activation(data)


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


def _message_name(key: Key) -> str:
    return "Evidence_" + key.name.replace(".", "_")


def _shape(key: Key) -> Mapping[str, Any]:
    fields: dict[str, Any] = {} if key.per == "service" else {"item": str}
    return fields | {field.name: field.type for field in msgspec.structs.fields(key.value)}


def _compile_error(text: str) -> CelError:
    match = _POSITION.search(text)
    if match is None:
        return CelError(_first_line(text), 1, 1)
    line, column, reason = match.groups()
    reason = re.sub(r"\s*\(in container ''\)", "", reason)
    return CelError(reason.replace("pagerworthy.", ""), max(int(line), 1), max(int(column), 1))


def _first_line(text: str) -> str:
    return re.sub(r"^[A-Z_]+: ", "", text.splitlines()[0]) if text else "no reason given"
