"""What a source can do wrong."""


class SourceError(Exception):
    """A source could not be seen; the text says why, for the page of the service, and has no secret in it."""
