"""Guesses what was meant by text of the wrong form, so that the help can say what to write instead."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable

_DURATION = re.compile(r"\s*([0-9]+)\s*([a-zA-Z]+)\s*")
_UNITS = {
    "ms": ("ms", "milli", "millis", "millisecond", "milliseconds"),
    "s": ("s", "sec", "secs", "second", "seconds"),
    "m": ("m", "min", "mins", "minute", "minutes"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "d": ("d", "day", "days"),
    "w": ("w", "wk", "week", "weeks"),
}
_DATE = re.compile(r"([0-9]{4})[-/.]?([0-9]{1,2})[-/.]?([0-9]{1,2})")
_SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*:")
_NEARLY_A_NAME = re.compile(r"[A-Za-z0-9 _./@#-]+")
_HOST = re.compile(r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:[0-9]+)?(/[^\s\"'<>\\^`{|}\[\]]*)?$")


def name(text: str) -> str:
    """`Checkout Service` becomes `checkout-service`; empty for what is no name in another spelling."""
    ascii_only = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    if not _NEARLY_A_NAME.fullmatch(ascii_only):
        return ""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", ascii_only)
    slug = re.sub(r"[^a-z0-9]+", "-", parted.lower()).strip("-")
    return slug.lstrip("0123456789-")[:40].rstrip("-")


def target(text: str) -> str:
    owner, slash, resource = text.partition("/")
    return f"{name(owner)}/{name(resource)}" if slash and name(owner) and name(resource) else ""


def url(text: str) -> str:
    """Adds the https:// that is missing; anything with a scheme of its own is left alone."""
    text = text.removeprefix("//")
    return f"https://{text}" if _HOST.match(text) and not (_SCHEME.match(text) and "//" in text) else ""


def path(text: str) -> str:
    """Takes off what leads out of the repository or to its root."""
    parts = [part for part in text.replace("\\", "/").split("/") if part not in {"", ".", "~"}]
    return "" if ".." in parts or any(" " in part or ":" in part for part in parts) else "/".join(parts)


def duration(text: str) -> str:
    match = _DURATION.fullmatch(text)
    if match and int(match[1][:9]) > 0:
        for unit, words in _UNITS.items():
            if match[2].lower() in words:
                return f"{int(match[1][:9])}{unit}"
    return ""


def date(text: str) -> str:
    match = _DATE.match(text)
    if match:
        try:
            return dt.date(int(match[1]), int(match[2]), int(match[3])).isoformat()
        except ValueError:
            return ""
    return ""


def time(text: str) -> str:
    """Brings a moment to UTC and to whole seconds; without an offset it is taken to be in UTC."""
    try:
        moment = dt.datetime.fromisoformat(text.strip().upper())
    except ValueError:
        return ""
    if moment.tzinfo is not None:
        try:
            moment = moment.astimezone(dt.UTC)
        except OverflowError:
            return ""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment.year > 1900 else ""


def line(text: str) -> str:
    return " ".join(text.split())[:300]


GUESSES: dict[str, Callable[[str], str]] = {
    "name": name,
    "criterion": name,
    "target": target,
    "url": url,
    "path": path,
    "duration": duration,
    "date": date,
    "time": time,
    "line": line,
}
