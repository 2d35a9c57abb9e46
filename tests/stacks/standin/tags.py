"""Tags, in the three shapes that AWS has for them."""

from collections.abc import Callable, Iterable
from typing import Any

from tests.stacks.standin.values import Props


def listed(tags: Props | None, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """`[{"Key": ..., "Value": ...}]`."""
    return [{key: name, value: text} for name, text in (tags or {}).items()]


def mapped(tags: Iterable[dict[str, Any]] | None, key: str = "Key", value: str = "Value") -> dict[str, str] | None:
    """The tags by name, without AWS's own; None for none."""
    return {each[key]: each[value] for each in tags or [] if not each[key].startswith("aws:")} or None


def retag(
    new: Props | None, old: Props | None, add: Callable[[dict[str, str]], Any], remove: Callable[[list[str]], Any]
) -> None:
    """Takes away the tags that are no longer there, and sets those that are new or different."""
    new, old = new or {}, old or {}
    if gone := sorted(old.keys() - new.keys()):
        remove(gone)
    if added := {key: value for key, value in new.items() if old.get(key) != value}:
        add(added)
