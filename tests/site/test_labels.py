"""Text in boxes: nothing runs over an edge, and nothing is lost that is not marked as cut."""

from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.site.drawing import box_height, text_in
from pagerworthy.site.labels import fitted, width_of

ROOMS = st.integers(60, 400)


@given(st.text(), ROOMS, st.booleans(), st.integers(1, 3))
def test_no_line_is_wider_than_its_room(text: str, room: int, bold: bool, most: int) -> None:
    lines = fitted(text, room, 13, bold=bold, most=most)
    assert 1 <= len(lines) <= most
    assert all(width_of(line, 13, bold=bold) <= room for line in lines)


@given(st.text(), ROOMS, st.integers(1, 3))
def test_what_is_lost_is_marked(text: str, room: int, most: int) -> None:
    shown = "".join("".join(fitted(text, room, 13, bold=True, most=most)).split())
    whole = "".join(text.split())
    assert shown == whole or (shown.endswith("…") and whole.startswith(shown[:-1]))


def test_lines_end_where_words_do() -> None:
    assert fitted("OpenTelemetry Collector", 150, 13, bold=True, most=2) == ("OpenTelemetry", "Collector")
    assert fitted("product-catalog/astronomy-db", 150, 13, bold=True, most=2) == ("product-catalog/", "astronomy-db")
    assert fitted("Cart", 150, 13, bold=True, most=2) == ("Cart",)


def test_one_long_name_makes_room_in_all_boxes_of_a_drawing() -> None:
    low, high = box_height(["Cart", "Mail"], 150), box_height(["Cart", "OpenTelemetry Collector"], 150)
    assert high > low
    for label in ("Cart", "OpenTelemetry Collector"):
        text = text_in(high, 150, label, "tier 1")
        assert all(10 <= y <= high - 4 for y in (*(y for y, _ in text.label), text.about_y))
        assert text.full == ""
    cut = text_in(high, 150, "OpenTelemetry Collector of all the other regions", "tier 1")
    assert cut.full == "OpenTelemetry Collector of all the other regions: tier 1"
