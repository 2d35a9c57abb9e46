"""Entries that no text file should hold, made when they are needed."""

from collections.abc import Callable

import msgspec

PAYMENT = """\
apiVersion: pagerworthy/v1
kind: Service
metadata:
  name: payment
  description: Charges cards
spec:
  owner: payments
  system: storefront
  tier: 1
  phase: design
"""


class Hostile(msgspec.Struct, frozen=True):
    """Bytes for catalog/services/payment.yaml, the problem that they have, and part of its help."""

    make: Callable[[], bytes]
    code: str
    line: int
    help: str


def _payment(old: str, new: str) -> Callable[[], bytes]:
    assert old in PAYMENT
    return lambda: PAYMENT.replace(old, new).encode()


def _with(text: str) -> Callable[[], bytes]:
    """An entry with more lines at its end, in place of nothing."""
    return (PAYMENT + text).encode


def _bomb() -> bytes:
    names = [f"a{n}" for n in range(10)]
    levels = "".join(
        f"  {name}: &{name} [{', '.join(['*' + before] * 9 if before else ['lol'] * 9)}]\n"
        for before, name in zip(["", *names], names, strict=False)
    )
    return (PAYMENT + levels).encode()


def _merge_bomb() -> bytes:
    levels = "  m0: &m0 {a: 1, b: 2}\n"
    for n in range(1, 30):
        levels += f"  m{n}: &m{n}\n    <<: [*m{n - 1}, *m{n - 1}]\n"
    return (PAYMENT + levels).encode()


def _levels() -> bytes:
    return (PAYMENT + "".join(f"{' ' * (n + 2)}a:\n" for n in range(300))).encode()


HOSTILE: dict[str, Hostile] = {
    "utf-16": Hostile(lambda: PAYMENT.encode("utf-16"), "PW004", 1, "UTF-8"),
    "utf-16-without-mark": Hostile(lambda: PAYMENT.encode("utf-16-le"), "PW004", 1, "UTF-8"),
    "utf-32": Hostile(lambda: PAYMENT.encode("utf-32"), "PW004", 1, "UTF-8"),
    "byte-order-mark": Hostile(lambda: PAYMENT.encode("utf-8-sig"), "PW004", 1, "byte order mark"),
    "latin-1": Hostile(lambda: PAYMENT.replace("Charges", "Café").encode("latin-1"), "PW004", 5, "UTF-8"),
    "half-a-character": Hostile(lambda: PAYMENT.encode() + "é".encode()[:1], "PW004", 11, "UTF-8"),
    "surrogates": Hostile(lambda: PAYMENT.encode() + b"\xed\xa0\x80", "PW004", 11, "UTF-8"),
    "nul": Hostile(_payment("Charges", "Char\0ges"), "PW005", 5, "delete it"),
    "bell": Hostile(_payment("Charges", "Char\x07ges"), "PW005", 5, "delete it"),
    "terminal-escape": Hostile(_payment("Charges", "\x1b[31mCharges"), "PW005", 5, "delete it"),
    "bidi-override": Hostile(_payment("Charges", "\u202eCharges"), "PW005", 5, "delete it"),
    "bidi-isolate-in-a-comment": Hostile(_payment("tier: 1", "tier: 1 # \u2066hidden"), "PW005", 9, "delete it"),
    "zero-width-space": Hostile(_payment("owner: payments", "owner: pay\u200bments"), "PW005", 7, "delete it"),
    "zero-width-key": Hostile(_payment("owner:", "ow\u200dner:"), "PW005", 7, "delete it"),
    "next-line": Hostile(_payment("Charges cards", "Charges\u0085cards"), "PW005", 5, "delete it"),
    "line-separator": Hostile(_payment("Charges cards", "Charges\u2028cards"), "PW005", 5, "delete it"),
    "tag-characters": Hostile(_payment("Charges", "Charges\U000e0041"), "PW005", 5, "delete it"),
    "carriage-return": Hostile(_payment("owner: payments\n", "owner: payments\r"), "PW005", 7, "delete it"),
    "too-large": Hostile(_with("# " + "x" * 140_000 + "\n"), "PW003", 0, "split it"),
    "alias-bomb": Hostile(_bomb, "PW007", 11, "remove it"),
    "merge-bomb": Hostile(_merge_bomb, "PW007", 11, "remove it"),
    "cyclic-alias": Hostile(_with("  a: &a [*a]\n"), "PW007", 11, "remove it"),
    "cyclic-alias-at-the-top": Hostile(lambda: b"&a [*a, *a]\n", "PW007", 1, "remove it"),
    "two-thousand-brackets": Hostile(_with(f"  a: {'[' * 2000}{']' * 2000}\n"), "PW014", 11, "flatter"),
    "two-thousand-braces": Hostile(_with(f"  a: {'{a: ' * 2000}1{'}' * 2000}\n"), "PW014", 11, "flatter"),
    "open-brackets": Hostile(_with(f"  a: {'[' * 60_000}\n"), "PW014", 11, "flatter"),
    "open-braces": Hostile(_with(f"  a: {'{' * 60_000}\n"), "PW012", 11, "name"),
    "many-hyphens": Hostile(_with(f"  a:\n    {'- ' * 2000}x\n"), "PW014", 12, "flatter"),
    "many-levels": Hostile(_levels, "PW014", 50, "flatter"),
    "many-values": Hostile(_with(f"  a: [{'1,' * 30_000}1]\n"), "PW014", 11, "split"),
    "many-lines": Hostile(_with("".join(f"  a{n}: 1\n" for n in range(11_000))), "PW014", 2_500, "split"),
    "long-number": Hostile(_payment("tier: 1", f"tier: {'9' * 5000}"), "PW013", 9, "quotes"),
    "long-hexadecimal": Hostile(_payment("tier: 1", f"tier: 0x{'f' * 5000}"), "PW013", 9, "quotes"),
    "long-decimals": Hostile(_payment("tier: 1", f"tier: 1.{'1' * 5000}"), "PW013", 9, "quotes"),
    "large-exponent": Hostile(_payment("tier: 1", f"tier: 1e{'9' * 5000}"), "PW013", 9, "quotes"),
    "zeros-and-a-letter": Hostile(_payment("tier: 1", f"tier: {'0' * 100_000}x"), "PW107", 9, "tier: 1"),
    "long-key": Hostile(_with(f'  "{"k" * 900}": 1\n'), "PW105", 11, "remove it"),
    "long-owner": Hostile(_payment("owner: payments", f"owner: {'a' * 120_000}"), "PW110", 7, "shorten"),
    "long-owner-of-hyphens": Hostile(_payment("owner: payments", f"owner: a{'-' * 120_000}"), "PW108", 7, "lower-case"),
    "long-open-quote": Hostile(_with(f'  a: "{"x " * 60_000}\n'), "PW006", 11, "close it"),
    "line-of-hyphens": Hostile(_with(f"{'-' * 100_000}\n"), "PW006", 11, "colon"),
    "many-tags": Hostile(_with(f"  a: [{'!a x,' * 9_000}]\n"), "PW008", 11, "remove"),
    "many-directives": Hostile(lambda: b"%TAG !a! tag:a\n" * 8_000 + PAYMENT.encode(), "PW009", 1, "remove"),
    "many-documents": Hostile(_with("---\na: 1\n" * 8_000), "PW010", 11, "file of its own"),
    "python-object": Hostile(_payment("Charges cards", "!!python/object/new:os.system [id]"), "PW008", 5, "remove"),
}
