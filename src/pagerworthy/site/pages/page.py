"""What every page has."""

from dataclasses import dataclass
from typing import NamedTuple


class Link(NamedTuple):
    """A link; without `href` only its text is shown. `href` is from the site's root, or a web address."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a document: its anchor and its text."""

    anchor: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page: its path from the site's root, its title, its place in the navigation, what search engines are told."""

    path: str
    title: str
    section: str
    about: str

    @property
    def root(self) -> str:
        """The way back to the site's root."""
        return "../" * self.path.count("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class LostPage(Page):
    """The page for addresses that do not exist, shown at any depth: `base` is the path under which the site is."""

    base: str

    @property
    def root(self) -> str:
        return self.base


@dataclass(frozen=True, slots=True, kw_only=True)
class Chrome:
    """What stands around every page."""

    title: str
    notice: str
    as_of: str
    url: str
