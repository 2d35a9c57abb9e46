"""Other tools' formats, in and out."""

__all__: list[str] = []
