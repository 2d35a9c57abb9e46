"""Says whether a document is plain enough for the fast tier.

The fast parser reads more of YAML than we allow, and some of it differently. Whatever it could read otherwise than the
slow tier is turned away here; being turned away costs only time, since the slow tier has the last word.

This runs on every file, so it works on bytes sorted into classes by a table: regular expressions that look for the same
took longer than the parser itself.
"""

import re
from collections.abc import Iterator, Sequence

SIZE_LIMIT = 128 * 1024
# Keys and values of one document. Entries have hundreds; what has more is refused before anything else looks at it.
MAX_NODES = 5_000
# Larger documents are rare; the slow tier reads them.
_PLAIN_SIZE = 20_000

# Control characters but tab and line ends; a carriage return without its line feed; C1 controls with NEL; zero-width,
# bidirectional and line separators; the byte order mark; and non-characters.
UNPRINTABLE = re.compile(
    "\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)


def _table(**classes: bytes) -> bytes:
    """A translation of each byte to the one-letter name of its class, `x` where it has none."""
    table = bytearray(b"x" * 256)
    for name, members in classes.items():
        for member in members:
            table[member] = ord(name)
    return bytes(table)


# c control, r carriage return, u beyond ASCII, d delimiter, p property of a node, q complex key, e escape, m merge,
# n part of a number, v exponent, s its sign, b base, f letter of what is no number or infinite.
_CLASSES = _table(
    c=bytes([*range(10), *range(11, 13), *range(14, 32), 127]),
    r=b"\r",
    u=bytes(range(128, 256)),
    d=b"\n:,[{-",
    p=b"&*!",
    q=b"?",
    e=b"\\",
    m=b"<",
    n=b"0123456789.",
    v=b"eE",
    s=b"+",
    b=b"xXoObB",
    f=b"naifNAIF",
)
# Escapes that can make characters that nobody sees.
_ESCAPE = re.compile(rb"\\[0abevfrNLP_xuU]")
_START = re.compile(rb"\A(?:(?:#[^\n]*)?\n)*---\n")
_BEFORE_TOKEN = b" \n:,[{-?"
# More than fifteen digits are not exact; nothing with a smaller exponent than of three digits is too large to be kept.
_MANY_DIGITS = b"n" * 16
_LARGE_EXPONENTS = (b"nvnnn", b"nvsnnn", b"nvdnnn")
# What stands between delimiters, and whether that could be a number: digits among letters, as in a digest, are none.
_TOKEN = re.compile(rb"[^ \n,\[\]{}:#?]+")
_NUMERIC = re.compile(rb"[0-9.eE_+-]+")


def plain(content: bytes, text: str) -> bool:
    """Whether both tiers are sure to read the text, which is `content` decoded, alike."""
    if len(content) > _PLAIN_SIZE:
        return False
    # Without the spaces, a delimiter stands beside the token that it begins.
    classes = content.translate(_CLASSES, b" ")
    if b"r" in classes:
        content = content.replace(b"\r\n", b"\n")
        classes = content.translate(_CLASSES, b" ")
    return not (
        b"c" in classes
        or b"r" in classes
        # Every node but the first comes after a delimiter; the slow tier counts them.
        or classes.count(b"d") >= MAX_NODES
        or (b"m" in classes and b"mm" in classes)
        or (b"u" in classes and UNPRINTABLE.search(text))
        or (b"e" in classes and _ESCAPE.search(content))
        or _has_marker(content)
        or _has_property(classes)
        or _unusual_number(content, classes)
    )


def _has_marker(content: bytes) -> bool:
    """Whether a line starts like a directive, or like a document's beginning or end other than at the very top."""
    if b"%" in content and (content.startswith(b"%") or b"\n%" in content):
        return True
    if content.startswith((b"---", b"...")) or b"\n---" in content:
        start = _START.match(content)
        if start is None:
            return True
        content = content[start.end() - 1 :]
        if b"\n---" in content:
            return True
    return b"\n..." in content


def _has_property(classes: bytes) -> bool:
    """Whether an anchor, alias or tag, or the mark of a complex key, may start a token.

    Within plain text an asterisk is a multiplication; after a delimiter, an alias.
    """
    if classes[:1] in {b"p", b"q"} or (b"p" in classes and b"dp" in classes):
        return True
    return b"q" in classes and (b"dq" in classes or b"qp" in classes or b"qq" in classes)


def _unusual_number(content: bytes, classes: bytes) -> bool:
    return (
        (_is_long(classes) and any(_is_long(token.translate(_CLASSES)) for token in _numeric(content)))
        or (b"nb" in classes and _is_number(content, (b"0x", b"0o", b"0b")))
        or (b"nfff" in classes and _is_number(content, (b".nan", b".inf")))
    )


def _is_long(classes: bytes) -> bool:
    return _MANY_DIGITS in classes or any(exponent in classes for exponent in _LARGE_EXPONENTS)


def _numeric(content: bytes) -> Iterator[bytes]:
    return (token for token in _TOKEN.findall(content) if _NUMERIC.fullmatch(token))


def _is_number(content: bytes, starts: Sequence[bytes]) -> bool:
    lower = content.lower()
    return any(_starts_token(lower, start) for start in starts)


def _starts_token(content: bytes, start: bytes) -> bool:
    found = content.find(start)
    while found >= 0:
        first = found - 1 if found and content[found - 1 : found] in {b"-", b"+"} else found
        if first == 0 or content[first - 1 : first] in _BEFORE_TOKEN:
            return True
        found = content.find(start, found + 1)
    return False
