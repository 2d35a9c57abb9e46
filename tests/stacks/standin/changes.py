"""What differs between what is there and what is declared, and what of it needs a new resource."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.stacks.standin.kind import Kind
from tests.stacks.standin.values import Props, has_unknown, normal, within

DEFAULTS = "__defaults"


@dataclass(frozen=True, slots=True)
class Changes:
    """The properties that changed, those of them that replace, and whether the old one has to go first."""

    changed: frozenset[str]
    replaces: frozenset[str]
    delete_first: bool


def changes(kind: Kind, have: Props, before: Props, wanted: Props, ignored: Iterable[str] = ()) -> Changes:
    """Compares what the state has (`have`) and what was declared `before` with what is `wanted` now."""
    skipped = frozenset(each.split(".")[0].split("[")[0] for each in ignored)
    keys = (kind.known_inputs() & (wanted.keys() | before.keys())) - skipped
    changed = frozenset(key for key in keys if _differs(kind, key, have, before, wanted))
    replaces = kind.replaced_by(have, wanted, changed) | (changed & {"region"})
    return Changes(changed, replaces, bool(replaces) and (kind.delete_first or _name_is_taken(kind, have, wanted)))


def _differs(kind: Kind, key: str, have: Props, before: Props, wanted: Props) -> bool:
    if key not in wanted:
        # What the cloud fills in by itself is no change when the program says nothing of it.
        return key not in kind.known_outputs() | {"region"} and normal(before[key]) not in (
            None,
            normal(kind.defaults.get(key)),
        )
    if has_unknown(wanted[key]):
        return True
    if key not in have and key not in before:
        return normal(wanted[key]) not in (None, "false")
    document = key in kind.documents
    new = normal(wanted[key], document=document)
    if key in before and normal(before[key], document=document) != new:
        return True
    return key not in kind.fixed and not same(kind, key, wanted[key], have.get(key))


def same(kind: Kind, key: str, wanted: object, have: object) -> bool:
    """Whether what the cloud has of a property is what is wanted of it."""
    document = key in kind.documents
    new, old = normal(wanted, document=document), normal(have, document=document)
    return new == old if key in kind.exact else new == old or within(new, old)


def _name_is_taken(kind: Kind, have: Props, wanted: Props) -> bool:
    """As the real plugin: a name that the program chose and keeps cannot be given to two resources at once."""
    key = kind.named
    return bool(key) and key not in wanted.get(DEFAULTS, []) and wanted.get(key) == have.get(key)


def refreshed_inputs(kind: Kind, before: Props, state: Props, actual: Props) -> Props:
    """What was declared, with the values that the cloud really has where they drifted."""
    inputs = dict(before)
    for key in kind.known_inputs() - kind.fixed - {"region"}:
        if key not in actual:
            continue
        value = actual[key]
        empty = normal(value) is None
        if key in before:
            if not same(kind, key, before[key], value):
                if empty:
                    del inputs[key]
                else:
                    inputs[key] = value
        elif not empty and not _expected(kind, key, state, value):
            inputs[key] = value
    return inputs


def _expected(kind: Kind, key: str, state: Props, value: object) -> bool:
    """Whether a property that the program does not declare is as it was, or as the plugin would have it."""
    if state and key in kind.known_outputs():
        # The cloud's own to say, or another resource's, as a topic's policy is.
        return True
    if key in state:
        return same(kind, key, state[key], value)
    return normal(value) in (normal(kind.defaults.get(key)), "false")


def detailed(before: Mapping[str, object], wanted: Mapping[str, object], found: Changes) -> dict[str, tuple[str, bool]]:
    """By property, how it differs (`ADD`, `DELETE`, `UPDATE`) and whether that replaces."""
    kinds = {}
    for key in found.changed:
        how = "ADD" if key not in before else "UPDATE" if key in wanted else "DELETE"
        kinds[key] = (how, key in found.replaces)
    return kinds
