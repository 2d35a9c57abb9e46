"""What an unquoted YAML scalar means: the core schema of YAML 1.2, read strictly.

`no`, `12:30` and dates stay text. So does a whole number with a leading zero, which is an octal number to YAML 1.1, a
decimal one to YAML 1.2, and mostly an id to whoever wrote it.
"""

import re

MAX_DIGITS = 15

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?")
_EXPONENT = re.compile(r"[eE]")
_NUMBER_STARTS = frozenset("+-.0123456789")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

Plain = str | int | float | bool | None


class InexactError(ValueError):
    """The number cannot be read without changing it."""


def resolve(text: str) -> Plain:
    """The value of an unquoted scalar. Raises InexactError for numbers that are not exact."""
    if text[:1] in _NUMBER_STARTS and text:
        return int(text) if len(text) <= MAX_DIGITS and _INTEGER.fullmatch(text) else _number(text)
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    return False if text in _FALSE else text


def _number(text: str) -> Plain:
    if _NOT_FINITE.fullmatch(text):
        raise InexactError("this is not a number that can be compared with others")
    based = _BASED.fullmatch(text)
    if not (based or _INTEGER.fullmatch(text) or _FLOAT.fullmatch(text)):
        return text
    mantissa = text if based else _EXPONENT.split(text)[0]
    digits = sum(c.isalnum() for c in mantissa) if len(mantissa) > MAX_DIGITS else 0
    if digits > MAX_DIGITS:
        raise InexactError(f"this number has {digits:,} digits; more than {MAX_DIGITS} are not kept exactly")
    if based:
        return int(text, 0)
    if _INTEGER.fullmatch(text):
        return int(text)
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        raise InexactError("this number is larger than any that can be kept")
    return number
