"""How moto is mended: a method put in the place of its own."""

from typing import Any


def put(owner: Any, name: str, method: Any) -> Any:
    """Puts a method in the place of the one of this name, and returns the old one; None where there was none."""
    original = getattr(owner, name, None)
    setattr(owner, name, method)
    return original
