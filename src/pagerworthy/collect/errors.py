"""What a source can do wrong."""


class SourceError(Exception):
    """A source could not be seen; the text says why, for the page of the service, and has no secret in it."""


class StatusError(SourceError):
    """A source answered, and said no."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.status = status
