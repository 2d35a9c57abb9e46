"""Who is who in a history: the same person under several names and addresses, and machines, which are nobody."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pagerworthy.catalog import Person

# https://docs.github.com/en/account-and-profile/reference/email-addresses-reference#your-noreply-email-address
NO_REPLY = re.compile(r"(?:[0-9]+\+)?([a-z0-9-]+)@users\.noreply\.github\.com")
# GitHub's own hand, `dependabot[bot]`, `Merge bot`, `gitlab-bot`.
_MACHINE = re.compile(r"\[bot\]|\bbots?\b|\brobot\b|\bautomation\b|^(?:noreply|no-reply|nobody)@|^github$|^gitlab$")
_NO_NAME = frozenset({"none", "nobody", "n/a", "na", "tbd", "self", "me"})


class Who(NamedTuple):
    """Somebody in a history, by all that the person is called: names, addresses and accounts, in small letters."""

    called: frozenset[str]
    is_person: bool


class People:
    """Knows members of teams under each of their names."""

    def __init__(self, persons: Iterable[Person]) -> None:
        known: dict[str, frozenset[str]] = {}
        for person in persons:
            called = _called(person.name, person.email, person.github)
            for each in tuple(called):
                called |= known.get(each, frozenset())
            known.update(dict.fromkeys(called, called))
        self._known: Mapping[str, frozenset[str]] = known
        self._met: dict[tuple[str, str], Who] = {}

    def who(self, name: str, email: str) -> Who:
        """Whoever is called that."""
        found = self._met.get((name, email))
        if found is None:
            called = _called(name, email, "")
            called = called.union(*(self._known.get(each, ()) for each in called))
            machine = any(_MACHINE.search(each) for each in called)
            found = self._met[name, email] = Who(called, bool(called) and not machine)
        return found

    def written(self, trailer: str) -> Who:
        """Whom a trailer names: `Ada Lovelace <ada@example.com>`, or just a name."""
        name, opened, rest = trailer.partition("<")
        email, closed, _ = rest.partition(">")
        if ">" in name or "<" in email or bool(opened) != bool(closed):
            return self.who("", "")
        return self.who(name.strip(), email.strip())


def _called(name: str, email: str, github: str) -> frozenset[str]:
    name, email, github = (" ".join(each.casefold().split()) for each in (name, email, github))
    account = NO_REPLY.fullmatch(email)
    github = github or (account[1] if account else "")
    found = {email, f"@{github}" if github else ""}
    if any(map(str.isalnum, name)) and name not in _NO_NAME:
        # Also where it is an address or `@account`, as some write trailers.
        found.add(name)
    return frozenset(found - {""})
