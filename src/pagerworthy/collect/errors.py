"""What a source can do wrong."""

from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


class SourceError(Exception):
    """A source could not be seen; the text says why, for the page of the service, and has no secret in it."""


class StatusError(SourceError):
    """A source answered, and said no."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.status = status


def or_reason(read: Callable[[], _T]) -> _T | str:
    """What is read, or why it could not be seen."""
    try:
        return read()
    except SourceError as error:
        return str(error)
