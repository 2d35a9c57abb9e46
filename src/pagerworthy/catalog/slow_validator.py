"""Python's jsonschema, made fit for entries and schemas of strangers; imported only when a file is wrong.

It is jsonschema's own validator of draft 2020-12, save that
- patterns, formats, and what takes long to compare are asked of the fast tier's engine, which needs linear time (the
  patterns of Python's `re` do not) and means the same by them;
- only the parts in which the fast tier found something are looked into;
- it counts its steps, and gives up after a number of them;
- it says which properties a schema of `false` forbids, and takes what is unknown in the order of the file.

No reference is ever retrieved: the registry holds the definitions that are shared, and nothing that could fetch others.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Any, cast

import jsonschema_rs
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.exceptions import best_match
from jsonschema.validators import extend
from referencing import Registry, Resource
from referencing.exceptions import Unresolvable

from pagerworthy.catalog.composed import Value
from pagerworthy.catalog.faults import Fault
from pagerworthy.catalog.limits import weight
from pagerworthy.catalog.schema_view import SchemaView

_Keyword = Callable[[Any, Any, Any, Any], Iterable[ValidationError] | None]
_Failing = frozenset[tuple[int, str | int]]

# So much of a value is written out, or compared, in the time of a step.
_A_STEP = 10


class GaveUpError(Exception):
    """The value or the schema is more than should be looked into here."""


def explained(value: Value, view: SchemaView, failing: _Failing | None, most: int, steps: int) -> list[Fault]:
    """The first `most` faults of a value in its `failing` parts, or in all. Raises GaveUpError after so many steps."""
    registry: Registry[Any] = Registry()
    for name, schema in view.others().items():
        registry = registry.with_resource(name, Resource.from_contents(schema))
    # A schema that names its dialect would be given to jsonschema's own validator of it.
    schema = {key: part for key, part in view.schema.items() if key != "$schema"}
    validator = _validator_class()(schema, registry=registry, format_checker=_Watch(_Steps(steps), failing))
    try:
        # The tree of errors is read while the watch is there: it knows what is unknown in a mapping.
        return [_fault(error, validator.format_checker) for error in islice(validator.iter_errors(value), most)]
    except (RecursionError, Unresolvable) as error:
        raise GaveUpError from error


def _fault(error: ValidationError, watch: Any) -> Fault:
    # Where one of several would do, what is nearest to it says best what is wrong.
    if error.context:
        error = cast("ValidationError", best_match([error]))
    # Each error that has been given out has them; their type allows for one that was not.
    asked, instance, schema = cast("tuple[Any, Any, Any]", (error.validator_value, error.instance, error.schema))
    keyword = str(error.validator)
    names: list[str] = []
    match keyword:
        case "required":
            names = [name for name in asked if name not in instance]
        case "dependentRequired":
            keyword = "required"
            names = [name for key, needed in asked.items() if key in instance for name in needed]
            names = [name for name in names if name not in instance]
        case "additionalProperties":
            names = watch.unknown(instance, schema)
        case "propertyNames":
            names = [instance]
    way = tuple(error.absolute_schema_path)
    return Fault(tuple(error.absolute_path), way, keyword, asked, tuple(names))


class _Steps:
    def __init__(self, left: int) -> None:
        self._left = left

    def spend(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            raise GaveUpError


class _Watch(FormatChecker):
    """What a validator hands on to those of the parts: jsonschema does so with its format checker, and nothing else."""

    def __init__(self, steps: _Steps, failing: _Failing | None) -> None:
        super().__init__(())
        self._steps = steps
        self._failing = failing
        self._rules: dict[tuple[str, int], jsonschema_rs.Draft202012Validator] = {}
        self.spend = steps.spend

    def anywhere(self) -> "_Watch":
        """The same watch for a validator that has to look into every part."""
        return self if self._failing is None else _Watch(self._steps, None)

    def skips(self, holder: Any, key: str | int) -> bool:
        """Whether nothing is wrong with the part."""
        return self._failing is not None and (id(holder), key) not in self._failing

    def meets(self, keyword: str, asked: Any, value: Any) -> bool:
        """What the fast tier's engine says of one keyword; the schema keeps `asked` alive."""
        rule = self._rules.get((keyword, id(asked)))
        if rule is None:
            rule = self._rules[keyword, id(asked)] = jsonschema_rs.Draft202012Validator(
                {keyword: asked}, validate_formats=True, pattern_options=jsonschema_rs.RegexOptions(), offline=True
            )
        return rule.is_valid(value)

    def unknown(self, instance: dict[str, Any], schema: dict[str, Any]) -> list[str]:
        """The properties of which the schema says nothing, in their order."""
        known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
        self.spend(len(instance) * len(patterns))
        return [
            key
            for key in instance
            if key not in known and not any(self.meets("pattern", pattern, key) for pattern in patterns)
        ]


@cache
def _validator_class() -> Any:
    checks: dict[str, _Keyword] = dict(Draft202012Validator.VALIDATORS)
    checks |= {keyword: _by_fast(keyword) for keyword in ("pattern", "format", "uniqueItems", "multipleOf")}
    checks |= {keyword: _anywhere(checks[keyword]) for keyword in ("if", "not", "anyOf", "oneOf", "contains")}
    # They look for patterns in Python's way.
    checks |= dict.fromkeys(("unevaluatedProperties", "unevaluatedItems"), _give_up)
    checks |= {
        "$ref": _reference(checks["$ref"]),
        "properties": _properties,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
        "propertyNames": _property_names,
        "items": _items,
    }
    counted = {keyword: _counted(check) for keyword, check in checks.items()}
    return extend(Draft202012Validator, counted)  # type: ignore[no-untyped-call]


def _counted(check: _Keyword) -> _Keyword:
    def counted(validator: Any, asked: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        spend = validator.format_checker.spend
        spend(1 + (len(asked) // _A_STEP if isinstance(asked, list) else 0))
        for error in check(validator, asked, instance, schema) or ():
            # An error has its instance written out in it; one that comes from further below was counted there.
            if not error.schema_path:
                spend((weight(instance) + weight(asked)) // _A_STEP)
            yield error

    return counted


def _by_fast(keyword: str) -> _Keyword:
    def check(validator: Any, asked: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
        if not validator.format_checker.meets(keyword, asked, instance):
            yield ValidationError(keyword)

    return check


def _anywhere(check: _Keyword) -> _Keyword:
    def look(validator: Any, asked: Any, instance: Any, schema: Any) -> Iterable[ValidationError] | None:
        watch = validator.format_checker.anywhere()
        return check(validator.evolve(format_checker=watch), asked, instance, schema)

    return look


def _give_up(_validator: Any, _asked: Any, _instance: Any, _schema: Any) -> None:
    raise GaveUpError


def _reference(check: _Keyword) -> _Keyword:
    def follow(validator: Any, asked: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        for error in check(validator, asked, instance, schema) or ():
            # jsonschema leaves references out of the way to an error.
            error.schema_path.appendleft("$ref")
            yield error

    return follow


def _part(validator: Any, holder: Any, key: str | int, schema: Any, step: str | None = None) -> Iterator[Any]:
    if validator.format_checker.skips(holder, key):
        return
    if schema is False:
        way = () if step is None else (step,)
        yield ValidationError("", validator="falseSchema", validator_value=False, path=(key,), schema_path=way)
    else:
        yield from validator.descend(holder[key], schema, path=key, schema_path=step)


def _properties(validator: Any, asked: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for key, part in asked.items():
            if key in instance:
                yield from _part(validator, instance, key, part, key)


def _pattern_properties(validator: Any, asked: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for pattern, part in asked.items():
            validator.format_checker.spend(len(instance))
            for key in instance:
                if validator.format_checker.meets("pattern", pattern, key):
                    yield from _part(validator, instance, key, part, pattern)


def _additional_properties(validator: Any, asked: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        unknown = validator.format_checker.unknown(instance, schema)
        if asked is not False:
            for key in unknown:
                yield from _part(validator, instance, key, asked)
        elif unknown:
            yield ValidationError("unknown properties")


def _property_names(validator: Any, asked: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for key in instance:
            if not validator.evolve(schema=asked).is_valid(key):
                yield ValidationError("propertyNames", instance=key)


def _items(validator: Any, asked: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, list):
        for index in range(len(schema.get("prefixItems", ())), len(instance)):
            yield from _part(validator, instance, index, asked)
