"""Says whether a document is plain enough for the fast tier.

The fast parser reads more of YAML than we allow, and some of it differently. Whatever it could read otherwise than the
slow tier is turned away here; being turned away costs only time, since the slow tier has the last word.

This runs on every file, so it works on bytes sorted into classes by a table: regular expressions that look for the same
took longer than the parser itself.
"""

import re

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


# c control, u beyond ASCII, d delimiter, s space, p property of a node, q complex key, e escape, m merge.
_CLASSES = _table(
    c=bytes([*range(10), *range(11, 32), 127]),
    u=bytes(range(128, 256)),
    d=b"\n:,[{-",
    s=b" ",
    p=b"&*!",
    q=b"?",
    e=b"\\",
    m=b"<",
)
_DIGITS = _table(n=b"0123456789.", e=b"eE", s=b"+-")
# Escapes that can make characters that nobody sees.
_ESCAPE = re.compile(rb"\\[0abevfrNLP_xuU]")
_START = re.compile(rb"\A(?:(?:#[^\n]*)?\n)*---\n")
_BEFORE_TOKEN = b" \n:,[{-?"


def plain(content: bytes, text: str) -> bool:
    """Whether both tiers are sure to read the text, which is `content` decoded, alike."""
    if len(content) > _PLAIN_SIZE:
        return False
    if b"\r\n" in content:
        content = content.replace(b"\r\n", b"\n")
    classes = content.translate(_CLASSES)
    return not (
        b"c" in classes
        # Every node but the first comes after a delimiter; the slow tier counts them.
        or classes.count(b"d") >= MAX_NODES
        or b"mm" in classes
        or (b"u" in classes and UNPRINTABLE.search(text))
        or (b"e" in classes and _ESCAPE.search(content))
        or b"\n%" in content
        or content.startswith(b"%")
        or _has_marker(content)
        or _has_property(content, classes)
        or _unusual_number(content)
    )


def _has_marker(content: bytes) -> bool:
    """Whether a line starts like a document's beginning or end, other than the one beginning at the very top."""
    if content.startswith((b"---", b"...")) or b"\n---" in content:
        start = _START.match(content)
        if start is None:
            return True
        content = content[start.end() - 1 :]
    return b"\n---" in content or b"\n..." in content


def _has_property(content: bytes, classes: bytes) -> bool:
    """Whether an anchor, alias or tag, or the mark of a complex key, may start a token."""
    if classes[:1] in {b"p", b"q"} or b"dp" in classes or b"dq" in classes or b"qp" in classes or b"qq" in classes:
        return True
    for pair in (b"sp", b"sq"):
        found = classes.find(pair)
        while found >= 0:
            # Within plain text a multiplication is one; after a delimiter, an alias.
            before = content[:found].rstrip(b" ")
            if not before or before[-1:] in _BEFORE_TOKEN:
                return True
            found = classes.find(pair, found + 1)
    return False


def _unusual_number(content: bytes) -> bool:
    digits = content.translate(_DIGITS)
    # Sixteen digits and points, wherever they are: more than fifteen digits are not exact.
    # Nothing with a smaller exponent than of three digits is too large to be kept.
    if b"n" * 16 in digits or b"nennn" in digits or b"nesnnn" in digits:
        return True
    lower = content.lower()
    return any(_starts_token(lower, start) for start in (b"0x", b"0o", b"0b", b".nan", b".inf"))


def _starts_token(content: bytes, start: bytes) -> bool:
    found = content.find(start)
    while found >= 0:
        first = found - 1 if found and content[found - 1 : found] in {b"-", b"+"} else found
        if first == 0 or content[first - 1 : first] in _BEFORE_TOKEN:
            return True
        found = content.find(start, found + 1)
    return False
