"""Takes secrets out of what is answered, in whatever common form they come back."""

import base64
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from urllib.parse import quote

# A shorter one is in many a text that has nothing to do with it.
_SHORTEST = 6
_SHORTEST_PART = 8
_INSTEAD = b"<secret>"
# An escape of JSON; pairs of backslashes are taken as they are, so that none is begun in their middle.
_ESCAPE = re.compile(rb"\\(?:u00([2-7][0-9a-fA-F])|(/)|.)", re.DOTALL)
_LONGEST_ESCAPE = 6
_STAYS = (b'"', b"\\")


class Secrets:
    """Secrets as bytes, each also in base64, for addresses, in hexadecimal digits, backwards, and escaped in JSON."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        forms = {form for each in secrets if len(each) >= _SHORTEST for form in _forms(each)}
        # The longest first, so that none is hidden but in part.
        self._forms = tuple(sorted(forms, key=lambda form: (-len(form), form)))
        self.longest = _LONGEST_ESCAPE * max(map(len, self._forms), default=0)

    def are_in(self, text: bytes) -> bool:
        """Whether one of them is there, in any form."""
        return any(form in text for form in self._forms) or self._plain(text) is not None

    def hidden(self, text: bytes) -> bytes:
        """The text without them."""
        plain = self._plain(text)
        text = text if plain is None else plain
        for form in self._forms:
            text = text.replace(form, _INSTEAD)
        return text

    def hidden_text(self, text: str) -> str:
        """The text without them."""
        return self.hidden(text.encode(errors="surrogateescape")).decode(errors="surrogateescape")

    def _plain(self, text: bytes) -> bytes | None:
        """The text without needless escapes, where one of the secrets is then in it; JSON means the same by it."""
        if not self._forms or (b"\\u00" not in text and b"\\/" not in text):
            return None
        plain = _ESCAPE.sub(_unescaped, text)
        return plain if any(form in plain for form in self._forms) else None


class Hiding:
    """Gives pieces on without secrets, also where one is in two of them."""

    def __init__(self, secrets: Secrets, give: Callable[[bytes], object]) -> None:
        self._secrets = secrets
        self._give = give
        self._held = max(secrets.longest - 1, 0)
        self._rest = b""

    def __call__(self, piece: bytes) -> None:
        """Takes the next piece."""
        whole = self._secrets.hidden(self._rest + piece)
        end = max(0, len(whole) - self._held)
        self._rest = whole[end:]
        if end:
            self._give(whole[:end])

    def end(self) -> None:
        """Gives the rest."""
        if self._rest:
            self._give(self._rest)
        self._rest = b""


@lru_cache(64)
def secrets_of(secrets: tuple[bytes, ...]) -> Secrets:
    """These secrets in all their forms."""
    return Secrets(secrets)


def _unescaped(found: re.Match[bytes]) -> bytes:
    sign = found[2] or (bytes.fromhex(found[1].decode()) if found[1] else b"")
    return found[0] if not sign or sign in _STAYS else sign


def _forms(secret: bytes) -> list[bytes]:
    percent = quote(secret, safe="")
    lower = re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), percent)
    forms = [
        secret,
        percent.encode(),
        lower.encode(),
        quote(secret).encode(),
        secret.hex().encode(),
        secret.hex().upper().encode(),
        secret[::-1],
    ]
    for before in range(3):
        # Of what stands before and after it, the first and the last signs depend.
        signs = base64.b64encode(bytes(before) + secret)
        part = signs[-(-before * 8 // 6) : (before + len(secret)) * 8 // 6]
        if len(part) >= _SHORTEST_PART:
            forms += [part, part.translate(bytes.maketrans(b"+/", b"-_"))]
    return forms
