"""What a source says is taken for evidence only where it can be."""

import msgspec

from pagerworthy.evidence import Value


def sound(found: Value | str) -> Value | str:
    """The value, where all its numbers are ones that its key allows; or else the reason why it is none."""
    if isinstance(found, str):
        return found
    try:
        return msgspec.json.decode(msgspec.json.encode(found), type=type(found))
    except msgspec.DecodeError as error:
        return f"what it says cannot be: {str(error)[:200]}"
