"""Lays out drawings at build time: boxes with text and links, and the lines between them. Units are pixels."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from pagerworthy.site import links, words
from pagerworthy.site.index import Ref
from pagerworthy.site.labels import fitted

_WIDTH = 244
_GAP = 76
_HEAD = 26
# Between boxes, and between the edge of a box and its text.
_BETWEEN = 10
_INSIDE = 14
_POINT = 10
# Sizes of the two sorts of text, as the styles have them; and how far lines are apart.
_LABEL = 13
_ABOUT = 11.5
_LEADING = 15
# Texts of which it is remembered how they are broken: a node stands in the drawings of all its neighbours.
_REMEMBERED = 1 << 14
# A long name takes two lines, and then all boxes of a drawing have room for them.
_LINES = 2


class Written(NamedTuple):
    """The text of a box: the lines of its name, each with its y, and of what stands below it; `full` where some of it
    is cut.
    """

    label: tuple[tuple[int, str], ...]
    about_y: int
    about: tuple[str, ...]
    full: str


def box_height(labels: Iterable[str], room: int) -> int:
    """How high boxes are in which all these names find room, in pixels."""
    lines = max((len(_named(label, room)) for label in labels), default=1)
    return 10 + _LEADING * (lines + 1)


@lru_cache(_REMEMBERED)
def text_in(height: int, room: int, label: str, *about: str) -> Written:
    """Writes a name, and below it one of the texts `about`, into a box that is so high and has room for lines so long.

    As for `box_height`, `room` is in pixels.
    """
    lines = _named(label, room)
    cut = [fitted(each, room, _ABOUT, bold=False)[0] for each in about]
    top = (height - _LEADING * (len(lines) + 1)) // 2 + 12
    whole = "".join(lines).replace(" ", "") == label.replace(" ", "") and cut[0] == about[0]
    return Written(
        label=tuple((top + _LEADING * number, line) for number, line in enumerate(lines)),
        about_y=top + _LEADING * len(lines),
        about=tuple(cut),
        full="" if whole else f"{label}: {about[0]}",
    )


@lru_cache(_REMEMBERED)
def _named(label: str, room: int) -> tuple[str, ...]:
    return fitted(label, room, _LABEL, bold=True, most=_LINES)


class Box(NamedTuple):
    """A node: its outline, its text and where it leads."""

    x: int
    y: int
    outline: str
    kind: str
    text: Written
    mark: str
    href: str


class Line(NamedTuple):
    """An edge, from the left to the right."""

    path: str
    soft: bool


class Drawing(NamedTuple):
    """A drawing and what it shows, in words."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    heads: tuple[tuple[int, str], ...]
    says: str


class Neighbour(NamedTuple):
    """A node on one side of the drawing, and whether the edge to it is hard."""

    ref: Ref
    hard: bool


def outline(kind: str, width: int, height: int) -> str:
    """The path of a node's outline, from its upper left corner: each kind has its shape.

    A service is a box, a resource has round ends, an external provider pointed ones.
    """
    if kind == "resource":
        r = height // 2
        return f"M{r} 0H{width - r}A{r} {r} 0 0 1 {width - r} {height}H{r}A{r} {r} 0 0 1 {r} 0Z"
    if kind == "external":
        half = height // 2
        return f"M{_POINT} 0H{width - _POINT}L{width} {half}L{width - _POINT} {height}H{_POINT}L0 {half}Z"
    right, low = width - 4, height - 4
    return f"M4 0H{right}Q{width} 0 {width} 4V{low}Q{width} {height} {right} {height}H4Q0 {height} 0 {low}V4Q0 0 4 0Z"


def curve(x: int, y: int, to_x: int, to_y: int) -> str:
    """A line that leaves and arrives level."""
    if y == to_y:
        return f"M{x} {y}H{to_x}"
    middle = (x + to_x) // 2
    return f"M{x} {y}C{middle} {y} {middle} {to_y} {to_x} {to_y}"


def draw_neighbours(
    own: Ref,
    needed_by: Sequence[Neighbour],
    more_needed_by: int,
    needs: Sequence[Neighbour],
    more_needs: int,
) -> Drawing:
    """Who depends on a node at the left, itself, and what it depends on at the right; `more` counts the rest."""
    page = links.service(own.name)
    left = _column(needed_by, more_needed_by, f"{page}#dependents")
    right = _column(needs, more_needs, f"{page}#dependencies")
    tallest = max(len(left), len(right), 1)
    high = box_height((own.label, *(each.ref.label for each in (*left, *right))), _WIDTH - 2 * _INSIDE)
    pitch = high + _BETWEEN
    height = _HEAD + tallest * pitch
    own_x = _WIDTH + _GAP if left else 0
    right_x = own_x + _WIDTH + _GAP
    own_y = _HEAD + (tallest * pitch - pitch) // 2
    level = own_y + high // 2
    boxes = [_box(own_x, own_y, own, high)]
    lines = []
    for x, column in ((0, left), (right_x, right)):
        top = _HEAD + (tallest - len(column)) * pitch // 2
        for position, (ref, hard) in enumerate(column):
            y = top + position * pitch
            boxes.append(_box(x, y, ref, high))
            middle = y + high // 2
            path = (
                curve(_WIDTH, middle, own_x, level) if column is left else curve(own_x + _WIDTH, level, right_x, middle)
            )
            lines.append(Line(path, not hard))
    heads = [(own_x, "this service")]
    if left:
        heads.append((0, "depends on it"))
    if right:
        heads.append((right_x, "it depends on"))
    width = (right_x if right else own_x) + _WIDTH
    says = (
        f"{words.count(len(needed_by) + more_needed_by, 'service depends', 'services depend')} on {own.label}; "
        f"{own.label} depends on {words.count(len(needs) + more_needs, 'other')}."
    )
    return Drawing(width + 2, height, tuple(boxes), tuple(lines), tuple(heads), says)


def _column(neighbours: Sequence[Neighbour], more: int, href: str) -> list[Neighbour]:
    column = list(neighbours)
    if more:
        column.append(Neighbour(Ref("", f"{more:,} more", href, "more", "", "", "in the list"), hard=False))
    return column


def _box(x: int, y: int, ref: Ref, height: int) -> Box:
    about = f"{ref.about} · {ref.word}" if ref.word else ref.about
    text = text_in(height, _WIDTH - 2 * _INSIDE, ref.label, about)
    return Box(x + 1, y, outline(ref.kind, _WIDTH, height), ref.kind, text, ref.mark, ref.href)
